//! One row of a table, or one element of JSON, seen by the names of the fields.
//!
//! Flows in: the name of a field. Flows out: text, an amount, a day, yes or no, or what is wrong with the cell.
//! Refuses: amounts whose separators stand in odd places (`12,50` where a comma parts thousands), days of another form
//! than the connection's `dates`, and points in time while no `zone` says whose day is meant.

use super::fields::{column, is_read};
use super::forms::{self, CellDay};
use crate::connectors::Settings;
use crate::connectors::json::as_text;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::Value;

/// The row, from 0, and what is wrong with it.
pub type Bad = (usize, String);

/// One row of a table, or one element of JSON, seen by the names of the fields.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The connection's settings.
    pub settings: &'a Settings,
    /// The row.
    pub value: &'a Value,
    /// What is left out of a field's name inside a list of JSON: `line.`.
    inside: &'a str,
    /// The row, from 0.
    pub place: usize,
}

impl Row<'_> {
    /// What stands there; nothing where the field is not read.
    fn value(&self, field: &str) -> Option<&Value> {
        if !is_read(self.settings, field) {
            return None;
        }
        let mapped = self.settings.values.get(&format!("columns.{field}"));
        let name = match mapped {
            Some(name) => name.as_str(),
            None => field.strip_prefix(self.inside).unwrap_or(field),
        };
        found(self.value, name)
    }

    /// What stands there, without spaces around it; empty where nothing does.
    pub fn text(&self, field: &str) -> String {
        let text = self.value(field).map(as_text).unwrap_or_default();
        text.trim().to_owned()
    }

    /// Whether a number of JSON stands there, and not text.
    pub fn is_number(&self, field: &str) -> bool {
        self.value(field).is_some_and(Value::is_number)
    }

    /// The number there, under a sign before its decimals: `Some(None)` is something else, `None` is nothing. A number
    /// of JSON has a point.
    pub fn number(&self, field: &str, comma: bool) -> Option<Option<Decimal>> {
        let text = self.text(field);
        let comma = comma && !self.is_number(field);
        (!text.is_empty()).then(|| forms::number(&text, comma))
    }

    /// What is wrong with a field, with what stands there.
    pub fn bad(&self, field: &str, what: &str) -> Bad {
        let said: String = self.text(field).chars().take(40).collect();
        let name = column(self.settings, field);
        (self.place, format!("`{name}` is `{said}`, {what}"))
    }

    /// An amount; `None` where nothing stands.
    ///
    /// # Errors
    /// What stands there is something else.
    pub fn amount(&self, field: &str) -> Result<Option<Decimal>, Bad> {
        let comma = is_comma(self.settings);
        let Some(read) = self.number(field, comma) else {
            return Ok(None);
        };
        let what = if comma {
            "which is not an amount like 1.234,50"
        } else {
            "which is not an amount like 1,234.50; if a comma stands before the cents, set `decimal: comma`"
        };
        read.map(Some).ok_or_else(|| self.bad(field, what))
    }

    /// A day; `None` where nothing stands.
    ///
    /// # Errors
    /// What stands there is something else, or a point in time and no `zone` is set.
    pub fn day(&self, field: &str) -> Result<Option<NaiveDate>, Bad> {
        let given = self.text(field);
        if given.is_empty() {
            return Ok(None);
        }
        let form = dates(self.settings);
        match forms::day(&given, form) {
            Some(CellDay::Day(day)) => Ok(Some(day)),
            Some(CellDay::Instant(at)) => match zone(self.settings) {
                Some(zone) => Ok(Some(zone.from_utc_datetime(&at).date_naive())),
                None => Err(self.bad(field, "a point in time; set `zone` on the connection")),
            },
            None => {
                let what = format!(
                    "which is not a date like {form}; `dates` on the connection sets the form"
                );
                Err(self.bad(field, &what))
            }
        }
    }

    /// The time that stands behind a day; `None` where none does. Of money of one day it says which came first.
    pub fn time(&self, field: &str, day: NaiveDate) -> Option<DateTime<Utc>> {
        let given = self.text(field);
        if let Ok(whole) = DateTime::parse_from_rfc3339(&given) {
            return Some(whole.to_utc());
        }
        let (_, time) = given.split_once(['T', ' '])?;
        let time = time.trim();
        let read = |pattern: &&str| NaiveTime::parse_from_str(time, pattern).ok();
        let forms = ["%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p"];
        let time = forms.iter().find_map(read)?;
        Some(day.and_time(time).and_utc())
    }

    /// Yes or no; `None` where nothing stands.
    ///
    /// # Errors
    /// What stands there is something else.
    pub fn flag(&self, field: &str) -> Result<Option<bool>, Bad> {
        match self.text(field).to_lowercase().as_str() {
            "" => Ok(None),
            "true" | "yes" | "y" | "1" | "on" => Ok(Some(true)),
            "false" | "no" | "n" | "0" | "off" => Ok(Some(false)),
            _ => Err(self.bad(field, "which is neither yes nor no")),
        }
    }
}

/// What stands under a name, or at a path with dots.
fn found<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    if let Some(found) = value.get(name) {
        return Some(found);
    }
    name.split('.').try_fold(value, |at, part| at.get(part))
}

/// A row seen by the names of the fields; `inside` is what a list of JSON leaves out of them (`line.`).
pub fn row<'a>(settings: &'a Settings, value: &'a Value, inside: &'a str, place: usize) -> Row<'a> {
    Row {
        settings,
        value,
        inside,
        place,
    }
}

/// The form of days that is said.
pub fn dates(settings: &Settings) -> &str {
    settings.get("dates", "yyyy-mm-dd")
}

/// Whether a comma is said to stand before the decimals.
pub fn is_comma(settings: &Settings) -> bool {
    settings.get("decimal", "point") == "comma"
}

/// In whose days a point in time counts, where that is said.
pub fn zone(settings: &Settings) -> Option<Tz> {
    settings.values.get("zone")?.parse().ok()
}
