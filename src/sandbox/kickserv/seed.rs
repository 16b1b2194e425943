//! What a fake Kickserv account holds, and how it is entered.
//!
//! ```json
//! {"accounts": [{"slug": "acme", "owner": "Jo", "tokens": ["..."],
//!   "customers": [{"customer_number": 7, "name": "Jo Harbour", "email_address": "jo@harbour.example"}],
//!   "jobs": [{"job_number": 1041, "customer_number": 7, "name": "Repair", "invoice_date": "2026-07-10T09:00:00+10:00", "tax": "20.00",
//!     "job_charges": [{"description": "Labour:Hours", "quantity": "2", "price_per_unit": "100"}],
//!     "payments": [{"id": 5, "date": "2026-07-11", "amount": "50.00", "payment_type": "Check"}]}]}]}
//! ```
//!
//! A job that is entered again is an edit of it. Sums are the vendor's: a charge is quantity times price, the total is
//! subtotal and tax, what is remaining is the total less payments; with nothing remaining the job is paid.

use super::show::{amount, text, written};
use chrono::{DateTime, SecondsFormat, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// One account.
#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    /// The name of whoever it belongs to.
    pub owner: String,
    /// The employees' API tokens.
    pub tokens: Vec<String>,
    /// By their numbers.
    pub customers: BTreeMap<String, Value>,
    /// By their numbers.
    pub jobs: BTreeMap<u64, Value>,
}

impl Account {
    /// A job by its number.
    pub fn job(&self, number: &str) -> Option<&Value> {
        self.jobs.get(&number.parse().ok()?)
    }

    /// Enters what a seed says.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn take(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<(), String> {
        if let Some(owner) = seed["owner"].as_str() {
            owner.clone_into(&mut self.owner);
        }
        let list = |name: &str| seed[name].as_array().into_iter().flatten();
        self.tokens.extend(list("tokens").map(text));
        for customer in list("customers") {
            let number = text(&customer["customer_number"]);
            if number.is_empty() {
                return Err("a customer has no `customer_number`".to_owned());
            }
            let mut whole = json!({
                "id": customer["customer_number"], "name": "", "company_name": null, "email_address": "", "phone_number": "",
                "mobile": null, "billing_address": "", "billing_city": "", "billing_state": "", "billing_zip_code": "",
                "billing_country": "", "service_address": "", "service_city": "", "service_state": "", "service_zip_code": "",
                "service_country": "", "token": format!("login-{number}"), "remember_me_token": null,
            });
            merge(&mut whole, customer);
            self.customers.insert(number, whole);
        }
        for job in list("jobs") {
            let number = job["job_number"]
                .as_u64()
                .ok_or("a job has no `job_number`")?;
            let mut whole = self
                .jobs
                .get(&number)
                .cloned()
                .unwrap_or_else(|| blank(number, now));
            merge(&mut whole, job);
            if job.get("updated_at").is_none() {
                whole["updated_at"] = json!(moment(now));
            }
            summed(&mut whole);
            self.jobs.insert(number, whole);
        }
        Ok(())
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, false)
}

fn merge(into: &mut Value, from: &Value) {
    let empty = Map::new();
    let given = from.as_object().unwrap_or(&empty);
    if let Some(into) = into.as_object_mut() {
        into.extend(given.iter().map(|(k, v)| (k.clone(), v.clone())));
    }
}

fn blank(number: u64, now: DateTime<Utc>) -> Value {
    json!({
        "id": 900_000 + number, "job_number": number, "name": "", "description": "", "status": "complete",
        "invoice_status": "unpaid", "invoice_date": null, "invoice_sent_date": null, "invoice_paid_on": null, "invoice_terms": "",
        "invoice_notes": "", "subtotal": "0.0", "tax": "0.0", "total": "0.0", "balance_remaining": "0.0", "po_number": "",
        "ok_to_sync": null, "txn_id": null, "qb_error": null, "created_at": moment(now), "completed_on": moment(now),
        "deleted_at": null, "estimate_sent_on": null, "estimate_notes": "", "job_charges": [], "payments": [],
    })
}

/// The vendor's sums.
fn summed(job: &mut Value) {
    let mut subtotal = Decimal::ZERO;
    for (n, charge) in job["job_charges"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let total = match charge.get("total") {
            Some(total) => amount(total),
            None => amount(&charge["quantity"]) * amount(&charge["price_per_unit"]),
        };
        if charge["deleted_at"].is_null() {
            subtotal += total;
        }
        let (quantity, price) = (
            amount(&charge["quantity"]),
            amount(&charge["price_per_unit"]),
        );
        let mut whole = json!({
            "id": n + 1, "details": "", "discount": "0.0", "item_id": null, "tax_id": null, "sales_tax_code_id": null,
            "deleted_at": null, "item": null,
        });
        merge(&mut whole, charge);
        whole["total"] = json!(written(total));
        whole["quantity"] = json!(written(quantity));
        whole["price_per_unit"] = json!(written(price));
        *charge = whole;
    }
    let paid: Decimal = {
        let payments = job["payments"].as_array_mut().into_iter().flatten();
        let each = payments.map(|p| {
            let sum = amount(&p["amount"]);
            p["amount"] = json!(written(sum));
            // Money that is under way is not received.
            let status = text(&p["status"]);
            let received = status.is_empty() || status.ends_with("_complete");
            if received { sum } else { Decimal::ZERO }
        });
        each.sum()
    };
    let tax = amount(&job["tax"]);
    let total = subtotal + tax;
    for (field, sum) in [
        ("subtotal", subtotal),
        ("tax", tax),
        ("total", total),
        ("balance_remaining", total - paid),
    ] {
        job[field] = json!(written(sum));
    }
    let settled = total <= paid && !total.is_zero();
    job["invoice_status"] = json!(if settled { "paid" } else { "unpaid" });
}
