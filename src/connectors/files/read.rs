//! Rows to an invoice. Pure, so that a stored record can be read again.
//!
//! Flows in: a group's raw rows. Flows out: an [`Invoice`], or the number of the row (from 0) and what is wrong with it.
//! The head of an invoice stands in every row (the first one counts, and another one that differs is refused); each
//! row that has a description, name, SKU or price is a line; each row with a payment's amount is a payment.
//! Refuses: amounts and dates it cannot read, and two payments of one invoice with one id, of which it cannot be told
//! whether they are one payment told twice. An empty cell is never zero.

use super::cells::{Bad, Row, row};
use super::fields::{FIELDS, column, is_read};
use super::payments::all_payments;
use super::people::contact;
use crate::connectors::Settings;
use crate::connectors::json::{as_text, within};
use crate::model::{
    Currency, DocStatus, Invoice, Line, LineKind, PaymentKind, SourceId, Stated, money::half_up,
};
use chrono::NaiveTime;
use rust_decimal::Decimal;
use serde_json::Value;

/// What belongs to an invoice: its head, and the rows that may be lines and payments. In a table all are the same rows.
pub struct InvoiceParts<'a> {
    /// Where the head stands.
    pub head: Row<'a>,
    /// What may be lines.
    pub lines: Vec<Row<'a>>,
    /// What may be payments.
    pub payments: Vec<Row<'a>>,
    /// Whether all are rows of one table.
    pub table: bool,
}

/// The parts of a group.
///
/// # Errors
/// It has none.
pub fn parts<'a>(settings: &'a Settings, raw: &'a Value) -> Result<InvoiceParts<'a>, Bad> {
    if let Some(element) = raw.get("element") {
        let inside = |list: &str, of: &'static str| match element.get(settings.get(list, list)) {
            Some(Value::Array(list)) => list.iter().map(|v| row(settings, v, of, 0)).collect(),
            _ => Vec::new(),
        };
        return Ok(InvoiceParts {
            head: row(settings, element, "", 0),
            lines: inside("lines", "line."),
            payments: inside("payments", "payment."),
            table: false,
        });
    }
    let Some(Value::Array(rows)) = raw.get("rows") else {
        return Err((0, "the record has neither rows nor an element".to_owned()));
    };
    let rows: Vec<Row<'_>> = rows
        .iter()
        .enumerate()
        .map(|(place, value)| row(settings, value, "", place))
        .collect();
    let head = rows
        .first()
        .ok_or((0, "the record has no rows".to_owned()))?;
    Ok(InvoiceParts {
        head: *head,
        payments: rows.clone(),
        lines: rows,
        table: true,
    })
}

