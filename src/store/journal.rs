//! The write protocol's memory: leases, intents, stored requests, ends.

use super::packed::{Like, pack, pack_like, unpack};
use super::rows::{blob, number, read_time, text, time};
use super::sql::{Db, lists, sql};
use super::{Store, ready, settle};
use crate::connectors::Encoded;
use crate::model::{Fingerprint, Key, TenantId, WriteState};
use crate::pipeline::lease::Lease;
use crate::pipeline::plant;
use crate::pipeline::ports::{Batch, Journal, Settled, StoreError};
use crate::pipeline::protocol::Settle;
use crate::pipeline::write::WriteRow;
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;

/// Fails unless the lease is still the newest.
pub(super) async fn fence(db: &mut Db, lease: &Lease) -> Result<(), StoreError> {
    if plant::no_lease() {
        return Ok(());
    }
    let newest = sql("SELECT holder, fence FROM leases WHERE tenant = $1")
        .bind(lease.tenant.as_str())
        .maybe(db, |r| Ok((text(r, "holder")?, number(r, "fence")?)))
        .await?;
    let holder = match newest {
        Some((_, fence)) if fence == lease.fence => return Ok(()),
        Some((holder, _)) => holder,
        None => "nobody".to_owned(),
    };
    Err(StoreError::LeaseLost {
        tenant: lease.tenant.to_string(),
        holder,
    })
}

/// Remembers the latest time seen, so that a clock that goes back is noticed.
async fn saw(db: &mut Db, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "INSERT INTO meta (name, value) VALUES ('seen', $1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > meta.value",
    )
    .bind(time(now))
    .put_off(db)
    .await?;
    Ok(())
}

/// Takes writes from ready to sent, over the state in between: both moves are in the table of legal ones.
async fn send(
    db: &mut Db,
    lease: &Lease,
    writes: &[WriteRow],
    batch: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tenant = lease.tenant.as_str();
    let ids: Vec<i64> = writes.iter().map(|w| w.id).collect();
    for some in lists(&ids) {
        sql("UPDATE writes SET state = 'claimed' WHERE tenant || '' = $1 AND state || '' = 'ready' AND id IN ($2)")
            .bind(tenant)
            .list(some)
            .put_off(db)
            .await?;
    }
    for w in writes {
        sql(
            "UPDATE writes SET state = 'sent', needs = '', needs_packed = $1, batch = $2, first_sent = $3, last_sent = $3,
                    not_before = NULL, key_spent = 0, fence = $4, run = $5
              WHERE tenant = $6 AND id = $7 AND state = 'claimed'",
        )
        .bind(pack_like(Like::Needs, &w.needs)?)
        .bind(batch)
        .bind(time(now))
        .bind(lease.fence)
        .bind(&w.run)
        .bind(tenant)
        .bind(w.id)
        .put_off(db)
        .await?;
    }
    // Each of them, or none: what was not ready goes nowhere.
    let sent = sql("SELECT id FROM writes WHERE tenant = $1 AND batch = $2");
    let sent = sent.bind(tenant).bind(batch);
    let sent: BTreeSet<i64> = sent
        .all(db, |r| number(r, "id"))
        .await?
        .into_iter()
        .collect();
    match writes.iter().find(|w| !sent.contains(&w.id)) {
        None => Ok(()),
        Some(w) => Err(StoreError::IllegalMove {
            write: w.key.clone(),
            from: w.state,
            to: WriteState::Claimed,
        }),
    }
}

