//! What one payment or refund of a source becomes in a ledger: one entry, or several that belong together. A refund is a credit
//! note and the payment on it; a payment of more than is owed is a payment and the credit of what is beyond.

use super::diagnostic::Reason;
use super::document::{Payment, PaymentKind};

use super::kinds::Kind;
use super::money;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How far an entry is, by our own journal and links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// It was decided on, and has surely not left.
    Planned,
    /// It may have left, and is looked for.
    InDoubt,
    /// It may have left, and a look could not tell: a person was asked.
    Asked,
    /// The ledger has it.
    Posted,
    /// It was there once, and its link is gone.
    Unlinked,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentEntry {
    /// What it is in the ledger.
    pub kind: Kind,
    /// How far it is.
    pub state: EntryState,
    /// How much.
    pub amount: Decimal,
    /// Its day.
    pub date: NaiveDate,
    /// The number of a paper; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// The ledger's id; empty until it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target_id: String,
    /// What the source said came in, or went back, when it was decided on; none where that is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Decimal>,
    /// The day that the source said of it then; none where that is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_on: Option<NaiveDate>,
    /// Of a credit note, the number that it was given before any rule; empty where that is not kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub numbered: String,
    /// Why a look could not tell whether it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Reason>,
}

impl PaymentEntry {
    /// Whether the ledger has it.
    pub fn is_posted(&self) -> bool {
        self.state == EntryState::Posted
    }

    /// Whether it may have left, and nobody knows.
    pub fn is_doubtful(&self) -> bool {
        matches!(self.state, EntryState::InDoubt | EntryState::Asked)
    }

    /// As people are told of it.
    pub fn told(&self) -> String {
        let sum = money::show(self.amount);
        match (self.kind, self.number.as_str()) {
            (Kind::CreditNote, number) => format!("the credit note {number} of {sum}"),
            (Kind::Overpayment, _) => format!("the credit of {sum}"),
            (_, "") => format!("the payment of {sum}"),
            (_, on) => format!("the payment of {sum} on {on}"),
        }
    }
}

/// What was begun of one payment or refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Received or paid back.
    pub kind: PaymentKind,
    /// Its entries, each kind once.
    pub entries: Vec<PaymentEntry>,
    /// Whether people entered it in the ledger, and the other half of the tenant brought it to the source.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub brought: bool,
}

impl Begun {
    /// Its entry of a kind.
    pub fn of(&self, kind: Kind) -> Option<&PaymentEntry> {
        self.entries.iter().find(|e| e.kind == kind)
    }

    /// Whether anything of it is in the ledger, or may be.
    pub fn is_begun(&self) -> bool {
        (self.entries.iter()).any(|e| e.is_posted() || e.is_doubtful())
    }
}

/// Entries as people are told of them, one after the other.
pub fn entries_told<'e>(all: impl IntoIterator<Item = &'e PaymentEntry>) -> String {
    let all: Vec<String> = all.into_iter().map(PaymentEntry::told).collect();
    all.join(" and ")
}

impl Payment {
    /// What the source counts of it: nothing of what is not settled.
    pub fn counts(&self) -> Decimal {
        match self.settled {
            true => self.amount,
            false => Decimal::ZERO,
        }
    }
}
