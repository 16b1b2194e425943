//! v1 orders and transactions: plain numbers in major units, integer ids, pages by offset.
//!
//! Flows in: `/rest/v1/orders...`, `/rest/v1/transactions`. Flows out: `OrderList`, `EcommerceReportingOrder`, a bare
//! array of payments, `TransactionList`. Refuses what v2 refuses, in v1's form. `since` and `until` test the order's
//! date; the vendor does not say which date they test.

use chrono::DateTime;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::errors::{Answer, Fail};
use super::super::order_show::{first_email, is_shown, shown_discount, shown_price};
use super::super::payment_write::{add, new_manual};
use super::super::payments::signed;
use super::super::store::{App, Order, Payment, Time};
use super::super::strict::{Field, Kind, LONG, body, may, must};
use super::super::switches::Switches;
use super::super::{id_in, money};
use crate::sandbox::wire::{Call, Reply};

const PAY: &[Field] = &[
    must("payment_amount", LONG),
    must(
        "payment_method_type",
        Kind::Word(&["CREDIT_CARD", "CASH", "CHECK", "TOKEN"]),
    ),
    may("charge_now", Kind::Flag),
    may("date", Kind::Time),
    may("notes", LONG),
    may("apply_to_commissions", Kind::Flag),
    may("credit_card_id", Kind::Integer),
    may("payment_gateway_id", LONG),
];
/// How many rows a page has when `limit` is left out; the vendor does not say.
const USUAL_LIMIT: usize = 1_000;

fn time(at: Time) -> Value {
    Value::String(at.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string())
}

/// A time that the vendor's file declares as one (`date-time`), as its example writes it.
fn instant(at: Time) -> Value {
    Value::String(at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// Offset, limit and the links to the pages beside.
fn page(call: &Call, rows: Vec<Value>, name: &str) -> Result<Value, Fail> {
    let number = |name: &str, otherwise: usize| match call.param(name).filter(|t| !t.is_empty()) {
        None => Ok(otherwise),
        Some(text) => text
            .parse()
            .map_err(|_| Fail::bad(format!("{name} must be a number"))),
    };
    let offset = number("offset", 0)?;
    let limit = number("limit", USUAL_LIMIT)?.clamp(1, 1_000);
    let count = rows.len();
    let link = |offset: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in call
            .query
            .iter()
            .filter(|(n, _)| n != "offset" && n != "limit" && n != "access_token")
        {
            query.append_pair(name, value);
        }
        query
            .append_pair("limit", &limit.to_string())
            .append_pair("offset", &offset.to_string());
        format!("{}{}?{}", call.base, call.path, query.finish())
    };
    let shown: Vec<Value> = rows.into_iter().skip(offset).take(limit).collect();
    Ok(json!({
        name: shown,
        "count": count,
        "next": link(offset.saturating_add(limit)),
        "previous": link(offset.saturating_sub(limit)),
    }))
}

fn when(call: &Call, name: &str) -> Result<Option<Time>, Fail> {
    match call.param(name).filter(|t| !t.is_empty()) {
        None => Ok(None),
        Some(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(at) => Ok(Some(at.with_timezone(&chrono::Utc))),
            Err(_) => Err(Fail::bad(format!("{name} is not a date-time: {text}"))),
        },
    }
}

fn wanted_id(call: &Call, name: &str) -> Result<Option<u64>, Fail> {
    match call.param(name).filter(|t| !t.is_empty()) {
        None => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| Fail::bad(format!("{name} must be a number"))),
    }
}

