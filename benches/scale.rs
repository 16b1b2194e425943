//! What each verb costs over books of several sizes, through the program's own flow with a store in a file.
//!
//! `cargo bench --bench scale [-- sizes=1000,10000]`. A row a verb: processor time, bytes handed to the operating system, the
//! peak of memory, statements, commits and calls, a document where it is about documents; and how these have grown from the
//! size before. Each row says on what its cost may depend. Statements and bytes do not depend on the machine, so the program
//! ends with an error where a verb that should be flat is not, or one takes more a document of a larger book; of times nothing
//! is claimed.
//!
//! The fake vendors answer in this process: their time and memory are in the figures of verbs that call them. Processor time,
//! bytes and memory are Linux's.

#[path = "../tests/it/bed.rs"]
mod bed;
#[path = "common/book.rs"]
mod book;
#[path = "../tests/it/bookwright.rs"]
mod bookwright;
#[path = "../tests/it/support.rs"]
mod support;
#[path = "../tests/it/tallybook.rs"]
mod tallybook;
#[path = "common/verbs.rs"]
mod verbs;

use std::process::ExitCode;
use verbs::{Beside, By, Cost, costs};

/// How much more a flat verb may write over the larger book, and a verb by the document may take each: an index is a level
/// deeper.
const GROWS: f64 = 1.25;

/// What a flat verb may write more whatever it writes: pages of indexes.
const PAGES: f64 = 65_536.0;

/// A number after a name in a file of /proc.
fn of_proc(file: &str, name: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix(name));
    let number = line.and_then(|l| l.trim_start_matches(':').split_whitespace().next());
    number.and_then(|n| n.parse().ok()).unwrap_or(0.0)
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

fn look() -> Beside {
    let beside = Beside {
        busy: busy(),
        written: of_proc("io", "wchar"),
        peak: of_proc("status", "VmHWM"),
    };
    // The peak is counted anew from here on.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    beside
}

fn sizes() -> Vec<usize> {
    let given = std::env::args().find_map(|a| a.strip_prefix("sizes=").map(str::to_owned));
    let given = given.unwrap_or_else(|| "1000,10000".to_owned());
    given.split(',').filter_map(|n| n.parse().ok()).collect()
}

fn show(orders: usize, all: &[Cost]) {
    println!("\n{orders} orders");
    println!(
        "  {:<20} {:>9} {:>12} {:>11} {:>10} {:>10} {:>8} {:>7}  may depend on",
        "each", "documents", "processor us", "bytes", "peak kB", "statements", "commits", "calls"
    );
    for c in all {
        let each = |n: f64| n / c.documents.max(1) as f64;
        let by = match c.by {
            By::Nothing => "what it is about",
            By::Documents => "its documents",
        };
        println!(
            "  {:<20} {:>9} {:>12.0} {:>11.0} {:>10.0} {:>10.2} {:>8.3} {:>7.3}  {by}",
            c.verb,
            c.documents,
            each(c.beside.busy),
            each(c.beside.written),
            c.beside.peak,
            c.each(c.statements),
            c.each(c.commits),
            each(c.calls as f64),
        );
    }
}

/// What a verb has grown by, and what is wrong with that.
fn grown(few: &Cost, many: &Cost) -> Vec<String> {
    let of = |c: &Cost| {
        [
            c.each(c.statements),
            c.beside.written / c.documents.max(1) as f64,
        ]
    };
    let ([asked, wrote], [asks, writes]) = (of(few), of(many));
    let times = |now: f64, was: f64| if was > 0.0 { now / was } else { 1.0 };
    println!(
        "  {:<20} statements x {:.2}, bytes x {:.2}, processor x {:.2}, peak x {:.2}",
        many.verb,
        times(asks, asked),
        times(writes, wrote),
        times(
            many.beside.busy / many.documents.max(1) as f64,
            few.beside.busy / few.documents.max(1) as f64
        ),
        times(many.beside.peak, few.beside.peak),
    );
    let (asks_more, writes_more) = match many.by {
        By::Nothing => (asks > asked, writes > wrote * GROWS + PAGES),
        By::Documents => (asks > asked * GROWS, writes > wrote * GROWS),
    };
    let mut wrong = Vec::new();
    if asks_more {
        wrong.push(format!(
            "{}: {asked:.1} statements, then {asks:.1}",
            many.verb
        ));
    }
    if writes_more {
        wrong.push(format!("{}: {wrote:.0} bytes, then {writes:.0}", many.verb));
    }
    wrong
}

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut before: Option<(usize, Vec<Cost>, u64)> = None;
    let mut wrong = Vec::new();
    for orders in sizes() {
        let (all, kept) = costs(orders, look).await;
        show(orders, &all);
        println!(
            "  the database: {:.0} bytes a document",
            kept as f64 / orders as f64
        );
        if let Some((fewer, few, kept_before)) = &before {
            let more = kept.saturating_sub(*kept_before) as f64;
            let each = more / orders.saturating_sub(*fewer).max(1) as f64;
            println!("  the database: {each:.0} bytes for each document more");
            println!("grown, each");
            for (few, many) in few.iter().zip(&all) {
                wrong.extend(grown(few, many));
            }
        }
        before = Some((orders, all, kept));
    }
    for what in &wrong {
        println!("GREW {what}");
    }
    ExitCode::from(u8::from(!wrong.is_empty()))
}
