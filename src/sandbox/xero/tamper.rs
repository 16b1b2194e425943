//! Changing the books behind the API's back, for tests of what finds such changes.
//!
//! Each is an object with one key, and the invoice by number or id:
//! ```text
//! {"invoice_total":     {"invoice", "by": "0.01"}}            the first line's amount and the totals move
//! {"credit_total":      {"credit", "by": "0.01"}}             the same of a credit note, by number or id, or of an overpayment by its id
//! {"edit_invoice":      {"invoice", "reference"?, "due_date"?, "date"?, "number"?, "contact"?}}
//! {"delete_payment":    {"payment": id} | {"invoice"}}         without a trace in the invoice's history
//! {"duplicate_invoice": {"invoice", "number"?}}                a copy with another id (switch `copied_reference`)
//! {"void_invoice":      {"invoice"}}
//! {"remove_invoice":    {"invoice"}}                           as if it had never been
//! {"edit_contact":      {"contact", "name"?, "email"?, "restore"?: true}}   restored from the archive
//! ```
//! Times of update move as a person's edit would move them, unless `"quiet": true`.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::books::Doc;
use super::contacts;
use super::ctx::Ctx;
use super::document_endpoints::find_doc;
use super::documents::{self, seed_day};
use super::json::{LARGEST, decimal};
use super::nouns::Kind;
use super::seed_parts::{find_contact, find_invoice};

type Args<'v> = &'v Map<String, Value>;

fn text<'v>(args: Args<'v>, key: &str) -> Option<&'v str> {
    args.get(key).and_then(Value::as_str)
}

fn invoice(ctx: &Ctx<'_>, args: Args<'_>) -> Result<Doc, String> {
    let name =
        text(args, "invoice").ok_or("tamper: `invoice` must name an invoice by number or id")?;
    find_invoice(ctx.org, name).ok_or_else(|| format!("tamper: there is no invoice `{name}`"))
}

/// Applies one change.
pub(super) fn apply(ctx: &mut Ctx<'_>, change: &Value) -> Result<(), String> {
    let map = change.as_object().ok_or("`tamper` must be an object")?;
    for (name, args) in map {
        let args = args
            .as_object()
            .ok_or_else(|| format!("tamper: `{name}` takes an object"))?;
        one(ctx, name, args)?;
    }
    Ok(())
}

fn one(ctx: &mut Ctx<'_>, name: &str, args: Args<'_>) -> Result<(), String> {
    match name {
        "invoice_total" => invoice_total(ctx, args),
        "credit_total" => credit_total(ctx, args),
        "edit_invoice" => edit_invoice(ctx, args),
        "delete_payment" => delete_payment(ctx, args),
        "duplicate_invoice" => duplicate(ctx, args),
        "void_invoice" => {
            let mut doc = invoice(ctx, args)?;
            doc.status = "VOIDED";
            put(ctx, doc, args);
            Ok(())
        }
        "remove_invoice" => {
            let doc = invoice(ctx, args)?;
            ctx.org.invoice_numbers.remove(&doc.number);
            ctx.org.contact_docs.remove(&(doc.contact, doc.id));
            ctx.org.invoices.remove(&doc.id);
            Ok(())
        }
        "edit_contact" => edit_contact(ctx, args),
        other => Err(format!("tamper: there is no `{other}`")),
    }
}

fn stamp(ctx: &Ctx<'_>, args: Args<'_>, before: DateTime<Utc>) -> DateTime<Utc> {
    let quiet = args.get("quiet").and_then(Value::as_bool).unwrap_or(false);
    if quiet { before } else { ctx.later(before) }
}

fn put(ctx: &mut Ctx<'_>, mut doc: Doc, args: Args<'_>) {
    doc.updated = stamp(ctx, args, doc.updated);
    documents::tell(ctx, &doc, false);
    ctx.org.put_doc(doc);
}

fn invoice_total(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), String> {
    let doc = invoice(ctx, args)?;
    another_total(ctx, doc, args)
}

