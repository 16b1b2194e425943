//! Whether the workspace is older than the world, and what was found since that was known.

use crate::model::{Epoch, EpochCause, Gate};
use crate::pipeline::epoch::{TWIN_FIX, gate};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::store::EpochFound;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

/// What is to be done where something stands twice in the ledger.
const TWICE_FIX: &str = "delete one of the two in the ledger";

/// What an epoch found, each told by what bears it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct FoundTold {
    /// In the ledger already, and taken for ours.
    pub adopted: Vec<String>,
    /// In the ledger, and other than the source says: its document waits for a person.
    pub differs: Vec<String>,
    /// Missing in the ledger, and made since.
    pub made: Vec<String>,
    /// Not decided on yet.
    pub open: Vec<String>,
    /// In the ledger twice: delete one of the two there.
    pub twice: Vec<String>,
}

/// That the workspace was, or is, older than the world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorldStatus {
    /// The number of the epoch.
    pub epoch: i64,
    /// When it began.
    pub began: DateTime<Utc>,
    /// What began it.
    pub cause: EpochCause,
    /// The same in words.
    pub what: String,
    /// Until when nothing is written; none once that is over, or where it takes a person's word.
    pub waits_until: Option<DateTime<Utc>>,
    /// Why nothing is written until a person has said where the work goes on; empty otherwise.
    pub stopped: String,
    /// What to do; empty where nothing need be done.
    pub fix: String,
    /// What was found.
    pub found: FoundTold,
}

impl From<EpochFound> for FoundTold {
    fn from(found: EpochFound) -> Self {
        Self {
            adopted: found.adopted,
            differs: found.differs,
            made: found.made,
            open: found.open,
            twice: found.twice,
        }
    }
}

/// What a person does while nothing is written.
pub fn fix(stopped: bool, twice: bool) -> String {
    let all = [(twice, TWICE_FIX), (stopped, TWIN_FIX)];
    let some: Vec<&str> = (all.iter())
        .filter(|(is, _)| *is)
        .map(|(_, f)| *f)
        .collect();
    some.join("; ")
}

/// Tells whether it is. `None` where nothing ever proved that it was.
///
/// # Errors
/// The store cannot be read.
pub async fn world(engine: &Engine) -> Result<Option<WorldStatus>, NotDone> {
    let (epoch, found) = engine.store().epoch_found().await?;
    Ok(of(epoch, found.into(), engine.now()))
}

fn of(epoch: Epoch, found: FoundTold, now: DateTime<Utc>) -> Option<WorldStatus> {
    let (began, cause) = epoch.began?;
    let waits_until = match gate(&epoch, now) {
        Gate::Waits { until, .. } => Some(until),
        Gate::Open | Gate::Stopped { .. } => None,
    };
    Some(WorldStatus {
        epoch: epoch.number,
        began,
        cause,
        what: epoch.what,
        waits_until,
        fix: fix(!epoch.stopped.is_empty(), !found.twice.is_empty()),
        stopped: epoch.stopped,
        found,
    })
}
