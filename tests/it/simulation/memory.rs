//! The journal in memory: what the store on SQLite does for the write protocol, without a disk.
//!
//! Flows in: writes and what became of them. Flows out: the same rows, links and refusals as the real store
//! gives; `journal_story` runs one list of cases against both. Refuses moves that are not legal and commits
//! under a lost fence. Bounded by what a test puts in; it keeps everything.

use super::shelves::Shelves;
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use crossfoot::connectors::Encoded;
use crossfoot::model::{Draft, Fingerprint, Key, Kind, Reason, TenantId, WriteState};
use crossfoot::pipeline::lease::Lease;
use crossfoot::pipeline::plant;
use crossfoot::pipeline::ports::{Batch, Journal, Settled, StoreError};
use crossfoot::pipeline::protocol::Settle;
use crossfoot::pipeline::write::{NewWrite, WriteRow};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A write with what the store keeps beside it.
#[derive(Debug, Clone)]
pub struct Kept {
    pub row: WriteRow,
    pub day: String,
    pub target_id: String,
    pub reason: Option<Reason>,
    /// Whether it is wanted as it left.
    pub wanted: bool,
}

/// A link between a source document and a ledger document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLink {
    pub target_id: String,
    pub version: String,
    pub draft: Fingerprint,
}

#[derive(Debug, Clone)]
struct Holding {
    holder: String,
    fence: i64,
    until: Option<DateTime<Utc>>,
}

/// What is remembered.
#[derive(Debug, Default, Clone)]
pub struct Memory {
    // Shared until changed, so that a transaction's copy costs little.
    pub rows: Vec<Arc<Kept>>,
    pub batches: Vec<Arc<Batch>>,
    pub links: Arc<BTreeMap<Key, KeptLink>>,
    pub shelves: Arc<Shelves>,
    pub orphans: Vec<(i64, String)>,
    lease: Option<Holding>,
    seen: Option<DateTime<Utc>>,
}

/// The journal.
#[derive(Debug, Default)]
pub struct MemoryJournal(Mutex<Memory>);

fn day_of(draft: &Draft) -> String {
    match draft {
        Draft::Contact(_) => String::new(),
        Draft::Invoice(d) => d.date.to_string(),
        Draft::Payment(p) => p.date.to_string(),
    }
}

fn doubtful(state: WriteState) -> bool {
    matches!(
        state,
        WriteState::Sent | WriteState::InDoubt | WriteState::Verifying
    )
}

impl Memory {
    fn kept(&self, id: i64) -> Result<&Kept, StoreError> {
        let at = usize::try_from(id - 1).unwrap_or(usize::MAX);
        self.rows
            .get(at)
            .map(Arc::as_ref)
            .ok_or_else(|| StoreError::Database(format!("no write {id}")))
    }

    fn kept_mut(&mut self, id: i64) -> Result<&mut Kept, StoreError> {
        let at = usize::try_from(id - 1).unwrap_or(usize::MAX);
        self.rows
            .get_mut(at)
            .map(Arc::make_mut)
            .ok_or_else(|| StoreError::Database(format!("no write {id}")))
    }

    fn to(&mut self, id: i64, next: WriteState) -> Result<(), StoreError> {
        let kept = self.kept_mut(id)?;
        let from = kept.row.state;
        if from != next && !from.may_become(next) {
            return Err(StoreError::IllegalMove {
                write: kept.row.key.clone(),
                from,
                to: next,
            });
        }
        kept.row.state = next;
        Ok(())
    }

    fn fence(&self, lease: &Lease) -> Result<(), StoreError> {
        if plant::no_lease() {
            return Ok(());
        }
        let lost = |holder: &str| StoreError::LeaseLost {
            tenant: lease.tenant.to_string(),
            holder: holder.to_owned(),
        };
        match &self.lease {
            None => Err(lost("nobody")),
            Some(h) if h.fence == lease.fence => Ok(()),
            Some(h) => Err(lost(&h.holder)),
        }
    }

    fn saw(&mut self, now: DateTime<Utc>) {
        self.seen = self.seen.max(Some(now));
    }

    fn by_key(&self, key: &str) -> Option<&Kept> {
        self.rows.iter().map(Arc::as_ref).find(|k| k.row.key == key)
    }

