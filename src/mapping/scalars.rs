//! Single values of a tenant's file: what they mean, or what is wrong with them and how to write them.
//!
//! Flows in: the text of one value. Flows out: an exact value, or a sentence and its cure. The reader
//! and the compiler both call these, so that what the one accepts the other understands.

use super::config::DueRule;
use super::habits;
use super::words::Word;
use crate::model::{Currency, money};
use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;

/// What is wrong with a value, and what to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadValue {
    pub what: String,
    pub fix: String,
}

pub(super) fn bad<T>(what: impl Into<String>, fix: impl Into<String>) -> Result<T, BadValue> {
    Err(BadValue {
        what: what.into(),
        fix: fix.into(),
    })
}

/// A text as it is shown in a sentence: cut short, so that no value can fill a screen.
pub(super) fn shown(text: &str) -> String {
    let cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() {
        format!("{cut}...")
    } else {
        cut
    }
}

/// The word of a list that a text is; `off` may be written as `false` or `no`.
pub(super) fn word(text: &str, words: &'static [Word]) -> Option<&'static Word> {
    if let Some(found) = words.iter().find(|w| w.word == text) {
        return Some(found);
    }
    let switched = if super::words::switch(text)? {
        "on"
    } else {
        "off"
    };
    words.iter().find(|w| w.word == switched)
}

/// `30m` as seconds.
pub(super) fn interval(text: &str) -> Result<u32, BadValue> {
    let cure = "Write a number with s, m, h or d, such as 30m, from one minute to 31 days.";
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => 0,
    };
    let digits = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
    let digits = digits.trim().parse::<u32>().ok();
    let seconds = digits
        .filter(|_| unit > 0)
        .and_then(|n| n.checked_mul(unit));
    match seconds {
        Some(s) if (60..=31 * 86_400).contains(&s) => Ok(s),
        Some(_) => bad(format!("`{}` is too short or too long", shown(text)), cure),
        None => bad(
            format!("`{}` is no span of time", shown(text)),
            meant(habits::span(text).filter(|s| interval(s).is_ok()), cure),
        ),
    }
}

/// The cure that names what is probably meant, before the one that names the form.
fn meant(value: Option<String>, form: &str) -> String {
    value.map_or_else(|| form.to_owned(), |v| format!("Write `{v}`. {form}"))
}

/// `+14d`, `+1m` or a word.
pub(super) fn due(text: &str) -> Result<DueRule, BadValue> {
    let cure = "Write invoice_date, end_of_month, end_of_next_month, or a number of days or months such as +14d or +1m.";
    match text {
        "invoice_date" => return Ok(DueRule::InvoiceDate),
        "last_instalment" => return Ok(DueRule::LastInstalment),
        "end_of_month" => return Ok(DueRule::EndOfMonth(0)),
        "end_of_next_month" => return Ok(DueRule::EndOfMonth(1)),
        _ => {}
    }
    let months = text.ends_with('m');
    let digits = text
        .strip_prefix('+')
        .and_then(|t| t.strip_suffix(['d', 'm']));
    let number = digits
        .filter(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|d| d.parse::<u16>().ok());
    match number {
        Some(n) if months && n <= 60 => Ok(DueRule::Months(n)),
        Some(n) if !months && n <= 1_830 => Ok(DueRule::Days(n)),
        Some(_) => bad(format!("`{}` is more than five years", shown(text)), cure),
        // Only what is a due date with the sign: `eom` ends in `m` too.
        None if !text.starts_with('+') && due(&format!("+{text}")).is_ok() => bad(
            format!("`{}` is no due date without its plus sign", shown(text)),
            format!("Write `+{}`.", shown(text)),
        ),
        None => bad(
            format!("`{}` is no due date", shown(text)),
            meant(habits::due(text).filter(|d| due(d).is_ok()), cure),
        ),
    }
}

