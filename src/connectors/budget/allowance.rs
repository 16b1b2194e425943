//! What a vendor allows, and what is said when it is used up.

use chrono::{DateTime, Utc};

/// At most so many calls in any stretch of so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Length, in seconds.
    pub seconds: i64,
    /// Calls.
    pub most: usize,
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.seconds {
            1 => write!(f, "{} a second", self.most),
            60 => write!(f, "{} a minute", self.most),
            3600 => write!(f, "{} an hour", self.most),
            s => write!(f, "{} in {s} s", self.most),
        }
    }
}

/// What a vendor allows under one key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// Calls under way at the same time; 0 for no limit of the vendor's.
    pub at_once: usize,
    /// Sliding windows.
    pub windows: Vec<Window>,
    /// Calls a day; 0 for no limit.
    pub a_day: u64,
}

/// A limit with the key it is counted under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// What is counted together: `xero/org/<id>`, `keap/client/<id>`.
    pub key: String,
    /// How much.
    pub limits: Limits,
}

/// For whom a call is made, which decides how much of the day it may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Urgency {
    /// A timer's: 70 % of the day.
    #[default]
    Routine,
    /// A person waits for it: 90 %.
    Person,
    /// It settles what a failure left open: all of it.
    Recovery,
}

impl Urgency {
    pub(super) fn share(self, a_day: u64) -> u64 {
        let per_cent = match self {
            Urgency::Routine => 70,
            Urgency::Person => 90,
            Urgency::Recovery => 100,
        };
        a_day.saturating_mul(per_cent) / 100
    }
}

/// The call may not go now; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// When to come back.
    pub until: DateTime<Utc>,
    /// Which limit.
    pub why: String,
    /// Whether it is the day's.
    pub park: bool,
    /// The window that is full, where that is why.
    pub window: Option<Window>,
}
