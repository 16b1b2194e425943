//! A tenant's switches.

use super::audit::{self, AuditEntry};
use super::rows::{json, read_json, text};
use super::sql::{Db, sql};
use crate::pipeline::ports::{StoreError, TenantState};
use chrono::{DateTime, Utc};

/// The switches; their defaults before any was touched.
pub async fn state(db: &mut Db, tenant: &str) -> Result<TenantState, StoreError> {
    let state = sql("SELECT state FROM tenants WHERE tenant = $1")
        .bind(tenant)
        .maybe(db, |r| read_json("a tenant's switches", &text(r, "state")?))
        .await?;
    Ok(state.unwrap_or_default())
}

/// Changes the switches, with an audit row.
pub async fn set_state(
    db: &mut Db,
    tenant: &str,
    state: &TenantState,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let body = json(state)?;
    sql("INSERT INTO tenants (tenant, state) VALUES ($1, $2) ON CONFLICT (tenant) DO UPDATE SET state = excluded.state")
        .bind(tenant)
        .bind(&body)
        .run(db)
        .await?;
    let entry = AuditEntry {
        tenant,
        at: now,
        actor,
        action: "switched",
        object: "tenant",
        detail: &body,
    };
    audit::append(db, entry).await
}
