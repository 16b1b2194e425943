//! An application of the fake Keap as a ledger: its orders, where the sales were entered in the books and went there.
//!
//! Flows in: its state. Flows out: invoices with the payments that stand. Refuses, with a sentence, an amount that is none.

use super::read::{LedgerInvoice, amount, list, text};
use rust_decimal::Decimal;
use serde_json::Value;

/// The orders of an application. An order bears its invoice's number as its title.
///
/// # Errors
/// A sentence.
pub fn invoices(state: &Value, name: &str) -> Result<Vec<LedgerInvoice>, String> {
    let apps = list(state, "applications");
    let app = apps.iter().find(|a| text(a, "name") == name);
    let app = app.ok_or_else(|| format!("the ledger has no application `{name}`"))?;
    list(app, "orders").iter().map(|o| order(app, o)).collect()
}

fn order(app: &Value, order: &Value) -> Result<LedgerInvoice, String> {
    let number = text(order, "title");
    let of = format!("order {number}");
    let mut tax = Decimal::ZERO;
    for item in list(order, "items") {
        if text(item, "type") == "TAX" {
            tax += amount(item, "amount", &format!("the tax of {of}"))?;
        }
    }
    let mut payments = Vec::new();
    for part in list(app, "payments").iter().flat_map(|p| list(p, "parts")) {
        if text(part, "order_id") == text(order, "id") {
            payments.push(amount(part, "amount", &format!("a payment of {of}"))?);
        }
    }
    Ok(LedgerInvoice {
        number: number.to_owned(),
        live: true,
        contact: text(order, "contact_id").to_owned(),
        date: text(order, "order_time").to_owned(),
        currency: text(app, "currency").to_owned(),
        total: amount(order, "total", &of)?,
        tax,
        paid: amount(order, "total_paid", &of)?,
        payments,
        ..LedgerInvoice::default()
    })
}
