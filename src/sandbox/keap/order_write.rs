//! v2 orders, written: create, update, delete, add an item.
//!
//! Flows in: bodies by `RestCreateOrderRequest`, `UpdateOrderRequest`, `CreateOrderItemRequest`; prices are doubles in
//! major units. Flows out: `OrderV2`. Refuses: unknown contacts and products, quantities below 1, blank names,
//! amounts finer than the currency, deletion of an order that has payments. Payment plans come from the seed alone.

use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::errors::{Answer, Fail};
use super::order_address::shipping;
use super::orders::single;
use super::store::{App, Item, Order, Time};
use super::strict::{Field, Kind, LONG, body, may, must};
use super::switches::Switches;
use super::{id_in, money, order_show};
use crate::sandbox::wire::{Call, Reply};

/// What an item of an order may be when it is created.
pub(super) const CREATE_TYPES: &[&str] = &[
    "PRODUCT",
    "SHIPPING",
    "TAX",
    "FINANCE_CHARGE",
    "SUBSCRIPTION",
    "DISCOUNT",
    "DISCOUNT_FREE_TRIAL",
    "DISCOUNT_ORDER_TOTAL",
    "DISCOUNT_PRODUCT",
    "DISCOUNT_PRODUCT_CATEGORY",
    "DISCOUNT_SHIPPING",
    "OTHER",
    "FEE",
];

const ADDRESS: &[Field] = &[
    may("line1", LONG),
    may("line2", LONG),
    may("locality", LONG),
    may("region", LONG),
    may("company", LONG),
    may("phone", LONG),
    may("zip_code", LONG),
    may("zip_four", LONG),
    may("country_code", LONG),
    may("first_name", LONG),
    may("middle_name", LONG),
    may("last_name", LONG),
    may("is_invoice_to_company", Kind::Flag),
];

const CUSTOM_FIELDS: &[Field] = &[must("id", LONG), may("content", Kind::Any)];

const ITEM: &[Field] = &[
    may("name", LONG),
    may("description", LONG),
    must("quantity", Kind::Integer),
    may("notes", LONG),
    may("product_id", LONG),
    may("subscription_plan_id", LONG),
    may("subscription_plan_description", LONG),
    may("item_type", Kind::Word(CREATE_TYPES)),
    may("price_per_unit", Kind::Number),
    may("cost_per_unit", Kind::Number),
];

const CREATE: &[Field] = &[
    may("notes", LONG),
    may("terms", LONG),
    may("title", LONG),
    must("contact_id", LONG),
    may("order_items", Kind::List(ITEM)),
    must("order_title", LONG),
    must("order_time", Kind::Time),
    must("order_type", Kind::Word(&["ONLINE", "OFFLINE"])),
    may("promo_codes", Kind::Texts),
    may("lead_affiliate_id", LONG),
    may("sales_affiliate_id", LONG),
    may("shipping_address", Kind::Object(ADDRESS)),
    may("custom_fields", Kind::List(CUSTOM_FIELDS)),
    may("sent_time", Kind::Time),
    may("due_time", Kind::Time),
    may("invoice_number", LONG),
    may("external_create_user", LONG),
    may("external_create_time", Kind::Time),
    may("external_update_time", Kind::Time),
];

const PLAN: &[Field] = &[
    may("auto_charge", Kind::Flag),
    may("max_charge_attempts", Kind::Integer),
    may("days_between_retries", Kind::Integer),
    may("payment_method_id", LONG),
    may("initial_payment_amount", Kind::Number),
    may("initial_payment_date", Kind::Date),
    may("plan_start_date", Kind::Date),
    may("number_of_payments", Kind::Integer),
    may("days_between_payments", Kind::Integer),
];

const UPDATE: &[Field] = &[
    may("notes", LONG),
    may("terms", LONG),
    may("title", LONG),
    may("contact_id", LONG),
    may("order_title", LONG),
    may("order_time", Kind::Time),
    may("order_type", Kind::Word(&["ONLINE", "OFFLINE"])),
    may("promo_codes", Kind::Texts),
    may("lead_affiliate_id", LONG),
    may("sales_affiliate_id", LONG),
    may("shipping_address", Kind::Object(ADDRESS)),
    may("payment_plan", Kind::Object(PLAN)),
    may("custom_fields", Kind::List(CUSTOM_FIELDS)),
    may("sent_time", Kind::Time),
    may("due_time", Kind::Time),
    may("invoice_number", LONG),
    may("external_create_user", LONG),
    may("external_create_time", Kind::Time),
    may("external_update_time", Kind::Time),
];

