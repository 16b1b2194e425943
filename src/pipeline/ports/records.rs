//! What a source said: records, what of them could not be read, and where reading was left off.

use super::error::StoreError;
use crate::connectors::{BadRecord, Cursor, Page};
use crate::model::{BookId, Key, Kind, SourceRecord, TenantId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// What a source said.
#[async_trait]
pub trait Records: Send + Sync {
    /// Where a source was left off.
    async fn cursor(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
    ) -> Result<Option<Cursor>, StoreError>;

    /// Stores a page with its cursor: new versions of records become seen documents. What was told of the records that
    /// could be read now is forgotten, and of the whole book where the page is all of it. Answers how many were new or
    /// changed.
    async fn save_page(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        page: &Page,
        cursor: Option<&Cursor>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError>;

    /// The newest version of a record.
    async fn record(&self, tenant: &TenantId, of: &Key)
    -> Result<Option<SourceRecord>, StoreError>;

    /// A version of a record, where it is kept still: the newest, and those that links name, always are.
    async fn record_at(
        &self,
        tenant: &TenantId,
        of: &Key,
        version: &str,
    ) -> Result<Option<SourceRecord>, StoreError>;

    /// What the newest version of a record is read as today, in place of how it was read when it came in.
    async fn read_anew(
        &self,
        tenant: &TenantId,
        of: &Key,
        record: &SourceRecord,
    ) -> Result<(), StoreError>;

    /// Of what could not be read just now of a kind, what no person has left out as it is said.
    async fn not_closed(
        &self,
        _: &TenantId,
        _: &BookId,
        _: Kind,
        bad: &[BadRecord],
    ) -> Result<Vec<BadRecord>, StoreError> {
        Ok(bad.to_vec())
    }

    /// What could not be read from the source at the last pull, and waits.
    async fn bad_records(&self, tenant: &TenantId) -> Result<Vec<BadRecord>, StoreError>;
}
