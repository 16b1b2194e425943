//! DocNumbers: who gives them, how long they are, and that none stands twice.
//!
//! With `CustomTxnNumbers` off the company numbers sales forms by itself; with it on, what has no number stays without,
//! unless it asks for one by `AUTO_GENERATE`.

use serde_json::json;

use super::books::{Company, Row};
use super::fault::Fault;
use super::kinds::{Family, KINDS, Kind};
use super::values;
use super::work::Cx;

/// Gives a row its number, or says why it cannot have the one it bears.
pub(super) fn settle(co: &Company, cx: &Cx<'_>, row: &mut Row, old: Option<&Row>) -> Option<Fault> {
    let wanted = values::text(&row.fields, "DocNumber");
    let forced = wanted.as_deref() == Some("AUTO_GENERATE")
        || values::flag(&row.fields, "AutoDocNumber") == Some(true);
    row.fields.remove("AutoDocNumber");
    let numbered = matches!(row.kind().family(), Family::Sale) || row.kind() == Kind::PurchaseOrder;
    let own = co.prefers("SalesFormsPrefs", "CustomTxnNumbers");
    if numbered && (forced || (wanted.is_none() && !own && old.is_none())) {
        let number = next(co, row.kind());
        row.fields.insert("DocNumber".into(), json!(number));
        return None;
    }
    let number = wanted?;
    let kept = old.is_some_and(|o| o.text("DocNumber") == number);
    if kept || cx.includes("allowduplicatedocnum") || !row.kind().has_own_numbers() {
        return None;
    }
    let other = taken(co, cx, row, &number)?;
    let kind = match (other.kind(), cx.sw.is("texts", "french")) {
        (Kind::Invoice, true) => "Facture",
        (kind, _) => kind.label(),
    };
    let id = other.id();
    Some(Fault::new(
        "6140",
        format!(
            "Duplicate Document Number Error : You must specify a different number. This number has already been used. \
             DocNumber={number} is assigned to TxnType={kind} with TxnId={id}"
        ),
    ))
}

fn taken<'a>(co: &'a Company, cx: &Cx<'_>, row: &Row, number: &str) -> Option<&'a Row> {
    let wide = cx.sw.is("doc_number_space", "sales") && row.kind().family() == Family::Sale;
    let beside = |kind: &Kind| match wide {
        true => kind.family() == Family::Sale,
        false => *kind == row.kind(),
    };
    let same = |other: &&Row| {
        other.key != row.key
            && other.fields.get("DocNumber").and_then(|v| v.as_str()) == Some(number)
    };
    KINDS
        .into_iter()
        .filter(beside)
        .find_map(|kind| co.all(kind).find(same))
}

fn next(co: &Company, kind: Kind) -> String {
    let mut number = co.next_number;
    // Purchase orders are counted by themselves.
    if kind == Kind::PurchaseOrder {
        let used = co
            .all(kind)
            .filter_map(|r| r.text("DocNumber").parse::<u64>().ok());
        number = used.max().unwrap_or(1000).saturating_add(1);
    }
    number.to_string()
}
