//! Exact money: currencies, the one rounding, and the doors between JSON and decimals.
//!
//! Amounts are [`Decimal`]s of the document's currency in its main unit (dollars, not cents). Nothing
//! here passes through a binary float: JSON numbers are read from their text and written as text.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// A currency of ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

/// A word that names no currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a currency: write its three-letter ISO 4217 code, such as AUD")]
pub struct BadCurrency(pub String);

impl Currency {
    /// The currency a three-letter code names; letters of either case.
    ///
    /// # Errors
    /// [`BadCurrency`] when ISO 4217 has no such code.
    pub fn new(code: &str) -> Result<Self, BadCurrency> {
        let bad = || BadCurrency(code.chars().take(20).collect());
        let upper = code.trim().to_ascii_uppercase();
        let known = iso_currency::Currency::from_code(&upper).ok_or_else(bad)?;
        Ok(Self {
            code: upper.as_bytes().try_into().map_err(|_| bad())?,
            exponent: known
                .exponent()
                .and_then(|e| u8::try_from(e).ok())
                .unwrap_or(2),
        })
    }

    /// The code, in capitals.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }

    /// Decimal places of the currency: 2 for AUD, 0 for JPY, 3 for KWD.
    pub fn exponent(&self) -> u32 {
        u32::from(self.exponent)
    }

    /// An amount given in the smallest unit (cents) as an amount of the main unit.
    pub fn from_minor(&self, minor: Decimal) -> Decimal {
        let mut d = minor;
        let scale = d.scale() + self.exponent();
        if d.set_scale(scale).is_ok() {
            d.normalize()
        } else {
            minor
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl TryFrom<String> for Currency {
    type Error = BadCurrency;
    fn try_from(s: String) -> Result<Self, BadCurrency> {
        Self::new(&s)
    }
}
impl From<Currency> for String {
    fn from(c: Currency) -> String {
        c.code().to_owned()
    }
}

/// How a half is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// A half goes away from zero: 0.125 to 0.13, -0.125 to -0.13.
    HalfUp,
    /// A half goes to the even neighbour: 0.125 to 0.12.
    HalfEven,
    /// Digits are cut off.
    Down,
}

impl Rounding {
    /// The rounding a word names: `half_up`, `half_even`, `down`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "half_up" => Some(Self::HalfUp),
            "half_even" => Some(Self::HalfEven),
            "down" => Some(Self::Down),
            _ => None,
        }
    }
}

/// The only rounding in the program.
pub fn round(amount: Decimal, places: u32, how: Rounding) -> Decimal {
    let strategy = match how {
        Rounding::HalfUp => RoundingStrategy::MidpointAwayFromZero,
        Rounding::HalfEven => RoundingStrategy::MidpointNearestEven,
        Rounding::Down => RoundingStrategy::ToZero,
    };
    amount.round_dp_with_strategy(places, strategy)
}

/// Rounds a half away from zero, which is how ledgers round money.
pub fn half_up(amount: Decimal, places: u32) -> Decimal {
    round(amount, places, Rounding::HalfUp)
}

/// Whether an amount is below 10^15: no business's is larger, and sums of such amounts cannot overflow. Readers refuse what is
/// not, and rules set no amounts. Products of them can be too large all the same.
pub fn within(amount: Decimal) -> bool {
    amount.abs() < Decimal::from(1_000_000_000_000_000_i64)
}

/// A product that cannot overflow: one that is too large to be held is the largest there is, which agrees with nothing.
pub fn times(a: Decimal, b: Decimal) -> Decimal {
    a.saturating_mul(b)
}

/// A part of an amount that cannot overflow; nothing of nothing.
pub fn over(a: Decimal, b: Decimal) -> Decimal {
    a.checked_div(b).unwrap_or_default()
}

/// A sum that cannot overflow.
pub fn sum(amounts: impl Iterator<Item = Decimal>) -> Decimal {
    amounts.fold(Decimal::ZERO, Decimal::saturating_add)
}

/// An amount as people read it: two places at least, never fewer digits than it has.
pub fn show(amount: Decimal) -> String {
    let mut d = amount.normalize();
    if d.scale() < 2 {
        d.rescale(2);
    }
    d.to_string()
}

/// A decimal from JSON: a number, whatever its notation, or a number sent as text.
pub fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(n) => parse(&n.to_string()),
        Value::String(s) => parse(s),
        _ => None,
    }
}

/// A decimal from text, plain (`12.50`) or with an exponent (`1.25e1`). Text that has more digits than can be held exactly is refused,
/// and so is `1_10`, which programmers read as 110 and nobody else does.
pub fn parse(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if text.contains('_') {
        return None;
    }
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}

/// A decimal as a JSON number, digit by digit.
pub fn json(amount: Decimal) -> Value {
    serde_json::Number::from_str(&amount.to_string()).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_away_from_zero() {
        let d = |s: &str| s.parse::<Decimal>().unwrap();
        assert_eq!(half_up(d("10.005"), 2), d("10.01"));
        assert_eq!(half_up(d("-10.005"), 2), d("-10.01"));
        assert_eq!(round(d("10.005"), 2, Rounding::HalfEven), d("10.00"));
    }

    #[test]
    fn minor_units_follow_the_currency() {
        let d = |s: &str| s.parse::<Decimal>().unwrap();
        assert_eq!(
            Currency::new("AUD").unwrap().from_minor(d("12345")),
            d("123.45")
        );
        assert_eq!(
            Currency::new("jpy").unwrap().from_minor(d("12345")),
            d("12345")
        );
        assert_eq!(
            Currency::new("KWD").unwrap().from_minor(d("12345")),
            d("12.345")
        );
        assert!(Currency::new("POUNDS").is_err());
    }

    #[test]
    fn nothing_that_is_reckoned_overflows() {
        let (most, least) = (Decimal::MAX, Decimal::MIN);
        for (a, b) in [
            (most, most),
            (most, least),
            (least, most),
            (most, Decimal::new(1, 28)),
        ] {
            let _ = (times(a, b), over(a, b), sum([a, b, a].into_iter()));
        }
        assert_eq!(over(most, Decimal::ZERO), Decimal::ZERO);
        assert!(!within(most) && within(Decimal::from(999_999_999_999_999_i64)));
    }

    proptest! {
        #[test]
        fn json_keeps_every_digit(units in -9_999_999_999i64..9_999_999_999, scale in 0u32..8) {
            let d = Decimal::new(units, scale);
            let text = json(d).to_string();
            let back: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(decimal(&back), Some(d));
        }
    }
}
