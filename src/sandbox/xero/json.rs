//! Reading an element's fields as the vendor reads them, and writing values as it writes them.
//!
//! Flows in: a JSON object and its path in the body. Flows out: text, decimals, dates, ids, choices; or the
//! refusal of the whole request (`PostDataInvalidException`, ErrorNumber 14) with the value, type and path.
//! Names are matched without regard to case, unknown names are ignored, null counts as absent.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};
use uuid::Uuid;

use super::fail::Fail;
use super::money;

/// Amounts, rates and quantities are smaller than this.
pub(super) const LARGEST: i64 = 10_000_000_000_000;

/// A JSON object and where it stands in the request.
#[derive(Debug, Clone)]
pub(super) struct Obj<'a> {
    pub(super) map: &'a Map<String, Value>,
    pub(super) path: String,
}

impl<'a> Obj<'a> {
    /// A field that is there and not null.
    pub(super) fn raw(&self, name: &str) -> Option<&'a Value> {
        let found = self.map.get(name).or_else(|| {
            let mut pairs = self.map.iter();
            pairs
                .find(|(k, _)| k.eq_ignore_ascii_case(name))
                .map(|(_, v)| v)
        });
        found.filter(|v| !v.is_null())
    }

    fn refuse(&self, name: &str, value: &Value, kind: &str) -> Fail {
        Fail::Post(format!(
            "Error converting value {value} to type '{kind}'. Path '{}.{name}'",
            self.path
        ))
    }

    /// Text, as it was sent.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Fail> {
        match self.raw(name) {
            None => Ok(None),
            Some(Value::String(s)) => Ok(Some(s.clone())),
            Some(Value::Number(n)) => Ok(Some(n.to_string())),
            Some(Value::Bool(b)) => Ok(Some(b.to_string())),
            Some(other) => Err(self.refuse(name, other, "System.String")),
        }
    }

    /// A decimal, sent as a number or as text.
    pub(super) fn dec(&self, name: &str) -> Result<Option<Decimal>, Fail> {
        let Some(value) = self.raw(name) else {
            return Ok(None);
        };
        let text = match value {
            Value::Number(n) => n.to_string(),
            Value::String(s) if s.trim().is_empty() => return Ok(None),
            Value::String(s) => s.trim().to_string(),
            _ => String::new(),
        };
        match decimal(&text) {
            // Beyond this nothing in a ledger is meant; within it no arithmetic here can overflow.
            Some(d) if d.abs() < Decimal::from(LARGEST) => Ok(Some(d)),
            _ => Err(self.refuse(name, value, "System.Nullable`1[System.Decimal]")),
        }
    }

    /// A boolean, sent as such or as text.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Fail> {
        match self.raw(name) {
            None => Ok(None),
            Some(Value::Bool(b)) => Ok(Some(*b)),
            Some(Value::String(s)) if s.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Value::String(s)) if s.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(other) => Err(self.refuse(name, other, "System.Boolean")),
        }
    }

    /// A date: `YYYY-MM-DD`, ISO with a time, or `/Date(ms)/`.
    pub(super) fn date(&self, name: &str) -> Result<Option<NaiveDate>, Fail> {
        let Some(value) = self.raw(name) else {
            return Ok(None);
        };
        match value.as_str() {
            Some("") => Ok(None),
            Some(text) => match parse_day(text) {
                Some(day) => Ok(Some(day)),
                None => Err(self.refuse(name, value, "System.DateTime")),
            },
            None => Err(self.refuse(name, value, "System.DateTime")),
        }
    }

    /// An id; the zero id counts as absent.
    pub(super) fn guid(&self, name: &str) -> Result<Option<Uuid>, Fail> {
        let Some(value) = self.raw(name) else {
            return Ok(None);
        };
        let Some(text) = value.as_str() else {
            return Err(self.refuse(name, value, "System.Guid"));
        };
        if text.is_empty() {
            return Ok(None);
        }
        match Uuid::parse_str(text) {
            Ok(id) if id.is_nil() => Ok(None),
            Ok(id) => Ok(Some(id)),
            Err(_) => Err(self.refuse(name, value, "System.Guid")),
        }
    }

    /// One of a set of words, in exact case.
    pub(super) fn choice(
        &self,
        name: &str,
        words: &'static [&'static str],
        kind: &str,
    ) -> Result<Option<&'static str>, Fail> {
        let Some(value) = self.raw(name) else {
            return Ok(None);
        };
        match value.as_str() {
            Some("") => Ok(None),
            Some(text) => match words.iter().find(|w| **w == text) {
                Some(word) => Ok(Some(word)),
                None => Err(self.refuse(name, value, kind)),
            },
            None => Err(self.refuse(name, value, kind)),
        }
    }

    /// A nested object.
    pub(super) fn obj(&self, name: &str) -> Result<Option<Obj<'a>>, Fail> {
        match self.raw(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Obj {
                map,
                path: format!("{}.{name}", self.path),
            })),
            // The vendor writes an absent object as an empty list; what it writes it reads.
            Some(Value::Array(list)) if list.is_empty() => Ok(None),
            Some(other) => Err(self.refuse(name, other, name)),
        }
    }

    /// A nested list of objects; a lone object counts as a list of one.
    pub(super) fn list(&self, name: &str) -> Result<Option<Vec<Obj<'a>>>, Fail> {
        match self.raw(name) {
            None => Ok(None),
            Some(value) => objects(value, &format!("{}.{name}", self.path)).map(Some),
        }
    }
}

