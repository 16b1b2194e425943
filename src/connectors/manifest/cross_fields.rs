//! What the fields and lists of a kind lack: silence about a list that is cut short, or a field that no invoice is without.

use super::reader::ManifestReader;
use super::shape::KindRead;
use crate::mapping::yaml::Node;

/// Of what is fetched it must be said whether a change there shows in the record.
pub(super) fn fetched_lists(told: &mut ManifestReader<'_>, node: &Node, kind: &KindRead) {
    let lists = ["lines", "payments"]
        .into_iter()
        .filter_map(|k| node.get(k));
    for list in lists.flat_map(|n| {
        if n.items().is_empty() {
            std::slice::from_ref(n)
        } else {
            n.items()
        }
    }) {
        let from = list.get("from").and_then(Node::text).unwrap_or_default();
        let fetched = kind
            .fetch
            .iter()
            .any(|f| from.split('.').next() == Some(&f.name));
        if fetched && list.get("changes_touch_parent").is_none() {
            let fix = "Add `changes_touch_parent: yes`, `no` or `unknown`; with the last two they are found by the full scan.";
            told.wrong(list.at, "changes", format!("`{from}` is fetched, and nothing says whether a change there changes the invoice"), fix);
        }
    }
}

/// A list that the vendor cuts short must show.
pub(super) fn figures(told: &mut ManifestReader<'_>, node: &Node, kind: &KindRead) {
    let states_total = kind
        .map
        .iter()
        .any(|f| f.name == "total" || f.name == "subtotal");
    let counted = kind.lines.iter().all(|l| l.count.is_some());
    if !states_total && !counted && !kind.lines.is_empty() {
        let at = node.get("lines").map_or(node.at, |n| n.at);
        let fix = "Map `total`, so that lines that are left out show; or say `count:`, where the record has the number of its lines.";
        told.wrong(
            at,
            "truncated",
            "nothing tells when the list of lines is cut short",
            fix,
        );
    }
}

/// Fields that no invoice is without.
pub(super) fn required(told: &mut ManifestReader<'_>, node: &Node, kind: &KindRead) {
    let at = node.get("map").map_or(node.at, |n| n.at);
    let has = |name: &str| kind.map.iter().any(|f| f.name == name);
    if !has("date") {
        told.wrong(
            at,
            "missing",
            "`map` says no `date`",
            "Add `date:`, the day of the invoice.",
        );
    }
    if !has("contact.name")
        && !has("contact.company")
        && !has("contact.last_name")
        && !has("contact.email")
    {
        let fix = "Add `contact.name:`.";
        told.wrong(at, "missing", "`map` says not whom an invoice is to", fix);
    }
    taxed(told, node, kind);
    for list in &kind.lines {
        let has = |name: &str| list.map.iter().any(|f| f.name == name);
        if !has("unit_amount") && !has("amount") {
            let at = node.get("lines").map_or(node.at, |n| n.at);
            told.wrong(
                at,
                "missing",
                "lines have neither `unit_amount` nor `amount`",
                "Add one of them.",
            );
        }
    }
    for list in &kind.payments {
        let has = |name: &str| list.map.iter().any(|f| f.name == name);
        if !has("amount") || !has("date") {
            let at = node.get("payments").map_or(node.at, |n| n.at);
            told.wrong(
                at,
                "missing",
                "payments need `amount` and `date`",
                "Add both of them.",
            );
        }
    }
}

/// Without a word for tax every line is one of which nobody knows what tax it has.
fn taxed(told: &mut ManifestReader<'_>, node: &Node, kind: &KindRead) {
    let head = ["tax", "tax_included"];
    let line = ["taxable", "tax_rate", "tax", "tax_percent"];
    let of_lines = kind.lines.iter().flat_map(|l| &l.map);
    let says = kind.map.iter().any(|f| head.contains(&f.name.as_str()))
        || of_lines
            .into_iter()
            .any(|f| line.contains(&f.name.as_str()));
    if !says && !kind.lines.is_empty() {
        let at = node.get("lines").map_or(node.at, |n| n.at);
        let what = "nothing says what tax an invoice has: it is read as one without any";
        let fix = "Map `tax` of the invoice, or `tax_rate`, `taxable` or `tax` of its lines; where there is no tax, `tax: { text: \"0\" }` says so.";
        let doubt = told.source.warning(at, "manifest.tax", what, fix);
        told.all.push(doubt);
    }
}
