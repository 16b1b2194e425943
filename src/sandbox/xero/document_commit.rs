//! A document written, with its side effects.

use super::books::{Contact, Doc, Kind};
use super::ctx::{Ctx, Event};
use super::lines::Found;
use super::status;

/// The names of a kind's id and number fields, its place, and its webhook category.
pub(super) fn names(kind: Kind) -> (&'static str, &'static str, &'static str, &'static str) {
    match kind {
        Kind::CreditNote => (
            "CreditNoteID",
            "CreditNoteNumber",
            "CreditNotes",
            "CREDITNOTE",
        ),
        Kind::Overpayment => ("OverpaymentID", "", "Overpayments", "OVERPAYMENT"),
        Kind::Bank => ("BankTransactionID", "", "BankTransactions", ""),
        Kind::Order => (
            "PurchaseOrderID",
            "PurchaseOrderNumber",
            "PurchaseOrders",
            "",
        ),
        Kind::Quote => ("QuoteID", "QuoteNumber", "Quotes", ""),
        Kind::Invoice => ("InvoiceID", "InvoiceNumber", "Invoices", "INVOICE"),
    }
}

/// Writes a document with its side effects.
pub(super) fn commit(ctx: &mut Ctx<'_>, mut doc: Doc, before: Option<&Doc>) -> Doc {
    let approved = doc.status == "AUTHORISED" && before.is_none_or(|b| b.status != "AUTHORISED");
    if approved && doc.kind == Kind::Invoice {
        ctx.org.approved += 1;
    }
    doc.settle(doc.date, true);
    // A part-paid document's due date and sent mark change without moving its time of update.
    let quiet = before.is_some_and(|b| b.touched() && status::only_quiet(b, &doc));
    if !quiet {
        doc.updated = before.map_or(ctx.now, |b| ctx.later(b.updated));
    }
    if let Some(contact) = ctx.org.contacts.get(&doc.contact).cloned() {
        mark_role(ctx, contact, doc.sale());
    }
    let words = match (before.map(|b| b.status), doc.status) {
        (None, _) => "Created",
        (Some(was), "VOIDED") if was != "VOIDED" => "Voided",
        (Some(was), "DELETED") if was != "DELETED" => "Deleted",
        (Some(was), "AUTHORISED" | "PAID") if !matches!(was, "AUTHORISED" | "PAID") => "Approved",
        _ => "Edited",
    };
    ctx.org.note(doc.id, words, &doc.number, ctx.now);
    tell(ctx, &doc, before.is_none());
    ctx.org.put_doc(doc.clone());
    doc
}

/// Being customer or supplier is worked out, and does not move the contact's time of update.
fn mark_role(ctx: &mut Ctx<'_>, mut contact: Contact, sale: bool) {
    let known = if sale {
        contact.is_customer
    } else {
        contact.is_supplier
    };
    if known {
        return;
    }
    if sale {
        contact.is_customer = true;
    } else {
        contact.is_supplier = true;
    }
    ctx.org.contacts.put(contact.id, contact);
}

/// Queues the webhook about a document.
pub(super) fn tell(ctx: &mut Ctx<'_>, doc: &Doc, created: bool) {
    let (_, _, path, category) = names(doc.kind);
    if category.is_empty() {
        return;
    }
    let data = (doc.kind != Kind::Invoice).then(|| (doc.ty.to_string(), doc.status.to_string()));
    let kind = if created { "CREATE" } else { "UPDATE" };
    ctx.events.push(Event {
        category,
        kind,
        id: doc.id,
        path,
        data,
    });
}

/// A locked period binds a document once it is approved; a draft or a submitted one may lie in it.
pub(super) fn locks(ctx: &Ctx<'_>, docs: &[&Doc], found: &mut Found) {
    let binds = |d: &&&Doc| {
        let early = matches!(d.status, "DRAFT" | "SUBMITTED" | "DELETED");
        !early || ctx.sw.is("drafts_in_locked_period", "refuse")
    };
    for doc in docs.iter().filter(binds) {
        for text in ctx.org.locked(ctx.sw, doc.date) {
            found.error(text);
        }
    }
}
