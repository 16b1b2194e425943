//! What the ledger holds, as far as a decision needs it: the facts are fetched first, stored with the
//! decision, and never asked for in the middle of one.

use super::customer::Evidence;
use super::document::Invoice;
use super::draft::{ContactDraft, InvoiceDraft, TaxMode};
use super::drift::{Drift, DriftKind};
use super::entry::Begun;
use super::ids::Fingerprint;
use super::kinds::Kind;
use super::link::{Link, PutElsewhere};
use super::party::LedgerContact;
use super::series::SeriesNumber;
use super::standing::Standing;
use super::stands_apart::StandsApart;
use super::text::{digits, folded};
use super::word::Words;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A payment the ledger has on an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerPayment {
    /// The ledger's id.
    pub id: String,
    /// The day.
    pub date: NaiveDate,
    /// How much.
    pub amount: Decimal,
    /// Its reference.
    pub reference: String,
    /// The mark of ours that it carries.
    #[serde(default)]
    pub mark: Option<String>,
    /// The ledger's id of the document it is on, where that is not said by where it stands.
    #[serde(default)]
    pub on_document: String,
}

/// What of a credit note or another credit was applied to an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedCredit {
    /// The credit's number, or the ledger's id of one without.
    pub name: String,
    /// The day.
    pub date: Option<NaiveDate>,
    /// How much of it.
    pub amount: Decimal,
}

/// A part of a document that a ledger may still let be changed when it lets no sum be changed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MayChange {
    /// Its number.
    Number,
    /// Its reference.
    Reference,
    /// The day it is due.
    Due,
    /// The text of a line.
    Text,
    /// The account of a line.
    Account,
    /// The tracking categories of a line.
    Tracking,
}

/// An invoice or credit note the ledger has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerInvoice {
    /// Which kind of paper.
    #[serde(default = "invoice")]
    pub kind: Kind,
    /// Where it stands.
    #[serde(default)]
    pub standing: Standing,
    /// The mark of ours that it carries.
    #[serde(default)]
    pub mark: Option<String>,
    /// The ledger's id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Its reference.
    pub reference: String,
    /// The ledger's own word for its status.
    pub status: String,
    /// The contact's id.
    pub contact_id: String,
    /// The contact's name.
    pub contact_name: String,
    /// The day it is dated.
    pub date: Option<NaiveDate>,
    /// The day it is due.
    pub due: Option<NaiveDate>,
    /// Currency.
    pub currency: String,
    /// Sum with tax; see [`LedgerInvoice::comes_to`].
    pub total: Decimal,
    /// Whether nothing there says what it comes to: `total` is what its lines add up to, and says nothing of the tax.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_total: bool,
    /// What is still owed.
    pub amount_due: Decimal,
    /// What has been paid.
    pub amount_paid: Decimal,
    /// How its amounts are to be read, where the ledger says so.
    pub tax_mode: Option<TaxMode>,
    /// Its lines, in order.
    pub lines: Vec<LedgerLine>,
    /// Payments on it.
    pub payments: Vec<LedgerPayment>,
    /// Money that is on its way to it, where the ledger tells of such: it does not count yet, and may be money that is about to be
    /// entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<LedgerPayment>,
    /// Credits that were applied to it, where the ledger names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<AppliedCredit>,
    /// What changes when it changes: the version an update must be based on.
    pub version: String,
    /// Whether all of it may still be changed (unpaid, not voided).
    pub editable: bool,
    /// What may still be changed of one that is not `editable`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub may: BTreeSet<MayChange>,
    /// Whether a payment can still be put to it.
    pub payable: bool,
}

fn invoice() -> Kind {
    Kind::Invoice
}

impl LedgerInvoice {
    /// What it comes to, where the ledger says so: what was agreed of it is held against that, and against nothing else.
    pub fn comes_to(&self) -> Option<Decimal> {
        (!self.no_total).then_some(self.total)
    }

    /// Whether it carries this mark.
    pub fn is_marked(&self, marker: &str) -> bool {
        self.mark.as_deref() == Some(marker)
    }

    /// What it says by itself, whatever version it has and whatever money was put to it: two that are the same here differ in
    /// nothing that a person edits.
    pub fn content(&self) -> Fingerprint {
        let head = (self.kind, &self.mark, &self.number, &self.reference);
        let whom = (&self.contact_id, self.date, self.due, &self.currency);
        let what = (self.total, self.tax_mode, self.standing.is_over());
        // None of these is a thing that JSON cannot say.
        let text = serde_json::to_vec(&(head, whom, what, &self.lines)).unwrap_or_default();
        Fingerprint::of(&text)
    }

