//! QuickBooks Online as a source: its invoices as they change, with their payments, customers and items.
//!
//! Flows in: a cursor, or the number of one invoice. Flows out: records, and what was deleted. A page costs the reads of the list, one for
//! its customers and one for the items there are, which are told by their SKU, else by their name. Bounded by: 1,000 invoices a page.

use super::read::broken;
use super::sale::sale;
use crate::connectors::json::{list, text};
use crate::connectors::{Ask, CallError, Cursor, Page, Reads, Session, Settings, claimed};
use crate::model::{AskKind, Chart, Document, Facts, Kind, ReadFacts, Record, Standing, Start};
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A list goes on from a little before it was begun: the clock there is not ours.
const OVERLAP_S: i64 = 300;

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
        values: super::query::VALUES,
        look_s: 0,
    }
}

/// QuickBooks Online, read as a source.
pub struct QboSales {
    facts: Facts,
    /// The other half, which is asked for papers, customers and items.
    books: Box<dyn Reads>,
}

/// Where a walk is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct SalesPlace {
    /// What changed since then; everything at first.
    since: Option<DateTime<Utc>>,
    /// When its first page was asked for.
    began: Option<DateTime<Utc>>,
    /// The page that is next.
    place: Option<Cursor>,
}

impl QboSales {
    /// Over the half that reads the ledger.
    pub fn new(facts: Facts, books: Box<dyn Reads>) -> Self {
        Self { facts, books }
    }

    async fn changed(&self, session: &Session, cursor: Option<&Cursor>) -> Result<Page, CallError> {
        let walk: Option<SalesPlace> = cursor.and_then(|c| serde_json::from_str(&c.0).ok());
        let walk = walk.unwrap_or_default();
        let began = walk.began.unwrap_or(session.clock.now());
        let ask = Ask::Changed {
            kind: Kind::Invoice,
            cursor: walk.place.clone(),
            since: walk.since,
            start: Start::Beginning,
        };
        let of = self.books.read(session, &ask).await?;
        let next = match of.more {
            true => SalesPlace {
                began: Some(began),
                place: Some(of.cursor.clone()),
                ..walk
            },
            false => SalesPlace {
                since: Some(began - Duration::seconds(OVERLAP_S)),
                ..SalesPlace::default()
            },
        };
        let mut page = self.told(session, of).await?;
        page.cursor = Cursor(serde_json::to_string(&next).unwrap_or_default());
        Ok(page)
    }

    /// The ledger's papers as sales.
    async fn told(&self, session: &Session, papers: Page) -> Result<Page, CallError> {
        let invoice = |r: &Record| r.raw.get("Invoice").cloned();
        let rows: Vec<Value> = papers.records.iter().filter_map(invoice).collect();
        let whose = |row: &Value| row.get("CustomerRef").map(|c| text(c, "value"));
        let ids = distinct(rows.iter().filter_map(whose));
        let customers = match ids.is_empty() {
            true => Page::default(),
            false => {
                let kind = Kind::Contact;
                self.books.read(session, &Ask::Ids { kind, ids }).await?
            }
        };
        let customers: Vec<Value> = (customers.records.iter())
            .filter_map(|r| r.raw.get("Customer").cloned())
            .collect();
        let items = match rows.iter().any(|r| !items_of(r).is_empty()) {
            true => self.books.chart(session).await?.items,
            false => Vec::new(),
        };
        let mut page = Page {
            gone: papers.gone,
            bad: papers.bad,
            more: papers.more,
            cursor: papers.cursor,
            ..Page::default()
        };
        for r in papers.records {
            // What was deleted is told as gone.
            let Some(row) = r
                .raw
                .get("Invoice")
                .filter(|_| r.standing != Standing::Gone)
            else {
                continue;
            };
            let customer = whose(row).and_then(|id| by_id(&customers, &id));
            let mut raw = r.raw.as_object().cloned().unwrap_or_default();
            let customer = customer.map_or(Value::Null, |c| kept(&c, &CUSTOMER));
            raw.insert("Customer".to_owned(), customer);
            let own = distinct(items_of(row));
            let own = items.iter().filter(|i| own.contains(&i.id));
            let own = own.map(|i| json!({"Id": i.id, "Sku": i.code}));
            raw.insert("Items".to_owned(), own.collect());
            let raw = Value::Object(raw);
            let sale = sale(&raw);
            page.take_sale("QuickBooks Online", r.number, raw, sale);
        }
        Ok(page)
    }

    async fn one(&self, session: &Session, number: &str) -> Result<Page, CallError> {
        let number = number.trim().to_owned();
        if number.is_empty() {
            return Ok(Page::default());
        }
        let kind = Kind::Invoice;
        let ask = Ask::Numbers {
            kind,
            numbers: vec![number.clone()],
        };
        let mut found = self.books.read(session, &ask).await?;
        if found.records.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
            found = self.books.read(session, &Ask::id(kind, &number)).await?;
        }
        self.told(session, found).await
    }
}

fn by_id(rows: &[Value], id: &str) -> Option<Value> {
    rows.iter().find(|r| text(r, "Id") == id).cloned()
}

/// What counts of a customer: what it owes changes with every invoice.
const CUSTOMER: [&str; 12] = [
    "Id",
    "DisplayName",
    "FullyQualifiedName",
    "ParentRef",
    "GivenName",
    "FamilyName",
    "CompanyName",
    "PrimaryEmailAddr",
    "PrimaryPhone",
    "Mobile",
    "BillAddr",
    "ShipAddr",
];

/// What of a row is a part of an invoice: balances are none.
fn kept(row: &Value, fields: &[&str]) -> Value {
    let some = fields.iter();
    let some = some.filter_map(|f| Some(((*f).to_owned(), row.get(*f)?.clone())));
    Value::Object(some.collect::<Map<_, _>>())
}

fn items_of(invoice: &Value) -> Vec<String> {
    let lines = list(invoice, "Line").iter();
    let of = lines.filter_map(|l| l.get("SalesItemLineDetail")?.get("ItemRef"));
    of.map(|r| text(r, "value")).collect()
}

fn distinct(ids: impl IntoIterator<Item = String>) -> Vec<String> {
    let all: BTreeSet<String> = ids.into_iter().filter(|id| !id.is_empty()).collect();
    all.into_iter().collect()
}

#[async_trait]
impl Reads for QboSales {
    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        claimed(&self.facts, ask)?;
        match ask {
            Ask::Typed { text, .. } => self.one(session, text).await,
            Ask::Changed { cursor, .. } => self.changed(session, cursor.as_ref()).await,
            other => Err(broken(format!("{}s are not told so", other.kind()))),
        }
    }

    async fn chart(&self, _: &Session) -> Result<Chart, CallError> {
        Err(broken("a source has no chart"))
    }

    fn payment_read_as(&self, document: &str) -> String {
        format!("{{}}-{document}")
    }

    fn read_again(&self, _: &Settings, raw: &Value) -> Result<Document, String> {
        sale(raw).map(|i| Document::Invoice(Box::new(i)))
    }
}
