//! An invoice of QuickBooks Online's, read as a sale: what a tenant's documents are where they come from there.
//!
//! Flows in: an invoice with the payments that are linked to it, its customer and its items. Flows out: an [`Invoice`], or a sentence
//! that says which field cannot be read. Lines are without tax, as Intuit tells them, and the tax is told as a sum. A payment is
//! what was put to this invoice of the money that came in, with its day; one that only puts a credit to an invoice is no
//! money, and of one that does both nobody can tell how much was, so that it is told and held.
//! An invoice that carries a stamp of ours is one that we wrote, and says so.

use super::lines::named;
use super::read::{contact as party, made, payment, updated};
use crate::connectors::json::{amount, amount_opt, day, list, text};
use crate::connectors::stamp::{marker_of, unstamped};
use crate::model::{
    Address, Contact, Currency, DocStatus, Invoice, Kind, Line, LineKind, Payment, PaymentKind,
    SourceId, Stated, money,
};
use rust_decimal::Decimal;
use serde_json::Value;

/// The field that tells of what does not add up.
const MISMATCH: &str = "crossfoot.mismatch";
/// The item that carriage is entered with.
const CARRIAGE: &str = "SHIPPING_ITEM_ID";

/// Reads a sale.
///
/// # Errors
/// A sentence: which field cannot be read.
pub(super) fn sale(raw: &Value) -> Result<Invoice, String> {
    let it = raw.get("Invoice").ok_or("`Invoice` is missing")?;
    let id = text(it, "Id");
    if id.is_empty() {
        return Err("`Id` is missing".to_owned());
    }
    let (total, due) = (amount(it, "TotalAmt")?, amount(it, "Balance")?);
    let (payments, unclear) = payments(raw, &id)?;
    let paid = money::sum(payments.iter().map(|p| p.amount));
    let money_alone = paid == total - due;
    let changed = list(raw, "Payments").iter().filter_map(updated);
    let changed = changed.chain(updated(it)).max();
    let changed = changed.ok_or("`LastUpdatedTime` cannot be read")?;
    let memo = text(it, "PrivateNote");
    let void = super::read::is_void(it, total);
    let number = text(it, "DocNumber");
    let status = match () {
        () if void => DocStatus::Void,
        () if due.is_zero() && !total.is_zero() => DocStatus::Paid,
        () if due == total => DocStatus::Unpaid,
        () => DocStatus::PartPaid,
    };
    let detail = it.get("TxnTaxDetail").unwrap_or(&Value::Null);
    let tax = match text(it, "GlobalTaxCalculation").as_str() {
        "NotApplicable" => None,
        _ => amount_opt(detail, "TotalTax")?,
    };
    let ours = marker_of(&memo).is_some();
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
        notes: named(it, "CustomerMemo"),
        reference: unstamped(&memo).to_owned(),
        date: day(&text(it, "TxnDate")).ok_or("`TxnDate` cannot be read")?,
        due: day(&text(it, "DueDate")),
        currency: Currency::new(&named(it, "CurrencyRef")).map_err(|e| e.to_string())?,
        status,
        contact: contact(raw, it),
        lines: lines(raw, it)?,
        tax,
        tax_included: Some(false),
        reckoned: total,
        paid,
        plan: Vec::new(),
        payments,
        tags: Vec::new(),
        made_by: if ours { "crossfoot" } else { "" }.to_owned(),
        fields: (unclear.into_iter())
            .map(|why| (MISMATCH.to_owned(), why))
            .collect(),
        created_at: made(it).unwrap_or(changed),
        modified_at: changed,
        stated: Stated {
            // What a credit took off is not owed, and nobody paid it.
            balance: (money_alone && !void).then_some(due),
            status: (money_alone && status == DocStatus::Paid).then_some(status),
            ..Stated::default()
        },
    })
}

/// The payments of an invoice, and why they cannot be told, where they cannot.
fn payments(raw: &Value, invoice: &str) -> Result<(Vec<Payment>, Option<String>), String> {
    let (mut all, mut unclear) = (Vec::new(), None);
    for p in list(raw, "Payments") {
        let read = payment(p, Some(invoice))?;
        if read.amount.is_zero() {
            continue;
        }
        let whole = amount(p, "TotalAmt")?;
        let credits = (list(p, "Line").iter())
            .flat_map(|l| list(l, "LinkedTxn"))
            .any(|on| text(on, "TxnType") == "CreditMemo");
        if credits && whole.is_zero() {
            continue;
        }
        if credits {
            unclear = Some(format!(
                "payment {} puts a credit and money to its invoices at once: how much of either this one got is not told",
                read.id
            ));
        }
        all.push(Payment {
            // One payment may be put to several invoices, and be moved from one to another: each part is a payment of its own.
            id: format!("{}-{invoice}", read.id),
            kind: PaymentKind::Payment,
            date: read.date,
            at: None,
            amount: read.amount,
            method: method(p),
            // What we entered says so: it is no news, whatever it was put to since.
            reference: match read.mark {
                Some(_) => read.reference,
                None => text(p, "PaymentRefNum"),
            },
            refunds: String::new(),
            settled: true,
        });
    }
    all.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
    Ok((all, unclear))
}

