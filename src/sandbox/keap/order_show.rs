//! An order as v2 shows it: `OrderV2`, `OrderItem`, `PaymentPlan`.
//!
//! Flows in: an order with its application. Flows out: JSON by the schema; what is not there is left out, never
//! null. Ids are texts, money is `CurrencyValue`.

use chrono::{Duration, SecondsFormat};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::money::currency_value;
use super::store::{App, Item, NOT_INVOICED, Order, Plan, Product, Record, Time};
use super::switches::Switches;

/// v2's date-time: UTC, milliseconds.
pub(super) fn time(at: Time) -> Value {
    Value::String(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// The order; `items` says whether its lines are shown.
pub(super) fn order(app: &App, order: &Order, items: bool, switches: &Switches) -> Value {
    let totals = app.totals(order, switches);
    let money = |amount: Decimal| currency_value(amount, &app.currency);
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("id", json!(order.id.to_string()));
    put("title", json!(order.title));
    put("status", json!(app.status(order, &totals)));
    put("total", money(totals.total));
    put("contact", basic_contact(app, order.contact));
    put("order_type", json!(order.order_type));
    put("source_type", json!(order.source_type));
    put("creation_time", time(order.created));
    put("modification_time", time(order.modified));
    put("order_time", time(order.order_time));
    put("total_paid", money(totals.paid));
    put("total_due", money(totals.due));
    put("refund_total", money(totals.refunded));
    if order.invoice_id != NOT_INVOICED {
        put("invoice_id", json!(order.invoice_id.to_string()));
    }
    if items {
        let lines = order.items.iter().filter(|i| is_shown(i, switches));
        put(
            "order_items",
            lines.map(|i| item(app, i, switches)).collect(),
        );
    }
    if let Some(plan) = &order.plan {
        put("payment_plan", payment_plan(app, plan, totals.paid));
    }
    if let Some(shipping) = &order.shipping {
        put("shipping_information", Value::Object(shipping.clone()));
    }
    for (name, value) in &order.rest {
        put(name, value.clone());
    }
    Value::Object(shown)
}

/// A tax item of zero is shown or not, as the switch says.
pub(super) fn is_shown(item: &Item, switches: &Switches) -> bool {
    !(item.kind == "TAX" && item.price.is_zero() && switches.is("zero_tax", "none"))
}

/// The price as it is shown: a discount's is negative, or zero beside a `discount`.
pub(super) fn shown_price(item: &Item, switches: &Switches) -> Decimal {
    match (
        item.is_discount(),
        switches.is("discounts", "discount_field"),
    ) {
        (false, _) => item.price,
        (true, false) => -item.price.abs(),
        (true, true) => Decimal::ZERO,
    }
}

/// What `discount` shows, where the switch puts it there.
pub(super) fn shown_discount(item: &Item, switches: &Switches) -> Option<Decimal> {
    (item.is_discount() && switches.is("discounts", "discount_field")).then(|| item.amount().abs())
}

fn item(app: &App, item: &Item, switches: &Switches) -> Value {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            shown.insert(name.to_owned(), value);
        }
    };
    put("id", Some(json!(item.id.to_string())));
    put("name", item.name.as_ref().map(|v| json!(v)));
    put("description", item.description.as_ref().map(|v| json!(v)));
    put("notes", item.notes.as_ref().map(|v| json!(v)));
    put("quantity", Some(json!(item.quantity)));
    put("item_type", Some(json!(item.kind)));
    put(
        "price_per_unit",
        Some(currency_value(shown_price(item, switches), &app.currency)),
    );
    put(
        "cost_per_unit",
        item.cost.map(|c| currency_value(c, &app.currency)),
    );
    put(
        "discount",
        shown_discount(item, switches).map(|d| currency_value(d, &app.currency)),
    );
    put("special", item.special.clone());
    put(
        "subscription_id",
        item.subscription_id.as_ref().map(|v| json!(v)),
    );
    put(
        "product",
        item.product
            .and_then(|id| app.products.get(&id))
            .map(product),
    );
    Value::Object(shown)
}

fn product(product: &Product) -> Value {
    let mut shown = json!({
        "id": product.id.to_string(),
        "name": product.name,
        "shippable": product.shippable,
        "taxable": product.taxable,
    });
    if let Some(sku) = &product.sku {
        shown["sku"] = json!(sku);
    }
    if let Some(text) = product.rest.get("description") {
        shown["description"] = text.clone();
    }
    shown
}

/// v2's `BasicContact`; only the id when the contact is gone.
pub(super) fn basic_contact(app: &App, id: u64) -> Value {
    let mut shown = json!({"id": id.to_string()});
    let Some(contact) = app.contacts.get(&id) else {
        return shown;
    };
    if let Some(email) = first_email(contact) {
        shown["email"] = json!(email);
    }
    for name in ["given_name", "family_name"] {
        if let Some(value) = contact.body.get(name) {
            shown[name] = value.clone();
        }
    }
    shown
}

/// The address in slot EMAIL1, else the first.
pub(super) fn first_email(contact: &Record) -> Option<&str> {
    let list = contact.body.get("email_addresses")?.as_array()?;
    let one = list
        .iter()
        .find(|e| e.get("field").and_then(Value::as_str) == Some("EMAIL1"))
        .or_else(|| list.first())?;
    one.get("email")?.as_str()
}

/// The instalments of a plan: as seeded, else the plan's amounts spread over its dates.
pub(super) fn payment_plan(app: &App, plan: &Plan, paid: Decimal) -> Value {
    let money = |amount: Decimal| currency_value(amount, &app.currency);
    let mut left = paid;
    let open = if plan.auto_charge {
        "UNPAID_AUTOCHARGE"
    } else {
        "UNPAID_MANUAL"
    };
    let items: Vec<Value> = plan
        .items
        .iter()
        .map(|one| {
            let got = left.max(Decimal::ZERO).min(one.amount);
            left -= got;
            json!({
                "status": if got == one.amount { "PAID" } else { open },
                "due_date": one.due.to_string(),
                "amount_due": money(one.amount),
                "amount_paid": money(got),
            })
        })
        .collect();
    let mut shown = json!({
        "auto_charge": plan.auto_charge,
        "plan_start_date": plan.start.to_string(),
        "number_of_payments": plan.payments,
        "days_between_payments": plan.days_between,
    });
    if !items.is_empty() {
        shown["payment_plan_items"] = Value::Array(items);
    }
    if let Some(amount) = plan.initial_amount {
        shown["initial_payment_amount"] = money(amount);
    }
    if let Some(date) = plan.initial_date {
        shown["initial_payment_date"] = json!(date.to_string());
    }
    shown
}

/// The day of the last instalment, for reports.
pub(super) fn last_instalment(plan: &Plan) -> chrono::NaiveDate {
    let spread = Duration::days(
        plan.days_between
            .saturating_mul(plan.payments.saturating_sub(1))
            .clamp(0, 40_000),
    );
    plan.items
        .iter()
        .map(|i| i.due)
        .max()
        .unwrap_or(plan.start + spread)
}
