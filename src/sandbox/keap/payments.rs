//! Payments, read: of one order, all sales payments, transactions.
//!
//! Flows in: `/rest/v2/orders/{id}/payments`, `/rest/v2/sales/payments`, `/rest/v2/sales/transactions`. Flows out:
//! the schemas' rows. Sales amounts are doubles in major units; the unit of an order payment's `amount` is not
//! published and is a switch. Refuses what the filters refuse.

use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::errors::{Answer, Fail};
use super::filter::{Clause, Kind as F, ListQuery, ListRules, Place, list_answer};
use super::order_show::{basic_contact, time};
use super::store::{App, Part, Payment};
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

pub(super) fn show_part(
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
