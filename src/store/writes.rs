//! The journal's rows: how a decision's writes come into it, and how they are taken back.
//!
//! Flows in: the writes of a decision. Flows out: rows. Refuses to touch what may have left: it goes on as it was sent,
//! and its document is decided on again once that is settled.

use super::documents::decided_too_early;
use super::rows::{json, number, text, write_row};
use super::sql::{Db, sql};
use super::{contacts, links};
use crate::model::{Draft, Kind, SourceId, WriteState};
use crate::pipeline::ports::{DecidedDoc, NewWrite, StoreError};
use crate::pipeline::protocol::{Needs, WriteRow};
use std::collections::BTreeSet;

/// The day by which writes of one kind go in order.
pub fn day_of(draft: &Draft) -> String {
    match draft {
        Draft::Contact(_) => String::new(),
        Draft::Invoice(d) => d.date.to_string(),
        Draft::Payment(p) => p.date.to_string(),
    }
}

/// A write by its natural key.
pub async fn by_key(db: &mut Db, tenant: &str, key: &str) -> Result<Option<WriteRow>, StoreError> {
    sql("SELECT * FROM writes WHERE tenant = $1 AND natural_key = $2")
        .bind(tenant)
        .bind(key)
        .maybe(db, write_row)
        .await
}

/// A write by its number.
pub async fn by_id(db: &mut Db, tenant: &str, id: i64) -> Result<WriteRow, StoreError> {
    sql("SELECT * FROM writes WHERE tenant = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .one(db, write_row)
        .await
}

/// The write of a thing at its source that was last linked.
pub async fn last_linked(
    db: &mut Db,
    tenant: &str,
    kind: Kind,
    id: &SourceId,
) -> Result<Option<WriteRow>, StoreError> {
    let linked = sql(
        "SELECT * FROM writes WHERE tenant = $1 AND kind = $2 AND source_id = $3 AND state = 'linked'",
    );
    let linked = linked.bind(tenant).bind(kind.as_str()).bind(&id.0);
    let rows = linked.all(db, write_row).await?;
    Ok(rows.into_iter().max_by_key(|w| (w.last_sent, w.id)))
}

/// Every write of a thing at its source.
pub async fn of_source(
    db: &mut Db,
    tenant: &str,
    kind: Kind,
    id: &SourceId,
) -> Result<Vec<WriteRow>, StoreError> {
    sql("SELECT * FROM writes WHERE tenant = $1 AND kind = $2 AND source_id = $3")
        .bind(tenant)
        .bind(kind.as_str())
        .bind(&id.0)
        .all(db, write_row)
        .await
}

/// A document's writes, in the order in which they go.
pub async fn of_document(
    db: &mut Db,
    tenant: &str,
    document: &SourceId,
) -> Result<Vec<WriteRow>, StoreError> {
    let rows = sql("SELECT * FROM writes WHERE tenant = $1 AND document = $2")
        .bind(tenant)
        .bind(&document.0)
        .all(db, write_row);
    let mut rows = rows.await?;
    rows.sort_by_key(|w| (w.kind.level(), w.id));
    Ok(rows)
}

/// Puts a write into a state.
pub async fn to(db: &mut Db, tenant: &str, id: i64, state: WriteState) -> Result<(), StoreError> {
    sql("UPDATE writes SET state = $1 WHERE tenant = $2 AND id = $3")
        .bind(state.as_str())
        .bind(tenant)
        .bind(id)
        .run(db)
        .await?;
    Ok(())
}

/// Moves a document's writes that are in one state into another.
pub async fn move_all(
    db: &mut Db,
    tenant: &str,
    document: &SourceId,
    from: &str,
    to: &str,
) -> Result<(), StoreError> {
    sql("UPDATE writes SET state = $1 WHERE tenant = $2 AND document = $3 AND state = $4")
        .bind(to)
        .bind(tenant)
        .bind(&document.0)
        .bind(from)
        .run(db)
        .await?;
    Ok(())
}

/// Journals one write of a decision. What may have left is never touched; what was never sent takes the newest draft.
pub async fn put(
    db: &mut Db,
    tenant: &str,
    d: &DecidedDoc,
    w: &NewWrite,
) -> Result<(), StoreError> {
    let document = &d.source_id;
    let state = if d.release {
        WriteState::Ready
    } else {
        WriteState::Planned
    };
    let Some(old) = by_key(db, tenant, &w.key).await? else {
        insert(db, tenant, document, w, state, 1).await?;
        return contacts::plan(db, tenant, w).await;
    };
    match old.state {
        // A change back to what was sent once before is a change all the same: it is planned anew.
        // A payment whose link is gone was taken out of the ledger by a person: it is planned anew.
        WriteState::Linked
            if w.needs.update_id.is_empty() && links::is_there(db, tenant, w).await? =>
        {
            Ok(())
        }
        WriteState::Linked | WriteState::Superseded | WriteState::Cancelled => {
            plan_anew(db, tenant, document, w, state, &old).await
        }
        WriteState::Sent | WriteState::Claimed | WriteState::InDoubt | WriteState::Verifying => {
            overtaken(db, tenant, document, w, &old).await
        }
        // A change that is based on a newer version than the one held: what is there has just been read.
        WriteState::Held
            if old.first_sent.is_some() && w.needs.update_version == old.needs.update_version =>
        {
            overtaken(db, tenant, document, w, &old).await?;
            look_up_again(db, tenant, &old, d.retried).await
        }
        _ => redraft(db, tenant, w, state, &old).await,
    }
}

/// What may have left is not what is wanted now.
async fn overtaken(
    db: &mut Db,
    tenant: &str,
    document: &SourceId,
    w: &NewWrite,
    old: &WriteRow,
) -> Result<(), StoreError> {
    if old.draft_hash == w.hash() {
        return Ok(());
    }
    decided_too_early(db, tenant, document).await
}

/// It may be there after all: the way on leads over a look-up. Only a person's own word, and no edit of the file or the
/// source, says that what others paid is not this payment.
async fn look_up_again(
    db: &mut Db,
    tenant: &str,
    old: &WriteRow,
    retried: bool,
) -> Result<(), StoreError> {
    let needs = Needs {
        vouched: old.needs.vouched || retried,
        ..old.needs.clone()
    };
    sql(
        "UPDATE writes SET state = 'in_doubt', key_spent = 1, not_before = NULL, needs = $1
          WHERE tenant = $2 AND id = $3",
    )
    .bind(json(&needs)?)
    .bind(tenant)
    .bind(old.id)
    .run(db)
    .await?;
    Ok(())
}

/// What was never sent takes the newest draft.
async fn redraft(
    db: &mut Db,
    tenant: &str,
    w: &NewWrite,
    state: WriteState,
    old: &WriteRow,
) -> Result<(), StoreError> {
    // A contact that several documents need is released by the first of them and never taken back.
    let state = if old.state == WriteState::Ready && w.kind == Kind::Contact {
        WriteState::Ready
    } else {
        state
    };
    sql(
        "UPDATE writes SET state = $1, draft = $2, draft_hash = $3, needs = $4, needs_contact = $5,
                needs_document = $6, day = $7, not_before = NULL, reason = NULL, attempt = attempt + 1,
                batch = NULL, first_sent = NULL, last_sent = NULL, key_spent = 0, due_before = NULL
          WHERE tenant = $8 AND id = $9",
    )
    .bind(state.as_str())
    .bind(json(&w.draft)?)
    .bind(&w.hash().0)
    .bind(json(&w.needs)?)
    .bind(&w.needs.contact_write)
    .bind(&w.needs.document_write)
    .bind(day_of(&w.draft))
    .bind(tenant)
    .bind(old.id)
    .run(db)
    .await?;
    contacts::plan(db, tenant, w).await
}

/// A finished row is gone (the audit keeps its history), and the effect is planned anew in its place.
async fn plan_anew(
    db: &mut Db,
    tenant: &str,
    document: &SourceId,
    w: &NewWrite,
    state: WriteState,
    old: &WriteRow,
) -> Result<(), StoreError> {
    sql("DELETE FROM writes WHERE tenant = $1 AND id = $2")
        .bind(tenant)
        .bind(old.id)
        .run(db)
        .await?;
    // It may have gone before: its key, made from the attempt, must not come again.
    let attempt = i64::from(old.attempt) + 1;
    insert(db, tenant, document, w, state, attempt).await?;
    contacts::plan(db, tenant, w).await
}

async fn insert(
    db: &mut Db,
    tenant: &str,
    document: &SourceId,
    w: &NewWrite,
    state: WriteState,
    attempt: i64,
) -> Result<(), StoreError> {
    sql(
        "INSERT INTO writes (tenant, natural_key, marker, kind, level, day, source_id, document, state, draft,
           draft_hash, needs, needs_contact, needs_document, is_update, attempt, key_spent, target_id, fence)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,0,'',0)",
    )
    .bind(tenant)
    .bind(&w.key)
    .bind(&w.marker)
    .bind(w.kind.as_str())
    .bind(i64::from(w.kind.level()))
    .bind(day_of(&w.draft))
    .bind(&w.source_id.0)
    .bind(&document.0)
    .bind(state.as_str())
    .bind(json(&w.draft)?)
    .bind(&w.hash().0)
    .bind(json(&w.needs)?)
    .bind(&w.needs.contact_write)
    .bind(&w.needs.document_write)
    .bind(i64::from(!w.needs.update_id.is_empty()))
    .bind(attempt)
    .run(db)
    .await?;
    Ok(())
}

