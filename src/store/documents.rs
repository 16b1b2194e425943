//! Documents: where each stands on its journey, and how a person finds it.
//!
//! Flows in: what the source says of a document, and the states that decisions, answers and persons give it. Flows
//! out: rows by number, by state, and those whose newest version is not decided on. Every look-up has its index, so
//! that its cost follows what is found and not the size of the book.

use super::Store;
use super::audit::{self, AuditEntry};
use super::namesakes;
use super::rows::{
    corrupt, json, key, maybe, maybe_day, maybe_json, number, read_time, text, time, total,
    written_total,
};
use super::sql::{Db, limit, lists, parts, sql};
use super::things::{self, Sparse};
use crate::model::{DocState, Document, Fingerprint, Invoice, Key, Reason, SourceRecord, TenantId};
use crate::pipeline::ports::{DocRow, StoreError};
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeMap;

/// The state that a row names.
pub(super) fn state(row: &SqliteRow) -> Result<DocState, StoreError> {
    let word = text(row, "state")?;
    DocState::parse(&word).ok_or_else(|| corrupt("a document's state", &word))
}

pub(super) fn doc_row(row: &SqliteRow) -> Result<DocRow, StoreError> {
    Ok(DocRow {
        key: key(row, "book", "kind", "id")?,
        number: text(row, "number")?,
        also: text(row, "also")?,
        state: state(row)?,
        reason: maybe_json("a reason", maybe(row, "reason")?)?,
        date: maybe_day(row, "day")?,
        total: total(&text(row, "total")?)?,
        currency: text(row, "currency")?,
        contact: text(row, "contact")?,
        decided: maybe(row, "decided")?.map(Fingerprint),
        version: Fingerprint(text(row, "version")?),
        drafts: maybe(row, "drafts")?.map(Fingerprint),
        approved: maybe(row, "approved")?.map(Fingerprint),
        changed_at: read_time(&text(row, "changed_at")?)?,
        // Asked of what people are told: `namesakes::tell_apart`.
        shared: false,
        twins: false,
    })
}

/// What the source says of a document now: its number, the record, what that says and its version.
pub type SeenRow<'a> = (i64, &'a SourceRecord, &'a Invoice, Fingerprint);

