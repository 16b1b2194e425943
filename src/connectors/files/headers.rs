//! The columns of a file against what the connection says of them.
//!
//! Flows in: the names of a file's columns. Flows out: the one thing that is wrong with them, with its cure: one that is
//! named and not there, one that is there twice, and those that nobody speaks of though their names are those of fields
//! or sound of money or of quantity, which must not be left out, nor taken, without a word.

use super::fields::{FIELDS, column, columns_named, is_read};
use super::folder::File;
use super::group::{Group, bad};
use super::heard::sounds_of_money;
use crate::connectors::{BadRecord, Settings};
use serde_json::Value;
use std::collections::BTreeSet;

/// Columns of a file.
const MOST_COLUMNS: usize = 500;

/// What is wrong with the columns of a table.
pub fn of_table(settings: &Settings, file: &File, headers: &[String]) -> Option<BadRecord> {
    if headers.len() > MOST_COLUMNS {
        let what = format!("more than {MOST_COLUMNS} columns");
        return Some(bad(file, 1, what, "remove what is not needed"));
    }
    let mut sorted: Vec<&String> = headers.iter().filter(|h| !h.is_empty()).collect();
    sorted.sort();
    if let Some(pair) = sorted.windows(2).find(|p| p.first() == p.last()) {
        let twice = pair.first().map(|h| h.as_str()).unwrap_or_default();
        let what = format!("the column `{twice}` is there twice");
        return Some(bad(file, 1, what, "rename one of them"));
    }
    if let Some(missing) = missing(settings, file, headers) {
        return Some(missing);
    }
    let number = column(settings, "number");
    if !is_read(settings, "number") || !headers.contains(&number) {
        let fix = format!(
            "set `columns.number` on the connection; the file's columns are: {}",
            headers.join(", ")
        );
        return Some(bad(file, 1, format!("there is no column `{number}`"), fix));
    }
    let names = headers.iter().map(|h| (h.as_str(), ""));
    unspoken(settings, file, names.collect())
}

fn missing(settings: &Settings, file: &File, headers: &[String]) -> Option<BadRecord> {
    for (name, wanted) in &settings.values {
        let Some(field) = name.strip_prefix("columns.") else {
            continue;
        };
        if headers.iter().any(|h| h == wanted) {
            continue;
        }
        let near = headers.iter().max_by(|a, b| {
            strsim::jaro_winkler(a, wanted).total_cmp(&strsim::jaro_winkler(b, wanted))
        });
        let near = near.filter(|n| strsim::jaro_winkler(n, wanted) > 0.7);
        let hint = near.map_or_else(
            || format!("the file's columns are: {}", headers.join(", ")),
            |n| format!("did you mean `{n}`?"),
        );
        let what = format!("there is no column `{wanted}`, which `columns.{field}` names");
        return Some(bad(file, 1, what, hint));
    }
    None
}

/// What is wrong with the names inside the elements of JSON.
pub fn of_json(settings: &Settings, file: &File, groups: &[Group]) -> Option<BadRecord> {
    let (lines, payments) = (
        settings.get("lines", "lines"),
        settings.get("payments", "payments"),
    );
    let mut names: BTreeSet<(String, &str)> = BTreeSet::new();
    for element in groups.iter().filter_map(|g| g.raw.get("element")) {
        collect(element, "", "", &mut names);
        for (list, of) in [(lines, "line."), (payments, "payment.")] {
            for inner in element
                .get(list)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                collect(inner, "", of, &mut names);
            }
        }
        if names.len() > MOST_COLUMNS {
            break;
        }
    }
    let names = names.iter().map(|(name, of)| (name.as_str(), *of));
    unspoken(settings, file, names.collect())
}

/// The paths of what is text, number or truth in an element; lists are looked at by themselves.
fn collect<'a>(value: &Value, above: &str, of: &'a str, out: &mut BTreeSet<(String, &'a str)>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = if above.is_empty() {
            name.clone()
        } else {
            format!("{above}.{name}")
        };
        match value {
            Value::Object(_) if path.matches('.').count() < 3 => collect(value, &path, of, out),
            Value::String(_) | Value::Number(_) | Value::Bool(_) => {
                out.insert((path, of));
            }
            _ => {}
        }
    }
}

/// Columns that nobody speaks of, though something must be said of them; `of` is what a list of JSON leaves out of a
/// field's name.
fn unspoken(settings: &Settings, file: &File, names: Vec<(&str, &str)>) -> Option<BadRecord> {
    let of = |prefix: &str| {
        let values = settings.values.iter();
        let own = values.filter(|(k, _)| k.strip_prefix(prefix).is_some());
        own.map(|(_, v)| v.as_str()).collect::<BTreeSet<&str>>()
    };
    let (mapped, ignored) = (of("columns."), of("ignore."));
    let named = columns_named(settings);
    let silent = |(name, of): &&(&str, &str)| {
        if mapped.contains(name) || ignored.contains(name) {
            return false;
        }
        let full = format!("{of}{name}");
        let exact = FIELDS.iter().any(|f| f.word == full);
        let alike = FIELDS.iter().any(|f| f.word == folded(&full));
        // While no columns are named, they go by their names.
        let read = exact && !named;
        !read && (exact || alike || sounds_of_money(name))
    };
    let silent: BTreeSet<&str> = names.iter().filter(silent).map(|(name, _)| *name).collect();
    if silent.is_empty() {
        return None;
    }
    let quoted: Vec<String> = silent.iter().map(|n| format!("`{n}`")).collect();
    let list: Vec<String> = silent.iter().map(|n| listed(n)).collect();
    let (these, are, each, them) = match silent.len() {
        1 => ("the column", "is", "it", "it"),
        _ => ("the columns", "are", "each", "them"),
    };
    let what = format!(
        "{these} {} {are} neither read nor ignored, and may change what is owed; the whole file is left out",
        quoted.join(", ")
    );
    let fix = format!(
        "say under `columns:` on the connection which field {each} stands for, or leave {them} out by `ignore: [{}]`",
        list.join(", ")
    );
    Some(bad(file, 1, what, fix))
}

/// A name as YAML takes it inside a list.
fn listed(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " _-.".contains(c);
    if name.chars().all(plain) && name.starts_with(char::is_alphabetic) {
        name.to_owned()
    } else {
        // JSON's escapes are YAML's, within double quotes.
        serde_json::to_string(name).unwrap_or_default()
    }
}

/// A name as fields are written.
fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}
