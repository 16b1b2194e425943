//! What each verb costs over a book of any size: statements, commits and bytes, and the calls it makes.
//!
//! Flows in: how many orders. Flows out: a row a verb, in the order in which a tenant's first days go: everything is decided on,
//! approved and posted; then nothing is left to do, and a person looks. Each row says on what its cost may depend.

#![allow(dead_code)]

use super::bed::{Bed, PLAIN, tenant};
use super::book;
use chrono::Duration;
use crossfoot::service::desk::word::Which;
use crossfoot::service::desk::{approve, errors, explain, history, plan, status};
use crossfoot::service::{Engine, SyncAsk};
use serde_json::json;
use std::collections::BTreeMap;

/// The document that a person looks at.
const ONE: &str = "100001";

/// What the cost of a verb may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// What it is about, and not what the book holds.
    Nothing,
    /// The documents it is about: so much each.
    Documents,
}

/// What a verb cost.
#[derive(Debug, Clone)]
pub struct Cost {
    /// The verb.
    pub verb: &'static str,
    /// What that may depend on.
    pub by: By,
    /// How many documents it was about.
    pub documents: usize,
    /// Statements carried out.
    pub statements: u64,
    /// Times the database was handed something to do: several statements may go together.
    pub hops: u64,
    /// Times something was put on the disk for good.
    pub commits: u64,
    /// Calls of the systems.
    pub calls: usize,
    /// What the measure took beside.
    pub beside: Beside,
    /// How often each statement was said.
    pub said: BTreeMap<&'static str, u64>,
}

impl Cost {
    /// Something for each document.
    pub fn each(&self, of: u64) -> f64 {
        of as f64 / self.documents.max(1) as f64
    }

    /// The statements that are said most often.
    pub fn most_said(&self, most: usize) -> String {
        let mut all: Vec<_> = self.said.iter().collect();
        all.sort_by_key(|(text, n)| (std::cmp::Reverse(**n), **text));
        let line = |(text, n): &(&&str, &u64)| {
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("  {n:>6}  {}\n", flat.chars().take(150).collect::<String>())
        };
        all.iter().take(most).map(line).collect()
    }
}

/// What only a benchmark measures: 0 where nobody looks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside {
    /// Processor time, in microseconds.
    pub busy: f64,
    /// Bytes handed to the operating system to be written.
    pub written: f64,
    /// The most memory that was taken at once, in kB.
    pub peak: f64,
}

/// Looks at what is measured beside. Called before and after.
pub type Look = fn() -> Beside;

/// Nothing is looked at.
pub fn no_look() -> Beside {
    Beside::default()
}

/// A book at work, and what was measured of it so far.
struct Measured {
    bed: Bed,
    engine: Engine,
    look: Look,
    all: Vec<Cost>,
}

/// Where the counters stood.
struct Before {
    statements: u64,
    hops: u64,
    commits: u64,
    calls: usize,
    beside: Beside,
}

impl Measured {
    fn before(&self) -> Before {
        let store = self.engine.store();
        store.said();
        Before {
            statements: store.asked(),
            hops: store.handed(),
            commits: store.committed(),
            calls: self.bed.transport.sent().len(),
            beside: (self.look)(),
        }
    }

    fn after(&mut self, verb: &'static str, (by, documents): (By, usize), before: &Before) {
        let now = (self.look)();
        let store = self.engine.store();
        let cost = Cost {
            verb,
            by,
            documents,
            statements: store.asked() - before.statements,
            hops: store.handed() - before.hops,
            commits: store.committed() - before.commits,
            calls: self.bed.transport.sent().len() - before.calls,
            beside: Beside {
                busy: now.busy - before.beside.busy,
                written: now.written - before.beside.written,
                peak: now.peak,
            },
            said: store.said(),
        };
        self.all.push(cost);
    }

    /// Everything is read and decided on, approved and posted.
    async fn go_to_work(&mut self, orders: usize) {
        let of_all = (By::Documents, orders);
        let before = self.before();
        book::sync(&self.engine).await;
        self.after("sync: decide", of_all, &before);
        let before = self.before();
        let word = approve::approve(&self.engine, &tenant(), Which::All, "bench").await;
        assert_eq!(word.map(|w| w.done.len()).ok(), Some(orders));
        self.after("approve --all", of_all, &before);
        let before = self.before();
        book::fill(&self.bed, &self.engine, orders).await;
        self.after("sync: post", of_all, &before);
        self.come_to_rest(orders).await;
    }

