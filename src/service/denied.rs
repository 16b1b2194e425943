//! That a vendor refused a run, though the sign-in is good: it lacks a permission, which nothing but a call shows. It is told until a
//! run gets through, or the connection is made again.
//!
//! Flows in: how a run ended. Flows out: why the last one was refused. What goes right costs no statement.

use crate::connectors::CallError;
use crate::model::TenantId;
use crate::pipeline::ports::{Runs as _, StoreError};
use crate::pipeline::tenant::{Done, SyncError};
use crate::store::Store;
use chrono::{DateTime, Utc};

/// The note of it: when, the system, and why.
fn note_of(tenant: &TenantId) -> String {
    format!("denied:{tenant}")
}

/// Keeps why a run was refused.
pub(super) async fn after(
    store: &Store,
    (tenant, now): (&TenantId, DateTime<Utc>),
    done: Result<Done, SyncError>,
) -> Result<Result<Done, SyncError>, StoreError> {
    if let Err(SyncError::Call(CallError::Gone { system, why, .. })) = &done {
        let note = format!("{} {system} {why}", now.to_rfc3339());
        store.keep_note(&note_of(tenant), &note).await?;
    }
    Ok(done)
}

/// The connection was made again: what lacked before is not known any more.
pub(super) async fn granted(store: &Store, tenant: &TenantId) -> Result<(), StoreError> {
    let name = note_of(tenant);
    match store.note(&name).await?.is_some_and(|n| !n.is_empty()) {
        true => store.keep_note(&name, "").await,
        false => Ok(()),
    }
}

/// Why the last run was refused by a system.
pub(super) async fn by(
    store: &Store,
    tenant: &TenantId,
    system: &str,
) -> Result<Option<String>, StoreError> {
    let note = store.note(&note_of(tenant)).await?.unwrap_or_default();
    let told = note
        .split_once(' ')
        .and_then(|(at, rest)| Some((at, rest.strip_prefix(system)?.strip_prefix(' ')?)));
    let Some((at, why)) = told else {
        return Ok(None);
    };
    let at = DateTime::parse_from_rfc3339(at).ok().map(|t| t.to_utc());
    // A later run that got through has shown that nothing lacks.
    let last = store.runs(tenant, 1).await?.into_iter().next();
    let through = last.is_some_and(|r| r.stopped.is_none() && r.started > at);
    Ok((!through).then(|| why.to_owned()))
}
