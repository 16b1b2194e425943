//! Drafts to the bytes of one request. Pure: the same writes give the same bytes.
//!
//! Flows in: writes of one kind, all creates or one update. Flows out: an [`Encoded`] request.
//! Creates are PUT, which can only create; POST with a number that is taken would overwrite what a person made. Of purchase
//! orders PUT does so too: their numbers are asked for before.
//! An update is POST to the document's own address and names every line, since a line that is not named is deleted.
//! Refuses: mixed kinds, more than [`BATCH`], lines with more places than Xero keeps, an account by name.
//! Bounded by: [`BATCH`], Xero's field lengths.

pub use super::lines::{NO_TEXT, REFERENCE};
use super::lines::{at_most, contact_ref, lines, number, paper_id, segment};
use super::names::collection;
use super::offer::offer;
use super::overpaid::{SaidCredit, WireOverpayment, shape};
use super::wire;
use crate::connectors::json::cut;
use crate::connectors::stamp::stamped;
use crate::connectors::{Encoded, Write};
use crate::model::{
    AccountRef, Address, ContactDraft, ContactRoom, Draft, InvoiceDraft, Kind, PaymentDraft,
    TaxMode, money,
};
use rust_decimal::Decimal;
use serde::Serialize;

/// Most documents in one request.
pub const BATCH: usize = 50;
/// Most values in one condition or list of a question.
pub const VALUES: usize = 40;
/// Where the accounting API begins.
pub const API: &str = "/api.xro/2.0";
/// What Xero keeps of a contact's fields.
pub const CONTACT: ContactRoom = ContactRoom {
    person: 255,
    lines: 4,
    line: 500,
    town: 255,
    code: 50,
    phone: 50,
};

/// Makes the request.
///
/// # Errors
/// A sentence: which document cannot be written in Xero's form, and why.
pub fn encode(writes: &[Write]) -> Result<Encoded, String> {
    let first = writes.first().ok_or("there is nothing to write")?;
    let kind = first.draft.kind();
    let update = first.update.is_some();
    if writes.len() > BATCH {
        return Err(format!(
            "{} documents in one request; Xero takes {BATCH}",
            writes.len()
        ));
    }
    if writes.iter().any(|w| w.draft.kind() != kind) {
        return Err("one request holds one kind of document".to_owned());
    }
    if (update && writes.len() > 1) || (!update && writes.iter().any(|w| w.update.is_some())) {
        return Err("an update goes alone".to_owned());
    }
    let numbered = |i: usize, e: String| format!("document {}: {e}", i + 1);
    let mut elements = Vec::with_capacity(writes.len());
    for (i, write) in writes.iter().enumerate() {
        elements.push(element(write).map_err(|e| numbered(i, e))?);
    }
    let (name, id) = collection(kind)?;
    let unitdp = matches!(kind, Kind::Invoice | Kind::CreditNote);
    let path = match &first.update {
        Some(of) if unitdp => format!("{API}/{name}/{}?unitdp=4", segment(&of.id, id)?),
        Some(of) => format!("{API}/{name}/{}", segment(&of.id, id)?),
        None if unitdp => format!("{API}/{name}?summarizeErrors=false&unitdp=4"),
        None => format!("{API}/{name}?summarizeErrors=false"),
    };
    Ok(Encoded {
        kind,
        update,
        path,
        method: if update { "POST" } else { "PUT" }.to_owned(),
        body: format!("{{\"{name}\":[{}]}}", elements.join(",")),
        markers: writes.iter().map(|w| w.marker.clone()).collect(),
        headers: Vec::new(),
    })
}

fn element(write: &Write) -> Result<String, String> {
    match &write.draft {
        Draft::Contact(draft) => text(&contact(write, draft)?),
        Draft::Invoice(draft) if draft.kind == Kind::Overpayment => {
            text(&overpayment(write, draft)?)
        }
        Draft::Invoice(draft) if matches!(draft.kind, Kind::Invoice | Kind::CreditNote) => {
            text(&invoice(write, draft)?)
        }
        Draft::Invoice(draft) => text(&offer(write, draft, paper_id(write)?)?),
        Draft::Payment(draft) => text(&payment(write, draft)?),
    }
}

