//! A contact that goes by itself: whether it is wanted, what is made of it, and which contact of the ledger it is.
//!
//! Nothing here is otherwise than for a document that needs the contact: the same draft, rules and match. `select` and `check` are
//! about papers; what leaves a contact out is `map_contact`.

use super::super::write::PLANNED;
use super::carried::left_out;
use super::deciding::{Deciding, Halt, hold};
use super::lost::lost;
use crate::checks;
use crate::model::codes;
use crate::model::{ContactTarget, DriftKind, Reason, Verdict, WordKind};

impl Deciding<'_, '_> {
    pub(super) fn contact_alone(&mut self) -> Result<(), Halt> {
        let q = self.q;
        self.said_of_contact()?;
        if let Some(gone) = q.view.drifted(DriftKind::SourceDeleted) {
            return Err(Halt::Verdict(Verdict::Skip(no_more(&gone.number))));
        }
        let wanted = q.mapping.wants(q.invoice, q.view.link.is_some());
        if !wanted.is_keep() {
            return Err(Halt::Verdict(wanted));
        }
        let (draft, target) = self.contact()?;
        // One that a document is about to make is made once, and this one waits for it with its own name on it.
        let own = |id: &String| id.starts_with(PLANNED) && q.view.evidence.own.contains(id);
        let target = match target {
            ContactTarget::Existing { id, .. } if own(&id) => {
                checks::contact(self.law, &draft).map_err(hold)?;
                self.out.found = None;
                ContactTarget::Create
            }
            other => other,
        };
        self.out.contact = Some((draft, target));
        Ok(())
    }

    /// What a person has said of it.
    fn said_of_contact(&self) -> Result<(), Halt> {
        let words = &self.q.view.words;
        if let Some(word) = words.of_document(WordKind::Lost) {
            return Err(hold(lost(&self.q.invoice.number, word)));
        }
        // As of a paper: what leaves one that is there as it is was about what the source said then.
        match self.standing_word() {
            Some(word) if word.kind == WordKind::Skip => {
                Err(Halt::Verdict(Verdict::Skip(left_out(word))))
            }
            _ => Ok(()),
        }
    }
}

fn no_more(number: &str) -> Reason {
    Reason::new(
        codes::SOURCE_DELETED,
        format!("the source has the contact {number} no more"),
        "nothing: what the ledger has of it stays there",
    )
}
