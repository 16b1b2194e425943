//! The accounting endpoints: contacts, documents, payments.
//!
//! Flows in: a call that has passed the gates, its path split. Flows out: the answer. PUT creates, POST creates or
//! updates, GET reads by id, by number, or a list.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::allocations;
use super::books::{Contact, Doc, Kind, Org, Payment};
use super::chart;
use super::contacts;
use super::ctx::{Ctx, Saved};
use super::documents;
use super::fail::Fail;
use super::filter::{Field, fold};
use super::history;
use super::lists::{self, Kind as ListKind};
use super::overpayments;
use super::payments;
use super::views::{self, Level, View};
use crate::sandbox::wire::Reply;

/// Answers a call below `/api.xro/2.0`.
pub(super) fn answer(ctx: &mut Ctx<'_>, segments: &[String]) -> Reply {
    let head = segments
        .first()
        .map(|s| s.to_lowercase())
        .unwrap_or_default();
    let rest: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    let result = match head.as_str() {
        "contacts" => contacts_at(ctx, &rest),
        "invoices" => documents_at(ctx, Kind::Invoice, &rest),
        "creditnotes" => documents_at(ctx, Kind::CreditNote, &rest),
        "overpayments" => documents_at(ctx, Kind::Overpayment, &rest),
        "banktransactions" => documents_at(ctx, Kind::Bank, &rest),
        "payments" => payments_at(ctx, &rest),
        other => chart::answer(ctx, other, &rest),
    };
    result.unwrap_or_else(Fail::reply)
}

/// The answer to a method that an address does not serve.
pub(super) fn no_method() -> Reply {
    Reply::text(StatusCode::METHOD_NOT_ALLOWED, "text/html", "")
}

fn contacts_at(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
    let method = ctx.call.method.clone();
    match (method, rest) {
        (Method::GET, []) => list_contacts(ctx),
        (Method::PUT, []) => Ok(ctx.batch("Contacts", "ContactID", &mut |c, e| {
            contacts::write(c, e, true)
        })),
        (Method::POST, []) => Ok(ctx.batch("Contacts", "ContactID", &mut |c, e| {
            contacts::write(c, e, false)
        })),
        (Method::GET, [one]) => {
            let shown = {
                let contact = find_contact(ctx.org, one).ok_or(Fail::Missing)?;
                contacts::show(ctx.org, contact, contacts::Level::Full, ctx.now)
            };
            Ok(ctx.envelope("Contacts", vec![shown], None))
        }
        (Method::POST, [one]) => {
            let id = find_contact(ctx.org, one).ok_or(Fail::Missing)?.id;
            Ok(ctx.batch("Contacts", "ContactID", &mut |c, e| {
                let mut map = e.map.clone();
                map.insert("ContactID".into(), json!(id));
                contacts::write(
                    c,
                    &super::json::Obj {
                        map: &map,
                        path: e.path.clone(),
                    },
                    false,
                )
            }))
        }
        (_, [one, "History" | "history"]) => {
            let id = find_contact(ctx.org, one).ok_or(Fail::Missing)?.id;
            history::answer(ctx, id)
        }
        (_, [] | [_]) => Ok(no_method()),
        _ => Err(Fail::Missing),
    }
}

fn find_contact<'o>(org: &'o Org, name: &str) -> Option<&'o Contact> {
    match Uuid::parse_str(name) {
        Ok(id) => org.contacts.get(&id),
        Err(_) => contacts::by_number(org, name),
    }
}

const CONTACT_FIELDS: &[&str] = &[
    "contactid",
    "name",
    "emailaddress",
    "accountnumber",
    "contactnumber",
    "contactstatus",
    "firstname",
    "lastname",
    "companynumber",
    "taxnumber",
    "iscustomer",
    "issupplier",
    "updateddateutc",
    "website",
];

