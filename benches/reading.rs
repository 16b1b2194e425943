//! What reading a record costs by a description, against the connector that is written by hand.
//!
//! `cargo bench --bench reading [-- rounds=200 us=2000]`. Each contender reads a sale of five lines and a payment, as its vendor's
//! API gives it, from the text that the store keeps. Before anything is timed, what they make of it is compared. The contenders
//! take turns, and a ratio is taken within a round.
//!
//! `-- jobs=20000` makes a book of so many jobs in the fake Kickserv, posts it, edits an old one late, and counts the calls
//! of the night's reading. The number of calls does not depend on the machine.

#[path = "../tests/it/bed.rs"]
mod bed;
#[path = "../tests/it/bookwright.rs"]
mod bookwright;
#[path = "common/mod.rs"]
mod common;
#[path = "common/crew.rs"]
mod crew;
#[path = "../tests/it/support.rs"]
mod support;
#[path = "../tests/it/tallybook.rs"]
mod tallybook;

use common::{Contender, goal, option, race, table};
use crossfoot::connectors::Settings;
use crossfoot::model::Document;
use rust_decimal::Decimal;
use serde_json::Value;
use std::hint::black_box;
use std::time::Duration;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    match option("jobs", 0) {
        0 => by_hand_and_described().await,
        jobs => nights(jobs).await,
    }
}

/// A record as it was kept, with what reads it.
struct Kept<'e> {
    reads: &'e dyn crossfoot::connectors::Reads,
    settings: std::sync::Arc<Settings>,
    text: Vec<u8>,
}

impl Kept<'_> {
    fn read(&self) -> Document {
        let raw: Value = serde_json::from_slice(&self.text).unwrap_or_default();
        let read = self.reads.read_again(&self.settings, &raw);
        read.unwrap_or_else(|e| panic!("{e}"))
    }

    /// Lines, payments and the sum: what both make of their record.
    fn comes_to(&self) -> (usize, usize, Decimal) {
        let Document::Invoice(invoice) = self.read() else {
            panic!("no invoice");
        };
        (
            invoice.lines.len(),
            invoice.payments.len(),
            invoice.reckoned,
        )
    }
}

async fn by_hand_and_described() {
    let (rounds, slice) = (option("rounds", 200), option("us", 2_000));
    let shop = crew::keap();
    let shop_engine = shop.engine().await;
    let yard = crew::kickserv(vec![crew::job(1)]).await;
    let hand = crew::kept(&shop_engine).await;
    let described = crew::kept(&yard.engine).await;
    let (hand, described) = (kept(&hand), kept(&described));
    assert_eq!(described.comes_to(), (5, 1, Decimal::new(33_000, 2)));
    assert_eq!(hand.comes_to().2, described.comes_to().2);
    println!(
        "reading: a sale of 5 lines and a payment; {} and {} bytes; {rounds} rounds",
        hand.text.len(),
        described.text.len()
    );
    let mut all = [
        Contender::new("by hand (Keap)", || drop(black_box(hand.read()))),
        Contender::new("described (Kickserv)", || drop(black_box(described.read()))),
    ];
    let seen = race(rounds, Duration::from_micros(slice as u64), &mut all);
    table("reading a record", &seen);
    if let Some(described) = seen.get(1) {
        goal("described over by hand", described.ratio(), 2.0, true);
    }
}

fn kept<'e>(of: &'e crew::Kept<'e>) -> Kept<'e> {
    Kept {
        reads: of.reads,
        settings: of.settings.clone(),
        text: serde_json::to_vec(&of.raw).unwrap_or_default(),
    }
}

async fn nights(jobs: usize) {
    let (night, pages) = crew::late_edit(jobs).await;
    println!("a book of {jobs} jobs, one old of which was edited late");
    println!(
        "  the night's reading: {night} calls, {pages} pages with the empty one that ends them"
    );
    goal("calls over pages", night as f64 / pages as f64, 1.0, true);
}
