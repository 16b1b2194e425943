//! Money that waits: for an earlier payment of its document, or for the document itself. No payment of a document that is held
//! or refused is without a state and a reason of its own.

use super::balance::in_order;
use super::deciding::Deciding;
use super::decision::PaymentDecision;
use crate::model::codes;
use crate::model::{Payment, Reason, Verdict, WordKind};

impl Deciding<'_, '_> {
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