    /// What was made at the end of a run is looked at once more by the next. Another order comes in days later: the ledger's
    /// own time has gone on by then, and its mirror with it.
    async fn come_to_rest(&mut self, orders: usize) {
        for _ in 0..2 {
            self.bed.clock.advance(Duration::hours(80));
            book::sync(&self.engine).await;
        }
        let one_more = book::order(orders, customers(orders));
        self.bed.keap(json!({ "orders": [one_more] }));
        for _ in 0..3 {
            book::sync(&self.engine).await;
            let word = approve::approve(&self.engine, &tenant(), Which::All, "bench").await;
            assert!(word.is_ok());
            self.bed.clock.advance(Duration::hours(1));
        }
        self.only_one().await;
        self.bed.clock.advance(Duration::hours(80));
        book::sync(&self.engine).await;
    }

    /// A run of one document.
    async fn only_one(&self) {
        let loaded = (self.engine.workspace().load(&tenant())).unwrap_or_else(|e| panic!("{e}"));
        let ask = SyncAsk {
            trigger: "bench".into(),
            only: Some(ONE.to_owned()),
            ..SyncAsk::default()
        };
        assert!(self.engine.sync(&loaded, &ask, &|_| {}).await.is_ok());
    }

    /// Nothing is left to do, and a person looks.
    async fn at_rest(&mut self) {
        let flat = (By::Nothing, 1);
        self.bed.clock.advance(Duration::minutes(15));
        let before = self.before();
        book::sync(&self.engine).await;
        self.after("sync, unchanged", flat, &before);
        let loaded = (self.engine.workspace().load(&tenant())).unwrap_or_else(|e| panic!("{e}"));
        self.bed.clock.advance(Duration::minutes(1));
        for (verb, only) in [
            ("plan, nothing to do", None),
            ("plan --only NUMBER", Some(ONE)),
        ] {
            let before = self.before();
            let told = plan::plan(&self.engine, &loaded, only, &|_| {}).await;
            let told = told.unwrap_or_else(|e| panic!("{e:?}"));
            assert_eq!(told.documents.len(), usize::from(only.is_some()));
            self.after(verb, flat, &before);
        }
        let before = self.before();
        let told = explain::explain(&self.engine, &loaded, ONE).await;
        assert!(told.is_ok());
        self.after("explain", flat, &before);
        let before = self.before();
        assert!(status::status(&self.engine, vec![tenant()]).await.is_ok());
        self.after("status", flat, &before);
        let before = self.before();
        assert!(errors::errors(&self.engine, vec![tenant()]).await.is_ok());
        self.after("errors", flat, &before);
        let before = self.before();
        let told = history::history(&self.engine, &tenant(), 20).await;
        assert!(told.is_ok());
        self.after("history", flat, &before);
    }
}

fn customers(orders: usize) -> usize {
    (orders * 2 / 5).max(1)
}

/// A book of so many orders, whose documents wait for approval.
pub fn waiting_for_a_word(orders: usize) -> Bed {
    let bed = book::bed(orders, customers(orders));
    let manual = PLAIN.replace(
        "sync: { first_run: post,",
        "sync: { first_run: post, approval: manual,",
    );
    bed.tenant(&manual);
    bed
}

/// What every verb costs over a book of so many orders, and how many bytes its database takes in the end.
pub async fn costs(orders: usize, look: Look) -> (Vec<Cost>, u64) {
    let bed = waiting_for_a_word(orders);
    let engine = bed.engine().await;
    let mut measured = Measured {
        bed,
        engine,
        look,
        all: Vec::new(),
    };
    measured.go_to_work(orders).await;
    measured.at_rest().await;
    let file = measured.bed.folder.path().join(".crossfoot/crossfoot.db");
    // What stands in the log beside it goes into the file.
    measured.engine.store().close().await;
    let kept = std::fs::metadata(file).map_or(0, |m| m.len());
    (measured.all, kept)
}
