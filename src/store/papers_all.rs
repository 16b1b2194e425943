//! All mirrored papers of a kind, a page at a time in the order of their ids: what a first sync is held against.

use super::Store;
use super::rows::paper;
use super::sql::{limit, sql};
use crate::model::{BookId, Kind, LedgerInvoice, TenantId};
use crate::pipeline::ports::StoreError;

/// Papers of one page.
const PAGE: usize = 500;

impl Store {
    /// Mirrored papers of a kind after an id, in the order of their ids; none once there are no more.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn papers_after(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        after: &str,
    ) -> Result<Vec<LedgerInvoice>, StoreError> {
        sql(
            "SELECT body, packed FROM mirror_papers WHERE tenant = $1 AND book = $2 AND kind = $3 AND id > $4
             ORDER BY id LIMIT $5",
        )
        .bind(tenant.as_str())
        .bind(book.as_str())
        .bind(kind.as_str())
        .bind(after)
        .bind(limit(PAGE))
        .all(&mut *self.read().await?, paper)
        .await
    }
}
