//! What two books say is owed on a document, and what explains that they differ.
//!
//! The laws, in short. Each payment and refund adds one part: how much more the ledger says is owed because of it.
//!
//! 1. What the source says is owed: its total less settled payments plus settled refunds.
//! 2. What the ledger will say: what the document comes to there less the payments that are or will be on it.
//! 3. Held, refused, waiting, left out by a word, a pair, a left-out charge, a credit note: each explains its own amount.
//! 4. More than is owed explains what came in beyond what the source asked for when it came in, and no more: the rest of such
//!    a payment the source asks for, and that explains nothing.
//! 5. Money that came in after a refund shows that the sale stands: a credit for that refund explains nothing.
//! 6. Money that others put to it in the ledger may be what the source has and the ledger lacks: it explains no more than that.
//! 7. What is left is the rest. With a rest the document is held.
//! 8. Two sums that agree are no proof: a credit for a sale that stands and a payment that was lost come to nothing together,
//!    and neither is explained by the other.

use super::money;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a part of what is owed is not the same in both books.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PartWhy {
    /// A person must act on it.
    Held,
    /// It cannot go as it is.
    Refused,
    /// It waits for an earlier one of its document.
    Waits,
    /// A word of the file or a rule leaves it out.
    LeftOut,
    /// It came in beyond what the source asks for.
    Overpaid,
    /// It is more than what the ledger's document takes, and the source asks for it.
    StillOwed,
    /// A charge that is left out, or what paid it.
    Charge,
    /// Money that went back, and the payment it gave back.
    Pair,
    /// A credit note says that it went back.
    Credited,
    /// It went back, and more came in after it: no credit may stand for it.
    SaleStands,
    /// The ledger's copy stays as it was posted.
    AsPosted,
    /// A person has settled it by hand.
    Settled,
    /// Others put it to the document in the ledger.
    Others,
    /// It stands in one book, and the other half of the tenant brings it to the other.
    ComesBack,
}

impl PartWhy {
    /// Every reason.
    pub const ALL: [PartWhy; 14] = [
        PartWhy::Held,
        PartWhy::Refused,
        PartWhy::Waits,
        PartWhy::LeftOut,
        PartWhy::Overpaid,
        PartWhy::StillOwed,
        PartWhy::Charge,
        PartWhy::Pair,
        PartWhy::Credited,
        PartWhy::SaleStands,
        PartWhy::AsPosted,
        PartWhy::Settled,
        PartWhy::Others,
        PartWhy::ComesBack,
    ];

    /// Whether it accounts for its amount.
    pub fn explains(self) -> bool {
        !matches!(self, PartWhy::StillOwed | PartWhy::SaleStands)
    }

    /// How people are told.
    pub fn told(self) -> &'static str {
        match self {
            PartWhy::Held => "held",
            PartWhy::Refused => "refused",
            PartWhy::Waits => "waits for another",
            PartWhy::LeftOut => "left out",
            PartWhy::Overpaid => "more than is owed",
            PartWhy::StillOwed => "not on the document, and the source asks for it",
            PartWhy::Charge => "a charge that is left out",
            PartWhy::Pair => "paid and given back",
            PartWhy::Credited => "credited",
            PartWhy::SaleStands => "given back, and more came in after it",
            PartWhy::AsPosted => "the document stays as it was posted",
            PartWhy::Settled => "settled by hand",
            PartWhy::Others => "put to it by others",
            PartWhy::ComesBack => "brought to the other book by itself",
        }
    }
}

/// One part of the difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BalancePart {
    /// The source's id of the payment or refund; empty where it is the document itself.
    pub id: String,
    /// How much more the ledger says is owed because of it; negative where less.
    pub amount: Decimal,
    /// Why.
    pub why: PartWhy,
}

/// What both books say is owed on a document, in its currency, and the parts of the difference.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Balance {
    /// What the source says is owed, refunds counted; negative where more came in than it asks for.
    pub source: Decimal,
    /// What the ledger will say is owed.
    pub ledger: Decimal,
    /// What explains the difference.
    pub parts: Vec<BalancePart>,
}

impl Balance {
    /// Adds a part, unless it is of nothing.
    pub fn add(&mut self, id: &str, amount: Decimal, why: PartWhy) {
        if !amount.is_zero() {
            let id = id.to_owned();
            self.parts.push(BalancePart { id, amount, why });
        }
    }

