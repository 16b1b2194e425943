//! The ledger as it was last read: its chart, and the mirror of its contacts.

use super::error::StoreError;
use crate::model::{BookId, Chart, ContactsCut, Fingerprint, LedgerContact, TenantId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Most contacts that one key finds.
pub const MAX_CANDIDATES: usize = 100;

/// Contacts of the mirror that answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MirrorFound {
    /// The contacts, in the order of their ids.
    pub contacts: Vec<LedgerContact>,
    /// Which keys have more than are listed.
    pub cut: ContactsCut,
}

/// By what contacts of the mirror are asked for; an empty key finds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContactKeys<'a> {
    /// The ledger's id.
    pub id: &'a str,
    /// The name; case and runs of white space do not count.
    pub name: &'a str,
    /// The e-mail address, compared like a name.
    pub email: &'a str,
    /// The number an integration gave it.
    pub number: &'a str,
    /// The telephone number, of which digits count.
    pub phone: &'a str,
    /// The mobile number, of which digits count.
    pub mobile: &'a str,
}

/// The ledger as it was last read.
#[async_trait]
pub trait Mirror: Send + Sync {
    /// When the mirror of the ledger's contacts was last brought up to date.
    async fn mirrored(
        &self,
        tenant: &TenantId,
        book: &BookId,
    ) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Puts contacts into the mirror; with `done` the mirror is up to date as of that time.
    async fn mirror(
        &self,
        tenant: &TenantId,
        book: &BookId,
        contacts: &[LedgerContact],
        done: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError>;

    /// Takes contacts out of the mirror that the ledger has no more, by its ids.
    async fn forget_contacts(
        &self,
        tenant: &TenantId,
        book: &BookId,
        ids: &[String],
    ) -> Result<(), StoreError>;

    /// Mirror contacts that answer to a key, in the order of their ids. Each key is looked up by itself, so that many answers to one never hide the answer to another; at most
    /// [`MAX_CANDIDATES`] answer to a key, and it is said where there are more.
    async fn mirror_find(
        &self,
        tenant: &TenantId,
        book: &BookId,
        keys: ContactKeys<'_>,
    ) -> Result<MirrorFound, StoreError>;

    /// Some contacts of the mirror after an id, in the order of their ids.
    async fn contacts_after(
        &self,
        tenant: &TenantId,
        book: &BookId,
        after: &str,
        most: usize,
    ) -> Result<Vec<LedgerContact>, StoreError>;

    /// The chart as last read, and when.
    async fn chart(
        &self,
        tenant: &TenantId,
        book: &BookId,
    ) -> Result<Option<(Chart, DateTime<Utc>)>, StoreError>;

    /// A chart by its hash: the one an earlier decision used.
    async fn chart_of(
        &self,
        tenant: &TenantId,
        hash: &Fingerprint,
    ) -> Result<Option<Chart>, StoreError>;

    /// Stores the chart: every content once.
    async fn set_chart(
        &self,
        tenant: &TenantId,
        book: &BookId,
        chart: &Chart,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;
}
