//! Whether any row of the audit log was changed, removed or put in.

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
}

/// Checks the chain of the whole log.
///
/// # Errors
/// The store cannot be read.
pub async fn audit(engine: &Engine) -> Result<AuditAnswer, NotDone> {
    Ok(match verify_audit(engine.store()).await? {
        Ok(rows) => AuditAnswer {
            rows,
            holds: true,
            fault: None,
        },
        Err(fault) => AuditAnswer {
            rows: u64::try_from(fault.seq - 1).unwrap_or_default(),
            holds: false,
            fault: Some(BrokenRow {
                row: fault.seq,
                what: fault.what,
            }),
        },
    })
}
