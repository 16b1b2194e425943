//! What is seen of a file when it is judged: its cells with keys, days and numbers, each with its line; and what is found.

use crate::connectors::BadRecord;
use crate::connectors::files::cells::Row;
use crate::connectors::files::fields::{AMOUNTS, DAYS, KEYS, PRICES};
use crate::connectors::files::folder::File;
use crate::connectors::files::group::Group;
use crate::connectors::files::read::{self, InvoiceParts};
use crate::connectors::files::reading::FileWords;
use std::collections::BTreeSet;

/// What a file as a whole shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Why the whole file is left out, if it is.
    pub left_out: Option<BadRecord>,
    /// The groups that are left out alone, by their place among the groups.
    pub refused: BTreeSet<usize>,
    /// Why they are.
    pub told: Vec<BadRecord>,
    /// Why some are that a word of the connection would let in.
    pub wanted: Vec<BadRecord>,
}

/// One cell of a file, with something in it.
pub(super) struct SeenCell {
    pub(super) field: &'static str,
    pub(super) text: String,
    /// Whether it is a number of JSON, and not text.
    pub(super) is_number: bool,
    pub(super) line: u64,
    /// The group it belongs to, by its place.
    pub(super) group: usize,
}

/// The cells of a file, with something in them.
pub(super) fn seen(settings: &FileWords, groups: &[Group]) -> Vec<SeenCell> {
    let fields = [KEYS, DAYS, AMOUNTS, PRICES].concat();
    let mut cells = Vec::new();
    for (n, group) in groups.iter().enumerate() {
        let Ok(parts) = read::parts(settings, &group.raw) else {
            continue;
        };
        for field in &fields {
            for row in rows_of(&parts, field) {
                let text = row.written(field);
                if !text.is_empty() {
                    let line = group.lines.get(row.place).copied();
                    cells.push(SeenCell {
                        field,
                        text,
                        is_number: row.is_number(field),
                        line: line.unwrap_or(group.line),
                        group: n,
                    });
                }
            }
        }
    }
    cells
}

/// Where a field may stand.
pub(super) fn rows_of<'p, 'a>(parts: &'p InvoiceParts<'a>, field: &str) -> &'p [Row<'a>] {
    if field.starts_with("line.") || parts.table {
        &parts.lines
    } else if field.starts_with("payment.") {
        &parts.payments
    } else {
        std::slice::from_ref(&parts.head)
    }
}

/// Something told of a file, at a line.
pub(super) fn told(file: &File, line: u64, what: String, fix: impl Into<String>) -> BadRecord {
    BadRecord {
        at: format!("{}:{line}", file.name),
        what,
        fix: fix.into(),
        ..BadRecord::default()
    }
}

/// Where else something stands: a few lines by name, or how many.
pub(super) fn on_lines(cells: &[&SeenCell]) -> String {
    let lines: BTreeSet<u64> = cells.iter().map(|c| c.line).collect();
    if lines.len() < 2 {
        return String::new();
    }
    let few: Vec<String> = lines.iter().take(5).map(u64::to_string).collect();
    let more = lines.len().saturating_sub(few.len());
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!(" (lines {}{more})", few.join(", "))
}

/// `1 value`, `5 values`.
pub(super) fn values(n: usize) -> String {
    format!("{n} value{}", if n == 1 { "" } else { "s" })
}
