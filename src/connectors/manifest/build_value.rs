//! Where a field's value is found, as a manifest says it.

use super::reader::ManifestReader;
use super::shape::ValueSpec;
use super::words;
use crate::mapping::yaml::{Node, Value};
use crate::mapping::{nearest, switch};
use std::collections::BTreeMap;

/// The word of a table for a status that the payments tell.
pub(super) const BY_PAYMENTS: &str = "by_payments";

/// A field's value.
pub(super) fn value(told: &mut ManifestReader<'_>, node: &Node, of: &str) -> Option<ValueSpec> {
    if !matches!(node.value, Value::Map(_)) {
        let paths = told.paths(node, of);
        return (!paths.is_empty()).then_some(ValueSpec {
            paths,
            ..ValueSpec::default()
        });
    }
    told.keys(node, of, words::VALUE);
    let mut value = ValueSpec::default();
    if let Some(n) = node.get("path") {
        value.paths = told.paths(n, of);
    }
    if let Some(n) = node.get("join") {
        value.join = true;
        value.paths = told.paths(n, of);
    }
    if let Some(n) = node.get("text") {
        value.text = told.text(n, of).map(str::to_owned);
    }
    if let Some(n) = node.get("table") {
        value.table = table(told, n, of, &mut value.paths);
    }
    if let Some(n) = node.get("with") {
        // A space alone is text too.
        value.with = n.text().unwrap_or_default().to_owned();
    }
    for n in node.get("none").map(Node::items).unwrap_or_default() {
        value.none.extend(n.text().map(str::to_owned));
    }
    let same = node.get("same").and_then(|n| told.switch(n, "same"));
    value.same = same == Some(true);
    let html = node.get("html").and_then(|n| told.switch(n, "html"));
    value.html = html == Some(true);
    value.look = look(told, node, of);
    value.only_when = node
        .get("only_when")
        .and_then(|n| told.path(n, "only_when"));
    value.less_percent = node
        .get("less_percent")
        .and_then(|n| told.path(n, "less_percent"));
    value.minor = node.get("minor").and_then(|n| told.switch(n, "minor"));
    let negate = node.get("negate").and_then(|n| told.switch(n, "negate"));
    value.negate = negate == Some(true);
    if value.paths.is_empty() && value.text.is_none() {
        let fix = "Add `path:`, `text:`, `join:` or a `table:` with its `field:`.";
        told.wrong(
            node.at,
            "missing",
            format!("`{of}` says not where its value is"),
            fix,
        );
        return None;
    }
    Some(value)
}

/// `in` and `by`, which need each other.
fn look(
    told: &mut ManifestReader<'_>,
    node: &Node,
    of: &str,
) -> Option<(String, super::path::RecordPath)> {
    let (within, by) = (node.get("in"), node.get("by"));
    match (within, by) {
        (None, None) => None,
        (Some(within), Some(by)) => {
            let name = told.text(within, "in")?.to_owned();
            Some((name, told.path(by, "by")?))
        }
        _ => {
            let fix = "Write both: `{ in: rates, by: tax_id, path: name }`.";
            told.wrong(
                node.at,
                "look",
                format!("`{of}` looks something up with only one of `in` and `by`"),
                fix,
            );
            None
        }
    }
}

fn table(
    told: &mut ManifestReader<'_>,
    node: &Node,
    of: &str,
    paths: &mut Vec<super::path::RecordPath>,
) -> Option<BTreeMap<String, String>> {
    if let Some(n) = node.get("field") {
        *paths = told.paths(n, of);
    }
    let mut rows = BTreeMap::new();
    for (key, n) in node.entries().iter().filter(|(k, _)| k.text != "field") {
        let words = target_words(of);
        let text = n.text().unwrap_or_default();
        let else_hold = key.text == "else" && text == "hold";
        if else_hold || words.is_empty() || words.contains(&text) {
            rows.insert(key.text.clone(), text.to_owned());
        } else if !(of.ends_with("taxable") && switch(text).is_some()) {
            let near = nearest(text, words.iter().copied());
            let fix = near.map_or_else(
                || format!("Write one of: {}.", words.join(", ")),
                |n| format!("Did you mean `{n}`?"),
            );
            told.wrong(n.at, "word", format!("`{of}` cannot become `{text}`"), fix);
        } else {
            rows.insert(key.text.clone(), text.to_owned());
        }
    }
    if !rows.contains_key("else") {
        let fix = "Add `else: hold`, or the word that counts for every other one.";
        told.wrong(
            node.at,
            "table",
            format!("the table of `{of}` does not say what else"),
            fix,
        );
        return None;
    }
    Some(rows)
}

/// The words that a field takes; none where it takes any text.
fn target_words(field: &str) -> Vec<&'static str> {
    use crate::model::{DocStatus, LineKind};
    match field {
        "status" => {
            let all = DocStatus::ALL.iter().map(|s| s.as_str());
            all.chain([BY_PAYMENTS]).collect()
        }
        "kind" => LineKind::ALL.iter().map(|k| k.as_str()).collect(),
        "taxable" | "tax_included" => vec!["yes", "no", "true", "false"],
        _ => Vec::new(),
    }
}
