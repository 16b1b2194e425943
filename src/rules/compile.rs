//! Compiling a tenant's rule files.
//!
//! Flows in: files as text with their parameters, lookup tables. Flows out: a [`RuleSet`], or every
//! mistake at once with file, line, column and cure. A file holds functions and nothing else.

use super::api::{ParamsRef, ops};
use super::hook::Hook;
use super::limits;
use super::short::Short;
use crate::model::{Diagnostic, Place, Severity};
use rhai::{AST, Dynamic, Engine, Map, OptimizationLevel};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    fn dynamic(&self) -> Dynamic {
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

/// A tenant's compiled rules. Small, and shared by threads; each thread has its own [`super::Runner`].
#[derive(Clone)]
pub struct RuleSet(pub(super) Arc<Compiled>);

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.files.iter().map(|f| &f.name))
            .finish()
    }
}

pub(super) struct Compiled {
    pub files: Vec<CompiledFile>,
    pub mask: u32,
    pub tables: Arc<BTreeMap<String, Table>>,
}

pub(super) struct CompiledFile {
    pub name: Arc<str>,
    pub ast: AST,
    pub mask: u32,
    pub params: ParamsRef,
    /// The hooks that are plain enough for the short way, with their bits.
    pub short: Vec<(u32, Short)>,
}

impl CompiledFile {
    /// The short way of a hook.
    pub(super) fn short(&self, hook: Hook) -> Option<&Short> {
        let mut all = self.short.iter();
        all.find(|(bit, _)| *bit == hook.bit()).map(|(_, s)| s)
    }
}

impl RuleSet {
    /// Compiles rule files; the order of the files is the order in which they have their say.
    ///
    /// # Errors
    /// Every mistake found, when one of them keeps the rules from running.
    pub fn compile(
        files: &[RuleFile],
        tables: &BTreeMap<String, Table>,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        Self::compile_at(files, tables, OptimizationLevel::Simple)
    }

    /// Compiles without Rhai's optimiser and without the short way, to show that neither changes an answer.
    ///
    /// # Errors
    /// As [`RuleSet::compile`].
    pub fn compile_plainly(
        files: &[RuleFile],
        tables: &BTreeMap<String, Table>,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        Self::compile_at(files, tables, OptimizationLevel::None)
    }

    fn compile_at(
        files: &[RuleFile],
        tables: &BTreeMap<String, Table>,
        level: OptimizationLevel,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let found = super::lint::lint(files, tables);
        if found.iter().any(|d| d.severity == Severity::Error) {
            return Err(found);
        }
        let mut engine = parser();
        engine.set_optimization_level(level);
        let mut compiled = Vec::new();
        for file in files {
            let ast = engine
                .compile(&file.text)
                .map_err(|e| vec![super::fault::cannot_parse(file, &e)])?;
            compiled.push(one(file, ast, level != OptimizationLevel::None));
        }
        let mask = compiled.iter().fold(0, |m, f| m | f.mask);
        let tables = Arc::new(tables.clone());
        let set = Compiled {
            files: compiled,
            mask,
            tables,
        };
        Ok((Self(Arc::new(set)), found))
    }

    /// No rules at all.
    pub fn empty() -> Self {
        Self(Arc::new(Compiled {
            files: Vec::new(),
            mask: 0,
            tables: Arc::default(),
        }))
    }

    /// The hooks that need not be run by Rhai's evaluation, each with its file; for tests and for curiosity.
    pub fn plain_hooks(&self) -> Vec<(String, Hook)> {
        let all = self.0.files.iter().flat_map(|f| {
            let plain = Hook::ALL.into_iter().filter(|h| f.short(*h).is_some());
            plain.map(|h| (f.name.to_string(), h))
        });
        all.collect()
    }

    /// Whether any file has the hook; a test of one bit.
    pub fn has(&self, hook: Hook) -> bool {
        self.0.mask & hook.bit() != 0
    }
}

fn one(file: &RuleFile, ast: AST, short: bool) -> CompiledFile {
    let mask = ast
        .iter_functions()
        .filter_map(|f| Hook::parse(f.name).filter(|h| h.params().len() == f.params.len()))
        .fold(0, |m, h| m | h.bit());
    let name: Arc<str> = file.name.as_str().into();
    let plain = Hook::ALL.iter().filter(|h| short && mask & h.bit() != 0);
    let short = plain.filter_map(|h| Some((h.bit(), Short::of(&ast, *h)?)));
    let short = short.collect();
    let values = file.params.iter().map(|(k, v)| (k.clone(), v.dynamic()));
    CompiledFile {
        params: ParamsRef {
            file: Arc::clone(&name),
            values: Arc::new(values.collect()),
        },
        name,
        ast,
        mask,
        short,
    }
}

/// An engine that can parse rules and run nothing.
pub(super) fn parser() -> Engine {
    let mut engine = Engine::new_raw();
    configure(&mut engine);
    engine
}

/// The language and the limits, alike for parsing and running.
pub(super) fn configure(engine: &mut Engine) {
    ops::language(engine);
    engine
        .set_max_operations(limits::OPERATIONS)
        .set_max_call_levels(limits::CALL_LEVELS)
        .set_max_expr_depths(limits::EXPRESSION_DEPTH, limits::EXPRESSION_DEPTH)
        .set_max_string_size(limits::TEXT_BYTES)
        .set_max_array_size(limits::LIST_ELEMENTS)
        .set_max_map_size(limits::MAP_ENTRIES)
        .set_max_variables(limits::VARIABLES)
        .set_max_functions(limits::FUNCTIONS)
        .set_max_modules(0)
        .set_fail_on_invalid_map_property(true)
        .set_fast_operators(true);
}

/// The place of a Rhai position in a file.
pub(super) fn place(file: &str, at: rhai::Position) -> Place {
    Place {
        file: file.to_owned(),
        line: at.line().and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        column: at
            .position()
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(0),
    }
}
