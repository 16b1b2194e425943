//! A tenant's switches, and the history of its runs.

use super::error::StoreError;
use super::payments::EditSeen;
use crate::model::{Became, Counts, Fingerprint, HeldCount, Kind, TenantId};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

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
    /// How many of what kind became what.
    pub counts: Counts,
    /// Calls made, by system.
    pub calls: BTreeMap<String, u64>,
    /// Why it stopped early, if it did.
    pub stopped: Option<String>,
    /// Whether it stopped because the process was asked to end, of which nobody need be told.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub asked_to_end: bool,
    /// Why nothing was written, where nothing may be.
    pub waits: Option<WritesWait>,
    /// How much of the tenant's waited for a person when it ended; none of runs that were kept before that was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldCount>,
}

impl RunRow {
    /// Why it stopped, where that is anybody's business: a process that was asked to end goes on at its next start.
    pub fn failed(&self) -> Option<&str> {
        self.stopped.as_deref().filter(|_| !self.asked_to_end)
    }
}

/// Why nothing is written: the workspace may be older than the world, or the ledger's description is not tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WritesWait {
    /// Until when; none where it takes a person's word.
    pub until: Option<DateTime<Utc>>,
    /// Why, in words.
    pub why: String,
    /// What a person does; empty where it goes on by itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fix: String,
}

/// One line of a run's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLine {
    /// When.
    pub at: DateTime<Utc>,
    /// Which document: kind and number.
    pub object: String,
    /// What became of it.
    pub action: Became,
    /// More.
    pub detail: String,
    /// What kind of thing; none for a record that could not be read, and in runs of long ago.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// The number or id people know it by; empty in runs of long ago.
    #[serde(default)]
    pub number: String,
    /// The code of its reason; empty where it has none.
    #[serde(default)]
    pub code: String,
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
    /// The configuration the held, skipped and refused documents were last decided under.
    pub config: Option<Fingerprint>,
    /// The day on which that configuration was first seen, where another was before it.
    pub edited: Option<NaiveDate>,
    /// The time at which it was.
    pub edited_at: Option<DateTime<Utc>>,
}

/// A change of a tenant's switches: what it means to change, and nothing else. Runs and persons change them side by side, so
/// that they are never written as somebody read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantSwitch {
    /// Processing goes on or off.
    Processing(bool),
    /// The first run was reviewed.
    Reviewed,
    /// A run has ended.
    Ran {
        /// When.
        at: DateTime<Utc>,
        /// Until when a daily limit keeps the next one back, where this one met it.
        parked_until: Option<DateTime<Utc>>,
    },
    /// What is not posted was put to be decided on again under a configuration; none where under whichever comes.
    Decides {
        /// The configuration.
        config: Option<Fingerprint>,
        /// When it was first seen, where another was before it.
        edit: Option<EditSeen>,
    },
}

impl TenantState {
    /// The switches after a change.
    #[must_use]
    pub fn with(mut self, change: &TenantSwitch) -> Self {
        match change {
            TenantSwitch::Processing(on) => self.processing = *on,
            TenantSwitch::Reviewed => self.reviewed = true,
            TenantSwitch::Ran { at, parked_until } => {
                self.last_run = Some(*at);
                self.parked_until = parked_until.or(self.parked_until);
            }
            TenantSwitch::Decides { config, edit } => {
                self.config.clone_from(config);
                if let Some(edit) = edit {
                    self.edited = Some(edit.day);
                    self.edited_at = edit.at;
                }
            }
        }
        self
    }

    /// The last edit of the file or of a rule, where there was one.
    pub fn edit(&self) -> Option<EditSeen> {
        self.edited.map(|day| EditSeen {
            at: self.edited_at,
            day,
        })
    }
}

impl fmt::Display for WritesWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.until {
            Some(until) => write!(
                f,
                "nothing is written before {}: ",
                until.format("%F %H:%MZ")
            )?,
            None => f.write_str("nothing is written: ")?,
        }
        f.write_str(&self.why)
    }
}

/// Switches and runs.
#[async_trait]
pub trait Runs: Send + Sync {
    /// A tenant's switches.
    async fn tenant(&self, tenant: &TenantId) -> Result<TenantState, StoreError>;

    /// Changes one of a tenant's switches and leaves the others as they are, whoever has changed them meanwhile. Answers them as
    /// they were before.
    async fn switch(
        &self,
        tenant: &TenantId,
        change: &TenantSwitch,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<TenantState, StoreError>;

    /// That the file or a rule was edited: which posted documents it would make otherwise is not known yet.
    async fn edited(&self, tenant: &TenantId, config: &Fingerprint) -> Result<(), StoreError>;

    /// Stores a run and its lines.
    async fn save_run(
        &self,
        tenant: &TenantId,
        run: &RunRow,
        lines: &[RunLine],
    ) -> Result<(), StoreError>;

    /// The last runs, newest first.
    async fn runs(&self, tenant: &TenantId, limit: usize) -> Result<Vec<RunRow>, StoreError>;

    /// A run by its id.
    async fn run(&self, tenant: &TenantId, run: &str) -> Result<Option<RunRow>, StoreError>;

    /// A run's lines.
    async fn run_lines(&self, tenant: &TenantId, run: &str) -> Result<Vec<RunLine>, StoreError>;
}
