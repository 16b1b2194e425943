//! What has been written, or is about to be: the journal's rows as people and decisions ask for them, and the links.

use super::error::StoreError;
use crate::model::{Draft, Key, Link, SourceId, TenantId};
use crate::pipeline::write::WriteRow;
use async_trait::async_trait;
use std::collections::BTreeSet;

/// Writes and links, to be read.
#[async_trait]
pub trait Written: Send + Sync {
    /// Writes of a document.
    async fn writes(&self, tenant: &TenantId, document: &Key) -> Result<Vec<WriteRow>, StoreError>;

    /// The write of a thing that was last linked.
    async fn last_linked(
        &self,
        tenant: &TenantId,
        of: &Key,
    ) -> Result<Option<WriteRow>, StoreError>;

    /// A write by its natural key.
    async fn write(&self, tenant: &TenantId, key: &str) -> Result<Option<WriteRow>, StoreError>;

    /// The link of a thing.
    async fn link(&self, tenant: &TenantId, of: &Key) -> Result<Option<Link>, StoreError>;

    /// The links that lead to a thing from other books: several there may be matched with one.
    async fn links_to(&self, tenant: &TenantId, other: &Key) -> Result<Vec<Link>, StoreError>;

    /// Which of some documents, or some payments, of one book this workspace itself wrote there, by the links of any of its tenants: they are
    /// an echo and no news.
    async fn brought(
        &self,
        tenant: &TenantId,
        of: &[Key],
    ) -> Result<BTreeSet<SourceId>, StoreError>;

    /// What the two ends of a thing's link were last agreed to say, where that is known.
    async fn agreed(&self, tenant: &TenantId, of: &Key) -> Result<Option<Draft>, StoreError>;
}
