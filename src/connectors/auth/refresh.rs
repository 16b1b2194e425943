//! Renewing a token: once a generation, saved before use.
//!
//! Flows in: a row and the time. Flows out: a row of the next generation, committed.
//! The order: lease, request, escrow, commit, use. A crash
//! before the request: the lease ends, the next one asks with the same token;
//! after the request, before escrow: the same, and a vendor with a grace takes the old token again;
//! after escrow: the escrow is committed, nothing is asked;
//! after the commit: nothing is left to do.
//! Refuses: a second request after `invalid_grant` but one, five seconds later; renewing a token
//! that is younger than `YOUNG_S`, since a vendor that refuses it refuses the connection; and anything more once
//! tokens that were just renewed (or a key) were not accepted `ENDS` times running: then a person must connect again.
//! Bounded by: `ROUNDS` looks at the row.

use super::flow::{self, App, FlowError};
use super::{AuthError, Bearer, Escrow, LEASE_S, TokenRow, TokenStatus, TokenStore, Tokens, Who};
use crate::clock::Clock;
use crate::connectors::http::Transport;
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How often the row is looked at before giving up on another process that holds the lease.
const ROUNDS: u32 = 240;
/// How long to wait between looks, in milliseconds.
const PAUSE_MS: i64 = 500;
/// How long to wait before the one other try after a refusal, in milliseconds.
const AGAIN_MS: i64 = 5000;
/// The same for a key, which a person may be waiting to see accepted.
const KEY_AGAIN_MS: i64 = 1000;
/// How often running a connection may end in a refusal before a person must connect again: a vendor's bad hour
/// must not cost every business a visit.
const ENDS: u32 = 3;
/// A token this young, in seconds, is not renewed because of a refusal.
const YOUNG_S: i64 = 60;
/// A token is not handed out when it has less than this left, in seconds.
const MARGIN_S: i64 = 90;
/// Renewed at least this often, in days, even when nothing is called: an idle refresh token expires.
const IDLE_DAYS: i64 = 7;

/// Says which client a connection uses.
#[async_trait]
pub trait Apps: Send + Sync {
    /// The client; `None` for a connection that uses a key.
    ///
    /// # Errors
    /// A sentence: it is not configured.
    async fn app(&self, who: &Who) -> Result<Option<App>, String>;
}

/// [`Tokens`] from rows that are renewed over OAuth 2; keys are handed out as they are.
pub struct OAuthTokens {
    store: Arc<dyn TokenStore>,
    escrow: Arc<dyn Escrow>,
    apps: Arc<dyn Apps>,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    locks: Mutex<BTreeMap<Who, Arc<tokio::sync::Mutex<()>>>>,
    /// Refusals running, since this process began.
    ends: Mutex<BTreeMap<Who, u32>>,
}

