//! Links: that two things in two books are the same, and what they were last agreed to say.
//!
//! Flows in: what was written and what the other book made of it. Flows out: links, from whichever end is asked for, and
//! what was agreed. A link has no direction: what was matched, made here or made there is the same to it.

use super::packed::{Like, pack_like, unpack};
use super::rows::{amount, blob, corrupt, key, maybe_number, text};
use super::sql::{Db, sql};
use super::{look_anew, things};
use crate::connectors::Posted;
use crate::model::{Draft, Fingerprint, Key, Kind, Link, LinkMade, SourceId};
use crate::pipeline::ports::{Relink, StoreError};
use crate::pipeline::write::{NewWrite, WriteRow};
use sqlx::sqlite::SqliteRow;

fn made(row: &SqliteRow) -> Result<LinkMade, StoreError> {
    let word = text(row, "made")?;
    LinkMade::parse(&word).ok_or_else(|| corrupt("how a link was made", word))
}

pub(super) fn link(row: &SqliteRow) -> Result<Link, StoreError> {
    // Of one that is upon nothing the view shows the thing itself.
    let upon = maybe_number(row, "upon")?.map(|_| key(row, "upon_book", "upon_kind", "upon_id"));
    Ok(Link {
        thing: key(row, "of_book", "of_kind", "of_id")?,
        other: key(row, "other_book", "other_kind", "other_id")?,
        made: made(row)?,
        number: text(row, "number")?,
        version: text(row, "version")?,
        other_version: text(row, "other_version")?,
        draft: Fingerprint(text(row, "draft")?),
        amount: amount(&text(row, "amount")?)?,
        upon: upon.transpose()?,
    })
}

/// The link of a thing, whichever end of it the thing is.
pub async fn of(db: &mut Db, tenant: &str, of: &Key) -> Result<Option<Link>, StoreError> {
    let one = sql("SELECT * FROM link_rows WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)");
    one.bind(tenant).key(of).maybe(db, link).await
}

/// The links that lead to a thing: several of another book may be matched with one.
pub async fn to(db: &mut Db, tenant: &str, other: &Key) -> Result<Vec<Link>, StoreError> {
    let all = sql("SELECT * FROM link_rows WHERE tenant = $1
            AND other = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)");
    all.bind(tenant).key(other).all(db, link).await
}

/// The links of what is on a paper of the other book.
pub async fn upon(db: &mut Db, tenant: &str, paper: &Key) -> Result<Vec<Link>, StoreError> {
    let all = sql("SELECT * FROM link_rows WHERE tenant = $1
            AND upon = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)");
    all.bind(tenant).key(paper).all(db, link).await
}

