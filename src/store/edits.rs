//! Which posted documents an edit of the file or of a rule would make otherwise, as far as that has been looked at.
//!
//! Flows in: the hash of file and rules, and some documents with what would differ. Flows out: which were looked at, and
//! the sums. Kept for one edit a tenant: another one begins anew.

use super::Store;
use super::documents::doc_row;
use super::namesakes;
use super::rows::{number, text};
use super::sql::{Db, limit, sql};
use super::things;
use crate::model::{Fingerprint, Key, TenantId};
use crate::pipeline::ports::{DocRow, StoreError};
use std::collections::BTreeMap;

/// How far a look has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditLooked {
    /// The hash of file and rules.
    pub config: Fingerprint,
    /// Whether every posted document was looked at.
    pub done: bool,
}

/// A new edit: what was looked at under another one means nothing any more.
pub async fn begin(db: &mut Db, tenant: &str, config: &str) -> Result<(), StoreError> {
    let known = sql("SELECT 1 FROM edits WHERE tenant = $1 AND config = $2");
    if known.bind(tenant).bind(config).any(db).await? {
        return Ok(());
    }
    sql("DELETE FROM would_differ WHERE tenant = $1")
        .bind(tenant)
        .put_off(db)
        .await?;
    sql("INSERT INTO edits (tenant, config, done) VALUES ($1,$2,0)
         ON CONFLICT (tenant) DO UPDATE SET config = excluded.config, done = 0")
    .bind(tenant)
    .bind(config)
    .put_off(db)
    .await?;
    Ok(())
}

impl Store {
    /// How far the look at the last edit has come; none before there was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn edit_looked(&self, tenant: &TenantId) -> Result<Option<EditLooked>, StoreError> {
        let read = |r: &sqlx::sqlite::SqliteRow| {
            Ok(EditLooked {
                config: Fingerprint(text(r, "config")?),
                done: number(r, "done")? != 0,
            })
        };
        let one = sql("SELECT config, done FROM edits WHERE tenant = $1").bind(tenant.as_str());
        one.maybe(&mut *self.read().await?, read).await
    }

    /// The next posted documents after a place, with the place of each; 0 is the beginning. They are in the order in which
    /// they were first read, so that a look goes on where it was left.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn posted_after(
        &self,
        tenant: &TenantId,
        place: i64,
        most: usize,
    ) -> Result<Vec<(i64, DocRow)>, StoreError> {
        let posted = sql(
            "SELECT d.* FROM document_rows d WHERE d.tenant = $1 AND d.thing > $2
                AND EXISTS (SELECT 1 FROM links l WHERE l.tenant = d.tenant AND l.thing = d.thing)
              ORDER BY d.thing LIMIT $3",
        );
        let posted = posted.bind(tenant.as_str()).bind(place).bind(limit(most));
        let read = |r: &sqlx::sqlite::SqliteRow| Ok((number(r, "thing")?, doc_row(r)?));
        let db = &mut *self.read().await?;
        let found = posted.all(db, read).await?;
        let (places, rows): (Vec<i64>, Vec<DocRow>) = found.into_iter().unzip();
        let rows = namesakes::tell_apart(db, tenant.as_str(), rows).await?;
        Ok(places.into_iter().zip(rows).collect())
    }

    /// The place up to which posted documents were looked at; 0 before any was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn looked_up_to(&self, tenant: &TenantId) -> Result<i64, StoreError> {
        let last =
            sql("SELECT thing FROM would_differ WHERE tenant = $1 ORDER BY thing DESC LIMIT 1");
        let last = last.bind(tenant.as_str());
        let place = last
            .maybe(&mut *self.read().await?, |r| number(r, "thing"))
            .await?;
        Ok(place.unwrap_or(0))
    }

    /// Keeps what some documents would differ by; with `done`, that it was all. One transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_differing(
        &self,
        tenant: &TenantId,
        config: &Fingerprint,
        looked: &[(Key, String)],
        done: bool,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        begin(&mut tx, tenant.as_str(), &config.0).await?;
        for (key, by_what) in looked {
            let thing = things::give(&mut tx, tenant.as_str(), key).await?;
            sql(
                "INSERT INTO would_differ (tenant, thing, by_what) VALUES ($1,$2,$3)
                 ON CONFLICT (tenant, thing) DO UPDATE SET by_what = excluded.by_what",
            )
            .bind(tenant.as_str())
            .bind(thing)
            .bind(by_what)
            .put_off(&mut tx)
            .await?;
        }
        if done {
            sql("UPDATE edits SET done = 1 WHERE tenant = $1")
                .bind(tenant.as_str())
                .put_off(&mut tx)
                .await?;
        }
        tx.commit().await
    }

    /// How many documents would differ, by what.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn differing(&self, tenant: &TenantId) -> Result<BTreeMap<String, u64>, StoreError> {
        let read = |r: &sqlx::sqlite::SqliteRow| {
            let n = u64::try_from(number(r, "n")?).unwrap_or(0);
            Ok((text(r, "by_what")?, n))
        };
        let all = sql(
            "SELECT by_what, COUNT(*) AS n FROM would_differ WHERE tenant = $1 AND by_what > '' GROUP BY by_what",
        );
        let all = all.bind(tenant.as_str());
        let all = all.all(&mut *self.read().await?, read).await?;
        Ok(all.into_iter().collect())
    }
}
