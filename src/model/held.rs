//! How much waits for a person, in kinds: one count, taken from what is kept, and the same wherever it is told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What waits for a person at one tenant, as it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HeldCount {
    /// Documents that are held.
    pub documents: u64,
    /// Documents that are refused.
    pub refused: u64,
    /// Documents that wait for approval.
    pub approvals: u64,
    /// Payments and refunds that are held.
    pub payments: u64,
    /// Payments and refunds that are refused.
    pub payments_refused: u64,
    /// Payments and refunds that wait: for an earlier one, for their document, or to be released.
    pub payments_waiting: u64,
    /// Records of the source that could not be read at the last pull.
    pub unreadable: u64,
}

impl HeldCount {
    /// Counts a payment or refund by where it stands.
    pub fn payment(&mut self, state: &str) {
        match state {
            "held" => self.payments += 1,
            "refused" => self.payments_refused += 1,
            "waits" => self.payments_waiting += 1,
            _ => {}
        }
    }

    /// Documents that wait for a person because something is wrong.
    pub fn stuck(&self) -> u64 {
        self.documents + self.refused
    }

    /// Each kind that there is of, as people are told, with how many.
    pub fn told(&self) -> Vec<(&'static str, u64)> {
        let all = [
            ("documents held", self.documents),
            ("documents refused", self.refused),
            ("documents waiting for approval", self.approvals),
            ("payments held", self.payments),
            ("payments refused", self.payments_refused),
            ("payments waiting", self.payments_waiting),
            ("records unreadable", self.unreadable),
        ];
        all.into_iter().filter(|(_, n)| *n > 0).collect()
    }
}
