//! What could not be read, and what of it a person leaves out.
//!
//! Flows in: which records are meant, who says so and why. Flows out: what could not be read and waits still. A word is about what the
//! source said when it was given: as soon as it says something else there, the record waits again. Each word is one transaction with
//! its audit row.

use super::Store;
use super::audit::{self, AuditEntry};
use super::rows::{maybe, read_json, text};
use super::sql::{Db, sql};
use crate::connectors::BadRecord;
use crate::model::{BookId, TenantId};
use crate::pipeline::ports::StoreError;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

/// What could not be read, with its place in the store and whether it is left out as it stands.
struct KeptBad {
    book: String,
    place: String,
    bad: BadRecord,
    closed: bool,
}

impl KeptBad {
    /// Keeps in the audit what a person said of it.
    async fn word(
        &self,
        db: &mut Db,
        tenant: &str,
        (action, detail): (&str, &str),
        (actor, at): (&str, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        let entry = AuditEntry {
            tenant,
            at,
            actor,
            action,
            object: &self.bad.at,
            detail,
        };
        audit::append(db, entry).await
    }
}

async fn all(db: &mut Db, tenant: &str) -> Result<Vec<KeptBad>, StoreError> {
    let kept = sql(
        "SELECT b.book AS book, b.place AS place, b.body AS body, (SELECT c.said FROM closed_records c
            WHERE c.tenant = b.tenant AND c.book = b.book AND c.place = b.place) AS said
           FROM bad_records b WHERE b.tenant = $1 ORDER BY b.place",
    );
    let read = |r: &SqliteRow| {
        let bad: BadRecord = read_json("a bad record", &text(r, "body")?)?;
        Ok(KeptBad {
            book: text(r, "book")?,
            place: text(r, "place")?,
            closed: maybe(r, "said")?.is_some_and(|said| said == bad.print().0),
            bad,
        })
    };
    kept.bind(tenant).all(db, read).await
}

/// What could not be read and waits.
pub async fn waiting(db: &mut Db, tenant: &str) -> Result<Vec<BadRecord>, StoreError> {
    let all = all(db, tenant).await?.into_iter();
    Ok(all.filter(|k| !k.closed).map(|k| k.bad).collect())
}

/// Of what was just found to be unreadable, what nobody left out as it is said now.
pub async fn not_closed(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    bad: &[(String, &BadRecord)],
) -> Result<Vec<BadRecord>, StoreError> {
    let mut out = Vec::new();
    for (place, one) in bad {
        let said = sql(
            "SELECT said FROM closed_records WHERE tenant = $1 AND book = $2 AND place = $3 AND said = $4",
        );
        let said = said.bind(tenant).bind(book.as_str());
        if !said.bind(place).bind(one.print().0).any(db).await? {
            out.push((*one).clone());
        }
    }
    Ok(out)
}

impl Store {
    /// Leaves records out that could not be read, until the source says something else there.
    ///
    /// # Errors
    /// The database's.
    pub async fn close_records(
        &self,
        tenant: &TenantId,
        meant: &[BadRecord],
        (actor, why, now): (&str, &str, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let of = tenant.as_str();
        let kept = all(&mut tx, of).await?;
        for k in kept.iter().filter(|k| meant.contains(&k.bad)) {
            sql(
                "INSERT INTO closed_records (tenant, book, place, said) VALUES ($1,$2,$3,$4)
                 ON CONFLICT (tenant, book, place) DO UPDATE SET said = excluded.said",
            )
            .bind(of)
            .bind(&k.book)
            .bind(&k.place)
            .bind(k.bad.print().0)
            .run(&mut tx)
            .await?;
            k.word(&mut tx, of, ("skip", why), (actor, now)).await?;
        }
        tx.commit().await
    }

    /// Takes back that records were left out, of those that go by a name. Answers whether there were any.
    ///
    /// # Errors
    /// The database's.
    pub async fn reopen_records(
        &self,
        tenant: &TenantId,
        name: &str,
        (actor, now): (&str, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let of = tenant.as_str();
        let kept = all(&mut tx, of).await?;
        let meant = kept.iter().filter(|k| k.closed && k.bad.is_called(name));
        let mut any = false;
        for k in meant {
            any = true;
            sql("DELETE FROM closed_records WHERE tenant = $1 AND book = $2 AND place = $3")
                .bind(of)
                .bind(&k.book)
                .bind(&k.place)
                .run(&mut tx)
                .await?;
            k.word(&mut tx, of, ("retry", ""), (actor, now)).await?;
        }
        tx.commit().await?;
        Ok(any)
    }
}
