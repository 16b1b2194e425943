//! A shop as a CSV file: one row a line of an invoice, and one row a payment.
//!
//! Flows in: a finished shop. Flows out: paths and contents. What belongs to the whole invoice (date,
//! customer, tax, total) stands on each of its rows, as exports do. A payment that is not received yet is
//! not in such an export.

use super::order::{Order, Payment};
use super::shop::Shop;

/// The columns of `invoices.csv`.
pub const COLUMNS: [&str; 22] = [
    "invoice", "date", "status", "customer_id", "customer", "email", "phone", "po", "currency", "tax", "total", "sku",
    "item", "quantity", "price", "taxable", "kind", "payment", "paid on", "amount paid", "method", "refund of",
];
/// How many of them belong to the whole invoice, and how many to a line; the rest are a payment's.
const HEAD: usize = 11;
const LINE: usize = 6;

/// The files of a shop, below `data/<tenant>/`.
pub fn files(shop: &Shop) -> Vec<(String, String)> {
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    for order in &shop.orders {
        let head = head(shop, order);
        for line in &order.lines {
            rows.push(row(&head, line_cells(line), Vec::new()));
        }
        for payment in order.payments.iter().filter(|p| p.settled) {
            rows.push(row(&head, Vec::new(), payment_cells(order, payment)));
        }
    }
    vec![(format!("data/{}/invoices.csv", shop.place.tenant), table(&rows))]
}

fn row(head: &[String], line: Vec<String>, payment: Vec<String>) -> Vec<String> {
    let mut cells = head.to_vec();
    cells.extend(line);
    cells.resize(if payment.is_empty() { COLUMNS.len() } else { HEAD + LINE }, String::new());
    cells.extend(payment);
    cells
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

fn head(shop: &Shop, order: &Order) -> Vec<String> {
    let tax = shop.law.stated_tax(order).map(|t| t.to_string()).unwrap_or_default();
    let person = shop.people.iter().find(|p| p.id == order.contact).cloned().unwrap_or_default();
    vec![
        order.ids.1.to_string(),
        order.date.to_string(),
        if order.status == "DRAFT" { "draft" } else { "unpaid" }.to_owned(),
        format!("C{}", person.id),
        person.shown(),
        person.email.clone(),
        person.phone.clone(),
        order.po.clone(),
        order.currency.unwrap_or(shop.place.currency).to_owned(),
        tax,
        shop.law.source_total(order).to_string(),
    ]
}

fn line_cells(line: &super::order::Line) -> Vec<String> {
    let taxable = match line.taxable {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    vec![
        line.sku.clone(),
        line.name.clone(),
        line.quantity.to_string(),
        line.price.to_string(),
        taxable.to_owned(),
        line.kind.to_lowercase(),
    ]
}

fn payment_cells(order: &Order, payment: &Payment) -> Vec<String> {
    let first = payment.refunds.and_then(|n| order.payments.get(n));
    vec![
        payment.id.to_string(),
        payment.date.to_string(),
        // Money paid back is negative in such exports.
        if payment.refunds.is_some() { -payment.amount } else { payment.amount }.to_string(),
        payment.method.to_owned(),
        first.map(|p| p.id.to_string()).unwrap_or_default(),
    ]
}
