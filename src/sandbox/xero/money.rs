//! The vendor's arithmetic: rounding, line amounts, tax per line, totals.
//!
//! Flows in: quantities, unit amounts, rates in percent. Flows out: amounts at 2 decimal places, half rounded
//! away from zero. Tax is rounded on each line and then summed, never worked out on the total.
//! Followed: the vendor's rounding guide.

use rust_decimal::{Decimal, RoundingStrategy};

/// How a document's line amounts stand to tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineAmounts {
    /// Tax comes on top.
    Exclusive,
    /// Tax is inside.
    Inclusive,
    /// There is none.
    NoTax,
}

impl LineAmounts {
    pub(super) const WORDS: &'static [&'static str] = &["Exclusive", "Inclusive", "NoTax"];

    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word {
            "Exclusive" => Some(Self::Exclusive),
            "Inclusive" => Some(Self::Inclusive),
            "NoTax" => Some(Self::NoTax),
            _ => None,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Exclusive => "Exclusive",
            Self::Inclusive => "Inclusive",
            Self::NoTax => "NoTax",
        }
    }
}

/// Rounds to `dp` places, half away from zero.
pub(super) fn round(amount: Decimal, dp: u32) -> Decimal {
    amount.round_dp_with_strategy(dp, RoundingStrategy::MidpointAwayFromZero)
}

/// Rounds to cents.
pub(super) fn cents(amount: Decimal) -> Decimal {
    round(amount, 2)
}

/// A line's amount before and after its discount; `None` when it is too large to hold.
pub(super) fn line_amount(
    quantity: Decimal,
    unit: Decimal,
    discount_rate: Option<Decimal>,
    discount_amount: Option<Decimal>,
) -> Option<(Decimal, Decimal)> {
    let gross = quantity.checked_mul(unit)?;
    let net = match (discount_rate, discount_amount) {
        (Some(rate), _) => gross.checked_mul(Decimal::ONE_HUNDRED - rate)? / Decimal::ONE_HUNDRED,
        (None, Some(off)) => gross.checked_sub(off)?,
        (None, None) => gross,
    };
    Some((cents(gross), cents(net)))
}

/// A line's tax at an effective rate in percent.
pub(super) fn line_tax(amount: Decimal, rate: Decimal, how: LineAmounts) -> Decimal {
    let share = rate / Decimal::ONE_HUNDRED;
    match how {
        LineAmounts::NoTax => Decimal::ZERO,
        LineAmounts::Exclusive => cents(amount * share),
        LineAmounts::Inclusive => cents(amount - amount / (Decimal::ONE + share)),
    }
}

/// A document's three totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) sub: Decimal,
    pub(super) tax: Decimal,
    pub(super) total: Decimal,
}

/// Sums lines of (amount, tax).
pub(super) fn totals(lines: impl Iterator<Item = (Decimal, Decimal)>, how: LineAmounts) -> Totals {
    let (amounts, tax) = lines.fold((Decimal::ZERO, Decimal::ZERO), |(a, t), (line, tax)| {
        (a + line, t + tax)
    });
    match how {
        LineAmounts::NoTax => Totals {
            sub: amounts,
            tax: Decimal::ZERO,
            total: amounts,
        },
        LineAmounts::Exclusive => Totals {
            sub: amounts,
            tax,
            total: amounts + tax,
        },
        LineAmounts::Inclusive => Totals {
            sub: amounts - tax,
            tax,
            total: amounts,
        },
    }
}