impl OAuthTokens {
    /// Over a store, an escrow, the clients and a transport.
    pub fn new(
        store: Arc<dyn TokenStore>,
        escrow: Arc<dyn Escrow>,
        apps: Arc<dyn Apps>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            escrow,
            apps,
            transport,
            clock,
            locks: Mutex::default(),
            ends: Mutex::default(),
        }
    }

    /// To be called before a run: [`Self::recover`] and [`Self::keep_alive`], of which neither has anything to do as a rule, so
    /// that one look is enough.
    ///
    /// # Errors
    /// [`AuthError`] of the connection.
    pub async fn tend(&self, who: &Who) -> Result<(), AuthError> {
        let Some(row) = self.load(who).await? else {
            return Ok(());
        };
        match self.recovered(who, &row).await? {
            true => self.keep_alive(who).await,
            false => self.kept_alive(who, &row).await,
        }
    }

    /// To be called at the start, before anything else: commits what an escrow holds and ends renewals that a
    /// crash left open.
    ///
    /// # Errors
    /// [`AuthError`] of the connection.
    pub async fn recover(&self, who: &Who) -> Result<(), AuthError> {
        match self.load(who).await? {
            Some(row) => self.recovered(who, &row).await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// Answers whether there was something to recover.
    async fn recovered(&self, who: &Who, row: &TokenRow) -> Result<bool, AuthError> {
        if self.take_escrow(who, row).await?.is_some() {
            return Ok(true);
        }
        match row.status {
            TokenStatus::Idle => Ok(false),
            TokenStatus::Refreshing { .. } => self.renewed(who, row.generation).await.map(|_| true),
        }
    }

    /// To be called daily: renews a connection that nothing was called on for a week.
    ///
    /// # Errors
    /// [`AuthError`] of the connection.
    pub async fn keep_alive(&self, who: &Who) -> Result<(), AuthError> {
        match self.load(who).await? {
            Some(row) => self.kept_alive(who, &row).await,
            None => Ok(()),
        }
    }

    async fn kept_alive(&self, who: &Who, row: &TokenRow) -> Result<(), AuthError> {
        let idle = self.clock.now() - row.received >= Duration::days(IDLE_DAYS);
        if row.refresh.is_some() && row.reconnect.is_none() && idle {
            self.renewed(who, row.generation).await?;
        }
        Ok(())
    }

    async fn load(&self, who: &Who) -> Result<Option<TokenRow>, AuthError> {
        self.store.load(who).await.map_err(AuthError::Store)
    }

    /// The row, which must be there and not spoilt.
    async fn usable(&self, who: &Who) -> Result<TokenRow, AuthError> {
        let row = self.load(who).await?.ok_or(AuthError::NotConnected)?;
        match row.reconnect {
            Some(why) => Err(AuthError::Reconnect(why)),
            None => Ok(row),
        }
    }

    fn lock_of(&self, who: &Who) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.entry(who.clone()).or_default().clone()
    }

    /// A row of a later generation than `from`: of whoever made it.
    async fn renewed(&self, who: &Who, from: i64) -> Result<TokenRow, AuthError> {
        // One task of this process at a time; other processes are kept off by the lease.
        let lock = self.lock_of(who);
        let _one = lock.lock().await;
        for _ in 0..ROUNDS {
            let row = self.usable(who).await?;
            if row.generation > from {
                return Ok(row);
            }
            if let Some(saved) = self.take_escrow(who, &row).await? {
                return Ok(saved);
            }
            let now = self.clock.now();
            let lease = now + Duration::seconds(LEASE_S);
            let begun = self.store.begin(who, row.generation, now, lease).await;
            if begun.map_err(AuthError::Store)? {
                return self.request(who, row).await;
            }
            self.pause(PAUSE_MS).await;
        }
        Err(AuthError::Unreachable(
            "another process has been renewing the token for two minutes".to_owned(),
        ))
    }

    async fn pause(&self, ms: i64) {
        let until = self.clock.now() + Duration::milliseconds(ms);
        self.clock.sleep_until(until).await;
    }

    /// Commits what an earlier process received and could not commit.
    async fn take_escrow(&self, who: &Who, row: &TokenRow) -> Result<Option<TokenRow>, AuthError> {
        let Some(kept) = self.escrow.get(who).await.map_err(AuthError::Store)? else {
            return Ok(None);
        };
        let fresh = kept.generation == row.generation + 1;
        if fresh {
            let saved = self.store.save(who, row.generation, kept.clone()).await;
            if !saved.map_err(AuthError::Store)? {
                return Ok(None);
            }
        }
        self.escrow.clear(who).await.map_err(AuthError::Store)?;
        Ok(fresh.then_some(kept))
    }

    /// Asks the vendor. The lease is held.
    async fn request(&self, who: &Who, row: TokenRow) -> Result<TokenRow, AuthError> {
        let app = match self.apps.app(who).await {
            Ok(Some(app)) => app,
            Ok(None) => {
                self.release(who, &row).await?;
                return Err(AuthError::Reconnect("the key is not accepted".to_owned()));
            }
            Err(why) => {
                self.release(who, &row).await?;
                return Err(AuthError::Reconnect(why));
            }
        };
        let mut last = String::new();
        for attempt in 0..2 {
            let now = self.clock.now();
            match flow::renew(&app, &row, now, self.transport.as_ref()).await {
                Ok(next) => return self.keep(who, &row, next).await,
                Err(FlowError::InvalidGrant(why)) => {
                    // Someone else may have been faster: then theirs is good.
                    let current = self.usable(who).await?;
                    if current.generation > row.generation {
                        return Ok(current);
                    }
                    if let Some(saved) = self.take_escrow(who, &row).await? {
                        return Ok(saved);
                    }
                    last = why;
                    if attempt == 0 {
                        self.pause(AGAIN_MS).await;
                    }
                }
                Err(FlowError::Unknown(why)) if attempt == 0 && app.grace_s > 0 => {
                    // The vendor takes the old token again when its answer was lost.
                    tracing::warn!(connection = %who.connection, why, "the renewal got no answer; asking once more");
                    self.pause(1000).await;
                }
                Err(FlowError::Client(why)) => {
                    self.release(who, &row).await?;
                    return Err(AuthError::Reconnect(format!(
                        "the client is not accepted ({why}): check its id and secret"
                    )));
                }
                Err(other) => {
                    self.release(who, &row).await?;
                    return Err(AuthError::Unreachable(other.to_string()));
                }
            }
        }
        let why = format!("the connection was ended or its token was used elsewhere: {last}");
        self.store
            .spoil(who, row.generation, &why)
            .await
            .map_err(AuthError::Store)?;
        Err(AuthError::Reconnect(why))
    }

    async fn release(&self, who: &Who, row: &TokenRow) -> Result<(), AuthError> {
        let done = self.store.release(who, row.generation).await;
        done.map_err(AuthError::Store)
    }

    /// Escrow, commit, and only then use.
    async fn keep(&self, who: &Who, row: &TokenRow, next: TokenRow) -> Result<TokenRow, AuthError> {
        let escrowed = self.escrow.put(who, &next).await;
        let saved = self.store.save(who, row.generation, next.clone()).await;
        match (saved, escrowed) {
            (Ok(true), Ok(())) => {
                self.escrow.clear(who).await.map_err(AuthError::Store)?;
                Ok(next)
            }
            (Ok(true), Err(_)) => Ok(next),
            // Someone else's generation stands there: ours is worth nothing.
            (Ok(false), _) => self.usable(who).await,
            (Err(why), Ok(())) => Err(AuthError::Store(format!(
                "{why}; the new token is kept in the escrow file and will be saved at the next try"
            ))),
            (Err(why), Err(also)) => Err(AuthError::Store(format!(
                "{why}, and the escrow file cannot be written: {also}"
            ))),
        }
    }
}

