//! 20,000 storms over the write protocol; each must leave exactly one effect for each document.

use crate::simulation::exhaustive;
use crate::simulation::runner::run_seed;
use crate::simulation::{SEEDS, from_env, tell};

#[test]
fn no_storm_makes_a_second_document_or_loses_one() {
    if let Ok(seed) = std::env::var("CROSSFOOT_SIM_SEED") {
        let seed = seed.parse().expect("CROSSFOOT_SIM_SEED is a number");
        let ending = run_seed(seed, true);
        println!("{}", ending.log.join("\n"));
        assert!(ending.violations.is_empty(), "{:#?}", ending.violations);
        return;
    }
    let first = from_env("CROSSFOOT_SIM_FIRST", 0);
    let seeds = from_env("CROSSFOOT_SIM_SEEDS", SEEDS);
    let most = from_env("CROSSFOOT_SIM_SHOW", 1);
    let (mut failed, mut events, mut held) = (Vec::new(), 0, 0);
    for seed in first..first + seeds {
        let ending = run_seed(seed, false);
        events += ending.events;
        held += ending.held;
        if ending.violations.is_empty() {
            continue;
        }
        if (failed.len() as u64) < most {
            println!("{}", tell(seed, &ending));
        }
        failed.push((seed, ending.violations));
    }
    println!(
        "{seeds} seeds, {events} events, {held} writes held, {} seeds failed",
        failed.len()
    );
    for (seed, wrong) in failed.iter().take(40) {
        println!("  {seed}: {}", wrong.first().map_or("", String::as_str));
    }
    assert!(
        failed.is_empty(),
        "{} of {seeds} seeds failed",
        failed.len()
    );
}

#[test]
fn a_seed_runs_the_same_way_twice() {
    let seeds = from_env("CROSSFOOT_SIM_SEEDS", SEEDS) / 100;
    for seed in (0..seeds.max(6)).map(|n| n * 97) {
        let (a, b) = (run_seed(seed, false), run_seed(seed, true));
        assert_eq!((a.hash, a.events), (b.hash, b.events), "seed {seed}");
        assert!(a.events > 0);
    }
}

#[test]
fn one_payment_survives_every_schedule_of_two_workers_one_fault_and_one_death() {
    let (count, wrong) = exhaustive::all(40);
    if let Some((schedule, violations)) = wrong {
        let log = exhaustive::run(schedule, true).ending.log;
        panic!("{}\n{schedule:?}\n{violations:#?}", log.join("\n"));
    }
    println!("{count} schedules");
    assert!(count > 1_000, "only {count} schedules");
}
