//! `connections.yaml`: the workspace's named connections, without their secrets.
//!
//! Flows in: the file's text and the systems there are. Flows out: each connection's system and its
//! settings, or diagnostics. Refused: unknown systems, and whatever looks like a secret: keys and
//! tokens are kept, encrypted, where `crossfoot connect` puts them. Groups inside a connection become
//! names with dots (`columns: { number: No }` is `columns.number`), the items of a list `columns.0`.

use super::scalars::shown;
use super::yaml::{MapKey, Node, Source, Value, read};
use crate::model::{ConnectionName, Diagnostic, Place};
use std::collections::BTreeMap;

/// Most connections of a workspace.
const MAX_CONNECTIONS: usize = 20_000;

/// A named connection to one account at one system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The system's word: `keap`.
    pub system: String,
    /// Its settings by name.
    pub values: BTreeMap<String, String>,
    /// Where it is written.
    pub place: Place,
}

/// The connections of a workspace, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Connections {
    /// By name.
    pub by_name: BTreeMap<ConnectionName, Connection>,
}

impl Connections {
    /// Reads a `connections.yaml`. `systems` are the words of the systems there are.
    pub fn parse(file: &str, text: &str, systems: &[&str]) -> (Self, Vec<Diagnostic>) {
        let source = Source {
            name: file,
            text,
            index: 0,
        };
        let (root, told) = read(source);
        let mut reader = Reader {
            source,
            systems,
            told,
        };
        let mut out = Self::default();
        let Some(root) = root else {
            return (out, reader.told);
        };
        if !matches!(root.value, Value::Map(_)) {
            reader.error(
                root.at,
                "connections.type",
                "This file takes connections by name".to_owned(),
                "Write `acme: { system: keap }`, with a space after each colon.".to_owned(),
            );
        }
        for (key, node) in root.entries().iter().take(MAX_CONNECTIONS) {
            if let Some((name, connection)) = reader.connection(key, node) {
                out.by_name.insert(name, connection);
            }
        }
        (out, reader.told)
    }

    /// The connection of a name.
    pub fn get(&self, name: &str) -> Option<&Connection> {
        ConnectionName::new(name)
            .ok()
            .and_then(|n| self.by_name.get(&n))
    }
}

struct Reader<'a> {
    source: Source<'a>,
    systems: &'a [&'a str],
    told: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn error(&mut self, at: super::At, code: &str, what: String, fix: String) {
        self.told.push(self.source.error(at, code, what, fix));
    }

    fn connection(&mut self, key: &MapKey, node: &Node) -> Option<(ConnectionName, Connection)> {
        let name = match ConnectionName::new(&key.text) {
            Ok(name) => name,
            Err(_) => {
                self.error(
                    key.at,
                    "connections.name",
                    format!("`{}` cannot name a connection", shown(&key.text)),
                    "Use 1 to 63 lower-case letters, digits and hyphens.".to_owned(),
                );
                return None;
            }
        };
        let Some(system) = node.get("system").and_then(Node::text) else {
            self.error(
                key.at,
                "connections.system",
                format!("The connection `{name}` does not say which system it is for"),
                format!("Add `system:` with one of: {}.", self.systems.join(", ")),
            );
            return None;
        };
        if !self.systems.contains(&system) {
            let at = node.get("system").map_or(node.at, |n| n.at);
            let near = super::nearest(system, self.systems.iter().copied());
            self.error(
                at,
                "connections.system",
                format!("There is no system `{}`", shown(system)),
                near.map_or_else(
                    || format!("The systems are: {}.", self.systems.join(", ")),
                    |n| format!("Did you mean `{n}`?"),
                ),
            );
        }
        let mut values = BTreeMap::new();
        for (inner, value) in node.entries().iter().filter(|(k, _)| k.text != "system") {
            self.flatten(inner.text.clone(), inner.at, value, &mut values);
        }
        let connection = Connection {
            system: system.to_owned(),
            values,
            place: self.source.place(key.at),
        };
        Some((name, connection))
    }

    fn flatten(
        &mut self,
        path: String,
        at: super::At,
        node: &Node,
        out: &mut BTreeMap<String, String>,
    ) {
        let last = path.rsplit('.').next().unwrap_or(&path);
        if looks_secret(last) {
            return self.error(
                at,
                "connections.secret",
                format!("`{path}` looks like a secret, and this file is no place for one"),
                "Remove it, and give it to `crossfoot connect`, which keeps it encrypted."
                    .to_owned(),
            );
        }
        match &node.value {
            Value::Null => {}
            Value::Scalar { text, .. } => {
                out.insert(path, text.clone());
            }
            Value::List(items) => {
                for (n, item) in items.iter().enumerate() {
                    self.flatten(format!("{path}.{n}"), item.at, item, out);
                }
            }
            Value::Map(entries) => {
                for (key, value) in entries {
                    self.flatten(format!("{path}.{}", key.text), key.at, value, out);
                }
            }
        }
    }
}

fn looks_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = [
        "secret",
        "password",
        "passwd",
        "token",
        "access_token",
        "refresh_token",
        "api_key",
        "apikey",
        "service_account_key",
        "private_key",
        "client_secret",
        "authorization",
    ];
    words.contains(&name.as_str()) || name.ends_with("_secret") || name.ends_with("_password")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_secrets_refused() {
        let text = "acme:\n  system: files\n  folder: in\n  columns:\n    number: Invoice No\nbooks: { system: xero, client_secret: abc }\nother: { system: xreo }\n";
        let (found, told) = Connections::parse("connections.yaml", text, &["files", "xero"]);
        let acme = found.get("acme").unwrap();
        assert_eq!(acme.values.get("columns.number").unwrap(), "Invoice No");
        let codes: Vec<_> = told
            .iter()
            .map(|d| (d.code.as_str(), d.place.line))
            .collect();
        assert_eq!(
            codes,
            [("connections.secret", 6), ("connections.system", 7)]
        );
        assert!(told[1].fix.contains("`xero`"));
        assert!(
            !found
                .get("books")
                .unwrap()
                .values
                .contains_key("client_secret")
        );
    }
}
