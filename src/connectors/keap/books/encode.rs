//! Drafts to the bytes of one request. Pure: the same write gives the same bytes.
//!
//! Flows in: one write. Flows out: an [`Encoded`] request. Prices and sums go in the main unit, although they come back in the
//! smallest. Refused: what Keap's form has no word for: an order whose prices hold their tax, parts of a thing, parts of
//! a cent, a contact of whom nothing is known but the name.

use super::facts::{BILLING, NOTE, PERSON};
use crate::connectors::json::cut;
use crate::connectors::stamp::{stamp, stamped};
use crate::connectors::{Encoded, Write};
use crate::model::{
    AccountRef, Address, ContactDraft, Draft, InvoiceDraft, Kind, LineDraft, LineKind,
    PaymentDraft, TaxMode, money,
};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

type OrderFields = Map<String, Value>;

/// Makes the request.
///
/// # Errors
/// A sentence: what cannot be written in Keap's form.
pub fn encode(writes: &[Write]) -> Result<Encoded, String> {
    let [write] = writes else {
        return Err("Keap takes one document a request".to_owned());
    };
    let (path, body) = element(write)?;
    Ok(Encoded {
        kind: write.draft.kind(),
        update: false,
        path,
        method: "POST".to_owned(),
        body: Value::Object(body).to_string(),
        markers: vec![write.marker.clone()],
        headers: Vec::new(),
    })
}

/// Whether a write can be said in Keap's form, whatever ids it will have.
///
/// # Errors
/// As [`encode`].
pub fn sayable(write: &Write) -> Result<(), String> {
    element(&write.with_some_ids("1")).map(drop)
}

fn element(write: &Write) -> Result<(String, OrderFields), String> {
    Ok(match &write.draft {
        Draft::Contact(c) => ("/contacts".to_owned(), contact(c, &write.marker)?),
        Draft::Invoice(d) if d.kind == Kind::Invoice => (
            "/orders".to_owned(),
            order(d, &write.contact_id, &write.marker)?,
        ),
        Draft::Invoice(d) => return Err(format!("Keap takes no {}", d.kind)),
        Draft::Payment(p) => {
            let order = id(&write.document_id, "an order")?;
            (format!("/orders/{order}/payments"), payment(p, write)?)
        }
    })
}

/// Keap's ids are numbers; nothing else is put into an address.
fn id<'a>(id: &'a str, what: &str) -> Result<&'a str, String> {
    match !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(id),
        false => Err(format!("`{}` is no id of {what}", cut(id, 60))),
    }
}

/// A day as Keap is told it.
fn moment(day: NaiveDate) -> Value {
    json!(format!("{day}T10:30:00.000Z"))
}

fn amount(what: &str, amount: Decimal) -> Result<Value, String> {
    let short = amount.normalize();
    match short.scale() > 2 {
        true => Err(format!("{what} {short} has parts of a cent")),
        false => Ok(money::json(short)),
    }
}

fn put(out: &mut OrderFields, name: &str, text: &str) {
    let text = text.trim();
    if !text.is_empty() {
        out.insert(name.to_owned(), json!(text));
    }
}

fn order(draft: &InvoiceDraft, contact: &str, marker: &str) -> Result<OrderFields, String> {
    if draft.lines.is_empty() {
        return Err("it has no lines".to_owned());
    }
    if draft.tax_mode == TaxMode::Inclusive && !draft.total_tax.is_zero() {
        return Err("its prices hold their tax, and an order in Keap has its tax as a line beside them: state the prices without tax".to_owned());
    }
    let mut items = Vec::with_capacity(draft.lines.len() + 1);
    for (n, line) in draft.lines.iter().enumerate() {
        items.push(item(line).map_err(|e| format!("line {}: {e}", n + 1))?);
    }
    items.extend(tax(draft.total_tax)?);
    let mut out = OrderFields::from_iter([
        ("contact_id".to_owned(), json!(id(contact, "a contact")?)),
        ("order_title".to_owned(), json!(draft.number)),
        ("order_time".to_owned(), moment(draft.date)),
        ("order_type".to_owned(), json!("OFFLINE")),
        ("order_items".to_owned(), Value::Array(items)),
        ("external_create_user".to_owned(), json!(stamp(marker))),
    ]);
    put(&mut out, "notes", &draft.reference);
    if let Some(due) = draft.due {
        out.insert("due_time".to_owned(), moment(due));
    }
    Ok(out)
}

