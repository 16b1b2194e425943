//! Documents that the source, or the ledger, may have no more: which are asked for next, and what the source answered.
//!
//! Flows in: what was asked for, and what of it is gone. Flows out: ids of posted documents, some at a time, in the order of
//! the things, and from the beginning after the last. What is gone opens its document; so does what comes back.

use super::rows::{json, key, number, read_time, text, time, total};
use super::sql::{Db, limit, sql};
use super::{Store, drifts, links};
use crate::model::{BookId, Drift, DriftKind, Key, Kind, Link, TenantId};
use crate::pipeline::ports::{DriftRow, Drifts, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::sqlite::SqliteRow;

/// The next documents of a book to be asked for, there or in another book.
pub async fn next(
    db: &mut Db,
    tenant: &str,
    (book, there): (&BookId, &BookId),
    most: usize,
) -> Result<Vec<Key>, StoreError> {
    let asked = sql("SELECT asked FROM sweeps WHERE tenant = $1 AND book = $2");
    let asked = asked.bind(tenant).bind(there.as_str());
    let asked = asked.maybe(db, |r| number(r, "asked")).await?.unwrap_or(0);
    let after = posted(db, tenant, book, asked, most).await?;
    match after.is_empty() && asked > 0 {
        true => posted(db, tenant, book, 0, most).await,
        false => Ok(after),
    }
}

/// Posted documents of a book after a thing; those that are known to be gone are asked for no more.
async fn posted(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    after: i64,
    most: usize,
) -> Result<Vec<Key>, StoreError> {
    let [first, second, third] = Kind::DOCUMENTS;
    sql(
        "SELECT t.id, t.kind, t.book, l.thing FROM links l JOIN things t ON t.thing = l.thing
          WHERE l.tenant = $1 AND l.thing > $2 AND t.book = $3 AND t.kind IN ($4, $7, $8)
            AND NOT EXISTS (SELECT 1 FROM drifts x WHERE x.tenant = l.tenant AND x.document = l.thing
                  AND x.other = '' AND x.what = $5)
          ORDER BY l.thing LIMIT $6",
    )
    .bind(tenant)
    .bind(after)
    .bind(book.as_str())
    .bind(first.as_str())
    .bind(DriftKind::SourceDeleted.code().as_str())
    .bind(limit(most))
    .bind(second.as_str())
    .bind(third.as_str())
    .all(db, |r| key(r, "book", "kind", "id"))
    .await
}

/// How far documents were asked for in a book, and when.
async fn reached(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    last: Option<&Key>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO sweeps (tenant, book, asked, at) VALUES ($1, $2, 0, $3)
         ON CONFLICT (tenant, book) DO UPDATE SET at = excluded.at",
    )
    .bind(tenant)
    .bind(book.as_str())
    .bind(time(now))
    .put_off(db)
    .await?;
    if let Some(last) = last {
        sql("UPDATE sweeps SET asked = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)
              WHERE tenant = $1 AND book = $5")
        .bind(tenant)
        .key(last)
        .bind(book.as_str())
        .put_off(db)
        .await?;
    }
    Ok(())
}

/// The source has a document no more.
pub async fn gone(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let known = sql("SELECT thing, number, total FROM document_rows WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)");
    let read = |r: &SqliteRow| {
        let was = total(&text(r, "total")?)?.unwrap_or_default();
        Ok((number(r, "thing")?, text(r, "number")?, was))
    };
    let Some((thing, number, was)) = known.bind(tenant).key(document).maybe(db, read).await? else {
        return Ok(());
    };
    let drift = Drift {
        entries: Vec::new(),
        kind: DriftKind::SourceDeleted,
        of: document.clone(),
        other: String::new(),
        number,
        status: String::new(),
        was,
        is: Decimal::ZERO,
    };
    drifts::put_new(db, tenant, thing, &drift, json(&drift)?, at).await
}

/// The source names a document that it was thought not to have, so that it is there.
pub async fn there(db: &mut Db, tenant: &str, document: i64) -> Result<(), StoreError> {
    sql("DELETE FROM drifts WHERE tenant = $1 AND other = '' AND what = $2 AND document = $3")
        .bind(tenant)
        .bind(DriftKind::SourceDeleted.code().as_str())
        .bind(document)
        .put_off(db)
        .await?;
    drifts::open(db, tenant, document).await
}

#[async_trait]
impl Drifts for Store {
    async fn drifts(&self, tenant: &TenantId, document: &Key) -> Result<Vec<DriftRow>, StoreError> {
        drifts::of_document(&mut *self.read().await?, tenant.as_str(), document).await
    }

    async fn all_drifts(&self, tenant: &TenantId) -> Result<Vec<DriftRow>, StoreError> {
        drifts::of_tenant(&mut *self.read().await?, tenant.as_str()).await
    }

    async fn unclear(&self, tenant: &TenantId, kind: Kind) -> Result<Vec<String>, StoreError> {
        drifts::unclear(&mut *self.read().await?, tenant.as_str(), kind).await
    }

    async fn next_to_look_for(
        &self,
        tenant: &TenantId,
        book: &BookId,
        most: usize,
    ) -> Result<Vec<Key>, StoreError> {
        next(
            &mut *self.read().await?,
            tenant.as_str(),
            (book, book),
            most,
        )
        .await
    }

    async fn last_looked_for(
        &self,
        tenant: &TenantId,
        book: &BookId,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at = sql("SELECT at FROM sweeps WHERE tenant = $1 AND book = $2");
        let at = at.bind(tenant.as_str()).bind(book.as_str());
        at.maybe(&mut *self.read().await?, |r| read_time(&text(r, "at")?))
            .await
    }

    async fn looked_for(
        &self,
        tenant: &TenantId,
        book: &BookId,
        asked: &[Key],
        gone_there: &[Key],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for document in gone_there {
            gone(&mut tx, tenant.as_str(), document, now).await?;
        }
        reached(&mut tx, tenant.as_str(), book, asked.last(), now).await?;
        tx.commit().await
    }

    async fn take_next_there(
        &self,
        tenant: &TenantId,
        (source, ledger): (&BookId, &BookId),
        most: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<Link>, StoreError> {
        let mut tx = self.begin().await?;
        let all = next(&mut tx, tenant.as_str(), (source, ledger), most).await?;
        let mut out = Vec::new();
        for document in &all {
            out.extend(links::of(&mut tx, tenant.as_str(), document).await?);
        }
        reached(&mut tx, tenant.as_str(), ledger, all.last(), now).await?;
        tx.commit().await?;
        Ok(out)
    }
}