    /// How much of it was paid by credits that were allocated to it.
    pub fn credited(&self) -> Decimal {
        match self.standing.is_over() {
            true => Decimal::ZERO,
            false => (self.total - self.amount_paid - self.amount_due).max(Decimal::ZERO),
        }
    }

    /// The ids of its lines, in order: an update must name them.
    pub fn line_ids(&self) -> Vec<String> {
        self.lines.iter().map(|l| l.id.clone()).collect()
    }
}

/// A line of a document in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LedgerLine {
    /// The ledger's id.
    pub id: String,
    /// The text people read.
    pub description: String,
    /// How many.
    pub quantity: Decimal,
    /// Price of one, in the document's currency.
    pub unit_amount: Decimal,
    /// Account code, or empty.
    pub account: String,
    /// Tax code, or empty.
    pub tax: String,
    /// Item code, or empty.
    pub item: String,
    /// Tracking categories with their options.
    pub tracking: Vec<(String, String)>,
}

/// To which names and addresses more contacts answered than were fetched: nothing follows then from those that were,
/// be it none, one or several of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactsCut {
    /// Names that too many have, folded.
    pub names: BTreeSet<String>,
    /// E-mail addresses that too many have, folded.
    pub emails: BTreeSet<String>,
    /// Telephone numbers that too many have, as digits.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub phones: BTreeSet<String>,
    /// Mobile numbers that too many have, as digits.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub mobiles: BTreeSet<String>,
}

impl ContactsCut {
    /// Whether too many have this name.
    pub fn has_name(&self, name: &str) -> bool {
        !self.names.is_empty() && self.names.contains(&folded(name))
    }

    /// Whether too many have this e-mail address.
    pub fn has_email(&self, email: &str) -> bool {
        !self.emails.is_empty() && self.emails.contains(&folded(email))
    }

    /// Whether too many have this telephone number.
    pub fn has_phone(&self, phone: &str) -> bool {
        !self.phones.is_empty() && self.phones.contains(&digits(phone))
    }

    /// Whether too many have this mobile number.
    pub fn has_mobile(&self, mobile: &str) -> bool {
        !self.mobiles.is_empty() && self.mobiles.contains(&digits(mobile))
    }

    /// Takes in what another look-up says.
    pub fn add(&mut self, other: ContactsCut) {
        self.names.extend(other.names);
        self.emails.extend(other.emails);
        self.phones.extend(other.phones);
        self.mobiles.extend(other.mobiles);
    }

    /// Whether everything was fetched.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
            && self.emails.is_empty()
            && self.phones.is_empty()
            && self.mobiles.is_empty()
    }
}

