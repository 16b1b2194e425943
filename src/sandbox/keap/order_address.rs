//! Where an order is shipped to.

use serde_json::{Map, Value, json};

/// The request's flat address as v2's `ShippingInformation`.
pub(super) fn shipping(told: &Map<String, Value>) -> Map<String, Value> {
    let mut address = Map::new();
    let mut shown = Map::new();
    for (from, to) in [
        ("line1", "line1"),
        ("line2", "line2"),
        ("locality", "locality"),
        ("region", "region"),
        ("zip_code", "zip_code"),
        ("zip_four", "zip_four"),
        ("country_code", "country_code"),
    ] {
        if let Some(value) = told.get(from) {
            address.insert(to.to_owned(), value.clone());
        }
    }
    for (from, to) in [
        ("company", "company"),
        ("first_name", "given_name"),
        ("last_name", "family_name"),
        ("phone", "phone_number"),
        ("is_invoice_to_company", "invoice_to_company"),
    ] {
        if let Some(value) = told.get(from) {
            shown.insert(to.to_owned(), value.clone());
        }
    }
    address.insert("field".into(), json!("SHIPPING"));
    shown.insert("address".into(), Value::Object(address));
    shown
}
