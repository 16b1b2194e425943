//! What the write protocol needs remembered, and nothing more, so that a simulation can stand behind it.

use super::epochs::Epochs;
use super::error::StoreError;
use super::papers::Papers;
use crate::connectors::Encoded;
use crate::model::{Key, TenantId};
use crate::pipeline::lease::Lease;
use crate::pipeline::protocol::Settle;
use crate::pipeline::write::WriteRow;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// One stored request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its number.
    pub id: i64,
    /// The vendor's key.
    pub key: String,
    /// The exact bytes and where they go.
    pub encoded: Encoded,
}

/// A change to be committed with the fence checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Which write.
    pub write: i64,
    /// What became of it.
    pub settle: Settle,
}

/// What the write protocol needs remembered.
#[async_trait]
pub trait Journal: Papers + Epochs {
    /// Takes the flow for some seconds, or renews it; `None` when somebody else holds it.
    async fn lease(
        &self,
        tenant: &TenantId,
        holder: &str,
        now: DateTime<Utc>,
        seconds: i64,
    ) -> Result<Option<Lease>, StoreError>;

    /// Gives the flow back.
    async fn give_back(&self, lease: &Lease) -> Result<(), StoreError>;

    /// Whether the time given is more than five seconds before a time the store has seen: windows are then not to be trusted.
    async fn clock_went_back(&self, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Writes that may have left: sent, in doubt or being verified, oldest first.
    async fn doubtful(&self, tenant: &TenantId) -> Result<Vec<WriteRow>, StoreError>;

    /// Writes that may be sent now: ready, everything they need linked (and filled in), not waiting; one
    /// kind, lowest level first, payments in date order and after the changes of their document, creates or exactly
    /// one update; at most `limit`.
    /// With `only`, those of one document and of the contact it needs.
    async fn ready(
        &self,
        tenant: &TenantId,
        only: Option<&Key>,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<WriteRow>, StoreError>;

    /// A stored request.
    async fn batch(&self, tenant: &TenantId, id: i64) -> Result<Option<Batch>, StoreError>;

    /// Commits the intent: the writes are sent, by the run they name, under this key, with these bytes, now. Nothing may leave before it has returned.
    async fn intend(
        &self,
        lease: &Lease,
        writes: &[WriteRow],
        encoded: &Encoded,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError>;

    /// Commits that a request goes again, now.
    async fn again(&self, lease: &Lease, batch: i64, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Commits what became of writes: states, links, audit rows, the documents' journeys and the release
    /// of dependants, all in one transaction. With a lost lease nothing but the ledger's ids is recorded,
    /// as orphans for a person, and [`StoreError::LeaseLost`] is answered.
    async fn settle(
        &self,
        lease: &Lease,
        settled: &[Settled],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;
}