/// What a thing and its counterpart were last agreed to say, where that is known.
pub async fn agreed(db: &mut Db, tenant: &str, of: &Key) -> Result<Option<Draft>, StoreError> {
    let read = |r: &SqliteRow| unpack("what was agreed", &blob(r, "agreed")?);
    sql("SELECT agreed FROM links WHERE tenant = $1 AND agreed IS NOT NULL
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(of)
    .maybe(db, read)
    .await
}

/// Links what was written with what the other book made of it.
pub async fn put(
    db: &mut Db,
    tenant: &str,
    w: &WriteRow,
    posted: &Posted,
) -> Result<(), StoreError> {
    let amount = match &w.draft {
        // What the ledger says counts: it is what can be paid there.
        Draft::Invoice(d) => posted.total.unwrap_or(d.total).to_string(),
        Draft::Payment(p) => posted.total.unwrap_or(p.amount).to_string(),
        Draft::Contact(_) => String::new(),
    };
    let thing = things::give(db, tenant, &w.of).await?;
    let made = Key::new(&w.to, w.kind, &SourceId(posted.id.clone()));
    let other = things::give(db, tenant, &made).await?;
    let upon = match paid_document(db, tenant, w).await? {
        Some(paid) => Some(things::give(db, tenant, &paid).await?),
        None => None,
    };
    sql(
        "INSERT INTO links (tenant, thing, other, made, number, version, other_version, draft, agreed, amount, upon)
         VALUES ($1,$2,$3,'ours',$4,$5,$6,$7,$8,$9,$10)
         ON CONFLICT (tenant, thing) DO UPDATE SET
           other = excluded.other, made = excluded.made, number = excluded.number, version = excluded.version, other_version = excluded.other_version,
           draft = excluded.draft, agreed = excluded.agreed, amount = excluded.amount, upon = excluded.upon",
    )
    .bind(tenant)
    .bind(thing)
    .bind(other)
    .bind(&posted.number)
    .bind(&w.version.0)
    .bind(&posted.version)
    .bind(w.agreed_hash().0)
    .bind(pack_like(Like::Draft, w.agreed())?)
    .bind(amount)
    .bind(upon)
    .put_off(db)
    .await?;
    look_anew::look_anew(db, tenant, &w.of).await?;
    put_contact(db, tenant, w).await
}

/// The other book's id of what a write needs: the one that is known, else the one that the write which makes it was
/// answered; empty before that.
async fn made_by(db: &mut Db, tenant: &str, id: &str, write: &str) -> Result<String, StoreError> {
    if !id.is_empty() {
        return Ok(id.to_owned());
    }
    let made = sql("SELECT target_id FROM writes WHERE tenant = $1 AND natural_key = $2")
        .bind(tenant)
        .bind(write)
        .maybe(db, |r| text(r, "target_id"));
    Ok(made.await?.unwrap_or_default())
}

/// The document in the other book that a payment is on, where its id is known.
pub fn paid_by_id(w: &WriteRow) -> Option<Key> {
    let id = &w.needs.document_id;
    let known = w.kind == Kind::Payment && !id.is_empty();
    known.then(|| paid(w, id.clone()))
}

fn paid(w: &WriteRow, id: String) -> Key {
    let kind = match w.needs.of_credit_note {
        true => Kind::CreditNote,
        false => Kind::Invoice,
    };
    Key::new(&w.to, kind, &SourceId(id))
}

/// The document in the other book that a payment is on. One that was found in the ledger before it was ever sent names
/// only the write that made the document.
async fn paid_document(db: &mut Db, tenant: &str, w: &WriteRow) -> Result<Option<Key>, StoreError> {
    if w.kind != Kind::Payment {
        return Ok(None);
    }
    let id = made_by(db, tenant, &w.needs.document_id, &w.needs.document_write).await?;
    Ok((!id.is_empty()).then(|| paid(w, id)))
}

/// Remembers the contact a posted document was matched with, so that a later change of its name at the source
/// does not make a second one. Nothing was agreed: the contact is not ours to change.
async fn put_contact(db: &mut Db, tenant: &str, w: &WriteRow) -> Result<(), StoreError> {
    let needs = &w.needs;
    if needs.contact_source.is_empty() {
        return Ok(());
    }
    let there = made_by(db, tenant, &needs.contact_id, &needs.contact_write).await?;
    if there.is_empty() {
        return Ok(());
    }
    let (here, there) = (&needs.contact_source, &there);
    let contact = |book, id: &str| Key::new(book, Kind::Contact, &id.into());
    matched(
        db,
        tenant,
        &contact(&w.of.book, here),
        &contact(&w.to, there),
    )
    .await
}

/// Links a thing with what it was found to be in the other book, unless it is linked already.
pub async fn matched(db: &mut Db, tenant: &str, of: &Key, there: &Key) -> Result<(), StoreError> {
    let thing = things::give(db, tenant, of).await?;
    let other = things::give(db, tenant, there).await?;
    sql(
        "INSERT INTO links (tenant, thing, other, made, number, version, other_version, draft, amount)
         VALUES ($1,$2,$3,'matched','','','','','') ON CONFLICT (tenant, thing) DO NOTHING",
    )
    .bind(tenant)
    .bind(thing)
    .bind(other)
    .put_off(db)
    .await?;
    Ok(())
}

/// Puts a link right: the two were found to be alike.
pub async fn relink(
    db: &mut Db,
    tenant: &str,
    of: &Key,
    version: &Fingerprint,
    new: &Relink,
) -> Result<(), StoreError> {
    let agreed = new.agreed.as_ref();
    let agreed = agreed.map(|d| pack_like(Like::Draft, d)).transpose()?;
    sql(
        "UPDATE links SET draft = $5, other_version = $6, amount = $7, version = $8, agreed = COALESCE($9, agreed)
          WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    )
    .bind(tenant)
    .key(of)
    .bind(&new.draft.0)
    .bind(&new.version)
    .bind(new.amount.to_string())
    .bind(&version.0)
    .bind(agreed)
    .put_off(db)
    .await?;
    look_anew::look_anew(db, tenant, of).await
}

/// Takes a link away, if it is there.
pub async fn take(db: &mut Db, tenant: &str, of: &Key) -> Result<(), StoreError> {
    sql("DELETE FROM links WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(of)
    .put_off(db)
    .await?;
    look_anew::look_anew(db, tenant, of).await
}

/// Whether what a write made is still linked: what a person takes out of the ledger, or says is not there, loses its
/// link.
pub async fn is_there(db: &mut Db, tenant: &str, w: &NewWrite) -> Result<bool, StoreError> {
    sql("SELECT 1 FROM links WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(&w.of)
    .any(db)
    .await
}
