//! A quote as the vendor writes it: its own names for its days, and amounts in capitals.

use serde_json::{Map, Value, json};

use super::books::{Doc, Org};
use super::json::{day_string, ms, ms_day, num};
use super::line_views;

/// A quote as the vendor writes it.
pub(super) fn show(org: &Org, doc: &Doc) -> Value {
    let mut out = Map::new();
    let mut set = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    set("QuoteID", json!(doc.id));
    set("QuoteNumber", json!(doc.number));
    set("Reference", json!(doc.reference));
    for (name, text) in &doc.delivery {
        set(name, json!(text));
    }
    if let Some(contact) = org.contacts.get(&doc.contact) {
        let shown = json!({
            "ContactID": contact.id, "Name": contact.name, "EmailAddress": contact.email,
        });
        set("Contact", shown);
    }
    let lines = doc.lines.iter();
    let lines = lines.map(|l| line_views::show(l, org, 4));
    set("LineItems", Value::Array(lines.collect()));
    set("Date", ms_day(doc.date));
    set("DateString", day_string(doc.date));
    if let Some(day) = doc.due {
        set("ExpiryDate", ms_day(day));
        set("ExpiryDateString", day_string(day));
    }
    set("Status", json!(doc.status));
    set("CurrencyRate", num(doc.rate, 6));
    set("CurrencyCode", json!(doc.currency));
    set("SubTotal", num(doc.sub, 2));
    set("TotalTax", num(doc.tax, 2));
    set("Total", num(doc.total, 2));
    if !doc.discount.is_zero() {
        set("TotalDiscount", num(doc.discount, 2));
    }
    set("UpdatedDateUTC", ms(doc.updated));
    set(
        "LineAmountTypes",
        json!(doc.amounts.word().to_ascii_uppercase()),
    );
    Value::Object(out)
}
