//! What was begun of payments and refunds that the source no longer names: what each takes off what is owed, and why it holds.

use super::super::unapplied::removed_apart;
use super::begun;
use super::deciding::Deciding;
use super::decision::PaymentDecision;
use super::payments::Till;
use crate::model::codes;
use crate::model::{
    Kind, PartWhy, PaymentEntry, PaymentKind, PersonsWord, Reason, Verdict, WordKind, money,
};

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
            // What is off its document and stands in the ledger all the same is not done with.
            let words = &self.q.view.words;
            let settled = words.of_payment(id, WordKind::Settled).is_some();
            let there = self.q.view.taken_off.get(id).filter(|_| !settled);
            let off = |e: &&&PaymentEntry| there.is_some_and(|there| there.id == e.target_id);
            if let (Some(there), Some(e)) = (there, stands.out.iter().find(off)) {
                let mut one = PaymentDecision::of(id, e.date, e.amount);
                one.verdict = Verdict::Hold(removed_apart(id, e.amount, there));
                held.push(one);
                continue;
            }
            // What neither book has any more is done with.
            for e in &stands.out {
                self.forget(e.kind, id);
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
                false => begun::removed(id, &stands, amount),
            };
            one.verdict = Verdict::Hold(why);
            held.push(one);
        }
        held.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
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
