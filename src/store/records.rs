//! What the source said: every version of a record, where the source was left off, and what could not be read.
//!
//! Flows in: a page of records with its cursor. Flows out: the newest version of a record. A version that a newer one
//! took the place of is marked with the time, so that retention finds it without looking at the rest.

use super::customers;
use super::packed::{Like, pack_like, unpack};
use super::rows::{blob, json, read_time, text};
use super::sql::{Db, lists, sql};
use crate::connectors::{BadRecord, Cursor};
use crate::model::{BookId, Document, Fingerprint, Key, Kind, SourceRecord};
use crate::pipeline::ports::StoreError;
use chrono::{DateTime, Utc};

/// Where a source was left off.
pub async fn cursor(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    kind: Kind,
) -> Result<Option<Cursor>, StoreError> {
    sql("SELECT cursor FROM cursors WHERE tenant = $1 AND book = $2 AND kind = $3")
        .bind(tenant)
        .bind(book.as_str())
        .bind(kind.as_str())
        .maybe(db, |r| text(r, "cursor").map(Cursor))
        .await
}

/// Keeps where a source was left off.
pub async fn set_cursor(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    kind: Kind,
    cursor: &Cursor,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO cursors (tenant, book, kind, cursor) VALUES ($1,$2,$3,$4)
         ON CONFLICT (tenant, book, kind) DO UPDATE SET cursor = excluded.cursor",
    )
    .bind(tenant)
    .bind(book.as_str())
    .bind(kind.as_str())
    .bind(&cursor.0)
    .put_off(db)
    .await?;
    Ok(())
}

/// What is told of a record that an older edition says otherwise than the one that was read last: that one counts. A record
/// that a newer edition says in the same words is kept as that one's.
pub async fn newer(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    r: &SourceRecord,
) -> Result<Option<BadRecord>, StoreError> {
    let Some(edition) = &r.edition else {
        return Ok(None);
    };
    let key = Key::new(book, r.kind, &r.id);
    let Some(mut kept) = newest(db, tenant, &key).await? else {
        return Ok(None);
    };
    let version = r.version();
    if kept.version() == version {
        let later = kept
            .edition
            .as_ref()
            .is_none_or(|k| k.by != edition.by || edition.is_newer_than(k));
        if later {
            kept.edition = Some(edition.clone());
            keep_body(db, tenant, &key, &kept).await?;
        }
        return Ok(None);
    }
    let of_newer = kept.edition.filter(|k| k.is_newer_than(edition));
    Ok(of_newer.map(|k| BadRecord {
        at: edition.place.clone(),
        what: format!(
            "{} is said otherwise here than in {}, which is newer and was read before: that counts",
            r.number, k.place
        ),
        fix: "nothing, where the newer one was only taken away; to have what stands here count, give it in an export that is newer".to_owned(),
        of: r.number.clone(),
..BadRecord::default()
}))
}

/// A version is said by another edition than before.
pub async fn said_by(
    db: &mut Db,
    tenant: &str,
    of: &Key,
    version: &str,
    r: &SourceRecord,
) -> Result<(), StoreError> {
    let Some(mut kept) = at(db, tenant, of, version).await? else {
        return Ok(());
    };
    kept.edition.clone_from(&r.edition);
    keep_body(db, tenant, of, &kept).await
}

