//! How a system writes days, times and amounts.
//!
//! Flows in: JSON values. Flows out: days of the business's calendar, moments, exact amounts, or a sentence. An amount is
//! taken from its text, never through a float. A time that names no zone is one of the stated zone, and is refused where
//! none is stated; a word for none is nothing. Pure.

use crate::connectors::files::forms::{self, CellDay};
use crate::connectors::json::{as_text, cut, within};
use crate::model::money;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::Value;

/// How days are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DaysIn {
    /// In a form of days: `yyyy-mm-dd`; a time may follow.
    Form(String),
    /// In seconds since 1970.
    Unix,
    /// In milliseconds since 1970.
    UnixMs,
}

/// How days, times and amounts are written.
#[derive(Debug, Clone)]
pub struct Formats {
    /// Days and times.
    pub days: DaysIn,
    /// The zone of times that name none.
    pub zone: Option<Tz>,
    /// Whether that is the connection's own.
    pub own_zone: bool,
    /// Words for nothing.
    pub none: Vec<String>,
    /// Whether amounts are in cents.
    pub minor: bool,
    /// Whether a comma stands before the decimals of amounts in text.
    pub comma: bool,
}

impl Default for Formats {
    fn default() -> Self {
        Self {
            days: DaysIn::Form("yyyy-mm-dd".to_owned()),
            zone: None,
            own_zone: false,
            none: Vec::new(),
            minor: false,
            comma: false,
        }
    }
}

/// A day, with its time of day where one was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenDay {
    /// The day in the business's own calendar.
    pub day: NaiveDate,
    /// The time there.
    pub time: Option<NaiveTime>,
}

impl Formats {
    /// A value as text, without spaces around it; empty where a word for nothing stands.
    pub fn text(&self, value: &Value) -> String {
        let text = as_text(value).trim().to_owned();
        match self.none.contains(&text) {
            true => String::new(),
            false => text,
        }
    }

    /// The zone of times that name none, of a connection that says its own or none.
    fn stated(&self, own: Option<Tz>) -> Option<Tz> {
        if self.own_zone { own } else { self.zone }
    }

    /// A moment, of a connection with its own zone or none; `None` where nothing stands.
    ///
    /// # Errors
    /// A sentence.
    pub fn moment(&self, value: &Value, own: Option<Tz>) -> Result<Option<DateTime<Utc>>, String> {
        let text = self.text(value);
        if text.is_empty() {
            return Ok(None);
        }
        if let Some(at) = self.counted(&text)? {
            return Ok(Some(at));
        }
        match self.form(&text)? {
            CellDay::Instant(at) => Ok(Some(at.and_utc())),
            CellDay::Day(day) => {
                let zone = self.stated(own).ok_or_else(|| {
                    let said = cut(&text, 40);
                    match self.own_zone {
                        true => format!("`{said}` names no zone; set `zone` on the connection"),
                        false => format!("`{said}` names no zone; say `zone` under `formats`"),
                    }
                })?;
                let local = day.and_time(time_of(&text).unwrap_or(NaiveTime::MIN));
                // Of an hour that comes twice the earlier one: what is asked for again goes further back than it need.
                let at = zone.from_local_datetime(&local).earliest();
                let at = at.unwrap_or_else(|| zone.from_utc_datetime(&local));
                Ok(Some(at.to_utc()))
            }
        }
    }

    /// A day in the business's calendar; `None` where nothing stands.
    ///
    /// # Errors
    /// A sentence.
    pub fn day(&self, value: &Value, zone: Option<Tz>) -> Result<Option<WrittenDay>, String> {
        let text = self.text(value);
        if text.is_empty() {
            return Ok(None);
        }
        let instant = match self.counted(&text)? {
            Some(at) => at.naive_utc(),
            None => match self.form(&text)? {
                CellDay::Day(day) => {
                    let time = time_of(&text);
                    return Ok(Some(WrittenDay { day, time }));
                }
                CellDay::Instant(at) => at,
            },
        };
        let zone = zone.or(self.zone).ok_or_else(|| {
            let said = cut(&text, 40);
            format!(
                "`{said}` is a point in time; set `zone` on the connection, to say whose day it is"
            )
        })?;
        let local: NaiveDateTime = zone.from_utc_datetime(&instant).naive_local();
        Ok(Some(WrittenDay {
            day: local.date(),
            time: Some(local.time()),
        }))
    }

