//! A posted document that a person has left out: its copy in the ledger stays, and how the two differ is told.

use super::carried::left_out;
use super::deciding::Deciding;
use crate::mapping::Approval;
use crate::model::codes;
use crate::model::{
    DocStatus, DriftKind, LedgerInvoice, Payment, Reason, Verdict, WordKind, money,
};

impl Deciding<'_, '_> {
    /// A payment that waited for an approval of its own when a person left its posted document as it is: it is left out with it, and
    /// does not go on waiting. What goes by itself goes all the same, and so does what came in since.
    pub(super) fn left_with_it(&self, p: &Payment) -> Option<Verdict> {
        let waits = self.q.mapping.sync.approval.value == Approval::Manual;
        let word = self.standing_word().filter(|w| w.kind == WordKind::Skip)?;
        let known = waits && self.q.view.link.is_some() && word.knew(&p.id, p.date);
        known.then(|| Verdict::Skip(left_out(word)))
    }

    /// Why a posted document is left as the ledger has it, where a person has said so and nobody has settled it: by whom,
    /// why, and what either book says.
    pub(super) fn left_by_person(&mut self) {
        let q = self.q;
        let word = q.view.words.document.as_ref();
        let (Some(word), Some(link)) = (word.filter(|w| w.kind == WordKind::Skip), &q.view.link)
        else {
            return;
        };
        if self.out.settled.is_some() {
            return;
        }
        let there = q.view.existing.as_ref();
        let is = there.and_then(LedgerInvoice::comes_to);
        let is = money::show(is.unwrap_or(link.amount));
        let over = there.filter(|e| e.standing.is_over());
        let seen = q.view.drifted(DriftKind::Cancelled);
        let status = (over.map(|e| &e.status)).or(seen.map(|d| &d.status));
        let is = status.map_or(is.clone(), |s| format!("{is} and {s}"));
        // A source that states no total is taken to say what was made of it.
        let drafted = q.view.posted.as_ref().map(|p| p.draft.total);
        let says = q.invoice.comes_to().or(drafted);
        let says = says.map_or_else(|| is.clone(), money::show);
        let says = match q.invoice.status {
            DocStatus::Void => format!("{says} and cancelled"),
            _ => says,
        };
        let both = match says == is {
            true => format!("both books say {is}"),
            false => format!("the source says {says}, the ledger {is}"),
        };
        self.out.left = Some(Reason::new(
            codes::SKIP_BY_PERSON,
            format!("left out for good by {}: {}; {both}", word.actor, word.why),
            "nothing; `crossfoot retry TENANT NUMBER` takes the word back",
        ));
    }
}