pub(super) fn list(app: &App, call: &Call, switches: &Switches) -> Answer {
    let (since, until) = (when(call, "since")?, when(call, "until")?);
    let (contact, product) = (
        wanted_id(call, "contact_id")?,
        wanted_id(call, "product_id")?,
    );
    // An old client writes `True`.
    let paid = call.param("paid").map(str::to_lowercase);
    let mut kept: Vec<&Order> = app
        .orders
        .values()
        .filter(|o| {
            since.is_none_or(|s| o.order_time >= s) && until.is_none_or(|u| o.order_time <= u)
        })
        .filter(|o| contact.is_none_or(|c| o.contact == c))
        .filter(|o| product.is_none_or(|p| o.items.iter().any(|i| i.product == Some(p))))
        .filter(|o| match paid.as_deref() {
            Some(word @ ("true" | "false")) => {
                (app.status(o, &app.totals(o, switches)) == "PAID") == (word == "true")
            }
            _ => true,
        })
        .collect();
    let key = |o: &Order| match call.param("order") {
        Some("order_date") => o.order_time,
        Some("update_date") => o.modified,
        _ => o.created,
    };
    kept.sort_by_key(|o| std::cmp::Reverse((key(o), o.id)));
    let rows = kept.into_iter().map(|o| show(app, o, switches)).collect();
    Ok(Reply::json(StatusCode::OK, &page(call, rows, "orders")?))
}

pub(super) fn single(app: &App, id: &str, switches: &Switches) -> Answer {
    let order = app
        .orders
        .get(&id_in("order", id)?)
        .ok_or_else(|| Fail::not_found("order", id))?;
    Ok(Reply::json(StatusCode::OK, &show(app, order, switches)))
}

fn show(app: &App, order: &Order, switches: &Switches) -> Value {
    let totals = app.totals(order, switches);
    let contact = app.contacts.get(&order.contact);
    let text = |name: &str| {
        contact
            .and_then(|c| c.body.get(name))
            .cloned()
            .unwrap_or(Value::Null)
    };
    let items: Vec<Value> = order
        .items
        .iter()
        .filter(|i| is_shown(i, switches))
        .map(|i| {
            let product = i.product.and_then(|id| app.products.get(&id)).map(|p| {
                json!({"id": p.id, "name": p.name, "sku": p.sku, "description": p.rest.get("description"),
                       "shippable": p.shippable, "taxable": p.taxable})
            });
            json!({
                "id": i.id, "jobRecurringId": 0, "name": i.name, "description": i.description, "type": v1_type(&i.kind),
                "notes": i.notes, "quantity": i.quantity, "cost": money::double(i.cost.unwrap_or_default()),
                "price": money::double(shown_price(i, switches)),
                "discount": shown_discount(i, switches).map(money::double),
                "specialId": 0, "specialAmount": 0, "specialPctOrAmt": 0, "product": product, "subscriptionPlan": null,
            })
        })
        .collect();
    json!({
        "id": order.id, "title": order.title, "status": app.status(order, &totals), "recurring": false,
        "total": money::double(totals.total),
        "contact": {
            "id": order.contact, "email": contact.and_then(first_email), "first_name": text("given_name"),
            "last_name": text("family_name"), "company_name": null, "job_title": text("job_title"),
        },
        "notes": order.rest.get("notes"), "terms": order.rest.get("terms"), "order_type": order.order_type,
        "source_type": order.source_type, "creation_date": time(order.created),
        "modification_date": time(order.modified), "order_date": time(order.order_time),
        "lead_affiliate_id": 0, "sales_affiliate_id": 0, "total_paid": money::double(totals.paid),
        "total_due": money::double(totals.due), "refund_total": money::double(totals.refunded),
        "shipping_information": shipping(order), "order_items": items, "payment_plan": null,
    })
}

fn v1_type(kind: &str) -> String {
    let mut words = String::new();
    for word in kind.split('_') {
        let (first, rest) = word.split_at(word.len().min(1));
        let space = if words.is_empty() { "" } else { " " };
        words.push_str(&format!("{space}{first}{}", rest.to_lowercase()));
    }
    words
}

fn shipping(order: &Order) -> Value {
    let Some(shipping) = &order.shipping else {
        return Value::Null;
    };
    let address = |name: &str| {
        shipping
            .get("address")
            .and_then(|a| a.get(name))
            .cloned()
            .unwrap_or(Value::Null)
    };
    json!({
        "first_name": shipping.get("given_name"), "last_name": shipping.get("family_name"),
        "company": shipping.get("company"), "phone": shipping.get("phone_number"), "street1": address("line1"),
        "street2": address("line2"), "city": address("locality"), "state": address("region"),
        "zip": address("zip_code"), "country": address("country_code"),
        "invoiceToCompany": shipping.get("invoice_to_company"),
    })
}

