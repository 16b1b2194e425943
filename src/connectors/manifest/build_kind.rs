//! How a kind is read, as a manifest says it: its list, its fields, its lines and payments.

use super::build_call::{call, paging, path_at};
use super::reader::ManifestReader;
use super::shape::{
    FetchSpec, FieldSpec, KindRead, ListSpec, PageBy, PageUntil, PagingSpec, SinceSpec, ValueSpec,
};
use super::words;
use crate::connectors::files::fields::FIELDS;
use crate::mapping::yaml::{Node, Value};
use crate::mapping::{nearest, switch};
use std::collections::BTreeMap;

/// How far back is asked for again where nothing is said, in seconds.
const OVERLAP_S: i64 = 600;
/// How often everything is read again where that is needed and nothing is said, in seconds.
const NIGHTLY_S: i64 = 86_400;

/// A kind.
pub(super) fn kind(told: &mut ManifestReader<'_>, node: &Node) -> Option<KindRead> {
    told.keys(node, "invoices", words::KIND);
    let list = call(told, node, "invoices");
    let pages = told.need(node, "paging", "invoices");
    let pages = pages.and_then(|n| paging(told, n));
    let since = node.get("since").and_then(|n| since(told, n));
    let full_scan_s = node.get("full_scan").and_then(|n| match n.text() {
        Some("nightly") => Some(NIGHTLY_S),
        _ => told.span(n, "full_scan"),
    });
    let id = told.need(node, "id", "invoices");
    let id = id.map(|n| told.paths(n, "id")).unwrap_or_default();
    let version = node.get("version").map(|n| told.paths(n, "version"));
    let one = node.get("one").and_then(|n| {
        told.keys(n, "one", words::REQUEST);
        Some((call(told, n, "one")?, path_at(told, n, "record")))
    });
    let fetch = node
        .get("fetch")
        .map(|n| fetched(told, n))
        .unwrap_or_default();
    let drop = node.get("drop").map(Node::items).unwrap_or_default();
    let drop = drop.iter().filter_map(|n| told.path(n, "drop")).collect();
    let map = told.need(node, "map", "invoices");
    let map = map.map(|n| fields(told, n, "", "map")).unwrap_or_default();
    let lines = told.need(node, "lines", "invoices");
    let lines = lines.map(|n| lists(told, n, "line.", "lines"));
    let payments = node
        .get("payments")
        .map(|n| lists(told, n, "payment.", "payments"));
    let deleted = node
        .get("deleted")
        .and_then(|n| told.condition(n, "deleted"));
    let only = node.get("only").and_then(|n| told.condition(n, "only"));
    let (records, total) = (path_at(told, node, "records"), path_at(told, node, "total"));
    Some(KindRead {
        list: list?,
        records,
        paging: pages?,
        since,
        full_scan_s,
        total,
        id,
        version: version.unwrap_or_default(),
        deleted,
        only,
        one,
        fetch,
        drop,
        map,
        lines: lines.unwrap_or_default(),
        payments: payments.unwrap_or_default(),
    })
}

fn since(told: &mut ManifestReader<'_>, node: &Node) -> Option<SinceSpec> {
    told.keys(node, "since", words::SINCE);
    let field = told.need(node, "field", "since")?;
    let field = told.paths(field, "since.field");
    if let Some(n) = node.get("order") {
        told.word(n, "since.order", &["by_change", "unknown"]);
    }
    let overlap = node
        .get("overlap")
        .and_then(|n| told.span(n, "since.overlap"));
    let forms = ["iso", "local", "day", "unix", "unix_ms"];
    let stop = node.get("stop");
    let stops = stop
        .and_then(|n| told.word(n, "since.stop", &["older_page"]))
        .is_some();
    let written = node
        .get("as")
        .and_then(|n| told.word(n, "since.as", &forms));
    Some(SinceSpec {
        field,
        overlap_s: overlap.unwrap_or(OVERLAP_S),
        written: written.unwrap_or("iso").to_owned(),
        stops,
    })
}

