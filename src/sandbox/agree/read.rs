//! Reads both books as their owners tell them: numbers, totals, payments.
//!
//! Flows in: the state of a sandbox, or CSV files. Flows out: orders by invoice number, and invoices
//! with the payments that stand. Refuses, with a sentence, an amount that is none: a book that cannot
//! be read must not look as if it agreed.

use super::SourceBook;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// An order of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceOrder {
    /// What it comes to.
    pub total: Decimal,
    /// Its currency.
    pub currency: String,
}

/// An invoice of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LedgerInvoice {
    /// Its number.
    pub number: String,
    /// Whether it counts: neither deleted nor voided.
    pub live: bool,
    /// The contact's name.
    pub contact: String,
    /// Its date, as the ledger writes it.
    pub date: String,
    /// Its currency.
    pub currency: String,
    /// Sum with tax.
    pub total: Decimal,
    /// Tax.
    pub tax: Decimal,
    /// What the ledger says is paid.
    pub paid: Decimal,
    /// The payments that stand.
    pub payments: Vec<Decimal>,
    /// How many payments were deleted.
    pub deleted_payments: usize,
    /// The sum of the credit notes that name it.
    pub credited_by_notes: Decimal,
}

pub(super) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value
        .get(field)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// An amount as a number or as text, digit by digit.
pub(super) fn amount(value: &Value, field: &str, of: &str) -> Result<Decimal, String> {
    let written = match value.get(field) {
        Some(Value::Number(n)) => n.to_string(),
        Some(Value::String(s)) => s.clone(),
        _ => return Err(format!("{of} has no `{field}`")),
    };
    exact(&written).ok_or_else(|| format!("`{field}` of {of} is `{written}`, which is no amount"))
}

fn exact(written: &str) -> Option<Decimal> {
    Decimal::from_str_exact(written.trim()).ok()
}

fn insert(
    out: &mut BTreeMap<String, SourceOrder>,
    number: &str,
    order: SourceOrder,
) -> Result<(), String> {
    match out.insert(number.to_owned(), order) {
        None => Ok(()),
        Some(_) => Err(format!("the source has invoice {number} twice")),
    }
}

/// The orders of a source, by invoice number.
///
/// # Errors
/// A sentence.
pub fn source(book: &SourceBook<'_>) -> Result<BTreeMap<String, SourceOrder>, String> {
    match book {
        SourceBook::Keap { state, application } => keap(state, application),
        SourceBook::Kickserv {
            state,
            account,
            currency,
        } => kickserv(state, account, currency),
        SourceBook::Xero {
            state,
            organisation,
        } => entered(state, organisation),
        SourceBook::Files(files) => csv(files),
    }
}

fn keap(state: &Value, application: &str) -> Result<BTreeMap<String, SourceOrder>, String> {
    let apps = list(state, "applications");
    let app = apps.iter().find(|a| text(a, "name") == application);
    let app = app.ok_or_else(|| format!("the source has no application `{application}`"))?;
    let mut out = BTreeMap::new();
    for order in list(app, "orders") {
        let number = text(order, "invoice_id");
        let order = SourceOrder {
            total: amount(order, "total", &format!("order {number}"))?,
            currency: text(app, "currency").to_owned(),
        };
        insert(&mut out, number, order)?;
    }
    Ok(out)
}

/// Jobs that were invoiced and stand.
fn kickserv(
    state: &Value,
    account: &str,
    currency: &str,
) -> Result<BTreeMap<String, SourceOrder>, String> {
    let mut accounts = list(state, "accounts").iter();
    let found = accounts.find(|a| text(a, "slug") == account);
    let found = found.ok_or_else(|| format!("the source has no account `{account}`"))?;
    let mut out = BTreeMap::new();
    for job in list(found, "jobs") {
        let number = job.get("job_number").map(ToString::to_string);
        let number = number.ok_or("a job has no number")?;
        let stands = !text(job, "invoice_date").is_empty() && text(job, "status") != "canceled";
        if stands {
            let order = SourceOrder {
                total: amount(job, "total", &format!("job {number}"))?,
                currency: currency.to_owned(),
            };
            insert(&mut out, &number, order)?;
        }
    }
    Ok(out)
}

