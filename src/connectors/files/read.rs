//! Rows to an invoice. Pure, so that a stored record can be read again.
//!
//! Flows in: a group's raw rows. Flows out: an [`Invoice`], or the number of the row (from 0) and what is wrong with it.
//! The head of an invoice stands in every row (the first one counts, and another one that differs is refused); each
//! row that has a description, name, SKU or price is a line; each row with a payment's amount is a payment.
//! Refuses: amounts and dates it cannot read, and two payments of one invoice with one id, of which it cannot be told
//! whether they are one payment told twice. An empty cell is never zero.
//!
//! # Which money is which
//! One cheque may pay two invoices, so that an id is a payment's own only within its invoice: it becomes
//! `INVOICE/ID`, and `INVOICE/ID/back` where the money went back. A payment without an id is
//! `INVOICE/DAY/AMOUNT`; equal ones of one day are counted, in an order that is not that of the rows.

use super::cells::{Bad, Row, row};
use crate::connectors::Settings;
use crate::connectors::json::{as_text, within};
use crate::model::{
    Address, Contact, Currency, DocStatus, Invoice, Line, LineKind, Payment, PaymentKind, SourceId,
    Stated, money::half_up,
};
use chrono::NaiveTime;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeSet;

/// Every field a column can stand for.
pub const FIELDS: [&str; 55] = [
    "number",
    "id",
    "order_id",
    "title",
    "notes",
    "reference",
    "date",
    "due",
    "currency",
    "status",
    "subtotal",
    "tax",
    "tax_included",
    "total",
    "paid",
    "balance",
    "contact.id",
    "contact.name",
    "contact.first_name",
    "contact.last_name",
    "contact.company",
    "contact.email",
    "contact.phone",
    "contact.mobile",
    "contact.tax_number",
    "contact.parent",
    "billing.line1",
    "billing.line2",
    "billing.city",
    "billing.region",
    "billing.postal_code",
    "billing.country",
    "service.line1",
    "service.line2",
    "service.city",
    "service.region",
    "service.postal_code",
    "service.country",
    "line.id",
    "line.kind",
    "line.sku",
    "line.name",
    "line.description",
    "line.quantity",
    "line.unit_amount",
    "line.amount",
    "line.taxable",
    "line.tax_rate",
    "line.account",
    "payment.id",
    "payment.date",
    "payment.amount",
    "payment.method",
    "payment.reference",
    "payment.refunds",
];

/// The column a field stands in.
pub fn column(settings: &Settings, field: &str) -> String {
    settings.get(&format!("columns.{field}"), field).to_owned()
}

