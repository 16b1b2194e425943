//! What must be remembered: the two ports behind which the store stands.
//!
//! [`Journal`] is what the write protocol needs and nothing more, so that a simulation can stand behind
//! it; [`Books`] is the rest: records, decisions, links for deciding, the mirror of the ledger's contacts,
//! runs. Every method names the tenant; none works across tenants. Every method that changes something
//! is one transaction.

use super::protocol::{Needs, Settle, WriteRow};
use crate::connectors::{BadRecord, Cursor, Encoded};
use crate::model::{
    Chart, ConnectionName, ContactsCut, DocState, Draft, Fingerprint, Kind, LedgerContact, Link,
    Reason, SourceId, SourceRecord, TenantId, TraceStep, WriteState,
};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why something could not be remembered or recalled.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the flow, or took it over meanwhile.
    #[error(
        "the flow of {tenant} is held by another process ({holder}); it is free again when that ends, at the latest in two minutes"
    )]
    LeaseLost {
        /// Whose flow.
        tenant: String,
        /// Who holds it.
        holder: String,
    },
    /// A move that the journal forbids.
    #[error(
        "write {write} cannot go from {from} to {to}: the journal was changed by somebody else, or this is a fault in Crossfoot"
    )]
    IllegalMove {
        /// Its natural key.
        write: String,
        /// From.
        from: WriteState,
        /// To.
        to: WriteState,
    },
    /// What is stored cannot be read.
    #[error(
        "the store holds {what} that cannot be read: {why}. Restore the last backup, or report this"
    )]
    Corrupt {
        /// What.
        what: String,
        /// Why.
        why: String,
    },
    /// There is no space left for the database.
    #[error(
        "the disk that holds the database is full ({0}); free some space there and run it again: nothing is lost, and what was sent is sent again under its key or looked up before anything else goes"
    )]
    Full(String),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(String),
    /// The folder cannot be used.
    #[error("{0}")]
    Folder(String),
}

/// The right to work on a tenant's flow. Every write to the journal checks its fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Whose flow.
    pub tenant: TenantId,
    /// Who holds it.
    pub holder: String,
    /// Grows with every taking.
    pub fence: i64,
}

/// The prefix of a contact's id that is only planned: what follows is the key of the write that makes it.
pub const PLANNED: &str = "write:";

/// A write to be journaled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewWrite {
    /// Natural key.
    pub key: String,
    /// The stamp inside the document.
    pub marker: String,
    /// Kind.
    pub kind: Kind,
    /// The source document's id.
    pub source_id: SourceId,
    /// What is to be written.
    pub draft: Draft,
    /// What it waits for.
    pub needs: Needs,
}

impl NewWrite {
    /// The contact it is about to make, which the next document can be matched with already.
    pub fn planned_contact(&self) -> Option<LedgerContact> {
        match &self.draft {
            Draft::Contact(draft) if self.needs.update_id.is_empty() => {
                let id = format!("{PLANNED}{}", self.key);
                Some(LedgerContact::drafted(
                    id,
                    draft,
                    &self.needs.contact_number,
                ))
            }
            _ => None,
        }
    }

    /// The draft's hash: a link remembers it, and a change of it is an update.
    pub fn hash(&self) -> Fingerprint {
        draft_hash(&self.draft)
    }
}

/// The hash of a draft.
///
/// Only what is posted counts: not the document a contact was drafted from, not the source's own ids of lines.
pub fn draft_hash(draft: &Draft) -> Fingerprint {
    let text = match draft {
        Draft::Contact(c) => serde_json::to_string(&crate::model::ContactDraft {
            source: crate::model::Contact::default(),
            ..c.clone()
        }),
        Draft::Invoice(d) => {
            let mut bare = d.clone();
            for line in &mut bare.lines {
                line.source_line.clear();
                line.sku.clear();
                line.kind = crate::model::LineKind::default();
            }
            serde_json::to_string(&bare)
        }
        Draft::Payment(p) => serde_json::to_string(p),
    };
    Fingerprint::of(text.unwrap_or_default().as_bytes())
}

/// One stored request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its number.
    pub id: i64,
    /// The vendor's key.
    pub key: String,
    /// The exact bytes and where they go.
    pub encoded: Encoded,
}

/// A change to be committed with the fence checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Which write.
    pub write: i64,
    /// What became of it.
    pub settle: Settle,
}

