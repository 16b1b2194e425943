//! Tokens, keys and the day's counts, kept for the connectors. Secrets are sealed; nothing here shows them.

use super::Store;
use super::private::{private_file, private_folder};
use super::rows::{blob, maybe_time, number, text, time};
use super::seal::Seal;
use super::sql::{Conn, sql};
use crate::connectors::auth::{Escrow, TokenRow, TokenStatus, TokenStore, Who};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The store, with the key that opens its secrets.
#[derive(Clone)]
pub struct TokenVault {
    pub(super) store: Store,
    seal: Seal,
}

#[derive(Serialize, Deserialize)]
struct Secrets {
    access: String,
    refresh: Option<String>,
    previous: Option<String>,
    received: DateTime<Utc>,
    expires: Option<DateTime<Utc>>,
    reconnect: Option<String>,
}

fn reveal(s: &Option<SecretString>) -> Option<String> {
    s.as_ref().map(|s| s.expose_secret().to_owned())
}

impl Secrets {
    fn of(row: &TokenRow) -> Self {
        Self {
            access: row.access.expose_secret().to_owned(),
            refresh: reveal(&row.refresh),
            previous: reveal(&row.previous),
            received: row.received,
            expires: row.expires,
            reconnect: row.reconnect.clone(),
        }
    }

    fn row(self, generation: i64, status: TokenStatus) -> TokenRow {
        TokenRow {
            generation,
            access: self.access.into(),
            received: self.received,
            expires: self.expires,
            refresh: self.refresh.map(Into::into),
            previous: self.previous.map(Into::into),
            status,
            reconnect: self.reconnect,
        }
    }
}

pub(super) fn said(e: impl std::fmt::Display) -> String {
    e.to_string()
}

impl TokenVault {
    /// Over a store and its key.
    pub fn new(store: Store, seal: Seal) -> Self {
        Self { store, seal }
    }

    pub(super) async fn db(&self) -> Result<Conn, String> {
        self.store.db().await.map_err(said)
    }

    async fn read(&self) -> Result<Conn, String> {
        self.store.read().await.map_err(said)
    }

    fn sealed(&self, who: &Who, row: &TokenRow) -> Result<Vec<u8>, String> {
        let text = zeroize::Zeroizing::new(serde_json::to_string(&Secrets::of(row)).map_err(said)?);
        self.seal
            .seal(who.connection.as_str(), text.as_bytes())
            .map_err(said)
    }

    fn opened(&self, connection: &str, bytes: &[u8]) -> Result<Secrets, String> {
        let plain = self.seal.open(connection, bytes).map_err(said)?;
        serde_json::from_slice(&plain).map_err(|_| "a stored token cannot be read".to_owned())
    }

    /// Keeps what a connection begins with: a key, or the tokens of a sign-in.
    ///
    /// # Errors
    /// A sentence.
    pub async fn connect(&self, who: &Who, system: &str, row: &TokenRow) -> Result<(), String> {
        sql(
            "INSERT INTO tokens (connection, system, gen, status, body) VALUES ($1,$2,$3,'idle',$4)
             ON CONFLICT (connection) DO UPDATE SET gen = tokens.gen + 1, status = 'idle', lease = NULL,
               system = excluded.system, body = excluded.body",
        )
        .bind(who.connection.as_str())
        .bind(system)
        .bind(row.generation)
        .bind(self.sealed(who, row)?)
        .run(&mut *self.db().await?)
        .await
        .map_err(said)?;
        Ok(())
    }

    /// Keeps a secret that belongs to a connection, such as the secret of its OAuth client.
    ///
    /// # Errors
    /// A sentence.
    pub async fn keep_secret(&self, name: &str, secret: &SecretString) -> Result<(), String> {
        let sealed = self
            .seal
            .seal(name, secret.expose_secret().as_bytes())
            .map_err(said)?;
        sql(
            "INSERT INTO tokens (connection, system, gen, status, body) VALUES ($1,'secret',1,'idle',$2)
             ON CONFLICT (connection) DO UPDATE SET body = excluded.body",
        )
        .bind(name)
        .bind(sealed)
        .run(&mut *self.db().await?)
        .await
        .map_err(said)?;
        Ok(())
    }

    /// A secret that belongs to a connection.
    ///
    /// # Errors
    /// A sentence.
    pub async fn secret(&self, name: &str) -> Result<Option<SecretString>, String> {
        let sealed = sql("SELECT body FROM tokens WHERE connection = $1 AND system = 'secret'")
            .bind(name)
            .maybe(&mut *self.read().await?, |r| blob(r, "body"))
            .await
            .map_err(said)?;
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let plain = self.seal.open(name, &sealed).map_err(said)?;
        let text = std::str::from_utf8(&plain).map_err(said)?;
        Ok(Some(text.to_owned().into()))
    }