fn fetched(told: &mut ManifestReader<'_>, node: &Node) -> Vec<FetchSpec> {
    let mut all = Vec::new();
    for (key, n) in node.entries() {
        let of = format!("fetch.{}", key.text);
        told.keys(n, &of, words::REQUEST);
        let reserved = ["record", "header"].contains(&key.text.as_str());
        if reserved || key.text.contains(['.', ' ']) || key.text.is_empty() {
            let fix = "Use one word without dots, such as `customer`.";
            told.wrong(
                key.at,
                "name",
                format!("`{}` cannot name what is fetched", key.text),
                fix,
            );
            continue;
        }
        let list = match (n.get("records"), n.get("paging")) {
            (_, Some(p)) => paging(told, p),
            (Some(_), None) => Some(PagingSpec {
                by: PageBy::None,
                until: PageUntil::Empty,
                more: None,
                pages: None,
            }),
            (None, None) => None,
        };
        let at = if n.get("records").is_some() {
            "records"
        } else {
            "record"
        };
        let at = path_at(told, n, at);
        if let Some(call) = call(told, n, &of) {
            all.push(FetchSpec {
                name: key.text.clone(),
                call,
                at,
                list,
            });
        }
    }
    all
}

fn lists(told: &mut ManifestReader<'_>, node: &Node, inside: &str, of: &str) -> Vec<ListSpec> {
    let one = |told: &mut ManifestReader<'_>, n: &Node| {
        told.keys(n, of, words::LIST);
        let from = told.need(n, "from", of)?;
        let from = told.path(from, "from")?;
        let touch = n.get("changes_touch_parent");
        if let Some(t) = touch.filter(|t| t.text() != Some("unknown")) {
            told.switch(t, "changes_touch_parent");
        }
        let map = told.need(n, "map", of)?;
        Some(ListSpec {
            from,
            only: n.get("only").and_then(|c| told.condition(c, "only")),
            count: path_at(told, n, "count"),
            map: fields(told, map, inside, of),
        })
    };
    match &node.value {
        Value::List(items) => items.iter().filter_map(|n| one(told, n)).collect(),
        _ => one(told, node).into_iter().collect(),
    }
}

/// Fields, each with its value; `inside` is what a list leaves out of their names.
fn fields(told: &mut ManifestReader<'_>, node: &Node, inside: &str, of: &str) -> Vec<FieldSpec> {
    let known = || {
        let named = FIELDS.iter().filter_map(|f| f.word.strip_prefix(inside));
        named
            .filter(|n| !inside.is_empty() || !n.starts_with("line.") && !n.starts_with("payment."))
    };
    if node.entries().is_empty() {
        let fix = "Write each field with its path: `number: invoice_no`.";
        told.wrong(
            node.at,
            "type",
            format!("`{of}` takes fields, each with a path"),
            fix,
        );
    }
    let mut all = Vec::new();
    for (key, n) in node.entries() {
        if !known().any(|k| k == key.text) {
            let fix = match nearest(&key.text, known()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!(
                    "The fields here are: {}.",
                    known().collect::<Vec<_>>().join(", ")
                ),
            };
            told.wrong(
                key.at,
                "field",
                format!("an invoice has no field `{}` in `{of}`", key.text),
                fix,
            );
            continue;
        }
        if let Some(value) = value(told, n, &key.text) {
            all.push(FieldSpec {
                name: key.text.clone(),
                at: key.at,
                value,
            });
        }
    }
    all
}

fn value(told: &mut ManifestReader<'_>, node: &Node, of: &str) -> Option<ValueSpec> {
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
        "status" => DocStatus::ALL.iter().map(|s| s.as_str()).collect(),
        "kind" => LineKind::ALL.iter().map(|k| k.as_str()).collect(),
        "taxable" | "tax_included" => vec!["yes", "no", "true", "false"],
        _ => Vec::new(),
    }
}
