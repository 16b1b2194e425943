//! The seed's orders and payments, and the edits of a patch.
//!
//! Flows in: places of a seed. Flows out: rows in an application. Refuses as the seed does.

use serde_json::{Map, Value, json};

use super::super::order_show::time as show_time;
use super::super::payments::add as add_payment;
use super::super::store::{App, Item, Order, Part, Payment, Plan, PlanItem, Time};
use super::number;
use super::read::At;

const ITEM_TYPES: [&str; 18] = [
    "PRODUCT",
    "SHIPPING",
    "TAX",
    "SERVICE",
    "UPSELL",
    "FINANCE_CHARGE",
    "DISCOUNT",
    "PROGRAM",
    "SUBSCRIPTION",
    "DISCOUNT_FREE_TRIAL",
    "DISCOUNT_ORDER_TOTAL",
    "DISCOUNT_PRODUCT",
    "DISCOUNT_PRODUCT_CATEGORY",
    "DISCOUNT_SHIPPING",
    "TIP",
    "OTHER",
    "FEE",
    "UNKNOWN",
];
const SOURCE_TYPES: [&str; 6] = [
    "API",
    "CHECKOUT_FORM",
    "INVOICE",
    "MANUAL_PAYMENT",
    "QUICKBOOKS",
    "UNKNOWN",
];
const PAY_STATUSES: [&str; 8] = [
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
/// What goes to the order as it is.
const REST: [&str; 17] = [
    "notes",
    "terms",
    "due_time",
    "sent_time",
    "promo_code",
    "credit_status",
    "refund_status",
    "synced",
    "allow_payment",
    "allow_paypal",
    "invoice_number",
    "custom_fields",
    "external_create_user",
    "external_create_time",
    "external_update_time",
    "lead_affiliate_id",
    "sales_affiliate_id",
];
const ORDER: [&str; 15] = [
    "id",
    "invoice_id",
    "title",
    "contact_id",
    "order_time",
    "creation_time",
    "modification_time",
    "status",
    "order_type",
    "source_type",
    "shipping",
    "items",
    "payments",
    "payment_plan",
    "x_expect",
];

pub(super) fn add_all(app: &mut App, at: &At, now: Time) -> Result<Vec<Value>, String> {
    let mut made = vec![];
    for row in at.list("orders")? {
        let known: Vec<&str> = ORDER.iter().chain(REST.iter()).copied().collect();
        row.only(&known)?;
        made.push(add_one(app, &row, now)?);
    }
    Ok(made)
}

fn add_one(app: &mut App, row: &At, now: Time) -> Result<Value, String> {
    let contact = row.need_id("contact_id")?;
    if !app.contacts.contains_key(&contact) {
        return row.refuse(&format!("the contact {contact} is not there"));
    }
    let Some(order_time) = row.time("order_time")? else {
        return row.refuse("order_time is needed");
    };
    let id = number(app, "order", row)?;
    let invoice_id = match row.id("invoice_id")? {
        Some(id) => {
            app.claim("invoice", id);
            id
        }
        None => app.next("invoice"),
    };
    if app.orders.contains_key(&id) || app.orders.values().any(|o| o.invoice_id == invoice_id) {
        return row.refuse(&format!(
            "the order {id} or the invoice {invoice_id} is there already"
        ));
    }
    let created = row.time("creation_time")?.unwrap_or(order_time);
    let sent = row.has("sent_time");
    let order = Order {
        id,
        invoice_id,
        title: row.text("title")?.unwrap_or_else(|| format!("Order {id}")),
        status: word(row, "status", &["DRAFT", "SENT", "VIEWED", "PAID"])?
            .filter(|s| s != "PAID")
            .unwrap_or_else(|| if sent { "SENT" } else { "DRAFT" }.into()),
        contact,
        order_type: word(row, "order_type", &["ONLINE", "OFFLINE"])?
            .unwrap_or_else(|| "OFFLINE".into()),
        source_type: word(row, "source_type", &SOURCE_TYPES)?.unwrap_or_else(|| "INVOICE".into()),
        order_time,
        created,
        modified: row.time("modification_time")?.unwrap_or(created),
        items: items(app, row, "items")?,
        plan: row
            .child("payment_plan")
            .map(|p| plan(app, &p))
            .transpose()?,
        shipping: row.child("shipping").map(|s| s.object()).transpose()?,
        rest: rest(row)?,
        expect: row.raw("x_expect"),
    };
    app.orders.insert(id, order);
    app.hooks.event("order.add", id, now);
    app.hooks.event("invoice.add", id, now);
    let paid = payments(app, row, "payments", id, false, now)?;
    Ok(json!({"id": id.to_string(), "invoice_id": invoice_id.to_string(), "payments": paid}))
}

fn word(row: &At, name: &str, words: &[&str]) -> Result<Option<String>, String> {
    match row.text(name)? {
        Some(text) if !words.contains(&text.as_str()) => {
            row.refuse(&format!("{name} must be one of {}", words.join(", ")))
        }
        other => Ok(other),
    }
}

fn rest(row: &At) -> Result<Map<String, Value>, String> {
    let mut rest = Map::new();
    for name in REST {
        let value = if name.ends_with("_time") {
            row.time(name)?.map(show_time)
        } else {
            row.raw(name)
        };
        if let Some(value) = value {
            rest.insert(name.to_owned(), value);
        }
    }
    Ok(rest)
}

fn items(app: &mut App, row: &At, list: &str) -> Result<Vec<Item>, String> {
    row.list(list)?.iter().map(|one| item(app, one)).collect()
}

fn item(app: &mut App, at: &At) -> Result<Item, String> {
    at.only(&[
        "id",
        "type",
        "name",
        "description",
        "notes",
        "quantity",
        "price",
        "cost",
        "product_id",
        "sku",
        "subscription_id",
        "special",
    ])?;
    let sku = at.text("sku")?;
    let product = match (at.id("product_id")?, &sku) {
        (Some(id), _) => Some(id),
        (None, Some(sku)) => {
            let found = app
                .products
                .values()
                .find(|p| p.sku.as_ref() == Some(sku))
                .map(|p| p.id);
            if found.is_none() {
                return at.refuse(&format!("no product has the SKU {sku}"));
            }
            found
        }
        (None, None) => None,
    };
    let own = match product {
        Some(id) => match app.products.get(&id) {
            Some(product) => Some(product),
            None => return at.refuse(&format!("the product {id} is not there")),
        },
        None => None,
    };
    let quantity = at.integer("quantity")?.unwrap_or(1);
    if !(1..=1_000_000).contains(&quantity) {
        return at.refuse("quantity goes from 1 to 1000000");
    }
    let price = at
        .amount("price", &app.currency)?
        .or_else(|| own.map(|p| p.price));
    let name = at.text("name")?.or_else(|| own.map(|p| p.name.clone()));
    let kind = word(at, "type", &ITEM_TYPES)?.unwrap_or_else(|| "PRODUCT".into());
    let cost = at.amount("cost", &app.currency)?;
    Ok(Item {
        id: number(app, "item", at)?,
        kind,
        name,
        description: at.text("description")?,
        notes: at.text("notes")?,
        quantity,
        price: price.unwrap_or_default(),
        cost,
        product,
        subscription_id: at.text("subscription_id")?,
        special: at.raw("special"),
    })
}

fn plan(app: &App, at: &At) -> Result<Plan, String> {
    at.only(&[
        "auto_charge",
        "initial_payment_amount",
        "initial_payment_date",
        "plan_start_date",
        "number_of_payments",
        "days_between_payments",
        "items",
    ])?;
    let Some(start) = at.date("plan_start_date")? else {
        return at.refuse("plan_start_date is needed");
    };
    let mut items = vec![];
    for one in at.list("items")? {
        one.only(&["due_date", "amount_due"])?;
        match (
            one.date("due_date")?,
            one.amount("amount_due", &app.currency)?,
        ) {
            (Some(due), Some(amount)) => items.push(PlanItem { due, amount }),
            _ => return one.refuse("due_date and amount_due are needed"),
        }
    }
    items.sort_by_key(|i| i.due);
    Ok(Plan {
        auto_charge: at.flag("auto_charge")?.unwrap_or(false),
        initial_amount: at.amount("initial_payment_amount", &app.currency)?,
        initial_date: at.date("initial_payment_date")?,
        start,
        payments: at
            .integer("number_of_payments")?
            .unwrap_or(1)
            .clamp(1, 1_000),
        days_between: at
            .integer("days_between_payments")?
            .unwrap_or(30)
            .clamp(0, 3_660),
        items,
    })
}

fn payments(
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

/// Edits, as a person would make them in the application.
pub(super) fn patch(app: &mut App, at: &At, now: Time) -> Result<(), String> {
    at.only(&[
        "orders",
        "contacts",
        "companies",
        "products",
        "payments",
        "delete_orders",
    ])?;
    for row in at.list("orders")? {
        patch_order(app, &row, now)?;
    }
    for (list, kind) in [("contacts", "contact"), ("companies", "company")] {
        for row in at.list(list)? {
            row.only(&["id", "set"])?;
            let id = row.need_id("id")?;
            let set = row
                .child("set")
                .map(|s| s.object())
                .transpose()?
                .unwrap_or_default();
            let rows = if kind == "contact" {
                &mut app.contacts
            } else {
                &mut app.companies
            };
            let Some(record) = rows.get_mut(&id) else {
                return row.refuse(&format!("the {kind} {id} is not there"));
            };
            record.body.extend(set);
            record.updated = now;
            app.hooks.event(&format!("{kind}.edit"), id, now);
        }
    }
    for row in at.list("products")? {
        patch_product(app, &row, now)?;
    }
    for row in at.list("payments")? {
        row.only(&["id", "pay_status"])?;
        let id = row.need_id("id")?;
        let status = word(&row, "pay_status", &PAY_STATUSES)?;
        let Some(payment) = app.payments.get_mut(&id) else {
            return row.refuse(&format!("the payment {id} is not there"));
        };
        payment.updated = now;
        for part in &mut payment.parts {
            part.pay_status = status.clone().unwrap_or_else(|| part.pay_status.clone());
            part.updated = now;
            if let Some(order) = app.orders.get_mut(&part.order) {
                order.modified = now;
            }
        }
        app.hooks.event("invoice.payment.edit", id, now);
    }
    for id in at.texts("delete_orders")? {
        let gone = id.parse().ok().and_then(|id: u64| app.orders.remove(&id));
        match gone {
            Some(order) => app.hooks.event("order.delete", order.id, now),
            None => return at.refuse(&format!("delete_orders: the order {id} is not there")),
        }
    }
    Ok(())
}

fn patch_order(app: &mut App, row: &At, now: Time) -> Result<(), String> {
    row.only(&[
        "id",
        "set",
        "items",
        "add_items",
        "remove_items",
        "add_payments",
    ])?;
    let id = row.need_id("id")?;
    if !app.orders.contains_key(&id) {
        return row.refuse(&format!("the order {id} is not there"));
    }
    let replaced = if row.has("items") {
        Some(items(app, row, "items")?)
    } else {
        None
    };
    let added = items(app, row, "add_items")?;
    let removed = row.texts("remove_items")?;
    if let Some(order) = app.orders.get_mut(&id) {
        if let Some(items) = replaced {
            order.items = items;
        }
        order.items.retain(|i| !removed.contains(&i.id.to_string()));
        order.items.extend(added);
        order.modified = now;
    }
    if let Some(set) = row.child("set") {
        set_order(app, &set, id, now)?;
    }
    payments(app, row, "add_payments", id, true, now)?;
    app.hooks.event("order.edit", id, now);
    Ok(())
}

fn set_order(app: &mut App, set: &At, id: u64, now: Time) -> Result<(), String> {
    const OWN: [&str; 9] = [
        "title",
        "contact_id",
        "order_time",
        "modification_time",
        "status",
        "order_type",
        "shipping",
        "payment_plan",
        "x_expect",
    ];
    let known: Vec<&str> = OWN.iter().chain(REST.iter()).copied().collect();
    set.only(&known)?;
    let contact = set.id("contact_id")?;
    if contact.is_some_and(|c| !app.contacts.contains_key(&c)) {
        return set.refuse("contact_id: the contact is not there");
    }
    let plan = set
        .child("payment_plan")
        .map(|p| plan(app, &p))
        .transpose()?;
    let (title, status) = (
        set.text("title")?,
        word(set, "status", &["DRAFT", "SENT", "VIEWED"])?,
    );
    let kind = word(set, "order_type", &["ONLINE", "OFFLINE"])?;
    let (ordered, modified) = (set.time("order_time")?, set.time("modification_time")?);
    let shipping = set.child("shipping").map(|s| s.object()).transpose()?;
    let rest = rest(set)?;
    let Some(order) = app.orders.get_mut(&id) else {
        return set.refuse("the order is not there");
    };
    order.title = title.unwrap_or_else(|| order.title.clone());
    order.status = status.unwrap_or_else(|| order.status.clone());
    order.order_type = kind.unwrap_or_else(|| order.order_type.clone());
    order.contact = contact.unwrap_or(order.contact);
    order.order_time = ordered.unwrap_or(order.order_time);
    order.modified = modified.unwrap_or(now);
    order.plan = plan.or_else(|| order.plan.take());
    order.shipping = shipping.or_else(|| order.shipping.take());
    order.expect = set.raw("x_expect").or_else(|| order.expect.take());
    order.rest.extend(rest);
    Ok(())
}

fn patch_product(app: &mut App, row: &At, now: Time) -> Result<(), String> {
    row.only(&["id", "set"])?;
    let id = row.need_id("id")?;
    let Some(set) = row.child("set") else {
        return row.refuse("set is needed");
    };
    let price = set.amount("price", &app.currency)?;
    let (name, sku, taxable) = (set.text("name")?, set.text("sku")?, set.flag("taxable")?);
    let Some(product) = app.products.get_mut(&id) else {
        return row.refuse(&format!("the product {id} is not there"));
    };
    product.price = price.unwrap_or(product.price);
    product.name = name.unwrap_or_else(|| product.name.clone());
    product.sku = sku.or_else(|| product.sku.take());
    product.taxable = taxable.unwrap_or(product.taxable);
    product.updated = now;
    app.hooks.event("product.edit", id, now);
    Ok(())
}
