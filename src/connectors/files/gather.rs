//! The invoices of all files of a folder, each once.
//!
//! Flows in: files. Flows out: a page with every invoice that can be read and everything that cannot, each told with its
//! file and line. An invoice that stands in several files is read from one: the first by name, or the newest where the
//! connection says so; that the others differ is told. Where the row that counts cannot be read, no other file's counts in
//! its place: an older export is no news of an invoice that a newer one tells of.

use super::cells::Bad;
use super::csv_rows;
use super::editions;
use super::folder::File;
use super::group::Group;
use super::joined::{self, JoinedRows};
use super::judge::judge;
use super::read;
use super::reading::FileWords;
use super::table;
use super::undated;
use crate::connectors::{BadRecord, Page};
use crate::model::{Document, Kind, Record};
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A record with its place.
struct Placed {
    at: String,
    file: usize,
    record: Record,
    /// That it was told once more in the same version, otherwise: over once a newer one comes.
    clash: Option<BadRecord>,
}

/// What a document is told apart by: an estimate of which an invoice is made is one thing with it, and an order is another.
type PaperId = (Kind, String);

fn paper_id(record: &Record) -> PaperId {
    let kind = record.kind.becomes().unwrap_or(record.kind);
    (kind, record.id.0.clone())
}

/// What all files hold.
pub(super) fn page(settings: &FileWords, files: &[File]) -> Page {
    let mut page = Page {
        whole: true,
        ..Page::default()
    };
    let mut kept: BTreeMap<PaperId, Placed> = BTreeMap::new();
    let mut order: Vec<PaperId> = Vec::new();
    // What stands in a row that counts and cannot be read.
    let mut unread: BTreeSet<String> = BTreeSet::new();
    let newest = newest_counts(settings);
    let mut second = JoinedRows::of(settings, files);
    let mut claimed = BTreeSet::new();
    page.bad.append(&mut second.bad);
    for (n, file) in by_age(settings, files) {
        let OfFile {
            found,
            bad,
            lost,
            blind,
        } = of_file(settings, file, &mut second);
        second.next_file(&mut claimed);
        page.bad.extend(bad);
        if newest {
            // What the newer file says of these is not known; of a file that cannot be read at all, of none.
            kept.retain(|(_, id), _| !blind && !lost.contains(id));
        }
        for (at, record) in found {
            if !newest && !file.is_lines() && unread.contains(&record.id.0) {
                continue;
            }
            let placed = Placed {
                at,
                file: n,
                record,
                clash: None,
            };
            let id = paper_id(&placed.record);
            match kept.remove(&id) {
                None => {
                    order.push(id.clone());
                    kept.insert(id, placed);
                }
                Some(first) => {
                    let (one, other) = choose(settings, first, placed);
                    page.bad.extend(other);
                    kept.insert(id, one);
                }
            }
        }
        unread.extend(lost);
    }
    page.bad.extend(second.left(settings, &claimed));
    for placed in order.iter().filter_map(|id| kept.remove(id)) {
        page.bad.extend(placed.clash);
        page.records.push(placed.record);
    }
    page
}

/// Files in the order in which they are read; where the newest counts, it comes last.
fn by_age<'f>(settings: &FileWords, files: &'f [File]) -> Vec<(usize, &'f File)> {
    let first = files.iter().enumerate();
    let first = first.filter(|(_, f)| !joined::is_second(settings, f));
    let mut all: Vec<(usize, &File)> = first.collect();
    if settings.get("newest", "off") == "time" {
        all.sort_by_key(|(n, f)| (f.written, *n));
    }
    all
}

/// Whether of an invoice that stands in several files the newest counts, and not the first.
fn newest_counts(settings: &FileWords) -> bool {
    settings.get("newest", "off") != "off"
}

/// Which of two records of one invoice counts, and what is told of the other.
fn choose(settings: &FileWords, mut first: Placed, second: Placed) -> (Placed, Option<BadRecord>) {
    let number = &second.record.number;
    match editions::order(&first.record, &second.record) {
        Some(Ordering::Greater) => return (second, None),
        Some(Ordering::Less) => return (first, None),
        Some(Ordering::Equal) => {
            if first.record.document != second.record.document {
                first.clash = Some(same_version(&first.at, &second));
            }
            return (first, None);
        }
        None => {}
    }
    if first.file == second.file {
        let told = BadRecord {
            at: second.at.clone(),
            what: format!("the invoice {number} stands at {} already", first.at),
            fix: "keep one of the two, or give each an id of its own".to_owned(),
            of: number.clone(),
            ..BadRecord::default()
        };
        return (first, Some(told));
    }
    if newest_counts(settings) {
        return (second, None);
    }
    // What both files say alike need not be told: nothing of it is left out.
    if first.record.document == second.record.document {
        return (first, None);
    }
    let told = BadRecord {
        at: second.at.clone(),
        what: format!(
            "the invoice {number} stands at {} already, which counts, and differs here",
            first.at
        ),
        fix: "take the older file away, keep all rows of an invoice in one file, or set `newest: name` (or `newest: time`) on the connection so that the newest file counts".to_owned(),
        of: number.clone(),
..BadRecord::default()
};
    (first, Some(told))
}

/// What is told of a second telling in a version that was told before.
fn same_version(first: &str, second: &Placed) -> BadRecord {
    let number = &second.record.number;
    BadRecord {
        at: second.at.clone(),
        what: format!(
            "the invoice {number} stands at {first} already in this very version, which counts, and differs here"
        ),
        fix: "send it with a greater version, if what stands here is to count".to_owned(),
        of: number.clone(),
        ..BadRecord::default()
    }
}

