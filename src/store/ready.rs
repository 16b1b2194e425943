//! What may be sent now, and what may have left and is not known of.
//!
//! Flows in: the time, and the one document a run may be about. Flows out: writes in the order in which they go, filled
//! in with what they waited for. The next batch is read in the order of its index, without sorting what waits. Money goes
//! one after the other: a payment or refund waits for every earlier one of its document that is not at its end, be it
//! held, refused, in doubt or merely ready, as deciding has it wait. What pays a note out is none that the note waits for, though
//! a note that is made anew comes after it.

use super::rows::{maybe, maybe_number, number, time, write_row};
use super::sql::{Db, limit, sql};
use super::writes::day_of;
use crate::model::Key;
use crate::pipeline::ports::StoreError;
use crate::pipeline::write::WriteRow;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeSet;

/// The next request's writes.
pub async fn ready(
    db: &mut Db,
    tenant: &str,
    only: Option<&Key>,
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
        "SELECT w.* FROM ready_writes w WHERE w.tenant = $1 AND (w.not_before IS NULL OR w.not_before <= $2)
            AND NOT (w.kind IN ('payment','credit_note','overpayment') AND EXISTS (SELECT 1 FROM writes e
              WHERE e.tenant = w.tenant AND e.document = w.document AND e.id <> w.id AND e.needs_document <> w.natural_key
                AND e.kind IN ('payment','credit_note','overpayment')
                AND (e.day < w.day OR (e.day = w.day AND e.id < w.id))
                AND e.state NOT IN ('linked','superseded')))
          ORDER BY w.level, w.kind, w.is_update, w.day, w.id LIMIT $3",
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
    document: &Key,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<WriteRow>, StoreError> {
    // Its own and its contact's by their numbers: joined with what is ready, they would be looked for among all that is.
    let ids = sql(
        "SELECT o.id, c.id AS contact FROM writes o
           LEFT JOIN writes c ON c.tenant = o.tenant AND c.natural_key = o.needs_contact
          WHERE o.tenant = $1
            AND o.document = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    );
    let read = |r: &SqliteRow| Ok([Some(number(r, "id")?), maybe_number(r, "contact")?]);
    let ids = ids.bind(tenant).key(document).all(db, read).await?;
    let ids: BTreeSet<i64> = ids.into_iter().flatten().flatten().collect();
    let mut rows = Vec::new();
    for id in ids {
        let one = sql(
            "SELECT w.* FROM ready_writes w
              WHERE w.tenant = $1 AND w.id = $2 AND (w.not_before IS NULL OR w.not_before <= $3)
                AND NOT (w.kind IN ('payment','credit_note','overpayment') AND EXISTS (SELECT 1 FROM writes e
                  WHERE e.tenant = w.tenant AND e.document = w.document AND e.id <> w.id AND e.needs_document <> w.natural_key
                    AND e.kind IN ('payment','credit_note','overpayment')
                    AND (e.day < w.day OR (e.day = w.day AND e.id < w.id))
                    AND e.state NOT IN ('linked','superseded')))",
        );
        let one = one.bind(tenant).bind(id).bind(time(now));
        rows.extend(one.maybe(db, filled).await?);
    }
    rows.sort_by_cached_key(|w: &WriteRow| {
        let update = !w.needs.update_id.is_empty();
        (
            w.kind.level(),
            w.kind.as_str(),
            update,
            day_of(&w.draft),
            w.id,
        )
    });
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
    let rows = sql(
        "SELECT w.* FROM under_way u JOIN write_rows w ON w.id = u.id AND w.tenant = u.tenant WHERE u.tenant = $1",
    );
    let mut rows = rows.bind(tenant).all(db, write_row).await?;
    rows.sort_by_key(|w| w.id);
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use crate::model::WriteState;

    #[test]
    fn the_view_of_what_is_under_way_says_what_the_program_says() {
        let text = include_str!("../../migrations/0015_under_way.sql");
        let listed = text.split_once("IN (").and_then(|(_, l)| l.split_once(')'));
        let listed: Vec<&str> = (listed.unwrap().0.split(','))
            .map(|w| w.trim_matches('\''))
            .collect();
        let meant = WriteState::ALL.iter().filter(|s| s.may_have_left());
        let meant: Vec<&str> = meant.map(|s| s.as_str()).collect();
        assert!(meant.iter().all(|s| listed.contains(s)) && listed.len() == meant.len());
    }
}
