//! A shop as the seed of the fake Keap.
//!
//! Flows in: a finished shop. Flows out: one application of the seed: customers, products, orders with
//! their lines, tax, payments and plans, and what is expected of each. Amounts are text.

use super::expect::to_json;
use super::order::{Line, Order, Payment};
use super::people::Person;
use super::shop::Shop;
use chrono::NaiveDate;
use serde_json::{Map, Value, json};

/// The key with which a tenant's connection signs in to the fake Keap.
pub fn key(tenant: &str) -> String {
    format!("KeapSAK-demo-{tenant}")
}

/// How many customers of a shop whose sales are entered in its books the application knows already.
const KNOWN: usize = 4;

/// The application.
pub fn application(shop: &Shop) -> Value {
    let place = &shop.place;
    let expected = shop.expectations();
    // Where sales are entered in the books, the application has none of them yet, and of their customers a few.
    let (orders, known) = match shop.ledger.has_the_sales {
        true => (&[][..], KNOWN),
        false => (shop.orders.as_slice(), usize::MAX),
    };
    let firms: Vec<(u64, &str)> = shop
        .people
        .iter()
        .take(known)
        .filter(|p| !p.company.is_empty())
        .map(|p| (p.id, p.company.as_str()))
        .collect();
    let orders = orders.iter().zip(&expected.orders);
    json!({
        "name": place.tenant,
        "currency": place.currency,
        "time_zone": place.zone,
        "profile": {"name": place.title, "email": format!("hello@{}.example", place.tenant)},
        "tax_label": if place.country == "GB" { "VAT" } else { "GST" },
        "keys": [{"key": key(place.tenant), "kind": "sak"}],
        "companies": firms.iter().map(|(id, name)| json!({"id": id.to_string(), "company_name": name}))
            .collect::<Vec<_>>(),
        "contacts": shop.people.iter().take(known).map(|p| contact(shop, p)).collect::<Vec<_>>(),
        "products": shop.products.iter().map(|p| json!({
            "id": p.id.to_string(), "name": p.name, "sku": p.sku, "price": p.price.to_string(),
            "taxable": p.taxable, "active": true, "create_time": time(shop, first_day(shop)),
        })).collect::<Vec<_>>(),
        "orders": orders.map(|(o, e)| order(shop, o, to_json(e))).collect::<Vec<_>>(),
    })
}

/// A day as a time that is the same day in UTC and where the shop is.
fn time(shop: &Shop, day: NaiveDate) -> Value {
    json!(format!("{day}T{:02}:15:00.000Z", shop.place.hour))
}

fn first_day(shop: &Shop) -> NaiveDate {
    shop.orders.first().map_or(shop.today, |o| o.date)
}

fn contact(shop: &Shop, person: &Person) -> Value {
    let since = time(shop, first_day(shop));
    let mut out = json!({
        "id": person.id.to_string(),
        "given_name": person.given,
        "family_name": person.family,
        "addresses": [person.address_json()],
        "phone_numbers": [{"field": "PHONE1", "number": person.phone, "type": "Work"}],
        "create_time": since,
        "update_time": since,
    });
    if !person.email.is_empty() {
        out["email_addresses"] = json!([{"field": "EMAIL1", "email": person.email}]);
    }
    if !person.company.is_empty() {
        out["company"] = json!({"id": person.id.to_string(), "company_name": person.company});
    }
    out
}

fn order(shop: &Shop, order: &Order, expect: Value) -> Value {
    let mut items: Vec<Value> = order.lines.iter().map(item).collect();
    if let Some(tax) = shop.law.stated_tax(order) {
        items.push(json!({"type": "TAX", "name": "Tax", "quantity": 1, "price": tax.normalize().to_string()}));
    }
    let last_change = order
        .payments
        .iter()
        .map(|p| p.date)
        .max()
        .map_or(order.date, |d| d.max(order.date));
    let mut out = json!({
        "id": order.ids.0.to_string(),
        "invoice_id": order.ids.1.to_string(),
        "title": order.title,
        "contact_id": order.contact.to_string(),
        "order_time": time(shop, order.date),
        "creation_time": time(shop, order.date),
        "modification_time": time(shop, last_change),
        "status": order.status,
        "order_type": if order.made_by == "CHECKOUT_FORM" { "ONLINE" } else { "OFFLINE" },
        "source_type": order.made_by,
        "items": items,
        "payments": order.payments.iter().map(|p| payment(shop, order, p)).collect::<Vec<_>>(),
        "x_expect": expect,
    });
    if order.status == "SENT" {
        out["sent_time"] = time(shop, order.date);
    }
    if !order.notes.is_empty() {
        out["notes"] = json!(order.notes);
    }
    if !order.plan.is_empty() {
        out["payment_plan"] = plan(shop, order);
    }
    out
}

fn item(line: &Line) -> Value {
    let mut out = Map::new();
    out.insert("type".into(), json!(line.kind));
    out.insert("name".into(), json!(line.name));
    out.insert(
        "quantity".into(),
        json!(line.quantity.to_string().parse::<i64>().unwrap_or(1)),
    );
    out.insert("price".into(), json!(line.price.normalize().to_string()));
    if let Some(id) = line.product {
        out.insert("product_id".into(), json!(id.to_string()));
    }
    Value::Object(out)
}

fn payment(shop: &Shop, order: &Order, payment: &Payment) -> Value {
    let mut out = json!({
        "id": payment.id.to_string(),
        "amount": payment.amount.normalize().to_string(),
        "type": payment.method,
        "time": time(shop, payment.date),
    });
    if let Some(first) = payment.refunds.and_then(|n| order.payments.get(n)) {
        out["refund_of"] = json!(first.id.to_string());
    }
    if !payment.settled {
        out["pay_status"] = json!("PENDING");
    }
    out
}

fn plan(shop: &Shop, order: &Order) -> Value {
    let total = shop.law.source_total(order);
    let mut left = total;
    let last = order.plan.len().saturating_sub(1);
    let items: Vec<Value> = order
        .plan
        .iter()
        .enumerate()
        .map(|(n, (day, share))| {
            let part =
                (total * *share / rust_decimal::Decimal::ONE_HUNDRED).round_dp(shop.law.places);
            let amount = if n == last { left } else { part };
            left -= amount;
            json!({"due_date": day.to_string(), "amount_due": amount.normalize().to_string()})
        })
        .collect();
    let start = order.plan.first().map_or(order.date, |(day, _)| *day);
    json!({"auto_charge": false, "plan_start_date": start.to_string(), "number_of_payments": order.plan.len(),
           "days_between_payments": 30, "items": items})
}
