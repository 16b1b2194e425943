//! Reading a manifest's tree: values with their places, and every mistake told.
//!
//! Flows in: nodes. Flows out: values, or nothing where a mistake was told. Refused: keys that the tables do not have (with
//! the most likely one that was meant), keys that are not built yet, values of another shape.

use super::words::ManifestKey;
use crate::connectors::manifest::path::RecordPath;
use crate::mapping::nearest;
use crate::mapping::yaml::{Node, Source, Value};
use crate::mapping::{At, switch};
use crate::model::{Diagnostic, setting};
use crate::rules::Condition;

/// Collects what is wrong.
pub(super) struct ManifestReader<'a> {
    pub source: Source<'a>,
    pub all: Vec<Diagnostic>,
}

impl ManifestReader<'_> {
    /// Tells a mistake.
    pub fn wrong(&mut self, at: At, code: &str, what: impl Into<String>, fix: impl Into<String>) {
        let code = format!("manifest.{code}");
        self.all.push(self.source.error(at, &code, what, fix));
    }

    /// Looks at the keys of a group.
    pub fn keys(&mut self, node: &Node, of: &str, keys: &[ManifestKey]) {
        if !matches!(node.value, Value::Map(_)) {
            let names: Vec<&str> = keys.iter().filter(|k| k.built).map(|k| k.name).collect();
            self.wrong(
                node.at,
                "type",
                format!("`{of}` is {}, and takes a group of keys", node.what()),
                format!("Its keys are: {}.", names.join(", ")),
            );
        }
        for (key, _) in node.entries() {
            match keys.iter().find(|k| k.name == key.text) {
                Some(known) if known.built => {}
                Some(known) => self.wrong(
                    key.at,
                    "later",
                    format!("`{}` is not built yet: {}", key.text, known.doc),
                    "Leave it out until it is.",
                ),
                None => {
                    let built = || keys.iter().filter(|k| k.built).map(|k| k.name);
                    let fix = match nearest(&key.text, built()) {
                        Some(near) => format!("Did you mean `{near}`?"),
                        None => {
                            let names: Vec<&str> = built().collect();
                            format!("The keys here are: {}.", names.join(", "))
                        }
                    };
                    let what = format!("`{of}` has no key `{}`", key.text);
                    self.wrong(key.at, "key", what, fix);
                }
            }
        }
    }

    /// Text that must be there.
    pub fn need<'n>(&mut self, node: &'n Node, key: &str, of: &str) -> Option<&'n Node> {
        let found = node.get(key).filter(|n| n.value != Value::Null);
        if found.is_none() {
            self.wrong(
                node.at,
                "missing",
                format!("`{of}` says no `{key}`"),
                format!("Add `{key}:`."),
            );
        }
        found
    }

    /// A scalar's text.
    pub fn text<'n>(&mut self, node: &'n Node, of: &str) -> Option<&'n str> {
        let text = node.text().filter(|t| !t.is_empty());
        if text.is_none() {
            let what = format!("`{of}` is {}, and takes a text", node.what());
            self.wrong(node.at, "type", what, "Write one text.");
        }
        text
    }

    /// One of some words.
    pub fn word<'n>(&mut self, node: &'n Node, of: &str, words: &[&str]) -> Option<&'n str> {
        let text = self.text(node, of)?;
        if words.contains(&text) {
            return Some(text);
        }
        let near = nearest(text, words.iter().copied());
        let fix = near.map_or_else(
            || format!("Write one of: {}.", words.join(", ")),
            |n| format!("Did you mean `{n}`?"),
        );
        self.wrong(node.at, "word", format!("`{of}` cannot be `{text}`"), fix);
        None
    }

    /// A whole number from 1 on.
    pub fn count(&mut self, node: &Node, of: &str) -> Option<u64> {
        let text = self.text(node, of)?;
        let number = text
            .parse::<u64>()
            .ok()
            .filter(|n| (1..=10_000_000).contains(n));
        if number.is_none() {
            let what = format!("`{of}` is `{text}`, which is no number from 1 to 10000000");
            self.wrong(node.at, "number", what, "Write digits only.");
        }
        number
    }

    /// `yes` or `no`.
    pub fn switch(&mut self, node: &Node, of: &str) -> Option<bool> {
        let text = self.text(node, of)?;
        let on = switch(text);
        if on.is_none() {
            let what = format!("`{of}` is `{text}`, which is neither yes nor no");
            self.wrong(node.at, "word", what, "Write `yes` or `no`.");
        }
        on
    }

    /// A span of time in seconds.
    pub fn span(&mut self, node: &Node, of: &str) -> Option<i64> {
        let text = self.text(node, of)?;
        let read = setting::seconds(text);
        if read.is_none() {
            let what = format!("`{of}` is `{text}`, which is no span of time");
            self.wrong(
                node.at,
                "span",
                what,
                "Write a number with s, m, h or d, such as 10m.",
            );
        }
        read
    }

    /// A path.
    pub fn path(&mut self, node: &Node, of: &str) -> Option<RecordPath> {
        let text = self.text(node, of)?;
        match RecordPath::parse(text) {
            Ok(path) => Some(path),
            Err(what) => {
                let fix = "Write the names with dots between them: `customer.name`; a number counts from 0, `*` is each.";
                self.wrong(node.at, "path", format!("`{of}` is `{text}`: {what}"), fix);
                None
            }
        }
    }

    /// A path, or several of which the first that is there counts.
    pub fn paths(&mut self, node: &Node, of: &str) -> Vec<RecordPath> {
        match &node.value {
            Value::List(items) if !items.is_empty() => {
                items.iter().filter_map(|n| self.path(n, of)).collect()
            }
            _ => self.path(node, of).into_iter().collect(),
        }
    }

    /// A condition.
    pub fn condition(&mut self, node: &Node, of: &str) -> Option<Condition> {
        let text = self.text(node, of)?;
        match Condition::compile(text) {
            Ok(condition) => Some(condition),
            Err(what) => {
                let fix = "Write an expression that is true or false, such as \"state == `done`\".";
                self.wrong(node.at, "condition", format!("`{of}`: {what}"), fix);
                None
            }
        }
    }
}
