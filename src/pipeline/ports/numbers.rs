//! The port for numbers that documents are given of a tenant's own series.

use super::StoreError;
use crate::model::{BookId, Key, Kind, SeriesPlace, TenantId};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that were given, and how far a series goes.
#[async_trait]
pub trait GivenNumbers: Send + Sync {
    /// The number that a document was given.
    async fn given_number(
        &self,
        tenant: &TenantId,
        of: &Key,
    ) -> Result<Option<SeriesPlace>, StoreError>;

    /// The numbers that documents of a chunk were given; those that were given none are left out.
    async fn given_numbers(
        &self,
        tenant: &TenantId,
        of: &BTreeSet<Key>,
    ) -> Result<BTreeMap<Key, SeriesPlace>, StoreError>;

    /// The last place of a series that any tenant's document was given in a book.
    async fn last_given(
        &self,
        book: &BookId,
        kind: Kind,
        series: &str,
    ) -> Result<Option<i64>, StoreError>;

    /// The last of a series that the mirror of a book shows, whoever made it.
    async fn last_in_ledger(
        &self,
        tenant: &TenantId,
        book: &BookId,
        kind: Kind,
        of: &SeriesPlace,
    ) -> Result<Option<SeriesPlace>, StoreError>;
}
