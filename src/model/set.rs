//! What is said of a field when it is set, before any of it is made into text: the program's own names as they are, numbers and
//! days as such, and other texts lent, or as a trace keeps them.
//!
//! Flows in: what a mapping, a rule or a check has at hand. Flows out: the same, with its texts kept otherwise, or in words.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::fmt;

/// The name of a field that is set. `T` is a text: lent, or where it stands in the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetName<T> {
    /// `date`.
    Whole(&'static str),
    /// Of a part of the draft: `payment.date`.
    Of(&'static str, &'static str),
    /// Of a line, by its id in the source: `line[2].account`.
    OfLine(T, &'static str),
    /// Of a line, by its place: `line[2].account`.
    OfNth(usize, &'static str),
}

/// The value that a field is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetValue<T> {
    /// A text; empty where it is set to nothing.
    Text(T),
    /// A number.
    Number(Decimal),
    /// A day.
    Day(NaiveDate),
}

/// The path of a key of a tenant's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetKey<T> {
    /// A path of the program's own with a tenant's word behind it, which may be empty: `tax.codes.` and `GST`.
    Path(&'static str, T),
    /// A row of a list, from 0, with the line of the file of the tenant's that answered, and behind it which of the row's words
    /// it was: `accounts[3], skus.csv:12 (tax)`.
    Row(&'static str, usize, Option<(T, u32)>, &'static str),
}

/// What sets a field: an origin of which nothing is made yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetBy<T> {
    /// The source's own field; of a line, with its id.
    Source(Option<T>, T),
    /// A key of a file: the key, the file, line and column.
    Mapping(SetKey<T>, T, (u32, u32)),
    /// A rule: the hook, the file, line and column.
    Rule(T, T, (u32, u32)),
    /// The ledger's own data.
    Ledger(T),
}

impl<T> SetName<T> {
    pub(super) fn map<U>(self, mut text: impl FnMut(T) -> U) -> SetName<U> {
        match self {
            SetName::Whole(name) => SetName::Whole(name),
            SetName::Of(part, name) => SetName::Of(part, name),
            SetName::OfLine(id, name) => SetName::OfLine(text(id), name),
            SetName::OfNth(n, name) => SetName::OfNth(n, name),
        }
    }
}

impl<T> SetValue<T> {
    pub(super) fn map<U>(self, mut text: impl FnMut(T) -> U) -> SetValue<U> {
        match self {
            SetValue::Text(t) => SetValue::Text(text(t)),
            SetValue::Number(n) => SetValue::Number(n),
            SetValue::Day(d) => SetValue::Day(d),
        }
    }
}

impl<T> SetKey<T> {
    pub(super) fn map<U>(self, mut text: impl FnMut(T) -> U) -> SetKey<U> {
        match self {
            SetKey::Path(path, word) => SetKey::Path(path, text(word)),
            SetKey::Row(list, n, of, word) => {
                SetKey::Row(list, n, of.map(|(file, line)| (text(file), line)), word)
            }
        }
    }
}

impl<T> SetBy<T> {
    pub(super) fn map<U>(self, mut text: impl FnMut(T) -> U) -> SetBy<U> {
        match self {
            SetBy::Source(line, field) => SetBy::Source(line.map(&mut text), text(field)),
            SetBy::Mapping(key, file, at) => SetBy::Mapping(key.map(&mut text), text(file), at),
            SetBy::Rule(hook, file, at) => SetBy::Rule(text(hook), text(file), at),
            SetBy::Ledger(what) => SetBy::Ledger(text(what)),
        }
    }
}

impl From<&'static str> for SetName<&str> {
    fn from(name: &'static str) -> Self {
        SetName::Whole(name)
    }
}
impl From<&'static str> for SetKey<&str> {
    fn from(path: &'static str) -> Self {
        SetKey::Path(path, "")
    }
}
impl<'t> From<&'t str> for SetValue<&'t str> {
    fn from(text: &'t str) -> Self {
        SetValue::Text(text)
    }
}
impl From<Decimal> for SetValue<&str> {
    fn from(n: Decimal) -> Self {
        SetValue::Number(n)
    }
}
impl From<NaiveDate> for SetValue<&str> {
    fn from(day: NaiveDate) -> Self {
        SetValue::Day(day)
    }
}

impl SetName<&str> {
    /// The name where it is one payment's: `payment[7].date`, or of its credit note, which has the fields of a document,
    /// `credit_note[7].line[2].account`.
    pub(super) fn of_payment(self, id: &str) -> String {
        let name = self.to_string();
        match name.strip_prefix("payment.") {
            Some(own) => format!("payment[{id}].{own}"),
            None => {
                let own = name.strip_prefix("invoice.").unwrap_or(&name);
                format!("credit_note[{id}].{own}")
            }
        }
    }
}

impl fmt::Display for SetName<&str> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetName::Whole(name) => f.write_str(name),
            SetName::Of(part, name) => write!(f, "{part}.{name}"),
            SetName::OfLine(id, name) => write!(f, "line[{id}].{name}"),
            SetName::OfNth(n, name) => write!(f, "line[{n}].{name}"),
        }
    }
}
impl fmt::Display for SetValue<&str> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetValue::Text(text) => f.write_str(text),
            SetValue::Number(n) => write!(f, "{n}"),
            SetValue::Day(day) => write!(f, "{day}"),
        }
    }
}
impl fmt::Display for SetKey<&str> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetKey::Path(path, word) => write!(f, "{path}{word}"),
            SetKey::Row(list, n, None, word) => write!(f, "{list}[{n}]{word}"),
            SetKey::Row(list, n, Some((file, line)), word) => {
                write!(f, "{list}[{n}], {file}:{line}{word}")
            }
        }
    }
}
