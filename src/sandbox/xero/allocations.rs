//! Credit on its way to an invoice: allocations of credit notes and overpayments.
//!
//! Flows in: an amount and an invoice. Flows out: the allocation, the invoice credited, the credit reduced. Refuses:
//! another contact or currency, documents that are not authorised, more than remains on either side.

use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::books::{Allocation, Doc, Kind};
use super::ctx::{Ctx, Saved};
use super::documents;
use super::fail::Fail;
use super::json::{Obj, ms_day};
use super::lines::Found;
use super::money;
use super::texts;
use super::views::{self, beyond};
use crate::sandbox::wire::Reply;

/// Applies credit from one document.
pub(super) fn write(ctx: &mut Ctx<'_>, el: &Obj<'_>, kind: Kind, id: Uuid) -> Result<Saved, Fail> {
    let from = ctx.org.docs(kind).get(&id).cloned();
    let from = from.ok_or_else(|| Fail::say(texts::CREDIT_UNKNOWN))?;
    let named = el.obj("Invoice")?;
    let invoice = match &named {
        Some(part) => match (part.guid("InvoiceID")?, part.text("InvoiceNumber")?) {
            (Some(id), _) => ctx.org.invoices.get(&id),
            (None, Some(number)) => ctx
                .org
                .invoice_numbers
                .get(&number)
                .and_then(|id| ctx.org.invoices.get(id)),
            (None, None) => None,
        },
        None => None,
    };
    let invoice = invoice
        .cloned()
        .ok_or_else(|| Fail::say(texts::ALLOCATE_INVOICE))?;
    let amount = el.dec("Amount")?.map(money::cents).unwrap_or_default();
    let date = el.date("Date")?.unwrap_or(ctx.today());
    let mut found = Found::default();
    check(&from, &invoice, amount, &mut found);
    for text in ctx.org.locked(ctx.sw, date) {
        found.error(text);
    }
    if !found.errors.is_empty() {
        return Err(Fail::Invalid(found.errors));
    }
    let allocation = Allocation {
        id: ctx.ids.next("allocation"),
        from: (kind, from.id),
        invoice: invoice.id,
        amount,
        date,
    };
    ctx.org.doc_allocations.put((from.id, allocation.id), ());
    ctx.org.doc_allocations.put((invoice.id, allocation.id), ());
    ctx.org.allocations.put(allocation.id, allocation.clone());
    move_credit(ctx, from, invoice, amount, date);
    let mut body = views::allocation(ctx.org, &allocation);
    if let Value::Object(map) = &mut body {
        let (id_field, _, plural, _) = documents::names(kind);
        let inner = json!({id_field: allocation.from.1, "ID": allocation.from.1, "LineItems": []});
        map.insert(plural.trim_end_matches('s').into(), inner);
    }
    Ok(Saved {
        body,
        warnings: Vec::new(),
    })
}

fn check(from: &Doc, invoice: &Doc, amount: rust_decimal::Decimal, found: &mut Found) {
    if from.status != "AUTHORISED" || invoice.status != "AUTHORISED" {
        found.error(texts::ALLOCATE_STATUS);
    }
    if from.contact != invoice.contact || from.sale() != invoice.sale() {
        found.error(texts::ALLOCATE_CONTACT);
    }
    if from.currency != invoice.currency {
        found.error(texts::ALLOCATE_CURRENCY);
    }
    if beyond(amount, from.open()) || beyond(amount, invoice.open()) {
        found.error(texts::ALLOCATE_AMOUNT);
    }
}

/// Books an amount (negative to take it back) on both documents.
fn move_credit(
    ctx: &mut Ctx<'_>,
    mut from: Doc,
    mut invoice: Doc,
    amount: rust_decimal::Decimal,
    date: chrono::NaiveDate,
) {
    for doc in [&mut from, &mut invoice] {
        doc.credited += amount;
        doc.settle(date, true);
        doc.updated = ctx.later(doc.updated);
    }
    for doc in [from, invoice] {
        ctx.org
            .note(doc.id, "Credit applied", &amount.to_string(), ctx.now);
        documents::tell(ctx, &doc, false);
        ctx.org.put_doc(doc);
    }
}

/// Takes an allocation back.
pub(super) fn delete(
    ctx: &mut Ctx<'_>,
    kind: Kind,
    id: Uuid,
    allocation: Uuid,
) -> Result<Reply, Fail> {
    let known = ctx.org.allocations.get(&allocation).cloned();
    let known = known
        .filter(|a| a.from == (kind, id))
        .ok_or(Fail::Missing)?;
    let locked = ctx.org.locked(ctx.sw, known.date);
    if !locked.is_empty() {
        return Err(Fail::Invalid(locked));
    }
    let from = ctx.org.docs(kind).get(&id).cloned().ok_or(Fail::Missing)?;
    let invoice = ctx
        .org
        .invoices
        .get(&known.invoice)
        .cloned()
        .ok_or(Fail::Missing)?;
    ctx.org.allocations.remove(&allocation);
    ctx.org.doc_allocations.remove(&(id, allocation));
    ctx.org.doc_allocations.remove(&(known.invoice, allocation));
    move_credit(ctx, from, invoice, -known.amount, known.date);
    let body = json!({
        "AllocationID": allocation,
        "Date": ms_day(known.date),
        "Invoice": {"InvoiceID": known.invoice},
        "IsDeleted": true,
    });
    Ok(Reply::json(StatusCode::OK, &body))
}
