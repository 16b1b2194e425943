//! One row of a table, or one element of JSON, seen by the names of the fields.
//!
//! Flows in: the name of a field. Flows out: text, an amount, a day, yes or no, or what is wrong with the cell.
//! Refuses: amounts whose separators stand in odd places (`12,50` where a comma parts thousands), and days of
//! another form than the connection's `dates`.

use crate::connectors::Settings;
use crate::connectors::json::{as_text, within};
use crate::model::money;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;

/// The row, from 0, and what is wrong with it.
pub type Bad = (usize, String);

/// One row of a table, or one element of JSON, seen by the names of the fields.
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
    /// What stands there, without spaces around it; empty where nothing does.
    pub fn text(&self, field: &str) -> String {
        let mapped = self.settings.values.get(&format!("columns.{field}"));
        let name = match mapped {
            Some(name) => name.as_str(),
            // A column that stands for another field does not go by its own name as well.
            None if self.is_taken(field) => return String::new(),
            None => field.strip_prefix(self.inside).unwrap_or(field),
        };
        if let Some(found) = self.value.get(name) {
            return as_text(found).trim().to_owned();
        }
        let mut at = Some(self.value);
        for part in name.split('.') {
            at = at.and_then(|v| v.get(part));
        }
        at.map(as_text).unwrap_or_default().trim().to_owned()
    }

    /// Whether the column with a field's name was said to stand for another field.
    fn is_taken(&self, field: &str) -> bool {
        let settings = self.settings.values.iter();
        let mut columns = settings.filter(|(key, _)| key.starts_with("columns."));
        self.inside.is_empty() && columns.any(|(_, column)| column == field)
    }

    /// What is wrong with a field, with what stands there.
    pub fn bad(&self, field: &str, what: &str) -> Bad {
        let said: String = self.text(field).chars().take(40).collect();
        let name = self.settings.get(&format!("columns.{field}"), field);
        (self.place, format!("`{name}` is `{said}`, {what}"))
    }

    /// An amount; `None` where nothing stands.
    ///
    /// # Errors
    /// What stands there is something else.
    pub fn amount(&self, field: &str) -> Result<Option<Decimal>, Bad> {
        let given = self.text(field);
        if given.is_empty() {
            return Ok(None);
        }
        let comma = self.settings.get("decimal", "point") == "comma";
        let read = plain_number(&given, comma).and_then(|n| money::parse(&n));
        let read = read.filter(|d| within(*d));
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
    /// What stands there is something else.
    pub fn day(&self, field: &str) -> Result<Option<NaiveDate>, Bad> {
        let given = self.text(field);
        if given.is_empty() {
            return Ok(None);
        }
        let words = self.settings.get("dates", "yyyy-mm-dd");
        let pattern = match words {
            "dd/mm/yyyy" => "%d/%m/%Y",
            "mm/dd/yyyy" => "%m/%d/%Y",
            "dd.mm.yyyy" => "%d.%m.%Y",
            "dd-mm-yyyy" => "%d-%m-%Y",
            _ => "%Y-%m-%d",
        };
        // A time behind the day is of no use here.
        let only_day = given.split(['T', ' ']).next().unwrap_or_default();
        let read = NaiveDate::parse_from_str(only_day, pattern).ok();
        let read = read.filter(|d| (1900..=9999).contains(&chrono::Datelike::year(d)));
        let what =
            format!("which is not a date like {words}; `dates` on the connection sets the form");
        read.map(Some).ok_or_else(|| self.bad(field, &what))
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

/// A number without currency signs and separators of thousands; `None` where these stand in odd places.
fn plain_number(given: &str, comma: bool) -> Option<String> {
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

/// A row seen by the names of the fields; `inside` is what a list of JSON leaves out of them (`line.`).
pub fn row<'a>(settings: &'a Settings, value: &'a Value, inside: &'a str, place: usize) -> Row<'a> {
    Row {
        settings,
        value,
        inside,
        place,
    }
}
