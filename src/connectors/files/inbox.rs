//! Documents that are sent to us and not laid into the folder: each is a line of a file of the day, `inbox-20260715.jsonl`, in
//! the connection's own folder, and is read from there like any other.
//!
//! Flows in: a body in JSON: a list of invoices, an object that has it, or one invoice. Flows out: how many are kept, on the
//! disk for good, and what of them cannot be read, by its place. Refuses: what is not JSON, and more than a folder holds. The
//! same document again is not kept twice; a line that was cut off by a crash was never accepted, and is taken away.

use super::cells::found;
use super::folder::{self, File, MOST_BYTES};
use super::gather;
use super::once;
use super::reading::FileWords;
use crate::connectors::{BadRecord, NotTaken, Settings, Taken};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::sync::Mutex;

/// What of a folder's room the inbox leaves to its other files.
const LEFT: u64 = MOST_BYTES / 4;

/// One after another: two bodies never share a line.
static ONE: Mutex<()> = Mutex::const_new(());

/// Keeps a body.
pub(super) async fn take(
    settings: &Settings,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Taken, NotTaken> {
    let reading = FileWords::of(settings);
    let elements = elements(&reading, body)?;
    let mut taken = looked_at(&reading, &elements);
    let _one = ONE.lock().await;
    let folder = PathBuf::from(settings.get("folder", ""));
    let later = |e: std::io::Error| NotTaken::Later(format!("it cannot be kept: {e}"));
    let used = size_of(settings).await.map_err(NotTaken::Later)?;
    let name = format!("inbox-{}.jsonl", now.format("%Y%m%d"));
    let mut file = tokio::fs::File::options();
    file.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    file.mode(0o600);
    let mut file = file.open(folder.join(name)).await.map_err(later)?;
    let mut before = Vec::new();
    file.read_to_end(&mut before).await.map_err(later)?;
    let whole = before
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |n| n + 1);
    let known: BTreeSet<&[u8]> = before.split(|b| *b == b'\n').collect();
    let mut added = Vec::new();
    for element in &elements {
        let line = element.to_string();
        if known.contains(line.as_bytes()) {
            taken.again += 1;
        } else {
            added.extend_from_slice(line.as_bytes());
            added.push(b'\n');
            taken.new += 1;
        }
    }
    let more = u64::try_from(added.len()).unwrap_or(u64::MAX);
    if used.saturating_add(more) > MOST_BYTES - LEFT {
        let what = "the folder is full: move old files away".to_owned();
        return Err(NotTaken::Later(what));
    }
    if !added.is_empty() {
        let end = u64::try_from(whole).unwrap_or(u64::MAX);
        file.set_len(end).await.map_err(later)?;
        file.seek(std::io::SeekFrom::Start(end))
            .await
            .map_err(later)?;
        file.write_all(&added).await.map_err(later)?;
        file.flush().await.map_err(later)?;
    }
    // Also of what was there before: whoever sends it again may have had no answer.
    file.sync_all().await.map_err(later)?;
    Ok(taken)
}

/// The documents of a body.
fn elements(reading: &FileWords, body: &[u8]) -> Result<Vec<Value>, NotTaken> {
    let wrong = |at: String, what: String, fix: &str| {
        NotTaken::Wrong(BadRecord {
            at,
            what,
            fix: fix.to_owned(),
            of: String::new(),
        })
    };
    let parsed: Value = once::read(body).map_err(|e| {
        let at = format!("body:{}:{}", e.line(), e.column());
        wrong(
            at,
            format!("this is not JSON: {e}"),
            "correct it and send it again",
        )
    })?;
    let path = reading.get("list", "invoices");
    let list = match parsed {
        Value::Array(list) => list,
        Value::Object(_) => match found(&parsed, path) {
            Some(Value::Array(list)) => list.clone(),
            _ => vec![parsed],
        },
        _ => Vec::new(),
    };
    if list.is_empty() {
        let what =
            format!("there is no invoice: neither a list, nor one under `{path}`, nor one alone");
        return Err(wrong("body:1".to_owned(), what, "send at least one"));
    }
    Ok(list)
}

/// What a read will make of them.
fn looked_at(reading: &FileWords, elements: &[Value]) -> Taken {
    let lines: Vec<String> = elements.iter().map(Value::to_string).collect();
    let file = File {
        name: "body.jsonl".to_owned(),
        bytes: lines.join("\n").into_bytes(),
        written: None,
    };
    let page = gather::page(reading, &[file]);
    let place = |b: BadRecord| BadRecord {
        at: b.at.replace("body.jsonl", "body"),
        ..b
    };
    Taken {
        read: page.records.into_iter().map(|r| r.number).collect(),
        told: page.bad.into_iter().map(place).collect(),
        ..Taken::default()
    }
}

async fn size_of(settings: &Settings) -> Result<u64, String> {
    let files = folder::sizes(settings).await?;
    Ok(files.into_iter().sum())
}
