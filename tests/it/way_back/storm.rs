//! The storm, with the promises of an application that is no ledger by trade: no key makes a request happen once, so that the
//! journal, the quarantine and two looks by stamp are all there is. Numbers are its own.
//!
//! It is the simulation's own storm, with the model ledger in these habits, as it is for a third ledger.

use crate::simulation::from_env;
use crate::simulation::runner::run_seed_at_keyless;

/// How many seeds, unless `CROSSFOOT_SIM_SEEDS` says otherwise.
const SEEDS: u64 = 3_000;

#[test]
fn no_storm_makes_a_second_document_or_loses_one_where_no_key_helps() {
    if let Ok(seed) = std::env::var("CROSSFOOT_SIM_SEED") {
        let seed = seed.parse().expect("CROSSFOOT_SIM_SEED is a number");
        let ending = run_seed_at_keyless(seed, true);
        println!("{}", ending.log.join("\n"));
        assert!(ending.violations.is_empty(), "{:#?}", ending.violations);
        return;
    }
    let first = from_env("CROSSFOOT_SIM_FIRST", 0);
    let seeds = from_env("CROSSFOOT_SIM_SEEDS", SEEDS);
    let (mut failed, mut events) = (Vec::new(), 0);
    for seed in first..first + seeds {
        let ending = run_seed_at_keyless(seed, false);
        events += ending.events;
        failed.extend((!ending.violations.is_empty()).then_some((seed, ending.violations)));
    }
    println!(
        "{seeds} seeds, {events} events, {} seeds failed",
        failed.len()
    );
    for (seed, wrong) in failed.iter().take(20) {
        println!("  {seed}: {wrong:?}");
    }
    assert!(
        events > 0 && failed.is_empty(),
        "see one with CROSSFOOT_SIM_SEED"
    );
}
