//! What runs did, with their logs.

use super::rows::{blob, json, pack, read_json, text, time, unpack};
use super::sql::{Db, limit, sql};
use crate::pipeline::ports::{RunLine, RunRow, StoreError};

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
    .run(db)
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
