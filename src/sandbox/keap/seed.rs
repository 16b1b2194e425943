//! The seed: data put in beside the API, and edits as a person would make them.
//!
//! Flows in: JSON through the control plane. Flows out: rows in the world, and the numbers they got. A seed adds;
//! an application that exists gets more. It is taken whole or not at all (the caller works on a copy). Refuses
//! unknown names, amounts finer than the currency, numbers that are taken, and references to nothing, each with
//! the path of the place.
//!
//! ```json
//! {"applications": [{
//!   "name": "acme", "currency": "AUD", "time_zone": "Australia/Sydney",
//!   "profile": {"name": "Acme", "email": "..."}, "payment_types": ["Check"], "default_tax": "", "tax_label": "GST",
//!   "keys": [{"key": "KeapAK-1", "kind": "sak"}],
//!   "oauth_clients": [{"client_id": "", "client_secret": "", "redirect_uris": [], "access_token": "", "refresh_token": ""}],
//!   "order_fields": [{"id": "7", "field_name": "_XeroId", "label": "Xero id"}],
//!   "companies": [{"id": "1", "company_name": "Harbour Cranes", "...": "any property of v2's Company"}],
//!   "contacts":  [{"id": "1", "given_name": "Jo", "company": {"id": "1"}, "...": "any property of v2's Contact"}],
//!   "products":  [{"id": "1", "name": "Tilt", "sku": "TIL", "price": "12.50", "...": "v2's further properties"}],
//!   "orders": [{
//!     "id": "1", "invoice_id": "11", "not_invoiced": false, "title": "", "contact_id": "1", "order_time": "", "creation_time": "",
//!     "modification_time": "", "status": "SENT", "order_type": "OFFLINE", "source_type": "INVOICE",
//!     "notes": "", "terms": "", "due_time": "", "sent_time": "", "promo_code": "", "credit_status": "",
//!     "refund_status": "", "synced": false, "allow_payment": true, "allow_paypal": false, "invoice_number": "",
//!     "custom_fields": [{"id": "7", "content": "x"}],
//!     "external_create_user": "", "external_create_time": "", "external_update_time": "",
//!     "shipping": {"v2's": "ShippingInformation"},
//!     "items": [{"id": "1", "type": "PRODUCT", "name": "", "description": "", "notes": "", "quantity": 1,
//!                "price": "12.50", "cost": "5.00", "product_id": "1", "sku": "TIL", "subscription_id": "",
//!                "special": {}}],
//!     "payments": [{"id": "1", "amount": "5.00", "type": "Check", "method": "MANUAL", "pay_status": "MANUAL_PAID",
//!                   "time": "", "note": "", "refund_of": "1", "external_transaction_id": ""}],
//!     "payment_plan": {"auto_charge": false, "initial_payment_amount": "", "initial_payment_date": "",
//!                      "plan_start_date": "2026-07-01", "number_of_payments": 3, "days_between_payments": 30,
//!                      "items": [{"due_date": "2026-07-01", "amount_due": "10.00"}]},
//!     "x_expect": {"free": "kept for an oracle, never shown by the API"}}],
//!   "payments": [{"type": "Check", "time": "", "parts": [{"order_id": "1", "amount": "5.00"}]}],
//!   "patch": {
//!     "orders": [{"id": "1", "set": {"title": "", "x_expect": {}}, "items": [], "add_items": [], "remove_items": ["2"],
//!                 "add_payments": []}],
//!     "contacts": [{"id": "1", "set": {}}], "companies": [{"id": "1", "set": {}}],
//!     "products": [{"id": "1", "set": {"price": "13.00"}}],
//!     "payments": [{"id": "1", "pay_status": "VOIDED", "amount": "5.00", "time": "", "remove": false}],
//!     "delete_orders": ["3"]}
//! }]}
//! ```
//! Money is text in major units. Everything but names, `contact_id` and `order_time` may be left out; numbers
//! that are left out are given; a row that names no time was made now (`creation_time`, `modification_time`, a
//! payment's `time`). `refund_of` names a payment of the same order; a discount's sign does not matter.
//! An item may name its product by `sku` (the first that has it). Patches move `modification_time` to now; an order
//! that was seeded as `not_invoiced` gets its invoice by `set: {"invoice_id": "11"}`.

mod ids;
mod orders;
mod patch;
mod payments;
mod read;

use serde_json::{Map, Value, json};

use super::World;
use super::auth::Client;
use super::products;
use super::store::{App, Record, Time};
use ids::number;
use read::At;

/// Adds a seed to the world; answers the numbers given.
pub(super) fn apply(world: &mut World, seed: &Value, now: Time) -> Result<Value, String> {
    let top = At::new(seed, "seed");
    top.only(&["applications"])?;
    let mut made = vec![];
    for one in top.list("applications")? {
        made.push(application(world, &one, now)?);
    }
    Ok(json!({"applications": made}))
}

