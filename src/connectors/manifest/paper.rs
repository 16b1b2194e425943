//! What a described system shows, as a ledger's nouns: papers with the payments on them, and contacts, each with the mark of ours
//! that it carries.
//!
//! Flows in: a stored record. Flows out: a [`LedgerInvoice`] or [`LedgerContact`], or what is wrong with it. A paper is read as any
//! other reader of the system reads it ([`super::element`]), so that one truth about lines and payments counts. Pure.

use super::element::read;
use super::ours::mark_in;
use super::path::RecordPath;
use super::reading::{BadElement, ElementReader, at, id};
use super::shape::Manifest;
use super::value::ValueSpot;
use super::write_shape::MarkAt;
use crate::connectors::Settings;
use crate::connectors::files::payment_id;
use crate::connectors::json::as_text;
use crate::connectors::stamp::unstamped;
use crate::model::{
    DocStatus, Invoice, Kind, LedgerContact, LedgerInvoice, LedgerLine, LedgerPayment, Line,
    PaymentKind, Standing,
};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// The mark that stands at a path of a kind's record.
fn mark(manifest: &Manifest, kind: Kind, (raw, id): (&Value, &str)) -> Option<String> {
    let spec = manifest.write.as_ref()?.of(kind)?;
    match &spec.mark {
        MarkAt::Id => mark_in(id),
        MarkAt::Path(path) => mark_in(&manifest.formats.text(at(manifest, path, raw)?)),
    }
}

fn was_deleted(manifest: &Manifest, raw: &Value) -> Result<bool, String> {
    let condition = manifest.invoices.was_deleted.as_ref();
    let record = raw.get("record").unwrap_or(&Value::Null);
    condition.map_or(Ok(false), |c| c.holds(record))
}

/// A contact.
///
/// # Errors
/// What is wrong with which field.
pub(super) fn contact(
    manifest: &Manifest,
    settings: &Settings,
    raw: &Value,
) -> Result<LedgerContact, BadElement> {
    let reader = ElementReader {
        manifest,
        settings,
        zone: None,
        currency: None,
    };
    let mut texts = BTreeMap::new();
    for field in &manifest.invoices.map {
        let name = format!("contact.{}", field.name);
        let value = reader.value(field, &name, &ValueSpot::head(raw))?;
        texts.insert(field.name.as_str(), value.map(|v| as_text(&v)));
    }
    let mut text = |name: &str| texts.remove(name).flatten().unwrap_or_default();
    let person = [text("first_name"), text("last_name")].join(" ");
    let names = [text("name"), text("company"), person.trim().to_owned()];
    let name = names.into_iter().find(|n| !n.is_empty());
    let id = id(manifest, raw);
    let version = manifest
        .invoices
        .version
        .iter()
        .find_map(|p| at(manifest, p, raw));
    let archived = was_deleted(manifest, raw).map_err(|what| BadElement {
        what,
        fix: format!("correct the condition in {}", manifest.file),
    })?;
    Ok(LedgerContact {
        name: name.unwrap_or_default(),
        email: text("email"),
        phone: text("phone"),
        mobile: text("mobile"),
        archived,
        version: version
            .map(|v| manifest.formats.text(v))
            .unwrap_or_default(),
        mark: mark(manifest, Kind::Contact, (raw, &id)),
        id,
        ..LedgerContact::default()
    })
}

/// A paper.
///
/// # Errors
/// What is wrong with which field.
pub(super) fn paper(
    manifest: &Manifest,
    settings: &Settings,
    raw: &Value,
) -> Result<LedgerInvoice, BadElement> {
    let invoice = read(manifest, settings, raw)?;
    let deleted = was_deleted(manifest, raw).map_err(|what| BadElement {
        what,
        fix: format!("correct the condition in {}", manifest.file),
    })?;
    let own = own_payments(manifest, settings, (raw, &invoice.id.0))?;
    let received = received(&invoice, &own);
    let came: Decimal = received.iter().map(|p| p.amount).sum();
    let back: Decimal = (invoice.payments.iter())
        .filter(|p| p.settled && p.kind == PaymentKind::Refund)
        .map(|p| p.amount)
        .sum();
    let paid = came - back;
    let due = invoice.stated.balance.unwrap_or(invoice.reckoned - paid);
    let standing = standing(&invoice, (due, paid), deleted);
    let changes = manifest.write.as_ref().and_then(|w| w.invoices.as_ref());
    let changes = changes.is_some_and(|k| k.change.is_some());
    let version = manifest
        .invoices
        .version
        .iter()
        .find_map(|p| at(manifest, p, raw));
    Ok(LedgerInvoice {
        kind: Kind::Invoice,
        mark: mark(manifest, Kind::Invoice, (raw, &invoice.id.0)),
        id: invoice.id.0.clone(),
        number: invoice.number.clone(),
        reference: unstamped(&invoice.reference).to_owned(),
        status: match deleted {
            true => "deleted".to_owned(),
            false => invoice.status.as_str().to_owned(),
        },
        contact_id: invoice.contact.id.clone(),
        contact_name: invoice.contact.name.clone(),
        date: Some(invoice.date),
        due: invoice.due,
        currency: invoice.currency.code().to_owned(),
        total: invoice.reckoned,
        no_total: invoice.comes_to().is_none(),
        amount_due: due,
        amount_paid: paid,
        tax_mode: None,
        lines: invoice.lines.iter().map(line).collect(),
        payments: received,
        pending: Vec::new(),
        credits: Vec::new(),
        version: version
            .map(|v| manifest.formats.text(v))
            .unwrap_or_default(),
        editable: changes && standing == Standing::Open,
        may: Default::default(),
        payable: standing.takes_payments() && (due > Decimal::ZERO || invoice.comes_to().is_none()),
        standing,
    })
}

