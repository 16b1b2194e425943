//! What was done to what is posted.
//!
//! Flows in: papers as the ledger shows them, and documents that the source no longer has. Flows out: what stands of that, by
//! document and by tenant. What came up, or ended, opens its document, so that the next decision tells it, or ends it too.
//! Nothing is concluded while a write of the document is under way: the paper is read again afterwards.

use super::rows::{corrupt, json, key, number, read_json, read_time, text, time};
use super::sql::{Db, lists, sql};
use super::things::Sparse;
use super::{links, noticed, things};
use crate::model::{BookId, Drift, DriftKind, Key, Kind, LedgerInvoice, Link, SourceId, TenantId};
use crate::pipeline::drift::between;
use crate::pipeline::ports::{DriftRow, StoreError};
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

/// What stands in place of a code where a write was under way.
pub(super) const UNCLEAR: &str = "unclear";

/// What was done to things.
pub const ON_THINGS: Sparse = Sparse {
    table: "drifts",
    ask: "SELECT thing FROM drifts WHERE tenant = $1 AND thing IN ($2)",
};

/// Holds a paper against the links that lead to it.
pub async fn weigh(
    db: &mut Db,
    whose: &TenantId,
    book: &BookId,
    paper: &LedgerInvoice,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tenant = whose.as_str();
    let there = Key::new(book, paper.kind, &SourceId(paper.id.clone()));
    for link in links::to(db, tenant, &there).await? {
        let Some(document) = document_of(db, tenant, &link).await? else {
            continue;
        };
        let document = things::give(db, tenant, &document).await?;
        let on_it = links::upon(db, tenant, &there).await?;
        let known = on_paper(db, tenant, document, &paper.id).await?;
        let moved = noticed::moved_here(db, tenant, (&there, &on_it), paper).await?;
        let mut found = between(whose, &link, (&on_it, &moved), paper);
        noticed::notice(db, tenant, (&there, &link), (&on_it, &found), paper).await?;
        called_right(&mut found, &known);
        if found.is_empty() && known.is_empty() {
            continue;
        }
        if !found.is_empty() && under_way(db, tenant, document).await? {
            let kind = json(&paper.kind.as_str())?;
            put(
                db,
                tenant,
                document,
                &paper.id,
                (UNCLEAR, document),
                kind,
                at,
            )
            .await?;
            continue;
        }
        let same = known.len() == found.len()
            && (known.iter()).all(|k| k.as_ref().is_some_and(|k| found.contains(k)));
        if same {
            continue;
        }
        let new = |d: &&Drift| !known.iter().flatten().any(|k| k == *d);
        forget_others(db, tenant, document, &paper.id, &found).await?;
        for drift in found.iter().filter(new) {
            let of = things::give(db, tenant, &drift.of).await?;
            let what = (drift.kind.code().as_str(), of);
            put(db, tenant, document, &paper.id, what, json(drift)?, at).await?;
        }
        open(db, tenant, document).await?;
    }
    Ok(())
}

/// What a person has called right of others' money stays so, whatever is put to it beside that.
fn called_right(found: &mut [Drift], known: &[Option<Drift>]) {
    let theirs = |d: &&Drift| d.kind == DriftKind::Balance;
    let said = known.iter().flatten().find(theirs).map(|d| d.was);
    for drift in found.iter_mut().filter(|d| d.kind == DriftKind::Balance) {
        drift.was = said.unwrap_or_default();
    }
}

/// A person who was shown a paper has called what others put to it another than ours: it is right as it is, also while a write
/// of the document is not at its end.
pub async fn call_right(
    db: &mut Db,
    whose: &TenantId,
    link: &Link,
    paper: &LedgerInvoice,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tenant = whose.as_str();
    let on_it = links::upon(db, tenant, &link.other).await?;
    let document = things::give(db, tenant, &link.thing).await?;
    let theirs = |d: &Drift| d.kind == DriftKind::Balance;
    let moved = noticed::moved_here(db, tenant, (&link.other, &on_it), paper).await?;
    let found = between(whose, link, (&on_it, &moved), paper).into_iter();
    for mut drift in found.filter(theirs) {
        drift.was = drift.is;
        let what = (drift.kind.code().as_str(), document);
        put(db, tenant, document, &paper.id, what, json(&drift)?, at).await?;
    }
    Ok(())
}

/// What others put to a document is that on its paper: what stood on another, with which it was linked before, is forgotten.
pub async fn only_on(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    paper: &Key,
) -> Result<(), StoreError> {
    sql("DELETE FROM drifts WHERE tenant = $1 AND what = $2 AND other <> $3 AND document = $4")
        .bind(tenant)
        .bind(DriftKind::Balance.code().as_str())
        .bind(&paper.id.0)
        .bind(things::give(db, tenant, document).await?)
        .put_off(db)
        .await?;
    Ok(())
}

