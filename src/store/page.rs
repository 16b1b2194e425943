//! A page of records as it comes into the store.
//!
//! Flows in: the records of a page. Flows out: which of them say something new. What is kept of them already is asked for at
//! once, since most pages say nothing new.

use super::customers::SaidCustomer;
use super::documents::SeenRow;
use super::packed::{Like, pack_like};
use super::records::said_by;
use super::rows::{maybe, number, text, time};
use super::sql::{Db, Sql, lists, parts, sql};
use super::{customers, documents, things};
use crate::model::{BookId, Document, DriftKind, Key, SourceRecord};
use crate::pipeline::ports::StoreError;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, BTreeSet};

/// What is kept already of the records of a page.
pub struct PageKept<'p> {
    things: BTreeMap<Key, i64>,
    /// Versions, with whether another one took the place of each.
    versions: BTreeMap<(i64, String), bool>,
    /// Which version each document has.
    documents: BTreeMap<i64, String>,
    /// Documents of which the source was thought to have none.
    gone: BTreeSet<i64>,
    /// Whether it is known that nothing of the book could not be read.
    pub none_bad: bool,
    new: NewRows<'p>,
}

/// What the page says that is new and not entered yet: rows of a kind are entered together. Of one thing there is one at most,
/// since what comes after it may ask for it.
#[derive(Default)]
struct NewRows<'p> {
    things: BTreeSet<i64>,
    records: Vec<(i64, String, Vec<u8>)>,
    customers: Vec<SaidCustomer>,
    documents: Vec<SeenRow<'p>>,
}

impl NewRows<'_> {
    /// Enters all. Answers of how many documents that is another version than before.
    async fn enter(
        &mut self,
        db: &mut Db,
        (tenant, book): (&str, &BookId),
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let all = std::mem::take(self);
        for some in parts(&all.records) {
            let mut enter = sql("INSERT INTO records (tenant, thing, version, seen_at, body)
                     VALUES ($1,$2,$3,$4,$5)")
            .rows(some.len());
            for (thing, version, body) in some {
                enter = enter.bind(tenant.to_owned()).bind(*thing);
                enter = enter.bind(version.clone()).bind(time(now));
                enter = enter.bind(body.clone());
            }
            enter.put_off(db).await?;
        }
        customers::save_all(db, tenant, book, &all.customers).await?;
        documents::seen(db, tenant, &all.documents, now).await
    }
}

/// A version, with what else is kept of its record.
struct KeptRow {
    thing: i64,
    version: String,
    replaced: bool,
    stands: Option<String>,
    gone: bool,
    bad: bool,
}

fn row(r: &SqliteRow) -> Result<KeptRow, StoreError> {
    Ok(KeptRow {
        thing: number(r, "thing")?,
        version: text(r, "version")?,
        replaced: maybe(r, "replaced_at")?.is_some(),
        stands: maybe(r, "stands")?,
        gone: number(r, "gone")? != 0,
        bad: number(r, "bad")? != 0,
    })
}

/// What is kept of some records: one question, since most of them say nothing new.
fn ask(tenant: &str, book: &BookId) -> Sql {
    let all = sql(
        "SELECT r.thing, r.version, r.replaced_at,
                (SELECT d.version FROM documents d WHERE d.tenant = r.tenant AND d.thing = r.thing) AS stands,
                CASE WHEN EXISTS (SELECT 1 FROM drifts x WHERE x.tenant = r.tenant AND x.document = r.thing AND x.other = ''
                  AND x.what = $3) THEN 1 ELSE 0 END AS gone,
                CASE WHEN EXISTS (SELECT 1 FROM bad_records b WHERE b.tenant = $1 AND b.book = $2) THEN 1 ELSE 0 END AS bad
           FROM records r WHERE r.tenant = $1 AND r.thing IN ($4)",
    );
    let gone = DriftKind::SourceDeleted.code().as_str();
    all.bind(tenant.to_owned())
        .bind(book.as_str().to_owned())
        .bind(gone)
}

impl<'p> PageKept<'p> {
    /// Of a page's records, each of which has a number from now on.
    pub async fn of(
        db: &mut Db,
        tenant: &str,
        book: &BookId,
        page: &[SourceRecord],
    ) -> Result<Self, StoreError> {
        let keys = page.iter().map(|r| Key::new(book, r.kind, &r.id)).collect();
        let things = things::give_all(db, tenant, &keys).await?;
        let numbers: Vec<i64> = things.values().copied().collect();
        let mut kept = Self {
            things,
            versions: BTreeMap::new(),
            documents: BTreeMap::new(),
            gone: BTreeSet::new(),
            none_bad: false,
            new: NewRows::default(),
        };
        for some in lists(&numbers) {
            kept.take_in(ask(tenant, book).list(some).all(db, row).await?);
        }
        Ok(kept)
    }

