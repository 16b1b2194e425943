//! The writes of a document's contact: made, changed, or only named.

use super::super::write::{Needs, NewWrite, PLANNED, draft_hash};
use super::keys::{Keys, short};
use crate::model::{
    BookId, ContactDraft, ContactTarget, Draft, Fingerprint, Kind, LedgerInvoice, LedgerView,
    SourceId, TargetFacts, folded,
};

/// The number a contact carries in the ledger's contact-number field: the source's word and its id there, so that
/// it is found again; empty where contacts carry none.
fn contact_number(book: &BookId, id: &str, room: usize) -> String {
    let plain = format!("{book}-{id}");
    let printable = plain.chars().all(|c| c.is_ascii_graphic());
    if plain.len() <= room && printable {
        return plain;
    }
    let hash = Fingerprint::of(plain.as_bytes()).0;
    hash.chars().take(room.min(40)).collect()
}

/// The id under which a document's contact is linked: its own, or its folded name where it has none (files).
pub fn contact_id(draft: &ContactDraft) -> SourceId {
    if draft.source.id.is_empty() {
        SourceId(format!("name:{}", folded(&draft.name)))
    } else {
        SourceId(draft.source.id.clone())
    }
}

/// The writes that a document's contact asks for, and what the document's own writes need of it.
pub(super) fn contact_writes(
    keys: &Keys<'_>,
    contact: &ContactDraft,
    target: &ContactTarget,
    view: &LedgerView,
    facts: TargetFacts<'_>,
    writes: &mut Vec<NewWrite>,
) -> Needs {
    let id = contact_id(contact);
    let draft = Draft::Contact(contact.clone());
    let number = contact_number(keys.source, &id.0, facts.lengths.contact_number);
    match target {
        // It was made before, and a rule or the keys do not find it again: it is the same contact.
        ContactTarget::Create => {
            if let Some(made) = view.contact_link.as_ref().filter(|l| l.is_ours()) {
                return Needs {
                    contact_id: made.other.id.0.clone(),
                    ..Needs::default()
                };
            }
            let needs = Needs {
                contact_number: number,
                ..Needs::default()
            };
            let write = keys.write(Kind::Contact, &id, "create", draft, needs);
            let needs = Needs {
                contact_write: write.key.clone(),
                ..Needs::default()
            };
            writes.push(write);
            needs
        }
        ContactTarget::Existing { id: target, .. } if target.starts_with(PLANNED) => Needs {
            contact_write: target[PLANNED.len()..].to_owned(),
            ..Needs::default()
        },
        ContactTarget::Existing { id: target, update } => {
            let hash = draft_hash(&draft);
            // What an edit of the file or a rule makes otherwise of a contact that is there stays as it was sent.
            let same = |was: &ContactDraft| {
                was.source.id == contact.source.id && was.source == contact.source
            };
            let by_file_alone = view.contact_posted.as_ref().is_some_and(same);
            let changed =
                view.contact_link.as_ref().is_some_and(|l| l.draft != hash) && !by_file_alone;
            if *update && changed {
                let needs = Needs {
                    contact_number: number,
                    update_id: target.clone(),
                    update_same: (view.contact_posted.as_ref())
                        .map_or(Vec::new(), |was| contact.same_fields(was)),
                    ..Needs::default()
                };
                let purpose = format!("update:{}", short(&hash.0));
                writes.push(keys.write(Kind::Contact, &id, &purpose, draft, needs));
            }
            let known = contact.source.id.is_empty() || view.contact_link.is_some();
            Needs {
                contact_id: target.clone(),
                contact_source: if known { String::new() } else { id.0 },
                ..Needs::default()
            }
        }
    }
}

/// Whether a posted document is for another contact now than it was posted for.
pub(super) fn contact_moved(needs: &Needs, view: &LedgerView) -> bool {
    let Some(posted) = view.posted.as_ref().filter(|p| !p.contact_id.is_empty()) else {
        return false;
    };
    if needs.contact_id == posted.contact_id {
        return false;
    }
    // A contact that was merged leads to its heir, and so did the ledger with the document.
    let heir = |e: &LedgerInvoice| e.contact_id == needs.contact_id;
    !view.existing.as_ref().is_some_and(heir)
}
