//! Writes that several documents wait for, though the journal has each as one document's: the change of a contact.
//!
//! Flows in: a document that wants what is journaled as another's, or whose own was taken over. Flows out: who else goes on, or is
//! held, when the write ends; and to whom it passes when its document wants it no more. A contact that is made is shared too,
//! and needs none of this: what waits for it names it (`needs_contact`); only a document that writes nothing else is kept here.

use super::rows::{number, text};
use super::sql::{Db, lists, sql};
use super::writes::{all_to, by_key, by_keys, of_document};
use super::{Store, documents, things};
use crate::model::{DocState, Key, Kind, Reason, TenantId, WriteState};
use crate::pipeline::ports::{DecidedDoc, StoreError};
use crate::pipeline::write::{NewWrite, WriteRow};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// States in which a document goes on when what it waits for has ended.
const ON_ITS_WAY: [DocState; 3] = [DocState::Approved, DocState::Checked, DocState::Verified];

/// Whether a write of a document is one for which others may wait by nothing else they write.
pub fn is_shared(w: &NewWrite, d: &DecidedDoc) -> bool {
    let alone = || d.writes.iter().all(|w| w.kind == Kind::Contact);
    w.kind == Kind::Contact && (!w.needs.update_id.is_empty() || alone())
}

/// A document waits for a write of another's.
pub(super) async fn wait(
    db: &mut Db,
    tenant: &str,
    write: &str,
    waits: &Key,
) -> Result<(), StoreError> {
    let document = things::give(db, tenant, waits).await?;
    sql(
        "INSERT INTO shared_writes (tenant, natural_key, document) VALUES ($1,$2,$3)
         ON CONFLICT (tenant, natural_key, document) DO NOTHING",
    )
    .bind(tenant)
    .bind(write)
    .bind(document)
    .put_off(db)
    .await?;
    Ok(())
}

/// Two documents need one write: whichever does not have it as its own goes on when that ends.
pub async fn share(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    old: &WriteRow,
) -> Result<(), StoreError> {
    match old.state {
        // It is made once more for whoever wants it now.
        WriteState::Linked | WriteState::Superseded => Ok(()),
        left if left.may_have_left() || old.first_sent.is_some() => {
            wait(db, tenant, &old.key, document).await
        }
        _ => wait(db, tenant, &old.key, &old.document).await,
    }
}

/// What documents that are decided on anew waited for counts no more: their decisions say it again. Answers what it was.
pub async fn decided_anew(
    db: &mut Db,
    tenant: &str,
    things: &[i64],
) -> Result<BTreeSet<String>, StoreError> {
    let mut left = BTreeSet::new();
    for some in lists(things) {
        let rows =
            sql("SELECT natural_key FROM shared_writes WHERE tenant = $1 AND document IN ($2)");
        let rows = rows.bind(tenant).list(some);
        let rows = rows.all(db, |r| text(r, "natural_key")).await?;
        if rows.is_empty() {
            continue;
        }
        left.extend(rows);
        sql("DELETE FROM shared_writes WHERE tenant = $1 AND document IN ($2)")
            .bind(tenant)
            .list(some)
            .put_off(db)
            .await?;
    }
    Ok(left)
}