/// What goes through unchanged from a request to the order.
const KEPT: &[&str] = &[
    "notes",
    "terms",
    "lead_affiliate_id",
    "sales_affiliate_id",
    "custom_fields",
    "sent_time",
    "due_time",
    "invoice_number",
    "external_create_user",
    "external_create_time",
    "external_update_time",
];

pub(super) fn create(app: &mut App, call: &Call, now: Time, switches: &Switches) -> Answer {
    let told = body(&call.body, CREATE)?;
    let contact = contact_in(app, &told)?.ok_or_else(|| Fail::bad("contact_id is required"))?;
    let mut items = vec![];
    for item in told
        .get("order_items")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        items.push(read_item(app, item)?);
    }
    let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default();
    let order = Order {
        id: app.next("order"),
        invoice_id: app.next("invoice"),
        title: text("order_title").to_owned(),
        status: if told.contains_key("sent_time") {
            "SENT"
        } else {
            "DRAFT"
        }
        .into(),
        contact,
        order_type: text("order_type").to_owned(),
        source_type: "API".into(),
        order_time: time_in(&told, "order_time").unwrap_or(now),
        created: now,
        modified: now,
        items,
        plan: None,
        shipping: told
            .get("shipping_address")
            .and_then(Value::as_object)
            .map(shipping),
        rest: kept(&told),
        expect: None,
    };
    let id = order.id;
    app.raise(order);
    app.hooks.event("order.add", id, now);
    app.hooks.event("invoice.add", id, now);
    let order = app
        .orders
        .get(&id)
        .ok_or_else(|| Fail::not_found("order", ""))?;
    Ok(Reply::json(
        StatusCode::CREATED,
        &order_show::order(app, order, true, switches),
    ))
}

pub(super) fn update(
    app: &mut App,
    id: &str,
    call: &Call,
    now: Time,
    switches: &Switches,
) -> Answer {
    let told = masked(call, body(&call.body, UPDATE)?);
    let key = id_in("order", id)?;
    if !app.orders.contains_key(&key) {
        return Err(Fail::not_found("order", id));
    }
    let contact = contact_in(app, &told)?;
    if told.contains_key("payment_plan") {
        return Err(
            Fail::bad("payment_plan cannot be changed in the sandbox; seed it")
                .with_status(StatusCode::NOT_IMPLEMENTED),
        );
    }
    let Some(order) = app.orders.get_mut(&key) else {
        return Err(Fail::not_found("order", id));
    };
    let text = |name: &str| told.get(name).and_then(Value::as_str).map(str::to_owned);
    order.title = text("order_title").unwrap_or_else(|| order.title.clone());
    order.order_type = text("order_type").unwrap_or_else(|| order.order_type.clone());
    order.order_time = time_in(&told, "order_time").unwrap_or(order.order_time);
    order.contact = contact.unwrap_or(order.contact);
    if let Some(address) = told.get("shipping_address").and_then(Value::as_object) {
        order.shipping = Some(shipping(address));
    }
    order.rest.extend(kept(&told));
    order.modified = now;
    app.hooks.event("order.edit", key, now);
    single(app, id, switches)
}

pub(super) fn delete(app: &mut App, id: &str, now: Time, switches: &Switches) -> Answer {
    let key = id_in("order", id)?;
    if !app.orders.contains_key(&key) {
        return Err(Fail::not_found("order", id));
    }
    if app.parts_of(key).next().is_some() {
        let fail = Fail::conflict("The order has payments and cannot be deleted");
        let bad = switches.number("delete_paid_order") == 400;
        return Err(if bad {
            fail.with_status(StatusCode::BAD_REQUEST)
        } else {
            fail
        });
    }
    app.orders.remove(&key);
    app.hooks.event("order.delete", key, now);
    Ok(Reply::text(StatusCode::NO_CONTENT, "application/json", ""))
}

