//! A company of the fake QuickBooks Online, as it tells its own books.
//!
//! Flows in: its state. Flows out: invoices with the payments that stand. Refuses, with a sentence, an amount that is none.

use super::read::{LedgerInvoice, amount, list, text};
use serde_json::Value;

/// The invoices of a company.
///
/// # Errors
/// A sentence.
pub fn invoices(state: &Value, name: &str) -> Result<Vec<LedgerInvoice>, String> {
    let is = |c: &&Value| {
        let own = list(c, "CompanyInfo").first();
        own.is_some_and(|i| text(i, "CompanyName") == name) || text(c, "realm") == name
    };
    let company = list(state, "companies").iter().find(is);
    let company = company.ok_or_else(|| format!("the ledger has no company `{name}`"))?;
    let all = list(company, "Invoice").iter();
    all.map(|i| invoice(company, i)).collect()
}

fn of_reference<'v>(value: &'v Value, field: &str, part: &str) -> &'v str {
    value.get(field).map_or("", |r| text(r, part))
}

fn invoice(company: &Value, invoice: &Value) -> Result<LedgerInvoice, String> {
    let number = text(invoice, "DocNumber");
    let of = format!("invoice {number}");
    let total = amount(invoice, "TotalAmt", &of)?;
    let detail = invoice.get("TxnTaxDetail").unwrap_or(&Value::Null);
    let mut out = LedgerInvoice {
        number: number.to_owned(),
        // What was deleted is not told any more.
        live: !text(invoice, "PrivateNote").starts_with("Voided"),
        contact: of_reference(invoice, "CustomerRef", "name").to_owned(),
        date: text(invoice, "TxnDate").to_owned(),
        currency: of_reference(invoice, "CurrencyRef", "value").to_owned(),
        total,
        tax: amount(detail, "TotalTax", &of)?,
        paid: total - amount(invoice, "Balance", &of)?,
        ..LedgerInvoice::default()
    };
    let id = text(invoice, "Id");
    for payment in list(company, "Payment") {
        for line in list(payment, "Line") {
            let ours = |l: &Value| text(l, "TxnType") == "Invoice" && text(l, "TxnId") == id;
            if list(line, "LinkedTxn").iter().any(ours) {
                out.payments
                    .push(amount(line, "Amount", &format!("a payment of {of}"))?);
            }
        }
    }
    for receipt in list(company, "RefundReceipt") {
        // The memo begins with the invoice's number; a stamp stands behind it.
        if text(receipt, "PrivateNote").split(' ').next() == Some(number) {
            let of = format!("a refund receipt for {of}");
            out.credited_by_notes += amount(receipt, "TotalAmt", &of)?;
        }
    }
    Ok(out)
}
