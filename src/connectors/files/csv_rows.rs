//! The rows of a CSV file: where the names of its columns are, where it ends, what is nothing, and the sum it has itself.
//!
//! Flows in: the text of a file. Flows out: its columns, its rows with their lines, and what could not be cut. Refuses: a
//! file whose own sum is not what its rows come to.

use super::cells::is_comma;
use super::folder::File;
use super::forms;
use super::group::bad;
use super::lines::LineStarts;
use super::reading::{FileWords, column};
use crate::connectors::BadRecord;
use csv::StringRecord;
use rust_decimal::Decimal;

/// Rows of a file.
pub const MOST_ROWS: usize = 200_000;
/// Rows in which the names of the columns are looked for.
const MOST_TITLES: usize = 50;

/// A file's columns and rows.
#[derive(Default)]
pub(super) struct CsvRows {
    /// The names of the columns.
    pub headers: Vec<String>,
    /// The rows, each with its line.
    pub rows: Vec<(u64, StringRecord)>,
    /// What is wrong with single rows.
    pub problems: Vec<BadRecord>,
}

fn reader<'t>(settings: &FileWords, text: &'t str) -> csv::Reader<&'t [u8]> {
    let delimiter = match settings.get("delimiter", ",") {
        ";" => b';',
        "tab" | "\t" => b'\t',
        "|" => b'|',
        _ => b',',
    };
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes())
}

/// Cuts a text.
///
/// # Errors
/// What is wrong with the whole file.
pub(super) fn rows(settings: &FileWords, file: &File, text: &str) -> Result<CsvRows, BadRecord> {
    let starts = LineStarts::of(text.as_bytes());
    let line = |at: Option<&csv::Position>| {
        at.map_or(0, |p| starts.line_of_row(text.as_bytes(), p.byte()))
    };
    let mut reader = reader(settings, text);
    let mut records = reader.records();
    let mut out = CsvRows::default();
    let head = Head::of(settings).map_err(|(what, fix)| bad(file, 1, what, fix))?;
    for _ in 0..MOST_TITLES {
        let Some(row) = records.next() else { break };
        match row {
            Ok(row) => {
                let at = line(row.position());
                if head.is(&row, at) {
                    out.headers = names(settings, &row);
                    break;
                }
                if head.is_behind(at) {
                    break;
                }
            }
            Err(e) => return Err(bad(file, 1, e.to_string(), "correct the first line")),
        }
    }
    if out.headers.is_empty() {
        return Err(head.missing(file));
    }
    let mut control = Control::of(settings, &out.headers);
    for (count, row) in records.enumerate() {
        if count >= MOST_ROWS {
            let what = format!("the file has more than {MOST_ROWS} rows; the rest was not read");
            out.problems
                .push(bad(file, 0, what, "cut it into several files"));
            break;
        }
        match row {
            Ok(row) => {
                let at = line(row.position());
                control.look(settings, &row, at);
                if stops(settings, &row) {
                    break;
                }
                if !is_nothing(settings, &out.headers, &row) {
                    out.rows.push((at, row));
                }
            }
            Err(e) => {
                let fix = "look for a quote that is not closed";
                out.problems
                    .push(bad(file, line(e.position()), "this row is not CSV", fix));
            }
        }
    }
    control.agrees(file)?;
    Ok(out)
}

/// What is wrong with the word that says where the names of the columns are, and how to write it.
pub(super) fn header_word(settings: &FileWords) -> Option<(String, &'static str)> {
    Head::of(settings).err()
}

/// Where the names of the columns are.
enum Head {
    Line(u64),
    Names(Vec<String>),
}

impl Head {
    /// # Errors
    /// What is wrong with the word, and how to write it.
    fn of(settings: &FileWords) -> Result<Self, (String, &'static str)> {
        let said = settings.get("header", "row 1");
        if said == "names" {
            let names = vec![column(settings, "number"), column(settings, "date")];
            return Ok(Self::Names(names));
        }
        let row = said.strip_prefix("row").unwrap_or(said).trim();
        let row = row.parse().ok().filter(|row| *row > 0);
        row.map(Self::Line).ok_or_else(|| {
            let what = format!("`header` is `{said}`, which names no row");
            (
                what,
                "write the number of the row in digits, `header: row 4`, or `header: names`",
            )
        })
    }

