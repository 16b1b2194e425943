//! Who we are to a vendor: tokens, and how one is renewed without ever being lost.
//!
//! Flows in: the name of a connection. Flows out: a [`Bearer`] that is valid now, or [`AuthError`] with what to do.
//! Refuses: to renew a token twice for one generation, and to go on asking after `invalid_grant`.
//! Bounded by: one renewal a connection at a time over all processes (a lease of [`LEASE_S`] seconds).
//!
//! A refresh token is good for one use. So the new one is written to an escrow file, then committed to the store,
//! and only then used. [`refresh`] has the order and what each crash leaves behind; [`flow`] is how a connection is
//! made in the first place; [`memory`] keeps rows for tests and for keys that never change.

pub mod flow;
pub mod memory;
pub mod refresh;

pub use flow::{App, ClientAuth, FlowError, Started};
pub use memory::{MemoryEscrow, MemoryTokens, NoEscrow};
pub use refresh::{Apps, OAuthTokens};

use crate::model::{ConnectionName, TenantId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;

/// How long one renewal holds its connection, in seconds.
pub const LEASE_S: i64 = 60;

/// Whose connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    /// The tenant.
    pub tenant: TenantId,
    /// The connection.
    pub connection: ConnectionName,
}

/// A token to send, and which generation of its connection's tokens it is. Its `Debug` does not show it.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// The token.
    pub token: SecretString,
    /// Its generation.
    pub generation: i64,
}

impl Bearer {
    /// What a call carries that shows nobody.
    pub fn nobody() -> Self {
        Self {
            token: SecretString::from(String::new()),
            generation: 0,
        }
    }
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The connection was never made.
    #[error("the connection has not been made yet")]
    NotConnected,
    /// The connection must be made again by a person.
    #[error("{0}")]
    Reconnect(String),
    /// The vendor's token endpoint gave no usable answer, and the token at hand has expired. Trying later may help.
    #[error("{0}")]
    Unreachable(String),
    /// The row cannot be read or saved.
    #[error("{0}")]
    Store(String),
}

/// Gives tokens to those who call vendors.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// A token that is valid now.
    async fn bearer(&self, who: &Who) -> Result<Bearer, AuthError>;
    /// A token after the vendor refused one: the next generation, made at most once. A key has none: it is
    /// given again after a moment, since a gateway may err once.
    async fn refused(&self, who: &Who, used: &Bearer) -> Result<Bearer, AuthError>;
    /// What [`Tokens::refused`] gave was refused as well. When that happens again and again, with nothing accepted
    /// in between, a person must connect again, and until then nothing is asked of the vendor.
    async fn ended(&self, who: &Who, used: &Bearer, why: &str) -> Result<(), AuthError>;
    /// The vendor took a token of this connection.
    fn accepted(&self, who: &Who);
}

/// Whether a renewal is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenStatus {
    /// No.
    Idle,
    /// Yes, until the lease ends.
    Refreshing {
        /// When the lease ends.
        lease_until: DateTime<Utc>,
    },
}

/// The row of one connection. Secrets are encrypted by the store; `Debug` does not show them.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// Counts renewals, from 1.
    pub generation: i64,
    /// The access token, or the key.
    pub access: SecretString,
    /// When it was received.
    pub received: DateTime<Utc>,
    /// When it stops being good; `None` for a key that does not expire.
    pub expires: Option<DateTime<Utc>>,
    /// The refresh token; `None` for a key.
    pub refresh: Option<SecretString>,
    /// The refresh token before this one, kept for a vendor that still takes it for a while.
    pub previous: Option<SecretString>,
    /// Whether a renewal is under way.
    pub status: TokenStatus,
    /// Why a person must connect again, once that is so.
    pub reconnect: Option<String>,
}

impl TokenRow {
    /// The row of a key that does not expire.
    pub fn key(key: SecretString, now: DateTime<Utc>) -> Self {
        Self {
            generation: 1,
            access: key,
            received: now,
            expires: None,
            refresh: None,
            previous: None,
            status: TokenStatus::Idle,
            reconnect: None,
        }
    }
}

/// Keeps the rows. Every method is one transaction.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The row, if the connection was made.
    ///
    /// # Errors
    /// A sentence: the store cannot be read.
    async fn load(&self, who: &Who) -> Result<Option<TokenRow>, String>;
    /// `IDLE` (or an ended lease) at this generation becomes `REFRESHING`; answers whether this call did it.
    ///
    /// # Errors
    /// A sentence: the store cannot be written.
    async fn begin(
        &self,
        who: &Who,
        generation: i64,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<bool, String>;
    /// Puts in the next generation if the row still stands at `from`; answers whether it did.
    ///
    /// # Errors
    /// A sentence: the store cannot be written.
    async fn save(&self, who: &Who, from: i64, next: TokenRow) -> Result<bool, String>;
    /// `REFRESHING` at this generation becomes `IDLE` again, with nothing changed.
    ///
    /// # Errors
    /// A sentence: the store cannot be written.
    async fn release(&self, who: &Who, generation: i64) -> Result<(), String>;
    /// Marks that a person must connect again.
    ///
    /// # Errors
    /// A sentence: the store cannot be written.
    async fn spoil(&self, who: &Who, generation: i64, why: &str) -> Result<(), String>;
}

/// Keeps a new row safe for the moments between receiving it and committing it: an encrypted file, synced.
#[async_trait]
pub trait Escrow: Send + Sync {
    /// Writes and syncs.
    ///
    /// # Errors
    /// A sentence: it cannot be written.
    async fn put(&self, who: &Who, row: &TokenRow) -> Result<(), String>;
    /// What is there.
    ///
    /// # Errors
    /// A sentence: it cannot be read.
    async fn get(&self, who: &Who) -> Result<Option<TokenRow>, String>;
    /// Removes it, once it is committed.
    ///
    /// # Errors
    /// A sentence: it cannot be removed.
    async fn clear(&self, who: &Who) -> Result<(), String>;
}
