//! Reading vendors' JSON, which is hostile input: nothing here panics, and no amount is ever made up.
//!
//! Flows in: a [`Value`] of any shape. Flows out: text, amounts, days and lists, or a sentence that names the field.
//! An amount that is missing or unreadable is an error or `None`, never zero.
//! Bounded by: the size of the answer, which the transport limits.

use crate::model::money;
pub use crate::model::money::within;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;

/// Text of a field: a string, or a number or truth value as it was written; empty when missing or null.
pub fn text(value: &Value, field: &str) -> String {
    as_text(value.get(field).unwrap_or(&Value::Null))
}

/// A scalar as text; empty for null, lists and objects.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        _ => String::new(),
    }
}

/// Text of a field that must be there.
///
/// # Errors
/// A sentence that names the field.
pub fn need_text(value: &Value, field: &str) -> Result<String, String> {
    let found = text(value, field);
    if found.is_empty() {
        Err(format!("`{field}` is missing"))
    } else {
        Ok(found)
    }
}

/// A truth value; `None` when missing or something else.
pub fn flag(value: &Value, field: &str) -> Option<bool> {
    match value.get(field)? {
        Value::Bool(b) => Some(*b),
        Value::String(s) if s.eq_ignore_ascii_case("true") => Some(true),
        Value::String(s) if s.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A list; empty when missing, null or something else.
pub fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    match value.get(field) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}

/// An amount that may be missing or null.
///
/// # Errors
/// A sentence when something is there that is no exact number.
pub fn amount_opt(value: &Value, field: &str) -> Result<Option<Decimal>, String> {
    match value.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(found) => {
            let exact = money::decimal(found).filter(|d| within(*d));
            let exact =
                exact.ok_or_else(|| format!("`{field}` is not an exact number below 10^15"));
            exact.map(Some)
        }
    }
}

/// An amount that must be there.
///
/// # Errors
/// A sentence that names the field.
pub fn amount(value: &Value, field: &str) -> Result<Decimal, String> {
    amount_opt(value, field)?.ok_or_else(|| format!("`{field}` is missing"))
}

/// A moment of the years 1900 to 9999: `/Date(1518685950940+0000)/`, or ISO 8601 with or without an offset (then UTC).
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    any_moment(text.trim()).filter(|t| (1900..=9999).contains(&t.year()))
}

fn any_moment(text: &str) -> Option<DateTime<Utc>> {
    if let Some(rest) = text.strip_prefix("/Date(") {
        let digits: String = rest
            .chars()
            .enumerate()
            .take_while(|(i, c)| c.is_ascii_digit() || (*i == 0 && *c == '-'))
            .map(|(_, c)| c)
            .collect();
        return DateTime::from_timestamp_millis(digits.parse().ok()?);
    }
    if let Ok(t) = DateTime::parse_from_rfc3339(text) {
        return Some(t.with_timezone(&Utc));
    }
    // Keap's older form: an offset without a colon.
    if let Ok(t) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z") {
        return Some(t.with_timezone(&Utc));
    }
    if let Ok(t) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
        return Some(t.and_utc());
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

/// A day: as [`moment`], its date in UTC.
pub fn day(text: &str) -> Option<NaiveDate> {
    moment(text).map(|t| t.date_naive())
}

/// Cut to a number of characters.
pub fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
