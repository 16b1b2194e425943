//! Keap's contacts.

use super::call::{broken, stamp};
use super::fetch;
use super::place::{PullPlace, page_size};
use crate::connectors::json::{as_text, list, moment, text};
use crate::connectors::{CallError, Cursor, Page, Session};
use crate::model::{Address, Contact, Document, Kind, SourceId, SourceRecord};
use serde_json::{Value, json};

/// One page of what changed; see [`super::pull`] for how the list is walked.
pub(super) async fn changed(session: &Session, cursor: Option<&Cursor>) -> Result<Page, CallError> {
    walked(session, PullPlace::of(cursor), record).await
}

/// One page from a place on, each contact read as it is wanted.
pub(super) async fn walked(
    session: &Session,
    mut place: PullPlace,
    record: fn(&Value) -> SourceRecord,
) -> Result<Page, CallError> {
    place.began.get_or_insert(session.clock.now());
    let filter = place
        .since
        .map(|t| format!("start_update_time=={}", stamp(t)));
    let body = fetch::contacts_page(session, filter, &place.token, page_size(session)).await?;
    let Some(Value::Array(contacts)) = body.get("contacts") else {
        return Err(broken("the list of contacts has no `contacts`"));
    };
    let last = contacts
        .iter()
        .filter_map(|c| moment(&text(c, "update_time")))
        .max();
    let token = text(&body, "next_page_token");
    let more = !token.is_empty() && !contacts.is_empty();
    place.next(last, if more { token } else { String::new() });
    Ok(Page {
        records: contacts.iter().map(record).collect(),
        cursor: place.cursor()?,
        more,
        ..Page::default()
    })
}

/// One contact, by its id.
pub(super) async fn one(session: &Session, number: &str) -> Result<Page, CallError> {
    let ids = [number.trim().to_owned()];
    let found = fetch::contacts_by_id(session, &ids).await?;
    Ok(Page {
        records: found.iter().map(record).collect(),
        ..Page::default()
    })
}

fn record(contact: &Value) -> SourceRecord {
    let id = text(contact, "id");
    SourceRecord::of(
        Kind::Contact,
        SourceId(id.clone()),
        id,
        moment(&text(contact, "update_time")),
        json!({ "contact": contact }),
        Document::Contact(read(contact)),
    )
}

/// The entry of a list whose `field` is the first of `slots` that is there; without slots the first one.
fn slot<'a>(entries: &'a [Value], slots: &[&str]) -> Option<&'a Value> {
    slots
        .iter()
        .find_map(|s| entries.iter().find(|e| text(e, "field") == **s))
}

pub(super) fn address(a: &Value) -> Address {
    let first = |fields: &[&str]| {
        let found = fields.iter().map(|f| text(a, f)).find(|t| !t.is_empty());
        found.unwrap_or_default()
    };
    let mut postal_code = first(&["postal_code", "zip_code"]);
    let four = text(a, "zip_four");
    if !four.is_empty() && !postal_code.is_empty() && !postal_code.contains('-') {
        postal_code = format!("{postal_code}-{four}");
    }
    Address {
        lines: ["line1", "line2"]
            .iter()
            .map(|f| text(a, f))
            .filter(|l| !l.trim().is_empty())
            .collect(),
        city: text(a, "locality"),
        region: first(&["region", "region_code"]),
        postal_code,
        country: first(&["country", "country_code"]),
    }
}

/// Custom fields as `custom.<id>`.
pub(super) fn custom(value: &Value) -> impl Iterator<Item = (String, String)> + '_ {
    list(value, "custom_fields").iter().filter_map(|f| {
        let content = f.get("content")?;
        let words = match content {
            Value::Array(several) => several.iter().map(as_text).collect::<Vec<_>>().join(", "),
            one => as_text(one),
        };
        let filled = !words.is_empty();
        filled.then(|| (format!("custom.{}", text(f, "id")), words))
    })
}

/// A contact. Its name is the person's, else the company's, else the e-mail address.
pub fn read(contact: &Value) -> Contact {
    let (first_name, last_name) = (text(contact, "given_name"), text(contact, "family_name"));
    let company = contact.get("company").map(|c| text(c, "company_name"));
    let company = company.unwrap_or_default();
    let emails = list(contact, "email_addresses");
    let email = slot(emails, &["EMAIL1", "EMAIL2", "EMAIL3"]).map(|e| text(e, "email"));
    // The short form inside an order has the address at its top.
    let email = email.unwrap_or_else(|| text(contact, "email"));
    let phones = list(contact, "phone_numbers");
    let is_mobile = |p: &&Value| text(p, "type").to_lowercase().contains("mobile");
    let number = |p: &Value| text(p, "number");
    let addresses = list(contact, "addresses");
    let at = |slots: &[&str]| slot(addresses, slots).map(address).unwrap_or_default();
    let person = format!("{} {}", first_name.trim(), last_name.trim());
    let name = [person.trim(), company.trim(), email.trim()]
        .into_iter()
        .find(|n| !n.is_empty())
        .unwrap_or_default()
        .to_owned();
    let phone = phones
        .iter()
        .find(|p| !is_mobile(p) && !number(p).is_empty());
    Contact {
        id: text(contact, "id"),
        name,
        email,
        phone: phone.map(number).unwrap_or_default(),
        mobile: phones
            .iter()
            .find(is_mobile)
            .map(number)
            .unwrap_or_default(),
        billing: at(&["BILLING"]),
        service: at(&["SHIPPING", "OTHER"]),
        tags: list(contact, "tag_ids").iter().map(as_text).collect(),
        fields: custom(contact).collect(),
        first_name,
        last_name,
        company,
        ..Contact::default()
    }
}
