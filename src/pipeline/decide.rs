//! Deciding: mapping, rules and checks on one document. Pure, without an await.
//!
//! Flows in: the source document, what the ledger holds, the tenant's mapping and rules, today. Flows out:
//! a verdict with its reason, the drafts, and what set each field. Plan, explain, specs, replays and
//! benchmarks are this same function called on stored records.
//!
//! Order: `wants` and `select` -> contact and `map_contact` -> contact match -> per line: item match,
//! accounts, tax, `map_line` -> `map_invoice` -> checks -> `check` -> per payment: `select_payment`,
//! `map_payment`.

mod draft;
mod payments;

use super::ports::draft_hash;
use crate::checks::{self, Law};
use crate::mapping::{ContactMatch, Mapping};
use crate::model::{
    Chart, ContactDraft, ContactTarget, Draft, Invoice, InvoiceDraft, LedgerInvoice, LedgerView,
    Origin, PaymentDraft, PostedDraft, Reason, SourceId, TargetFacts, Trace, Verdict,
};
use crate::rules::{Choice, Context, Hook, MachineFault, RuleSet, Ruling, Runner};
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
        let ours = (self.q.view.contact_link.as_ref())
            .is_some_and(|l| l.target_id == found.id && l.is_ours());
        Ok(ContactTarget::Existing {
            id: found.id.clone(),
            update: ours && self.q.mapping.sync.update_contacts.value,
        })
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
}
