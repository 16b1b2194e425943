//! QuickBooks Online's accounting API, version 3 (developer.intuit.com; shapes: Intuit's published schema).
//!
//! Flows in: writes and questions. Flows out: outcomes an element, customers, invoices, refund receipts, payments, the chart.
//! Where documents come from it, its invoices with their payments: `sales` asks for them, `sale` reads one.
//! Not supported: bundles and discounts on lines, classes, departments, estimates, purchase orders, webhooks.
//! Bounded by: 10 calls a second and 500 a minute a company, 40 batches a minute, 30 documents a batch, 1,000 rows a page; and
//! reads by the month, so that few are made.
//!
//! Where our mark stands: in the memo (`PrivateNote`) of invoices, refund receipts and payments, which their printed form does
//! not show, and in the notes of customers. Neither can be queried: a mark is found in the list of what changed. The source's
//! own reference of a payment is its reference number.
//!
//! `facts` says what it can do, `encode` makes bytes (`customer` of a customer), `post` sends them, `read` reads answers (`lines` their lines), `faults` knows the numbers,
//! `chart` the accounts, `list` what changed, `find` asks, `query` is the language, `limits` the budgets, `room` the lengths,
//! `connect` the company.

pub mod chart;
pub mod codes;
pub mod connect;
mod customer;
pub mod encode;
pub mod facts;
pub mod faults;
mod find;
pub mod limits;
mod lines;
mod list;
mod post;
mod query;
pub mod read;
pub mod room;
mod sale;
mod sales;
#[rustfmt::skip]
mod settings;

pub use connect::{BASE, app};

use super::SignedHook;
use super::auth::App;
use super::budget::Allowance;
use super::http::HttpResponse;
use super::send::{Dialect as _, HttpAsk};
use super::{
    Ask, CallError, Encoded, Outcome, Page, Reads, Session, SetOfBooks, Settings, System, Write,
    Writes, claimed_of_ledger, writable,
};
use crate::model::{Chart, Document, Facts, SettingKey};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::Duration;
use connect::address;
use http::Method;
use limits::{PAUSE_S, QboDialect};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;

/// The connector.
pub struct Qbo {
    facts: Facts,
    /// The half that documents come from; it has none itself.
    sales: Option<Box<sales::QboSales>>,
}

impl Default for Qbo {
    fn default() -> Self {
        Self::new()
    }
}

impl Qbo {
    /// With QuickBooks Online's facts.
    pub fn new() -> Self {
        let facts = facts::facts();
        let books = Self {
            facts: facts.clone(),
            sales: None,
        };
        let sales = sales::QboSales::new(facts.clone(), Box::new(books));
        Self {
            facts,
            sales: Some(Box::new(sales)),
        }
    }

    /// Reads one address below the company.
    pub(super) async fn get(
        &self,
        session: &Session,
        class: &'static str,
        path: &str,
    ) -> Result<HttpResponse, CallError> {
        let ask = HttpAsk {
            dialect: &QboDialect { batch: false },
            class,
            method: Method::GET,
            url: address(session, path)?,
            headers: headers(""),
            body: Bytes::new(),
            read: true,
        };
        checked(session, session.http.call(session, &ask).await?)
    }

    /// Puts a body to one address below the company: a write, or a question that needs a body.
    pub(super) async fn put(
        &self,
        session: &Session,
        class: &'static str,
        path: &str,
        body: String,
        read: bool,
    ) -> Result<HttpResponse, CallError> {
        let batch = path.starts_with("/batch");
        let form = match path {
            "/query" => "application/text",
            _ => "application/json",
        };
        let ask = HttpAsk {
            dialect: &QboDialect { batch },
            class,
            method: Method::POST,
            url: address(session, path)?,
            headers: headers(form),
            body: Bytes::from(body),
            read,
        };
        checked(session, session.http.call(session, &ask).await?)
    }
}

/// Without the first Intuit answers XML.
fn headers(form: &str) -> Vec<(&'static str, String)> {
    let mut all = vec![("accept", "application/json".to_owned())];
    if !form.is_empty() {
        all.push(("content-type", form.to_owned()));
    }
    all
}

/// A 403 is a connection that does not lead to this company, or in an older form too many calls. Nothing was executed.
fn checked(session: &Session, answer: HttpResponse) -> Result<HttpResponse, CallError> {
    if answer.status != 403 {
        return Ok(answer);
    }
    let system = "qbo".to_owned();
    let throttled = faults::codes_of(&answer.body).iter().any(|c| c == "3001");
    Err(match throttled {
        true => CallError::Wait {
            system,
            until: session.clock.now() + Duration::seconds(PAUSE_S),
            why: "the minute's calls are used".to_owned(),
            park: false,
        },
        false => CallError::Gone {
            system,
            why: "the app is not permitted for this company".to_owned(),
            fix: format!(
                "connect it again: `crossfoot connect {} {}`",
                session.tenant, session.connection
            ),
        },
    })
}

#[async_trait]
impl System for Qbo {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn allowances(&self, session: &Session) -> Vec<Allowance> {
        QboDialect { batch: false }.allowances(session)
    }

    fn reader(&self) -> Option<&dyn Reads> {
        let sales = self.sales.as_deref()?;
        Some(sales)
    }

    fn ledger(&self) -> Option<&dyn Reads> {
        Some(self)
    }

    fn writer(&self) -> Option<&dyn Writes> {
        Some(self)
    }

    fn settings(&self) -> &'static [SettingKey] {
        settings::SETTINGS
    }

    fn signed_hook(&self) -> Option<SignedHook> {
        Some(SignedHook {
            header: "intuit-signature",
            refused: 403,
        })
    }

    fn client(&self, settings: &Settings, secret: Option<SecretString>) -> Option<App> {
        let client = settings.values.get("client_id")?;
        Some(app(settings, client, secret))
    }

    fn came_back(&self, told: &BTreeMap<String, String>) -> Option<String> {
        let realm = told.get(connect::REALM)?;
        connect::is_realm(realm).then(|| realm.clone())
    }

    async fn organisations(&self, session: &Session) -> Result<Vec<SetOfBooks>, CallError> {
        Ok(vec![self.company(session).await?])
    }
}

#[async_trait]
impl Reads for Qbo {
    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        claimed_of_ledger(&self.facts, ask)?;
        self.answer(session, ask).await
    }

    async fn chart(&self, session: &Session) -> Result<Chart, CallError> {
        self.read_chart(session).await
    }

    fn read_again(&self, _: &Settings, raw: &Value) -> Result<Document, String> {
        read::again(raw)
    }
}

#[async_trait]
impl Writes for Qbo {
    fn encode(&self, writes: &[Write]) -> Result<Encoded, String> {
        writable(&self.facts, writes)?;
        encode::encode(writes)
    }

    fn sayable(&self, write: &Write) -> Result<(), String> {
        encode::sayable(write)
    }

    async fn post(
        &self,
        session: &Session,
        encoded: &Encoded,
        key: &str,
    ) -> Result<Vec<Outcome>, CallError> {
        self.write(session, encoded, key).await
    }
}
