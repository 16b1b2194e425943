//! Layers: the built-in defaults, a preset over them, the tenant's file over both.
//!
//! Flows in: trees. Flows out: one tree of which each value still knows its file and line. Groups are
//! merged key by key; a table, a list and a choice count whole, so that each can be read in one place.

use super::config::At;
use super::keys::{FILE, KnownKey, Shape};
use super::yaml::{MapKey, Node, Source, Value, read};
use std::sync::LazyLock;

/// The number of the built-in defaults among a mapping's files.
pub(super) const DEFAULTS: u8 = 0;
/// The number of the preset.
pub(super) const PRESET: u8 = 1;
/// The number of the tenant's own file.
pub(super) const TENANT: u8 = 2;
/// What the built-in defaults are called where a file is named.
pub(super) const DEFAULTS_NAME: &str = "built-in defaults";

static BUILT_IN: LazyLock<Node> = LazyLock::new(|| group_of(FILE));

/// The built-in defaults.
pub(super) fn defaults() -> &'static Node {
    &BUILT_IN
}

fn group_of(keys: &[KnownKey]) -> Node {
    let entries = keys.iter().filter_map(|key| {
        let value = match key.shape {
            // A group in which nothing counts by default is not there.
            Shape::Group(inner) if key.built => {
                Some(group_of(inner)).filter(|g| !g.entries().is_empty())?
            }
            _ => fragment(key.default)?,
        };
        let name = MapKey {
            text: key.name.to_owned(),
            quoted: false,
            at: At::default(),
        };
        Some((name, value))
    });
    Node {
        at: At::default(),
        value: Value::Map(entries.collect()),
    }
}

/// A default's YAML as a tree without places; `None` where there is no default.
pub(super) fn fragment(text: &str) -> Option<Node> {
    if text.is_empty() {
        return None;
    }
    let source = Source {
        name: DEFAULTS_NAME,
        text,
        index: DEFAULTS,
    };
    read(source).0.map(without_places)
}

fn without_places(mut node: Node) -> Node {
    node.at = At::default();
    node.value = match node.value {
        Value::List(items) => Value::List(items.into_iter().map(without_places).collect()),
        Value::Map(entries) => {
            let bare = |(key, value): (MapKey, Node)| {
                let key = MapKey {
                    at: At::default(),
                    ..key
                };
                (key, without_places(value))
            };
            Value::Map(entries.into_iter().map(bare).collect())
        }
        other => other,
    };
    node
}

/// A layer over another.
pub(super) fn over(base: &Node, top: &Node) -> Node {
    merge(base, top, FILE)
}

fn merge(base: &Node, top: &Node, keys: &[KnownKey]) -> Node {
    let mut out = Vec::with_capacity(keys.len());
    for key in keys {
        let below = base.entries().iter().find(|(k, _)| k.text == key.name);
        let above = top.entries().iter().find(|(k, _)| k.text == key.name);
        // A key without a value was told as a mistake; what is below counts meanwhile.
        let above = above.filter(|(_, v)| v.value != Value::Null);
        match (below, above) {
            (None, None) => {}
            (Some(pair), None) | (None, Some(pair)) => out.push(pair.clone()),
            (Some((_, b)), Some((name, t))) => {
                out.push((name.clone(), both(b, t, key)));
            }
        }
    }
    Node {
        at: if top.at.line > 0 { top.at } else { base.at },
        value: Value::Map(out),
    }
}

fn both(base: &Node, top: &Node, key: &KnownKey) -> Node {
    let maps = matches!((&base.value, &top.value), (Value::Map(_), Value::Map(_)));
    match key.shape {
        Shape::Group(keys) if maps => merge(base, top, keys),
        Shape::Either(_, keys, []) if maps => merge(base, top, keys),
        _ => top.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::check;

    #[test]
    fn every_default_passes_its_own_check() {
        let told = check::check(
            Source {
                name: DEFAULTS_NAME,
                text: "",
                index: DEFAULTS,
            },
            defaults(),
        );
        assert_eq!(told, vec![]);
    }

    #[test]
    fn groups_merge_and_tables_count_whole() {
        let tree = |text, index| {
            let source = Source {
                name: "t",
                text,
                index,
            };
            read(source).0.unwrap()
        };
        let base = tree(
            "sync: { invoices: off, payments: off }\ntax: { codes: { zero: Z, else: hold } }\n",
            PRESET,
        );
        let top = tree(
            "sync: { invoices: when_paid }\ntax: { codes: { taxable: T, else: hold } }\n",
            TENANT,
        );
        let merged = over(&base, &top);
        let word = |path: &[&str]| merged.path(path).and_then(Node::text);
        assert_eq!(word(&["sync", "invoices"]), Some("when_paid"));
        assert_eq!(word(&["sync", "payments"]), Some("off"));
        assert_eq!(word(&["tax", "codes", "taxable"]), Some("T"));
        assert_eq!(word(&["tax", "codes", "zero"]), None);
    }
}
