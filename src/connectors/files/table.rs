//! A file cut into invoices: rows of one number, or elements of a JSON list.
//!
//! Flows in: the text of a file. Flows out: groups, each with its rows as the file wrote them, and what could not be
//! cut. What a group holds does not depend on where it stands, so that its version changes only with its rows.

use super::cells::Row;
use super::csv_rows::{self, CsvRows};
use super::folder::{File, text};
use super::group::{Group, bad};
use super::headers;
use super::once;
use super::read::kind_of;
use super::reading::{FileWords, column};
use crate::connectors::BadRecord;
use crate::model::Kind;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub use super::csv_rows::MOST_ROWS;

/// Cuts a file.
pub fn groups(settings: &FileWords, file: &File) -> (Vec<Group>, Vec<BadRecord>) {
    let text = match text(settings, &file.bytes) {
        Ok(text) => text,
        Err((line, what, fix)) => return (Vec::new(), vec![bad(file, line, what, fix)]),
    };
    if file.is_lines() {
        from_lines(settings, file, &text)
    } else if file.name.to_lowercase().ends_with(".json") {
        from_json(settings, file, &text)
    } else {
        from_csv(settings, file, &text)
    }
}

fn from_json(settings: &FileWords, file: &File, text: &str) -> (Vec<Group>, Vec<BadRecord>) {
    let parsed: Value = match once::read(text.as_bytes()) {
        Ok(parsed) => parsed,
        Err(e) => {
            let line = u64::try_from(e.line()).unwrap_or(1);
            let fix = "correct the file, or export it again";
            return (
                Vec::new(),
                vec![bad(file, line, format!("this is not JSON: {e}"), fix)],
            );
        }
    };
    let path = settings.get("list", "invoices");
    let list = match &parsed {
        Value::Array(list) => Some(list),
        other => super::cells::found(other, path).and_then(Value::as_array),
    };
    let Some(list) = list else {
        let what = format!("neither a list nor an object with a list `{path}`");
        let fix = "put the invoices into a list, or say where it is: `list: data.orders` on the connection";
        return (Vec::new(), vec![bad(file, 1, what, fix)]);
    };
    let mut groups = Vec::new();
    for (i, element) in list.iter().take(MOST_ROWS).enumerate() {
        // JSON keeps no lines: its place in the list, from 1, is told instead.
        let place = u64::try_from(i + 1).unwrap_or(u64::MAX);
        if is_none(settings, &super::cells::row(settings, element, "", 0)) {
            continue;
        }
        groups.push(Group {
            line: place,
            lines: vec![place],
            raw: json!({ "element": element }),
        });
    }
    match headers::of_json(settings, file, &groups) {
        Some(problem) => (Vec::new(), vec![problem]),
        None => (groups, Vec::new()),
    }
}

/// A file in which each line is an invoice: what is wrong with one says nothing of the others.
fn from_lines(settings: &FileWords, file: &File, text: &str) -> (Vec<Group>, Vec<BadRecord>) {
    let (mut groups, mut problems) = (Vec::new(), Vec::new());
    for (n, line) in text.lines().enumerate().take(MOST_ROWS) {
        let place = u64::try_from(n + 1).unwrap_or(u64::MAX);
        if line.trim().is_empty() {
            continue;
        }
        let element: Value = match once::read(line.as_bytes()) {
            Ok(element) => element,
            // The end of an inbox may be under way just now.
            Err(_) if file.name.starts_with("inbox-") && text.ends_with(line) => continue,
            Err(e) => {
                let what = format!("this line is not JSON: {e}");
                problems.push(bad(file, place, what, "correct the line, or take it away"));
                continue;
            }
        };
        if is_none(settings, &super::cells::row(settings, &element, "", 0)) {
            continue;
        }
        let group = Group {
            line: place,
            lines: vec![place],
            raw: json!({ "element": element }),
        };
        match headers::of_json(settings, file, std::slice::from_ref(&group)) {
            Some(mut problem) => {
                problem.at = format!("{}:{place}", file.name);
                problems.push(problem);
            }
            None => groups.push(group),
        }
    }
    (groups, problems)
}

/// Rows gathered by the number of their invoice, in the order of their first rows.
#[derive(Default)]
struct ByInvoice {
    order: Vec<(Kind, String)>,
    rows: BTreeMap<(Kind, String), (Vec<u64>, Vec<Value>)>,
    spoilt: BTreeSet<String>,
    problems: Vec<BadRecord>,
    /// Where the number stands.
    number: Option<usize>,
    /// The number of the row above.
    last: String,
}

/// The ids of the invoices of a table that cannot be read as a whole, as far as its columns tell them.
pub fn ids(settings: &FileWords, file: &File) -> BTreeSet<String> {
    let read = text(settings, &file.bytes).ok();
    let read = read.and_then(|text| csv_rows::rows(settings, file, &text).ok());
    let Some(CsvRows { headers, rows, .. }) = read else {
        return BTreeSet::new();
    };
    let place = |field: &str| {
        let name = column(settings, field);
        headers.iter().position(|h| *h == name)
    };
    let places = [place("id"), place("number")];
    let cell = |row: &csv::StringRecord| {
        let mut all = places.iter().flatten().filter_map(|p| row.get(*p));
        all.find(|c| !c.is_empty()).map(str::to_owned)
    };
    rows.iter().filter_map(|(_, row)| cell(row)).collect()
}

