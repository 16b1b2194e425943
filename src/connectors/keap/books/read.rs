//! What Keap shows, as a ledger's nouns.
//!
//! Flows in: an order with what belongs to it, a contact, a payment. Flows out: papers, contacts, payments, each with the mark of
//! ours that it carries. An order is read as any other reader of Keap reads it ([`super::super::read`]), so that one truth
//! about payments counts: one whose payments cannot be told apart is no paper.

use crate::connectors::Settings;
use crate::connectors::json::{amount, as_text, list, moment, text};
use crate::connectors::keap::read::MISMATCH;
use crate::connectors::keap::{contacts, payments, read};
use crate::connectors::stamp::marker_of;
use crate::model::{
    Document, Invoice, Kind, LedgerContact, LedgerInvoice, LedgerLine, LedgerPayment, Line,
    Payment, PaymentKind, Record, Standing,
};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// A contact.
pub(super) fn contact(c: &Value) -> LedgerContact {
    let read = contacts::read(c);
    LedgerContact {
        id: read.id,
        name: read.name,
        email: read.email,
        phone: read.phone,
        mobile: read.mobile,
        version: text(c, "update_time"),
        mark: marker_of(&text(c, "billing_information")).map(str::to_owned),
        ..LedgerContact::default()
    }
}

/// A contact's record.
pub(super) fn contact_record(c: &Value) -> Record {
    let at = moment(&text(c, "update_time"));
    Record::of_contact(contact(c), at, json!({ "contact": c }))
}

/// An order's record.
///
/// # Errors
/// A sentence: what cannot be read.
pub(super) fn paper_record(settings: &Settings, raw: Value) -> Result<Record, String> {
    let order = raw.get("order").ok_or("`order` is missing")?;
    // A payment is a change of its order, whether Keap says so or not.
    let paid = list(&raw, "payments")
        .iter()
        .filter_map(|p| moment(&text(p, "update_time")));
    let at = paid.chain(moment(&text(order, "modification_time"))).max();
    let paper = paper(settings, &raw)?;
    Ok(Record::of_paper(paper, at, raw))
}

/// A payment's record.
///
/// # Errors
/// A sentence: what cannot be read.
pub(super) fn payment_record(zone: &str, p: &Value) -> Result<Record, String> {
    let at = moment(&text(p, "update_time"));
    let raw = json!({ "payment": p, "zone": zone });
    Ok(Record::of_payment(payment(&raw)?, at, raw))
}

fn payment(raw: &Value) -> Result<LedgerPayment, String> {
    let p = raw.get("payment").ok_or("`payment` is missing")?;
    let zone: Tz = text(raw, "zone").parse().unwrap_or(Tz::UTC);
    let when = moment(&text(p, "payment_time")).ok_or("`payment_time` cannot be read")?;
    let note = text(p, "note");
    Ok(LedgerPayment {
        id: text(p, "id"),
        date: when.with_timezone(&zone).date_naive(),
        amount: amount(p, "amount")?,
        mark: marker_of(&note).map(str::to_owned),
        reference: note,
        on_document: list(p, "order_ids")
            .first()
            .map(as_text)
            .unwrap_or_default(),
    })
}

/// A line's text: what it is called, and below that what else is said of it.
fn line(l: &Line, item: &Value) -> LedgerLine {
    let product = item.get("product").unwrap_or(&Value::Null);
    let more = text(item, "description");
    let texts = [l.name.as_str(), more.as_str()];
    let some: Vec<&str> = texts.into_iter().filter(|t| !t.is_empty()).collect();
    LedgerLine {
        id: l.id.clone(),
        description: some.join("\n"),
        quantity: l.quantity,
        unit_amount: l.unit_amount,
        item: text(product, "id"),
        ..LedgerLine::default()
    }
}

/// Keap's id of a payment.
fn own_id(p: &Payment) -> &str {
    p.id.split('-').next().unwrap_or_default()
}

/// Its rows in Keap's list of payments and in the order's own.
fn rows<'r>(raw: &'r Value, p: &Payment) -> impl Iterator<Item = &'r Value> {
    let id = own_id(p).to_owned();
    let of = |field: &'static str, by: &'static str| list(raw, field).iter().map(move |r| (r, by));
    let all = of("payments", "id").chain(of("order_payments", "payment_id"));
    all.filter(move |(row, by)| text(row, by) == id)
        .map(|(row, _)| row)
}

