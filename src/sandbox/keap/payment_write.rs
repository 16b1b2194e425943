//! Payments, recorded and edited.
//!
//! Flows in: bodies by `RestCreatePaymentRequest` and the client 2.0.26's update; `payment_amount` is a double in major
//! units. Flows out: `PaymentResult`, `InvoiceOrderPayment`. Refuses payments above the balance, payment types the
//! application does not have, and every `payment_method_id`, since no card is stored here.

use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::errors::{Answer, Fail};
use super::order_write::{masked, time_in};
use super::payments::show_part;
use super::store::{App, Part, Payment, Time};
use super::strict::{Field, Kind, LONG, body, may, must};
use super::switches::Switches;
use super::{id_in, money};
use crate::sandbox::wire::{Call, Reply};

const EXTERNAL: [&str; 6] = [
    "external_source",
    "external_source_value",
    "external_status_value",
    "external_create_time",
    "external_update_time",
    "external_create_user",
];

const CREATE: &[Field] = &[
    may("notes", LONG),
    may("payment_method_id", LONG),
    may("payment_method_type", LONG),
    may("payment_time", Kind::Time),
    must("payment_amount", Kind::Number),
    must("apply_to_commissions", Kind::Flag),
    may("external_source", LONG),
    may("external_source_value", LONG),
    may("external_status_value", LONG),
    may("external_create_time", Kind::Time),
    may("external_update_time", Kind::Time),
    may("external_create_user", LONG),
];

const UPDATE: &[Field] = &[
    may("notes", LONG),
    may("payment_time", Kind::Time),
    may("payment_amount", Kind::Number),
    may("external_source", LONG),
    may("external_source_value", LONG),
    may("external_status_value", LONG),
    may("external_create_time", Kind::Time),
    may("external_update_time", Kind::Time),
    may("external_create_user", LONG),
];

pub(super) fn create(
    app: &mut App,
    id: &str,
    call: &Call,
    now: Time,
    switches: &Switches,
) -> Answer {
    let told = body(&call.body, CREATE)?;
    let key = id_in("order", id)?;
    let Some(order) = app.orders.get(&key) else {
        return Err(Fail::not_found("order", id));
    };
    let (invoice, contact) = (order.invoice_id, order.contact);
    let balance = app.totals(order, switches).balance;
    let text = |name: &str| told.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(card) = text("payment_method_id") {
        return Err(Fail::bad(format!(
            "payment_method_id {card} is not a payment method of the contact"
        )));
    }
    let Some(kind) = text("payment_method_type") else {
        return Err(Fail::bad(
            "At least one of payment_method_id or payment_method_type is required",
        ));
    };
    if !app.payment_types.contains(&kind) {
        return Err(Fail::bad(format!(
            "payment_method_type {kind} is not a manual payment type of the application"
        )));
    }
    let amount = amount_in(app, &told)?.unwrap_or_default();
    if amount > balance {
        return Err(Fail::bad(
            "payment_amount must not exceed the current balance of the order",
        ));
    }
    if amount <= Decimal::ZERO {
        return Err(Fail::bad("payment_amount must be greater than 0"));
    }
    let payment = new_manual(
        app,
        key,
        contact,
        amount,
        kind,
        text("notes"),
        time_in(&told, "payment_time").unwrap_or(now),
        now,
    );
    let mut payment = payment;
    payment.rest = external(&told);
    for part in &mut payment.parts {
        part.skip_commission = told.get("apply_to_commissions") == Some(&Value::Bool(false));
    }
    let answer = json!({
        "id": payment.id.to_string(),
        "invoice_id": invoice.to_string(),
        "payment_amount": money::double(amount),
        "payment_status_message": "Manual",
        "transaction_id": payment.id.to_string(),
    });
    add(app, payment, now, switches.on("payment_touches_order"));
    Ok(Reply::json(StatusCode::CREATED, &answer))
}

