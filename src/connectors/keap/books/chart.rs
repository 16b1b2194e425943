//! What an order can name: the account's manual payment types, and its products.
//!
//! Flows in: the profile, the configuration and the list of products. Flows out: a chart without tax rates, in which a payment type stands
//! as an account that payments go to, by its name. A product is told by its SKU, else by its name.
//! Bounded by: 200 pages of products.

use crate::connectors::json::{as_text, flag, text};
use crate::connectors::keap::call::{broken, get};
use crate::connectors::keap::{connect, fetch};
use crate::connectors::{CallError, Session};
use crate::model::{Account, AccountClass, Chart, Currency, LedgerItem, Organisation};
use serde_json::Value;

/// Reads the chart.
pub(super) async fn chart(session: &Session) -> Result<Chart, CallError> {
    let profile = connect::profile(session).await?;
    let path = "/settings/applications:getConfiguration?fields=ECOMMERCE";
    let said = get(session, "configuration", path).await?;
    let said = said.ok_or_else(|| broken("it has no configuration"))?;
    let shop = said.get("ecommerce").unwrap_or(&Value::Null);
    let company = said.get("application").and_then(|a| a.get("company"));
    let products = fetch::products(session).await?;
    let currency = Currency::new(&profile.currency).map_err(|e| broken(e.to_string()))?;
    Ok(Chart {
        organisation: Organisation {
            id: connect::check(session).await?,
            name: company.map(|c| text(c, "name")).unwrap_or_default(),
            country: String::new(),
            currency,
            currencies: [currency.code().to_owned()].into(),
            period_lock: None,
            year_lock: None,
        },
        accounts: types(shop).into_iter().map(account).collect(),
        tax_rates: Vec::new(),
        items: products.iter().map(item).collect(),
        tracking: Vec::new(),
        index: Default::default(),
    })
}

/// The names of the manual payment types, which come as one text or as a list.
fn types(shop: &Value) -> Vec<String> {
    let all: Vec<String> = match shop.get("payment_types") {
        Some(Value::Array(all)) => all.iter().map(as_text).collect(),
        Some(one) => as_text(one).split(',').map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let trimmed = all.iter().map(|t| t.trim().to_owned());
    trimmed.filter(|t| !t.is_empty()).collect()
}

fn account(name: String) -> Account {
    Account {
        id: name.clone(),
        code: name.clone(),
        name,
        class: AccountClass::Asset,
        tax: String::new(),
        active: true,
        takes_payments: true,
        bank: true,
        system: String::new(),
    }
}

fn item(product: &Value) -> LedgerItem {
    let (sku, name) = (text(product, "sku"), text(product, "name"));
    // One that is sold no more is still what old orders name; a new line cannot.
    let usable = flag(product, "active") != Some(false);
    LedgerItem {
        id: text(product, "id"),
        code: match (usable, sku.trim().is_empty()) {
            (false, _) => String::new(),
            (_, true) => name.clone(),
            (_, false) => sku,
        },
        name,
        account: String::new(),
        tax: String::new(),
    }
}
