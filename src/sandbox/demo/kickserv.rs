//! A shop as the seed of the fake Kickserv.
//!
//! Flows in: a finished shop. Flows out: one account of the seed: customers, and a job an order, with charges, tax and payments. A
//! job that was not invoiced and one that was canceled stand beside them: neither is in any book.

use super::order::{Line, Order};
use super::people::Person;
use super::shop::Shop;
use serde_json::{Value, json};

/// The token with which a tenant's connection signs in to the fake Kickserv.
pub fn token(tenant: &str) -> String {
    format!("kickserv-demo-{tenant}")
}

/// The account.
pub fn account(shop: &Shop) -> Value {
    let tenant = shop.place.tenant;
    let mut jobs: Vec<Value> = shop.orders.iter().map(|o| job(shop, o)).collect();
    let mut beside = |number: u64, status: &str, invoiced: bool| {
        let first = shop.orders.first().map(|o| job(shop, o));
        let Some(mut job) = first else { return };
        (job["job_number"], job["status"], job["payments"]) =
            (json!(number), json!(status), json!([]));
        if !invoiced {
            job["invoice_date"] = Value::Null;
        }
        jobs.push(job);
    };
    beside(3001, "scheduled", false);
    beside(3002, "canceled", true);
    json!({
        "slug": tenant,
        "owner": shop.place.title,
        "tokens": [token(tenant)],
        "customers": shop.people.iter().map(customer).collect::<Vec<_>>(),
        "jobs": jobs,
    })
}

fn customer(person: &Person) -> Value {
    let company = match person.company.as_str() {
        "" => Value::Null,
        name => json!(name),
    };
    json!({
        "customer_number": person.id, "name": format!("{} {}", person.given, person.family), "first_name": person.given,
        "last_name": person.family, "company_name": company, "email_address": person.email, "phone_number": person.phone,
    })
}

fn job(shop: &Shop, order: &Order) -> Value {
    let paid = order.payments.iter().map(|p| p.date).max();
    let last = paid.map_or(order.date, |d| d.max(order.date));
    let tax = shop.law.stated_tax(order).unwrap_or_default();
    json!({
        "job_number": order.ids.1, "customer_number": order.contact, "name": order.title, "po_number": order.po,
        "invoice_date": format!("{}T09:15:00+10:00", order.date), "updated_at": format!("{last}T17:30:00+10:00"),
        "tax": tax.to_string(),
        "job_charges": order.lines.iter().map(charge).collect::<Vec<_>>(),
        "payments": order.payments.iter().map(|p| json!({
            "id": p.id, "date": p.date.to_string(), "amount": p.amount.to_string(), "payment_type": p.method,
        })).collect::<Vec<_>>(),
    })
}

fn charge(line: &Line) -> Value {
    json!({
        "description": line.name, "quantity": line.quantity.to_string(), "price_per_unit": line.price.to_string(),
        "item": {"name": line.sku},
    })
}
