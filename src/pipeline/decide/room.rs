//! Money that the source asks for and that the ledger's document does not take, and what ends that. It comes of a sale that
//! stands although money of it was given back, or of a total that was raised after too much had come in: the word about what is
//! too much says nothing of it.
//!
//! Flows in: a payment or refund, and what is in the ledger of the others. Flows out: why it is held. What is there and is not to
//! be is named entry by entry; nothing that a cure says can leave the same money there twice.

use super::balance;
use super::begun::takes_out;
use super::deciding::Deciding;
use super::decision::PaymentDecision;
use super::payments::Till;
use crate::model::codes;
use crate::model::{
    Balance, BalancePart, InvoiceDraft, PartWhy, Payment, PaymentEntry, PaymentKind, Reason,
    Verdict, WordKind, entries_told, money,
};
use rust_decimal::Decimal;

impl<'q> Till<'q> {
    /// What the document still takes in the ledger.
    fn open(&self) -> Decimal {
        self.owed.due.max(Decimal::ZERO)
    }

    /// How much of a payment came in beyond what is asked for.
    pub(super) fn beyond_of(&self, p: &Payment) -> Decimal {
        self.beyond.get(p.id.as_str()).copied().unwrap_or_default()
    }

    /// Money that is not on the document since it is more than that takes: what the source asks for of it explains nothing.
    pub(super) fn over(&mut self, p: &Payment, amount: Decimal) {
        let beyond = amount.min(self.beyond_of(p));
        self.balance.add(&p.id, beyond, PartWhy::Overpaid);
        self.balance.add(&p.id, amount - beyond, PartWhy::StillOwed);
    }

    /// Money that does not go, for a reason.
    pub(super) fn does_not_go(&mut self, p: &Payment, amount: Decimal, why: PartWhy) {
        match why {
            PartWhy::Overpaid => self.over(p, amount),
            why => self.balance.add(&p.id, amount, why),
        }
    }

    /// What stands as a credit of the contact: what is asked for of it is weighed once all that is posted is known.
    pub(super) fn posted_over(&mut self, p: &'q Payment, amount: Decimal) {
        let beyond = amount.min(self.beyond_of(p));
        self.balance.add(&p.id, beyond, PartWhy::Overpaid);
        if amount > beyond {
            self.asked_for.insert(p.id.as_str(), amount - beyond);
        }
    }
}

