//! Reading and writing fields of bodies: text, decimals, days, references, times in the vendor's own zone.
//!
//! Null and empty text count as absent: clients write them for what they do not know.

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeZone as _, Utc};
use chrono_tz::America::Los_Angeles;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::money;

/// The fields of an object.
pub(super) type Fields = Map<String, Value>;

/// Whether a value says something.
pub(super) fn says(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(s) => !s.is_empty(),
        _ => true,
    }
}

/// A field that says something.
pub(super) fn raw<'a>(map: &'a Fields, name: &str) -> Option<&'a Value> {
    map.get(name).filter(|v| says(v))
}

/// A field's text; a number or a yes counts as its text.
pub(super) fn text(map: &Fields, name: &str) -> Option<String> {
    match raw(map, name)? {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

/// A field's decimal.
pub(super) fn dec(map: &Fields, name: &str) -> Option<Decimal> {
    raw(map, name).and_then(money::of)
}

/// A field's yes or no.
pub(super) fn flag(map: &Fields, name: &str) -> Option<bool> {
    match raw(map, name)? {
        Value::Bool(b) => Some(*b),
        Value::String(s) if s.eq_ignore_ascii_case("true") => Some(true),
        Value::String(s) if s.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A field's object.
pub(super) fn object<'a>(map: &'a Fields, name: &str) -> Option<&'a Fields> {
    raw(map, name).and_then(Value::as_object)
}

/// A field's list.
pub(super) fn list<'a>(map: &'a Fields, name: &str) -> &'a [Value] {
    map.get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// What a reference points at.
pub(super) fn reference(map: &Fields, name: &str) -> Option<String> {
    text(object(map, name)?, "value")
}

/// A field's day.
pub(super) fn day(map: &Fields, name: &str) -> Option<NaiveDate> {
    parse_day(&text(map, name)?)
}

/// A day, also out of a time.
pub(super) fn parse_day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()
}

/// A time with its offset, or a day's start at the vendor's.
pub(super) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&Utc));
    }
    let bare = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let bare = bare.or_else(|| parse_day(text)?.and_hms_opt(0, 0, 0))?;
    let there = Los_Angeles.from_local_datetime(&bare).earliest()?;
    Some(there.with_timezone(&Utc))
}

/// A time as `MetaData` has it.
pub(super) fn stamp(at: DateTime<Utc>) -> String {
    at.with_timezone(&Los_Angeles)
        .to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// A time as answers end with it.
pub(super) fn answered(at: DateTime<Utc>) -> String {
    at.with_timezone(&Los_Angeles)
        .to_rfc3339_opts(SecondsFormat::Millis, false)
}

/// Today, where the vendor's servers stand.
pub(super) fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&Los_Angeles).date_naive()
}

/// A day as it is written.
pub(super) fn day_text(day: NaiveDate) -> Value {
    Value::String(day.format("%Y-%m-%d").to_string())
}

/// A reference without a name.
pub(super) fn to(value: impl Into<String>) -> Value {
    json!({"value": value.into()})
}

/// A reference with a name.
pub(super) fn named(value: impl Into<String>, name: impl Into<String>) -> Value {
    json!({"value": value.into(), "name": name.into()})
}

/// Puts a field where there is none that says something.
pub(super) fn default(map: &mut Fields, name: &str, value: impl FnOnce() -> Value) {
    if raw(map, name).is_none() {
        map.insert(name.into(), value());
    }
}
