//! One statement: its text, what is bound to it, and what is read from its rows.
//!
//! Flows in: SQL that SQLite and PostgreSQL share, with `$1`. Flows out: rows as nouns, or how many rows were changed,
//! with the database's errors made the store's own.

use super::counted::Asked;
use super::failed::db;
use super::wording::Overlay;
use crate::model::Key;
use crate::pipeline::ports::StoreError;
use sqlx::error::BoxDynError;
use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{
    Arguments as _, AssertSqlSafe, Connection, Encode, Executor, Sqlite, SqliteConnection,
    Transaction, Type,
};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A connection, alone or inside a transaction.
pub struct Db {
    on: On,
    /// In a rehearsal, what is laid over the file.
    overlay: Option<Arc<Overlay>>,
    /// What is counted of what is carried out.
    asked: Arc<Asked>,
}

enum On {
    Free(PoolConnection<Sqlite>),
    Tx(Transaction<'static, Sqlite>),
}

impl Db {
    /// The driver's connection.
    pub(super) fn raw(&mut self) -> &mut SqliteConnection {
        match &mut self.on {
            On::Free(conn) => conn,
            On::Tx(tx) => tx,
        }
    }
}

/// A statement.
pub struct Sql {
    text: &'static str,
    values: Result<SqliteArguments, BoxDynError>,
}

/// A statement of this text.
pub fn sql(text: &'static str) -> Sql {
    Sql {
        text,
        values: Ok(SqliteArguments::default()),
    }
}

/// A limit as a column takes it.
pub fn limit(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Sql {
    /// Binds the next value.
    pub fn bind<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(mut self, value: T) -> Self {
        if let Ok(values) = &mut self.values
            && let Err(e) = values.add(value)
        {
            self.values = Err(e);
        }
        self
    }

    /// Binds the three values of a key: book, kind and id.
    pub fn key(self, key: &Key) -> Self {
        let (book, id) = (key.book.as_str().to_owned(), key.id.0.clone());
        self.bind(book).bind(key.kind.as_str()).bind(id)
    }

    /// The statement as the driver takes it.
    fn query(
        self,
        on: &Db,
        counted: bool,
    ) -> Result<Query<'static, Sqlite, SqliteArguments>, StoreError> {
        let alone = counted && matches!(on.on, On::Free(_));
        on.asked.says(self.text, alone);
        let values = self.values.map_err(|e| db(sqlx::Error::Encode(e)))?;
        Ok(match &on.overlay {
            None => sqlx::query_with(self.text, values),
            Some(over) => sqlx::query_with(AssertSqlSafe(over.says(self.text, counted)), values),
        })
    }

    /// Carries it out; answers how many rows it changed.
    pub async fn run(self, on: &mut Db) -> Result<u64, StoreError> {
        if on.overlay.is_some() && !self.text.starts_with("INSERT") {
            let rows = self.query(on, true)?;
            let rows = on.raw().fetch_all(rows).await;
            return Ok(told(on, rows).await?.len() as u64);
        }
        let query = self.query(on, true)?;
        let done = on.raw().execute(query).await;
        Ok(told(on, done).await?.rows_affected())
    }

    /// Every row.
    pub async fn all<T>(
        self,
        on: &mut Db,
        read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let query = self.query(on, false)?;
        let rows = on.raw().fetch_all(query).await;
        told(on, rows).await?.iter().map(read).collect()
    }

    /// The first row, if there is one.
    pub async fn maybe<T>(
        self,
        on: &mut Db,
        read: impl FnOnce(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let query = self.query(on, false)?;
        let row = on.raw().fetch_optional(query).await;
        told(on, row).await?.as_ref().map(read).transpose()
    }

    /// The one row there must be.
    pub async fn one<T>(
        self,
        on: &mut Db,
        read: impl FnOnce(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let query = self.query(on, false)?;
        let row = on.raw().fetch_one(query).await;
        read(&told(on, row).await?)
    }

    /// Whether there is a row.
    pub async fn any(self, on: &mut Db) -> Result<bool, StoreError> {
        let query = self.query(on, false)?;
        let row = on.raw().fetch_optional(query).await;
        Ok(told(on, row).await?.is_some())
    }
}

/// An answer, with an error made the store's own.
///
/// Some errors, a full disk among them, end the transaction at the database, and the driver does not notice: its own
/// roll-back then fails, and the transaction counts as open for ever. So that there is one to roll back, an empty one
/// is begun; where the old one is open still, that is refused and does no harm.
async fn told<T>(on: &mut Db, done: Result<T, sqlx::Error>) -> Result<T, StoreError> {
    if done.is_err() && on.raw().is_in_transaction() {
        let _ = on.raw().execute("BEGIN").await;
    }
    done.map_err(db)
}

/// A connection for what is not a transaction.
pub struct Conn(Db);

impl Conn {
    pub(super) fn new(
        conn: PoolConnection<Sqlite>,
        overlay: Option<Arc<Overlay>>,
        asked: Arc<Asked>,
    ) -> Self {
        let on = On::Free(conn);
        Self(Db { on, overlay, asked })
    }

    /// Ends it: another takes its place.
    pub(super) async fn close(self) -> Result<(), StoreError> {
        match self.0.on {
            On::Free(conn) => conn.close().await.map_err(db),
            On::Tx(_) => Ok(()),
        }
    }
}

impl Deref for Conn {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.0
    }
}

impl DerefMut for Conn {
    fn deref_mut(&mut self) -> &mut Db {
        &mut self.0
    }
}

/// A transaction: all of it counts, or nothing; dropped, nothing.
pub struct Tx(Db);

impl Tx {
    pub(super) fn new(
        tx: Transaction<'static, Sqlite>,
        overlay: Option<Arc<Overlay>>,
        asked: Arc<Asked>,
    ) -> Self {
        let on = On::Tx(tx);
        Self(Db { on, overlay, asked })
    }

    /// Makes it count. On the disk when this answers.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.0.on {
            On::Tx(tx) => {
                self.0.asked.commits();
                tx.commit().await.map_err(db)
            }
            On::Free(_) => Ok(()),
        }
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
