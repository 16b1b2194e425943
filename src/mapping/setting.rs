//! One setting of a connection: what its value means, or what is wrong with it and how to write it.
//!
//! Flows in: the setting as its system declares it, and the tree that is written for it. Flows out: the values by their
//! paths, each with its place, or mistakes.

use super::located::At;
use super::node::{Node, Value};
use super::scalars::{self, BadValue, shown};
use super::zones;
use crate::model::setting::{BETWEEN, SettingKey, SettingWord, Takes};

/// What is written for a setting.
pub(super) struct GivenSetting<'a> {
    /// The key as written.
    pub path: &'a str,
    /// What of it is a name inside the setting's group.
    pub inside: &'a str,
    /// Where the key stands.
    pub at: At,
    /// Its value.
    pub node: &'a Node,
}

/// What was read of it.
#[derive(Default)]
pub(super) struct ReadSetting {
    /// The values by their paths.
    pub values: Vec<(String, At, String)>,
    /// What is wrong, with its code.
    pub mistakes: Vec<(At, &'static str, BadValue)>,
}

/// Reads a setting.
pub(super) fn read_setting(setting: &SettingKey, given: GivenSetting<'_>) -> ReadSetting {
    let mut out = ReadSetting::default();
    match setting.takes {
        Takes::Names(names) => {
            let path = given.inside.to_owned();
            named(setting, names, path, given.at, given.node, &mut out);
        }
        Takes::Texts => texts(setting, &given, &mut out),
        Takes::Group(keys) => group(keys, &given, &mut out),
        Takes::Rows(keys) => rows(keys, &given, &mut out),
        Takes::Table(words) => table(words, &given, &mut out),
        _ => match &given.node.value {
            Value::Scalar { text, .. } => match value(setting, text) {
                Ok(text) => out
                    .values
                    .push((given.path.to_owned(), given.node.at, text)),
                Err(bad) => out.mistake(given.node.at, "yaml.value", bad, given.path),
            },
            // Left open for later, as the examples do.
            Value::Null if setting.takes == Takes::Text => {}
            Value::Null => out.nothing(given.at, given.path),
            _ => out.wrong_type(given.node, given.path, &expects(setting.takes)),
        },
    }
    out
}

/// One value as the connector reads it.
fn value(setting: &SettingKey, text: &str) -> Result<String, BadValue> {
    match setting.takes {
        Takes::Words(words) => {
            let found = words.iter().find(|w| w.word.eq_ignore_ascii_case(text));
            return found
                .map(|w| w.word.to_owned())
                .ok_or_else(|| choice(text, words));
        }
        Takes::Zone => drop(zones::zone(text)?),
        Takes::Currency => drop(scalars::currency(text)?),
        Takes::Count => drop(scalars::count(text)?),
        Takes::Span => drop(scalars::interval(text)?),
        Takes::Address if !text.starts_with("https://") && !text.starts_with("http://") => {
            return Err(BadValue {
                what: format!("`{}` is no address", shown(text)),
                fix: "Write it whole: https://example.com.".to_owned(),
            });
        }
        Takes::Folder if text.trim().is_empty() => {
            return Err(BadValue {
                what: "No folder is named".to_owned(),
                fix: "Write its path from the workspace's own folder, such as exports/acme."
                    .to_owned(),
            });
        }
        _ => {}
    }
    Ok(text.to_owned())
}

fn choice(text: &str, words: &[SettingWord]) -> BadValue {
    let all: Vec<&str> = words.iter().map(|w| w.word).collect();
    let choices = format!("The choices are: {}.", all.join("  "));
    let near = super::nearest(text, words.iter().map(|w| w.word));
    BadValue {
        what: format!("`{}` is not one of the choices", shown(text)),
        fix: near.map_or(choices.clone(), |n| {
            format!("Did you mean `{n}`? {choices}")
        }),
    }
}

/// Texts by name; names may be written with dots or as groups.
fn named(
    setting: &SettingKey,
    names: &[SettingWord],
    path: String,
    at: At,
    node: &Node,
    out: &mut ReadSetting,
) {
    let full = |path: &str| match path {
        "" => setting.name.to_owned(),
        _ => format!("{}.{path}", setting.name),
    };
    match &node.value {
        Value::Map(entries) => {
            for (key, value) in entries {
                let inner = super::keys::join(&path, &key.text);
                named(setting, names, inner, key.at, value, out);
            }
        }
        Value::Scalar { .. } if path.is_empty() => {
            out.wrong_type(node, setting.name, &expects(setting.takes));
        }
        _ if !path.is_empty() && !names.iter().any(|n| n.word == path) => {
            let near = super::nearest(&path, names.iter().map(|n| n.word));
            let all: Vec<&str> = names.iter().map(|n| n.word).collect();
            let bad = BadValue {
                what: format!("`{}` is not a name inside `{}`", shown(&path), setting.name),
                fix: near.map_or_else(
                    || format!("The names are: {}.", all.join(", ")),
                    |n| format!("Did you mean `{n}`?"),
                ),
            };
            out.mistakes.push((at, "yaml.unknown_key", bad));
        }
        Value::Scalar { text, .. } if !text.trim().is_empty() => {
            out.values.push((full(&path), node.at, text.clone()));
        }
        Value::List(items) => several(&full(&path), node, items, out),
        _ => out.nothing(at, &full(&path)),
    }
}

/// Several texts of one name.
fn several(path: &str, node: &Node, items: &[Node], out: &mut ReadSetting) {
    let all: Option<Vec<&str>> = items
        .iter()
        .map(|i| i.text().filter(|t| !t.trim().is_empty()))
        .collect();
    match all {
        Some(all) if !all.is_empty() => {
            let joined = all.join(&BETWEEN.to_string());
            out.values.push((path.to_owned(), node.at, joined));
        }
        _ => out.wrong_type(node, path, "text, or a list of texts"),
    }
}

/// A group of settings, each with what it takes.
fn group(keys: &'static [SettingKey], given: &GivenSetting<'_>, out: &mut ReadSetting) {
    let Value::Map(entries) = &given.node.value else {
        let names: Vec<&str> = keys.iter().map(|k| k.name).collect();
        let takes = format!("a group with {}", names.join(", "));
        return out.wrong_type(given.node, given.path, &takes);
    };
    for (key, node) in entries {
        let Some(setting) = keys.iter().find(|k| k.name == key.text) else {
            let near = super::nearest(&key.text, keys.iter().map(|k| k.name));
            let names: Vec<&str> = keys.iter().map(|k| k.name).collect();
            let bad = BadValue {
                what: format!(
                    "`{}` is not a name inside `{}`",
                    shown(&key.text),
                    given.path
                ),
                fix: near.map_or_else(
                    || format!("The names are: {}.", names.join(", ")),
                    |n| format!("Did you mean `{n}`?"),
                ),
            };
            out.mistakes.push((key.at, "yaml.unknown_key", bad));
            continue;
        };
        let path = super::keys::join(given.path, &key.text);
        let read = read_setting(
            setting,
            GivenSetting {
                path: &path,
                inside: "",
                at: key.at,
                node,
            },
        );
        out.values.extend(read.values);
        out.mistakes.extend(read.mistakes);
    }
}

/// A list of groups.
fn rows(keys: &'static [SettingKey], given: &GivenSetting<'_>, out: &mut ReadSetting) {
    let Value::List(items) = &given.node.value else {
        return out.wrong_type(given.node, given.path, "a list of groups");
    };
    for (n, node) in items.iter().enumerate() {
        let path = format!("{}.{n}", given.path);
        let one = GivenSetting {
            path: &path,
            inside: "",
            at: node.at,
            node,
        };
        group(keys, &one, out);
    }
}

/// Somebody else's words, each with one of ours.
fn table(words: &'static [SettingWord], given: &GivenSetting<'_>, out: &mut ReadSetting) {
    let Value::Map(entries) = &given.node.value else {
        let takes = expects(Takes::Table(words));
        return out.wrong_type(given.node, given.path, &takes);
    };
    for (key, node) in entries {
        let path = super::keys::join(given.path, &key.text);
        match &node.value {
            Value::Scalar { text, .. } if words.is_empty() => {
                out.values.push((path, node.at, text.clone()));
            }
            Value::Scalar { text, .. } => match words.iter().find(|w| w.word == text) {
                Some(word) => out.values.push((path, node.at, word.word.to_owned())),
                None => out.mistake(node.at, "yaml.value", choice(text, words), &path),
            },
            Value::List(items) if words.is_empty() => several(&path, node, items, out),
            Value::Null => out.nothing(key.at, &path),
            _ => out.wrong_type(node, &path, "a word"),
        }
    }
}

fn texts(setting: &SettingKey, given: &GivenSetting<'_>, out: &mut ReadSetting) {
    let one = std::slice::from_ref(given.node);
    let items = match &given.node.value {
        Value::List(items) => items.as_slice(),
        // A list of one may be written without its brackets.
        Value::Scalar { .. } => one,
        Value::Null => return out.nothing(given.at, given.path),
        Value::Map(_) => {
            return out.wrong_type(given.node, given.path, &expects(setting.takes));
        }
    };
    for (n, item) in items.iter().enumerate() {
        match item.text().filter(|t| !t.trim().is_empty()) {
            Some(text) => {
                let path = format!("{}.{n}", given.path);
                out.values.push((path, item.at, text.to_owned()));
            }
            None => out.wrong_type(item, given.path, "texts"),
        }
    }
}

impl ReadSetting {
    fn mistake(&mut self, at: At, code: &'static str, bad: BadValue, path: &str) {
        let what = format!("{}, in `{path}`", bad.what);
        self.mistakes.push((at, code, BadValue { what, ..bad }));
    }

