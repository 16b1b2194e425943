//! Xero's accounting API 2.0 (developer.xero.com; shapes: `xero_accounting.yaml` 16.1.0).
//!
//! Flows in: writes and questions. Flows out: outcomes an element, contacts, papers, payments, the chart; and, where documents come
//! from it, its sales invoices (`sales` asks for them, `sale` reads one).
//! Not supported: allocations, tracking categories by id, attachments, history.
//! Bounded by: 5 calls at once, 60 a minute and 5,000 a day an organisation, 10,000 a minute a client; 50 documents
//! a write; 1,000 contacts, papers or payments a page.
//!
//! `facts` says what it can do, `names` what Xero calls each kind, `encode` makes bytes, `offer` those of quotes and purchase orders, `read` reads answers, `errors` knows the messages, `chart` the
//! accounts, `find` asks, `odd` finds what no condition can name, `overpaid` is money
//! beyond what is owed, `limits` the budgets, `connect` the organisations one may choose from.

mod applied;
pub mod chart;
pub mod codes;
pub mod connect;
pub mod encode;
pub mod errors;
pub mod facts;
pub mod find;
pub mod limits;
mod lines;
mod list;
mod made;
mod names;
mod numbered;
mod odd;
mod offer;
pub mod overpaid;
pub mod read;
mod sale;
mod sales;
#[rustfmt::skip]
mod settings;
mod stands;
pub mod wire;

use connect::address;
pub use connect::{BASE, app, choices};
pub use encode::{API, BATCH};

use super::SignedHook;
use super::auth::App;
use super::budget::Allowance;
use super::http::HttpResponse;
use super::send::{Dialect as _, HttpAsk};
use super::{
    Ask, CallError, Encoded, Outcome, Page, Reads, Session, SetOfBooks, Settings, System, Write,
    Writes, claimed_of_ledger, writable,
};
use crate::model::{Chart, Document, Facts, Kind, SettingKey};
use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use limits::XeroDialect;
use secrecy::SecretString;
use serde_json::Value;

/// The connector.
pub struct Xero {
    facts: Facts,
    /// The half that documents come from; it has none itself.
    sales: Option<Box<sales::XeroSales>>,
}

impl Default for Xero {
    fn default() -> Self {
        Self::new()
    }
}

impl Xero {
    /// With Xero's facts.
    pub fn new() -> Self {
        let facts = facts::facts();
        let books = Self {
            facts: facts.clone(),
            sales: None,
        };
        let sales = sales::XeroSales::new(facts.clone(), Box::new(books));
        Self {
            facts,
            sales: Some(Box::new(sales)),
        }
    }

    /// Reads one address below the base.
    pub(super) async fn get(
        &self,
        session: &Session,
        class: &'static str,
        path: &str,
        since: Option<String>,
    ) -> Result<HttpResponse, CallError> {
        let mut headers = headers(session)?;
        headers.extend(since.map(|s| ("if-modified-since", s)));
        let ask = HttpAsk {
            dialect: &XeroDialect,
            class,
            method: Method::GET,
            url: address(&session.settings, path),
            headers,
            body: Bytes::new(),
            read: true,
        };
        session.http.call(session, &ask).await
    }
}

/// The headers of every accounting call.
fn headers(session: &Session) -> Result<Vec<(&'static str, String)>, CallError> {
    let organisation = session.settings.get("organisation", "");
    if organisation.is_empty() {
        return Err(CallError::Gone {
            system: "xero".to_owned(),
            why: "no organisation was chosen for this connection".to_owned(),
            fix: format!(
                "choose one: `crossfoot connect {} {}`",
                session.tenant, session.connection
            ),
        });
    }
    Ok(vec![
        // Without it Xero answers XML.
        ("accept", "application/json".to_owned()),
        ("xero-tenant-id", organisation.to_owned()),
    ])
}

#[async_trait]
impl System for Xero {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn allowances(&self, session: &Session) -> Vec<Allowance> {
        XeroDialect.allowances(session)
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
            header: "x-xero-signature",
            refused: 401,
        })
    }

    fn client(&self, settings: &Settings, secret: Option<SecretString>) -> Option<App> {
        let client = settings.values.get("client_id")?;
        Some(app(settings, client, secret))
    }

    fn permissions(&self, kind: Kind) -> &'static [&'static str] {
        match kind {
            Kind::Overpayment => &[overpaid::SCOPE],
            _ => &[],
        }
    }

    async fn organisations(&self, session: &Session) -> Result<Vec<SetOfBooks>, CallError> {
        choices(session).await
    }
}

#[async_trait]
impl Reads for Xero {
    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        claimed_of_ledger(&self.facts, ask)?;
        let answer = self.answer(session, ask).await;
        answer.map_err(|e| limits::lacks(e, self.permissions(ask.kind())))
    }

    async fn chart(&self, session: &Session) -> Result<Chart, CallError> {
        self.read_chart(session).await
    }

    fn read_again(&self, _: &Settings, raw: &Value) -> Result<Document, String> {
        read::again(raw)
    }
}

#[async_trait]
impl Writes for Xero {
    fn encode(&self, writes: &[Write]) -> Result<Encoded, String> {
        let encoded = encode::encode(writes)?;
        writable(&self.facts, writes)?;
        Ok(encoded)
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
        let method = match encoded.method.as_str() {
            "PUT" => Method::PUT,
            "POST" => Method::POST,
            other => {
                return Err(read::broken(format!(
                    "`{other}` is not how Xero is written to"
                )));
            }
        };
        let mut headers = headers(session)?;
        headers.push(("content-type", "application/json".to_owned()));
        headers.push(("idempotency-key", key.to_owned()));
        let ask = HttpAsk {
            dialect: &XeroDialect,
            class: names::names(encoded.kind).class,
            method,
            url: address(&session.settings, &encoded.path),
            headers,
            body: Bytes::from(encoded.body.clone()),
            read: false,
        };
        let answer = session.http.call(session, &ask).await?;
        match answer.status {
            200..=299 => read::outcomes(encoded, &answer.body),
            400..=499 => read::refusal(encoded, answer.status, &answer.body),
            other => Err(read::uncertain(format!("it answers {other}"))),
        }
    }
}
