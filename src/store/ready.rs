//! What may be sent now, and what may have left and is not known of.
//!
//! Flows in: the time, and the one document a run may be about. Flows out: writes in the order in which they go, filled
//! in with what they waited for. The next batch is read in the order of its index, without sorting what waits.

use super::rows::{maybe, time, write_row};
use super::sql::{Db, limit, sql};
use super::writes::day_of;
use crate::model::SourceId;
use crate::pipeline::ports::StoreError;
use crate::pipeline::write::WriteRow;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

/// The next request's writes.
pub async fn ready(
    db: &mut Db,
    tenant: &str,
    only: Option<&SourceId>,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<WriteRow>, StoreError> {
    let rows = match only {
        None => of_all(db, tenant, now, most).await?,
        Some(document) => of_one(db, tenant, document, now, most).await?,
    };
    let mut out: Vec<WriteRow> = Vec::new();
    for w in rows {
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
    Ok(out)
}

async fn of_all(
    db: &mut Db,
    tenant: &str,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<WriteRow>, StoreError> {
    sql(
        "SELECT * FROM ready_writes WHERE tenant = $1 AND (not_before IS NULL OR not_before <= $2)
          ORDER BY level, kind, is_update, day, id LIMIT $3",
    )
    .bind(tenant)
    .bind(time(now))
    .bind(limit(most))
    .all(db, filled)
    .await
}

/// The same for one document and the contact it needs: what else waits is not read.
async fn of_one(
    db: &mut Db,
    tenant: &str,
    document: &SourceId,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<WriteRow>, StoreError> {
    let ask = sql(
        "SELECT r.* FROM writes o JOIN ready_writes r ON r.tenant = o.tenant AND (r.id = o.id OR r.natural_key = o.needs_contact)
          WHERE o.tenant = $1 AND o.document = $2 AND (r.not_before IS NULL OR r.not_before <= $3)",
    );
    let ask = ask.bind(tenant).bind(&document.0).bind(time(now));
    let mut rows = ask.all(db, filled).await?;
    // A few rows, a contact once for each write that needs it.
    rows.sort_by_cached_key(|w| {
        let update = !w.needs.update_id.is_empty();
        (
            w.kind.level(),
            w.kind.as_str(),
            update,
            day_of(&w.draft),
            w.id,
        )
    });
    rows.dedup_by_key(|w| w.id);
    rows.truncate(most);
    Ok(rows)
}

/// A write with the ids of what it waited for.
fn filled(row: &SqliteRow) -> Result<WriteRow, StoreError> {
    let mut w = write_row(row)?;
    if w.needs.contact_id.is_empty() {
        w.needs.contact_id = maybe(row, "contact_target")?.unwrap_or_default();
    }
    if w.needs.document_id.is_empty() {
        w.needs.document_id = maybe(row, "document_target")?.unwrap_or_default();
    }
    Ok(w)
}

/// Writes that may have left, oldest first.
pub async fn doubtful(db: &mut Db, tenant: &str) -> Result<Vec<WriteRow>, StoreError> {
    let rows =
        sql("SELECT * FROM writes WHERE tenant = $1 AND state IN ('sent','in_doubt','verifying')");
    let mut rows = rows.bind(tenant).all(db, write_row).await?;
    rows.sort_by_key(|w| w.id);
    Ok(rows)
}
