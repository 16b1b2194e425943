//! What Quillbook shows, in the model's words.
//!
//! Flows in: a thing as the books show it. Flows out: a document, and the record that it stands in. Pure; refused is what
//! lacks a field that the manual promises.

use super::ledger::{CONTACTS, INVOICES, NOTES, PAYMENTS};
use super::papers::amount;
use crossfoot::model::{
    Document, Kind, LedgerContact, LedgerInvoice, LedgerLine, LedgerPayment, Record, Standing,
    TaxMode,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn text(thing: &Value, field: &str) -> String {
    thing[field].as_str().unwrap_or_default().to_owned()
}

fn figure(thing: &Value, field: &str) -> Result<Decimal, String> {
    amount(&thing[field]).ok_or_else(|| format!("`{field}` is no amount: {}", thing[field]))
}

/// The mark of whoever made it: ours where it looks like one of ours.
fn mark(thing: &Value) -> Option<String> {
    let mark = text(thing, "mark");
    let ours = mark.len() == 20 && mark.bytes().all(|b| b.is_ascii_alphanumeric());
    ours.then_some(mark)
}

fn contact(t: &Value) -> LedgerContact {
    LedgerContact {
        id: text(t, "id"),
        name: text(t, "name"),
        email: text(t, "email"),
        phone: text(t, "phone"),
        mobile: text(t, "mobile"),
        archived: t["archived"] == json!(true),
        version: text(t, "edition"),
        mark: mark(t),
        ..LedgerContact::default()
    }
}

fn payment(t: &Value) -> Result<LedgerPayment, String> {
    Ok(LedgerPayment {
        id: text(t, "id"),
        date: text(t, "date").parse().map_err(|_| "`date` is no day")?,
        amount: figure(t, "amount")?,
        reference: text(t, "reference"),
        mark: mark(t),
        on_document: text(t, "invoice"),
    })
}

fn line(l: &Value) -> Result<LedgerLine, String> {
    Ok(LedgerLine {
        id: text(l, "id"),
        description: text(l, "text"),
        quantity: figure(l, "quantity")?,
        unit_amount: figure(l, "price")?,
        tax: text(l, "rate"),
        item: text(l, "item"),
        ..LedgerLine::default()
    })
}

fn all<T>(t: &Value, field: &str, read: fn(&Value) -> Result<T, String>) -> Result<Vec<T>, String> {
    t[field]
        .as_array()
        .into_iter()
        .flatten()
        .map(read)
        .collect()
}

fn paper(kind: Kind, t: &Value) -> Result<LedgerInvoice, String> {
    let (total, owed, paid) = (figure(t, "total")?, figure(t, "owed")?, figure(t, "paid")?);
    let standing = match (t["void"] == json!(true), owed.is_zero(), paid.is_zero()) {
        (true, ..) => Standing::Cancelled,
        (_, true, _) => Standing::Settled,
        (_, _, true) => Standing::Open,
        _ => Standing::PartPaid,
    };
    let open = kind == Kind::Invoice && standing.takes_payments();
    Ok(LedgerInvoice {
        kind,
        mark: mark(t),
        id: text(t, "id"),
        number: text(t, "number"),
        reference: text(t, "reference"),
        status: String::new(),
        contact_id: text(t, "contact"),
        contact_name: text(t, "contact-name"),
        date: text(t, "date").parse().ok(),
        due: text(t, "due").parse().ok(),
        currency: text(t, "currency"),
        no_total: false,
        total,
        pending: Vec::new(),
        credits: Vec::new(),
        amount_due: owed,
        amount_paid: paid,
        tax_mode: match t["amounts"].as_str() {
            Some("net") => Some(TaxMode::Exclusive),
            Some("gross") => Some(TaxMode::Inclusive),
            _ => Some(TaxMode::Exempt),
        },
        lines: all(t, "lines", line)?,
        payments: all(t, "payments", payment)?,
        version: text(t, "edition"),
        may: Default::default(),
        editable: standing == Standing::Open && kind == Kind::Invoice,
        payable: open,
        standing,
    })
}

/// A thing as a document.
pub fn read(t: &Value) -> Result<Document, String> {
    let of = |kind| paper(kind, t).map(|p| Document::Paper(Box::new(p)));
    match t["kind"].as_str() {
        Some(CONTACTS) => Ok(Document::LedgerContact(contact(t))),
        Some(INVOICES) => of(Kind::Invoice),
        Some(NOTES) => of(Kind::CreditNote),
        Some(PAYMENTS) => payment(t).map(Document::LedgerPayment),
        _ => Err("it is no kind of thing that Quillbook has".into()),
    }
}

/// A thing as a record.
pub fn record(t: &Value) -> Result<Record, String> {
    let changed = text(t, "changed").parse().ok();
    let document = read(t)?;
    Ok(match document {
        Document::LedgerContact(c) => Record::of_contact(c, changed, t.clone()),
        Document::Paper(p) => Record::of_paper(*p, changed, t.clone()),
        Document::LedgerPayment(p) => Record {
            revision: text(t, "edition"),
            ..Record::of_payment(p, changed, t.clone())
        },
        _ => return Err("it is nothing that Quillbook has".into()),
    })
}
