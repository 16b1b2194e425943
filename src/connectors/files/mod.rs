//! CSV and JSON files of a folder, as a source.
//!
//! Flows in: the files of the folder named by the setting `folder`. Flows out: one record an invoice; rows of one
//! number are the lines (and payments) of one invoice. The version of a record is the hash of its rows.
//! Refuses: names that lead out of the folder, files that are too large, rows it cannot read, each told with its
//! file and line; an invoice with such a row is left out whole and the rest is read.
//! Bounded by: [`folder::MOST_FILES`], [`folder::MOST_BYTES`], [`table::MOST_ROWS`].
//!
//! Settings: `folder`; `columns.<field>` gives the name of a column (of a path with dots in JSON), for the fields of
//! [`read::FIELDS`], which otherwise stand for themselves; `dates` (`yyyy-mm-dd`, `dd/mm/yyyy`, `mm/dd/yyyy`,
//! `dd.mm.yyyy`), `decimal` (`point`, `comma`), `delimiter` (`,`, `;`, `tab`), `encoding` (`utf-8`,
//! `windows-1252`), `currency` for files that do not name one, `lines` and `payments` for lists inside JSON.

mod cells;
pub mod folder;
pub mod out;
pub mod read;
pub mod table;

use super::{
    Ask, BadRecord, CallError, Cursor, Page, Reads, Session, Settings, System, Writes, claimed,
};
use crate::model::{AskKind, Chart, Document, Facts, Fingerprint, Kind, ReadFacts, Record, SignIn};
use async_trait::async_trait;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The connector.
pub struct Files {
    facts: Facts,
}

impl Default for Files {
    fn default() -> Self {
        Self::new()
    }
}

fn broken(why: impl Into<String>) -> CallError {
    CallError::Broken {
        system: "files".to_owned(),
        why: why.into(),
    }
}

impl Files {
    /// With the facts of files.
    pub fn new() -> Self {
        Self {
            facts: Facts {
                system: "files".into(),
                title: "Files".into(),
                reads: Some(ReadFacts {
                    kinds: BTreeMap::from([(
                        Kind::Invoice,
                        BTreeSet::from([AskKind::Changed, AskKind::Typed]),
                    )]),
                    documents: true,
                    chart: false,
                    payments_inside: true,
                    incremental: true,
                    refunds: true,
                    values: 1,
                }),
                writes: None,
                signs_in: SignIn::default(),
            },
        }
    }

    async fn everything(&self, session: &Session) -> Result<(Page, Cursor), CallError> {
        let files = folder::files(&session.settings).await.map_err(broken)?;
        let mut print = String::new();
        for file in &files {
            print.push_str(&format!("{} {}\n", file.name, Fingerprint::of(&file.bytes)));
        }
        // Another mapping of the columns reads other documents from the same files.
        let settings =
            serde_json::to_string(&*session.settings).map_err(|e| broken(e.to_string()))?;
        print.push_str(&settings);
        let mut page = Page::default();
        let mut first_at: BTreeMap<String, String> = BTreeMap::new();
        for file in &files {
            read_file(&session.settings, file, &mut page, &mut first_at);
        }
        Ok((page, Cursor(Fingerprint::of(print.as_bytes()).0)))
    }
}

fn read_file(
    settings: &Settings,
    file: &folder::File,
    page: &mut Page,
    first_at: &mut BTreeMap<String, String>,
) {
    let (groups, bad) = table::groups(settings, file);
    page.bad.extend(bad);
    for group in groups {
        let at = format!("{}:{}", file.name, group.line);
        match record(settings, &group) {
            Err((line, what)) => page.bad.push(BadRecord {
                at: format!("{}:{line}", file.name),
                what,
                fix: "correct the row in the file; its whole invoice is left out until then"
                    .to_owned(),
            }),
            Ok(record) => {
                if let Some(other) = first_at.get(&record.id.0) {
                    page.bad.push(BadRecord {
                        at,
                        what: format!("the invoice {} stands at {other} already", record.number),
                        fix: "keep all rows of an invoice in one file".to_owned(),
                    });
                } else {
                    first_at.insert(record.id.0.clone(), at);
                    page.records.push(record);
                }
            }
        }
    }
}

fn record(settings: &Settings, group: &table::Group) -> Result<Record, (u64, String)> {
    let invoice = read::invoice(settings, &group.raw).map_err(|(row, what)| {
        let line = group.lines.get(row).copied().unwrap_or(group.line);
        (line, what)
    })?;
    Ok(Record::of(
        Kind::Invoice,
        invoice.id.clone(),
        invoice.number.clone(),
        None,
        group.raw.clone(),
        Document::Invoice(Box::new(invoice)),
    ))
}

#[async_trait]
impl System for Files {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn reader(&self) -> Option<&dyn Reads> {
        Some(self)
    }

    fn writer(&self) -> Option<&dyn Writes> {
        None
    }
}

#[async_trait]
impl Reads for Files {
    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        claimed(&self.facts, ask)?;
        match ask {
            Ask::Changed {
                kind: Kind::Invoice,
                cursor,
                ..
            } => {
                let (mut page, now) = self.everything(session).await?;
                if cursor.as_ref() == Some(&now) {
                    // Nothing was touched; what is bad was told when it was read.
                    page = Page::default();
                }
                page.cursor = now;
                Ok(page)
            }
            Ask::Typed {
                kind: Kind::Invoice,
                text,
            } => {
                let (mut page, _) = self.everything(session).await?;
                page.records
                    .retain(|r| r.number == *text || r.id.0 == *text);
                Ok(page)
            }
            other => Err(broken(format!("{}s are not read from files", other.kind()))),
        }
    }

    async fn chart(&self, _: &Session) -> Result<Chart, CallError> {
        Err(broken("they have no chart of accounts"))
    }

    fn read_again(&self, settings: &Settings, raw: &Value) -> Result<Document, String> {
        read::invoice(settings, raw)
            .map(|i| Document::Invoice(Box::new(i)))
            .map_err(|(_, what)| what)
    }
}
