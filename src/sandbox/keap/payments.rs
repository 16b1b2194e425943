//! Payments: of one order, all sales payments, transactions, and recording one.
//!
//! Flows in: `/rest/v2/orders/{id}/payments`, `/rest/v2/sales/payments`, `/rest/v2/sales/transactions`. Flows out:
//! the schemas' rows. `payment_amount` and sales amounts are doubles in major units; the unit of an order
//! payment's `amount` is not published and is a switch. Refuses payments above the balance, payment types the
//! application does not have, and every `payment_method_id`, since no card is stored here.

use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::errors::{Answer, Fail};
use super::filter::{Clause, Kind as F, ListQuery, ListRules, Place, list_answer};
use super::order_show::{basic_contact, time};
use super::orders::{masked, time_in};
use super::store::{App, Part, Payment, Time};
use super::strict::{Field, Kind, LONG, body, may, must};
use super::switches::Switches;
use super::{id_in, money};
use crate::sandbox::wire::{Call, Reply};

const OF_ORDER: ListRules = ListRules {
    fields: &[
        ("invoice_id", F::Id),
        ("payment_id", F::Id),
        ("amount", F::AmountCompared),
        ("pay_status", F::Text),
        ("skip_commission", F::Flag),
    ],
    orders: &[
        "invoice_id",
        "payment_id",
        "amount",
        "pay_time",
        "pay_status",
        "skip_commission",
        "last_updated_time",
    ],
    custom: false,
};
const SALES: ListRules = ListRules {
    fields: &[
        ("id", F::IdCompared),
        ("ids", F::Ids),
        ("amount", F::AmountCompared),
        ("order_id", F::Id),
        ("order_ids", F::Ids),
        ("contact_id", F::Id),
        ("since_time", F::Time),
        ("until_time", F::Time),
        ("merchant_account_id", F::Text),
        ("merchant_account_type", F::Text),
    ],
    orders: &["id", "amount", "payment_time", "contact_id"],
    custom: false,
};
const TRANSACTIONS: ListRules = ListRules {
    fields: &[
        ("amount", F::AmountCompared),
        ("order_id", F::Id),
        ("contact_id", F::Id),
        ("since_time", F::Time),
        ("until_time", F::Time),
        ("merchant_account_id", F::Text),
        ("merchant_account_type", F::Text),
        ("status", F::Text),
        ("transaction_method", F::Text),
        ("is_successful", F::Flag),
    ],
    orders: &["amount", "transaction_time", "contact_id"],
    custom: false,
};
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

/// A refund's amount with the sign the switch gives it.
pub(super) fn signed(amount: Decimal, refund: bool, switches: &Switches) -> Decimal {
    if refund && switches.is("refund_rows", "negative") {
        -amount
    } else {
        amount
    }
}

pub(super) fn of_order(app: &App, id: &str, call: &Call, switches: &Switches) -> Answer {
    let key = id_in("order", id)?;
    let order = app
        .orders
        .get(&key)
        .ok_or_else(|| Fail::not_found("order", id))?;
    let query = ListQuery::read(call, &OF_ORDER, switches)?;
    let rows: Vec<(&Payment, &Part)> = app.parts_of(key).collect();
    let kept = rows.iter().filter(|(payment, part)| {
        query.clauses.iter().all(|c| match c.field.as_str() {
            "invoice_id" => c.id(order.invoice_id),
            "payment_id" => c.id(payment.id),
            "amount" => c.amount(part_amount(app, part, switches)),
            "pay_status" => c.text(Some(&part.pay_status)),
            _ => c.flag(part.skip_commission),
        })
    });
    let (page, next) = query.page(kept, |(payment, part)| {
        let place = match query.order.as_str() {
            "payment_id" => Place::Number(i128::from(payment.id)),
            "amount" => Place::Amount(part.amount),
            "pay_time" => Place::time(payment.time),
            "pay_status" => Place::Text(part.pay_status.clone()),
            "last_updated_time" => Place::time(part.updated),
            _ => Place::Number(0),
        };
        (place, part.id)
    });
    let shown = page
        .into_iter()
        .map(|(payment, part)| show_part(app, order.invoice_id, payment, part, switches))
        .collect();
    Ok(Reply::json(
        StatusCode::OK,
        &list_answer("invoice_order_payments", shown, next, switches),
    ))
}

fn part_amount(app: &App, part: &Part, switches: &Switches) -> Decimal {
    let major = signed(part.amount, part.refund_of.is_some(), switches);
    if switches.is("order_payments_unit", "minor") {
        let units = money::minor(major, money::exponent(&app.currency));
        return money::read(&units).unwrap_or(major);
    }
    major
}

fn show_part(
    app: &App,
    invoice: u64,
    payment: &Payment,
    part: &Part,
    switches: &Switches,
) -> Value {
    let amount = part_amount(app, part, switches);
    let mut shown = json!({
        "id": part.id.to_string(),
        "amount": if switches.is("order_payments_unit", "minor") { money::minor(amount, 0) } else { money::double(amount) },
        "invoice_id": invoice.to_string(),
        "payment_id": payment.id.to_string(),
        "pay_time": time(payment.time),
        "pay_status": part.pay_status,
        "last_updated_time": time(part.updated),
        "skip_commission": part.skip_commission,
    });
    if let Some(note) = &payment.note {
        shown["note"] = json!(note);
    }
    if let Some(of) = part.refund_of {
        shown["refund_invoice_payment_id"] = json!(of.to_string());
    }
    shown
}

