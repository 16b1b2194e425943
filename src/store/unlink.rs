//! A person's word that a link means nothing any more.
//!
//! Flows in: a document, or a contact's id at the source. Flows out: what was linked. Refuses while a write may have
//! left and no answer tells what became of it: it is settled first. Each call is one transaction under the flow's
//! lease, so that no run decides on a link that goes meanwhile.

use super::audit::{self, AuditEntry};
use super::journal::fence;
use super::sql::{Db, sql};
use super::{Store, documents, drifts, links, word_rows, writes};
use crate::model::{DocState, Key, Kind, WriteState};
use crate::pipeline::lease::Lease;
use crate::pipeline::ports::{DocRow, StoreError};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// What came of a person's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlinked {
    /// The links are gone: how many. None were there of a contact whose document is in the ledger all the same.
    Done(usize),
    /// There was nothing that could be taken for a link.
    Nothing,
    /// A write may have left; this is its natural key.
    InDoubt(String),
}

/// Who says so, and when.
struct UnlinkWord<'a> {
    tenant: &'a str,
    actor: &'a str,
    now: DateTime<Utc>,
}

impl Store {
    /// Takes a document's link away, with those of its payments and credit notes. What was planned for it is given
    /// up, and the next run decides on it as on one that the ledger never had: under new keys.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when a run has taken the flow; the database's.
    pub async fn unlink_document(
        &self,
        lease: &Lease,
        row: &DocRow,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Unlinked, StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let tenant = lease.tenant.as_str();
        let word = UnlinkWord { tenant, actor, now };
        let done = document(&mut tx, &word, row).await?;
        if matches!(done, Unlinked::Done(_)) {
            tx.commit().await?;
        }
        Ok(done)
    }

    /// Takes a contact's link away. Everything that is not posted yet is decided on again, and with it the contact
    /// is matched anew.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when a run has taken the flow; the database's.
    pub async fn unlink_contact(
        &self,
        lease: &Lease,
        document: &Key,
        contact: &Key,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Unlinked, StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let tenant = lease.tenant.as_str();
        let word = UnlinkWord { tenant, actor, now };
        let done = self::contact(&mut tx, &word, document, contact).await?;
        if matches!(done, Unlinked::Done(_)) {
            tx.commit().await?;
        }
        Ok(done)
    }
}

async fn document(
    db: &mut Db,
    word: &UnlinkWord<'_>,
    row: &DocRow,
) -> Result<Unlinked, StoreError> {
    let (tenant, id) = (word.tenant, &row.key);
    let all = writes::of_document(db, tenant, id).await?;
    let own = || (all.iter()).filter(|w| w.kind != Kind::Contact || w.of == *id);
    if let Some(w) = own().find(|w| w.state.may_have_left()) {
        return Ok(Unlinked::InDoubt(w.key.clone()));
    }
    let mut linked: BTreeSet<Key> = own().map(|w| w.of.clone()).collect();
    linked.insert(id.clone());
    let mut gone = 0;
    for of in linked {
        gone += usize::from(take(db, word, &of).await?);
    }
    // A write that was held because of what the ledger has there: a person says that it means nothing.
    let stuck = own().any(|w| w.state == WriteState::Held);
    if gone == 0 && !stuck {
        return Ok(Unlinked::Nothing);
    }
    word_rows::disowned(db, tenant, id).await?;
    for w in own() {
        let unsent = matches!(
            w.state,
            WriteState::Planned | WriteState::Ready | WriteState::Refused | WriteState::Held
        );
        if unsent {
            writes::to(db, tenant, w.id, WriteState::Superseded).await?;
        }
    }
    documents::put(db, tenant, id, DocState::Seen, None, word.now).await?;
    open(db, tenant, id).await?;
    Ok(Unlinked::Done(gone))
}

async fn contact(
    db: &mut Db,
    word: &UnlinkWord<'_>,
    document: &Key,
    contact: &Key,
) -> Result<Unlinked, StoreError> {
    let tenant = word.tenant;
    let mut keys = BTreeSet::new();
    for w in writes::of_thing(db, tenant, contact).await? {
        if w.state.may_have_left() {
            return Ok(Unlinked::InDoubt(w.key));
        }
        keys.insert(w.key);
    }
    let taken = take(db, word, contact).await?;
    if !taken && !is_posted(db, tenant, document).await? {
        return Ok(Unlinked::Nothing);
    }
    // What waits for the contact was meant for the one it was linked with.
    for key in keys {
        for id in writes::waiting_for(db, tenant, &key).await? {
            writes::move_all(db, tenant, &id, "ready", "planned").await?;
        }
    }
    writes::move_all(db, tenant, document, "ready", "planned").await?;
    let waiting = [
        DocState::Held,
        DocState::Refused,
        DocState::Checked,
        DocState::Approved,
    ];
    documents::decide_again(db, tenant, &waiting, None).await?;
    open(db, tenant, document).await?;
    Ok(Unlinked::Done(usize::from(taken)))
}

/// Whether a document is in the ledger, and so is for a contact there, be that linked or not.
async fn is_posted(db: &mut Db, tenant: &str, document: &Key) -> Result<bool, StoreError> {
    let all = writes::of_document(db, tenant, document).await?;
    let posted = |w: &crate::pipeline::write::WriteRow| {
        w.kind.is_document() && w.state == WriteState::Linked
    };
    Ok(all.iter().any(posted))
}

/// A document that is decided on at the next run, as what nobody has approved.
async fn open(db: &mut Db, tenant: &str, document: &Key) -> Result<(), StoreError> {
    sql("UPDATE documents SET open = 1, approved = NULL WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(document)
    .put_off(db)
    .await?;
    Ok(())
}

/// Takes one link away, if it is there; the audit keeps what it led to.
async fn take(db: &mut Db, word: &UnlinkWord<'_>, of: &Key) -> Result<bool, StoreError> {
    let Some(link) = links::of(db, word.tenant, of).await? else {
        return Ok(false);
    };
    links::take(db, word.tenant, of).await?;
    drifts::over(db, word.tenant, of).await?;
    let object = format!("{}/{}", of.kind, of.id);
    let detail = format!("by a person's word; it led to {}", link.other.id);
    let entry = AuditEntry {
        tenant: word.tenant,
        at: word.now,
        actor: word.actor,
        action: "unlinked",
        object: &object,
        detail: &detail,
    };
    audit::append(db, entry).await?;
    Ok(true)
}