/// Whether a write can be said in Xero's form, whatever ids it will have.
///
/// # Errors
/// As [`encode`].
pub fn sayable(write: &Write) -> Result<(), String> {
    element(&write.with_some_ids("00000000-0000-0000-0000-000000000000")).map(drop)
}

fn text<T: Serialize>(shape: &T) -> Result<String, String> {
    serde_json::to_string(shape).map_err(|e| e.to_string())
}

fn contact(write: &Write, draft: &ContactDraft) -> Result<wire::WireContact, String> {
    let name = at_most("the name", &draft.name, 255)?;
    if name.is_empty() {
        return Err("the name is empty".to_owned());
    }
    let contact_id = match &write.update {
        Some(of) => segment(&of.id, "ContactID")?.to_owned(),
        None => String::new(),
    };
    // What Xero is not sent it leaves as it is.
    let same = write.update.as_ref().map_or(&[][..], |of| &of.same);
    let sent = |field: &str| !same.iter().any(|s| s == field);
    let text = |field: &str, value: String| if sent(field) { value } else { String::new() };
    let addresses = [
        ("billing", "POBOX", &draft.billing),
        ("service", "STREET", &draft.service),
    ];
    let phones = [
        ("phone", "DEFAULT", &draft.phones.default),
        ("mobile", "MOBILE", &draft.phones.mobile),
    ];
    Ok(wire::WireContact {
        contact_id,
        contact_number: at_most("the contact number", &write.contact_number, 50)?,
        account_number: text(
            "account_number",
            at_most("the account number", &draft.account_number, 50)?,
        ),
        name: text("name", name),
        first_name: text("first_name", cut(draft.first_name.trim(), CONTACT.person)),
        last_name: text("last_name", cut(draft.last_name.trim(), CONTACT.person)),
        email_address: text("email", at_most("the e-mail address", &draft.email, 255)?),
        tax_number: text(
            "tax_number",
            at_most("the tax number", &draft.tax_number, 50)?,
        ),
        addresses: (addresses.into_iter())
            .filter(|(field, _, a)| sent(field) && !a.is_empty())
            .map(|(_, slot, a)| address(slot, a))
            .collect(),
        phones: (phones.into_iter())
            .map(|(field, slot, number)| (field, slot, number.trim()))
            // Half a telephone number is worse than none.
            .filter(|(field, _, n)| {
                sent(field) && !n.is_empty() && n.chars().count() <= CONTACT.phone
            })
            .map(|(_, phone_type, number)| wire::Phone {
                phone_type,
                phone_number: number.to_owned(),
            })
            .collect(),
    })
}

fn address(slot: &'static str, a: &Address) -> wire::WireAddress {
    let mut lines = a.lines.iter().map(|l| l.trim()).filter(|l| !l.is_empty());
    let mut line = || cut(lines.next().unwrap_or_default(), CONTACT.line);
    let (address_line1, address_line2, address_line3) = (line(), line(), line());
    let rest: Vec<&str> = lines.collect();
    // Xero takes letters only, and one odd character would refuse the whole contact.
    let country: String = a
        .country
        .chars()
        .filter(|c| c.is_alphabetic() || *c == ' ')
        .collect();
    wire::WireAddress {
        address_type: slot,
        address_line1,
        address_line2,
        address_line3,
        address_line4: cut(&rest.join(", "), CONTACT.line),
        city: cut(a.city.trim(), CONTACT.town),
        region: cut(a.region.trim(), CONTACT.town),
        postal_code: cut(a.postal_code.trim(), CONTACT.code),
        country: cut(country.trim(), CONTACT.code),
    }
}