/// A credit note, or an overpayment with the bank transaction that it came of.
fn credit_total(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), String> {
    let name = text(args, "credit").ok_or("tamper: `credit` must name a credit")?;
    if let Some(note) = find_doc(ctx.org, Kind::CreditNote, name).cloned() {
        return another_total(ctx, note, args);
    }
    let bank = find_doc(ctx.org, Kind::Bank, name).cloned();
    let bank = bank.ok_or_else(|| format!("tamper: there is no credit `{name}`"))?;
    let linked = bank.linked.and_then(|id| ctx.org.overpayments.get(&id));
    let linked = linked.cloned();
    another_total(ctx, bank, args)?;
    match linked {
        Some(credit) => another_total(ctx, credit, args),
        None => Ok(()),
    }
}

fn another_total(ctx: &mut Ctx<'_>, mut doc: Doc, args: Args<'_>) -> Result<(), String> {
    let by = args
        .get("by")
        .map(|v| v.to_string().trim_matches('"').to_string());
    let by = by
        .and_then(|t| decimal(&t))
        .filter(|d| d.abs() < Decimal::from(LARGEST));
    let by = by.ok_or("tamper: `by` must be an amount")?;
    let line = doc.lines.first_mut().ok_or("tamper: it has no lines")?;
    line.amount += by;
    line.gross += by;
    line.unit = line.unit.map(|u| u + by);
    documents::total(&mut doc);
    doc.settle(doc.date, true);
    put(ctx, doc, args);
    Ok(())
}

fn edit_invoice(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), String> {
    let mut doc = invoice(ctx, args)?;
    if let Some(reference) = text(args, "reference") {
        doc.reference = reference.into();
    }
    if let Some(number) = text(args, "number") {
        doc.number = number.into();
    }
    if let Some(day) = text(args, "due_date") {
        doc.due = Some(seed_day(day)?);
    }
    if let Some(day) = text(args, "date") {
        doc.date = seed_day(day)?;
    }
    if let Some(name) = text(args, "contact") {
        doc.contact = find_contact(ctx.org, name)
            .ok_or_else(|| format!("tamper: there is no contact `{name}`"))?
            .id;
    }
    put(ctx, doc, args);
    Ok(())
}

fn delete_payment(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), String> {
    let chosen: Vec<Uuid> = match text(args, "payment") {
        Some(id) => {
            vec![Uuid::parse_str(id).map_err(|_| format!("tamper: `{id}` is no payment id"))?]
        }
        None => {
            let doc = invoice(ctx, args)?;
            ctx.org
                .payments_of(doc.id)
                .filter(|p| p.status == "AUTHORISED")
                .map(|p| p.id)
                .collect()
        }
    };
    if chosen.is_empty() {
        return Err("tamper: the invoice has no payment".into());
    }
    for id in chosen {
        let Some(mut payment) = ctx.org.payments.get(&id).cloned() else {
            return Err(format!("tamper: there is no payment `{id}`"));
        };
        if let Some(mut doc) = ctx
            .org
            .docs(payment.target.0)
            .get(&payment.target.1)
            .cloned()
        {
            doc.paid -= payment.amount;
            doc.settle(payment.date, true);
            put(ctx, doc, args);
        }
        payment.status = "DELETED";
        payment.updated = stamp(ctx, args, payment.updated);
        ctx.org.payments.put(id, payment);
    }
    Ok(())
}

fn duplicate(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), String> {
    let mut doc = invoice(ctx, args)?;
    doc.id = ctx.ids.next("document");
    let number = text(args, "number").map(str::to_string);
    doc.number = number.unwrap_or_else(|| format!("{}-copy", doc.number));
    for line in &mut doc.lines {
        line.id = ctx.ids.next("line");
    }
    if ctx.sw.is("copied_reference", "dropped") {
        doc.reference.clear();
    }
    doc.paid = Decimal::ZERO;
    doc.credited = Decimal::ZERO;
    doc.app = "seed".into();
    doc.settle(doc.date, true);
    put(ctx, doc, args);
    Ok(())
}

fn edit_contact(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), String> {
    let name = text(args, "contact").ok_or("tamper: `contact` must name a contact")?;
    let mut contact = find_contact(ctx.org, name)
        .ok_or_else(|| format!("tamper: there is no contact `{name}`"))?;
    if let Some(name) = text(args, "name") {
        contact.name = name.into();
    }
    if let Some(email) = text(args, "email") {
        contact.email = email.into();
    }
    if args.get("restore").and_then(Value::as_bool) == Some(true) {
        contact.status = "ACTIVE";
    }
    contact.updated = stamp(ctx, args, contact.updated);
    contacts::put(ctx.org, contact);
    Ok(())
}
