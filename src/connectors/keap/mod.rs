//! Keap's REST API v2 (shapes: `keap_v2_openapi_2.0.21.yml`), to read invoices with their payments, and contacts; and as a ledger
//! (`books`), into which orders and manual payments are written.
//!
//! Flows in: a cursor, or the number of one invoice. Flows out: records, each with everything Keap said about it.
//! Not supported: v1, XML-RPC, REST hooks, products as documents of their own.
//! Bounded by: 1,000 orders a page; 1,500 calls a minute and 150,000 a day an OAuth client, or 10 a second, 240 a
//! minute and 30,000 a day a key; ids asked for in bulk, [`fetch::IDS`] at a time.
//!
//! `pull` walks the list of orders, `fetch` brings what belongs to them, `read` makes documents of it and
//! reconciles them, `payments` is the part of that which Keap's documents leave most open, `wait` what is looked
//! at again, `place` where a walk stands, `call` one call, `limits` the budgets.
//!
//! # Companies
//! A contact comes with the id and name of its company, in the same bulk call. The company's own address, e-mail and
//! telephone do not come: they are in the list of companies only, whose filter takes one `company_id` and no
//! list of them, so that they would cost a call for each company. What goes to the ledger is the contact's own address (billing,
//! then shipping or other); a business that bills its customers' head offices keeps that address on the contact.

pub mod books;
mod call;
pub mod connect;
pub mod contacts;
pub mod fetch;
mod gone;
pub mod limits;
pub mod payments;
mod place;
pub mod pull;
pub mod read;
#[rustfmt::skip]
mod settings;
mod wait;

pub use call::{API, BASE};
pub use connect::{Profile, app, check};

use super::auth::App;
use super::budget::Allowance;
use super::send::Dialect as _;
use super::{
    Ask, CallError, Encoded, Outcome, Page, Reads, Session, Settings, System, Write, Writes,
    claimed, writable,
};
use crate::model::{AskKind, Chart, Document, Facts, Kind, ReadFacts, SettingKey, SignIn};
use async_trait::async_trait;
use call::broken;
use secrecy::SecretString;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The connector.
pub struct Keap {
    facts: Facts,
    books: books::OrderBook,
}

impl Default for Keap {
    fn default() -> Self {
        Self::new()
    }
}

impl Keap {
    /// With Keap's facts.
    pub fn new() -> Self {
        let facts = Facts {
            system: "keap".into(),
            title: "Keap".into(),
            reads: Some(reads()),
            ledger: Some(books::facts::reads()),
            writes: Some(books::facts::writes()),
            signs_in: SignIn {
                account: true,
                key: true,
                several: false,
            },
        };
        Self {
            books: books::OrderBook::new(facts.clone()),
            facts,
        }
    }
}

fn reads() -> ReadFacts {
    let asks = || BTreeSet::from([AskKind::Changed, AskKind::Typed]);
    let of_orders = asks().into_iter().chain([AskKind::Gone]).collect();
    ReadFacts {
        kinds: BTreeMap::from([(Kind::Contact, asks()), (Kind::Invoice, of_orders)]),
        documents: true,
        chart: false,
        payments_inside: true,
        payments_once: false,
        incremental: true,
        refunds: true,
        rates: false,
        values: fetch::IDS,
        look_s: 0,
    }
}

#[async_trait]
impl System for Keap {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn allowances(&self, session: &Session) -> Vec<Allowance> {
        limits::KeapDialect.allowances(session)
    }

    fn reader(&self) -> Option<&dyn Reads> {
        Some(self)
    }

    fn ledger(&self) -> Option<&dyn Reads> {
        Some(&self.books)
    }

    fn writer(&self) -> Option<&dyn Writes> {
        Some(self)
    }

    fn settings(&self) -> &'static [SettingKey] {
        settings::SETTINGS
    }

    fn hook_echo(&self) -> Option<&'static str> {
        Some("x-hook-secret")
    }

    fn client(&self, settings: &Settings, secret: Option<SecretString>) -> Option<App> {
        let client = settings.values.get("client_id")?;
        secret.map(|s| app(settings, client, s))
    }

    async fn whose(&self, session: &Session) -> Result<String, CallError> {
        check(session).await
    }
}

#[async_trait]
impl Reads for Keap {
    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        claimed(&self.facts, ask)?;
        match ask {
            Ask::Changed {
                kind: Kind::Invoice,
                cursor,
                ..
            } => pull::changed(session, cursor.as_ref()).await,
            Ask::Changed {
                kind: Kind::Contact,
                cursor,
                ..
            } => contacts::changed(session, cursor.as_ref()).await,
            Ask::Typed {
                kind: Kind::Invoice,
                text,
            } => pull::one(session, text).await,
            Ask::Gone {
                kind: Kind::Invoice,
                ids,
            } => gone::gone(session, ids).await,
            Ask::Typed {
                kind: Kind::Contact,
                text,
            } => contacts::one(session, text).await,
            other => Err(broken(format!("{}s are not read from Keap", other.kind()))),
        }
    }

    async fn chart(&self, _: &Session) -> Result<Chart, CallError> {
        Err(broken("it has no chart of accounts"))
    }

    async fn invoice_fields(
        &self,
        session: &Session,
    ) -> Result<Option<BTreeSet<String>>, CallError> {
        let all = connect::order_fields(session).await?.into_iter();
        let names = all.flat_map(|(id, f)| [format!("custom.{id}"), id, f.label, f.name]);
        let mut names: BTreeSet<String> = names.filter(|n| !n.is_empty()).collect();
        names.extend(read::OWN_FIELDS.map(str::to_owned));
        Ok(Some(names))
    }

    fn payment_read_as(&self, order: &str) -> String {
        payments::read_as(order)
    }

    fn read_again(&self, settings: &Settings, raw: &Value) -> Result<Document, String> {
        // A contact's record holds nothing but the contact.
        let alone = raw.as_object().is_some_and(|r| r.len() == 1);
        if raw.get("order").is_some() || !alone {
            let invoice = read::invoice(settings, raw)?;
            Ok(Document::Invoice(Box::new(invoice)))
        } else {
            let contact = raw.get("contact").ok_or("`contact` is missing")?;
            Ok(Document::Contact(contacts::read(contact)))
        }
    }
}

#[async_trait]
impl Writes for Keap {
    fn encode(&self, writes: &[Write]) -> Result<Encoded, String> {
        writable(&self.facts, writes)?;
        books::encode::encode(writes)
    }

    fn sayable(&self, write: &Write) -> Result<(), String> {
        books::encode::sayable(write)
    }

    async fn post(
        &self,
        session: &Session,
        encoded: &Encoded,
        _: &str,
    ) -> Result<Vec<Outcome>, CallError> {
        books::post::post(session, encoded).await
    }
}