/// The tax is one line, and of none there is no line.
fn tax(total: Decimal) -> Result<Option<Value>, String> {
    match total {
        t if t.is_zero() => Ok(None),
        t if t.is_sign_negative() => Err(format!("its tax is {t}, less than nothing")),
        t => Ok(Some(json!({
            "item_type": "TAX", "name": "Tax", "quantity": 1,
            "price_per_unit": amount("the tax", t)?,
        }))),
    }
}

fn item_type(line: &LineDraft) -> &'static str {
    match line.kind {
        // Whatever it is for, money off is a discount: nothing else has a price below nothing.
        _ if line.unit_amount.is_sign_negative() && !line.unit_amount.is_zero() => "DISCOUNT",
        LineKind::Shipping => "SHIPPING",
        LineKind::FinanceCharge => "FINANCE_CHARGE",
        LineKind::Fee => "FEE",
        LineKind::Product | LineKind::Service | LineKind::Subscription
            if !line.item_id.is_empty() =>
        {
            "PRODUCT"
        }
        _ => "OTHER",
    }
}

fn item(line: &LineDraft) -> Result<Value, String> {
    let quantity = line.quantity.normalize();
    if !quantity.fract().is_zero() || quantity < Decimal::ONE {
        return Err(format!(
            "Keap takes whole numbers of things, and not {quantity}"
        ));
    }
    let kind = item_type(line);
    let text = line.description.trim();
    let (name, more) = text.split_once('\n').unwrap_or((text, ""));
    let mut out = OrderFields::from_iter([
        ("item_type".to_owned(), json!(kind)),
        ("quantity".to_owned(), money::json(quantity)),
        (
            "price_per_unit".to_owned(),
            amount("the price", line.unit_amount)?,
        ),
    ]);
    put(&mut out, "name", name);
    put(&mut out, "description", more);
    if !line.item_id.is_empty() && kind == "PRODUCT" {
        out.insert(
            "product_id".to_owned(),
            json!(id(&line.item_id, "a product")?),
        );
    }
    Ok(Value::Object(out))
}

fn payment(draft: &PaymentDraft, write: &Write) -> Result<OrderFields, String> {
    if draft.amount <= Decimal::ZERO {
        return Err(format!("the amount {} is not positive", draft.amount));
    }
    if write.of_credit_note {
        return Err("Keap takes no credit notes".to_owned());
    }
    let AccountRef::Id(kind) = &draft.account else {
        return Err(format!(
            "the payment type with {} was not looked up",
            draft.account
        ));
    };
    // Never `payment_method_id`: that would charge a card.
    Ok(OrderFields::from_iter([
        (
            "payment_amount".to_owned(),
            amount("the amount", draft.amount)?,
        ),
        ("payment_method_type".to_owned(), json!(kind)),
        ("payment_time".to_owned(), moment(draft.date)),
        ("apply_to_commissions".to_owned(), json!(false)),
        (
            "notes".to_owned(),
            json!(stamped(&draft.reference, &write.marker, NOTE)),
        ),
    ]))
}

