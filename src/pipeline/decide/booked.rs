//! The payments of a document that the ledger has: what each takes off what is owed, and whether it is still the same one.

use super::balance;
use super::deciding::{Deciding, Halt, hold};
use super::decision::PaymentDecision;
use super::payments::Till;
use crate::model::codes;
use crate::model::{
    GonePayment, InvoiceDraft, Kind, Link, PartWhy, Payment, PaymentKind, PersonsWord, Reason,
    SentCredit, SourceId, Verdict, WordKind, money,
};
use rust_decimal::Decimal;

impl<'q> Deciding<'q, '_> {
    /// Payments that are posted, and those that a person has settled by hand.
    pub(super) fn booked(&mut self, draft: &InvoiceDraft, till: &mut Till<'q>) -> Result<(), Halt> {
        let list = till.list.clone();
        for p in &list {
            if self.q.view.overpaid.contains_key(&p.id) && self.over(&p.id).is_none() {
                (self.out.forget).push((Kind::Overpayment, SourceId(p.id.clone())));
            }
        }
        let links: Vec<Option<&Link>> = list.iter().map(|p| self.still_posted(p)).collect();
        let deleted: Vec<Option<Reason>> = (list.iter().zip(&links))
            .map(|(p, link)| link.and_then(|link| self.deleted(p, link)))
            .collect();
        let words = &self.q.view.words;
        let by_hand = |p: &Payment| words.of_payment(&p.id, WordKind::Settled);
        let paid = list.iter().zip(links.iter().zip(&deleted));
        let paid = paid.filter(|(p, _)| p.kind == PaymentKind::Payment);
        let there = |(l, gone): (&Option<&Link>, &Option<Reason>)| match gone {
            Some(_) => None,
            None => l.map(|l| l.amount),
        };
        let sum: Decimal = paid
            .filter_map(|(p, l)| words.settles(&p.id).or(there(l)))
            .sum();
        // Charges are paid last: only where all else is paid can a part of a payment have been left out for one.
        let all_paid = sum == till.owed.due;
        for ((p, link), gone) in list.iter().zip(&links).zip(deleted) {
            let settled = by_hand(p).is_some();
            if settled {
                self.settled_by_hand(p, till);
            } else if let Some(why) = gone {
                self.taken_out(p, why, till);
            } else if let Some(link) = link {
                self.posted_before(p, link, draft, (all_paid, &mut *till))?;
            } else if self.all_of_it_over(p) {
                // All of it stands with the contact already.
                till.balance.add(&p.id, p.amount, PartWhy::Overpaid);
                self.note(p, Verdict::Keep, None, true);
            } else {
                continue;
            }
            till.booked.insert(p.id.as_str());
        }
        Ok(())
    }

    /// A payment that somebody deleted in the ledger: there it is owed still, and what came later waits for it.
    pub(super) fn taken_out(&mut self, p: &Payment, why: Reason, till: &mut Till<'q>) {
        let settled = if p.settled { p.amount } else { Decimal::ZERO };
        match p.kind {
            PaymentKind::Payment => till.balance.add(&p.id, settled, PartWhy::Held),
            PaymentKind::Refund => {
                till.owed.back += p.amount;
                till.balance.add(&p.id, -settled, PartWhy::Held);
            }
        }
        till.first.get_or_insert_with(|| p.id.clone());
        self.note(p, Verdict::Hold(why), None, false);
    }

    /// Whether the source says of a payment what was posted of it.
    pub(super) fn is_as_posted(&self, p: &Payment, link: &Link) -> bool {
        let over = self.q.view.overpaid.get(&p.id);
        let charge = match p.kind {
            PaymentKind::Payment => self.q.mapping.charges_left_out(self.q.invoice),
            PaymentKind::Refund => Decimal::ZERO,
        };
        let beside = over.map_or(Decimal::ZERO, |s| s.amount) + charge;
        let more = p.amount - link.amount;
        p.settled && more >= Decimal::ZERO && more <= beside
    }

    fn all_of_it_over(&self, p: &Payment) -> bool {
        self.over(&p.id)
            .is_some_and(|s| s.linked && s.amount == p.amount)
    }

    /// What of a payment was sent as a credit, unless a person has taken that out of the ledger and said so.
    pub(super) fn over(&self, id: &str) -> Option<&'q SentCredit> {
        let view = self.q.view;
        let there = |s: &&SentCredit| !(s.linked && view.taken_out.contains(&s.target_id));
        view.overpaid.get(id).filter(there)
    }

    fn posted_before(
        &mut self,
        p: &Payment,
        link: &Link,
        draft: &InvoiceDraft,
        (all_paid, till): (bool, &mut Till<'q>),
    ) -> Result<(), Halt> {
        let (mut told, mut as_now, mut stands) = (None, link.amount, link.amount);
        let mut credit = Decimal::ZERO;
        let settled = if p.settled { p.amount } else { Decimal::ZERO };
        if p.kind == PaymentKind::Refund {
            till.owed.back += link.amount;
            let why = match balance::sale_stands(&till.list, p) {
                true => PartWhy::SaleStands,
                false => PartWhy::Credited,
            };
            till.balance.add(&p.id, -settled, why);
        } else {
            let over = self.still_over(p, draft).map_err(hold)?;
            till.balance.add(&p.id, over, PartWhy::Overpaid);
            till.owed.due -= link.amount;
            as_now += over;
            credit = over;
            stands = as_now;
            let part = settled - as_now;
            if all_paid && part > Decimal::ZERO && part <= till.owed.charge {
                till.owed.charge -= part;
                till.balance.add(&p.id, part, PartWhy::Charge);
                told = Some(balance::charge(p, part));
                as_now = p.amount;
            } else {
                till.balance.add(&p.id, part, PartWhy::Held);
            }
        }
        let verdict = changed_since(p, as_now, stands, credit);
        till.waits = till.waits.take().or(verdict.reason().cloned());
        let same = verdict.is_keep();
        self.note(p, verdict, None, same);
        self.told(told);
        Ok(())
    }

    /// Posted payments that the source no longer names. Each holds the document; while one does, or one has
    /// changed, no new payment goes: it may be the same money under another date or id.
    pub(super) fn gone(&mut self, till: &mut Till<'q>) -> Option<Reason> {
        // A payment and what of it was beyond what was owed are two entries of one payment.
        let mut all: Vec<(&GonePayment, Decimal)> = Vec::new();
        for p in &self.q.view.gone {
            // What neither book has any more is done with.
            if self.is_deleted(p.kind, &p.id, &p.target_id) {
                self.forget(p.kind, &p.id);
                continue;
            }
            let words = &self.q.view.words;
            if words.of_payment(&p.id, WordKind::Settled).is_some() {
                continue;
            }
            if p.paid {
                till.owed.due -= p.amount;
                till.balance.add(&p.id, -p.amount, PartWhy::Held);
            }
            match all.iter_mut().find(|(of, _)| of.id == p.id) {
                Some((_, sum)) => *sum += p.amount,
                None => all.push((p, p.amount)),
            }
        }
        let mut reason = None;
        for (p, amount) in all {
            let why = Reason::new(
                codes::PAYMENT_REMOVED,
                format!(
                    "payment {} of {} was posted, and the source no longer has it",
                    p.id,
                    money::show(amount)
                ),
                "delete it in the ledger by hand, or put it back in the source; then `crossfoot retry TENANT NUMBER`",
            );
            let mut held = PaymentDecision::of(&p.id, p.date, amount);
            held.verdict = Verdict::Hold(why.clone());
            self.out.payments.push(held);
            reason = reason.or(Some(why));
        }
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

    /// A payment that a person settled by hand, and that the source no longer names.
    fn settled_and_gone(&mut self, word: &PersonsWord, till: &mut Till<'q>) -> Reason {
        let id = &word.of.id.0;
        // What was entered for several in one counts once for them all.
        let taken = self.q.view.words.settles(id).unwrap_or(word.amount);
        till.owed.due -= taken;
        till.balance.add(id, -taken, PartWhy::Held);
        let why = Reason::new(
            codes::PAYMENT_REMOVED,
            format!(
                "payment {id} of {} was settled by hand, and the source no longer has it",
                money::show(word.amount)
            ),
            "put it back in the source; or see to its entry in the ledger, then `crossfoot unsettle TENANT NUMBER --payment PAYMENT --why \"...\"`",
        )
        .of_payment(id);
        self.out.payments.push(PaymentDecision {
            id: id.clone(),
            date: (word.entry.as_ref().and_then(|e| e.date)).unwrap_or(self.q.invoice.date),
            amount: word.amount,
            verdict: Verdict::Hold(why.clone()),
            draft: None,
            linked: false,
            by_hand: false,
            told: None,
        });
        why
    }

    /// The link of a payment, unless the ledger no longer has it and a person, who took it out to put it
    /// right, has said so.
    fn still_posted(&mut self, p: &Payment) -> Option<&'q Link> {
        let link = self.q.view.payment_links.get(&p.id)?;
        let said = self.q.view.words.of_payment(&p.id, WordKind::Send);
        let again = said.is_some_and(|w| w.shown.contains(&link.other.id.0));
        // One that the source made otherwise goes as it is by now: that was the cure it was told with.
        let view = self.q.view;
        let there = view.entered_anew.contains(&link.other.id.0);
        let goes = again || there || !self.is_as_posted(p, link);
        if !goes || !view.taken_out.contains(&link.other.id.0) {
            return Some(link);
        }
        self.forget(link.thing.kind, &p.id);
        None
    }
}

