//! A shop's ledger as the seed of the fake QuickBooks Online, before the first sync.
//!
//! Flows in: a finished shop. Flows out: one company of the seed, the app that the product signs in as, and a token for each
//! connection. Nothing secret: these work in the sandbox alone.

use super::shop::Shop;
use super::xero::{CLIENT_SECRET, tokens};
use serde_json::{Value, json};

/// The app that the product is, in the sandbox.
pub const CLIENT_ID: &str = "crossfoot-demo-qbo";

/// The realm of a shop's company.
pub fn realm(shop: &Shop) -> String {
    format!("91303500{:08}", shop.place.first_ids.0)
}

/// The app.
pub fn app() -> Value {
    json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "name": "Crossfoot",
           "redirect_uris": ["http://localhost:4700/callback"]})
}

/// A shop's token.
pub fn token(shop: &Shop) -> Value {
    let (access, refresh) = tokens(shop.place.tenant);
    json!({"app": CLIENT_ID, "company": shop.place.title, "access": access, "refresh": refresh})
}

/// The company.
pub fn company(shop: &Shop) -> Value {
    let (place, ledger) = (&shop.place, &shop.ledger);
    json!({
        "name": place.title,
        "realm": realm(shop),
        "country": place.country,
        "currency": place.currency,
        "close_date": ledger.lock.map(|d| d.to_string()),
        "rows": {"Item": ledger.items, "Customer": ledger.contacts, "Vendor": ledger.vendors},
    })
}

/// An item that gives lines their account.
pub fn item(name: &str, sku: &str, taxable: bool) -> Value {
    let mut item = json!({"Name": name, "Type": "Service", "Taxable": taxable, "IncomeAccountRef": {"value": "1"}});
    if !sku.is_empty() {
        item["Sku"] = json!(sku);
    }
    item
}
