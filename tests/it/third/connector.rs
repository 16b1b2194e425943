//! The connector of Quillbook: its facts, its reader and its writer, over the books in this process.
//!
//! Flows in: the pipeline's questions and writes. Flows out: what the books answer, in the model's words. It keeps to the
//! doors of `connectors` alone, as one from outside the library would. Refused: whatever its facts do not claim.

use super::ledger::{
    Answer, BATCH, Books, CONTACTS, INVOICES, KEY, Listed, MARK, NAME, NOTES, No, PAYMENTS,
    REFERENCE, Request, Silence,
};
use super::read::{read, record};
use async_trait::async_trait;
use crossfoot::connectors::{
    Ask, CallError, Cursor, Encoded, Outcome, Page, Posted, Reads, Refusal, RefusalClass, Session,
    Settings, System, UpdateOf, Write, Writes, claimed, writable,
};
use crossfoot::model::{
    Account, AccountClass, AccountRef, AskKind, CanWrite, Chart, Code, ContactDraft, Currency,
    Document, Draft, Facts, InvoiceDraft, Kind, LedgerItem, Lengths, LinesBy, Numbers, Op,
    Organisation, PaymentDraft, Places, Promise, ReadFacts, RefundsBy, SignIn, TaxMode, TaxRate,
    TaxRule, WriteFacts, money,
};
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The word for it in a tenant's file.
pub const WORD: &str = "quillbook";

/// Quillbook, with its one set of books.
#[derive(Clone)]
pub struct Quillbook {
    facts: Arc<Facts>,
    books: Arc<Mutex<Books>>,
}

fn reads() -> ReadFacts {
    use AskKind::{Changed, Ids, Marks, Names, Period};
    let papers = || [Changed, Ids, Marks, Period].into();
    ReadFacts {
        kinds: [
            (Kind::Contact, [Changed, Ids, Marks, Names].into()),
            (Kind::Invoice, papers()),
            (Kind::CreditNote, papers()),
            (Kind::Payment, [Ids, Marks].into()),
        ]
        .into(),
        documents: false,
        chart: true,
        payments_inside: true,
        incremental: true,
        refunds: true,
        values: 20,
    }
}

/// What Quillbook takes, from its manual.
pub fn writes() -> WriteFacts {
    let can = |ops: &[Op], versioned| CanWrite {
        ops: ops.iter().copied().collect(),
        batch: BATCH,
        numbers: Numbers::Theirs,
        versioned,
    };
    WriteFacts {
        kinds: [
            (Kind::Contact, can(&[Op::Create, Op::Change], true)),
            (Kind::Invoice, can(&[Op::Create, Op::Change], true)),
            (Kind::CreditNote, can(&[Op::Create], false)),
            (Kind::Payment, can(&[Op::Create], false)),
        ]
        .into(),
        promise: Promise::Unstated { key_chars: KEY },
        quarantine_s: 900,
        looks: 2,
        looks_apart_s: 60,
        tax: TaxRule::PerRate,
        tax_by_class: false,
        lines_by: LinesBy::Item,
        refunds_by: RefundsBy::PaidCreditNote,
        payment_names_party: true,
        places: Places {
            unit: 4,
            quantity: 3,
            total: 2,
        },
        lengths: Lengths {
            name: NAME,
            name_forbids: ":".into(),
            mark: MARK,
            description: 2000,
            reference: REFERENCE,
            contact_number: 0,
        },
        empty_text: String::new(),
        statuses: Vec::new(),
        closed_accounts: [].into(),
    }
}

impl Quillbook {
    /// With empty books.
    pub fn new() -> Self {
        Self {
            facts: Arc::new(Facts {
                system: WORD.into(),
                title: "Quillbook".into(),
                reads: Some(reads()),
                writes: Some(writes()),
                signs_in: SignIn::default(),
            }),
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
            Ask::Typed { .. } | Ask::Numbers { .. } | Ask::ContactNumbers { .. } => Vec::new(),
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
        Kind::Invoice => INVOICES,
        Kind::CreditNote => NOTES,
        Kind::Payment => PAYMENTS,
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
            bad: Vec::new(),
            cursor: Cursor(listed.next.to_string()),
            more: listed.more,
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
            index: Default::default(),
        })
    }

    fn read_again(&self, _: &Settings, raw: &Value) -> Result<Document, String> {
        read(raw)
    }
}

/// A contact's fields; of a change, those that differ.
fn contact(c: &ContactDraft, same: &[String]) -> Map<String, Value> {
    let all = [
        ("name", "name", &c.name),
        ("given", "first_name", &c.first_name),
        ("family", "last_name", &c.last_name),
        ("email", "email", &c.email),
        ("phone", "phone", &c.phones.default),
        ("mobile", "mobile", &c.phones.mobile),
    ];
    let sent = all
        .into_iter()
        .filter(|(_, ours, _)| !same.iter().any(|s| s == ours));
    sent.map(|(theirs, _, value)| (theirs.to_owned(), json!(value)))
        .collect()
}

