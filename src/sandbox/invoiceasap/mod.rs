//! The fake InvoiceASAP, whose contract is assumed: its makers publish no API.
//!
//! Flows in: calls to `/invoiceasap/?accesstoken=..&action=..`. Flows out: lists in the style that third parties show of it (an
//! action in the address, names in small letters without separators, ids that are GUIDs): `GetInvoices`, `GetPayments`,
//! `GetCustomers`, `GetItems`, `GetTaxes`, each with `page` and `pages`; `SaveCustomers`, `SaveItems`, `SaveTaxes` and
//! `SavePayments` for what comes back from a ledger. `modifiedsince` is assumed for invoices and payments, `customerguids` is seen.
//! Refuses: an unknown token (401), an unknown action, a page that is no number: with a good status and an `error`, as such
//! interfaces do. Bounded by: 50 records a page.
//!
//! ```json
//! {"accounts": [{"token": "ia-token", "name": "Acme Cranes",
//!   "taxes": [{"guid": "x1", "name": "GST on Income", "rate": "10"}],
//!   "customers": [{"guid": "u1", "companyname": "Harbour Cranes", "email": "jo@harbour.example"}],
//!   "invoices": [{"guid": "g1", "number": "1", "type": "invoice", "status": "sent", "customerguid": "u1", "date": "2026-07-10",
//!     "items": [{"guid": "g1a", "name": "Hire", "description": "Crane hire", "quantity": 2, "price": "75.00", "taxguid": "x1", "discount": 0}]}],
//!   "payments": [{"guid": "p1", "invoiceguid": "g1", "date": "2026-07-11", "amount": "50.00"}]}]}
//! ```
//!
//! A record that is entered again by its `guid` is an edit of it.

use crate::sandbox::wire::{Call, Outbound, Reply, System};
use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Records of a page.
const PAGE: usize = 50;
/// The lists, by the second half of their actions.
const LISTS: [(&str, &str); 5] = [
    ("Invoices", "invoices"),
    ("Payments", "payments"),
    ("Customers", "customers"),
    ("Items", "items"),
    ("Taxes", "taxes"),
];

#[derive(Debug, Clone, Default)]
struct Account {
    name: String,
    lists: BTreeMap<String, Vec<Value>>,
}

/// The fake InvoiceASAP, with all its accounts by their tokens.
#[derive(Debug, Default)]
pub struct InvoiceAsap {
    accounts: BTreeMap<String, Account>,
    /// An error that every call is answered with, in a good status.
    failing: String,
}

fn error(status: StatusCode, code: &str, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({"error": {"code": code, "message": message}}),
    )
}

