//! Token rows in memory: for tests, and for demonstrations whose connections last as long as the process.

use super::{Escrow, TokenRow, TokenStatus, TokenStore, Who};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

type TokenRows = Mutex<BTreeMap<Who, TokenRow>>;

fn lock(rows: &TokenRows) -> MutexGuard<'_, BTreeMap<Who, TokenRow>> {
    rows.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A [`TokenStore`] in memory.
#[derive(Default)]
pub struct MemoryTokens(TokenRows);

impl MemoryTokens {
    /// Puts a row in, as connecting does.
    pub fn connect(&self, who: Who, row: TokenRow) {
        lock(&self.0).insert(who, row);
    }
}

#[async_trait]
impl TokenStore for MemoryTokens {
    async fn load(&self, who: &Who) -> Result<Option<TokenRow>, String> {
        Ok(lock(&self.0).get(who).cloned())
    }

    async fn begin(
        &self,
        who: &Who,
        generation: i64,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<bool, String> {
        let mut rows = lock(&self.0);
        let Some(row) = rows.get_mut(who) else {
            return Ok(false);
        };
        let free = match row.status {
            TokenStatus::Idle => true,
            TokenStatus::Refreshing { lease_until } => lease_until <= now,
        };
        if !free || row.generation != generation || row.reconnect.is_some() {
            return Ok(false);
        }
        row.status = TokenStatus::Refreshing { lease_until };
        Ok(true)
    }

    async fn save(&self, who: &Who, from: i64, next: TokenRow) -> Result<bool, String> {
        let mut rows = lock(&self.0);
        let Some(row) = rows.get_mut(who).filter(|r| r.generation == from) else {
            return Ok(false);
        };
        *row = next;
        Ok(true)
    }

    async fn release(&self, who: &Who, generation: i64) -> Result<(), String> {
        if let Some(row) = lock(&self.0).get_mut(who)
            && row.generation == generation
        {
            row.status = TokenStatus::Idle;
        }
        Ok(())
    }

    async fn spoil(&self, who: &Who, generation: i64, why: &str) -> Result<(), String> {
        if let Some(row) = lock(&self.0).get_mut(who)
            && row.generation == generation
        {
            row.status = TokenStatus::Idle;
            row.reconnect = Some(why.to_owned());
        }
        Ok(())
    }
}

/// An [`Escrow`] in memory: for tests.
#[derive(Default)]
pub struct MemoryEscrow(TokenRows);

#[async_trait]
impl Escrow for MemoryEscrow {
    async fn put(&self, who: &Who, row: &TokenRow) -> Result<(), String> {
        lock(&self.0).insert(who.clone(), row.clone());
        Ok(())
    }
    async fn get(&self, who: &Who) -> Result<Option<TokenRow>, String> {
        Ok(lock(&self.0).get(who).cloned())
    }
    async fn clear(&self, who: &Who) -> Result<(), String> {
        lock(&self.0).remove(who);
        Ok(())
    }
}

/// No escrow: a token that cannot be committed is lost with the process.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoEscrow;

#[async_trait]
impl Escrow for NoEscrow {
    async fn put(&self, _: &Who, _: &TokenRow) -> Result<(), String> {
        Ok(())
    }
    async fn get(&self, _: &Who) -> Result<Option<TokenRow>, String> {
        Ok(None)
    }
    async fn clear(&self, _: &Who) -> Result<(), String> {
        Ok(())
    }
}
