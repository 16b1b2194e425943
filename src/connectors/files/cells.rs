//! One row of a table, or one element of JSON, seen by the names of the fields.
//!
//! Flows in: the name of a field. Flows out: text, an amount, a day, yes or no, or what is wrong with the cell.
//! Refuses: amounts whose separators stand in odd places (`12,50` where a comma parts thousands), days of another form
//! than the connection's `dates`, and points in time while no `zone` says whose day is meant.

use super::forms::{self, CellDay};
use super::reading::{FieldAt, FileWords, column};
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::Value;

/// The years in which there is business.
const YEARS: std::ops::RangeInclusive<i32> = 1950..=2099;

/// The row, from 0, and what is wrong with it.
pub type Bad = (usize, String);

/// One row of a table, or one element of JSON, seen by the names of the fields.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// What the connection says.
    pub settings: &'a FileWords,
    /// The row.
    pub value: &'a Value,
    /// What is left out of a field's name inside a list of JSON: `line.`.
    inside: &'a str,
    /// The row, from 0.
    pub place: usize,
    /// The decimals of the currency, where amounts are written without a point.
    pub minor: Option<u32>,
}

impl<'a> Row<'a> {
    /// What stands there; nothing where the field is not read.
    fn value(&self, field: &str) -> Option<&'a Value> {
        let bare = || field.strip_prefix(self.inside).unwrap_or(field);
        match self.settings.stands(field) {
            FieldAt::Nowhere => None,
            FieldAt::ByName => found(self.value, bare()),
            FieldAt::In(names) => {
                let mut all = names.iter().filter_map(|n| found(self.value, n));
                all.find(|v| !is_nothing(v))
            }
        }
    }

    /// What the file writes there, without spaces around it; empty where nothing stands.
    pub fn written(&self, field: &str) -> String {
        self.settings.plain(self.value(field))
    }

    /// What stands there, or what counts where nothing does.
    pub fn text(&self, field: &str) -> String {
        let text = self.written(field);
        if text.is_empty() {
            self.settings.default(field).to_owned()
        } else {
            text
        }
    }

    /// What stands in a column, or at a path, whatever it stands for.
    pub fn cell(&self, name: &str) -> String {
        self.settings.plain(found(self.value, name))
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
        self.wrong(&column(self.settings, field), &self.text(field), what)
    }

    fn wrong(&self, name: &str, text: &str, what: &str) -> Bad {
        let said: String = text.chars().take(40).collect();
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
        let read = read.ok_or_else(|| self.bad(field, no_amount(comma)))?;
        Ok(Some(self.major(read)))
    }

    /// A number that is no amount of money: a quantity, a percentage.
    ///
    /// # Errors
    /// What stands there is something else.
    pub fn plain_number(&self, field: &str) -> Result<Option<Decimal>, Bad> {
        let comma = is_comma(self.settings);
        let text = self.text(field);
        let text = text.trim_end_matches('%').trim();
        if text.is_empty() {
            return Ok(None);
        }
        let read = forms::number(text, comma && !self.is_number(field));
        read.map(Some)
            .ok_or_else(|| self.bad(field, no_amount(comma)))
    }

    /// An amount in a column, whatever it stands for; `None` where nothing stands.
    ///
    /// # Errors
    /// What stands there is something else.
    pub fn amount_in(&self, name: &str) -> Result<Option<Decimal>, Bad> {
        let text = self.cell(name);
        if text.is_empty() {
            return Ok(None);
        }
        let is_number = found(self.value, name).is_some_and(Value::is_number);
        let comma = is_comma(self.settings);
        let read = forms::number(&text, comma && !is_number);
        let read = read.ok_or_else(|| self.wrong(name, &text, no_amount(comma)))?;
        Ok(Some(self.major(read)))
    }

    /// An amount in the currency's main unit.
    fn major(&self, read: Decimal) -> Decimal {
        let mut moved = read;
        match self.minor {
            Some(places) if moved.set_scale(read.scale() + places).is_ok() => moved.normalize(),
            _ => read,
        }
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
        match forms::day(&self.moment(&given), form) {
            Some(CellDay::Day(day)) => self.of_business(field, day),
            Some(CellDay::Instant(at)) => match zone(self.settings) {
                Some(zone) => self.of_business(field, zone.from_utc_datetime(&at).date_naive()),
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

    /// A day on which there can be business: programs write 9999-12-31 where they mean none.
    fn of_business(&self, field: &str, day: NaiveDate) -> Result<Option<NaiveDate>, Bad> {
        if YEARS.contains(&day.year()) {
            return Ok(Some(day));
        }
        let what = format!(
            "a day outside the years {} to {}; correct it, or leave it empty where it means none",
            YEARS.start(),
            YEARS.end()
        );
        Err(self.bad(field, &what))
    }

    /// A point in time with whatever form it is written in: as RFC 3339 does, or a day of the connection's form with or without
    /// a time, which is the business's own where it has no offset. `None` where it is none.
    pub fn instant(&self, field: &str) -> Option<DateTime<Utc>> {
        let given = self.moment(&self.text(field));
        match forms::day(&given, dates(self.settings))? {
            CellDay::Instant(at) => Some(at.and_utc()),
            CellDay::Day(day) => {
                let time = self.time(field, day).map_or(NaiveTime::MIN, |t| t.time());
                let own = day.and_time(time);
                let zoned =
                    zone(self.settings).and_then(|z| z.from_local_datetime(&own).earliest());
                Some(zoned.map_or(own.and_utc(), |t| t.to_utc()))
            }
        }
    }

    /// A day with what makes a point in time of its time, where times without an offset are UTC.
    fn moment(&self, given: &str) -> String {
        let form = dates(self.settings);
        let timed = given.contains(':') && self.settings.is("times", "utc");
        match forms::day(given, form) {
            Some(CellDay::Day(_)) if timed => format!("{given} UTC"),
            _ => given.to_owned(),
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
pub(super) fn found<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    if let Some(found) = value.get(name) {
        return Some(found);
    }
    name.split('.').try_fold(value, |at, part| at.get(part))
}

/// A row seen by the names of the fields; `inside` is what a list of JSON leaves out of them (`line.`).
pub fn row<'a>(
    settings: &'a FileWords,
    value: &'a Value,
    inside: &'a str,
    place: usize,
) -> Row<'a> {
    Row {
        settings,
        value,
        inside,
        place,
        minor: None,
    }
}

fn no_amount(comma: bool) -> &'static str {
    if comma {
        "which is not an amount like 1.234,50"
    } else {
        "which is not an amount like 1,234.50; if a comma stands before the cents, set `decimal: comma`"
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim().is_empty(),
        other => other.is_null(),
    }
}

/// The form of days that is said.
pub fn dates(settings: &FileWords) -> &str {
    settings.get("dates", "yyyy-mm-dd")
}

/// Whether a comma is said to stand before the decimals.
pub fn is_comma(settings: &FileWords) -> bool {
    settings.get("decimal", "point") == "comma"
}

/// In whose days a point in time counts, where that is said.
pub fn zone(settings: &FileWords) -> Option<Tz> {
    settings.values.get("zone")?.parse().ok()
}
