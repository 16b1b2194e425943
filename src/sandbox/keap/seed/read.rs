//! Reads a seed, and says where it is wrong.
//!
//! Flows in: a JSON value and its path. Flows out: texts, numbers, amounts, times, and sentences that begin with
//! the path. Bounded by the plane's body limit.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::super::money;
use super::super::store::Time;

/// A value and where it stands.
pub(super) struct At<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> At<'a> {
    pub(super) fn new(value: &'a Value, path: &str) -> Self {
        Self {
            value,
            path: path.to_owned(),
        }
    }

    pub(super) fn refuse<T>(&self, why: &str) -> Result<T, String> {
        Err(format!("{}: {why}", self.path))
    }

    fn refuse_at<T>(&self, name: &str, why: &str) -> Result<T, String> {
        Err(format!("{}.{name}: {why}", self.path))
    }

    /// Refuses names that are not among these.
    pub(super) fn only(&self, names: &[&str]) -> Result<(), String> {
        for name in self.object()?.keys() {
            if !names.contains(&name.as_str()) {
                return self.refuse_at(
                    name,
                    &format!("is not known here; known are {}", names.join(", ")),
                );
            }
        }
        Ok(())
    }

    pub(super) fn object(&self) -> Result<Map<String, Value>, String> {
        match self.value.as_object() {
            Some(map) => Ok(map.clone()),
            None => self.refuse("must be an object"),
        }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.value.get(name).filter(|v| !v.is_null())
    }

    pub(super) fn raw(&self, name: &str) -> Option<Value> {
        self.get(name).cloned()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn child(&self, name: &str) -> Option<At<'a>> {
        self.get(name).map(|value| At {
            value,
            path: format!("{}.{name}", self.path),
        })
    }

    pub(super) fn list(&self, name: &str) -> Result<Vec<At<'a>>, String> {
        let Some(value) = self.get(name) else {
            return Ok(vec![]);
        };
        let Some(list) = value.as_array() else {
            return self.refuse_at(name, "must be a list");
        };
        let at = |(n, value)| At {
            value,
            path: format!("{}.{name}[{n}]", self.path),
        };
        Ok(list.iter().enumerate().map(at).collect())
    }

    /// A text; a number is taken as its text.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(n)) => Ok(Some(n.to_string())),
            Some(_) => self.refuse_at(name, "must be a text"),
        }
    }

    pub(super) fn need_text(&self, name: &str) -> Result<String, String> {
        match self.text(name)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => self.refuse_at(name, "is needed"),
        }
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let list = self.list(name)?;
        let text = |one: At| match one.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(n) => Ok(n.to_string()),
            _ => one.refuse("must be a text"),
        };
        list.into_iter().map(text).collect()
    }

    pub(super) fn id(&self, name: &str) -> Result<Option<u64>, String> {
        match self.text(name)? {
            None => Ok(None),
            Some(text) => match text.parse() {
                Ok(id) if id < 1 << 40 => Ok(Some(id)),
                _ => self.refuse_at(name, "must be a number of Keap's, in digits"),
            },
        }
    }

    pub(super) fn need_id(&self, name: &str) -> Result<u64, String> {
        match self.id(name)? {
            Some(id) => Ok(id),
            None => self.refuse_at(name, "is needed"),
        }
    }

    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => match value.as_i64() {
                Some(n) => Ok(Some(n)),
                None => self.refuse_at(name, "must be an integer"),
            },
        }
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(b)) => Ok(Some(*b)),
            Some(_) => self.refuse_at(name, "must be true or false"),
        }
    }

    pub(super) fn amount(&self, name: &str, currency: &str) -> Result<Option<Decimal>, String> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        match money::read_exact(value, money::exponent(currency)) {
            Some(amount) => Ok(Some(amount)),
            None => self.refuse_at(
                name,
                &format!("must be an amount, no finer than {currency}"),
            ),
        }
    }

    pub(super) fn time(&self, name: &str) -> Result<Option<Time>, String> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        match DateTime::parse_from_rfc3339(&text) {
            Ok(at) => Ok(Some(at.with_timezone(&Utc))),
            Err(_) => self.refuse_at(name, "must be a time like 2026-07-01T09:00:00Z"),
        }
    }

    pub(super) fn date(&self, name: &str) -> Result<Option<NaiveDate>, String> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        match NaiveDate::parse_from_str(&text, "%Y-%m-%d") {
            Ok(date) => Ok(Some(date)),
            Err(_) => self.refuse_at(name, "must be a date like 2026-07-01"),
        }
    }
}

/// One of some words, where the row has it.
pub(super) fn word(row: &At, name: &str, words: &[&str]) -> Result<Option<String>, String> {
    match row.text(name)? {
        Some(text) if !words.contains(&text.as_str()) => {
            row.refuse(&format!("{name} must be one of {}", words.join(", ")))
        }
        other => Ok(other),
    }
}