    /// What no part explains; zero where all of it is explained.
    pub fn rest(&self) -> Decimal {
        let by_itself = |p: &&BalancePart| p.why.explains() && p.why != PartWhy::Others;
        let explained: Decimal = self.parts.iter().filter(by_itself).map(|p| p.amount).sum();
        let others = self.others().min(self.lacks());
        let rest = self.ledger - self.source - explained + others;
        if !rest.is_zero() {
            return rest;
        }
        // What cancels itself out is named by the half of it that is missing.
        let lost = |p: &&BalancePart| !p.why.explains() && p.amount > Decimal::ZERO;
        self.parts.iter().filter(lost).map(|p| p.amount).sum()
    }

    /// What others put to the document in the ledger.
    fn others(&self) -> Decimal {
        let theirs = self.parts.iter().filter(|p| p.why == PartWhy::Others);
        -theirs.map(|p| p.amount).sum::<Decimal>()
    }

    /// What the source has and the ledger lacks.
    fn lacks(&self) -> Decimal {
        let owes = |p: &&BalancePart| p.amount > Decimal::ZERO;
        self.parts.iter().filter(owes).map(|p| p.amount).sum()
    }

    /// The parts, as people are told them.
    pub fn told(&self) -> String {
        let one = |p: &BalancePart| {
            let of = if p.id.is_empty() { "document" } else { &p.id };
            format!("{of}: {} {}", money::show(p.amount), p.why.told())
        };
        let all: Vec<String> = self.parts.iter().map(one).collect();
        all.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cents(n: i64) -> Decimal {
        Decimal::new(n, 2)
    }

    /// Parts that add up, as a decision makes them.
    fn balance(source: i64, parts: &[(i64, PartWhy)]) -> Balance {
        let mut out = Balance {
            source: cents(source),
            ledger: cents(source + parts.iter().map(|(n, _)| n).sum::<i64>()),
            parts: Vec::new(),
        };
        for (n, (amount, why)) in parts.iter().enumerate() {
            out.add(&n.to_string(), cents(*amount), *why);
        }
        out
    }

    fn parts() -> impl Strategy<Value = Vec<(i64, PartWhy)>> {
        let one = (1i64..100_000, 0..PartWhy::ALL.len()).prop_map(|(n, w)| {
            // What others did has a law of its own.
            let why = PartWhy::ALL
                .get(w)
                .copied()
                .filter(|w| *w != PartWhy::Others);
            let why = why.unwrap_or(PartWhy::Held);
            let back = matches!(why, PartWhy::Credited | PartWhy::SaleStands);
            (if back { -n } else { n }, why)
        });
        proptest::collection::vec(one, 0..7)
    }

    proptest! {
        #[test]
        fn what_explains_itself_leaves_no_rest(source in -200_000i64..200_000, all in parts()) {
            let mut all = all;
            all.retain(|(_, why)| why.explains());
            prop_assert_eq!(balance(source, &all).rest(), Decimal::ZERO);
        }

        #[test]
        fn what_explains_nothing_is_a_rest_also_where_both_books_agree(source in -200_000i64..200_000, all in parts()) {
            let b = balance(source, &all);
            let none = |(_, why): &&(i64, PartWhy)| !why.explains();
            let sum: i64 = all.iter().filter(none).map(|(n, _)| n).sum();
            prop_assert_eq!(b.rest().is_zero(), !all.iter().any(|one| none(&one)));
            if sum != 0 {
                prop_assert_eq!(b.rest(), cents(sum));
            }
        }

        #[test]
        fn a_part_that_nobody_named_is_the_rest(source in -9_999i64..9_999, all in parts(), lost in 1i64..9_999) {
            let mut all = all;
            all.retain(|(_, why)| why.explains());
            let mut b = balance(source, &all);
            b.ledger += cents(lost);
            prop_assert_eq!(b.rest(), cents(lost));
        }
    }

    proptest! {
        /// Others' money explains what the ledger lacks, and nothing beyond.
        #[test]
        fn what_others_put_to_it_explains_no_more_than_the_ledger_lacks(
            source in 0i64..9_999, lacks in proptest::collection::vec(1i64..9_999, 0..4), theirs in 1i64..20_000,
        ) {
            let mut all: Vec<(i64, PartWhy)> = lacks.iter().map(|n| (*n, PartWhy::Held)).collect();
            all.push((-theirs, PartWhy::Others));
            let beyond = (theirs - lacks.iter().sum::<i64>()).max(0);
            prop_assert_eq!(balance(source, &all).rest(), cents(-beyond));
        }
    }

    #[test]
    fn a_payment_lost_behind_a_credit_of_a_sale_that_stands_is_the_rest() {
        // 110.00 paid, given back as a credit note, and paid again: both books say that nothing is owed.
        let parts = [(-11_000, PartWhy::SaleStands), (11_000, PartWhy::StillOwed)];
        let b = balance(0, &parts);
        assert_eq!((b.ledger, b.rest()), (cents(0), cents(11_000)));
    }
}