fn wrong(code: &str, message: &str) -> Reply {
    error(StatusCode::OK, code, message)
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Account {
    fn list(&self, name: &str) -> &[Value] {
        self.lists.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Enters a record, or what changed of it.
    fn enter(&mut self, list: &str, given: &Value, at: &str) -> Result<(), String> {
        let guid = given["guid"]
            .as_str()
            .ok_or_else(|| format!("one of `{list}` has no `guid`"))?;
        let all = self.lists.entry(list.to_owned()).or_default();
        let empty = Map::new();
        let fields = given.as_object().unwrap_or(&empty).clone();
        let place = all.iter().position(|r| r["guid"] == guid);
        let place = place.unwrap_or_else(|| {
            all.push(json!({}));
            all.len() - 1
        });
        if let Some(whole) = all.get_mut(place).and_then(Value::as_object_mut) {
            if !fields.contains_key("modified") {
                whole.insert("modified".to_owned(), json!(at));
            }
            whole.extend(fields);
        }
        Ok(())
    }

    fn page(&self, call: &Call, list: &str) -> Reply {
        let page = call
            .param("page")
            .unwrap_or("1")
            .parse::<usize>()
            .unwrap_or(0);
        if page == 0 {
            return wrong("bad_page", "page is no number from 1 on");
        }
        let since = call
            .param("modifiedsince")
            .and_then(|t| DateTime::parse_from_rfc3339(t).ok());
        let guids = call.param("customerguids").unwrap_or_default();
        let wanted = |r: &&Value| {
            let at = r["modified"].as_str().unwrap_or_default();
            let at = DateTime::parse_from_rfc3339(at).ok();
            let new = since.is_none_or(|since| at.is_some_and(|at| at >= since));
            let guid = r["guid"].as_str().unwrap_or_default();
            new && (list != "customers" || guids.is_empty() || guids.split(',').any(|g| g == guid))
        };
        let all: Vec<&Value> = self.list(list).iter().filter(wanted).collect();
        let pages = all.len().div_ceil(PAGE).max(1);
        let shown: Vec<&&Value> = all
            .iter()
            .skip((page - 1).saturating_mul(PAGE))
            .take(PAGE)
            .collect();
        Reply::json(
            StatusCode::OK,
            &json!({ list: shown, "page": page, "pages": pages }),
        )
    }
}

impl System for InvoiceAsap {
    fn name(&self) -> &'static str {
        "invoiceasap"
    }

    fn handle(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        if !self.failing.is_empty() {
            return wrong(&self.failing, "The request could not be handled.");
        }
        let token = call.param("accesstoken").unwrap_or_default();
        let Some(account) = self.accounts.get_mut(token) else {
            return error(
                StatusCode::UNAUTHORIZED,
                "access_denied",
                "The access token is not valid.",
            );
        };
        let action = call.param("action").unwrap_or_default();
        let of = |verb: &str| {
            let named = action.strip_prefix(verb)?;
            LISTS
                .iter()
                .find(|(name, _)| *name == named)
                .map(|(_, list)| *list)
        };
        if action == "GetAccount" {
            return Reply::json(
                StatusCode::OK,
                &json!({"account": {"companyname": account.name}}),
            );
        }
        if let Some(list) = of("Get") {
            return account.page(call, list);
        }
        let Some(list) = of("Save").filter(|l| *l != "invoices") else {
            return wrong("unknown_action", "There is no such action.");
        };
        let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        for item in body[list].as_array().into_iter().flatten() {
            if let Err(what) = account.enter(list, item, &stamp(now)) {
                return wrong("bad_record", &what);
            }
        }
        Reply::json(
            StatusCode::OK,
            &json!({"saved": body[list].as_array().map_or(0, Vec::len)}),
        )
    }

    fn concurrency_key(&self, _: &Call) -> Option<String> {
        None
    }

    fn seed(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String> {
        let accounts = seed["accounts"].as_array().ok_or("`accounts` is missing")?;
        for given in accounts {
            let token = given["token"].as_str().ok_or("an account has no `token`")?;
            let account = self.accounts.entry(token.to_owned()).or_default();
            if let Some(name) = given["name"].as_str() {
                name.clone_into(&mut account.name);
            }
            for (_, list) in LISTS {
                for item in given[list].as_array().into_iter().flatten() {
                    account.enter(list, item, &stamp(now))?;
                }
            }
        }
        Ok(json!({ "accounts": self.accounts.len() }))
    }

    fn state(&self) -> Value {
        let shown = |a: &Account| json!({"name": a.name, "lists": a.lists});
        json!({ "accounts": self.accounts.values().map(shown).collect::<Vec<_>>() })
    }

    fn switches(&self) -> Value {
        json!({ "failing": self.failing })
    }

    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String> {
        match (name, value.as_str()) {
            ("failing", Some(code)) => code.clone_into(&mut self.failing),
            _ => return Err(
                "the one switch is `failing`: the code of an error in a good status, or nothing"
                    .to_owned(),
            ),
        }
        Ok(())
    }

    fn outbound(&mut self, _: DateTime<Utc>) -> Vec<Outbound> {
        Vec::new()
    }
}