/// A version of a record as it is kept from now on.
async fn keep_body(
    db: &mut Db,
    tenant: &str,
    of: &Key,
    r: &SourceRecord,
) -> Result<(), StoreError> {
    sql("UPDATE records SET body = $6 WHERE tenant = $1 AND version = $5
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(of)
    .bind(&r.version().0)
    .bind(pack_like(Like::Record, r)?)
    .put_off(db)
    .await?;
    Ok(())
}

/// What a version is read as today takes the place of what it was read as; so does what is told of its document, where it
/// is the newest.
pub async fn read_anew(
    db: &mut Db,
    tenant: &str,
    of: &Key,
    r: &SourceRecord,
) -> Result<(), StoreError> {
    keep_body(db, tenant, of, r).await?;
    if super::documents::said_anew(db, tenant, of, r, &r.version()).await? {
        customers::save(db, tenant, &of.book, r).await?;
    }
    Ok(())
}

/// The newest version of a document's record.
pub async fn newest(
    db: &mut Db,
    tenant: &str,
    of: &Key,
) -> Result<Option<SourceRecord>, StoreError> {
    sql(
        "SELECT r.body FROM documents d
           JOIN records r ON r.tenant = d.tenant AND r.thing = d.thing AND r.version = d.version
          WHERE d.tenant = $1
            AND d.thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    )
    .bind(tenant)
    .key(of)
    .maybe(db, |r| unpack("a source record", &blob(r, "body")?))
    .await
}

/// The newest version of a document's record, by the number of the thing it is of.
pub async fn of_thing(
    db: &mut Db,
    tenant: &str,
    thing: i64,
) -> Result<Option<SourceRecord>, StoreError> {
    sql("SELECT r.body FROM documents d
           JOIN records r ON r.tenant = d.tenant AND r.thing = d.thing AND r.version = d.version
          WHERE d.tenant = $1 AND d.thing = $2")
    .bind(tenant)
    .bind(thing)
    .maybe(db, |r| unpack("a source record", &blob(r, "body")?))
    .await
}

/// A version of a record, where it is kept still.
pub async fn at(
    db: &mut Db,
    tenant: &str,
    of: &Key,
    version: &str,
) -> Result<Option<SourceRecord>, StoreError> {
    sql("SELECT body FROM records WHERE tenant = $1 AND version = $5
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(of)
    .bind(version)
    .maybe(db, |r| unpack("a source record", &blob(r, "body")?))
    .await
}

/// What could not be read of a list is kept by its place in it; that of another kind's list is another place.
fn place(kind: Kind, at: &str) -> String {
    match kind {
        Kind::Invoice => at.to_owned(),
        kind => format!("{kind}/{at}"),
    }
}

/// When a version of a thing was first read.
pub async fn seen_at(
    db: &mut Db,
    tenant: &str,
    of: &Key,
    version: &Fingerprint,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let seen = sql(
        "SELECT seen_at FROM records WHERE tenant = $1 AND version = $5
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    );
    let seen = seen.bind(tenant).key(of).bind(&version.0);
    seen.maybe(db, |r| read_time(&text(r, "seen_at")?)).await
}

/// Keeps what could not be read of the list of a kind.
pub async fn save_bad(
    db: &mut Db,
    tenant: &str,
    (book, kind): (&BookId, Kind),
    bad: &BadRecord,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO bad_records (tenant, book, place, body) VALUES ($1,$2,$3,$4)
         ON CONFLICT (tenant, book, place) DO UPDATE SET body = excluded.body",
    )
    .bind(tenant)
    .bind(book.as_str())
    .bind(place(kind, &bad.at))
    .bind(json(bad)?)
    .put_off(db)
    .await?;
    Ok(())
}

/// The list of a kind that was read whole: what was told of it before counts no more, and what was told of others does.
pub async fn forget_all_bad(
    db: &mut Db,
    tenant: &str,
    (book, kind): (&BookId, Kind),
) -> Result<(), StoreError> {
    let own = match kind {
        Kind::Invoice => {
            "DELETE FROM bad_records WHERE tenant = $1 AND book = $2
                AND place NOT LIKE 'estimate/%' AND place NOT LIKE 'purchase_order/%' AND place NOT LIKE 'contact/%'"
        }
        Kind::Estimate => {
            "DELETE FROM bad_records WHERE tenant = $1 AND book = $2 AND place LIKE 'estimate/%'"
        }
        Kind::Contact => {
            "DELETE FROM bad_records WHERE tenant = $1 AND book = $2 AND place LIKE 'contact/%'"
        }
        _ => {
            "DELETE FROM bad_records WHERE tenant = $1 AND book = $2 AND place LIKE 'purchase_order/%'"
        }
    };
    let ask = sql(own).bind(tenant).bind(book.as_str());
    ask.put_off(db).await?;
    Ok(())
}

/// Records that were read are no longer ones that could not be.
pub async fn forget_bad(
    db: &mut Db,
    tenant: &str,
    (book, kind): (&BookId, Kind),
    all: &[SourceRecord],
) -> Result<(), StoreError> {
    let mut places = Vec::new();
    for r in all {
        places.push(place(kind, &r.id.0));
        // One that could not be read may be known by its order alone.
        if let Document::Invoice(i) = &r.document {
            places.push(place(kind, &format!("order {}", i.order_id)));
        }
    }
    for some in lists(&places) {
        sql("DELETE FROM bad_records WHERE tenant = $1 AND book = $2 AND place IN ($3)")
            .bind(tenant)
            .bind(book.as_str())
            .list(some)
            .put_off(db)
            .await?;
    }
    Ok(())
}

/// Where what could not be read of the list of a kind stands.
pub fn place_of(kind: Kind, bad: &BadRecord) -> String {
    place(kind, &bad.at)
}