/// The way of paying, by its name where that is told.
fn method(p: &Value) -> String {
    let of = p.get("PaymentMethodRef").unwrap_or(&Value::Null);
    text(of, "name")
}

fn lines(raw: &Value, it: &Value) -> Result<Vec<Line>, String> {
    let mut all = Vec::new();
    for (n, l) in list(it, "Line").iter().enumerate() {
        let one = line(n, l, raw).map_err(|e| format!("line {}: {e}", n + 1))?;
        all.extend(one);
    }
    Ok(all)
}

/// A line; none for what only sums up.
fn line(n: usize, l: &Value, raw: &Value) -> Result<Option<Line>, String> {
    let form = text(l, "DetailType");
    let detail = l.get(&form).unwrap_or(&Value::Null);
    let whole = amount_opt(l, "Amount")?.unwrap_or_default();
    let net = match form.as_str() {
        "SubTotalLineDetail" => return Ok(None),
        "DiscountLineDetail" => -whole.abs(),
        _ => whole,
    };
    let item = named(detail, "ItemRef");
    let known = list(raw, "Items").iter().find(|i| text(i, "Id") == item);
    let called = detail.get("ItemRef").map(|r| text(r, "name"));
    let called = called.unwrap_or_default();
    let said = text(l, "Description");
    let said = if said.trim().is_empty() { called } else { said };
    let (name, more) = said.trim().split_once('\n').unwrap_or((said.trim(), ""));
    let quantity = amount_opt(detail, "Qty")?.unwrap_or(Decimal::ONE);
    let price = amount_opt(detail, "UnitPrice")?;
    let as_told = price.filter(|p| money::times(quantity, *p) == net);
    let mut description = more.trim().to_owned();
    if let (None, Some(price)) = (as_told, price.filter(|_| quantity != Decimal::ONE)) {
        let of = format!("({} x {})", quantity.normalize(), money::show(price));
        description = format!("{description} {of}").trim().to_owned();
    }
    let id = text(l, "Id");
    Ok(Some(Line {
        id: if id.is_empty() {
            (n + 1).to_string()
        } else {
            id
        },
        kind: match () {
            () if net < Decimal::ZERO => LineKind::Discount,
            () if item == CARRIAGE => LineKind::Shipping,
            () if known.is_some() => LineKind::Product,
            () => LineKind::Other,
        },
        sku: known.map(|i| text(i, "Sku")).unwrap_or_default(),
        name: name.to_owned(),
        description,
        quantity: if as_told.is_some() {
            quantity
        } else {
            Decimal::ONE
        },
        unit_amount: as_told.unwrap_or(net),
        amount: Some(net),
        taxable: match named(detail, "TaxCodeRef").as_str() {
            "NON" => Some(false),
            "TAX" => Some(true),
            _ => None,
        },
        category: String::new(),
        tax_rate: String::new(),
        account: String::new(),
    }))
}

fn contact(raw: &Value, it: &Value) -> Contact {
    let short = it.get("CustomerRef").unwrap_or(&Value::Null);
    let Some(c) = raw.get("Customer").filter(|c| c.is_object()) else {
        return Contact {
            id: text(short, "value"),
            name: text(short, "name"),
            ..Contact::default()
        };
    };
    let read = party(c);
    Contact {
        id: read.id,
        name: read.name,
        first_name: text(c, "GivenName"),
        last_name: text(c, "FamilyName"),
        company: text(c, "CompanyName"),
        email: read.email,
        phone: read.phone,
        mobile: read.mobile,
        billing: c.get("BillAddr").map(address).unwrap_or_default(),
        service: c.get("ShipAddr").map(address).unwrap_or_default(),
        ..Contact::default()
    }
}

fn address(a: &Value) -> Address {
    let lines = ["Line1", "Line2", "Line3", "Line4", "Line5"];
    let lines = lines.iter().map(|f| text(a, f));
    Address {
        lines: lines.filter(|l| !l.trim().is_empty()).collect(),
        city: text(a, "City"),
        region: text(a, "CountrySubDivisionCode"),
        postal_code: text(a, "PostalCode"),
        country: text(a, "Country"),
    }
}
