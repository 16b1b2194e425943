//! A tenant's switches, and the chart of its ledger as last read.

use super::audit::{self, AuditEntry};
use super::rows::{blob, json, pack, read_json, read_time, text, time, unpack};
use super::sql::{Db, sql};
use crate::model::Chart;
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

/// The chart, and when it was read.
pub async fn chart(
    db: &mut Db,
    tenant: &str,
) -> Result<Option<(Chart, DateTime<Utc>)>, StoreError> {
    sql("SELECT at, body FROM mirrors WHERE tenant = $1 AND what = 'chart'")
        .bind(tenant)
        .maybe(db, |r| {
            let chart = unpack("the chart", &blob(r, "body")?)?;
            Ok((chart, read_time(&text(r, "at")?)?))
        })
        .await
}

/// Keeps the chart.
pub async fn set_chart(
    db: &mut Db,
    tenant: &str,
    chart: &Chart,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO mirrors (tenant, what, at, body) VALUES ($1, 'chart', $2, $3)
         ON CONFLICT (tenant, what) DO UPDATE SET at = excluded.at, body = excluded.body",
    )
    .bind(tenant)
    .bind(time(now))
    .bind(pack(chart)?)
    .run(db)
    .await?;
    Ok(())
}
