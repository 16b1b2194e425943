//! Which of several tellings of one invoice is the newer.
//!
//! Flows in: a record and its file. Flows out: its edition: by its own version where the file has one, by its line where lines
//! came one after another, by its file where the connection says so. Pure. Refuses: a version that is neither a time nor a
//! number, for texts have no order that their writer knows of; and a line without one where `columns.version` is named,
//! for nothing says where it belongs among those that have one.

use super::cells::{Bad, Row};
use super::folder::File;
use super::parts::parts;
use super::reading::{FieldAt, FileWords};
use crate::model::{Edition, Record};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use std::cmp::Ordering;

/// Digits to which numbers are filled up, so that they compare as texts.
const DIGITS: usize = 20;
const BY_VERSION: &str = "version";
const BY_LINE: &str = "line";

/// Which edition of an invoice a record tells.
///
/// # Errors
/// What stands for its version is none.
pub(super) fn of(
    settings: &FileWords,
    file: &File,
    at: &str,
    record: &Record,
) -> Result<Option<Edition>, Bad> {
    if let Some(version) = version(settings, file, &record.raw)? {
        return Ok(Some(Edition {
            by: BY_VERSION.to_owned(),
            at: version,
            place: at.to_owned(),
        }));
    }
    if file.is_lines() {
        let line = at.rsplit(':').next().unwrap_or_default();
        return Ok(Some(Edition {
            by: BY_LINE.to_owned(),
            at: format!("{} {line:0>DIGITS$}", file.name),
            place: at.to_owned(),
        }));
    }
    Ok(of_files(settings, file, at))
}

/// What stands for the version of an invoice, as a text that is greater the newer it is.
///
/// # Errors
/// It is none; or it is missing, where lines are told apart by it.
pub(super) fn version(
    settings: &FileWords,
    file: &File,
    raw: &Value,
) -> Result<Option<String>, Bad> {
    let head = parts(settings, raw)?.head;
    let written = head.text("version");
    if written.is_empty() {
        let named = matches!(settings.stands("version"), FieldAt::In(_));
        return match named && file.is_lines() {
            true => Err(head.bad(
                "version",
                "and without it nothing says whether this is older or newer than what was sent before",
            )),
            false => Ok(None),
        };
    }
    comparable(&head, &written).map(Some)
}

/// How a second telling of one invoice stands to the first; nothing where they are told apart by their files alone.
pub(super) fn order(first: &Record, second: &Record) -> Option<Ordering> {
    let (one, other) = (first.edition.as_ref()?, second.edition.as_ref()?);
    let known = [BY_VERSION, BY_LINE].contains(&one.by.as_str()) && one.by == other.by;
    // A time and a number have no order between them.
    let alike = one.by != BY_VERSION || is_time(&one.at) == is_time(&other.at);
    (known && alike).then(|| other.at.cmp(&one.at))
}

fn is_time(comparable: &str) -> bool {
    comparable.contains('-')
}

/// A version as a text that is greater the newer it is.
fn comparable(head: &Row<'_>, written: &str) -> Result<String, Bad> {
    let (whole, part) = written.split_once('.').unwrap_or((written, "0"));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if digits(whole) && digits(part) {
        let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
        return match (whole.len() <= DIGITS, part) {
            (false, _) => Err(head.bad("version", "a number of more than 20 digits")),
            (true, "") => Ok(format!("{whole:0>DIGITS$}")),
            (true, part) => Ok(format!("{whole:0>DIGITS$}.{part}")),
        };
    }
    let at = head.instant("version").ok_or_else(|| {
        head.bad(
            "version",
            "which is neither a time nor a number, so that nothing says which is the newer",
        )
    })?;
    Ok(at.to_rfc3339_opts(SecondsFormat::Nanos, true))
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
