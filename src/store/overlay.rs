//! A rehearsal's store: everything the database holds, and changes that nobody else sees and that are never kept.
//!
//! Flows in: the database's own schema. Flows out: a connection that may only read the file, and on it, in SQLite's
//! temporary schema, for each table `t`: `over_t`, the rows as the rehearsal has changed or made them; `gone_t`, the keys of
//! the file's rows that no longer count; and a view `t` of both, which is found before the file's table of that name. Every
//! read of the store so sees what it would see after a sync, in the words in which it is written. An `INSERT` goes to
//! `over_t` (`wording.rs`), where a trigger first brings over the file's row that it would meet; `UPDATE` and `DELETE`
//! go to the view, whose triggers do so row by row. Not in it are the counts of the calls that a rehearsal makes, which are calls
//! like any other, and what a plan says of an edit, which it counts in the store itself (`edits.rs`).
//!
//! Why not something plainer? A transaction that is rolled back takes the file's one right to write, and a run beside it
//! would wait; a copy costs what the book holds, and outlives whoever is killed over it. Here the file is read as of one
//! moment, in one transaction for life, so that a run beside it disturbs nothing either (what that writes stays in the write-ahead
//! log until the rehearsal ends, and the log shrinks again then: `open.rs`); what is changed lies in a file that
//! SQLite makes for its owner alone and unlinks before it writes to it, and only once a few megabytes are full. The planner
//! goes through view and index as it does without them; a test asks it for every statement. In PostgreSQL a transaction that is
//! rolled back takes no right from all others, but it holds each row that it changed, and each key that it gave, until then: a
//! run that decides on a document of the plan would wait for it, for as long as vendors are waited for. There too a rehearsal
//! needs tables of its own.

use super::Store;
use super::failed::db as failed;
use super::open::PREPARED;
use super::rows::{maybe, number, text};
use super::sql::{Db, sql};
use super::wording::Overlay;
use crate::pipeline::ports::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Connection as _};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// Tables of which a rehearsal knows nothing: nobody else works on it.
const EMPTY: [&str; 1] = ["leases"];

/// A table of the file.
#[derive(Default)]
struct FileTable {
    columns: Vec<String>,
    /// Its key's columns with their types, in order.
    key: Vec<(String, String)>,
    /// Sets of columns no two rows share, its key among them.
    unique: BTreeMap<String, Vec<String>>,
    /// Whether the database gives the key itself.
    numbered: bool,
}

impl FileTable {
    /// The columns, each of some row.
    fn of(&self, row: &str) -> String {
        let each = self.columns.iter().map(|c| format!("{row}{c}"));
        each.collect::<Vec<_>>().join(", ")
    }

    fn key_of(&self, row: &str) -> String {
        let each = self.key.iter().map(|(c, _)| format!("{row}{c}"));
        each.collect::<Vec<_>>().join(", ")
    }

