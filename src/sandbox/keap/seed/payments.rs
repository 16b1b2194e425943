//! The seed's payments: of one order, and those that cover several.
//!
//! Flows in: places of a seed. Flows out: booked payments. Refuses as the seed does.

use serde_json::{Map, Value};

use super::super::payment_write::add as add_payment;
use super::super::store::{App, Part, Payment, Time};
use super::number;
use super::read::{At, word};

pub(super) const PAY_STATUSES: [&str; 8] = [
    "MANUAL_PAID",
    "REFUNDED",
    "VOIDED",
    "PAYPAL_PAID",
    "APPROVED",
    "FAILED",
    "ERROR",
    "PENDING",
];

const METHODS: [&str; 4] = ["CAPTURE", "REFUND", "VOID", "MANUAL"];

pub(super) fn payments(
    app: &mut App,
    row: &At,
    list: &str,
    order: u64,
    touches: bool,
    now: Time,
) -> Result<Vec<String>, String> {
    let mut made = vec![];
    for at in row.list(list)? {
        at.only(&[
            "id",
            "amount",
            "type",
            "method",
            "pay_status",
            "time",
            "note",
            "refund_of",
            "external_transaction_id",
            "merchant_account_id",
            "merchant_account_type",
        ])?;
        let refund_of = at.id("refund_of")?;
        let part = part(app, &at, order, refund_of, now)?;
        let payment = payment(app, &at, vec![part], now)?;
        if let Some(before) = refund_of.and_then(|id| app.payments.get_mut(&id)) {
            before.refunded_by = Some(payment.id);
        }
        made.push(payment.id.to_string());
        add_payment(app, payment, now, touches);
    }
    Ok(made)
}

fn part(
    app: &mut App,
    at: &At,
    order: u64,
    refund_of: Option<u64>,
    now: Time,
) -> Result<Part, String> {
    let Some(amount) = at.amount("amount", &app.currency)? else {
        return at.refuse("amount is needed");
    };
    if amount.is_sign_negative() {
        return at.refuse("amount is positive; `refund_of` makes it a refund");
    }
    let refunded = match refund_of {
        None => None,
        Some(id) => match app
            .payments
            .get(&id)
            .and_then(|p| p.parts.iter().find(|x| x.order == order))
        {
            Some(before) => Some(before.id),
            None => {
                return at.refuse(&format!(
                    "refund_of: the payment {id} of this order is not there"
                ));
            }
        },
    };
    let usual = if refund_of.is_some() {
        "REFUNDED"
    } else {
        "MANUAL_PAID"
    };
    Ok(Part {
        id: app.next("part"),
        order,
        amount,
        pay_status: word(at, "pay_status", &PAY_STATUSES)?.unwrap_or_else(|| usual.into()),
        skip_commission: false,
        refund_of: refunded,
        updated: at.time("time")?.unwrap_or(now),
    })
}

fn payment(app: &mut App, at: &At, parts: Vec<Part>, now: Time) -> Result<Payment, String> {
    let id = number(app, "payment", at)?;
    if app.payments.contains_key(&id) {
        return at.refuse(&format!("the payment {id} is there already"));
    }
    let first = parts.first();
    let contact = first
        .and_then(|p| app.orders.get(&p.order))
        .map_or(0, |o| o.contact);
    let method = match (
        first.and_then(|p| p.refund_of),
        first.map(|p| p.pay_status.as_str()),
    ) {
        (Some(_), _) => "REFUND",
        (None, Some("VOIDED")) => "VOID",
        (None, Some("MANUAL_PAID")) => "MANUAL",
        _ => "CAPTURE",
    };
    let mut rest = Map::new();
    for name in [
        "external_transaction_id",
        "merchant_account_id",
        "merchant_account_type",
    ] {
        if let Some(value) = at.text(name)? {
            rest.insert(name.to_owned(), Value::String(value));
        }
    }
    let time = at.time("time")?.unwrap_or(now);
    Ok(Payment {
        id,
        kind: at.text("type")?.unwrap_or_else(|| "Check".into()),
        method: word(at, "method", &METHODS)?.unwrap_or_else(|| method.into()),
        note: at.text("note")?,
        time,
        updated: time,
        contact,
        refunded_by: None,
        parts,
        rest,
    })
}

/// Payments that cover several orders.
pub(super) fn add_shared_payments(
    app: &mut App,
    at: &At,
    now: Time,
) -> Result<Vec<String>, String> {
    let mut made = vec![];
    for row in at.list("payments")? {
        row.only(&[
            "id",
            "type",
            "method",
            "time",
            "note",
            "external_transaction_id",
            "parts",
        ])?;
        let mut parts = vec![];
        for one in row.list("parts")? {
            one.only(&["order_id", "amount", "pay_status"])?;
            let order = one.need_id("order_id")?;
            if !app.orders.contains_key(&order) {
                return one.refuse(&format!("the order {order} is not there"));
            }
            let mut made = part(app, &one, order, None, now)?;
            made.updated = row.time("time")?.unwrap_or(now);
            parts.push(made);
        }
        if parts.is_empty() {
            return row.refuse("parts are needed");
        }
        let payment = payment(app, &row, parts, now)?;
        made.push(payment.id.to_string());
        add_payment(app, payment, now, false);
    }
    Ok(made)
}
