//! How a kind is read, as a manifest says it: its list, its fields, its lines and payments.

use super::build_call::{call, paging, path_at};
use super::build_fetch::{each, fetched, touched};
use super::build_value::value;
use super::reader::ManifestReader;
use super::shape::{FieldSpec, KindRead, ListSpec, SinceSpec};
use super::words;
use crate::connectors::files::fields::FIELDS;
use crate::mapping::nearest;
use crate::mapping::yaml::{Node, Value};

/// How far back is asked for again where nothing is said, in seconds.
const OVERLAP_S: i64 = 600;
/// How often everything is read again where that is needed and nothing is said, in seconds.
const NIGHTLY_S: i64 = 86_400;

/// A kind.
pub(super) fn kind(
    told: &mut ManifestReader<'_>,
    node: &Node,
    word: &'static str,
) -> Option<KindRead> {
    told.keys(node, word, words::KIND);
    let list = call(told, node, word);
    let pages = told.need(node, "paging", word);
    let pages = pages.and_then(|n| paging(told, n));
    let since = node.get("since").and_then(|n| since(told, n));
    let full_scan_s = node.get("full_scan").and_then(|n| match n.text() {
        Some("nightly") => Some(NIGHTLY_S),
        _ => told.span(n, "full_scan"),
    });
    let id = told.need(node, "id", word);
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
    let touched = node
        .get("touched_by")
        .map(|n| touched(told, n))
        .unwrap_or_default();
    let for_each = node.get("for_each").and_then(|n| each(told, n));
    let drop = node.get("drop").map(Node::items).unwrap_or_default();
    let drop = drop.iter().filter_map(|n| told.path(n, "drop")).collect();
    let map = told.need(node, "map", word);
    let map = map.map(|n| fields(told, n, "", "map")).unwrap_or_default();
    let lines = told.need(node, "lines", word);
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
        for_each,
        paging: pages?,
        since,
        full_scan_s,
        total,
        id,
        version: version.unwrap_or_default(),
        deleted,
        was_deleted: None,
        only,
        looks_for_gone: looks_for_gone(told, node, one.is_some()),
        one,
        fetch,
        touched,
        drop,
        map,
        lines: lines.unwrap_or_default(),
        payments: payments.unwrap_or_default(),
    })
}

/// Contacts, which are a list of their own.
pub(super) fn contacts_read(told: &mut ManifestReader<'_>, node: &Node) -> Option<KindRead> {
    told.keys(node, "contacts", words::CONTACTS);
    let list = call(told, node, "contacts");
    let pages = told.need(node, "paging", "contacts");
    let pages = pages.and_then(|n| paging(told, n));
    let since = node.get("since").and_then(|n| since(told, n));
    let full_scan_s = node.get("full_scan").and_then(|n| match n.text() {
        Some("nightly") => Some(NIGHTLY_S),
        _ => told.span(n, "full_scan"),
    });
    let id = told.need(node, "id", "contacts");
    let id = id.map(|n| told.paths(n, "id")).unwrap_or_default();
    let version = node.get("version").map(|n| told.paths(n, "version"));
    let one = node.get("one").and_then(|n| {
        told.keys(n, "one", words::REQUEST);
        Some((call(told, n, "one")?, path_at(told, n, "record")))
    });
    let fetch = node.get("fetch").map(|n| fetched(told, n));
    let drop = node.get("drop").map(Node::items).unwrap_or_default();
    let drop = drop.iter().filter_map(|n| told.path(n, "drop")).collect();
    let map = told.need(node, "map", "contacts");
    let map = map.map(|n| fields(told, n, "contact.", "contacts.map"));
    let deleted = node
        .get("deleted")
        .and_then(|n| told.condition(n, "deleted"));
    let only = node.get("only").and_then(|n| told.condition(n, "only"));
    let (records, total) = (path_at(told, node, "records"), path_at(told, node, "total"));
    Some(KindRead {
        list: list?,
        records,
        for_each: None,
        paging: pages?,
        since,
        full_scan_s,
        total,
        id,
        version: version.unwrap_or_default(),
        deleted,
        was_deleted: None,
        only,
        looks_for_gone: false,
        one,
        fetch: fetch.unwrap_or_default(),
        touched: Vec::new(),
        drop,
        map: map.unwrap_or_default(),
        lines: Vec::new(),
        payments: Vec::new(),
    })
}

/// Whether posted records are asked for now and then: where one can be asked for, unless the manifest says otherwise.
fn looks_for_gone(told: &mut ManifestReader<'_>, node: &Node, one: bool) -> bool {
    let said = node.get("vanished");
    let word = said.and_then(|n| told.word(n, "vanished", &["hold", "ignore"]));
    if let Some(n) = said.filter(|_| word == Some("hold") && !one) {
        let fix = "Add `one:`, how a record is asked for by its id.";
        let what = "nobody can tell whether a record is there no more";
        told.wrong(n.at, "missing", what, fix);
    }
    one && word != Some("ignore")
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
    let forms = [
        "iso",
        "iso_ms",
        "iso_offset",
        "local",
        "local_iso",
        "day",
        "unix",
        "unix_ms",
    ];
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
        window: window(told, node),
        stops,
    })
}

/// `window` and `begins`, which need each other.
fn window(
    told: &mut ManifestReader<'_>,
    node: &Node,
) -> Option<(chrono::DateTime<chrono::Utc>, i64)> {
    match (node.get("window"), node.get("begins")) {
        (None, None) => None,
        (Some(window), Some(begins)) => {
            let window_s = told.span(window, "since.window")?;
            let text = told.text(begins, "since.begins")?;
            let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
            let day = day.and_then(|d| d.and_hms_opt(0, 0, 0));
            if day.is_none() || window_s < 86_400 {
                let fix = "Write `window: 30d, begins: 2015-01-01`: a day or more, and a day.";
                told.wrong(begins.at, "since", "this is no stretch of time", fix);
            }
            Some((day?.and_utc(), window_s))
        }
        _ => {
            let fix = "Write both: `window: 30d, begins: 2015-01-01`.";
            told.wrong(
                node.at,
                "since",
                "`window` and `begins` need each other",
                fix,
            );
            None
        }
    }
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
            unique: n.get("unique").is_some_and(|u| unique(told, u, inside)),
            map: fields(told, map, inside, of),
        })
    };
    match &node.value {
        Value::List(items) => items.iter().filter_map(|n| one(told, n)).collect(),
        _ => one(told, node).into_iter().collect(),
    }
}

/// Whether an id is one payment's in the whole book: of lines nothing asks that.
fn unique(told: &mut ManifestReader<'_>, node: &Node, inside: &str) -> bool {
    if inside != "payment." {
        let what = "only the ids of payments are asked for that";
        told.wrong(node.at, "unique", what, "Take it out.");
        return false;
    }
    told.switch(node, "unique") == Some(true)
}

/// Fields, each with its value; `inside` is what a list leaves out of their names.
fn fields(told: &mut ManifestReader<'_>, node: &Node, inside: &str, of: &str) -> Vec<FieldSpec> {
    let own = |word: &'static str| {
        let place = word.starts_with("billing.") || word.starts_with("service.");
        let whole = Some(word).filter(|_| inside == "contact." && place);
        whole.or_else(|| word.strip_prefix(inside))
    };
    let known = || {
        let named = FIELDS.iter().filter_map(|f| own(f.word));
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
