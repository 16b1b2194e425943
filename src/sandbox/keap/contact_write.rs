//! v2 contacts, written: create with the duplicate check, update.
//!
//! Flows in: bodies by `CreateUpdateContactRequest`. Flows out: `Contact`. An update replaces whole lists. Refuses a
//! contact without email, phone and address, a region without a country, countries that are no ISO 3166-1 alpha-3
//! code, unknown companies.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::contacts::{contact_company, show, wanted_fields};
use super::errors::{Answer, Fail};
use super::id_in;
use super::order_show::first_email;
use super::order_write::masked;
use super::store::{App, Record, Time};
use super::strict::{Field, Kind, LONG, body, may, must};
use crate::sandbox::wire::{Call, Reply};

pub(super) const ADDRESS: &[Field] = &[
    may("country", LONG),
    may("line1", LONG),
    may("line2", LONG),
    may("locality", Kind::Text(100)),
    may("region", LONG),
    may(
        "field",
        Kind::Word(&["ADDRESS_FIELD_UNSPECIFIED", "BILLING", "SHIPPING", "OTHER"]),
    ),
    may("country_code", LONG),
    may("postal_code", LONG),
    may("region_code", LONG),
    may("zip_code", LONG),
    may("zip_four", Kind::Text(10)),
];

pub(super) const EMAIL: &[Field] = &[
    may("email", Kind::Text(100)),
    may(
        "field",
        Kind::Word(&["EMAIL_FIELD_UNSPECIFIED", "EMAIL1", "EMAIL2", "EMAIL3"]),
    ),
    may("opt_in_reason", LONG),
];

pub(super) const PHONE: &[Field] = &[
    may("extension", LONG),
    may("number", Kind::Text(40)),
    may("type", LONG),
    may(
        "field",
        Kind::Word(&[
            "PHONE_NUMBER_FIELD_UNSPECIFIED",
            "PHONE1",
            "PHONE2",
            "PHONE3",
            "PHONE4",
            "PHONE5",
        ]),
    ),
    may("number_e164", LONG),
];

pub(super) const FAX: &[Field] = &[
    may("number", LONG),
    may("type", LONG),
    may(
        "field",
        Kind::Word(&["FAX_NUMBER_FIELD_UNSPECIFIED", "FAX1", "FAX2"]),
    ),
];

pub(super) const CUSTOM: &[Field] = &[must("id", LONG), may("content", Kind::Any)];

const SOURCES: &[&str] = &[
    "SOURCE_TYPE_UNSPECIFIED",
    "API",
    "APPOINTMENT",
    "FORM_API_HOSTED",
    "FORM_API_INTERNAL",
    "IMPORT",
    "INTERNAL_FORM",
    "LANDING_PAGE",
    "MANUAL",
    "OTHER",
    "UNKNOWN",
    "WEBFORM",
];

const WRITE: &[Field] = &[
    may("addresses", Kind::List(ADDRESS)),
    may(
        "company",
        Kind::Object(&[may("id", LONG), may("company_name", LONG)]),
    ),
    may("origin", Kind::Object(&[may("ip_address", LONG)])),
    may("prefix", LONG),
    may("suffix", LONG),
    may("website", Kind::Text(100)),
    may("anniversary_date", LONG),
    may("birth_date", LONG),
    may("contact_type", LONG),
    may("custom_fields", Kind::List(CUSTOM)),
    may("email_addresses", Kind::List(EMAIL)),
    may("family_name", Kind::Text(40)),
    may("fax_numbers", Kind::List(FAX)),
    may("given_name", Kind::Text(40)),
    may("job_title", Kind::Text(255)),
    may("leadsource_id", LONG),
    may("middle_name", Kind::Text(100)),
    may("owner_id", LONG),
    may("phone_numbers", Kind::List(PHONE)),
    may("preferred_locale", LONG),
    may("preferred_name", Kind::Text(100)),
    may("referral_code", LONG),
    may("social_accounts", Kind::Any),
    may("source_type", Kind::Word(SOURCES)),
    may("spouse_name", Kind::Text(100)),
    may("time_zone", LONG),
    may("utm_parameters", Kind::Any),
    may("assistant_name", Kind::Text(20)),
    may("assistant_phone", Kind::Text(15)),
    may("billing_information", Kind::Text(100)),
];

