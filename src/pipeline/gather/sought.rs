//! By what a document's contact is looked for: its customer, and the values of its draft.
//!
//! Flows in: what the source says of a document. Flows out: the customer's id and what its contact carries, and keys. Nothing is
//! asked of anybody.

use super::super::plan::{self, ContactMarks};
use super::super::ports::ContactKeys;
use super::super::tenant::Tenant;
use super::super::write::PLANNED;
use crate::mapping::{Clash, Mapping};
use crate::model::{ContactDraft, Invoice, SourceId, Trace};

/// A document's customer: its id, and what its contact carries.
pub(super) struct Customer {
    pub(super) id: SourceId,
    /// Who it is, where several ids stand for one customer; else the id.
    pub(super) party: String,
    pub(super) marks: ContactMarks,
}

impl Customer {
    pub(super) fn of(t: &Tenant<'_>, invoice: &Invoice) -> Self {
        let id = plan::contact_id(&invoice.contact);
        let room = t.target.facts.lengths.contact_number;
        let marks = ContactMarks::of(t.tenant(), &t.books.source, &id, room);
        let party = invoice.contact.who(&id.0).to_owned();
        Self { id, party, marks }
    }

    /// The id of its contact while that is only planned.
    pub(super) fn planned_id(&self) -> String {
        format!("{PLANNED}{}", self.marks.write)
    }
}

/// By what a contact is looked for: its telephone numbers only where the file wants them unique.
pub(super) fn keys_of<'a>(t: &Tenant<'_>, draft: &'a ContactDraft) -> ContactKeys<'a> {
    let words = &t.mapping.contacts;
    let wanted = |word: Clash, number: &'a str| if word == Clash::Off { "" } else { number };
    ContactKeys {
        name: &draft.name,
        email: &draft.email,
        phone: wanted(words.unique_phone.value, &draft.phones.default),
        mobile: wanted(words.unique_mobile.value, &draft.phones.mobile),
        ..ContactKeys::default()
    }
}

/// The contact as the file maps it, before any rule.
pub(super) fn mapped(mapping: &Mapping, invoice: &Invoice) -> ContactDraft {
    let mut trace = Trace::off();
    let mut draft = mapping.draft_contact(&invoice.contact, &mut trace);
    mapping.shipped_contact(&mut draft, &mut trace);
    draft
}
