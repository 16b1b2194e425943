//! One payment: whether it goes, to which account, on which day; a refund as a credit note.

use super::super::drift::carries;
use super::super::plant;
use super::super::refund;
use super::super::write::paper_hash;
use super::balance;
use super::brought;
use super::deciding::{Deciding, Halt, hold};
use super::decision::Credit;
use super::not_open::not_open;
use crate::checks::{self, period, totals};
use crate::connectors::stamp::marker_of;
use crate::model::codes;
use crate::model::{
    EntryState, InvoiceDraft, Key, Kind, LedgerInvoice, LedgerPayment, Payment, PaymentDraft,
    PaymentEntry, PaymentKind, Reason, SourceId, Standing, TenantId, Verdict,
};
use crate::rules::{Hook, PaidDocument};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// What is still owed in the ledger while the payments of a document are decided one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owed {
    /// What the document still takes.
    pub(super) due: Decimal,
    /// What is in the ledger of what came in, or goes there.
    pub(super) got: Decimal,
    /// What was paid back.
    pub(super) back: Decimal,
    /// Of a refund, how much it may give back of what came in.
    pub(super) room: Decimal,
    /// Of a payment, how much of it came in beyond what the source asks for.
    pub(super) beyond: Decimal,
    /// What is still unpaid of the charges that are left out: they are paid last.
    pub(super) charge: Decimal,
}

/// What becomes of a payment that goes.
pub(super) enum Went {
    /// Money on the document; what of it pays a charge that is left out; what of it goes to the contact as a credit.
    Money {
        draft: PaymentDraft,
        charge: Decimal,
        over: Decimal,
    },
    /// A credit note with its own payment.
    Credit,
}

impl Deciding<'_, '_> {
    /// Decides one payment, given what is still owed. What set its fields is told by its id: a document may have several.
    pub(super) fn payment(
        &mut self,
        p: &Payment,
        draft: &InvoiceDraft,
        room: (Owed, Option<Reason>),
    ) -> Result<Went, Halt> {
        let before = self.out.trace.len();
        let went = match (
            self.is_brought(p) && !plant::echo(),
            self.q.mapping.back.payments,
        ) {
            (true, true) => Err(hold(brought::unknown(p))),
            (true, false) => Err(hold(brought::moved(p))),
            (false, _) => self.by_itself(p, draft, room),
        };
        self.out.trace.of_payment(before, &p.id);
        went
    }

    /// Whether our own other half entered it: it is no news, though no link leads to it yet or any more.
    pub(super) fn is_brought(&self, p: &Payment) -> bool {
        marker_of(&p.reference).is_some() || self.q.view.own_money.contains(&p.id)
    }

    fn by_itself(
        &mut self,
        p: &Payment,
        draft: &InvoiceDraft,
        (owed, no_room): (Owed, Option<Reason>),
    ) -> Result<Went, Halt> {
        let q = self.q;
        let due = owed.due;
        let too_much = self.word_on_too_much(p, owed, no_room.is_some());
        for verdict in [q.mapping.wants_payment(p), too_much] {
            if !verdict.is_keep() {
                return Err(Halt::Verdict(verdict));
            }
        }
        if q.rules.has(Hook::SelectPayment) {
            let ruling = self
                .runner
                .select_payment(q.rules, q.context, p, q.invoice)?;
            self.ruled(ruling)?;
        }
        if let Some(no_room) = no_room {
            return Err(hold(no_room));
        }
        if due > Decimal::ZERO || !self.splits(p) {
            self.payable(p, draft).map_err(hold)?;
        }
        let mut out = q
            .mapping
            .draft_payment(p, q.invoice, &mut self.out.trace)
            .map_err(hold)?;
        let mut charge = Decimal::ZERO;
        if p.kind == PaymentKind::Payment {
            // What pays a charge that is left out is left out with it.
            let beyond = (out.amount - due.max(Decimal::ZERO)).max(Decimal::ZERO);
            charge = beyond.min(owed.charge);
            out.amount -= charge;
        }
        if q.rules.has(Hook::MapPayment) {
            let paid = PaidDocument {
                number: draft.number.clone(),
                status: draft.status.clone(),
                total: draft.total,
                due,
            };
            let ruling = self
                .runner
                .map_payment(q.rules, q.context, &mut out, paid)?;
            self.ruled(ruling)?;
        }
        out.account = checks::accounts::payment(q.chart, &out.account).map_err(hold)?;
        let named = || format!("the reference of payment {}", p.id);
        let told = checks::form::told_cut(named, &out.reference, q.facts.lengths.reference);
        self.out.warnings.extend(told);
        out.date = self.payment_date(out.date)?;
        if q.view.to_release.contains(&p.id) {
            return Err(hold(balance::waits_for_release(p)));
        }
        if p.kind == PaymentKind::Payment {
            let over = self.split(p, &mut out, draft, due).map_err(hold)?;
            self.credit_stands(p, over).map_err(hold)?;
            return Ok(Went::Money {
                draft: out,
                charge,
                over,
            });
        }
        self.credited(p, draft, out, owed)?;
        Ok(Went::Credit)
    }

    /// What the file's word about what is too much says of a payment; of money that the source asks for, nothing.
    fn word_on_too_much(&self, p: &Payment, owed: Owed, asked_for: bool) -> Verdict {
        match asked_for {
            true => Verdict::Keep,
            false => (self.q.mapping).shipped_payment(p, owed.due + owed.charge),
        }
    }

