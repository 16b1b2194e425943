//! A change whose document has another version by now: whether it may go on that one.
//!
//! Flows in: a change, and the document as the ledger shows it now. Flows out: what the change needs to go on it. Money that
//! was put to a document gives it another version, and is no person's edit: what the document says is the same. What the
//! ledger lets be changed may be less then. Refused: a document that says anything else than the decision saw. Pure.

use super::plan::parts::parts;
use super::write::{Needs, WriteRow};
use crate::model::{Draft, LedgerInvoice, TargetFacts};

/// What a change needs to go on the version that is there; nothing where people changed what the document says, or where the
/// ledger no longer lets all of it be changed.
pub fn rebased(w: &WriteRow, found: &LedgerInvoice, facts: TargetFacts<'_>) -> Option<Needs> {
    let Draft::Invoice(draft) = &w.draft else {
        return None;
    };
    if w.needs.update_saw.as_ref() != Some(&found.content()) {
        return None;
    }
    let only = match found.editable {
        true => w.needs.update_only.clone(),
        false => Some(parts(draft, found, &w.needs, facts)?),
    };
    Some(Needs {
        update_version: found.version.clone(),
        update_only: only,
        ..w.needs.clone()
    })
}
