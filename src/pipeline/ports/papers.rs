//! The mirror of the ledger's papers: number with type, stamp, version, standing, total, and the payments on each.

use super::error::StoreError;
use crate::model::{BookId, Key, Kind, LedgerInvoice, TenantId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Most papers of one contact that are looked at for one that has lost its stamp.
pub const MAX_PAPERS: usize = 500;

/// By what papers of one kind are asked for. A number is only unique within its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PaperKeys<'a> {
    /// The ledger's ids.
    pub ids: &'a [String],
    /// Our stamps.
    pub marks: &'a [String],
    /// Numbers.
    pub numbers: &'a [String],
}

/// How far the mirror of a kind goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// When the ledger was last asked, by our clock.
    pub at: DateTime<Utc>,
    /// The latest change that the ledger has told of, by its own clock; `None` where it tells no times.
    pub until: Option<DateTime<Utc>>,
}

/// The mirror of the ledger's papers.
#[async_trait]
pub trait Papers: Send + Sync {
    /// How far the mirror of a kind goes; `None` before it was filled.
    async fn papers_looked(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
    ) -> Result<Option<Looked>, StoreError>;

    /// Puts papers that were read at a time into the mirror, without their lines; with `done` the mirror of their kind
    /// goes so far.
    async fn put_papers(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        papers: &[LedgerInvoice],
        at: DateTime<Utc>,
        done: Option<Looked>,
    ) -> Result<(), StoreError>;

    /// Forgets a paper that the ledger, asked for it by its id, does not have any more: no list of changes tells that.
    async fn forget_paper(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        id: &str,
    ) -> Result<(), StoreError>;

    /// Papers of a kind that answer to any of the keys, each once, in the order of their ids.
    async fn papers(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        keys: PaperKeys<'_>,
    ) -> Result<Vec<LedgerInvoice>, StoreError>;

    /// Papers of a kind for one contact that carry no stamp of ours, that no link leads to, and that were first seen at
    /// or after a time; at most [`MAX_PAPERS`].
    async fn unstamped_papers(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        contact: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<LedgerInvoice>, StoreError>;

    /// Whether something of the ledger that no link leads to stood for something of ours before: a person has taken that back, or it
    /// is there no more.
    async fn stood_for_some(&self, tenant: &TenantId, there: &Key) -> Result<bool, StoreError> {
        let _ = (tenant, there);
        Ok(false)
    }

    /// Papers of a kind for one contact that carry a stamp and that no link leads to; at most [`MAX_PAPERS`].
    async fn stray_papers(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        contact: &str,
    ) -> Result<Vec<LedgerInvoice>, StoreError>;
}
