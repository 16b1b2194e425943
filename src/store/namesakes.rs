//! Papers that have one number: of several kinds, or of one.
//!
//! Flows in: documents that people are told of. Flows out: the same, each with whether its number alone names it.

use super::rows::text;
use super::sql::{Db, lists, sql};
use crate::model::Kind;
use crate::pipeline::ports::{DocRow, StoreError};
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, BTreeSet};

/// How many papers of each kind have a number.
type Bearers = BTreeMap<String, u64>;

fn told(row: &mut DocRow, bearers: &Bearers) {
    row.shared = bearers.len() > 1;
    row.twins = bearers.get(row.key.kind.as_str()).is_some_and(|n| *n > 1);
}

/// Documents, each with whether papers of other kinds, or others of its own, have its number too. Asked by numbers and not in the
/// statement that found them: in a rehearsal that would read the whole book for each.
pub async fn tell_apart(
    db: &mut Db,
    tenant: &str,
    mut rows: Vec<DocRow>,
) -> Result<Vec<DocRow>, StoreError> {
    let numbers: BTreeSet<String> = rows.iter().map(|row| row.number.clone()).collect();
    let numbers: Vec<String> = numbers.into_iter().collect();
    let mut all: BTreeMap<String, Bearers> = BTreeMap::new();
    for some in lists(&numbers) {
        let ask =
            sql("SELECT number, kind FROM document_rows WHERE tenant = $1 AND number IN ($2)");
        let read = |r: &SqliteRow| Ok((text(r, "number")?, text(r, "kind")?));
        for (number, kind) in ask.bind(tenant).list(some).all(db, read).await? {
            // A contact is never meant by its number alone.
            if Kind::parse(&kind).is_some_and(|k| !k.is_party()) {
                *all.entry(number).or_default().entry(kind).or_default() += 1;
            }
        }
    }
    for row in rows.iter_mut().filter(|row| !row.key.kind.is_party()) {
        if let Some(bearers) = all.get(&row.number) {
            told(row, bearers);
        }
    }
    Ok(rows)
}

/// Documents of one number, each with whether that names it.
pub fn apart(mut rows: Vec<DocRow>) -> Vec<DocRow> {
    let mut bearers = Bearers::new();
    for row in rows.iter().filter(|row| !row.key.kind.is_party()) {
        *bearers.entry(row.key.kind.as_str().to_owned()).or_default() += 1;
    }
    let papers = rows.iter_mut().filter(|row| !row.key.kind.is_party());
    papers.for_each(|row| told(row, &bearers));
    rows
}
