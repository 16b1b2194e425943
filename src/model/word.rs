//! A person's word on a document, or on one payment of it: that it was entered by hand, that it goes although another is
//! there, that it is left out, that what is posted shall be made anew. Each is about what the person was shown.

use super::drift::Drift;
use super::key::Key;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordKind {
    /// It was entered by hand: it is the same one.
    Settled,
    /// It is another one: ours goes too.
    Send,
    /// It is left out.
    Skip,
    /// What is posted is made as the file makes it now.
    Resend,
}

impl WordKind {
    /// Every word.
    pub const ALL: [WordKind; 4] = [Self::Settled, Self::Send, Self::Skip, Self::Resend];

    /// The word used in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Send => "send",
            Self::Skip => "skip",
            Self::Resend => "resend",
        }
    }

    /// The kind a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }
}

/// An entry of the ledger that a person made by hand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LedgerEntry {
    /// The ledger's id.
    pub id: String,
    /// Its number, or empty.
    pub number: String,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// What it comes to.
    pub amount: Decimal,
    /// Its account as people know it; empty where the ledger did not say.
    pub account: String,
    /// The ledger's id of its contact; empty where it has none.
    pub contact_id: String,
}

/// A person's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonsWord {
    /// What it is about: a document, or a payment or refund of one.
    pub of: Key,
    /// What it says.
    pub kind: WordKind,
    /// The entry it was settled with; none where nobody sees one.
    pub entry: Option<LedgerEntry>,
    /// What the source said of its amount.
    pub amount: Decimal,
    /// What the person was shown: the ledger's ids of others, or the hash of what the source or our draft said.
    pub shown: Vec<String>,
    /// Why.
    pub why: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl PersonsWord {
    /// By how much less is owed in the ledger, as far as we can tell, for a payment that was settled by hand.
    pub fn settles(&self) -> Decimal {
        self.entry.as_ref().map_or(self.amount, |e| e.amount)
    }
}

/// What persons have said of a document and its payments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Words {
    /// Of the document itself.
    pub document: Option<PersonsWord>,
    /// Of its payments and refunds, by the source's id.
    pub payments: BTreeMap<String, PersonsWord>,
}

impl Words {
    /// Whether nobody has said anything.
    pub fn is_empty(&self) -> bool {
        self.document.is_none() && self.payments.is_empty()
    }

    /// The word of a kind on the document.
    pub fn of_document(&self, kind: WordKind) -> Option<&PersonsWord> {
        self.document.as_ref().filter(|w| w.kind == kind)
    }

    /// The word of a kind on a payment.
    pub fn of_payment(&self, id: &str, kind: WordKind) -> Option<&PersonsWord> {
        self.payments.get(id).filter(|w| w.kind == kind)
    }

    /// Whether a person has ended what was done to something of it: a word on the document, or on the payment, that was
    /// said by one who was shown just this.
    pub fn end(&self, drift: &Drift) -> bool {
        let own = self.payments.get(&drift.of.id.0);
        let own = own.filter(|w| w.of == drift.of);
        let sign = drift.sign();
        let mut both = self.document.iter().chain(own);
        both.any(|w| w.shown.contains(&sign))
    }

    /// Payments and refunds that were settled by hand.
    pub fn settled(&self) -> impl Iterator<Item = (&str, &PersonsWord)> {
        let settled = |(_, w): &(&String, &PersonsWord)| w.kind == WordKind::Settled;
        self.payments
            .iter()
            .filter(settled)
            .map(|(id, w)| (id.as_str(), w))
    }
}