    /// The payments and refunds before one, of its document, that are not at their end.
    pub fn before<'a>(&'a self, w: &'a WriteRow) -> impl Iterator<Item = &'a WriteRow> {
        let money = |k: Kind| matches!(k, Kind::Payment | Kind::CreditNote | Kind::Overpayment);
        let at = |o: &WriteRow| (day_of(&o.draft), o.id);
        let ended = |o: &WriteRow| matches!(o.state, WriteState::Linked | WriteState::Superseded);
        let all = self.rows.iter().map(|o| &o.row);
        all.filter(move |o| {
            let both = money(w.kind) && money(o.kind);
            both && o.document == w.document && at(o) < at(w) && !ended(o)
        })
    }

    /// Whether everything a write waits for is there; answers the ids it waits for.
    fn released(&self, w: &WriteRow, now: DateTime<Utc>) -> Option<(String, String)> {
        if w.state != WriteState::Ready || w.not_before.is_some_and(|t| t > now) {
            return None;
        }
        let same = |o: &WriteRow| o.of == w.of && o.id != w.id;
        let first = |o: &WriteRow| o.state == WriteState::Ready && o.id < w.id;
        let mut all = self.rows.iter().map(|o| &o.row);
        if all.any(|o| same(o) && (doubtful(o.state) || first(o))) {
            return None;
        }
        let change = |o: &WriteRow| o.of == w.document && !o.needs.update_id.is_empty();
        let open = |o: &WriteRow| doubtful(o.state) || o.state == WriteState::Ready;
        let mut all = self.rows.iter().map(|o| &o.row);
        if w.kind == Kind::Payment && all.any(|o| change(o) && open(o)) {
            return None;
        }
        if self.before(w).next().is_some() {
            return None;
        }
        let linked = |key: &str| -> Option<String> {
            if key.is_empty() {
                return Some(String::new());
            }
            let k = self.by_key(key)?;
            (k.row.state == WriteState::Linked).then(|| k.target_id.clone())
        };
        Some((
            linked(&w.needs.contact_write)?,
            linked(&w.needs.document_write)?,
        ))
    }

    fn ready(&self, now: DateTime<Utc>, limit: usize) -> Vec<WriteRow> {
        let mut order: Vec<(&Kept, (String, String))> = self
            .rows
            .iter()
            .filter_map(|k| Some((k.as_ref(), self.released(&k.row, now)?)))
            .collect();
        order.sort_by_key(|(k, _)| {
            let w = &k.row;
            (
                w.kind.level(),
                w.kind.as_str(),
                !w.needs.update_id.is_empty(),
                k.day.clone(),
                w.id,
            )
        });
        let mut out: Vec<WriteRow> = Vec::new();
        for (k, (contact, document)) in order.into_iter().take(limit) {
            let update = !k.row.needs.update_id.is_empty();
            let fits = out
                .first()
                .is_none_or(|f| f.kind == k.row.kind && !update && f.needs.update_id.is_empty());
            if !fits {
                break;
            }
            let mut w = k.row.clone();
            if w.needs.contact_id.is_empty() {
                w.needs.contact_id = contact;
            }
            if w.needs.document_id.is_empty() {
                w.needs.document_id = document;
            }
            out.push(w);
        }
        out
    }

    fn intend(
        &mut self,
        writes: &[WriteRow],
        encoded: &Encoded,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let batch = i64::try_from(self.batches.len()).unwrap_or(i64::MAX) + 1;
        for w in writes {
            for next in [WriteState::Claimed, WriteState::Sent] {
                let from = self.kept(w.id)?.row.state;
                if !matches!(from, WriteState::Ready | WriteState::Claimed) {
                    return Err(StoreError::IllegalMove {
                        write: w.key.clone(),
                        from: w.state,
                        to: next,
                    });
                }
                self.to(w.id, next)?;
            }
            let row = &mut self.kept_mut(w.id)?.row;
            row.needs = w.needs.clone();
            row.run.clone_from(&w.run);
            row.batch = Some(batch);
            row.first_sent = Some(now);
            row.last_sent = Some(now);
            row.not_before = None;
            row.key_spent = false;
        }
        self.batches.push(Arc::new(Batch {
            id: batch,
            key: key.to_owned(),
            encoded: encoded.clone(),
        }));
        Ok(batch)
    }

    fn again(&mut self, batch: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        let ids: Vec<i64> = self
            .rows
            .iter()
            .filter(|k| k.row.batch == Some(batch) && doubtful(k.row.state))
            .map(|k| k.row.id)
            .collect();
        for id in ids {
            self.to(id, WriteState::Sent)?;
            self.kept_mut(id)?.row.last_sent = Some(now);
        }
        Ok(())
    }

