//! How a decision's writes come into the journal.
//!
//! Flows in: the writes of a decision. Flows out: rows. Refuses to touch what may have left: an answer or a look-up ends
//! it, and its document is decided on again once that is settled. What is no longer wanted as it left is marked, and
//! does not go a second time.

use super::anew::decided_too_early;
use super::packed::{Like, pack_like};
use super::rows::json;
use super::sql::{Db, parts, sql};
use super::writes::{by_key, by_keys, day_of, mark};
use super::{contacts, links, shared, things};
use crate::model::codes;
use crate::model::{DocState, Fingerprint, Key, Kind, Reason, WriteState};
use crate::pipeline::ports::{DecidedDoc, StoreError};
use crate::pipeline::write::{Needs, NewWrite, WriteRow};
use std::collections::{BTreeMap, BTreeSet};

/// On whose journey a write goes: the document, its version that was decided on, and the run that did.
#[derive(Clone, Copy)]
pub(super) struct Journey<'a> {
    pub(super) document: &'a Key,
    pub(super) version: &'a Fingerprint,
    pub(super) run: &'a str,
}

impl<'a> Journey<'a> {
    fn of(d: &'a DecidedDoc) -> Self {
        Self {
            document: &d.key,
            version: &d.version,
            run: &d.note.run,
        }
    }
}

/// A write of which there is none yet: it is entered with others.
struct Fresh<'a> {
    on: Journey<'a>,
    w: &'a NewWrite,
    state: WriteState,
    attempt: i64,
}

/// The writes of some decisions: as they were before, and those that are new and wait to be entered together.
pub struct ChunkWrites<'a> {
    before: BTreeMap<String, Option<WriteRow>>,
    fresh: Vec<Fresh<'a>>,
}

impl<'a> ChunkWrites<'a> {
    /// Of these decisions.
    pub async fn of(db: &mut Db, tenant: &str, all: &[DecidedDoc]) -> Result<Self, StoreError> {
        let own = all.iter().flat_map(|d| &d.writes);
        let keys: BTreeSet<String> = own.map(|w| w.key.clone()).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let rows = by_keys(db, tenant, &keys).await?;
        let mut known: BTreeMap<_, _> = keys.into_iter().map(|k| (k, None)).collect();
        known.extend(rows.into_iter().map(|w| (w.key.clone(), Some(w))));
        Ok(Self {
            before: known,
            fresh: Vec::new(),
        })
    }

    /// Enters those that are new.
    pub async fn enter(&mut self, db: &mut Db, tenant: &str) -> Result<(), StoreError> {
        insert(db, tenant, &std::mem::take(&mut self.fresh)).await
    }

    /// One as it was before. Whoever asks is about to change it: it is known no more. One that waits to be entered is there
    /// when it comes a second time, be it in one decision or in several that need a contact.
    async fn take(
        &mut self,
        db: &mut Db,
        tenant: &str,
        key: &str,
    ) -> Result<Option<WriteRow>, StoreError> {
        if self.fresh.iter().any(|f| f.w.key == key) {
            self.enter(db, tenant).await?;
        }
        match self.before.remove(key) {
            Some(known) => Ok(known),
            None => by_key(db, tenant, key).await,
        }
    }
}

/// Journals the writes of a decision. What may have left is never touched; what was never sent takes the newest draft.
/// New ones are entered with those of other decisions. Answers why its document is held where one is another's already.
pub async fn put_all<'a>(
    db: &mut Db,
    tenant: &str,
    d: &'a DecidedDoc,
    known: &mut ChunkWrites<'a>,
) -> Result<Option<Reason>, StoreError> {
    let mut held = None;
    let state = if d.release {
        WriteState::Ready
    } else {
        WriteState::Planned
    };
    for w in &d.writes {
        match known.take(db, tenant, &w.key).await? {
            Some(old) if of_another(&old, &d.key) => {
                held = Some(taken(db, tenant, &d.key, &old).await?);
            }
            Some(old) => put(db, tenant, d, (w, &old, state)).await?,
            None => known.fresh.push(Fresh {
                on: Journey::of(d),
                w,
                state,
                attempt: 1,
            }),
        }
    }
    Ok(held)
}

