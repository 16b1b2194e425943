//! Lists, the route, and amounts by currency.

use super::Checker;
use super::says::names;
use crate::mapping::keys::join;
use crate::mapping::scalars::{self, BadValue, shown};
use crate::mapping::words::Word;
use crate::mapping::yaml::{Node, Value};

/// Most items of a list.
const MAX_ITEMS: usize = 100;

impl Checker<'_> {
    pub(super) fn route(&mut self, node: &Node, path: &str) {
        let pair = match node.entries() {
            [(key, value)] => value.text().map(|name| (key, name, value.at)),
            _ => None,
        };
        let Some((_, name, at)) = pair else {
            return self.error(
                node.at,
                "yaml.route",
                format!("`{path}` takes one system with the name of a connection"),
                if node.text().is_some_and(|t| t.contains(':')) {
                    format!("Put a space after the colon and braces around it: `{path}: {{ keap: acme }}`.")
                } else {
                    format!("Write `{path}: {{ SYSTEM: CONNECTION }}`, such as `from: {{ keap: acme }}`.")
                },
            );
        };
        if crate::model::ConnectionName::new(name).is_err() {
            let bad = BadValue {
                what: format!("`{}` cannot name a connection", shown(name)),
                fix: "Use 1 to 63 lower-case letters, digits and hyphens.".to_owned(),
            };
            self.bad(at, path, bad);
        }
    }

    pub(super) fn by_currency(&mut self, node: &Node, path: &str) {
        if !matches!(node.value, Value::Map(_)) {
            return self.error(
                node.at,
                "yaml.type",
                format!("`{path}` takes amounts by currency, not {}", node.what()),
                "Write `{ AUD: 250000.00 }`.",
            );
        }
        for (key, value) in node.entries() {
            if let Err(bad) = scalars::currency(&key.text) {
                self.bad(key.at, path, bad);
            }
            if let Err(bad) = scalars::amount(value.text().unwrap_or_default()) {
                self.bad(value.at, &join(path, &key.text), bad);
            }
        }
    }

    pub(super) fn word_list(&mut self, node: &Node, words: &'static [Word], path: &str) {
        let Value::List(items) = &node.value else {
            let all = names(words.iter().map(|w| w.word));
            return self.error(
                node.at,
                "yaml.type",
                format!("`{path}` takes a list, not {}", node.what()),
                format!("Write `[{all}]`, or some of these."),
            );
        };
        let mut seen: Vec<&str> = Vec::new();
        for item in items {
            let text = item.text().unwrap_or_default();
            self.word(item.at, text, words, path);
            if seen.contains(&text) {
                self.error(
                    item.at,
                    "yaml.twice",
                    format!("`{}` stands twice in `{path}`", shown(text)),
                    "Remove one of the two.",
                );
            }
            seen.push(text);
        }
        if items.is_empty() {
            self.error(
                node.at,
                "yaml.empty",
                format!("`{path}` is empty"),
                format!(
                    "Write one or more of: {}.",
                    names(words.iter().map(|w| w.word))
                ),
            );
        }
    }

    pub(super) fn list(&mut self, node: &Node, path: &str, test: fn(&str) -> Result<(), BadValue>) {
        let Value::List(items) = &node.value else {
            return self.error(
                node.at,
                "yaml.type",
                format!("`{path}` takes a list, not {}", node.what()),
                match node.text() {
                    Some(text) => format!("Write `[{}]`.", shown(text)),
                    None => "Write `[one, two]`.".to_owned(),
                },
            );
        };
        if items.len() > MAX_ITEMS {
            self.error(
                node.at,
                "yaml.too_many_rows",
                format!("`{path}` has more than {MAX_ITEMS} items"),
                "Keep the first ones that matter.",
            );
        }
        for item in items {
            if let Err(bad) = test(item.text().unwrap_or_default()) {
                self.bad(item.at, path, bad);
            }
        }
    }
}