    fn settle(&mut self, s: &Settled, now: DateTime<Utc>) -> Result<(), StoreError> {
        let from = self.kept(s.write)?.row.state;
        match &s.settle {
            Settle::Linked { posted, .. } => {
                self.to(s.write, WriteState::Linked)?;
                let kept = self.kept_mut(s.write)?;
                kept.target_id.clone_from(&posted.id);
                kept.reason = None;
                self.link(s.write, &posted.id, &posted.version)
            }
            Settle::Refused(_) | Settle::NotMade(_) if !self.kept(s.write)?.wanted => {
                self.to(s.write, WriteState::Held)?;
                self.to(s.write, WriteState::Superseded)
            }
            Settle::Refused(reason) | Settle::Held(reason) | Settle::NotMade(reason) => {
                let refused = matches!(s.settle, Settle::Refused(_));
                if refused && from == WriteState::InDoubt {
                    self.to(s.write, WriteState::Sent)?;
                }
                let next = if refused {
                    WriteState::Refused
                } else {
                    WriteState::Held
                };
                self.to(s.write, next)?;
                let kept = self.kept_mut(s.write)?;
                kept.reason = Some(reason.clone());
                if matches!(s.settle, Settle::NotMade(_)) {
                    kept.row.batch = None;
                    kept.row.first_sent = None;
                    kept.row.last_sent = None;
                }
                Ok(())
            }
            Settle::InDoubt {
                not_before,
                key_spent,
                ..
            } => {
                self.to(s.write, WriteState::InDoubt)?;
                let row = &mut self.kept_mut(s.write)?.row;
                row.not_before = *not_before;
                row.key_spent |= key_spent;
                row.last_sent = row.last_sent.map(|t| t.min(now));
                Ok(())
            }
            Settle::NotFound { not_before } => {
                self.to(s.write, WriteState::InDoubt)?;
                let row = &mut self.kept_mut(s.write)?.row;
                row.not_before = *not_before;
                row.needs = row.looked_for(now);
                Ok(())
            }
            Settle::Again { not_before, .. } => {
                if from == WriteState::InDoubt {
                    self.to(s.write, WriteState::Verifying)?;
                }
                self.to(s.write, WriteState::Ready)?;
                let row = &mut self.kept_mut(s.write)?.row;
                row.attempt += 1;
                row.not_before = *not_before;
                row.batch = None;
                row.first_sent = None;
                row.last_sent = None;
                row.key_spent = false;
                if self.kept(s.write)?.wanted {
                    return Ok(());
                }
                self.to(s.write, WriteState::Superseded)
            }
            Settle::LookUp(_) => Err(StoreError::IllegalMove {
                write: self.kept(s.write)?.row.key.clone(),
                from,
                to: WriteState::Verifying,
            }),
        }
    }

    fn link(&mut self, id: i64, target: &str, version: &str) -> Result<(), StoreError> {
        let row = &self.kept(id)?.row;
        let link = KeptLink {
            target_id: target.to_owned(),
            version: version.to_owned(),
            draft: row.draft_hash.clone(),
        };
        let of = row.of.clone();
        Arc::make_mut(&mut self.links).insert(of, link);
        Ok(())
    }
}

impl MemoryJournal {
    pub fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what is remembered.
    pub fn read<T>(&self, look: impl FnOnce(&Memory) -> T) -> T {
        look(&self.lock())
    }

    /// Journals a write that may be sent.
    pub fn add(&self, document: &Key, w: &NewWrite, hash: &Fingerprint) {
        let mut m = self.lock();
        let id = i64::try_from(m.rows.len()).unwrap_or(i64::MAX) + 1;
        let row = WriteRow {
            id,
            key: w.key.clone(),
            marker: w.marker.clone(),
            kind: w.kind,
            of: w.of.clone(),
            document: document.clone(),
            version: Fingerprint::of(b"1"),
            to: w.to.clone(),
            run: "story".into(),
            state: WriteState::Ready,
            draft: w.draft.clone(),
            draft_hash: hash.clone(),
            needs: w.needs.clone(),
            attempt: 1,
            batch: None,
            first_sent: None,
            last_sent: None,
            not_before: None,
            key_spent: false,
            wanted: true,
            reason: None,
        };
        m.rows.push(Arc::new(Kept {
            row,
            day: day_of(&w.draft),
            target_id: String::new(),
            reason: None,
            wanted: true,
        }));
    }