fn application(world: &mut World, at: &At, now: Time) -> Result<Value, String> {
    at.only(&[
        "name",
        "currency",
        "time_zone",
        "profile",
        "payment_types",
        "default_tax",
        "tax_label",
        "keys",
        "oauth_clients",
        "order_fields",
        "companies",
        "contacts",
        "products",
        "orders",
        "payments",
        "patch",
    ])?;
    let name = at.need_text("name")?;
    for key in at.list("keys")? {
        key.only(&["key", "kind"])?;
        let kind = key.text("kind")?.unwrap_or_else(|| "sak".into());
        world
            .auth
            .keys
            .insert(key.need_text("key")?, (name.clone(), kind));
    }
    for client in at.list("oauth_clients")? {
        oauth_client(world, &name, &client, now)?;
    }
    let app = world
        .apps
        .entry(name.clone())
        .or_insert_with(|| App::new(&name));
    settings(app, at)?;
    let made = json!({
        "name": name,
        "companies": rows(app, at, "companies", now)?,
        "contacts": rows(app, at, "contacts", now)?,
        "products": product_rows(app, at, now)?,
        "orders": orders::add_all(app, at, now)?,
        "payments": payments::add_shared_payments(app, at, now)?,
    });
    if let Some(patch) = at.child("patch") {
        patch::patch(app, &patch, now)?;
    }
    Ok(made)
}

fn oauth_client(world: &mut World, app: &str, at: &At, now: Time) -> Result<(), String> {
    at.only(&[
        "client_id",
        "client_secret",
        "redirect_uris",
        "access_token",
        "refresh_token",
    ])?;
    let id = at.need_text("client_id")?;
    let secret = at.need_text("client_secret")?;
    let client = world
        .auth
        .clients
        .entry(id.clone())
        .or_insert_with(|| Client {
            secret,
            apps: vec![],
            redirect_uris: vec![],
        });
    if !client.apps.iter().any(|a| a == app) {
        client.apps.push(app.to_owned());
    }
    client.redirect_uris.extend(at.texts("redirect_uris")?);
    let (access, refresh) = (at.text("access_token")?, at.text("refresh_token")?);
    world
        .auth
        .seed_grant(&id, app, access.as_deref(), refresh.as_deref(), now);
    Ok(())
}

fn settings(app: &mut App, at: &At) -> Result<(), String> {
    for (name, into) in [
        ("currency", &mut app.currency),
        ("time_zone", &mut app.time_zone),
        ("default_tax", &mut app.default_tax),
        ("tax_label", &mut app.tax_label),
    ] {
        if let Some(value) = at.text(name)? {
            *into = value;
        }
    }
    let types = at.texts("payment_types")?;
    if !types.is_empty() {
        app.payment_types = types;
    }
    if let Some(profile) = at.child("profile") {
        app.profile.extend(profile.object()?);
    }
    for field in at.list("order_fields")? {
        field.only(&["id", "field_name", "label"])?;
        let name = field.need_text("field_name")?;
        let label = field.text("label")?.unwrap_or_else(|| name.clone());
        app.order_fields
            .insert(name.to_lowercase(), (field.need_text("id")?, name, label));
    }
    Ok(())
}

/// Companies or contacts.
fn rows(app: &mut App, at: &At, list: &'static str, now: Time) -> Result<Vec<String>, String> {
    let mut made = vec![];
    let kind = if list == "companies" {
        "company"
    } else {
        "contact"
    };
    for row in at.list(list)? {
        let mut body: Map<String, Value> = row.object()?;
        let id = number(app, kind, &row)?;
        let created = row.time("create_time")?.unwrap_or(now);
        let updated = row.time("update_time")?.unwrap_or(created);
        body.retain(|name, _| !["id", "create_time", "update_time"].contains(&name.as_str()));
        let record = Record {
            id,
            body,
            created,
            updated,
        };
        let taken = match kind {
            "company" => app.companies.insert(id, record),
            _ => app.contacts.insert(id, record),
        };
        if taken.is_some() {
            return row.refuse(&format!("the {kind} {id} is there already"));
        }
        app.hooks.event(&format!("{kind}.add"), id, now);
        made.push(id.to_string());
    }
    Ok(made)
}

fn product_rows(app: &mut App, at: &At, now: Time) -> Result<Vec<String>, String> {
    let mut made = vec![];
    for row in at.list("products")? {
        row.need_text("name")?;
        let id = number(app, "product", &row)?;
        let price = row.amount("price", &app.currency)?.unwrap_or_default();
        let mut product = products::build(id, &row.object()?, price, now);
        product.created = row.time("create_time")?.unwrap_or(now);
        product.updated = row.time("update_time")?.unwrap_or(product.created);
        product
            .rest
            .retain(|name, _| name != "create_time" && name != "update_time");
        if app.products.insert(id, product).is_some() {
            return row.refuse(&format!("the product {id} is there already"));
        }
        made.push(id.to_string());
    }
    Ok(made)
}
