//! A person's word that a document may go, or shall not after all.
//!
//! Flows in: the document as its speaker saw it. Flows out: what became of the word. Refuses one about what a run has decided
//! otherwise since, and one that keeps back what may have left. Persons speak while runs go on: each call is a part of one
//! transaction, and a decision that was made while a word came in is made again (`decisions.rs`).

use super::audit::{self, AuditEntry};
use super::documents::{put, state_of};
use super::rows::{maybe, number, text, time};
use super::sql::{Db, lists, sql};
use super::{drifts, needed, shared, things, writes};
use crate::model::{DocState, Fingerprint, Key, Reason, codes};
use crate::pipeline::ports::{DocRow, Moved, StoreError};
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, BTreeSet};

/// Whether a document still is what a person saw of it, and nothing of it is under way that is to be kept back.
async fn is_as_seen(db: &mut Db, tenant: &str, seen: &DocRow) -> Result<Moved, StoreError> {
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
        Some(thing) if drifts::under_way(db, tenant, thing).await? => Moved::UnderWay,
        Some(_) => Moved::Done,
    })
}

/// The approvals that stand on documents.
pub async fn standing(
    db: &mut Db,
    tenant: &str,
    documents: &[i64],
) -> Result<BTreeMap<i64, Fingerprint>, StoreError> {
    let mut out = BTreeMap::new();
    let read = |r: &SqliteRow| Ok((number(r, "thing")?, maybe(r, "approved")?));
    for some in lists(documents) {
        let rows = sql("SELECT thing, approved FROM documents WHERE tenant = $1 AND thing IN ($2)");
        let rows = rows.bind(tenant).list(some).all(db, read).await?;
        let given =
            |(thing, approved): (i64, Option<String>)| Some((thing, Fingerprint(approved?)));
        out.extend(rows.into_iter().filter_map(given));
    }
    Ok(out)
}

/// A person's word that documents may go, each as it was shown: with their unsent writes, the contacts they need, and an audit
/// row each. One that a run has decided on meanwhile is left as it is. Answers what became of each.
pub async fn approve(
    db: &mut Db,
    tenant: &str,
    seen: &[DocRow],
    actor: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Moved>, StoreError> {
    audit::together(db).await?;
    let keys: BTreeSet<Key> = seen.iter().map(|d| d.key.clone()).collect();
    let things = things::known(db, tenant, &keys).await?;
    let all: Vec<i64> = things.values().copied().collect();
    let stands = as_they_stand(db, tenant, &all).await?;
    let (mut moved, mut go) = (Vec::new(), BTreeMap::new());
    for row in seen {
        let shown = (row.state.as_str(), row.drafts.as_ref().map_or("", |d| &d.0));
        let thing = things.get(&row.key).copied();
        let is = thing.and_then(|t| stands.get(&t));
        let same = is.is_some_and(|(state, drafts)| (state.as_str(), drafts.as_str()) == shown);
        match thing {
            // What is named twice has moved by then.
            Some(thing) if same && !go.contains_key(&thing) => {
                go.insert(thing, &row.key);
                moved.push(Moved::Done);
            }
            _ => moved.push(Moved::Decided),
        }
    }
    let gone: Vec<i64> = go.keys().copied().collect();
    for some in lists(&gone) {
        sql(
            "UPDATE documents SET state = $2, reason = NULL, changed_at = $3, approved = drafts
              WHERE tenant = $1 AND thing IN ($4)",
        )
        .bind(tenant)
        .bind(DocState::Approved.as_str())
        .bind(time(now))
        .list(some)
        .put_off(db)
        .await?;
    }
    needed::release_contacts(db, tenant, &go).await?;
    for some in lists(&gone) {
        sql("UPDATE writes SET state = 'ready' WHERE tenant = $1 AND state = 'planned' AND document IN ($2)")
            .bind(tenant)
            .list(some)
            .put_off(db)
            .await?;
    }
    shared::release(db, tenant, &gone).await?;
    found_contacts(db, tenant, &go).await?;
    for (row, _) in seen.iter().zip(&moved).filter(|(_, m)| **m == Moved::Done) {
        let entry = AuditEntry {
            tenant,
            at: now,
            actor,
            action: DocState::Approved.as_str(),
            object: &row.key.id.0,
            detail: "",
        };
        audit::append(db, entry).await?;
    }
    Ok(moved)
}

/// A contact that was found in the ledger has nothing to be sent: the next decision links it.
async fn found_contacts(
    db: &mut Db,
    tenant: &str,
    go: &BTreeMap<i64, &Key>,
) -> Result<(), StoreError> {
    let contacts = go.iter().filter(|(_, key)| key.kind.is_party());
    let contacts: Vec<i64> = contacts.map(|(thing, _)| *thing).collect();
    for some in lists(&contacts) {
        let open = sql("UPDATE documents SET open = 1 WHERE tenant = $1 AND thing IN ($2)");
        open.bind(tenant).list(some).run(db).await?;
    }
    Ok(())
}

/// Where documents stand, with the hash of their drafts.
async fn as_they_stand(
    db: &mut Db,
    tenant: &str,
    documents: &[i64],
) -> Result<BTreeMap<i64, (String, String)>, StoreError> {
    let mut out = BTreeMap::new();
    let read = |r: &SqliteRow| {
        let drafts = maybe(r, "drafts")?.unwrap_or_default();
        Ok((number(r, "thing")?, (text(r, "state")?, drafts)))
    };
    for some in lists(documents) {
        let rows =
            sql("SELECT thing, state, drafts FROM documents WHERE tenant = $1 AND thing IN ($2)");
        out.extend(rows.bind(tenant).list(some).all(db, read).await?);
    }
    Ok(out)
}

/// No approval stands on a document any more: its unsent writes wait, and what it shares with others goes by their approval alone.
async fn take_back(db: &mut Db, tenant: &str, document: &Key) -> Result<(), StoreError> {
    sql("UPDATE documents SET approved = NULL WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
        .bind(tenant)
        .key(document)
        .run(db)
        .await?;
    writes::move_all(db, tenant, document, "ready", "planned").await?;
    needed::leave_contacts(db, tenant, document).await?;
    shared::leave(db, tenant, document).await
}

/// A word that keeps a document back: what was approved of it, or waits for that, does neither any more. Why it stands where it does
/// is the word, until it is decided on.
pub(super) async fn kept_back(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    (why, now): (&Reason, DateTime<Utc>),
) -> Result<(), StoreError> {
    let waits = [DocState::Approved, DocState::Checked];
    let is = state_of(db, tenant, document).await?;
    if !is.is_some_and(|s| waits.contains(&s)) {
        return Ok(());
    }
    put(db, tenant, document, DocState::Skipped, Some(why), now).await?;
    take_back(db, tenant, document).await
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
    if state == DocState::Approved {
        let moved = approve(db, tenant, std::slice::from_ref(seen), actor, now).await?;
        return Ok(moved.first().copied().unwrap_or(Moved::Decided));
    }
    let document = &seen.key;
    let moved = is_as_seen(db, tenant, seen).await?;
    if moved != Moved::Done {
        return Ok(moved);
    }
    // It is listed among what waits from now on, and not from the next run that decides on it.
    let waits = Reason::new(
        codes::APPROVAL_WAITS,
        "it waits for approval",
        "`crossfoot approve TENANT NUMBER`",
    );
    let reason = (state == DocState::Checked).then_some(&waits);
    put(db, tenant, document, state, reason, now).await?;
    take_back(db, tenant, document).await?;
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
