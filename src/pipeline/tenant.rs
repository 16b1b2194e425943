//! A tenant ready to run, what is asked of a run, and what it did.

use super::book_names::BookNames;
use super::ending::Ending;
use super::lease::{LEASE_S, Lease};
use super::ports::{InUse, Memory, RunLine, RunRow, StoreError};
use super::post::PostError;
use super::reading::SourceReading;
use crate::connectors::{CallError, Reads, Session, SourceSide, TargetSide};
use crate::mapping::Mapping;
use crate::model::{Fingerprint, Key, Kind, SourceId, TenantId};
use crate::rules::RuleSet;
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;

/// Why a run did not happen or stopped early.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Processing is off.
    #[error(
        "processing is off for {0}: try one document with `crossfoot sync {0} --only NUMBER`, then switch it on with `crossfoot processing {0} on`"
    )]
    Off(String),
    /// A daily limit has been reached.
    #[error("the flow of {tenant} rests until {until}: a daily limit was reached")]
    Parked {
        /// Whose.
        tenant: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The tenant's file leads to another book than before.
    #[error("{}. {cure}", led(.tenant, .before, .now))]
    Moved {
        /// Whose.
        tenant: String,
        /// The end so far.
        before: String,
        /// The end now.
        now: String,
        /// What to do.
        cure: String,
    },
    /// What is posted would go by other ids: its connection names another column for them.
    #[error(
        "{tenant}: connections.yaml now names other columns for the number or the id of an invoice, by which {before}, which is posted, is {now}: {} would be posted once more",
        if *.count == 1 { "it".to_owned() } else { format!("{count} documents") }
    )]
    Renumbered {
        /// Whose.
        tenant: String,
        /// The number of one of them.
        before: String,
        /// The number by which that one goes now.
        now: String,
        /// How many there are.
        count: usize,
    },
    /// There is one, and the source calls it no document.
    #[error(
        "{source_system} has {number}, and it is no invoice or order by what its description says (`only`, `deleted`): not invoiced yet, cancelled or deleted there"
    )]
    LeftOut {
        /// Where.
        source_system: String,
        /// What was asked for.
        number: String,
    },
    /// No such document.
    #[error("{source_system} has no invoice or order {number}")]
    NotFound {
        /// Where.
        source_system: String,
        /// What was asked for.
        number: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A system.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Posting.
    #[error(transparent)]
    Post(#[from] PostError),
    /// The process was asked to end.
    #[error("it was asked to end: what is left goes at the next run")]
    Ended,
    /// A rule could not be run to its end.
    #[error("a rule could not be run to its end: {0}; the document is tried again at the next run")]
    Machine(String),
}

impl SyncError {
    /// Whether a run ended early because the process was asked to end.
    pub fn is_ended(&self) -> bool {
        matches!(self, Self::Ended | Self::Post(PostError::Ended))
    }
}

/// A tenant, ready to run.
pub struct Tenant<'a> {
    /// What is remembered.
    pub memory: &'a dyn Memory,
    /// Where documents come from.
    pub source: SourceSide<'a>,
    /// Calls to the source.
    pub from: &'a Session,
    /// Where they go.
    pub target: TargetSide<'a>,
    /// Calls to the target.
    pub to: &'a Session,
    /// The books these lead to.
    pub books: InUse,
    /// The compiled file.
    pub mapping: &'a Mapping,
    /// The compiled rules.
    pub rules: &'a RuleSet,
    /// A hash of both, so that a change makes held documents be looked at again.
    pub config: Fingerprint,
    /// Who works: unique to the process.
    pub holder: &'a str,
    /// Whether the process was asked to end.
    pub ending: Ending,
    /// Its backward half, where payments come back: that runs with it.
    pub back: Option<&'a Tenant<'a>>,
    /// Of a backward half, how the forward half reads the book to which its payments go.
    pub sales: Option<&'a dyn Reads>,
}

impl Tenant<'_> {
    /// How people are told of the two books of a backward half.
    pub(super) fn names(&self) -> Option<BookNames> {
        self.sales.map(|_| BookNames {
            source: self.source.facts.title.to_owned(),
            ledger: self.target.facts.title.to_owned(),
        })
    }
}

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunAsk {
    /// The run's name, unique.
    pub run: String,
    /// What began it, for the history.
    pub trigger: String,
    /// Only this document.
    pub only: Option<String>,
    /// Only these documents, by their numbers: each is read again from the source and decided on, and goes at once as
    /// far as no approval is missing. Empty for a run of everything.
    pub again: Vec<String>,
    /// Only the backward half, and that at once.
    pub back: bool,
    /// Stop before posting: a dry run in a rehearsal of the store.
    pub dry: bool,
    /// Today, in the business's own calendar.
    pub today: NaiveDate,
    /// The day in the source's own calendar; where nobody says which that is, the latest it may be anywhere.
    pub local_day: NaiveDate,
}

/// Something a person watching may want to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Records read so far.
    Pulled(usize),
    /// Documents decided so far, and how many there are to decide, where that is known.
    Decided(usize, Option<usize>),
    /// Writes settled so far.
    Posted(usize),
}

/// That a tenant's file leads to another book than before.
pub fn led(tenant: &str, before: &str, now: &str) -> String {
    format!(
        "{tenant} was led {before}, and its file now says {now}: what is linked there would be taken for what is here"
    )
}

/// Where a run tells how far it is.
pub type Watch<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// The run as it is kept.
    pub run: RunRow,
    /// Its log.
    pub lines: Vec<RunLine>,
    /// Pages of the ledger's papers that it read because they were not known yet.
    pub filled: usize,
    /// When it is worth running again for what is in doubt.
    pub wake: Option<DateTime<Utc>>,
    /// Why the file of what became of the documents was not written, where one is asked for.
    pub not_written: Option<String>,
    /// What its backward half did, where that ran with it.
    pub back: Option<Box<Done>>,
}

impl Tenant<'_> {
    /// Its id.
    pub fn tenant(&self) -> &TenantId {
        &self.mapping.tenant
    }

    /// Between two steps nothing is half done.
    ///
    /// # Errors
    /// [`SyncError::Ended`] once the process was asked to end.
    pub fn goes_on(&self) -> Result<(), SyncError> {
        match self.ending.is_asked() {
            true => Err(SyncError::Ended),
            false => Ok(()),
        }
    }

    /// How records of the source are read today.
    pub fn reading(&self) -> SourceReading<'_> {
        SourceReading {
            reads: self.source.reads,
            settings: Arc::clone(&self.from.settings),
            currency: self.mapping.currency.value,
        }
    }

    /// A thing of the source.
    pub fn here(&self, kind: Kind, id: &SourceId) -> Key {
        Key::new(&self.books.source, kind, id)
    }

    /// Takes the flow, or says who has it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another process has it.
    pub async fn lease(&self) -> Result<Lease, StoreError> {
        let now = self.to.clock.now();
        let lease = self
            .memory
            .lease(self.tenant(), self.holder, now, LEASE_S)
            .await?;
        lease.ok_or_else(|| StoreError::LeaseLost {
            tenant: self.tenant().to_string(),
            holder: "another process".into(),
        })
    }
}
