//! The storm has teeth: each bug planted in the write protocol on purpose is caught.
//!
//! Built with `--features planted-bugs` alone. How many seeds in a thousand catch each bug is printed; a bug
//! that none of [`SEEDS`] catches fails the test.

#[path = "it/bed.rs"]
#[allow(dead_code)]
mod bed;
#[path = "it/story_qbo/between.rs"]
mod between;
#[path = "it/bookwright.rs"]
mod bookwright;
#[path = "it/way_back/bring.rs"]
mod bring;
#[path = "it/story_qbo/desk.rs"]
#[allow(dead_code)]
mod desk;
#[path = "it/simulation/mod.rs"]
#[allow(dead_code)]
mod simulation;
#[path = "it/support.rs"]
mod support;
#[path = "it/tallybook.rs"]
mod tallybook;

use crossfoot::pipeline::plant::{self, Plant};
use simulation::exhaustive;
use simulation::from_env;
use simulation::runner::run_seed;
use std::collections::BTreeMap;

/// How many seeds each bug is given, unless `CROSSFOOT_SIM_SEEDS` says otherwise.
const SEEDS: u64 = 4_000;

/// Seeds that caught the bug, the first of them, and by which invariants.
fn caught(seeds: u64) -> (u64, Option<u64>, BTreeMap<String, u64>) {
    let (mut count, mut first, mut by) = (0, None, BTreeMap::new());
    for seed in 0..seeds {
        let wrong = run_seed(seed, false).violations;
        if wrong.is_empty() {
            continue;
        }
        count += 1;
        first = first.or(Some(seed));
        let mut words: Vec<String> = wrong
            .iter()
            .map(|w| w.split(':').next().unwrap_or_default().to_owned())
            .collect();
        words.sort();
        words.dedup();
        for w in words {
            *by.entry(w).or_default() += 1;
        }
    }
    (count, first, by)
}

fn show(bug: Plant) {
    plant::set(Some(bug));
    let seeds = from_env("CROSSFOOT_SIM_SEEDS", SEEDS);
    let (count, first, by) = caught(seeds);
    plant::set(None);
    println!(
        "{}: {count} of {seeds} seeds, first {first:?}, by {by:?}",
        bug.as_str()
    );
    assert!(
        count > 0,
        "{} was not caught in {seeds} seeds",
        bug.as_str()
    );
    assert!(
        by.keys().any(|k| k == "I1" || k == "I4"),
        "{} was caught, but not for what it does: {by:?}",
        bug.as_str()
    );
}

#[test]
fn a_new_key_on_each_try_is_caught() {
    show(Plant::NewKey);
}

#[test]
fn sending_before_the_journal_is_caught() {
    show(Plant::SendFirst);
}

#[test]
fn no_quarantine_is_caught() {
    show(Plant::NoQuarantine);
}

#[test]
fn no_look_up_is_caught() {
    show(Plant::NoLookUp);
}

#[test]
fn no_lease_is_caught() {
    show(Plant::NoLease);
}

#[test]
fn taking_another_types_document_by_its_number_is_caught() {
    show(Plant::AnyType);
}

#[test]
fn trusting_the_number_and_not_the_stamp_is_caught() {
    show(Plant::NumberIsEnough);
}

/// Of payments that go both ways: what came back goes forward once more, as if it were news.
#[tokio::test]
async fn an_echo_of_what_came_back_is_caught() {
    plant::set(Some(Plant::Echo));
    let mut caught = None;
    for seed in 0..bring::SEEDS {
        let wrong = bring::storm(seed).await;
        if !wrong.is_empty() {
            caught = Some((seed, wrong));
            break;
        }
    }
    plant::set(None);
    println!("echo: {caught:?}");
    let (_, wrong) = caught.expect("it was not caught");
    assert!(wrong.iter().any(|w| w.starts_with("xero has")), "{wrong:?}");
}

/// What was deleted and is sent again by a person's word: under its old key the vendor gives the old answer, and nothing is made.
#[tokio::test]
async fn a_key_that_is_used_once_more_after_a_delete_is_caught() {
    plant::set(Some(Plant::OldKey));
    let wrong = between::sent_after_a_delete().await;
    plant::set(None);
    println!("old-key: {wrong:?}");
    assert!(!wrong.is_empty(), "it was not caught");
    assert_eq!(between::sent_after_a_delete().await, Vec::<String>::new());
}

/// A change that goes on a version out of a list: it is stale where money came in since, and goes twice.
#[tokio::test]
async fn a_version_out_of_a_list_is_caught() {
    plant::set(Some(Plant::ListedVersion));
    let wrong = between::changed_after_waiting().await;
    plant::set(None);
    println!("listed-version: {wrong:?}");
    assert!(!wrong.is_empty(), "it was not caught");
    assert_eq!(between::changed_after_waiting().await, Vec::<String>::new());
}

#[test]
fn without_a_bug_the_same_build_is_clean() {
    plant::set(None);
    let (count, first, by) = caught(from_env("CROSSFOOT_SIM_SEEDS", SEEDS) / 4);
    assert_eq!(count, 0, "first {first:?}, by {by:?}");
}

#[test]
fn the_schedules_of_one_payment_catch_bugs_too() {
    for bug in [
        Plant::NewKey,
        Plant::SendFirst,
        Plant::NoLookUp,
        Plant::NoLease,
    ] {
        plant::set(Some(bug));
        let (count, wrong) = exhaustive::all(40);
        plant::set(None);
        println!("{}: schedule {count}: {wrong:?}", bug.as_str());
        assert!(wrong.is_some(), "{} survives every schedule", bug.as_str());
    }
}
