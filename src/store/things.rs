//! Things: what a book calls by a kind and an id, as a number that the other tables speak of.
//!
//! Flows in: a key. Flows out: its number, given once and for ever. A statement that asks for one thing looks its number
//! up itself, by the key's place in the index; only what inserts needs it beforehand.

use super::rows::number;
use super::sql::{Db, sql};
use crate::model::Key;
use crate::pipeline::ports::StoreError;

/// The number of a thing, given now where it has none.
pub async fn give(db: &mut Db, tenant: &str, key: &Key) -> Result<i64, StoreError> {
    let known =
        sql("SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4");
    let known = known.bind(tenant).key(key);
    if let Some(thing) = known.maybe(db, |r| number(r, "thing")).await? {
        return Ok(thing);
    }
    sql("INSERT INTO things (tenant, book, kind, id) VALUES ($1,$2,$3,$4) RETURNING thing")
        .bind(tenant)
        .key(key)
        .one(db, |r| number(r, "thing"))
        .await
}
