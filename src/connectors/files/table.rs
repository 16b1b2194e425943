//! A file cut into invoices: rows of one number, or elements of a JSON list.
//!
//! Flows in: the text of a file. Flows out: groups, each with its rows as the file wrote them, and what could not be
//! cut. What a group holds does not depend on where it stands, so that its version changes only with its rows.

use super::fields::column;
use super::folder::{File, text};
use super::group::{Group, bad};
use super::headers;
use super::lines::LineStarts;
use crate::connectors::{BadRecord, Settings};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of a file.
pub const MOST_ROWS: usize = 200_000;

/// Cuts a file.
pub fn groups(settings: &Settings, file: &File) -> (Vec<Group>, Vec<BadRecord>) {
    let text = match text(settings, &file.bytes) {
        Ok(text) => text,
        Err((line, what, fix)) => return (Vec::new(), vec![bad(file, line, what, fix)]),
    };
    if file.name.to_lowercase().ends_with(".json") {
        from_json(settings, file, &text)
    } else {
        from_csv(settings, file, &text)
    }
}

fn from_json(settings: &Settings, file: &File, text: &str) -> (Vec<Group>, Vec<BadRecord>) {
    let parsed: Value = match serde_json::from_str(text) {
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
    let list = match &parsed {
        Value::Array(list) => Some(list),
        Value::Object(map) => map.get("invoices").and_then(Value::as_array),
        _ => None,
    };
    let Some(list) = list else {
        let what = "neither a list nor an object with a list `invoices`";
        return (
            Vec::new(),
            vec![bad(file, 1, what, "put the invoices into a list")],
        );
    };
    let mut groups = Vec::new();
    for (i, element) in list.iter().take(MOST_ROWS).enumerate() {
        // JSON keeps no lines: its place in the list, from 1, is told instead.
        let place = u64::try_from(i + 1).unwrap_or(u64::MAX);
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

/// Rows gathered by the number of their invoice, in the order of their first rows.
#[derive(Default)]
struct ByInvoice {
    order: Vec<String>,
    rows: BTreeMap<String, (Vec<u64>, Vec<Value>)>,
    spoilt: BTreeSet<String>,
    problems: Vec<BadRecord>,
}

fn reader<'t>(settings: &Settings, text: &'t str) -> csv::Reader<&'t [u8]> {
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
        .from_reader(text.as_bytes())
}

/// The ids of the invoices of a table that cannot be read as a whole, as far as its columns tell them.
pub fn ids(settings: &Settings, file: &File) -> BTreeSet<String> {
    let Ok(text) = text(settings, &file.bytes) else {
        return BTreeSet::new();
    };
    let mut reader = reader(settings, &text);
    let headers = reader.headers().cloned().unwrap_or_default();
    let place = |field: &str| {
        let name = column(settings, field);
        headers.iter().position(|h| h == name)
    };
    let places = [place("id"), place("number")];
    let cell = |row: &csv::StringRecord| {
        let mut all = places.iter().flatten().filter_map(|p| row.get(*p));
        all.find(|c| !c.is_empty()).map(str::to_owned)
    };
    let rows = reader.records().take(MOST_ROWS).filter_map(Result::ok);
    rows.filter_map(|row| cell(&row)).collect()
}

fn from_csv(settings: &Settings, file: &File, text: &str) -> (Vec<Group>, Vec<BadRecord>) {
    let mut reader = reader(settings, text);
    let headers: Vec<String> = match reader.headers() {
        Ok(h) => h.iter().map(str::to_owned).collect(),
        Err(e) => {
            let fix = "correct the first line";
            return (Vec::new(), vec![bad(file, 1, e.to_string(), fix)]);
        }
    };
    if let Some(problem) = headers::of_table(settings, file, &headers) {
        return (Vec::new(), vec![problem]);
    }
    let number = column(settings, "number");
    let starts = LineStarts::of(text.as_bytes());
    let line = |at: Option<&csv::Position>| {
        at.map_or(0, |p| starts.line_of_row(text.as_bytes(), p.byte()))
    };
    let mut gathered = ByInvoice::default();
    for (count, row) in reader.records().enumerate() {
        if count >= MOST_ROWS {
            let what = format!("the file has more than {MOST_ROWS} rows; the rest was not read");
            let problem = bad(file, 0, what, "cut it into several files");
            gathered.problems.push(problem);
            break;
        }
        match row {
            Ok(row) => gathered.take(file, &headers, &number, (line(row.position()), &row)),
            Err(e) => {
                let line = line(e.position());
                let fix = "look for a quote that is not closed";
                let problem = bad(file, line, "this row is not CSV", fix);
                gathered.problems.push(problem);
            }
        }
    }
    gathered.end()
}

impl ByInvoice {
    fn take(
        &mut self,
        file: &File,
        headers: &[String],
        number: &str,
        (line, row): (u64, &csv::StringRecord),
    ) {
        if row.iter().all(str::is_empty) {
            return;
        }
        let cells: Map<String, Value> = headers
            .iter()
            .zip(row.iter())
            .map(|(h, cell)| (h.clone(), Value::String(cell.to_owned())))
            .collect();
        let key = cells.get(number).and_then(Value::as_str);
        let key = key.unwrap_or_default().to_owned();
        if row.len() != headers.len() {
            let what = format!(
                "{} cells where the first line has {}",
                row.len(),
                headers.len()
            );
            let fix = "look for a comma or a quote too many or too few; the whole invoice is left out until then";
            self.problems.push(bad(file, line, what, fix));
            self.spoilt.insert(key);
        } else if key.is_empty() {
            let what = format!("`{number}` is empty");
            let fix = "give every row the number of its invoice";
            self.problems.push(bad(file, line, what, fix));
        } else {
            if !self.rows.contains_key(&key) {
                self.order.push(key.clone());
            }
            let (lines, rows) = self.rows.entry(key).or_default();
            lines.push(line);
            rows.push(Value::Object(cells));
        }
    }

    /// An invoice with a row that cannot be read is left out whole: half of it would be another invoice.
    fn end(mut self) -> (Vec<Group>, Vec<BadRecord>) {
        let mut groups = Vec::with_capacity(self.order.len());
        for key in &self.order {
            let Some((lines, rows)) = self.rows.remove(key) else {
                continue;
            };
            if !self.spoilt.contains(key) {
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
