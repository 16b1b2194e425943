//! The mirror of the ledger's papers in memory.

use super::memory::MemoryJournal;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use crossfoot::model::{BookId, Kind, LedgerInvoice, TenantId};
use crossfoot::pipeline::ports::{Epochs, Looked, PaperKeys, Papers, StoreError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A paper, and since when it is known here.
type Known = (LedgerInvoice, DateTime<Utc>);

/// What is remembered of papers.
#[derive(Debug, Default, Clone)]
pub struct Shelves {
    papers: BTreeMap<(Kind, String), Known>,
    looked: BTreeMap<Kind, Looked>,
}

// Nobody copies it or puts it back.
impl Epochs for MemoryJournal {}

#[async_trait]
impl Papers for MemoryJournal {
    async fn papers_looked(
        &self,
        _: &TenantId,
        _: &BookId,
        kind: Kind,
    ) -> Result<Option<Looked>, StoreError> {
        Ok(self.lock().shelves.looked.get(&kind).copied())
    }

    async fn put_papers(
        &self,
        _: &TenantId,
        _: &BookId,
        kind: Kind,
        papers: &[LedgerInvoice],
        at: DateTime<Utc>,
        done: Option<Looked>,
    ) -> Result<(), StoreError> {
        let mut memory = self.lock();
        for p in papers {
            let key = (p.kind, p.id.clone());
            let since = memory
                .shelves
                .papers
                .get(&key)
                .map_or(at, |(_, since)| *since);
            let shelves = Arc::make_mut(&mut memory.shelves);
            shelves.papers.insert(key, (p.clone(), since));
        }
        Arc::make_mut(&mut memory.shelves)
            .looked
            .extend(done.map(|d| (kind, d)));
        Ok(())
    }

    async fn forget_paper(
        &self,
        _: &TenantId,
        _: &BookId,
        kind: Kind,
        id: &str,
    ) -> Result<(), StoreError> {
        let mut memory = self.lock();
        let shelves = Arc::make_mut(&mut memory.shelves);
        shelves.papers.remove(&(kind, id.to_owned()));
        Ok(())
    }

    async fn papers(
        &self,
        _: &TenantId,
        _: &BookId,
        kind: Kind,
        keys: PaperKeys<'_>,
    ) -> Result<Vec<LedgerInvoice>, StoreError> {
        let memory = self.lock();
        let asked = |p: &LedgerInvoice| {
            let mark = p.mark.clone().unwrap_or_default();
            p.kind == kind
                && (keys.ids.contains(&p.id)
                    || (!mark.is_empty() && keys.marks.contains(&mark))
                    || (!p.number.is_empty() && keys.numbers.contains(&p.number)))
        };
        let all = memory.shelves.papers.values().map(|(p, _)| p);
        Ok(all.filter(|p| asked(p)).cloned().collect())
    }

    async fn unstamped_papers(
        &self,
        _: &TenantId,
        _: &BookId,
        kind: Kind,
        contact: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<LedgerInvoice>, StoreError> {
        let memory = self.lock();
        let linked = |id: &str| memory.links.values().any(|l| l.target_id == id);
        let meant = |(p, seen): &&Known| {
            p.kind == kind
                && p.contact_id == contact
                && p.mark.is_none()
                && *seen >= since
                && !linked(&p.id)
        };
        let all = memory.shelves.papers.values().filter(meant);
        Ok(all.map(|(p, _)| p.clone()).collect())
    }

    async fn stray_papers(
        &self,
        _: &TenantId,
        _: &BookId,
        kind: Kind,
        contact: &str,
    ) -> Result<Vec<LedgerInvoice>, StoreError> {
        let memory = self.lock();
        let linked = |id: &str| memory.links.values().any(|l| l.target_id == id);
        let of_it = |p: &LedgerInvoice| p.kind == kind && p.contact_id == contact;
        let meant = |p: &&LedgerInvoice| of_it(p) && p.mark.is_some() && !linked(&p.id);
        let all = memory.shelves.papers.values().map(|(p, _)| p);
        Ok(all.filter(meant).cloned().collect())
    }
}

/// The mirror of papers needs no weather of its own: what a look saw is kept or it is not.
macro_rules! papers_of {
    ($ty:ty, $inner:tt) => {
        // Nobody copies it or puts it back.
        impl crossfoot::pipeline::ports::Epochs for $ty {}

        #[async_trait::async_trait]
        impl crossfoot::pipeline::ports::Papers for $ty {
            async fn papers_looked(
                &self,
                t: &crossfoot::model::TenantId,
                b: &crossfoot::model::BookId,
                k: crossfoot::model::Kind,
            ) -> Result<
                Option<crossfoot::pipeline::ports::Looked>,
                crossfoot::pipeline::ports::StoreError,
            > {
                self.$inner.papers_looked(t, b, k).await
            }
            async fn put_papers(
                &self,
                t: &crossfoot::model::TenantId,
                b: &crossfoot::model::BookId,
                k: crossfoot::model::Kind,
                all: &[crossfoot::model::LedgerInvoice],
                at: chrono::DateTime<chrono::Utc>,
                done: Option<crossfoot::pipeline::ports::Looked>,
            ) -> Result<(), crossfoot::pipeline::ports::StoreError> {
                self.$inner.put_papers(t, b, k, all, at, done).await
            }
            async fn forget_paper(
                &self,
                t: &crossfoot::model::TenantId,
                b: &crossfoot::model::BookId,
                k: crossfoot::model::Kind,
                id: &str,
            ) -> Result<(), crossfoot::pipeline::ports::StoreError> {
                self.$inner.forget_paper(t, b, k, id).await
            }
            async fn papers(
                &self,
                t: &crossfoot::model::TenantId,
                b: &crossfoot::model::BookId,
                k: crossfoot::model::Kind,
                keys: crossfoot::pipeline::ports::PaperKeys<'_>,
            ) -> Result<Vec<crossfoot::model::LedgerInvoice>, crossfoot::pipeline::ports::StoreError>
            {
                self.$inner.papers(t, b, k, keys).await
            }
            async fn unstamped_papers(
                &self,
                t: &crossfoot::model::TenantId,
                b: &crossfoot::model::BookId,
                k: crossfoot::model::Kind,
                contact: &str,
                since: chrono::DateTime<chrono::Utc>,
            ) -> Result<Vec<crossfoot::model::LedgerInvoice>, crossfoot::pipeline::ports::StoreError>
            {
                self.$inner.unstamped_papers(t, b, k, contact, since).await
            }
            async fn stray_papers(
                &self,
                t: &crossfoot::model::TenantId,
                b: &crossfoot::model::BookId,
                k: crossfoot::model::Kind,
                contact: &str,
            ) -> Result<Vec<crossfoot::model::LedgerInvoice>, crossfoot::pipeline::ports::StoreError>
            {
                self.$inner.stray_papers(t, b, k, contact).await
            }
        }
    };
}
pub(crate) use papers_of;
