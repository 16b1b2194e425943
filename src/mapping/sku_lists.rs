//! Lists of SKUs that people keep in CSV files, read into the rows that name them.
//!
//! Flows in: the text of a file. Flows out: each SKU with its line, which is where a line's account or tax is told to come
//! from. Refused, with the line: a SKU given twice, a row that has none where others have, a file without any. Bounded by
//! [`MOST`].

use super::config::{Mapping, SkuList};
use crate::model::{Diagnostic, Place};
use std::collections::BTreeMap;

/// Most SKUs of a file.
pub const MOST: usize = 100_000;

impl Mapping {
    /// The files that its rows name.
    pub fn list_files(&self) -> impl Iterator<Item = &str> {
        let rows = self.accounts.iter().filter_map(|r| r.skus.as_ref());
        rows.map(|l| l.file.as_ref())
    }

    /// Reads the files that its rows name, with what gives their text.
    pub fn read_lists(&mut self, read: impl Fn(&str) -> Result<String, String>) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        let mut rows = std::mem::take(&mut self.accounts);
        for row in rows.iter_mut() {
            let at = self.place(row.at);
            if let Some(list) = &mut row.skus {
                told.extend(fill(list, at, &read));
            }
        }
        self.accounts = rows;
        told
    }
}

fn fill(
    list: &mut SkuList,
    at: Place,
    read: impl Fn(&str) -> Result<String, String>,
) -> Vec<Diagnostic> {
    let text = match read(&list.file) {
        Ok(text) => text,
        Err(why) => {
            let what = format!("the list {} cannot be read: {why}", list.file);
            let fix = "Write its path from the workspace's folder, such as `lists/gst-free.csv`.";
            return vec![Diagnostic::error(at, "lists.file", what, fix)];
        }
    };
    let (lines, mut told) = rows(&list.file, &text);
    if lines.is_empty() && told.is_empty() {
        let what = format!("the list {} names no SKU", list.file);
        let fix = "Write one SKU on each line, or a column headed `sku`.";
        told.push(Diagnostic::error(at, "lists.file", what, fix));
    }
    list.hold(lines);
    told
}

/// The SKUs of a file with their lines, and what is wrong with it.
fn rows(file: &str, text: &str) -> (BTreeMap<Box<str>, u32>, Vec<Diagnostic>) {
    let mut told = Vec::new();
    let mut wrong = |line: u32, what: String, fix: &str| {
        let place = Place {
            file: file.to_owned(),
            line,
            column: 1,
        };
        told.push(Diagnostic::error(place, "lists.row", what, fix).with_snippet(text));
    };
    let at = |p: Option<&csv::Position>| p.map_or(0, csv::Position::line);
    let number = |line: u64| u32::try_from(line).unwrap_or(u32::MAX);
    let head = |cell: &str| ["sku", "skus"].contains(&cell.trim().to_lowercase().as_str());
    let mut lines: BTreeMap<Box<str>, u32> = BTreeMap::new();
    let mut column = 0;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    for (n, record) in reader.records().enumerate() {
        let record = match record {
            Ok(record) => record,
            Err(e) => {
                let what = "This row cannot be read".to_owned();
                wrong(
                    number(at(e.position())),
                    what,
                    "Save the file as CSV in UTF-8.",
                );
                break;
            }
        };
        if let Some(found) = record.iter().position(head).filter(|_| n == 0) {
            column = found;
            continue;
        }
        let line = number(at(record.position()));
        let sku = record.get(column).unwrap_or_default().trim();
        match lines.get(sku) {
            _ if sku.is_empty() => {}
            Some(first) => {
                let what = format!("`{sku}` stands on line {first} already");
                wrong(line, what, "Keep one of the two.");
            }
            None if lines.len() >= MOST => {
                let what = format!("The list has more than {MOST} SKUs");
                wrong(line, what, "Match several with one row, by `*`.");
                break;
            }
            None => drop(lines.insert(sku.into(), line)),
        }
    }
    (lines, told)
}