/// What the write protocol needs remembered.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Takes the flow for some seconds, or renews it; `None` when somebody else holds it.
    async fn lease(
        &self,
        tenant: &TenantId,
        holder: &str,
        now: DateTime<Utc>,
        seconds: i64,
    ) -> Result<Option<Lease>, StoreError>;

    /// Gives the flow back.
    async fn give_back(&self, lease: &Lease) -> Result<(), StoreError>;

    /// Whether the time given is more than five seconds before a time the store has seen: windows are then not to be trusted.
    async fn clock_went_back(&self, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Writes that may have left: sent, in doubt or being verified, oldest first.
    async fn doubtful(&self, tenant: &TenantId) -> Result<Vec<WriteRow>, StoreError>;

    /// Writes that may be sent now: ready, everything they need linked (and filled in), not waiting; one
    /// kind, lowest level first, payments in date order and after the changes of their document, creates or exactly
    /// one update; at most `limit`.
    /// With `only`, those of one document and of the contact it needs.
    async fn ready(
        &self,
        tenant: &TenantId,
        only: Option<&SourceId>,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<WriteRow>, StoreError>;

    /// A stored request.
    async fn batch(&self, tenant: &TenantId, id: i64) -> Result<Option<Batch>, StoreError>;

    /// Commits the intent: the writes are sent, under this key, with these bytes, now. Nothing may leave before it has returned.
    async fn intend(
        &self,
        lease: &Lease,
        writes: &[WriteRow],
        encoded: &Encoded,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError>;

    /// Commits that a request goes again, now.
    async fn again(&self, lease: &Lease, batch: i64, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Commits what became of writes: states, links, audit rows, the documents' journeys and the release
    /// of dependants, all in one transaction. With a lost lease nothing but the ledger's ids is recorded,
    /// as orphans for a person, and [`StoreError::LeaseLost`] is answered.
    async fn settle(
        &self,
        lease: &Lease,
        settled: &[Settled],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;
}

/// A document on its journey, as the store holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocRow {
    /// Kind.
    pub kind: Kind,
    /// The source's id.
    pub source_id: SourceId,
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
    /// What it comes to.
    pub total: Decimal,
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
    /// `posted`, `skipped`, `held`, `refused`, `planned`.
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
    /// The hash of what the invoice's own draft comes from: its record without payments and times.
    pub source: Fingerprint,
    /// The run.
    pub run: String,
    /// What set each field.
    pub trace: Vec<TraceStep>,
    /// What was decided for each payment.
    pub payments: Vec<PaymentNote>,
    /// What rules printed.
    pub printed: Vec<String>,
    /// What the tenant's file wants told, and lets go all the same.
    #[serde(default)]
    pub warnings: Vec<Reason>,
    /// What the writes are.
    pub drafts: Vec<Draft>,
    /// Why a part of it did not go with the rest: it holds the document once the rest is there.
    #[serde(default)]
    pub held: Option<Reason>,
}

/// A decision to be stored, with its writes.
#[derive(Debug, Clone)]
pub struct DecidedDoc {
    /// Which document.
    pub kind: Kind,
    /// Its id.
    pub source_id: SourceId,
    /// The version decided on.
    pub version: Fingerprint,
    /// Its state now.
    pub state: DocState,
    /// Why.
    pub reason: Option<Reason>,
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
    /// Whether a person said retry: a payment that was held because of what others paid may go.
    pub retried: bool,
    /// What was learned of links by reading the ledger.
    pub learned: Learned,
}

/// What a decision learned of links by reading the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Learned {
    /// The document's own link is put right: a person made the two alike.
    pub relink: Option<Relink>,
    /// Payments that a person took out of the ledger: their links go.
    pub forget: Vec<SourceId>,
    /// Whether the document's own link goes: it is cancelled on both sides.
    pub unlink: bool,
}

/// What a link says of the ledger's copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relink {
    /// The draft it is alike to.
    pub draft: Fingerprint,
    /// The ledger's version.
    pub version: String,
    /// What it comes to.
    pub amount: Decimal,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// What began it: `sync`, `sync --only 1041`, `schedule`.
    pub trigger: String,
    /// When it began.
    pub started: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
    /// Counts by word: created, updated, skipped, held, refused, in_doubt, unchanged.
    pub counts: BTreeMap<String, u64>,
    /// Calls made, by system.
    pub calls: BTreeMap<String, u64>,
    /// Why it stopped early, if it did.
    pub stopped: Option<String>,
}

/// One line of a run's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLine {
    /// When.
    pub at: DateTime<Utc>,
    /// Which document: kind and number.
    pub object: String,
    /// What happened: created, updated, skipped, held, refused, adopted, in_doubt.
    pub action: String,
    /// More.
    pub detail: String,
}

/// The settings of a tenant that are switched and not written in its file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TenantState {
    /// Whether processing is on.
    pub processing: bool,
    /// Whether the first run has been reviewed.
    pub reviewed: bool,
    /// The last run's start.
    pub last_run: Option<DateTime<Utc>>,
    /// Not before this time (a daily limit).
    pub parked_until: Option<DateTime<Utc>>,
    /// The connections and the organisation it runs between; empty before the first run.
    pub ends: String,
    /// The configuration the held, skipped and refused documents were last decided under.
    pub config: Option<Fingerprint>,
}

/// Most contacts that one key finds.
pub const MAX_CANDIDATES: usize = 100;

/// Contacts of the mirror that answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidates {
    /// The contacts, in the order of their ids.
    pub contacts: Vec<LedgerContact>,
    /// Which keys have more than are listed.
    pub cut: ContactsCut,
}

