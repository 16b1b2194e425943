//! The columns of a file against what the connection says of them.
//!
//! Flows in: the names of a file's columns. Flows out: the one thing that is wrong with them, with its cure: one that is
//! named and not there, one that is there twice, and those that nobody speaks of though their names are those of fields
//! or sound of money or of quantity, which must not be left out, nor taken, without a word.

use super::fields::{AMOUNTS, PRICES, goes_by_name};
use super::folder::File;
use super::group::{Group, bad};
use super::heard::sounds_of_money;
use super::reading::{FileWords, column, is_read};
use crate::connectors::BadRecord;
use crate::model::setting::BETWEEN;
use serde_json::Value;
use std::collections::BTreeSet;

/// Columns of a file.
const MOST_COLUMNS: usize = 500;

/// What is wrong with the columns of a table.
pub fn of_table(settings: &FileWords, file: &File, headers: &[String]) -> Option<BadRecord> {
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
    let joins = settings.values.contains_key("join.file");
    let own = |field: &str| !joins || !of_second(settings, field);
    if let Some(missing) = missing(settings, file, headers, &own) {
        return Some(missing);
    }
    if let (false, Some((name, _))) = (
        joins,
        settings
            .table("ignore_rows")
            .find(|(name, _)| !headers.iter().any(|h| h == name)),
    ) {
        let what = format!("there is no column `{name}`, which `ignore_rows.{name}` names");
        return Some(bad(file, 1, what, near_or_all(headers, name)));
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

/// Whether a field stands in the second file, where there is one.
fn of_second(settings: &FileWords, field: &str) -> bool {
    match settings.get("join.as", "lines") {
        "lines" => field.starts_with("line."),
        _ => field.starts_with("refund."),
    }
}

/// What is wrong with the columns of a file whose rows belong to those of another.
pub fn of_joined(settings: &FileWords, file: &File, headers: &[String]) -> Option<BadRecord> {
    let on = settings.join_on().1;
    if !headers.contains(&on) {
        let what = format!("there is no column `{on}`, which `join.on` names");
        let fix = format!("the file's columns are: {}", headers.join(", "));
        return Some(bad(file, 1, what, fix));
    }
    let missing = missing(settings, file, headers, &|field| of_second(settings, field));
    let names = headers.iter().map(|h| (h.as_str(), ""));
    missing.or_else(|| unspoken(settings, file, names.collect()))
}

/// A column that is named and not there. What a shipped description names may be left out by an older export, unless it is
/// an amount: that would be zero without a word.
fn missing(
    settings: &FileWords,
    file: &File,
    headers: &[String],
    own: &dyn Fn(&str) -> bool,
) -> Option<BadRecord> {
    let mut fields: Vec<(&str, &[String])> = settings.named().collect();
    fields.sort_unstable();
    for (field, names) in fields {
        if !own(field) || headers.iter().any(|h| names.contains(h)) {
            continue;
        }
        // Where no tax is told by line, what the whole comes to still tells.
        let money = field != "line.tax" && (AMOUNTS.contains(&field) || PRICES.contains(&field));
        if !money && !settings.is_own(&format!("columns.{field}")) {
            continue;
        }
        let wanted = names.first().map(String::as_str).unwrap_or_default();
        let hint = near_or_all(headers, wanted);
        let what = format!("there is no column `{wanted}`, which `columns.{field}` names");
        return Some(bad(file, 1, what, hint));
    }
    for (at, name) in amounts_of_head(settings) {
        let second = settings.values.contains_key("join.file") && own("line.amount");
        if !second && settings.is_own(at) && !headers.contains(name) {
            let what = format!("there is no column `{name}`, which `{at}` names");
            let fix = format!("the file's columns are: {}", headers.join(", "));
            return Some(bad(file, 1, what, fix));
        }
    }
    None
}

/// The column that was meant, where one is near, else all there are.
fn near_or_all(headers: &[String], wanted: &str) -> String {
    let near = headers
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(a, wanted).total_cmp(&strsim::jaro_winkler(b, wanted)));
    let near = near.filter(|n| strsim::jaro_winkler(n, wanted) > 0.7);
    near.map_or_else(
        || format!("the file's columns are: {}", headers.join(", ")),
        |n| format!("did you mean `{n}`?"),
    )
}

/// The columns of amounts that are made into lines and payments, each with the setting that names it.
fn amounts_of_head(settings: &FileWords) -> impl Iterator<Item = (&str, &String)> {
    let of = |k: &&String| {
        let list = k.starts_with("lines_from.") || k.starts_with("tenders.");
        list && (k.ends_with(".amount") || k.ends_with(".tax"))
    };
    let all = settings.values.iter();
    all.filter(move |(k, _)| of(k))
        .map(|(k, v)| (k.as_str(), v))
}

/// What is wrong with the names inside the elements of JSON.
pub fn of_json(settings: &FileWords, file: &File, groups: &[Group]) -> Option<BadRecord> {
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
fn unspoken(settings: &FileWords, file: &File, names: Vec<(&str, &str)>) -> Option<BadRecord> {
    let spoken = spoken_of(settings);
    let named = settings.names_columns();
    let silent = |(name, of): &&(&str, &str)| {
        if spoken.contains(name) {
            return false;
        }
        let full = format!("{of}{name}");
        let exact = goes_by_name(&full);
        let alike = goes_by_name(&folded(&full));
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

/// The columns of which the connection speaks, whatever it says of them.
fn spoken_of(settings: &FileWords) -> BTreeSet<&str> {
    let mut all: BTreeSet<&str> = settings.texts("ignore").collect();
    for (path, value) in &settings.values {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let last = rest.rsplit('.').next().unwrap_or_default();
        match first {
            "columns" => all.extend(value.split(BETWEEN)),
            "lines_from" if ["amount", "name", "tax"].contains(&last) => drop(all.insert(value)),
            "tenders" if last == "amount" => drop(all.insert(value)),
            "ignore_rows" => drop(all.insert(rest)),
            "control_total" if last == "column" => drop(all.insert(value)),
            _ => {}
        }
    }
    all
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
