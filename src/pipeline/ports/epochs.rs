//! What a store knows of its own age: the epoch, and what the ledger shows that it did not know.

use super::error::StoreError;
use crate::model::{Epoch, LedgerInvoice, TenantId};
use crate::pipeline::lease::Lease;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// A paper as a list of changes told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPaper {
    /// The paper.
    pub paper: LedgerInvoice,
    /// When it was changed last, by the ledger's clock; where that is not told, when the list before was asked for.
    pub written: Option<DateTime<Utc>>,
}

/// What a store knows of its own age. One that cannot be copied or put back knows nothing, and needs to do nothing.
#[async_trait]
pub trait Epochs: Send + Sync {
    /// The epoch now. One that begins later than now, since the clock went back, begins anew.
    async fn epoch(&self, now: DateTime<Utc>) -> Result<Epoch, StoreError> {
        let _ = now;
        Ok(Epoch::default())
    }

    /// The first bytes of a run's first write are about to leave, and their intent is stored: whatever copy was made of
    /// the store before is behind from now on.
    async fn about_to_send(
        &self,
        lease: &Lease,
        run: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let _ = (lease, run, now);
        Ok(())
    }

    /// Looks for stamps of ours on papers that changed in the ledger which the journal does not know as sent. One such
    /// begins a new epoch, or stops all writes.
    async fn strangers(
        &self,
        tenant: &TenantId,
        papers: &[ListedPaper],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let _ = (tenant, papers, now);
        Ok(())
    }

    /// A stamp that stands in the ledger is ours, as a decision or a look before sending has found: the same, where the
    /// journal does not know it as sent. What bears it is told by `label`.
    async fn ours_seen(
        &self,
        tenant: &TenantId,
        mark: &str,
        label: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let _ = (tenant, mark, label, now);
        Ok(())
    }
}
