//! An unchanged book: a run that finds nothing to do, over many linked invoices and over few.
//!
//! `cargo bench --bench unchanged [-- many=20000 few=200 rounds=25]`. Both books are made once; then they take
//! turns, and a ratio is taken within each round. Clocks move on by a quarter of an hour between runs.
//!
//! The fake vendors answer in this process, and searching 20,000 orders of theirs takes them time that is the
//! vendor's and not ours: time between a request and its answer is counted apart, and left out of the ratio.

#[path = "../tests/it/bed.rs"]
mod bed;
#[path = "common/book.rs"]
mod book;
#[path = "common/mod.rs"]
mod common;
#[path = "../tests/it/support.rs"]
mod support;

use async_trait::async_trait;
use bed::Bed;
use chrono::Duration;
use common::{goal, option, quantile, sorted};
use crossfoot::connectors::http::{HttpRequest, HttpResponse, Transport, TransportError};
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

/// A run without anything to do.
struct Idle {
    /// Our own time, in microseconds.
    own: f64,
    /// The vendors', in microseconds.
    theirs: f64,
    /// Calls made.
    calls: u64,
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

async fn idle(book: &Book) -> Idle {
    book.bed.clock.advance(Duration::minutes(15));
    book.vendors.store(0, Ordering::Relaxed);
    let begun = now();
    let done = book::sync(&book.engine).await;
    let took = begun.elapsed().as_nanos() as f64 / 1000.0;
    let theirs = book.vendors.load(Ordering::Relaxed) as f64 / 1000.0;
    assert!(
        !done.run.counts.contains_key("created"),
        "{:?}",
        done.run.counts
    );
    Idle {
        own: took - theirs,
        theirs,
        calls: done.run.calls.values().sum(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (many, few, rounds) = (
        option("many", 20_000),
        option("few", 200),
        option("rounds", 25),
    );
    println!("unchanged: {many} linked invoices against {few}, {rounds} rounds");
    let (small, large) = (linked(few).await, linked(many).await);
    let before = large.bed.transport.sent().len();
    let calls = idle(&large).await.calls;
    book::show(&book::kinds(&large.bed, before));
    goal(
        "calls of a run over an unchanged book",
        calls as f64,
        10.0,
        true,
    );
    let (mut own, mut theirs) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for round in 0..rounds {
        // Who begins changes, so that warming up favours neither.
        for at in [round % 2, 1 - round % 2] {
            let seen = idle([&small, &large][at]).await;
            own[at].push(seen.own);
            theirs[at].push(seen.theirs);
        }
    }
    let ratios = sorted(own[1].iter().zip(&own[0]).map(|(a, b)| a / b).collect());
    for (name, (own, theirs)) in [few, many].iter().zip(own.into_iter().zip(theirs)) {
        println!(
            "  {name:>6} linked: median {:.0} us of ours, {:.0} us of the vendors'",
            quantile(&sorted(own), 0.5),
            quantile(&sorted(theirs), 0.5)
        );
    }
    println!(
        "  ratio: median {:.2} (10 to 90 %: {:.2} - {:.2})",
        quantile(&ratios, 0.5),
        quantile(&ratios, 0.1),
        quantile(&ratios, 0.9)
    );
    goal(
        "time over many linked against few",
        quantile(&ratios, 0.5),
        1.2,
        true,
    );
}