/// Journals a write of which there is one already.
async fn put(
    db: &mut Db,
    tenant: &str,
    d: &DecidedDoc,
    (w, old, state): (&NewWrite, &WriteRow, WriteState),
) -> Result<(), StoreError> {
    if old.document != d.key && shared::is_shared(w, d) {
        shared::share(db, tenant, &d.key, old).await?;
    }
    match old.state {
        // A change back to what was sent once before is a change all the same: it is planned anew.
        // A payment whose link is gone was taken out of the ledger by a person: it is planned anew.
        WriteState::Linked
            if w.needs.update_id.is_empty() && links::is_there(db, tenant, w).await? =>
        {
            Ok(())
        }
        WriteState::Linked | WriteState::Superseded => {
            plan_anew(db, tenant, Journey::of(d), w, &w.needs, state, old).await
        }
        left if left.may_have_left() => overtaken(db, tenant, &d.key, w, old).await,
        // A change that is based on a newer version than the one held: what is there has just been read.
        WriteState::Held
            if old.first_sent.is_some() && w.needs.update_version == old.needs.update_version =>
        {
            // A payment is what its stamp says, and is compared with what the source says of it now.
            let old = match w.kind {
                Kind::Payment if same_ends(&old.needs, &w.needs) => {
                    judged_by(db, tenant, d, w, old).await?
                }
                _ => {
                    overtaken(db, tenant, &d.key, w, old).await?;
                    old.clone()
                }
            };
            look_up_again(db, tenant, &old, &w.needs).await
        }
        _ => redraft(db, tenant, d, w, &w.needs, state, old).await,
    }
}

/// Whether a write is the business of another document. Only contacts are shared; what was given up is nobody's.
fn of_another(old: &WriteRow, document: &Key) -> bool {
    let given_up = matches!(old.state, WriteState::Superseded);
    old.kind != Kind::Contact && old.document != *document && !given_up
}