fn contact_field(c: &Contact, name: &str) -> Option<Field> {
    let own = |field: &str| Field::maybe(c.fields.get(field));
    Some(match name {
        "contactid" => Field::Id(c.id),
        "name" => Field::text(&c.name),
        "emailaddress" => Field::text(&c.email),
        "accountnumber" => Field::maybe(c.account_number.as_ref()),
        "contactnumber" => Field::maybe(c.number.as_ref()),
        "contactstatus" => Field::text(c.status),
        "firstname" => own("FirstName"),
        "lastname" => own("LastName"),
        "companynumber" => own("CompanyNumber"),
        "taxnumber" => own("TaxNumber"),
        "website" => own("Website"),
        "iscustomer" => Field::Flag(c.is_customer),
        "issupplier" => Field::Flag(c.is_supplier),
        "updateddateutc" => Field::Time(c.updated),
        _ => return None,
    })
}

fn list_contacts(ctx: &mut Ctx<'_>) -> Result<Reply, Fail> {
    let ids = guid_list(ctx, "IDs")?;
    let term = ctx.query("searchTerm").filter(|t| !t.is_empty()).map(fold);
    let archived = ctx.asks("includeArchived");
    let brief = ctx.asks("summaryOnly");
    let keep = |c: &Contact| {
        let words = ["FirstName", "LastName", "CompanyNumber"]
            .iter()
            .filter_map(|f| c.fields.get(*f));
        let mut texts = words.chain([&c.name, &c.email]).chain(c.number.iter());
        (archived || c.status == "ACTIVE")
            && ids.as_ref().is_none_or(|ids| ids.contains(&c.id))
            && term
                .as_ref()
                .is_none_or(|t| texts.any(|w| fold(w).contains(t)))
    };
    let kind = ListKind {
        known: CONTACT_FIELDS,
        read: &contact_field,
        key: &|c: &Contact| (c.updated, c.id),
    };
    let listed = lists::select(ctx, ctx.org.contacts.values(), &kind, &keep, brief)?;
    let level = match (&listed.pagination, brief) {
        (_, true) => contacts::Level::Brief,
        (Some(_), false) => contacts::Level::Full,
        (None, false) => contacts::Level::List,
    };
    let shown = listed
        .rows
        .iter()
        .map(|c| contacts::show(ctx.org, c, level, ctx.now))
        .collect();
    let pagination = listed.pagination;
    Ok(ctx.envelope("Contacts", shown, pagination))
}

fn guid_list(ctx: &Ctx<'_>, name: &str) -> Result<Option<Vec<Uuid>>, Fail> {
    let Some(list) = lists::list(ctx, name) else {
        return Ok(None);
    };
    let bad = || Fail::Query(format!("{name} takes a comma-separated list of guids"));
    list.iter()
        .map(|t| Uuid::parse_str(t).map_err(|_| bad()))
        .collect::<Result<_, _>>()
        .map(Some)
}

fn documents_at(ctx: &mut Ctx<'_>, kind: Kind, rest: &[&str]) -> Result<Reply, Fail> {
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
                    &super::json::Obj {
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
    el: &super::json::Obj<'_>,
    kind: Kind,
    create_only: bool,
    id: Option<Uuid>,
) -> Result<Saved, Fail> {
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
        Kind::Overpayment | Kind::Bank => return None,
    };
    org.docs(kind).get(numbers.get(&name.to_string())?)
}

const DOC_FIELDS: &[&str] = &[
    "invoiceid",
    "creditnoteid",
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
        "invoiceid" | "creditnoteid" | "overpaymentid" | "banktransactionid" => Field::Id(d.id),
        "invoicenumber" | "creditnotenumber" => Field::text(&d.number),
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

fn list_documents(ctx: &mut Ctx<'_>, kind: Kind) -> Result<Reply, Fail> {
    let invoice = kind == Kind::Invoice;
    let ids = guid_list(ctx, "IDs")?.filter(|_| invoice);
    let contacts = guid_list(ctx, "ContactIDs")?.filter(|_| invoice);
    let numbers = lists::list(ctx, "InvoiceNumbers").filter(|_| invoice);
    let statuses = lists::list(ctx, "Statuses").filter(|_| invoice);
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
            && (!mine || d.app == app)
            && term.as_ref().is_none_or(hit)
    };
    let read = |d: &Doc, name: &str| doc_field(org, d, name);
    let list_kind = ListKind {
        known: DOC_FIELDS,
        read: &read,
        key: &|d: &Doc| (d.updated, d.id),
    };
    let paged = brief || statuses.is_some();
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
    let pagination = listed.pagination;
    Ok(ctx.envelope(plural, shown, pagination))
}

