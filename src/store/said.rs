//! The port of what a source said: each method is one transaction, and the rooms of the tables do the work.

use super::page::PageKept;
use super::{Store, closed, records, sweeps};
use crate::connectors::{BadRecord, Cursor, Page};
use crate::model::{BookId, Key, Kind, SourceRecord, TenantId};
use crate::pipeline::ports::{Records, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

#[async_trait]
impl Records for Store {
    async fn cursor(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
    ) -> Result<Option<Cursor>, StoreError> {
        records::cursor(&mut *self.read().await?, tenant.as_str(), book, kind).await
    }

    async fn save_page(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        page: &Page,
        cursor: Option<&Cursor>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let (mut tx, t) = (self.begin().await?, tenant.as_str());
        let (mut changed, mut older) = (0, Vec::new());
        let mut kept = PageKept::of(&mut tx, t, book, &page.records).await?;
        for r in &page.records {
            changed += kept.enter_before(&mut tx, (t, book), r, now).await?;
            match records::newer(&mut tx, t, book, r).await? {
                Some(told) => older.push(told),
                None => changed += kept.save(&mut tx, (t, book), r, now).await?,
            }
        }
        changed += kept.enter(&mut tx, (t, book), now).await?;
        // What was told of a place in a file has no record by which it could be forgotten.
        if page.whole {
            records::forget_all_bad(&mut tx, t, (book, kind)).await?;
        }
        for b in page.bad.iter().chain(&older) {
            records::save_bad(&mut tx, t, (book, kind), b).await?;
        }
        if !(kept.none_bad && page.bad.is_empty() && older.is_empty()) {
            records::forget_bad(&mut tx, t, (book, kind), &page.records).await?;
        }
        for document in kept.gone() {
            sweeps::there(&mut tx, t, document).await?;
        }
        for (kind, id) in &page.gone {
            sweeps::gone(&mut tx, t, &Key::new(book, *kind, id), now).await?;
        }
        if let Some(cursor) = cursor {
            records::set_cursor(&mut tx, t, book, kind, cursor).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    async fn record(
        &self,
        tenant: &TenantId,
        of: &Key,
    ) -> Result<Option<SourceRecord>, StoreError> {
        records::newest(&mut *self.read().await?, tenant.as_str(), of).await
    }

    async fn record_at(
        &self,
        tenant: &TenantId,
        of: &Key,
        version: &str,
    ) -> Result<Option<SourceRecord>, StoreError> {
        records::at(&mut *self.read().await?, tenant.as_str(), of, version).await
    }

    async fn read_anew(
        &self,
        tenant: &TenantId,
        of: &Key,
        record: &SourceRecord,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        records::read_anew(&mut tx, tenant.as_str(), of, record).await?;
        tx.commit().await
    }

    async fn bad_records(&self, tenant: &TenantId) -> Result<Vec<BadRecord>, StoreError> {
        closed::waiting(&mut *self.read().await?, tenant.as_str()).await
    }

    async fn not_closed(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        bad: &[BadRecord],
    ) -> Result<Vec<BadRecord>, StoreError> {
        if bad.is_empty() {
            return Ok(Vec::new());
        }
        let placed: Vec<(String, &BadRecord)> = (bad.iter())
            .map(|b| (records::place_of(kind, b), b))
            .collect();
        closed::not_closed(&mut *self.read().await?, tenant.as_str(), book, &placed).await
    }
}