    fn same<'a>(columns: impl Iterator<Item = &'a str>, a: &str, b: &str) -> String {
        let each = columns.map(|c| format!("{a}{c} = {b}{c}"));
        each.collect::<Vec<_>>().join(" AND ")
    }

    fn same_key(&self, a: &str, b: &str) -> String {
        Self::same(self.key.iter().map(|(c, _)| c.as_str()), a, b)
    }

    /// What lays a table over the file's, but for the table itself and its indexes.
    fn laid_over(&self, t: &str) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        let (all, theirs, new) = (self.of(""), self.of("b."), self.of("NEW."));
        let (key, theirs_key, old_key) = (self.key_of(""), self.key_of("b."), self.key_of("OLD."));
        // With their types: a key is looked up in an index only by values of its column's kind.
        let typed: Vec<String> = (self.key.iter())
            .map(|(c, of)| format!("{c} {of}"))
            .collect();
        let typed = typed.join(", ");
        writeln!(
            out,
            "CREATE TEMP TABLE gone_{t} ({typed}, PRIMARY KEY ({key})) WITHOUT ROWID;"
        )?;
        let stays = format!(
            "NOT EXISTS (SELECT 1 FROM temp.gone_{t} g WHERE {})",
            self.same_key("g.", "b.")
        );
        write!(
            out,
            "CREATE TEMP VIEW {t} AS SELECT {all} FROM temp.over_{t}"
        )?;
        if EMPTY.contains(&t) {
            writeln!(out, ";")?;
        } else {
            writeln!(
                out,
                " UNION ALL SELECT {theirs} FROM main.{t} b WHERE {stays};"
            )?;
            if self.numbered {
                // New numbers come after the file's.
                writeln!(
                    out,
                    "INSERT INTO temp.over_{t} SELECT {all} FROM main.{t} ORDER BY {key} DESC LIMIT 1;
                     INSERT INTO temp.gone_{t} SELECT {key} FROM temp.over_{t};"
                )?;
            }
            for (n, columns) in self.unique.values().enumerate() {
                let met = Self::same(columns.iter().map(String::as_str), "b.", "NEW.");
                writeln!(
                    out,
                    "CREATE TEMP TRIGGER over_{t}_{n} BEFORE INSERT ON over_{t} BEGIN
                       INSERT OR IGNORE INTO over_{t} ({all}) SELECT {theirs} FROM main.{t} b WHERE {met} AND {stays};
                       INSERT OR IGNORE INTO gone_{t} SELECT {theirs_key} FROM main.{t} b WHERE {met};
                     END;"
                )?;
            }
        }
        let away = format!(
            "INSERT OR IGNORE INTO gone_{t} VALUES ({old_key});
             DELETE FROM over_{t} WHERE {};",
            self.same_key("", "OLD.")
        );
        writeln!(
            out,
            "CREATE TEMP TRIGGER over_{t}_changes INSTEAD OF UPDATE ON {t} BEGIN
               {away}
               INSERT INTO over_{t} ({all}) VALUES ({new});
             END;
             CREATE TEMP TRIGGER over_{t}_goes INSTEAD OF DELETE ON {t} BEGIN {away} END;"
        )?;
        Ok(out)
    }
}

/// The schema of the file as the database has it.
async fn tables(db: &mut Db) -> Result<BTreeMap<String, FileTable>, StoreError> {
    let mut out: BTreeMap<String, FileTable> = BTreeMap::new();
    let columns = sql(
        "SELECT m.name AS t, c.name AS name, c.type AS type, c.pk AS pk FROM main.sqlite_master m, pragma_table_info(m.name, 'main') c
          WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '_sqlx_%' ORDER BY m.name, c.cid",
    );
    let read = |r: &_| {
        Ok((
            text(r, "t")?,
            text(r, "name")?,
            text(r, "type")?,
            number(r, "pk")?,
        ))
    };
    let mut keys: BTreeMap<String, BTreeMap<i64, (String, String)>> = BTreeMap::new();
    for (t, name, of, pk) in columns.all(db, read).await? {
        if pk > 0 {
            let key = keys.entry(t.clone()).or_default();
            key.insert(pk, (name.clone(), of));
        }
        out.entry(t).or_default().columns.push(name);
    }
    let unique = sql(
        "SELECT m.name AS t, i.name AS i, c.name AS name FROM main.sqlite_master m, pragma_index_list(m.name, 'main') i,
                pragma_index_info(i.name, 'main') c WHERE m.type = 'table' AND i.\"unique\" = 1 ORDER BY m.name, i.name, c.seqno",
    );
    let read = |r: &_| Ok((text(r, "t")?, text(r, "i")?, text(r, "name")?));
    for (t, index, name) in unique.all(db, read).await? {
        if let Some(table) = out.get_mut(&t) {
            table.unique.entry(index).or_default().push(name);
        }
    }
    // What has no key is only ever added to, by posting: a rehearsal does not, and reads it as it is.
    out.retain(|t, _| keys.contains_key(t));
    for (t, table) in &mut out {
        table.key = keys.remove(t).unwrap_or_default().into_values().collect();
        if let [(column, of)] = table.key.as_slice()
            && of == "INTEGER"
        {
            table.numbered = true;
            table.unique.insert(String::new(), vec![column.clone()]);
        }
    }
    Ok(out)
}

