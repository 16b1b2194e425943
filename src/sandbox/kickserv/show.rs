//! How the fake Kickserv writes amounts: decimals as text with at least one digit behind the point, `"275.0"`.

use rust_decimal::Decimal;
use serde_json::Value;

/// A scalar as text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        _ => String::new(),
    }
}

/// An amount of a seed or a job.
pub(super) fn amount(value: &Value) -> Decimal {
    text(value).parse().unwrap_or_default()
}

/// An amount as it is written.
pub(super) fn written(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() == 0 {
        amount.rescale(1);
    }
    amount.to_string()
}