    fn is(&self, row: &StringRecord, line: u64) -> bool {
        match self {
            // The first row that is none of nothing, where no other is named.
            Self::Line(1) => true,
            Self::Line(wanted) => line == *wanted,
            Self::Names(names) => names.iter().all(|n| row.iter().any(|c| c == n)),
        }
    }

    fn is_behind(&self, line: u64) -> bool {
        matches!(self, Self::Line(wanted) if line > *wanted)
    }

    fn missing(&self, file: &File) -> BadRecord {
        let fix = "say where the names of the columns are: `header: row 4`, or `header: names`";
        match self {
            Self::Line(1) => bad(file, 1, "the file is empty", "export it again"),
            Self::Line(n) => bad(
                file,
                *n,
                "the names of the columns are not in this row",
                fix,
            ),
            Self::Names(names) => {
                let all: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
                let what = format!("no row has the columns {}", all.join(" and "));
                bad(file, 1, what, fix)
            }
        }
    }
}

/// The names of the columns. Templates put an asterisk before what must be filled in, and people take it off.
fn names(settings: &FileWords, row: &StringRecord) -> Vec<String> {
    let shipped = settings.values.contains_key("like");
    let name = |c: &str| match c.strip_prefix('*').filter(|_| shipped) {
        Some(bare) => bare.to_owned(),
        None => c.to_owned(),
    };
    row.iter().map(name).collect()
}

fn first_filled(row: &StringRecord) -> &str {
    row.iter().find(|c| !c.is_empty()).unwrap_or_default()
}

fn stops(settings: &FileWords, row: &StringRecord) -> bool {
    let first = first_filled(row);
    settings.texts("stop_at").any(|t| first.starts_with(t)) || is_control(settings, first)
}

fn is_control(settings: &FileWords, first: &str) -> bool {
    let at = settings.get("control_total.at", "");
    !at.is_empty() && first.starts_with(at)
}

/// Whether the connection says that a row is nothing.
fn is_nothing(settings: &FileWords, headers: &[String], row: &StringRecord) -> bool {
    if row.iter().all(str::is_empty) {
        return true;
    }
    settings.table("ignore_rows").any(|(name, mut texts)| {
        let place = headers.iter().position(|h| h == name);
        let cell = place.and_then(|p| row.get(p));
        cell.is_some_and(|cell| texts.any(|t| t.eq_ignore_ascii_case(cell)))
    })
}

/// The file's own sum, and what its rows come to.
struct Control {
    column: Option<usize>,
    name: String,
    sum: Decimal,
    said: Option<(u64, Option<Decimal>)>,
}

impl Control {
    fn of(settings: &FileWords, headers: &[String]) -> Self {
        let name = settings.get("control_total.column", "").to_owned();
        Self {
            column: headers.iter().position(|h| *h == name),
            name,
            sum: Decimal::ZERO,
            said: None,
        }
    }

    fn look(&mut self, settings: &FileWords, row: &StringRecord, line: u64) {
        let cell = self.column.and_then(|c| row.get(c)).unwrap_or_default();
        let read = forms::number(cell, is_comma(settings));
        if is_control(settings, first_filled(row)) {
            self.said = Some((line, read));
        } else if let Some(sum) = read.and_then(|n| self.sum.checked_add(n)) {
            self.sum = sum;
        }
    }

    fn agrees(&self, file: &File) -> Result<(), BadRecord> {
        let fix = "export it again: rows are missing, or were changed; or take `control_total` off the connection";
        if self.name.is_empty() {
            return Ok(());
        }
        let (line, what) = match self.said {
            Some((_, Some(said))) if said == self.sum => return Ok(()),
            Some((line, Some(said))) => (
                line,
                format!(
                    "the file says that `{}` comes to {said}, and its rows come to {}; the whole file is left out",
                    self.name, self.sum
                ),
            ),
            Some((line, None)) => (
                line,
                format!(
                    "the file's own sum of `{}` is no number; the whole file is left out",
                    self.name
                ),
            ),
            None => (
                1,
                format!(
                    "the file does not have its own sum of `{}`; the whole file is left out",
                    self.name
                ),
            ),
        };
        Err(bad(file, line, what, fix))
    }
}
