//! The endpoints of documents: invoices, credit notes, overpayments, bank transactions, purchase orders, quotes, and what hangs
//! below one.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::allocations;
use super::attachments;
use super::books::{Doc, Kind, Org};
use super::ctx::{Ctx, Saved};
use super::documents;
use super::fail::{Fail, no_method};
use super::filter::{Field, fold};
use super::history;
use super::json::{Obj, parse_day};
use super::lists::{self, Kind as ListKind};
use super::overpayments;
use super::purchase_orders;
use super::quotes;
use super::views::{self, Level, View};
use crate::sandbox::wire::Reply;

/// Answers `/Invoices`, `/CreditNotes`, `/Overpayments`, `/BankTransactions`, `/PurchaseOrders`, `/Quotes`.
pub(super) fn answer(ctx: &mut Ctx<'_>, kind: Kind, rest: &[&str]) -> Result<Reply, Fail> {
    let (id_field, _, plural, _) = documents::names(kind);
    let method = ctx.call.method.clone();
    let readonly = kind == Kind::Overpayment;
    match (method, rest) {
        (Method::GET, []) => list_documents(ctx, kind),
        (Method::PUT | Method::POST, []) if kind == Kind::Bank => {
            Ok(ctx.batch(plural, id_field, &mut overpayments::write))
        }
        (Method::PUT, []) if !readonly => {
            Ok(ctx.batch(plural, id_field, &mut |c, e| write(c, e, kind, true, None)))
        }
        (Method::POST, []) if !readonly => {
            Ok(ctx.batch(plural, id_field, &mut |c, e| write(c, e, kind, false, None)))
        }
        (Method::GET, [one]) => {
            let shown = {
                let doc = find_doc(ctx.org, kind, one).ok_or(Fail::Missing)?;
                let view = View {
                    org: ctx.org,
                    level: Level::Full,
                    dp: ctx.dp,
                    now: ctx.now,
                };
                views::doc(view, doc)
            };
            Ok(ctx.envelope(plural, vec![shown], None))
        }
        (Method::POST, [one]) if kind == Kind::Bank => {
            let id = find_doc(ctx.org, kind, one).ok_or(Fail::Missing)?.id;
            Ok(ctx.batch(plural, id_field, &mut |c, e| {
                let mut map = e.map.clone();
                map.insert("BankTransactionID".into(), json!(id));
                overpayments::write(
                    c,
                    &Obj {
                        map: &map,
                        path: e.path.clone(),
                    },
                )
            }))
        }
        (Method::POST, [one]) if !readonly => {
            let id = find_doc(ctx.org, kind, one).ok_or(Fail::Missing)?.id;
            Ok(ctx.batch(plural, id_field, &mut |c, e| {
                write(c, e, kind, false, Some(id))
            }))
        }
        (_, [one, sub, more @ ..]) if sub.eq_ignore_ascii_case("attachments") => {
            let doc = find_doc(ctx.org, kind, one).ok_or(Fail::Missing)?;
            let (id, online) = (doc.id, doc.ty == "ACCREC");
            attachments::answer(ctx, plural, id, online, more)
        }
        (_, [one, sub]) => {
            let id = find_doc(ctx.org, kind, one).map(|d| d.id);
            below(ctx, kind, id, &sub.to_lowercase())
        }
        (Method::DELETE, [one, sub, allocation]) if sub.eq_ignore_ascii_case("allocations") => {
            let id = find_doc(ctx.org, kind, one).ok_or(Fail::Missing)?.id;
            let allocation = Uuid::parse_str(allocation).map_err(|_| Fail::Missing)?;
            allocations::delete(ctx, kind, id, allocation)
        }
        (_, [] | [_]) => Ok(no_method()),
        _ => Err(Fail::Missing),
    }
}

