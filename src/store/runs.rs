//! What runs did, with their logs.

use super::packed::{pack, unpack};
use super::rows::{blob, json, read_json, text, time};
use super::sql::{Db, limit, sql};
use super::{Store, edits, tenants};
use crate::model::{Fingerprint, TenantId};
use crate::pipeline::ports::{RunLine, RunRow, Runs, StoreError, TenantState, TenantSwitch};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Keeps a run, in place of what was kept of it.
pub async fn save(
    db: &mut Db,
    tenant: &str,
    run: &RunRow,
    lines: &[RunLine],
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO runs (tenant, run, started, body, lines) VALUES ($1,$2,$3,$4,$5)
         ON CONFLICT (tenant, run) DO UPDATE SET body = excluded.body, lines = excluded.lines",
    )
    .bind(tenant)
    .bind(&run.id)
    .bind(run.started.map(time).unwrap_or_default())
    .bind(json(run)?)
    .bind(pack(&lines)?)
    .put_off(db)
    .await?;
    Ok(())
}

/// The last runs, newest first.
pub async fn newest(db: &mut Db, tenant: &str, most: usize) -> Result<Vec<RunRow>, StoreError> {
    sql("SELECT body FROM runs WHERE tenant = $1 ORDER BY started DESC, run DESC LIMIT $2")
        .bind(tenant)
        .bind(limit(most))
        .all(db, |r| read_json("a run", &text(r, "body")?))
        .await
}

/// A run.
pub async fn one(db: &mut Db, tenant: &str, run: &str) -> Result<Option<RunRow>, StoreError> {
    sql("SELECT body FROM runs WHERE tenant = $1 AND run = $2")
        .bind(tenant)
        .bind(run)
        .maybe(db, |r| read_json("a run", &text(r, "body")?))
        .await
}

/// A run's log.
pub async fn lines(db: &mut Db, tenant: &str, run: &str) -> Result<Vec<RunLine>, StoreError> {
    let lines = sql("SELECT lines FROM runs WHERE tenant = $1 AND run = $2")
        .bind(tenant)
        .bind(run)
        .maybe(db, |r| unpack("a run's log", &blob(r, "lines")?))
        .await?;
    Ok(lines.unwrap_or_default())
}

#[async_trait]
impl Runs for Store {
    async fn tenant(&self, tenant: &TenantId) -> Result<TenantState, StoreError> {
        tenants::state(&mut *self.read().await?, tenant.as_str()).await
    }

    async fn switch(
        &self,
        tenant: &TenantId,
        change: &TenantSwitch,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<TenantState, StoreError> {
        let mut tx = self.begin().await?;
        let before = tenants::switch(&mut tx, tenant.as_str(), change, actor, now).await?;
        tx.commit().await?;
        Ok(before)
    }

    async fn edited(&self, tenant: &TenantId, config: &Fingerprint) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        edits::begin(&mut tx, tenant.as_str(), &config.0).await?;
        tx.commit().await
    }

    async fn save_run(
        &self,
        tenant: &TenantId,
        run: &RunRow,
        lines: &[RunLine],
    ) -> Result<(), StoreError> {
        save(&mut *self.db().await?, tenant.as_str(), run, lines).await
    }

    async fn runs(&self, tenant: &TenantId, limit: usize) -> Result<Vec<RunRow>, StoreError> {
        newest(&mut *self.read().await?, tenant.as_str(), limit).await
    }

    async fn run(&self, tenant: &TenantId, run: &str) -> Result<Option<RunRow>, StoreError> {
        one(&mut *self.read().await?, tenant.as_str(), run).await
    }

    async fn run_lines(&self, tenant: &TenantId, run: &str) -> Result<Vec<RunLine>, StoreError> {
        lines(&mut *self.read().await?, tenant.as_str(), run).await
    }
}
