//! The number of the tenant's own series that a document is given with the write that makes it.

use super::Planning;
use crate::model::{Draft, GivenNumber, SeriesPlace};

impl Planning<'_> {
    /// The number, where the paper that is to be made bears it: a rule may have given it another.
    pub(super) fn given(&self) -> Option<GivenNumber> {
        let numbering = self.view.numbering.as_ref()?;
        let number = numbering.number()?;
        let made = self.out.writes.iter().find(|w| {
            let own = w.of.id == self.invoice.id && w.kind == self.invoice.kind;
            own && w.needs.update_id.is_empty()
        })?;
        let Draft::Invoice(draft) = &made.draft else {
            return None;
        };
        Some(GivenNumber {
            book: made.to.clone(),
            kind: draft.kind,
            at: SeriesPlace::read(&number).filter(|_| draft.number == number)?,
            found: self.view.ours_is_there,
        })
    }
}
