//! `crossfoot config --why`: the effective file, and where each of its values came from.
//!
//! Flows in: the merged layers. Flows out: YAML that a person can read and that means the same when it
//! is read again, with the place of each value beside it; or the same as rows.

use super::compile::Effective;
use super::config::At;
use super::scalars;
use super::yaml::{Node, Value};
use crate::model::Place;

/// A value of the effective file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WhyRow {
    /// Its path: `sync.invoices`, `accounts[2]`.
    pub path: String,
    /// Its value, as YAML on one line.
    pub value: String,
    /// Where it is written.
    pub place: Place,
}

impl Effective {
    /// Where a value is written.
    pub fn place(&self, at: At) -> Place {
        Place {
            file: self
                .files
                .get(usize::from(at.file))
                .cloned()
                .unwrap_or_default(),
            line: at.line,
            column: u32::from(at.column),
        }
    }

    /// Each value with its path and place; a table's row is one value.
    pub fn rows(&self) -> Vec<WhyRow> {
        let mut out = Vec::new();
        self.collect(&self.root, "", &mut out);
        out
    }

    fn collect(&self, node: &Node, path: &str, out: &mut Vec<WhyRow>) {
        match &node.value {
            Value::Map(entries) if !one_line(node) => {
                for (key, value) in entries {
                    self.collect(value, &super::keys::join(path, &key.text), out);
                }
            }
            Value::List(items) if !one_line(node) => {
                for (n, item) in items.iter().enumerate() {
                    out.push(self.row(format!("{path}[{n}]"), item));
                }
            }
            _ => out.push(self.row(path.to_owned(), node)),
        }
    }

    fn row(&self, path: String, node: &Node) -> WhyRow {
        WhyRow {
            path,
            value: flow(node),
            place: self.place(node.at),
        }
    }

    /// The effective file as YAML; with `why`, each value's place as a comment behind it.
    pub fn to_yaml(&self, why: bool) -> String {
        let mut lines: Vec<(String, Option<At>)> = Vec::new();
        block(&self.root, 0, &mut lines);
        let width = lines
            .iter()
            .filter(|(_, at)| at.is_some())
            .map(|(l, _)| l.chars().count());
        let width = width.max().unwrap_or(0).min(64);
        let mut out = String::new();
        for (line, at) in lines {
            out.push_str(&line);
            if let (true, Some(at)) = (why, at) {
                let pad = width.saturating_sub(line.chars().count());
                out.push_str(&" ".repeat(pad));
                out.push_str("  # ");
                // Columns would change with every edit on the line; the line is what a reader looks for.
                let place = self.place(At { column: 0, ..at });
                out.push_str(&place.to_string());
            }
            out.push('\n');
        }
        out
    }
}

/// Whether a value is written on one line: everything but groups of keys and lists of rows.
fn one_line(node: &Node) -> bool {
    let simple = |n: &Node| !matches!(n.value, Value::Map(_) | Value::List(_));
    match &node.value {
        // Groups are merged, so their values may come from different files and go on lines of their own.
        Value::Map(entries) => entries.is_empty(),
        Value::List(items) => items.iter().all(simple),
        _ => true,
    }
}

fn block(node: &Node, depth: usize, out: &mut Vec<(String, Option<At>)>) {
    let indent = "  ".repeat(depth);
    for (key, value) in node.entries() {
        let key = quoted_key(&key.text);
        if matches!(&value.value, Value::Map(e) if e.is_empty()) {
            continue;
        }
        if one_line(value) {
            out.push((format!("{indent}{key}: {}", flow(value)), Some(value.at)));
            continue;
        }
        out.push((format!("{indent}{key}:"), None));
        match &value.value {
            Value::List(items) => {
                for item in items {
                    out.push((format!("{indent}  - {}", flow(item)), Some(item.at)));
                }
            }
            _ => block(value, depth + 1, out),
        }
    }
}

/// A value on one line.
pub(super) fn flow(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Scalar { text, quoted } => scalar(text, *quoted),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(entries) => {
            let pairs: Vec<String> = (entries.iter())
                .map(|(k, v)| format!("{}: {}", quoted_key(&k.text), flow(v)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

/// A text as YAML on one line.
pub fn one_line_text(text: &str) -> String {
    scalar(text, false)
}

fn quoted_key(key: &str) -> String {
    scalar(key, false)
}

fn scalar(text: &str, quoted: bool) -> String {
    let plain = !quoted
        && !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || "_-+./@".contains(c))
        && !text.starts_with(['-', '@', '.'])
        && (!scalars::reads_as_other(text)
            || super::words::switch(text).is_some()
            || !text.starts_with('0'));
    if plain {
        return text.to_owned();
    }
    // JSON's escapes are YAML's, within double quotes.
    serde_json::to_string(text).unwrap_or_default()
}
