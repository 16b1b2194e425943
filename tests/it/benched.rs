//! What the benchmark of a decision compares is the same work: the contender that is written by hand decides what the
//! program decides. A benchmark is run seldom, and would be found broken by whoever needs its numbers.

#[path = "../../benches/common/by_hand/mod.rs"]
mod by_hand;
#[path = "../../benches/common/desk.rs"]
mod desk;
#[path = "../../benches/common/papers.rs"]
mod papers;

use by_hand::{ByHand, Hooks, Native, NoHooks};
use crossfoot::rules::{RuleSet, Runner};
use desk::{Desk, bare};

fn same(rules: RuleSet, hooks: &mut impl Hooks) {
    let (off, on) = (Desk::new(rules.clone(), false), Desk::new(rules, true));
    let by_hand = ByHand::new(off.target(), &off.chart);
    let expected = by_hand.decide(hooks, &off.invoice, &off.view);
    assert!(expected.verdict.is_keep(), "{:?}", expected.verdict);
    assert!(expected.payments.iter().all(|p| p.draft.is_some()));
    let mut runner = Runner::new();
    assert_eq!(bare(off.decide(&mut runner)), expected);
    let told = on.decide(&mut runner);
    assert!(!told.trace.steps().is_empty());
    assert_eq!(bare(told), expected);
}

#[test]
fn by_hand_and_by_the_program_an_invoice_is_decided_alike() {
    same(RuleSet::empty(), &mut NoHooks);
    same(papers::rules(), &mut Native::default());
}
