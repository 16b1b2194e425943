//! Xero as a source: its sales invoices as they change, with their contacts.
//!
//! Flows in: a cursor, or the number of one invoice. Flows out: records. A page of invoices costs one call, and one for each forty
//! contacts on it. Bounded by: 1,000 invoices a page.

use super::encode::VALUES;
use super::read::broken;
use super::sale::{raw, sale};
use crate::connectors::json::text;
use crate::connectors::{Ask, CallError, Page, Reads, Session, Settings, claimed};
use crate::model::{AskKind, Chart, Document, Facts, Kind, ReadFacts, Record};
use async_trait::async_trait;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What is read from it as from a source.
pub(super) fn facts() -> ReadFacts {
    let asks = BTreeSet::from([AskKind::Changed, AskKind::Typed]);
    ReadFacts {
        kinds: BTreeMap::from([(Kind::Invoice, asks)]),
        documents: true,
        chart: false,
        payments_inside: true,
        payments_once: false,
        incremental: true,
        refunds: false,
        rates: false,
        values: VALUES,
        look_s: 0,
    }
}

/// Xero, read as a source.
pub struct XeroSales {
    facts: Facts,
    /// The other half, which is asked for papers and contacts.
    books: Box<dyn Reads>,
}

impl XeroSales {
    /// Over the half that reads the ledger.
    pub fn new(facts: Facts, books: Box<dyn Reads>) -> Self {
        Self { facts, books }
    }

    /// The ledger's papers as sales, each with its contact.
    async fn told(&self, session: &Session, papers: Page) -> Result<Page, CallError> {
        let whose = |r: &Record| r.raw.get("Contact").map(|c| text(c, "ContactID"));
        let mut ids: Vec<String> = papers.records.iter().filter_map(whose).collect();
        ids.sort();
        ids.dedup();
        ids.retain(|id| !id.is_empty());
        let mut contacts: BTreeMap<String, Value> = BTreeMap::new();
        if !ids.is_empty() {
            let ask = Ask::Ids {
                kind: Kind::Contact,
                ids,
            };
            let found = self.books.read(session, &ask).await?;
            contacts.extend(found.records.into_iter().map(|r| (r.id.0, r.raw)));
        }
        let mut page = Page {
            bad: papers.bad,
            cursor: papers.cursor,
            more: papers.more,
            ..Page::default()
        };
        for r in papers.records {
            let raw = raw(&r.raw, whose(&r).and_then(|id| contacts.get(&id)));
            let sale = sale(&raw);
            page.take_sale("Xero", r.number, raw, sale);
        }
        Ok(page)
    }

    async fn one(&self, session: &Session, number: &str) -> Result<Page, CallError> {
        let kind = Kind::Invoice;
        let number = number.trim().to_owned();
        if number.is_empty() {
            return Ok(Page::default());
        }
        let ask = Ask::Numbers {
            kind,
            numbers: vec![number.clone()],
        };
        let mut found = self.books.read(session, &ask).await?;
        let id = number.len() == 36 && number.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        if found.records.is_empty() && id {
            found = self.books.read(session, &Ask::id(kind, &number)).await?;
        }
        self.told(session, found).await
    }
}

#[async_trait]
impl Reads for XeroSales {
    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        claimed(&self.facts, ask)?;
        match ask {
            Ask::Typed { text, .. } => self.one(session, text).await,
            Ask::Changed { .. } => {
                let papers = self.books.read(session, ask).await?;
                self.told(session, papers).await
            }
            other => Err(broken(format!("{}s are not told so", other.kind()))),
        }
    }

    async fn chart(&self, _: &Session) -> Result<Chart, CallError> {
        Err(broken("a source has no chart"))
    }

    fn read_again(&self, _: &Settings, raw: &Value) -> Result<Document, String> {
        sale(raw).map(|i| Document::Invoice(Box::new(i)))
    }
}
