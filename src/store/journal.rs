//! The write protocol's memory: leases, writes, stored requests.

use super::Store;
use super::open::db;
use super::rows::{json, number, pack, read_json, read_time, text, time, unpack, write_row};
use super::settle;
use crate::connectors::Encoded;
use crate::model::{Fingerprint, SourceId, TenantId, WriteState};
use crate::pipeline::ports::{Batch, Journal, Lease, Settled, StoreError};
use crate::pipeline::protocol::{WriteRow, plant};
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use rust_decimal::Decimal;
use sqlx::{Row, Sqlite, Transaction};

pub(super) type Tx<'a> = Transaction<'a, Sqlite>;

impl Store {
    pub(super) async fn begin(&self) -> Result<Tx<'static>, StoreError> {
        self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(db)
    }
}

/// Fails unless the lease is still the newest.
pub(super) async fn fence(tx: &mut Tx<'_>, lease: &Lease) -> Result<(), StoreError> {
    if plant::no_lease() {
        return Ok(());
    }
    let row = sqlx::query("SELECT holder, fence FROM leases WHERE tenant = $1")
        .bind(lease.tenant.as_str())
        .fetch_optional(&mut **tx)
        .await
        .map_err(db)?;
    let Some(row) = row else {
        return Err(lost(lease, "nobody"));
    };
    if number(&row, "fence")? == lease.fence {
        return Ok(());
    }
    Err(lost(lease, &text(&row, "holder")?))
}

fn lost(lease: &Lease, holder: &str) -> StoreError {
    StoreError::LeaseLost {
        tenant: lease.tenant.to_string(),
        holder: holder.to_owned(),
    }
}

/// Remembers the latest time seen, so that a clock that goes back is noticed.
async fn saw(tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ('seen', $1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > meta.value",
    )
    .bind(time(now))
    .execute(&mut **tx)
    .await
    .map_err(db)?;
    Ok(())
}

// A change waits for every earlier write of the same document, be it ready or in doubt: whichever comes last
// puts its version over the other's.
const READY: &str = "
  SELECT w.*, c.target_id AS contact_target, d.target_id AS document_target
    FROM writes w
    LEFT JOIN writes c ON c.tenant = w.tenant AND c.natural_key = w.needs_contact
    LEFT JOIN writes d ON d.tenant = w.tenant AND d.natural_key = w.needs_document
   WHERE w.tenant = $1 AND w.state = 'ready'
     AND (w.not_before IS NULL OR w.not_before <= $2)
     AND ($4 = '' OR w.document = $4 OR w.natural_key IN
           (SELECT o.needs_contact FROM writes o WHERE o.tenant = w.tenant AND o.document = $4))
     AND (w.needs_contact = '' OR c.state = 'linked')
     AND (w.needs_document = '' OR d.state = 'linked')
     AND NOT EXISTS (SELECT 1 FROM writes o WHERE o.tenant = w.tenant AND o.kind = w.kind
           AND o.source_id = w.source_id AND o.id <> w.id
           AND (o.state IN ('sent','in_doubt','verifying') OR (o.state = 'ready' AND o.id < w.id)))
   ORDER BY w.level, w.kind, w.is_update, w.day, w.id
   LIMIT $3";

#[async_trait]
impl Journal for Store {
    async fn lease(
        &self,
        tenant: &TenantId,
        holder: &str,
        now: DateTime<Utc>,
        seconds: i64,
    ) -> Result<Option<Lease>, StoreError> {
        let until = now + Duration::seconds(seconds);
        let mut tx = self.begin().await?;
        let row = sqlx::query(
            "INSERT INTO leases (tenant, holder, fence, until) VALUES ($1, $2, 1, $3)
             ON CONFLICT (tenant) DO UPDATE SET
               fence = CASE WHEN leases.holder = excluded.holder THEN leases.fence ELSE leases.fence + 1 END,
               holder = excluded.holder, until = excluded.until
             WHERE leases.holder = excluded.holder OR leases.until <= $4 OR leases.until > $5
             RETURNING fence",
        )
        .bind(tenant.as_str())
        .bind(holder)
        .bind(time(until))
        .bind(time(now))
        // A lease that ends later than any can is from before the clock went back: its holder may be long dead.
        .bind(time(until + Duration::seconds(seconds)))
        .fetch_optional(&mut *tx)
        .await
        .map_err(db)?;
        let Some(row) = row else { return Ok(None) };
        // Every pass leaves the time it saw, so that a clock that goes back into a window is noticed.
        saw(&mut tx, now).await?;
        let fence = number(&row, "fence")?;
        tx.commit().await.map_err(db)?;
        Ok(Some(Lease {
            tenant: tenant.clone(),
            holder: holder.to_owned(),
            fence,
        }))
    }

