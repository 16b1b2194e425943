//! Whether the workspace is older than the world, and what was found since that was known.

use crate::model::{Epoch, EpochCause, Gate, Kind, PersonsWord, TenantId, money};
use crate::pipeline::epoch::{TWIN_FIX, gate};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::store::{EpochFound, Store};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
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
    /// Until when the database knew the world: what was said to Crossfoot later is lost. None where that is not known.
    pub known_until: Option<DateTime<Utc>>,
    /// Words that were lost and that had kept something back: each is held until it is said again.
    pub lost: Vec<LostWord>,
}

/// A person's word that is lost: an older backup was put back since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LostWord {
    /// Whose.
    pub tenant: TenantId,
    /// The document's number.
    pub number: String,
    /// The payment or refund, where it was about one.
    pub payment: Option<String>,
    /// `settled` or `skip`.
    pub word: String,
    /// What the source said of its amount.
    pub amount: Decimal,
    /// Who said it.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: String,
}

impl LostWord {
    /// In one line.
    pub fn line(&self) -> String {
        let payment = match &self.payment {
            Some(id) => format!(", payment {id}"),
            None => String::new(),
        };
        let word = match self.word.as_str() {
            "skip" => "left out",
            _ => "settled by hand",
        };
        format!(
            "{} {}{payment} of {}: {word} by {} on {} ({})",
            self.tenant,
            self.number,
            money::show(self.amount),
            self.actor,
            self.at.format("%F"),
            self.why
        )
    }
}

/// The words that are lost, of all tenants.
///
/// # Errors
/// The store cannot be read.
pub async fn lost(store: &Store) -> Result<Vec<LostWord>, NotDone> {
    let all = store.lost_words().await?.into_iter();
    let one = |(tenant, word): (TenantId, PersonsWord)| {
        let (was, number) = word.was?;
        Some(LostWord {
            tenant,
            number,
            payment: (word.of.kind == Kind::Payment).then_some(word.of.id.0),
            word: was.as_str().to_owned(),
            amount: word.amount,
            actor: word.actor,
            at: word.at,
            why: word.why,
        })
    };
    Ok(all.filter_map(one).collect())
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
    let lost = lost(engine.store()).await?;
    Ok(of(epoch, (found.into(), lost), engine.now()))
}

fn of(
    epoch: Epoch,
    (found, lost): (FoundTold, Vec<LostWord>),
    now: DateTime<Utc>,
) -> Option<WorldStatus> {
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
        known_until: epoch.known,
        lost,
    })
}
