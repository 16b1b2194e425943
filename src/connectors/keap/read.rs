//! An order with what belongs to it, read as an invoice. Pure, so that a stored record can be read again.
//!
//! Flows in: `{order, payments, order_payments, contact, currency, zone}` as [`super::fetch::Gathered::raw`] stores
//! it. Flows out: an [`Invoice`], or a sentence that says which field cannot be read.
//! Refuses: an order without a total, without what was paid, with a line without price or quantity. An amount is
//! never made up. Where the parts can be read but do not come to the whole, the field
//! [`MISMATCH`] says so and the order is to be held.
//!
//! # Which document it is
//! An order is one document for good, under the id of the *order*, which every order has and keeps. People know
//! it by the id of its *invoice* (Keap's two tables; the ids are counted apart, and order 55 and invoice 55 are
//! seldom the same), so that is the document's number, and what `start: { invoice: N }` compares. Keap's schema does not promise
//! an invoice id: an order without one is called `order-55`, says in the field [`NOT_INVOICED`] what it waits for,
//! is held, and becomes the document of its invoice when it has one. It cannot become two.
//!
//! # Whom it is to
//! The contact is Keap's contact and nothing of the order: two orders of one person would each draft it otherwise, and
//! every one of them rename it in the ledger or move it. An order that is invoiced to a company has the company as a
//! contact of its own; where an order is shipped to is not part of any contact.
//!
//! Settings: `discounts` (`price`, `field`, else whichever agrees with the total), `order_payment_unit`, `zone`.

pub use super::wait::{MISMATCH, NOT_INVOICED};

use super::contacts;
use super::payments::{self, minor, sums};
use crate::connectors::Settings;
use crate::connectors::json::{amount, flag, list, moment, text, within};
use crate::connectors::stamp::marker_of;
use crate::model::{
    Contact, Currency, DocStatus, Instalment, Invoice, Kind, Line, LineKind, SourceId, Stated,
    folded, money,
};
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// What an order says of itself in words, under these very names.
pub(super) const OWN_FIELDS: [&str; 5] = [
    "order_type",
    "source_type",
    "promo_code",
    "external_create_user",
    "terms",
];

/// Most instalments read of a plan.
const INSTALMENTS: i64 = 600;

pub(super) fn zone(settings: &Settings, raw: &Value) -> Tz {
    let by_account = text(raw, "zone");
    let name = settings.get("zone", &by_account);
    name.parse().unwrap_or(Tz::UTC)
}

/// The day of a moment, in the business's own calendar. A plain day stays that day.
fn local_day(value: &Value, field: &str, zone: Tz) -> Result<Option<NaiveDate>, String> {
    let given = text(value, field);
    if given.is_empty() {
        return Ok(None);
    }
    if let Ok(day) = NaiveDate::parse_from_str(&given, "%Y-%m-%d") {
        return Ok(Some(day));
    }
    let when = moment(&given).ok_or_else(|| format!("`{field}` cannot be read as a date"))?;
    Ok(Some(when.with_timezone(&zone).date_naive()))
}

