//! Everything that comes from outside: time, calls, randomness, the key of the secrets, where beacons are kept.
//!
//! An engine is opened with it; the program takes this machine's, a test makes its own.

use crate::clock::Clock;
use crate::connectors::http::Transport;
use crate::store::{BeaconPlace, Fill, Seal};
use std::sync::Arc;

/// Everything that comes from outside.
#[derive(Clone)]
pub struct Outside {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// How calls leave.
    pub transport: Arc<dyn Transport>,
    /// Randomness.
    pub fill: Fill,
    /// The key of the secrets.
    pub seal: Seal,
    /// Where it is kept, outside of workspaces, how far each had come; and what this machine is called.
    pub beacon: BeaconPlace,
}
