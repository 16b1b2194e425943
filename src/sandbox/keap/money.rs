//! Keap's three conventions for money, and nothing else about money.
//!
//! Flows in: exact decimals in major units, as the fake keeps them. Flows out: v2's `CurrencyValue` (an integer
//! in the currency's smallest unit, with a formatted text), v2's doubles (`payment_amount`, `amount` of sales
//! payments: major units) and v1's plain numbers. Refuses amounts finer than the currency. Never rounds.

use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde_json::{Number, Value, json};

/// How many decimals a currency has; 2 for a code that ISO 4217 does not know.
pub(super) fn exponent(code: &str) -> u32 {
    iso_currency::Currency::from_code(code)
        .and_then(|c| c.exponent())
        .map_or(2, u32::from)
}

/// Reads a JSON number, or a number in a text, exactly.
pub(super) fn read(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::Number(n) => n.to_string(),
        Value::String(s) => s.trim().to_owned(),
        _ => return None,
    };
    Decimal::from_str(&text)
        .or_else(|_| Decimal::from_scientific(&text))
        .ok()
}

/// As [`read`], but refuses what is finer than the currency's smallest unit, and amounts above a million millions,
/// so that no sum can leave the range of a decimal.
pub(super) fn read_exact(value: &Value, exponent: u32) -> Option<Decimal> {
    read(value).filter(|d| d.normalize().scale() <= exponent && d.abs() <= most())
}

/// The largest amount taken.
pub(super) fn most() -> Decimal {
    Decimal::from(1_000_000_000_000_i64)
}

/// A number in major units as a Java double would be written: `120.0`, `99.95`.
pub(super) fn double(amount: Decimal) -> Value {
    let exact = amount.normalize();
    let text = if exact.scale() == 0 {
        format!("{exact}.0")
    } else {
        exact.to_string()
    };
    Number::from_str(&text).map_or(Value::Null, Value::Number)
}

/// The amount in the smallest unit, as an integer.
pub(super) fn minor(amount: Decimal, exponent: u32) -> Value {
    let mut units = amount;
    for _ in 0..exponent {
        units *= Decimal::TEN;
    }
    Number::from_str(&units.normalize().to_string()).map_or(Value::Null, Value::Number)
}

/// From the smallest unit to the major one.
pub(super) fn from_minor(units: i64, exponent: u32) -> Decimal {
    Decimal::new(units, exponent)
}

/// v2's `CurrencyValue`.
pub(super) fn currency_value(amount: Decimal, code: &str) -> Value {
    let places = exponent(code);
    json!({
        "amount": minor(amount, places),
        "currency_code": code,
        "formatted_amount": formatted(amount, code, places),
    })
}

fn formatted(amount: Decimal, code: &str, places: u32) -> String {
    let symbol = match code {
        "USD" | "AUD" | "CAD" | "NZD" => "$",
        "GBP" => "\u{a3}",
        "EUR" => "\u{20ac}",
        "ZAR" => "R",
        "JPY" => "\u{a5}",
        _ => code,
    };
    let mut whole = amount.abs().normalize();
    whole.rescale(places);
    let text = whole.to_string();
    let (units, cents) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (n, digit) in units.chars().enumerate() {
        if n > 0 && (units.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount.is_sign_negative() && !amount.is_zero() {
        "-"
    } else {
        ""
    };
    let point = if cents.is_empty() { "" } else { "." };
    format!("{sign}{symbol}{grouped}{point}{cents}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_currency_keeps_its_own_smallest_unit() {
        let d = |s: &str| Decimal::from_str(s).unwrap();
        assert_eq!(
            currency_value(d("1234.5"), "AUD").to_string(),
            r#"{"amount":123450,"currency_code":"AUD","formatted_amount":"$1,234.50"}"#
        );
        assert_eq!(
            currency_value(d("-1500"), "JPY").to_string(),
            "{\"amount\":-1500,\"currency_code\":\"JPY\",\"formatted_amount\":\"-\u{a5}1,500\"}"
        );
        assert_eq!(double(d("120.00")).to_string(), "120.0");
        assert_eq!(read_exact(&json!(10.005), 2), None);
        assert_eq!(from_minor(1250, 2), d("12.50"));
    }
}