/// Whether a document that needs a contact's write may go: one that is approved, or of which a part was let go. What is to be
/// decided on again counts by the approval that stands on it.
async fn may_go(db: &mut Db, tenant: &str, write: &str) -> Result<bool, StoreError> {
    let needs = sql(
        "SELECT document AS needs FROM writes WHERE tenant = $1 AND natural_key = $2
         UNION ALL
         SELECT thing AS needs FROM writes WHERE tenant = $1 AND natural_key = $2
         UNION ALL
         SELECT document AS needs FROM writes WHERE tenant = $1 AND needs_contact = $2 AND state IN ('planned','ready')
         UNION ALL
         SELECT document AS needs FROM shared_writes WHERE tenant = $1 AND natural_key = $2",
    );
    let needs = needs.bind(tenant).bind(write);
    let needs = needs.all(db, |r| number(r, "needs")).await?;
    for some in lists(&needs) {
        let goes = sql(
            "SELECT 1 FROM documents WHERE tenant = $1 AND thing IN ($2)
                AND (state || '' IN ('approved','held','refused') OR (state || '' = 'checked' AND approved = drafts))",
        );
        if goes.bind(tenant).list(some).any(db).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes of contacts that were to go, and for which nobody's approval stands any more, wait again: which document has
/// such a write in the journal says nothing of who let it go.
pub async fn keep_back(
    db: &mut Db,
    tenant: &str,
    contacts: BTreeSet<String>,
) -> Result<(), StoreError> {
    let contacts: Vec<String> = contacts.into_iter().collect();
    let mut back = Vec::new();
    for w in by_keys(db, tenant, &contacts).await? {
        let goes = w.kind == Kind::Contact && w.state == WriteState::Ready;
        if goes && !may_go(db, tenant, &w.key).await? {
            back.push(w.id);
        }
    }
    all_to(db, tenant, &back, WriteState::Planned).await
}

/// Who waits for a write of another's.
pub(super) async fn waiting(
    db: &mut Db,
    tenant: &str,
    write: &str,
) -> Result<Vec<Key>, StoreError> {
    let ask = sql("SELECT document FROM shared_writes WHERE tenant = $1 AND natural_key = $2");
    let ask = ask.bind(tenant).bind(write);
    let documents = ask.all(db, |r| number(r, "document")).await?;
    let keys = things::keys(db, tenant, &documents).await?;
    Ok(keys.into_values().collect())
}

/// It is held or refused: so is who waits for it, for the same reason.
pub async fn stop(
    db: &mut Db,
    tenant: &str,
    w: &WriteRow,
    (stands, reason): (DocState, &Reason),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if w.kind != Kind::Contact {
        return Ok(());
    }
    for document in waiting(db, tenant, &w.key).await? {
        let is = documents::state_of(db, tenant, &document).await?;
        if is.is_some_and(|s| ON_ITS_WAY.contains(&s)) {
            documents::put(db, tenant, &document, stands, Some(reason), now).await?;
        }
    }
    Ok(())
}

/// What documents that may go wait for goes with them.
pub async fn release(db: &mut Db, tenant: &str, documents: &[i64]) -> Result<(), StoreError> {
    let mut keys = BTreeSet::new();
    for some in lists(documents) {
        let rows =
            sql("SELECT natural_key FROM shared_writes WHERE tenant = $1 AND document IN ($2)");
        let rows = rows.bind(tenant).list(some);
        keys.extend(rows.all(db, |r| text(r, "natural_key")).await?);
    }
    let mut ready = Vec::new();
    for key in keys {
        let w = by_key(db, tenant, &key).await?;
        ready.extend(w.filter(|w| w.state == WriteState::Planned).map(|w| w.id));
    }
    all_to(db, tenant, &ready, WriteState::Ready).await
}

/// Passes a write that its document wants no more to one that waits for it, one that may go before others. Answers whether there is
/// one.
pub async fn pass_on(db: &mut Db, tenant: &str, write: &str) -> Result<bool, StoreError> {
    let mut heir: Option<(bool, Key)> = None;
    for document in waiting(db, tenant, write).await? {
        let may_go = documents::state_of(db, tenant, &document).await? == Some(DocState::Approved);
        if heir.as_ref().is_none_or(|(goes, _)| may_go && !goes) {
            heir = Some((may_go, document));
        }
    }
    let (Some((may_go, heir)), Some(w)) = (heir, by_key(db, tenant, write).await?) else {
        return Ok(false);
    };
    let document = things::give(db, tenant, &heir).await?;
    sql("UPDATE writes SET document = $1, version = (SELECT COALESCE(decided, version) FROM documents WHERE tenant = $2 AND thing = $1)
          WHERE tenant = $2 AND id = $3")
    .bind(document)
    .bind(tenant)
    .bind(w.id)
    .put_off(db)
    .await?;
    sql("DELETE FROM shared_writes WHERE tenant = $1 AND natural_key = $2 AND document = $3")
        .bind(tenant)
        .bind(write)
        .bind(document)
        .put_off(db)
        .await?;
    if may_go && w.state == WriteState::Planned {
        all_to(db, tenant, &[w.id], WriteState::Ready).await?;
    }
    // It does not go by the word on the one that had it.
    keep_back(db, tenant, BTreeSet::from([write.to_owned()])).await?;
    Ok(true)
}

/// A person keeps a document back: what others wait for of its writes passes to them, and a contact that it shares with them
/// goes only where one of them may go.
pub async fn leave(db: &mut Db, tenant: &str, document: &Key) -> Result<(), StoreError> {
    let mut needed: BTreeSet<String> = waited_for(db, tenant, document)
        .await?
        .into_iter()
        .collect();
    for w in of_document(db, tenant, document).await? {
        if w.kind == Kind::Contact && w.state == WriteState::Planned {
            // It is not given up: it goes on like any other that waits.
            if pass_on(db, tenant, &w.key).await? {
                wait(db, tenant, &w.key, document).await?;
            }
        }
        if !w.needs.contact_write.is_empty() {
            needed.insert(w.needs.contact_write);
        }
    }
    keep_back(db, tenant, needed).await
}

/// The writes of other documents that a document waits for.
async fn waited_for(db: &mut Db, tenant: &str, document: &Key) -> Result<Vec<String>, StoreError> {
    sql(
        "SELECT natural_key FROM shared_writes WHERE tenant = $1
            AND document = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)",
    )
    .bind(tenant)
    .key(document)
    .all(db, |r| text(r, "natural_key"))
    .await
}

impl Store {
    /// The writes of other documents that a document waits for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waits_for(
        &self,
        tenant: &TenantId,
        document: &Key,
    ) -> Result<Vec<WriteRow>, StoreError> {
        let (db, tenant) = (&mut *self.read().await?, tenant.as_str());
        let keys = waited_for(db, tenant, document).await?;
        let mut out = Vec::new();
        for key in keys {
            out.extend(by_key(db, tenant, &key).await?);
        }
        Ok(out)
    }
}
