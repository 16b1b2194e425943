//! What a decision costs: an invoice of five lines with a payment, against hand-written Rust.
//!
//! `cargo bench --bench decide [-- rounds=400 us=1000]`. Every contender takes a turn a round, beginning with
//! another one each round; a ratio is taken within a round. Before anything is timed, what each of them
//! decides is compared with what the others do.
//!
//! `-- turns=20000 [hooks=0] [trace=1]` decides so often, with three hooks unless told otherwise, and does nothing else, for
//! a profiler.

#[path = "common/by_hand/mod.rs"]
mod by_hand;
#[path = "common/mod.rs"]
mod common;
#[path = "common/desk.rs"]
mod desk;
#[path = "common/papers.rs"]
mod papers;

use by_hand::{ByHand, Hooks, Native, NoHooks};
use common::{Contender, goal, option, quantile, race, sorted, table, timed};
use crossfoot::rules::{RuleSet, Runner};
use desk::{Desk, bare};
use std::hint::black_box;
use std::sync::Barrier;
use std::time::Duration;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let turns = option("turns", 0);
    if turns > 0 {
        let rules = match option("hooks", 1) {
            0 => RuleSet::empty(),
            _ => papers::rules(),
        };
        let (desk, mut runner) = (Desk::new(rules, option("trace", 0) > 0), Runner::new());
        (0..turns).for_each(|_| drop(black_box(desk.decide(&mut runner))));
        return;
    }
    let (rounds, slice) = (option("rounds", 400), option("us", 1_000));
    let slice = Duration::from_micros(slice as u64);
    println!("decide: an invoice of 5 lines and its payment; {rounds} rounds, turns of {slice:?}");
    against_hand(rounds, slice, false, &mut NoHooks);
    against_hand(rounds, slice, true, &mut Native::default());
    workers(rounds / 4, false);
    workers(rounds / 4, true);
}

fn against_hand<H: Hooks>(rounds: usize, slice: Duration, hooks: bool, native: &mut H) {
    let rules = || {
        if hooks {
            papers::rules()
        } else {
            RuleSet::empty()
        }
    };
    let (off, on) = (Desk::new(rules(), false), Desk::new(rules(), true));
    let by_hand = ByHand::new(off.target(), &off.chart);
    let (mut quiet, mut telling, mut read) = (Runner::new(), Runner::new(), Runner::new());
    let expected = by_hand.decide(native, &off.invoice, &off.view);
    assert!(expected.verdict.is_keep(), "{:?}", expected.verdict);
    assert!(expected.payments.iter().all(|p| p.draft.is_some()));
    assert_eq!(bare(off.decide(&mut quiet)), expected);
    let told = on.decide(&mut telling);
    let steps = told.trace.steps().len();
    assert_eq!(bare(told), expected);
    let mut contenders = [
        Contender::new("hand-written Rust", || {
            black_box(by_hand.decide(native, black_box(&off.invoice), black_box(&off.view)));
        }),
        Contender::new("decide, trace off", || {
            black_box(off.decide(&mut quiet));
        }),
        Contender::new(&format!("decide, trace on ({steps} steps)"), || {
            black_box(on.decide(&mut telling));
        }),
        Contender::new("the same, its steps made into text", || {
            black_box(on.decide(&mut read).trace.steps());
        }),
    ];
    let seen = race(rounds, slice, &mut contenders);
    let title = if hooks {
        "With three hooks (select, map_line five times, map_payment); outputs equal"
    } else {
        "Without hooks; outputs equal"
    };
    table(title, &seen);
    if hooks {
        let share = 1.0 / seen[2].ratio();
        let name = "share of hand-written speed with three hooks and the trace";
        goal(name, share, 0.27, false);
    } else {
        goal(
            "time over hand-written, without hooks",
            seen[1].ratio(),
            1.5,
            true,
        );
    }
}

/// One worker, then two at once, each with a runner, rules and a tenant of its own.
fn workers(rounds: usize, hooks: bool) {
    // Long enough that waking two threads takes no noticeable part of a turn.
    let each = if hooks { 2_000 } else { 6_000 };
    let rules = || {
        if hooks {
            papers::rules()
        } else {
            RuleSet::empty()
        }
    };
    let desks: Vec<Desk> = (0..2).map(|_| Desk::new(rules(), false)).collect();
    let turn = |count: usize| -> Duration {
        let (ready, done) = (Barrier::new(count + 1), Barrier::new(count + 1));
        std::thread::scope(|scope| {
            for desk in desks.iter().take(count) {
                let (ready, done) = (&ready, &done);
                scope.spawn(move || {
                    let mut runner = Runner::new();
                    black_box(desk.decide(&mut runner));
                    ready.wait();
                    for _ in 0..each {
                        black_box(desk.decide(&mut runner));
                    }
                    done.wait();
                });
            }
            ready.wait();
            timed(|| {
                done.wait();
            })
        })
    };
    let mut gains = Vec::new();
    for round in 0..rounds {
        // Who begins changes, so that warming up favours neither.
        let (one, two) = if round % 2 == 0 {
            let one = turn(1);
            (one, turn(2))
        } else {
            let two = turn(2);
            (turn(1), two)
        };
        gains.push(2.0 * one.as_secs_f64() / two.as_secs_f64());
    }
    let gains = sorted(gains);
    let with = if hooks {
        "with three hooks"
    } else {
        "without hooks"
    };
    println!(
        "\nTwo workers against one, {with}: {:.2} times the decisions a second (10 to 90 %: {:.2} - {:.2})",
        quantile(&gains, 0.5),
        quantile(&gains, 0.1),
        quantile(&gains, 0.9)
    );
    goal("two workers over one", quantile(&gains, 0.5), 1.5, false);
}