/// The document that a link belongs to: it itself, or the one whose refund a credit note stands for, or of whose payment a part
/// became a credit.
async fn document_of(db: &mut Db, tenant: &str, link: &Link) -> Result<Option<Key>, StoreError> {
    match link.thing.kind {
        kind if kind.is_document() => return Ok(Some(link.thing.clone())),
        Kind::CreditNote | Kind::Overpayment => {}
        _ => return Ok(None),
    }
    let read = |r: &SqliteRow| key(r, "book", "kind", "id");
    let written = sql("SELECT o.book, o.kind, o.id FROM writes w JOIN things o ON o.thing = w.document WHERE w.tenant = $1
            AND w.thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4) LIMIT 1");
    let written = written.bind(tenant).key(&link.thing);
    if let Some(document) = written.maybe(db, read).await? {
        return Ok(Some(document));
    }
    let refund = Key::new(&link.thing.book, Kind::Payment, &link.thing.id);
    sql("SELECT o.book, o.kind, o.id FROM words w JOIN things o ON o.thing = w.document WHERE w.tenant = $1
            AND w.thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(&refund)
    .maybe(db, read)
    .await
}

/// Whether a write of a document may have left of which it is not known what it did.
pub(super) async fn under_way(
    db: &mut Db,
    tenant: &str,
    document: i64,
) -> Result<bool, StoreError> {
    sql("SELECT 1 FROM under_way WHERE tenant = $1 AND document = $2")
        .bind(tenant)
        .bind(document)
        .any(db)
        .await
}

/// What is known of one paper; nothing where that was unclear.
async fn on_paper(
    db: &mut Db,
    tenant: &str,
    document: i64,
    paper: &str,
) -> Result<Vec<Option<Drift>>, StoreError> {
    sql("SELECT what, body FROM drifts WHERE tenant = $1 AND document = $2 AND other = $3")
        .bind(tenant)
        .bind(document)
        .bind(paper)
        .all(db, |r| {
            Ok(match text(r, "what")?.as_str() {
                UNCLEAR => None,
                _ => Some(drift(r)?),
            })
        })
        .await
}

pub(super) fn drift(r: &SqliteRow) -> Result<Drift, StoreError> {
    read_json("what was done to a document", &text(r, "body")?)
}

async fn put(
    db: &mut Db,
    tenant: &str,
    document: i64,
    paper: &str,
    (what, of): (&str, i64),
    body: String,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    things::entered(db, &ON_THINGS);
    sql(
        "INSERT INTO drifts (tenant, document, other, what, thing, body, seen, run) VALUES ($1,$2,$3,$4,$5,$6,$7,'')
         ON CONFLICT (tenant, document, other, what, thing) DO UPDATE SET body = excluded.body",
    )
    .bind(tenant)
    .bind(document)
    .bind(paper)
    .bind(what)
    .bind(of)
    .bind(body)
    .bind(time(at))
    .put_off(db)
    .await?;
    Ok(())
}

/// What is no longer so of a paper goes; what still is keeps the time at which it was first seen.
async fn forget_others(
    db: &mut Db,
    tenant: &str,
    document: i64,
    paper: &str,
    found: &[Drift],
) -> Result<(), StoreError> {
    let rows = sql(
        "SELECT what, thing, body FROM drifts WHERE tenant = $1 AND document = $2 AND other = $3",
    );
    let rows = rows.bind(tenant).bind(document).bind(paper);
    let read = |r: &SqliteRow| {
        let what = text(r, "what")?;
        let stays = what != UNCLEAR && found.contains(&drift(r)?);
        Ok((what, number(r, "thing")?, stays))
    };
    for (what, of, stays) in rows.all(db, read).await? {
        if stays {
            continue;
        }
        sql("DELETE FROM drifts WHERE tenant = $1 AND document = $2 AND other = $3 AND what = $4 AND thing = $5")
            .bind(tenant)
            .bind(document)
            .bind(paper)
            .bind(what)
            .bind(of)
            .put_off(db)
            .await?;
    }
    Ok(())
}

/// A document is decided on again.
pub async fn open(db: &mut Db, tenant: &str, document: i64) -> Result<(), StoreError> {
    sql("UPDATE documents SET open = 1 WHERE tenant = $1 AND thing = $2")
        .bind(tenant)
        .bind(document)
        .put_off(db)
        .await?;
    Ok(())
}

/// Keeps what was not known yet of the source's doing, and opens the document.
pub async fn put_new(
    db: &mut Db,
    tenant: &str,
    document: i64,
    drift: &Drift,
    body: String,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let code = drift.kind.code().as_str();
    let known = sql(
        "SELECT 1 FROM drifts WHERE tenant = $1 AND document = $2 AND other = $3 AND what = $4 AND thing = $2",
    );
    let known = known.bind(tenant).bind(document);
    if known.bind(drift.other.clone()).bind(code).any(db).await? {
        return Ok(());
    }
    put(
        db,
        tenant,
        document,
        &drift.other,
        (code, document),
        body,
        at,
    )
    .await?;
    open(db, tenant, document).await
}

/// What was done to a thing in the ledger is past: its link was made, put right or taken away just now.
pub async fn over(db: &mut Db, tenant: &str, of: &Key) -> Result<(), StoreError> {
    // Of a credit note, the refund that it stands for.
    let refund = Key::new(&of.book, Kind::Payment, &of.id);
    let of = match of.kind {
        Kind::CreditNote => &refund,
        _ => of,
    };
    if things::is_absent(db, tenant, of, &ON_THINGS) {
        return Ok(());
    }
    // What others put to a paper stands there as long as it is linked.
    sql("DELETE FROM drifts WHERE tenant = $1 AND what <> $5
            AND (what <> $6 OR NOT EXISTS (SELECT 1 FROM links l WHERE l.tenant = $1 AND l.thing = drifts.thing))
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(of)
    .bind(DriftKind::SourceDeleted.code().as_str())
    .bind(DriftKind::Balance.code().as_str())
    .put_off(db)
    .await?;
    Ok(())
}

/// The run that tells what was done to documents, where none has told it yet.
pub async fn told(
    db: &mut Db,
    tenant: &str,
    documents: &[i64],
    run: &str,
) -> Result<(), StoreError> {
    for some in lists(documents) {
        sql("UPDATE drifts SET run = $2 WHERE tenant = $1 AND run = '' AND document IN ($3)")
            .bind(tenant)
            .bind(run)
            .list(some)
            .put_off(db)
            .await?;
    }
    Ok(())
}

fn row(r: &SqliteRow) -> Result<DriftRow, StoreError> {
    Ok(DriftRow {
        drift: drift(r)?,
        document: key(r, "book", "kind", "id")?,
        number: text(r, "number")?,
        contact: text(r, "contact")?,
        currency: text(r, "currency")?,
        total: super::rows::total(&text(r, "total")?)?,
        seen: read_time(&text(r, "seen")?)?,
        run: text(r, "run")?,
    })
}

/// What was done to a document and its payments.
pub async fn of_document(
    db: &mut Db,
    tenant: &str,
    document: &Key,
) -> Result<Vec<DriftRow>, StoreError> {
    let all = sql("SELECT x.body, x.seen, x.run, d.book, d.kind, d.id, d.number, d.contact, d.currency, d.total
           FROM drifts x JOIN document_rows d ON d.tenant = x.tenant AND d.thing = x.document
          WHERE x.tenant = $1 AND x.what <> $5
            AND x.document = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)");
    let all = all.bind(tenant).key(document).bind(UNCLEAR);
    all.all(db, row).await
}

/// What was done at a tenant, oldest first of each kind.
pub async fn of_tenant(db: &mut Db, tenant: &str) -> Result<Vec<DriftRow>, StoreError> {
    let mut out = Vec::new();
    for kind in DriftKind::ALL {
        let all = sql("SELECT x.body, x.seen, x.run, d.book, d.kind, d.id, d.number, d.contact, d.currency, d.total
               FROM drifts x JOIN document_rows d ON d.tenant = x.tenant AND d.thing = x.document
              WHERE x.tenant = $1 AND x.what = $2 ORDER BY x.seen");
        let all = all.bind(tenant).bind(kind.code().as_str());
        out.extend(all.all(db, row).await?);
    }
    Ok(out)
}

/// Papers of a kind that are to be read again.
pub async fn unclear(db: &mut Db, tenant: &str, kind: Kind) -> Result<Vec<String>, StoreError> {
    let all = sql("SELECT other, body FROM drifts WHERE tenant = $1 AND what = $2");
    let all = all.bind(tenant).bind(UNCLEAR);
    let read = |r: &SqliteRow| {
        let word: String = read_json("a kind", &text(r, "body")?)?;
        let of = Kind::parse(&word).ok_or_else(|| corrupt("a kind", word))?;
        Ok((of, text(r, "other")?))
    };
    let all = all.all(db, read).await?.into_iter();
    Ok(all.filter(|(k, _)| *k == kind).map(|(_, id)| id).collect())
}
