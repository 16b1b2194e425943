//! A tenant's switches.

use super::audit::{self, AuditEntry};
use super::rows::{json, read_json, text};
use super::sql::{Db, sql};
use crate::pipeline::ports::{StoreError, TenantState, TenantSwitch};
use chrono::{DateTime, Utc};

/// The switches; their defaults before any was touched.
pub async fn state(db: &mut Db, tenant: &str) -> Result<TenantState, StoreError> {
    let state = sql("SELECT state FROM tenants WHERE tenant = $1")
        .bind(tenant)
        .maybe(db, |r| read_json("a tenant's switches", &text(r, "state")?))
        .await?;
    Ok(state.unwrap_or_default())
}

/// Changes one of the switches, with an audit row. Answers them as they were before. This is the one place that writes them:
/// they are read in the transaction that changes them, so that nobody's change is undone by another's.
pub async fn switch(
    db: &mut Db,
    tenant: &str,
    change: &TenantSwitch,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<TenantState, StoreError> {
    let before = state(db, tenant).await?;
    let body = json(&before.clone().with(change))?;
    sql("INSERT INTO tenants (tenant, state) VALUES ($1, $2) ON CONFLICT (tenant) DO UPDATE SET state = excluded.state")
        .bind(tenant)
        .bind(&body)
        .put_off(db)
        .await?;
    let entry = AuditEntry {
        tenant,
        at: now,
        actor,
        action: "switched",
        object: "tenant",
        detail: &body,
    };
    audit::append(db, entry).await?;
    Ok(before)
}
