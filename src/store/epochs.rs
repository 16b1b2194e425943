//! Epochs as they are kept.
//!
//! Flows in: a proof that the workspace is older than the world. Flows out: the epoch. What a proof changes is one
//! transaction: the epoch with its cause, an audit row, the keys of what was under way, which are spent, and every tenant's documents,
//! which are decided on again where they are not posted.

use super::audit::{self, AuditEntry, log_end};
use super::beacon::BeaconFile;
use super::rows::{corrupt, number, read_time, text, time};
use super::sql::{Db, sql};
use super::{contacts, remembered, tenants};
use crate::model::{BookId, Epoch, EpochCause, EpochProof, LogEnd, TenantId};
use crate::pipeline::ports::{StoreError, TenantSwitch};
use chrono::{DateTime, Utc};

/// Who speaks where nobody does.
pub const ITSELF: &str = "crossfoot";

/// The epoch as it is kept.
pub async fn current(db: &mut Db) -> Result<Epoch, StoreError> {
    let row = sql("SELECT * FROM epochs WHERE epoch = (SELECT MAX(epoch) FROM epochs)");
    let row = row.maybe(db, |r| {
        let cause = text(r, "cause")?;
        let cause = EpochCause::parse(&cause).ok_or_else(|| corrupt("an epoch's cause", cause))?;
        Ok(Epoch {
            number: number(r, "epoch")?,
            began: Some((read_time(&text(r, "began")?)?, cause)),
            what: text(r, "what")?,
            stopped: text(r, "stopped")?,
            known: match text(r, "known")?.as_str() {
                "" => None,
                at => Some(read_time(at)?),
            },
        })
    });
    Ok(row.await?.unwrap_or_default())
}

/// When the last row of the audit log was entered.
async fn last_row_at(db: &mut Db) -> Result<Option<String>, StoreError> {
    sql("SELECT at FROM audit WHERE seq > 0 ORDER BY seq DESC LIMIT 1")
        .maybe(db, |r| text(r, "at"))
        .await
}

/// How far the database has come, held against a beacon that names a row of the audit log.
pub async fn end_at(db: &mut Db, row: i64) -> Result<LogEnd, StoreError> {
    let (audit, end) = log_end(db).await?;
    let hash = match row == audit && row > 0 {
        true => Some(end),
        false => {
            sql("SELECT hash FROM audit WHERE seq = $1")
                .bind(row)
                .maybe(db, |r| text(r, "hash"))
                .await?
        }
    };
    let requests = sql("SELECT 1 FROM batches WHERE id > 0 LIMIT 1")
        .any(db)
        .await?;
    let links = sql("SELECT 1 FROM links WHERE tenant > '' LIMIT 1");
    Ok(LogEnd {
        epoch: current(db).await?.number,
        audit,
        hash,
        sent: requests || links.any(db).await?,
    })
}

/// Begins an epoch. Answers it. What persons have said is held against what is remembered beside the workspace.
pub async fn begin(
    db: &mut Db,
    proof: &EpochProof,
    (actor, beside): (&str, Option<&BeaconFile>),
    now: DateTime<Utc>,
) -> Result<Epoch, StoreError> {
    let number = current(db).await?.number.max(proof.seen) + 1;
    let known = last_row_at(db).await?;
    sql("INSERT INTO epochs (epoch, began, cause, what, known) VALUES ($1,$2,$3,$4,$5)")
        .bind(number)
        .bind(time(now))
        .bind(proof.cause.as_str())
        .bind(&proof.what)
        .bind(match proof.cause {
            // Whoever says that the work goes on here has just done so.
            EpochCause::Said => String::new(),
            _ => known.unwrap_or_default(),
        })
        .put_off(db)
        .await?;
    if let Some(file) = beside {
        remembered::miss(db, file).await?;
    }
    for tenant in all_tenants(db).await? {
        under_way(db, &tenant, number).await?;
        // What is not posted is decided on again, as after an edit that changes nothing.
        let anew = TenantSwitch::Decides {
            config: None,
            edit: None,
        };
        tenants::switch(db, tenant.as_str(), &anew, actor, now).await?;
    }
    let object = number.to_string();
    log(db, actor, "epoch", (&object, &proof.what), now).await?;
    current(db).await
}

async fn log(
    db: &mut Db,
    actor: &str,
    action: &str,
    (object, detail): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let entry = AuditEntry {
        tenant: "",
        at: now,
        actor,
        action,
        object,
        detail,
    };
    audit::append(db, entry).await
}

async fn all_tenants(db: &mut Db) -> Result<Vec<TenantId>, StoreError> {
    let named = sql("SELECT tenant FROM tenants").all(db, |r| text(r, "tenant"));
    let named = named.await?.into_iter();
    Ok(named.filter_map(|t| TenantId::new(&t).ok()).collect())
}

/// What was under way: none of it goes again under its key, and all of it is looked for.
async fn under_way(db: &mut Db, tenant: &TenantId, epoch: i64) -> Result<(), StoreError> {
    sql("UPDATE writes SET key_spent = 1 WHERE id IN (SELECT id FROM under_way WHERE tenant = $1)")
        .bind(tenant.as_str())
        .put_off(db)
        .await?;
    let open = sql(
        "SELECT natural_key, marker, book, kind, of_id FROM write_rows
          WHERE is_update = 0
            AND id IN (SELECT id FROM under_way WHERE tenant = $1
                       UNION ALL SELECT id FROM writes WHERE tenant = $1 AND state = 'ready')",
    );
    let open = open.bind(tenant.as_str()).all(db, |r| {
        let label = format!("{} {}", text(r, "kind")?, text(r, "of_id")?);
        Ok((
            text(r, "natural_key")?,
            text(r, "marker")?,
            text(r, "book")?,
            label,
        ))
    });
    for (key, marker, book, label) in open.await? {
        // What was only planned here may be there: the mirror must not show both.
        contacts::forget_planned(db, tenant.as_str(), &BookId::stored(&book), &key).await?;
        sql(
            "INSERT INTO stamps (tenant, marker, epoch, label, ours) VALUES ($1,$2,$3,$4,1)
              ON CONFLICT (tenant, marker) DO UPDATE SET epoch = excluded.epoch, ours = 1",
        )
        .bind(tenant.as_str())
        .bind(marker)
        .bind(epoch)
        .bind(label)
        .put_off(db)
        .await?;
    }
    Ok(())
}

/// Nothing is written any more in an epoch, until a person has said where the work goes on.
pub async fn stop(
    db: &mut Db,
    epoch: i64,
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("UPDATE epochs SET stopped = $1 WHERE epoch = $2")
        .bind(why)
        .bind(epoch)
        .put_off(db)
        .await?;
    let object = epoch.to_string();
    log(db, ITSELF, "stopped", (&object, why), now).await
}
