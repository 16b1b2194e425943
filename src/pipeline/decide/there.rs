//! What the ledger has already that keeps a document from being made: a paper under its number, and one of ours that has lost
//! its stamp. Nothing is made for a document that cannot go.

use super::super::protocol::{number_spent, stamp_copied, stamp_lost};
use super::deciding::{Deciding, Halt, hold};
use crate::model::{ContactTarget, InvoiceDraft};

impl Deciding<'_, '_> {
    /// A number that another paper bears would be refused; a paper of ours without its stamp may be this document.
    pub(super) fn is_not_there(&mut self, draft: &mut InvoiceDraft) -> Result<(), Halt> {
        let view = self.q.view;
        let copied = view.copied.as_ref();
        let told = copied.map(|(ours, copy)| stamp_copied(ours, copy));
        self.out.warnings.extend(told);
        // A rule may have given another number since the paper was looked for.
        let taken = view.number_taken_by.as_ref();
        if let Some(paper) = taken.filter(|p| p.number == draft.number) {
            let contact = match &self.out.contact {
                Some((_, ContactTarget::Existing { id, .. })) => id.as_str(),
                _ => "",
            };
            let why = self.taken(draft, paper, contact);
            // What is posted stays as it is there, and what came in for it goes.
            let Some(agreed) = self.agreed() else {
                return Err(hold(why));
            };
            self.out.blocked = self.out.blocked.take().or(Some(why));
            self.out.wanted = Some(std::mem::replace(draft, agreed.clone()));
            return Ok(());
        }
        let spent = view.number_spent_by.as_ref();
        let spent = spent.filter(|p| p.number == draft.number);
        self.out.warnings.extend(spent.map(number_spent));
        match &view.unstamped {
            Some(paper) => Err(hold(stamp_lost(&view.mark, paper))),
            None => Ok(()),
        }
    }
}