/// Sales that were entered in the books.
fn entered(state: &Value, organisation: &str) -> Result<BTreeMap<String, SourceOrder>, String> {
    let mut out = BTreeMap::new();
    for sale in ledger(state, organisation)?.into_iter().filter(|i| i.live) {
        let order = SourceOrder {
            total: sale.total,
            currency: sale.currency,
        };
        insert(&mut out, &sale.number, order)?;
    }
    Ok(out)
}

/// Rows of one invoice carry its total each; they must say the same.
fn csv(files: &[(String, String)]) -> Result<BTreeMap<String, SourceOrder>, String> {
    let (_, contents) = files
        .iter()
        .find(|(path, _)| path.ends_with("invoices.csv"))
        .ok_or("there is no invoices.csv")?;
    let mut reader = csv::Reader::from_reader(contents.as_bytes());
    let header = reader.headers().map_err(|e| e.to_string())?.clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|h| h == name)
            .ok_or_else(|| format!("invoices.csv has no column `{name}`"))
    };
    let (number_at, total_at, currency_at) =
        (column("invoice")?, column("total")?, column("currency")?);
    let mut out: BTreeMap<String, SourceOrder> = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(|e| e.to_string())?;
        let cell = |at: usize| row.get(at).unwrap_or_default();
        let number = cell(number_at);
        if cell(total_at).is_empty() {
            // A row of a payment names its invoice and says nothing else of it.
            continue;
        }
        let total = exact(cell(total_at))
            .ok_or_else(|| format!("the total of invoice {number} is no amount"))?;
        let order = SourceOrder {
            total,
            currency: cell(currency_at).to_owned(),
        };
        match out.get(number) {
            None => insert(&mut out, number, order)?,
            Some(before) if *before == order => {}
            Some(_) => return Err(format!("the rows of invoice {number} say different totals")),
        }
    }
    Ok(out)
}

/// The sales invoices of an organisation.
///
/// # Errors
/// A sentence.
pub fn ledger(state: &Value, organisation: &str) -> Result<Vec<LedgerInvoice>, String> {
    let orgs = list(state, "organisations");
    let org = orgs
        .iter()
        .find(|o| text(o, "name") == organisation || text(o, "tenant_id") == organisation);
    let org = org.ok_or_else(|| format!("the ledger has no organisation `{organisation}`"))?;
    let sales = list(org, "invoices")
        .iter()
        .filter(|i| text(i, "Type") == "ACCREC");
    sales.map(|i| invoice(org, i)).collect()
}

fn live(document: &Value) -> bool {
    !["DELETED", "VOIDED"].contains(&text(document, "Status"))
}

fn invoice(org: &Value, invoice: &Value) -> Result<LedgerInvoice, String> {
    let number = text(invoice, "InvoiceNumber");
    let of = format!("invoice {number}");
    let contact = invoice
        .get("Contact")
        .map(|c| text(c, "Name"))
        .unwrap_or_default();
    let mut out = LedgerInvoice {
        number: number.to_owned(),
        live: live(invoice),
        contact: contact.to_owned(),
        date: text(invoice, "DateString").to_owned(),
        currency: text(invoice, "CurrencyCode").to_owned(),
        total: amount(invoice, "Total", &of)?,
        tax: amount(invoice, "TotalTax", &of)?,
        paid: amount(invoice, "AmountPaid", &of)?,
        ..LedgerInvoice::default()
    };
    let id = text(invoice, "InvoiceID");
    for payment in list(org, "payments") {
        let stands_on = payment.get("Invoice").map(|i| text(i, "InvoiceID"));
        if stands_on != Some(id) {
            continue;
        }
        if live(payment) {
            out.payments
                .push(amount(payment, "Amount", &format!("a payment of {of}"))?);
        } else {
            out.deleted_payments += 1;
        }
    }
    for note in list(org, "credit_notes") {
        // The reference begins with the invoice's number; a stamp may stand behind it.
        let named = text(note, "Reference").split(' ').next() == Some(number);
        if live(note) && named && text(note, "Type") == "ACCRECCREDIT" {
            out.credited_by_notes += amount(note, "Total", &format!("a credit note for {of}"))?;
        }
    }
    Ok(out)
}
