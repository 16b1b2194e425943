//! Why a payment cannot go to its invoice as that stands in the ledger, each with the cure for just that.

use crate::model::codes;
use crate::model::{LedgerInvoice, Payment, Reason, Standing};

/// The reason for a payment, by the ledger's own copy where it was read, and by the status it would be made with where
/// there is none.
pub(super) fn not_open(p: &Payment, status: &str, there: Option<&LedgerInvoice>) -> Reason {
    let fix = match there.map(|e| &e.standing) {
        // Somebody has put money to all of it, and that may be this payment: approving or retrying changes nothing.
        Some(Standing::Settled) => {
            "see in the ledger what paid it: if it is this payment, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; if it is another, take it off the invoice there, then `crossfoot retry TENANT NUMBER`"
        }
        Some(s) if s.is_over() => {
            "see in the ledger what became of the document: where the sale stands, give it another number in a `map_invoice` rule, then `crossfoot unlink TENANT NUMBER` has it made anew; where the money was entered elsewhere, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`"
        }
        _ => {
            "approve the invoice in the ledger, then `crossfoot retry TENANT NUMBER`; or post invoices as an open status"
        }
    };
    let what = format!("the invoice stands as {status}, which takes no payments");
    Reason::new(codes::PAYMENT_NOT_OPEN, what, fix).of_payment(&p.id)
}
