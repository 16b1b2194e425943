//! The same three hooks in other engines, against Crossfoot's and against hand-written Rust.
//!
//! `cargo run --release [-- rounds=200 us=2000]`; `cargo run --release -- probe` shows what each engine makes of
//! money, mistakes and scripts without end.
//!
//! `-- turns=20000` decides so often with our rules and does nothing else, for a profiler.
//!
//! Every engine's hooks stand in the same hand-written host, through the same trait. Before anything is timed,
//! what they decide over several invoices is compared with what plain Rust decides. All take a turn a round.

#[path = "../../common/by_hand/mod.rs"]
mod by_hand;
mod cel_hooks;
#[path = "../../common/mod.rs"]
mod common;
#[path = "../../common/desk.rs"]
mod desk;
mod js_hooks;
mod our_hooks;
#[path = "../../common/papers.rs"]
mod papers;
mod probe;
mod rhai_hooks;
mod says;
mod values;
mod vrl_hooks;
mod zen_hooks;

use by_hand::{ByHand, Hooks, Native};
use cel_hooks::Cel;
use common::{Contender, option, race, table};
use crossfoot::model::{Invoice, LineKind};
use crossfoot::rules::Runner;
use desk::Desk;
use js_hooks::Js;
use our_hooks::Ours;
use rhai_hooks::Plain;
use rust_decimal::Decimal;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use values::Extent::{self, Lean, Whole};
use vrl_hooks::Vrl;
use zen_hooks::{ZenExpressions, ZenGraphs};

fn main() {
    if std::env::args().any(|a| a == "probe") {
        return probe::all();
    }
    let turns = option("turns", 0);
    if turns > 0 {
        let (desk, mut runner) = (Desk::new(papers::rules(), false), Runner::new());
        (0..turns).for_each(|_| drop(black_box(desk.decide(&mut runner))));
        return;
    }
    let (rounds, slice) = (option("rounds", 200), option("us", 2_000));
    let slice = Duration::from_micros(slice as u64);
    let desk = Desk::new(papers::rules(), false);
    let by_hand = ByHand::new(desk.target(), &desk.chart);
    println!(
        "three hooks (select, map_line five times, map_payment); {rounds} rounds, turns of {slice:?}"
    );
    compare(&desk, &by_hand);
    let mut runner = Runner::new();
    let mut ours = Ours::new(Arc::clone(&desk.invoice));
    let mut native = Native::default();
    let mut peers: Vec<(String, Box<dyn Hooks>)> = Vec::new();
    for extent in [Lean, Whole] {
        let shown = if extent == Lean {
            ""
        } else {
            ", whole document"
        };
        for (name, hooks) in engines(extent) {
            peers.push((format!("{name}{shown}"), hooks));
        }
    }
    let decided = |hooks: &mut dyn Hooks| {
        black_box(by_hand.decide(hooks, black_box(&desk.invoice), black_box(&desk.view)));
    };
    let mut contenders = vec![
        Contender::new("hand-written Rust", || {
            // Not behind a trait object: the compiler sees through it.
            black_box(by_hand.decide(&mut native, black_box(&desk.invoice), black_box(&desk.view)));
        }),
        Contender::new("Crossfoot, the whole decide", || {
            black_box(desk.decide(&mut runner));
        }),
        Contender::new("Crossfoot's rules", || decided(&mut ours)),
    ];
    for (name, hooks) in &mut peers {
        contenders.push(Contender::new(name, || decided(&mut **hooks)));
    }
    table("Outputs equal", &race(rounds, slice, &mut contenders));
}

/// The engines with their hooks.
fn engines(extent: Extent) -> Vec<(&'static str, Box<dyn Hooks>)> {
    vec![
        ("VRL", Box::new(Vrl::new(extent))),
        ("CEL", Box::new(Cel::new(extent))),
        ("ZEN expressions", Box::new(ZenExpressions::new(extent))),
        ("ZEN decision graphs", Box::new(ZenGraphs::new(extent))),
        ("QuickJS", Box::new(Js::new(extent))),
        ("Rhai, plainly embedded", Box::new(Plain::new(extent))),
    ]
}

/// Compares what everyone decides over several invoices.
fn compare(desk: &Desk, by_hand: &ByHand<'_>) {
    let mut runner = Runner::new();
    for (told, invoice) in invoices() {
        let expected = by_hand.decide(&mut Native::default(), &invoice, &desk.view);
        for extent in [Lean, Whole] {
            for (name, mut hooks) in engines(extent) {
                let seen = by_hand.decide(&mut *hooks, &invoice, &desk.view);
                assert_eq!(seen, expected, "{name}: {told}");
            }
        }
        let invoice = Arc::new(invoice);
        let mut ours = Ours::new(Arc::clone(&invoice));
        let seen = by_hand.decide(&mut ours, &invoice, &desk.view);
        // Our reasons name the line of the rule, which plain Rust has none of.
        assert_eq!(seen.verdict.is_keep(), expected.verdict.is_keep(), "{told}");
        if expected.verdict.is_keep() {
            assert_eq!(seen, expected, "{told}");
        }
    }
    let expected = by_hand.decide(&mut Native::default(), &desk.invoice, &desk.view);
    assert!(expected.verdict.is_keep());
    assert!(expected.payments.iter().all(|p| p.draft.is_some()));
    assert_eq!(desk.decide(&mut runner), expected);
}

/// The invoice that is timed, and others that end otherwise.
fn invoices() -> Vec<(&'static str, Invoice)> {
    let but = |change: fn(&mut Invoice)| {
        let mut invoice = papers::invoice();
        change(&mut invoice);
        invoice
    };
    vec![
        ("kept", papers::invoice()),
        ("tagged", but(|i| i.tags.push("do-not-sync".into()))),
        ("negative", but(|i| i.total = Decimal::NEGATIVE_ONE)),
        (
            "no such row",
            but(|i| i.lines[0].sku = "MARS-INSPECT".into()),
        ),
        ("half a key", but(|i| i.lines[0].sku = "NSW-".into())),
        (
            "exported",
            but(|i| {
                i.tags.push("export".into());
                i.tax = Some(Decimal::ZERO);
                let net = |l: &crossfoot::model::Line| l.unit_amount * l.quantity;
                i.total = i.lines.iter().map(net).sum();
                i.payments[0].amount = i.total;
                assert!(i.lines.iter().any(|l| l.kind == LineKind::Shipping));
            }),
        ),
    ]
}
