//! What is posted, and is not in the two books as it was agreed: people cancelled it in the ledger, gave it another sum,
//! took a payment of it out, or the source deleted it.

use super::codes::{self, Code};
use super::key::Key;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What was done to what is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// Our paper was cancelled in the ledger, or is no longer there.
    Cancelled,
    /// Our paper comes to another sum there.
    Total,
    /// A payment that stands for one of ours is no longer on its paper.
    PaymentDeleted,
    /// The source no longer has the document.
    SourceDeleted,
}

impl DriftKind {
    /// Every kind.
    pub const ALL: [DriftKind; 4] = [
        Self::Cancelled,
        Self::Total,
        Self::PaymentDeleted,
        Self::SourceDeleted,
    ];

    /// The code it is told and kept under.
    pub fn code(self) -> Code {
        match self {
            Self::Cancelled => codes::LEDGER_CANCELLED,
            Self::Total => codes::LEDGER_TOTAL,
            Self::PaymentDeleted => codes::PAYMENT_DELETED,
            Self::SourceDeleted => codes::SOURCE_DELETED,
        }
    }

    /// What a person was shown who was told that a thing of the ledger comes to a sum.
    pub fn sign(self, other: &str, is: Decimal) -> String {
        format!("{} {other} {}", self.code(), is.normalize())
    }

    /// The kind that a code names.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code().as_str() == code)
    }
}

/// One thing that was done to what is posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// What.
    pub kind: DriftKind,
    /// To what: the document, or the payment or refund of it, as the source knows it.
    pub of: Key,
    /// The ledger's id of the paper, or of the payment that went; empty where the source did it.
    pub other: String,
    /// Its number in the ledger; may be empty.
    pub number: String,
    /// The word for its status there; may be empty.
    pub status: String,
    /// What was agreed that it comes to.
    pub was: Decimal,
    /// What it comes to now.
    pub is: Decimal,
}

impl Drift {
    /// What a person was shown of it: a word that names this is about just this.
    pub fn sign(&self) -> String {
        self.kind.sign(&self.other, self.is)
    }
}
