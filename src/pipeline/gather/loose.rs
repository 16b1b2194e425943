//! What an edit of the file or of a rule may let go on a posted document.

use super::super::ports::{DocRow, LoosePayment, StoreError};
use super::super::tenant::Tenant;
use crate::model::{Invoice, LedgerView, Payment, codes};
use chrono::NaiveDate;

/// Which payments of a posted document wait for a person's word if they would go now, and which that word has let go.
///
/// Those wait that the last decision did not let go, if it was made under another file or other rules, and that are of the
/// day on which the edit was first seen or earlier; and those that waited before. What a person has retried is spoken of.
pub(super) async fn fill(
    t: &Tenant<'_>,
    row: &DocRow,
    invoice: &Invoice,
    edited: Option<NaiveDate>,
    view: &mut LedgerView,
) -> Result<(), StoreError> {
    let posted = |p: &Payment| view.payment_links.contains_key(&p.id);
    if view.link.is_none() || invoice.payments.iter().all(posted) {
        return Ok(());
    }
    let loose = t.memory.loose_payments(t.tenant(), &row.key).await?;
    if loose.is_empty() {
        return Ok(());
    }
    let note = t.memory.decision(t.tenant(), &row.key).await?;
    let edit = edited.filter(|_| note.is_some_and(|n| n.config != t.config));
    for was in loose {
        let Some(p) = invoice.payments.iter().find(|p| p.id == was.id) else {
            continue;
        };
        if was.released {
            view.released.insert(was.id);
            continue;
        }
        let newly = edit.is_some_and(|day| p.date <= day) && was_left(&was);
        let before = was.code == codes::PAYMENT_RELEASE.as_str();
        if (newly || before) && !view.retried {
            view.to_release.insert(was.id);
        }
    }
    Ok(())
}

/// Whether the file or a rule may have had a part in it that a payment did not go. What the source or the ledger was the
/// cause of was none of their business.
fn was_left(was: &LoosePayment) -> bool {
    let others = [
        codes::PAYMENT_NOT_SETTLED,
        codes::PAYMENT_CHANGED,
        codes::PAYMENT_REMOVED,
        codes::PAYMENT_NOT_OPEN,
        codes::PAYMENT_OTHER,
        codes::PAYMENT_DIFFERS,
        codes::PAYMENT_DOCUMENT_MISSING,
        codes::PAYMENT_WAITS,
        codes::REFUND_OTHER,
        codes::POSTED_TOTAL_DIFFERS,
        codes::UPDATE_CONFLICT,
        codes::UPDATE_LOCKED,
        codes::UPDATE_UNKNOWN,
        codes::UPDATE_MISSING,
    ];
    was.state != "planned" && !others.iter().any(|c| was.code == c.as_str())
}