    /// Whether a connection has been made.
    ///
    /// # Errors
    /// A sentence.
    pub async fn connected(&self, connection: &str) -> Result<bool, String> {
        sql("SELECT 1 FROM tokens WHERE connection = $1 AND system <> 'secret'")
            .bind(connection)
            .any(&mut *self.read().await?)
            .await
            .map_err(said)
    }
}

#[async_trait]
impl TokenStore for TokenVault {
    async fn load(&self, who: &Who) -> Result<Option<TokenRow>, String> {
        let name = who.connection.as_str();
        let row = sql("SELECT * FROM tokens WHERE connection = $1 AND system <> 'secret'")
            .bind(name)
            .maybe(&mut *self.read().await?, |r| {
                let status = match (text(r, "status")?.as_str(), maybe_time(r, "lease")?) {
                    ("refreshing", Some(lease_until)) => TokenStatus::Refreshing { lease_until },
                    _ => TokenStatus::Idle,
                };
                Ok((blob(r, "body")?, number(r, "gen")?, status))
            })
            .await
            .map_err(said)?;
        let Some((sealed, generation, status)) = row else {
            return Ok(None);
        };
        let secrets = self.opened(name, &sealed)?;
        Ok(Some(secrets.row(generation, status)))
    }

    async fn begin(
        &self,
        who: &Who,
        generation: i64,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<bool, String> {
        let done = sql(
            "UPDATE tokens SET status = 'refreshing', lease = $1, holder = $5
              WHERE connection = $2 AND gen = $3 AND (status = 'idle' OR lease <= $4)",
        )
        .bind(time(lease_until))
        .bind(who.connection.as_str())
        .bind(generation)
        .bind(time(now))
        .bind(if self.store.is_worker() { "worker" } else { "" })
        .run(&mut *self.db().await?)
        .await
        .map_err(said)?;
        Ok(done == 1)
    }

    async fn save(&self, who: &Who, from: i64, next: TokenRow) -> Result<bool, String> {
        let done = sql(
            "UPDATE tokens SET gen = $1, status = 'idle', lease = NULL, body = $2 WHERE connection = $3 AND gen = $4",
        )
        .bind(next.generation)
        .bind(self.sealed(who, &next)?)
        .bind(who.connection.as_str())
        .bind(from)
        .run(&mut *self.db().await?)
        .await
        .map_err(said)?;
        Ok(done == 1)
    }

    async fn release(&self, who: &Who, generation: i64) -> Result<(), String> {
        sql("UPDATE tokens SET status = 'idle', lease = NULL WHERE connection = $1 AND gen = $2")
            .bind(who.connection.as_str())
            .bind(generation)
            .run(&mut *self.db().await?)
            .await
            .map_err(said)?;
        Ok(())
    }

    async fn spoil(&self, who: &Who, generation: i64, why: &str) -> Result<(), String> {
        let Some(mut row) = self.load(who).await? else {
            return Ok(());
        };
        if row.generation != generation {
            return Ok(());
        }
        row.reconnect = Some(why.to_owned());
        self.save(who, generation, row).await.map(|_| ())
    }
}

/// Escrow files beside the database: a new token is on the disk, sealed, before anything else is done with it.
pub struct EscrowFiles {
    folder: PathBuf,
    tokens: TokenVault,
}

impl EscrowFiles {
    /// In a folder.
    pub fn new(folder: PathBuf, tokens: TokenVault) -> Self {
        Self { folder, tokens }
    }

    fn path(&self, who: &Who) -> PathBuf {
        self.folder.join(format!("{}.escrow", who.connection))
    }
}

#[async_trait]
impl Escrow for EscrowFiles {
    async fn put(&self, who: &Who, row: &TokenRow) -> Result<(), String> {
        use std::io::Write;
        let sealed = self.tokens.sealed(who, row)?;
        let mut bytes = row.generation.to_be_bytes().to_vec();
        bytes.extend_from_slice(&sealed);
        private_folder(&self.folder).map_err(said)?;
        let temporary = self.path(who).with_extension("tmp");
        let mut file = private_file()
            .create(true)
            .truncate(true)
            .open(&temporary)
            .map_err(said)?;
        file.write_all(&bytes).map_err(said)?;
        file.sync_all().map_err(said)?;
        std::fs::rename(&temporary, self.path(who)).map_err(said)
    }

    async fn get(&self, who: &Who) -> Result<Option<TokenRow>, String> {
        let bytes = match std::fs::read(self.path(who)) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(said(e)),
        };
        let (Some(generation), Some(sealed)) = (bytes.first_chunk::<8>(), bytes.get(8..)) else {
            return Ok(None);
        };
        let secrets = self.tokens.opened(who.connection.as_str(), sealed)?;
        let generation = i64::from_be_bytes(*generation);
        Ok(Some(secrets.row(generation, TokenStatus::Idle)))
    }

    async fn clear(&self, who: &Who) -> Result<(), String> {
        match std::fs::remove_file(self.path(who)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(said(e)),
            _ => Ok(()),
        }
    }
}
