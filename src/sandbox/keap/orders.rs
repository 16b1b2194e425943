//! v2 orders, read: list, single, and the model of their custom fields.
//!
//! Flows in: `/rest/v2/orders...`. Flows out: `ListOrders`, `OrderV2`. Refuses custom fields in a filter that the
//! application does not have.

use http::StatusCode;
use serde_json::{Value, json};

use super::errors::{Answer, Fail};
use super::filter::{Clause, Kind as F, ListQuery, ListRules, Place, list_answer};
use super::store::{App, Order};
use super::switches::Switches;
use super::{id_in, order_show};
use crate::sandbox::wire::{Call, Reply};

const LIST: ListRules = ListRules {
    fields: &[
        ("id", F::IdCompared),
        ("ids", F::Ids),
        ("product_id", F::Id),
        ("contact_id", F::Id),
        ("invoice_id", F::Id),
        ("invoice_xid", F::Text),
        ("paid", F::Flag),
        ("created_since_time", F::Time),
        ("created_until_time", F::Time),
        ("modified_since_time", F::Time),
        ("modified_until_time", F::Time),
        ("title", F::Text),
        ("order_type", F::Text),
        ("shipping_locality", F::Text),
        ("shipping_region_code", F::Text),
        ("shipping_postal_code", F::Text),
        ("shipping_country_code", F::Text),
    ],
    orders: &["id", "order_time", "modification_time"],
    custom: true,
};

pub(super) fn list(app: &App, call: &Call, switches: &Switches) -> Answer {
    let query = ListQuery::read(call, &LIST, switches)?;
    for clause in query.clauses.iter().filter(|c| c.field.starts_with('_')) {
        if !app.order_fields.contains_key(&clause.field.to_lowercase()) {
            return Err(Fail::bad(format!("Invalid filter field: {}", clause.field)));
        }
    }
    let kept = app.orders.values().filter(|order| {
        query
            .clauses
            .iter()
            .all(|c| matches(app, order, c, switches))
    });
    let (rows, next) = query.page(kept, |order| {
        let place = match query.order.as_str() {
            "order_time" => Place::time(order.order_time),
            "modification_time" => Place::time(order.modified),
            _ => Place::Number(i128::from(order.id)),
        };
        (place, order.id)
    });
    let items = switches.is("list_items", "with");
    let rows = rows
        .into_iter()
        .map(|o| order_show::order(app, o, items, switches))
        .collect();
    Ok(Reply::json(
        StatusCode::OK,
        &list_answer("orders", rows, next, switches),
    ))
}

fn matches(app: &App, order: &Order, clause: &Clause, switches: &Switches) -> bool {
    let address = |name: &str| {
        let shipping = order.shipping.as_ref()?;
        shipping.get("address")?.get(name)?.as_str()
    };
    match clause.field.as_str() {
        "id" | "ids" => clause.id(order.id),
        "product_id" => clause.any_id(order.items.iter().filter_map(|i| i.product)),
        "contact_id" => clause.id(order.contact),
        "invoice_id" => clause.id(order.invoice_id),
        "paid" => clause.flag(app.status(order, &app.totals(order, switches)) == "PAID"),
        "created_since_time" => clause.since(order.created),
        "created_until_time" => clause.until(order.created),
        "modified_since_time" => clause.since(order.modified),
        "modified_until_time" => clause.until(order.modified),
        "title" => clause.text(Some(&order.title)),
        "order_type" => clause.text(Some(&order.order_type)),
        "shipping_locality" => clause.text(address("locality")),
        "shipping_region_code" => clause.text(address("region_code")),
        "shipping_postal_code" => clause.text(address("postal_code")),
        "shipping_country_code" => clause.text(address("country_code")),
        custom => clause.text(custom_field(app, order, custom).as_deref()),
    }
}

fn custom_field(app: &App, order: &Order, field_name: &str) -> Option<String> {
    let (id, ..) = app.order_fields.get(&field_name.to_lowercase())?;
    let fields = order.rest.get("custom_fields")?.as_array()?;
    let field = fields
        .iter()
        .find(|f| f.get("id").and_then(Value::as_str) == Some(id))?;
    match field.get("content")? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

pub(super) fn model(app: &App) -> Reply {
    let fields: Vec<Value> = app
        .order_fields
        .values()
        .map(|(id, name, label)| json!({"id": id, "label": label, "field_name": name, "field_type": "TEXT"}))
        .collect();
    Reply::json(
        StatusCode::OK,
        &json!({"custom_fields": fields, "optional_properties": []}),
    )
}

pub(super) fn single(app: &App, id: &str, switches: &Switches) -> Answer {
    let order = app
        .orders
        .get(&id_in("order", id)?)
        .ok_or_else(|| Fail::not_found("order", id))?;
    Ok(Reply::json(
        StatusCode::OK,
        &order_show::order(app, order, true, switches),
    ))
}