/// By what contacts of the mirror are asked for; an empty key finds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContactKeys<'a> {
    /// The ledger's id.
    pub id: &'a str,
    /// The name; case and runs of white space do not count.
    pub name: &'a str,
    /// The e-mail address, compared like a name.
    pub email: &'a str,
    /// The number an integration gave it.
    pub number: &'a str,
    /// The telephone number, of which digits count.
    pub phone: &'a str,
    /// The mobile number, of which digits count.
    pub mobile: &'a str,
}

/// Everything else that must be remembered.
#[async_trait]
pub trait Books: Send + Sync {
    /// A tenant's switches.
    async fn tenant(&self, tenant: &TenantId) -> Result<TenantState, StoreError>;
    /// Changes a tenant's switches.
    async fn set_tenant(
        &self,
        tenant: &TenantId,
        state: &TenantState,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Where a source was left off.
    async fn cursor(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
        kind: Kind,
    ) -> Result<Option<Cursor>, StoreError>;

    /// Stores a page with its cursor: new versions of records become seen documents. Answers how many were new or changed.
    async fn save_page(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
        kind: Kind,
        records: &[SourceRecord],
        bad: &[BadRecord],
        cursor: Option<&Cursor>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError>;

    /// Documents whose newest version is not decided on, oldest date first.
    async fn undecided(&self, tenant: &TenantId, limit: usize) -> Result<Vec<DocRow>, StoreError>;

    /// Marks documents in these states to be decided on again.
    async fn decide_again(
        &self,
        tenant: &TenantId,
        states: &[DocState],
        only: Option<&SourceId>,
    ) -> Result<u64, StoreError>;

    /// A person's word that held and refused documents (or only one of them) shall be decided on again: they
    /// are seen anew, and an audit row for each says who said so. Answers how many.
    async fn retry(
        &self,
        tenant: &TenantId,
        only: Option<&SourceId>,
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

    /// How many documents are in each state.
    async fn counts(&self, tenant: &TenantId) -> Result<BTreeMap<DocState, u64>, StoreError>;

    /// The newest version of a record.
    async fn record(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<SourceRecord>, StoreError>;

    /// The last decision on a document.
    async fn decision(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<DecisionNote>, StoreError>;

    /// Facts by their hash.
    async fn facts(
        &self,
        tenant: &TenantId,
        hash: &Fingerprint,
    ) -> Result<Option<String>, StoreError>;

    /// Stores decisions with their writes, one transaction for all.
    async fn decided(
        &self,
        lease: &Lease,
        decisions: &[DecidedDoc],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Changes where a document stands after a person's word, and releases or takes back its unsent writes.
    async fn set_state(
        &self,
        tenant: &TenantId,
        id: &SourceId,
        state: DocState,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Writes of a document.
    async fn writes(
        &self,
        tenant: &TenantId,
        document: &SourceId,
    ) -> Result<Vec<WriteRow>, StoreError>;

    /// The write of a thing at its source that was last linked.
    async fn last_linked(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<WriteRow>, StoreError>;

    /// A write by its natural key.
    async fn write(&self, tenant: &TenantId, key: &str) -> Result<Option<WriteRow>, StoreError>;

    /// A link.
    async fn link(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<Link>, StoreError>;

    /// When the mirror of the ledger's contacts was last brought up to date.
    async fn mirrored(&self, tenant: &TenantId) -> Result<Option<DateTime<Utc>>, StoreError>;
    /// Puts contacts into the mirror; with `done` the mirror is up to date as of that time.
    async fn mirror(
        &self,
        tenant: &TenantId,
        contacts: &[LedgerContact],
        done: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError>;
    /// Mirror contacts that answer to a key, in the order of their ids. Each key is looked up by itself, so that many answers to one never hide the answer to another; at most
    /// [`MAX_CANDIDATES`] answer to a key, and it is said where there are more.
    async fn mirror_find(
        &self,
        tenant: &TenantId,
        keys: ContactKeys<'_>,
    ) -> Result<Candidates, StoreError>;

    /// The chart as last read, and when.
    async fn chart(&self, tenant: &TenantId) -> Result<Option<(Chart, DateTime<Utc>)>, StoreError>;
    /// Stores the chart.
    async fn set_chart(
        &self,
        tenant: &TenantId,
        chart: &Chart,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Stores a run and its lines.
    async fn save_run(
        &self,
        tenant: &TenantId,
        run: &RunRow,
        lines: &[RunLine],
    ) -> Result<(), StoreError>;
    /// The last runs, newest first.
    async fn runs(&self, tenant: &TenantId, limit: usize) -> Result<Vec<RunRow>, StoreError>;
    /// A run's lines.
    async fn run_lines(&self, tenant: &TenantId, run: &str) -> Result<Vec<RunLine>, StoreError>;
    /// What could not be read from the source at the last pull.
    async fn bad_records(&self, tenant: &TenantId) -> Result<Vec<BadRecord>, StoreError>;
}
