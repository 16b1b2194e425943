//! Deciding: mapping, rules and checks on one document. Pure, without an await.
//!
//! Flows in: the source document, what the ledger holds, the tenant's mapping and rules, today. Flows out:
//! a verdict with its reason, the drafts, and what set each field. Plan, explain, specs, replays and
//! benchmarks are this same function called on stored records.
//!
//! Order: `wants` and `select` -> contact and `map_contact` -> contact match -> per line: item match,
//! accounts, tax, `map_line` -> `map_invoice` -> checks -> `check` -> per payment: `select_payment`,
//! `map_payment`.

mod advice;
mod alone;
mod asked;
mod balance;
mod begun;
mod booked;
mod brought;
mod carried;
mod contact;
mod counted;
mod deciding;
mod decision;
mod disputed;
mod draft;
mod drifted;
mod gone;
mod kinds;
mod left;
mod lost;
mod not_open;
mod others;
mod overpaid;
mod payment;
mod payments;
mod received;
mod resent;
mod resummed;
mod room;
mod select;
mod stray;
mod there;
mod told;
mod waits;
mod words;

pub use advice::advised;
pub use decision::{Credit, Decision, PaymentDecision, Question};
pub use disputed::ask_rules;
pub use told::{WAITING, holding};
pub use waits::{behind, with_document};

use crate::model::{InvoiceDraft, Verdict};
use crate::rules::{MachineFault, Runner};
use deciding::{Deciding, Halt};

/// Decides one document.
///
/// # Errors
/// [`MachineFault`] when a rule could not be run to its end for a reason that is not its own: to be tried again.
pub fn decide(q: &Question<'_>, runner: &mut Runner) -> Result<Decision, MachineFault> {
    let mut out = decided(q, runner)?;
    advice::of(&mut out, q.facts);
    Ok(out)
}

fn decided(q: &Question<'_>, runner: &mut Runner) -> Result<Decision, MachineFault> {
    let mut run = Deciding::new(q, runner);
    match run.all() {
        Ok(()) => Ok(run.out),
        Err(Halt::Fault(f)) => Err(f),
        Err(Halt::Verdict(v)) => {
            run.out.verdict = v;
            run.posted_money()?;
            run.money_waits();
            // What is not to go is not kept as if it would.
            run.out.payments.iter_mut().for_each(|p| p.draft = None);
            run.out.credits.clear();
            run.out.overpaid.clear();
            Ok(run.out)
        }
    }
}

/// The draft of a document alone, as file and rules make it now; nothing where they would not let it go.
///
/// # Errors
/// As [`decide`].
pub fn drafted(
    q: &Question<'_>,
    runner: &mut Runner,
) -> Result<Option<InvoiceDraft>, MachineFault> {
    match Deciding::new(q, runner).invoice() {
        Ok(draft) => Ok(Some(draft)),
        Err(Halt::Verdict(_)) => Ok(None),
        Err(Halt::Fault(f)) => Err(f),
    }
}

/// What the money of a document would become if none of it was in the ledger yet, as file and rules make it now; nothing of what
/// they would not let go.
///
/// # Errors
/// As [`decide`].
pub fn drafted_money(
    q: &Question<'_>,
    runner: &mut Runner,
    draft: &InvoiceDraft,
) -> Result<Decision, MachineFault> {
    let mut run = Deciding::new(q, runner);
    match run.payments(draft, draft.total, None) {
        Ok(()) | Err(Halt::Verdict(_)) => Ok(run.out),
        Err(Halt::Fault(f)) => Err(f),
    }
}

impl Deciding<'_, '_> {
    /// Where only paid ones are to go, one whose source states no total is weighed by what it was drafted to come to.
    fn is_paid_for(&self, draft: &InvoiceDraft) -> Result<(), Halt> {
        let q = self.q;
        if q.invoice.comes_to().is_some() {
            return Ok(());
        }
        let linked = q.view.link.is_some();
        // What pays a charge that is left out is not in the draft.
        let asked = draft.total + q.mapping.charges_left_out(q.invoice);
        match q.mapping.is_paid(q.invoice, asked, linked) {
            Verdict::Keep => Ok(()),
            verdict => Err(Halt::Verdict(verdict)),
        }
    }

    fn all(&mut self) -> Result<(), Halt> {
        if self.q.invoice.kind.is_party() {
            return self.contact_alone();
        }
        let word = self.by_word()?;
        self.still_there()?;
        if word.is_none() {
            self.is_of_its_kind()?;
        }
        let left = match word {
            Some(word) => {
                self.left_by_person();
                Some(word)
            }
            None => self.selected()?,
        };
        self.is_not_cancelled(left.as_ref())?;
        if let Some(posted) = self.left_as_posted(left) {
            let contact = self.contact_as_posted(posted)?;
            self.out.contact = Some(contact);
            self.out.comes_to = Some(posted.draft.total);
            let paid = self.payments_as_posted(&posted.draft);
            self.out.invoice = Some(posted.draft.clone());
            return paid;
        }
        // What is posted and did not change is for whom it was posted, whatever file and rules say by now.
        let contact = match self
            .q
            .view
            .posted
            .as_ref()
            .filter(|_| self.is_unchanged() && self.q.view.is_for_its_contact())
        {
            Some(posted) => self.contact_as_posted(posted)?,
            None => self.contact()?,
        };
        self.out.contact = Some(contact);
        let mut invoice = self.wanted()?;
        self.out.comes_to = Some(invoice.total);
        self.is_paid_for(&invoice)?;
        self.is_not_there(&mut invoice)?;
        self.sums_agree(&invoice)?;
        let paid = self.paid(&invoice);
        self.out.invoice = Some(invoice);
        paid
    }
}