/// Whether money that does not count may come to count by itself: a word that Keap has for what failed or was taken back says
/// that it will not.
fn is_on_its_way(raw: &Value, p: &Payment) -> bool {
    let words = rows(raw, p).flat_map(|row| ["status", "pay_status"].map(|f| text(row, f)));
    let ended = |word: &String| matches!(word.as_str(), "FAILED" | "ERROR" | "VOIDED" | "REFUNDED");
    let mut words = words.peekable();
    p.amount > Decimal::ZERO && words.peek().is_some() && !words.any(|w| ended(&w))
}

/// What was received, as the ledger's own payments: by Keap's id of the payment.
fn received(raw: &Value, p: &Payment) -> LedgerPayment {
    let id = own_id(p);
    let note = rows(raw, p).next().map(|row| text(row, "note"));
    let note = note.unwrap_or_default();
    LedgerPayment {
        id: id.to_owned(),
        date: p.date,
        amount: p.amount,
        mark: marker_of(&note).map(str::to_owned),
        reference: note,
        on_document: String::new(),
    }
}

fn standing(invoice: &Invoice, due: Decimal, paid: Decimal) -> Standing {
    match () {
        () if due <= Decimal::ZERO && (!paid.is_zero() || invoice.reckoned.is_zero()) => {
            Standing::Settled
        }
        () if paid.is_zero() => Standing::Open,
        () => Standing::PartPaid,
    }
}

fn paper(settings: &Settings, raw: &Value) -> Result<LedgerInvoice, String> {
    let invoice = read::invoice(settings, raw)?;
    let order = raw.get("order").unwrap_or(&Value::Null);
    if let Some(why) = invoice.fields.get(MISMATCH) {
        return Err(format!("order {}: {why}", invoice.order_id));
    }
    let (came, back) = payments::sums(&invoice.payments);
    let paid = came - back;
    let due = invoice.reckoned - paid;
    let standing = standing(&invoice, due, paid);
    let is_tax = |i: &&Value| text(i, "item_type") == "TAX";
    let items = list(order, "order_items").iter().filter(|i| !is_tax(i));
    let came_in = |p: &&Payment| p.kind == PaymentKind::Payment;
    let (settled, open): (Vec<&Payment>, Vec<&Payment>) =
        (invoice.payments.iter().filter(came_in)).partition(|p| p.settled);
    Ok(LedgerInvoice {
        kind: Kind::Invoice,
        mark: marker_of(&text(order, "external_create_user")).map(str::to_owned),
        id: invoice.id.0.clone(),
        number: invoice.number.clone(),
        reference: invoice.notes.clone(),
        status: text(order, "status"),
        contact_id: order
            .get("contact")
            .map(|c| text(c, "id"))
            .unwrap_or_default(),
        contact_name: invoice.contact.name.clone(),
        date: Some(invoice.date),
        due: invoice.due,
        currency: invoice.currency.code().to_owned(),
        no_total: false,
        total: invoice.reckoned,
        amount_due: due,
        amount_paid: paid,
        // Its tax is a line of its own, whatever its prices are called.
        tax_mode: None,
        lines: (invoice.lines.iter().zip(items))
            .map(|(l, i)| line(l, i))
            .collect(),
        payments: settled.into_iter().map(|p| received(raw, p)).collect(),
        pending: (open.into_iter().filter(|p| is_on_its_way(raw, p)))
            .map(|p| received(raw, p))
            .collect(),
        credits: Vec::new(),
        version: text(order, "modification_time"),
        editable: false,
        may: Default::default(),
        payable: standing.takes_payments() && due > Decimal::ZERO,
        standing,
    })
}

/// A document again from what Keap said of it.
///
/// # Errors
/// A sentence that names what cannot be read.
pub(super) fn again(settings: &Settings, raw: &Value) -> Result<Document, String> {
    if raw.get("order").is_some() {
        return paper(settings, raw).map(|p| Document::Paper(Box::new(p)));
    }
    if raw.get("payment").is_some() {
        return payment(raw).map(Document::LedgerPayment);
    }
    let c = raw.get("contact").ok_or("`contact` is missing")?;
    Ok(Document::LedgerContact(contact(c)))
}
