//! What a decision learned of links by reading the ledger.

use super::audit::{self, AuditEntry};
use super::links;
use super::sql::{Db, sql};
use crate::model::{Kind, SourceId};
use crate::pipeline::ports::{DecidedDoc, StoreError};
use chrono::{DateTime, Utc};

/// Puts links right.
pub async fn keep(
    db: &mut Db,
    tenant: &str,
    d: &DecidedDoc,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if let Some(new) = &d.learned.relink {
        sql(
            "UPDATE links SET draft = $1, target_version = $2, amount = $3
              WHERE tenant = $4 AND kind = $5 AND source_id = $6",
        )
        .bind(&new.draft.0)
        .bind(&new.version)
        .bind(new.amount.to_string())
        .bind(tenant)
        .bind(d.kind.as_str())
        .bind(&d.source_id.0)
        .run(db)
        .await?;
    }
    if d.learned.unlink {
        unlink(db, tenant, d.kind, &d.source_id, now).await?;
    }
    for id in &d.learned.forget {
        unlink(db, tenant, Kind::Payment, id, now).await?;
    }
    Ok(())
}

/// A link to what the ledger no longer has goes; the audit keeps that it was there.
async fn unlink(
    db: &mut Db,
    tenant: &str,
    kind: Kind,
    id: &SourceId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    links::take(db, tenant, kind, id).await?;
    let object = format!("{kind}/{id}");
    let entry = AuditEntry {
        tenant,
        at: now,
        actor: "crossfoot",
        action: "unlinked",
        object: &object,
        detail: "the ledger no longer has it",
    };
    audit::append(db, entry).await
}