/// What lays an overlay over the file.
async fn script(db: &mut Db, tables: &BTreeMap<String, FileTable>) -> Result<String, StoreError> {
    let mut out = String::from("PRAGMA temp.cache_size = -8192;\n");
    let (mut views, mut guards) = (String::new(), String::new());
    // Tables before indexes, and views in the order in which they were made.
    let all = sql(
        "SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'index', rowid",
    );
    let read = |r: &_| {
        Ok((
            text(r, "type")?,
            text(r, "name")?,
            text(r, "tbl_name")?,
            maybe(r, "sql")?,
        ))
    };
    for (of, name, t, made) in all.all(db, read).await? {
        let made: String = made.unwrap_or_default();
        let beside = |word: &str, put: &str| made.replacen(word, put, 1);
        match of.as_str() {
            "table" if tables.contains_key(&t) => {
                let start = beside("CREATE TABLE ", "CREATE TEMP TABLE ");
                out.push_str(&start.replacen(&t, &format!("over_{t}"), 1));
                out.push_str(";\n");
            }
            "index" if tables.contains_key(&t) => {
                let start = beside(&name, &format!("temp.{name}"));
                out.push_str(&start.replacen(&format!(" ON {t} "), &format!(" ON over_{t} "), 1));
                out.push_str(";\n");
            }
            "view" => {
                views.push_str(&beside("CREATE VIEW", "CREATE TEMP VIEW"));
                views.push_str(";\n");
            }
            // What refuses a change of the table refuses it of the view.
            "trigger" => {
                let start = beside("CREATE TRIGGER", "CREATE TEMP TRIGGER");
                guards.push_str(&start.replacen("BEFORE UPDATE", "INSTEAD OF UPDATE", 1));
                guards.push_str(";\n");
            }
            _ => {}
        }
    }
    for (t, table) in tables {
        let laid = table.laid_over(t);
        out.push_str(&laid.map_err(|e| StoreError::Database(e.to_string()))?);
    }
    out.push_str(&views);
    out.push_str(&guards);
    Ok(out)
}

impl Store {
    /// The store of a rehearsal: all that this one holds as of now; what is changed in it is seen by nobody else, and is
    /// gone when it is closed, however that comes about.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn rehearsal(&self) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .read_only(true)
            .statement_cache_capacity(PREPARED)
            .busy_timeout(Duration::from_secs(10));
        // One connection for life: it holds all that was changed.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await
            .map_err(failed)?;
        let plain = Self {
            asked: Arc::clone(&self.asked),
            ..Self::over(pool, &self.path)
        };
        let mut db = plain.db().await?;
        // Forgotten, it is never ended: the store's own transactions are steps within it, and it goes with its connection.
        std::mem::forget(db.raw().begin().await.map_err(failed)?);
        let tables = tables(&mut db).await?;
        let script = script(&mut db, &tables).await?;
        sqlx::raw_sql(AssertSqlSafe(script))
            .execute(db.raw())
            .await
            .map_err(failed)?;
        drop(db);
        let overlay = Overlay(tables.into_keys().collect());
        Ok(Self {
            overlay: Some(Arc::new(overlay)),
            ..plain
        })
    }

    /// How the database would answer a statement here: for those who see to it that none reads a table end to end.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    #[doc(hidden)]
    pub async fn answered_how(&self, statement: &str) -> Result<Vec<String>, StoreError> {
        let said = match &self.overlay {
            Some(over) => over.says(statement, false),
            None => Cow::Borrowed(statement),
        };
        let ask = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {said}")));
        let rows = ask.fetch_all(self.db().await?.raw()).await;
        rows.map_err(failed)?
            .iter()
            .map(|r| text(r, "detail"))
            .collect()
    }
}
