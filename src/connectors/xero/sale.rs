//! A sales invoice of Xero's, read as a sale: what a tenant's documents are where they come from Xero.
//!
//! Flows in: an invoice as Xero's list gives it, with its contact. Flows out: an [`Invoice`], or a sentence that says which field
//! cannot be read. Lines are without tax, whatever the invoice's prices are called, since the tax is told as a sum. Payments
//! are read as payments, each with its day and amount: what was paid is never worked out from what is still owed. What a
//! credit note took off an invoice is no payment and stays untold.
//! An invoice that carries a stamp of ours is one that we wrote, and says so.

use crate::connectors::json::{amount, amount_opt, as_text, day, list, text};
use crate::connectors::stamp::{marker_of, unstamped};
use crate::model::{
    Address, Contact, Currency, DocStatus, Invoice, Kind, Line, LineKind, Payment, PaymentKind,
    SourceId, Stated, money,
};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// What is kept of an invoice: what its list and its own address both tell.
const INVOICE: [&str; 18] = [
    "InvoiceID",
    "InvoiceNumber",
    "Type",
    "Reference",
    "Status",
    "LineAmountTypes",
    "Date",
    "DueDate",
    "CurrencyCode",
    "SubTotal",
    "TotalTax",
    "Total",
    "AmountDue",
    "AmountPaid",
    "AmountCredited",
    "LineItems",
    "Payments",
    "UpdatedDateUTC",
];

/// What is kept of a contact.
const CONTACT: [&str; 8] = [
    "ContactID",
    "Name",
    "FirstName",
    "LastName",
    "EmailAddress",
    "TaxNumber",
    "Phones",
    "Addresses",
];

fn only(element: &Value, fields: &[&str]) -> Value {
    let kept = |f: &&str| Some(((*f).to_owned(), element.get(*f)?.clone()));
    Value::Object(fields.iter().filter_map(kept).collect::<Map<_, _>>())
}

/// An invoice with its contact, as it is stored.
pub(super) fn raw(invoice: &Value, contact: Option<&Value>) -> Value {
    let short = invoice.get("Contact").unwrap_or(&Value::Null);
    json!({
        "invoice": only(invoice, &INVOICE),
        "contact": only(contact.unwrap_or(short), &CONTACT),
    })
}

/// Reads a sale.
///
/// # Errors
/// A sentence: which field cannot be read.
pub(super) fn sale(raw: &Value) -> Result<Invoice, String> {
    let it = raw.get("invoice").ok_or("`invoice` is missing")?;
    let id = text(it, "InvoiceID");
    if id.is_empty() {
        return Err("`InvoiceID` is missing".to_owned());
    }
    let (total, paid) = (amount(it, "Total")?, amount(it, "AmountPaid")?);
    let credited = amount_opt(it, "AmountCredited")?.unwrap_or_default();
    let status = status(&text(it, "Status"), paid);
    let changed = super::read::updated(it).ok_or("`UpdatedDateUTC` cannot be read")?;
    let number = text(it, "InvoiceNumber");
    let reference = text(it, "Reference");
    let tax = match text(it, "LineAmountTypes").as_str() {
        "NoTax" => None,
        _ => Some(amount(it, "TotalTax")?),
    };
    let ours = marker_of(&reference).is_some();
    Ok(Invoice {
        kind: Kind::Invoice,
        estimate: false,
        number: if number.is_empty() {
            id.clone()
        } else {
            number
        },
        id: SourceId(id),
        order_id: String::new(),
        title: String::new(),
        notes: String::new(),
        reference: unstamped(&reference).to_owned(),
        date: day(&text(it, "Date")).ok_or("`Date` cannot be read")?,
        due: day(&text(it, "DueDate")),
        currency: Currency::new(&text(it, "CurrencyCode")).map_err(|e| e.to_string())?,
        status,
        contact: contact(raw.get("contact").unwrap_or(&Value::Null)),
        lines: lines(it)?,
        tax,
        tax_included: Some(false),
        reckoned: total,
        paid,
        plan: Vec::new(),
        payments: payments(it)?,
        tags: Vec::new(),
        made_by: if ours { "crossfoot" } else { "" }.to_owned(),
        fields: Default::default(),
        created_at: changed,
        modified_at: changed,
        stated: Stated {
            no_total: false,
            subtotal: amount_opt(it, "SubTotal")?,
            paid: Some(paid),
            // What a credit note took off is not owed, and nobody paid it.
            balance: (credited.is_zero() && status != DocStatus::Void)
                .then(|| amount(it, "AmountDue"))
                .transpose()?,
            status: (status == DocStatus::Paid && credited.is_zero()).then_some(status),
        },
    })
}

