//! What an edit of the file or of a rule may let go on a posted document.

use super::super::ports::{DocRow, EditSeen, ReleaseWord, StoreError, left_by_file};
use super::super::tenant::Tenant;
use crate::model::{Begun, Invoice, LedgerView, Payment};

/// Which payments of a posted document wait for a person's word if they would go now, and which that word has let go.
///
/// Those wait that the last decision did not let go, if it was made under another file or other rules, and that are of the
/// time before the edit was first seen; and those that waited before, also where something else kept them back meanwhile. A
/// word is about a payment at its amount: one that has grown since waits for another. What a person has retried is spoken of.
pub(super) async fn fill(
    t: &Tenant<'_>,
    row: &DocRow,
    invoice: &Invoice,
    edited: Option<EditSeen>,
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
        let spoken_of = was.word == ReleaseWord::Said;
        if spoken_of && was.amount == p.amount {
            view.released.insert(was.id);
            continue;
        }
        // What was begun goes on: one half of it alone is nobody's wish.
        if view.begun.get(&p.id).is_some_and(Begun::is_begun) {
            continue;
        }
        let newly = edit.is_some_and(|e| e.covers(p)) && left_by_file(&was.state, &was.code);
        let before = spoken_of || was.word == ReleaseWord::Awaited;
        if (newly || before) && !view.retried {
            view.to_release.insert(was.id);
        }
    }
    Ok(())
}
