//! What a vendor's answer says about its limits, in terms that fit every vendor.
//!
//! Flows in: what a connector read of an answer's headers. Flows out: the same, for the budgets and for whoever asked.
//! Refuses nothing: what a header does not say is not made up.

use super::budget::{Allowance, Window};
use chrono::{DateTime, Utc};

/// What an answer told about the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Learned {
    /// So many calls are left of a window.
    Window {
        /// Which allowance.
        key: String,
        /// Which window.
        window: Window,
        /// Calls left.
        left: usize,
    },
    /// So many calls are left of the day.
    Day {
        /// Which allowance.
        allowance: Allowance,
        /// Calls left.
        left: u64,
    },
}

/// What a 429 says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limited {
    /// The allowance that is used up.
    pub key: String,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Which limit, in words.
    pub why: String,
    /// Whether it is the day's.
    pub park: bool,
}