/// What a decision may know of the ledger, fetched before it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LedgerView {
    /// Contacts that may be the document's contact: by link, e-mail, name or number.
    pub contacts: Vec<LedgerContact>,
    /// Parties of the ledger's other lists that have the name of the document's contact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<LedgerContact>,
    /// Which values more contacts have than are listed.
    #[serde(default, skip_serializing_if = "ContactsCut::is_empty")]
    pub cut: ContactsCut,
    /// The link of the document's contact.
    pub contact_link: Option<Link>,
    /// What else is known of the customer.
    #[serde(default, skip_serializing_if = "Evidence::is_empty")]
    pub evidence: Evidence,
    /// The link of the document itself.
    pub link: Option<Link>,
    /// The mark that our paper of the document carries, where no link leads to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mark: String,
    /// Whether the ledger has a paper with that mark.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ours_is_there: bool,
    /// The paper of the ledger that bears the number which the document is to have, and is not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_taken_by: Option<LedgerInvoice>,
    /// A cancelled paper of the ledger, not ours, that bears the number which the document is to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_spent_by: Option<LedgerInvoice>,
    /// Its number of the tenant's own series, where the file counts its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbering: Option<SeriesNumber>,
    /// A paper that our application made, that has lost its stamp, and that may be the document: of that nothing has ever
    /// left, as far as our journal knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unstamped: Option<LedgerInvoice>,
    /// The paper with the document's stamp that is taken for ours, and another that carries it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied: Option<(LedgerInvoice, LedgerInvoice)>,
    /// The links of its payments, by source id.
    pub payment_links: BTreeMap<String, Link>,
    /// Its payments that we put to another paper than the one it is linked with, by source id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub elsewhere: BTreeMap<String, PutElsewhere>,
    /// Its payments that it no longer has and that the ledger still has, put to nothing or to another paper: what each comes to,
    /// by source id. Asked for when a person says that they go, and where their paper was seen to lack them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub taken_off: BTreeMap<String, StandsApart>,
    /// Its payments that we entered in the source ourselves, for another document, by source id.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub own_money: BTreeSet<String>,
    /// What was begun of its payments and refunds, by our own journal and by source id: those that the source names, and those
    /// that it no longer does. A payment that we put to another paper is not among them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub begun: BTreeMap<String, Begun>,
    /// Of [`begun`](Self::begun), what is known by its stamp in the ledger alone: it is kept by the ledger's id.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub strays: BTreeSet<String>,
    /// The ledger's document: the linked one, or one that has the same number.
    pub existing: Option<LedgerInvoice>,
    /// Whether a person has seen why the document was held and said retry.
    #[serde(default)]
    pub retried: bool,
    /// The ledger's copy as the person saw it who said retry, where it was read then.
    #[serde(default)]
    pub shown: Option<LedgerInvoice>,
    /// What the source said when the two books were last agreed: the version that the link names. Kept with the records.
    #[serde(skip)]
    pub base: Option<Arc<Invoice>>,
    /// What persons have said of it and of its payments.
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    pub words: Words,
    /// What the two books were last agreed to say of it, where that is known and the ledger's copy was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<InvoiceDraft>,
    /// What we last posted of it, by our own journal: what its payments count against when a later edit of
    /// the source is not sent.
    #[serde(default)]
    pub posted: Option<PostedDraft>,
    /// The ledger's ids of its posted payments that the ledger no longer has; looked for when a person said retry.
    #[serde(default)]
    pub taken_out: BTreeSet<String>,
    /// Whether a write of it may have left while no link leads to it, where the source has it no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_be_there: bool,
    /// The sums of payments on its paper that people entered and that stand for none of ours, where money of it was paid back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entered: Vec<Decimal>,
    /// How much of its paper was paid by credits that people allocated to it.
    #[serde(default, skip_serializing_if = "Decimal::is_zero")]
    pub credited: Decimal,
    /// What people, or the source, did to what is posted of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drifts: Vec<Drift>,
    /// Of [`taken_out`](Self::taken_out), those whose stamp another entry of the same paper carries: people entered them anew.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub entered_anew: BTreeSet<String>,
    /// What we last sent of its contact, by our own journal.
    #[serde(default)]
    pub contact_posted: Option<ContactDraft>,
    /// Fields of it that were left to the ledger, with what it had then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contact_kept: BTreeMap<String, String>,
    /// Fields of it that both sides changed and that a person was told of who said retry since, with what the ledger had then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contact_told: BTreeMap<String, String>,
    /// Payments that wait for a person's word if they would go now: an edit of the file or of a rule lets them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub to_release: BTreeSet<String>,
    /// Of what is not linked, as what other kind of document it was posted, with that one's number; of what is posted and the source
    /// has no more, as what kind it is known there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_kind: Option<(Kind, String)>,
    /// Payments that such a word has let go.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub released: BTreeSet<String>,
}

impl LedgerView {
    /// What was done to the document itself, of a kind.
    pub fn drifted(&self, kind: DriftKind) -> Option<&Drift> {
        let own = |d: &&Drift| d.kind == kind && d.of.kind.has_journey();
        self.drifts.iter().find(own)
    }

    /// What was done to a payment or refund of it, by the source's id.
    pub fn drifted_payment(&self, id: &str) -> Option<&Drift> {
        let own = |d: &&Drift| d.of.kind == Kind::Payment && d.of.id.0 == id;
        self.drifts.iter().find(own)
    }

    /// Whether the document's contact is linked still with the one that the document was posted for.
    pub fn is_for_its_contact(&self) -> bool {
        let (Some(link), Some(posted)) = (&self.contact_link, &self.posted) else {
            return false;
        };
        link.other.id.0 == posted.contact_id
    }
}

/// A document as it was posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedDraft {
    /// What was posted.
    pub draft: InvoiceDraft,
    /// The ledger's id of its contact.
    pub contact_id: String,
}