fn paper(
    d: &InvoiceDraft,
    contact: &str,
    update: Option<&UpdateOf>,
) -> Result<Map<String, Value>, String> {
    let places = writes().places;
    let line = |(n, l): (usize, &crossfoot::model::LineDraft)| {
        let mut out = json!({
            "item": l.item_id, "text": l.description, "rate": l.tax,
            "quantity": money::half_up(l.quantity, places.quantity).to_string(),
            "price": money::half_up(l.unit_amount, places.unit).to_string(),
        });
        if let Some(id) = update.and_then(|u| u.line_ids.get(n)) {
            out["id"] = json!(id);
        }
        out
    };
    let amounts = match d.tax_mode {
        TaxMode::Exclusive => "net",
        TaxMode::Inclusive => "gross",
        TaxMode::Exempt => "bare",
    };
    let reference: String = d.reference.chars().take(REFERENCE).collect();
    let lines: Vec<Value> = d.lines.iter().enumerate().map(line).collect();
    let mut out = json!({
        "contact": contact, "date": d.date.to_string(), "currency": d.currency.code(), "amounts": amounts,
        "reference": reference.trim_end(), "lines": lines, "number": d.number,
    });
    if let Some(due) = d.due {
        out["due"] = json!(due.to_string());
    }
    match (&d.paid_from, d.kind) {
        (Some(AccountRef::Id(id)), Kind::CreditNote) => out["paid-from"] = json!(id),
        (None, Kind::Invoice) => {}
        _ => {
            return Err(
                "a credit note is paid from an account by its id, an invoice is not".into(),
            );
        }
    }
    Ok(out.as_object().cloned().unwrap_or_default())
}

fn payment(p: &PaymentDraft, w: &Write) -> Result<Map<String, Value>, String> {
    let AccountRef::Id(account) = &p.account else {
        return Err(format!(
            "the account is named by its id, and not by {}",
            p.account
        ));
    };
    if w.of_credit_note {
        return Err("a credit note is paid by being made".into());
    }
    let reference: String = p.reference.chars().take(REFERENCE).collect();
    let out = json!({
        "party": w.contact_id, "invoice": w.document_id, "account": account, "date": p.date.to_string(),
        "amount": money::half_up(p.amount, 2).to_string(), "reference": reference.trim_end(),
    });
    Ok(out.as_object().cloned().unwrap_or_default())
}

fn element(w: &Write) -> Result<Value, String> {
    let update = w.update.as_ref();
    let mut out = match &w.draft {
        Draft::Contact(c) => contact(c, update.map_or(&[], |u| u.same.as_slice())),
        Draft::Invoice(d) => paper(d, &w.contact_id, update)?,
        Draft::Payment(p) => payment(p, w)?,
    };
    if w.marker.chars().count() > MARK {
        return Err(format!("a mark has at most {MARK} characters"));
    }
    // A change leaves the mark as it is: people copy papers, and the mark is whose it was first.
    match update {
        None => out.insert("mark".into(), json!(w.marker)),
        Some(u) => out.insert("edition".into(), json!(u.version)),
    };
    Ok(Value::Object(out))
}

fn refusal(no: &No) -> Refusal {
    let (class, code) = match no.code {
        "name_taken" => (RefusalClass::Duplicate, "quillbook.name_taken"),
        "stale" => (RefusalClass::Stale, "quillbook.stale"),
        "no_item" | "no_rate" | "no_account" => (RefusalClass::Mapping, "quillbook.mapping"),
        "locked" | "not_owed" | "wrong_party" | "no_invoice" | "not_found" => {
            (RefusalClass::State, "quillbook.state")
        }
        "archived" => (RefusalClass::User, "quillbook.archived"),
        _ => (RefusalClass::Data, "quillbook.data"),
    };
    Refusal {
        class,
        code: Code::of_table(code),
        what: no.text.clone(),
        fix: "see Quillbook's manual".into(),
    }
}

fn outcome(answer: Result<Value, No>) -> Outcome {
    let thing = match answer {
        Ok(thing) => thing,
        Err(no) => return Outcome::Refused(refusal(&no)),
    };
    let text = |field: &str| thing[field].as_str().unwrap_or_default().to_owned();
    let total = if thing["total"].is_string() {
        "total"
    } else {
        "amount"
    };
    Outcome::Made(Posted {
        id: text("id"),
        number: text("number"),
        version: text("edition"),
        total: super::papers::amount(&thing[total]),
        warnings: Vec::new(),
    })
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
        })
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
