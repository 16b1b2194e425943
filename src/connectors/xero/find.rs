//! Questions to Xero: what changed, what is dated when, and contacts, papers and payments by what they are known by.
//!
//! Flows in: an [`Ask`]. Flows out: a page of records. A number is unique within its type alone: a supplier's bill may
//! bear the number of a sales invoice, so that the type of what is answered is looked at, always.
//! Lists by number beat conditions, and conditions go only over a few values at a time, since an address has
//! a length that servers stop at. What people typed goes into a condition as a quoted text; what cannot stand in one is
//! found by a piece of it and compared here.
//! Bounded by: 1,000 records a page, 40 values a list.

use super::Xero;
use super::encode::{API, VALUES};
use super::list::{ListPlace, OVERLAP_S, PAGE, apart, conditions, encoded, equal, quoted};
use super::names::{collection, names};
use super::read::{self, broken, parse};
use crate::connectors::http::HttpResponse;
use crate::connectors::json::{flag, list, text};
use crate::connectors::stamp::stamp;
use crate::connectors::{Ask, BadRecord, CallError, Page, Session};
use crate::model::{Kind, Record};
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use serde_json::Value;

/// Quotes of a full page, which Xero lets nobody make longer.
const QUOTES: usize = 100;

/// One list of Xero's.
pub(super) struct List<'a> {
    pub(super) kind: Kind,
    /// Of the address, after the page.
    pub(super) query: &'a str,
    pub(super) since: Option<DateTime<Utc>>,
    pub(super) page: u32,
}

impl Xero {
    /// Answers a question that the facts claim.
    pub(super) async fn answer(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        match ask {
            Ask::Changed {
                kind,
                cursor,
                since,
                ..
            } => {
                let place = ListPlace::of(cursor.as_ref()).unwrap_or(ListPlace {
                    since: *since,
                    ..ListPlace::default()
                });
                // Of the bank's transactions those that are such a credit alone.
                let only = match kind {
                    Kind::Overpayment => format!("&where={}", encoded(&of_type())),
                    _ => String::new(),
                };
                self.paged(session, *kind, &only, place).await
            }
            Ask::Period {
                kind,
                from,
                to,
                cursor,
            } => {
                let day = |d: &NaiveDate| {
                    format!("DateTime({}, {:02}, {:02})", d.year(), d.month(), d.day())
                };
                let condition = format!("Date>={} AND Date<={}", day(from), day(to));
                let query = format!("&where={}", encoded(&condition));
                let place = ListPlace::of(cursor.as_ref()).unwrap_or_default();
                self.paged(session, *kind, &query, place).await
            }
            Ask::Ids { kind, ids } => self.by_ids(session, *kind, ids).await,
            Ask::Numbers { kind, numbers } => self.by_numbers(session, *kind, numbers).await,
            Ask::Marks { kind, marks, since } => self.by_marks(session, *kind, marks, *since).await,
            Ask::Made { kind, since, ids } => self.made(session, *kind, *since, ids).await,
            Ask::Names { names } => self.contacts(session, "Name", names).await,
            Ask::ContactNumbers { numbers } => {
                self.contacts(session, "ContactNumber", numbers).await
            }
            Ask::Typed { .. } | Ask::Gone { .. } => Err(broken("nothing is asked for in this way")),
        }
    }

    /// One page of a list that goes on.
    async fn paged(
        &self,
        session: &Session,
        kind: Kind,
        query: &str,
        mut place: ListPlace,
    ) -> Result<Page, CallError> {
        place.page = place.page.max(1);
        let now = session.clock.now();
        let began = place.began.unwrap_or(now);
        place.began = Some(began);
        let list = List {
            kind,
            query,
            since: place.since,
            page: place.page,
        };
        let mut page = self.list_of(session, &list).await?;
        page.cursor = place.next(page.more, now);
        Ok(page)
    }

