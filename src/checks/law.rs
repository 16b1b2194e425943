//! What the laws are given of the ledger: every one asks this, and none keeps it.
//!
//! Flows in: what the ledger declares and what it holds. Flows out: both, by reference. Refuses nothing.

use crate::model::{Chart, TargetFacts};

/// What the laws need to know.
#[derive(Debug, Clone, Copy)]
pub struct Law<'a> {
    /// What the ledger can do.
    pub facts: TargetFacts<'a>,
    /// What the ledger holds.
    pub chart: &'a Chart,
}