    fn take_in(&mut self, rows: Vec<KeptRow>) {
        for r in rows {
            self.versions.insert((r.thing, r.version), r.replaced);
            self.documents.extend(r.stands.map(|v| (r.thing, v)));
            self.none_bad = !r.bad;
            if r.gone {
                self.gone.insert(r.thing);
            }
        }
    }

    /// The page's documents of which the source was thought to have none.
    pub fn gone(&self) -> impl Iterator<Item = i64> {
        self.gone.iter().copied()
    }

    /// Enters what the page has said so far, where a record is of a thing that is among it: two editions of one document may
    /// stand in one page. Answers of how many documents that is news.
    pub async fn enter_before(
        &mut self,
        db: &mut Db,
        (tenant, book): (&str, &BookId),
        r: &SourceRecord,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let thing = self.things.get(&Key::new(book, r.kind, &r.id));
        match thing.is_some_and(|t| self.new.things.contains(t)) {
            true => self.enter(db, (tenant, book), now).await,
            false => Ok(0),
        }
    }

    /// Enters what the page has said. Answers of how many documents that is news.
    pub async fn enter(
        &mut self,
        db: &mut Db,
        of: (&str, &BookId),
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        self.new.enter(db, of, now).await
    }

    /// Keeps a version of a record, of a thing of which nothing waits to be entered. Answers of how many things that is news
    /// at once: of documents, entering tells it.
    pub async fn save(
        &mut self,
        db: &mut Db,
        (tenant, book): (&str, &BookId),
        r: &'p SourceRecord,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let version = r.version();
        let key = Key::new(book, r.kind, &r.id);
        let thing = match self.things.get(&key) {
            Some(thing) => *thing,
            None => things::give(db, tenant, &key).await?,
        };
        let mut news = 0;
        let kept = self.versions.get(&(thing, version.0.clone())).copied();
        // A record may go back to what it said before: that version is the newest then.
        let back = kept == Some(true);
        match kept {
            None => {
                let row = (thing, version.0.clone(), pack_like(Like::Record, r)?);
                self.new.records.push(row);
                self.new.things.insert(thing);
            }
            Some(true) => back_again(db, tenant, thing, &version.0).await?,
            Some(false) => {}
        }
        if back && r.edition.is_some() {
            said_by(db, tenant, &key, &version.0, r).await?;
        }
        let newest = kept.is_none() || back;
        if newest {
            self.replace_others(db, tenant, (thing, &version.0), now)
                .await?;
            if let Some(said) = SaidCustomer::of(r) {
                news += self.meet(db, (tenant, book), said, now).await?;
            }
        }
        match &r.document {
            Document::Invoice(_) if self.documents.get(&thing) == Some(&version.0) => Ok(news),
            Document::Invoice(doc) => {
                self.documents.insert(thing, version.0.clone());
                self.new.things.insert(thing);
                self.new.documents.push((thing, r, doc, version));
                Ok(news)
            }
            _ => Ok(news + u64::from(newest)),
        }
    }

    /// Takes a customer in. One of whom something else waits to be entered is met by what comes after it.
    async fn meet(
        &mut self,
        db: &mut Db,
        of: (&str, &BookId),
        said: SaidCustomer,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut news = 0;
        match self.new.customers.iter().rfind(|c| c.id == said.id) {
            Some(same) if *same == said => return Ok(0),
            Some(_) => news = self.enter(db, of, now).await?,
            None => {}
        }
        self.new.customers.push(said);
        Ok(news)
    }

    /// Another version than these is the newest.
    async fn replace_others(
        &mut self,
        db: &mut Db,
        tenant: &str,
        (thing, version): (i64, &str),
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut stood = false;
        for ((of, other), replaced) in &mut self.versions {
            if *of == thing && other != version && !*replaced {
                (stood, *replaced) = (true, true);
            }
        }
        self.versions.insert((thing, version.to_owned()), false);
        if !stood {
            return Ok(());
        }
        sql("UPDATE records SET replaced_at = $1
              WHERE tenant = $2 AND thing = $3 AND version <> $4 AND replaced_at IS NULL")
        .bind(time(now))
        .bind(tenant)
        .bind(thing)
        .bind(version)
        .put_off(db)
        .await?;
        Ok(())
    }
}

async fn back_again(
    db: &mut Db,
    tenant: &str,
    thing: i64,
    version: &str,
) -> Result<(), StoreError> {
    sql("UPDATE records SET replaced_at = NULL
          WHERE tenant = $1 AND thing = $2 AND version = $3 AND replaced_at IS NOT NULL")
    .bind(tenant)
    .bind(thing)
    .bind(version)
    .put_off(db)
    .await?;
    Ok(())
}
