//! How a statement of the store is worded in a rehearsal, whose tables lie over those of the file (`overlay.rs`).
//!
//! Flows in: a statement as it is written. Flows out: the same for the overlay. Refuses nothing: what is of no table that is
//! laid over stays as it is.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// The tables that are changed beside the file, and how a statement is worded for that.
#[derive(Debug)]
pub(super) struct Overlay(pub(super) BTreeSet<String>);

impl Overlay {
    /// What the database is told: what is inserted goes beside the file; of what is changed through a view the database
    /// counts nothing, so that, `counted`, each row is answered instead.
    pub(super) fn says<'t>(&self, statement: &'t str, counted: bool) -> Cow<'t, str> {
        let mut words = statement.split_whitespace();
        let verb = words.next().unwrap_or_default();
        let into =
            (verb == "INSERT").then(|| words.find(|w| *w == "INTO").and_then(|_| words.next()));
        if let Some(table) = into.flatten().filter(|t| self.0.contains(*t)) {
            let plain = format!("INTO {table}");
            return Cow::Owned(statement.replacen(
                &plain,
                &format!("INTO over_{table} AS {table}"),
                1,
            ));
        }
        match verb {
            "UPDATE" | "DELETE" if counted => Cow::Owned(format!("{statement} RETURNING 1")),
            _ => Cow::Borrowed(statement),
        }
    }
}
