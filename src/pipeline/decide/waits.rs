//! Money that waits: for an earlier payment of its document, or for the document itself. No payment of a document that is held
//! or refused is without a state and a reason of its own.

use super::balance::in_order;
use super::deciding::{Deciding, Halt};
use super::decision::PaymentDecision;
use super::told;
use crate::model::codes;
use crate::model::{Payment, Reason, Verdict, WordKind};
use crate::rules::MachineFault;

impl Deciding<'_, '_> {
    /// What is told of the posted money of a document that is held before its payments were looked at: what the source, or people
    /// in the ledger, have made of it since is told with what holds the document, and not only once that has ended.
    pub(super) fn posted_money(&mut self) -> Result<(), MachineFault> {
        let stays = matches!(self.out.verdict, Verdict::Hold(_) | Verdict::Refuse(_));
        let view = self.q.view;
        let none = view.begun.is_empty() && view.payment_links.is_empty();
        let posted = view.posted.as_ref().filter(|_| view.link.is_some());
        let (Some(posted), true) = (posted, stays && !none && self.out.payments.is_empty()) else {
            return Ok(());
        };
        let before = (self.out.warnings.len(), self.out.forget.len());
        let total = view.link.as_ref().map_or(posted.draft.total, |l| l.amount);
        let mut till = self.till(total, None);
        let before_gone = self.out.payments.len();
        self.gone(&mut till);
        // Where the source contradicts itself about its money, or tells of none since it calls the document what takes none, what
        // it does not name is not told as removed.
        let reason = self.out.verdict.reason();
        let unsaid = !self.q.invoice.called().takes_payments();
        if unsaid || reason.is_some_and(|r| r.is(codes::SOURCE_MISMATCH)) {
            for p in self.out.payments.iter_mut().skip(before_gone) {
                p.verdict = Verdict::Hold(with_document(&p.id, false));
            }
        }
        let told = self.booked(&posted.draft, &mut till);
        // Nothing is done about it while the document is held.
        self.out.warnings.truncate(before.0);
        self.out.forget.truncate(before.1);
        match told {
            Err(Halt::Fault(fault)) => Err(fault),
            Ok(()) | Err(Halt::Verdict(_)) => Ok(()),
        }
    }

    /// What is told of the money of a document that does not go as a whole: what is there is there, what a word leaves out is
    /// left out, and the rest waits for its document.
    pub(super) fn money_waits(&mut self) {
        let refused = match self.out.verdict {
            Verdict::Hold(_) => false,
            Verdict::Refuse(_) => true,
            Verdict::Keep | Verdict::Skip(_) => return,
        };
        let goes = |p: &&mut PaymentDecision| !p.linked && !p.by_hand && p.verdict.is_keep();
        for p in self.out.payments.iter_mut().filter(goes) {
            p.verdict = Verdict::Hold(with_document(&p.id, refused));
        }
        let noted = |p: &&Payment| self.out.payments.iter().any(|n| n.id == p.id);
        let rest: Vec<PaymentDecision> = (in_order(self.q.invoice).into_iter())
            .filter(|p| !noted(p))
            .map(|p| self.beside(p, refused))
            .collect();
        self.out.payments.extend(rest);
        told::in_order(&mut self.out.payments, &in_order(self.q.invoice));
    }

    /// What stands of a payment of which nothing could be decided.
    fn beside(&self, p: &Payment, refused: bool) -> PaymentDecision {
        let view = self.q.view;
        let mut one = PaymentDecision::of(&p.id, p.date, p.amount);
        one.by_hand = view.words.of_payment(&p.id, WordKind::Settled).is_some();
        one.linked = !one.by_hand && view.payment_links.contains_key(&p.id);
        if !one.by_hand && !one.linked {
            one.verdict = match self.q.mapping.wants_payment(p) {
                Verdict::Keep => Verdict::Hold(with_document(&p.id, refused)),
                other => other,
            };
        }
        one
    }
}

/// A payment behind one that does not go yet.
pub fn behind(payment: &str, first: &str) -> Reason {
    Reason::new(
        codes::PAYMENT_WAITS,
        format!("payment {payment} waits for {first}, which came before it"),
        format!("see what holds {first}: this one goes once that is posted, skipped or settled"),
    )
}

/// A payment of a document that is held or refused.
pub fn with_document(payment: &str, refused: bool) -> Reason {
    let stands = if refused { "refused" } else { "held" };
    Reason::new(
        codes::PAYMENT_WAITS,
        format!("payment {payment} waits for its document, which is {stands}"),
        "see what keeps the document back: this one goes with it",
    )
}
