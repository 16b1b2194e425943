//! The forms in which files write days and numbers.
//!
//! Flows in: the text of a cell and a form. Flows out: the day or point in time, or the number, or nothing where the
//! text is not of that form. Pure; nothing is guessed from one cell: what a column shows is judged in `judge`.

use crate::connectors::json::within;
use crate::model::money;
use crate::model::setting::{SettingWord, says};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use rust_decimal::Decimal;

/// The forms of days, as the word `dates` names them.
pub const DATE_WORDS: &[SettingWord] = &[
    says("yyyy-mm-dd", "2026-07-31"),
    says("yyyy/mm/dd", "2026/07/31"),
    says("dd/mm/yyyy", "31/07/2026"),
    says("mm/dd/yyyy", "07/31/2026"),
    says("dd.mm.yyyy", "31.07.2026"),
    says("mm.dd.yyyy", "07.31.2026"),
    says("dd-mm-yyyy", "31-07-2026"),
    says("mm-dd-yyyy", "07-31-2026"),
];

fn pattern(form: &str) -> &'static str {
    match form {
        "yyyy/mm/dd" => "%Y/%m/%d",
        "dd/mm/yyyy" => "%d/%m/%Y",
        "mm/dd/yyyy" => "%m/%d/%Y",
        "dd.mm.yyyy" => "%d.%m.%Y",
        "mm.dd.yyyy" => "%m.%d.%Y",
        "dd-mm-yyyy" => "%d-%m-%Y",
        "mm-dd-yyyy" => "%m-%d-%Y",
        _ => "%Y-%m-%d",
    }
}

/// A day as a form writes it.
pub fn written(day: NaiveDate, form: &str) -> String {
    day.format(pattern(form)).to_string()
}

/// What a cell with a date says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellDay {
    /// A day. A time of day without an offset is the business's own, and changes nothing of its day.
    Day(NaiveDate),
    /// A point in time, in UTC: which day that is depends on where one asks.
    Instant(NaiveDateTime),
}

/// Reads a date of a form. A point in time as RFC 3339 writes it is one under every form.
pub fn day(text: &str, form: &str) -> Option<CellDay> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(CellDay::Instant(at.naive_utc())).filter(in_range);
    }
    let (day, time) = match text.find(['T', ' ']) {
        Some(n) => (text.get(..n)?, text.get(n + 1..)?.trim()),
        None => (text, ""),
    };
    let day = NaiveDate::parse_from_str(day, pattern(form)).ok()?;
    let read = if time.is_empty() {
        CellDay::Day(day)
    } else {
        match offset(time)? {
            (time, None) => of_day(time).map(|_| CellDay::Day(day))?,
            (time, Some(minutes)) => {
                let at = day.and_time(of_day(time)?);
                CellDay::Instant(at.checked_sub_signed(TimeDelta::minutes(minutes))?)
            }
        }
    };
    Some(read).filter(in_range)
}

fn in_range(read: &CellDay) -> bool {
    let year = match read {
        CellDay::Day(day) => day.year(),
        CellDay::Instant(at) => at.year(),
    };
    (1900..=9999).contains(&year)
}

fn of_day(time: &str) -> Option<NaiveTime> {
    let forms = ["%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M%p"];
    let mut read = forms.iter().map(|f| NaiveTime::parse_from_str(time, f));
    read.find_map(Result::ok)
}

/// A time of day and its offset from UTC in minutes, where it has one; `None` where what looks like an offset is none.
fn offset(time: &str) -> Option<(&str, Option<i64>)> {
    for utc in ["Z", "z", "UTC", "GMT"] {
        if let Some(rest) = time.strip_suffix(utc) {
            return Some((rest.trim_end(), Some(0)));
        }
    }
    let Some(at) = time.rfind(['+', '-']) else {
        return Some((time, None));
    };
    let (before, signed) = time.split_at_checked(at)?;
    let digits: String = signed.chars().skip(1).filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.as_str(), "0"),
        4 => digits.split_at_checked(2)?,
        _ => return None,
    };
    let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    let sign = if signed.starts_with('-') { -1 } else { 1 };
    (minutes <= 18 * 60).then_some((before.trim_end(), Some(sign * minutes)))
}

