//! The payments of a document in order, each against what is still owed, and the two balances compared after them.

use super::super::protocol::total_differs;
use super::balance;
use super::deciding::{Deciding, Halt, hold};
use super::decision::PaymentDecision;
use super::lost::lost;
use super::others;
use super::payment::{Owed, Went};
use super::told;
use super::waits;
use crate::mapping::InvoiceMode;
use crate::model::codes;
use crate::model::{
    Balance, DriftKind, InvoiceDraft, LedgerInvoice, PartWhy, Payment, PaymentDraft, PaymentKind,
    Reason, Verdict, WordKind, money, owed_after,
};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// The payments of one document while they are decided.
pub(super) struct Till<'q> {
    /// All of them, in order.
    pub(super) list: Vec<&'q Payment>,
    /// What is owed so far.
    pub(super) owed: Owed,
    /// The two balances.
    pub(super) balance: Balance,
    /// Those that the ledger has, or that a person has settled.
    pub(super) booked: BTreeSet<&'q str>,
    /// Those that give each other back.
    pub(super) pairs: BTreeMap<String, String>,
    /// Why none that is new may go.
    pub(super) waits: Option<Reason>,
    /// The first that is held: those after it wait for it.
    pub(super) first: Option<String>,
    /// What the source says the document comes to.
    pub(super) total: Decimal,
    /// Payments that the source no longer has and the ledger does, and what each comes to.
    pub(super) gone: Vec<(String, Decimal)>,
    /// What is in the ledger of each payment, less what gives it back.
    pub(super) by_payment: BTreeMap<&'q str, Decimal>,
    /// Of each payment, what of it came in beyond what is asked for.
    pub(super) beyond: BTreeMap<&'q str, Decimal>,
    /// Of posted payments, what stands as a credit although it is asked for.
    pub(super) asked_for: BTreeMap<&'q str, Decimal>,
    /// How much of what stands as a credit of ours people have put to the document.
    pub(super) allocated: Decimal,
}

