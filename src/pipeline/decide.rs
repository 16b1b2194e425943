//! Deciding: mapping, rules and checks on one document. Pure, without an await.
//!
//! Flows in: the source document, what the ledger holds, the tenant's mapping and rules, today. Flows out:
//! a verdict with its reason, the drafts, and what set each field. Plan, explain, specs, replays and
//! benchmarks are this same function called on stored records.
//!
//! Order: `wants` and `select` -> contact and `map_contact` -> contact match -> per line: item match,
//! accounts, tax, `map_line` -> `map_invoice` -> checks -> `check` -> per payment: `select_payment`,
//! `map_payment`.

use super::ports::draft_hash;
use super::refund;
use crate::checks::{self, Law, period, totals};
use crate::connectors::stamp::marker_of;
use crate::mapping::{ContactMatch, ItemMatch, Mapping};
use crate::model::{
    Chart, ContactDraft, ContactTarget, Draft, Invoice, InvoiceDraft, Kind, LedgerInvoice,
    LedgerPayment, LedgerView, LineDraft, Link, Origin, Payment, PaymentDraft, PaymentKind,
    PostedDraft, Reason, SourceId, TargetFacts, Trace, Verdict, money,
};
use crate::rules::{Choice, Context, Hook, MachineFault, PaidDocument, RuleSet, Ruling, Runner};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::sync::Arc;

/// Everything a decision may know.
pub struct Question<'a> {
    /// The document.
    pub invoice: &'a Arc<Invoice>,
    /// What the ledger holds that concerns it.
    pub view: &'a LedgerView,
    /// The ledger's accounts, tax rates, items and lock dates.
    pub chart: &'a Chart,
    /// The tenant's file.
    pub mapping: &'a Mapping,
    /// The tenant's rules.
    pub rules: &'a RuleSet,
    /// What the ledger can do.
    pub facts: &'a TargetFacts,
    /// Tenant, run, today, and whether to record what set each field.
    pub context: &'a Arc<Context>,
}

/// What was decided for one payment.
#[derive(Debug, Clone, PartialEq)]
pub struct PaymentDecision {
    /// The source's id.
    pub id: String,
    /// The day.
    pub date: NaiveDate,
    /// How much.
    pub amount: Decimal,
    /// Whether it goes.
    pub verdict: Verdict,
    /// What goes.
    pub draft: Option<PaymentDraft>,
    /// Whether the ledger has it already.
    pub linked: bool,
}

/// A credit note for money paid back, with the payment that pays it out.
#[derive(Debug, Clone, PartialEq)]
pub struct Credit {
    /// The refund's id at the source.
    pub refund: String,
    /// The note.
    pub note: InvoiceDraft,
    /// The money.
    pub payment: PaymentDraft,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Whether it goes.
    pub verdict: Verdict,
    /// Whom it is for.
    pub contact: Option<(ContactDraft, ContactTarget)>,
    /// What goes.
    pub invoice: Option<InvoiceDraft>,
    /// Credit notes for refunds.
    pub credits: Vec<Credit>,
    /// Payments, in date order.
    pub payments: Vec<PaymentDecision>,
    /// What set each field.
    pub trace: Trace,
    /// What rules printed.
    pub printed: Vec<String>,
    /// What the tenant's file wants told, and lets go all the same.
    pub warnings: Vec<Reason>,
    /// Whether the ledger's copy stays as it was posted, whatever the source says of it now.
    pub as_posted: bool,
    /// Posted payments that a person has taken out of the ledger since, by the source's id: their links mean
    /// nothing any more.
    pub forget: Vec<SourceId>,
    /// Whether the document's own link means nothing any more.
    pub unlink: bool,
}

/// Why a decision stops: a reason to leave the document, or a fault of the machine to be tried again.
enum Stop {
    Verdict(Verdict),
    Fault(MachineFault),
}

impl From<MachineFault> for Stop {
    fn from(f: MachineFault) -> Self {
        Stop::Fault(f)
    }
}

fn hold(reason: Reason) -> Stop {
    Stop::Verdict(Verdict::Hold(reason))
}

