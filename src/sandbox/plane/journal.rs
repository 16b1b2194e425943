//! One system's log in the folder: what it must be told again to be what it was.
//!
//! Flows in: calls, seeds, switches and webhook draws, each with its time, appended before the answer leaves.
//! Flows out: the same in order, when the plane starts. A record is `LENGTH JSON NEWLINE`; a torn last record
//! (the process died while writing) is dropped and cut off, since no answer had left for it. Refuses a log
//! that is broken before its end. Records are written, not synced: they outlive a killed process, not a power cut.
//! Bounded by the disk.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use super::PlaneError;
use crate::sandbox::wire::Call;

/// One thing that changed a system.
pub(super) enum Record {
    /// A call.
    Call(Box<Call>),
    /// A seed.
    Seed(Value),
    /// A switch and its value.
    Switch(String, Value),
    /// Due webhooks were taken.
    Outbound,
}

/// A record and when it was told.
pub(super) type Told = (DateTime<Utc>, Record);

/// An open log.
pub(super) struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Opens the log and answers what it holds.
    pub(super) fn open(folder: &Path, system: &str) -> Result<(Self, Vec<Told>), PlaneError> {
        let path = folder.join(format!("{system}.log"));
        let broken = |why: String| PlaneError::Log {
            path: path.clone(),
            why,
        };
        std::fs::create_dir_all(folder).map_err(|e| broken(e.to_string()))?;
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(broken(e.to_string())),
        };
        let mut records = Vec::new();
        let mut good = 0;
        while let Some((json, next)) = next_record(&bytes, good) {
            records.push(
                parse(json)
                    .ok_or_else(|| broken(format!("the record at byte {good} cannot be read")))?,
            );
            good = next;
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|e| broken(e.to_string()))?;
        file.set_len(good as u64)
            .map_err(|e| broken(e.to_string()))?;
        Ok((Self { file, path }, records))
    }

    /// Appends one record.
    pub(super) fn append(&mut self, at: DateTime<Utc>, record: &Record) -> Result<(), PlaneError> {
        let text = show(at, record).to_string();
        self.file
            .write_all(format!("{} {text}\n", text.len()).as_bytes())
            .map_err(|e| PlaneError::Log {
                path: self.path.clone(),
                why: e.to_string(),
            })
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) -> Result<(), PlaneError> {
        self.file.set_len(0).map_err(|e| PlaneError::Log {
            path: self.path.clone(),
            why: e.to_string(),
        })
    }
}

/// The next whole record from `from` on: its JSON and where the one after it starts.
fn next_record(bytes: &[u8], from: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(from..)?;
    let space = rest.iter().take(20).position(|b| *b == b' ')?;
    let length: usize = std::str::from_utf8(rest.get(..space)?).ok()?.parse().ok()?;
    let end = space.checked_add(1)?.checked_add(length)?;
    let json = rest.get(space + 1..end)?;
    (rest.get(end) == Some(&b'\n')).then_some((json, from + end + 1))
}

fn show(at: DateTime<Utc>, record: &Record) -> Value {
    let at = at.to_rfc3339_opts(SecondsFormat::Nanos, true);
    match record {
        Record::Call(call) => {
            let headers: Vec<Value> = call
                .headers
                .iter()
                .filter_map(|(k, v)| v.to_str().ok().map(|v| json!([k.as_str(), v])))
                .collect();
            json!({
                "kind": "call", "at": at, "method": call.method.as_str(), "path": call.path, "query": call.query,
                "headers": headers, "body": STANDARD.encode(&call.body), "in_flight": call.in_flight, "base": call.base,
            })
        }
        Record::Seed(seed) => json!({"kind": "seed", "at": at, "seed": seed}),
        Record::Switch(name, value) => {
            json!({"kind": "switch", "at": at, "name": name, "value": value})
        }
        Record::Outbound => json!({"kind": "outbound", "at": at}),
    }
}

fn parse(json: &[u8]) -> Option<Told> {
    let value: Value = serde_json::from_slice(json).ok()?;
    let at = DateTime::parse_from_rfc3339(value.get("at")?.as_str()?)
        .ok()?
        .with_timezone(&Utc);
    let record = match value.get("kind")?.as_str()? {
        "call" => Record::Call(Box::new(parse_call(&value)?)),
        "seed" => Record::Seed(value.get("seed")?.clone()),
        "switch" => Record::Switch(
            value.get("name")?.as_str()?.to_owned(),
            value.get("value")?.clone(),
        ),
        "outbound" => Record::Outbound,
        _ => return None,
    };
    Some((at, record))
}

fn parse_call(value: &Value) -> Option<Call> {
    let mut headers = HeaderMap::new();
    for (name, text) in pairs(value.get("headers")?) {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_str(&text).ok()?);
    }
    Some(Call {
        method: Method::from_bytes(value.get("method")?.as_str()?.as_bytes()).ok()?,
        path: value.get("path")?.as_str()?.to_owned(),
        query: pairs(value.get("query")?),
        headers,
        body: Bytes::from(STANDARD.decode(value.get("body")?.as_str()?).ok()?),
        in_flight: usize::try_from(value.get("in_flight")?.as_u64()?).ok()?,
        base: value.get("base")?.as_str()?.to_owned(),
    })
}

fn pairs(value: &Value) -> Vec<(String, String)> {
    let text = |v: Option<&Value>| v.and_then(Value::as_str).unwrap_or_default().to_owned();
    value
        .as_array()
        .into_iter()
        .flatten()
        .map(|pair| (text(pair.get(0)), text(pair.get(1))))
        .collect()
}
