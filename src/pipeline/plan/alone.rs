//! The plan of a contact that goes by itself: it is made, changed, found, or stays as it is.

use super::super::ports::ContactLearned;
use super::super::write::Needs;
use super::Planning;
use super::approves::approval;
use super::both_sides::ContactSaid;
use super::contacts::contact_writes;
use crate::model::{DocState, Key, Kind, SourceId};

impl Planning<'_> {
    pub(super) fn contact_alone(&mut self) {
        let Some((contact, target)) = self.decision.contact.as_ref() else {
            return;
        };
        let view = self.view;
        let mut said = ContactSaid::default();
        let needs = contact_writes(
            &self.keys,
            contact,
            target,
            (self.ends_by(), view, self.facts),
            &mut self.out.writes,
            &mut said,
        );
        self.out.told.extend(said.told);
        let changes = |w: &super::NewWrite| !w.needs.update_id.is_empty();
        self.out.update = self.out.writes.iter().any(changes);
        self.out.approval = approval(&self.keys, contact, &needs, view, &self.out.writes);
        if let Some(reason) = said.held {
            return self.waits_for_contact(reason, said.open);
        }
        if !self.out.writes.is_empty() {
            return;
        }
        // What was found is linked with the decision: nothing of it goes to the ledger.
        if view.link.is_none() {
            self.out.learned.contact = self.found(&needs);
        }
        if !matches!(self.out.learned.contact, Some(ContactLearned::Planned(_))) {
            self.out.state = DocState::Verified;
        }
    }

    fn found(&self, needs: &Needs) -> Option<ContactLearned> {
        match (needs.contact_id.as_str(), needs.contact_write.as_str()) {
            ("", "") => None,
            ("", write) => Some(ContactLearned::Planned(write.to_owned())),
            (id, _) => {
                let id = SourceId(id.to_owned());
                let there = Key::new(self.keys.ledger, Kind::Contact, &id);
                Some(ContactLearned::There(there))
            }
        }
    }
}