    async fn give_back(&self, lease: &Lease) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE leases SET until = '' WHERE tenant = $1 AND fence = $2 AND holder = $3",
        )
        .bind(lease.tenant.as_str())
        .bind(lease.fence)
        .bind(&lease.holder)
        .execute(&self.pool)
        .await
        .map_err(db)?;
        Ok(())
    }

    async fn clock_went_back(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT value FROM meta WHERE name = 'seen'")
            .fetch_optional(&self.pool)
            .await
            .map_err(db)?;
        let Some(row) = row else { return Ok(false) };
        Ok(now < read_time(&text(&row, "value")?)? - Duration::seconds(5))
    }

    async fn doubtful(&self, tenant: &TenantId) -> Result<Vec<WriteRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM writes WHERE tenant = $1 AND state IN ('sent','in_doubt','verifying') ORDER BY id",
        )
        .bind(tenant.as_str())
        .fetch_all(&self.pool)
        .await
        .map_err(db)?;
        rows.iter().map(write_row).collect()
    }

    async fn ready(
        &self,
        tenant: &TenantId,
        only: Option<&SourceId>,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<WriteRow>, StoreError> {
        let rows = sqlx::query(READY)
            .bind(tenant.as_str())
            .bind(time(now))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(only.map_or("", |o| o.0.as_str()))
            .fetch_all(&self.pool)
            .await
            .map_err(db)?;
        let mut out: Vec<WriteRow> = Vec::new();
        for row in &rows {
            let mut w = write_row(row)?;
            let contact: Option<String> = row.try_get("contact_target").map_err(db)?;
            let document: Option<String> = row.try_get("document_target").map_err(db)?;
            if w.needs.contact_id.is_empty() {
                w.needs.contact_id = contact.unwrap_or_default();
            }
            if w.needs.document_id.is_empty() {
                w.needs.document_id = document.unwrap_or_default();
            }
            // A request holds one kind, and an update goes alone.
            let update = !w.needs.update_id.is_empty();
            let fits = out
                .first()
                .is_none_or(|f| f.kind == w.kind && !update && f.needs.update_id.is_empty());
            if !fits {
                break;
            }
            out.push(w);
        }
        self.fill_due(tenant, &mut out).await?;
        Ok(out)
    }

    async fn batch(&self, tenant: &TenantId, id: i64) -> Result<Option<Batch>, StoreError> {
        let row = sqlx::query("SELECT * FROM batches WHERE tenant = $1 AND id = $2")
            .bind(tenant.as_str())
            .bind(id)
            .fetch_optional(&self.pool)
            .await
            .map_err(db)?;
        let Some(row) = row else { return Ok(None) };
        let bytes: Vec<u8> = row.try_get("encoded").map_err(db)?;
        Ok(Some(Batch {
            id,
            key: text(&row, "key")?,
            encoded: unpack("a stored request", &bytes)?,
        }))
    }

    async fn intend(
        &self,
        lease: &Lease,
        writes: &[WriteRow],
        encoded: &Encoded,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        saw(&mut tx, now).await?;
        let row = sqlx::query(
            "INSERT INTO batches (tenant, key, encoded, hash, sent_at) VALUES ($1,$2,$3,$4,$5) RETURNING id",
        )
        .bind(lease.tenant.as_str())
        .bind(key)
        .bind(pack(encoded)?)
        .bind(Fingerprint::of(encoded.body.as_bytes()).0)
        .bind(time(now))
        .fetch_one(&mut *tx)
        .await
        .map_err(db)?;
        let batch = number(&row, "id")?;
        for w in writes {
            // Both moves are in the table of legal ones: taken by this worker, then sent.
            for state in [WriteState::Claimed, WriteState::Sent] {
                let done = sqlx::query(
                    "UPDATE writes SET state = $1, needs = $2, batch = $3, first_sent = $4, last_sent = $4,
                            not_before = NULL, key_spent = 0, due_before = $5, fence = $6
                      WHERE tenant = $7 AND id = $8 AND state IN ('ready','claimed')",
                )
                .bind(state.as_str())
                .bind(json(&w.needs)?)
                .bind(batch)
                .bind(time(now))
                .bind(w.due_before.map(|d| d.to_string()))
                .bind(lease.fence)
                .bind(lease.tenant.as_str())
                .bind(w.id)
                .execute(&mut *tx)
                .await
                .map_err(db)?;
                if done.rows_affected() != 1 {
                    return Err(StoreError::IllegalMove {
                        write: w.key.clone(),
                        from: w.state,
                        to: state,
                    });
                }
            }
        }
        tx.commit().await.map_err(db)?;
        Ok(batch)
    }

    async fn again(&self, lease: &Lease, batch: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        saw(&mut tx, now).await?;
        sqlx::query(
            "UPDATE writes SET state = 'sent', last_sent = $1, fence = $2
              WHERE tenant = $3 AND batch = $4 AND state IN ('sent','in_doubt','verifying')",
        )
        .bind(time(now))
        .bind(lease.fence)
        .bind(lease.tenant.as_str())
        .bind(batch)
        .execute(&mut *tx)
        .await
        .map_err(db)?;
        tx.commit().await.map_err(db)
    }

    async fn settle(
        &self,
        lease: &Lease,
        settled: &[Settled],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        if let Err(lost) = fence(&mut tx, lease).await {
            settle::orphans(&mut tx, lease, settled, now).await?;
            tx.commit().await.map_err(db)?;
            return Err(lost);
        }
        saw(&mut tx, now).await?;
        for s in settled {
            settle::one(&mut tx, lease, s, now).await?;
        }
        tx.commit().await.map_err(db)
    }
}

