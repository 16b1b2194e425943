//! A payment that the ledger took and put less of to its document than was asked for.
//!
//! Flows in: what was drafted and what the ledger answers. Flows out: why it is not done, where it is not. Pure.

use crate::connectors::Posted;
use crate::model::{PaymentDraft, Reason, codes, money};

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
