//! The seed's patch: edits, as a person would make them in the application.
//!
//! Flows in: places of a seed. Flows out: changed rows, their times moved to now. Refuses as the seed does.

use super::super::store::{App, Time};
use super::orders::{REST, items, plan, rest};
use super::payments::{PAY_STATUSES, payments};
use super::read::{At, word};

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
        patch_payment(app, &row, now)?;
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

fn patch_payment(app: &mut App, row: &At, now: Time) -> Result<(), String> {
    row.only(&["id", "pay_status", "amount", "time", "note", "remove"])?;
    let id = row.need_id("id")?;
    let status = word(row, "pay_status", &PAY_STATUSES)?;
    let amount = row.amount("amount", &app.currency)?;
    let (time, note) = (row.time("time")?, row.text("note")?);
    let mut orders = vec![];
    if row.flag("remove")? == Some(true) {
        match app.remove_payment(id) {
            Some(of) => orders = of,
            None => return row.refuse(&format!("the payment {id} is not there")),
        }
        app.hooks.event("invoice.payment.delete", id, now);
    } else {
        let Some(payment) = app.payments.get_mut(&id) else {
            return row.refuse(&format!("the payment {id} is not there"));
        };
        payment.updated = now;
        payment.time = time.unwrap_or(payment.time);
        payment.note = note.or_else(|| payment.note.take());
        for part in &mut payment.parts {
            part.pay_status = status.clone().unwrap_or_else(|| part.pay_status.clone());
            part.amount = amount.unwrap_or(part.amount);
            part.updated = now;
            orders.push(part.order);
        }
        app.hooks.event("invoice.payment.edit", id, now);
    }
    for order in orders {
        if let Some(order) = app.orders.get_mut(&order) {
            order.modified = now;
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
    const OWN: [&str; 10] = [
        "title",
        "invoice_id",
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
    if let Some(invoice) = set.id("invoice_id")?
        && !app.invoice(id, invoice)
    {
        return set.refuse("invoice_id: the order has one, or the number is taken");
    }
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
