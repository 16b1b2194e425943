//! Which of several tellings of one invoice is the newer.
//!
//! Flows in: a record and its file. Flows out: its edition: by its own version where the file has one, by its line where lines
//! came one after another, by its file where the connection says so. Pure.

use super::folder::File;
use super::parts::parts;
use super::reading::FileWords;
use crate::model::{Edition, Record};
use chrono::{DateTime, SecondsFormat, Utc};

/// Digits to which numbers are filled up, so that they compare as texts.
const DIGITS: usize = 20;

/// Which edition of an invoice a record tells.
pub(super) fn of(settings: &FileWords, file: &File, at: &str, record: &Record) -> Option<Edition> {
    let version = parts(settings, &record.raw).ok()?.head.text("version");
    if !version.is_empty() {
        return Some(Edition {
            by: "version".to_owned(),
            at: comparable(&version),
            place: at.to_owned(),
        });
    }
    if file.is_lines() {
        let line = at.rsplit(':').next().unwrap_or_default();
        return Some(Edition {
            by: "line".to_owned(),
            at: format!("{} {line:0>DIGITS$}", file.name),
            place: at.to_owned(),
        });
    }
    of_files(settings, file, at)
}

/// Whether of two tellings of one invoice the second counts; nothing where they are told apart by their files alone.
pub(super) fn is_later(first: &Record, second: &Record) -> Option<bool> {
    let (one, other) = (first.edition.as_ref()?, second.edition.as_ref()?);
    let known = ["version", "line"].contains(&one.by.as_str()) && one.by == other.by;
    known.then(|| other.at > one.at)
}

/// A version as a text that is greater the newer it is.
fn comparable(version: &str) -> String {
    if let Ok(at) = DateTime::parse_from_rfc3339(version) {
        return at.to_utc().to_rfc3339_opts(SecondsFormat::Nanos, true);
    }
    match version.bytes().all(|b| b.is_ascii_digit()) {
        true => format!("{version:0>DIGITS$}"),
        false => version.to_owned(),
    }
}

/// Which edition of an invoice a file tells, where the newest counts: what an older file says of it is no news once a newer
/// one was read, though that has been taken away since.
fn of_files(settings: &FileWords, file: &File, at: &str) -> Option<Edition> {
    let by = settings.get("newest", "off");
    let name = &file.name;
    let age = match by {
        "name" => name.clone(),
        "time" => {
            let written = DateTime::<Utc>::from(file.written?);
            format!(
                "{} {name}",
                written.to_rfc3339_opts(SecondsFormat::Nanos, true)
            )
        }
        _ => return None,
    };
    Some(Edition {
        by: by.to_owned(),
        at: age,
        place: at.to_owned(),
    })
}
