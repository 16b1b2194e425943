//! What word processors, spreadsheets and other languages make of a tenant's file, told with the line or value as it is meant.
//!
//! Flows in: a line or a value. Flows out: how it is written here, where that is sure. Nothing is guessed: where two readings
//! are possible both are named.

use chrono::{NaiveDate, NaiveTime};

/// Looks like a space, and is none.
pub(super) fn odd_space(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}' | '\u{200b}'
    )
}

/// Looks like a quote, and is none.
pub(super) fn odd_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' | '‚')
}

/// The column in bytes of the first quote or space in a line that is none, outside of text in quotes and of comments. A
/// typographic quote inside a word is a letter of it.
pub(super) fn odd_sign(line: &str) -> Option<(usize, char)> {
    let (mut quote, mut before) = (None, ' ');
    for (n, c) in line.char_indices() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some(c),
            (None, '#') if before.is_whitespace() => return None,
            (None, c) if odd_space(c) => return Some((n, c)),
            (None, c) if odd_quote(c) && " {[,:-".contains(before) => return Some((n, c)),
            _ => {}
        }
        before = c;
    }
    None
}

/// A line with straight quotes and plain spaces.
pub(super) fn straight(line: &str) -> String {
    let plain = |c: char| match c {
        c if odd_quote(c) => Some('"'),
        '\u{200b}' => None,
        c if odd_space(c) => Some(' '),
        c => Some(c),
    };
    line.chars().filter_map(plain).collect()
}

/// A key and its value that other languages part otherwise: `currency = AUD`, `currency:AUD`.
pub(super) fn key_and_value(line: &str) -> Option<String> {
    let bare = line.trim_start();
    let key = bare.find(|c: char| !(c.is_ascii_lowercase() || c == '_'))?;
    let (key, rest) = bare.split_at(key);
    let rest = rest.trim_start();
    let value = rest.strip_prefix('=').or_else(|| rest.strip_prefix(':'))?;
    let indent = line.len() - bare.len();
    let fine = rest.starts_with(':') && value.starts_with(' ');
    (!key.is_empty() && !value.trim().is_empty() && !fine)
        .then(|| format!("{}{key}: {}", " ".repeat(indent), value.trim()))
}

/// An amount as spreadsheets and people write it, in digits and a point.
pub(super) fn amount(text: &str) -> Option<String> {
    let bare = text.trim_matches(|c: char| c.is_alphabetic() || " $£€¥".contains(c));
    let bare: String = bare
        .chars()
        .filter(|c| !matches!(c, ' ' | '_' | '\'' | '\u{a0}'))
        .collect();
    if bare.is_empty() || !bare.chars().all(|c| c.is_ascii_digit() || ".,".contains(c)) {
        return None;
    }
    let groups = |by: char, whole: &str| {
        let mut parts = whole.split(by);
        let first = parts.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && parts.all(|p| p.len() == 3)
    };
    let (point, comma) = (bare.rfind('.'), bare.rfind(','));
    let plain = match (point, comma) {
        (None, None) => bare,
        // 1,000.00
        (Some(p), Some(c)) if c < p && groups(',', bare.get(..p)?) => bare.replace(',', ""),
        // 1.000,00
        (Some(p), Some(c)) if p < c && groups('.', bare.get(..c)?) => {
            bare.replace('.', "").replace(',', ".")
        }
        (None, Some(_)) if groups(',', &bare) => bare.replace(',', ""),
        (None, Some(_)) if bare.matches(',').count() == 1 => bare.replace(',', "."),
        (Some(_), None) if bare.matches('.').count() == 1 => bare,
        _ => return None,
    };
    (plain != text).then_some(plain)
}

/// A whole number with separators or a word behind it.
pub(super) fn count(text: &str) -> Option<String> {
    let plain =
        amount(text.trim_end_matches('%')).or_else(|| text.strip_suffix('%').map(str::to_owned))?;
    let whole = plain.strip_suffix(".00").unwrap_or(&plain);
    whole
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| whole.to_owned())
}

/// A switch in other words.
pub(super) fn switched(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "1" | "y" | "ja" | "oui" | "enabled" | "enable" | "active" | "always" => Some(true),
        "0" | "n" | "nein" | "non" | "disabled" | "disable" | "none" | "never" => Some(false),
        _ => None,
    }
}

/// A span of time in words.
pub(super) fn span(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let bare = lower
        .strip_prefix("every ")
        .unwrap_or(&lower)
        .trim()
        .to_owned();
    let word = match bare.as_str() {
        "hourly" | "hour" => "1h",
        "daily" | "day" => "1d",
        "weekly" | "week" => "7d",
        _ => {
            let end = bare
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(bare.len());
            let (number, unit) = bare.split_at(end);
            let unit = match unit.trim() {
                "" | "min" | "mins" | "minute" | "minutes" => "m",
                "h" | "hr" | "hrs" | "hour" | "hours" => "h",
                "d" | "day" | "days" => "d",
                "s" | "sec" | "secs" | "second" | "seconds" => "s",
                _ => return None,
            };
            let span = format!("{number}{unit}");
            return (!number.is_empty()).then_some(span);
        }
    };
    Some(word.to_owned())
}

/// A due date in words.
pub(super) fn due(text: &str) -> Option<String> {
    let lower = text.to_lowercase().replace(['_', '-'], " ");
    let lower = lower.trim_start_matches("net ").trim();
    match lower {
        "eom" | "end of month" | "end of the month" | "month end" => {
            return Some("end_of_month".to_owned());
        }
        "end of next month" | "eom+1" | "end of the next month" | "end of following month" => {
            return Some("end_of_next_month".to_owned());
        }
        "on receipt" | "immediately" | "invoice date" | "now" => {
            return Some("invoice_date".to_owned());
        }
        _ => {}
    }
    let bare = lower.trim_start_matches('+').trim();
    let end = bare
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(bare.len());
    let (number, unit) = bare.split_at(end);
    let number = number.parse::<u16>().ok()?;
    match unit.trim() {
        "" | "d" | "day" | "days" => Some(format!("+{number}d")),
        "m" | "month" | "months" => Some(format!("+{number}m")),
        "week" | "weeks" | "w" => Some(format!("+{}d", number.checked_mul(7)?)),
        _ => None,
    }
}

