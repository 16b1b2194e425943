//! What people change at the source of a payment that came there from the ledger.

use crate::model::codes;
use crate::model::{Payment, Reason, money};
use chrono::NaiveDate;
use rust_decimal::Decimal;

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