pub(super) fn create(app: &mut App, call: &Call, now: Time) -> Answer {
    let told = checked(app, body(&call.body, WRITE)?)?;
    let some = |name: &str| {
        told.get(name)
            .and_then(Value::as_array)
            .is_some_and(|l| !l.is_empty())
    };
    if !some("email_addresses") && !some("phone_numbers") && !some("addresses") {
        return Err(Fail::bad(
            "At least one email address, phone number or address is required",
        ));
    }
    let wanted = wanted_fields(call)?;
    let same = match call.param("duplicate_option") {
        None => None,
        Some(option @ ("Email" | "EmailAndName" | "EmailAndNameAndCompany")) => {
            duplicate(app, &told, option)
        }
        Some(odd) => return Err(Fail::bad(format!("Invalid duplicate_option: {odd}"))),
    };
    let (status, id) = match same {
        Some(id) => {
            if let Some(contact) = app.contacts.get_mut(&id) {
                contact.body.extend(told);
                contact.updated = now;
            }
            app.hooks.event("contact.edit", id, now);
            (StatusCode::OK, id)
        }
        None => {
            let id = app.next("contact");
            let mut body = told;
            body.entry("source_type").or_insert_with(|| json!("API"));
            app.contacts.insert(
                id,
                Record {
                    id,
                    body,
                    created: now,
                    updated: now,
                },
            );
            app.hooks.event("contact.add", id, now);
            (StatusCode::CREATED, id)
        }
    };
    let contact = app
        .contacts
        .get(&id)
        .ok_or_else(|| Fail::not_found("contact", ""))?;
    Ok(Reply::json(status, &show(app, contact, &wanted)))
}

pub(super) fn update(app: &mut App, id: &str, call: &Call, now: Time) -> Answer {
    let told = checked(app, masked(call, body(&call.body, WRITE)?))?;
    let wanted = wanted_fields(call)?;
    let key = id_in("contact", id)?;
    let Some(contact) = app.contacts.get_mut(&key) else {
        return Err(Fail::not_found("contact", id));
    };
    contact.body.extend(told);
    contact.updated = now;
    app.hooks.event("contact.edit", key, now);
    let contact = app
        .contacts
        .get(&key)
        .ok_or_else(|| Fail::not_found("contact", id))?;
    Ok(Reply::json(StatusCode::OK, &show(app, contact, &wanted)))
}

fn duplicate(app: &App, told: &Map<String, Value>, option: &str) -> Option<u64> {
    let new = Record {
        id: 0,
        body: told.clone(),
        created: Time::default(),
        updated: Time::default(),
    };
    let email = first_email(&new)?.to_lowercase();
    let same_text = |old: &Record, name: &str| old.body.get(name) == told.get(name);
    app.contacts
        .values()
        .find(|old| {
            first_email(old).is_some_and(|e| e.to_lowercase() == email)
                && (option == "Email"
                    || (same_text(old, "given_name") && same_text(old, "family_name")))
                && (option != "EmailAndNameAndCompany"
                    || contact_company(old) == contact_company(&new))
        })
        .map(|old| old.id)
}

/// What the schema cannot say: countries, regions, the company.
fn checked(app: &mut App, mut told: Map<String, Value>) -> Result<Map<String, Value>, Fail> {
    for address in told
        .get("addresses")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        check_address(address)?;
    }
    if let Some(company) = told.get("company") {
        let id = company.get("id").and_then(Value::as_str);
        let known = id
            .and_then(|id| id.parse().ok())
            .filter(|id| app.companies.contains_key(id));
        match known {
            Some(id) => {
                let id: u64 = id;
                told.insert("company".into(), json!({"id": id.to_string()}));
            }
            None => {
                return Err(Fail::bad(format!(
                    "company.id {} is not a company",
                    id.unwrap_or("")
                )));
            }
        }
    }
    Ok(told)
}

pub(super) fn check_address(address: &Value) -> Result<(), Fail> {
    let text = |name: &str| {
        address
            .get(name)
            .and_then(Value::as_str)
            .filter(|t| !t.is_empty())
    };
    let country = text("country_code");
    if country.is_none() && (text("region").is_some() || text("region_code").is_some()) {
        return Err(Fail::bad("country_code is required when a region is given"));
    }
    let alpha3 = |c: &str| c.len() == 3 && c.bytes().all(|b| b.is_ascii_uppercase());
    match country {
        Some(code) if !alpha3(code) => Err(Fail::bad(format!(
            "country_code {code} is not an ISO 3166-1 alpha-3 code"
        ))),
        _ => Ok(()),
    }
}
