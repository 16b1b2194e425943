//! One statement: its text, what is bound to it, and what is read from its rows.
//!
//! Flows in: SQL that SQLite and PostgreSQL share, with `$1`. Flows out: rows as nouns, or how many rows were changed, with the
//! database's errors made the store's own. SQLite alone takes what is made of it here: rows with `?`, and several statements in a text.

use super::bound::{Bind, Bound, Hop, arguments};
use super::counted::StatementCount;
use super::failed::db;
use super::wording::Overlay;
use crate::model::Key;
use crate::pipeline::ports::StoreError;
use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Connection, Executor, Sqlite, SqliteConnection, Transaction};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::slice::Chunks;
use std::sync::Arc;

/// A connection, alone or inside a transaction.
pub struct Db {
    on: On,
    /// In a rehearsal, what is laid over the file.
    overlay: Option<Arc<Overlay>>,
    /// What is counted of what is carried out.
    asked: Arc<StatementCount>,
    /// What is known of the database for as long as nobody else changes it.
    pub(super) memo: Memo,
    /// Rows that are entered together when the transaction is kept.
    later: Vec<Later>,
    /// Changes of the transaction that go with its next statement.
    hop: Hop,
}

/// What a transaction knows of the database without asking again. Of a connection that is free only what is so for ever.
#[derive(Default)]
pub(super) struct Memo {
    /// Numbers of things, by tenant: given once and for ever.
    pub(super) things: BTreeMap<(String, Key), i64>,
    /// Things of which a table has no row.
    pub(super) without: BTreeSet<(&'static str, i64)>,
    /// The end of the audit's chain, where its rows are entered together.
    pub(super) chain: Option<String>,
}

/// A row that is entered later: the statement, and the texts that are bound to it.
struct Later(&'static str, Vec<String>);

/// How many rows or values one statement takes: few widths, so that each is prepared once.
const WIDTHS: [usize; 3] = [50, 10, 1];

/// A list in the parts that one statement takes each.
pub fn parts<T>(mut all: &[T]) -> Vec<&[T]> {
    let mut out = Vec::new();
    for width in WIDTHS {
        while let Some((some, rest)) = all.split_at_checked(width) {
            out.push(some);
            all = rest;
        }
    }
    out
}

/// A list in the parts of which one statement asks at once.
pub fn lists<T>(all: &[T]) -> Chunks<'_, T> {
    all.chunks(WIDTHS[0])
}

enum On {
    Free(PoolConnection<Sqlite>),
    Tx(Transaction<'static, Sqlite>),
}

impl Db {
    fn new(on: On, overlay: Option<Arc<Overlay>>, asked: Arc<StatementCount>) -> Self {
        Self {
            on,
            overlay,
            asked,
            memo: Memo::default(),
            later: Vec::new(),
            hop: Hop::default(),
        }
    }

    /// Carries out the changes that wait for a statement to go with.
    async fn hop(&mut self) -> Result<(), StoreError> {
        if self.hop.is_empty() {
            return Ok(());
        }
        self.asked.hops();
        let (text, values) = self.hop.take();
        let values = arguments(values).map_err(|e| db(sqlx::Error::Encode(e)))?;
        let query = sqlx::query_with(AssertSqlSafe(text), values);
        let done = self.raw().execute(query).await;
        told(self, done).await?;
        Ok(())
    }

    /// The driver's connection.
    pub(super) fn raw(&mut self) -> &mut SqliteConnection {
        match &mut self.on {
            On::Free(conn) => conn,
            On::Tx(tx) => tx,
        }
    }

    /// Enters a row of texts, when the transaction is kept and with others of its kind, by a statement that nothing in the
    /// transaction asks after.
    pub(super) fn later(&mut self, text: &'static str, row: Vec<String>) {
        self.later.push(Later(text, row));
    }

    /// Enters what was put off.
    async fn settle_up(&mut self) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.later);
        for of_one in rows.chunk_by(|a, b| a.0 == b.0) {
            for some in parts(of_one) {
                let Some(Later(text, _)) = some.first() else {
                    continue;
                };
                let mut all = sql(text).rows(some.len());
                for value in some.iter().flat_map(|row| &row.1) {
                    all = all.bind(value.clone());
                }
                all.run(self).await?;
            }
        }
        self.hop().await
    }
}

/// A statement.
pub struct Sql {
    text: &'static str,
    /// The text for more rows or values than it is written for.
    wide: Option<String>,
    values: Vec<Bound>,
}

/// A statement of this text.
pub fn sql(text: &'static str) -> Sql {
    Sql {
        text,
        wide: None,
        values: Vec::new(),
    }
}

