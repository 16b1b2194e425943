//! What a tenant's file gives its rules: files, their parameters, lookup tables. Nouns alone.

use crate::model::Place;
use rhai::{Dynamic, Map};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A value a tenant's file gives a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// Text.
    Text(String),
    /// A number.
    Number(Decimal),
    /// True or false.
    Bool(bool),
    /// A list.
    List(Vec<Param>),
    /// A map.
    Map(BTreeMap<String, Param>),
}

impl Param {
    pub(super) fn dynamic(&self) -> Dynamic {
        match self {
            Param::Text(t) => t.as_str().into(),
            Param::Number(n) => (*n).into(),
            Param::Bool(b) => (*b).into(),
            Param::List(l) => {
                let all: rhai::Array = l.iter().map(Param::dynamic).collect();
                all.into()
            }
            Param::Map(m) => {
                let all: Map = m
                    .iter()
                    .map(|(k, v)| (k.as_str().into(), v.dynamic()))
                    .collect();
                all.into()
            }
        }
    }
}

/// One rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// Its name as people write it: `rules/acme.rhai`.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What the tenant's file gives it; a rule reads them as `params.name`.
    pub params: BTreeMap<String, Param>,
}

/// What a lookup table answers for a key it does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Otherwise {
    /// This value.
    Use(String),
    /// Nothing: the document is held.
    Hold,
}

/// A lookup table of the tenant's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Values by key.
    pub rows: BTreeMap<String, String>,
    /// For every other key.
    pub otherwise: Otherwise,
}

/// The place of a Rhai position in a file.
pub(super) fn place(file: &str, at: rhai::Position) -> Place {
    let (line, column) = line_and_column(at);
    Place {
        file: file.to_owned(),
        line,
        column,
    }
}

/// Line and column, from 1; 0 where there is none.
pub(super) fn line_and_column(at: rhai::Position) -> (u32, u32) {
    let whole = |n: Option<usize>| n.and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    (whole(at.line()), whole(at.position()))
}
