//! The fake Kickserv: its JSON interface, as far as it is described, below `/kickserv/<account>`.
//!
//! Flows in: calls. Flows out: what is described by the vendor's older pages (addressing by number, HTTP Basic with the
//! employee's token as both user and password, 401 and 400 with a list of errors, 30 or 25 a page, newest job number first) and by
//! others (`per_page`, `include`, `only`-free JSON with underscored names and decimals as text). The contract is assumed: the
//! vendor publishes no JSON interface. What nobody says is a switch: whether deleted jobs are listed, and whether a job's
//! payments come with it.
//! Refuses: unknown accounts and tokens, numbers that are not there, any change: jobs are entered with the seed.
//! Bounded by: nothing but the page size; no limit on calls is published.

mod seed;
mod show;

use crate::sandbox::wire::{Call, Outbound, Reply, System};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use seed::Account;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Records of a page where the call says nothing.
const PAGE: usize = 25;
/// The largest page.
const LARGEST: usize = 100;

/// The fake Kickserv, with all its accounts.
#[derive(Debug, Default)]
pub struct Kickserv {
    accounts: BTreeMap<String, Account>,
    /// Whether deleted jobs are in the list, with the day of their deletion.
    deleted_listed: bool,
    /// Whether `include=payments` does nothing.
    payments_hidden: bool,
}

fn errors(status: StatusCode, text: &str) -> Reply {
    Reply::json(status, &json!({ "errors": [text] }))
}

impl Kickserv {
    fn account(&self, call: &Call, slug: &str) -> Result<&Account, Reply> {
        let refused = || {
            errors(
                StatusCode::UNAUTHORIZED,
                "Invalid Username, Account or password.",
            )
        };
        let account = self.accounts.get(slug).ok_or_else(refused)?;
        let given = call
            .header("authorization")
            .and_then(|h| h.strip_prefix("Basic "));
        let given = given.and_then(|b| STANDARD.decode(b).ok());
        let given = given
            .and_then(|b| String::from_utf8(b).ok())
            .unwrap_or_default();
        let known = account.tokens.iter().any(|t| given == format!("{t}:{t}"));
        known.then_some(account).ok_or_else(refused)
    }

    fn answer(&self, call: &Call) -> Result<Reply, Reply> {
        let segments = call.segments();
        let (slug, rest) = segments
            .split_first()
            .ok_or_else(|| errors(StatusCode::NOT_FOUND, "Not found."))?;
        let account = self.account(call, slug)?;
        if call.method != Method::GET {
            return Err(errors(
                StatusCode::UNPROCESSABLE_ENTITY,
                "This is not taken here.",
            ));
        }
        let ok = |body: Value| Ok(Reply::json(StatusCode::OK, &body));
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        match rest.as_slice() {
            ["employees.json"] => ok(json!({ "employees": [{"name": account.owner}] })),
            ["jobs.json"] => ok(json!({ "jobs": self.page(call, account, |_| true) })),
            ["invoices.json"] => ok(self.invoices(call, account)),
            ["jobs", number] => {
                let job = number.strip_suffix(".json").and_then(|n| account.job(n));
                let job = job.filter(|j| self.deleted_listed || j["deleted_at"].is_null());
                let job = job.ok_or_else(|| errors(StatusCode::BAD_REQUEST, "Invalid job."))?;
                ok(json!({ "job": self.shown(call, account, job) }))
            }
            ["customers.json"] => {
                let all: Vec<Value> = account.customers.values().cloned().collect();
                ok(json!({ "customers": cut(call, all) }))
            }
            ["customers", number] => {
                let found = number
                    .strip_suffix(".json")
                    .and_then(|n| account.customers.get(n));
                let found = found.cloned();
                let found =
                    found.ok_or_else(|| errors(StatusCode::BAD_REQUEST, "Invalid customer."))?;
                ok(json!({ "customer": found }))
            }
            _ => Err(errors(StatusCode::NOT_FOUND, "Not found.")),
        }
    }

