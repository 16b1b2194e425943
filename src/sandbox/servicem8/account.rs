//! What a fake ServiceM8 account holds, and how it is entered.
//!
//! ```json
//! {"accounts": [{"name": "Acme Cranes", "timezone_name": "Australia/Sydney", "currency": "AUD", "keys": ["smk-1"],
//!   "taxrate": [{"uuid": "t1", "name": "GST on Income", "amount": "10"}],
//!   "company": [{"uuid": "c1", "name": "Harbour Cranes"}],
//!   "job": [{"uuid": "j1", "generated_job_id": "123", "status": "Completed", "company_uuid": "c1", "completion_date": "2026-07-10 15:00:00"}],
//!   "jobmaterial": [{"uuid": "m1", "job_uuid": "j1", "name": "Hire", "quantity": "2", "displayed_amount": "75", "tax_rate_uuid": "t1"}],
//!   "jobpayment": [{"uuid": "p1", "job_uuid": "j1", "timestamp": "2026-07-11 09:00:00", "amount": "50"}]}]}
//! ```
//!
//! A record that is entered again by its `uuid` is an edit of it, and moves its own `edit_date` and no other's. Amounts are texts
//! with four decimals. A job's `total_invoice_amount` is `0.0000` unless the seed says it: such is it on most live jobs.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The resources.
pub(super) const RESOURCES: [&str; 11] = [
    "vendor",
    "company",
    "companycontact",
    "job",
    "jobcontact",
    "jobmaterial",
    "jobmaterialbundle",
    "jobpayment",
    "material",
    "taxrate",
    "category",
];

/// Fields that hold amounts.
const AMOUNTS: [&str; 7] = [
    "total_invoice_amount",
    "amount",
    "price",
    "displayed_amount",
    "cost",
    "displayed_cost",
    "quantity",
];

/// One account.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// The business's name.
    pub name: String,
    /// Its keys.
    pub keys: Vec<String>,
    zone: Tz,
    tables: BTreeMap<String, Vec<Value>>,
}

impl Account {
    /// Without anything.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            keys: Vec::new(),
            zone: chrono_tz::UTC,
            tables: BTreeMap::new(),
        }
    }

    /// All tables.
    pub fn tables(&self) -> &BTreeMap<String, Vec<Value>> {
        &self.tables
    }

    /// The rows of a resource.
    pub fn rows(&self, list: &str) -> &[Value] {
        self.tables.get(list).map(Vec::as_slice).unwrap_or_default()
    }

    /// A row, deleted or not.
    pub fn find(&self, list: &str, id: &str) -> Option<&Value> {
        self.rows(list).iter().find(|r| r["uuid"] == id)
    }

    /// A time by the account's own clock.
    pub fn wall(&self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        local.format("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// Enters a row, or what changed of it; answers its id.
    pub fn enter(&mut self, list: &str, given: &Value, now: DateTime<Utc>) -> String {
        let count = self.rows(list).len();
        let salt = format!("servicem8/{}/{list}/{count}", self.name);
        let fresh = Uuid::new_v5(&Uuid::NAMESPACE_URL, salt.as_bytes()).to_string();
        let id = given["uuid"].as_str().filter(|u| !u.is_empty());
        let id = id.unwrap_or(&fresh).to_owned();
        let wall = self.wall(now);
        let old = self.find(list, &id).cloned();
        let mut whole = old.unwrap_or_else(|| blank(list, count + 1, &wall));
        merge(&mut whole, given);
        whole["uuid"] = json!(id);
        if given.get("edit_date").is_none() {
            whole["edit_date"] = json!(wall);
        }
        for field in AMOUNTS {
            if let Some(amount) = whole
                .get(field)
                .map(text)
                .and_then(|t| t.parse::<Decimal>().ok())
                && list != "taxrate"
            {
                let mut amount = amount;
                amount.rescale(4);
                whole[field] = json!(amount.to_string());
            }
        }
        let all = self.tables.entry(list.to_owned()).or_default();
        match all.iter_mut().find(|r| r["uuid"] == id.as_str()) {
            Some(old) => *old = whole,
            None => all.push(whole),
        }
        id
    }

    /// Enters what a seed says.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn take(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<(), String> {
        if let Some(zone) = seed["timezone_name"].as_str() {
            self.zone = zone
                .parse()
                .map_err(|_| format!("`{zone}` is no time zone"))?;
        }
        self.keys
            .extend(seed["keys"].as_array().into_iter().flatten().map(text));
        if self.rows("vendor").is_empty() {
            let (zone, name) = (self.zone.name(), self.name.clone());
            let currency = seed["currency"].as_str().unwrap_or("AUD");
            let row = json!({"name": name, "timezone_name": zone, "currency": currency});
            self.enter("vendor", &row, now);
        }
        for list in RESOURCES {
            for row in seed[list].as_array().into_iter().flatten() {
                self.enter(list, row, now);
            }
        }
        Ok(())
    }
}

