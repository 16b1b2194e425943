//! What a tenant's ledger says of itself: asked for now, or as it was last read.

use super::engine::Engine;
use super::not_done::NotDone;
use super::workspace::Loaded;
use crate::checks::live::live;
use crate::model::{Chart, Diagnostic, TenantId};
use crate::pipeline::ports::{Books as _, Mirror as _, Side};

/// What a tenant's file says that its ledger does not have: its accounts, tax codes, items, lock dates.
///
/// # Errors
/// The ledger cannot be reached.
pub async fn against_ledger(engine: &Engine, loaded: &Loaded) -> Result<Vec<Diagnostic>, NotDone> {
    let (target, session) = engine.target(loaded)?;
    let chart = target.reads.chart(&session).await?;
    Ok(live(&loaded.mapping, target.facts, &chart))
}

/// The ledger's accounts, tax codes and items as they were last read, if they were.
///
/// # Errors
/// The store cannot be read.
pub async fn kept_chart(engine: &Engine, tenant: &TenantId) -> Result<Option<Chart>, NotDone> {
    let store = engine.store();
    let Some(ledger) = store.book_at(tenant, Side::Ledger).await? else {
        return Ok(None);
    };
    let kept = store.chart(tenant, &ledger).await?;
    Ok(kept.map(|(chart, _)| chart))
}
