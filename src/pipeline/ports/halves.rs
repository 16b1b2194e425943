//! What the two halves of a tenant know of one another, where payments come back.

use super::error::StoreError;
use crate::model::{BookId, Fingerprint, Key, LedgerInvoice, Link, TenantId};
use async_trait::async_trait;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// A paper of the tenant's own on which the ledger shows money that is not ours, or no more what was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidThere {
    /// Where it stands among those that were noticed.
    pub seq: i64,
    /// The paper, as the mirror has it.
    pub paper: LedgerInvoice,
    /// The link of the tenant's document that leads to it; none by now where a person has taken it away.
    pub link: Option<Link>,
    /// The links of what is on it.
    pub payments: Vec<Link>,
    /// The payments on it that the tenant's forward half made for another paper, by the ledger's ids: people moved them.
    pub moved: BTreeSet<String>,
}

/// A payment that people entered in the ledger, and that the backward half brought to the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtBack {
    /// What it is linked with.
    pub link: Link,
    /// The day as of which it was entered at the source.
    pub date: NaiveDate,
    /// Whether what the source says of its document was read after that.
    pub read_since: bool,
}

/// The mirror, as a backward half reads it.
#[async_trait]
pub trait Halves: Send + Sync {
    /// Papers of a tenant that were noticed after one, in that order.
    async fn paid_there(
        &self,
        tenant: &TenantId,
        book: &BookId,
        after: i64,
        most: usize,
    ) -> Result<Vec<PaidThere>, StoreError>;

    /// One by its number or the ledger's id.
    async fn paid_there_of(
        &self,
        tenant: &TenantId,
        book: &BookId,
        name: &str,
    ) -> Result<Option<PaidThere>, StoreError>;

    /// The payments on a paper that were brought to the source, and whether a version of its document was read since.
    async fn brought_on(
        &self,
        tenant: &TenantId,
        paper: &Key,
        document: (&Key, &Fingerprint),
    ) -> Result<Vec<BroughtBack>, StoreError>;

    /// Links things that are linked with nothing yet.
    async fn keep_links(&self, tenant: &TenantId, all: &[Link]) -> Result<(), StoreError>;
}
