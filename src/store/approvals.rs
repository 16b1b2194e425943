//! A person's word that a document may go, or shall not after all.
//!
//! Flows in: the document as its speaker saw it. Flows out: what became of the word. Refuses one about what a run has decided
//! otherwise since, and one that keeps back what may have left. Persons speak while runs go on: each call is a part of one
//! transaction, and a decision that was made while a word came in is made again (`decisions.rs`).

use super::audit::{self, AuditEntry};
use super::documents::put;
use super::rows::{maybe, number};
use super::sql::{Db, sql};
use super::{drifts, needed, writes};
use crate::model::{DocState, Fingerprint, Key};
use crate::pipeline::ports::{DocRow, Moved, StoreError};
use chrono::{DateTime, Utc};

/// Whether a document still is what a person saw of it, and nothing of it is under way that is to be kept back.
async fn is_as_seen(
    db: &mut Db,
    tenant: &str,
    seen: &DocRow,
    back: bool,
) -> Result<Moved, StoreError> {
    let thing = sql(
        "SELECT thing FROM documents WHERE tenant = $1 AND state = $5 AND COALESCE(drafts, '') = $6
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    )
    .bind(tenant)
    .key(&seen.key)
    .bind(seen.state.as_str())
    .bind(seen.drafts.as_ref().map_or("", |d| d.0.as_str()))
    .maybe(db, |r| number(r, "thing"))
    .await?;
    Ok(match thing {
        None => Moved::Decided,
        Some(thing) if back && drifts::under_way(db, tenant, thing).await? => Moved::UnderWay,
        Some(_) => Moved::Done,
    })
}

/// The approval that stands on a document.
pub async fn approval(
    db: &mut Db,
    tenant: &str,
    document: &Key,
) -> Result<Option<Fingerprint>, StoreError> {
    let approved = sql("SELECT approved FROM documents WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(document)
    .maybe(db, |r| maybe(r, "approved"))
    .await?;
    Ok(approved.flatten().map(Fingerprint))
}

/// Changes where a document stands after a person's word, with its unsent writes and an audit row. The word is about what was
/// seen: one that a run has decided on meanwhile is left as it is.
pub async fn by_person(
    db: &mut Db,
    tenant: &str,
    seen: &DocRow,
    state: DocState,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<Moved, StoreError> {
    let document = &seen.key;
    let moved = is_as_seen(db, tenant, seen, state != DocState::Approved).await?;
    if moved != Moved::Done {
        return Ok(moved);
    }
    put(db, tenant, document, state, None, now).await?;
    if state == DocState::Approved {
        sql("UPDATE documents SET approved = drafts WHERE tenant = $1
                AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
            .bind(tenant)
            .key(document)
            .run(db)
            .await?;
        needed::release_contacts(db, tenant, document).await?;
        writes::move_all(db, tenant, document, "planned", "ready").await?;
    } else {
        sql("UPDATE documents SET approved = NULL WHERE tenant = $1
                AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
            .bind(tenant)
            .key(document)
            .run(db)
            .await?;
        writes::move_all(db, tenant, document, "ready", "planned").await?;
        needed::leave_contacts(db, tenant, document).await?;
    }
    let entry = AuditEntry {
        tenant,
        at: now,
        actor,
        action: state.as_str(),
        object: &document.id.0,
        detail: "",
    };
    audit::append(db, entry).await?;
    Ok(Moved::Done)
}
