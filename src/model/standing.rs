//! Where a thing stands in its book, and what may still be done to it there: what only a connector can know.

use serde::{Deserialize, Serialize};

/// Where a thing stands in its book.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not yet issued.
    Draft,
    /// Waits for somebody there to approve it.
    Submitted,
    /// Good, and nothing was put to it.
    #[default]
    Open,
    /// A part of it is settled.
    PartPaid,
    /// All of it is settled.
    Settled,
    /// Cancelled, and kept: nothing can be changed on it or paid to it.
    Cancelled,
    /// Put away: no new document may use it.
    Archived,
    /// It is another one now, by its id.
    MergedInto(String),
    /// No longer there.
    Gone,
}

impl Standing {
    /// Whether it does not count any more.
    pub fn is_over(&self) -> bool {
        matches!(self, Standing::Cancelled | Standing::Gone)
    }

    /// Whether a payment may be put to it as it stands.
    pub fn takes_payments(&self) -> bool {
        matches!(self, Standing::Open | Standing::PartPaid)
    }

    pub(super) fn is_default(&self) -> bool {
        *self == Standing::default()
    }
}

/// What may still be done to a thing in its book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct May {
    /// Whether it may be changed.
    pub change: bool,
    /// Whether a payment can be put to it.
    pub pay: bool,
}

impl May {
    pub(super) fn is_nothing(&self) -> bool {
        *self == May::default()
    }
}
