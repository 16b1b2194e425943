//! The group `back`: what comes from the ledger to the source.

use super::{Built, Tree, scalars};
use crate::mapping::config::{Back, BackContacts, BackTrigger};

impl Tree<'_> {
    /// Whether payments come back at all is filled in by [`super::super::compile`], which knows the systems.
    pub(super) fn back(&self) -> Built<Back> {
        let start = self.0.path(&["back", "start"]);
        let start = start.filter(|n| n.text().is_some_and(|t| !t.is_empty()));
        Ok(Back {
            payments: false,
            contacts: self.word(&["back", "contacts"], BackContacts::parse)?,
            start: match start {
                None => None,
                Some(_) => Some(self.scalar(&["back", "start"], |t| scalars::date(t).ok())?),
            },
            trigger: self.word(&["back", "trigger"], BackTrigger::parse)?,
            payments_account: self.payments_account(&["back", "payments_account"])?,
        })
    }
}