/// A limit as a column takes it.
pub fn limit(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Sql {
    /// Binds the next value.
    pub fn bind(mut self, value: impl Bind) -> Self {
        self.values.push(value.bound());
        self
    }

    /// Binds some values in place of the last one, which stands alone in its brackets: `IN ($n)`.
    pub fn list<T: Clone + Bind>(mut self, values: &[T]) -> Self {
        let at = self.values.len() + 1;
        // The last one fills the place up: to be asked for twice changes nothing.
        let fits = WIDTHS.into_iter().rev().find(|w| *w >= values.len());
        let width = fits.unwrap_or(values.len());
        let each: Vec<String> = (at..at + width).map(|n| format!("${n}")).collect();
        let wide = (self.text).replace(&format!("(${at})"), &format!("({})", each.join(",")));
        self.wide = Some(wide);
        let last = values.last().into_iter().cycle();
        for value in values.iter().chain(last).take(width) {
            self = self.bind(value.clone());
        }
        self
    }

    /// Enters so many rows, whose values are bound one row after the other. It is written for one.
    pub fn rows(mut self, count: usize) -> Self {
        let group = self.text.split_once("VALUES (").and_then(|(before, rest)| {
            let (group, after) = rest.split_once(')')?;
            Some((before, group, after))
        });
        // What is bound behind the rows would be looked for among them, and a bracket within ends the row before its end.
        debug_assert!(
            group.is_none_or(|(_, group, after)| !after.contains('$') && !group.contains('(')),
            "{}",
            self.text
        );
        let Some((before, group, after)) = group.filter(|_| count > 1) else {
            return self;
        };
        // Without their numbers: the place of a numbered one is looked for among all of them.
        let values = group.split(',').map(|value| match value.trim() {
            bound if bound.starts_with('$') => "?",
            said => said,
        });
        let row = format!("({})", values.collect::<Vec<_>>().join(","));
        let all = vec![row; count].join(",");
        self.wide = Some(format!("{before}VALUES {all}{after}"));
        self
    }

    /// Binds the three values of a key: book, kind and id.
    pub fn key(self, key: &Key) -> Self {
        let (book, id) = (key.book.as_str().to_owned(), key.id.0.clone());
        self.bind(book).bind(key.kind.as_str()).bind(id)
    }

    /// The statement as the driver takes it, behind the changes that wait for one to go with.
    async fn query(
        self,
        on: &mut Db,
        counted: bool,
    ) -> Result<Query<'static, Sqlite, SqliteArguments>, StoreError> {
        // How many rows it changes is told of all that go together.
        if counted || self.wide.is_some() || !on.hop.takes(self.values.len()) {
            on.hop().await?;
        }
        let alone = counted && matches!(on.on, On::Free(_));
        on.asked.says(self.text, alone);
        on.asked.hops();
        let encoded = |values| arguments(values).map_err(|e| db(sqlx::Error::Encode(e)));
        if !on.hop.is_empty() {
            on.hop.add(self.text, self.values);
            let (text, values) = on.hop.take();
            return Ok(sqlx::query_with(AssertSqlSafe(text), encoded(values)?));
        }
        let values = encoded(self.values)?;
        let text = self.wide.as_deref().unwrap_or(self.text);
        Ok(match (&on.overlay, &self.wide) {
            (None, None) => sqlx::query_with(self.text, values),
            (None, Some(wide)) => sqlx::query_with(AssertSqlSafe(wide.clone()), values),
            (Some(over), _) => {
                let said = over.says(text, counted).into_owned();
                sqlx::query_with(AssertSqlSafe(said), values)
            }
        })
    }

    /// Changes something in a transaction, by when its next statement is carried out or it is kept; outside of one, now.
    pub async fn put_off(self, on: &mut Db) -> Result<(), StoreError> {
        if on.overlay.is_some() || self.wide.is_some() || matches!(on.on, On::Free(_)) {
            return self.run(on).await.map(|_| ());
        }
        if !on.hop.takes(self.values.len()) {
            on.hop().await?;
        }
        on.asked.says(self.text, false);
        on.hop.add(self.text, self.values);
        Ok(())
    }

    /// Carries it out; answers how many rows it changed.
    pub async fn run(self, on: &mut Db) -> Result<u64, StoreError> {
        if on.overlay.is_some() && !self.text.starts_with("INSERT") {
            let rows = self.query(on, true).await?;
            let rows = on.raw().fetch_all(rows).await;
            return Ok(told(on, rows).await?.len() as u64);
        }
        let query = self.query(on, true).await?;
        let done = on.raw().execute(query).await;
        Ok(told(on, done).await?.rows_affected())
    }

    /// Every row.
    pub async fn all<T>(
        self,
        on: &mut Db,
        read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let query = self.query(on, false).await?;
        let rows = on.raw().fetch_all(query).await;
        told(on, rows).await?.iter().map(read).collect()
    }

    /// The first row, if there is one.
    pub async fn maybe<T>(
        self,
        on: &mut Db,
        read: impl FnOnce(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let query = self.query(on, false).await?;
        let row = on.raw().fetch_optional(query).await;
        told(on, row).await?.as_ref().map(read).transpose()
    }

    /// The one row there must be.
    pub async fn one<T>(
        self,
        on: &mut Db,
        read: impl FnOnce(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let query = self.query(on, false).await?;
        let row = on.raw().fetch_one(query).await;
        read(&told(on, row).await?)
    }

    /// Whether there is a row.
    pub async fn any(self, on: &mut Db) -> Result<bool, StoreError> {
        let query = self.query(on, false).await?;
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
        asked: Arc<StatementCount>,
    ) -> Self {
        Self(Db::new(On::Free(conn), overlay, asked))
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
        asked: Arc<StatementCount>,
    ) -> Self {
        Self(Db::new(On::Tx(tx), overlay, asked))
    }

    /// Makes it count. On the disk when this answers.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.0.settle_up().await?;
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

#[cfg(test)]
mod tests;
