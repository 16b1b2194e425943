//! What a decision takes from the allocator: an invoice of five lines and its payment.
//!
//! `cargo bench --bench allocations`. Blocks and bytes a decision, with and without hooks and trace: counts, which are the
//! same on every machine. In a file of its own, since counting is slow.

#[path = "common/desk.rs"]
mod desk;
#[path = "common/papers.rs"]
mod papers;

use crossfoot::rules::{RuleSet, Runner};
use desk::Desk;
use std::hint::black_box;

#[global_allocator]
static COUNTED: dhat::Alloc = dhat::Alloc;

/// Decisions that are counted; the first of them fill what is kept between decisions.
const TURNS: u64 = 1_000;

fn main() {
    let _profiler = dhat::Profiler::builder().testing().build();
    println!("allocations of a decision (blocks, bytes)");
    for (hooks, rules) in [
        ("no hooks", RuleSet::empty()),
        ("three hooks", papers::rules()),
    ] {
        for (told, trace) in [("trace off", false), ("trace on", true)] {
            let (desk, mut runner) = (Desk::new(rules.clone(), trace), Runner::new());
            (0..10).for_each(|_| drop(black_box(desk.decide(&mut runner))));
            let before = dhat::HeapStats::get();
            (0..TURNS).for_each(|_| drop(black_box(desk.decide(&mut runner))));
            let after = dhat::HeapStats::get();
            let blocks = (after.total_blocks - before.total_blocks) as f64 / TURNS as f64;
            let bytes = (after.total_bytes - before.total_bytes) as f64 / TURNS as f64;
            println!("  {hooks}, {told}: {blocks:.1} blocks, {bytes:.0} bytes");
        }
    }
}
