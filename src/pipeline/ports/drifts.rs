//! What was done to what is posted, as it is kept: seen when the mirror of papers is brought up to date.

use super::error::StoreError;
use crate::model::{BookId, Drift, Key, Kind, Link, TenantId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

/// What was done to a document, and since when it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftRow {
    /// What was done.
    pub drift: Drift,
    /// The document it concerns.
    pub document: Key,
    /// Its number.
    pub number: String,
    /// Who it is to.
    pub contact: String,
    /// Its currency.
    pub currency: String,
    /// What it comes to, where that is known.
    pub total: Option<Decimal>,
    /// When it was first seen.
    pub seen: DateTime<Utc>,
    /// The run that told it first; empty before one did.
    pub run: String,
}

/// What was done to what is posted. It is kept by [`put_papers`](super::Papers::put_papers), which opens the document too.
#[async_trait]
pub trait Drifts: Send + Sync {
    /// What was done to a document and its payments, as far as it stands.
    async fn drifts(&self, tenant: &TenantId, document: &Key) -> Result<Vec<DriftRow>, StoreError>;

    /// All that was done at a tenant, kind by kind and oldest first, however much that is.
    async fn all_drifts(&self, tenant: &TenantId) -> Result<Vec<DriftRow>, StoreError>;

    /// Papers of a kind of which it is not known whether something was done to them, by the ledger's ids: a write of their
    /// document was under way when they were read.
    async fn unclear(&self, tenant: &TenantId, kind: Kind) -> Result<Vec<String>, StoreError>;

    /// The next posted documents of a book to be looked for at the source, where the list was left off; from the beginning
    /// after the last.
    async fn next_to_look_for(
        &self,
        tenant: &TenantId,
        book: &BookId,
        most: usize,
    ) -> Result<Vec<Key>, StoreError>;

    /// When documents of a book were last looked for at the source.
    async fn last_looked_for(
        &self,
        tenant: &TenantId,
        book: &BookId,
    ) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Which of these documents the source has no more, and which it has: the rest of what was asked for. With nothing asked
    /// for, the time alone is kept.
    async fn looked_for(
        &self,
        tenant: &TenantId,
        book: &BookId,
        asked: &[Key],
        gone: &[Key],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Takes the next posted documents of a source to be looked for in a ledger that tells of what was deleted only when it is
    /// asked: their links, where the list was left off, and from the beginning after the last.
    async fn take_next_there(
        &self,
        tenant: &TenantId,
        of: (&BookId, &BookId),
        most: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<Link>, StoreError> {
        let _ = (tenant, of, most, now);
        Ok(Vec::new())
    }
}
