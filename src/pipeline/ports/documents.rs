//! Documents on their journey, with what was decided for each.

use super::error::StoreError;
use crate::model::{
    Balance, ContactFound, DocState, Draft, Fingerprint, GivenNumber, HeldCount, ItemFound, Key,
    Kind, Reason, SourceId, TenantId, TraceStep, Words,
};
use crate::pipeline::lease::Lease;
use crate::pipeline::write::NewWrite;
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A document on its journey, as the store holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocRow {
    /// What it is.
    pub key: Key,
    /// The number people know it by.
    pub number: String,
    /// Other numbers it may be looked up by (the order's id).
    pub also: String,
    /// Where it stands.
    pub state: DocState,
    /// Why, for every exit.
    pub reason: Option<Reason>,
    /// Day of the document.
    pub date: Option<NaiveDate>,
    /// What it comes to: as the source states it, else as it was drafted. Nothing while neither is known.
    pub total: Option<Decimal>,
    /// Its currency.
    pub currency: String,
    /// Who it is to.
    pub contact: String,
    /// The record's version that was last decided on.
    pub decided: Option<Fingerprint>,
    /// The version the source has now.
    pub version: Fingerprint,
    /// The hash of all its drafts.
    pub drafts: Option<Fingerprint>,
    /// The hash a person approved.
    pub approved: Option<Fingerprint>,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
    /// Whether papers of other kinds have its number too; where only the flow reads a row, that is not asked.
    pub shared: bool,
    /// Whether other papers of its own kind have its number, so that it names none of them; asked as `shared` is.
    pub twins: bool,
}

impl DocRow {
    /// How a command names it, so that it is this one that is meant: `77`, `purchase_order:77`; by its id where another of its
    /// kind has its number.
    pub fn name(&self) -> String {
        match self.twins {
            true => format!("{}:{}", self.key.kind, self.key.id),
            false => self.key.kind.name_of(&self.number, self.shared),
        }
    }
}

/// What was decided for one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentNote {
    /// The source's id.
    pub id: String,
    /// Day.
    pub date: NaiveDate,
    /// How much.
    pub amount: Decimal,
    /// `posted`, `skipped`, `held`, `waits`, `refused`, `planned`.
    pub state: String,
    /// Why.
    pub reason: Option<Reason>,
}

/// A decision with all that explains it, kept beside the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionNote {
    /// Which configuration decided (a hash of mapping and rules).
    pub config: Fingerprint,
    /// The hash of the ledger facts it used, stored apart.
    pub facts: Fingerprint,
    /// The hash of the chart it used, stored apart; none of decisions that were made before charts were kept.
    #[serde(default)]
    pub chart: Option<Fingerprint>,
    /// The hash of what the invoice's own draft comes from: its record without payments and times.
    pub source: Fingerprint,
    /// The run.
    pub run: String,
    /// What set each field.
    pub trace: Vec<TraceStep>,
    /// What was decided for each payment.
    pub payments: Vec<PaymentNote>,
    /// What both books say is owed; none of decisions that did not come to its payments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Balance>,
    /// What rules printed.
    pub printed: Vec<String>,
    /// What the tenant's file wants told, and lets go all the same.
    #[serde(default)]
    pub warnings: Vec<Reason>,
    /// The ledger's contact that was found for it, and by what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<ContactFound>,
    /// The ledger's items that its lines take their accounts from, and by what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemFound>,
    /// Whether the source calls it an estimate still, whatever it is kept as.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimate: bool,
    /// What the writes are.
    pub drafts: Vec<Draft>,
    /// Why a part of it did not go with the rest: it holds the document once the rest is there.
    #[serde(default)]
    pub held: Option<Reason>,
    /// Where it is held by what both sides changed of its contact: the fields that were told, with what the ledger had then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contact_told: BTreeMap<String, String>,
    /// Where a person's word leaves a posted document, once what goes of it is there: it is not told as verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_word: Option<(DocState, Reason)>,
}

/// A decision to be stored, with its writes.
#[derive(Debug, Clone)]
pub struct DecidedDoc {
    /// Which document.
    pub key: Key,
    /// The version decided on.
    pub version: Fingerprint,
    /// Its state now.
    pub state: DocState,
    /// Why.
    pub reason: Option<Reason>,
    /// What it comes to: as the source states it, else as it was drafted.
    pub comes_to: Option<Decimal>,
    /// What explains it.
    pub note: DecisionNote,
    /// The ledger facts used (JSON), stored once per hash.
    pub facts: String,
    /// Writes to journal. Of an earlier decision's that are not among them, those that never left are superseded, and
    /// those that may have left do not go again.
    pub writes: Vec<NewWrite>,
    /// What an approval of it is for: a hash of what would go, whom it is for and what it changes.
    pub approval: Fingerprint,
    /// Whether the writes may be sent at once.
    pub release: bool,
    /// The approval that stood when it was decided: a word that came since counts, and it is decided again.
    pub approved: Option<Fingerprint>,
    /// Whether a person said retry: a payment that was held because of what others paid may go.
    pub retried: bool,
    /// Payments that wait for the word that lets them go after an edit, whatever else keeps them back now.
    pub to_release: BTreeSet<String>,
    /// What was learned of links by reading the ledger.
    pub learned: LinksLearned,
}

