//! One statement: its text, what is bound to it, and what is read from its rows.
//!
//! Flows in: SQL that SQLite and PostgreSQL share, with `$1`. Flows out: rows as nouns, or how many rows were changed,
//! with the database's errors made the store's own.

use super::failed::db;
use crate::pipeline::ports::StoreError;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Connection, Encode, Executor, Sqlite, SqliteConnection, Transaction, Type};
use std::ops::{Deref, DerefMut};

/// A connection, alone or inside a transaction.
pub type Db = SqliteConnection;

/// A statement.
pub struct Sql(Query<'static, Sqlite, SqliteArguments>);

/// A statement of this text.
pub fn sql(text: &'static str) -> Sql {
    Sql(sqlx::query(text))
}

/// A limit as a column takes it.
pub fn limit(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Sql {
    /// Binds the next value.
    pub fn bind<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(self, value: T) -> Self {
        Self(self.0.bind(value))
    }

    /// Carries it out; answers how many rows it changed.
    pub async fn run(self, on: &mut Db) -> Result<u64, StoreError> {
        let done = on.execute(self.0).await;
        Ok(told(on, done).await?.rows_affected())
    }

    /// Every row.
    pub async fn all<T>(
        self,
        on: &mut Db,
        read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = on.fetch_all(self.0).await;
        told(on, rows).await?.iter().map(read).collect()
    }

    /// The first row, if there is one.
    pub async fn maybe<T>(
        self,
        on: &mut Db,
        read: impl FnOnce(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let row = on.fetch_optional(self.0).await;
        told(on, row).await?.as_ref().map(read).transpose()
    }

    /// The one row there must be.
    pub async fn one<T>(
        self,
        on: &mut Db,
        read: impl FnOnce(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let row = on.fetch_one(self.0).await;
        read(&told(on, row).await?)
    }

    /// Whether there is a row.
    pub async fn any(self, on: &mut Db) -> Result<bool, StoreError> {
        let row = on.fetch_optional(self.0).await;
        Ok(told(on, row).await?.is_some())
    }
}

/// An answer, with an error made the store's own.
///
/// Some errors, a full disk among them, end the transaction at the database, and the driver does not notice: its own
/// roll-back then fails, and the transaction counts as open for ever. So that there is one to roll back, an empty one
/// is begun; where the old one is open still, that is refused and does no harm.
async fn told<T>(on: &mut Db, done: Result<T, sqlx::Error>) -> Result<T, StoreError> {
    if done.is_err() && on.is_in_transaction() {
        let _ = on.execute("BEGIN").await;
    }
    done.map_err(db)
}

/// A transaction: all of it counts, or nothing; dropped, nothing.
pub struct Tx(Transaction<'static, Sqlite>);

impl Tx {
    pub(super) fn new(tx: Transaction<'static, Sqlite>) -> Self {
        Self(tx)
    }

    /// Makes it count. On the disk when this answers.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.0.commit().await.map_err(db)
    }
}

impl Deref for Tx {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Db {
        &mut self.0
    }
}
