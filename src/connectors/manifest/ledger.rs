//! A described system read as a ledger: what stands there, papers with their payments and contacts, each with the mark that it carries.
//!
//! Flows in: a question. Flows out: pages of records. It walks the very lists that its documents come from, so that one way of
//! paging and one filter counts; what is deleted is shown here, as cancelled. What is asked for by its mark is asked for by `find` or
//! by the id that the mark makes, and else looked for in what changed. Bounded by: [`PAGES`] pages, 20 ids a question.

use super::build_write::of_contacts;
use super::call::{address, ask, broken};
use super::fetch::Fetcher;
use super::one::{by_id, gone, typed};
use super::ours::our_id;
use super::pages::records;
use super::paper::{contact, paper};
use super::record::{Sorted, sort};
use super::shape::Manifest;
use super::template::TemplateValues;
use super::walk;
use super::write_shape::MarkAt;
use super::written_values::WrittenValues;
use crate::connectors::{
    Ask, BadRecord, CallError, Cursor, Page, Reads, Session, Settings, claimed_of_ledger,
};
use crate::model::{
    Account, AccountClass, Chart, Currency, Document, Facts, Kind, Organisation, Record,
};
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

/// Most pages that are read for marks.
const PAGES: usize = 1_000;
/// How far before the moment that is named a list begins, in seconds: its clock is not ours.
const BEFORE_S: i64 = 300;

/// A described system, read as a ledger.
pub(super) struct DescribedLedger {
    facts: Facts,
    papers: Manifest,
    contacts: Option<Manifest>,
}

/// A manifest by which what is deleted is read as well.
fn with_deleted(mut of: Manifest) -> Manifest {
    of.invoices.was_deleted = of.invoices.deleted.take();
    of
}

impl DescribedLedger {
    /// With what its manifest says.
    pub fn new(facts: Facts, manifest: &Manifest) -> Self {
        Self {
            facts,
            papers: with_deleted(manifest.clone()),
            contacts: of_contacts(manifest).map(with_deleted),
        }
    }

    fn of(&self, kind: Kind) -> Result<&Manifest, CallError> {
        match kind {
            Kind::Contact => self.contacts.as_ref(),
            _ => Some(&self.papers),
        }
        .ok_or_else(|| broken(&self.papers, format!("{kind}s are not read from it")))
    }

    async fn changed(
        &self,
        session: &Session,
        kind: Kind,
        (cursor, since): (Option<&Cursor>, Option<DateTime<Utc>>),
    ) -> Result<Page, CallError> {
        let manifest = self.of(kind)?;
        let begun = since.and_then(|at| walk::place_at(manifest, at, session.clock.now()));
        let page = walk::changed(manifest, session, cursor.or(begun.as_ref())).await?;
        Ok(told(manifest, session, page))
    }

    async fn by_ids(
        &self,
        session: &Session,
        kind: Kind,
        ids: &[String],
    ) -> Result<Page, CallError> {
        let manifest = self.of(kind)?;
        let mut fetcher = Fetcher::new(manifest, session);
        let mut page = Page::default();
        for id in ids {
            let Some(found) = by_id(&fetcher, id).await? else {
                continue;
            };
            if let Some(record) = sorted(&mut fetcher, found).await? {
                if record.id.0 != *id {
                    let why = "it gives another record than the one whose id was asked for";
                    return Err(broken(manifest, why));
                }
                page.records.push(record);
            }
        }
        Ok(page)
    }

    async fn marked(
        &self,
        session: &Session,
        (kind, marks): (Kind, &[String]),
        since: Option<DateTime<Utc>>,
    ) -> Result<Page, CallError> {
        let manifest = self.of(kind)?;
        let spec = manifest.write.as_ref().and_then(|w| w.of(kind));
        let mut all = Page::default();
        let ours = |r: &Record| r.mark.as_ref().is_some_and(|m| marks.contains(m));
        if spec.is_some_and(|s| s.mark == MarkAt::Id) {
            let ids: Vec<String> = marks.iter().filter_map(|m| our_id(m)).collect();
            return self.by_ids(session, kind, &ids).await;
        }
        if let Some((call, at)) = spec.and_then(|s| s.find.as_ref()) {
            let mut fetcher = Fetcher::new(manifest, session);
            for mark in marks {
                let values = WrittenValues::of_mark(mark);
                let given = TemplateValues {
                    written: Some(&values),
                    ..TemplateValues::default()
                };
                let url = address(manifest, session, call, &given);
                let url = url.map_err(|no| broken(manifest, no.0))?;
                let heard = ask(manifest, session, "find", (call, url, &given)).await?;
                let heard = heard.ok_or_else(|| broken(manifest, "its list is not there (404)"))?;
                let listed = records(&heard, at.as_ref()).map_err(|e| broken(manifest, e))?;
                for record in listed {
                    let found = sorted(&mut fetcher, record).await?;
                    all.records.extend(found.filter(ours));
                }
            }
            return Ok(all);
        }
        let since = since.map(|t| t - Duration::seconds(BEFORE_S));
        let mut cursor: Option<Cursor> = None;
        for _ in 0..PAGES {
            let page = self
                .changed(session, kind, (cursor.as_ref(), since))
                .await?;
            let new = |r: &Record| ours(r) && !all.records.iter().any(|a| a.id == r.id);
            let found: Vec<Record> = page.records.into_iter().filter(new).collect();
            all.records.extend(found);
            // What cannot be read may be the very one that is looked for.
            all.bad.extend(page.bad);
            if !page.more {
                return Ok(all);
            }
            cursor = Some(page.cursor);
        }
        Err(broken(
            manifest,
            format!("more than {PAGES} pages of {kind}s"),
        ))
    }

