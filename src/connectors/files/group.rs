//! What a file is cut into, and what is told of a place in it.

use super::folder::File;
use crate::connectors::BadRecord;
use serde_json::Value;

/// What belongs to one invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The line of its first row, from 1.
    pub line: u64,
    /// The lines of its rows.
    pub lines: Vec<u64>,
    /// `{"rows": [{column: text}]}`, or `{"element": {...}}` from JSON.
    pub raw: Value,
}

/// Something wrong with a file, at a line.
pub(super) fn bad(
    file: &File,
    line: u64,
    what: impl Into<String>,
    fix: impl Into<String>,
) -> BadRecord {
    BadRecord {
        at: format!("{}:{line}", file.name),
        what: what.into(),
        fix: fix.into(),
        ..BadRecord::default()
    }
}
