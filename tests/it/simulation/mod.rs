//! The write protocol in a storm: the product's own loop over a journal in memory and a model ledger.
//!
//! Time is virtual and chance comes from a seed, so a failing seed runs again exactly as it ran. What no
//! protocol on a wall clock can survive stays outside: a clock that goes back past no time that anybody wrote
//! down while a request is in doubt (every pass writes one down; the windows have a margin of some seconds
//! more), a clock that jumps ahead by a quarantine, and a vendor that executes a request more than 130 s after
//! it left. A process that stands still while its clock goes back is inside: it counts its own time too.
//!
//! - `memory` is the journal, `vendor` the ledger, `world` time and chance, `doors` what a worker holds,
//!   `plan` what a seed is about, `runner` the executor, `check` the invariants, `exhaustive` every schedule of
//!   the smallest size.

pub mod check;
pub mod doors;
pub mod exhaustive;
pub mod memory;
pub mod plan;
pub mod runner;
pub mod shelves;
pub mod vendor;
pub mod world;

use runner::{Ending, run_seed};

/// How many seeds, unless `CROSSFOOT_SIM_SEEDS` says otherwise.
pub const SEEDS: u64 = 20_000;

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
        "{log}\n\nseed {seed} violates:\n  {wrong}\nsee it again: CROSSFOOT_SIM_SEED={seed} cargo test --test it storm::no_storm -- --nocapture"
    )
}