    async fn numbered(
        &self,
        session: &Session,
        (kind, numbers): (Kind, &[String]),
    ) -> Result<Page, CallError> {
        let manifest = self.of(kind)?;
        let mut all = Page::default();
        for number in numbers {
            let page = told(manifest, session, typed(manifest, session, number).await?);
            let of = |r: &Record| r.number == *number;
            all.records.extend(page.records.into_iter().filter(of));
        }
        Ok(all)
    }
}

/// A listed record as one of a ledger; nothing where it is none.
async fn sorted(fetcher: &mut Fetcher<'_>, found: Value) -> Result<Option<Record>, CallError> {
    let (manifest, session) = (fetcher.manifest, fetcher.session);
    match sort(fetcher, found).await? {
        Sorted::Read(record) => as_ledger(manifest, &session.settings, *record)
            .map(Some)
            .map_err(unclear),
        Sorted::Out(_) => Ok(None),
        // What was asked for and cannot be read must not seem to be gone.
        Sorted::Bad(bad) => Err(unclear(bad)),
    }
}

fn unclear(bad: BadRecord) -> CallError {
    CallError::Unclear {
        id: bad.at,
        what: bad.what,
    }
}

/// A page of a source as a page of a ledger.
fn told(manifest: &Manifest, session: &Session, page: Page) -> Page {
    let mut out = Page {
        records: Vec::with_capacity(page.records.len()),
        ..page
    };
    for record in page.records {
        match as_ledger(manifest, &session.settings, record) {
            Ok(record) => out.records.push(record),
            Err(bad) => out.bad.push(bad),
        }
    }
    out
}

/// A record of a source as one of a ledger.
fn as_ledger(
    manifest: &Manifest,
    settings: &Settings,
    record: Record,
) -> Result<Record, BadRecord> {
    let at = record.modified_at;
    let bad = |what: String, fix: String| BadRecord {
        at: record.id.0.clone(),
        what,
        fix,
        of: record.number.clone(),
        ..BadRecord::default()
    };
    match record.document {
        Document::LedgerContact(c) => {
            let raw = json!({ "contact": record.raw });
            Ok(Record::of_contact(c, at, raw))
        }
        _ => match paper(manifest, settings, &record.raw) {
            Ok(paper) => Ok(Record::of_paper(paper, at, record.raw)),
            Err(wrong) => Err(bad(wrong.what, wrong.fix)),
        },
    }
}

#[async_trait]
impl Reads for DescribedLedger {
    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        claimed_of_ledger(&self.facts, ask)?;
        match ask {
            Ask::Changed {
                kind,
                cursor,
                since,
                ..
            } => {
                self.changed(session, *kind, (cursor.as_ref(), *since))
                    .await
            }
            Ask::Ids { kind, ids } => self.by_ids(session, *kind, ids).await,
            Ask::Marks { kind, marks, since } => {
                let page = self.marked(session, (*kind, marks), *since).await?;
                // An absence is believed only where everything could be read.
                match page.bad.first().filter(|_| page.records.is_empty()) {
                    Some(bad) => Err(broken(&self.papers, format!("{}: {}", bad.at, bad.what))),
                    None => Ok(Page {
                        bad: Vec::new(),
                        ..page
                    }),
                }
            }
            Ask::Gone { kind, ids } => gone(self.of(*kind)?, session, ids).await,
            Ask::Numbers { kind, numbers } => self.numbered(session, (*kind, numbers)).await,
            other => {
                let why = format!("{}s are not asked for so", other.kind());
                Err(broken(&self.papers, why))
            }
        }
    }

    async fn chart(&self, session: &Session) -> Result<Chart, CallError> {
        let manifest = &self.papers;
        let code = session.settings.get("currency", "");
        let currency = Currency::new(code).map_err(|_| {
            broken(
                manifest,
                "the currency of its books is not known: set `currency` on the connection",
            )
        })?;
        let accounts = manifest.write.as_ref().map(|w| w.accounts.as_slice());
        Ok(Chart {
            organisation: Organisation {
                id: session.connection.to_string(),
                name: manifest.title.clone(),
                country: String::new(),
                currency,
                currencies: [currency.code().to_owned()].into(),
                period_lock: None,
                year_lock: None,
            },
            accounts: accounts
                .unwrap_or_default()
                .iter()
                .map(|n| account(n))
                .collect(),
            tax_rates: Vec::new(),
            items: Vec::new(),
            tracking: Vec::new(),
            index: Default::default(),
        })
    }

    fn read_again(&self, settings: &Settings, raw: &Value) -> Result<Document, String> {
        if let Some(raw) = raw.get("contact").filter(|_| raw.get("record").is_none()) {
            let manifest = self.contacts.as_ref().ok_or("it has no contacts")?;
            let read = contact(manifest, settings, raw).map_err(|bad| bad.what)?;
            return Ok(Document::LedgerContact(read));
        }
        let read = paper(&self.papers, settings, raw).map_err(|bad| bad.what)?;
        Ok(Document::Paper(Box::new(read)))
    }

    fn reading(&self) -> String {
        self.papers.print.clone()
    }
}

/// A word for where money is put, as an account that payments go to.
fn account(name: &str) -> Account {
    Account {
        id: name.to_owned(),
        code: name.to_owned(),
        name: name.to_owned(),
        class: AccountClass::Asset,
        tax: String::new(),
        active: true,
        takes_payments: true,
        bank: true,
        system: String::new(),
    }
}
