//! The contacts that a document's writes need: released with it, and left to the others that need them.

use super::plans::{Journey, plan_anew};
use super::rows::{number, text};
use super::sql::{Db, lists, sql};
use super::writes::{all_to, by_keys, of_document, to};
use crate::model::{Key, Kind, WriteState};
use crate::pipeline::ports::StoreError;
use crate::pipeline::write::{NewWrite, WriteRow};
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeMap;

/// The contacts that documents' writes need are released with them: they may belong to another document that waits, or
/// to one that has left them since.
pub async fn release_contacts(
    db: &mut Db,
    tenant: &str,
    documents: &BTreeMap<i64, &Key>,
) -> Result<(), StoreError> {
    let things: Vec<i64> = documents.keys().copied().collect();
    let mut needed: BTreeMap<String, i64> = BTreeMap::new();
    for some in lists(&things) {
        let rows = sql(
            "SELECT document, needs_contact FROM writes WHERE tenant = $1 AND state NOT IN ('linked','superseded')
                AND document IN ($2)",
        );
        let read = |r: &SqliteRow| Ok((text(r, "needs_contact")?, number(r, "document")?));
        for (key, document) in rows.bind(tenant).list(some).all(db, read).await? {
            if !key.is_empty() {
                needed.entry(key).or_insert(document);
            }
        }
    }
    let keys: Vec<String> = needed.keys().cloned().collect();
    let mut ready = Vec::new();
    for contact in by_keys(db, tenant, &keys).await? {
        let document = needed.get(&contact.key).and_then(|d| documents.get(d));
        match (contact.state, document) {
            (WriteState::Planned, _) => ready.push(contact.id),
            (WriteState::Superseded, Some(document)) => {
                again(db, tenant, document, &contact).await?;
            }
            _ => {}
        }
    }
    all_to(db, tenant, &ready, WriteState::Ready).await
}

/// A contact that was given up goes with a document that needs it.
async fn again(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    contact: &WriteRow,
) -> Result<(), StoreError> {
    let w = NewWrite {
        key: contact.key.clone(),
        marker: contact.marker.clone(),
        kind: contact.kind,
        of: contact.of.clone(),
        to: contact.to.clone(),
        draft: contact.draft.clone(),
        needs: contact.needs.clone(),
    };
    let needs = w.needs.clone();
    let on = Journey {
        document,
        version: &contact.version,
        run: &contact.run,
    };
    plan_anew(db, tenant, on, &w, &needs, WriteState::Ready, contact).await
}

/// A document's contacts that others need, and that were taken back with it, go on.
pub async fn leave_contacts(db: &mut Db, tenant: &str, document: &Key) -> Result<(), StoreError> {
    for w in of_document(db, tenant, document).await? {
        if w.kind != Kind::Contact || w.state != WriteState::Planned {
            continue;
        }
        let needed = sql(
            "SELECT 1 FROM writes WHERE tenant = $1 AND needs_contact = $2 AND state = 'ready' LIMIT 1",
        );
        if needed.bind(tenant).bind(&w.key).any(db).await? {
            to(db, tenant, w.id, WriteState::Ready).await?;
        }
    }
    Ok(())
}