/// Writes of an earlier decision that the new one does not hold, and that were never sent, are superseded.
pub async fn supersede(
    db: &mut Db,
    tenant: &str,
    document: &SourceId,
    keep: &[NewWrite],
) -> Result<(), StoreError> {
    let old = sql(
        "SELECT id, natural_key, kind FROM writes WHERE tenant = $1 AND document = $2
            AND state IN ('planned','ready','refused')",
    );
    let read = |r: &sqlx::sqlite::SqliteRow| {
        Ok((number(r, "id")?, text(r, "natural_key")?, text(r, "kind")?))
    };
    for (id, key, kind) in old.bind(tenant).bind(&document.0).all(db, read).await? {
        if (keep.iter()).any(|w| w.key == key || w.needs.contact_write == key) {
            continue;
        }
        if kind == Kind::Contact.as_str() {
            if wanted_elsewhere(db, tenant, document, &key).await? {
                continue;
            }
            contacts::forget_planned(db, tenant, &key).await?;
        }
        to(db, tenant, id, WriteState::Superseded).await?;
    }
    Ok(())
}

async fn wanted_elsewhere(
    db: &mut Db,
    tenant: &str,
    document: &SourceId,
    contact: &str,
) -> Result<bool, StoreError> {
    sql(
        "SELECT 1 FROM writes WHERE tenant = $1 AND needs_contact = $2 AND document <> $3
            AND state IN ('planned','ready') LIMIT 1",
    )
    .bind(tenant)
    .bind(contact)
    .bind(&document.0)
    .any(db)
    .await
}