    /// A refund as a credit note, with the payment that pays it out.
    fn credited(
        &mut self,
        p: &Payment,
        draft: &InvoiceDraft,
        out: PaymentDraft,
        owed: Owed,
    ) -> Result<(), Halt> {
        let q = self.q;
        refund::fits(draft, p, owed.back).map_err(hold)?;
        if p.amount > owed.room {
            return Err(hold(balance::not_received(p, owed.room)));
        }
        let numbered = self.note_number(p);
        let mut note = refund::credit_note(self.law, draft, p, numbered.clone()).map_err(hold)?;
        if q.facts.refunds_by.is_one_paper() {
            note.paid_from = Some(out.account.clone());
        }
        let note = self.credit_ruled(note)?;
        self.out.credits.push(Credit {
            refund: p.id.clone(),
            numbered,
            note,
            payment: out,
        });
        Ok(())
    }

    /// The number of a refund's note: one that was voided keeps its own, and the next is told from it and from every other
    /// refund's.
    fn note_number(&self, p: &Payment) -> String {
        let view = self.q.view;
        let own = view.begun.get(&p.id).and_then(|b| b.of(Kind::CreditNote));
        let given = own.map_or("", |note| match note.numbered.as_str() {
            "" => note.number.as_str(),
            given => given,
        });
        let closed = |note: &PaymentEntry| {
            let why = note.asked.as_ref();
            why.is_some_and(|r| r.is(codes::NUMBER_CLOSED)) && view.words.sends(p).is_some()
        };
        let again = |note: &PaymentEntry| {
            self.is_over(&p.id, note) || note.state == EntryState::Unlinked || closed(note)
        };
        let others = (self.q.invoice.payments.iter())
            .filter(|o| o.kind == PaymentKind::Refund && o.id != p.id)
            .map(|o| refund::number(self.q.invoice, o));
        let begun = view.begun.iter().filter(|(id, _)| **id != p.id);
        let begun = begun.filter_map(|(_, b)| b.of(Kind::CreditNote));
        let begun = begun.flat_map(|note| [&note.numbered, &note.number]);
        refund::next_number(
            &refund::number(self.q.invoice, p),
            (given, own.is_some_and(again)),
            (
                others.collect(),
                begun
                    .filter(|n| !n.is_empty())
                    .map(String::as_str)
                    .collect(),
            ),
        )
    }

    /// Whether the document takes a payment as it stands. A refund pays its own credit note out, whatever the
    /// invoice is by now.
    pub(super) fn payable(&self, p: &Payment, draft: &InvoiceDraft) -> Result<(), Reason> {
        let q = self.q;
        let existing = (q.view.existing.as_ref()).filter(|_| p.kind == PaymentKind::Payment);
        // What the ledger says of its own copy counts, where it was read.
        let (status, open) = match existing {
            Some(e) => (e.status.as_str(), e.standing.takes_payments()),
            None => (draft.status.as_str(), q.facts.is_payable(&draft.status)),
        };
        // One that a person entered may be this one: posting judges that.
        let theirs = |e: &LedgerInvoice| {
            let same = |l: &LedgerPayment| l.amount == p.amount && l.mark.is_none();
            q.view.retried && e.payments.iter().any(same)
        };
        let ours = |e: &LedgerInvoice| self.bears_our_stamp(p, e);
        // A draft that the source has issued since is open once its change is there, for which the payment waits.
        let link = q.view.link.as_ref();
        let changes = link.is_some_and(|l| l.draft != paper_hash(draft));
        let issued = |e: &LedgerInvoice| {
            let early = matches!(e.standing, Standing::Draft | Standing::Submitted);
            early && e.editable && changes && q.facts.is_payable(&draft.status)
        };
        if open
            || existing.is_some_and(issued)
            || existing.is_some_and(theirs)
            || existing.is_some_and(ours)
        {
            return Ok(());
        }
        Err(not_open(p, status, existing))
    }

    /// Whether the ledger's copy has the payment under our stamp, also where our journal knows nothing of it: an older backup was
    /// put back. Posting links it.
    fn bears_our_stamp(&self, p: &Payment, copy: &LedgerInvoice) -> bool {
        let (link, tenant) = (
            &self.q.view.link,
            TenantId::new(&self.q.context.tenant).ok(),
        );
        let (Some(link), Some(tenant)) = (link, tenant) else {
            return false;
        };
        let id = SourceId(p.id.clone());
        carries(
            &tenant,
            &Key::new(&link.thing.book, Kind::Payment, &id),
            copy,
        )
    }

    pub(super) fn credit_ruled(&mut self, mut note: InvoiceDraft) -> Result<InvoiceDraft, Halt> {
        let q = self.q;
        note.date = self.payment_date(note.date)?;
        if q.rules.has(Hook::MapCreditNote) {
            let kind = Kind::CreditNote;
            let ruling = (self.runner).map_draft(q.rules, q.context, kind, &mut note, q.invoice)?;
            self.ruled(ruling)?;
            let before = note.total;
            totals::fill(self.law, &mut note);
            if note.total != before {
                return Err(hold(Reason::new(
                    codes::REFUND_TOTAL,
                    format!(
                        "a `map_credit_note` rule made {before} of credit {}",
                        note.total
                    ),
                    "keep the rule from changing amounts or tax codes, then `crossfoot retry TENANT NUMBER`",
                )));
            }
        }
        checks::form::fit(q.facts, &mut note);
        checks::document(self.law, &mut note, q.invoice).map_err(hold)?;
        Ok(note)
    }

    pub(super) fn payment_date(&self, date: NaiveDate) -> Result<NaiveDate, Halt> {
        match period::judge(self.law, date, self.q.mapping.guard.locked_period.value) {
            period::Dated::Open => Ok(date),
            period::Dated::Moved(to) => Ok(to),
            period::Dated::Held(r) => Err(hold(r)),
            period::Dated::Refused(r) => Err(Halt::Verdict(Verdict::Refuse(r))),
        }
    }
}
