//! The look: what people did in the ledger, and what the source deleted, seen although nothing is to be written.
//!
//! Flows in: what was posted, and how long ago the ledger was last asked. Flows out: papers weighed against the links, and
//! documents opened where something was done to them. Bounded by one list of changes a kind, at most as often as the ledger's
//! connection says (`look`); and by one question to the source, in runs that have asked it little or that found
//! changes, and once a day in any.

use super::super::gather;
use super::super::tenant::SyncError;
use super::log::calls_of;
use super::pass::Pass;
use crate::connectors::{Ask, LOOK};
use crate::model::setting::seconds;
use crate::model::{AskKind, Key, Kind};
use chrono::Duration;

/// Calls to the source beyond which an unchanged book is asked for no more in a run.
const FEW: u64 = 3;

/// Seconds after which it is asked all the same.
const A_DAY_S: i64 = 86_400;

impl Pass<'_> {
    /// Brings the mirror of papers up to date where it is time for that. A run that decides does so anyway.
    pub(super) async fn look(&mut self) -> Result<(), SyncError> {
        let (t, kind) = (self.t, Kind::Invoice);
        let lists = t.target.facts.reads.answers(kind, AskKind::Changed);
        // What people do to the source's documents its own reader sees.
        let half = t.sales.is_some();
        if half || !lists || !self.looked.is_empty() || self.posted_some(1).await?.is_empty() {
            return Ok(());
        }
        let reads = t.target.facts.reads;
        let apart = seconds(t.to.settings.get(LOOK, "")).unwrap_or(reads.look_s);
        let before = (t.memory)
            .papers_looked(t.tenant(), &t.books.ledger, kind)
            .await?;
        let now = t.to.clock.now();
        // A look that is yet to come is a clock that went back.
        let fresh = |at| now >= at && now - at < Duration::seconds(apart);
        match before.is_some_and(|l| fresh(l.at)) {
            true => Ok(()),
            false => self.look_now().await,
        }
    }

    /// Brings it up to date.
    pub(super) async fn look_now(&mut self) -> Result<(), SyncError> {
        let (looked, filled) = gather::refresh_papers(self.t).await?;
        self.looked = looked;
        self.done.filled += filled;
        Ok(())
    }

    /// Some of what is posted, by the source's ids.
    async fn posted_some(&self, most: usize) -> Result<Vec<Key>, SyncError> {
        let (t, book) = (self.t, &self.t.books.source);
        Ok(t.memory.next_to_look_for(t.tenant(), book, most).await?)
    }

    /// Documents that may have left, and of which nobody knows yet whether they arrived.
    async fn in_doubt(&self, most: usize) -> Result<Vec<Key>, SyncError> {
        let (t, book) = (self.t, &self.t.books.source);
        let mut all = Vec::new();
        for w in t.memory.doubtful(t.tenant()).await? {
            let made = w.kind.is_document() && w.needs.update_id.is_empty();
            let of = &w.document;
            if made && of.book == *book && all.len() < most && !all.contains(of) {
                all.push(of.clone());
            }
        }
        Ok(all)
    }

    /// Asks the source which of the next posted documents it has no more.
    pub(super) async fn look_at_the_source(&mut self) -> Result<(), SyncError> {
        let t = self.t;
        let asked = calls_of(t.from).saturating_sub(self.calls_before.0);
        let facts = t.source.facts.reads;
        if !Kind::DOCUMENTS
            .iter()
            .any(|k| facts.answers(*k, AskKind::Gone))
        {
            return Ok(());
        }
        let (book, now) = (&t.books.source, t.from.clock.now());
        if self.pulled == 0 && asked > FEW {
            let last = t.memory.last_looked_for(t.tenant(), book).await?;
            if last.is_none() {
                let memory = t.memory.looked_for(t.tenant(), book, &[], &[], now);
                memory.await?;
            }
            if last.is_none_or(|at| now - at < Duration::seconds(A_DAY_S)) {
                return Ok(());
            }
        }
        // What may have left is asked for first, and beside what is posted: it may be there as well.
        let mut all = self.in_doubt(facts.values).await?;
        let left = facts.values.saturating_sub(all.len());
        let some = match left {
            0 => Vec::new(),
            left => self.posted_some(left).await?,
        };
        all.extend(some.iter().cloned());
        let mut gone = Vec::new();
        for kind in Kind::DOCUMENTS {
            let own = all.iter().filter(|k| k.kind == kind);
            let ids: Vec<String> = own.map(|k| k.id.0.clone()).collect();
            if ids.is_empty() || !facts.answers(kind, AskKind::Gone) {
                continue;
            }
            let page = t
                .source
                .reads
                .read(t.from, &Ask::Gone { kind, ids })
                .await?;
            let there_no_more = page.gone.iter().filter(|(k, _)| *k == kind);
            gone.extend(there_no_more.map(|(k, id)| t.here(*k, id)));
        }
        if all.is_empty() {
            return Ok(());
        }
        t.memory
            .looked_for(t.tenant(), book, &some, &gone, now)
            .await?;
        Ok(())
    }
}