/// The days that a text may mean.
pub(super) fn days(text: &str) -> Vec<NaiveDate> {
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    if let [a, b, c] = parts.as_slice() {
        let number = |t: &str| t.parse::<u32>().ok();
        if let (Some(a), Some(b), Some(c)) = (number(a), number(b), number(c)) {
            let day = |y: u32, m, d| NaiveDate::from_ymd_opt(i32::try_from(y).ok()?, m, d);
            let all = match (a, c) {
                (1000.., _) => vec![day(a, b, c)],
                (_, 1000..) if a == b => vec![day(c, b, a)],
                (_, 1000..) => vec![day(c, b, a), day(c, a, b)],
                _ => Vec::new(),
            };
            return all.into_iter().flatten().collect();
        }
    }
    let formats = ["%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y"];
    let read = formats
        .iter()
        .find_map(|f| NaiveDate::parse_from_str(text.trim(), f).ok());
    read.into_iter().collect()
}

/// A time of day of a clock of 12 hours, or without its zero.
pub(super) fn clock(text: &str) -> Option<String> {
    let lower = text.to_lowercase().replace('.', ":").replace(' ', "");
    let (bare, later) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(bare), _) => (bare, Some(false)),
        (_, Some(bare)) => (bare, Some(true)),
        _ => (lower.as_str(), None),
    };
    let (hour, minute) = bare.split_once(':').unwrap_or((bare, "0"));
    let (hour, minute) = (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?);
    let hour = match later {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(later) => hour % 12 + if later { 12 } else { 0 },
        None => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, 0).map(|t| t.format("%H:%M").to_string())
}

/// Where a quote or a bracket opens that is not closed before a line: line and column, from 1, and the sign.
pub(super) fn opened(text: &str, upto: usize) -> Option<(usize, usize, char)> {
    let mut open: Vec<(usize, usize, char)> = Vec::new();
    for (n, line) in text.lines().take(upto).enumerate() {
        let (mut quote, mut before) = (None::<(usize, char)>, ' ');
        for (column, c) in line.chars().enumerate() {
            match (quote, c) {
                (Some((_, q)), c) if q == c && before != '\\' => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some((column, c)),
                (None, '#') if before.is_whitespace() => break,
                (None, '{' | '[') => open.push((n + 1, column + 1, c)),
                (None, '}' | ']') => drop(open.pop()),
                _ => {}
            }
            before = c;
        }
        // A text in quotes that goes over several lines is nothing that people write in such a file.
        if let Some((column, q)) = quote {
            return Some((n + 1, column + 1, q));
        }
    }
    open.pop()
}

/// A line with what it opens closed at its end.
pub(super) fn closed(line: &str, column: usize, sign: char) -> String {
    let end = line.trim_end();
    match sign {
        '{' => format!("{} }}", end.trim_end_matches(',')),
        '[' => format!("{}]", end.trim_end_matches(',')),
        quote => {
            let from = line
                .char_indices()
                .nth(column)
                .map_or(end.len(), |(n, _)| n);
            let cut = end.trim_end_matches([' ', '}', ']', ',']).len().max(from);
            let (head, tail) = end.split_at(cut.min(end.len()));
            format!("{head}{quote}{tail}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_spreadsheets_are_read_where_they_are_sure() {
        for (text, plain) in [
            ("5,000", "5000"),
            ("1,000.50", "1000.50"),
            ("1.000,50", "1000.50"),
            ("0,05", "0.05"),
            ("$5.00", "5.00"),
            ("AUD 250 000", "250000"),
        ] {
            assert_eq!(amount(text).as_deref(), Some(plain), "{text}");
        }
        for none in ["1,00,000", "1.2.3", "", "AUD", "250000.00"] {
            assert_eq!(amount(none), None, "{none}");
        }
        assert_eq!(count("10%").as_deref(), Some("10"));
        assert_eq!(count("5,000").as_deref(), Some("5000"));
    }

    #[test]
    fn days_and_times_of_people() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        assert_eq!(days("01/07/2026"), [day(2026, 7, 1), day(2026, 1, 7)]);
        assert_eq!(days("31/07/2026"), [day(2026, 7, 31)]);
        assert_eq!(days("1 July 2026"), [day(2026, 7, 1)]);
        assert_eq!(days("2026/7/1"), [day(2026, 7, 1)]);
        assert_eq!(clock("7am").as_deref(), Some("07:00"));
        assert_eq!(clock("6.30pm").as_deref(), Some("18:30"));
        assert_eq!(clock("12am").as_deref(), Some("00:00"));
        assert_eq!(clock("25:00"), None);
    }

    #[test]
    fn what_opens_is_found_where_it_opens() {
        let text = "a: 1\nb: { code: \"090 }\nc: \"x\"\n";
        assert_eq!(opened(text, 3), Some((2, 12, '"')));
        assert_eq!(
            closed("b: { code: \"090 }", 12, '"'),
            "b: { code: \"090\" }"
        );
        let text = "b: { code: \"090\"\nc: 1\n";
        assert_eq!(opened(text, 2), Some((2 - 1, 4, '{')));
        assert_eq!(closed("b: { code: \"090\"", 4, '{'), "b: { code: \"090\" }");
    }
}