impl Store {
    /// What is owed on the documents just before payments go, as far as the journal knows: a payment by
    /// somebody else makes it too high, which only makes a later look-up more careful.
    async fn fill_due(&self, tenant: &TenantId, rows: &mut [WriteRow]) -> Result<(), StoreError> {
        for w in rows.iter_mut() {
            if w.kind != crate::model::Kind::Payment || w.due_before.is_some() {
                continue;
            }
            let total = sqlx::query(
                "SELECT amount FROM links WHERE tenant = $1 AND kind IN ('invoice','credit_note') AND target_id = $2",
            )
            .bind(tenant.as_str())
            .bind(&w.needs.document_id)
            .fetch_optional(&self.pool)
            .await
            .map_err(db)?;
            // Without a sum the rest is not known, but that nobody has spoken for this payment is.
            let Some(total) = total else {
                w.due_before = Some(Decimal::ZERO);
                continue;
            };
            let mut due = amount(&text(&total, "amount")?)?;
            let paid = sqlx::query(
                "SELECT amount FROM links WHERE tenant = $1 AND kind = 'payment' AND on_document = $2",
            )
            .bind(tenant.as_str())
            .bind(&w.needs.document_id)
            .fetch_all(&self.pool)
            .await
            .map_err(db)?;
            for p in &paid {
                due -= amount(&text(p, "amount")?)?;
            }
            w.due_before = Some(due);
        }
        Ok(())
    }
}

pub(super) fn amount(text: &str) -> Result<Decimal, StoreError> {
    if text.is_empty() {
        return Ok(Decimal::ZERO);
    }
    text.parse()
        .map_err(|e| super::rows::corrupt("an amount", e))
}

/// A write row by id, inside a transaction.
pub(super) async fn by_id(tx: &mut Tx<'_>, tenant: &str, id: i64) -> Result<WriteRow, StoreError> {
    let row = sqlx::query("SELECT * FROM writes WHERE tenant = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .fetch_one(&mut **tx)
        .await
        .map_err(db)?;
    write_row(&row)
}

/// Reads JSON of a column that may be empty.
pub(super) fn maybe_json<T: serde::de::DeserializeOwned>(
    what: &str,
    text: Option<String>,
) -> Result<Option<T>, StoreError> {
    text.map(|t| read_json(what, &t)).transpose()
}
