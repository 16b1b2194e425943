//! The values of what is written, by the names that templates may hold. Data alone.

use super::ours::our_id;
use crate::connectors::stamp::stamp;
use crate::model::money;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// The names, as they are written.
pub(super) const WRITTEN: [&str; 45] = [
    "our_id",
    "stamp",
    "mark",
    "stamped_reference",
    "version",
    "number",
    "reference",
    "date",
    "due",
    "currency",
    "subtotal",
    "tax",
    "tax_included",
    "total",
    "lines",
    "amount",
    "method",
    "account",
    "invoice.id",
    "contact.id",
    "contact.name",
    "contact.first_name",
    "contact.last_name",
    "contact.company",
    "contact.email",
    "contact.phone",
    "contact.mobile",
    "contact.tax_number",
    "contact.account_number",
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
    "description",
    "sku",
    "quantity",
    "unit_amount",
];

/// The names that only an element of the lines knows, beside `amount` and `tax`.
pub(super) const OF_LINES: [&str; 4] = ["description", "sku", "quantity", "unit_amount"];

/// A value of what is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum WrittenValue {
    Text(String),
    Number(String),
    Flag(bool),
    List(Vec<Value>),
}

/// The values of what is written, by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WrittenValues {
    pub(super) all: BTreeMap<&'static str, WrittenValue>,
    /// Whether numbers stand as such in a body.
    pub(super) numbers: bool,
}

impl WrittenValues {
    /// A value as a text; nothing for a list.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.all.get(name)? {
            WrittenValue::Text(text) | WrittenValue::Number(text) => Some(text.clone()),
            WrittenValue::Flag(flag) => Some(flag.to_string()),
            WrittenValue::List(_) => None,
        }
    }

    /// A value as it stands in a body.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        Some(match self.all.get(name)? {
            WrittenValue::Number(text) if self.numbers => {
                money::json(text.parse::<Decimal>().ok()?)
            }
            WrittenValue::Text(text) | WrittenValue::Number(text) => Value::String(text.clone()),
            WrittenValue::Flag(flag) => Value::Bool(*flag),
            WrittenValue::List(items) => Value::Array(items.clone()),
        })
    }

    /// The values of a mark alone.
    pub(super) fn of_mark(mark: &str) -> Self {
        let mut out = Self::default();
        out.put("mark", mark);
        out.put("stamp", &stamp(mark));
        out.put("our_id", &our_id(mark).unwrap_or_default());
        out
    }

    /// Enters a text, unless it is empty.
    pub(super) fn put(&mut self, name: &'static str, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            let text = WrittenValue::Text(text.to_owned());
            self.all.insert(name, text);
        }
    }
}
