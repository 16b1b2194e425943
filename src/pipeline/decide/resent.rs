//! What stands for money of a document that a person had made anew: it is not changed there with the document, and is told until a
//! person has seen to it.

use super::begun::takes_out;
use super::deciding::Deciding;
use crate::model::codes;
use crate::model::{Kind, Payment, Reason, WordKind, entries_told};

impl Deciding<'_, '_> {
    /// Why a posted payment or refund of such a document is held.
    pub(super) fn entry_of_resent(&self, p: &Payment) -> Option<Reason> {
        let word = self.q.view.words.of_payment(&p.id, WordKind::Resend)?;
        let stands = self.stands(&p.id).filter(|s| !s.there.is_empty())?;
        let told = entries_told(stands.there.iter().copied());
        let whole = stands.there.iter().all(|e| e.kind == Kind::Payment);
        let by_hand = match whole {
            true => format!("delete {told} in the ledger by hand"),
            false => takes_out(&stands.there),
        };
        Some(
            Reason::new(
                codes::RESEND_ENTRY,
                format!(
                    "its document was made anew, and {told} is in the ledger as it was posted: {}",
                    word.shown.join("; ")
                ),
                format!(
                    "{by_hand}, then `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` makes it anew; or, to leave it as it is, `crossfoot unsettle TENANT NUMBER --payment PAYMENT --why \"...\"`"
                ),
            )
            .of_payment(&p.id),
        )
    }
}
