//! Rows to an invoice. Pure, so that a stored record can be read again.
//!
//! Flows in: a group's raw rows. Flows out: an [`Invoice`], or the number of the row (from 0) and what is wrong with it.
//! The head of an invoice stands in every row (the first one counts, and another one that differs is refused); each
//! row that has a description, name, SKU or price is a line; each row with a payment's amount is a payment.
//! Refuses: amounts and dates it cannot read, and two payments of one invoice with one id, of which it cannot be told
//! whether they are one payment told twice. An empty cell is never zero.

use super::cells::{Bad, Row, row};
use super::fields::goes_by_name;
use super::items;
pub use super::parts::{InvoiceParts, currency, parts};
use super::payments::all_payments;
use super::people::contact;
use super::reading::{FieldAt, FileWords};
use crate::connectors::Settings;
use crate::connectors::json::as_text;
use crate::model::{
    Contact, DocStatus, Invoice, Kind, PaymentKind, SourceId, Stated, money::half_up,
};
use chrono::NaiveTime;
use rust_decimal::Decimal;
use serde_json::Value;

/// The contact that an element tells of, by the names of an invoice's fields.
pub fn party(element: &Value) -> Contact {
    let words = FileWords::of(&Settings {
        system: "files".to_owned(),
        values: Default::default(),
    });
    contact(&row(&words, element, "", 0))
}

/// The id of an invoice, whether the rest of it can be read or not; nothing where not even its number stands.
pub fn id(settings: &FileWords, raw: &Value) -> Option<String> {
    let head = parts(settings, raw).ok()?.head;
    let id = head_id(&head);
    (!id.is_empty()).then_some(id)
}

/// The id that stands in a head, else the number.
fn head_id(head: &Row<'_>) -> String {
    let id = head.text("id");
    if id.is_empty() {
        head.text("number")
    } else {
        id
    }
}

/// Reads an invoice.
///
/// # Errors
/// The row, from 0, and what is wrong.
pub fn invoice(settings: &FileWords, raw: &Value) -> Result<Invoice, Bad> {
    let kind = kind(settings, raw);
    paper(settings, raw, kind)
}

/// What a document is, as its row says it.
pub(super) fn kind(settings: &FileWords, raw: &Value) -> Kind {
    let said = parts(settings, raw).map(|p| kind_of(&p.head));
    said.unwrap_or(Kind::Invoice)
}

/// What a row says that its document is.
pub(super) fn kind_of(head: &Row<'_>) -> Kind {
    let said = head.text("kind");
    let named = Kind::parse(head.settings.kind(&said)).filter(|k| k.is_document());
    named.unwrap_or(Kind::Invoice)
}

/// Reads a document of a kind.
///
/// # Errors
/// As [`invoice`].
pub fn paper(settings: &FileWords, raw: &Value, kind: Kind) -> Result<Invoice, Bad> {
    let parts = parts(settings, raw)?;
    if parts.table {
        one_head(&parts)?;
    }
    Ok(build(&parts, kind)?.kept_as(kind))
}

/// The head of an invoice stands in every row: what differs from the first one is refused.
fn one_head(parts: &InvoiceParts<'_>) -> Result<(), Bad> {
    let kind = |r: &Row<'_>| r.settings.kind(&r.text("kind")).to_owned();
    for other in parts.lines.iter().skip(1) {
        if !other.written("kind").is_empty() && kind(other) != kind(&parts.head) {
            let first = parts.head.text("kind");
            return Err(other.bad("kind", &format!("but the first row says `{first}`")));
        }
        for field in [
            "date",
            "due",
            "currency",
            "status",
            "subtotal",
            "total",
            "tax",
            "tax_included",
            "paid",
            "balance",
            "contact.name",
            "contact.email",
        ] {
            let (first, here) = match parts.head.settings.stands(field) {
                // Of several columns each is compared with itself.
                FieldAt::In(names) => {
                    let both = |n: &String| (parts.head.cell(n), other.cell(n));
                    let differs =
                        |(first, here): &(String, String)| !here.is_empty() && here != first;
                    names.iter().map(both).find(differs).unwrap_or_default()
                }
                _ => (parts.head.written(field), other.written(field)),
            };
            if !here.is_empty() && here != first {
                return Err(other.bad(
                    field,
                    &format!("but the invoice's first row says `{first}`"),
                ));
            }
        }
    }
    Ok(())
}