    /// Takes a write back that was never sent, as a newer decision does; answers whether it was. One that may have left
    /// does not go a second time.
    pub fn supersede(&self, key: &str) -> bool {
        let mut m = self.lock();
        let found = m.by_key(key).map(|k| (k.row.id, k.row.state));
        match found {
            Some((id, WriteState::Ready)) => m.to(id, WriteState::Superseded).is_ok(),
            Some((id, state)) if doubtful(state) => {
                if let Ok(kept) = m.kept_mut(id) {
                    (kept.wanted, kept.row.wanted) = (false, false);
                }
                false
            }
            _ => false,
        }
    }

    /// The latest time anybody wrote down.
    pub fn seen(&self) -> Option<DateTime<Utc>> {
        self.lock().seen
    }

    /// How many writes are linked.
    pub fn linked(&self) -> usize {
        let m = self.lock();
        let linked = m.rows.iter().filter(|k| k.row.state == WriteState::Linked);
        linked.count()
    }

    /// Whether a write was taken back.
    pub fn superseded(&self, key: &str) -> bool {
        let m = self.lock();
        m.by_key(key)
            .is_some_and(|k| k.row.state == WriteState::Superseded)
    }

    /// Whether a write may have left and nothing is known of it.
    pub fn unsettled(&self, key: &str) -> bool {
        let m = self.lock();
        m.by_key(key).is_some_and(|k| doubtful(k.row.state))
    }

    /// All or nothing, as a transaction is.
    fn commit<T>(
        &self,
        lease: &Lease,
        now: DateTime<Utc>,
        change: impl FnOnce(&mut Memory) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut m = self.lock();
        m.fence(lease)?;
        let mut next = m.clone();
        next.saw(now);
        let answer = change(&mut next)?;
        *m = next;
        Ok(answer)
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn lease(
        &self,
        tenant: &TenantId,
        holder: &str,
        now: DateTime<Utc>,
        seconds: i64,
    ) -> Result<Option<Lease>, StoreError> {
        let mut m = self.lock();
        let until = now + Duration::seconds(seconds);
        let latest = until + Duration::seconds(seconds);
        let free = |u: DateTime<Utc>| u <= now || u > latest;
        let fence = match &m.lease {
            None => 1,
            Some(h) if h.holder == holder => h.fence,
            Some(h) if h.until.is_none_or(free) => h.fence + 1,
            Some(_) => return Ok(None),
        };
        m.lease = Some(Holding {
            holder: holder.to_owned(),
            fence,
            until: Some(until),
        });
        m.saw(now);
        Ok(Some(Lease {
            tenant: tenant.clone(),
            holder: holder.to_owned(),
            fence,
        }))
    }

    async fn give_back(&self, lease: &Lease) -> Result<(), StoreError> {
        if let Some(h) = &mut self.lock().lease
            && h.fence == lease.fence
            && h.holder == lease.holder
        {
            h.until = None;
        }
        Ok(())
    }

    async fn clock_went_back(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let seen = self.lock().seen;
        Ok(seen.is_some_and(|s| now < s - Duration::seconds(5)))
    }

    async fn doubtful(&self, _: &TenantId) -> Result<Vec<WriteRow>, StoreError> {
        let m = self.lock();
        Ok(m.rows
            .iter()
            .filter(|k| doubtful(k.row.state))
            .map(|k| k.row.clone())
            .collect())
    }

    async fn ready(
        &self,
        _: &TenantId,
        _: Option<&Key>,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<WriteRow>, StoreError> {
        Ok(self.lock().ready(now, limit))
    }

    async fn batch(&self, _: &TenantId, id: i64) -> Result<Option<Batch>, StoreError> {
        let m = self.lock();
        let found = m.batches.iter().find(|b| b.id == id);
        Ok(found.map(|b| b.as_ref().clone()))
    }

    async fn intend(
        &self,
        lease: &Lease,
        writes: &[WriteRow],
        encoded: &Encoded,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        self.commit(lease, now, |m| m.intend(writes, encoded, key, now))
    }

    async fn again(&self, lease: &Lease, batch: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.commit(lease, now, |m| m.again(batch, now))
    }

    async fn settle(
        &self,
        lease: &Lease,
        settled: &[Settled],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        {
            let mut m = self.lock();
            if let Err(lost) = m.fence(lease) {
                for s in settled {
                    if let Settle::Linked { posted, .. } = &s.settle {
                        m.orphans.push((s.write, posted.id.clone()));
                    }
                }
                return Err(lost);
            }
        }
        self.commit(lease, now, |m| {
            settled.iter().try_for_each(|s| m.settle(s, now))
        })
    }
}
