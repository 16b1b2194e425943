//! The connector of Quillbook: its facts, its reader and its writer, over the books in this process.
//!
//! Flows in: the pipeline's questions and writes. Flows out: what the books answer, in the model's words. It keeps to the
//! doors of `connectors` alone, as one from outside the library would. Refused: whatever its facts do not claim.

use super::encode::{element, outcome};
use super::facts::facts;
use super::ledger::{Answer, Books, CONTACTS, INVOICES, NOTES, PAYMENTS, Request, Silence};
use super::read::{read, record};
use super::things::Listed;
use async_trait::async_trait;
use crossfoot::connectors::{
    Ask, CallError, Cursor, Encoded, Outcome, Page, Reads, Refusal, RefusalClass, Session,
    Settings, System, Write, Writes, claimed, writable,
};
use crossfoot::model::{
    Account, AccountClass, Chart, Code, Currency, Document, Facts, Kind, LedgerItem, Organisation,
    TaxRate,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The word for it in a tenant's file.
pub const WORD: &str = "quillbook";

/// Quillbook, with its one set of books.
#[derive(Clone)]
pub struct Quillbook {
    facts: Arc<Facts>,
    books: Arc<Mutex<Books>>,
}

impl Quillbook {
    /// With empty books.
    pub fn new() -> Self {
        Self {
            facts: Arc::new(facts()),
            books: Arc::new(Mutex::new(Books::new())),
        }
    }

    /// The books, for whoever looks at them from the other side.
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The books, if the line to them is not dead.
    fn line(&self) -> Result<MutexGuard<'_, Books>, CallError> {
        let books = self.books();
        match books.dead {
            true => Err(CallError::NotSent {
                system: WORD.into(),
                why: "the line is dead".into(),
            }),
            false => Ok(books),
        }
    }

    fn ask(&self, session: &Session, ask: &Ask) -> Result<Listed, CallError> {
        let mut books = self.line()?;
        books.at(session.clock.now());
        let noun = noun(ask.kind());
        let things = match ask {
            Ask::Changed { cursor, since, .. } => {
                let after = cursor.as_ref().and_then(|c| c.0.parse().ok());
                return Ok(books.list(noun, after, *since));
            }
            Ask::Ids { ids, .. } => books.some(noun, |t| ids.contains(&t.id)),
            Ask::Marks { marks, .. } => {
                books.some(noun, |t| marks.iter().any(|m| m == t.text("mark")))
            }
            Ask::Names { names } => books.some(noun, |t| names.iter().any(|n| n == t.text("name"))),
            Ask::Period { from, to, .. } => {
                let within = |day: &str| {
                    (from.to_string().as_str()..=to.to_string().as_str()).contains(&day)
                };
                books.some(noun, |t| within(t.text("date")))
            }
            Ask::Made { .. }
            | Ask::Gone { .. }
            | Ask::Typed { .. }
            | Ask::Numbers { .. }
            | Ask::ContactNumbers { .. } => Vec::new(),
        };
        Ok(Listed {
            things,
            ..Listed::default()
        })
    }
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact | Kind::Item => CONTACTS,
        Kind::Invoice | Kind::Estimate | Kind::PurchaseOrder => INVOICES,
        Kind::CreditNote => NOTES,
        Kind::Payment | Kind::Overpayment => PAYMENTS,
    }
}

impl System for Quillbook {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn reader(&self) -> Option<&dyn Reads> {
        Some(self)
    }

    fn writer(&self) -> Option<&dyn Writes> {
        Some(self)
    }
}

fn broken(why: impl Into<String>) -> CallError {
    CallError::Broken {
        system: WORD.into(),
        why: why.into(),
    }
}