/// What became of a person's word that a document may go, or shall not after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It stands as it was said.
    Done,
    /// A run has decided on it since it was seen.
    Decided,
    /// A part of it may have left already.
    UnderWay,
}

/// What a decision learned of links by reading the ledger, and what it gives its document for good.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinksLearned {
    /// The document's own link is put right: a person made the two alike.
    pub relink: Option<Relink>,
    /// Payments, refunds and credits that a person took out of the ledger: their links go.
    pub forget: Vec<(Kind, SourceId)>,
    /// Whether the document's own link goes: it is cancelled on both sides.
    pub unlink: bool,
    /// The number of the tenant's own series that the document is given with what goes of it.
    pub numbered: Option<GivenNumber>,
    /// Of a contact that goes by itself and of which nothing is to be written, which one of the ledger it is.
    pub contact: Option<ContactLearned>,
}

/// Which contact of the ledger one of the source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactLearned {
    /// One that is there.
    There(Key),
    /// One that is to be made for another customer, by the key of its write: a rule said so. It is linked once it is there.
    Planned(String),
}

/// What a link says of the ledger's copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relink {
    /// The hash of the draft it is alike to.
    pub draft: Fingerprint,
    /// The draft, where it is another than was agreed before.
    pub agreed: Option<Draft>,
    /// The ledger's version.
    pub version: String,
    /// What it comes to.
    pub amount: Decimal,
}

/// Most documents that one transaction lets go: whoever dies in between leaves whole ones.
pub const APPROVED_AT_ONCE: usize = 200;

/// Documents and the decisions on them.
#[async_trait]
pub trait Documents: Send + Sync {
    /// Documents whose newest version is not decided on, oldest date first.
    async fn undecided(&self, tenant: &TenantId, limit: usize) -> Result<Vec<DocRow>, StoreError>;

    /// Marks documents in these states to be decided on again.
    async fn decide_again(
        &self,
        tenant: &TenantId,
        states: &[DocState],
        only: Option<&Key>,
    ) -> Result<u64, StoreError>;

    /// A person's word that held and refused documents (or only one of them) shall be decided on again: they
    /// are seen anew, and an audit row for each says who said so. Answers how many.
    async fn retry(
        &self,
        tenant: &TenantId,
        only: Option<&Key>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError>;

    /// A document by its number, its id or its order's id.
    async fn document(&self, tenant: &TenantId, number: &str)
    -> Result<Option<DocRow>, StoreError>;

    /// Documents in some states (all with none), newest change first.
    async fn documents(
        &self,
        tenant: &TenantId,
        states: &[DocState],
        limit: usize,
    ) -> Result<Vec<DocRow>, StoreError>;

    /// Every document in some states, however many there are, state by state and newest change first: each that is in one of
    /// them the whole time is there once, whatever is decided on it meanwhile.
    async fn all_documents(
        &self,
        tenant: &TenantId,
        states: &[DocState],
    ) -> Result<Vec<DocRow>, StoreError>;

    /// How many documents are in each state.
    async fn counts(&self, tenant: &TenantId) -> Result<BTreeMap<DocState, u64>, StoreError>;

    /// How much waits for a person, in kinds.
    async fn waiting(&self, tenant: &TenantId) -> Result<HeldCount, StoreError>;

    /// What persons have said of a document and of its payments.
    async fn words(&self, tenant: &TenantId, of: &Key) -> Result<Words, StoreError>;

    /// The last decision on a document.
    async fn decision(
        &self,
        tenant: &TenantId,
        of: &Key,
    ) -> Result<Option<DecisionNote>, StoreError>;

    /// Facts by their hash.
    async fn facts(
        &self,
        tenant: &TenantId,
        hash: &Fingerprint,
    ) -> Result<Option<String>, StoreError>;

    /// Stores decisions with their writes, one transaction for all. Answers the documents that are held by it after all, since what
    /// is to be written is another's already, each with why.
    async fn decided(
        &self,
        lease: &Lease,
        decisions: &[DecidedDoc],
        now: DateTime<Utc>,
    ) -> Result<Vec<(Key, Reason)>, StoreError>;

    /// A person's word that documents may go, each as it was shown, in one transaction for all. Answers what became of each.
    async fn approve(
        &self,
        tenant: &TenantId,
        seen: &[DocRow],
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Moved>, StoreError>;

    /// Changes where a document stands after a person's word, and releases or takes back its unsent writes. The word is about
    /// the document as it was seen: one that was decided otherwise since is left as it is.
    async fn set_state(
        &self,
        tenant: &TenantId,
        seen: &DocRow,
        state: DocState,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Moved, StoreError>;
}