    /// A page of jobs, the newest number first.
    fn page(&self, call: &Call, account: &Account, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let there = |j: &&Value| self.deleted_listed || j["deleted_at"].is_null();
        let jobs = account
            .jobs
            .values()
            .rev()
            .filter(there)
            .filter(|j| wanted(j));
        let jobs = cut(call, jobs.cloned().collect());
        jobs.iter().map(|j| self.shown(call, account, j)).collect()
    }

    fn invoices(&self, call: &Call, account: &Account) -> Value {
        let status = call.param("invoice_status").unwrap_or_default();
        let wanted = |j: &Value| {
            !j["invoice_date"].is_null() && (status.is_empty() || j["invoice_status"] == status)
        };
        let jobs = account.jobs.values().filter(|j| wanted(j));
        let owed = jobs.map(|j| show::amount(&j["balance_remaining"])).sum();
        json!({ "invoices": self.page(call, account, wanted), "total_balance_remaining": show::written(owed) })
    }

    fn shown(&self, call: &Call, account: &Account, job: &Value) -> Value {
        let include = call.param("include").unwrap_or_default();
        let has = |part: &str| include.split(',').any(|i| i.trim() == part);
        let mut job = job.clone();
        if has("customer") {
            let number = show::text(&job["customer_number"]);
            job["customer"] = account.customers.get(&number).cloned().unwrap_or_default();
        }
        for (part, kept) in [
            ("job_charges", has("job_charges")),
            ("payments", has("payments") && !self.payments_hidden),
        ] {
            if !kept && let Some(job) = job.as_object_mut() {
                job.remove(part);
            }
        }
        if let Some(job) = job.as_object_mut() {
            job.remove("customer_number");
        }
        job
    }
}

/// The page of a list that a call asks for.
fn cut(call: &Call, all: Vec<Value>) -> Vec<Value> {
    let number = |name: &str| call.param(name).and_then(|p| p.parse::<usize>().ok());
    let size = number("per_page").unwrap_or(PAGE).clamp(1, LARGEST);
    let page = number("page").unwrap_or(1).max(1);
    let before = (page - 1).saturating_mul(size);
    all.into_iter().skip(before).take(size).collect()
}

impl System for Kickserv {
    fn name(&self) -> &'static str {
        "kickserv"
    }

    fn handle(&mut self, call: &Call, _: DateTime<Utc>) -> Reply {
        self.answer(call).unwrap_or_else(|refused| refused)
    }

    fn concurrency_key(&self, _: &Call) -> Option<String> {
        None
    }

    fn seed(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String> {
        let accounts = seed["accounts"].as_array().ok_or("`accounts` is missing")?;
        for given in accounts {
            let slug = given["slug"].as_str().ok_or("an account has no `slug`")?;
            let account = self.accounts.entry(slug.to_owned()).or_default();
            account.take(given, now)?;
        }
        Ok(json!({ "accounts": self.accounts.keys().collect::<Vec<_>>() }))
    }

    fn state(&self) -> Value {
        let shown = |(slug, a): (&String, &Account)| json!({ "slug": slug, "jobs": a.jobs.values().collect::<Vec<_>>(), "customers": a.customers.values().collect::<Vec<_>>() });
        json!({ "accounts": self.accounts.iter().map(shown).collect::<Vec<_>>() })
    }

    fn switches(&self) -> Value {
        json!({ "deleted_jobs": if self.deleted_listed { "listed" } else { "left out" },
            "payments": if self.payments_hidden { "left out" } else { "included" } })
    }

    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String> {
        match (name, value.as_str().unwrap_or_default()) {
            ("deleted_jobs", "listed") => self.deleted_listed = true,
            ("deleted_jobs", "left out") => self.deleted_listed = false,
            ("payments", "left out") => self.payments_hidden = true,
            ("payments", "included") => self.payments_hidden = false,
            _ => {
                return Err("the switches are `deleted_jobs` (listed, left out) and `payments` (included, left out)".to_owned());
            }
        }
        Ok(())
    }

    fn outbound(&mut self, _: DateTime<Utc>) -> Vec<Outbound> {
        Vec::new()
    }
}
