//! The fake Klipboard, whose whole contract is assumed: its makers publish no API.
//!
//! Flows in: calls below `/klipboard/api/v1`, with a key in `X-Api-Key`. Flows out: what was agreed to assume of it, written so
//! that it could be replaced by the real one: lists of `items` with `page`, `pageSize` and `total`, asked for by `updatedSince`;
//! clients (and their locations, which are clients with a `parentClientId`), suppliers, invoices, purchase orders, tax rates and
//! account codes. What the help pages tell is kept: invoices and purchase orders are made there only, and of an invoice only
//! `status`, `paidAt`, `amountPaid` and `externalId` are taken; tax rates and account codes are put in whole.
//! Refuses: keys that are not known, records that are not there (404), fields that are not taken (422), as
//! `{"error": {"code", "message"}}`. Bounded by: 500 records a page.

mod seed;

use crate::sandbox::wire::{Call, Outbound, Reply, System};
use chrono::{DateTime, SecondsFormat, Utc};
use http::{Method, StatusCode};
use seed::{Account, LISTS};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Records of a page where the call says nothing.
const PAGE: usize = 100;
/// The largest page.
const LARGEST: usize = 500;
/// What is taken of an invoice.
const TAKEN: [&str; 4] = ["status", "paidAt", "amountPaid", "externalId"];

/// The fake Klipboard, with all its accounts by their keys.
#[derive(Debug, Default)]
pub struct Klipboard {
    accounts: BTreeMap<String, Account>,
    /// How many calls are answered with 429 before one is taken.
    busy: u64,
    /// Whether a page may be shorter than asked for although it is not the last.
    short_pages: bool,
    /// Whether the total counts one too many.
    total_lies: bool,
}

fn error(status: StatusCode, code: &str, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({"error": {"code": code, "message": message}}),
    )
}

fn ok(body: &Value) -> Reply {
    Reply::json(StatusCode::OK, body)
}

