//! Whether any row of the audit log was changed, removed or put in, and whether its end or the database itself is lost.

use crate::model::EpochCause;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::store::verify_audit;
use schemars::JsonSchema;
use serde::Serialize;

/// The first row whose chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BrokenRow {
    /// Its number.
    pub row: i64,
    /// What is wrong.
    pub what: String,
}

/// What the chain of the audit log says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AuditAnswer {
    /// How many rows hold, from the first on.
    pub rows: u64,
    /// Whether all do.
    pub holds: bool,
    /// The first that does not.
    pub fault: Option<BrokenRow>,
    /// What proves that the end of the log is missing; none where nothing does.
    pub older: Option<String>,
    /// What is wrong with the database itself; none where its pages are whole.
    pub damaged: Option<String>,
    /// When the log went on after a part of it was lost or another copy went its own way, and why.
    pub breaks: Vec<String>,
}

/// Checks the database, the chain of the whole log, and its end against the beacon.
///
/// # Errors
/// The store cannot be read.
pub async fn audit(engine: &Engine) -> Result<AuditAnswer, NotDone> {
    let store = engine.store();
    let mut answer = AuditAnswer {
        rows: 0,
        holds: false,
        fault: None,
        older: None,
        damaged: damage(engine).await,
        breaks: Vec::new(),
    };
    // Of pages that are not whole nothing more can be said.
    if answer.damaged.is_some() {
        return Ok(answer);
    }
    match verify_audit(store).await? {
        Ok(rows) => answer.rows = rows,
        Err(fault) => {
            answer.rows = u64::try_from(fault.seq - 1).unwrap_or_default();
            answer.fault = Some(BrokenRow {
                row: fault.seq,
                what: fault.what,
            });
        }
    }
    let root = engine.workspace().root().to_owned();
    let (_, proof) = (store.held_against_beacon(&engine.outside().beacon, &root)).await?;
    // That there is no note proves nothing of the log.
    let proof = proof.filter(|p| p.cause != EpochCause::NoBeacon);
    answer.older = proof.map(|p| p.what);
    answer.breaks = store.breaks().await?;
    answer.holds = answer.fault.is_none() && answer.older.is_none();
    Ok(answer)
}

async fn damage(engine: &Engine) -> Option<String> {
    match engine.store().damage().await {
        Ok(damage) => damage,
        Err(e) => Some(e.to_string()),
    }
}
