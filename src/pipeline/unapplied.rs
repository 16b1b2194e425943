//! A payment that the ledger has, and not, or not all of it, on its document.
//!
//! Flows in: what was drafted and what the ledger says of it. Flows out: why it is not done, where it is not. Pure.

use super::write::WriteRow;
use crate::connectors::Posted;
use crate::model::{Draft, PaymentDraft, Reason, StandsApart, codes, money};
use rust_decimal::Decimal;

/// Whether the ledger took a payment and put less of it to its document than was asked for. What was found there is judged by
/// what it is of, and says nothing of this.
pub(super) fn left_unapplied(draft: &PaymentDraft, posted: &Posted) -> Option<Reason> {
    let put = posted.applied.filter(|put| *put < draft.amount)?;
    Some(Reason::new(
        codes::PAYMENT_UNAPPLIED,
        format!(
            "The payment of {} is in the ledger, which put {} of it to the document",
            money::show(draft.amount),
            money::show(put)
        ),
        "put the payment to the document in the ledger by hand, then `crossfoot retry TENANT NUMBER`",
    ))
}

/// Why a payment does not go: it stands in the ledger under our stamp, on another paper or on none.
pub fn standing_apart(w: &WriteRow, there: &StandsApart) -> Reason {
    let of = match &w.draft {
        Draft::Payment(d) => format!(" of {}", money::show(d.amount)),
        _ => String::new(),
    };
    Reason::new(
        codes::PAYMENT_UNAPPLIED,
        format!(
            "payment {}{of} still stands in the ledger {}: made anew it would be there twice",
            w.of.id,
            there.told()
        ),
        "put it to the document in the ledger, or delete it there to have it made anew; then `crossfoot retry TENANT NUMBER`. Where it is right as it stands, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`",
    )
    .of_payment(&w.of.id.0)
}

/// Why a payment that the source no longer has is not done with: people took it off its document, and it stands in the ledger
/// all the same.
pub(super) fn removed_apart(id: &str, posted: Decimal, there: &StandsApart) -> Reason {
    Reason::new(
        codes::PAYMENT_REMOVED,
        format!(
            "payment {id} of {} was posted, and the source no longer has it; somebody took it off its document in the ledger, where it still stands {}",
            money::show(posted),
            there.told()
        ),
        "delete it in the ledger by hand, or put it back in the source; then `crossfoot retry TENANT NUMBER`",
    )
    .of_payment(id)
}