/// The documents whose writes wait for a contact.
pub async fn waiting_for(
    db: &mut Db,
    tenant: &str,
    contact: &str,
) -> Result<BTreeSet<String>, StoreError> {
    // Each once, but not by DISTINCT: for that the planner would read every write in the order of documents.
    let all = sql(
        "SELECT document FROM writes WHERE tenant = $1 AND needs_contact = $2 AND state IN ('planned','ready')",
    );
    let all = all.bind(tenant).bind(contact);
    let rows = all.all(db, |r| text(r, "document")).await?;
    Ok(rows.into_iter().collect())
}

/// The contacts that a document's writes need are released with it: they may belong to another document that waits.
pub async fn release_contacts(
    db: &mut Db,
    tenant: &str,
    document: &SourceId,
) -> Result<(), StoreError> {
    let needed = sql("SELECT needs_contact FROM writes WHERE tenant = $1 AND document = $2");
    let needed = needed.bind(tenant).bind(&document.0);
    let needed: BTreeSet<String> = needed
        .all(db, |r| text(r, "needs_contact"))
        .await?
        .into_iter()
        .filter(|key| !key.is_empty())
        .collect();
    for key in needed {
        sql("UPDATE writes SET state = 'ready' WHERE tenant = $1 AND natural_key = $2 AND state = 'planned'")
            .bind(tenant)
            .bind(key)
            .run(db)
            .await?;
    }
    Ok(())
}
