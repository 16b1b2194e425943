//! The mirror of the ledger's contacts, and those that are only planned.
//!
//! Flows in: contacts as the ledger holds them, or as a write is about to make them. Flows out: those that answer to an
//! id, a name, an e-mail address, a number or a telephone number. Bounded by [`MAX_CANDIDATES`] a key, and it says where there are more.

use super::rows::{json, read_json, read_time, text, time};
use super::sql::{Db, Sql, limit, parts, sql};
use crate::model::{BookId, LedgerContact, digits, folded};
use crate::pipeline::ports::{ContactKeys, MAX_CANDIDATES, MirrorFound, StoreError};
use crate::pipeline::write::{NewWrite, PLANNED};
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeMap;

/// Puts a contact into the mirror, in place of what was there of it.
pub async fn put(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    c: &LedgerContact,
) -> Result<(), StoreError> {
    put_all(db, tenant, &[(book, c.clone())]).await
}

/// Puts contacts into the mirror, each of which is among them once.
pub async fn put_all(
    db: &mut Db,
    tenant: &str,
    all: &[(&BookId, LedgerContact)],
) -> Result<(), StoreError> {
    for some in parts(all) {
        enter(db, tenant, some).await?;
    }
    Ok(())
}

async fn enter(
    db: &mut Db,
    tenant: &str,
    all: &[(&BookId, LedgerContact)],
) -> Result<(), StoreError> {
    let mut enter = sql(
        "INSERT INTO mirror_contacts (tenant, book, id, name, email, number, phone, mobile, body)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)
         ON CONFLICT (tenant, book, id) DO UPDATE SET name = excluded.name, email = excluded.email,
           number = excluded.number, phone = excluded.phone, mobile = excluded.mobile, body = excluded.body",
    )
    .rows(all.len());
    for (book, c) in all {
        enter = (enter.bind(tenant.to_owned()))
            .bind(book.as_str().to_owned())
            .bind(c.id.clone())
            .bind(folded(&c.name))
            .bind(folded(&c.email))
            .bind(c.number.clone())
            .bind(digits(&c.phone))
            .bind(digits(&c.mobile))
            .bind(json(c)?);
    }
    enter.put_off(db).await?;
    Ok(())
}

/// A contact that is about to be made can be matched by the next document already.
pub async fn plan(db: &mut Db, tenant: &str, w: &NewWrite) -> Result<(), StoreError> {
    match w.planned_contact() {
        Some(planned) => put(db, tenant, &w.to, &planned).await,
        None => Ok(()),
    }
}

/// A contact that will not be made, or that is made by now, is no longer planned.
pub async fn forget_planned(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    key: &str,
) -> Result<(), StoreError> {
    forget(db, tenant, book, &format!("{PLANNED}{key}")).await
}

/// A contact that the ledger has no more leaves the mirror.
pub async fn forget(db: &mut Db, tenant: &str, book: &BookId, id: &str) -> Result<(), StoreError> {
    sql("DELETE FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND id = $3")
        .bind(tenant)
        .bind(book.as_str())
        .bind(id)
        .put_off(db)
        .await?;
    Ok(())
}

/// When the mirror was last brought up to date.
pub async fn mirrored(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    sql("SELECT at FROM mirrors WHERE tenant = $1 AND book = $2 AND what = 'contacts'")
        .bind(tenant)
        .bind(book.as_str())
        .maybe(db, |r| read_time(&text(r, "at")?))
        .await
}

/// The mirror is up to date as of a time.
pub async fn done(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO mirrors (tenant, book, what, at, hash) VALUES ($1, $2, 'contacts', $3, '')
         ON CONFLICT (tenant, book, what) DO UPDATE SET at = excluded.at",
    )
    .bind(tenant)
    .bind(book.as_str())
    .bind(time(at))
    .put_off(db)
    .await?;
    Ok(())
}

/// Those found so far, by id.
type ById = BTreeMap<String, LedgerContact>;

/// Takes in what one key finds. Answers whether there are more than are looked at.
async fn add(db: &mut Db, found: &mut ById, ask: Sql) -> Result<bool, StoreError> {
    let mut all: Vec<LedgerContact> = ask
        .bind(limit(MAX_CANDIDATES + 1))
        .all(db, |r| read_json("a mirrored contact", &text(r, "body")?))
        .await?;
    let cut = all.len() > MAX_CANDIDATES;
    all.truncate(MAX_CANDIDATES);
    found.extend(all.into_iter().map(|c| (c.id.clone(), c)));
    Ok(cut)
}

/// Contacts by each key for itself; an empty key finds nothing.
pub async fn find(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    keys: ContactKeys<'_>,
) -> Result<MirrorFound, StoreError> {
    let book = book.as_str();
    let mut found = ById::new();
    let mut out = MirrorFound::default();
    if !keys.id.is_empty() {
        let ask = sql(
            "SELECT body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND id = $3 LIMIT $4",
        );
        add(db, &mut found, ask.bind(tenant).bind(book).bind(keys.id)).await?;
    }
    if !keys.number.is_empty() {
        let ask = sql(
            "SELECT body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND number = $3 ORDER BY id LIMIT $4",
        );
        add(
            db,
            &mut found,
            ask.bind(tenant).bind(book).bind(keys.number),
        )
        .await?;
    }
    let cut = &mut out.cut;
    let by = [
        (
            "SELECT body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND name = $3 ORDER BY id LIMIT $4",
            folded(keys.name),
            &mut cut.names,
        ),
        (
            "SELECT body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND email = $3 ORDER BY id LIMIT $4",
            folded(keys.email),
            &mut cut.emails,
        ),
        (
            "SELECT body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND phone = $3 ORDER BY id LIMIT $4",
            digits(keys.phone),
            &mut cut.phones,
        ),
        (
            "SELECT body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND mobile = $3 ORDER BY id LIMIT $4",
            digits(keys.mobile),
            &mut cut.mobiles,
        ),
    ];
    for (text, key, cut) in by {
        if !key.is_empty()
            && add(db, &mut found, sql(text).bind(tenant).bind(book).bind(&key)).await?
        {
            cut.insert(key);
        }
    }
    out.contacts = found.into_values().collect();
    Ok(out)
}

/// Some contacts after an id, in the order of their ids.
pub async fn after(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    id: &str,
    most: usize,
) -> Result<Vec<LedgerContact>, StoreError> {
    let next = sql(
        "SELECT body FROM mirror_contacts WHERE tenant = $1 AND book = $2 AND id > $3 ORDER BY id LIMIT $4",
    );
    let next = next.bind(tenant).bind(book.as_str()).bind(id);
    let read = |r: &SqliteRow| read_json("a mirrored contact", &text(r, "body")?);
    next.bind(limit(most)).all(db, read).await
}
