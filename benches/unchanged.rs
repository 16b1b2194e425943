//! An unchanged book: a run that finds nothing to do, over many linked invoices and over few.
//!
//! `TMPDIR=/dev/shm cargo bench --bench unchanged [-- many=20000 few=200 rounds=25 per=8]`. Both books are made
//! once; then they take turns of several runs, and a ratio is taken within each round. Clocks move on by a
//! quarter of an hour between runs.
//!
//! A run takes milliseconds and waits for the disk several times, so that one run against one other says little:
//! hence turns of several runs, a folder in memory, and processor time (Linux only) beside the clock on the wall.
//!
//! The fake vendors answer in this process, and searching 20,000 orders of theirs takes them time that is the
//! vendor's and not ours: time between a request and its answer is counted apart, and left out of both.

#[path = "../tests/it/bed.rs"]
mod bed;
#[path = "common/book.rs"]
mod book;
#[path = "../tests/it/bookwright.rs"]
mod bookwright;
#[path = "common/mod.rs"]
mod common;
#[path = "../tests/it/support.rs"]
mod support;
#[path = "../tests/it/tallybook.rs"]
mod tallybook;

use async_trait::async_trait;
use bed::Bed;
use chrono::Duration;
use common::{goal, option, quantile, sorted};
use crossfoot::connectors::http::{HttpRequest, HttpResponse, Transport, TransportError};
use crossfoot::model::{Became, Kind};
use crossfoot::service::{Engine, Outside, Workspace};
use crossfoot::store::OpenAs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use support::PlaneTransport;

#[allow(
    clippy::disallowed_methods,
    reason = "measuring is what a benchmark is for"
)]
fn now() -> Instant {
    Instant::now()
}

/// Counts the time that vendors take to answer.
struct Apart {
    inner: Arc<PlaneTransport>,
    nanos: Arc<AtomicU64>,
}

#[async_trait]
impl Transport for Apart {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let begun = now();
        let answer = self.inner.send(request).await;
        let took = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(took, Ordering::Relaxed);
        answer
    }
}

/// A book with what runs it.
struct Book {
    bed: Bed,
    engine: Engine,
    vendors: Arc<AtomicU64>,
}

/// Runs without anything to do, one of them on average.
struct Idle {
    /// Our own time by the clock, in microseconds.
    own: f64,
    /// Our own processor time, in microseconds.
    busy: f64,
    /// The vendors' time, in microseconds.
    theirs: f64,
    /// Calls made.
    calls: u64,
}

/// Processor time of all threads so far, in microseconds, as Linux counts it.
fn busy() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let nanos = tasks.flatten().filter_map(|t| {
        let text = std::fs::read_to_string(t.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    nanos.sum::<f64>() / 1000.0
}

/// A book that is wholly in the ledger, and rests.
async fn linked(invoices: usize) -> Book {
    let begun = now();
    let bed = book::bed(invoices, (invoices * 2 / 5).max(1));
    // Connected first; then opened again with a transport that looks at the time.
    drop(bed.engine().await);
    let vendors = Arc::new(AtomicU64::new(0));
    let outside = Outside {
        transport: Arc::new(Apart {
            inner: bed.transport.clone(),
            nanos: vendors.clone(),
        }),
        ..bed.outside()
    };
    let opened =
        Workspace::open(bed.folder.path()).map(|w| Engine::open(w, outside, OpenAs::Worker));
    let engine = match opened {
        Ok(opening) => opening.await.unwrap_or_else(|e| panic!("{e}")),
        Err(e) => panic!("{e}"),
    };
    book::fill(&bed, &engine, invoices).await;
    println!(
        "  {invoices} invoices posted with their payments in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    // What was made at the end of that run is looked at once more by the next; after that nothing is left.
    for _ in 0..2 {
        bed.clock.advance(Duration::hours(80));
        book::sync(&engine).await;
    }
    Book {
        bed,
        engine,
        vendors,
    }
}

async fn idle(book: &Book, per: usize) -> Idle {
    let mut calls = 0;
    book.vendors.store(0, Ordering::Relaxed);
    let (begun, worked) = (now(), busy());
    for _ in 0..per {
        book.bed.clock.advance(Duration::minutes(15));
        let done = book::sync(&book.engine).await;
        let counts = &done.run.counts;
        assert_eq!(counts.of(Kind::Invoice, Became::Created), 0, "{counts:?}");
        calls = done.run.calls.values().sum();
    }
    let each = |micros: f64| micros / per as f64;
    let took = begun.elapsed().as_nanos() as f64 / 1000.0;
    let theirs = book.vendors.load(Ordering::Relaxed) as f64 / 1000.0;
    Idle {
        own: each(took - theirs),
        busy: each(busy() - worked - theirs),
        theirs: each(theirs),
        calls,
    }
}

/// Prints what many linked invoices took over what few did.
fn compared(by: &str, many: &[f64], few: &[f64]) -> f64 {
    let ratios = sorted(many.iter().zip(few).map(|(a, b)| a / b).collect());
    let at = |share| quantile(&ratios, share);
    println!(
        "  ratio {by}: median {:.2} (10 to 90 %: {:.2} - {:.2})",
        at(0.5),
        at(0.1),
        at(0.9)
    );
    at(0.5)
}

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (many, few) = (option("many", 20_000), option("few", 200));
    let (rounds, per) = (option("rounds", 25), option("per", 8));
    println!(
        "unchanged: {many} linked invoices against {few}, {rounds} rounds, turns of {per} runs"
    );
    let (small, large) = (linked(few).await, linked(many).await);
    let before = large.bed.transport.sent().len();
    let calls = idle(&large, 1).await.calls;
    book::show(&book::kinds(&large.bed, before));
    goal(
        "calls of a run over an unchanged book",
        calls as f64,
        10.0,
        true,
    );
    let mut seen = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        // Who begins changes, so that warming up favours neither.
        for at in [round % 2, 1 - round % 2] {
            seen[at].push(idle([&small, &large][at], per).await);
        }
    }
    let all = |at: usize, of: fn(&Idle) -> f64| -> Vec<f64> { seen[at].iter().map(of).collect() };
    for (at, name) in [few, many].iter().enumerate() {
        let median = |of: fn(&Idle) -> f64| quantile(&sorted(all(at, of)), 0.5);
        println!(
            "  {name:>6} linked, a run: {:.0} us of ours, {:.0} us of processor time, {:.0} us of the vendors'",
            median(|i| i.own),
            median(|i| i.busy),
            median(|i| i.theirs)
        );
    }
    let ratio = compared("by the clock", &all(1, |i| i.own), &all(0, |i| i.own));
    compared(
        "by processor time",
        &all(1, |i| i.busy),
        &all(0, |i| i.busy),
    );
    goal("time over many linked against few", ratio, 1.2, true);
}
