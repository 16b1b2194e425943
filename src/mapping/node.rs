//! A YAML text as a tree: values with their places, and the file they stand in.

use super::located::At;
use crate::model::{Diagnostic, Place, Severity};

/// How large a file may be.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Most bytes.
    pub bytes: usize,
    /// Most values.
    pub values: usize,
}

impl Bounds {
    /// Of a tenant's file, a preset or any other that a person writes by hand.
    pub const BY_HAND: Self = Self {
        bytes: 256 * 1024,
        values: 20_000,
    };
    /// Of `connections.yaml`, which grows with every tenant: room for 20,000 of them with two connections each.
    pub const OF_ALL: Self = Self {
        bytes: 16 * 1024 * 1024,
        values: 1_000_000,
    };
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it begins.
    pub at: At,
    /// What it is.
    pub value: Value,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing was written, or `null` or `~`.
    Null,
    /// Text as written.
    Scalar {
        /// The text, quotes and escapes resolved.
        text: String,
        /// Whether it stood in quotes.
        quoted: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// Keys and values in the order of the file.
    Map(Vec<(MapKey, Node)>),
}

/// A key with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapKey {
    /// The key.
    pub text: String,
    /// Whether it stands in quotes.
    pub quoted: bool,
    /// Where it begins.
    pub at: At,
}

impl Node {
    /// The value of a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|(k, _)| k.text == key)
            .map(|(_, v)| v)
    }

    /// The value at a path of keys.
    pub fn path(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Keys and values; none unless it is a map.
    pub fn entries(&self) -> &[(MapKey, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items; none unless it is a list.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if it is a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// What it is, as people say it: `a list`.
    pub fn what(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Scalar { .. } => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a group of keys",
        }
    }
}

/// A file being read: its name for people, its text, and the number by which its places are known.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The name a person would give it: `mappings/acme.yaml`.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Which file of the mapping it is.
    pub index: u8,
}

impl Source<'_> {
    /// A place in this file, as people read it.
    pub fn place(&self, at: At) -> Place {
        Place {
            file: self.name.to_owned(),
            line: at.line,
            column: u32::from(at.column),
        }
    }

    /// An error at a place of this file.
    pub fn error(
        &self,
        at: At,
        code: &str,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) -> Diagnostic {
        let (what, fix) = (visible(&what.into()), visible(&fix.into()));
        let mut told = Diagnostic::error(self.place(at), code, what, fix).with_snippet(self.text);
        told.snippet = visible(&told.snippet);
        told
    }

    /// A warning at a place of this file.
    pub fn warning(
        &self,
        at: At,
        code: &str,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            severity: Severity::Warning,
            ..self.error(at, code, what, fix)
        }
    }

    pub(super) fn at(&self, line: usize, column: usize) -> At {
        At {
            file: self.index,
            column: u16::try_from(column).unwrap_or(u16::MAX),
            line: u32::try_from(line).unwrap_or(u32::MAX),
        }
    }
}

/// A text in which every character can be seen: one that would move a terminal's cursor, or turn the
/// direction of writing, is replaced, so that a file cannot disguise what is said of it.
fn visible(text: &str) -> String {
    let hidden = |c: char| {
        (c.is_control() && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let seen = |c| if hidden(c) { '\u{fffd}' } else { c };
    text.chars().map(seen).collect()
}
