//! The payments of a document that the ledger has: what each takes off what is owed, and whether it is still the same one.

use super::balance;
use super::deciding::{Deciding, Halt, hold};
use super::decision::PaymentDecision;
use super::payments::Till;
use crate::model::codes;
use crate::model::{
    InvoiceDraft, Link, PartWhy, Payment, PaymentKind, Reason, SourceId, Verdict, WordKind, money,
};
use rust_decimal::Decimal;

impl<'q> Deciding<'q, '_> {
    /// Payments that are posted, and those that a person has settled by hand.
    pub(super) fn booked(&mut self, draft: &InvoiceDraft, till: &mut Till<'q>) -> Result<(), Halt> {
        let list = till.list.clone();
        let links: Vec<Option<&Link>> = list.iter().map(|p| self.still_posted(p)).collect();
        let words = &self.q.view.words;
        let by_hand = |p: &Payment| words.of_payment(&p.id, WordKind::Settled);
        let paid = list.iter().zip(&links);
        let paid = paid.filter(|(p, _)| p.kind == PaymentKind::Payment);
        let sum: Decimal = paid
            .filter_map(|(p, l)| words.settles(&p.id).or(l.map(|l| l.amount)))
            .sum();
        // Charges are paid last: only where all else is paid can a part of a payment have been left out for one.
        let all_paid = sum == till.owed.due;
        for (p, link) in list.iter().zip(&links) {
            let settled = by_hand(p).is_some();
            if settled {
                self.settled_by_hand(p, till);
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

    fn all_of_it_over(&self, p: &Payment) -> bool {
        let over = self.q.view.overpaid.get(&p.id);
        over.is_some_and(|s| s.linked && s.amount == p.amount)
    }

    fn posted_before(
        &mut self,
        p: &Payment,
        link: &Link,
        draft: &InvoiceDraft,
        (all_paid, till): (bool, &mut Till<'q>),
    ) -> Result<(), Halt> {
        let (mut told, mut as_now, mut stands) = (None, link.amount, link.amount);
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
        let verdict = changed_since(p, as_now, stands);
        till.waits = till.waits.take().or(verdict.reason().cloned());
        let same = verdict.is_keep();
        self.note(p, verdict, None, same);
        self.told(told);
        Ok(())
    }

    /// Posted payments that the source no longer names. Each holds the document; while one does, or one has
    /// changed, no new payment goes: it may be the same money under another date or id.
    pub(super) fn gone(&mut self, till: &mut Till<'q>) -> Option<Reason> {
        let mut reason = None;
        for p in &self.q.view.gone {
            if self.q.view.taken_out.contains(&p.target_id) {
                self.out.forget.push(SourceId(p.id.clone()));
                continue;
            }
            if p.paid {
                till.owed.due -= p.amount;
                till.balance.add(&p.id, -p.amount, PartWhy::Held);
            }
            let why = Reason::new(
                codes::PAYMENT_REMOVED,
                format!(
                    "payment {} of {} was posted, and the source no longer has it",
                    p.id,
                    money::show(p.amount)
                ),
                "delete it in the ledger by hand, or put it back in the source; then `crossfoot retry TENANT NUMBER`",
            );
            self.out.payments.push(PaymentDecision {
                id: p.id.clone(),
                date: p.date,
                amount: p.amount,
                verdict: Verdict::Hold(why.clone()),
                draft: None,
                linked: false,
                by_hand: false,
                told: None,
            });
            reason = reason.or(Some(why));
        }
        reason
    }

    /// The link of a payment, unless the ledger no longer has it and a person, who took it out to put it
    /// right, has said so.
    fn still_posted(&mut self, p: &Payment) -> Option<&'q Link> {
        let link = self.q.view.payment_links.get(&p.id)?;
        if !self.q.view.taken_out.contains(&link.other.id.0) {
            return Some(link);
        }
        self.out.forget.push(SourceId(p.id.clone()));
        None
    }
}

impl Deciding<'_, '_> {
    /// A payment of ours that stands on another paper of the ledger than the one its document is linked with: sent once more
    /// it would be there twice.
    pub(super) fn put_elsewhere(&mut self, p: &Payment) -> Option<Verdict> {
        let put = self.q.view.elsewhere.get(&p.id)?;
        if put.taken_out {
            self.out.forget.push(SourceId(p.id.clone()));
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

/// A payment that was posted and is another one now: the ledger's copy must be put right by a person.
fn changed_since(p: &Payment, as_now: Decimal, posted: Decimal) -> Verdict {
    if p.settled && p.amount == as_now {
        return Verdict::Keep;
    }
    let now = if p.settled {
        format!("is {} now", money::show(p.amount))
    } else {
        "does not count as received any more".to_owned()
    };
    Verdict::Hold(Reason::new(
        codes::PAYMENT_CHANGED,
        format!(
            "payment {} was posted as {}, and in the source it {now}",
            p.id,
            money::show(posted)
        ),
        "delete it in the ledger by hand, so that it is sent as it is now, or set it right in the source; then `crossfoot retry TENANT NUMBER`",
    ))
}
