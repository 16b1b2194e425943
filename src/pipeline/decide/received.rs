//! What has come in: how much of it may stand on the document in the ledger, and how much of it may go back.
//!
//! What the file or a rule leaves out has not come in as far as the ledger is concerned: counted, it would let a payment go that a
//! person has entered in parts, and would let money go back that the ledger never had.

use super::deciding::Deciding;
use super::payments::Till;
use crate::model::{Kind, Payment, PaymentKind, WordKind};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// How many payments that are not on the document yet one that goes is told of: a document may have thousands. Where a person
/// entered one of those beyond, it holds, and the person is asked.
const MOST_APART: usize = 50;

impl<'q> Till<'q> {
    /// Money that is in the ledger, or goes there.
    pub(super) fn came(&mut self, p: &'q Payment, amount: Decimal) {
        self.owed.got += amount;
        *self.by_payment.entry(p.id.as_str()).or_default() += amount;
    }

    /// Money that goes back, or went.
    pub(super) fn went(&mut self, refund: &'q Payment, amount: Decimal) {
        self.owed.back += amount;
        *self.by_payment.entry(refund.refunds.as_str()).or_default() -= amount;
    }

    /// How much a refund may give back of what is in the ledger: of its own payment, where the source names one that it has.
    pub(super) fn room(&self, refund: &Payment) -> Decimal {
        let all = self.owed.got - self.owed.back;
        let named = |p: &&&Payment| p.id == refund.refunds && p.kind == PaymentKind::Payment;
        match self.list.iter().find(named) {
            Some(p) => {
                let of_it = self.by_payment.get(p.id.as_str()).copied();
                all.min(of_it.unwrap_or_default())
            }
            None => all,
        }
    }
}

impl<'q> Deciding<'q, '_> {
    /// What each payment that goes is held against before it leaves: what was put to the document before it, and it itself.
    pub(super) fn received(&mut self, till: &Till<'q>) {
        let mut sum: Decimal = till.list.iter().map(|p| self.put_before(p)).sum();
        let gone = self.q.view.begun.keys();
        let gone = gone.filter(|id| !till.list.iter().any(|p| p.id == **id));
        let there = gone.filter_map(|id| self.stands(id)).filter_map(|s| {
            let paid = s.begun.kind == PaymentKind::Payment;
            s.there(Kind::Payment).filter(|_| paid)
        });
        sum += there.map(|e| e.amount).sum::<Decimal>();
        let apart = (till.list.iter().enumerate())
            .filter(|(_, p)| p.settled && p.kind == PaymentKind::Payment && !self.is_known(p));
        let mut apart: BTreeMap<usize, Decimal> = apart.map(|(n, p)| (n, p.amount)).collect();
        for p in &mut self.out.payments {
            if let Some(draft) = &p.draft {
                sum += draft.amount;
                if let Some(n) = till.list.iter().position(|other| other.id == p.id) {
                    apart.remove(&n);
                }
                p.received = sum;
                p.apart = apart.values().take(MOST_APART).copied().collect();
            }
        }
    }

    /// Whether it is known where a payment stands in the ledger.
    fn is_known(&self, p: &Payment) -> bool {
        let words = &self.q.view.words;
        let settled = words.of_payment(&p.id, WordKind::Settled).is_some();
        settled || !self.put_before(p).is_zero()
    }

    /// What the document has of a payment in the ledger. Of one that was settled by hand its entry; where nobody sees one it is
    /// elsewhere.
    fn put_before(&self, p: &Payment) -> Decimal {
        let words = &self.q.view.words;
        if p.kind == PaymentKind::Refund {
            return Decimal::ZERO;
        }
        if let Some(word) = words.of_payment(&p.id, WordKind::Settled) {
            let counts = word.entry.as_ref().and_then(|_| words.settles(&p.id));
            return counts.unwrap_or_default();
        }
        let link = self.q.view.payment_links.get(&p.id);
        let there = link.filter(|l| !self.is_deleted(l.thing.kind, &p.id, &l.other.id.0));
        there.map_or(Decimal::ZERO, |l| self.paid_there(&p.id, l))
    }
}
