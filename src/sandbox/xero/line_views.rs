//! A document's lines as the vendor writes them.

use serde_json::{Map, Value, json};

use super::books::{Line, Org};
use super::json::num;

/// A line as the vendor writes it.
pub(super) fn show(line: &Line, org: &Org, dp: u32) -> Value {
    let mut out = Map::new();
    if let Some(code) = &line.item {
        out.insert("ItemCode".into(), json!(code));
        if let Some(item) = org.item(code) {
            let inner = json!({"ItemID": item.id, "Name": item.name.clone().unwrap_or_default(), "Code": item.code});
            out.insert("Item".into(), inner);
        }
    }
    if let Some(text) = &line.description {
        out.insert("Description".into(), json!(text));
    }
    if let Some(unit) = line.unit {
        out.insert("UnitAmount".into(), num(unit, dp));
    }
    if let Some(code) = &line.tax_type {
        out.insert("TaxType".into(), json!(code));
    }
    out.insert("TaxAmount".into(), num(line.tax, 2));
    out.insert("LineAmount".into(), num(line.amount, 2));
    if let Some(code) = &line.account_code {
        out.insert("AccountCode".into(), json!(code));
    }
    if let Some(id) = line.account {
        out.insert("AccountID".into(), json!(id));
    }
    out.insert("Tracking".into(), Value::Array(line.tracking.clone()));
    if let Some(quantity) = line.quantity {
        out.insert("Quantity".into(), num(quantity, 4));
    }
    if let Some(rate) = line.discount_rate {
        out.insert("DiscountRate".into(), num(rate, 2));
    }
    if let Some(off) = line.discount_amount {
        out.insert("DiscountAmount".into(), num(off, 2));
    }
    out.insert("LineItemID".into(), json!(line.id));
    out.insert("ValidationErrors".into(), json!([]));
    Value::Object(out)
}
