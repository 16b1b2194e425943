//! Documents that are sent to us and not laid into the folder: each is a line of a file of the day, `inbox-20260715.jsonl`, in
//! the connection's own folder, and is read from there like any other.
//!
//! Flows in: a body in JSON: a list of invoices, an object that has it, or one invoice. Flows out: how many are kept, on the
//! disk for good, and what of them cannot be read, by its place. Refuses: what is not JSON, and more than a folder holds. The
//! same document again is not kept twice; what says something else in the same version is kept and told, and does not count. A line
//! that was cut off by a crash was never accepted, and is taken away. Bounded: what cannot be read, by [`MOST_UNREAD`] a day.

use super::cells::{self, found};
use super::editions;
use super::folder::{self, File, MOST_BYTES};
use super::gather;
use super::once;
use super::read;
use super::reading::FileWords;
use crate::connectors::{BadRecord, NotTaken, Settings, Taken};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::sync::Mutex;

/// What of a folder's room the inbox leaves to its other files.
const LEFT: u64 = MOST_BYTES / 4;
/// Lines of a day's file that are kept though they cannot be read, or tell a version anew.
const MOST_UNREAD: usize = 500;
/// The bytes of these.
const MOST_UNREAD_BYTES: usize = 2 * 1024 * 1024;
/// Of how many invoices lines are looked for by their text.
const FEW: usize = 16;
const TURNED_AWAY: &str = "this one is not kept: too many of today cannot be read already";

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
    let looked = looked_at(&reading, &elements);
    let _one = ONE.lock().await;
    let folder = PathBuf::from(settings.get("folder", ""));
    let later = |e: std::io::Error| NotTaken::Later(format!("it cannot be kept: {e}"));
    let used = size_of(settings).await.map_err(NotTaken::Later)?;
    let name = format!("inbox-{}.jsonl", now.format("%Y%m%d"));
    let mut file = tokio::fs::File::options();
    file.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    file.mode(0o600);
    let mut file = file.open(folder.join(&name)).await.map_err(later)?;
    let mut before = Vec::new();
    file.read_to_end(&mut before).await.map_err(later)?;
    before.truncate(whole_lines(&before));
    let end = before.len();
    let mut day = Day::of(&reading, &name, before, &elements);
    let taken = day.sorted(&elements, looked);
    let added = day.lines.get(end..).unwrap_or_default();
    let more = u64::try_from(added.len()).unwrap_or(u64::MAX);
    if used.saturating_add(more) > MOST_BYTES - LEFT {
        let what = "the folder is full: move old files away".to_owned();
        return Err(NotTaken::Later(what));
    }
    if !added.is_empty() {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        file.set_len(end).await.map_err(later)?;
        file.seek(std::io::SeekFrom::Start(end))
            .await
            .map_err(later)?;
        file.write_all(added).await.map_err(later)?;
        file.flush().await.map_err(later)?;
    }
    // Also of what was there before: whoever sends it again may have had no answer.
    file.sync_all().await.map_err(later)?;
    Ok(taken)
}

/// How far whole lines go: what is behind the last end of a line was cut off.
fn whole_lines(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1)
}

/// The file of a day, to which what is sent is added.
struct Day<'r> {
    reading: &'r FileWords,
    name: &'r str,
    lines: Vec<u8>,
    /// The newest telling of each invoice that is sent, where it has a version.
    newest: BTreeMap<String, Telling>,
    /// How many of its lines cannot be read, and their bytes; counted where it matters.
    unread: Option<(usize, usize)>,
}

/// One telling of an invoice.
struct Telling {
    version: String,
    line: usize,
    element: Value,
}

impl<'r> Day<'r> {
    fn of(reading: &'r FileWords, name: &'r str, lines: Vec<u8>, elements: &[Value]) -> Self {
        let mut day = Self {
            reading,
            name,
            lines,
            newest: BTreeMap::new(),
            unread: None,
        };
        let wanted: BTreeSet<String> = elements
            .iter()
            .filter_map(|e| versioned(reading, e).map(|(id, _)| id))
            .collect();
        if wanted.is_empty() {
            return day;
        }
        // Of few, only lines with the text of an id in them are looked at: one at a time comes as often as many.
        let text = |id: &String| Value::String(id.clone()).to_string();
        let few: Vec<String> = wanted.iter().map(text).collect();
        let may_be = |line: &[u8]| {
            let has = |id: &[u8]| id.is_empty() || line.windows(id.len()).any(|w| w == id);
            few.len() > FEW || few.iter().any(|id| has(id.trim_matches('"').as_bytes()))
        };
        let found: Vec<(String, Telling)> = day
            .lines
            .split(|b| *b == b'\n')
            .enumerate()
            .filter(|(_, line)| may_be(line))
            .filter_map(|(n, line)| told(reading, n + 1, once::read(line).ok()?))
            .collect();
        for (id, told) in found {
            day.note(id, told);
        }
        day
    }

    fn note(&mut self, id: String, told: Telling) {
        match self.newest.get(&id) {
            Some(known) if known.version >= told.version => {}
            _ => {
                self.newest.insert(id, told);
            }
        }
    }

