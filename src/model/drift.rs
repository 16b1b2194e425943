//! What is posted, and is not in the two books as it was agreed: people cancelled it in the ledger, gave it another sum,
//! took a payment of it out, put money of their own to it, or the source deleted it.

use super::codes::{self, Code};

use super::key::Key;
use super::kinds::Kind;
use super::money;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What was done to what is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// Our paper was cancelled in the ledger, or is no longer there.
    Cancelled,
    /// Our paper, or a payment of ours, comes to another sum there.
    Total,
    /// Money was put to our paper that stands for none of ours: a payment that people entered, a credit they applied.
    Balance,
    /// A payment that stands for one of ours is no longer on its paper.
    PaymentDeleted,
    /// The source no longer has the document.
    SourceDeleted,
}

impl DriftKind {
    /// Every kind.
    pub const ALL: [DriftKind; 5] = [
        Self::Cancelled,
        Self::Total,
        Self::Balance,
        Self::PaymentDeleted,
        Self::SourceDeleted,
    ];

    /// The code it is told and kept under.
    pub fn code(self) -> Code {
        match self {
            Self::Cancelled => codes::LEDGER_CANCELLED,
            Self::Total => codes::LEDGER_TOTAL,
            Self::Balance => codes::LEDGER_BALANCE,
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
    /// What was agreed that it comes to; of others' money, how much of it a person has called right.
    pub was: Decimal,
    /// What it comes to now.
    pub is: Decimal,
    /// Of others' money, the entries that it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<OthersEntry>,
}

/// Money on our paper that is none of ours, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OthersEntry {
    /// Whether it is a credit that was applied, and no payment.
    pub credit: bool,
    /// The number of a credit, or the ledger's id of a payment; empty where the ledger does not say.
    pub name: String,
    /// Its day, where the ledger says so.
    pub date: Option<NaiveDate>,
    /// How much of it stands on the paper.
    pub amount: Decimal,
    /// Whether it is a payment of ours for another document, which somebody put here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moved: bool,
}

impl OthersEntry {
    /// As people are told of it.
    pub fn told(&self) -> String {
        let called = match (self.credit, self.name.as_str()) {
            (true, "") => "a credit".to_owned(),
            (true, name) => format!("the credit {name}"),
            (false, name) if self.moved => format!("the payment {name} of another document"),
            (false, _) => "a payment".to_owned(),
        };
        let day = self
            .date
            .map_or_else(String::new, |d| format!(" dated {d}"));
        format!("{called} of {}{day}", money::show(self.amount))
    }
}

impl Drift {
    /// What a person was shown of it: a word that names this is about just this.
    pub fn sign(&self) -> String {
        self.kind.sign(&self.other, self.is)
    }

    /// Whether it was done to a thing: what was done to the credit that a payment became was done to the payment.
    pub fn is_of(&self, of: &Key) -> bool {
        let credit = self.of.kind == Kind::Overpayment && of.kind == Kind::Payment;
        self.of == *of || (credit && self.of.book == of.book && self.of.id == of.id)
    }
}
