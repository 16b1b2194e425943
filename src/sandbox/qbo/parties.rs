//! Customers, vendors and employees: one name between all three.
//!
//! A customer's name is the one with its parents before it; the others' is the display name. Who is put to rest gets
//! ` (deleted)` behind the name, which is free again then. A currency stands once it was used.

use serde_json::json;

use super::books::{Company, Row};
use super::fault::{Fault, Refusal};
use super::kinds::{Kind, PARTIES};
use super::refs;
use super::values::{self, Fields};
use super::work::Cx;

/// What stands behind the name of what is at rest.
pub(super) const RESTING: &str = " (deleted)";

/// Completes a party, or says what is wrong with it.
pub(super) fn settle(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    old: Option<&Row>,
) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    refs::check(
        co,
        cx,
        &row.fields,
        old.map(|o| &o.fields),
        refs::LIST,
        &mut faults,
    );
    let Some(name) = display_name(&row.fields) else {
        faults.push(Fault::new(
            "6080",
            "Title, GivenName, MiddleName, FamilyName, DisplayName, Suffix - one of these must be non-empty",
        ));
        return Refusal::of(faults);
    };
    if name.contains([':', '\t', '\n']) {
        faults.push(Fault::business(
            "Display name can't have a colon, a tab or a new line.",
        ));
    }
    values::default(&mut row.fields, "Active", || json!(true));
    let name = rested(&name, row.active(), old);
    row.fields.insert("DisplayName".into(), json!(name));
    values::default(&mut row.fields, "PrintOnCheckName", || {
        json!(name.trim_end_matches(RESTING))
    });
    match row.kind() {
        Kind::Customer => customer(co, cx, row, old, &mut faults),
        Kind::Vendor => {
            values::default(&mut row.fields, "Vendor1099", || json!(false));
            currency(co, row, old, &mut faults);
        }
        _ => values::default(&mut row.fields, "BillableTime", || json!(false)),
    }
    if row.active()
        && let Some(other) = taken(co, row)
    {
        faults.push(duplicate(row.kind(), other.kind()));
    }
    row.fields.remove("Balance");
    row.fields.remove("BalanceWithJobs");
    Refusal::of(faults)
}

fn duplicate(mine: Kind, theirs: Kind) -> Fault {
    match mine == theirs {
        true => Fault::new("6240", "The name supplied already exists. : null"),
        false => Fault::new(
            "6240",
            "The name supplied already exists. : Another customer, vendor or employee is already using this \nname. \
             Please use a different name.",
        )
        .at(""),
    }
}

/// The name that was given, or one of its parts.
fn display_name(fields: &Fields) -> Option<String> {
    if let Some(name) = values::text(fields, "DisplayName") {
        let name = name.trim().to_string();
        return (!name.is_empty()).then_some(name);
    }
    let parts = ["Title", "GivenName", "MiddleName", "FamilyName", "Suffix"];
    let parts: Vec<String> = parts
        .iter()
        .filter_map(|p| values::text(fields, p))
        .collect();
    let name = parts.join(" ");
    (!name.trim().is_empty()).then(|| name.trim().to_string())
}

/// The name with or without what stands behind names at rest.
pub(super) fn rested(name: &str, active: bool, old: Option<&Row>) -> String {
    let marked = name.ends_with(RESTING);
    match active {
        false if !marked => format!("{name}{RESTING}"),
        true if marked && old.is_some_and(|o| !o.active()) => {
            name.trim_end_matches(RESTING).to_string()
        }
        _ => name.to_string(),
    }
}

/// The name that must be its own.
fn own_name(row: &Row) -> String {
    let field = match row.kind() {
        Kind::Customer => "FullyQualifiedName",
        _ => "DisplayName",
    };
    row.text(field).to_lowercase()
}

fn taken<'a>(co: &'a Company, row: &Row) -> Option<&'a Row> {
    let mine = own_name(row);
    let mut others = PARTIES.into_iter().flat_map(|kind| co.all(kind));
    others.find(|other| other.key != row.key && other.active() && own_name(other) == mine)
}

fn customer(co: &Company, cx: &Cx<'_>, row: &mut Row, old: Option<&Row>, faults: &mut Vec<Fault>) {
    let name = row.text("DisplayName");
    let parent = values::reference(&row.fields, "ParentRef");
    let found = parent
        .as_deref()
        .and_then(|id| refs::row(co, cx, Kind::Customer, id));
    if let (Some(id), None) = (&parent, found) {
        faults.push(Fault::reference("Names", id));
    }
    let (full, level) = match found {
        Some(parent) => {
            let above = values::dec(&parent.fields, "Level").unwrap_or_default();
            (
                format!("{}:{name}", parent.text("FullyQualifiedName")),
                Some(above + rust_decimal::Decimal::ONE),
            )
        }
        None => (name, None),
    };
    if level.is_some_and(|l| l > rust_decimal::Decimal::from(4)) {
        faults.push(Fault::business(
            "A customer can have four levels of jobs at most.",
        ));
    }
    row.fields.insert("FullyQualifiedName".into(), json!(full));
    match level {
        Some(level) => row
            .fields
            .insert("Level".into(), super::money::plain(level)),
        None => row.fields.remove("Level"),
    };
    values::default(&mut row.fields, "Job", || json!(false));
    values::default(&mut row.fields, "BillWithParent", || json!(false));
    values::default(&mut row.fields, "Taxable", || json!(true));
    values::default(&mut row.fields, "PreferredDeliveryMethod", || {
        json!("Print")
    });
    currency(co, row, old, faults);
    let taxed = co.is_us() && values::flag(&row.fields, "Taxable") == Some(true);
    if let (true, Some(code)) = (taxed, co.preference("TaxPrefs", "TaxGroupCodeRef")) {
        values::default(&mut row.fields, "DefaultTaxCodeRef", || values::to(code));
    }
}

fn currency(co: &Company, row: &mut Row, old: Option<&Row>, faults: &mut Vec<Fault>) {
    let before = old.and_then(|o| values::reference(&o.fields, "CurrencyRef"));
    let code = values::reference(&row.fields, "CurrencyRef")
        .or(before.clone())
        .unwrap_or_else(|| co.home.clone());
    let several = co.prefers("CurrencyPrefs", "MultiCurrencyEnabled");
    let Some(found) = co.currency(&code).filter(|_| several || code == co.home) else {
        faults.push(Fault::business(format_args!(
            "The currency {code} is not set up in your company."
        )));
        return;
    };
    if before.is_some_and(|b| b != code) && used(co, row) {
        faults.push(Fault::business(
            "The currency cannot be changed: there are transactions in it.",
        ));
    }
    row.fields.insert(
        "CurrencyRef".into(),
        values::named(code, found.name.clone()),
    );
}

/// Whether a party stands on any transaction.
fn used(co: &Company, row: &Row) -> bool {
    let field = match row.kind() {
        Kind::Customer => "CustomerRef",
        _ => "VendorRef",
    };
    let transactions = super::kinds::KINDS
        .into_iter()
        .filter(|k| k.is_transaction());
    let mut rows = transactions.flat_map(|k| co.all(k));
    rows.any(|r| values::reference(&r.fields, field).is_some_and(|id| id == row.id()))
}
