//! What an approval is for.
//!
//! Flows in: a planned document. Flows out: a hash by which a person's yes is known to be about just this.

use super::keys::Keys;
use crate::model::{ContactDraft, Draft, Fingerprint, Kind, LedgerView, Link};
use crate::pipeline::write::{Needs, NewWrite, draft_hash};

/// What an approval is for: what would go, whom it is for, and what it changes. A contact that was planned when
/// a person looked and has been made since, by another document, is the same contact.
pub(super) fn approval(
    keys: &Keys<'_>,
    contact: &ContactDraft,
    needs: &Needs,
    view: &LedgerView,
    writes: &[NewWrite],
) -> Fingerprint {
    let made = |l: &&Link| l.other.id.0 == needs.contact_id && l.is_ours();
    let whom = match view.contact_link.as_ref().filter(made) {
        Some(link) => keys
            .key(Kind::Contact, &link.thing.id, "create")
            .to_string(),
        None => format!("{}{}", needs.contact_write, needs.contact_id),
    };
    let contact = draft_hash(&Draft::Contact(contact.clone()));
    let what: Vec<_> = (writes.iter())
        .filter(|w| w.kind != Kind::Contact)
        .map(|w| (&w.key, &w.draft, &w.needs.update_id))
        .collect();
    let text = serde_json::to_string(&(whom, contact, what)).unwrap_or_default();
    Fingerprint::of(text.as_bytes())
}
