//! That two things in two books are the same.
//!
//! A link has two ends and no direction: each is a thing of its book and kind. It remembers what the two were last
//! agreed to say by the hash of a draft; the draft itself is kept beside it and asked for by itself.

use super::ids::Fingerprint;
use super::key::Key;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How two things came to be linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkMade {
    /// We made the one from the other.
    Ours,
    /// Both were there, and were found to be the same.
    Matched,
    /// A person said so.
    Person,
}

impl LinkMade {
    /// Every way.
    pub const ALL: [LinkMade; 3] = [LinkMade::Ours, LinkMade::Matched, LinkMade::Person];

    /// The word used in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            LinkMade::Ours => "ours",
            LinkMade::Matched => "matched",
            LinkMade::Person => "person",
        }
    }

    /// The way a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == word)
    }
}

/// That two things in two books are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The one end.
    pub thing: Key,
    /// The other.
    pub other: Key,
    /// How they came to be linked.
    pub made: LinkMade,
    /// The other's number, or empty.
    pub number: String,
    /// The version of the thing when the two were last agreed; empty where it is not known.
    pub version: String,
    /// The version of the other after our last write.
    pub other_version: String,
    /// The hash of the draft that was last agreed; empty where nothing was.
    pub draft: Fingerprint,
    /// What it came to; zero where it has no amount.
    pub amount: Decimal,
    /// Of a payment, the document in the other's book that it is on.
    pub upon: Option<Key>,
}

impl Link {
    /// Whether we made what it leads to. What was only matched belongs to the people who keep the books.
    pub fn is_ours(&self) -> bool {
        self.made == LinkMade::Ours
    }
}

/// A payment that stands on another paper than its document's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutElsewhere {
    /// The paper's number, or the ledger's id of it where it has none.
    pub on: String,
    /// How much.
    pub amount: Decimal,
    /// Whether a person has said retry, and it is no longer there.
    pub taken_out: bool,
    /// The document of the source that it was sent for, where that is another one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document: String,
    /// Whether it may still be on its way there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub under_way: bool,
}
