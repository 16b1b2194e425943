//! Papers of several kinds that have one number.
//!
//! Flows in: documents that people are told of. Flows out: the same, each with whether its number alone names it.

use super::rows::text;
use super::sql::{Db, lists, sql};
use crate::model::Kind;
use crate::pipeline::ports::{DocRow, StoreError};
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, BTreeSet};

/// Documents, each with whether papers of other kinds have its number too. Asked by numbers and not in the statement that found them:
/// in a rehearsal that would read the whole book for each.
pub async fn tell_apart(
    db: &mut Db,
    tenant: &str,
    mut rows: Vec<DocRow>,
) -> Result<Vec<DocRow>, StoreError> {
    let numbers: BTreeSet<String> = rows.iter().map(|row| row.number.clone()).collect();
    let numbers: Vec<String> = numbers.into_iter().collect();
    let mut kinds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for some in lists(&numbers) {
        let ask =
            sql("SELECT number, kind FROM document_rows WHERE tenant = $1 AND number IN ($2)");
        let read = |r: &SqliteRow| Ok((text(r, "number")?, text(r, "kind")?));
        for (number, kind) in ask.bind(tenant).list(some).all(db, read).await? {
            // A contact is never meant by its number alone.
            if Kind::parse(&kind).is_some_and(|k| !k.is_party()) {
                kinds.entry(number).or_default().insert(kind);
            }
        }
    }
    for row in &mut rows {
        row.shared =
            !row.key.kind.is_party() && kinds.get(&row.number).is_some_and(|k| k.len() > 1);
    }
    Ok(rows)
}