/// What the source says of some documents now, each once. Answers of how many that is another version than before.
pub async fn seen(
    db: &mut Db,
    tenant: &str,
    all: &[SeenRow<'_>],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut changed = 0;
    for some in parts(all) {
        changed += enter(db, tenant, some, now).await?;
    }
    Ok(changed)
}

async fn enter(
    db: &mut Db,
    tenant: &str,
    all: &[SeenRow<'_>],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    // A record that went back to an earlier version is a change too: the document names its newest version.
    let mut enter = sql(
        "INSERT INTO documents (tenant, thing, id, number, also, state, day, total, currency, contact, version, changed_at, open)
         VALUES ($1,$2,$3,$4,$5,'seen',$6,$7,$8,$9,$10,$11,1)
         ON CONFLICT (tenant, thing) DO UPDATE SET number = excluded.number, also = excluded.also,
           day = excluded.day, total = excluded.total, currency = excluded.currency, contact = excluded.contact,
           version = excluded.version, changed_at = excluded.changed_at, open = 1
         WHERE documents.version <> excluded.version",
    )
    .rows(all.len());
    for (thing, r, doc, version) in all {
        enter = (enter.bind(tenant.to_owned()))
            .bind(*thing)
            .bind(r.id.0.clone())
            .bind(r.number.clone())
            .bind(doc.order_id.clone())
            .bind(doc.day().map(|d| d.to_string()))
            .bind(written_total(doc.comes_to()))
            .bind(doc.sums_in().to_owned())
            .bind(doc.contact.name.clone())
            .bind(version.0.clone())
            .bind(time(now));
    }
    enter.run(db).await
}

/// What the version that a document has says of it, read otherwise than before. Answers whether it has that version.
pub async fn said_anew(
    db: &mut Db,
    tenant: &str,
    key: &Key,
    r: &SourceRecord,
    version: &Fingerprint,
) -> Result<bool, StoreError> {
    let Document::Invoice(doc) = &r.document else {
        return Ok(false);
    };
    let has = sql(
        "UPDATE documents SET number = $6, also = $7, day = $8, total = $9, currency = $10, contact = $11
          WHERE tenant = $1 AND version = $5
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    )
    .bind(tenant)
    .key(key)
    .bind(&version.0)
    .bind(&r.number)
    .bind(&doc.order_id)
    .bind(doc.day().map(|d| d.to_string()))
    .bind(written_total(doc.comes_to()))
    .bind(doc.sums_in().to_owned())
    .bind(&doc.contact.name)
    .run(db)
    .await?;
    Ok(has == 1)
}

/// Those whose newest version is not decided on, oldest first.
pub async fn undecided(db: &mut Db, tenant: &str, most: usize) -> Result<Vec<DocRow>, StoreError> {
    sql("SELECT * FROM document_rows WHERE tenant = $1 AND open = 1 ORDER BY day, id LIMIT $2")
        .bind(tenant)
        .bind(limit(most))
        .all(db, doc_row)
        .await
}

/// Those in some states, or one of them, are to be decided on again.
pub async fn decide_again(
    db: &mut Db,
    tenant: &str,
    states: &[DocState],
    only: Option<&Key>,
) -> Result<u64, StoreError> {
    let mut count = 0;
    for s in states {
        let ask = match only {
            Some(key) => sql(
                "UPDATE documents SET open = 1 WHERE tenant = $1 AND state = $5
                    AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
            )
            .bind(tenant)
            .key(key),
            None => {
                sql("UPDATE documents SET open = 1 WHERE tenant = $1 AND state = $2").bind(tenant)
            }
        };
        count += ask.bind(s.as_str()).run(db).await?;
    }
    Ok(count)
}

/// A person's word that those held and refused, or one of them, are seen anew.
async fn seen_anew(db: &mut Db, tenant: &str, only: Option<&Key>) -> Result<u64, StoreError> {
    let ask = match only {
        Some(key) => sql(
            "UPDATE documents SET open = 1, state = 'seen' WHERE tenant = $1 AND state IN ('held','refused')
                AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
        )
        .bind(tenant)
        .key(key),
        None => sql(
            "UPDATE documents SET open = 1, state = 'seen' WHERE tenant = $1 AND state IN ('held','refused')",
        )
        .bind(tenant),
    };
    ask.run(db).await
}

/// The same, as a person's word, with an audit row for each.
pub async fn retry(
    db: &mut Db,
    tenant: &str,
    only: Option<&Key>,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let stuck = match only {
        Some(key) => match state_of(db, tenant, key).await? {
            Some(DocState::Held | DocState::Refused) => vec![key.id.0.clone()],
            _ => Vec::new(),
        },
        None => {
            let all =
                sql("SELECT id FROM documents WHERE tenant = $1 AND state IN ('held','refused')");
            all.bind(tenant).all(db, |r| text(r, "id")).await?
        }
    };
    for id in stuck {
        let entry = AuditEntry {
            tenant,
            at: now,
            actor,
            action: "retry",
            object: &id,
            detail: "",
        };
        audit::append(db, entry).await?;
    }
    seen_anew(db, tenant, only).await
}

/// Documents in some states, all with none; newest change first.
pub async fn in_states(
    db: &mut Db,
    tenant: &str,
    states: &[DocState],
    most: usize,
) -> Result<Vec<DocRow>, StoreError> {
    if states.is_empty() {
        return sql(
            "SELECT * FROM document_rows WHERE tenant = $1 ORDER BY changed_at DESC, id LIMIT $2",
        )
        .bind(tenant)
        .bind(limit(most))
        .all(db, doc_row)
        .await;
    }
    let mut out = Vec::new();
    for s in states {
        let of_state = sql(
            "SELECT * FROM document_rows WHERE tenant = $1 AND state = $2 ORDER BY changed_at DESC, id LIMIT $3",
        );
        let rows = of_state
            .bind(tenant)
            .bind(s.as_str())
            .bind(limit(most))
            .all(db, doc_row)
            .await?;
        out.extend(rows);
    }
    let newest_first = |d: &DocRow| (std::cmp::Reverse(d.changed_at), d.key.id.clone());
    out.sort_by_key(newest_first);
    out.truncate(most);
    Ok(out)
}

/// Which documents are in some states, all of one moment. Where each stands, or when it changed, may be otherwise by the time its
/// row is read: a list that is read a page at a time goes by what does not move.
pub async fn things_in(
    db: &mut Db,
    tenant: &str,
    states: &[DocState],
) -> Result<Vec<i64>, StoreError> {
    let mut out = Vec::new();
    // As many states as there are places; more of them are asked for in turn.
    for some in states.chunks(4) {
        let mut ask =
            sql("SELECT thing FROM documents WHERE tenant = $1 AND state IN ($2,$3,$4,$5)")
                .bind(tenant);
        for n in 0..4 {
            let state = some.get(n).or(some.last());
            ask = ask.bind(state.map_or("", |s| s.as_str()));
        }
        out.extend(ask.all(db, |r| number(r, "thing")).await?);
    }
    out.sort_unstable();
    out.dedup();
    Ok(out)
}

/// Those of some that are in one of the states still.
pub async fn those_in(
    db: &mut Db,
    tenant: &str,
    things: &[i64],
    states: &[DocState],
) -> Result<Vec<DocRow>, StoreError> {
    let mut out = Vec::with_capacity(things.len());
    for some in lists(things) {
        let rows = sql("SELECT * FROM document_rows WHERE tenant = $1 AND thing IN ($2)");
        let rows = rows.bind(tenant).list(some).all(db, doc_row).await?;
        out.extend(rows.into_iter().filter(|r| states.contains(&r.state)));
    }
    Ok(out)
}

/// How many are in each state.
pub async fn counts(db: &mut Db, tenant: &str) -> Result<BTreeMap<DocState, u64>, StoreError> {
    let counts = sql("SELECT state, COUNT(*) AS n FROM documents WHERE tenant = $1 GROUP BY state")
        .bind(tenant)
        .all(db, |r| {
            Ok((state(r)?, u64::try_from(number(r, "n")?).unwrap_or(0)))
        })
        .await?;
    Ok(counts.into_iter().collect())
}

/// Puts a document where it stands now, and why.
pub async fn put(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    state: DocState,
    reason: Option<&Reason>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "UPDATE documents SET state = $5, reason = $6, changed_at = $7 WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    )
    .bind(tenant)
    .key(document)
    .bind(state.as_str())
    .bind(reason.map(json).transpose()?)
    .bind(time(now))
    .put_off(db)
    .await?;
    Ok(())
}

pub(super) async fn state_of(
    db: &mut Db,
    tenant: &str,
    document: &Key,
) -> Result<Option<DocState>, StoreError> {
    sql("SELECT state FROM documents WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(document)
    .maybe(db, state)
    .await
}

/// Documents of which the source has said something else than what was decided last.
pub const BEHIND: Sparse = Sparse {
    table: "documents",
    ask: "SELECT thing FROM documents WHERE tenant = $1 AND decided <> version AND thing IN ($2)",
};

/// What was decided last is not what the source says now: it is decided on again.
pub async fn catch_up(db: &mut Db, tenant: &str, document: &Key) -> Result<(), StoreError> {
    if things::is_absent(db, tenant, document, &BEHIND) {
        return Ok(());
    }
    sql(
        "UPDATE documents SET open = 1 WHERE tenant = $1 AND decided <> version
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    )
    .bind(tenant)
    .key(document)
    .put_off(db)
    .await?;
    Ok(())
}

/// It is decided on once more.
pub async fn open(db: &mut Db, tenant: &str, document: &Key) -> Result<(), StoreError> {
    sql("UPDATE documents SET open = 1 WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(document)
    .put_off(db)
    .await?;
    Ok(())
}

impl Store {
    /// Documents that were read or decided on at or after a time, newest change first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn changed_since(
        &self,
        tenant: &TenantId,
        since: DateTime<Utc>,
        most: usize,
    ) -> Result<Vec<DocRow>, StoreError> {
        let db = &mut *self.read().await?;
        let rows = sql(
            "SELECT * FROM document_rows WHERE tenant = $1 AND changed_at >= $2 ORDER BY changed_at DESC, id LIMIT $3",
        );
        let rows = rows.bind(tenant.as_str()).bind(time(since));
        let rows = rows.bind(limit(most)).all(db, doc_row).await?;
        namesakes::tell_apart(db, tenant.as_str(), rows).await
    }
}
