//! What was begun of payments and refunds that the source no longer names: what each takes off what is owed, and why it holds.

use super::super::unapplied::removed_apart;
use super::begun::{self, Stands};
use super::brought;
use super::deciding::Deciding;
use super::decision::PaymentDecision;
use super::payments::Till;
use crate::model::codes;
use crate::model::{
    Kind, Link, PartWhy, Payment, PaymentEntry, PaymentKind, PersonsWord, Reason, Verdict,
    WordKind, money,
};
use rust_decimal::Decimal;

impl<'q> Deciding<'q, '_> {
    /// What was begun of payments that the source no longer names. Each holds the document; while one does, or one has changed,
    /// no new payment goes: it may be the same money under another date or id.
    pub(super) fn gone(&mut self, till: &mut Till<'q>) -> Option<Reason> {
        let named = |id: &str| self.q.invoice.payments.iter().any(|p| p.id == id);
        let begun = self.q.view.begun.keys().filter(|id| !named(id));
        let gone: Vec<&'q String> = begun.collect();
        let mut held = Vec::new();
        for id in gone {
            let Some(stands) = self.stands(id) else {
                continue;
            };
            let words = &self.q.view.words;
            let settled = words.of_payment(id, WordKind::Settled).is_some();
            if let Some(one) = self.stands_apart(id, &stands).filter(|_| !settled) {
                held.push(one);
                continue;
            }
            // What neither book has any more is done with.
            for e in &stands.out {
                self.forget(e.kind, id);
            }
            // What stands for another payment of the source by now is that one's: it was entered there once more.
            if !stands.there.is_empty() && stands.there.iter().all(|e| self.is_anothers(id, e)) {
                for e in &stands.there {
                    self.forget(e.kind, id);
                }
                continue;
            }
            if settled || (stands.there.is_empty() && stands.doubt.is_empty()) {
                continue;
            }
            let paid = stands.there(Kind::Payment).map(|e| e.amount);
            if let (Some(amount), PaymentKind::Payment) = (paid, stands.begun.kind) {
                till.owed.due -= amount;
                till.balance.add(id, -amount, PartWhy::Held);
            }
            let both = || stands.there.iter().chain(&stands.doubt);
            let amount = match stands.begun.kind {
                PaymentKind::Payment => both().map(|e| e.amount).sum(),
                // Its note and what pays it out are the same money.
                PaymentKind::Refund => both().map(|e| e.amount).max().unwrap_or_default(),
            };
            let date = both().map(|e| e.date).min().unwrap_or(self.q.invoice.date);
            let mut one = PaymentDecision::of(id, date, amount);
            let why = match self.q.view.strays.contains(id) {
                true => self.stray(stands.begun.kind, &stands.there),
                false if stands.begun.brought => brought::removed(id, amount),
                false => begun::removed(id, &stands, amount),
            };
            one.verdict = Verdict::Hold(why);
            held.push(one);
        }
        held.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
        let gone = held.iter().filter(|p| self.was_paid(&p.id));
        till.gone = gone.map(|p| (p.id.clone(), p.amount)).collect();
        let mut reason = held.first().and_then(|p| p.verdict.reason().cloned());
        self.out.payments.extend(held);
        let settled = self.q.view.words.settled();
        let named = |id: &str| self.q.invoice.payments.iter().any(|p| p.id == id);
        let lost: Vec<&PersonsWord> = settled
            .filter(|(id, _)| !named(id))
            .map(|(_, w)| w)
            .collect();
        for word in lost {
            reason = reason.or(Some(self.settled_and_gone(word, till)));
        }
        reason
    }

    /// Whether what was begun is money that came in.
    fn was_paid(&self, id: &str) -> bool {
        let begun = self.q.view.begun.get(id);
        begun.is_some_and(|b| b.kind == PaymentKind::Payment)
    }

    /// What is off its document and stands in the ledger all the same is not done with.
    fn stands_apart(&self, id: &str, stands: &Stands<'_>) -> Option<PaymentDecision> {
        let there = self.q.view.taken_off.get(id)?;
        let e = stands.out.iter().find(|e| there.id == e.target_id)?;
        let mut one = PaymentDecision::of(id, e.date, e.amount);
        one.verdict = Verdict::Hold(removed_apart(id, e.amount, there));
        Some(one)
    }

    /// Whether an entry that was posted of a payment stands for another one that the source names.
    fn is_anothers(&self, id: &str, e: &PaymentEntry) -> bool {
        let links = &self.q.view.payment_links;
        let there = |l: &Link| l.other.kind == e.kind && l.other.id.0 == e.target_id;
        links.iter().any(|(of, l)| of != id && there(l))
    }

    /// Why a new payment waits that may be one which the source no longer has, entered there once more.
    pub(super) fn entered_anew(&self, p: &Payment, till: &Till<'_>) -> Option<Reason> {
        let same = |(_, amount): &&(String, Decimal)| *amount == p.amount;
        let (was, _) = till
            .gone
            .iter()
            .find(same)
            .filter(|_| p.kind == PaymentKind::Payment)?;
        let sum = money::show(p.amount);
        Some(
            Reason::new(
                codes::PAYMENT_OTHER,
                format!(
                    "payment {} of {sum} may be payment {was}, which the source no longer has and the ledger does",
                    p.id
                ),
                format!(
                    "if it is the same money, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; if it is another, delete the entry of {was} in the ledger by hand, then `crossfoot retry TENANT NUMBER`"
                ),
            )
            .of_payment(&p.id),
        )
    }

    /// A payment or refund that a person settled by hand, and that the source no longer names.
    fn settled_and_gone(&mut self, word: &PersonsWord, till: &mut Till<'q>) -> Reason {
        let id = &word.of.id.0;
        let begun = self.q.view.begun.get(id).map(|b| b.kind);
        let pays = word.pays.or(begun).unwrap_or(PaymentKind::Payment);
        // What was entered for several in one counts once for them all.
        let taken = self.q.view.words.settles(id).unwrap_or(word.amount);
        let called = match pays {
            PaymentKind::Payment => {
                till.owed.due -= taken;
                till.balance.add(id, -taken, PartWhy::Held);
                "payment"
            }
            // What went back was never taken off what the document owes.
            PaymentKind::Refund => {
                till.owed.back += taken;
                "refund"
            }
        };
        let with = word.entry.as_ref().filter(|e| !e.number.is_empty());
        let with = with.map_or_else(String::new, |e| format!(" with {}", e.number));
        let why = Reason::new(
            codes::PAYMENT_REMOVED,
            format!(
                "{called} {id} of {} was settled by hand{with}, and the source no longer has it",
                money::show(word.amount)
            ),
            "put it back in the source; or see to its entry in the ledger, then `crossfoot unsettle TENANT NUMBER --payment PAYMENT --why \"...\"`",
        )
        .of_payment(id);
        let day = word.entry.as_ref().and_then(|e| e.date);
        let date = day.unwrap_or(self.q.invoice.date);
        let mut held = PaymentDecision::of(id, date, word.amount);
        held.verdict = Verdict::Hold(why.clone());
        self.out.payments.push(held);
        why
    }
}