pub(super) fn add_item(
    app: &mut App,
    id: &str,
    call: &Call,
    now: Time,
    switches: &Switches,
) -> Answer {
    let told = Value::Object(body(&call.body, ITEM)?);
    let key = id_in("order", id)?;
    if !app.orders.contains_key(&key) {
        return Err(Fail::not_found("order", id));
    }
    let item = read_item(app, &told)?;
    let new = item.id.to_string();
    if let Some(order) = app.orders.get_mut(&key) {
        order.items.push(item);
        order.modified = now;
    }
    app.hooks.event("order.edit", key, now);
    let shown = app
        .orders
        .get(&key)
        .map(|o| order_show::order(app, o, true, switches));
    let items = shown
        .as_ref()
        .and_then(|o| o.get("order_items"))
        .and_then(Value::as_array);
    let item = items.and_then(|list| list.iter().find(|i| i["id"] == json!(new)).cloned());
    Ok(Reply::json(
        StatusCode::CREATED,
        &item.unwrap_or(Value::Null),
    ))
}

/// Only what `update_mask` names, when it names anything.
pub(super) fn masked(call: &Call, told: Map<String, Value>) -> Map<String, Value> {
    let mask: Vec<&str> = call
        .query
        .iter()
        .filter(|(k, _)| k == "update_mask")
        .flat_map(|(_, v)| v.split(','))
        .map(str::trim)
        .filter(|v| !v.is_empty())
        .collect();
    told.into_iter()
        .filter(|(name, _)| mask.is_empty() || mask.contains(&name.as_str()))
        .collect()
}

fn contact_in(app: &App, told: &Map<String, Value>) -> Result<Option<u64>, Fail> {
    let Some(text) = told.get("contact_id").and_then(Value::as_str) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(id) if app.contacts.contains_key(&id) => Ok(Some(id)),
        _ => Err(Fail::bad(format!("contact_id {text} is not a contact"))),
    }
}

/// A `CreateOrderItemRequest` that fits the schema.
pub(super) fn read_item(app: &mut App, told: &Value) -> Result<Item, Fail> {
    let text = |name: &str| told.get(name).and_then(Value::as_str).map(str::to_owned);
    for name in ["name", "description", "notes"] {
        if text(name).is_some_and(|t| t.trim().is_empty()) {
            return Err(Fail::bad(format!("{name} must not be blank")));
        }
    }
    let quantity = told.get("quantity").and_then(Value::as_i64).unwrap_or(0);
    if !(1..=i64::from(i32::MAX)).contains(&quantity) {
        return Err(Fail::bad("quantity must be greater than or equal to 1"));
    }
    let kind = text("item_type").unwrap_or_else(|| "PRODUCT".into());
    let product = match text("product_id") {
        Some(id) => match id.parse().ok().filter(|id| app.products.contains_key(id)) {
            Some(id) => Some(id),
            None => return Err(Fail::bad(format!("product_id {id} is not a product"))),
        },
        None if kind == "PRODUCT" || kind == "SUBSCRIPTION" => {
            return Err(Fail::bad(format!(
                "product_id is required for item_type {kind}"
            )));
        }
        None => None,
    };
    if kind == "SUBSCRIPTION" {
        return Err(Fail::bad("subscription_plan_id is not a subscription plan"));
    }
    let exponent = money::exponent(&app.currency);
    let amount = |name: &str| -> Result<Option<Decimal>, Fail> {
        let Some(value) = told.get(name).filter(|v| !v.is_null()) else {
            return Ok(None);
        };
        match money::read_exact(value, exponent) {
            Some(amount) => Ok(Some(amount)),
            None => Err(Fail::bad(format!(
                "{name} has more decimals than the currency"
            ))),
        }
    };
    let own = product.and_then(|id| app.products.get(&id));
    let price = amount("price_per_unit")?.or_else(|| own.map(|p| p.price));
    let name = text("name").or_else(|| own.map(|p| p.name.clone()));
    let cost = amount("cost_per_unit")?;
    Ok(Item {
        id: app.next("item"),
        name,
        description: text("description"),
        notes: text("notes"),
        quantity,
        price: price.unwrap_or_default(),
        cost,
        product,
        subscription_id: None,
        special: None,
        kind,
    })
}

pub(super) fn time_in(told: &Map<String, Value>, name: &str) -> Option<Time> {
    let text = told.get(name)?.as_str()?;
    let at = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    Some(at.with_timezone(&chrono::Utc))
}

fn kept(told: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = Map::new();
    for name in KEPT {
        if let Some(value) = told.get(*name) {
            let value = if name.ends_with("_time") {
                time_in(told, name).map_or_else(|| value.clone(), order_show::time)
            } else {
                value.clone()
            };
            kept.insert((*name).to_owned(), value);
        }
    }
    if let Some(code) = told.get("promo_codes").and_then(|c| c.get(0)) {
        kept.insert("promo_code".into(), code.clone());
    }
    kept
}
