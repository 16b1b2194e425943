//! What belongs to orders, brought in bulk: items, payments, contacts.
//!
//! Flows in: orders as the list gave them. Flows out: each with its payments and contact.
//! One call brings the payments, and one the contacts, of `IDS` orders. An order is asked for by itself only where
//! the list gave no items, and its own payments only where the bulk list cannot tell its share: a payment over
//! several orders, a refund, or a sum that is not what the order says was paid.
//! Bounded by: `IDS` ids a call, `PAGES` pages a list.

use super::call::{broken, encoded, get, stamp};
use super::connect::{Profile, order_fields};
use super::payments::{self, id};
use crate::connectors::json::{as_text, list, text};
use crate::connectors::{CallError, Session};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Ids in one call: a list of them goes into the address, which must not grow too long.
pub const IDS: usize = 200;
/// Pages followed in one list.
const PAGES: usize = 200;
/// The fields asked of a contact.
const FIELDS: &str = "addresses,billing_information,company,custom_fields,email_addresses,family_name,given_name,id,phone_numbers,tag_ids,update_time";

/// An order with what belongs to it.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// The order.
    pub order: Value,
    /// Its payments, from the bulk list.
    pub payments: Vec<Value>,
    /// Its payments, from its own list, where they had to be asked for.
    pub order_payments: Option<Vec<Value>>,
    /// Its contact.
    pub contact: Option<Value>,
}

impl Gathered {
    /// Everything Keap said, as it is stored.
    pub fn raw(&self, profile: &Profile) -> Value {
        let mut raw = json!({
            "order": self.order,
            "payments": self.payments,
            "order_payments": self.order_payments,
            "contact": self.contact,
            "currency": profile.currency,
            "zone": profile.zone,
        });
        let named = |id: String| Some((profile.order_fields.get(&id)?, id));
        let fields: Map<String, Value> = (self.custom_fields().filter_map(named))
            .map(|(field, id)| (id, json!({"label": field.label, "name": field.name})))
            .collect();
        if let (Value::Object(raw), false) = (&mut raw, fields.is_empty()) {
            raw.insert("order_fields".to_owned(), Value::Object(fields));
        }
        raw
    }

    /// The ids of the order's custom fields.
    fn custom_fields(&self) -> impl Iterator<Item = String> + '_ {
        let all = list(&self.order, "custom_fields").iter();
        all.map(|f| text(f, "id")).filter(|id| !id.is_empty())
    }
}

/// Asks how the custom fields of some orders are called, where that is not known yet.
pub(super) async fn name_fields(
    session: &Session,
    profile: &mut Profile,
    gathered: &[Gathered],
) -> Result<(), CallError> {
    let ids: BTreeSet<String> = gathered.iter().flat_map(Gathered::custom_fields).collect();
    if ids.iter().all(|id| profile.order_fields.contains_key(id)) {
        return Ok(());
    }
    profile.order_fields = order_fields(session).await?;
    // One that Keap does not list is not asked for at every page.
    for id in ids {
        profile.order_fields.entry(id).or_default();
    }
    Ok(())
}

/// Follows a list to its end.
async fn all(
    session: &Session,
    class: &'static str,
    path: &str,
    field: &str,
) -> Result<Vec<Value>, CallError> {
    let mut found = Vec::new();
    let mut token = String::new();
    for _ in 0..PAGES {
        let mut page = path.to_owned();
        if !token.is_empty() {
            page.push_str(&format!("&page_token={}", encoded(&token)));
        }
        let body = get(session, class, &page).await?;
        let body = body.ok_or_else(|| broken(format!("it has no list of {class}")))?;
        match body.get(field) {
            Some(Value::Array(items)) => found.extend(items.iter().cloned()),
            None | Some(Value::Null) => {}
            Some(_) => return Err(broken(format!("`{field}` is not a list"))),
        }
        let next = text(&body, "next_page_token");
        if next.is_empty() || next == token {
            return Ok(found);
        }
        token = next;
    }
    Err(broken(format!("the list of {class} does not end")))
}