/// What hangs below one document.
fn below(ctx: &mut Ctx<'_>, kind: Kind, id: Option<Uuid>, sub: &str) -> Result<Reply, Fail> {
    let credit = matches!(kind, Kind::CreditNote | Kind::Overpayment);
    match (ctx.call.method.clone(), sub) {
        (_, "history") => history::answer(ctx, id.ok_or(Fail::Missing)?),
        (Method::PUT, "allocations") if credit => {
            // An unknown credit note is an error of the element, not a 404.
            let id = id.unwrap_or_default();
            Ok(ctx.batch("Allocations", "AllocationID", &mut |c, e| {
                allocations::write(c, e, kind, id)
            }))
        }
        (Method::POST, "email") if kind == Kind::Invoice => email(ctx, id.ok_or(Fail::Missing)?),
        (Method::GET, "onlineinvoice") if kind == Kind::Invoice => {
            let id = id.ok_or(Fail::Missing)?;
            let url = format!("https://in.xero.com/{}", id.simple());
            Ok(ctx.envelope(
                "OnlineInvoices",
                vec![json!({"OnlineInvoiceUrl": url})],
                None,
            ))
        }
        _ => Err(Fail::Missing),
    }
}

fn email(ctx: &mut Ctx<'_>, id: Uuid) -> Result<Reply, Fail> {
    let mut doc = ctx.org.invoices.get(&id).cloned().ok_or(Fail::Missing)?;
    if doc.ty != "ACCREC" || !matches!(doc.status, "SUBMITTED" | "AUTHORISED" | "PAID") {
        return Err(Fail::say(
            "Only approved sales invoices can be sent by email.",
        ));
    }
    doc.sent = true;
    ctx.org.put_doc(doc);
    Ok(Reply::text(StatusCode::NO_CONTENT, "text/html", ""))
}

fn write(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    kind: Kind,
    create_only: bool,
    id: Option<Uuid>,
) -> Result<Saved, Fail> {
    if kind == Kind::Order {
        return purchase_orders::write(ctx, el, create_only, id);
    }
    if kind == Kind::Quote {
        return quotes::write(ctx, el, create_only, id);
    }
    let written = documents::write(ctx, el, kind, create_only, id)?;
    let view = View {
        org: ctx.org,
        level: Level::Full,
        dp: ctx.dp,
        now: ctx.now,
    };
    Ok(Saved {
        body: views::doc(view, &written.doc),
        warnings: written.warnings,
    })
}

/// A document by id or number.
pub(super) fn find_doc<'o>(org: &'o Org, kind: Kind, name: &str) -> Option<&'o Doc> {
    if let Ok(id) = Uuid::parse_str(name) {
        return org.docs(kind).get(&id);
    }
    let numbers = match kind {
        Kind::Invoice => &org.invoice_numbers,
        Kind::CreditNote => &org.credit_numbers,
        Kind::Order => &org.order_numbers,
        // By its number a quote is found in the list alone.
        Kind::Quote => return None,
        Kind::Overpayment | Kind::Bank => return None,
    };
    org.docs(kind).get(numbers.get(&name.to_string())?)
}

const DOC_FIELDS: &[&str] = &[
    "invoiceid",
    "creditnoteid",
    "purchaseorderid",
    "purchaseordernumber",
    "overpaymentid",
    "banktransactionid",
    "invoicenumber",
    "creditnotenumber",
    "type",
    "status",
    "reference",
    "contact.contactid",
    "contact.name",
    "contact.contactnumber",
    "date",
    "duedate",
    "amountdue",
    "amountpaid",
    "amountcredited",
    "remainingcredit",
    "total",
    "subtotal",
    "totaltax",
    "currencycode",
    "updateddateutc",
    "fullypaidondate",
    "expectedpaymentdate",
    "plannedpaymentdate",
    "senttocontact",
    "isreconciled",
];

fn doc_field(org: &Org, d: &Doc, name: &str) -> Option<Field> {
    let contact = || org.contacts.get(&d.contact);
    let day = |day: Option<chrono::NaiveDate>| day.map_or(Field::Null, Field::day);
    Some(match name {
        "invoiceid" | "purchaseorderid" | "creditnoteid" | "overpaymentid"
        | "banktransactionid" => Field::Id(d.id),
        "invoicenumber" | "creditnotenumber" | "purchaseordernumber" => Field::text(&d.number),
        "type" => Field::text(d.ty),
        "status" => Field::text(d.status),
        "reference" => Field::text(&d.reference),
        "contact.contactid" => Field::Id(d.contact),
        "contact.name" => Field::maybe(contact().map(|c| &c.name)),
        "contact.contactnumber" => Field::maybe(contact().and_then(|c| c.number.as_ref())),
        "date" => Field::day(d.date),
        "duedate" => day(d.due),
        "expectedpaymentdate" => day(d.expected),
        "plannedpaymentdate" => day(d.planned),
        "fullypaidondate" => day(d.fully_paid),
        "amountdue" | "remainingcredit" => Field::Number(d.open()),
        "amountpaid" => Field::Number(d.paid),
        "amountcredited" => Field::Number(d.credited),
        "total" => Field::Number(d.total),
        "subtotal" => Field::Number(d.sub),
        "totaltax" => Field::Number(d.tax),
        "currencycode" => Field::text(&d.currency),
        "updateddateutc" => Field::Time(d.updated),
        "senttocontact" => Field::Flag(d.sent),
        "isreconciled" => Field::Flag(d.reconciled),
        _ => return None,
    })
}

