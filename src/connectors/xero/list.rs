//! How Xero's lists are asked for: pages, conditions, and where a list is left off.
//!
//! Flows in: values that people typed, and cursors. Flows out: queries, quoted, each short enough for an address;
//! and which values cannot be asked for. A place that cannot be read is the beginning.

use super::encode::VALUES;
use crate::connectors::Cursor;
use chrono::{DateTime, Duration, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// Records a page: the most Xero gives.
pub(super) const PAGE: usize = 1000;
/// Most characters of a condition, before percent-encoding.
const CONDITION: usize = 1200;
/// A list that goes on is asked for what changed since a little before it was read last: Xero's clock is not ours.
pub(super) const OVERLAP_S: i64 = 300;

const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A value of a query parameter.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// What no condition can hold: Xero refuses a quotation mark however it is escaped, and nobody says what a backslash
/// or a control character is to it.
fn unsayable(c: char) -> bool {
    c == '"' || c == '\\' || c.is_control()
}

/// Values that a condition can hold, and those it cannot.
pub(super) fn apart(values: &[String]) -> (Vec<String>, Vec<String>) {
    let some = values.iter().filter(|v| !v.trim().is_empty()).cloned();
    some.partition(|v| !v.contains(unsayable))
}

/// The longest piece of a value that a condition can hold; empty where there is none.
pub(super) fn piece(value: &str) -> &str {
    let pieces = value.split(unsayable).map(str::trim);
    pieces.max_by_key(|p| p.chars().count()).unwrap_or_default()
}

/// A text in a condition, which holds nothing that no condition can hold.
pub(super) fn quoted(text: &str) -> String {
    let safe: String = text.chars().filter(|c| !unsayable(*c)).collect();
    format!("\"{safe}\"")
}

/// Conditions joined by OR, as few as their length allows.
pub(super) fn conditions(values: &[String], one: impl Fn(&str) -> String) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut count = 0;
    for value in values.iter().filter(|v| !v.trim().is_empty()) {
        let one = one(value);
        match all.last_mut() {
            Some(last) if count < VALUES && last.len() + one.len() < CONDITION => {
                last.push_str(" OR ");
                last.push_str(&one);
                count += 1;
            }
            _ => {
                all.push(one);
                count = 1;
            }
        }
    }
    all
}

/// Conditions `field=="a" OR field=="b"`.
pub(super) fn equal(field: &str, values: &[String]) -> Vec<String> {
    conditions(values, |v| format!("{field}=={}", quoted(v)))
}

/// Where a list is: the page that is next, of what changed since a time.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ListPlace {
    /// `None` for everything.
    pub(super) since: Option<DateTime<Utc>>,
    /// From 1.
    pub(super) page: u32,
    /// When its first page was asked for.
    pub(super) began: Option<DateTime<Utc>>,
}

impl ListPlace {
    /// A place that cannot be read is the beginning.
    pub(super) fn of(cursor: Option<&Cursor>) -> Option<Self> {
        cursor.and_then(|c| serde_json::from_str(&c.0).ok())
    }

    /// Where to go on: the next page, or from the time at which this list was begun.
    pub(super) fn next(self, more: bool, now: DateTime<Utc>) -> Cursor {
        let began = self.began.unwrap_or(now);
        let next = match more {
            true => Self {
                page: self.page.saturating_add(1),
                began: Some(began),
                ..self
            },
            false => Self {
                since: Some(began - Duration::seconds(OVERLAP_S)),
                page: 1,
                began: None,
            },
        };
        Cursor(serde_json::to_string(&next).unwrap_or_default())
    }
}
