//! A document by what a person calls it.
//!
//! Flows in: a number, an id, an order's id or a number that it was given of a series, with the kind before it where that is said. Flows out: the document that is meant.

use super::Store;
use super::documents::doc_row;
use super::namesakes::{apart, tell_apart};
use super::sql::{Db, limit, sql};
use crate::model::{Kind, TenantId};
use crate::pipeline::ports::{DocRow, StoreError};

/// Documents of one number: one a kind, and a few that took another's.
const OF_ONE_NUMBER: usize = 16;

/// Those of one number.
const OF_NUMBER: &str =
    "SELECT * FROM document_rows WHERE tenant = $1 AND number = $2 ORDER BY id LIMIT $3";

/// A document by its number, its id or its order's id: its own before an order's, for they may be each other's. A number is unique
/// within its kind alone: without a kind before it (`purchase_order:77`) an invoice's is meant, where there is one, and never a
/// contact's. Where several of a kind have it, it names none of them, and the row says so; behind a kind it may be the id of one.
pub async fn find(db: &mut Db, tenant: &str, name: &str) -> Result<Option<DocRow>, StoreError> {
    let (named, number) = Kind::named_in(name);
    // One question a key: joined by OR, they would be answered by reading the whole book.
    for keyed in [
        OF_NUMBER,
        "SELECT * FROM document_rows WHERE tenant = $1 AND id = $2 ORDER BY thing LIMIT $3",
        "SELECT * FROM document_rows WHERE tenant = $1 AND also = $2 ORDER BY id LIMIT $3",
        GIVEN_IT,
    ] {
        let ask = sql(keyed).bind(tenant).bind(number);
        let found = ask.bind(limit(OF_ONE_NUMBER)).all(db, doc_row).await?;
        let mut found = match keyed == OF_NUMBER {
            true => apart(found),
            false => found,
        };
        let meant = |kind: Kind| named.map_or(!kind.is_party(), |named| named == kind);
        found.retain(|row| meant(row.key.kind));
        let by_id = |row: &DocRow| named.is_some() && row.key.id.0 == number;
        let first = found
            .into_iter()
            .min_by_key(|row| (!by_id(row), row.key.kind));
        if let Some(first) = first {
            if keyed == OF_NUMBER {
                return Ok(Some(first));
            }
            return Ok(tell_apart(db, tenant, vec![first]).await?.pop());
        }
    }
    Ok(None)
}

/// Those that were given a number of a series.
const GIVEN_IT: &str = "SELECT * FROM document_rows WHERE tenant = $1
            AND thing IN (SELECT thing FROM given_numbers WHERE tenant = $1 AND number = $2) LIMIT $3";

impl Store {
    /// The documents that were given a number of the tenant's own series.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn given_it(
        &self,
        tenant: &TenantId,
        number: &str,
    ) -> Result<Vec<DocRow>, StoreError> {
        let ask = sql(GIVEN_IT).bind(tenant.as_str()).bind(number);
        let mut db = self.read().await?;
        let found = ask.bind(limit(OF_ONE_NUMBER)).all(&mut db, doc_row).await?;
        tell_apart(&mut db, tenant.as_str(), found).await
    }

    /// The documents that have a number, by kind.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn numbered(
        &self,
        tenant: &TenantId,
        number: &str,
    ) -> Result<Vec<DocRow>, StoreError> {
        let ask = sql(OF_NUMBER).bind(tenant.as_str()).bind(number);
        let mut db = self.read().await?;
        let mut found = apart(ask.bind(limit(OF_ONE_NUMBER)).all(&mut db, doc_row).await?);
        let place = |row: &DocRow| Kind::DOCUMENTS.iter().position(|k| *k == row.key.kind);
        found.sort_by_key(place);
        Ok(found)
    }
}
