//! The write protocol in a storm: the product's own loop over a journal in memory and a model ledger.
//!
//! Time is virtual and chance comes from a seed, so a failing seed runs again exactly as it ran. What stays
//! outside: a clock that goes back by 50 s to some minutes while a request is in doubt and nothing is
//! recorded (the window's margin is 50 s; more is noticed only when a recorded time is passed), a clock that
//! jumps ahead by the quarantine, and a vendor that executes a request more than 130 s after it was sent.
//!
//! - `memory` is the journal, `vendor` the ledger, `world` time and chance, `doors` what a worker holds,
//!   `plan` what a seed is about, `runner` the executor, `check` the invariants.

pub mod check;
pub mod doors;
pub mod exhaustive;
pub mod memory;
pub mod plan;
pub mod runner;
pub mod vendor;
pub mod world;

use runner::{Ending, run_seed};

/// A number from the environment, or what it is without.
pub fn from_env(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// Tells what a seed did wrong and how to see it again.
pub fn tell(seed: u64, ending: &Ending) -> String {
    let again = run_seed(seed, true);
    let log = again.log.join("\n");
    let wrong = ending.violations.join("\n  ");
    format!(
        "{log}\n\nseed {seed} violates:\n  {wrong}\nsee it again: CROSSFOOT_SIM_SEED={seed} cargo test --test it simulation -- --nocapture"
    )
}