fn invoice(write: &Write, draft: &InvoiceDraft) -> Result<wire::WireInvoice, String> {
    let credit = draft.kind == Kind::CreditNote;
    let number = at_most("the number", &draft.number, 255)?;
    let existing = write.update.as_ref();
    let id = paper_id(write)?;
    let line_items = lines(draft, existing)?;
    let (invoice_id, credit_note_id) = if credit {
        (String::new(), id)
    } else {
        (id, String::new())
    };
    let (invoice_number, credit_note_number) = if credit {
        (String::new(), number)
    } else {
        (number, String::new())
    };
    let mut out = wire::WireInvoice {
        type_: if credit { "ACCRECCREDIT" } else { "ACCREC" },
        invoice_id,
        credit_note_id,
        invoice_number,
        credit_note_number,
        reference: stamped(&draft.reference, &write.marker, REFERENCE),
        contact: Some(contact_ref(write)?),
        date: draft.date.to_string(),
        // A credit note is not due.
        due_date: draft
            .due
            .filter(|_| !credit)
            .map(|d| d.to_string())
            .unwrap_or_default(),
        status: match existing {
            Some(of) if !of.status.is_empty() => of.status.clone(),
            _ => draft.status.clone(),
        },
        line_amount_types: match draft.tax_mode {
            TaxMode::Exclusive => "Exclusive",
            TaxMode::Inclusive => "Inclusive",
            TaxMode::Exempt => "NoTax",
        },
        currency_code: draft.currency.code().to_owned(),
        line_items,
    };
    if let Some(parts) = existing.and_then(|of| of.only.as_ref()) {
        out.only(parts);
    }
    Ok(out)
}

fn payment(write: &Write, draft: &PaymentDraft) -> Result<wire::WirePayment, String> {
    if write.update.is_some() {
        return Err("a payment cannot be changed in Xero, only taken back".to_owned());
    }
    if draft.amount <= Decimal::ZERO {
        return Err(format!("the amount {} is not positive", draft.amount));
    }
    let id = segment(&write.document_id, "id of the document paid")?.to_owned();
    let (invoice, credit_note) = if write.of_credit_note {
        (None, Some(wire::CreditNoteRef { credit_note_id: id }))
    } else {
        (Some(wire::InvoiceRef { invoice_id: id }), None)
    };
    Ok(wire::WirePayment {
        invoice,
        credit_note,
        account: account(Some(&draft.account))?,
        date: draft.date.to_string(),
        amount: money::json(draft.amount.normalize()),
        reference: stamped(&draft.reference, &write.marker, REFERENCE),
    })
}

/// Money beyond what is owed: one line on the account of what customers owe, paid into a bank account.
fn overpayment(write: &Write, draft: &InvoiceDraft) -> Result<WireOverpayment, String> {
    if write.update.is_some() {
        return Err("an overpayment cannot be changed in Xero, only taken back".to_owned());
    }
    let [line] = draft.lines.as_slice() else {
        return Err("an overpayment has one line".to_owned());
    };
    if line.unit_amount <= Decimal::ZERO || line.quantity != Decimal::ONE {
        return Err(format!("the amount {} is not positive", line.unit_amount));
    }
    let said = SaidCredit {
        contact: contact_ref(write)?,
        bank_account: account(draft.paid_from.as_ref())?,
        reference: stamped(&draft.reference, &write.marker, REFERENCE),
        amount: number("the amount", line.unit_amount)?,
    };
    Ok(shape(said, draft, line))
}

/// A bank account, which Xero takes by its code or id.
fn account(of: Option<&AccountRef>) -> Result<wire::WireAccountRef, String> {
    let (code, account_id) = match of {
        Some(AccountRef::Code(code)) => (code.clone(), String::new()),
        Some(AccountRef::Id(id)) => (String::new(), id.clone()),
        Some(AccountRef::Name(name)) => {
            return Err(format!(
                "the account `{name}` was not looked up: Xero takes a code or an id"
            ));
        }
        None => return Err("no bank account is named".to_owned()),
    };
    Ok(wire::WireAccountRef { code, account_id })
}