    /// Adds what is to be kept of the elements.
    fn sorted(&mut self, elements: &[Value], looked: LookedAt) -> Taken {
        let mut taken = Taken {
            told: looked.whole,
            ..Taken::default()
        };
        let split = self.lines.split(|b| *b == b'\n');
        let mut known: BTreeSet<Vec<u8>> = split.map(<[u8]>::to_vec).collect();
        let mut at = self.lines.iter().filter(|b| **b == b'\n').count();
        let mut read = BTreeSet::new();
        for (n, element) in elements.iter().enumerate() {
            let line = element.to_string();
            let is_known = known.contains(line.as_bytes());
            let mut bad = looked.bad.get(&n).cloned();
            let clash = match bad {
                None => self.clash(n, element),
                Some(_) => None,
            };
            let fine = bad.is_none() && clash.is_none();
            if fine && let Some(number) = looked.read.get(&n).filter(|r| read.insert(*r)) {
                taken.read.push(number.clone());
            }
            let kept = is_known || fine || self.has_room(line.len());
            if let (Some(bad), false) = (&mut bad, kept) {
                bad.fix = format!("{}; {TURNED_AWAY}", bad.fix);
            }
            match (kept, is_known) {
                (false, _) => taken.turned_away += 1,
                _ if clash.is_some() => taken.clashing += 1,
                (_, true) => taken.again += 1,
                _ => taken.new += 1,
            }
            taken.told.extend(bad.or(clash));
            if kept && !is_known {
                at += 1;
                self.lines.extend_from_slice(line.as_bytes());
                self.lines.push(b'\n');
                known.insert(line.into_bytes());
                if let Some((id, told)) = told(self.reading, at, element.clone()) {
                    self.note(id, told);
                }
            }
        }
        taken
    }

    /// What is told of an element whose version was told before, otherwise, and is the newest of its invoice.
    fn clash(&self, n: usize, element: &Value) -> Option<BadRecord> {
        let (id, version) = versioned(self.reading, element)?;
        let first = self.newest.get(&id)?;
        let number = cells::row(self.reading, element, "", 0).text("number");
        (first.version == version && first.element != *element).then(|| BadRecord {
            at: format!("body:{}", n + 1),
            what: format!(
                "the invoice {number} was sent before in this very version ({}:{}), which counts, and differs here",
                self.name, first.line
            ),
            fix: "send it with a greater version, if what stands here is to count".to_owned(),
            of: number,
..BadRecord::default()
})
    }

    /// Whether one more that is told is kept: what nobody can read must not take the room of what can be read.
    fn has_room(&mut self, bytes: usize) -> bool {
        let (count, size) = match self.unread {
            Some(known) => known,
            None => self.counted(),
        };
        let room = count < MOST_UNREAD && size + bytes <= MOST_UNREAD_BYTES;
        self.unread = Some(match room {
            true => (count + 1, size + bytes),
            false => (count, size),
        });
        room
    }

    fn counted(&self) -> (usize, usize) {
        let file = File {
            name: self.name.to_owned(),
            bytes: self.lines.clone(),
            written: None,
        };
        let bad = gather::page(self.reading, &[file]).bad;
        let at = |b: &BadRecord| b.at.rsplit(':').next()?.parse::<usize>().ok();
        let places: BTreeSet<usize> = bad.iter().filter_map(at).collect();
        let lines: Vec<&[u8]> = self.lines.split(|b| *b == b'\n').collect();
        let size = |n: &usize| lines.get(n.saturating_sub(1)).map_or(0, |l| l.len());
        (places.len(), places.iter().map(size).sum())
    }
}

/// The documents of a body.
fn elements(reading: &FileWords, body: &[u8]) -> Result<Vec<Value>, NotTaken> {
    let wrong = |at: String, what: String, fix: &str| {
        NotTaken::Wrong(BadRecord {
            at,
            what,
            fix: fix.to_owned(),
            ..BadRecord::default()
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

/// What a read will make of elements, each by its place.
#[derive(Default)]
struct LookedAt {
    read: BTreeMap<usize, String>,
    bad: BTreeMap<usize, BadRecord>,
    /// What is told of no single one.
    whole: Vec<BadRecord>,
}

/// What a read will make of them: each by itself, for what is wrong with one says nothing of the others.
fn looked_at(reading: &FileWords, elements: &[Value]) -> LookedAt {
    let mut looked = LookedAt::default();
    for (n, element) in elements.iter().enumerate() {
        let file = File {
            name: "body.jsonl".to_owned(),
            bytes: element.to_string().into_bytes(),
            written: None,
        };
        let page = gather::page(reading, &[file]);
        let place = |b: BadRecord| BadRecord {
            at: format!("body:{}", n + 1),
            ..b
        };
        let number = page.records.into_iter().map(|r| r.number).next();
        let is_read = number.is_some();
        looked.read.extend(number.map(|number| (n, number)));
        // Of one that is read, notes are told, and it goes all the same.
        for bad in page.bad.into_iter().map(place) {
            match is_read || looked.bad.contains_key(&n) {
                true => looked.whole.push(bad),
                false => {
                    looked.bad.insert(n, bad);
                }
            }
        }
    }
    looked
}

/// The id of an invoice and its version, where it has one.
fn versioned(reading: &FileWords, element: &Value) -> Option<(String, String)> {
    let file = File {
        name: "body.jsonl".to_owned(),
        bytes: Vec::new(),
        written: None,
    };
    let raw = json!({ "element": element });
    let version = editions::version(reading, &file, &raw).ok()??;
    Some((read::id(reading, &raw)?, version))
}

/// A telling on a line, with the id of its invoice, where it has a version.
fn told(reading: &FileWords, line: usize, element: Value) -> Option<(String, Telling)> {
    let (id, version) = versioned(reading, &element)?;
    let told = Telling {
        version,
        line,
        element,
    };
    Some((id, told))
}

async fn size_of(settings: &Settings) -> Result<u64, String> {
    let files = folder::sizes(settings).await?;
    Ok(files.into_iter().sum())
}