/// A list of objects, each with its path.
pub(super) fn objects<'a>(value: &'a Value, path: &str) -> Result<Vec<Obj<'a>>, Fail> {
    let bad = |v: &Value, at: &str| {
        Fail::Post(format!(
            "Error converting value {v} to an object. Path '{at}'"
        ))
    };
    match value {
        Value::Object(map) => Ok(vec![Obj {
            map,
            path: path.to_string(),
        }]),
        Value::Array(list) => {
            let mut found = Vec::with_capacity(list.len());
            for (i, item) in list.iter().enumerate() {
                let at = format!("{path}[{i}]");
                match item {
                    Value::Object(map) => found.push(Obj { map, path: at }),
                    other => return Err(bad(other, &at)),
                }
            }
            Ok(found)
        }
        other => Err(bad(other, path)),
    }
}

/// A decimal from plain or exponent text.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}

/// A day in any form the vendor reads.
pub(super) fn parse_day(text: &str) -> Option<NaiveDate> {
    if let Some(rest) = text.strip_prefix("/Date(") {
        let inner = rest.strip_suffix(")/")?;
        let sign = inner
            .char_indices()
            .skip(1)
            .find(|(_, c)| matches!(c, '+' | '-'));
        let end = sign.map_or(inner.len(), |(i, _)| i);
        let ms: i64 = inner.get(..end)?.parse().ok()?;
        return Some(DateTime::<Utc>::from_timestamp_millis(ms)?.date_naive());
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(day);
    }
    let stem = text.get(..19).unwrap_or(text);
    NaiveDateTime::parse_from_str(stem, "%Y-%m-%dT%H:%M:%S")
        .ok()
        .map(|t| t.date())
}

/// A JSON number with exactly `dp` places.
pub(super) fn num(amount: Decimal, dp: u32) -> Value {
    let mut fixed = money::round(amount, dp);
    fixed.rescale(dp);
    // A zero with a sign would be written as -0.00.
    if fixed.is_zero() {
        fixed.set_sign_positive(true);
    }
    Number::from_str(&fixed.to_string()).map_or(Value::Null, Value::Number)
}

/// An instant as `/Date(ms+0000)/`.
pub(super) fn ms(at: DateTime<Utc>) -> Value {
    Value::String(format!("/Date({}+0000)/", at.timestamp_millis()))
}

/// A day as `/Date(ms+0000)/`, midnight UTC.
pub(super) fn ms_day(day: NaiveDate) -> Value {
    ms(midnight(day))
}

/// A day as `2009-05-27T00:00:00`.
pub(super) fn day_string(day: NaiveDate) -> Value {
    Value::String(format!("{}T00:00:00", day.format("%Y-%m-%d")))
}

/// An instant as `2019-03-11T17:58:46Z`.
pub(super) fn utc_string(at: DateTime<Utc>) -> Value {
    Value::String(at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The first instant of a day.
pub(super) fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}
