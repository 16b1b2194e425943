//! The accounting endpoints: where each call goes; contacts and payments.
//!
//! Flows in: a call that has passed the gates, its path split. Flows out: the answer. PUT creates, POST creates or
//! updates, GET reads by id, by number, or a list.

use http::Method;
use serde_json::json;
use uuid::Uuid;

use super::books::{Contact, Kind, Org, Payment};
use super::chart;
use super::contact_views;
use super::contacts;
use super::ctx::Ctx;
use super::document_endpoints;
use super::fail::{Fail, no_method};
use super::filter::{Field, fold};
use super::history;
use super::json::Obj;
use super::lists::{self, Kind as ListKind};
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
        "invoices" => document_endpoints::answer(ctx, Kind::Invoice, &rest),
        "creditnotes" => document_endpoints::answer(ctx, Kind::CreditNote, &rest),
        "overpayments" => document_endpoints::answer(ctx, Kind::Overpayment, &rest),
        "banktransactions" => document_endpoints::answer(ctx, Kind::Bank, &rest),
        "purchaseorders" => document_endpoints::answer(ctx, Kind::Order, &rest),
        "quotes" => document_endpoints::answer(ctx, Kind::Quote, &rest),
        "payments" => payments_at(ctx, &rest),
        other => chart::answer(ctx, other, &rest),
    };
    result.unwrap_or_else(Fail::reply)
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
                contact_views::show(ctx.org, contact, contact_views::Level::Full, ctx.now)
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
                    &Obj {
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
    let ids = lists::guid_list(ctx, "IDs")?;
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
        (_, true) => contact_views::Level::Brief,
        (Some(_), false) => contact_views::Level::Full,
        (None, false) => contact_views::Level::List,
    };
    let shown = listed
        .rows
        .iter()
        .map(|c| contact_views::show(ctx.org, c, level, ctx.now))
        .collect();
    let pagination = listed.pagination;
    Ok(ctx.envelope("Contacts", shown, pagination))
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