/// The id of an invoice, whether the rest of it can be read or not; nothing where not even its number stands.
pub fn id(settings: &Settings, raw: &Value) -> Option<String> {
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
pub fn invoice(settings: &Settings, raw: &Value) -> Result<Invoice, Bad> {
    let parts = parts(settings, raw)?;
    if parts.table {
        one_head(&parts)?;
    }
    build(&parts.head, &parts.lines, &parts.payments)
}

/// The head of an invoice stands in every row: what differs from the first one is refused.
fn one_head(parts: &InvoiceParts<'_>) -> Result<(), Bad> {
    for other in parts.lines.iter().skip(1) {
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
            let (first, here) = (parts.head.text(field), other.text(field));
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

fn build(head: &Row<'_>, lines: &[Row<'_>], payments: &[Row<'_>]) -> Result<Invoice, Bad> {
    let missing = |field: &str| head.bad(field, "but must be filled in");
    let number = head.text("number");
    if number.is_empty() {
        return Err(missing("number"));
    }
    let date = head.day("date")?.ok_or_else(|| missing("date"))?;
    let currency = currency(head)?;
    let lines = lines.iter().filter_map(|r| line(r).transpose());
    let mut lines: Vec<Line> = lines.collect::<Result<_, Bad>>()?;
    for (i, line) in lines.iter_mut().enumerate() {
        if line.id.is_empty() {
            line.id = (i + 1).to_string();
        }
    }
    let id = head_id(head);
    let payments = all_payments(payments, &id)?;
    let tax = head.amount("tax")?;
    let tax_included = head.flag("tax_included")?;
    let whole = head.amount("total")?;
    let stated = Stated {
        no_total: whole.is_none(),
        subtotal: head.amount("subtotal")?,
        paid: head.amount("paid")?,
        balance: head.amount("balance")?,
        status: stated_status(head)?,
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
        total,
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

/// The currency of an invoice: its own, else the connection's.
///
/// # Errors
/// There is none, or no such.
pub fn currency(head: &Row<'_>) -> Result<Currency, Bad> {
    let given = head.text("currency");
    let code = if given.is_empty() {
        head.settings.get("currency", "")
    } else {
        &given
    };
    if code.is_empty() {
        return Err((
            head.place,
            "the file names no currency: set `currency` on the connection".to_owned(),
        ));
    }
    Currency::new(code).map_err(|e| (head.place, e.to_string()))
}

fn stated_status(head: &Row<'_>) -> Result<Option<DocStatus>, Bad> {
    let word = head.text("status").to_lowercase().replace([' ', '-'], "_");
    if word.is_empty() {
        return Ok(None);
    }
    let words: Vec<&str> = DocStatus::ALL.iter().map(|s| s.as_str()).collect();
    let what = format!("which is none of {}", words.join(", "));
    let known = DocStatus::parse(&word).ok_or_else(|| head.bad("status", &what));
    known.map(Some)
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

/// A row's line; none where it has nothing of one.
fn line(row: &Row<'_>) -> Result<Option<Line>, Bad> {
    let quantity = row.amount("line.quantity")?;
    let unit = row.amount("line.unit_amount")?;
    let amount = row.amount("line.amount")?;
    let (sku, name, description) = (
        row.text("line.sku"),
        row.text("line.name"),
        row.text("line.description"),
    );
    let empty = sku.is_empty() && name.is_empty() && description.is_empty();
    if empty && unit.is_none() && amount.is_none() {
        return Ok(None);
    }
    let quantity = quantity.unwrap_or(Decimal::ONE);
    let (quantity, unit_amount) = match (unit, amount) {
        (Some(unit), _) => (quantity, unit),
        (None, Some(amount)) => (Decimal::ONE, amount),
        (None, None) => {
            return Err(row.bad("line.unit_amount", "and neither is there a `line.amount`"));
        }
    };
    let whole = quantity.checked_mul(unit_amount).filter(|w| within(*w));
    whole.ok_or_else(|| row.bad("line.unit_amount", "which makes the line too large"))?;
    let word = row
        .text("line.kind")
        .to_lowercase()
        .replace([' ', '-'], "_");
    let kind = match word.as_str() {
        "" => LineKind::Product,
        word => LineKind::parse(word).ok_or_else(|| {
            let words: Vec<&str> = LineKind::ALL.iter().map(|k| k.as_str()).collect();
            row.bad(
                "line.kind",
                &format!("which is none of {}", words.join(", ")),
            )
        })?,
    };
    Ok(Some(Line {
        id: row.text("line.id"),
        kind,
        sku,
        name,
        description,
        quantity,
        unit_amount,
        amount,
        taxable: row.flag("line.taxable")?,
        tax_rate: row.text("line.tax_rate"),
        account: row.text("line.account"),
    }))
}

/// Columns that stand for no field, by their own names.
fn fields(head: &Row<'_>) -> std::collections::BTreeMap<String, String> {
    let Value::Object(cells) = head.value else {
        return Default::default();
    };
    let read = FIELDS.iter().filter(|f| is_read(head.settings, f.word));
    let read: Vec<String> = read.map(|f| column(head.settings, f.word)).collect();
    cells
        .iter()
        .filter(|(name, _)| !read.contains(name))
        .map(|(name, value)| (name.clone(), as_text(value)))
        .filter(|(_, value)| !value.is_empty())
        .take(200)
        .collect()
}
