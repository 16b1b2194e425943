//! What people change at the source of a payment that came there from the ledger.

use crate::model::codes::{self, Code};
use crate::model::{Payment, Reason, money};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// A payment of the source's that our own other half entered, and that does not go as if it were news.
fn ours(p: &Payment, code: Code, is: &str, fix: &str) -> Reason {
    let sum = money::show(p.amount);
    Reason::new(code, format!("payment {} of {sum} {is}", p.id), fix).of_payment(&p.id)
}

/// It bears our stamp, and nothing in the ledger is known to be it.
pub(super) fn unknown(p: &Payment) -> Reason {
    ours(
        p,
        codes::PAYMENT_BROUGHT,
        "carries our stamp: it was brought from the ledger, and no payment there is known to be it",
        "see whether it is still in the ledger: where it is, `crossfoot sync TENANT --back` finds that the two are one; where it was deleted or moved there, delete it in the source too, then `crossfoot retry TENANT NUMBER`; where the money did come in, enter it in the ledger again by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`",
    )
}

/// It was entered for another document.
pub(super) fn moved(p: &Payment) -> Reason {
    ours(
        p,
        codes::PAYMENT_MOVED,
        "was entered in the source by Crossfoot, for another document, and somebody moved it to this one",
        "put it back to its document in the source, then `crossfoot retry TENANT NUMBER`; where it is right as it stands, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`",
    )
}

/// It came from the ledger, and somebody deleted it there. It does not go forward, whoever asks for that: it came from there.
pub(super) fn deleted(p: &Payment) -> Reason {
    ours(
        p,
        codes::PAYMENT_DELETED,
        "came from the ledger, and somebody deleted it there",
        "where the money did not come in, delete it in the source too, then `crossfoot retry TENANT NUMBER`; where the money did come in, enter it in the ledger again by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`",
    )
}

/// What came from the ledger, and that the source no longer has.
pub(super) fn removed(id: &str, amount: Decimal) -> Reason {
    let sum = money::show(amount);
    Reason::new(
        codes::PAYMENT_REMOVED,
        format!("payment {id} of {sum} came from the ledger, and the source no longer has it"),
        "where the money did not come in, delete the payment in the ledger by hand, then `crossfoot retry TENANT NUMBER`; where it did, enter it in the source once more: the next sync shows that one, and its cure settles it",
    )
    .of_payment(id)
}

/// What came from the ledger, and that is of another day at the source now.
pub(super) fn of_another_day(p: &Payment, was: NaiveDate) -> Reason {
    let (id, sum, day) = (&p.id, money::show(p.amount), p.date);
    Reason::new(
        codes::PAYMENT_DAY,
        format!(
            "payment {id} of {sum} came from the ledger as of {was}, and in the source it is of {day} now"
        ),
        "nothing, where the day does not matter; else set the day right in the source",
    )
    .of_payment(id)
}