/// `2026-07-01`.
pub(super) fn date(text: &str) -> Result<NaiveDate, BadValue> {
    let cure = "Write year, month and day: 2026-07-01.";
    let shape: Vec<usize> = text.split('-').map(str::len).collect();
    let parsed = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    match parsed {
        Ok(day) if shape == [4, 2, 2] => Ok(day),
        _ => {
            let days: Vec<String> = habits::days(text)
                .iter()
                .map(|d| format!("`{d}`"))
                .collect();
            let fix = match days.as_slice() {
                [] => cure.to_owned(),
                [one] => format!("Write {one}."),
                several => format!("Write {}, whichever is meant.", several.join(" or ")),
            };
            bad(format!("`{}` is no day", shown(text)), fix)
        }
    }
}

/// An amount greater than zero.
pub(super) fn amount(text: &str) -> Result<Decimal, BadValue> {
    let cure = "Write digits and a point, without a currency or thousands separators: 250000.00.";
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match money::parse(text) {
        Some(d) if plain && d > Decimal::ZERO => Ok(d),
        Some(_) if plain => bad("An amount must be greater than zero", cure),
        _ if text.trim_end().ends_with('%') => {
            let digits = text.trim_end().trim_end_matches('%').trim();
            bad(
                format!(
                    "`{}` is a share, and an amount of money is meant here",
                    shown(text)
                ),
                format!("Write the amount itself, such as `{}`.", shown(digits)),
            )
        }
        _ => bad(
            format!("`{}` is no amount", shown(text)),
            meant(habits::amount(text), cure),
        ),
    }
}

/// A whole number greater than zero.
pub(super) fn count(text: &str) -> Result<u32, BadValue> {
    match text.parse::<u32>() {
        Ok(n) if n > 0 && n <= 1_000_000 => Ok(n),
        _ => bad(
            format!("`{}` is no number from 1 to 1000000", shown(text)),
            meant(habits::count(text), "Write digits only, such as 500."),
        ),
    }
}

/// A currency.
pub(super) fn currency(text: &str) -> Result<Currency, BadValue> {
    Currency::new(text).or_else(|_| {
        let upper = text.trim().to_uppercase();
        let known = Currency::new(&upper).is_ok().then_some(upper);
        bad(
            format!("`{}` is no currency", shown(text)),
            meant(
                known,
                "Write its three-letter ISO 4217 code, such as AUD, GBP or JPY.",
            ),
        )
    })
}

/// A cron expression of five fields.
pub(super) fn cron(text: &str) -> Result<(), BadValue> {
    let cure = "Write five fields: minute, hour, day of month, month, day of week. `0 6 * * 1-5` is six o'clock from Monday to Friday.";
    if text.split_whitespace().count() != 5 {
        return bad(format!("`{}` does not have five fields", shown(text)), cure);
    }
    match croner::parser::CronParser::new().parse(text) {
        Ok(_) => Ok(()),
        Err(why) => bad(
            format!(
                "`{}` is no cron expression: {}",
                shown(text),
                shown(&why.to_string())
            ),
            cure,
        ),
    }
}

/// `07:00`, of a clock of 24 hours.
pub(super) fn time_of_day(text: &str) -> Result<NaiveTime, BadValue> {
    let parsed = NaiveTime::parse_from_str(text, "%H:%M");
    match parsed {
        Ok(time) if text.len() == 5 => Ok(time),
        _ => bad(
            format!("`{}` is no time of day", shown(text)),
            meant(
                habits::clock(text),
                "Write hours and minutes: 07:00 or 18:30.",
            ),
        ),
    }
}

/// A name's template; `None` is `off`.
pub(super) fn site_name(text: &str) -> Result<Option<&str>, BadValue> {
    if super::words::switch(text) == Some(false) {
        return Ok(None);
    }
    let cure = "Write a text in quotes that holds both, such as \"{parent} - {name}\".";
    if !text.contains("{name}") {
        return bad(
            "Without `{name}` all sites of a client would have the same name",
            cure,
        );
    }
    if !text.contains("{parent}") {
        return bad("Without `{parent}` the client's name does not appear", cure);
    }
    let rest = text.replace("{name}", "").replace("{parent}", "");
    if rest.contains(['{', '}']) {
        return bad(
            format!(
                "`{}` holds more than `{{parent}}` and `{{name}}`",
                shown(text)
            ),
            cure,
        );
    }
    Ok(Some(text))
}

