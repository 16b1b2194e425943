//! What is forgotten in time, so that the database does not grow with every change for ever.
//!
//! Flows in: a tenant and the day before which what was replaced may go. Flows out: how many rows went. Never forgotten:
//! the newest version of every record and the one last decided on, the facts of every last decision, requests of writes
//! that are not at their end, the newest run, and documents, writes, links, orphans and the audit log altogether.
//! With them go the counts of calls under keys that nobody uses any more.
//! Bounded: one step is one transaction of at most so many rows of each kind, found by indexes that hold nothing but
//! what was replaced, so that it costs what goes and not what stays.

use super::Store;
use super::rows::{number, text, time};
use super::sql::{Db, limit, sql};
use crate::model::TenantId;
use crate::pipeline::ports::StoreError;
use chrono::{DateTime, Utc};

/// What one step forgot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Versions of records that newer ones took the place of.
    pub records: u64,
    /// Ledger facts that no last decision uses.
    pub facts: u64,
    /// Requests whose writes are all at their end.
    pub requests: u64,
    /// Runs with their logs.
    pub runs: u64,
    /// Whether there may be more to forget.
    pub more: bool,
}

impl Store {
    /// Forgets what was replaced, sent or run before a time: at most `most` rows of each kind.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget(
        &self,
        tenant: &TenantId,
        before: DateTime<Utc>,
        most: usize,
    ) -> Result<Forgotten, StoreError> {
        let (before_s, before_day) = (before.timestamp(), before.date_naive().to_string());
        let (before, tenant) = (time(before), tenant.as_str());
        let mut tx = self.begin().await?;
        let mut out = Forgotten {
            records: records(&mut tx, tenant, &before, most).await?,
            requests: requests(&mut tx, tenant, &before, most).await?,
            runs: runs(&mut tx, tenant, &before, most).await?,
            ..Forgotten::default()
        };
        let (gone, looked) = facts(&mut tx, tenant, &before, most).await?;
        out.facts = gone;
        counts(&mut tx, before_s, &before_day).await?;
        tx.commit().await?;
        let full = u64::try_from(most).unwrap_or(u64::MAX);
        let most_of = [out.records, out.requests, out.runs, looked];
        out.more = most_of.into_iter().any(|n| n >= full);
        Ok(out)
    }
}

async fn records(db: &mut Db, tenant: &str, before: &str, most: usize) -> Result<u64, StoreError> {
    // A version that was decided on stays as long as that decision does, though a newer one may wait; so does the one
    // that a link was made from, since a later change of the source is told from it.
    let old = sql(
        "SELECT thing, version FROM records r
          WHERE r.tenant = $1 AND r.replaced_at IS NOT NULL AND r.replaced_at < $2
            AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.tenant = r.tenant AND d.thing = r.thing
                  AND (d.version = r.version OR d.decided = r.version))
            AND NOT EXISTS (SELECT 1 FROM links l WHERE l.tenant = r.tenant AND l.thing = r.thing AND l.version = r.version)
          ORDER BY r.replaced_at LIMIT $3",
    );
    let old = old.bind(tenant).bind(before).bind(limit(most));
    let key = |r: &sqlx::sqlite::SqliteRow| Ok((number(r, "thing")?, text(r, "version")?));
    let mut gone = 0;
    for (thing, version) in old.all(db, key).await? {
        gone += sql("DELETE FROM records WHERE tenant = $1 AND thing = $2 AND version = $3")
            .bind(tenant)
            .bind(thing)
            .bind(version)
            .run(db)
            .await?;
    }
    Ok(gone)
}

/// Calls that count in no window any more, and counts of days that are over: a few rows a key, of which those of keys in use go
/// by themselves (`tokens.rs`).
async fn counts(db: &mut Db, before_s: i64, before_day: &str) -> Result<(), StoreError> {
    let old = sql("DELETE FROM recent_calls WHERE second < $1");
    old.bind(before_s).run(db).await?;
    let old = sql("DELETE FROM day_counters WHERE day < $1");
    old.bind(before_day).run(db).await?;
    Ok(())
}

async fn requests(db: &mut Db, tenant: &str, before: &str, most: usize) -> Result<u64, StoreError> {
    // The newest stays, so that its number is not given again.
    let old = sql("SELECT b.id FROM batches b
          WHERE b.tenant = $1 AND b.sent_at < $2 AND b.id < (SELECT MAX(id) FROM batches)
            AND NOT EXISTS (SELECT 1 FROM writes w WHERE w.tenant = b.tenant AND w.batch = b.id
                  AND w.state NOT IN ('linked','refused','superseded'))
          ORDER BY b.sent_at LIMIT $3");
    let old = old.bind(tenant).bind(before).bind(limit(most));
    let mut gone = 0;
    for id in old.all(db, |r| number(r, "id")).await? {
        let one = sql("DELETE FROM batches WHERE tenant = $1 AND id = $2");
        gone += one.bind(tenant).bind(id).run(db).await?;
    }
    Ok(gone)
}

async fn runs(db: &mut Db, tenant: &str, before: &str, most: usize) -> Result<u64, StoreError> {
    let old = sql("SELECT run FROM runs WHERE tenant = $1 AND started < $2
            AND started < (SELECT MAX(started) FROM runs WHERE tenant = $1)
          ORDER BY started LIMIT $3");
    let old = old.bind(tenant).bind(before).bind(limit(most));
    let mut gone = 0;
    for run in old.all(db, |r| text(r, "run")).await? {
        let one = sql("DELETE FROM runs WHERE tenant = $1 AND run = $2");
        gone += one.bind(tenant).bind(run).run(db).await?;
    }
    Ok(gone)
}

/// Answers how many went, and how many were looked at.
async fn facts(
    db: &mut Db,
    tenant: &str,
    before: &str,
    most: usize,
) -> Result<(u64, u64), StoreError> {
    let left = sql(
        "SELECT hash FROM facts WHERE tenant = $1 AND left_at IS NOT NULL AND left_at < $2 ORDER BY left_at LIMIT $3",
    );
    let left = left.bind(tenant).bind(before).bind(limit(most));
    let (mut gone, mut looked) = (0, 0);
    for hash in left.all(db, |r| text(r, "hash")).await? {
        looked += 1;
        let used = sql("SELECT 1 FROM decisions WHERE tenant = $1 AND facts = $2 LIMIT 1");
        // Left by one document, and used by another still: it is marked again when the last one leaves it.
        let ask = if used.bind(tenant).bind(&hash).any(db).await? {
            sql("UPDATE facts SET left_at = NULL WHERE tenant = $1 AND hash = $2")
        } else {
            gone += 1;
            sql("DELETE FROM facts WHERE tenant = $1 AND hash = $2")
        };
        ask.bind(tenant).bind(hash).run(db).await?;
    }
    Ok((gone, looked))
}
