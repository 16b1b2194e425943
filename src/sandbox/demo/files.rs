//! A shop as CSV files: one row a line of an invoice, and one row a payment.
//!
//! Flows in: a finished shop. Flows out: paths and contents. What belongs to the whole invoice (date,
//! customer, tax, total) stands on each of its rows, as exports do.

use super::order::{Order, Payment};
use super::shop::Shop;

/// The columns of `invoices.csv`.
pub const INVOICE_COLUMNS: [&str; 17] = [
    "invoice", "date", "status", "customer_id", "customer", "email", "phone", "po", "currency", "sku", "item", "quantity",
    "price", "taxable", "kind", "tax", "total",
];
/// The columns of `payments.csv`.
pub const PAYMENT_COLUMNS: [&str; 7] = ["payment", "invoice", "date", "amount", "method", "refund_of", "settled"];

/// The files of a shop, below `data/<tenant>/`.
pub fn files(shop: &Shop) -> Vec<(String, String)> {
    let mut invoices = vec![INVOICE_COLUMNS.map(str::to_owned).to_vec()];
    let mut payments = vec![PAYMENT_COLUMNS.map(str::to_owned).to_vec()];
    for order in &shop.orders {
        invoices.extend(invoice_rows(shop, order));
        payments.extend(order.payments.iter().map(|p| payment_row(order, p)));
    }
    let folder = format!("data/{}", shop.place.tenant);
    vec![
        (format!("{folder}/invoices.csv"), table(&invoices)),
        (format!("{folder}/payments.csv"), table(&payments)),
    ]
}

fn table(rows: &[Vec<String>]) -> String {
    let mut out = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().map(|c| quoted(c)).collect();
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    out
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

fn invoice_rows(shop: &Shop, order: &Order) -> Vec<Vec<String>> {
    let tax = shop.law.stated_tax(order).map(|t| t.to_string()).unwrap_or_default();
    let total = shop.law.source_total(order).to_string();
    let person = shop.people.iter().find(|p| p.id == order.contact).cloned().unwrap_or_default();
    let row = |line: &super::order::Line| {
        vec![
            order.ids.1.to_string(),
            order.date.to_string(),
            if order.status == "DRAFT" { "draft" } else { "issued" }.to_owned(),
            format!("C{}", person.id),
            person.shown(),
            person.email.clone(),
            person.phone.clone(),
            order.po.clone(),
            order.currency.unwrap_or(shop.place.currency).to_owned(),
            line.sku.clone(),
            line.name.clone(),
            line.quantity.to_string(),
            line.price.to_string(),
            match line.taxable {
                Some(true) => "yes",
                Some(false) => "no",
                None => "",
            }
            .to_owned(),
            line.kind.to_lowercase(),
            tax.clone(),
            total.clone(),
        ]
    };
    order.lines.iter().map(row).collect()
}

fn payment_row(order: &Order, payment: &Payment) -> Vec<String> {
    let first = payment.refunds.and_then(|n| order.payments.get(n));
    vec![
        payment.id.to_string(),
        order.ids.1.to_string(),
        payment.date.to_string(),
        payment.amount.to_string(),
        payment.method.to_owned(),
        first.map(|p| p.id.to_string()).unwrap_or_default(),
        if payment.settled { "yes" } else { "no" }.to_owned(),
    ]
}
