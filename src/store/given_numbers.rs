//! Numbers that documents were given of a tenant's own series.
//!
//! Flows in: a document with its number, in the transaction that keeps the decision. Flows out: what a document was given, and how far
//! a series goes. A number is one document's for ever: that two have one is refused by the database, for all tenants of a book.

use super::Store;
use super::rows::{number, text};
use super::sql::{Db, limit, lists, sql};
use super::things;
use crate::model::{BookId, GivenNumber, Key, Kind, SeriesPlace, TenantId};
use crate::pipeline::ports::{GivenNumbers, StoreError};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, BTreeSet};

/// Numbers looked at in the mirror for the last of one width.
const LOOKED_AT: usize = 50;
/// So many digits more than the file's own number a series may have come to.
const WIDER: usize = 3;

/// Keeps the number of a document.
pub async fn keep(
    db: &mut Db,
    tenant: &str,
    of: &Key,
    given: &GivenNumber,
) -> Result<(), StoreError> {
    let thing = things::give(db, tenant, of).await?;
    // What a paper bears in the ledger it bears: of two that bear one, the first keeps it here.
    let entered = match given.found {
        true => sql(
            "INSERT INTO given_numbers (tenant, thing, book, kind, series, place, number) VALUES ($1,$2,$3,$4,$5,$6,$7)
             ON CONFLICT DO NOTHING",
        ),
        false => sql(
            "INSERT INTO given_numbers (tenant, thing, book, kind, series, place, number) VALUES ($1,$2,$3,$4,$5,$6,$7)
             ON CONFLICT (tenant, thing) DO UPDATE SET book = excluded.book, kind = excluded.kind, series = excluded.series,
                 place = excluded.place, number = excluded.number",
        ),
    };
    entered
        .bind(tenant)
        .bind(thing)
        .bind(given.book.as_str())
        .bind(given.kind.as_str())
        .bind(given.at.series.as_str())
        .bind(given.at.place)
        .bind(given.at.number())
        .run(db)
        .await?;
    Ok(())
}

/// Whether another document, of whichever tenant, was given a number since it was read how far the series goes.
pub async fn is_of_another(
    db: &mut Db,
    tenant: &str,
    thing: i64,
    given: &GivenNumber,
) -> Result<bool, StoreError> {
    // What a paper bears in the ledger it bears.
    if given.found {
        return Ok(false);
    }
    let other = sql(
        "SELECT number FROM given_numbers WHERE book = $1 AND kind = $2 AND series = $3 AND place = $4
            AND NOT (tenant = $5 AND thing = $6)",
    );
    let other = other.bind(given.book.as_str()).bind(given.kind.as_str());
    let other = other.bind(given.at.series.as_str()).bind(given.at.place);
    other.bind(tenant).bind(thing).any(db).await
}

#[async_trait]
impl GivenNumbers for Store {
    async fn given_number(
        &self,
        tenant: &TenantId,
        of: &Key,
    ) -> Result<Option<SeriesPlace>, StoreError> {
        let given = sql(
            "SELECT number FROM given_numbers WHERE tenant = $1
                AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
        );
        let given = given.bind(tenant.as_str()).key(of);
        let mut db = self.read().await?;
        let number = given.maybe(&mut db, |r| text(r, "number")).await?;
        Ok(number.and_then(|n| SeriesPlace::read(&n)))
    }

    async fn given_numbers(
        &self,
        tenant: &TenantId,
        of: &BTreeSet<Key>,
    ) -> Result<BTreeMap<Key, SeriesPlace>, StoreError> {
        let mut db = self.read().await?;
        let of: BTreeMap<i64, Key> = things::known(&mut db, tenant.as_str(), of)
            .await?
            .into_iter()
            .map(|(key, thing)| (thing, key))
            .collect();
        let things: Vec<i64> = of.keys().copied().collect();
        let read = |r: &SqliteRow| Ok((number(r, "thing")?, text(r, "number")?));
        let mut out = BTreeMap::new();
        for some in lists(&things) {
            // With a column that the index of numbers lacks: of many the planner would take that for the shorter way, and read all.
            let given = sql(
                "SELECT thing, number, place FROM given_numbers WHERE tenant = $1 AND thing IN ($2)",
            );
            let given = given.bind(tenant.as_str()).list(some);
            for (thing, given) in given.all(&mut db, read).await? {
                if let (Some(key), Some(at)) = (of.get(&thing), SeriesPlace::read(&given)) {
                    out.insert(key.clone(), at);
                }
            }
        }
        Ok(out)
    }

    async fn last_given(
        &self,
        book: &BookId,
        kind: Kind,
        series: &str,
    ) -> Result<Option<i64>, StoreError> {
        let last = sql(
            "SELECT place FROM given_numbers WHERE book = $1 AND kind = $2 AND series = $3 ORDER BY place DESC LIMIT 1",
        );
        let last = last.bind(book.as_str()).bind(kind.as_str()).bind(series);
        last.maybe(&mut *self.read().await?, |r| number(r, "place"))
            .await
    }

    async fn last_in_ledger(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        of: &SeriesPlace,
    ) -> Result<Option<SeriesPlace>, StoreError> {
        // What has more digits is further on; of one width the greatest text is the last.
        for width in (of.width..=of.width + WIDER).rev() {
            let from = format!("{}{}", of.series, "0".repeat(width));
            let upto = format!("{}{}", of.series, "9".repeat(width));
            let found = sql(
                "SELECT number FROM mirror_papers WHERE tenant = $1 AND book = $2 AND kind = $3 AND number >= $4 AND number <= $5
                 ORDER BY number DESC LIMIT $6",
            );
            let found = found.bind(tenant.as_str()).bind(book.as_str());
            let found = found.bind(kind.as_str()).bind(from).bind(upto);
            let one = |r: &SqliteRow| text(r, "number");
            let found = found.bind(limit(LOOKED_AT));
            let found = found.all(&mut *self.read().await?, one).await?;
            let own = |p: &SeriesPlace| p.series == of.series && p.width == width;
            let mut places = found.iter().filter_map(|n| SeriesPlace::read(n));
            if let Some(last) = places.find(own) {
                return Ok(Some(last));
            }
        }
        Ok(None)
    }
}