/// What is wrong with whole files: what a word of the connection cures.
pub(super) fn whole_files(settings: &FileWords, files: &[File]) -> Vec<BadRecord> {
    if let Some((what, fix)) = csv_rows::header_word(settings) {
        let at = settings.get("folder", "").to_owned();
        return vec![BadRecord {
            at,
            what,
            fix: fix.to_owned(),
            ..BadRecord::default()
        }];
    }
    let second = JoinedRows::of(settings, files).bad;
    let of = |file: &File| {
        let (groups, bad) = table::groups(settings, file);
        if groups.is_empty() {
            return bad.into_iter().take(1).collect::<Vec<_>>();
        }
        let judged = judge(settings, file, &groups);
        match judged.left_out {
            Some(why) => vec![why],
            None => judged.wanted,
        }
    };
    let first = files.iter().filter(|f| !joined::is_second(settings, f));
    second.into_iter().chain(first.flat_map(of)).collect()
}

/// What a file holds.
#[derive(Default)]
struct OfFile {
    /// Its invoices, with their places.
    found: Vec<(String, Record)>,
    /// What cannot be read of it.
    bad: Vec<BadRecord>,
    /// The ids of invoices that stand in it and cannot be read, as far as they can be told.
    lost: BTreeSet<String>,
    /// Whether not even that can be told.
    blind: bool,
}

fn of_file(settings: &FileWords, file: &File, second: &mut JoinedRows) -> OfFile {
    let (mut groups, bad) = table::groups(settings, file);
    if settings.values.contains_key("join.file") {
        for group in &mut groups {
            let rows = second.claim(settings, &group.raw);
            if let (false, Some(raw)) = (rows.is_empty(), group.raw.as_object_mut()) {
                raw.insert("joined".to_owned(), Value::Array(rows));
            }
        }
    }
    if file.is_lines() {
        return of_lines(settings, file, groups, bad);
    }
    of_groups(settings, file, &groups, bad)
}

/// Of lines that each are an invoice: one is judged without the others.
fn of_lines(settings: &FileWords, file: &File, groups: Vec<Group>, bad: Vec<BadRecord>) -> OfFile {
    let mut out = OfFile {
        bad,
        ..OfFile::default()
    };
    for group in groups {
        let one = of_groups(settings, file, &[group], Vec::new());
        // What was wrong with an earlier telling is over once a later one can be read.
        let read = |b: &BadRecord| {
            one.found
                .iter()
                .any(|(_, r)| !b.of.is_empty() && r.number == b.of)
        };
        out.bad.retain(|b| !read(b));
        out.found.extend(one.found);
        out.bad.extend(one.bad);
        out.lost.extend(one.lost);
    }
    out
}

fn of_groups(settings: &FileWords, file: &File, groups: &[Group], bad: Vec<BadRecord>) -> OfFile {
    let judged = judge(settings, file, groups);
    let mut out = OfFile {
        blind: groups.is_empty() && !bad.is_empty() && !file.is_lines(),
        bad,
        ..OfFile::default()
    };
    if out.blind {
        out.lost = table::ids(settings, file);
        out.blind = out.lost.is_empty();
        return out;
    }
    if let Some(why) = judged.left_out {
        // Told once: what else is wrong with its rows may be this very cause.
        out.bad = vec![why];
        out.lost = groups
            .iter()
            .filter_map(|g| read::id(settings, &g.raw))
            .collect();
        return out;
    }
    out.bad.extend(judged.wanted);
    out.bad.extend(judged.told);
    for (n, group) in groups.iter().enumerate() {
        if judged.refused.contains(&n) {
            out.lost.extend(read::id(settings, &group.raw));
            continue;
        }
        let at = format!("{}:{}", file.name, group.line);
        match record(settings, file, &at, group) {
            Ok(record) => {
                let notes = undated::notes(settings, &group.raw);
                out.bad
                    .extend(notes.into_iter().map(|(what, fix)| BadRecord {
                        at: at.clone(),
                        what,
                        fix,
                        ..BadRecord::default()
                    }));
                out.found.push((at, record));
            }
            Err((line, what)) => {
                out.lost.extend(read::id(settings, &group.raw));
                out.bad.push(BadRecord {
                    at: format!("{}:{line}", file.name),
                    what,
                    fix: "correct the row in the file; its whole invoice is left out until then"
                        .to_owned(),
                    ..BadRecord::default()
                });
            }
        }
    }
    for b in &mut out.bad {
        if let Some(group) = groups.iter().find(|g| holds(file, g, &b.at)) {
            b.of = number_of(settings, group);
            *b = std::mem::take(b).saying(&group.raw);
        }
    }
    out
}

/// Whether a place stands in a group.
fn holds(file: &File, group: &Group, at: &str) -> bool {
    let line = (at.strip_prefix(file.name.as_str()))
        .and_then(|rest| rest.strip_prefix(':'))
        .and_then(|line| line.parse::<u64>().ok());
    line.is_some_and(|line| group.line == line || group.lines.contains(&line))
}

/// The number of the invoice that a group is, as it stands there.
fn number_of(settings: &FileWords, group: &Group) -> String {
    read::parts(settings, &group.raw).map_or_else(|_| String::new(), |p| p.head.text("number"))
}

fn record(
    settings: &FileWords,
    file: &File,
    at: &str,
    group: &Group,
) -> Result<Record, (u64, String)> {
    let placed = |(row, what): Bad| {
        let line = group.lines.get(row).copied().unwrap_or(group.line);
        (line, what)
    };
    let invoice = read::invoice(settings, &group.raw).map_err(placed)?;
    let mut record = Record::of(
        invoice.kind,
        invoice.id.clone(),
        invoice.number.clone(),
        None,
        group.raw.clone(),
        Document::Invoice(Box::new(invoice)),
    );
    record.edition = editions::of(settings, file, at, &record).map_err(placed)?;
    Ok(record)
}