fn standing(invoice: &Invoice, (due, paid): (Decimal, Decimal), deleted: bool) -> Standing {
    // Whether all of it is paid is not known where nobody says what it comes to.
    let known = invoice.comes_to().is_some() || invoice.stated.balance.is_some();
    match invoice.stated.status.unwrap_or(invoice.status) {
        _ if deleted => Standing::Cancelled,
        DocStatus::Void => Standing::Cancelled,
        DocStatus::Draft => Standing::Draft,
        _ if known && due <= Decimal::ZERO && (!paid.is_zero() || invoice.reckoned.is_zero()) => {
            Standing::Settled
        }
        _ if paid.is_zero() => Standing::Open,
        _ => Standing::PartPaid,
    }
}

fn line(l: &Line) -> LedgerLine {
    let texts = [l.name.as_str(), l.description.as_str()];
    let some: Vec<&str> = texts.into_iter().filter(|t| !t.is_empty()).collect();
    LedgerLine {
        id: l.id.clone(),
        description: some.join("\n"),
        quantity: l.quantity,
        unit_amount: l.unit_amount,
        ..LedgerLine::default()
    }
}

/// What was received, as the ledger's own payments.
fn received(invoice: &Invoice, own: &BTreeMap<String, OwnPayment>) -> Vec<LedgerPayment> {
    let settled = |p: &&crate::model::Payment| p.settled && p.kind == PaymentKind::Payment;
    (invoice.payments.iter())
        .filter(settled)
        .map(|p| {
            let own = own.get(&p.id);
            LedgerPayment {
                id: own.map_or_else(|| p.id.clone(), |o| o.id.clone()),
                date: p.date,
                amount: p.amount,
                reference: p.reference.clone(),
                mark: own.and_then(|o| o.mark.clone()),
                on_document: String::new(),
            }
        })
        .collect()
}

/// A payment as the system itself knows it.
struct OwnPayment {
    id: String,
    mark: Option<String>,
}

/// Its payments with the system's own ids and the marks they carry, by what they are known by to whoever reads the paper as a sale.
fn own_payments(
    manifest: &Manifest,
    settings: &Settings,
    (raw, document): (&Value, &str),
) -> Result<BTreeMap<String, OwnPayment>, BadElement> {
    let spec = manifest.write.as_ref().and_then(|w| w.payments.as_ref());
    let reader = ElementReader {
        manifest,
        settings,
        zone: None,
        currency: None,
    };
    let stands = |item: &Value, id: &str| match &spec?.mark {
        MarkAt::Id => mark_in(id),
        MarkAt::Path(path) => text_at(manifest, path, item).and_then(|t| mark_in(&t)),
    };
    let mut out = BTreeMap::new();
    for list in &manifest.invoices.payments {
        let Some(field) = list.map.iter().find(|f| f.name == "id") else {
            continue;
        };
        for item in reader.items(raw, list)? {
            let id = reader.value(field, "payment.id", &ValueSpot::inside(raw, item))?;
            let id = id.map(|v| as_text(&v)).unwrap_or_default();
            let mark = stands(item, &id);
            out.insert(payment_id(document, &id, false), OwnPayment { id, mark });
        }
    }
    Ok(out)
}

fn text_at(manifest: &Manifest, path: &RecordPath, item: &Value) -> Option<String> {
    path.one(item).map(|v| manifest.formats.text(v))
}