/// Reads an invoice.
///
/// # Errors
/// The row, from 0, and what is wrong.
pub fn invoice(settings: &Settings, raw: &Value) -> Result<Invoice, Bad> {
    if let Some(element) = raw.get("element") {
        let head = row(settings, element, "", 0);
        let inside = |name: &str| match element.get(settings.get(name, name)) {
            Some(Value::Array(list)) => list.clone(),
            _ => Vec::new(),
        };
        let (lines, payments) = (inside("lines"), inside("payments"));
        let lines: Vec<Row<'_>> = lines.iter().map(|v| row(settings, v, "line.", 0)).collect();
        let payments: Vec<Row<'_>> = payments
            .iter()
            .map(|v| row(settings, v, "payment.", 0))
            .collect();
        return build(&head, &lines, &payments);
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
    for other in rows.iter().skip(1) {
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
            let (first, here) = (head.text(field), other.text(field));
            if !here.is_empty() && here != first {
                return Err(other.bad(
                    field,
                    &format!("but the invoice's first row says `{first}`"),
                ));
            }
        }
    }
    build(head, &rows, &rows)
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
    let id = head.text("id");
    let id = if id.is_empty() { number.clone() } else { id };
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

/// The payments of an invoice, in date order.
fn all_payments(rows: &[Row<'_>], document: &str) -> Result<Vec<Payment>, Bad> {
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut all = Vec::new();
    for row in rows {
        let Some(payment) = payment(row, document)? else {
            continue;
        };
        if !row.text("payment.id").is_empty() && !named.insert(payment.id.clone()) {
            return Err(row.bad(
                "payment.id",
                "which another payment of this invoice has too: if it is one payment, leave its amount in one row only; if they are two, give each an id of its own",
            ));
        }
        all.push(payment);
    }
    let order = |p: &Payment| (p.date, p.id.clone(), p.method.clone(), p.reference.clone());
    all.sort_by_cached_key(order);
    tell_apart(&mut all);
    Ok(all)
}

/// Two payments of one day and amount without ids are two payments.
fn tell_apart(payments: &mut [Payment]) {
    let ids: Vec<String> = payments.iter().map(|p| p.id.clone()).collect();
    for (i, payment) in payments.iter_mut().enumerate() {
        let earlier = ids.iter().take(i).filter(|id| **id == payment.id).count();
        if earlier > 0 {
            payment.id = format!("{}/{}", payment.id, earlier + 1);
        }
    }
}

/// An id as a part of a longer one: without a slash, so that no two can be written alike.
fn part(id: &str) -> String {
    id.replace('%', "%25").replace('/', "%2F")
}

/// What a payment is known by, within its document and nowhere else.
fn payment_id(document: &str, id: &str, back: bool) -> String {
    let end = if back { "/back" } else { "" };
    format!("{}/{}{end}", part(document), part(id))
}

fn currency(head: &Row<'_>) -> Result<Currency, Bad> {
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

fn address(head: &Row<'_>, of: &str) -> Address {
    let part = |name: &str| head.text(&format!("{of}.{name}"));
    Address {
        lines: [part("line1"), part("line2")]
            .into_iter()
            .filter(|l| !l.is_empty())
            .collect(),
        city: part("city"),
        region: part("region"),
        postal_code: part("postal_code"),
        country: part("country"),
    }
}

fn contact(head: &Row<'_>) -> Contact {
    let part = |name: &str| head.text(&format!("contact.{name}"));
    let person = format!("{} {}", part("first_name"), part("last_name"));
    let names = [
        part("name"),
        person.trim().to_owned(),
        part("company"),
        part("email"),
    ];
    let name = names
        .into_iter()
        .find(|n| !n.is_empty())
        .unwrap_or_default();
    let id = part("id");
    let parent = part("parent");
    Contact {
        // Without an id of its own a customer is known by its name.
        id: if id.is_empty() { name.clone() } else { id },
        name,
        first_name: part("first_name"),
        last_name: part("last_name"),
        company: part("company"),
        email: part("email"),
        phone: part("phone"),
        mobile: part("mobile"),
        tax_number: part("tax_number"),
        billing: address(head, "billing"),
        service: address(head, "service"),
        parent: (!parent.is_empty()).then(|| {
            Box::new(Contact {
                id: parent.clone(),
                name: parent.clone(),
                ..Contact::default()
            })
        }),
        ..Contact::default()
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

/// A row's payment; a negative one was paid back.
fn payment(row: &Row<'_>, document: &str) -> Result<Option<Payment>, Bad> {
    let Some(amount) = row.amount("payment.amount")?.filter(|a| !a.is_zero()) else {
        return Ok(None);
    };
    let date = row.day("payment.date")?;
    let date = date.ok_or_else(|| row.bad("payment.date", "but a payment needs its day"))?;
    let id = row.text("payment.id");
    let back = amount.is_sign_negative();
    let refunds = row.text("payment.refunds");
    Ok(Some(Payment {
        // What a payment is known by when it has no id: its invoice, day and amount.
        id: if id.is_empty() {
            format!("{}/{date}/{}", part(document), amount.normalize())
        } else {
            payment_id(document, &id, back)
        },
        kind: if back {
            PaymentKind::Refund
        } else {
            PaymentKind::Payment
        },
        date,
        amount: amount.abs(),
        method: row.text("payment.method"),
        reference: row.text("payment.reference"),
        refunds: if refunds.is_empty() {
            refunds
        } else {
            payment_id(document, &refunds, false)
        },
        settled: true,
    }))
}

/// Columns that stand for no field, by their own names.
fn fields(head: &Row<'_>) -> std::collections::BTreeMap<String, String> {
    let Value::Object(cells) = head.value else {
        return Default::default();
    };
    let mapped: Vec<String> = FIELDS.iter().map(|f| column(head.settings, f)).collect();
    cells
        .iter()
        .filter(|(name, _)| !mapped.contains(name))
        .map(|(name, value)| (name.clone(), as_text(value)))
        .filter(|(_, value)| !value.is_empty())
        .take(200)
        .collect()
}