/// A scalar as text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        _ => String::new(),
    }
}

fn merge(into: &mut Value, from: &Value) {
    let empty = Map::new();
    let given = from.as_object().unwrap_or(&empty);
    if let Some(into) = into.as_object_mut() {
        into.extend(given.iter().map(|(k, v)| (k.clone(), v.clone())));
    }
}

/// A row of which nothing is said, in the types of the vendor's description.
fn blank(list: &str, n: usize, wall: &str) -> Value {
    const NONE: &str = "0000-00-00 00:00:00";
    let mut row = match list {
        "job" => json!({
            "generated_job_id": n.to_string(), "status": "Quote", "date": wall, "company_uuid": "", "job_address": "",
            "billing_address": "", "job_description": "", "work_done_description": "", "purchase_order_number": "",
            "total_invoice_amount": "0.0000", "invoice_sent": 0, "invoice_sent_stamp": NONE, "payment_processed": 0,
            "payment_processed_stamp": NONE, "payment_received": 0, "payment_received_stamp": NONE, "quote_date": NONE,
            "quote_sent": 0, "quote_sent_stamp": NONE, "work_order_date": NONE, "completion_date": NONE,
            "unsuccessful_date": NONE, "category_uuid": "", "queue_uuid": "", "badges": "", "created_by_staff_uuid": "",
            "geo_is_valid": 0,
        }),
        "jobmaterial" => json!({
            "job_uuid": "", "material_uuid": "", "name": "", "quantity": "1", "price": "0", "displayed_amount": "0",
            "displayed_amount_is_tax_inclusive": "0", "tax_rate_uuid": "", "cost": "0", "displayed_cost": "0",
            "sort_order": n.to_string(), "job_material_bundle_uuid": "",
        }),
        "jobpayment" => json!({
            "job_uuid": "", "timestamp": wall, "amount": "0", "method": "", "note": "", "attachment_uuid": "",
            "actioned_by_uuid": "", "is_deposit": 0,
        }),
        "company" => json!({
            "name": "", "abn_number": "", "address": "", "billing_address": "", "address_street": "", "address_city": "",
            "address_state": "", "address_postcode": "", "address_country": "", "website": "", "fax_number": "",
            "tax_rate_uuid": "", "billing_attention": "", "payment_terms": "", "badges": "",
        }),
        "companycontact" | "jobcontact" => json!({
            "company_uuid": "", "job_uuid": "", "first": "", "last": "", "phone": "", "mobile": "", "email": "", "type": "",
            "is_primary_contact": "0",
        }),
        "taxrate" => json!({"name": "", "amount": "0", "is_default_tax_rate": 0}),
        "material" => json!({
            "name": "", "item_number": "", "price": "0", "price_includes_taxes": 0, "tax_rate_uuid": "", "cost": "0",
            "item_description": "", "use_description_for_invoicing": 0, "item_is_inventoried": 0, "quantity_in_stock": "0",
            "barcode": "",
        }),
        _ => json!({}),
    };
    row["active"] = json!(1);
    row
}