/// Decides one document.
///
/// # Errors
/// [`MachineFault`] when a rule could not be run to its end for a reason that is not its own: to be tried again.
pub fn decide(q: &Question<'_>, runner: &mut Runner) -> Result<Decision, MachineFault> {
    let mut run = Run::new(q, runner);
    match run.all() {
        Ok(()) => Ok(run.out),
        Err(Stop::Fault(f)) => Err(f),
        Err(Stop::Verdict(v)) => {
            run.out.verdict = v;
            // What is not to go is not kept as if it would.
            run.out.payments.iter_mut().for_each(|p| p.draft = None);
            run.out.credits.clear();
            Ok(run.out)
        }
    }
}

struct Run<'q, 'r> {
    q: &'q Question<'q>,
    runner: &'r mut Runner,
    law: Law<'q>,
    out: Decision,
}

impl<'q, 'r> Run<'q, 'r> {
    fn new(q: &'q Question<'q>, runner: &'r mut Runner) -> Self {
        let trace = if q.context.trace {
            Trace::on()
        } else {
            Trace::off()
        };
        Self {
            q,
            runner,
            law: Law {
                facts: q.facts,
                chart: q.chart,
            },
            out: Decision {
                verdict: Verdict::Keep,
                contact: None,
                invoice: None,
                credits: Vec::new(),
                payments: Vec::new(),
                trace,
                printed: Vec::new(),
                warnings: Vec::new(),
                as_posted: false,
                forget: Vec::new(),
                unlink: false,
            },
        }
    }

    /// Takes a ruling in: what it changed and printed, and whether it lets the document go on.
    fn ruled(&mut self, ruling: Ruling) -> Result<(), Stop> {
        self.out.printed.extend(ruling.printed);
        if !ruling.verdict.is_keep() {
            return Err(Stop::Verdict(ruling.verdict));
        }
        for step in ruling.changes {
            self.out.trace.set(|| step);
        }
        Ok(())
    }

    fn all(&mut self) -> Result<(), Stop> {
        let left = self.selected()?;
        if let Some(posted) = self.left_as_posted(left) {
            let contact = self.contact_as_posted(posted)?;
            self.out.contact = Some(contact);
            let paid = self.payments_as_posted(&posted.draft);
            self.out.invoice = Some(posted.draft.clone());
            return paid;
        }
        let contact = self.contact()?;
        self.out.contact = Some(contact);
        let invoice = self.invoice()?;
        self.sums_agree(&invoice)?;
        let paid = self.payments(&invoice, invoice.total, None);
        self.out.invoice = Some(invoice);
        paid
    }

    /// Whether the document is wanted. Answers where it was said that a document the ledger has shall stay as
    /// it is there: it cannot be left out any more, and the money that comes in for it still counts.
    fn selected(&mut self) -> Result<Option<Origin>, Stop> {
        let q = self.q;
        let linked = q.view.link.is_some();
        let wanted = q.mapping.wants(q.invoice, linked);
        if let Verdict::Hold(reason) = &wanted
            && reason.code == "status.void"
            && self.closed_in_the_ledger()
        {
            self.out.unlink = true;
            let fix = "nothing: both books agree";
            let what = "it is cancelled in the source and in the ledger";
            return Err(Stop::Verdict(Verdict::Skip(Reason::new(
                "status.void",
                what,
                fix,
            ))));
        }
        if !wanted.is_keep() {
            return Err(Stop::Verdict(wanted));
        }
        let mut left = None;
        match q.mapping.shipped_select(q.invoice, linked) {
            Verdict::Keep => {}
            Verdict::Skip(reason) if linked => {
                let (key, place) = (reason.code, reason.place.unwrap_or_default());
                left = Some(Origin::Mapping { key, place });
            }
            verdict => return Err(Stop::Verdict(verdict)),
        }
        if q.rules.has(Hook::Select) {
            let mut ruling = self.runner.select(q.rules, q.context, q.invoice, linked)?;
            if let (Verdict::Skip(reason), true) = (&ruling.verdict, linked) {
                let (hook, place) = ("select".into(), reason.place.clone().unwrap_or_default());
                left = Some(Origin::Rule { hook, place });
                ruling.verdict = Verdict::Keep;
            }
            self.ruled(ruling)?;
        }
        checks::document::source_adds_up(q.invoice).map_err(hold)?;
        Ok(left)
    }

    /// Whether a person said retry, and the ledger's copy, just read, is cancelled or no longer there.
    fn closed_in_the_ledger(&self) -> bool {
        let view = self.q.view;
        let closed = |e: &LedgerInvoice| {
            !e.editable && !e.payable && e.amount_paid.is_zero() && e.amount_due.is_zero()
        };
        view.retried && view.existing.as_ref().is_none_or(closed)
    }

