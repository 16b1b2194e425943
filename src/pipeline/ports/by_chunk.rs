//! What concerns many documents, asked for at once.
//!
//! Flows in: what a chunk of documents is about. Flows out: what the ports that ask for one would answer of each. What a
//! person has said is not asked for so: it may come in at any time.

use super::error::StoreError;
use crate::model::{BookId, Drift, Key, LedgerContact, Link, SourceId, SourceRecord, TenantId};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};

/// By what contacts of the mirror are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContactBy {
    /// The ledger's id.
    Id,
    /// The name, folded.
    Name,
    /// The e-mail address, folded.
    Email,
    /// The number an integration gave it.
    Number,
    /// The digits of the telephone number.
    Phone,
    /// The digits of the mobile number.
    Mobile,
}

/// By what customers of a source are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CustomerBy {
    /// The id.
    Id,
    /// The name, folded.
    Name,
    /// The e-mail address, folded.
    Email,
}

/// A customer of a source, as its records say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCustomer {
    /// Its id.
    pub id: String,
    /// Who it is, where several ids stand for one; else the id.
    pub party: String,
    /// Its name, folded.
    pub name: String,
    /// The folded name of the client of which it is a site, or empty.
    pub parent: String,
    /// Its e-mail address, folded.
    pub email: String,
    /// Whether it was seen with several e-mail addresses.
    pub several: bool,
}

/// What answers to some values, by the value: nothing of those that nothing answers to.
pub type ByValue<T> = BTreeMap<String, Vec<T>>;

/// What is asked for many things at once.
#[async_trait]
pub trait ByChunk: Send + Sync {
    /// Payments of a book by what its source calls them, on whichever document it keeps them: each with that.
    async fn payments_called(
        &self,
        tenant: &TenantId,
        book: &BookId,
        called: &[String],
    ) -> Result<Vec<(String, SourceId)>, StoreError>;

    /// The links of some things.
    async fn links(
        &self,
        tenant: &TenantId,
        of: &BTreeSet<Key>,
    ) -> Result<BTreeMap<Key, Link>, StoreError>;

    /// The newest versions of some documents' records.
    async fn newest_records(
        &self,
        tenant: &TenantId,
        of: &BTreeSet<Key>,
    ) -> Result<BTreeMap<Key, SourceRecord>, StoreError>;

    /// What was done to some documents and their payments, as far as it stands.
    async fn drifts_of(
        &self,
        tenant: &TenantId,
        documents: &BTreeSet<Key>,
    ) -> Result<BTreeMap<Key, Vec<Drift>>, StoreError>;

    /// Contacts of the mirror that answer to any of the values; nothing where there are too many to be told at once.
    async fn contacts_by(
        &self,
        tenant: &TenantId,
        book: &BookId,
        by: ContactBy,
        values: &BTreeSet<String>,
    ) -> Result<Option<ByValue<LedgerContact>>, StoreError>;

    /// Customers of a source that answer to any of the values; nothing where there are too many to be told at once.
    async fn customers_by(
        &self,
        tenant: &TenantId,
        book: &BookId,
        by: CustomerBy,
        values: &BTreeSet<String>,
    ) -> Result<Option<ByValue<KnownCustomer>>, StoreError>;
}
