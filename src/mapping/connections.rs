//! `connections.yaml`: the workspace's named connections, without their secrets.
//!
//! Flows in: the file's text and the systems there are, each with the settings it declares. Flows out: each connection's
//! system and its settings, every one with the place it is written at, or diagnostics. Refused: unknown systems, settings
//! that the system does not have, values that it does not take, and whatever looks like a secret: keys and tokens are
//! kept, encrypted, where `crossfoot connect` puts them. Groups inside a connection become names with dots (`columns:
//! { number: No }` is `columns.number`), the items of a list `ignore.0`.

use super::scalars::shown;
use super::setting::{GivenSetting, read_setting};
use super::yaml::{Bounds, MapKey, Node, Source, Value, read_within};
use crate::model::setting::{SettingKey, SystemSettings, Takes};
use crate::model::{ConnectionName, Diagnostic, Place, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// What every connection may say.
pub const COMMON: &[SettingKey] = &[SettingKey::new(
    "was",
    Takes::Text,
    "",
    "The name this connection had before, where it leads to the same account: what is linked goes on.",
)];

/// A named connection to one account at one system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The system's word: `keap`.
    pub system: String,
    /// Its settings by name.
    pub values: BTreeMap<String, String>,
    /// Where it is written.
    pub place: Place,
    /// Where each of its settings is written.
    pub places: BTreeMap<String, Place>,
}

/// The connections of a workspace, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Connections {
    /// By name.
    pub by_name: BTreeMap<ConnectionName, Connection>,
    /// Those with mistakes, and how far down the file each goes: its first and its last line.
    lines: BTreeMap<ConnectionName, (u32, u32)>,
    /// Whether the file could not be read to its end: what it lacks, nobody knows then.
    broken: bool,
    /// Those that the files of other tenants name, where it was asked.
    taken: BTreeSet<String>,
}

impl Connections {
    /// The same, with those that the files of other tenants name.
    #[must_use]
    pub fn taken(&self, names: BTreeSet<String>) -> Self {
        Self {
            taken: names,
            ..self.clone()
        }
    }

    /// Whether a connection leads to what is another tenant's: to its folder, or to its organisation.
    pub fn is_anothers(&self, name: &ConnectionName) -> bool {
        let keys = ["folder", "organisation"];
        let own = |c: &Connection| keys.iter().any(|k| c.values.contains_key(*k));
        self.taken.contains(name.as_str()) && self.by_name.get(name).is_some_and(own)
    }

    /// Reads a `connections.yaml`.
    pub fn parse(
        file: &str,
        text: &str,
        systems: &[SystemSettings<'_>],
    ) -> (Self, Vec<Diagnostic>) {
        let source = Source {
            name: file,
            text,
            index: 0,
        };
        let (root, told) = read_within(source, Bounds::OF_ALL);
        let mut reader = Reader {
            source,
            systems,
            told,
        };
        let mut out = Self::default();
        let Some(root) = root else {
            out.broken = true;
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
        let entries = root.entries();
        for (n, (key, node)) in entries.iter().enumerate() {
            if let Some((name, connection)) = reader.connection(key, node) {
                let next = entries.get(n + 1).map_or(u32::MAX, |(k, _)| k.at.line);
                out.lines.insert(name.clone(), (key.at.line, next));
                out.by_name.insert(name, connection);
            }
        }
        (out, reader.told)
    }

    /// Whether the file could be read to its end, so that a name it does not have is no connection.
    pub fn is_whole(&self) -> bool {
        !self.broken
    }

    /// The connection of a name.
    pub fn get(&self, name: &str) -> Option<&Connection> {
        ConnectionName::new(name)
            .ok()
            .and_then(|n| self.by_name.get(&n))
    }

    /// Of what was told of the file, what concerns some of its connections, or the file as a whole: a mistake in one
    /// connection is no mistake of a tenant that does not use it.
    pub fn told_of(&self, told: &[Diagnostic], names: &[&ConnectionName]) -> Vec<Diagnostic> {
        let of_another = |d: &&Diagnostic| {
            let line = d.place.line;
            let mut others = self.lines.iter().filter(|(n, _)| !names.contains(n));
            // Two connections may begin on one line.
            let own = names.iter().filter_map(|n| self.lines.get(*n));
            let own = own
                .into_iter()
                .any(|(from, to)| (*from..=*to).contains(&line));
            !own && others.any(|(_, (from, to))| *from <= line && line < *to)
        };
        let keep = told
            .iter()
            .filter(|d| d.severity != Severity::Error || !of_another(d));
        keep.cloned().collect()
    }
}

struct Reader<'a> {
    source: Source<'a>,
    systems: &'a [SystemSettings<'a>],
    told: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn error(&mut self, at: super::At, code: &str, what: String, fix: String) {
        self.told.push(self.source.error(at, code, what, fix));
    }