/// Records the ids that came back to a worker that had lost its lease.
async fn orphans(
    db: &mut Db,
    lease: &Lease,
    settled: &[Settled],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for s in settled {
        let Settle::Linked { posted, .. } = &s.settle else {
            continue;
        };
        sql("INSERT INTO orphans (tenant, at, write_id, target_id) VALUES ($1,$2,$3,$4)")
            .bind(lease.tenant.as_str())
            .bind(time(now))
            .bind(s.write)
            .bind(&posted.id)
            .put_off(db)
            .await?;
    }
    Ok(())
}

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
        let fence = sql(
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
        .maybe(&mut tx, |r| number(r, "fence"))
        .await?;
        let Some(fence) = fence else { return Ok(None) };
        // Every pass leaves the time it saw, so that a clock that goes back into a window is noticed.
        saw(&mut tx, now).await?;
        tx.commit().await?;
        Ok(Some(Lease {
            tenant: tenant.clone(),
            holder: holder.to_owned(),
            fence,
        }))
    }

    async fn give_back(&self, lease: &Lease) -> Result<(), StoreError> {
        let mut db = self.db().await?;
        sql("UPDATE leases SET until = '' WHERE tenant = $1 AND fence = $2 AND holder = $3")
            .bind(lease.tenant.as_str())
            .bind(lease.fence)
            .bind(&lease.holder)
            .run(&mut db)
            .await?;
        Ok(())
    }

    async fn clock_went_back(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let seen = sql("SELECT value FROM meta WHERE name = 'seen'")
            .maybe(&mut *self.db().await?, |r| read_time(&text(r, "value")?))
            .await?;
        Ok(seen.is_some_and(|seen| now < seen - Duration::seconds(5)))
    }

    async fn doubtful(&self, tenant: &TenantId) -> Result<Vec<WriteRow>, StoreError> {
        ready::doubtful(&mut *self.read().await?, tenant.as_str()).await
    }

    async fn ready(
        &self,
        tenant: &TenantId,
        only: Option<&Key>,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<WriteRow>, StoreError> {
        ready::ready(&mut *self.db().await?, tenant.as_str(), only, now, limit).await
    }

    async fn batch(&self, tenant: &TenantId, id: i64) -> Result<Option<Batch>, StoreError> {
        sql("SELECT key, encoded FROM batches WHERE tenant = $1 AND id = $2")
            .bind(tenant.as_str())
            .bind(id)
            .maybe(&mut *self.db().await?, |r| {
                Ok(Batch {
                    id,
                    key: text(r, "key")?,
                    encoded: unpack("a stored request", &blob(r, "encoded")?)?,
                })
            })
            .await
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
        let batch = sql(
            "INSERT INTO batches (tenant, key, encoded, hash, sent_at) VALUES ($1,$2,$3,$4,$5) RETURNING id",
        )
        .bind(lease.tenant.as_str())
        .bind(key)
        .bind(pack(encoded)?)
        .bind(Fingerprint::of(encoded.body.as_bytes()).0)
        .bind(time(now))
        .one(&mut tx, |r| number(r, "id"))
        .await?;
        send(&mut tx, lease, writes, batch, now).await?;
        tx.commit().await?;
        Ok(batch)
    }

    async fn again(&self, lease: &Lease, batch: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        saw(&mut tx, now).await?;
        sql(
            "UPDATE writes SET state = 'sent', last_sent = $1, fence = $2
              WHERE id IN (SELECT id FROM under_way WHERE tenant = $3 AND batch = $4)",
        )
        .bind(time(now))
        .bind(lease.fence)
        .bind(lease.tenant.as_str())
        .bind(batch)
        .put_off(&mut tx)
        .await?;
        tx.commit().await
    }

    async fn settle(
        &self,
        lease: &Lease,
        settled: &[Settled],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let done = self.settle_once(lease, settled, now).await;
        match done {
            // What the ledger answered is worth more than the space that was kept back for it.
            Err(StoreError::Full(_)) if self.spend_reserve() => {
                self.settle_once(lease, settled, now).await
            }
            done => done,
        }
    }
}

impl Store {
    async fn settle_once(
        &self,
        lease: &Lease,
        settled: &[Settled],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        if let Err(lost) = fence(&mut tx, lease).await {
            orphans(&mut tx, lease, settled, now).await?;
            tx.commit().await?;
            return Err(lost);
        }
        saw(&mut tx, now).await?;
        settle::all(&mut tx, lease, settled, now).await?;
        tx.commit().await
    }
}