/// Reads an invoice.
///
/// # Errors
/// A sentence: which field cannot be read.
pub fn invoice(settings: &Settings, raw: &Value) -> Result<Invoice, String> {
    let order = raw.get("order").ok_or("`order` is missing")?;
    let zone = zone(settings, raw);
    let currency = currency(order, raw)?;
    let total = minor(order, "total", currency)?.ok_or("`total` is missing")?;
    let told = payments::told(order, currency)?;
    let (payments, unpaid) = payments::read(settings, raw, zone, currency)?;
    let (lines, tax, unequal) = lines(settings, order, currency, total)?;
    let modified_at = ["modification_time", "creation_time"]
        .iter()
        .find_map(|f| moment(&text(order, f)))
        .ok_or("`modification_time` is missing or cannot be read")?;
    let date = local_day(order, "order_time", zone)?.ok_or("`order_time` is missing")?;
    let order_id = payments::id(order, "id");
    if order_id.is_empty() {
        return Err("`id` is missing".to_owned());
    }
    let invoice_id = payments::id(order, "invoice_id");
    let invoiced = !invoice_id.is_empty();
    let received = if unpaid.is_none() {
        sums(&payments).0
    } else {
        told.paid
    };
    let mut invoice = Invoice {
        kind: Kind::Invoice,
        estimate: false,
        number: if invoiced {
            invoice_id
        } else {
            number_without_invoice(&order_id)
        },
        id: SourceId(order_id.clone()),
        order_id,
        title: text(order, "title"),
        notes: text(order, "notes"),
        reference: String::new(),
        date,
        due: local_day(order, "due_time", zone)?,
        currency,
        status: status(order, total, received),
        contact: contact(order, raw),
        lines,
        tax,
        tax_included: None,
        reckoned: total,
        paid: received,
        plan: plan(order, zone, currency, total)?,
        payments,
        tags: Vec::new(),
        made_by: made_by(order),
        fields: custom_fields(order, raw),
        created_at: moment(&text(order, "creation_time")).unwrap_or(modified_at),
        modified_at,
        stated: stated(order, told.paid),
    };
    for field in OWN_FIELDS {
        let said = text(order, field);
        if !said.is_empty() {
            invoice.fields.insert(field.to_owned(), said);
        }
    }
    if !invoiced {
        let what = format!(
            "Keap has not made an invoice of order {} yet: it has no invoice number",
            invoice.order_id
        );
        invoice.fields.insert(NOT_INVOICED.to_owned(), what);
    }
    let mismatch: Vec<String> = unequal.into_iter().chain(unpaid).collect();
    if !mismatch.is_empty() {
        invoice
            .fields
            .insert(MISMATCH.to_owned(), mismatch.join("; "));
    }
    Ok(invoice)
}

/// Custom fields under each of their names: the label that people see, the name in the database, the id, and `custom.ID`.
fn custom_fields(order: &Value, raw: &Value) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (key, words) in contacts::custom(order) {
        let id = key.trim_start_matches("custom.").to_owned();
        let named = raw.get("order_fields").and_then(|f| f.get(&id));
        let named = named.map_or_else(Vec::new, |n| vec![text(n, "label"), text(n, "name")]);
        let own = |n: &String| !n.is_empty() && *n != MISMATCH && *n != NOT_INVOICED;
        for name in named.into_iter().chain([id, key]).filter(own) {
            out.insert(name, words.clone());
        }
    }
    out
}

/// What people know an order by that has no invoice: no invoice has such a number.
pub fn number_without_invoice(order_id: &str) -> String {
    format!("order-{order_id}")
}

fn currency(order: &Value, raw: &Value) -> Result<Currency, String> {
    let own = order.get("total").map(|t| text(t, "currency_code"));
    let code = own
        .filter(|c| !c.is_empty())
        .unwrap_or_else(|| text(raw, "currency"));
    Currency::new(&code).map_err(|e| e.to_string())
}

/// Keap's own words are DRAFT, SENT, VIEWED and PAID; how much is paid is told by the amounts.
fn status(order: &Value, total: Decimal, paid: Decimal) -> DocStatus {
    let word = text(order, "status");
    if word == "DRAFT" && paid.is_zero() {
        DocStatus::Draft
    } else if word == "PAID" && (total.is_zero() || paid >= total)
        || (paid >= total && !total.is_zero())
    {
        DocStatus::Paid
    } else if paid > Decimal::ZERO {
        DocStatus::PartPaid
    } else {
        DocStatus::Unpaid
    }
}

/// What the order itself says. Its tax is the sum of its tax lines, and of a line it says only price and quantity.
fn stated(order: &Value, paid: Decimal) -> Stated {
    let word = text(order, "status");
    Stated {
        paid: Some(paid),
        status: (word == "PAID").then_some(DocStatus::Paid),
        ..Stated::default()
    }
}

/// Orders that Keap's own QuickBooks sync brought in are not sent out again, nor are those that we wrote there.
fn made_by(order: &Value) -> String {
    if text(order, "source_type") == "QUICKBOOKS" {
        return "quickbooks".to_owned();
    }
    let ours = marker_of(&text(order, "external_create_user")).is_some();
    if ours { "crossfoot" } else { "" }.to_owned()
}

