//! Rows of a second file that belong to those of the first.
//!
//! Flows in: the files of a folder. Flows out: which of them are the first kind, and the rows of the others by the text that
//! is the same in both; what is left over is told, unless the connection says that it is nothing.

use super::folder::File;
use super::reading::FileWords;
use super::table;
use crate::connectors::BadRecord;
use serde_json::Value;
use std::collections::BTreeMap;
use wildmatch::WildMatch;

/// The rows of second files, by the text that is the same in both.
#[derive(Default)]
pub(super) struct JoinedRows {
    by_key: BTreeMap<String, Vec<(String, Value)>>,
    claimed: std::collections::BTreeSet<String>,
    /// What could not be read of them.
    pub bad: Vec<BadRecord>,
}

/// Whether a file is one of the second kind.
pub(super) fn is_second(settings: &FileWords, file: &File) -> bool {
    let wanted = settings.values.get("join.file");
    wanted.is_some_and(|w| WildMatch::new(&w.to_lowercase()).matches(&file.name.to_lowercase()))
}

/// What is told where rows of a second file are spoken of and no file of the folder is one: invoices would have no lines.
fn absent(settings: &FileWords, files: &[File]) -> Option<BadRecord> {
    let wanted = settings.values.get("join.file")?;
    let matters = settings.is_own("join.file") || settings.get("join.as", "lines") == "lines";
    let tables = |f: &File| !f.is_lines() && !f.name.to_lowercase().ends_with(".json");
    let second = files.iter().any(|f| is_second(settings, f));
    (matters && !second && files.iter().any(tables)).then(|| BadRecord {
        at: wanted.clone(),
        what: format!("no file of the folder is named `{wanted}`, as `join.file` says"),
        fix: "put the second export beside the first, or correct `join.file` on the connection"
            .to_owned(),
        ..BadRecord::default()
    })
}

impl JoinedRows {
    /// Of the files of a folder.
    pub fn of(settings: &FileWords, files: &[File]) -> Self {
        let mut made = Self {
            bad: absent(settings, files).into_iter().collect(),
            ..Self::default()
        };
        let second = settings.join_on().1;
        for file in files.iter().filter(|f| is_second(settings, f)) {
            match table::joined(settings, file) {
                Err(problem) => made.bad.push(problem),
                Ok((rows, problems)) => {
                    made.bad.extend(problems);
                    for (line, row) in rows {
                        let key = row.get(&second).and_then(Value::as_str).unwrap_or_default();
                        let place = format!("{}:{line}", file.name);
                        let rows = made.by_key.entry(key.to_owned()).or_default();
                        // The same row again in a later export is the same row.
                        if !rows.iter().any(|(_, r)| *r == row) {
                            rows.push((place, row));
                        }
                    }
                }
            }
        }
        made
    }

    /// The rows that belong to a group of the first file.
    pub fn claim(&mut self, settings: &FileWords, raw: &Value) -> Vec<Value> {
        let first = settings.join_on().0;
        let rows = raw.get("rows").and_then(Value::as_array);
        let mut all = Vec::new();
        for row in rows.into_iter().flatten() {
            let key = row.get(&first).and_then(Value::as_str).unwrap_or_default();
            if key.is_empty() || !self.claimed.insert(key.to_owned()) {
                continue;
            }
            let found = self.by_key.get(key).into_iter().flatten();
            all.extend(found.map(|(_, row)| row.clone()));
        }
        all
    }

    /// A new file of the first kind may name the same rows.
    pub fn next_file(&mut self, claimed: &mut std::collections::BTreeSet<String>) {
        claimed.append(&mut self.claimed);
    }

    /// What nobody claimed.
    pub fn left(
        &self,
        settings: &FileWords,
        claimed: &std::collections::BTreeSet<String>,
    ) -> Vec<BadRecord> {
        if settings.get("join.else", "hold") == "ignore" {
            return Vec::new();
        }
        let (first, second) = settings.join_on();
        let alone = self.by_key.iter().filter(|(k, _)| !claimed.contains(*k));
        alone
            .filter_map(|(key, rows)| {
                let (place, _) = rows.first()?;
                let what = match key.as_str() {
                    "" => format!("`{second}` is empty: this row belongs to no invoice"),
                    key => format!("no row of the first file has `{first}` `{key}`"),
                };
                Some(BadRecord {
                    at: place.clone(),
                    what,
                    fix: "enter it by hand if it is anything, or export both files for the same days; `join: { else: ignore }` on the connection says that such rows are nothing".to_owned(), ..BadRecord::default() })
            })
            .collect()
    }
}