fn contact(draft: &ContactDraft, marker: &str) -> Result<OrderFields, String> {
    let mut out = OrderFields::new();
    let (given, family) = names(draft)?;
    put(&mut out, "given_name", &given);
    put(&mut out, "family_name", &family);
    let mut known = false;
    if !draft.email.trim().is_empty() {
        known = true;
        let email = json!([{ "field": "EMAIL1", "email": draft.email.trim() }]);
        out.insert("email_addresses".to_owned(), email);
    }
    let numbers = [
        ("PHONE1", "Work", &draft.phones.default),
        ("PHONE2", "Mobile", &draft.phones.mobile),
    ];
    let phones: Vec<Value> = (numbers.into_iter())
        .filter(|(.., number)| !number.trim().is_empty())
        .map(|(field, kind, number)| json!({"field": field, "type": kind, "number": number.trim()}))
        .collect();
    let addresses: Vec<Value> = [("BILLING", &draft.billing), ("SHIPPING", &draft.service)]
        .into_iter()
        .filter(|(_, a)| !a.is_empty())
        .map(|(field, a)| address(field, a))
        .collect();
    for (name, all) in [("phone_numbers", phones), ("addresses", addresses)] {
        if !all.is_empty() {
            known = true;
            out.insert(name.to_owned(), Value::Array(all));
        }
    }
    if !known {
        return Err("Keap takes no contact without an e-mail address, a telephone number or a postal address".to_owned());
    }
    out.insert(
        "billing_information".to_owned(),
        json!(stamped("", marker, BILLING)),
    );
    Ok(out)
}

/// A person's names; any other name as it stands, broken at a space where one field has no room for it.
fn names(draft: &ContactDraft) -> Result<(String, String), String> {
    let (first, last) = (draft.first_name.trim(), draft.last_name.trim());
    let name = draft.name.trim();
    let fits = |t: &str| t.chars().count() <= PERSON;
    if !first.is_empty() && format!("{first} {last}").trim() == name && fits(first) && fits(last) {
        return Ok((first.to_owned(), last.to_owned()));
    }
    if fits(name) {
        return Ok((name.to_owned(), String::new()));
    }
    let mut breaks = name.match_indices(' ').map(|(at, _)| name.split_at(at));
    let parts = breaks.rfind(|(a, b)| fits(a) && fits(b.trim()));
    let parts = parts.map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned()));
    parts.ok_or_else(|| {
        format!("the name has no place where it could be parted: Keap has room for twice {PERSON} characters")
    })
}

/// Countries as Keap names them, by how others write them.
const COUNTRIES: [(&str, &[&str]); 8] = [
    ("AUS", &["australia", "au"]),
    ("NZL", &["new zealand", "nz"]),
    (
        "GBR",
        &[
            "united kingdom",
            "great britain",
            "england",
            "scotland",
            "wales",
            "uk",
            "gb",
        ],
    ),
    ("USA", &["united states", "united states of america", "us"]),
    ("CAN", &["canada", "ca"]),
    ("IRL", &["ireland", "ie"]),
    ("ZAF", &["south africa", "za"]),
    ("SGP", &["singapore", "sg"]),
];

/// An address. A country that Keap has no code for stands with its region in the second line, where nothing is lost.
fn address(field: &str, a: &Address) -> Value {
    let wanted = a.country.trim().to_lowercase();
    let known = COUNTRIES
        .iter()
        .find(|(code, names)| code.to_lowercase() == wanted || names.contains(&wanted.as_str()));
    let mut lines: Vec<&str> = a.lines.iter().map(|l| l.trim()).collect();
    lines.retain(|l| !l.is_empty());
    let mut out = OrderFields::from_iter([("field".to_owned(), json!(field))]);
    let first = lines.first().copied().unwrap_or_default();
    let mut second = lines.get(1..).unwrap_or_default().to_vec();
    match known {
        Some((code, _)) => {
            out.insert("country_code".to_owned(), json!(code));
            put(&mut out, "region", &a.region);
        }
        None => second.extend([a.region.trim(), a.country.trim()]),
    }
    second.retain(|l| !l.is_empty());
    put(&mut out, "line1", first);
    put(&mut out, "line2", &second.join(", "));
    put(&mut out, "locality", &a.city);
    put(&mut out, "postal_code", &a.postal_code);
    Value::Object(out)
}
