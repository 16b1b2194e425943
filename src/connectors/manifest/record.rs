//! A listed record to a record of ours: read, out of what is read, or told.

use super::call::zone;
use super::element::read;
use super::fetch::Fetcher;
use super::paper::contact;
use super::reading::{at, id};
use super::shape::Manifest;
use crate::connectors::{BadRecord, CallError};
use crate::model::{Document, Kind, Record, SourceId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// What became of a listed record.
pub(super) enum Sorted {
    /// It is an invoice.
    Read(Box<Record>),
    /// It is deleted, or none: what was posted of it holds.
    Out(String),
    /// It cannot be read.
    Bad(BadRecord),
}

/// A stored record says what it is, where it is no invoice: of one record both an estimate and an invoice may be kept.
fn of_kind(kind: Kind, mut raw: Value) -> Value {
    if let (true, Some(raw)) = (kind != Kind::Invoice, raw.as_object_mut()) {
        raw.insert("kind".to_owned(), json!(kind.as_str()));
    }
    raw
}

fn wrapped(record: &Value) -> Value {
    json!({ "record": record })
}

/// How a record is called where it cannot be read.
pub(super) fn name(manifest: &Manifest, record: &Value) -> String {
    match id(manifest, &wrapped(record)).as_str() {
        "" => "a record without an id".to_owned(),
        id => id.to_owned(),
    }
}

/// The number that people know a record by, as far as the record itself says it; wrapped.
fn number(manifest: &Manifest, raw: &Value) -> Option<String> {
    let field = manifest.invoices.map.iter().find(|f| f.name == "number")?;
    let mut found = field
        .value
        .paths
        .iter()
        .filter_map(|p| at(manifest, p, raw));
    found
        .next()
        .map(|n| manifest.formats.text(n))
        .filter(|n| !n.is_empty())
}

/// Whether a record is what a person typed: its id, or what its number is read from.
pub(super) fn is_called(manifest: &Manifest, record: &Value, text: &str) -> bool {
    let raw = wrapped(record);
    id(manifest, &raw) == text || number(manifest, &raw).as_deref() == Some(text)
}

/// When a record was last changed, where its list says so.
fn modified(fetcher: &Fetcher<'_>, raw: &Value) -> Option<DateTime<Utc>> {
    let manifest = fetcher.manifest;
    let fields = &manifest.invoices.since.as_ref()?.field;
    let stamp = fields.iter().find_map(|p| at(manifest, p, raw))?;
    let read = manifest.formats.moment(stamp, zone(fetcher.session));
    read.ok().flatten()
}

/// Sorts a record, with all that belongs to it.
pub(super) async fn sort(fetcher: &mut Fetcher<'_>, record: Value) -> Result<Sorted, CallError> {
    let manifest = fetcher.manifest;
    let kind = &manifest.invoices;
    let said = wrapped(&record);
    let id = id(manifest, &said);
    let bad = |what: String, fix: String| {
        let told = BadRecord {
            at: match id.as_str() {
                "" => "a record without an id".to_owned(),
                id => id.to_owned(),
            },
            what,
            fix,
            of: number(manifest, &said).unwrap_or_else(|| id.clone()),
            ..BadRecord::default()
        };
        Sorted::Bad(told.saying(&said["record"]))
    };
    if id.is_empty() {
        let fix = format!("correct `id` in {}", manifest.file);
        return Ok(bad("a record has no id".to_owned(), fix));
    }
    for (condition, out) in [(&kind.deleted, true), (&kind.only, false)] {
        let Some(condition) = condition else { continue };
        match condition.holds(&record) {
            Ok(holds) if holds == out => return Ok(Sorted::Out(id)),
            Ok(_) => {}
            Err(what) => {
                let fix = format!("correct the condition in {}", manifest.file);
                return Ok(bad(what, fix));
            }
        }
    }
    let raw = match fetcher.whole(record).await? {
        Ok(raw) => of_kind(manifest.kind, raw),
        Err(what) => {
            let fix = format!("look at it there, or at `fetch` in {}", manifest.file);
            return Ok(bad(what, fix));
        }
    };
    let settings = &fetcher.session.settings;
    if manifest.kind == Kind::Contact {
        return Ok(match contact(manifest, settings, &raw) {
            Err(wrong) => bad(wrong.what, wrong.fix),
            Ok(contact) => {
                let at = modified(fetcher, &raw);
                let document = Document::LedgerContact(contact);
                let id = SourceId(id);
                let record = Record::of(Kind::Contact, id, String::new(), at, raw, document);
                Sorted::Read(Box::new(record))
            }
        });
    }
    Ok(match read(manifest, settings, &raw) {
        Err(wrong) => bad(wrong.what, wrong.fix),
        Ok(invoice) => {
            let version = kind.version.iter().find_map(|p| at(manifest, p, &raw));
            let revision = version
                .map(|v| manifest.formats.text(v))
                .unwrap_or_default();
            let modified = kind.since.is_some().then_some(invoice.modified_at);
            let number = invoice.number.clone();
            let document = Document::Invoice(Box::new(invoice));
            Sorted::Read(Box::new(Record {
                revision,
                ..Record::of(manifest.kind, SourceId(id), number, modified, raw, document)
            }))
        }
    })
}