/// The numbers that a list is asked for: of invoices several, of quotes one.
fn numbers(ctx: &Ctx<'_>, kind: Kind) -> Option<Vec<String>> {
    match kind {
        Kind::Quote => ctx.query("QuoteNumber").map(|n| vec![n.to_owned()]),
        Kind::Invoice => lists::list(ctx, "InvoiceNumbers"),
        _ => None,
    }
}

fn list_documents(ctx: &mut Ctx<'_>, kind: Kind) -> Result<Reply, Fail> {
    let invoice = kind == Kind::Invoice;
    let ids = lists::guid_list(ctx, "IDs")?.filter(|_| invoice);
    let contacts = lists::guid_list(ctx, "ContactIDs")?.filter(|_| invoice);
    let quote = kind == Kind::Quote;
    let numbers = numbers(ctx, kind);
    // Purchase orders and quotes know a status and two dates instead of a filter.
    let order = kind == Kind::Order || quote;
    let statuses = match order {
        true => lists::list(ctx, "status"),
        false => lists::list(ctx, "Statuses").filter(|_| invoice),
    };
    let bound = |name: &str| ctx.query(name).filter(|_| order).and_then(parse_day);
    let (from, to) = (bound("DateFrom"), bound("DateTo"));
    let references = lists::list(ctx, "References").filter(|_| kind == Kind::Overpayment);
    let brief = invoice && ctx.asks("summaryOnly");
    let mine = invoice && ctx.asks("createdByMyApp");
    let term = ctx
        .query("searchTerm")
        .filter(|t| invoice && !t.is_empty())
        .map(fold);
    let (org, app) = (&*ctx.org, ctx.app);
    let keep = |d: &Doc| {
        let hit = |t: &String| {
            let name = org
                .contacts
                .get(&d.contact)
                .map(|c| fold(&c.name))
                .unwrap_or_default();
            fold(&d.number).contains(t) || fold(&d.reference).contains(t) || name.contains(t)
        };
        ids.as_ref().is_none_or(|l| l.contains(&d.id))
            && contacts.as_ref().is_none_or(|l| l.contains(&d.contact))
            && numbers.as_ref().is_none_or(|l| l.contains(&d.number))
            && statuses
                .as_ref()
                .is_none_or(|l| l.iter().any(|s| s == d.status))
            && references.as_ref().is_none_or(|l| l.contains(&d.reference))
            && from.is_none_or(|day| d.date >= day)
            && to.is_none_or(|day| d.date <= day)
            && (!mine || d.app == app)
            && term.as_ref().is_none_or(hit)
    };
    let read = |d: &Doc, name: &str| doc_field(org, d, name);
    let list_kind = ListKind {
        known: DOC_FIELDS,
        read: &read,
        key: &|d: &Doc| (d.updated, d.id),
    };
    let paged = brief || statuses.is_some() || order;
    let listed = lists::select(ctx, org.docs(kind).values(), &list_kind, &keep, paged)?;
    let level = match (&listed.pagination, brief) {
        (_, true) => Level::Brief,
        (Some(_), false) => Level::Page,
        (None, false) => Level::List,
    };
    let view = View {
        org,
        level,
        dp: ctx.dp,
        now: ctx.now,
    };
    let shown: Vec<Value> = listed.rows.iter().map(|d| views::doc(view, d)).collect();
    let (_, _, plural, _) = documents::names(kind);
    // Nothing is said of how many pages of quotes there are.
    let pagination = listed.pagination.filter(|_| !quote);
    Ok(ctx.envelope(plural, shown, pagination))
}