impl Deciding<'_, '_> {
    /// A payment of ours that stands on another paper of the ledger than the one its document is linked with: sent once more
    /// it would be there twice.
    pub(super) fn put_elsewhere(&mut self, p: &Payment) -> Option<Verdict> {
        let put = self.q.view.elsewhere.get(&p.id)?;
        if put.taken_out {
            self.forget(Kind::Payment, &p.id);
            return None;
        }
        Some(Verdict::Hold(Reason::new(
            codes::PAYMENT_ELSEWHERE,
            format!(
                "payment {} of {} is in the ledger on {}, to which the document is linked no more",
                p.id,
                money::show(put.amount),
                put.on
            ),
            format!(
                "take it off {} in the ledger, so that it is sent to the document's own; then `crossfoot retry TENANT NUMBER`",
                put.on
            ),
        )))
    }
}

/// A payment that was posted and is another one now: the ledger's copy must be put right by a person, with the credit that
/// was made of what was beyond what is owed.
fn changed_since(p: &Payment, as_now: Decimal, posted: Decimal, credit: Decimal) -> Verdict {
    if p.settled && p.amount == as_now {
        return Verdict::Keep;
    }
    let now = if p.settled {
        format!("is {} now", money::show(p.amount))
    } else {
        "does not count as received any more".to_owned()
    };
    let it = match credit.is_zero() {
        true => "it".to_owned(),
        false => format!("it and the credit of {}", money::show(credit)),
    };
    Verdict::Hold(Reason::new(
        codes::PAYMENT_CHANGED,
        format!(
            "payment {} was posted as {}, and in the source it {now}",
            p.id,
            money::show(posted)
        ),
        format!(
            "delete {it} in the ledger by hand, so that it is sent as it is now, or set it right in the source; then `crossfoot retry TENANT NUMBER`"
        ),
    ))
}