    /// What was posted, when no later edit is to reach it: a rule or a switch says so.
    fn left_as_posted(&mut self, left: Option<Origin>) -> Option<&'q PostedDraft> {
        let q = self.q;
        let switch = q.mapping.sync.update_invoices;
        if q.view.link.is_none() || (left.is_none() && switch.value) {
            return None;
        }
        self.out.as_posted = true;
        let posted = q.view.posted.as_ref()?;
        self.out.trace.set(|| {
            let origin =
                left.unwrap_or_else(|| q.mapping.origin("sync.updates.invoices", switch.at));
            crate::model::TraceStep::new("invoice", "as it was posted", origin)
        });
        Some(posted)
    }

    /// The contact of a document that stays as it was posted: the one it was posted for. Only a change of
    /// our own contact still goes, where such changes are wanted.
    fn contact_as_posted(
        &mut self,
        posted: &PostedDraft,
    ) -> Result<(ContactDraft, ContactTarget), Stop> {
        let q = self.q;
        let ours = q.view.contact_link.is_some() && q.mapping.sync.update_contacts.value;
        if ours || posted.contact_id.is_empty() {
            return self.contact();
        }
        let target = ContactTarget::Existing {
            id: posted.contact_id.clone(),
            update: false,
        };
        let draft = q
            .mapping
            .draft_contact(&q.invoice.contact, &mut Trace::off());
        Ok((draft, target))
    }

    fn contact(&mut self) -> Result<(ContactDraft, ContactTarget), Stop> {
        let q = self.q;
        let mut draft = q
            .mapping
            .draft_contact(&q.invoice.contact, &mut self.out.trace);
        q.mapping.shipped_contact(&mut draft, &mut self.out.trace);
        if q.rules.has(Hook::MapContact) {
            let ruling = self.runner.map_contact(q.rules, q.context, &mut draft)?;
            self.ruled(ruling)?;
        }
        let target = self.match_contact(&draft)?;
        let written = match &target {
            ContactTarget::Create => true,
            ContactTarget::Existing { update, .. } => *update,
        };
        if written {
            checks::contact(self.law, &draft).map_err(hold)?;
        }
        Ok((draft, target))
    }

    fn match_contact(&mut self, draft: &ContactDraft) -> Result<ContactTarget, Stop> {
        let q = self.q;
        if q.rules.has(Hook::MatchContact) {
            let cut = &q.view.cut;
            if cut.has_name(&draft.name) || cut.has_email(&draft.email) {
                return Err(hold(Reason::new(
                    "contact.too_many",
                    "more contacts of the ledger than a rule can be shown have this customer's name or e-mail address",
                    "give the customer a value of its own in both systems, then retry",
                )));
            }
            let choice = self
                .runner
                .match_contact(q.rules, q.context, draft, &q.view.contacts)?;
            match choice {
                Choice::Absent => {}
                Choice::Use(i) => return self.existing(i),
                Choice::Create => return Ok(ContactTarget::Create),
                Choice::Verdict(v) => return Err(Stop::Verdict(v)),
                Choice::None => {
                    return Err(hold(Reason::new(
                        "contact.none",
                        "a `match_contact` rule answered none(), and a document needs a contact",
                        "answer create(), use(i) or hold(why) there",
                    )));
                }
            }
        }
        match q.mapping.match_contact(draft, q.view) {
            ContactMatch::Use(i) => self.existing(i),
            ContactMatch::Create => {
                // One that was made before, and is not looked for by its link, has everything in common with itself.
                if q.view.contact_link.is_none() {
                    self.out.warnings = q.mapping.contact_warnings(draft, q.view);
                }
                Ok(ContactTarget::Create)
            }
            ContactMatch::Hold(reason) => Err(hold(reason)),
        }
    }

    fn existing(&self, index: usize) -> Result<ContactTarget, Stop> {
        let found = self.q.view.contacts.get(index).ok_or_else(|| {
            hold(Reason::new(
                "contact.choice",
                format!("a `match_contact` rule chose candidate {index}, and there is none of that number"),
                "candidates are counted from 0; look at `found.len()`",
            ))
        })?;
        // Only a contact that is ours by link takes our changes: others belong to the people who keep the books.
        // A link without a draft was only matched.
        let ours = (self.q.view.contact_link.as_ref())
            .is_some_and(|l| l.target_id == found.id && !l.draft.0.is_empty());
        Ok(ContactTarget::Existing {
            id: found.id.clone(),
            update: ours && self.q.mapping.sync.update_contacts.value,
        })
    }

    fn invoice(&mut self) -> Result<InvoiceDraft, Stop> {
        let q = self.q;
        let mut draft = q
            .mapping
            .draft_invoice(q.invoice, Kind::Invoice, &mut self.out.trace)
            .map_err(hold)?;
        self.lines(&mut draft)?;
        if q.rules.has(Hook::MapInvoice) {
            let ruling = self
                .runner
                .map_invoice(q.rules, q.context, &mut draft, q.invoice)?;
            self.ruled(ruling)?;
        }
        self.dated(&mut draft)?;
        self.checked(&mut draft)?;
        if q.rules.has(Hook::Check) {
            let ruling = self.runner.check(q.rules, q.context, &draft, q.invoice)?;
            self.ruled(ruling)?;
        }
        Ok(draft)
    }

    fn lines(&mut self, draft: &mut InvoiceDraft) -> Result<(), Stop> {
        let q = self.q;
        for (n, line) in q.invoice.lines.iter().enumerate() {
            if !q.mapping.wants_line(line) {
                continue;
            }
            let mut out = q.mapping.draft_line(line, q.invoice, &mut self.out.trace);
            self.match_item(&mut out)?;
            // A rule may still give an account where the table holds: only what is left without one is held.
            let account = q.mapping.account_for(&mut out, line, &mut self.out.trace);
            let tax = q
                .mapping
                .tax_for(&mut out, line, q.invoice, &mut self.out.trace);
            if q.rules.has(Hook::MapLine) {
                let ruling =
                    self.runner
                        .map_line(q.rules, q.context, &mut out, n + 1, q.invoice)?;
                self.ruled(ruling)?;
            }
            if out.account.is_empty() {
                account.map_err(hold)?;
            }
            if out.tax.is_empty() {
                tax.map_err(hold)?;
            }
            draft.lines.push(out);
        }
        Ok(())
    }

    fn match_item(&mut self, line: &mut LineDraft) -> Result<(), Stop> {
        let q = self.q;
        if q.rules.has(Hook::MatchItem) {
            let choice = self
                .runner
                .match_item(q.rules, q.context, line, &q.chart.items)?;
            match choice {
                Choice::Absent => {}
                Choice::Use(i) => {
                    if let Some(item) = q.chart.items.get(i) {
                        q.mapping.apply_item(line, item, &mut self.out.trace);
                    }
                    return Ok(());
                }
                Choice::None | Choice::Create => return Ok(()),
                Choice::Verdict(v) => return Err(Stop::Verdict(v)),
            }
        }
        match q.mapping.match_item(line, q.chart) {
            ItemMatch::None => Ok(()),
            ItemMatch::Hold(reason) => Err(hold(reason)),
            ItemMatch::Use(i) => {
                if let Some(item) = q.chart.items.get(i) {
                    q.mapping.apply_item(line, item, &mut self.out.trace);
                }
                Ok(())
            }
        }
    }

    /// A linked document whose draft is unchanged is not dated anew: locks only concern what is to be written.
    fn dated(&mut self, draft: &mut InvoiceDraft) -> Result<(), Stop> {
        if self.q.view.link.is_some() {
            // It keeps the day it was posted on, where a closed month had moved it.
            let posted = self.q.view.existing.as_ref().and_then(|e| e.date);
            let word = self.q.mapping.guard.locked_period.value;
            if let (period::Dated::Moved(_), Some(day)) =
                (period::judge(self.law, draft.date, word), posted)
                && day > draft.date
            {
                period::redate(draft, day);
            }
            return Ok(());
        }
        let word = self.q.mapping.guard.locked_period.value;
        match period::judge(self.law, draft.date, word) {
            period::Dated::Open => Ok(()),
            period::Dated::Moved(to) => {
                period::redate(draft, to);
                let at = self.q.mapping.guard.locked_period.at;
                self.out.trace.set(|| {
                    let origin = self.q.mapping.origin("guard.locked_period", at);
                    crate::model::TraceStep::new("date", to.to_string(), origin)
                });
                Ok(())
            }
            period::Dated::Held(r) => Err(hold(r)),
            period::Dated::Refused(r) => Err(Stop::Verdict(Verdict::Refuse(r))),
        }
    }

    fn checked(&mut self, draft: &mut InvoiceDraft) -> Result<(), Stop> {
        let q = self.q;
        checks::document(self.law, draft, q.invoice).map_err(hold)?;
        let left_out: Decimal = (q.invoice.lines.iter())
            .filter(|l| !q.mapping.wants_line(l))
            .map(|l| l.amount.unwrap_or(l.quantity * l.unit_amount))
            .sum();
        let policy = &q.mapping.guard.totals.value;
        let zero = q.mapping.zero_tax_code();
        let want = q.invoice.total - left_out;
        totals::settle(self.law, draft, want, q.invoice.tax, policy, zero)
            .and_then(|()| totals::owed(draft))
            .map_err(hold)
    }

    /// What the ledger made of a posted document must come to what was sent: until a person has put it right,
    /// nothing more goes to it. A draft that differs from the posted one is sent as a change and compared then.
    fn sums_agree(&self, draft: &InvoiceDraft) -> Result<(), Stop> {
        let view = self.q.view;
        let Some(link) = &view.link else {
            return Ok(());
        };
        let is = (view.existing.as_ref()).map_or(link.amount, |e| e.total);
        let same = draft_hash(&Draft::Invoice(draft.clone())) == link.draft;
        if !same || is == draft.total {
            return Ok(());
        }
        Err(hold(super::protocol::total_differs(
            &draft.number,
            draft.total,
            is,
        )))
    }

    /// The payments of a document that stays as it was posted. People may make the source's edits in the ledger
    /// by hand: what is owed is what the ledger's copy comes to, and while that is neither what was posted nor
    /// what the source says, no new money goes to it.
    fn payments_as_posted(&mut self, posted: &InvoiceDraft) -> Result<(), Stop> {
        let view = self.q.view;
        let link = view.link.as_ref().map_or(posted.total, |l| l.amount);
        let is = view.existing.as_ref().map_or(link, |e| e.total);
        let agrees = is == posted.total || is == self.q.invoice.total;
        let differs = super::protocol::total_differs(&posted.number, posted.total, is);
        self.payments(posted, is, (!agrees).then_some(differs))
    }

    fn payments(
        &mut self,
        draft: &InvoiceDraft,
        total: Decimal,
        waits: Option<Reason>,
    ) -> Result<(), Stop> {
        let q = self.q;
        let mut due = total;
        let mut back = Decimal::ZERO;
        let mut waits = self.gone(&mut due).or(waits);
        let mut list: Vec<&Payment> = q.invoice.payments.iter().collect();
        list.sort_by(|a, b| (a.date, a.kind, &a.id).cmp(&(b.date, b.kind, &b.id)));
        let mut fresh = Vec::new();
        for p in list {
            let Some(link) = self.still_posted(p) else {
                fresh.push(p);
                continue;
            };
            match p.kind {
                PaymentKind::Payment => due -= link.amount,
                PaymentKind::Refund => back += link.amount,
            }
            let verdict = changed_since(p, link.amount);
            waits = waits.or(verdict.reason().cloned());
            let same = verdict.is_keep();
            self.note(p, verdict, None, same);
        }
        for p in fresh {
            let decided = match &waits {
                Some(reason) if p.settled => Err(hold(reason.clone())),
                _ => self.payment(p, draft, due, back),
            };
            match decided {
                Ok(Some(out)) => {
                    if p.kind == PaymentKind::Payment {
                        due -= out.amount;
                    }
                    self.note(p, Verdict::Keep, Some(out), false);
                }
                Ok(None) => {
                    back += p.amount;
                    self.note(p, Verdict::Keep, None, false);
                }
                Err(Stop::Verdict(v)) => self.note(p, v, None, false),
                Err(fault) => return Err(fault),
            }
        }
        (self.out.payments).sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
        Ok(())
    }

    /// Posted payments that the source no longer names. Each holds the document; while one does, or one has
    /// changed, no new payment goes: it may be the same money under another date or id.
    fn gone(&mut self, due: &mut Decimal) -> Option<Reason> {
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
                "payment.removed",
                format!(
                    "payment {} of {} was posted, and the source no longer has it",
                    p.id,
                    money::show(p.amount)
                ),
                "delete it in the ledger by hand, or put it back in the source; then retry",
            );
            self.out.payments.push(PaymentDecision {
                id: p.id.clone(),
                date: p.date,
                amount: p.amount,
                verdict: Verdict::Hold(why.clone()),
                draft: None,
                linked: false,
            });
            reason = reason.or(Some(why));
        }
        reason
    }

    /// The link of a payment, unless the ledger no longer has it and a person, who took it out to put it
    /// right, has said so.
    fn still_posted(&mut self, p: &Payment) -> Option<&'q Link> {
        let link = self.q.view.payment_links.get(&p.id)?;
        if changed_since(p, link.amount).is_keep()
            || !self.q.view.taken_out.contains(&link.target_id)
        {
            return Some(link);
        }
        self.out.forget.push(SourceId(p.id.clone()));
        None
    }

    fn note(&mut self, p: &Payment, verdict: Verdict, draft: Option<PaymentDraft>, linked: bool) {
        self.out.payments.push(PaymentDecision {
            id: p.id.clone(),
            date: p.date,
            amount: p.amount,
            verdict,
            draft,
            linked,
        });
    }

    /// Decides one payment, given what is still owed and what was paid back before. A refund becomes a credit
    /// note with its own payment and answers `None`.
    fn payment(
        &mut self,
        p: &Payment,
        draft: &InvoiceDraft,
        due: Decimal,
        back: Decimal,
    ) -> Result<Option<PaymentDraft>, Stop> {
        let q = self.q;
        for verdict in [
            q.mapping.wants_payment(p),
            q.mapping.shipped_payment(p, due),
        ] {
            if !verdict.is_keep() {
                return Err(Stop::Verdict(verdict));
            }
        }
        if q.rules.has(Hook::SelectPayment) {
            let ruling = self
                .runner
                .select_payment(q.rules, q.context, p, q.invoice)?;
            self.ruled(ruling)?;
        }
        self.payable(p, draft).map_err(hold)?;
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
        if p.kind == PaymentKind::Payment {
            return Ok(Some(out));
        }
        let note = refund::credit_note(self.law, q.invoice, draft, p, back).map_err(hold)?;
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
    fn payable(&self, p: &Payment, draft: &InvoiceDraft) -> Result<(), Reason> {
        let q = self.q;
        let existing = (q.view.existing.as_ref()).filter(|_| p.kind == PaymentKind::Payment);
        // What the ledger says of its own copy counts, where it was read.
        let status = existing.map_or(draft.status.as_str(), |e| e.status.as_str());
        // One that a person entered may be this one: posting judges that.
        let theirs = |e: &LedgerInvoice| {
            let same =
                |l: &LedgerPayment| l.amount == p.amount && marker_of(&l.reference).is_none();
            q.view.retried && e.payments.iter().any(same)
        };
        if q.facts.payable_statuses.contains(&status) || existing.is_some_and(theirs) {
            return Ok(());
        }
        Err(Reason::new(
            "payment.not_open",
            format!("the invoice stands as {status}, which takes no payments"),
            "approve the invoice in the ledger, or settle there what became of it, then `crossfoot retry`; or post invoices as an open status",
        ))
    }

    fn credit_ruled(&mut self, mut note: InvoiceDraft) -> Result<InvoiceDraft, Stop> {
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
                    "refund.total",
                    format!(
                        "a `map_credit_note` rule made {before} of credit {}",
                        note.total
                    ),
                    "keep the rule from changing amounts or tax codes, then retry",
                )));
            }
        }
        checks::document(self.law, &note, q.invoice).map_err(hold)?;
        Ok(note)
    }

    fn payment_date(&self, date: NaiveDate) -> Result<NaiveDate, Stop> {
        match period::judge(self.law, date, self.q.mapping.guard.locked_period.value) {
            period::Dated::Open => Ok(date),
            period::Dated::Moved(to) => Ok(to),
            period::Dated::Held(r) => Err(hold(r)),
            period::Dated::Refused(r) => Err(Stop::Verdict(Verdict::Refuse(r))),
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
        "payment.changed",
        format!(
            "payment {} was posted as {}, and in the source it {now}",
            p.id,
            money::show(posted)
        ),
        "delete it in the ledger by hand, so that it is sent as it is now, or set it right in the source; then retry",
    ))
}
