//! The books a tenant runs between.

use super::error::StoreError;
use crate::model::{BookId, TenantId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Which end of a tenant's flow a book is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Where documents come from.
    Source,
    /// Where they go.
    Ledger,
}

impl Side {
    /// The word used in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Source => "source",
            Side::Ledger => "ledger",
        }
    }

    /// The side a word names.
    pub fn parse(word: &str) -> Option<Self> {
        [Side::Source, Side::Ledger]
            .into_iter()
            .find(|s| s.as_str() == word)
    }
}

/// What is known of a book. What is empty is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookRow {
    /// Its word, for ever.
    pub book: BookId,
    /// Which end it is.
    pub side: Side,
    /// The system whose account it is.
    pub system: String,
    /// The connection that leads to it now.
    pub connection: String,
    /// What tells the account from others at its system: an organisation's id, a folder.
    pub organisation: String,
}

/// The books a tenant runs between now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InUse {
    /// Where documents come from.
    pub source: BookId,
    /// Where they go.
    pub ledger: BookId,
    /// What is to be kept of them, where it is new or has changed.
    pub news: Vec<BookRow>,
    /// Connections that were renamed: what they are called now, and what before.
    pub renamed: Vec<(String, String)>,
}

/// The books in use.
#[async_trait]
pub trait Books: Send + Sync {
    /// A tenant's books; none before its first run.
    async fn books(&self, tenant: &TenantId) -> Result<Vec<BookRow>, StoreError>;

    /// The book at one end of a tenant's flow; none before its first run.
    async fn book_at(&self, tenant: &TenantId, side: Side) -> Result<Option<BookId>, StoreError> {
        let all = self.books(tenant).await?;
        Ok(all.into_iter().find(|b| b.side == side).map(|b| b.book))
    }

    /// Keeps what is known of a book, with an audit row when another connection leads to it than before.
    async fn keep_book(
        &self,
        tenant: &TenantId,
        book: &BookRow,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;
}