    pub(super) async fn list_of(
        &self,
        session: &Session,
        of: &List<'_>,
    ) -> Result<Page, CallError> {
        let (name, _) = collection(of.kind).map_err(broken)?;
        let page = of.page;
        let path = match of.kind {
            Kind::Contact => format!(
                "{API}/{name}?page={page}&pageSize={PAGE}&includeArchived=true{}",
                of.query
            ),
            Kind::Payment | Kind::PurchaseOrder => {
                format!("{API}/{name}?page={page}&pageSize={PAGE}{}", of.query)
            }
            // A page of quotes is as long as Xero makes it.
            Kind::Estimate => format!("{API}/{name}?page={page}{}", of.query),
            _ => format!(
                "{API}/{name}?page={page}&pageSize={PAGE}&unitdp=4{}",
                of.query
            ),
        };
        let since = of.since.map(|t| t.format("%Y-%m-%dT%H:%M:%S").to_string());
        let answer = self
            .get(session, names(of.kind).class, &path, since)
            .await?;
        if answer.status == 304 {
            return Ok(Page::default());
        }
        let body = self.elements(answer.status, &answer.body, name)?;
        let elements = list(&body, name);
        let mut out = Page {
            more: more(&body, of.kind, page, elements.len()),
            ..Page::default()
        };
        for element in elements {
            take(of.kind, element, &mut out);
        }
        Ok(out)
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

    async fn contacts(
        &self,
        session: &Session,
        field: &'static str,
        values: &[String],
    ) -> Result<Page, CallError> {
        let (plain, odd) = apart(values);
        let mut all = Page::default();
        for condition in equal(field, &plain) {
            let path = format!(
                "{API}/Contacts?where={}&page=1&pageSize={PAGE}&includeArchived=true",
                encoded(&condition)
            );
            self.some(session, Kind::Contact, &path, None, &mut all)
                .await?;
        }
        for value in odd {
            self.by_piece(session, Kind::Contact, field, &value, &mut all)
                .await?;
        }
        Ok(all)
    }

    /// Everything that one address answers. What cannot be read here bars the answer: nothing may be concluded
    /// from what is left.
    pub(super) async fn some(
        &self,
        session: &Session,
        kind: Kind,
        path: &str,
        since: Option<DateTime<Utc>>,
        all: &mut Page,
    ) -> Result<(), CallError> {
        let since = since.map(|t| t.format("%Y-%m-%dT%H:%M:%S").to_string());
        let answer = self.get(session, names(kind).class, path, since).await?;
        if answer.status == 304 {
            return Ok(());
        }
        self.take_all(kind, &answer, all)
    }

    /// Everything of an answer. What cannot be read bars all of it.
    fn take_all(&self, kind: Kind, answer: &HttpResponse, all: &mut Page) -> Result<(), CallError> {
        let (name, _) = collection(kind).map_err(broken)?;
        let body = self.elements(answer.status, &answer.body, name)?;
        for element in list(&body, name) {
            take(kind, element, all);
        }
        match all.bad.first() {
            Some(bad) => Err(CallError::Unclear {
                id: bad.at.clone(),
                what: bad.what.clone(),
            }),
            None => Ok(()),
        }
    }

    async fn by_ids(
        &self,
        session: &Session,
        kind: Kind,
        ids: &[String],
    ) -> Result<Page, CallError> {
        let mut all = Page::default();
        // Only these two have a list of ids, and one alone has an address of its own.
        let listed = matches!(kind, Kind::Invoice | Kind::Contact) && ids.len() > 1;
        if !listed {
            for id in ids {
                self.one(session, kind, id, &mut all).await?;
            }
            return Ok(all);
        }
        for some in ids.chunks(VALUES) {
            let joined: Vec<String> = some.iter().map(|id| encoded(id)).collect();
            let joined = joined.join(",");
            let path = match kind {
                Kind::Contact => format!(
                    "{API}/Contacts?IDs={joined}&page=1&pageSize={PAGE}&includeArchived=true"
                ),
                _ => format!("{API}/Invoices?IDs={joined}&page=1&pageSize={PAGE}&unitdp=4"),
            };
            self.some(session, kind, &path, None, &mut all).await?;
        }
        Ok(all)
    }

    pub(super) async fn one(
        &self,
        session: &Session,
        kind: Kind,
        id: &str,
        all: &mut Page,
    ) -> Result<(), CallError> {
        let (name, _) = collection(kind).map_err(broken)?;
        let places = match kind {
            Kind::Invoice | Kind::CreditNote | Kind::Overpayment => "?unitdp=4",
            _ => "",
        };
        let path = format!("{API}/{name}/{}{places}", encoded(id));
        let answer = self.get(session, names(kind).class, &path, None).await?;
        if answer.status == 404 {
            all.gone.push((kind, id.into()));
            return Ok(());
        }
        self.take_all(kind, &answer, all)
    }

    async fn by_numbers(
        &self,
        session: &Session,
        kind: Kind,
        numbers: &[String],
    ) -> Result<Page, CallError> {
        if matches!(kind, Kind::Estimate | Kind::PurchaseOrder) {
            return self.offers_by_numbers(session, kind, numbers).await;
        }
        let (name, _) = collection(kind).map_err(broken)?;
        let mut queries = Vec::new();
        // A list of numbers is parted by commas, so a number with a comma needs a condition.
        let (plain, odd): (Vec<&String>, Vec<&String>) = numbers
            .iter()
            .filter(|n| !n.trim().is_empty())
            .partition(|n| kind == Kind::Invoice && !n.contains(','));
        for some in plain.chunks(VALUES) {
            let joined: Vec<String> = some.iter().map(|n| encoded(n)).collect();
            queries.push(format!("InvoiceNumbers={}", joined.join(",")));
        }
        let field = if kind == Kind::Invoice {
            "InvoiceNumber"
        } else {
            "CreditNoteNumber"
        };
        let odd: Vec<String> = odd.into_iter().cloned().collect();
        let (odd, unsayable) = apart(&odd);
        for condition in equal(field, &odd) {
            queries.push(format!("where={}", encoded(&condition)));
        }
        let mut all = Page::default();
        for number in unsayable {
            self.by_piece(session, kind, field, &number, &mut all)
                .await?;
        }
        for query in queries {
            let path = format!("{API}/{name}?{query}&page=1&pageSize={PAGE}&unitdp=4");
            self.some(session, kind, &path, None, &mut all).await?;
        }
        Ok(all)
    }

    /// What carries a stamp in its reference. That condition is a slow one at Xero, so that the list is also held to
    /// what changed since the first of them was sent.
    async fn by_marks(
        &self,
        session: &Session,
        kind: Kind,
        marks: &[String],
        since: Option<DateTime<Utc>>,
    ) -> Result<Page, CallError> {
        let (name, _) = collection(kind).map_err(broken)?;
        let since = since.map(|t| t - Duration::seconds(OVERLAP_S));
        let places = if kind == Kind::Payment {
            ""
        } else {
            "&unitdp=4"
        };
        let has = |mark: &str| format!("Reference.Contains({})", quoted(&stamp(mark)));
        let mut all = Page::default();
        for condition in conditions(marks, has) {
            let mut condition = format!("Reference!=null AND ({condition})");
            if kind == Kind::Overpayment {
                condition = format!("{} AND {condition}", of_type());
            }
            let path = format!(
                "{API}/{name}?where={}&page=1&pageSize={PAGE}{places}",
                encoded(&condition)
            );
            self.some(session, kind, &path, since, &mut all).await?;
        }
        // What a condition finds is not yet what carries the mark.
        let marked = |r: &Record| r.mark.as_ref().is_some_and(|m| marks.contains(m));
        all.records.retain(marked);
        Ok(all)
    }
}

/// Takes one element in: of another type it is nothing that was asked for.
fn take(kind: Kind, element: &Value, page: &mut Page) {
    if !read::is_ours(kind, element) {
        return;
    }
    if kind == Kind::Payment && text(element, "Status") == "DELETED" {
        let id = text(element, "PaymentID");
        page.gone.push((kind, id.as_str().into()));
        return;
    }
    let at = read::updated(element);
    let raw = element.clone();
    let read = match kind {
        Kind::Contact => Ok(Record::of_contact(read::contact(element), at, raw)),
        Kind::Payment => read::payment(element).map(|p| Record::of_payment(p, at, raw)),
        _ => read::document(kind, element).map(|p| Record::of_paper(p, at, raw)),
    };
    match read {
        Err(what) => {
            let id = collection(kind).map_or("", |(_, id)| id);
            page.bad.push(BadRecord {
                at: text(element, id),
                what,
                fix: "look at it in Xero".to_owned(),
                ..BadRecord::default()
            });
        }
        // One that answers to two conditions is one.
        Ok(record) if page.records.iter().any(|r| r.id == record.id) => {}
        Ok(record) => page.records.push(record),
    }
}

fn of_type() -> String {
    format!("Type==\"{}\"", super::overpaid::TYPE)
}

/// Whether a page is not the last one.
fn more(body: &Value, kind: Kind, page: u32, count: usize) -> bool {
    let full = if kind == Kind::Estimate { QUOTES } else { PAGE };
    let Some(pagination) = body.get("pagination") else {
        return count >= full;
    };
    let pages: Option<u32> = text(pagination, "pageCount").parse().ok();
    match pages {
        Some(pages) => page.max(1) < pages,
        None => count >= full && flag(pagination, "last") != Some(true),
    }
}
