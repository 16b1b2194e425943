//! The number that a paper takes of the tenant's own series, and what is told where another paper has it.

use super::super::protocol::number_taken;
use super::deciding::Deciding;
use crate::mapping::series_key;
use crate::model::{InvoiceDraft, LedgerInvoice, Reason, SetBy, SetKey};

impl Deciding<'_, '_> {
    /// A document takes its number of the series that the file counts, or counted when it was given one; a rule may still give it
    /// another.
    pub(super) fn counted(&mut self, draft: &mut InvoiceDraft) {
        let q = self.q;
        let number = q.view.numbering.as_ref().and_then(|n| n.number());
        let Some(number) = number else {
            return;
        };
        let by = match q.mapping.numbers.get(&draft.kind) {
            Some(series) => (q.mapping).by(SetKey::Path(series_key(draft.kind), ""), series.at),
            None => SetBy::Ledger("the number that it was given before"),
        };
        self.out.trace.set("number", number.as_str(), by);
        draft.number = number;
    }

    /// Why a number is taken. Of one's own series the cure is where the numbers go on.
    pub(super) fn taken(
        &self,
        draft: &InvoiceDraft,
        paper: &LedgerInvoice,
        contact: &str,
    ) -> Reason {
        let q = self.q;
        let mut why = number_taken(&q.view.mark, draft, paper, contact);
        let numbering = q.view.numbering.as_ref();
        let proposed = numbering.and_then(|n| n.proposed.as_ref());
        let series = q.mapping.numbers.get(&draft.kind);
        if let (Some(proposed), Some(series)) = (proposed, series) {
            let at = q.mapping.place(series.at);
            why.fix = format!(
                "{}; or let the numbers go on after the ledger's last: `{}: \"{proposed}\"` at {at}, and sync again",
                why.fix,
                series_key(draft.kind),
            );
            why = why.at(at);
        }
        why
    }
}