fn status(word: &str, paid: Decimal) -> DocStatus {
    match word {
        "DRAFT" | "SUBMITTED" => DocStatus::Draft,
        "PAID" => DocStatus::Paid,
        "VOIDED" | "DELETED" => DocStatus::Void,
        _ if paid.is_zero() => DocStatus::Unpaid,
        _ => DocStatus::PartPaid,
    }
}

fn lines(it: &Value) -> Result<Vec<Line>, String> {
    let inclusive = text(it, "LineAmountTypes") == "Inclusive";
    let all = list(it, "LineItems").iter().enumerate();
    all.map(|(n, l)| line(n, l, inclusive).map_err(|e| format!("line {}: {e}", n + 1)))
        .collect()
}

fn line(n: usize, l: &Value, inclusive: bool) -> Result<Line, String> {
    // A line that is a text alone has no amounts.
    let whole = amount_opt(l, "LineAmount")?.unwrap_or_default();
    let tax = amount_opt(l, "TaxAmount")?.unwrap_or_default();
    let net = if inclusive { whole - tax } else { whole };
    let quantity = amount_opt(l, "Quantity")?.unwrap_or(Decimal::ONE);
    let unit = amount_opt(l, "UnitAmount")?.unwrap_or_default();
    let said = text(l, "Description");
    let (name, more) = said.trim().split_once('\n').unwrap_or((said.trim(), ""));
    let sku = text(l, "ItemCode");
    let as_told = money::times(quantity, unit) == net;
    let mut description = more.trim().to_owned();
    if !as_told && quantity != Decimal::ONE {
        let of = format!("({} x {})", quantity.normalize(), money::show(unit));
        description = format!("{description} {of}").trim().to_owned();
    }
    let (quantity, unit_amount) = match as_told {
        true => (quantity, unit),
        false => (Decimal::ONE, net),
    };
    let id = text(l, "LineItemID");
    Ok(Line {
        id: if id.is_empty() {
            (n + 1).to_string()
        } else {
            id
        },
        kind: kind(net, &sku),
        sku,
        name: name.to_owned(),
        description,
        quantity,
        unit_amount,
        amount: Some(net),
        taxable: Some(!tax.is_zero()),
        category: String::new(),
        tax_rate: String::new(),
        account: text(l, "AccountCode"),
    })
}

fn kind(net: Decimal, sku: &str) -> LineKind {
    match () {
        () if net < Decimal::ZERO => LineKind::Discount,
        () if !sku.is_empty() => LineKind::Product,
        () => LineKind::Other,
    }
}

fn payments(it: &Value) -> Result<Vec<Payment>, String> {
    let there = list(it, "Payments")
        .iter()
        .filter(|p| text(p, "Status") != "DELETED");
    let mut all = Vec::new();
    for p in there {
        let read = super::read::payment(p)?;
        all.push(Payment {
            id: read.id,
            kind: PaymentKind::Payment,
            date: read.date,
            at: None,
            amount: read.amount,
            method: String::new(),
            reference: unstamped(&read.reference).to_owned(),
            refunds: String::new(),
            settled: true,
        });
    }
    all.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
    Ok(all)
}

fn contact(c: &Value) -> Contact {
    let read = super::read::contact(c);
    let at = |kind: &str| {
        let all = list(c, "Addresses").iter();
        let of = all.clone().find(|a| text(a, "AddressType") == kind);
        of.map(address).unwrap_or_default()
    };
    Contact {
        id: read.id,
        name: read.name,
        first_name: text(c, "FirstName"),
        last_name: text(c, "LastName"),
        email: read.email,
        phone: read.phone,
        mobile: read.mobile,
        tax_number: text(c, "TaxNumber"),
        billing: at("POBOX"),
        service: at("STREET"),
        ..Contact::default()
    }
}

fn address(a: &Value) -> Address {
    let lines = [
        "AddressLine1",
        "AddressLine2",
        "AddressLine3",
        "AddressLine4",
    ];
    let lines = lines
        .iter()
        .map(|f| as_text(a.get(*f).unwrap_or(&Value::Null)));
    Address {
        lines: lines.filter(|l| !l.trim().is_empty()).collect(),
        city: text(a, "City"),
        region: text(a, "Region"),
        postal_code: text(a, "PostalCode"),
        country: text(a, "Country"),
    }
}
