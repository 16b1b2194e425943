//! v2 products: list, single, create.
//!
//! Flows in: `/rest/v2/products...`. Flows out: `RestV2Product`. The price is an integer in the smallest unit in
//! requests and a `CurrencyValue` in answers. Two products may have one SKU. Refuses negative prices.

use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::errors::{Answer, Fail};
use super::filter::{Clause, Kind as F, ListQuery, ListRules, Place, list_answer};
use super::order_show::time;
use super::store::{App, Product, Time};
use super::strict::{Field, Kind, LONG, body, may, must};
use super::switches::Switches;
use super::{id_in, money};
use crate::sandbox::wire::{Call, Reply};

const LIST: ListRules = ListRules {
    fields: &[
        ("name", F::Text),
        ("sku", F::Text),
        ("description", F::Text),
        ("short_description", F::Text),
        ("product_id", F::IdCompared),
        ("product_ids", F::Ids),
    ],
    orders: &["name", "sku", "last_updated_time"],
    custom: false,
};
const INVENTORY: &[Field] = &[
    may("inventory_limit", Kind::Integer),
    may("inventory_count", Kind::Integer),
    may("out_of_stock_enabled", Kind::Flag),
    may("email_for_inventory_notifications", LONG),
];
const CREATE: &[Field] = &[
    must("name", LONG),
    may("sku", LONG),
    must("price", Kind::Integer),
    may("active", Kind::Flag),
    may("description", LONG),
    may("shippable", Kind::Flag),
    may("weight", Kind::Number),
    may("taxable", Kind::Flag),
    may("inventory", Kind::Object(INVENTORY)),
    must("short_description", LONG),
    may("subscription_only", Kind::Flag),
    may("storefront_hidden", Kind::Flag),
    may("country_taxable", Kind::Flag),
    may("state_taxable", Kind::Flag),
    may("city_taxable", Kind::Flag),
    may("top_html", LONG),
    may("bottom_html", LONG),
    may("is_package", Kind::Flag),
    may("needs_digital_delivery", Kind::Flag),
    may("delivery_description", LONG),
];
/// Properties that the product keeps in a place of its own.
const OWN: [&str; 6] = ["name", "sku", "price", "active", "shippable", "taxable"];

pub(super) fn list(app: &App, call: &Call, switches: &Switches) -> Answer {
    let query = ListQuery::read(call, &LIST, switches)?;
    let kept = app
        .products
        .values()
        .filter(|p| query.clauses.iter().all(|c| matches(p, c)));
    let (page, next) = query.page(kept, |p| {
        let place = match query.order.as_str() {
            "name" => Place::Text(p.name.to_lowercase()),
            "sku" => Place::Text(p.sku.clone().unwrap_or_default().to_lowercase()),
            "last_updated_time" => Place::time(p.updated),
            _ => Place::Number(i128::from(p.id)),
        };
        (place, p.id)
    });
    let rows = page.into_iter().map(|p| show(app, p)).collect();
    Ok(Reply::json(
        StatusCode::OK,
        &list_answer("products", rows, next, switches),
    ))
}

fn matches(product: &Product, clause: &Clause) -> bool {
    match clause.field.as_str() {
        "name" => clause.text(Some(&product.name)),
        "sku" => clause.text(product.sku.as_deref()),
        "product_id" | "product_ids" => clause.id(product.id),
        other => clause.text(product.rest.get(other).and_then(Value::as_str)),
    }
}

pub(super) fn show(app: &App, product: &Product) -> Value {
    let mut shown = json!({
        "id": product.id.to_string(),
        "name": product.name,
        "price": money::currency_value(product.price, &app.currency),
        "active": product.active,
        "shippable": product.shippable,
        "taxable": product.taxable,
        "create_time": time(product.created),
        "update_time": time(product.updated),
    });
    if let Some(sku) = &product.sku {
        shown["sku"] = json!(sku);
    }
    for (name, value) in &product.rest {
        shown[name] = value.clone();
    }
    shown
}

pub(super) fn single(app: &App, id: &str) -> Answer {
    let product = app
        .products
        .get(&id_in("product", id)?)
        .ok_or_else(|| Fail::not_found("product", id))?;
    Ok(Reply::json(StatusCode::OK, &show(app, product)))
}

pub(super) fn create(app: &mut App, call: &Call, now: Time) -> Answer {
    let told = body(&call.body, CREATE)?;
    let units = told.get("price").and_then(Value::as_i64).unwrap_or(-1);
    if units < 0 {
        return Err(Fail::bad("price must be greater than or equal to 0"));
    }
    let price = money::from_minor(units, money::exponent(&app.currency));
    if price > money::most() {
        return Err(Fail::bad("price is too large"));
    }
    let product = build(app.next("product"), &told, price, now);
    let shown = show(app, &product);
    app.hooks.event("product.add", product.id, now);
    app.products.insert(product.id, product);
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

/// A product from v2's properties, its price already read.
pub(super) fn build(id: u64, told: &Map<String, Value>, price: Decimal, now: Time) -> Product {
    let text = |name: &str| told.get(name).and_then(Value::as_str).map(str::to_owned);
    let flag =
        |name: &str, otherwise: bool| told.get(name).and_then(Value::as_bool).unwrap_or(otherwise);
    Product {
        id,
        name: text("name").unwrap_or_default(),
        sku: text("sku"),
        price,
        taxable: flag("taxable", true),
        active: flag("active", true),
        shippable: flag("shippable", false),
        rest: told
            .iter()
            .filter(|(name, _)| !OWN.contains(&name.as_str()) && name.as_str() != "id")
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        created: now,
        updated: now,
    }
}
