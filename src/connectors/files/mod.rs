//! CSV and JSON files of a folder, as a source.
//!
//! Flows in: the files of the folder named by the setting `folder`. Flows out: one record an invoice; rows of one
//! number are the lines (and payments) of one invoice. The version of a record is the hash of its rows.
//! Refuses: names that lead out of the folder, files that are too large, rows it cannot read, each told with its
//! file and line; an invoice with such a row is left out whole and the rest is read.
//! Bounded by: [`folder::MOST_FILES`], [`folder::MOST_BYTES`], [`table::MOST_ROWS`].
//!
//! A file is judged as a file ([`judge`]): where a column shows that the form the connection states is not its own, the
//! whole file is left out, and both forms are named. What a connection may say is one table ([`Files::settings`](System::settings)).

mod cells;
mod csv_rows;
mod editions;
#[rustfmt::skip]
pub mod fields;
pub mod folder;
pub mod forms;
mod gather;
pub mod group;
mod headers;
mod heard;
mod inbox;
mod items;
mod joined;
pub mod judge;
pub mod likes;
mod lines;
mod once;
pub mod out;
mod parts;
mod payments;
mod people;
pub mod read;
pub mod reading;
#[rustfmt::skip]
mod said;
pub mod table;
mod undated;
pub(super) use payments::payment_id;

use super::{
    Ask, BadRecord, CallError, Cursor, NotTaken, Page, Reads, Session, Settings, System, Taken,
    Writes, claimed,
};
use crate::model::{
    AskKind, Chart, Document, Facts, Fingerprint, Kind, ReadFacts, Record, SettingKey, SignIn,
    SourceId,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use reading::{FileWords, column, is_read};
use serde_json::Value;
use std::collections::BTreeSet;

/// Which way of reading this is: what an older one told, and the records it made, are read anew.
const READER: u32 = 4;

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
                    kinds: (Kind::DOCUMENTS.into_iter())
                        .map(|k| (k, BTreeSet::from([AskKind::Changed, AskKind::Typed])))
                        .collect(),
                    documents: true,
                    chart: false,
                    payments_inside: true,
                    payments_once: false,
                    incremental: true,
                    refunds: true,
                    rates: true,
                    values: 1,
                    look_s: 0,
                }),
                ledger: None,
                writes: None,
                signs_in: SignIn::default(),
            },
        }
    }
}

/// What of the files is of a kind. What is wrong with them is told with the invoices, whatever it is of.
fn of_kind(kind: Kind, mut page: Page) -> Page {
    page.gone = called_otherwise(kind, &page);
    page.records.retain(|r| r.kind == kind);
    if kind != Kind::Invoice {
        page.bad.clear();
        page.whole = false;
    }
    page
}

/// Of the documents that the files know as another kind, those that would be one of this kind, and that they have no more as
/// such. An estimate stays one once an invoice is made of it. An order has a number of another series: where it has no id but
/// that, it says nothing of an invoice. What cannot be read may be any of them.
fn called_otherwise(kind: Kind, page: &Page) -> Vec<(Kind, SourceId)> {
    let own = page.records.iter().filter(|r| r.kind == kind);
    let own: BTreeSet<&SourceId> = own.map(|r| &r.id).collect();
    let unread = |r: &&Record| {
        let mut bad = page.bad.iter().map(|b| b.of.as_str());
        bad.any(|of| of.is_empty() || of == r.number || of == r.id.0)
    };
    let one = |r: &&Record| r.kind.becomes() == Some(kind) || r.id.0 != r.number;
    let others = page.records.iter().filter(|r| r.kind != kind);
    others
        .filter(|r| kind.becomes() != Some(r.kind) && one(r))
        .filter(|r| !own.contains(&r.id) && !unread(r))
        .map(|r| (kind, r.id.clone()))
        .collect()
}

/// The files of the folder as they are now.
async fn now(session: &Session) -> Result<Vec<folder::File>, CallError> {
    folder::files(&session.settings).await.map_err(broken)
}

/// What stands for the files, and for how they are read: nothing has changed while it is the same.
fn print_of(settings: &Settings, files: &[folder::File]) -> Result<Cursor, CallError> {
    // Another way of reading reads other documents from the same files; so does another mapping of the columns.
    let mut print = format!("reader {READER} {}\n", likes::print());
    for file in files {
        print.push_str(&format!("{} {}\n", file.name, Fingerprint::of(&file.bytes)));
    }
    let said = serde_json::to_string(settings).map_err(|e| broken(e.to_string()))?;
    print.push_str(&said);
    Ok(Cursor(Fingerprint::of(print.as_bytes()).0))
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

    fn settings(&self) -> &'static [SettingKey] {
        said::SETTINGS
    }

    fn status_out<'s>(&self, settings: &'s Settings) -> Option<&'s str> {
        settings.values.get("status_out").map(String::as_str)
    }

    async fn take(
        &self,
        settings: &Settings,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Option<Result<Taken, NotTaken>> {
        Some(inbox::take(settings, body, now).await)
    }

    async fn doubts(&self, settings: &Settings) -> Vec<BadRecord> {
        match folder::files(settings).await {
            Ok(files) => gather::whole_files(&FileWords::of(settings), &files),
            // That the folder is not there is told of the setting itself.
            Err(_) => Vec::new(),
        }
    }
}

#[async_trait]
impl Reads for Files {
    fn payment_read_as(&self, document: &str) -> String {
        payments::payment_id(document, "{}", false)
    }

    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        claimed(&self.facts, ask)?;
        match ask {
            Ask::Changed { kind, cursor, .. } => {
                let files = now(session).await?;
                let print = print_of(&session.settings, &files)?;
                // Where nothing was touched nothing is parsed; what is bad was told when it was read, and still is.
                let page = match cursor.as_ref() == Some(&print) {
                    true => Page::default(),
                    false => of_kind(
                        *kind,
                        gather::page(&FileWords::of(&session.settings), &files),
                    ),
                };
                Ok(Page {
                    cursor: print,
                    ..page
                })
            }
            Ask::Typed { kind, text } => {
                let reading = FileWords::of(&session.settings);
                let mut page = of_kind(*kind, gather::page(&reading, &now(session).await?));
                page.whole = false;
                // That is told by the whole list.
                page.gone.clear();
                page.records
                    .retain(|r| r.number == *text || r.id.0 == *text);
                // What is wrong with other invoices says nothing of this one; what is wrong with whole files may.
                let own = |b: &BadRecord| b.of == *text;
                let known = !page.records.is_empty() || page.bad.iter().any(own);
                page.bad.retain(|b| own(b) || (!known && b.of.is_empty()));
                Ok(page)
            }
            other => Err(broken(format!("{}s are not read from files", other.kind()))),
        }
    }

    async fn chart(&self, _: &Session) -> Result<Chart, CallError> {
        Err(broken("they have no chart of accounts"))
    }

    fn read_again(&self, settings: &Settings, raw: &Value) -> Result<Document, String> {
        read::invoice(&FileWords::of(settings), raw)
            .map(|i| Document::Invoice(Box::new(i)))
            .map_err(|(_, what)| what)
    }

    fn reading(&self) -> String {
        likes::print().to_owned()
    }

    fn identity(&self, settings: &Settings) -> String {
        let reading = FileWords::of(settings);
        let of = |field| match is_read(&reading, field) {
            true => column(&reading, field),
            false => String::new(),
        };
        format!("id: {}; number: {}", of("id"), of("number"))
    }
}
