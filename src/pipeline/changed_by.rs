//! By what people keep books two drafts of one thing differ.

use super::compare::{Field, LineField};
use std::fmt;

/// By what two drafts of a document differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangedBy {
    /// Accounts, or items that name them.
    Accounts,
    /// Tax codes, or how amounts are to be read.
    Tax,
    /// The day, or the day it is due.
    Dates,
    /// Texts, numbers, references, tracking, status.
    Text,
    /// Quantities, prices, lines, currency, the total.
    Amounts,
}

impl ChangedBy {
    /// Every kind.
    pub const ALL: [ChangedBy; 5] = [
        Self::Accounts,
        Self::Tax,
        Self::Dates,
        Self::Text,
        Self::Amounts,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Tax => "tax",
            Self::Dates => "dates",
            Self::Text => "text",
            Self::Amounts => "amounts",
        }
    }

    /// The kind a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }

    pub(super) fn of(field: Field) -> Self {
        use LineField::{Account, Amount, Description, Item, Quantity, Tax, Tracking, UnitAmount};
        match field {
            Field::Line(_, Account | Item) => Self::Accounts,
            Field::Line(_, Tax) | Field::TaxMode => Self::Tax,
            Field::Date | Field::Due => Self::Dates,
            Field::Line(_, Description | Tracking)
            | Field::Number
            | Field::Reference
            | Field::Status
            | Field::Contact => Self::Text,
            Field::Line(_, Quantity | UnitAmount | Amount)
            | Field::Lines
            | Field::Currency
            | Field::Total => Self::Amounts,
        }
    }
}

impl fmt::Display for ChangedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
