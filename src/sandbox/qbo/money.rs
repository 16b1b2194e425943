//! The vendor's numbers: exact decimals, read from the text they came in, written as the vendor writes them.
//!
//! Amounts are rounded to the cent, half away from zero; tax once for each rate on the summed net, never a line at a time.

use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Number, Value};

/// Amounts, prices and quantities are smaller than this: the vendor takes no more, and no sum of them can overflow here.
pub(super) const LARGEST: i64 = 100_000_000_000;
/// The highest rate of tax, in percent.
pub(super) const HIGHEST_RATE: i64 = 1_000;

/// Rounds to `dp` places, half away from zero.
pub(super) fn round(amount: Decimal, dp: u32) -> Decimal {
    amount.round_dp_with_strategy(dp, RoundingStrategy::MidpointAwayFromZero)
}

/// Rounds to cents.
pub(super) fn cents(amount: Decimal) -> Decimal {
    round(amount, 2)
}

/// So many percent of an amount, rounded to the cent.
pub(super) fn percent_of(amount: Decimal, percent: Decimal) -> Decimal {
    cents(amount * percent / Decimal::ONE_HUNDRED)
}

/// A decimal from plain or exponent text, if it is one that a ledger can mean.
pub(super) fn parse(text: &str) -> Option<Decimal> {
    let found = Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text));
    found.ok().filter(|d| d.abs() < Decimal::from(LARGEST))
}

/// The decimal of a JSON value: a number, or text that is one.
pub(super) fn of(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(n) => parse(&n.to_string()),
        Value::String(s) => parse(s.trim()),
        _ => None,
    }
}

fn number(text: &str) -> Value {
    Number::from_str(text).map_or(Value::Null, Value::Number)
}

/// An amount as the vendor writes it: two places, or a bare nought.
pub(super) fn amount(value: Decimal) -> Value {
    if value.is_zero() {
        return Value::from(0);
    }
    let mut fixed = cents(value);
    fixed.rescale(2);
    number(&fixed.to_string())
}

/// A price, a quantity, a rate: no more places than it needs.
pub(super) fn plain(value: Decimal) -> Value {
    number(&value.normalize().to_string())
}

/// An amount within a text for people: `1,861.07`.
pub(super) fn grouped(value: Decimal) -> String {
    let text = value.normalize().to_string();
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.as_str()),
    };
    let (whole, places) = match rest.split_once('.') {
        Some((whole, places)) => (whole, format!(".{places}")),
        None => (rest, String::new()),
    };
    let mut out = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{sign}{out}{places}")
}