    fn nothing(&mut self, at: At, path: &str) {
        let bad = BadValue {
            what: format!("`{path}` has no value"),
            fix: "Write its value, or remove the key.".to_owned(),
        };
        self.mistakes.push((at, "yaml.no_value", bad));
    }

    fn wrong_type(&mut self, node: &Node, path: &str, takes: &str) {
        let bad = BadValue {
            what: format!("`{path}` takes {takes}, not {}", node.what()),
            fix: "Write the value after the colon.".to_owned(),
        };
        self.mistakes.push((node.at, "yaml.type", bad));
    }
}

/// What a setting takes, as people say it.
pub(super) fn expects(takes: Takes) -> String {
    match takes {
        Takes::Text => "text".to_owned(),
        Takes::Words(words) => {
            let all: Vec<String> = words.iter().map(|w| format!("`{}`", w.word)).collect();
            format!("one of {}", all.join(" "))
        }
        Takes::Zone => "a time zone such as Europe/London".to_owned(),
        Takes::Currency => "a currency such as AUD".to_owned(),
        Takes::Count => "a whole number".to_owned(),
        Takes::Span => "a span of time such as 30m or 6h".to_owned(),
        Takes::Address => "an address such as https://example.com".to_owned(),
        Takes::Folder => "a folder".to_owned(),
        Takes::Texts => "a list of texts".to_owned(),
        Takes::Names(_) => "a group of names, each with a text".to_owned(),
        Takes::Group(keys) => format!("a group of {}", listed(keys)),
        Takes::Rows(keys) => format!("a list of groups of {}", listed(keys)),
        Takes::Table([]) => "a table of names, each with one text or several".to_owned(),
        Takes::Table(words) => {
            let all: Vec<String> = words.iter().map(|w| format!("`{}`", w.word)).collect();
            format!(
                "a table: the source's words, each with one of {}",
                all.join(" ")
            )
        }
    }
}

fn listed(keys: &[SettingKey]) -> String {
    let names: Vec<String> = keys.iter().map(|k| format!("`{}`", k.name)).collect();
    names.join(" ")
}