fn build(parts: &InvoiceParts<'_>, kind: Kind) -> Result<Invoice, Bad> {
    let head = &parts.head;
    let missing = |field: &str| head.bad(field, "but must be filled in");
    let number = head.text("number");
    if number.is_empty() {
        return Err(missing("number"));
    }
    let date = head.day("date")?.ok_or_else(|| missing("date"))?;
    let currency = currency(head)?;
    let id = head_id(head);
    let payments = all_payments(parts, &id)?;
    let whole = head.amount("total")?;
    let items::Items {
        lines,
        tax,
        tax_included,
    } = items::of(parts, whole, currency.exponent())?;
    let stated = Stated {
        no_total: whole.is_none(),
        subtotal: head.amount("subtotal")?,
        paid: head.amount("paid")?,
        balance: head.amount("balance")?,
        status: stated_status(head, kind)?,
    };
    // Where no total stands, the ledger computes one, and this is what the file's own lines come to.
    let cents = currency.exponent();
    let sum: Decimal = lines.iter().map(|l| half_up(l.comes_to(), cents)).sum();
    let on_top = tax.filter(|_| tax_included != Some(true));
    let total = whole.unwrap_or(sum + on_top.unwrap_or_default());
    let received: Decimal = payments
        .iter()
        .filter(|p| p.settled && p.kind == PaymentKind::Payment)
        .map(|p| p.amount)
        .sum();
    let paid = stated.paid.unwrap_or(received);
    let at = date.and_time(NaiveTime::MIN).and_utc();
    Ok(Invoice {
        kind: Kind::Invoice,
        estimate: false,
        id: SourceId(id),
        order_id: head.text("order_id"),
        title: head.text("title"),
        notes: head.text("notes"),
        reference: head.text("reference"),
        date,
        due: head.day("due")?,
        currency,
        status: (stated.status).unwrap_or_else(|| status(total, paid)),
        contact: contact(head),
        lines,
        tax,
        tax_included,
        reckoned: total,
        paid,
        plan: Vec::new(),
        payments,
        tags: Vec::new(),
        made_by: String::new(),
        fields: fields(head),
        created_at: at,
        modified_at: at,
        stated,
        number,
    })
}

/// Why a word for a kind of document is none.
fn unknown_kind(settings: &FileWords) -> &'static str {
    match settings.has_table("kind") {
        true => {
            "a word that the table `kind` does not name; where the kind stands in another column, name that by `columns.kind`"
        }
        false => {
            "which is none of invoice, estimate, purchase_order, refund, credit_note, void, ignore; say by a table `kind` on the connection what it stands for, or leave the column out by `ignore: [kind]`"
        }
    }
}

fn stated_status(head: &Row<'_>, kind: Kind) -> Result<Option<DocStatus>, Bad> {
    let said = head.text("kind");
    match head.settings.kind(&said) {
        "void" => return Ok(Some(DocStatus::Void)),
        "credit_note" => {
            return Err(head.bad("kind", "a credit note: enter it in the ledger by hand"));
        }
        "hold" => return Err(head.bad("kind", unknown_kind(head.settings))),
        _ => {}
    }
    if !head.text("cancelled").is_empty() {
        return Ok(Some(DocStatus::Void));
    }
    let given = head.text("status");
    let word = match head.settings.word("status", &given) {
        Some("unstated") => return Ok(None),
        Some("hold") => {
            return Err(head.bad("status", "a word that the table `status` does not name"));
        }
        Some(word) => word.to_owned(),
        None => given.to_lowercase().replace([' ', '-'], "_"),
    };
    if word.is_empty() {
        return Ok(None);
    }
    let all = DocStatus::of(kind);
    let words: Vec<&str> = all.iter().map(|s| s.as_str()).collect();
    let what = format!("which is none of {}", words.join(", "));
    let known = DocStatus::parse(&word).filter(|s| all.contains(s));
    known.ok_or_else(|| head.bad("status", &what)).map(Some)
}

fn status(total: Decimal, paid: Decimal) -> DocStatus {
    if paid >= total && !total.is_zero() {
        DocStatus::Paid
    } else if paid > Decimal::ZERO {
        DocStatus::PartPaid
    } else {
        DocStatus::Unpaid
    }
}

/// Columns that stand for no field, by their own names.
fn fields(head: &Row<'_>) -> std::collections::BTreeMap<String, String> {
    let Value::Object(cells) = head.value else {
        return Default::default();
    };
    let is_field = |name: &str| {
        let named = || {
            head.settings
                .named()
                .any(|(_, names)| names.iter().any(|n| n == name))
        };
        match head.settings.names_columns() {
            true => named(),
            false => goes_by_name(name),
        }
    };
    cells
        .iter()
        .filter(|(name, _)| !is_field(name))
        .map(|(name, value)| (name.clone(), as_text(value)))
        .filter(|(_, value)| !value.is_empty())
        .take(200)
        .collect()
}
