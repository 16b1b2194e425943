//! What may be sent now, and what may have left and is not known of.
//!
//! Flows in: the time, and the one document a run may be about. Flows out: writes in the order in which they go, filled
//! in with what they waited for. The next batch is read in the order of its index, without sorting what waits.

use super::links::owed;
use super::rows::{kind, maybe, time, write_row};
use super::sql::{Db, Sql, limit, sql};
use crate::model::{Kind, SourceId};
use crate::pipeline::ports::StoreError;
use crate::pipeline::protocol::WriteRow;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeMap;

// A change waits for every earlier write of the same document, be it ready or in doubt: whichever comes last
// puts its version over the other's.
const READY: &str = "
  SELECT w.*, c.target_id AS contact_target, d.target_id AS document_target
    FROM writes w
    LEFT JOIN writes c ON c.tenant = w.tenant AND c.natural_key = w.needs_contact
    LEFT JOIN writes d ON d.tenant = w.tenant AND d.natural_key = w.needs_document
   WHERE w.tenant = $1 AND w.state = 'ready'
     AND (w.not_before IS NULL OR w.not_before <= $2)
     AND (w.needs_contact = '' OR c.state = 'linked')
     AND (w.needs_document = '' OR d.state = 'linked')
     AND NOT EXISTS (SELECT 1 FROM writes o WHERE o.tenant = w.tenant AND o.kind = w.kind
           AND o.source_id = w.source_id AND o.id <> w.id
           AND (o.state IN ('sent','in_doubt','verifying') OR (o.state = 'ready' AND o.id < w.id)))
   ORDER BY w.level, w.kind, w.is_update, w.day, w.id
   LIMIT $3";

// The same for one document and the contact it needs, found by their own indexes: what else waits is not read.
const READY_ONE: &str = "
  SELECT w.*, c.target_id AS contact_target, d.target_id AS document_target
    FROM writes w
    LEFT JOIN writes c ON c.tenant = w.tenant AND c.natural_key = w.needs_contact
    LEFT JOIN writes d ON d.tenant = w.tenant AND d.natural_key = w.needs_document
   WHERE w.id IN
         (SELECT o.id FROM writes o WHERE o.tenant = $1 AND o.document = $4
          UNION ALL
          SELECT n.id FROM writes o JOIN writes n ON n.tenant = o.tenant AND n.natural_key = o.needs_contact
           WHERE o.tenant = $1 AND o.document = $4)
     AND w.tenant = $1 AND w.state = 'ready'
     AND (w.not_before IS NULL OR w.not_before <= $2)
     AND (w.needs_contact = '' OR c.state = 'linked')
     AND (w.needs_document = '' OR d.state = 'linked')
     AND NOT EXISTS (SELECT 1 FROM writes o WHERE o.tenant = w.tenant AND o.kind = w.kind
           AND o.source_id = w.source_id AND o.id <> w.id
           AND (o.state IN ('sent','in_doubt','verifying') OR (o.state = 'ready' AND o.id < w.id)))
   ORDER BY w.level, w.kind, w.is_update, w.day, w.id
   LIMIT $3";

/// The next request's writes.
pub async fn ready(
    db: &mut Db,
    tenant: &str,
    only: Option<&SourceId>,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<WriteRow>, StoreError> {
    let bound = |ask: Sql| ask.bind(tenant).bind(time(now)).bind(limit(most));
    let ask = match only {
        None => bound(sql(READY)),
        Some(document) => bound(sql(READY_ONE)).bind(&document.0),
    };
    let mut out: Vec<WriteRow> = Vec::new();
    for w in ask.all(db, filled).await? {
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
    for w in &mut out {
        if w.kind == Kind::Payment && w.due_before.is_none() {
            // Without a sum the rest is not known, but that nobody has spoken for this payment is.
            let due = owed(db, tenant, &w.needs.document_id).await?;
            w.due_before = Some(due.unwrap_or(Decimal::ZERO));
        }
    }
    Ok(out)
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

/// How many writes of each kind may have left and are not known of: all, or those of one document and of the contact
/// it needs.
pub async fn in_doubt(
    db: &mut Db,
    tenant: &str,
    only: Option<&SourceId>,
) -> Result<BTreeMap<Kind, u64>, StoreError> {
    let ask = match only {
        None => sql(
            "SELECT kind FROM writes WHERE tenant = $1 AND state IN ('sent','in_doubt','verifying')",
        )
        .bind(tenant),
        Some(document) => sql(
            "SELECT w.kind FROM writes w
              WHERE w.id IN
                    (SELECT o.id FROM writes o WHERE o.tenant = $1 AND o.document = $2
                     UNION ALL
                     SELECT n.id FROM writes o JOIN writes n ON n.tenant = o.tenant AND n.natural_key = o.needs_contact
                      WHERE o.tenant = $1 AND o.document = $2)
                AND w.tenant = $1 AND w.state IN ('sent','in_doubt','verifying')",
        )
        .bind(tenant)
        .bind(&document.0),
    };
    let mut counts = BTreeMap::new();
    for of in ask.all(db, kind).await? {
        *counts.entry(of).or_default() += 1;
    }
    Ok(counts)
}
