//! The journal's rows: what they say, and how they change their state.

use super::rows::{key, number, write_row};
use super::sql::{Db, lists, sql};
use crate::model::{Draft, Key, WriteState};
use crate::pipeline::ports::StoreError;
use crate::pipeline::write::WriteRow;
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, BTreeSet};

/// The day by which writes of one kind go in order.
pub fn day_of(draft: &Draft) -> String {
    draft.day().map_or_else(String::new, |day| day.to_string())
}

/// A write by its natural key.
pub async fn by_key(db: &mut Db, tenant: &str, key: &str) -> Result<Option<WriteRow>, StoreError> {
    sql("SELECT * FROM write_rows WHERE tenant = $1 AND natural_key = $2")
        .bind(tenant)
        .bind(key)
        .maybe(db, write_row)
        .await
}

/// Writes by their natural keys.
pub async fn by_keys(
    db: &mut Db,
    tenant: &str,
    keys: &[String],
) -> Result<Vec<WriteRow>, StoreError> {
    let mut out = Vec::new();
    for some in lists(keys) {
        let rows = sql("SELECT * FROM write_rows WHERE tenant = $1 AND natural_key IN ($2)");
        out.extend(rows.bind(tenant).list(some).all(db, write_row).await?);
    }
    Ok(out)
}

/// A write by its number.
pub async fn by_id(db: &mut Db, tenant: &str, id: i64) -> Result<WriteRow, StoreError> {
    sql("SELECT * FROM write_rows WHERE tenant = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .one(db, write_row)
        .await
}

/// Writes that are to be settled, by their numbers, and whether each is wanted as it left.
pub async fn to_settle(
    db: &mut Db,
    tenant: &str,
    ids: &[i64],
) -> Result<BTreeMap<i64, (WriteRow, bool)>, StoreError> {
    let mut out = BTreeMap::new();
    let read = |r: &SqliteRow| Ok((write_row(r)?, number(r, "wanted")? != 0));
    for some in lists(ids) {
        // Of many numbers the planner thinks that all of a tenant's writes were less: so it is not offered the tenant.
        let rows = sql("SELECT * FROM write_rows WHERE tenant || '' = $1 AND id IN ($2)");
        let rows = rows.bind(tenant).list(some).all(db, read).await?;
        out.extend(rows.into_iter().map(|(w, wanted)| (w.id, (w, wanted))));
    }
    Ok(out)
}

/// One of them.
pub async fn one_to_settle(
    db: &mut Db,
    tenant: &str,
    id: i64,
) -> Result<(WriteRow, bool), StoreError> {
    let read = |r: &SqliteRow| Ok((write_row(r)?, number(r, "wanted")? != 0));
    sql("SELECT * FROM write_rows WHERE tenant = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .one(db, read)
        .await
}

/// Writes go on to a state, all at once.
pub async fn all_to(
    db: &mut Db,
    tenant: &str,
    ids: &[i64],
    state: WriteState,
) -> Result<(), StoreError> {
    for some in lists(ids) {
        sql("UPDATE writes SET state = $1 WHERE tenant || '' = $2 AND id IN ($3)")
            .bind(state.as_str())
            .bind(tenant)
            .list(some)
            .put_off(db)
            .await?;
    }
    Ok(())
}

/// The write of a thing at its source that was last linked.
pub async fn last_linked(
    db: &mut Db,
    tenant: &str,
    of: &Key,
) -> Result<Option<WriteRow>, StoreError> {
    let linked = sql(
        "SELECT * FROM write_rows WHERE tenant = $1 AND state = 'linked'
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    );
    let linked = linked.bind(tenant).key(of);
    let rows = linked.all(db, write_row).await?;
    Ok(rows.into_iter().max_by_key(|w| (w.last_sent, w.id)))
}

/// Every write of a thing.
pub async fn of_thing(db: &mut Db, tenant: &str, of: &Key) -> Result<Vec<WriteRow>, StoreError> {
    sql("SELECT * FROM write_rows WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(of)
    .all(db, write_row)
    .await
}

/// A document's writes, in the order in which they go.
pub async fn of_document(
    db: &mut Db,
    tenant: &str,
    document: &Key,
) -> Result<Vec<WriteRow>, StoreError> {
    let rows = sql("SELECT * FROM write_rows WHERE tenant = $1
            AND document = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
        .bind(tenant)
        .key(document)
        .all(db, write_row);
    let mut rows = rows.await?;
    rows.sort_by_key(|w| (w.kind.level(), w.id));
    Ok(rows)
}

/// Puts a write into a state.
pub async fn to(db: &mut Db, tenant: &str, id: i64, state: WriteState) -> Result<(), StoreError> {
    sql("UPDATE writes SET state = $1 WHERE tenant = $2 AND id = $3")
        .bind(state.as_str())
        .bind(tenant)
        .bind(id)
        .put_off(db)
        .await?;
    Ok(())
}

/// Moves a document's writes that are in one state into another.
pub async fn move_all(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    from: &str,
    to: &str,
) -> Result<(), StoreError> {
    sql("UPDATE writes SET state = $5 WHERE tenant = $1 AND state = $6
            AND document = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(document)
    .bind(to)
    .bind(from)
    .put_off(db)
    .await?;
    Ok(())
}

/// Marks whether a write that may have left is wanted as it left.
pub async fn mark(db: &mut Db, tenant: &str, id: i64, wanted: bool) -> Result<(), StoreError> {
    sql("UPDATE writes SET wanted = $1 WHERE tenant = $2 AND id = $3")
        .bind(i64::from(wanted))
        .bind(tenant)
        .bind(id)
        .put_off(db)
        .await?;
    Ok(())
}

/// The documents whose writes wait for a contact.
pub async fn waiting_for(
    db: &mut Db,
    tenant: &str,
    contact: &str,
) -> Result<BTreeSet<Key>, StoreError> {
    // Each once, but not by DISTINCT: for that the planner would read every write in the order of documents.
    let all = sql(
        "SELECT t.book, t.kind, t.id FROM writes w JOIN things t ON t.thing = w.document
          WHERE w.tenant = $1 AND w.needs_contact = $2 AND w.state IN ('planned','ready')",
    );
    let all = all.bind(tenant).bind(contact);
    let rows = all.all(db, |r| key(r, "book", "kind", "id")).await?;
    Ok(rows.into_iter().collect())
}
