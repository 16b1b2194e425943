//! References: whether what a body points at is there and in use.
//!
//! A row that was written before may go on pointing at what has been put to rest since; a new reference may not.

use serde_json::Value;

use super::books::{Company, Row};
use super::fault::Fault;
use super::kinds::Kind;
use super::values::{self, Fields};
use super::work::Cx;

/// The item that stands for shipping on a line.
pub(super) const SHIPPING: &str = "SHIPPING_ITEM_ID";

/// What a line's detail points at.
pub(super) const LINE: &[(&str, Kind)] = &[
    ("ItemRef", Kind::Item),
    ("ClassRef", Kind::Class),
    ("AccountRef", Kind::Account),
    ("CustomerRef", Kind::Customer),
];

/// What a paper points at.
pub(super) const PAPER: &[(&str, Kind)] = &[
    ("CustomerRef", Kind::Customer),
    ("VendorRef", Kind::Vendor),
    ("ClassRef", Kind::Class),
    ("DepartmentRef", Kind::Department),
    ("SalesTermRef", Kind::Term),
    ("PaymentMethodRef", Kind::PaymentMethod),
    ("DepositToAccountRef", Kind::Account),
    ("ARAccountRef", Kind::Account),
    ("APAccountRef", Kind::Account),
];

/// What a list's row points at.
pub(super) const LIST: &[(&str, Kind)] = &[
    ("IncomeAccountRef", Kind::Account),
    ("ExpenseAccountRef", Kind::Account),
    ("AssetAccountRef", Kind::Account),
    ("SalesTermRef", Kind::Term),
    ("TermRef", Kind::Term),
    ("PaymentMethodRef", Kind::PaymentMethod),
];

/// A row that may be pointed at by this write.
pub(super) fn row<'a>(co: &'a Company, cx: &Cx<'_>, kind: Kind, id: &str) -> Option<&'a Row> {
    co.find(kind, id).filter(|row| !cx.fresh.contains(&row.key))
}

/// What is wrong with the references of some fields; `before` is what stood there.
pub(super) fn check(
    co: &Company,
    cx: &Cx<'_>,
    fields: &Fields,
    before: Option<&Fields>,
    what: &[(&str, Kind)],
    faults: &mut Vec<Fault>,
) {
    for (field, kind) in what {
        let Some(id) = values::reference(fields, field) else {
            continue;
        };
        let same = before.is_some_and(|b| values::reference(b, field).as_ref() == Some(&id));
        if same || (*field == "ItemRef" && id == SHIPPING) {
            continue;
        }
        match row(co, cx, *kind, &id) {
            None => faults.push(Fault::reference(kind.list_word(), &id)),
            Some(found) if !found.active() => faults.push(Fault::not_found()),
            Some(_) => {}
        }
    }
}

/// The detail of a line, by its own type.
pub(super) fn detail(line: &Value) -> Option<&Fields> {
    let kind = line.get("DetailType")?.as_str()?;
    line.get(kind)?.as_object()
}

/// The line of a row that bears an id.
pub(super) fn line<'a>(row: Option<&'a Row>, id: &str) -> Option<&'a Value> {
    let lines = values::list(&row?.fields, "Line");
    lines
        .iter()
        .find(|l| l.get("Id").and_then(Value::as_str) == Some(id))
}
