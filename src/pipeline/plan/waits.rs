//! Where a document stands with all that goes of it, and why a part of it waits for a person, where one does.
//!
//! Flows in: what keeps a change of the document back, and what became of the change of its contact. Flows out: the state, the reason
//! that is told, and what is told beside it. The money goes before the contact: a change of whom it is for never hides what holds the
//! sum.

use super::Planning;
use super::both_sides::{ContactSaid, EndedBy};
use super::contacts::contact_id;
use super::stands::{by_word, with_payments};
use crate::model::cure::quoted;
use crate::model::{DocState, Kind, Reason};
use std::collections::BTreeMap;

impl Planning<'_> {
    /// By what is ended what both sides changed of the contact.
    pub(super) fn ends_by(&self) -> EndedBy {
        EndedBy {
            kind: self.invoice.kind,
            word: self.decision.conflict,
            left: self.decision.left.is_some(),
        }
    }

    /// Where it stands. `blocked` is why the change of the document itself waits.
    pub(super) fn stands(&mut self, blocked: Option<Reason>, contact: ContactSaid) {
        let decision = self.decision;
        let done = self.out.writes.is_empty() && self.view.link.is_some();
        if let Some((state, reason)) = with_payments(decision, done) {
            (self.out.state, self.out.reason) = (state, reason);
        }
        if let Some(reason) = blocked {
            self.out.state = DocState::Held;
            self.out.reason = Some(reason);
        }
        let held = matches!(self.out.state, DocState::Held | DocState::Refused);
        if held {
            self.out.held.clone_from(&self.out.reason);
        }
        match contact.held {
            Some(reason) if held => self.out.told.push(beside(reason)),
            // It needs nothing of the contact but whose it is: what both sides changed of that is asked where the contact goes by itself.
            Some(reason) if self.view.evidence.goes_alone => {
                let told = self.asked_of_contact(reason);
                self.out.told.push(told);
            }
            Some(reason) => self.waits_for_contact(reason, contact.open),
            None => {}
        }
        self.out.released = self.is_released();
        self.out.by_word = by_word(decision).filter(|_| self.view.link.is_some());
        if let (DocState::Verified, Some((state, reason))) = (self.out.state, &self.out.by_word) {
            (self.out.state, self.out.reason) = (*state, Some(reason.clone()));
        }
    }

    /// What both sides changed of a contact that goes by itself, as a paper tells it.
    fn asked_of_contact(&self, why: Reason) -> Reason {
        let id = contact_id(&self.invoice.contact);
        let name = quoted(&Kind::Contact.name_of(&id.0, true));
        let tenant = self.keys.tenant;
        Reason {
            fix: format!(
                "end it where the contact itself is held: `crossfoot explain {tenant} {name}` says how; this document goes without it"
            ),
            ..why
        }
    }

    /// It is held by what both sides changed of its contact: whoever says retry to that has been told these fields.
    pub(super) fn waits_for_contact(&mut self, why: Reason, told: BTreeMap<String, String>) {
        self.out.state = DocState::Held;
        self.out.held = Some(why.clone());
        self.out.reason = Some(why);
        self.out.contact_told = told;
    }
}

/// What is told of the contact while something else holds the document: a retry is about that, and sends nothing of the contact.
fn beside(contact: Reason) -> Reason {
    Reason {
        fix: "end what holds the document first: until then nothing of the contact is sent, and then you are asked about it"
            .to_owned(),
        ..contact
    }
}