impl<'q> Deciding<'q, '_> {
    /// The payments of a document that stays as it was posted. People may make the source's edits in the ledger
    /// by hand: what is owed is what the ledger's copy comes to, and while that is neither what was posted nor
    /// what the source says, no new money goes to it.
    pub(super) fn payments_as_posted(&mut self, posted: &InvoiceDraft) -> Result<(), Halt> {
        let view = self.q.view;
        let link = view.link.as_ref().map_or(posted.total, |l| l.amount);
        let seen = view.drifted(DriftKind::Total).map_or(link, |d| d.is);
        let is = view.existing.as_ref().and_then(LedgerInvoice::comes_to);
        let is = is.unwrap_or(seen);
        self.out.blocked = self.out.blocked.take().or(self.total_drifted());
        let agrees =
            is == posted.total || self.q.invoice.comes_to() == Some(is) || self.total_is_right();
        let differs = total_differs(&posted.number, posted.total, is);
        let waits = self.out.blocked.clone();
        self.payments(posted, is, waits.or((!agrees).then_some(differs)))
    }

    /// The payments of a document that goes as the file makes it. One that people gave another sum, and that the source left
    /// as it was, waits for a person, and its new payments with it.
    pub(super) fn paid(&mut self, draft: &InvoiceDraft) -> Result<(), Halt> {
        if let Some(is) = self.out.their_total {
            return self.payments(draft, is, None);
        }
        let drifted = self.another_total().map(|d| d.is);
        let (Some(is), true) = (drifted, self.is_unchanged()) else {
            return self.payments(draft, draft.total, None);
        };
        self.out.blocked = self.out.blocked.take().or(self.total_drifted());
        let waits = self.out.blocked.clone();
        self.payments(draft, is, waits)
    }

    pub(super) fn payments(
        &mut self,
        draft: &InvoiceDraft,
        total: Decimal,
        waits: Option<Reason>,
    ) -> Result<(), Halt> {
        if !self.q.invoice.called().takes_payments() {
            self.owes_nothing(total);
            return Ok(());
        }
        let mut till = self.till(total, waits);
        let otherwise = self.settled_otherwise(draft, &till);
        till.waits = till.waits.take().or(otherwise);
        let gone = self.gone(&mut till);
        till.waits = gone.or(till.waits.take());
        till.pairs = balance::pairs(&till.list, till.total, &self.q.view.entered, |p| {
            self.is_nowhere(p)
        });
        self.booked(draft, &mut till)?;
        self.credits_asked_for(draft, &mut till);
        for n in 0..till.list.len() {
            let p = till.list.get(n).copied();
            if let Some(p) = p.filter(|p| !till.booked.contains(p.id.as_str())) {
                self.fresh(p, draft, &mut till)?;
            }
        }
        told::in_order(&mut self.out.payments, &till.list);
        self.received(&till);
        self.compared(till)
    }

    pub(super) fn till(&mut self, total: Decimal, waits: Option<Reason>) -> Till<'q> {
        let q = self.q;
        let invoice = q.invoice.as_ref();
        let left_out = q.mapping.charges_left_out(invoice);
        // Where the source states no total, what it asks for is what the ledger makes of it. Parts of the smallest unit are
        // compared as figures are.
        let places = invoice.currency.exponent().max(q.facts.places.total);
        let stated = invoice.stated_total().map(|t| money::half_up(t, places));
        let source = stated.unwrap_or(total + left_out);
        let theirs = self.out.their_total.is_some();
        let stays = self.out.as_posted || self.out.blocked.is_some() || theirs;
        let charge = match left_out.is_zero() {
            true => Decimal::ZERO,
            // Of a document whose copy in the ledger has the charge, none is left out.
            false if stays => left_out.min(source - total).max(Decimal::ZERO),
            // The tax on it is left out with it.
            false => source - total,
        };
        let mut till = Till {
            list: balance::in_order(invoice),
            owed: Owed {
                due: total,
                got: Decimal::ZERO,
                back: Decimal::ZERO,
                room: Decimal::ZERO,
                beyond: Decimal::ZERO,
                charge: charge.max(Decimal::ZERO),
            },
            balance: Balance {
                source: owed_after(source, invoice.payments.iter()),
                ..Balance::default()
            },
            booked: BTreeSet::new(),
            pairs: BTreeMap::new(),
            waits,
            first: None,
            total: source,
            gone: Vec::new(),
            by_payment: BTreeMap::new(),
            beyond: BTreeMap::new(),
            asked_for: BTreeMap::new(),
            allocated: Decimal::ZERO,
        };
        // Of a document that stays as it was posted no more is asked for than it comes to there.
        let asks = match stays {
            true => total + till.owed.charge,
            false => source,
        };
        till.beyond = balance::too_much(&till.list, asks);
        till.balance.add("", -charge, PartWhy::Charge);
        if stays {
            let other = total + charge - source;
            till.balance.add("", other, PartWhy::AsPosted);
        }
        till
    }

    /// A payment that is not posted.
    fn fresh(
        &mut self,
        p: &'q Payment,
        draft: &InvoiceDraft,
        till: &mut Till<'q>,
    ) -> Result<(), Halt> {
        let mut told = None;
        till.owed.room = till.room(p);
        till.owed.beyond = till.beyond_of(p);
        let no_room = self.no_room(p, till);
        let planned = (self.out.credits.len(), self.out.overpaid.len());
        let decided = match self.barred(p, till) {
            Some(verdict) => Err(Halt::Verdict(verdict)),
            None => self.payment(p, draft, (till.owed, no_room)),
        };
        let decided = self.of_begun(p, decided);
        if decided.is_err() {
            self.out.credits.truncate(planned.0);
            self.out.overpaid.truncate(planned.1);
        }
        let owes = match (p.settled, p.kind) {
            (false, _) => Decimal::ZERO,
            (true, PaymentKind::Payment) => p.amount,
            (true, PaymentKind::Refund) => -p.amount,
        };
        match decided {
            Ok(Went::Money {
                draft,
                charge,
                over,
            }) => {
                till.owed.due -= draft.amount;
                till.owed.charge -= charge;
                till.came(p, draft.amount + over);
                till.balance.add(&p.id, charge, PartWhy::Charge);
                till.over(p, over);
                told = (!charge.is_zero()).then(|| balance::charge(p, charge));
                // A rule has the last word on how much of it goes.
                let rest = p.amount - draft.amount - charge - over;
                till.balance.add(&p.id, rest, PartWhy::LeftOut);
                let some = (!draft.amount.is_zero()).then_some(draft);
                self.note(p, Verdict::Keep, some, false);
            }
            Ok(Went::Credit) => {
                till.went(p, p.amount);
                till.balance.add(&p.id, owes, PartWhy::Credited);
                self.note(p, Verdict::Keep, None, false);
            }
            Err(Halt::Verdict(verdict)) => {
                let why = balance::why(&verdict);
                till.does_not_go(p, owes, why);
                if why == PartWhy::Charge {
                    till.owed.charge -= p.amount;
                }
                // What waits for a person's word alone bars nothing: what is released, or came in since, goes by itself.
                let by_word = verdict
                    .reason()
                    .is_some_and(|r| r.is(codes::PAYMENT_RELEASE));
                if matches!(verdict, Verdict::Hold(_) | Verdict::Refuse(_)) && !by_word {
                    till.first.get_or_insert_with(|| p.id.clone());
                }
                self.note(p, verdict, None, false);
            }
            Err(fault) => return Err(fault),
        }
        self.told(told);
        Ok(())
    }

    /// What keeps a new payment back before it is looked at by itself.
    fn barred(&mut self, p: &Payment, till: &Till<'q>) -> Option<Verdict> {
        if let Some(word) = self.q.view.words.of_payment(&p.id, WordKind::Lost) {
            return Some(Verdict::Hold(lost(&p.id, word).of_payment(&p.id)));
        }
        if let Some(verdict) = self.put_elsewhere(p).or_else(|| self.left_with_it(p)) {
            return Some(verdict);
        }
        let wanted = self.q.mapping.wants_payment(p);
        let pair = till.pairs.get(&p.id);
        if matches!(wanted, Verdict::Skip(_)) {
            // `refunds: skip` leaves the refund of a pair out in its own words only where its payment is posted.
            let off = !self.q.mapping.payments_wanted();
            return match pair {
                Some(other) if !off => Some(Verdict::Skip(balance::paired(p, other))),
                _ => Some(wanted),
            };
        }
        if let Some(other) = pair {
            return Some(Verdict::Skip(balance::paired(p, other)));
        }
        if let Some(reason) = self.entered_anew(p, till) {
            return Some(Verdict::Hold(reason));
        }
        if let Some(reason) = &till.waits {
            return Some(Verdict::Hold(reason.clone()));
        }
        if p.kind == PaymentKind::Refund {
            if balance::sale_stands(&till.list, p) {
                return Some(Verdict::Hold(self.sale_stands(p, till)));
            }
            let beyond = balance::beyond(&till.list, till.total, p);
            if beyond > Decimal::ZERO {
                return Some(Verdict::Hold(balance::of_too_much(p, beyond)));
            }
        }
        let with_it = self.q.view.to_release.contains(&p.id);
        if let Some(first) = till.first.as_ref().filter(|_| !with_it) {
            return Some(Verdict::Hold(waits::behind(&p.id, first)));
        }
        let owed = till.owed;
        let of_charge = p.kind == PaymentKind::Payment
            && owed.due <= Decimal::ZERO
            && p.amount <= owed.charge
            && owed.charge > Decimal::ZERO;
        of_charge.then(|| Verdict::Skip(balance::charge(p, p.amount)))
    }

    /// The two balances after the payments: what nothing explains holds, what is left open is told.
    fn compared(&mut self, mut till: Till<'q>) -> Result<(), Halt> {
        let q = self.q;
        till.balance.ledger = till.owed.due;
        self.exchanged(&mut till);
        let cause = self.cause(&till.balance);
        self.out.mismatch = balance::mismatch(&till.balance, cause.as_ref());
        let others = self.put_by_others(&mut till.balance, till.allocated);
        let balance = till.balance;
        let beyond = others.and_then(|drift| others::beyond(drift, &balance));
        self.out.mismatch = self.out.mismatch.take().or(beyond);
        let stuck =
            |p: &PaymentDecision| matches!(p.verdict, Verdict::Hold(_) | Verdict::Refuse(_));
        if self.out.mismatch.is_none() && !self.out.payments.iter().any(stuck) {
            let open = balance::left_open(&balance, q.invoice);
            self.out.warnings.extend(open);
        }
        let (ledger, told) = (balance.ledger, balance.told());
        self.out.balance = Some(balance);
        let when_paid = q.mapping.sync.invoices.value == InvoiceMode::WhenPaid;
        if when_paid && q.view.link.is_none() && ledger > Decimal::ZERO {
            let kept = self.out.payments.iter().filter(|p| stuck(p));
            let kept = kept.filter_map(|p| Some((p, p.verdict.reason()?)));
            let mut kept = kept.filter(|(_, r)| !r.is(codes::PAYMENT_WAITS));
            // What holds a payment is the cause; else the words that leave one out are.
            let reason = match kept.next() {
                Some((p, reason)) => reason.clone().of_payment(&p.id),
                None => balance::not_paid_there(ledger, &told, q.invoice),
            };
            // None of them goes without the invoice.
            let goes = |p: &&mut PaymentDecision| !p.linked && p.verdict.is_keep();
            for p in self.out.payments.iter_mut().filter(goes) {
                p.verdict = Verdict::Hold(reason.clone());
            }
            self.out.overpaid.clear();
            return Err(hold(reason));
        }
        Ok(())
    }

    pub(super) fn note(
        &mut self,
        p: &Payment,
        verdict: Verdict,
        draft: Option<PaymentDraft>,
        linked: bool,
    ) {
        self.out.payments.push(PaymentDecision {
            verdict,
            draft,
            linked,
            ..PaymentDecision::of(&p.id, p.date, p.amount)
        });
    }

    /// What is told of the payment that was noted last.
    pub(super) fn told(&mut self, told: Option<Reason>) {
        if let Some(last) = self.out.payments.last_mut() {
            last.told = told;
        }
    }
}
