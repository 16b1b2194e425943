//! Things: what a book calls by a kind and an id, as a number that the other tables speak of.
//!
//! Flows in: a key. Flows out: its number, given once and for ever. A statement that asks for one thing looks its number
//! up itself, by the key's place in the index; only what inserts needs it beforehand.

use super::rows::{key, number, text};
use super::sql::{Db, lists, parts, sql};
use crate::model::{BookId, Key, SourceId};
use crate::pipeline::ports::StoreError;
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, BTreeSet};

/// The number of a thing, given now where it has none.
pub async fn give(db: &mut Db, tenant: &str, key: &Key) -> Result<i64, StoreError> {
    let of = (tenant.to_owned(), key.clone());
    if let Some(thing) = db.memo.things.get(&of) {
        return Ok(*thing);
    }
    let known =
        sql("SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4");
    let known = known.bind(tenant).key(key);
    let thing = match known.maybe(db, |r| number(r, "thing")).await? {
        Some(thing) => thing,
        None => sql(
            "INSERT INTO things (tenant, book, kind, id) VALUES ($1,$2,$3,$4) RETURNING thing, id",
        )
        .bind(tenant)
        .key(key)
        .one(db, |r| number(r, "thing"))
        .await?,
    };
    db.memo.things.insert(of, thing);
    Ok(thing)
}

/// The numbers of some things: what has none is left out.
pub async fn known(
    db: &mut Db,
    tenant: &str,
    keys: &BTreeSet<Key>,
) -> Result<BTreeMap<Key, i64>, StoreError> {
    let mut out = BTreeMap::new();
    let all: Vec<&Key> = keys.iter().collect();
    for alike in all.chunk_by(|a, b| a.book == b.book && a.kind == b.kind) {
        for some in lists(alike) {
            let Some(first) = some.first() else { continue };
            let ids: Vec<String> = some.iter().map(|k| k.id.0.clone()).collect();
            let rows = sql(
                "SELECT thing, id FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id IN ($4)",
            );
            let rows = rows.bind(tenant).bind(first.book.as_str().to_owned());
            let rows = rows.bind(first.kind.as_str()).list(&ids).all(db, numbered);
            for (thing, id) in rows.await? {
                out.insert(Key::new(&first.book, first.kind, &SourceId(id)), thing);
            }
        }
    }
    for (key, thing) in &out {
        let of = (tenant.to_owned(), key.clone());
        db.memo.things.insert(of, *thing);
    }
    Ok(out)
}

/// What some numbers stand for. Asked apart from the rows that speak of them: a rehearsal would put all things together for a join,
/// and a database reads them in another order.
pub async fn keys(
    db: &mut Db,
    tenant: &str,
    things: &[i64],
) -> Result<BTreeMap<i64, Key>, StoreError> {
    let mut out = BTreeMap::new();
    for some in lists(things) {
        let ask = sql(
            "SELECT thing, book, kind, id FROM things WHERE tenant || '' = $1 AND thing IN ($2)",
        );
        let read = |r: &SqliteRow| Ok((number(r, "thing")?, key(r, "book", "kind", "id")?));
        let ask = ask.bind(tenant.to_owned()).list(some);
        out.extend(ask.all(db, read).await?);
    }
    Ok(out)
}

/// Payments of a book by what its source calls them, each with that: it is kept by a name within its document.
pub async fn payments_called(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    called: &[String],
) -> Result<Vec<(String, SourceId)>, StoreError> {
    let mut out = Vec::new();
    let read = |r: &SqliteRow| Ok((text(r, "own")?, SourceId(text(r, "id")?)));
    for some in lists(called) {
        let ask =
            sql("SELECT own, id FROM payment_ids WHERE tenant = $1 AND book = $2 AND own IN ($3)");
        let ask = ask.bind(tenant).bind(book.as_str()).list(some);
        out.extend(ask.all(db, read).await?);
    }
    Ok(out)
}

/// The numbers of some things, given now to those that have none.
pub async fn give_all(
    db: &mut Db,
    tenant: &str,
    keys: &BTreeSet<Key>,
) -> Result<BTreeMap<Key, i64>, StoreError> {
    let mut out = known(db, tenant, keys).await?;
    let fresh: Vec<&Key> = keys.iter().filter(|k| !out.contains_key(*k)).collect();
    for alike in fresh.chunk_by(|a, b| a.book == b.book && a.kind == b.kind) {
        for some in parts(alike) {
            let Some(first) = some.first() else { continue };
            let mut given =
                sql("INSERT INTO things (tenant, book, kind, id) VALUES ($1,$2,$3,$4) RETURNING thing, id")
                    .rows(some.len());
            for key in some {
                given = given.bind(tenant.to_owned()).key(key);
            }
            for (thing, id) in given.all(db, numbered).await? {
                let key = Key::new(&first.book, first.kind, &SourceId(id));
                let of = (tenant.to_owned(), key.clone());
                db.memo.things.insert(of, thing);
                out.insert(key, thing);
            }
        }
    }
    Ok(out)
}

fn numbered(r: &SqliteRow) -> Result<(i64, String), StoreError> {
    Ok((number(r, "thing")?, text(r, "id")?))
}

/// A table in which rows of some things are looked for before they are: most have none.
pub struct Sparse {
    /// Its name.
    pub table: &'static str,
    /// The statement that answers which of some things have a row.
    pub ask: &'static str,
}

/// Remembers of which things a table has no row, until the transaction ends.
pub async fn note_absent(
    db: &mut Db,
    tenant: &str,
    things: &[i64],
    of: &Sparse,
) -> Result<(), StoreError> {
    let mut there = BTreeSet::new();
    for some in lists(things) {
        let rows = sql(of.ask).bind(tenant.to_owned()).list(some);
        there.extend(rows.all(db, |r| number(r, "thing")).await?);
    }
    let absent = things.iter().filter(|t| !there.contains(t));
    db.memo.without.extend(absent.map(|t| (of.table, *t)));
    Ok(())
}

/// Whether it is known that a table has no row of a thing.
pub fn is_absent(db: &Db, tenant: &str, key: &Key, of: &Sparse) -> bool {
    let thing = db.memo.things.get(&(tenant.to_owned(), key.clone()));
    thing.is_some_and(|t| db.memo.without.contains(&(of.table, *t)))
}

/// A row was entered: nothing is known of what the table has not.
pub fn entered(db: &mut Db, of: &Sparse) {
    db.memo.without.retain(|(table, _)| *table != of.table);
}