impl<'q> Deciding<'q, '_> {
    /// Whether a person has settled a payment or refund by hand.
    fn by_hand(&self, p: &Payment) -> bool {
        let words = &self.q.view.words;
        words.of_payment(&p.id, WordKind::Settled).is_some()
    }

    /// Whether nothing of a payment or refund is in the ledger, nor may be: it never was, or people took all of it out.
    pub(super) fn is_nowhere(&self, p: &Payment) -> bool {
        let view = self.q.view;
        let apart = view.elsewhere.contains_key(&p.id) || view.taken_off.contains_key(&p.id);
        if !p.settled || self.by_hand(p) || apart {
            return false;
        }
        let (link, stands) = (view.payment_links.get(&p.id), self.stands(&p.id));
        let out = link.is_some() || stands.as_ref().is_some_and(|s| !s.out.is_empty());
        if out && view.words.sends(p).is_some() {
            return false;
        }
        link.is_none_or(|l| self.is_deleted(l.thing.kind, &p.id, &l.other.id.0))
            && stands.is_none_or(|s| s.there.is_empty() && s.doubt.is_empty())
    }

    /// What was posted of a pair, and people took out of the ledger, stands for nothing any more.
    pub(super) fn given_up(&mut self, pair: Vec<&Payment>) {
        for p in pair {
            let link = self.q.view.payment_links.get(&p.id);
            let mut kinds: Vec<_> = link.map(|l| l.thing.kind).into_iter().collect();
            let out = self.stands(&p.id).map(|s| s.out).unwrap_or_default();
            kinds.extend(out.iter().map(|e| e.kind));
            kinds.sort_unstable();
            kinds.dedup();
            kinds.into_iter().for_each(|kind| self.forget(kind, &p.id));
        }
    }

    /// The entries in the ledger of a payment or refund.
    fn entries(&self, id: &str) -> Vec<&'q PaymentEntry> {
        self.stands(id).map(|s| s.there).unwrap_or_default()
    }

    /// Of a refund that is no credit of the sale, what is in the ledger of it and of the payment that it gave back whole: taken
    /// out, the two are a pair.
    fn half_a_pair(&self, refund: &Payment, till: &Till<'q>) -> Option<Vec<&'q PaymentEntry>> {
        let may = |p: &Payment| p.settled && !self.by_hand(p);
        let pairs = balance::given_back(&till.list, till.total, may);
        let mut there = self.entries(pairs.get(&refund.id)?);
        if there.is_empty() {
            return None;
        }
        there.extend(self.entries(&refund.id));
        Some(there)
    }

    /// A refund after which more came in, of which one side is in the ledger.
    pub(super) fn sale_stands(&self, p: &Payment, till: &Till<'q>) -> Reason {
        let own = self.entries(&p.id);
        let (id, sum) = (&p.id, money::show(p.amount));
        let what = match own.is_empty() {
            true => format!(
                "{id} of {sum} was paid back and the invoice was paid after that: a credit note would take off a sale that stands"
            ),
            false => format!(
                "{id} of {sum} was paid back, and the invoice was paid after that: {} takes off a sale that stands",
                entries_told(own.iter().copied())
            ),
        };
        let settle = "`crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`";
        let by_hand = match own.is_empty() {
            true => "enter the money that went back in the ledger by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`".to_owned(),
            false => format!("{}, then, with the money that went back entered there in another way, {settle}", takes_out(&own)),
        };
        let fix = match self.half_a_pair(p, till) {
            Some(there) => format!("{}; or {by_hand}", as_pair(&there)),
            None => by_hand,
        };
        Reason::new(codes::REFUND_SALE_STANDS, what, fix).of_payment(id)
    }

    /// How much came in beyond what is asked for with payments that are on the document all the same: it was another's room that
    /// they took, and as much of that other one is beyond instead.
    fn spare(&self, till: &Till<'q>) -> Decimal {
        let left_out = |id: &str| -> Decimal {
            let parts = till.balance.parts.iter();
            let own = parts.filter(|x| x.why == PartWhy::Overpaid && x.id == id);
            own.map(|x| x.amount).sum()
        };
        let on = self.out.payments.iter().filter(|o| o.verdict.is_keep());
        let beyond = on.filter_map(|o| Some((till.beyond.get(o.id.as_str())?, left_out(&o.id))));
        beyond.map(|(n, out)| (*n - out).max(Decimal::ZERO)).sum()
    }

    /// Says of money that is left out that it is beyond what is asked for, as far as another of the kind took its room.
    pub(super) fn exchanged(&self, till: &mut Till<'q>) {
        let mut spare = self.spare(till);
        let mut beyond = Vec::new();
        let owed = |x: &&mut BalancePart| x.why == PartWhy::StillOwed;
        for part in till.balance.parts.iter_mut().filter(owed) {
            let n = part.amount.min(spare).max(Decimal::ZERO);
            (part.amount, spare) = (part.amount - n, spare - n);
            beyond.push((part.id.clone(), n));
        }
        till.balance.parts.retain(|x| !x.amount.is_zero());
        for (id, n) in beyond {
            till.balance.add(&id, n, PartWhy::Overpaid);
        }
    }

    /// Why a payment does not go of which the source asks for more than the document takes in the ledger.
    pub(super) fn no_room(&self, p: &Payment, till: &Till<'q>) -> Option<Reason> {
        if p.kind == PaymentKind::Refund || !p.settled {
            return None;
        }
        let mut asked = p.amount - till.owed.beyond;
        let room = till.open() + till.owed.charge;
        if asked > room {
            asked -= self.spare(till);
        }
        if asked <= room {
            return None;
        }
        let before = till.list.iter().take_while(|o| o.id != p.id);
        let back = before.filter(|o| o.kind == PaymentKind::Refund);
        let pair = back.filter_map(|o| self.half_a_pair(o, till)).last();
        let settle = "enter all of it in the ledger by hand, beside the document, then `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`";
        let fix = match pair {
            Some(there) => format!("{}; or {settle}", as_pair(&there)),
            None => format!(
                "see in the ledger what pays the document, and correct what is not as the source has it; or {settle}"
            ),
        };
        let show = money::show;
        let reason = Reason::new(
            codes::PAYMENT_NO_ROOM,
            format!(
                "the source asks for {} of payment {} of {}, and in the ledger the document takes {} more",
                show(asked),
                p.id,
                show(p.amount),
                show(room)
            ),
            fix,
        );
        Some(reason.of_payment(&p.id))
    }

    /// What stands as a credit of the contact and is asked for on the document by now. What people have allocated to it there has
    /// paid it; of the rest each payment is told.
    pub(super) fn credits_asked_for(&mut self, document: &InvoiceDraft, till: &mut Till<'q>) {
        let mut allocated = self.q.view.credited;
        for p in till.list.clone() {
            let Some(mut asked) = till.asked_for.get(p.id.as_str()).copied() else {
                continue;
            };
            let noted = self.out.payments.iter_mut().find(|o| o.id == p.id);
            // One that is held by itself is put right as a whole.
            let Some(noted) = noted.filter(|o| o.verdict.is_keep()) else {
                till.balance.add(&p.id, asked, PartWhy::Held);
                continue;
            };
            let paid = asked.min(allocated).min(till.open());
            allocated -= paid;
            till.owed.due -= paid;
            till.allocated += paid;
            asked -= paid;
            let owed = asked.min(till.open());
            till.balance.add(&p.id, owed, PartWhy::Held);
            till.balance.add(&p.id, asked - owed, PartWhy::StillOwed);
            if owed > Decimal::ZERO {
                noted.verdict = Verdict::Hold(credit_owed(p, owed, &document.number));
                noted.linked = false;
                till.first.get_or_insert_with(|| p.id.clone());
            }
        }
    }

    /// What a person does something about where the two balances are not explained: what is told of a payment that explains
    /// nothing, else of one that is held.
    pub(super) fn cause(&self, balance: &Balance) -> Option<Reason> {
        let parts = balance.parts.iter().filter(|p| !p.why.explains());
        let ids: Vec<&str> = parts.map(|p| p.id.as_str()).collect();
        let told = |p: &&PaymentDecision| p.verdict.reason().is_some();
        let held = |p: &&PaymentDecision| matches!(&p.verdict, Verdict::Hold(r) if !r.is(codes::PAYMENT_WAITS));
        let all = || self.out.payments.iter();
        let own = all().filter(told).find(|p| ids.contains(&p.id.as_str()));
        let one = own.or_else(|| all().find(held))?;
        Some(one.verdict.reason()?.clone().of_payment(&one.id))
    }
}

/// What makes a pair of a payment and what gave it back, where one of them is in the ledger.
fn as_pair(there: &[&PaymentEntry]) -> String {
    format!(
        "{}, then `crossfoot retry TENANT NUMBER`: what came in and went back is left out as a pair then, and what came in after it goes to the document",
        takes_out(there)
    )
}

fn credit_owed(p: &Payment, owed: Decimal, number: &str) -> Reason {
    let owed = money::show(owed);
    Reason::new(
        codes::PAYMENT_CREDIT_OWED,
        format!(
            "{owed} of payment {} of {} stands in the ledger as a credit of the contact, and by now the source asks for it on {number}",
            p.id,
            money::show(p.amount)
        ),
        format!(
            "allocate {owed} of that credit to {number} in the ledger, then `crossfoot retry TENANT NUMBER`; enter no payment for it"
        ),
    )
    .of_payment(&p.id)
}