impl Klipboard {
    fn waits(&mut self) -> Result<(), Reply> {
        if self.busy > 0 {
            self.busy -= 1;
            let reply = error(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Slow down.");
            return Err(reply.with("retry-after", "5"));
        }
        Ok(())
    }

    fn answer(&mut self, call: &Call, now: DateTime<Utc>) -> Result<Reply, Reply> {
        self.waits()?;
        let (short, lies) = (self.short_pages, self.total_lies);
        let key = call.header("x-api-key").unwrap_or_default();
        let account = self.accounts.get_mut(key).ok_or_else(|| {
            error(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "The API key is not known.",
            )
        })?;
        let segments = call.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (list, id) = match path.as_slice() {
            ["api", "v1", "account"] if call.method == Method::GET => {
                return Ok(ok(&json!({ "name": account.name })));
            }
            ["api", "v1", list] if LISTS.contains(list) => (*list, None),
            ["api", "v1", list, id] if LISTS.contains(list) => (*list, Some(*id)),
            _ => {
                return Err(error(
                    StatusCode::NOT_FOUND,
                    "not_found",
                    "There is no such path.",
                ));
            }
        };
        match (call.method.clone(), id) {
            (Method::GET, None) => page(call, account, list, (short, lies)),
            (Method::GET, Some(id)) => account.find(list, id).map(ok).ok_or_else(missing),
            (Method::POST, None) if matches!(list, "clients" | "suppliers") => {
                let body = body(call)?;
                if body["name"].as_str().is_none_or(str::is_empty) {
                    return Err(error(
                        StatusCode::UNPROCESSABLE_ENTITY,
                        "name",
                        "`name` is needed.",
                    ));
                }
                let made = account.enter(list, &body, &stamp(now));
                Ok(Reply::json(StatusCode::CREATED, &made))
            }
            (Method::PATCH, Some(id)) if matches!(list, "clients" | "suppliers" | "invoices") => {
                let mut body = body(call)?;
                account.find(list, id).ok_or_else(missing)?;
                let taken = |k: &String| list != "invoices" || TAKEN.contains(&k.as_str());
                let fields = body.as_object().cloned().unwrap_or_default();
                if let Some(other) = fields.keys().find(|k| !taken(k)) {
                    let what = format!("`{other}` of an invoice is made in Klipboard only.");
                    return Err(error(StatusCode::UNPROCESSABLE_ENTITY, "read_only", &what));
                }
                body["id"] = json!(id);
                Ok(ok(&account.enter(list, &body, &stamp(now))))
            }
            (Method::PUT, None) if matches!(list, "tax-rates" | "account-codes") => {
                let body = body(call)?;
                let items = body["items"].as_array().cloned().unwrap_or_default();
                account.replace(list, &items, &stamp(now));
                Ok(ok(&json!({ "items": account.list(list) })))
            }
            _ => Err(error(
                StatusCode::METHOD_NOT_ALLOWED,
                "method",
                "This is not taken here.",
            )),
        }
    }
}

fn missing() -> Reply {
    error(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is no such record.",
    )
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn body(call: &Call) -> Result<Value, Reply> {
    let read: Option<Value> = serde_json::from_slice(&call.body).ok();
    let wrong = || {
        error(
            StatusCode::UNPROCESSABLE_ENTITY,
            "body",
            "The body is no JSON object.",
        )
    };
    read.filter(Value::is_object).ok_or_else(wrong)
}

/// A page of a list, in no promised order: that of the ids.
fn page(
    call: &Call,
    account: &Account,
    list: &str,
    (short, lies): (bool, bool),
) -> Result<Reply, Reply> {
    let number = |name: &str| call.param(name).and_then(|p| p.parse::<usize>().ok());
    let size = number("pageSize").unwrap_or(PAGE).clamp(1, LARGEST);
    let page = number("page").unwrap_or(1).max(1);
    let since = match call.param("updatedSince") {
        None => None,
        Some(text) => Some(DateTime::parse_from_rfc3339(text).map_err(|_| {
            error(
                StatusCode::UNPROCESSABLE_ENTITY,
                "updatedSince",
                "This is no ISO time.",
            )
        })?),
    };
    let changed = |r: &&Value| {
        let at = r["updatedAt"].as_str().unwrap_or_default();
        let at = DateTime::parse_from_rfc3339(at).ok();
        since.is_none_or(|since| at.is_some_and(|at| at >= since))
    };
    let all: Vec<Value> = account.list(list).iter().filter(changed).cloned().collect();
    let from = (page - 1).saturating_mul(size);
    let mut items: Vec<&Value> = all.iter().skip(from).take(size).collect();
    if short && items.len() > 1 {
        items.pop();
    }
    let total = all.len() + usize::from(lies);
    Ok(ok(
        &json!({"items": items, "page": page, "pageSize": size, "total": total}),
    ))
}

impl System for Klipboard {
    fn name(&self) -> &'static str {
        "klipboard"
    }

    fn handle(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        self.answer(call, now).unwrap_or_else(|refused| refused)
    }

    fn concurrency_key(&self, _: &Call) -> Option<String> {
        None
    }

    fn seed(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String> {
        let accounts = seed["accounts"].as_array().ok_or("`accounts` is missing")?;
        for given in accounts {
            let key = given["key"].as_str().ok_or("an account has no `key`")?;
            let account = self.accounts.entry(key.to_owned()).or_default();
            account.take(given, &stamp(now))?;
        }
        Ok(json!({ "accounts": self.accounts.len() }))
    }

    fn state(&self) -> Value {
        let shown = |a: &Account| {
            let lists = LISTS.iter().map(|l| ((*l).to_owned(), json!(a.list(l))));
            json!({"name": a.name, "lists": lists.collect::<serde_json::Map<_, _>>()})
        };
        json!({ "accounts": self.accounts.values().map(shown).collect::<Vec<_>>() })
    }

    fn switches(&self) -> Value {
        json!({"busy": self.busy, "short_pages": self.short_pages, "total_lies": self.total_lies})
    }

    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let told = "the switches are `busy` (how many calls), `short_pages` and `total_lies` (true, false)";
        match name {
            "busy" => self.busy = value.as_u64().ok_or(told)?,
            "short_pages" => self.short_pages = value.as_bool().ok_or(told)?,
            "total_lies" => self.total_lies = value.as_bool().ok_or(told)?,
            _ => return Err(told.to_owned()),
        }
        Ok(())
    }

    fn outbound(&mut self, _: DateTime<Utc>) -> Vec<Outbound> {
        Vec::new()
    }
}