fn bearer(row: &TokenRow) -> Bearer {
    Bearer {
        token: row.access.clone(),
        generation: row.generation,
    }
}

/// When a token is to be renewed: at 50 to 70 % of its life, each connection and generation at its own point, so
/// that many connections do not ask at once and others still hold a token that is good.
fn renew_at(who: &Who, row: &TokenRow, expires: DateTime<Utc>) -> DateTime<Utc> {
    let text = format!("{}/{}/{}", who.tenant, who.connection, row.generation);
    let hash = Sha256::digest(text.as_bytes());
    let byte = hash.first().copied().unwrap_or_default();
    let per_mille = 500 + i64::from(byte) * 200 / 255;
    row.received + Duration::milliseconds((expires - row.received).num_seconds() * per_mille)
}

#[async_trait]
impl Tokens for OAuthTokens {
    async fn bearer(&self, who: &Who) -> Result<Bearer, AuthError> {
        let row = self.usable(who).await?;
        let (Some(expires), Some(_)) = (row.expires, &row.refresh) else {
            return Ok(bearer(&row));
        };
        let now = self.clock.now();
        if now < renew_at(who, &row, expires) {
            return Ok(bearer(&row));
        }
        let good = now + Duration::seconds(MARGIN_S) < expires;
        let held =
            matches!(row.status, TokenStatus::Refreshing { lease_until } if lease_until > now);
        if good && held {
            // Someone is renewing it, and this one is still good.
            return Ok(bearer(&row));
        }
        match self.renewed(who, row.generation).await {
            Ok(next) => Ok(bearer(&next)),
            Err(AuthError::Unreachable(why)) if good => {
                tracing::warn!(connection = %who.connection, why, "the token could not be renewed; it is still good");
                Ok(bearer(&row))
            }
            Err(e) => Err(e),
        }
    }

    async fn refused(&self, who: &Who, used: &Bearer) -> Result<Bearer, AuthError> {
        let row = self.usable(who).await?;
        if row.generation > used.generation {
            return Ok(bearer(&row));
        }
        if row.refresh.is_none() {
            self.pause(KEY_AGAIN_MS).await;
            return Ok(bearer(&row));
        }
        if row.generation > 1 && self.clock.now() - row.received < Duration::seconds(YOUNG_S) {
            return Err(AuthError::Reconnect(
                "a token that was just renewed is not accepted".to_owned(),
            ));
        }
        self.renewed(who, used.generation).await.map(|r| bearer(&r))
    }

    async fn ended(&self, who: &Who, used: &Bearer, why: &str) -> Result<(), AuthError> {
        let times = {
            let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
            let times = ends.entry(who.clone()).or_default();
            *times += 1;
            *times
        };
        if times < ENDS {
            return Ok(());
        }
        self.accepted(who);
        // Of a later generation nothing is known: somebody connected again meanwhile.
        let done = self.store.spoil(who, used.generation, why).await;
        done.map_err(AuthError::Store)
    }

    fn accepted(&self, who: &Who) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.remove(who);
    }
}
