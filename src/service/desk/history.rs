//! The last runs, or what one run did.
//!
//! Flows in: a tenant, and how many runs or which. Flows out: a [`HistoryAnswer`]. Refuses a run that there is not.

use super::runs::{LineTold, RunTold};
use crate::model::TenantId;
use crate::pipeline::ports::Runs as _;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use schemars::JsonSchema;
use serde::Serialize;

/// Runs, the newest first; with one asked for, that and its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HistoryAnswer {
    /// Whose.
    pub tenant: TenantId,
    /// The runs.
    pub runs: Vec<RunTold>,
    /// The log of the one that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<LineTold>>,
}

/// The last runs.
///
/// # Errors
/// The store cannot be read.
pub async fn history(
    engine: &Engine,
    tenant: &TenantId,
    most: usize,
) -> Result<HistoryAnswer, NotDone> {
    let runs = engine.store().runs(tenant, most).await?;
    Ok(HistoryAnswer {
        tenant: tenant.clone(),
        runs: runs.into_iter().map(RunTold::from).collect(),
        lines: None,
    })
}

/// What one run did, by its id; `last` is the newest.
///
/// # Errors
/// There is no such run, or the store cannot be read.
pub async fn run_of(
    engine: &Engine,
    tenant: &TenantId,
    wanted: &str,
) -> Result<HistoryAnswer, NotDone> {
    let found = match wanted {
        "last" => engine.store().runs(tenant, 1).await?.pop(),
        id => engine.store().run(tenant, id).await?,
    };
    let Some(found) = found else {
        let fix = format!("`crossfoot history {tenant}` lists the runs");
        return Err(NotDone::wrong(format!("{tenant} has no run {wanted}"), fix));
    };
    let lines = engine.store().run_lines(tenant, &found.id).await?;
    Ok(HistoryAnswer {
        tenant: tenant.clone(),
        runs: vec![found.into()],
        lines: Some(lines.into_iter().map(LineTold::from).collect()),
    })
}
