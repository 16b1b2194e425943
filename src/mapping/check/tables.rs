//! Tables: rows, conditions, and the `else` that each must end in.

use super::says::names;
use super::{Checker, MAX_TOLD};
use crate::mapping::config::At;
use crate::mapping::keys::{BANK, ROW, Rows, join};
use crate::mapping::scalars::{self, shown};
use crate::mapping::words::Word;
use crate::mapping::yaml::{MapKey, Node, Value};

/// Most rows of one table.
pub(super) const MAX_ROWS: usize = 5_000;

impl Checker<'_> {
    pub(super) fn table(&mut self, node: &Node, words: &'static [Word], rows: Rows, path: &str) {
        let Value::Map(entries) = &node.value else {
            return self.error(
                node.at,
                "yaml.type",
                format!("`{path}` takes a table, not {}", node.what()),
                "Write `{ KEY: value, else: value }`.",
            );
        };
        self.rows_limit(node.at, entries.len(), path);
        for (key, value) in entries {
            let known = key.text == "else" || words.iter().any(|w| w.word == key.text);
            if rows == Rows::Fixed && !known {
                let near = crate::mapping::nearest(&key.text, words.iter().map(|w| w.word));
                let choices = format!(
                    "The rows are: {}, else.",
                    names(words.iter().map(|w| w.word))
                );
                self.error(
                    key.at,
                    "yaml.unknown_row",
                    format!("`{}` is not a row of `{path}`", shown(&key.text)),
                    near.map_or(choices.clone(), |n| {
                        format!("Did you mean `{n}`? {choices}")
                    }),
                );
            }
            self.unquoted_row(key, rows);
            self.answer(value, &join(path, &key.text));
        }
        self.needs_else(node, path);
    }

    /// A row of the tenant's own words is text, whatever other programs read it as.
    fn unquoted_row(&mut self, key: &MapKey, rows: Rows) {
        let other = scalars::reads_as_other(&key.text);
        if rows == Rows::Fixed || key.quoted || !other || self.told.len() >= MAX_TOLD {
            return;
        }
        let text = shown(&key.text);
        self.told.push(self.source.warning(
            key.at,
            "yaml.unquoted_code",
            format!("The row {text} stands without quotes; it is kept as the text \"{text}\", but other programs read it as something else"),
            format!("Write `\"{text}\"` for it."),
        ));
    }

    pub(super) fn rows_limit(&mut self, at: At, rows: usize, path: &str) {
        if rows > MAX_ROWS {
            self.error(
                at,
                "yaml.too_many_rows",
                format!("`{path}` has {rows} rows; {MAX_ROWS} are the most"),
                "Match several keys with one row, by wildcards or in a rule.",
            );
        }
    }

    pub(super) fn needs_else(&mut self, node: &Node, path: &str) {
        if node.get("else").is_none() {
            self.error(
                node.at,
                "yaml.no_else",
                format!("The table `{path}` does not say what holds for everything else"),
                "End it with `else: hold`, or with a value for everything else. Nothing is guessed.",
            );
        }
    }

    pub(super) fn answer(&mut self, node: &Node, path: &str) {
        match &node.value {
            Value::Scalar { text, quoted } => self.code(node.at, text, *quoted, path),
            _ => self.error(
                node.at,
                "yaml.type",
                format!("`{path}` takes text, not {}", node.what()),
                "Write the value in quotes, or hold.",
            ),
        }
    }

    pub(super) fn tables(&mut self, node: &Node, path: &str) {
        if !matches!(node.value, Value::Map(_)) {
            return self.error(
                node.at,
                "yaml.type",
                format!("`{path}` takes tables by name, not {}", node.what()),
                "Write `tables: { division: { NSW: \"20\", else: hold } }`.",
            );
        }
        for (key, value) in node.entries() {
            self.table(value, &[], Rows::Free, &join(path, &key.text));
        }
    }

    pub(super) fn accounts(&mut self, node: &Node, path: &str) {
        let Value::List(rows) = &node.value else {
            return self.error(
                node.at,
                "yaml.type",
                format!("`{path}` takes a list of rows, not {}", node.what()),
                "Begin each row with a hyphen: `- { kind: shipping, use: \"260\" }`, the last one `- { else: \"200\" }`.",
            );
        };
        self.rows_limit(node.at, rows.len(), path);
        for (n, row) in rows.iter().enumerate() {
            self.account_row(row, &format!("{path}[{n}]"), n + 1 == rows.len());
        }
        if !rows.iter().any(|r| r.get("else").is_some()) {
            let at = rows.last().map_or(node.at, |r| r.at);
            self.error(
                at,
                "yaml.no_else",
                format!("The table `{path}` does not say what holds for every other line"),
                "End it with `- { else: hold }`, or `- { else: \"200\" }`. Nothing is guessed.",
            );
        }
    }

    pub(super) fn account_row(&mut self, row: &Node, path: &str, last: bool) {
        if !matches!(row.value, Value::Map(_)) {
            return self.error(
                row.at,
                "yaml.type",
                format!("`{path}` takes a row, not {}", row.what()),
                "Write `{ sku: \"TIL\", use: \"201\" }`.",
            );
        }
        self.group(row, ROW, path);
        let says_else = row.get("else").is_some();
        let says_use = row.get("use").is_some() || row.get("tax").is_some();
        if let Some((skus, file)) = row.get("skus").and_then(|n| Some((n, n.text()?)))
            && let Err(bad) = scalars::list_file(file)
        {
            self.bad(skus.at, &format!("{path}.skus"), bad);
        }
        if says_else && row.entries().len() > 1 {
            self.error(
                row.at,
                "accounts.else",
                format!("`{path}` has conditions beside `else`"),
                "Give `else` a row of its own: `- { else: \"200\" }`.",
            );
        } else if says_else && !last {
            self.error(
                row.at,
                "accounts.else",
                format!("`{path}` is the `else` row, so the rows below it are never reached"),
                "Move it to the end.",
            );
        } else if !says_else && !says_use {
            self.error(
                row.at,
                "accounts.use",
                format!("`{path}` names no account"),
                "Add `use: \"CODE\"`, or `use: hold`; a row that is for tax alone has `tax: \"CODE\"`.",
            );
        } else if says_use
            && row
                .entries()
                .iter()
                .all(|(k, _)| k.text == "use" || k.text == "tax")
            && row.get("use").and_then(Node::text) != Some("from_source")
        {
            self.error(
                row.at,
                "accounts.conditions",
                format!("`{path}` has no condition, so the rows below it are never reached"),
                "Add a condition such as `sku:` or `kind:`; the row for every other line is `- { else: \"200\" }`.",
            );
        }
        if row.get("else").and_then(Node::text) == Some("from_source") {
            self.error(
                row.at,
                "accounts.else",
                "`else` cannot be from_source, since the source may name no account",
                "Write `- { use: from_source }` and below it `- { else: hold }`.",
            );
        }
    }

    pub(super) fn payments_account(&mut self, node: &Node, path: &str) {
        let Value::Map(entries) = &node.value else {
            return self.error(
                node.at,
                "yaml.type",
                format!("`{path}` takes a bank account, not {}", node.what()),
                "Write `{ code: \"090\" }`, `{ name: \"Business Cheque\" }` or `{ id: ... }`.",
            );
        };
        if !is_method_table(node) {
            return self.bank(node, path);
        }
        self.rows_limit(node.at, entries.len(), path);
        for (key, value) in entries {
            let path = join(path, &key.text);
            match &value.value {
                Value::Map(_) => self.bank(value, &path),
                _ => self.answer(value, &path),
            }
        }
        self.needs_else(node, path);
    }

    pub(super) fn bank(&mut self, node: &Node, path: &str) {
        self.group(node, BANK, path);
        self.form(node, BANK, &[&["code"], &["name"], &["id"]], path);
    }
}

/// A table by the way of paying, rather than one account: it has an `else`, or keys that name no account.
pub(in crate::mapping) fn is_method_table(node: &Node) -> bool {
    let known = |k: &str| BANK.iter().any(|b| b.name == k);
    node.get("else").is_some()
        || node
            .entries()
            .iter()
            .any(|(k, v)| !known(&k.text) && matches!(v.value, Value::Map(_)))
}