    fn form(&self, text: &str) -> Result<CellDay, String> {
        let DaysIn::Form(form) = &self.days else {
            return Err(format!("`{}` is no number of seconds", cut(text, 40)));
        };
        let read = forms::day(text, form);
        read.ok_or_else(|| format!("`{}` is not a date like {form}", cut(text, 40)))
    }

    fn counted(&self, text: &str) -> Result<Option<DateTime<Utc>>, String> {
        let number = || {
            let read = text.parse::<i64>().ok();
            read.ok_or_else(|| format!("`{}` is no whole number of seconds", cut(text, 40)))
        };
        let at = match self.days {
            DaysIn::Form(_) => return Ok(None),
            DaysIn::Unix => DateTime::from_timestamp(number()?, 0),
            DaysIn::UnixMs => DateTime::from_timestamp_millis(number()?),
        };
        let at = at.filter(|t| (1970..=9999).contains(&chrono::Datelike::year(t)));
        at.map(Some)
            .ok_or_else(|| format!("`{}` is no time of the years 1970 to 9999", cut(text, 40)))
    }

    /// An exact number; `None` where nothing stands.
    ///
    /// # Errors
    /// A sentence.
    pub fn amount(&self, value: &Value) -> Result<Option<Decimal>, String> {
        let text = self.text(value);
        if text.is_empty() {
            return Ok(None);
        }
        let exact = match value {
            Value::Number(_) => money::decimal(value).filter(|d| within(*d)),
            _ => forms::number(&text, self.comma),
        };
        let said = || format!("`{}` is no exact number below 10^15", cut(&text, 40));
        exact.map(Some).ok_or_else(said)
    }

    /// A day as the system writes it; where it counts seconds, its noon.
    pub fn day_text(&self, day: NaiveDate) -> String {
        let noon = || {
            let local = day.and_time(NaiveTime::MIN) + chrono::Duration::hours(12);
            let zone = self.zone.unwrap_or(Tz::UTC);
            let at = zone.from_local_datetime(&local).earliest();
            at.unwrap_or_else(|| zone.from_utc_datetime(&local))
        };
        match &self.days {
            DaysIn::Form(form) => forms::written(day, form),
            DaysIn::Unix => noon().timestamp().to_string(),
            DaysIn::UnixMs => noon().timestamp_millis().to_string(),
        }
    }

    /// A moment as a system wants it in a filter.
    pub fn written(&self, at: DateTime<Utc>, how: &str, own: Option<Tz>) -> String {
        let local = self.stated(own).map_or_else(
            || at.naive_utc(),
            |zone| at.with_timezone(&zone).naive_local(),
        );
        match how {
            "unix" => at.timestamp().to_string(),
            "unix_ms" => at.timestamp_millis().to_string(),
            "day" => local.format("%Y-%m-%d").to_string(),
            "local" => local.format("%Y-%m-%d %H:%M:%S").to_string(),
            "local_iso" => local.format("%Y-%m-%dT%H:%M:%S").to_string(),
            "iso_ms" => at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            "iso_offset" => at.to_rfc3339_opts(chrono::SecondsFormat::Secs, false),
            _ => at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        }
    }
}

fn time_of(text: &str) -> Option<NaiveTime> {
    let (_, time) = text.split_once(['T', ' '])?;
    let forms = ["%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p"];
    let mut read = forms
        .iter()
        .map(|f| NaiveTime::parse_from_str(time.trim(), f));
    read.find_map(Result::ok)
}
