//! Intuit's query language: statements of which every literal can be read.
//!
//! Flows in: fields, and values that people typed. Flows out: statements; and of values that no literal can hold, a
//! pattern that finds them among others, to be compared here. There is no OR: several values are an IN. Refused: nothing.
//! An apostrophe is escaped by a backslash, and characters beyond Latin-1 have failed ("Lexical error"), so that they are
//! never sent: `%` stands for each.

use crate::model::folded;
use chrono::{DateTime, SecondsFormat, Utc};

/// The most rows of an answer.
pub(super) const PAGE: usize = 1000;
/// The most values of an IN.
pub(super) const VALUES: usize = 1000;

/// What no literal can hold: beyond Latin-1, a backslash or a control character, of which nobody says what they are there.
fn unsayable(c: char) -> bool {
    u32::from(c) > 0xFF || c == '\\' || c.is_control() || (0x80..=0x9F).contains(&u32::from(c))
}

/// Whether a literal can hold a value.
pub(super) fn sayable(value: &str) -> bool {
    !value.contains(unsayable)
}

/// A literal. What cannot be said is left out of it.
pub(super) fn literal(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('\'');
    for c in value.chars().filter(|c| !unsayable(*c)) {
        if c == '\'' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('\'');
    out
}

/// A pattern of LIKE that finds a value, and maybe others: what cannot be said, and what would mean something of its own, is
/// anything.
pub(super) fn pattern(value: &str) -> String {
    let loose = |c: char| unsayable(c) || matches!(c, '\'' | '%' | '_');
    let mut out = String::from("'");
    for c in value.chars() {
        match loose(c) {
            true if out.ends_with('%') => {}
            true => out.push('%'),
            false => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// Whether a value is the one that was looked for.
pub(super) fn same(found: &str, wanted: &str) -> bool {
    folded(found) == folded(wanted)
}

/// A moment, as conditions have it.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `field IN ('a', 'b')`, a condition for each so many values.
pub(super) fn any_of(field: &str, values: &[String]) -> Vec<String> {
    let one = |some: &[String]| {
        let all: Vec<String> = some.iter().map(|v| literal(v)).collect();
        format!("{field} IN ({})", all.join(", "))
    };
    values.chunks(VALUES).map(one).collect()
}

/// Conditions of which each value of a field answers to one: those that a literal can hold together, each other by a pattern,
/// which may find more.
pub(super) fn looking_for(field: &str, values: &[String]) -> Vec<String> {
    let (plain, odd): (Vec<String>, Vec<String>) =
        (values.iter().cloned()).partition(|v| sayable(v));
    let mut all = any_of(field, &plain);
    all.extend(odd.iter().map(|v| format!("{field} LIKE {}", pattern(v))));
    all
}

/// All rows that hold to some conditions, a page of them in a lasting order.
pub(super) fn select(entity: &str, conditions: &[String], start: usize) -> String {
    let mut out = format!("SELECT * FROM {entity}");
    for (n, condition) in conditions.iter().enumerate() {
        out.push_str(if n == 0 { " WHERE " } else { " AND " });
        out.push_str(condition);
    }
    // Rows that change meanwhile move in the order of changes; ids stay.
    out.push_str(&format!(
        " ORDERBY Id STARTPOSITION {} MAXRESULTS {PAGE}",
        start.max(1)
    ));
    out
}

/// The condition of a list in which what is put to rest stands too.
pub(super) fn with_resting() -> String {
    "Active IN (true, false)".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever people type: a literal ends where it should, holds nothing that fails, and what it says is what was meant.
        #[test]
        fn a_literal_is_read_as_it_was_meant(value in any::<String>()) {
            let said = literal(&value);
            let inner: Vec<char> = said.chars().skip(1).collect();
            let mut read = String::new();
            let mut at = 0;
            while inner[at] != '\'' {
                if inner[at] == '\\' {
                    at += 1;
                }
                read.push(inner[at]);
                at += 1;
            }
            prop_assert_eq!(at, inner.len() - 1, "it ends at its end");
            prop_assert!(said.chars().all(|c| u32::from(c) <= 0xFF));
            if sayable(&value) {
                prop_assert_eq!(read, value);
            }
        }

        #[test]
        fn a_pattern_holds_nothing_that_fails(value in any::<String>()) {
            let said = pattern(&value);
            prop_assert!(said.trim_matches('\'').chars().all(|c| c != '\'' && !unsayable(c)));
        }
    }
}
