//! What a fake Klipboard account holds, and how it is entered.
//!
//! ```json
//! {"accounts": [{"key": "kb-key", "name": "Acme Cranes",
//!   "tax-rates": [{"id": "t1", "name": "GST on Income", "rate": 10}],
//!   "clients": [{"id": "c1", "name": "Harbour Cranes"}, {"id": "c2", "name": "North Pier", "parentClientId": "c1", "locationName": "North Pier"}],
//!   "invoices": [{"id": "i1", "number": "INV-0001", "status": "unpaid", "clientId": "c1", "issueDate": "2026-07-10",
//!     "lines": [{"description": "Hire", "quantity": 2, "unitPrice": "75.00", "taxRateId": "t1", "accountCode": "200"}]}]}]}
//! ```
//!
//! A record that is entered again is an edit of it. Sums that are not said are worked out: a line is quantity times price less its
//! discount, in cents; the tax is that of each line's rate, in cents.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The lists there are.
pub(super) const LISTS: [&str; 6] = [
    "clients",
    "suppliers",
    "invoices",
    "purchase-orders",
    "tax-rates",
    "account-codes",
];

/// One account.
#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    /// The name of whoever it belongs to.
    pub name: String,
    lists: BTreeMap<String, Vec<Value>>,
}

impl Account {
    /// A list.
    pub fn list(&self, name: &str) -> &[Value] {
        self.lists.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// A record by its id.
    pub fn find(&self, list: &str, id: &str) -> Option<&Value> {
        self.list(list).iter().find(|r| r["id"] == id)
    }

    /// Enters a record, or what changed of it.
    pub fn enter(&mut self, list: &str, given: &Value, at: &str) -> Value {
        let fresh = format!(
            "{}-{}",
            list.trim_end_matches('s'),
            self.list(list).len() + 1
        );
        let id = given["id"].as_str().unwrap_or(&fresh).to_owned();
        let mut whole = self.find(list, &id).cloned().unwrap_or_else(|| blank(list));
        merge(&mut whole, given);
        whole["id"] = json!(id);
        if given.get("updatedAt").is_none() {
            whole["updatedAt"] = json!(at);
        }
        if list == "invoices" {
            self.sum(&mut whole, given);
        }
        let all = self.lists.entry(list.to_owned()).or_default();
        match all.iter_mut().find(|r| r["id"] == id.as_str()) {
            Some(old) => *old = whole.clone(),
            None => all.push(whole.clone()),
        }
        whole
    }

    /// Puts a whole list in the place of what was there.
    pub fn replace(&mut self, list: &str, items: &[Value], at: &str) {
        self.lists.remove(list);
        for item in items {
            self.enter(list, item, at);
        }
    }

    /// Enters what a seed says.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn take(&mut self, seed: &Value, at: &str) -> Result<(), String> {
        if let Some(name) = seed["name"].as_str() {
            name.clone_into(&mut self.name);
        }
        // Tax rates first: invoices are summed by them.
        for list in LISTS.iter().rev() {
            for item in seed[*list].as_array().into_iter().flatten() {
                if item["id"].as_str().is_none() {
                    return Err(format!("a record of `{list}` has no `id`"));
                }
                self.enter(list, item, at);
            }
        }
        Ok(())
    }

    fn sum(&self, invoice: &mut Value, given: &Value) {
        let (mut subtotal, mut tax) = (Decimal::ZERO, Decimal::ZERO);
        for (n, line) in invoice["lines"]
            .as_array_mut()
            .into_iter()
            .flatten()
            .enumerate()
        {
            if line.get("id").is_none() {
                line["id"] = json!(format!("l{}", n + 1));
            }
            let whole = amount(&line["quantity"]) * amount(&line["unitPrice"]);
            let off = whole * amount(&line["discountPercent"]) / Decimal::ONE_HUNDRED;
            let net = cents(whole - off);
            let rate = line["taxRateId"]
                .as_str()
                .and_then(|id| self.find("tax-rates", id));
            let rate = rate.map(|r| amount(&r["rate"])).unwrap_or_default();
            subtotal += net;
            tax += cents(net * rate / Decimal::ONE_HUNDRED);
        }
        for (field, sum) in [
            ("subtotal", subtotal),
            ("taxTotal", tax),
            ("total", subtotal + tax),
        ] {
            if given.get(field).is_none() {
                invoice[field] = json!(sum.to_string());
            }
        }
    }
}

fn blank(list: &str) -> Value {
    match list {
        "invoices" => json!({
            "number": "", "status": "draft", "clientId": null, "locationId": null, "issueDate": null, "dueDate": null,
            "currency": "AUD", "reference": "", "lines": [], "amountPaid": "0.00", "externalId": null,
        }),
        // Sums are none of it.
        "purchase-orders" => json!({
            "number": "", "status": "draft", "supplierId": null, "issueDate": null, "deliveryDate": null, "currency": "AUD",
            "reference": "", "lines": [],
        }),
        "suppliers" => json!({
            "name": "", "email": "", "phone": "", "mobile": "", "billingAddress": {}, "taxNumber": "",
        }),
        "clients" => json!({
            "name": "", "email": "", "phone": "", "mobile": "", "billingAddress": {}, "parentClientId": null,
            "locationName": null, "taxNumber": "",
        }),
        _ => json!({}),
    }
}

fn merge(into: &mut Value, from: &Value) {
    let empty = Map::new();
    let given = from.as_object().unwrap_or(&empty);
    if let Some(into) = into.as_object_mut() {
        into.extend(given.iter().map(|(k, v)| (k.clone(), v.clone())));
    }
}

fn amount(value: &Value) -> Decimal {
    let text = match value {
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        _ => String::new(),
    };
    text.parse().unwrap_or_default()
}

fn cents(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}