fn contact(order: &Value, raw: &Value) -> Contact {
    let short = order.get("contact").unwrap_or(&Value::Null);
    let full = raw
        .get("contact")
        .filter(|c| c.is_object())
        .unwrap_or(short);
    let mut contact = contacts::read(full);
    if contact.id.is_empty() {
        contact.id = text(short, "id");
    }
    let shipping = order.get("shipping_information").unwrap_or(&Value::Null);
    if flag(shipping, "invoice_to_company") == Some(true) {
        return billed_company(contact, full, &text(shipping, "company"));
    }
    contact
}

/// The company an order is invoiced to, as a contact of its own: its name must never become the person's, nor one
/// order's company another's. The person's e-mail and telephones stay the person's, by which the ledger would take the
/// two for one.
fn billed_company(person: Contact, full: &Value, named: &str) -> Contact {
    let own = person.company.trim();
    let named = named.trim();
    let (name, id) = if named.is_empty() || folded(named) == folded(own) {
        let id = full.get("company").map(|c| text(c, "id"));
        (own.to_owned(), id.filter(|id| !id.is_empty()))
    } else {
        (named.to_owned(), None)
    };
    if name.is_empty() {
        return person;
    }
    // Whoever of its people orders, a company that Keap knows is one customer.
    let party = id.as_ref().map(|id| format!("company/{id}"));
    let which = id.unwrap_or_else(|| format!("name:{}", folded(&name)));
    Contact {
        id: format!("{}/company/{which}", person.id),
        party: party.unwrap_or_default(),
        company: name.clone(),
        name,
        email: String::new(),
        phone: String::new(),
        mobile: String::new(),
        ..person
    }
}

fn kind(word: &str) -> LineKind {
    match word {
        "PRODUCT" | "UPSELL" => LineKind::Product,
        "SERVICE" | "PROGRAM" => LineKind::Service,
        "SUBSCRIPTION" => LineKind::Subscription,
        "SHIPPING" => LineKind::Shipping,
        "FINANCE_CHARGE" => LineKind::FinanceCharge,
        "TIP" => LineKind::Tip,
        "FEE" => LineKind::Fee,
        _ if word.starts_with("DISCOUNT") => LineKind::Discount,
        _ => LineKind::Other,
    }
}

type Lines = (Vec<Line>, Option<Decimal>, Option<String>);

/// Lines, the sum of the tax lines, and in words where they do not come to the total.
fn lines(
    settings: &Settings,
    order: &Value,
    currency: Currency,
    total: Decimal,
) -> Result<Lines, String> {
    let ways: &[bool] = match settings.get("discounts", "auto") {
        "price" => &[false],
        "field" => &[true],
        _ => &[false, true],
    };
    let mut first: Option<Lines> = None;
    for by_field in ways {
        let (lines, tax) = read_lines(order, currency, *by_field)?;
        let sum: Decimal = lines.iter().filter_map(|l| l.amount).sum();
        let whole = sum + tax.unwrap_or_default();
        if whole == total {
            return Ok((lines, tax, None));
        }
        let mismatch = format!(
            "lines and tax come to {}, the order says {}",
            money::show(whole),
            money::show(total)
        );
        first.get_or_insert((lines, tax, Some(mismatch)));
    }
    first.ok_or_else(|| "there is no way to read the lines".to_owned())
}

fn read_lines(
    order: &Value,
    currency: Currency,
    by_field: bool,
) -> Result<(Vec<Line>, Option<Decimal>), String> {
    let mut lines = Vec::new();
    let mut tax: Option<Decimal> = None;
    for (i, item) in list(order, "order_items").iter().enumerate() {
        let named = |e: String| format!("line {}: {e}", i + 1);
        let word = text(item, "item_type");
        let quantity = amount(item, "quantity").map_err(named)?;
        let price = minor(item, "price_per_unit", currency).map_err(named)?;
        let kind = kind(&word);
        let (quantity, unit) = if kind == LineKind::Discount {
            let off = minor(item, "discount", currency).map_err(named)?;
            discount(quantity, price, off, by_field).map_err(named)?
        } else {
            let price = price.ok_or("`price_per_unit` is missing".to_owned());
            (quantity, price.map_err(named)?)
        };
        let whole = quantity.checked_mul(unit).filter(|w| within(*w));
        let whole = whole.ok_or_else(|| named("its amount is too large".to_owned()))?;
        if word == "TAX" {
            tax = Some(tax.unwrap_or_default() + whole);
        } else {
            lines.push(line(item, i, kind, (quantity, unit, whole)));
        }
    }
    Ok((lines, tax))
}