/// What went for one document is never taken for another's: this one waits for a person, who sees that its money is
/// not in the ledger.
async fn taken(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    old: &WriteRow,
) -> Result<Reason, StoreError> {
    let reason = Reason::new(
        codes::WRITE_OF_ANOTHER,
        format!(
            "the {} {} belongs to the document {} already, where it is {}",
            old.kind, old.of.id, old.document.id, old.state
        ),
        "give it an id of its own in the source; or take it off the other document there, see to it in the ledger, then `crossfoot retry TENANT NUMBER`",
    );
    sql("UPDATE documents SET state = $5, reason = $6 WHERE tenant = $1
            AND thing = (SELECT thing FROM things WHERE tenant = $1 AND book = $2 AND kind = $3 AND id = $4)")
    .bind(tenant)
    .key(document)
    .bind(DocState::Held.as_str())
    .bind(json(&reason)?)
    .put_off(db)
    .await?;
    Ok(reason)
}

/// Whether two writes go to the same contact or the same document, by its id or by the write that makes it.
fn same_ends(a: &Needs, b: &Needs) -> bool {
    let same = |(a_id, a_write): (&str, &str), (b_id, b_write): (&str, &str)| {
        let none = [a_id, a_write, b_id, b_write].iter().all(|s| s.is_empty());
        none || (!a_id.is_empty() && a_id == b_id) || (!a_write.is_empty() && a_write == b_write)
    };
    same(
        (&a.contact_id, &a.contact_write),
        (&b.contact_id, &b.contact_write),
    ) && same(
        (&a.document_id, &a.document_write),
        (&b.document_id, &b.document_write),
    )
}

/// What may have left may not be what is wanted now.
async fn overtaken(
    db: &mut Db,
    tenant: &str,
    document: &Key,
    w: &NewWrite,
    old: &WriteRow,
) -> Result<(), StoreError> {
    let same = old.draft_hash == w.hash() && same_ends(&old.needs, &w.needs);
    // A contact is made with the draft it left with, and changed afterwards: others may wait for it.
    mark(db, tenant, old.id, same || w.kind == Kind::Contact).await?;
    if same {
        return Ok(());
    }
    decided_too_early(db, tenant, document).await
}

/// What a payment that may have left is judged by from now on: the newest draft of it. The request that may have left
/// stays as it is, and does not go again.
async fn judged_by(
    db: &mut Db,
    tenant: &str,
    d: &DecidedDoc,
    w: &NewWrite,
    old: &WriteRow,
) -> Result<WriteRow, StoreError> {
    sql("UPDATE writes SET draft = '', draft_packed = $1, draft_hash = $2, day = $3, wanted = 1, version = $6 WHERE tenant = $4 AND id = $5")
        .bind(pack_like(Like::Draft, &w.draft)?)
        .bind(&w.hash().0)
        .bind(day_of(&w.draft))
        .bind(tenant)
        .bind(old.id)
        .bind(&d.version.0)
        .put_off(db)
        .await?;
    Ok(WriteRow {
        draft: w.draft.clone(),
        draft_hash: w.hash(),
        needs: Needs {
            said: w.needs.said,
            ..old.needs.clone()
        },
        ..old.clone()
    })
}

/// It may be there after all: the way on leads over a look-up. Only a person's own word, and no edit of the file or the
/// source, says that what others paid is not this payment.
pub async fn look_up_again(
    db: &mut Db,
    tenant: &str,
    old: &WriteRow,
    word: &Needs,
) -> Result<(), StoreError> {
    let needs = Needs {
        vouched: word.vouched,
        known: word.known.clone(),
        ..old.needs.clone()
    };
    sql(
        "UPDATE writes SET state = 'in_doubt', key_spent = 1, not_before = NULL, needs = '', needs_packed = $1
          WHERE tenant = $2 AND id = $3",
    )
    .bind(pack_like(Like::Needs, &needs)?)
    .bind(tenant)
    .bind(old.id)
    .put_off(db)
    .await?;
    Ok(())
}

/// What was never sent takes the newest draft.
async fn redraft(
    db: &mut Db,
    tenant: &str,
    d: &DecidedDoc,
    w: &NewWrite,
    needs: &Needs,
    state: WriteState,
    old: &WriteRow,
) -> Result<(), StoreError> {
    // A contact that several documents need is released by the first of them and never taken back.
    let state = if old.state == WriteState::Ready && w.kind == Kind::Contact {
        WriteState::Ready
    } else {
        state
    };
    let document = things::give(db, tenant, &d.key).await?;
    sql(
        "UPDATE writes SET state = $1, draft = '', draft_packed = $2, draft_hash = $3, needs = '', needs_packed = $4, needs_contact = $5,
                needs_document = $6, day = $7, not_before = NULL, reason = NULL, attempt = attempt + 1,
                batch = NULL, first_sent = NULL, last_sent = NULL, key_spent = 0,
                document = $8, version = $9, run = $10, wanted = 1
          WHERE tenant = $11 AND id = $12",
    )
    .bind(state.as_str())
    .bind(pack_like(Like::Draft, &w.draft)?)
    .bind(&w.hash().0)
    .bind(pack_like(Like::Needs, needs)?)
    .bind(&w.needs.contact_write)
    .bind(&w.needs.document_write)
    .bind(day_of(&w.draft))
    .bind(document)
    .bind(&d.version.0)
    .bind(&d.note.run)
    .bind(tenant)
    .bind(old.id)
    .put_off(db)
    .await?;
    contacts::plan(db, tenant, w).await
}

/// A finished row is gone (the audit keeps its history), and the effect is planned anew in its place.
pub(super) async fn plan_anew(
    db: &mut Db,
    tenant: &str,
    on: Journey<'_>,
    w: &NewWrite,
    needs: &Needs,
    state: WriteState,
    old: &WriteRow,
) -> Result<(), StoreError> {
    sql("DELETE FROM writes WHERE tenant = $1 AND id = $2")
        .bind(tenant)
        .bind(old.id)
        .put_off(db)
        .await?;
    // It may have gone before: its key, made from the attempt, must not come again.
    let attempt = i64::from(old.attempt) + 1;
    let w = NewWrite {
        needs: needs.clone(),
        ..w.clone()
    };
    let fresh = Fresh {
        on,
        w: &w,
        state,
        attempt,
    };
    insert(db, tenant, &[fresh]).await
}

/// Enters fresh writes, and what they plan.
async fn insert(db: &mut Db, tenant: &str, all: &[Fresh<'_>]) -> Result<(), StoreError> {
    for some in parts(all) {
        let mut enter = sql(
            "INSERT INTO writes (tenant, natural_key, marker, kind, level, day, thing, document, version, book, run, state,
               draft_packed, draft_hash, needs_packed, needs_contact, needs_document, is_update, attempt, draft, needs, key_spent,
               target_id, fence, wanted)
             VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,'','',0,'',0,1)",
        )
        .rows(some.len());
        for fresh in some {
            let (on, w) = (fresh.on, fresh.w);
            let thing = things::give(db, tenant, &w.of).await?;
            let document = things::give(db, tenant, on.document).await?;
            enter = (enter.bind(tenant.to_owned()))
                .bind(w.key.clone())
                .bind(w.marker.clone())
                .bind(w.kind.as_str())
                .bind(i64::from(w.kind.level()))
                .bind(day_of(&w.draft))
                .bind(thing)
                .bind(document)
                .bind(on.version.0.clone())
                .bind(w.to.as_str().to_owned())
                .bind(on.run.to_owned())
                .bind(fresh.state.as_str())
                .bind(pack_like(Like::Draft, &w.draft)?)
                .bind(w.hash().0)
                .bind(pack_like(Like::Needs, &w.needs)?)
                .bind(w.needs.contact_write.clone())
                .bind(w.needs.document_write.clone())
                .bind(i64::from(!w.needs.update_id.is_empty()))
                .bind(fresh.attempt);
        }
        enter.put_off(db).await?;
    }
    let planned = all
        .iter()
        .filter_map(|f| Some((&f.w.to, f.w.planned_contact()?)));
    contacts::put_all(db, tenant, &planned.collect::<Vec<_>>()).await
}
