//! What is asked, and what was decided.

use super::super::compare::Field;
use crate::mapping::{Mapping, OnConflict};
use crate::model::{
    Balance, Chart, ContactDraft, ContactFound, ContactTarget, Invoice, InvoiceDraft, ItemFound,
    Kind, LedgerView, PaymentDraft, Reason, SourceId, TargetFacts, Trace, Verdict,
};
use crate::rules::{Context, KeptSide, RuleSet};
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
    pub facts: TargetFacts<'a>,
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
    /// Whether a person has settled it by hand.
    pub by_hand: bool,
    /// What is told of it although it goes: a part of it is left out.
    pub told: Option<Reason>,
    /// Of one that goes, what may stand on the document in the ledger once it is there: itself, and what came before it.
    pub received: Decimal,
    /// Of one that goes, what else the source says came in, and of which nothing of ours is on the document then: left out,
    /// held, or of a later day. What a person entered of just such a sum is that one.
    pub apart: Vec<Decimal>,
}

impl PaymentDecision {
    /// One of which nothing is decided yet.
    pub(super) fn of(id: &str, date: NaiveDate, amount: Decimal) -> Self {
        Self {
            id: id.to_owned(),
            date,
            amount,
            verdict: Verdict::Keep,
            draft: None,
            linked: false,
            by_hand: false,
            told: None,
            received: Decimal::ZERO,
            apart: Vec::new(),
        }
    }
}

/// A credit note for money paid back, with the payment that pays it out.
#[derive(Debug, Clone, PartialEq)]
pub struct Credit {
    /// The refund's id at the source.
    pub refund: String,
    /// The number that its note was given, before any rule.
    pub numbered: String,
    /// The note.
    pub note: InvoiceDraft,
    /// The money.
    pub payment: PaymentDraft,
}

/// The part of a payment that is more than what is owed.
#[derive(Debug, Clone, PartialEq)]
pub struct Overpaid {
    /// The payment's id at the source.
    pub payment: String,
    /// The credit that it becomes.
    pub credit: InvoiceDraft,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Whether it goes.
    pub verdict: Verdict,
    /// Whom it is for.
    pub contact: Option<(ContactDraft, ContactTarget)>,
    /// The ledger's contact that was found for it.
    pub found: Option<ContactFound>,
    /// The ledger's items that its lines take their accounts from.
    pub items: Vec<ItemFound>,
    /// What goes.
    pub invoice: Option<InvoiceDraft>,
    /// What the document was drafted to come to, whether it goes or not.
    pub comes_to: Option<Decimal>,
    /// Credit notes for refunds.
    pub credits: Vec<Credit>,
    /// What of its payments goes to the contact as a credit, since it is more than what is owed.
    pub overpaid: Vec<Overpaid>,
    /// Payments, in date order.
    pub payments: Vec<PaymentDecision>,
    /// What both books say is owed; none where its payments were not looked at.
    pub balance: Option<Balance>,
    /// Why the two balances hold it.
    pub mismatch: Option<Reason>,
    /// What set each field.
    pub trace: Trace,
    /// What rules printed.
    pub printed: Vec<String>,
    /// What the tenant's file wants told, and lets go all the same.
    pub warnings: Vec<Reason>,
    /// Whether the ledger's copy stays as it was posted, whatever the source says of it now.
    pub as_posted: bool,
    /// Payments, refunds and credits that a person has taken out of the ledger since, by the source's id and what each is
    /// there: their links mean nothing any more.
    pub forget: Vec<(Kind, SourceId)>,
    /// Whether the document's own link means nothing any more.
    pub unlink: bool,
    /// Why a change of the posted document waits for a person, whatever else of it goes.
    pub blocked: Option<Reason>,
    /// What that change would make of it.
    pub wanted: Option<InvoiceDraft>,
    /// Why a person must approve it before it goes, where a rule wants that.
    pub review: Option<Reason>,
    /// That a person has settled the document by hand.
    pub settled: Option<Reason>,
    /// That a person has left the posted document as the ledger has it.
    pub left: Option<Reason>,
    /// What counts of a field that both sides changed.
    pub conflict: OnConflict,
    /// Whether the file takes another total that the ledger makes of what is sent.
    pub takes_total: bool,
    /// What the ledger made of a posted document, where that is another total and the file takes it.
    pub their_total: Option<Decimal>,
    /// What rules say of such fields, which goes before that.
    pub ruled: Vec<(Field, KeptSide)>,
    /// The day up to which the ledger is locked.
    pub locked_until: Option<NaiveDate>,
}
