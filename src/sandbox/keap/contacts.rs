//! v2 contacts, read: list and single.
//!
//! Flows in: `/rest/v2/contacts...`. Flows out: `Contact`, cut to `fields` when that is given. Refuses unknown `fields`
//! and a `phone_number` filter without `phone_fields`.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::errors::{Answer, Fail};
use super::filter::{Clause, Kind as F, ListQuery, ListRules, Place, list_answer};
use super::id_in;
use super::order_show::{first_email, time};
use super::settings::fields;
use super::store::{App, Record};
use super::switches::Switches;
use crate::sandbox::wire::{Call, Reply};

const LIST: ListRules = ListRules {
    fields: &[
        ("email", F::Text),
        ("given_name", F::Text),
        ("family_name", F::Text),
        ("middle_name", F::Text),
        ("company_id", F::Id),
        ("contact_ids", F::Ids),
        ("ids", F::Ids),
        ("start_update_time", F::Time),
        ("end_update_time", F::Time),
        ("phone_number", F::Text),
        ("phone_fields", F::Text),
        ("billing_address_line1", F::Text),
        ("billing_address_locality", F::Text),
        ("billing_address_region", F::Text),
        ("billing_address_postal_code", F::Text),
        ("billing_address_country_code", F::Text),
        ("shipping_address_line1", F::Text),
        ("shipping_address_locality", F::Text),
        ("shipping_address_region", F::Text),
        ("shipping_address_postal_code", F::Text),
        ("shipping_address_country_code", F::Text),
        ("other_address_line1", F::Text),
        ("other_address_locality", F::Text),
        ("other_address_region", F::Text),
        ("other_address_postal_code", F::Text),
        ("other_address_country_code", F::Text),
        ("website", F::Text),
        ("job_title", F::Text),
    ],
    orders: &["id", "create_time", "email", "update_time"],
    custom: false,
};
const FIELDS: [&str; 39] = [
    "addresses",
    "anniversary_date",
    "birth_date",
    "company",
    "contact_type",
    "create_time",
    "custom_fields",
    "email_addresses",
    "family_name",
    "fax_numbers",
    "given_name",
    "id",
    "job_title",
    "leadsource_id",
    "links",
    "middle_name",
    "notes",
    "origin",
    "owner_id",
    "phone_numbers",
    "preferred_locale",
    "preferred_name",
    "prefix",
    "referral_code",
    "score_value",
    "social_accounts",
    "source_type",
    "spouse_name",
    "suffix",
    "tag_ids",
    "time_zone",
    "update_time",
    "utm_parameters",
    "website",
    "account_id",
    "assistant_name",
    "assistant_phone",
    "billing_information",
    "created_by",
];
const BASIC: [&str; 5] = [
    "id",
    "given_name",
    "family_name",
    "email_addresses",
    "update_time",
];

pub(super) fn list(app: &App, call: &Call, switches: &Switches) -> Answer {
    let query = ListQuery::read(call, &LIST, switches)?;
    let slots = query
        .clauses
        .iter()
        .find(|c| c.field == "phone_fields")
        .map(|c| c.wanted().to_owned());
    if slots.is_none() && query.clauses.iter().any(|c| c.field == "phone_number") {
        return Err(Fail::bad(
            "phone_fields is required when phone_number is supplied",
        ));
    }
    let mut wanted = wanted_fields(call)?;
    if wanted.is_empty() && switches.is("contact_list", "basic") {
        wanted = BASIC.iter().map(|f| (*f).to_owned()).collect();
    }
    let kept = app.contacts.values().filter(|r| {
        query
            .clauses
            .iter()
            .all(|c| matches(r, c, slots.as_deref().unwrap_or("")))
    });
    let (page, next) = query.page(kept, |r| {
        let place = match query.order.as_str() {
            "create_time" => Place::time(r.created),
            "update_time" => Place::time(r.updated),
            "email" => Place::Text(first_email(r).unwrap_or("").to_lowercase()),
            _ => Place::Number(i128::from(r.id)),
        };
        (place, r.id)
    });
    let rows = page.into_iter().map(|r| show(app, r, &wanted)).collect();
    Ok(Reply::json(
        StatusCode::OK,
        &list_answer("contacts", rows, next, switches),
    ))
}

fn matches(contact: &Record, clause: &Clause, slots: &str) -> bool {
    let texts = |list: &str, name: &str, keep: &dyn Fn(&str) -> bool| -> Vec<String> {
        let rows = contact.body.get(list).and_then(Value::as_array);
        rows.into_iter()
            .flatten()
            .filter(|row| keep(row.get("field").and_then(Value::as_str).unwrap_or("")))
            .filter_map(|row| row.get(name).and_then(Value::as_str).map(str::to_owned))
            .collect()
    };
    let any = |have: Vec<String>| have.iter().any(|h| clause.text(Some(h)));
    match clause.field.as_str() {
        "email" => any(texts("email_addresses", "email", &|_| true)),
        "company_id" => contact_company(contact).is_some_and(|id| clause.id(id)),
        "contact_ids" | "ids" => clause.id(contact.id),
        "start_update_time" => clause.since(contact.updated),
        "end_update_time" => clause.until(contact.updated),
        "phone_number" => any(texts("phone_numbers", "number", &|slot| {
            slots.split(',').any(|s| s.trim() == slot)
        })),
        "phone_fields" => true,
        field => match field.split_once("_address_") {
            Some((slot, name)) => any(texts("addresses", name, &|s| s.eq_ignore_ascii_case(slot))),
            None => clause.text(contact.body.get(field).and_then(Value::as_str)),
        },
    }
}

pub(super) fn contact_company(contact: &Record) -> Option<u64> {
    contact
        .body
        .get("company")?
        .get("id")?
        .as_str()?
        .parse()
        .ok()
}

pub(super) fn wanted_fields(call: &Call) -> Result<Vec<String>, Fail> {
    let wanted = fields(call);
    match wanted
        .iter()
        .find(|f| !FIELDS.contains(&f.as_str()) && *f != "groups" && *f != "last_updated_by")
    {
        Some(odd) => Err(Fail::bad(format!("Invalid fields value: {odd}"))),
        None => Ok(wanted),
    }
}

/// The contact, or only the wanted properties of it; the id always.
pub(super) fn show(app: &App, contact: &Record, wanted: &[String]) -> Value {
    let mut shown = Map::new();
    shown.insert("id".into(), json!(contact.id.to_string()));
    shown.extend(contact.body.clone());
    if let Some(company) = contact_company(contact).and_then(|id| app.companies.get(&id)) {
        let name = company
            .body
            .get("company_name")
            .cloned()
            .unwrap_or_else(|| json!(""));
        shown.insert(
            "company".into(),
            json!({"id": company.id.to_string(), "company_name": name}),
        );
    }
    shown.insert("create_time".into(), time(contact.created));
    shown.insert("update_time".into(), time(contact.updated));
    if !wanted.is_empty() {
        shown.retain(|name, _| name == "id" || wanted.iter().any(|w| w == name));
    }
    Value::Object(shown)
}

pub(super) fn single(app: &App, id: &str, call: &Call) -> Answer {
    let wanted = wanted_fields(call)?;
    let contact = app
        .contacts
        .get(&id_in("contact", id)?)
        .ok_or_else(|| Fail::not_found("contact", id))?;
    Ok(Reply::json(StatusCode::OK, &show(app, contact, &wanted)))
}