/// Only numbers go into a filter.
fn numeric(ids: &[String]) -> Vec<String> {
    let mut ids: Vec<String> = ids
        .iter()
        .filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
        .cloned()
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Elements of a list by many ids.
async fn by_ids(
    session: &Session,
    class: &'static str,
    path: &str,
    (filter, field): (&str, &str),
    ids: &[String],
) -> Result<Vec<Value>, CallError> {
    let mut found = Vec::new();
    for some in numeric(ids).chunks(IDS) {
        let clause = encoded(&format!("{filter}=={}", some.join(",")));
        let path = format!("{path}&page_size=1000&filter={clause}");
        found.extend(all(session, class, &path, field).await?);
    }
    Ok(found)
}

/// Orders by id.
pub(super) async fn orders_by_id(
    session: &Session,
    ids: &[String],
) -> Result<Vec<Value>, CallError> {
    by_ids(
        session,
        "orders",
        "/orders?order_by=id%20asc",
        ("ids", "orders"),
        ids,
    )
    .await
}

/// Contacts by id.
pub(super) async fn contacts_by_id(
    session: &Session,
    ids: &[String],
) -> Result<Vec<Value>, CallError> {
    let path = format!("/contacts?fields={FIELDS}");
    by_ids(session, "contacts", &path, ("ids", "contacts"), ids).await
}

/// Payments by id.
pub(super) async fn payments_by_id(
    session: &Session,
    ids: &[String],
) -> Result<Vec<Value>, CallError> {
    let path = "/sales/payments?order_by=id%20asc";
    by_ids(session, "payments", path, ("ids", "payments"), ids).await
}

/// Every product.
pub(super) async fn products(session: &Session) -> Result<Vec<Value>, CallError> {
    all(session, "products", "/products?page_size=1000", "products").await
}

/// Contacts changed since a time, one page: the body as it came.
pub(super) async fn contacts_page(
    session: &Session,
    filter: Option<String>,
    token: &str,
    size: usize,
) -> Result<Value, CallError> {
    let mut path = format!(
        "/contacts?fields={FIELDS}&order_by={}&page_size={size}",
        encoded("update_time asc")
    );
    if let Some(filter) = filter {
        path.push_str(&format!("&filter={}", encoded(&filter)));
    }
    if !token.is_empty() {
        path.push_str(&format!("&page_token={}", encoded(token)));
    }
    let body = get(session, "contacts", &path).await?;
    body.ok_or_else(|| broken("it has no list of contacts"))
}

/// Payments made since a time.
pub(super) async fn payments_since(
    session: &Session,
    since: DateTime<Utc>,
) -> Result<Vec<Value>, CallError> {
    let filter = encoded(&format!("since_time=={}", stamp(since)));
    let path = format!("/sales/payments?page_size=1000&filter={filter}");
    all(session, "payments", &path, "payments").await
}

/// Of which orders payments are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PaidOf {
    /// Of those that say that something was paid.
    Paid,
    /// Of all: money that is on its way counts nowhere yet.
    All,
}

/// Brings what belongs to orders.
pub(super) async fn gather(
    session: &Session,
    orders: Vec<Value>,
    paid_of: PaidOf,
) -> Result<Vec<Gathered>, CallError> {
    let mut gathered = Vec::with_capacity(orders.len());
    for order in orders {
        gathered.push(Gathered {
            order: with_items(session, order).await?,
            ..Gathered::default()
        });
    }
    bring_payments(session, &mut gathered, paid_of).await?;
    bring_contacts(session, &mut gathered).await?;
    Ok(gathered)
}

/// The list may leave items out; an order of nothing is asked for once more, by itself.
async fn with_items(session: &Session, order: Value) -> Result<Value, CallError> {
    let id = text(&order, "id");
    if !list(&order, "order_items").is_empty() || numeric(std::slice::from_ref(&id)).is_empty() {
        return Ok(order);
    }
    let one = get(session, "order", &format!("/orders/{id}")).await?;
    // Removed since it was listed: what the list said is what there is.
    Ok(one.unwrap_or(order))
}

async fn bring_payments(
    session: &Session,
    gathered: &mut [Gathered],
    paid_of: PaidOf,
) -> Result<(), CallError> {
    let ids: Vec<String> = gathered
        .iter()
        .filter(|g| paid_of == PaidOf::All || payments::expected(&g.order))
        .map(|g| id(&g.order, "id"))
        .collect();
    let found = by_ids(
        session,
        "payments",
        "/sales/payments?order_by=id%20asc",
        ("order_ids", "payments"),
        &ids,
    );
    let mut by_order: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for payment in found.await? {
        for order in list(&payment, "order_ids") {
            // A payment over orders of two calls comes twice.
            let of = by_order.entry(as_text(order)).or_default();
            of.insert(id(&payment, "id"), payment.clone());
        }
    }
    for one in gathered.iter_mut() {
        let id = id(&one.order, "id");
        let own = by_order.remove(&id).unwrap_or_default();
        one.payments = own.into_values().collect();
        let asked = payments::expected(&one.order) || !one.payments.is_empty();
        if asked
            && !payments::settles(&one.order, &one.payments)
            && !numeric(std::slice::from_ref(&id)).is_empty()
        {
            let path = format!("/orders/{id}/payments?page_size=1000");
            let own = all(session, "order_payments", &path, "invoice_order_payments").await?;
            one.order_payments = Some(own);
        }
    }
    Ok(())
}

async fn bring_contacts(session: &Session, gathered: &mut [Gathered]) -> Result<(), CallError> {
    let id_of = |order: &Value| {
        order
            .get("contact")
            .map(|c| text(c, "id"))
            .unwrap_or_default()
    };
    let ids: Vec<String> = gathered.iter().map(|g| id_of(&g.order)).collect();
    let found = contacts_by_id(session, &ids).await?;
    let by_id: BTreeMap<String, Value> = found.into_iter().map(|c| (text(&c, "id"), c)).collect();
    for one in gathered.iter_mut() {
        one.contact = by_id.get(&id_of(&one.order)).cloned();
    }
    Ok(())
}