#[async_trait]
impl Reads for Quillbook {
    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        claimed(&self.facts, ask)?;
        let listed = self.ask(session, ask)?;
        let records: Result<Vec<_>, String> = listed.things.iter().map(record).collect();
        Ok(Page {
            records: records.map_err(broken)?,
            gone: (listed.gone.iter())
                .map(|id| (ask.kind(), id.as_str().into()))
                .collect(),
            unsigned: Vec::new(),
            bad: Vec::new(),
            cursor: Cursor(listed.next.to_string()),
            more: listed.more,
            whole: false,
        })
    }

    async fn chart(&self, _: &Session) -> Result<Chart, CallError> {
        let books = self.line()?;
        let account = |(id, (name, bank)): (&&str, &(&str, bool))| Account {
            id: (*id).to_owned(),
            code: String::new(),
            name: (*name).to_owned(),
            class: if *bank {
                AccountClass::Asset
            } else {
                AccountClass::Revenue
            },
            tax: String::new(),
            active: true,
            takes_payments: *bank,
            bank: *bank,
            system: String::new(),
        };
        let rate = |(code, percent): (&&str, &rust_decimal::Decimal)| TaxRate {
            code: (*code).to_owned(),
            name: (*code).to_owned(),
            percent: *percent,
            active: true,
            applies_to: [].into(),
        };
        let item = |(id, (code, name, account)): (&&str, &(&str, &str, &str))| LedgerItem {
            id: (*id).to_owned(),
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            account: (*account).to_owned(),
            tax: String::new(),
        };
        Ok(Chart {
            organisation: Organisation {
                id: "books-1".into(),
                name: "Acme's books".into(),
                country: "AU".into(),
                currency: Currency::new("AUD").map_err(|e| broken(e.to_string()))?,
                currencies: [].into(),
                period_lock: None,
                year_lock: None,
            },
            accounts: books.rates.accounts.iter().map(account).collect(),
            tax_rates: books.rates.rates.iter().map(rate).collect(),
            items: books.rates.items.iter().map(item).collect(),
            tracking: Vec::new(),
            index: Default::default(),
        })
    }

    fn read_again(&self, _: &Settings, raw: &Value) -> Result<Document, String> {
        read(raw)
    }
}

#[async_trait]
impl Writes for Quillbook {
    fn encode(&self, writes: &[Write]) -> Result<Encoded, String> {
        writable(&self.facts, writes)?;
        let first = writes.first().ok_or("there is nothing to write")?;
        let things: Result<Vec<Value>, String> = writes.iter().map(element).collect();
        let kind = first.draft.kind();
        let (method, path) = match &first.update {
            Some(u) => ("PUT", format!("/{}/{}", noun(kind), u.id)),
            None => ("POST", format!("/{}", noun(kind))),
        };
        Ok(Encoded {
            kind,
            update: first.update.is_some(),
            path,
            method: method.into(),
            body: json!({"things": things?}).to_string(),
            markers: writes.iter().map(|w| w.marker.clone()).collect(),
            headers: Vec::new(),
        })
    }

    fn sayable(&self, write: &Write) -> Result<(), String> {
        element(write).map(drop)
    }

    async fn post(
        &self,
        session: &Session,
        encoded: &Encoded,
        key: &str,
    ) -> Result<Vec<Outcome>, CallError> {
        let request = Request {
            key: key.to_owned(),
            path: encoded.path.clone(),
            body: encoded.body.clone(),
        };
        let answer: Result<Answer, Silence> = self.line()?.write(session.clock.now(), request);
        let system = || WORD.to_owned();
        match answer {
            Ok(all) => Ok(all.into_iter().map(outcome).collect()),
            Err(Silence::Lost) => Err(CallError::Uncertain {
                system: system(),
                why: "no answer".into(),
                cached: false,
            }),
            Err(Silence::Broken) => Err(CallError::Uncertain {
                system: system(),
                why: "an error inside Quillbook".into(),
                cached: true,
            }),
            Err(Silence::Reused) => Err(CallError::Refused {
                system: system(),
                refusal: Refusal {
                    class: RefusalClass::Key,
                    code: Code::of_table("quillbook.reused"),
                    what: "the request's id came with another body before".into(),
                    fix: "report this: it is a fault in Crossfoot".into(),
                },
            }),
        }
    }
}
