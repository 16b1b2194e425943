//! A shop as a CSV file: one row a line of an invoice, and one row a payment.
//!
//! Flows in: a finished shop. Flows out: paths and contents. What belongs to the whole invoice (date,
//! customer, tax, total) stands on each of its lines, as exports do.

use super::order::{Line, Order, Payment};
use super::shop::Shop;

/// The columns of `invoices.csv`.
pub const COLUMNS: [&str; 20] = [
    "invoice",
    "date",
    "customer_id",
    "customer",
    "email",
    "phone",
    "po",
    "currency",
    "tax",
    "total",
    "sku",
    "item",
    "kind",
    "quantity",
    "price",
    "taxable",
    "payment",
    "paid_on",
    "paid",
    "paid_by",
];
/// Where the payments begin.
const PAYMENT_AT: usize = 16;

/// The files of a shop, below `data/<tenant>/`.
pub fn files(shop: &Shop) -> Vec<(String, String)> {
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    for order in &shop.orders {
        rows.extend(invoice_rows(shop, order));
        rows.extend(order.payments.iter().map(|p| payment_row(order, p)));
    }
    vec![(
        format!("data/{}/invoices.csv", shop.place.tenant),
        table(&rows),
    )]
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
    let tax = shop
        .law
        .stated_tax(order)
        .map(|t| t.to_string())
        .unwrap_or_default();
    let total = shop.law.source_total(order).to_string();
    let person = shop
        .people
        .iter()
        .find(|p| p.id == order.contact)
        .cloned()
        .unwrap_or_default();
    let row = |line: &Line| {
        let mut row = vec![
            order.ids.1.to_string(),
            order.date.to_string(),
            format!("C{}", person.id),
            person.shown(),
            person.email.clone(),
            person.phone.clone(),
            order.po.clone(),
            order.currency.unwrap_or(shop.place.currency).to_owned(),
            tax.clone(),
            total.clone(),
            line.sku.clone(),
            line.name.clone(),
            line.kind.to_lowercase(),
            line.quantity.to_string(),
            line.price.to_string(),
            line.taxable
                .map(|t| if t { "yes" } else { "no" })
                .unwrap_or_default()
                .to_owned(),
        ];
        row.resize(COLUMNS.len(), String::new());
        row
    };
    order.lines.iter().map(row).collect()
}

/// A payment has a row of its own, which names the invoice and nothing else of it. Money paid back is negative.
fn payment_row(order: &Order, payment: &Payment) -> Vec<String> {
    let mut row = vec![String::new(); PAYMENT_AT];
    if let Some(first) = row.first_mut() {
        *first = order.ids.1.to_string();
    }
    let sign = if payment.refunds.is_some() { "-" } else { "" };
    row.extend([
        payment.id.to_string(),
        payment.date.to_string(),
        format!("{sign}{}", payment.amount),
        payment.method.to_owned(),
    ]);
    row
}