fn from_csv(settings: &FileWords, file: &File, text: &str) -> (Vec<Group>, Vec<BadRecord>) {
    let cut = match csv_rows::rows(settings, file, text) {
        Ok(cut) => cut,
        Err(problem) => return (Vec::new(), vec![problem]),
    };
    if let Some(problem) = headers::of_table(settings, file, &cut.headers) {
        return (Vec::new(), vec![problem]);
    }
    let number = column(settings, "number");
    let mut gathered = ByInvoice {
        problems: cut.problems,
        number: cut.headers.iter().position(|h| *h == number),
        ..ByInvoice::default()
    };
    for (line, row) in cut.rows {
        gathered.take(settings, file, &cut.headers, (line, &row));
    }
    gathered.end(settings)
}

/// A row with its line in the file.
pub(super) type AtLine = (u64, Value);

/// The rows of a file that belong to those of another, each with its line and cells by the names of the columns.
///
/// # Errors
/// What is wrong with the whole file.
pub(super) fn joined(
    settings: &FileWords,
    file: &File,
) -> Result<(Vec<AtLine>, Vec<BadRecord>), BadRecord> {
    let text =
        text(settings, &file.bytes).map_err(|(line, what, fix)| bad(file, line, what, fix))?;
    let cut = csv_rows::rows(settings, file, &text)?;
    if let Some(problem) = headers::of_joined(settings, file, &cut.headers) {
        return Err(problem);
    }
    let mut problems = cut.problems;
    let mut all = Vec::with_capacity(cut.rows.len());
    for (line, row) in &cut.rows {
        if row.len() == cut.headers.len() {
            all.push((*line, cells(&cut.headers, row)));
        } else {
            problems.push(ragged(file, *line, row.len(), cut.headers.len()));
        }
    }
    Ok((all, problems))
}

fn cells(headers: &[String], row: &csv::StringRecord) -> Value {
    let cell = |(h, cell): (&String, &str)| (h.clone(), Value::String(cell.to_owned()));
    Value::Object(headers.iter().zip(row.iter()).map(cell).collect())
}

fn ragged(file: &File, line: u64, is: usize, head: usize) -> BadRecord {
    let what = format!("{is} cells where the first line has {head}");
    let fix =
        "look for a comma or a quote too many or too few; the whole invoice is left out until then";
    bad(file, line, what, fix)
}

/// Whether a row says of itself that it is no document: a quote, a draft of which nothing is known yet.
fn is_none(settings: &FileWords, row: &Row<'_>) -> bool {
    let (status, kind) = (row.text("status"), row.text("kind"));
    (!status.is_empty() && settings.word("status", &status) == Some("ignore"))
        || (!kind.is_empty() && settings.kind(&kind) == "ignore")
}

impl ByInvoice {
    fn take(
        &mut self,
        settings: &FileWords,
        file: &File,
        headers: &[String],
        (line, row): (u64, &csv::StringRecord),
    ) {
        let mut key = self.number.and_then(|n| row.get(n)).unwrap_or_default();
        if key.is_empty() && settings.is("fill", "down") {
            key = &self.last;
        }
        let key = key.to_owned();
        if row.len() != headers.len() {
            self.problems
                .push(ragged(file, line, row.len(), headers.len()));
            self.spoilt.insert(key);
            return;
        }
        let value = cells(headers, row);
        if key.is_empty() {
            if is_none(settings, &super::cells::row(settings, &value, "", 0)) {
                return;
            }
            let what = format!("`{}` is empty", column(settings, "number"));
            let fix = "give every row the number of its invoice";
            self.problems.push(bad(file, line, what, fix));
            return;
        }
        self.last.clone_from(&key);
        // A number is unique within its kind alone.
        let of = (kind_of(&super::cells::row(settings, &value, "", 0)), key);
        if !self.rows.contains_key(&of) {
            self.order.push(of.clone());
        }
        let (lines, rows) = self.rows.entry(of).or_default();
        lines.push(line);
        rows.push(value);
    }

    /// An invoice with a row that cannot be read is left out whole: half of it would be another invoice.
    fn end(mut self, settings: &FileWords) -> (Vec<Group>, Vec<BadRecord>) {
        let mut groups = Vec::with_capacity(self.order.len());
        for key in &self.order {
            let Some((lines, rows)) = self.rows.remove(key) else {
                continue;
            };
            let none = rows
                .first()
                .is_some_and(|r| is_none(settings, &super::cells::row(settings, r, "", 0)));
            if !self.spoilt.contains(&key.1) && !none {
                groups.push(Group {
                    line: lines.first().copied().unwrap_or(0),
                    lines,
                    raw: json!({ "rows": rows }),
                });
            }
        }
        (groups, self.problems)
    }
}
