//! Epochs: the times between which a workspace may have forgotten what it did.
//!
//! A database that was put back, emptied or copied knows less than the world. What proves that begins a new epoch, in which
//! nothing is written for a while, until whatever was under way has arrived and can be seen.

use chrono::{DateTime, Duration, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// For how many seconds of a new epoch nothing is written: what was under way when it began has arrived by then.
pub const EPOCH_WAIT_S: i64 = 900;

/// What began an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EpochCause {
    /// The beacon has seen more than the database knows.
    Behind,
    /// The beacon has seen another end of the same log.
    Forked,
    /// There is no beacon, and something was sent.
    NoBeacon,
    /// The ledger holds what this workspace does not know that it sent.
    Ledger,
    /// A backup was put back by `crossfoot restore`.
    Restored,
    /// A person has said that the work goes on here.
    Said,
}

impl EpochCause {
    /// Every cause.
    pub const ALL: [EpochCause; 6] = [
        EpochCause::Behind,
        EpochCause::Forked,
        EpochCause::NoBeacon,
        EpochCause::Ledger,
        EpochCause::Restored,
        EpochCause::Said,
    ];

    /// The word used in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            EpochCause::Behind => "behind",
            EpochCause::Forked => "forked",
            EpochCause::NoBeacon => "no_beacon",
            EpochCause::Ledger => "ledger",
            EpochCause::Restored => "restored",
            EpochCause::Said => "said",
        }
    }

    /// The cause that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == word)
    }
}

/// That the workspace knows less than the world, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochProof {
    /// What proves it.
    pub cause: EpochCause,
    /// The same in words, for people.
    pub what: String,
    /// The greatest number of an epoch that was seen elsewhere; the next one is above it.
    pub seen: i64,
}

/// An epoch of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    /// Its number; the first has no beginning that matters.
    pub number: i64,
    /// When it began, and by what.
    pub began: Option<(DateTime<Utc>, EpochCause)>,
    /// The cause in words.
    pub what: String,
    /// Why nothing is written any more until a person has said where the work goes on; empty otherwise.
    pub stopped: String,
    /// Until when its database knew the world, where that is known: what was said to it later is lost.
    pub known: Option<DateTime<Utc>>,
}

impl Default for Epoch {
    fn default() -> Self {
        Self {
            number: 1,
            began: None,
            what: String::new(),
            stopped: String::new(),
            known: None,
        }
    }
}

impl Epoch {
    /// Until when nothing is written, whether or not that is over.
    pub fn quiet_until(&self) -> Option<DateTime<Utc>> {
        let (began, _) = self.began?;
        Some(began + Duration::seconds(EPOCH_WAIT_S))
    }
}

/// Whether anything may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// It may.
    Open,
    /// Not before a time.
    Waits {
        /// Until when.
        until: DateTime<Utc>,
        /// Why, in words.
        why: String,
    },
    /// Not before a person has done something.
    Stopped {
        /// Why, in words.
        why: String,
        /// What a person does.
        fix: String,
    },
}

/// What lies outside the workspace and says how far it had come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    /// The workspace's id.
    pub workspace: String,
    /// The folder it was in.
    pub folder: String,
    /// The number of its epoch.
    pub epoch: i64,
    /// The number of the last row of its audit log; 0 before the first.
    pub audit: i64,
    /// That row's hash; empty before the first.
    pub hash: String,
    /// The machine that wrote this.
    pub machine: String,
    /// When it was written, by that machine.
    pub at: DateTime<Utc>,
}

/// How far a database has come, as much of it as a beacon is held against.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogEnd {
    /// The number of its epoch.
    pub epoch: i64,
    /// The number of the last row of the audit log.
    pub audit: i64,
    /// The hash of the row that the beacon names, where there is one.
    pub hash: Option<String>,
    /// Whether anything was ever sent.
    pub sent: bool,
}
