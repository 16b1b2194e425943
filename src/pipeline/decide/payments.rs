//! The payments of a document, in date order, each against what is still owed; refunds as credit notes.

use super::super::protocol::total_differs;
use super::super::refund;
use super::deciding::{Deciding, Halt, hold};
use super::decision::{Credit, PaymentDecision};
use crate::checks::{self, period, totals};
use crate::model::codes;
use crate::model::{
    InvoiceDraft, LedgerInvoice, LedgerPayment, Link, Payment, PaymentDraft, PaymentKind, Reason,
    SourceId, Verdict, money,
};
use crate::rules::{Hook, PaidDocument};
use chrono::NaiveDate;
use rust_decimal::Decimal;

impl<'q> Deciding<'q, '_> {
    /// The payments of a document that stays as it was posted. People may make the source's edits in the ledger
    /// by hand: what is owed is what the ledger's copy comes to, and while that is neither what was posted nor
    /// what the source says, no new money goes to it.
    pub(super) fn payments_as_posted(&mut self, posted: &InvoiceDraft) -> Result<(), Halt> {
        let view = self.q.view;
        let link = view.link.as_ref().map_or(posted.total, |l| l.amount);
        let is = view.existing.as_ref().map_or(link, |e| e.total);
        let agrees = is == posted.total || is == self.q.invoice.total;
        let differs = total_differs(&posted.number, posted.total, is);
        self.payments(posted, is, (!agrees).then_some(differs))
    }

    pub(super) fn payments(
        &mut self,
        draft: &InvoiceDraft,
        total: Decimal,
        waits: Option<Reason>,
    ) -> Result<(), Halt> {
        let q = self.q;
        let mut due = total;
        let mut back = Decimal::ZERO;
        let mut waits = self.gone(&mut due).or(waits);
        let mut list: Vec<&Payment> = q.invoice.payments.iter().collect();
        list.sort_by(|a, b| (a.date, a.kind, &a.id).cmp(&(b.date, b.kind, &b.id)));
        let mut fresh = Vec::new();
        for p in list {
            if self.settled_by_hand(p, (&mut due, &mut back)) {
                continue;
            }
            let Some(link) = self.still_posted(p) else {
                fresh.push(p);
                continue;
            };
            match p.kind {
                PaymentKind::Payment => due -= link.amount,
                PaymentKind::Refund => back += link.amount,
            }
            let over = self.still_over(p, draft).map_err(hold)?;
            let verdict = changed_since(p, link.amount + over);
            waits = waits.or(verdict.reason().cloned());
            let same = verdict.is_keep();
            self.note(p, verdict, None, same);
        }
        for p in fresh {
            // All of it stands with the contact already.
            let over = self.q.view.overpaid.get(&p.id);
            if over.is_some_and(|s| s.linked && s.amount == p.amount) {
                self.note(p, Verdict::Keep, None, true);
                continue;
            }
            let decided = match &waits {
                Some(reason) if p.settled => Err(hold(reason.clone())),
                _ => self.payment(p, draft, due, back),
            };
            match decided {
                Ok(Some(out)) => {
                    if p.kind == PaymentKind::Payment {
                        due -= out.amount;
                    }
                    let some = (!out.amount.is_zero()).then_some(out);
                    self.note(p, Verdict::Keep, some, false);
                }
                Ok(None) => {
                    back += p.amount;
                    self.note(p, Verdict::Keep, None, false);
                }
                Err(Halt::Verdict(v)) => self.note(p, v, None, false),
                Err(fault) => return Err(fault),
            }
        }
        (self.out.payments).sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
        Ok(())
    }

    /// Posted payments that the source no longer names. Each holds the document; while one does, or one has
    /// changed, no new payment goes: it may be the same money under another date or id.
    pub(super) fn gone(&mut self, due: &mut Decimal) -> Option<Reason> {
        let mut reason = None;
        for p in &self.q.view.gone {
            if self.q.view.taken_out.contains(&p.target_id) {
                self.out.forget.push(SourceId(p.id.clone()));
                continue;
            }
            if p.paid {
                *due -= p.amount;
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
            });
            reason = reason.or(Some(why));
        }
        reason
    }

    /// The link of a payment, unless the ledger no longer has it and a person, who took it out to put it
    /// right, has said so.
    pub(super) fn still_posted(&mut self, p: &Payment) -> Option<&'q Link> {
        let link = self.q.view.payment_links.get(&p.id)?;
        if !self.q.view.taken_out.contains(&link.other.id.0) {
            return Some(link);
        }
        self.out.forget.push(SourceId(p.id.clone()));
        None
    }

    pub(super) fn note(
        &mut self,
        p: &Payment,
        verdict: Verdict,
        draft: Option<PaymentDraft>,
        linked: bool,
    ) {
        self.out.payments.push(PaymentDecision {
            id: p.id.clone(),
            date: p.date,
            amount: p.amount,
            verdict,
            draft,
            linked,
            by_hand: false,
        });
    }

    /// Decides one payment, given what is still owed and what was paid back before. A refund becomes a credit
    /// note with its own payment and answers `None`.
    pub(super) fn payment(
        &mut self,
        p: &Payment,
        draft: &InvoiceDraft,
        due: Decimal,
        back: Decimal,
    ) -> Result<Option<PaymentDraft>, Halt> {
        let q = self.q;
        for verdict in [
            q.mapping.wants_payment(p),
            q.mapping.shipped_payment(p, due),
        ] {
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
        if due > Decimal::ZERO || !self.splits(p) {
            self.payable(p, draft).map_err(hold)?;
        }
        let mut out = q
            .mapping
            .draft_payment(p, q.invoice, &mut self.out.trace)
            .map_err(hold)?;
        if q.rules.has(Hook::MapPayment) {
            let paid = PaidDocument {
                number: draft.number.clone(),
                status: draft.status.clone(),
                total: draft.total,
                due,
            };
            let ruling = self
                .runner
                .map_payment(q.rules, q.context, &mut out, &paid)?;
            self.ruled(ruling)?;
        }
        out.account = checks::accounts::payment(q.chart, &out.account).map_err(hold)?;
        out.date = self.payment_date(out.date)?;
        self.split(p, &mut out, draft, due).map_err(hold)?;
        if p.kind == PaymentKind::Payment {
            return Ok(Some(out));
        }
        let mut note = refund::credit_note(self.law, q.invoice, draft, p, back).map_err(hold)?;
        if q.facts.refunds_by.is_one_paper() {
            note.paid_from = Some(out.account.clone());
        }
        let note = self.credit_ruled(note)?;
        self.out.credits.push(Credit {
            refund: p.id.clone(),
            note,
            payment: out,
        });
        Ok(None)
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
        if open || existing.is_some_and(theirs) {
            return Ok(());
        }
        Err(Reason::new(
            codes::PAYMENT_NOT_OPEN,
            format!("the invoice stands as {status}, which takes no payments"),
            "approve the invoice in the ledger, or settle there what became of it, then `crossfoot retry TENANT NUMBER`; or post invoices as an open status",
        ))
    }

    pub(super) fn credit_ruled(&mut self, mut note: InvoiceDraft) -> Result<InvoiceDraft, Halt> {
        let q = self.q;
        note.date = self.payment_date(note.date)?;
        if q.rules.has(Hook::MapCreditNote) {
            let ruling = self
                .runner
                .map_credit_note(q.rules, q.context, &mut note, q.invoice)?;
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

/// A payment that was posted and is another one now: the ledger's copy must be put right by a person.
fn changed_since(p: &Payment, posted: Decimal) -> Verdict {
    if p.settled && p.amount == posted {
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
