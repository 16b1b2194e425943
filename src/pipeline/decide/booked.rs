//! The payments of a document that the ledger has: what each takes off what is owed, and whether it is still the same one.

use super::balance;
use super::begun;
use super::brought;
use super::deciding::{Deciding, Halt, hold};
use super::drifted;
use super::payments::Till;
use crate::model::codes;
use crate::model::{
    EntryState, InvoiceDraft, Kind, Link, PartWhy, Payment, PaymentEntry, PaymentKind,
    PutElsewhere, Reason, Verdict, WordKind, money,
};
use rust_decimal::Decimal;

impl<'q> Deciding<'q, '_> {
    /// Payments that are posted, and those that a person has settled by hand.
    pub(super) fn booked(&mut self, draft: &InvoiceDraft, till: &mut Till<'q>) -> Result<(), Halt> {
        let view = self.q.view;
        let none = view.begun.is_empty() && view.payment_links.is_empty();
        if none && view.words.payments.is_empty() {
            return Ok(());
        }
        let list = till.list.clone();
        for p in &list {
            let begun = self.q.view.begun.get(&p.id);
            let over = begun.and_then(|b| b.of(Kind::Overpayment));
            let out = over.is_some_and(PaymentEntry::is_posted) && self.over(&p.id).is_none();
            if out && self.whole_credit_out(p).is_none() {
                self.forget(Kind::Overpayment, &p.id);
            }
        }
        // A pair of which people took out what was posted: neither is anything any more.
        let (of_pair, list): (Vec<&Payment>, Vec<&Payment>) =
            (list.into_iter()).partition(|p| till.pairs.contains_key(&p.id));
        self.given_up(of_pair);
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
            None => l.map(|l| self.paid_there(&l.thing.id.0, l)),
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
            } else if let Some(why) = self.changed_in_doubt(p) {
                self.taken_out(p, why, till);
            } else if let Some(why) = gone {
                // Of what is to be taken out for a document that was made anew, a part is out: the rest is told.
                let rest = self.entry_of_resent(p);
                self.taken_out(p, rest.unwrap_or(why), till);
            } else if let Some(link) = link {
                self.posted_before(p, link, draft, (all_paid, &mut *till))?;
            } else if let Some(e) = self.whole_credit_out(p) {
                let why = drifted::deleted_there(&p.id, e.amount).of_payment(&p.id);
                self.taken_out(p, why, till);
            } else if let Some(why) = self.whole_credit_resummed(p) {
                self.taken_out(p, why, till);
            } else if self.all_of_it_over(p) {
                // All of it stands with the contact already.
                till.posted_over(p, p.amount);
                till.came(p, p.amount);
                let resent = self.entry_of_resent(p);
                let same = resent.is_none();
                self.note(p, resent.map_or(Verdict::Keep, Verdict::Hold), None, same);
            } else {
                continue;
            }
            till.booked.insert(p.id.as_str());
        }
        Ok(())
    }

    /// A payment that somebody deleted in the ledger, or of which it is not known what is there: it is owed still, and what came
    /// later waits for it.
    pub(super) fn taken_out(&mut self, p: &Payment, why: Reason, till: &mut Till<'q>) {
        let settled = p.counts();
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
        let begun = self.q.view.begun.get(&p.id);
        let over = begun.and_then(|b| b.of(Kind::Overpayment));
        let over = over.filter(|e| e.is_posted() || e.is_doubtful());
        let charge = match p.kind {
            PaymentKind::Payment => self.q.mapping.charges_left_out(self.q.invoice),
            PaymentKind::Refund => Decimal::ZERO,
        };
        // What of it is neither on the document nor a credit can only have paid a charge that is left out.
        let more = p.amount - link.amount - over.map_or(Decimal::ZERO, |s| s.amount);
        p.settled && more >= Decimal::ZERO && more <= charge
    }

    /// Whether all of a payment was beyond what was owed, and stands as a credit.
    pub(super) fn all_of_it_over(&self, p: &Payment) -> bool {
        let begun = self.q.view.begun.get(&p.id);
        let paid = begun.and_then(|b| b.of(Kind::Payment));
        let was_split =
            |e: &PaymentEntry| matches!(e.state, EntryState::Posted | EntryState::Unlinked);
        let whole = |e: &PaymentEntry| e.is_posted() && p.settled && e.amount == p.amount;
        !paid.is_some_and(was_split) && self.over(&p.id).is_some_and(whole)
    }

    /// The credit that all of a payment became, where people deleted it and the source says of the payment what it said: it is
    /// made anew by the word for that alone.
    fn whole_credit_out(&self, p: &Payment) -> Option<&'q PaymentEntry> {
        let view = self.q.view;
        let credit = view.begun.get(&p.id)?.of(Kind::Overpayment)?;
        let whole = p.settled && credit.amount == p.amount && self.is_over(&p.id, credit);
        let said = view.words.sends(p);
        let again = said.is_some_and(|w| w.shown.contains(&credit.target_id));
        (whole && !again && !view.payment_links.contains_key(&p.id)).then_some(credit)
    }

    /// What of a payment was sent as a credit, unless people have taken that out of the ledger.
    pub(super) fn over(&self, id: &str) -> Option<&'q PaymentEntry> {
        let view = self.q.view;
        let sent = view.begun.get(id)?.of(Kind::Overpayment)?;
        (!self.is_over(id, sent) && (sent.is_posted() || sent.is_doubtful())).then_some(sent)
    }

    fn posted_before(
        &mut self,
        p: &'q Payment,
        link: &Link,
        draft: &InvoiceDraft,
        (all_paid, till): (bool, &mut Till<'q>),
    ) -> Result<(), Halt> {
        let paid = self.paid_there(&p.id, link);
        let (mut told, mut as_now, mut stands) = (None, paid, paid);
        let mut half = None;
        let settled = p.counts();
        if p.kind == PaymentKind::Refund {
            till.went(p, paid);
            let why = match balance::sale_stands(&till.list, p) {
                true => PartWhy::SaleStands,
                false => PartWhy::Credited,
            };
            till.balance.add(&p.id, -settled, why);
        } else {
            let rest = self.rest(p, link, draft).map_err(hold)?;
            let over = rest.as_ref().map_or(Decimal::ZERO, |over| *over);
            half = rest.err();
            till.posted_over(p, over);
            till.owed.due -= paid;
            till.came(p, paid + over);
            as_now += over;
            stands = as_now;
            let part = settled - as_now;
            if all_paid && half.is_none() && part > Decimal::ZERO && part <= till.owed.charge {
                till.owed.charge -= part;
                till.balance.add(&p.id, part, PartWhy::Charge);
                told = Some(balance::charge(p, part));
                as_now = p.amount;
            } else {
                let right = self.is_resummed(&p.id) && self.another_sum(p).is_none();
                let why = if right {
                    PartWhy::Settled
                } else {
                    PartWhy::Held
                };
                till.balance.add(&p.id, part, why);
                as_now = if right { settled } else { as_now };
            }
        }
        let verdict = match half {
            Some(half) => Verdict::Hold(half),
            None => self.is_still(p, link, (as_now, stands)),
        };
        till.waits = till.waits.take().or(verdict.reason().cloned());
        let credited = p.kind == PaymentKind::Refund && verdict.is_keep();
        let verdict = match credited && balance::sale_stands(&till.list, p) {
            true => {
                till.first.get_or_insert_with(|| p.id.clone());
                Verdict::Hold(self.sale_stands(p, till))
            }
            false => verdict,
        };
        let resent = self.entry_of_resent(p).filter(|_| verdict.is_keep());
        let verdict = resent.map_or(verdict, Verdict::Hold);
        let same = verdict.is_keep();
        let day = self.another_day(p).filter(|_| same);
        self.out.warnings.extend(day.clone());
        self.note(p, verdict, None, same);
        self.told(told.or(day));
        Ok(())
    }

    /// What is told of a posted payment that the source gives another day by now: its money is where it is, in the period of the
    /// day that was sent.
    fn another_day(&self, p: &Payment) -> Option<Reason> {
        let stands = self.stands(&p.id)?;
        let was = stands.there.iter().find_map(|e| e.said_on)?;
        let told = match stands.begun.brought {
            true => brought::of_another_day(p, was),
            false => begun::of_another_day(p, was),
        };
        (was != p.date).then_some(told)
    }

    /// Whether a posted payment is still the one that was posted.
    fn is_still(&self, p: &Payment, link: &Link, (as_now, posted): (Decimal, Decimal)) -> Verdict {
        if p.settled && p.amount == as_now {
            return Verdict::Keep;
        }
        if let Some(why) = self.another_sum(p) {
            return Verdict::Hold(why);
        }
        let mut there = self.stands(&p.id).map(|s| s.there).unwrap_or_default();
        // What people linked, or what was posted for another document, is told by its link.
        let linked = PaymentEntry {
            kind: link.thing.kind,
            state: EntryState::Posted,
            amount: link.amount,
            date: p.date,
            number: link.number.clone(),
            target_id: link.other.id.0.clone(),
            said: None,
            said_on: None,
            numbered: String::new(),
            asked: None,
        };
        if there.is_empty() {
            there.push(&linked);
        }
        Verdict::Hold(begun::changed_since(p, &there, posted))
    }

    /// What of a posted payment is beyond what is owed: what was sent of that, or what was decided on with it and is yet to go.
    /// What neither is there nor goes leaves the payment half.
    fn rest(
        &mut self,
        p: &Payment,
        link: &Link,
        draft: &InvoiceDraft,
    ) -> Result<Result<Decimal, Reason>, Reason> {
        let over = self.still_over(p, draft)?;
        let over = self
            .over(&p.id)
            .map_or(over, |e| self.credit_there(&p.id, e));
        let begun = self.stands(&p.id);
        let (Some(stands), true) = (begun, over.is_zero()) else {
            return Ok(Ok(over));
        };
        let own = stands.begun.of(Kind::Overpayment);
        let of_it = |e: &&PaymentEntry| p.settled && link.amount + e.amount == p.amount;
        let Some(own) = own.filter(of_it) else {
            return Ok(Ok(over));
        };
        let why = match own.state {
            EntryState::Planned if self.splits(p) => match self.finish(p, draft, own.amount) {
                Ok(()) => return Ok(Ok(own.amount)),
                Err(why) => why.what,
            },
            EntryState::Planned => "the file does not send what is too much any more".to_owned(),
            _ => "that was deleted there".to_owned(),
        };
        Ok(Err(begun::half_without_rest(p, &stands, &why)))
    }

    /// The link of a payment, unless the ledger no longer has it and a person, who took it out to put it
    /// right, has said so.
    fn still_posted(&mut self, p: &Payment) -> Option<&'q Link> {
        let link = self.q.view.payment_links.get(&p.id)?;
        let said = self.q.view.words.sends(p);
        let again = said.is_some_and(|w| w.shown.contains(&link.other.id.0));
        // One that the source made otherwise goes as it is by now: that was the cure it was told with.
        let view = self.q.view;
        let there = view.entered_anew.contains(&link.other.id.0);
        let goes = again || there || !self.is_as_posted(p, link);
        // What is only taken off its document is in the ledger still.
        let off = view.taken_off.contains_key(&p.id);
        if off || !goes || !view.taken_out.contains(&link.other.id.0) {
            return Some(link);
        }
        self.forget(link.thing.kind, &p.id);
        // A note that was voided went with what paid it out.
        let note = self.q.view.begun.get(&p.id);
        let note = note.and_then(|b| b.of(Kind::CreditNote));
        let out = |e: &PaymentEntry| e.is_posted() && view.taken_out.contains(&e.target_id);
        if link.thing.kind == Kind::Payment && note.is_some_and(out) {
            self.forget(Kind::CreditNote, &p.id);
        }
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
        if !put.document.is_empty() {
            // A person who was told of the other says that this is money of its own.
            let sent = self.q.view.words.sends(p).is_some();
            return (!sent).then(|| Verdict::Hold(sent_for_another(p, put)));
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

/// A payment that the source calls by an id under which one went to the ledger for another of its documents.
fn sent_for_another(p: &Payment, put: &PutElsewhere) -> Reason {
    let (whose, amount) = (&put.document, money::show(put.amount));
    let (what, first) = match put.under_way {
        true => (
            format!(
                "was sent for document {whose}, where the source had it, and the answer is not known yet"
            ),
            "`crossfoot sync TENANT` asks what became of it".to_owned(),
        ),
        false => (
            format!(
                "is in the ledger on {}, for document {whose}, where the source had it",
                put.on
            ),
            format!(
                "delete it on {} in the ledger, so that it is sent to this document",
                put.on
            ),
        ),
    };
    Reason::new(
        codes::PAYMENT_ELSEWHERE,
        format!("payment {} of {amount} {what}", p.id),
        format!(
            "{first}; then `crossfoot retry TENANT NUMBER`; where it is right as it stands there, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`; where it is other money under the same id, `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"`"
        ),
    )
}
