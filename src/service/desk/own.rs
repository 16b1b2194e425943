//! Which writes are a document's own: what makes or changes it, and not its contact or its money.

use super::seen::Meant;
use crate::model::cure::quoted;
use crate::model::{Draft, Key, TenantId, WriteState};
use crate::pipeline::ports::Written as _;
use crate::pipeline::write::WriteRow;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;

/// Whether a write makes or changes the document itself.
pub(super) fn is_own(w: &WriteRow, document: &Key) -> bool {
    w.kind.is_document() || w.of == *document
}

/// The writes of a document. That of a contact which goes by itself may be journaled with a document that needs it as well.
pub(super) async fn writes_of(
    engine: &Engine,
    tenant: &TenantId,
    document: &Key,
) -> Result<Vec<WriteRow>, NotDone> {
    let store = engine.store();
    let mut writes = store.writes(tenant, document).await?;
    if document.kind.is_party() {
        let others = store.waits_for(tenant, document).await?;
        writes.extend(others.into_iter().filter(|w| w.of == *document));
    }
    Ok(writes)
}

impl Meant {
    /// Why a contact that goes by itself is not settled by hand: there is no entry of it that could be meant.
    pub(super) fn not_of_a_contact(&self) -> Option<NotDone> {
        let (tenant, name) = (&self.tenant, quoted(&self.row.name()));
        self.row.key.kind.is_party().then(|| {
            NotDone::wrong(
                format!("{} is a contact: it is found in the ledger, and not settled", self.row.name()),
                format!(
                    "give the ledger's contact its e-mail address and name, then `crossfoot retry {tenant} {name}`; or `crossfoot skip {tenant} {name} --why \"...\"` leaves it out"
                ),
            )
        })
    }
}

/// The invoice as it was last posted.
pub(super) fn last_linked(writes: &[WriteRow]) -> Option<&Draft> {
    let linked = |w: &&WriteRow| is_own(w, &w.document) && w.state == WriteState::Linked;
    writes
        .iter()
        .filter(linked)
        .max_by_key(|w| w.id)
        .map(|w| &w.draft)
}
