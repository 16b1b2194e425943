//! v2 companies: list, single, create.
//!
//! Flows in: `/rest/v2/companies...`. Flows out: `Company`. The list leaves out address, email, phone, fax, notes,
//! times and custom fields unless `fields` names them. Refuses a company without a name.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::contact_write::{ADDRESS, CUSTOM, EMAIL, FAX, PHONE, check_address};
use super::errors::{Answer, Fail};
use super::filter::{Clause, Kind as F, ListQuery, ListRules, Place, list_answer};
use super::id_in;
use super::order_show::time;
use super::settings::fields;
use super::store::{App, Record, Time};
use super::strict::{Field, Kind, LONG, body, may};
use super::switches::Switches;
use crate::sandbox::wire::{Call, Reply};

const LIST: ListRules = ListRules {
    fields: &[
        ("company_name", F::Text),
        ("name", F::Text),
        ("email", F::Text),
        ("city", F::Text),
        ("state", F::Text),
        ("since_time", F::Time),
        ("until_time", F::Time),
        ("company_id", F::IdCompared),
    ],
    orders: &["id", "create_time", "name", "email"],
    custom: false,
};
/// What a list shows only when asked.
const ON_REQUEST: [&str; 8] = [
    "notes",
    "fax_number",
    "address",
    "email_address",
    "phone_number",
    "update_time",
    "create_time",
    "custom_fields",
];
const WRITE: &[Field] = &[
    may("address", Kind::Object(ADDRESS)),
    may("notes", LONG),
    may("website", LONG),
    may("suffix", LONG),
    may("title", LONG),
    may("company_name", LONG),
    may("custom_fields", Kind::List(CUSTOM)),
    may("email_address", Kind::Object(EMAIL)),
    may("fax_number", Kind::Object(FAX)),
    may("phone_number", Kind::Object(PHONE)),
    may("anniversary_date", LONG),
    may("assistant_name", LONG),
    may("assistant_phone", LONG),
    may("billing_information", LONG),
    may("birth_date", LONG),
    may("contact_type", LONG),
    may("first_name", LONG),
    may("job_title", LONG),
    may("last_name", LONG),
    may("middle_name", LONG),
    may("preferred_name", LONG),
    may("owner_id", LONG),
    may("referral_code", LONG),
    may("spouse_name", LONG),
];

pub(super) fn list(app: &App, call: &Call, switches: &Switches) -> Answer {
    let query = ListQuery::read(call, &LIST, switches)?;
    let wanted = fields(call);
    let kept = app
        .companies
        .values()
        .filter(|r| query.clauses.iter().all(|c| matches(r, c)));
    let (page, next) = query.page(kept, |r| {
        let place = match query.order.as_str() {
            "create_time" => Place::time(r.created),
            "name" => Place::Text(text(r, "company_name").unwrap_or("").to_lowercase()),
            "email" => Place::Text(
                inner(r, "email_address", "email")
                    .unwrap_or("")
                    .to_lowercase(),
            ),
            _ => Place::Number(i128::from(r.id)),
        };
        (place, r.id)
    });
    let rows = page
        .into_iter()
        .map(|r| {
            let mut shown = show(r);
            shown.retain(|name, _| {
                !ON_REQUEST.contains(&name.as_str()) || wanted.iter().any(|w| w == name)
            });
            Value::Object(shown)
        })
        .collect();
    Ok(Reply::json(
        StatusCode::OK,
        &list_answer("companies", rows, next, switches),
    ))
}

fn text<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    record.body.get(name)?.as_str()
}

fn inner<'a>(record: &'a Record, outer: &str, name: &str) -> Option<&'a str> {
    record.body.get(outer)?.get(name)?.as_str()
}

fn matches(company: &Record, clause: &Clause) -> bool {
    match clause.field.as_str() {
        "company_name" | "name" => clause.text(text(company, "company_name")),
        "email" => clause.text(inner(company, "email_address", "email")),
        "city" => clause.text(inner(company, "address", "locality")),
        "state" => clause.text(inner(company, "address", "region")),
        "since_time" => clause.since(company.updated),
        "until_time" => clause.until(company.updated),
        _ => clause.id(company.id),
    }
}

fn show(company: &Record) -> Map<String, Value> {
    let mut shown = Map::new();
    shown.insert("id".into(), json!(company.id.to_string()));
    shown.extend(company.body.clone());
    shown.insert("create_time".into(), time(company.created));
    shown.insert("update_time".into(), time(company.updated));
    shown
}

pub(super) fn single(app: &App, id: &str, _call: &Call) -> Answer {
    let company = app
        .companies
        .get(&id_in("company", id)?)
        .ok_or_else(|| Fail::not_found("company", id))?;
    Ok(Reply::json(StatusCode::OK, &Value::Object(show(company))))
}

pub(super) fn create(app: &mut App, call: &Call, now: Time) -> Answer {
    let told = body(&call.body, WRITE)?;
    if told
        .get("company_name")
        .and_then(Value::as_str)
        .is_none_or(|n| n.trim().is_empty())
    {
        return Err(Fail::bad("company_name is required"));
    }
    if let Some(address) = told.get("address") {
        check_address(address)?;
    }
    let id = app.next("company");
    let company = Record {
        id,
        body: told,
        created: now,
        updated: now,
    };
    let shown = Value::Object(show(&company));
    app.companies.insert(id, company);
    app.hooks.event("company.add", id, now);
    Ok(Reply::json(StatusCode::CREATED, &shown))
}
