//! Looking up contacts and documents.
//!
//! Lists by number beat conditions, and conditions go only over a few values at a time, since an address has
//! a length that servers stop at. What people typed goes into a condition as a quoted text, escaped.

use super::encode::{API, collection};
use super::read::{self, broken, parse};
use super::{Xero, class};
use crate::connectors::json::{flag, list, text};
use crate::connectors::{CallError, Find, Found, Session};
use crate::model::Kind;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Contacts a page: the most Xero gives.
const PAGE: usize = 1000;
/// Most characters of a condition, before percent-encoding.
const CONDITION: usize = 1200;
/// Most values in one condition or list.
const VALUES: usize = 40;

const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A value of a query parameter.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// A text in a condition.
fn quoted(text: &str) -> String {
    let safe: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("\"{}\"", safe.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Conditions `field=="a" OR field=="b"`, as few as their length allows.
fn conditions(field: &str, values: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut count = 0;
    for value in values.iter().filter(|v| !v.trim().is_empty()) {
        let one = format!("{field}=={}", quoted(value));
        match all.last_mut() {
            Some(last) if count < VALUES && last.len() + one.len() < CONDITION => {
                last.push_str(" OR ");
                last.push_str(&one);
                count += 1;
            }
            _ => {
                all.push(one);
                count = 1;
            }
        }
    }
    all
}

impl Xero {
    /// Looks up.
    pub(super) async fn look_up(&self, session: &Session, what: &Find) -> Result<Found, CallError> {
        match what {
            Find::Contacts { since, page } => {
                let since = since.map(|t| t.format("%Y-%m-%dT%H:%M:%S").to_string());
                let path = format!(
                    "{API}/Contacts?page={}&pageSize={PAGE}&includeArchived=true",
                    (*page).max(1)
                );
                self.contacts(session, &path, since, *page).await
            }
            Find::ContactsBy { numbers, names } => self.contacts_by(session, numbers, names).await,
            Find::Documents { kind, numbers } => self.documents(session, *kind, numbers).await,
            Find::Invoices { ids } => self.invoices(session, ids).await,
            Find::Document { kind, id } => self.document(session, *kind, id).await,
        }
    }

    async fn contacts(
        &self,
        session: &Session,
        path: &str,
        since: Option<String>,
        page: u32,
    ) -> Result<Found, CallError> {
        let answer = self.get(session, "contacts", path, since).await?;
        let mut found = Found::default();
        if answer.status == 304 {
            return Ok(found);
        }
        let body = self.elements(answer.status, &answer.body, "Contacts")?;
        found.contacts = list(&body, "Contacts").iter().map(read::contact).collect();
        found.more = more(&body, page, found.contacts.len());
        Ok(found)
    }

    /// The answer to a list; a 4xx says that the question was wrong.
    fn elements(&self, status: u16, body: &[u8], field: &str) -> Result<Value, CallError> {
        let parsed = parse(body);
        if (400..500).contains(&status) {
            let said = parsed.map(|b| text(&b, "Message")).unwrap_or_default();
            let mut refusal = super::errors::classify(&[said]);
            refusal.fix = "report this: the question was not put as Xero wants it".to_owned();
            return Err(read::refused(refusal));
        }
        let body = parsed.map_err(broken)?;
        match body.get(field) {
            Some(Value::Array(_)) => Ok(body),
            _ => Err(broken(format!("the answer has no `{field}`"))),
        }
    }

    async fn contacts_by(
        &self,
        session: &Session,
        numbers: &[String],
        names: &[String],
    ) -> Result<Found, CallError> {
        let mut all = Found::default();
        let mut asked = conditions("ContactNumber", numbers);
        asked.extend(conditions("Name", names));
        for condition in asked {
            let path = format!(
                "{API}/Contacts?where={}&page=1&pageSize={PAGE}&includeArchived=true",
                encoded(&condition)
            );
            let found = self.contacts(session, &path, None, 1).await?;
            for contact in found.contacts {
                if all.contacts.iter().all(|c| c.id != contact.id) {
                    all.contacts.push(contact);
                }
            }
        }
        Ok(all)
    }

    async fn documents(
        &self,
        session: &Session,
        kind: Kind,
        numbers: &[String],
    ) -> Result<Found, CallError> {
        let (name, _) = collection(kind).map_err(broken)?;
        let mut paths = Vec::new();
        // A list of numbers is parted by commas, so a number with a comma needs a condition.
        let (plain, odd): (Vec<&String>, Vec<&String>) = numbers
            .iter()
            .filter(|n| !n.trim().is_empty())
            .partition(|n| kind == Kind::Invoice && !n.contains(','));
        for some in plain.chunks(VALUES) {
            let joined: Vec<String> = some.iter().map(|n| encoded(n)).collect();
            paths.push(format!("InvoiceNumbers={}", joined.join(",")));
        }
        let field = if kind == Kind::Invoice {
            "InvoiceNumber"
        } else {
            "CreditNoteNumber"
        };
        let odd: Vec<String> = odd.into_iter().cloned().collect();
        for condition in conditions(field, &odd) {
            paths.push(format!("where={}", encoded(&condition)));
        }
        let mut all = Found::default();
        for query in paths {
            let path = format!("{API}/{name}?{query}&page=1&pageSize={PAGE}&unitdp=4");
            let answer = self.get(session, class(kind), &path, None).await?;
            let body = self.elements(answer.status, &answer.body, name)?;
            self.take(kind, list(&body, name), &mut all)?;
        }
        Ok(all)
    }

    async fn invoices(&self, session: &Session, ids: &[String]) -> Result<Found, CallError> {
        let mut all = Found::default();
        for some in ids.chunks(VALUES) {
            let joined: Vec<String> = some.iter().map(|id| encoded(id)).collect();
            let path = format!(
                "{API}/Invoices?IDs={}&page=1&pageSize={PAGE}&unitdp=4",
                joined.join(",")
            );
            let answer = self.get(session, class(Kind::Invoice), &path, None).await?;
            let body = self.elements(answer.status, &answer.body, "Invoices")?;
            self.take(Kind::Invoice, list(&body, "Invoices"), &mut all)?;
        }
        Ok(all)
    }

    async fn document(&self, session: &Session, kind: Kind, id: &str) -> Result<Found, CallError> {
        let (name, _) = collection(kind).map_err(broken)?;
        let path = format!("{API}/{name}/{}?unitdp=4", encoded(id));
        let answer = self.get(session, class(kind), &path, None).await?;
        let mut found = Found::default();
        if answer.status == 404 {
            return Ok(found);
        }
        let body = self.elements(answer.status, &answer.body, name)?;
        self.take(kind, list(&body, name), &mut found)?;
        Ok(found)
    }

    fn take(&self, kind: Kind, elements: &[Value], found: &mut Found) -> Result<(), CallError> {
        for element in elements {
            let document = read::document(kind, element).map_err(broken)?;
            let payments = document.payments.clone();
            found.payments.insert(document.id.clone(), payments);
            found.documents.push(document);
        }
        Ok(())
    }
}

/// Whether a page is not the last one.
fn more(body: &Value, page: u32, count: usize) -> bool {
    let Some(pagination) = body.get("pagination") else {
        return count >= PAGE;
    };
    let pages: Option<u32> = text(pagination, "pageCount").parse().ok();
    match pages {
        Some(pages) => page.max(1) < pages,
        None => count >= PAGE && flag(pagination, "last") != Some(true),
    }
}
