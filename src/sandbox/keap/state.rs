//! Everything the fake Keap holds, for reports and oracles.
//!
//! Flows in: the world. Flows out: JSON with money as exact decimal text in major units, and each order's
//! `x_expect`. Shows no token and no secret.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::World;
use super::contacts;
use super::order_show::{last_instalment, time};
use super::products;
use super::store::{App, Order, Payment};
use super::switches::Switches;

pub(super) fn show(world: &World, switches: &Switches) -> Value {
    let apps: Vec<Value> = world
        .apps
        .values()
        .map(|app| application(app, switches))
        .collect();
    json!({"applications": apps, "auth": world.auth.state()})
}

fn application(app: &App, switches: &Switches) -> Value {
    json!({
        "name": app.name,
        "currency": app.currency,
        "time_zone": app.time_zone,
        "companies": app.companies.values().map(|c| json!({"id": c.id.to_string(), "body": c.body})).collect::<Vec<_>>(),
        "contacts": app.contacts.values().map(|c| contacts::show(app, c, &[])).collect::<Vec<_>>(),
        "products": app.products.values().map(|p| products::show(app, p)).collect::<Vec<_>>(),
        "orders": app.orders.values().map(|o| order(app, o, switches)).collect::<Vec<_>>(),
        "payments": app.payments.values().map(payment).collect::<Vec<_>>(),
        "hooks": app.hooks.all().map(|h| json!({
            "key": h.key, "eventKey": h.event, "hookUrl": h.url, "status": h.status,
        })).collect::<Vec<_>>(),
    })
}

fn text(amount: Decimal) -> String {
    amount.normalize().to_string()
}

fn order(app: &App, order: &Order, switches: &Switches) -> Value {
    let totals = app.totals(order, switches);
    let items: Vec<Value> = order
        .items
        .iter()
        .map(|i| {
            json!({
                "id": i.id.to_string(), "type": i.kind, "name": i.name, "quantity": i.quantity,
                "amount": text(i.amount()), "product_id": i.product.map(|p| p.to_string()),
            })
        })
        .collect();
    json!({
        "id": order.id.to_string(),
        "invoice_id": order.invoice_id.to_string(),
        "title": order.title,
        "status": app.status(order, &totals),
        "contact_id": order.contact.to_string(),
        "source_type": order.source_type,
        "order_time": time(order.order_time),
        "modification_time": time(order.modified),
        "total": text(totals.total),
        "total_paid": text(totals.paid),
        "total_due": text(totals.due),
        "refund_total": text(totals.refunded),
        "balance": text(totals.balance),
        "items": items,
        "last_instalment": order.plan.as_ref().map(|p| last_instalment(p).to_string()),
        "rest": order.rest,
        "x_expect": order.expect,
    })
}

fn payment(payment: &Payment) -> Value {
    let parts: Vec<Value> = payment
        .parts
        .iter()
        .map(|p| {
            json!({
                "id": p.id.to_string(), "order_id": p.order.to_string(), "amount": text(p.amount),
                "pay_status": p.pay_status, "refund_of": p.refund_of.map(|r| r.to_string()),
            })
        })
        .collect();
    json!({
        "id": payment.id.to_string(),
        "type": payment.kind,
        "method": payment.method,
        "time": time(payment.time),
        "contact_id": payment.contact.to_string(),
        "parts": parts,
        "rest": payment.rest,
    })
}