pub(super) fn payments(app: &App, id: &str, switches: &Switches) -> Answer {
    let key = id_in("order", id)?;
    let order = app
        .orders
        .get(&key)
        .ok_or_else(|| Fail::not_found("order", id))?;
    let rows: Vec<Value> = app
        .parts_of(key)
        .map(|(payment, part)| {
            json!({
                "id": part.id, "amount": money::double(signed(part.amount, part.refund_of.is_some(), switches)),
                "note": payment.note, "disputed": false, "invoice_id": order.invoice_id, "payment_id": payment.id,
                "pay_date": instant(payment.time), "pay_status": part.pay_status, "last_updated": instant(part.updated),
                "skip_commission": part.skip_commission, "refund_invoice_payment_id": part.refund_of.unwrap_or(0),
            })
        })
        .collect();
    Ok(Reply::json(StatusCode::OK, &Value::Array(rows)))
}

pub(super) fn pay(app: &mut App, id: &str, call: &Call, now: Time, switches: &Switches) -> Answer {
    let told = body(&call.body, PAY)?;
    let key = id_in("order", id)?;
    let order = app
        .orders
        .get(&key)
        .ok_or_else(|| Fail::not_found("order", id))?;
    let (contact, invoice) = (order.contact, order.invoice_id);
    let balance = app.totals(order, switches).balance;
    // What would be charged to a card is refused: none is stored here.
    if told.get("charge_now") == Some(&Value::Bool(true)) {
        return Err(Fail::bad("No card is stored for the contact"));
    }
    let kind = match told.get("payment_method_type").and_then(Value::as_str) {
        Some("CASH") => "Cash",
        Some("CHECK") => "Check",
        _ => return Err(Fail::bad("No card is stored for the contact")),
    };
    let amount = told
        .get("payment_amount")
        .and_then(|v| money::read_exact(v, money::exponent(&app.currency)))
        .ok_or_else(|| Fail::bad("payment_amount is not an amount"))?;
    if amount > balance || amount <= rust_decimal::Decimal::ZERO {
        return Err(Fail::bad(
            "payment_amount must not exceed the current balance of the order",
        ));
    }
    let note = told.get("notes").and_then(Value::as_str).map(str::to_owned);
    let at = super::super::order_write::time_in(&told, "date").unwrap_or(now);
    let mut payment = new_manual(app, key, contact, amount, kind.to_owned(), note, at, now);
    for part in &mut payment.parts {
        part.skip_commission = told.get("apply_to_commissions") == Some(&Value::Bool(false));
    }
    let answer = json!({
        "id": payment.id, "invoice_id": invoice, "payment_amount": money::double(amount),
        "payment_status": "APPROVED", "transaction_id": payment.id,
    });
    add(app, payment, now, switches.on("payment_touches_order"));
    Ok(Reply::json(StatusCode::CREATED, &answer))
}

pub(super) fn transactions(app: &App, call: &Call, switches: &Switches) -> Answer {
    let (since, until) = (when(call, "since")?, when(call, "until")?);
    let contact = wanted_id(call, "contact_id")?;
    let rows = app
        .payments
        .values()
        .filter(|p| since.is_none_or(|s| p.time >= s) && until.is_none_or(|u| p.time <= u))
        .filter(|p| contact.is_none_or(|c| p.contact == c))
        .map(|p| transaction(app, p, switches))
        .collect();
    Ok(Reply::json(
        StatusCode::OK,
        &page(call, rows, "transactions")?,
    ))
}

fn transaction(app: &App, payment: &Payment, switches: &Switches) -> Value {
    let orders: Vec<String> = payment.parts.iter().map(|p| p.order.to_string()).collect();
    json!({
        "id": payment.id, "test": false, "amount": money::double(signed(payment.amount(), payment.is_refund(), switches)),
        "currency": app.currency, "gateway": "", "paymentDate": time(payment.time), "type": payment.kind,
        "status": "APPROVED", "errors": "", "order_ids": orders.join(","), "collection_method": payment.method,
        "contact_id": payment.contact, "transaction_date": time(payment.time),
    })
}