#[allow(clippy::too_many_arguments)] // One place builds a manual payment for v1 and v2 alike.
pub(super) fn new_manual(
    app: &mut App,
    order: u64,
    contact: u64,
    amount: Decimal,
    kind: String,
    note: Option<String>,
    at: Time,
    now: Time,
) -> Payment {
    let part = Part {
        id: app.next("part"),
        order,
        amount,
        pay_status: "MANUAL_PAID".into(),
        skip_commission: false,
        refund_of: None,
        updated: now,
    };
    Payment {
        id: app.next("payment"),
        kind,
        method: "MANUAL".into(),
        note,
        time: at,
        updated: now,
        contact,
        refunded_by: None,
        parts: vec![part],
        rest: Map::new(),
    }
}

/// Books a payment and tells whoever listens.
pub(super) fn add(app: &mut App, payment: Payment, now: Time, touches: bool) {
    let orders: Vec<u64> = payment.parts.iter().map(|p| p.order).collect();
    if touches {
        for id in &orders {
            if let Some(order) = app.orders.get_mut(id) {
                order.modified = order.modified.max(now);
            }
        }
    }
    app.hooks.event("invoice.payment.add", payment.id, now);
    app.book(payment);
}

pub(super) fn update(
    app: &mut App,
    id: &str,
    part: &str,
    call: &Call,
    now: Time,
    switches: &Switches,
) -> Answer {
    let told = masked(call, body(&call.body, UPDATE)?);
    let key = id_in("order", id)?;
    let wanted = id_in("payment", part)?;
    let Some(order) = app.orders.get(&key) else {
        return Err(Fail::not_found("order", id));
    };
    let invoice = order.invoice_id;
    let balance = app.totals(order, switches).balance;
    let found = app
        .parts_of(key)
        .find(|(p, _)| p.id == wanted)
        .map(|(p, part)| (p.id, p.method.clone(), part.amount));
    let Some((payment_id, method, before)) = found else {
        return Err(Fail::not_found("payment", part));
    };
    let amount = amount_in(app, &told)?;
    if method != "MANUAL" && (amount.is_some() || told.contains_key("payment_time")) {
        return Err(Fail::bad(
            "payment_amount and payment_time can only be modified for manually recorded payments",
        ));
    }
    if amount.is_some_and(|a| a - before > balance || a <= Decimal::ZERO) {
        return Err(Fail::bad(
            "payment_amount must not exceed the current balance of the order",
        ));
    }
    if let Some(payment) = app.payments.get_mut(&payment_id) {
        payment.time = time_in(&told, "payment_time").unwrap_or(payment.time);
        payment.updated = now;
        payment.rest.extend(external(&told));
        if let Some(note) = told.get("notes").and_then(Value::as_str) {
            payment.note = Some(note.to_owned());
        }
        for one in payment.parts.iter_mut().filter(|p| p.order == key) {
            one.amount = amount.unwrap_or(one.amount);
            one.updated = now;
        }
    }
    if switches.on("payment_touches_order")
        && let Some(order) = app.orders.get_mut(&key)
    {
        order.modified = now;
    }
    app.hooks.event("invoice.payment.edit", payment_id, now);
    let shown = app
        .parts_of(key)
        .find(|(p, _)| p.id == payment_id)
        .map(|(p, one)| show_part(app, invoice, p, one, switches));
    Ok(Reply::json(StatusCode::OK, &shown.unwrap_or(Value::Null)))
}

fn amount_in(app: &App, told: &Map<String, Value>) -> Result<Option<Decimal>, Fail> {
    let Some(value) = told.get("payment_amount") else {
        return Ok(None);
    };
    match money::read_exact(value, money::exponent(&app.currency)) {
        Some(amount) => Ok(Some(amount)),
        None => Err(Fail::bad(
            "payment_amount has more decimals than the currency",
        )),
    }
}

fn external(told: &Map<String, Value>) -> Map<String, Value> {
    let known = |name: &&String| EXTERNAL.contains(&name.as_str());
    told.iter()
        .filter(|(name, _)| known(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
