//! What concerns many documents, asked for with a handful of statements.
//!
//! Flows in: keys and values. Flows out: rows by key and by value. Each statement finds its rows by the index by which one is
//! found. Bounded: where many answer to a value, nothing is told, and whoever asks does so for one.

use super::Store;
use super::drifts::{UNCLEAR, drift};
use super::links::link;
use super::packed::unpack;
use super::rows::{blob, key, number, read_json, text};
use super::sql::{Sql, limit, lists, sql};
use super::things;
use crate::model::{BookId, Drift, Key, LedgerContact, Link, SourceId, SourceRecord, TenantId};
use crate::pipeline::ports::{ByChunk, ByValue, ContactBy, CustomerBy, KnownCustomer, StoreError};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, BTreeSet};

/// Most rows that the values of one statement find together.
const MOST: usize = 1_000;

/// A statement about some things of one kind, with their keys bound, for each so many of them.
fn of_things(text: &'static str, tenant: &TenantId, of: &BTreeSet<Key>) -> Vec<Sql> {
    let all: Vec<&Key> = of.iter().collect();
    let mut out = Vec::new();
    for alike in all.chunk_by(|a, b| a.book == b.book && a.kind == b.kind) {
        for some in lists(alike) {
            let Some(first) = some.first() else { continue };
            let ids: Vec<String> = some.iter().map(|k| k.id.0.clone()).collect();
            let ask = sql(text).bind(tenant.as_str().to_owned());
            let ask = ask.bind(first.book.as_str().to_owned());
            out.push(ask.bind(first.kind.as_str()).list(&ids));
        }
    }
    out
}

fn contacts_text(by: ContactBy) -> &'static str {
    match by {
        ContactBy::Id => {
            "SELECT id AS value, body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND id IN ($4) LIMIT $3"
        }
        ContactBy::Name => {
            "SELECT name AS value, body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND name IN ($4) LIMIT $3"
        }
        ContactBy::Email => {
            "SELECT email AS value, body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND email IN ($4) LIMIT $3"
        }
        ContactBy::Number => {
            "SELECT number AS value, body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND number IN ($4) LIMIT $3"
        }
        ContactBy::Phone => {
            "SELECT phone AS value, body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND phone IN ($4) LIMIT $3"
        }
        ContactBy::Mobile => {
            "SELECT mobile AS value, body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND mobile IN ($4) LIMIT $3"
        }
    }
}

fn customers_text(by: CustomerBy) -> &'static str {
    match by {
        CustomerBy::Id => {
            "SELECT id AS value, id, party, name, parent, email, several FROM customers
              WHERE tenant = $1 AND book = $2 AND id IN ($4) LIMIT $3"
        }
        CustomerBy::Name => {
            "SELECT name AS value, id, party, name, parent, email, several FROM customers
              WHERE tenant = $1 AND book = $2 AND name IN ($4) LIMIT $3"
        }
        CustomerBy::Email => {
            "SELECT email AS value, id, party, name, parent, email, several FROM customers
              WHERE tenant = $1 AND book = $2 AND email IN ($4) LIMIT $3"
        }
    }
}

fn customer(r: &SqliteRow) -> Result<KnownCustomer, StoreError> {
    Ok(KnownCustomer {
        id: text(r, "id")?,
        party: text(r, "party")?,
        name: text(r, "name")?,
        parent: text(r, "parent")?,
        email: text(r, "email")?,
        several: number(r, "several")? == 1,
    })
}

impl Store {
    /// What answers to some values.
    async fn by_values<T>(
        &self,
        text_of: &'static str,
        (tenant, book): (&TenantId, &BookId),
        values: &BTreeSet<String>,
        read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Option<ByValue<T>>, StoreError> {
        let values: Vec<String> = values.iter().filter(|v| !v.is_empty()).cloned().collect();
        let mut out: ByValue<T> = BTreeMap::new();
        for some in lists(&values) {
            let ask = sql(text_of).bind(tenant.as_str().to_owned());
            let ask = ask
                .bind(book.as_str().to_owned())
                .bind(limit(MOST))
                .list(some);
            let with_value = |r: &SqliteRow| Ok((text(r, "value")?, read(r)?));
            let rows = ask.all(&mut *self.read().await?, with_value).await?;
            if rows.len() >= MOST {
                return Ok(None);
            }
            for (value, row) in rows {
                out.entry(value).or_default().push(row);
            }
        }
        Ok(Some(out))
    }
}

#[async_trait]
impl ByChunk for Store {
    async fn payments_called(
        &self,
        tenant: &TenantId,
        book: &BookId,
        called: &[String],
    ) -> Result<Vec<(String, SourceId)>, StoreError> {
        things::payments_called(&mut *self.read().await?, tenant.as_str(), book, called).await
    }

