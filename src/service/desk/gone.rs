//! Payments and refunds that the source no longer has, and that a person may mean all the same: something of them may have left.
//!
//! Flows in: what the source says now, and the document's writes. Flows out: each as it left.

use crate::model::{Draft, Invoice, Kind, Payment, PaymentKind, WriteState};
use crate::pipeline::write::WriteRow;
use std::collections::BTreeMap;

/// Those of which an entry may be in the ledger, and nobody knows.
pub(super) fn begun_and_gone(invoice: &Invoice, writes: &[WriteRow]) -> Vec<Payment> {
    let mut out: BTreeMap<&str, Payment> = BTreeMap::new();
    let asked = |w: &WriteRow| w.state == WriteState::Held && w.first_sent.is_some();
    for w in writes {
        let id = w.of.id.0.as_str();
        let named = invoice.payments.iter().any(|p| p.id == id);
        if named || !(asked(w) || w.state.may_have_left()) {
            continue;
        }
        let (kind, amount, date) = match &w.draft {
            Draft::Payment(p) => (p.kind, p.amount, p.date),
            Draft::Invoice(d) if w.kind == Kind::CreditNote => {
                (PaymentKind::Refund, d.total, d.date)
            }
            Draft::Invoice(d) if w.kind == Kind::Overpayment => {
                (PaymentKind::Payment, d.total, d.date)
            }
            Draft::Invoice(_) | Draft::Contact(_) => continue,
        };
        let of = out.entry(id).or_insert_with(|| Payment {
            id: id.to_owned(),
            kind,
            date,
            at: None,
            amount,
            method: String::new(),
            reference: String::new(),
            refunds: String::new(),
            settled: true,
        });
        // What the source said of it, where that is kept; else the largest of its entries, which is all of a refund.
        of.amount = w.needs.said.unwrap_or_else(|| of.amount.max(amount));
    }
    out.into_values().collect()
}
