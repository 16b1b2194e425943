//! The seed's orders.
//!
//! Flows in: places of a seed. Flows out: orders in an application. Refuses as the seed does.

use serde_json::{Map, Value, json};

use super::super::order_show::time as show_time;
use super::super::store::{App, Item, NOT_INVOICED, Order, Plan, PlanItem, Time};
use super::number;
use super::payments::payments;
use super::read::{At, word};

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
/// What goes to the order as it is.
pub(super) const REST: [&str; 17] = [
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
const ORDER: [&str; 16] = [
    "id",
    "invoice_id",
    "not_invoiced",
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
        None if row.flag("not_invoiced")? == Some(true) => NOT_INVOICED,
        Some(id) => {
            app.claim("invoice", id);
            id
        }
        None => app.next("invoice"),
    };
    if app.orders.contains_key(&id) || app.has_invoice(invoice_id) {
        return row.refuse(&format!(
            "the order {id} or the invoice {invoice_id} is there already"
        ));
    }
    let created = row.time("creation_time")?.unwrap_or(now);
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
    app.raise(order);
    app.hooks.event("order.add", id, now);
    app.hooks.event("invoice.add", id, now);
    let paid = payments(app, row, "payments", id, false, now)?;
    Ok(json!({"id": id.to_string(), "invoice_id": invoice_id.to_string(), "payments": paid}))
}

pub(super) fn rest(row: &At) -> Result<Map<String, Value>, String> {
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

pub(super) fn items(app: &mut App, row: &At, list: &str) -> Result<Vec<Item>, String> {
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

pub(super) fn plan(app: &App, at: &At) -> Result<Plan, String> {
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
