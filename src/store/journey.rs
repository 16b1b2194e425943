//! Where documents go when a write of theirs, or of the contact they need, has ended.

use super::rows::number;
use super::sql::{Db, lists, sql};
use super::{decisions, documents, shared, things, writes};
use crate::model::{DocState, Key, Kind, Reason, WriteState};
use crate::pipeline::ports::{DecisionNote, StoreError};
use crate::pipeline::write::WriteRow;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// A write of a document is there, and a person must look at it first: no money goes to it.
pub async fn stop_at(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    differs: &Reason,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql(
        "UPDATE writes SET state = 'planned' WHERE tenant = $1 AND (kind <> 'contact' OR is_update = 1)
            AND state = 'ready'
            AND document = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    )
    .bind(tenant)
    .key(document)
    .put_off(db)
    .await?;
    documents::put(db, tenant, document, DocState::Held, Some(differs), now).await
}

/// Where documents stand after writes of theirs were linked, from what is left of them.
pub async fn go_on(
    db: &mut Db,
    tenant: &str,
    all: &BTreeSet<Key>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut things = things::give_all(db, tenant, all).await?;
    let numbers: Vec<i64> = things.values().copied().collect();
    let mut open = BTreeSet::new();
    for some in lists(&numbers) {
        let left = sql(
            "SELECT document FROM writes WHERE tenant = $1 AND (kind <> 'contact' OR is_update = 1)
                AND state NOT IN ('linked','superseded') AND document IN ($2)",
        );
        let left = left.bind(tenant).list(some);
        open.extend(left.all(db, |r| number(r, "document")).await?);
        let shared = sql(
            "SELECT s.document FROM shared_writes s JOIN writes w ON w.tenant = s.tenant AND w.natural_key = s.natural_key
              WHERE s.tenant = $1 AND w.state NOT IN ('linked','superseded') AND s.document IN ($2)",
        );
        let shared = shared.bind(tenant).list(some);
        open.extend(shared.all(db, |r| number(r, "document")).await?);
    }
    things.retain(|_, thing| !open.contains(thing));
    for document in things.into_keys() {
        nothing_left(db, tenant, &document, now).await?;
    }
    Ok(())
}

/// Nothing is left of a document's writes.
async fn nothing_left(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // What a decision or an earlier answer has held, or a person wants seen anew, stays where that put it.
    let on_its_way = [DocState::Approved, DocState::Checked, DocState::Verified];
    let stands = decisions::with_state(db, tenant, document).await?;
    let Some((_, note)) = stands.filter(|(s, _)| on_its_way.contains(s)) else {
        return Ok(());
    };
    // What the decision held did not go with the rest, though a person's word let the rest go. A document that a word leaves
    // as it is may differ in the two books; one that is settled does not.
    let by_word = note.as_ref().and_then(|n| n.by_word.clone());
    let by_word = by_word.filter(|(stands, _)| *stands == DocState::Skipped);
    if let Some((stands, reason)) = note.and_then(part_held).or(by_word) {
        return documents::put(db, tenant, document, stands, Some(&reason), now).await;
    }
    // The answer to a write states what the ledger now holds: it was compared with the draft above.
    documents::put(db, tenant, document, DocState::Verified, None, now).await
}

/// The write is there: who waited for it goes on, and what its failure held is decided on again. Answers those of which it is now
/// asked what is left.
pub async fn go_on_all(
    db: &mut Db,
    tenant: &str,
    w: &WriteRow,
    differs: Option<&Reason>,
    now: DateTime<Utc>,
) -> Result<Vec<Key>, StoreError> {
    if w.kind != Kind::Contact {
        return Ok(Vec::new());
    }
    let mut all = shared::waiting(db, tenant, &w.key).await?;
    if all.is_empty() {
        return Ok(all);
    }
    sql("DELETE FROM shared_writes WHERE tenant = $1 AND natural_key = $2")
        .bind(tenant)
        .bind(&w.key)
        .put_off(db)
        .await?;
    let mut on = Vec::new();
    for document in all.drain(..) {
        match (documents::state_of(db, tenant, &document).await?, differs) {
            (Some(DocState::Held | DocState::Refused), _) => {
                documents::open(db, tenant, &document).await?;
            }
            // A contact that is the same as another's is linked by its own decision.
            _ if document.kind.is_party() && document != w.of => {
                documents::open(db, tenant, &document).await?;
            }
            (_, Some(differs)) => stop_at(db, tenant, &document, differs, now).await?,
            (_, None) => on.push(document),
        }
    }
    Ok(on)
}

/// Why the last decision on a document let a part of it not go.
fn part_held(note: DecisionNote) -> Option<(DocState, Reason)> {
    let is = |state: &str| note.payments.iter().any(|p| p.state == state);
    let refused = (note.payments.iter())
        .any(|p| p.state == "refused" && p.reason.as_ref() == note.held.as_ref());
    let stands = match refused && !is("held") {
        true => DocState::Refused,
        false => DocState::Held,
    };
    note.held.map(|reason| (stands, reason))
}

/// One cause, many documents: everything that waits for this contact says why it waits, and goes nowhere until it has
/// been decided on again.
pub async fn stop_dependants(
    db: &mut Db,
    tenant: &str,
    contact: &str,
    stands: DocState,
    reason: &Reason,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for document in writes::waiting_for(db, tenant, contact).await? {
        documents::put(db, tenant, &document, stands, Some(reason), now).await?;
        decisions::wait_for(db, tenant, &document, stands == DocState::Refused).await?;
    }
    sql("UPDATE writes SET state = 'planned' WHERE tenant = $1 AND needs_contact = $2 AND state = 'ready'")
        .bind(tenant)
        .bind(contact)
        .put_off(db)
        .await?;
    Ok(())
}

/// Money that would lock out a change of its document waits with it, now that it is held or refused, until the document has
/// been decided on again.
pub async fn stop_money(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    reason: &Reason,
) -> Result<(), StoreError> {
    let mut waits = Vec::new();
    for w in writes::of_document(db, tenant, document).await? {
        if w.state == WriteState::Ready && w.needs.locks_out {
            writes::to(db, tenant, w.id, WriteState::Planned).await?;
            waits.push(w.of.id.0);
        }
    }
    if waits.is_empty() {
        return Ok(());
    }
    decisions::wait_with(db, tenant, document, &waits, reason).await
}

/// Documents that a contact's failure held are decided on again now that it is there.
pub async fn wake_dependants(db: &mut Db, tenant: &str, contact: &str) -> Result<(), StoreError> {
    // By what waits for it: with the state as it stands, the database would go through every document that is held.
    sql(
        "UPDATE documents SET open = 1 WHERE tenant = $1 AND state || '' IN ('held','refused')
            AND thing IN (SELECT document FROM writes WHERE tenant = $1 AND needs_contact = $2 AND state IN ('planned','ready'))",
    )
    .bind(tenant)
    .bind(contact)
    .put_off(db)
    .await?;
    Ok(())
}
