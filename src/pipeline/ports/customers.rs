//! The customers of a source, by the values under which contacts are looked for, and whose contact of the ledger is whose.

use super::error::StoreError;
use crate::model::{BookId, SourceId, TenantId};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// A customer of a source, and by what others are compared with it.
#[derive(Debug, Clone, Copy)]
pub struct CustomerKeys<'a> {
    /// Its book.
    pub book: &'a BookId,
    /// Its id, under which it is linked.
    pub id: &'a SourceId,
    /// Who it is, where several ids stand for one customer: those are no others.
    pub party: &'a str,
    /// Its name; case and runs of white space do not count.
    pub name: &'a str,
    /// Its e-mail address, compared like a name.
    pub email: &'a str,
    /// The name of the client of which it is a site, where sites bear that name too: others of another client are not of
    /// its name then. `None` counts all of its name.
    pub parent: Option<&'a str>,
}

/// Who else of the source has a customer's values: of each, one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alike {
    /// The e-mail address.
    pub email: Option<AlikeCustomer>,
    /// The name.
    pub name: Option<AlikeCustomer>,
    /// Both.
    pub both: Option<AlikeCustomer>,
    /// Whether the customer itself was seen with several e-mail addresses.
    pub several: bool,
}

/// Another customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlikeCustomer {
    /// Its id at the source.
    pub id: String,
    /// Its name, folded.
    pub name: String,
    /// Its e-mail address, folded.
    pub email: String,
}

/// The customers of a source.
#[async_trait]
pub trait Customers: Send + Sync {
    /// Other customers of the source with the same values; an empty value finds nobody.
    async fn alike(&self, tenant: &TenantId, keys: CustomerKeys<'_>) -> Result<Alike, StoreError>;

    /// Who a customer of an id is; the id where nothing else is known.
    async fn party(&self, tenant: &TenantId, book: &BookId, id: &str)
    -> Result<String, StoreError>;

    /// Of some contacts of a ledger, those that are linked with another customer of the source than this one, with one such
    /// customer's id.
    async fn owners(
        &self,
        tenant: &TenantId,
        source: (&BookId, &str),
        ledger: &BookId,
        contacts: &[&str],
    ) -> Result<BTreeMap<String, String>, StoreError>;
}