/// A number; `comma` is whether a comma stands before its decimals. It keeps the decimals that were written.
pub fn number(text: &str, comma: bool) -> Option<Decimal> {
    let read = plain(text, comma).and_then(|n| money::parse(&n));
    read.filter(|d| within(*d))
}

/// A number without currency signs and separators of thousands; `None` where these stand in odd places.
fn plain(given: &str, comma: bool) -> Option<String> {
    let (thousands, point) = if comma { ('.', ',') } else { (',', '.') };
    let mut text: String = given
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '$' | '€' | '£' | '¥' | '\'' | '\u{a0}'))
        .collect();
    // Accountants write a negative amount in brackets.
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        text = format!("-{inner}");
    }
    let (whole, cents) = text.split_once(point).unwrap_or((&text, ""));
    if cents.contains(thousands) {
        return None;
    }
    let parts: Vec<&str> = whole.split(thousands).collect();
    let later_ok = parts.iter().skip(1).all(|p| p.len() == 3);
    let first = parts.first().map(|p| p.trim_start_matches(['-', '+']))?;
    if parts.len() > 1 && (!later_ok || first.is_empty() || first.len() > 3) {
        return None;
    }
    let whole = parts.concat();
    Some(if cents.is_empty() {
        whole
    } else {
        format!("{whole}.{cents}")
    })
}

/// Whether a spreadsheet has shortened a number to this: `2.02608E+11`. The digits it left out are lost.
pub fn is_shortened(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let power = power.strip_prefix('+').unwrap_or_default();
    let all_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let (whole, rest) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    power.len() <= 3
        && all_digits(power)
        && whole.len() == 1
        && all_digits(whole)
        && all_digits(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_in_time_is_told_from_a_day() {
        let plain = CellDay::Day(NaiveDate::from_ymd_opt(2026, 7, 31).unwrap());
        let late = plain_at("2026-07-31T22:30:00");
        for (text, form, read) in [
            ("2026-07-31", "yyyy-mm-dd", Some(plain)),
            ("2026-07-31T22:30:00", "yyyy-mm-dd", Some(plain)),
            ("31/07/2026 10:30 PM", "dd/mm/yyyy", Some(plain)),
            ("2026-07-31T22:30:00Z", "yyyy-mm-dd", Some(late)),
            ("2026-07-31T22:30:00.000Z", "dd/mm/yyyy", Some(late)),
            ("2026-08-01T08:30:00+10:00", "yyyy-mm-dd", Some(late)),
            ("2026-08-01 08:30:00 +1000", "yyyy-mm-dd", Some(late)),
            ("31.07.2026 22:30 UTC", "dd.mm.yyyy", Some(late)),
            ("2026-07-31 22:30:00 EST", "yyyy-mm-dd", None),
            ("2026-07-31 soon", "yyyy-mm-dd", None),
            ("07/31/2026", "dd/mm/yyyy", None),
            ("31/07/26", "dd/mm/yyyy", None),
        ] {
            assert_eq!(day(text, form), read, "{text} as {form}");
        }
    }

    fn plain_at(text: &str) -> CellDay {
        CellDay::Instant(text.parse().unwrap())
    }

    #[test]
    fn what_a_spreadsheet_shortened_is_no_key() {
        for text in ["2.02608E+11", "2,02608E+11", "2E+11", "1.5e+12"] {
            assert!(is_shortened(text), "{text}");
        }
        for text in ["202608120001", "INV-2E+11", "12E4", "E+11", "AB2E+1X", ""] {
            assert!(!is_shortened(text), "{text}");
        }
    }
}
