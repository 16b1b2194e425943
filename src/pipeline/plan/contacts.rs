//! The writes of a document's contact: made, changed, or only named.

use super::super::write::{Needs, NewWrite, PLANNED, draft_hash};
use super::both_sides::{ContactSaid, EndedBy, ended};
use super::keys::{Keys, short};
use crate::model::{
    BookId, Contact, ContactDraft, ContactTarget, Draft, Fingerprint, Key, Kind, LedgerInvoice,
    LedgerView, NaturalKey, Op, SourceId, TargetFacts, TenantId, folded,
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

/// The id under which a contact of the source is linked: its own, or its folded name where it has none. What a rule makes
/// of the name does not make it another.
pub fn contact_id(contact: &Contact) -> SourceId {
    if contact.id.is_empty() {
        SourceId(format!("name:{}", folded(&contact.shown().0)))
    } else {
        SourceId(contact.id.clone())
    }
}

/// What a contact of the source carries in the ledger, once we have made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactMarks {
    /// Its number; empty where contacts of the ledger carry none.
    pub number: String,
    /// Our mark.
    pub mark: String,
    /// The key of the write that makes it.
    pub write: String,
}

impl ContactMarks {
    /// Those of a contact of a tenant's source.
    pub fn of(tenant: &TenantId, source: &BookId, id: &SourceId, room: usize) -> Self {
        let key = NaturalKey::new(tenant, &Key::new(source, Kind::Contact, id), "create");
        Self {
            number: contact_number(source, &id.0, room),
            mark: key.marker().0,
            write: key.to_string(),
        }
    }

    /// Which other customer of a source a number is given to, where it says so.
    pub fn other_id<'n>(&self, source: &BookId, number: &'n str) -> Option<&'n str> {
        let id = number.strip_prefix(source.as_str())?.strip_prefix('-')?;
        (number != self.number).then_some(id)
    }

    /// Whether a number may be one that we give to another customer and that does not say whom.
    pub fn is_anothers(&self, number: &str) -> bool {
        let hex = |b| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        number != self.number && number.len() == 40 && number.bytes().all(hex)
    }
}

/// The writes that a document's contact asks for, and what the document's own writes need of it.
pub(super) fn contact_writes(
    keys: &Keys<'_>,
    contact: &ContactDraft,
    target: &ContactTarget,
    (by, view, facts): (EndedBy, &LedgerView, TargetFacts<'_>),
    writes: &mut Vec<NewWrite>,
    said: &mut ContactSaid,
) -> Needs {
    let id = contact_id(&contact.source);
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
        ContactTarget::Existing { id: target, .. } if target.starts_with(PLANNED) => {
            let write = target.trim_start_matches(PLANNED).to_owned();
            // One that a rule gave and that is made for another customer is linked with this one too.
            let own = write == keys.key(Kind::Contact, &id, "create").to_string();
            let known = own || view.contact_link.is_some();
            Needs {
                contact_write: write,
                contact_source: if known { String::new() } else { id.0 },
                ..Needs::default()
            }
        }
        ContactTarget::Existing { id: target, update } => {
            if *update && facts.does(Kind::Contact, Op::Change) {
                let write = changed(
                    keys,
                    contact,
                    (&id, target),
                    number,
                    (by, view, facts),
                    said,
                );
                writes.extend(write);
            }
            let known = view.contact_link.is_some();
            Needs {
                contact_id: target.clone(),
                contact_source: if known { String::new() } else { id.0 },
                ..Needs::default()
            }
        }
    }
}

/// The write that changes a contact of ours, where the source has changed it. What an edit of the file or a rule makes
/// otherwise of a contact that is there stays as it was sent.
fn changed(
    keys: &Keys<'_>,
    contact: &ContactDraft,
    (id, target): (&SourceId, &str),
    number: String,
    (by, view, facts): (EndedBy, &LedgerView, TargetFacts<'_>),
    said: &mut ContactSaid,
) -> Option<NewWrite> {
    let draft = Draft::Contact(contact.clone());
    let hash = draft_hash(&draft);
    let link = view.contact_link.as_ref()?;
    let was = view.contact_posted.as_ref();
    let same = |was: &ContactDraft| was.source == contact.source;
    if link.draft == hash || was.is_some_and(same) {
        return None;
    }
    *said = ended(contact, was, target, (by, view, facts));
    if said.held.is_some() || said.left {
        return None;
    }
    let mut same = was.map_or(Vec::new(), |was| contact.same_fields(was));
    // What the ledger's people were given right in stays agreed until the source says something else of it.
    let mut kept = view.contact_kept.clone();
    kept.retain(|field, _| same.contains(field));
    kept.extend(said.kept.clone());
    same.extend(said.kept.keys().cloned());
    let needs = Needs {
        contact_number: number,
        update_id: target.to_owned(),
        update_same: same,
        kept,
        ..Needs::default()
    };
    let purpose = format!("update:{}", short(&hash.0));
    Some(keys.write(Kind::Contact, id, &purpose, draft, needs))
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