/// A list: a CSV file below the workspace.
pub(super) fn list_file(text: &str) -> Result<(), BadValue> {
    inside(text, "lists/gst-free.csv")?;
    match text.ends_with(".csv") {
        true => Ok(()),
        false => bad(
            format!("`{}` is not a list", shown(text)),
            "Lists are CSV files: lists/gst-free.csv.",
        ),
    }
}

fn inside(text: &str, such_as: &str) -> Result<(), BadValue> {
    let outside = text.starts_with('/')
        || text.contains('\\')
        || text.contains(':')
        || text.split('/').any(|part| part == ".." || part.is_empty());
    match outside {
        false => Ok(()),
        true => bad(
            format!("`{}` is not a file inside the workspace", shown(text)),
            format!("Write the path from the workspace's folder: {such_as}."),
        ),
    }
}

/// A rule file: below the workspace, ending in `.rhai`.
pub(super) fn rule_file(text: &str) -> Result<(), BadValue> {
    inside(text, "rules/acme.rhai")?;
    if !text.ends_with(".rhai") {
        return bad(
            format!("`{}` is not a rule file", shown(text)),
            "Rule files end in .rhai: rules/acme.rhai.",
        );
    }
    Ok(())
}

/// An e-mail address, as far as can be told without sending to it.
pub(super) fn email(text: &str) -> Result<(), BadValue> {
    let fine = text.len() <= 254
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
        && text
            .split_once('@')
            .is_some_and(|(l, d)| !l.is_empty() && !d.is_empty() && !d.contains('@'));
    if fine {
        return Ok(());
    }
    bad(
        format!("`{}` is no e-mail address", shown(text)),
        "Write it plainly, such as jo@acme.example.",
    )
}

/// Whether other programs would read a text, written without quotes, as something else than text.
pub(super) fn reads_as_other(text: &str) -> bool {
    let number = text
        .trim_start_matches(['+', '-'])
        .starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && text.bytes().all(|b| {
            b.is_ascii_hexdigit() || matches!(b, b'.' | b'_' | b'x' | b'o' | b'+' | b'-' | b':')
        })
        && (money::parse(text).is_some()
            || text.starts_with("0x")
            || text.starts_with("0o")
            || date(text).is_ok()
            || text.contains(':')
            || text.contains('_'));
    let word = super::words::switch(text).is_some()
        || matches!(
            text.to_ascii_lowercase().as_str(),
            "null" | "y" | "n" | ".inf" | ".nan"
        );
    number || word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_have_bounds() {
        assert_eq!(interval("30m"), Ok(1_800));
        assert_eq!(interval("2h"), Ok(7_200));
        for wrong in ["", "m", "30", "1s", "99d", "30 minutes", "-5m", "é"] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn due_rules_are_days_or_months() {
        assert_eq!(due("+14d"), Ok(DueRule::Days(14)));
        assert_eq!(due("+1m"), Ok(DueRule::Months(1)));
        for wrong in ["14d", "+d", "+1y", "+99999d", "+-1d", "+1.5d", ""] {
            assert!(due(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn amounts_are_exact_and_plain() {
        assert_eq!(amount("250000.00"), Ok("250000.00".parse().unwrap()));
        for wrong in ["0", "-1", "1,000.00", "1e5", "AUD 5", ""] {
            assert!(amount(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn codes_that_other_programs_misread_are_known() {
        for code in [
            "200",
            "0200",
            "1e5",
            "yes",
            "OFF",
            "0x1F",
            "2026-07-01",
            "1_000",
        ] {
            assert!(reads_as_other(code), "{code}");
        }
        for code in [
            "20-4100",
            "OUTPUT2",
            "TIL",
            "CRANE-*",
            "INV-1041",
            "EXEMPTOUTPUT",
        ] {
            assert!(!reads_as_other(code), "{code}");
        }
    }

    #[test]
    fn a_rule_file_stays_in_the_workspace() {
        assert!(rule_file("rules/acme.rhai").is_ok());
        for wrong in [
            "/etc/passwd.rhai",
            "../x.rhai",
            "rules//x.rhai",
            "rules/x.rs",
            "C:\\x.rhai",
        ] {
            assert!(rule_file(wrong).is_err(), "{wrong}");
        }
    }
}