    fn words(&self) -> String {
        let words: Vec<&str> = self.systems.iter().map(|s| s.system).collect();
        words.join(", ")
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
            let words = self.words();
            self.error(
                key.at,
                "connections.system",
                format!("The connection `{name}` does not say which system it is for"),
                format!("Add `system:` with one of: {words}."),
            );
            return None;
        };
        let mut connection = Connection {
            system: system.to_owned(),
            values: BTreeMap::new(),
            place: self.source.place(key.at),
            places: BTreeMap::new(),
        };
        let known = self.systems.iter().find(|s| s.system == system).copied();
        if known.is_none() {
            self.no_system(system, node);
        }
        for (inner, value) in node.entries().iter().filter(|(k, _)| k.text != "system") {
            if self.secrets(&inner.text, inner.at, value) {
                continue;
            }
            // Of a system that is not known, nothing more can be said.
            if let Some(of) = known {
                self.setting(of, inner, value, &mut connection);
            }
        }
        Some((name, connection))
    }

    fn no_system(&mut self, system: &str, node: &Node) {
        let at = node.get("system").map_or(node.at, |n| n.at);
        let near = super::nearest(system, self.systems.iter().map(|s| s.system));
        let fix = near.map_or_else(
            || format!("The systems are: {}.", self.words()),
            |n| format!("Did you mean `{n}`?"),
        );
        let what = format!("There is no system `{}`", shown(system));
        self.error(at, "connections.system", what, fix);
    }

    fn setting(
        &mut self,
        of: SystemSettings<'_>,
        key: &MapKey,
        value: &Node,
        out: &mut Connection,
    ) {
        // A name inside a group may be written in one: `columns.number`.
        let (first, rest) = key.text.split_once('.').unwrap_or((&key.text, ""));
        let mut known = of.settings.iter().chain(COMMON);
        let found = known.find(|s| {
            s.name == key.text || (s.name == first && matches!(s.takes, Takes::Names(_)))
        });
        let Some(setting) = found else {
            return self.unknown(of, key);
        };
        let given = GivenSetting {
            path: &key.text,
            inside: if setting.name == key.text { "" } else { rest },
            at: key.at,
            node: value,
        };
        let read = read_setting(setting, given);
        for (path, at, text) in read.values {
            out.places.insert(path.clone(), self.source.place(at));
            out.values.insert(path, text);
        }
        for (at, code, bad) in read.mistakes {
            self.error(at, code, bad.what, bad.fix);
        }
    }

    fn unknown(&mut self, of: SystemSettings<'_>, key: &MapKey) {
        let own = || of.settings.iter().chain(COMMON).map(|s| s.name);
        let elsewhere = self
            .systems
            .iter()
            .find(|s| s.system != of.system && s.settings.iter().any(|k| k.name == key.text));
        let fix = match (super::nearest(&key.text, own()), elsewhere) {
            (Some(near), _) => format!("Did you mean `{near}`?"),
            (None, Some(other)) => format!(
                "It is a setting of connections to {}: remove it here.",
                other.title
            ),
            (None, None) => {
                let names: Vec<&str> = own().collect();
                format!("The settings here are: system, {}.", names.join(", "))
            }
        };
        let what = format!(
            "`{}` is not a setting of a connection to {}",
            shown(&key.text),
            of.title
        );
        self.error(key.at, "yaml.unknown_key", what, fix);
    }

    /// Whether something there looks like a secret, which is told instead of anything else.
    fn secrets(&mut self, path: &str, at: super::At, node: &Node) -> bool {
        let last = path.rsplit('.').next().unwrap_or(path);
        if looks_secret(last) {
            let what = format!("`{path}` looks like a secret, and this file is no place for one");
            let fix = "Remove it, and give it to `crossfoot connect`, which keeps it encrypted.";
            self.error(at, "connections.secret", what, fix.to_owned());
            return true;
        }
        let mut any = false;
        for (key, value) in node.entries() {
            any |= self.secrets(&format!("{path}.{}", key.text), key.at, value);
        }
        any
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
    use crate::model::setting::says;

    const SYSTEMS: &[SystemSettings<'static>] = &[
        SystemSettings {
            system: "boxes",
            title: "Boxes",
            settings: &[
                SettingKey::new("place", Takes::Text, "", "Where."),
                SettingKey::new(
                    "slots",
                    Takes::Names(&[says("number", "It.")]),
                    "",
                    "Slots.",
                ),
            ],
        },
        SystemSettings {
            system: "books",
            title: "Books",
            settings: &[],
        },
    ];

    #[test]
    fn settings_are_read_and_secrets_refused() {
        let text = "acme:\n  system: boxes\n  place: in\n  slots:\n    number: Invoice No\nother: { system: books, client_secret: abc }\nlast: { system: bookz }\n";
        let (found, told) = Connections::parse("connections.yaml", text, SYSTEMS);
        let acme = found.get("acme").unwrap();
        assert_eq!(acme.values.get("slots.number").unwrap(), "Invoice No");
        assert_eq!(acme.places.get("slots.number").unwrap().line, 5);
        let codes: Vec<_> = told
            .iter()
            .map(|d| (d.code.as_str(), d.place.line))
            .collect();
        assert_eq!(
            codes,
            [("connections.secret", 6), ("connections.system", 7)]
        );
        assert!(told[1].fix.contains("`books`"));
        assert!(found.get("other").unwrap().values.is_empty());
    }

    #[test]
    fn a_mistake_in_one_connection_is_none_of_a_tenant_that_does_not_use_it() {
        let text = "acme: { system: boxes }\nother:\n  system: boxes\n  plase: in\nlast: { system: books }\n";
        let (found, told) = Connections::parse("connections.yaml", text, SYSTEMS);
        assert_eq!(told.len(), 1);
        let name = |n: &str| ConnectionName::new(n).unwrap();
        let of = |n: &str| found.told_of(&told, &[&name(n)]).len();
        assert_eq!((of("acme"), of("other"), of("last")), (0, 1, 0));
        // What is said of no connection concerns all of them.
        let (found, told) = Connections::parse(
            "connections.yaml",
            "acme: { system: boxes }\nBAD NAME: {}\n",
            SYSTEMS,
        );
        assert_eq!(found.told_of(&told, &[&name("acme")]).len(), 1);
    }
}