pub(super) fn list(app: &App, call: &Call, switches: &Switches) -> Answer {
    let query = ListQuery::read(call, &SALES, switches)?;
    let kept = app
        .payments
        .values()
        .filter(|p| query.clauses.iter().all(|c| matches(p, c, switches)));
    let (page, next) = query.page(kept, |p| (place(p, &query.order, switches), p.id));
    let rows = page.into_iter().map(|p| show(p, switches)).collect();
    Ok(Reply::json(
        StatusCode::OK,
        &list_answer("payments", rows, next, switches),
    ))
}

fn place(payment: &Payment, order: &str, switches: &Switches) -> Place {
    match order {
        "amount" => Place::Amount(signed(payment.amount(), payment.is_refund(), switches)),
        "payment_time" | "transaction_time" => Place::time(payment.time),
        "contact_id" => Place::Number(i128::from(payment.contact)),
        _ => Place::Number(i128::from(payment.id)),
    }
}

fn matches(payment: &Payment, clause: &Clause, switches: &Switches) -> bool {
    let rest = |name: &str| payment.rest.get(name).and_then(Value::as_str);
    let orders = payment.parts.iter().map(|p| p.order);
    match clause.field.as_str() {
        "id" | "ids" => clause.id(payment.id),
        "amount" => clause.amount(signed(payment.amount(), payment.is_refund(), switches)),
        "order_id" | "order_ids" => clause.any_id(orders),
        "contact_id" => clause.id(payment.contact),
        "since_time" => clause.since(payment.time),
        "until_time" => clause.until(payment.time),
        "status" => clause.text(Some(transaction_status(payment))),
        "transaction_method" => clause.text(Some(&payment.method)),
        "is_successful" => clause.flag(transaction_status(payment) == "APPROVED"),
        other => clause.text(rest(other)),
    }
}

fn show(payment: &Payment, switches: &Switches) -> Value {
    let orders: Vec<String> = payment.parts.iter().map(|p| p.order.to_string()).collect();
    let mut shown = json!({
        "id": payment.id.to_string(),
        "type": payment.kind,
        "amount": money::double(signed(payment.amount(), payment.is_refund(), switches)),
        "status": payment_status(payment),
        "commissioned": payment.parts.iter().any(|p| !p.skip_commission),
        "synced": false,
        "payment_time": time(payment.time),
        "contact_id": payment.contact.to_string(),
        "order_ids": orders,
        "update_time": time(payment.updated),
    });
    if let Some(note) = &payment.note {
        shown["note"] = json!(note);
    }
    if let Some(refund) = payment.refunded_by {
        shown["refund_payment_id"] = json!(refund.to_string());
    }
    for name in [
        "external_transaction_id",
        "merchant_account_id",
        "merchant_account_type",
    ] {
        if let Some(value) = payment.rest.get(name) {
            shown[name] = value.clone();
        }
    }
    shown
}

fn payment_status(payment: &Payment) -> &'static str {
    match first_status(payment) {
        "MANUAL_PAID" | "REFUNDED" => "COMPLETED",
        "APPROVED" | "PAYPAL_PAID" => "APPROVED",
        "PENDING" => "PENDING",
        _ => "NONE",
    }
}

fn transaction_status(payment: &Payment) -> &'static str {
    match first_status(payment) {
        "MANUAL_PAID" | "REFUNDED" | "APPROVED" | "PAYPAL_PAID" | "VOIDED" => "APPROVED",
        "PENDING" => "PENDING",
        "FAILED" => "FAILED",
        "ERROR" => "ERROR",
        _ => "NONE",
    }
}

fn first_status(payment: &Payment) -> &str {
    payment.parts.first().map_or("", |p| p.pay_status.as_str())
}

pub(super) fn transactions(app: &App, call: &Call, switches: &Switches) -> Answer {
    let query = ListQuery::read(call, &TRANSACTIONS, switches)?;
    let kept = app
        .payments
        .values()
        .filter(|p| query.clauses.iter().all(|c| matches(p, c, switches)));
    let (page, next) = query.page(kept, |p| (place(p, &query.order, switches), p.id));
    let rows = page
        .into_iter()
        .map(|p| {
            let status = transaction_status(p);
            let mut shown = json!({
                "amount": money::double(signed(p.amount(), p.is_refund(), switches)),
                "status": status,
                "contact": basic_contact(app, p.contact),
                "order_ids": p.parts.iter().map(|x| x.order.to_string()).collect::<Vec<_>>(),
                "contact_id": p.contact.to_string(),
                "transaction_method": p.method,
                "transaction_time": time(p.time),
                "payment_id": p.id.to_string(),
                "is_successful": status == "APPROVED",
            });
            if let Some(reference) = p.rest.get("external_transaction_id") {
                shown["external_reference_id"] = reference.clone();
            }
            shown
        })
        .collect();
    Ok(Reply::json(
        StatusCode::OK,
        &list_answer("transactions", rows, next, switches),
    ))
}

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
    app.payments.insert(payment.id, payment);
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
