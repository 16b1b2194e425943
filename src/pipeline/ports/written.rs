//! What has been written, or is about to be: the journal's rows as people and decisions ask for them, and the links.

use super::error::StoreError;
use crate::model::{Kind, Link, SourceId, TenantId};
use crate::pipeline::write::WriteRow;
use async_trait::async_trait;

/// Writes and links, to be read.
#[async_trait]
pub trait Written: Send + Sync {
    /// Writes of a document.
    async fn writes(
        &self,
        tenant: &TenantId,
        document: &SourceId,
    ) -> Result<Vec<WriteRow>, StoreError>;

    /// The write of a thing at its source that was last linked.
    async fn last_linked(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<WriteRow>, StoreError>;

    /// A write by its natural key.
    async fn write(&self, tenant: &TenantId, key: &str) -> Result<Option<WriteRow>, StoreError>;

    /// A link.
    async fn link(
        &self,
        tenant: &TenantId,
        kind: Kind,
        id: &SourceId,
    ) -> Result<Option<Link>, StoreError>;
}
