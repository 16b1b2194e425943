//! Which status may follow which, and what may still be changed once money stands against a document.

use super::books::{Doc, Kind, Line};
use super::texts;

/// The messages that refuse a move; none when it may be made.
pub(super) fn moves(doc: &Doc, wanted: Option<&str>) -> Vec<String> {
    let both = || {
        vec![
            texts::NOT_MODIFIABLE.to_string(),
            texts::HAS_PAYMENT.to_string(),
        ]
    };
    if matches!(doc.status, "VOIDED" | "DELETED") {
        return vec![texts::NOT_MODIFIABLE.into()];
    }
    let Some(wanted) = wanted.filter(|w| *w != doc.status) else {
        return Vec::new();
    };
    if doc.touched() {
        return match wanted {
            "DRAFT" | "SUBMITTED" | "AUTHORISED" => vec![texts::status_with_payments(wanted)],
            _ => both(),
        };
    }
    let legal = match doc.status {
        "DRAFT" | "SUBMITTED" => matches!(wanted, "DRAFT" | "SUBMITTED" | "AUTHORISED" | "DELETED"),
        "AUTHORISED" => wanted == "VOIDED",
        _ => false,
    };
    if legal {
        Vec::new()
    } else {
        vec![texts::NOT_MODIFIABLE.into()]
    }
}

/// Whether a change of a part-paid or paid document touches only what may still be touched: reference, due date,
/// number, branding, address, planned dates; the contact unless credit was applied; a line's words, account, tracking.
pub(super) fn harmless(old: &Doc, new: &Doc) -> bool {
    let credit_holds_contact = !old.credited.is_zero() && old.kind == Kind::Invoice;
    let contact = old.contact == new.contact || !credit_holds_contact;
    contact
        && old.date == new.date
        && old.amounts == new.amounts
        && old.currency == new.currency
        && old.rate == new.rate
        && old.total == new.total
        && old.lines.len() == new.lines.len()
        && old
            .lines
            .iter()
            .zip(&new.lines)
            .all(|(a, b)| same_money(a, b))
}

fn same_money(a: &Line, b: &Line) -> bool {
    let free = |line: &Line| Line {
        description: None,
        account: None,
        account_code: None,
        tracking: Vec::new(),
        tax_given: false,
        ..line.clone()
    };
    free(a) == free(b)
}

/// Whether nothing changed but what the vendor does not count as an update.
pub(super) fn only_quiet(old: &Doc, new: &Doc) -> bool {
    let loud = |d: &Doc| {
        (
            d.reference.clone(),
            d.number.clone(),
            d.contact,
            d.url.clone(),
            d.branding,
            d.planned,
            d.expected,
            d.status,
        )
    };
    loud(old) == loud(new) && old.lines == new.lines && (old.due != new.due || old.sent != new.sent)
}