const PAYMENT_FIELDS: &[&str] = &[
    "paymentid",
    "paymenttype",
    "status",
    "date",
    "amount",
    "reference",
    "updateddateutc",
    "isreconciled",
    "invoice.invoiceid",
    "invoice.invoicenumber",
    "account.accountid",
    "account.code",
];

fn payment_field(org: &Org, p: &Payment, name: &str) -> Option<Field> {
    let account = || org.accounts.get(&p.account);
    Some(match name {
        "paymentid" => Field::Id(p.id),
        "paymenttype" => Field::text(p.kind),
        "status" => Field::text(p.status),
        "date" => Field::day(p.date),
        "amount" => Field::Number(p.amount),
        "reference" => Field::text(&p.reference),
        "updateddateutc" => Field::Time(p.updated),
        "isreconciled" => Field::Flag(p.reconciled),
        "invoice.invoiceid" => Field::Id(p.target.1),
        "invoice.invoicenumber" => {
            Field::maybe(org.docs(p.target.0).get(&p.target.1).map(|d| &d.number))
        }
        "account.accountid" => Field::Id(p.account),
        "account.code" => Field::maybe(account().and_then(|a| a.code.as_ref())),
        _ => return None,
    })
}

fn payments_at(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
    let id_of = |one: &str| Uuid::parse_str(one).map_err(|_| Fail::Missing);
    match (ctx.call.method.clone(), rest) {
        (Method::GET, []) => {
            let org = &*ctx.org;
            let read = |p: &Payment, name: &str| payment_field(org, p, name);
            let kind = ListKind {
                known: PAYMENT_FIELDS,
                read: &read,
                key: &|p: &Payment| (p.updated, p.id),
            };
            let listed = lists::select(ctx, org.payments.values(), &kind, &|_| true, false)?;
            let view = View {
                org,
                level: Level::List,
                dp: ctx.dp,
                now: ctx.now,
            };
            let shown = listed
                .rows
                .iter()
                .map(|p| views::payment(view, p))
                .collect();
            let pagination = listed.pagination;
            Ok(ctx.envelope("Payments", shown, pagination))
        }
        (Method::PUT, []) => Ok(ctx.batch("Payments", "PaymentID", &mut |c, e| {
            payments::write(c, e, None, true)
        })),
        (Method::POST, []) => Ok(ctx.batch("Payments", "PaymentID", &mut |c, e| {
            payments::write(c, e, None, false)
        })),
        (Method::GET, [one]) => {
            let shown = {
                let payment = ctx.org.payments.get(&id_of(one)?).ok_or(Fail::Missing)?;
                let view = View {
                    org: ctx.org,
                    level: Level::Full,
                    dp: ctx.dp,
                    now: ctx.now,
                };
                views::payment(view, payment)
            };
            Ok(ctx.envelope("Payments", vec![shown], None))
        }
        (Method::POST, [one]) => {
            let id = id_of(one)?;
            if ctx.org.payments.get(&id).is_none() {
                return Err(Fail::Missing);
            }
            Ok(ctx.batch("Payments", "PaymentID", &mut |c, e| {
                payments::write(c, e, Some(id), false)
            }))
        }
        (_, [one, sub]) if sub.eq_ignore_ascii_case("history") => {
            let id = id_of(one)?;
            if ctx.org.payments.get(&id).is_none() {
                return Err(Fail::Missing);
            }
            history::answer(ctx, id)
        }
        (_, [] | [_]) => Ok(no_method()),
        _ => Err(Fail::Missing),
    }
}