    async fn links(
        &self,
        tenant: &TenantId,
        of: &BTreeSet<Key>,
    ) -> Result<BTreeMap<Key, Link>, StoreError> {
        const TEXT: &str = "SELECT * FROM link_rows WHERE tenant = $1
            AND thing IN (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id IN ($4))";
        let mut out = BTreeMap::new();
        for ask in of_things(TEXT, tenant, of) {
            let rows: Vec<Link> = ask.all(&mut *self.read().await?, link).await?;
            out.extend(rows.into_iter().map(|l| (l.thing.clone(), l)));
        }
        Ok(out)
    }

    async fn newest_records(
        &self,
        tenant: &TenantId,
        of: &BTreeSet<Key>,
    ) -> Result<BTreeMap<Key, SourceRecord>, StoreError> {
        const TEXT: &str = "SELECT t.book, t.kind, t.id, r.body FROM things t JOIN documents d ON d.tenant = t.tenant AND d.thing = t.thing
             JOIN records r ON r.tenant = d.tenant AND r.thing = d.thing AND r.version = d.version
            WHERE t.tenant = $1 AND t.book = $2 AND t.kind = $3 AND t.id IN ($4)";
        let mut out = BTreeMap::new();
        for ask in of_things(TEXT, tenant, of) {
            let read = |r: &SqliteRow| {
                let record: SourceRecord = unpack("a source record", &blob(r, "body")?)?;
                Ok((key(r, "book", "kind", "id")?, record))
            };
            out.extend(ask.all(&mut *self.read().await?, read).await?);
        }
        Ok(out)
    }

    async fn drifts_of(
        &self,
        tenant: &TenantId,
        documents: &BTreeSet<Key>,
    ) -> Result<BTreeMap<Key, Vec<Drift>>, StoreError> {
        const TEXT: &str = "SELECT document, what, body FROM drifts WHERE tenant = $1
            AND document IN (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id IN ($4))";
        let mut found: BTreeMap<i64, Vec<Drift>> = BTreeMap::new();
        for ask in of_things(TEXT, tenant, documents) {
            let read = |r: &SqliteRow| {
                let stands = (text(r, "what")? != UNCLEAR)
                    .then(|| drift(r))
                    .transpose()?;
                Ok((number(r, "document")?, stands))
            };
            for (document, stands) in ask.all(&mut *self.read().await?, read).await? {
                found.entry(document).or_default().extend(stands);
            }
        }
        // Most have none: whose they are is asked of those alone.
        let numbers: Vec<i64> = found.keys().copied().collect();
        if numbers.is_empty() {
            return Ok(BTreeMap::new());
        }
        let db = &mut *self.read().await?;
        let keys = things::keys(db, tenant.as_str(), &numbers).await?;
        let own = |(thing, key)| Some((key, found.remove(&thing)?));
        Ok(keys.into_iter().filter_map(own).collect())
    }

    async fn contacts_by(
        &self,
        tenant: &TenantId,
        book: &BookId,
        by: ContactBy,
        values: &BTreeSet<String>,
    ) -> Result<Option<ByValue<LedgerContact>>, StoreError> {
        let read = |r: &SqliteRow| read_json("a mirrored contact", &text(r, "body")?);
        let of = (tenant, book);
        self.by_values(contacts_text(by), of, values, read).await
    }

    async fn customers_by(
        &self,
        tenant: &TenantId,
        book: &BookId,
        by: CustomerBy,
        values: &BTreeSet<String>,
    ) -> Result<Option<ByValue<KnownCustomer>>, StoreError> {
        let of = (tenant, book);
        self.by_values(customers_text(by), of, values, customer)
            .await
    }
}
