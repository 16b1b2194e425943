//! Credits that were applied to an invoice of Xero's, by the lists that it shows them in: `CreditNotes`, `Overpayments` and
//! `Prepayments`, each with its `AppliedAmount` (specs/xero/xero_accounting.yaml).
//!
//! Flows in: an invoice as Xero shows it. Flows out: each credit with what of it was applied.

use crate::connectors::json::{amount_opt, day, list, text};
use crate::model::AppliedCredit;
use serde_json::Value;

/// What was applied to an invoice.
///
/// # Errors
/// A sentence that names the field that cannot be read.
pub(super) fn credits(element: &Value) -> Result<Vec<AppliedCredit>, String> {
    let lists = [
        ("CreditNotes", "CreditNoteNumber"),
        ("Overpayments", "OverpaymentID"),
        ("Prepayments", "PrepaymentID"),
    ];
    let mut out = Vec::new();
    for (name, known_as) in lists {
        for c in list(element, name) {
            let amount = amount_opt(c, "AppliedAmount")?.unwrap_or_default();
            if !amount.is_zero() {
                out.push(AppliedCredit {
                    name: text(c, known_as),
                    date: day(&text(c, "Date")),
                    amount,
                });
            }
        }
    }
    Ok(out)
}