/// How a discount shows is not documented: as a price, of either sign, or in a field of its own.
fn discount(
    quantity: Decimal,
    price: Option<Decimal>,
    off: Option<Decimal>,
    by_field: bool,
) -> Result<(Decimal, Decimal), String> {
    let used = |d: Option<Decimal>| d.filter(|d| !d.is_zero());
    let as_price = used(price).map(|p| (quantity, -p.abs()));
    let as_field = used(off).map(|o| (Decimal::ONE, -o.abs()));
    let found = if by_field {
        as_field.or(as_price)
    } else {
        as_price.or(as_field)
    };
    match (found, price.or(off)) {
        (Some(found), _) => Ok(found),
        // Nothing off, and Keap says so.
        (None, Some(_)) => Ok((quantity, Decimal::ZERO)),
        (None, None) => Err("neither `price_per_unit` nor `discount` is there".to_owned()),
    }
}

fn line(
    item: &Value,
    i: usize,
    kind: LineKind,
    (quantity, unit_amount, whole): (Decimal, Decimal, Decimal),
) -> Line {
    let product = item.get("product").unwrap_or(&Value::Null);
    let first = |texts: [String; 2]| texts.into_iter().find(|t| !t.is_empty());
    let id = text(item, "id");
    Line {
        id: if id.is_empty() {
            (i + 1).to_string()
        } else {
            id
        },
        kind,
        sku: text(product, "sku"),
        name: first([text(item, "name"), text(product, "name")]).unwrap_or_default(),
        description: first([text(item, "description"), text(item, "notes")]).unwrap_or_default(),
        quantity,
        unit_amount,
        amount: Some(whole),
        taxable: flag(product, "taxable"),
        category: String::new(),
        tax_rate: String::new(),
        account: String::new(),
    }
}

/// The instalments: as listed; else by the plan's own arithmetic, with the amounts spread by the total.
fn plan(
    order: &Value,
    zone: Tz,
    currency: Currency,
    total: Decimal,
) -> Result<Vec<Instalment>, String> {
    let Some(plan) = order.get("payment_plan").filter(|p| p.is_object()) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for item in list(plan, "payment_plan_items") {
        let due = local_day(item, "due_date", zone)?;
        let amount = minor(item, "amount_due", currency)?;
        if let (Some(due), Some(amount)) = (due, amount) {
            found.push(Instalment { due, amount });
        }
    }
    if found.is_empty() {
        found = counted(plan, zone, currency, total)?;
    }
    found.sort_by_key(|i| i.due);
    Ok(found)
}

fn counted(
    plan: &Value,
    zone: Tz,
    currency: Currency,
    total: Decimal,
) -> Result<Vec<Instalment>, String> {
    let number = |f: &str| text(plan, f).parse::<i64>().ok();
    let (Some(start), Some(n), Some(apart)) = (
        local_day(plan, "plan_start_date", zone)?,
        number("number_of_payments").filter(|n| (1..=INSTALMENTS).contains(n)),
        number("days_between_payments").filter(|n| (0..=3660).contains(n)),
    ) else {
        return Ok(Vec::new());
    };
    let initial = minor(plan, "initial_payment_amount", currency)?.unwrap_or_default();
    let rest = total - initial;
    let part = money::round(
        rest / Decimal::from(n),
        currency.exponent(),
        money::Rounding::Down,
    );
    let mut all = Vec::new();
    if let Some(due) = local_day(plan, "initial_payment_date", zone)?.filter(|_| !initial.is_zero())
    {
        all.push(Instalment {
            due,
            amount: initial,
        });
    }
    for i in 0..n {
        let last = i + 1 == n;
        let amount = if last {
            rest - part * Decimal::from(n - 1)
        } else {
            part
        };
        let due = start.checked_add_signed(Duration::days(apart * i));
        let due = due.ok_or("the payment plan does not end")?;
        all.push(Instalment { due, amount });
    }
    Ok(all)
}
