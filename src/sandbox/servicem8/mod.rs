//! The fake ServiceM8, below `/servicem8/api_1.0`, from the vendor's published description and pages.
//!
//! Flows in: calls with an account's key in `X-Api-Key`. Flows out: bare lists and records, a page at a time behind a cursor in
//! `x-next-cursor`, filtered by `$filter`; `{"errorCode": 0, "message": "OK"}` and the new record's id in a header for what is
//! written. Times are the account's wall clock, without a zone; the day that is none is a text of zeros; what is deleted stays in
//! the lists with `active` 0. What the vendor's documents leave open is a switch (`switches.rs`).
//! Refuses: other keys (401), filters it does not know (400), records that are deleted or not there when one is asked for (404).
//! Bounded by: 180 calls a minute and 20,000 a day for each key.

mod account;
mod filter;
mod show;
mod switches;
mod write;

use crate::sandbox::wire::{Call, Outbound, Reply, System};
use account::{Account, RESOURCES};
use chrono::{DateTime, Utc};
use filter::Filter;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use show::error;
use std::collections::BTreeMap;
use switches::Switches;

/// Calls a minute, and a day.
const A_MINUTE: u64 = 180;
const A_DAY: u64 = 20_000;

/// The fake ServiceM8, with all its accounts.
#[derive(Debug, Default)]
pub struct ServiceM8 {
    accounts: Vec<Account>,
    switches: Switches,
    /// Calls of a key in a minute, and in a day.
    counts: BTreeMap<(String, i64), u64>,
}

/// The resource of a name, in letters of any size.
fn resource(name: &str) -> Option<&'static str> {
    let known = RESOURCES.iter().find(|r| r.eq_ignore_ascii_case(name));
    known.copied()
}

impl ServiceM8 {
    fn answer(&mut self, call: &Call, now: DateTime<Utc>) -> Result<Reply, Reply> {
        self.switches.refuses()?;
        let key = call.header("x-api-key").unwrap_or_default().to_owned();
        let known = |a: &Account| a.keys.contains(&key);
        let at = self.accounts.iter().position(known).ok_or_else(|| {
            error(
                StatusCode::UNAUTHORIZED,
                "Authentication failed: the API key is not valid",
            )
        })?;
        self.counted(&key, now)?;
        let Some(account) = self.accounts.get_mut(at) else {
            return Err(error(StatusCode::INTERNAL_SERVER_ERROR, "no account"));
        };
        let segments = call.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let missing = || error(StatusCode::NOT_FOUND, "Not Found");
        match (call.method.clone(), path.as_slice()) {
            (Method::GET, ["api_1.0", list]) => {
                let list = list
                    .strip_suffix(".json")
                    .and_then(resource)
                    .ok_or_else(missing)?;
                page(call, account, list, &self.switches)
            }
            (Method::POST, ["api_1.0", list]) => {
                let list = list
                    .strip_suffix(".json")
                    .and_then(resource)
                    .ok_or_else(missing)?;
                write::create(account, list, call, (&self.switches, now))
            }
            (method, ["api_1.0", list, id]) => {
                let id = id.strip_suffix(".json").ok_or_else(missing)?;
                let list = resource(list).ok_or_else(missing)?;
                match method {
                    Method::GET => {
                        let row = account.find(list, id).filter(|r| r["active"] == 1);
                        let row = row.ok_or_else(missing)?;
                        Ok(Reply::json(
                            StatusCode::OK,
                            &show::row(list, row, &self.switches),
                        ))
                    }
                    Method::POST => write::update(account, (list, id), call, now),
                    Method::DELETE => write::delete(account, (list, id), (&self.switches, now)),
                    _ => Err(error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")),
                }
            }
            _ => Err(missing()),
        }
    }

    fn counted(&mut self, key: &str, now: DateTime<Utc>) -> Result<(), Reply> {
        let windows = [(60, A_MINUTE, "minute"), (86_400, A_DAY, "day")];
        for (seconds, most, word) in windows {
            // A day's windows are told from a minute's by their sign.
            let window = now.timestamp() / seconds * if seconds == 60 { 1 } else { -1 };
            let count = self.counts.entry((key.to_owned(), window)).or_default();
            *count += 1;
            if *count > most {
                return Err(self.switches.limited(word));
            }
        }
        Ok(())
    }
}

/// A page of a list, in no order that is promised: that in which the records were entered.
fn page(call: &Call, account: &Account, list: &str, switches: &Switches) -> Result<Reply, Reply> {
    let filter = match call.param("$filter") {
        Some(text) => Filter::parse(text).map_err(|what| error(StatusCode::BAD_REQUEST, &what))?,
        None => Filter::default(),
    };
    let rows = account.rows(list);
    if let Some(field) = filter.unknown(rows) {
        let what = format!("{field} is not a valid field");
        return Err(error(StatusCode::BAD_REQUEST, &what));
    }
    let all: Vec<&Value> = rows.iter().filter(|r| filter.holds(r)).collect();
    let id = |r: &Value| r["uuid"].as_str().unwrap_or_default().to_owned();
    let from = match call.param("cursor") {
        None | Some("-1") => 0,
        Some(cursor) => all
            .iter()
            .position(|r| id(r) == cursor)
            .ok_or_else(|| error(StatusCode::BAD_REQUEST, "Invalid cursor"))?,
    };
    let size = switches.page(from);
    let shown: Vec<Value> = all
        .iter()
        .skip(from)
        .take(size)
        .map(|r| show::row(list, r, switches))
        .collect();
    let next = all.get(from + size).map(|r| id(r));
    let reply = Reply::json(StatusCode::OK, &json!(shown));
    Ok(match next {
        Some(_) if call.param("cursor").is_none() => reply,
        Some(next) => reply.with(
            "x-next-cursor",
            if switches.same_cursor() {
                id_at(&all, size)
            } else {
                next
            },
        ),
        None => reply,
    })
}

/// The cursor of the second page, whichever page is read.
fn id_at(all: &[&Value], size: usize) -> String {
    let row = all.get(size.min(all.len().saturating_sub(1)));
    row.and_then(|r| r["uuid"].as_str())
        .unwrap_or_default()
        .to_owned()
}

impl System for ServiceM8 {
    fn name(&self) -> &'static str {
        "servicem8"
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
            let name = given["name"].as_str().ok_or("an account has no `name`")?;
            let place = self.accounts.iter().position(|a| a.name == name);
            let place = place.unwrap_or_else(|| {
                self.accounts.push(Account::new(name));
                self.accounts.len() - 1
            });
            if let Some(account) = self.accounts.get_mut(place) {
                account.take(given, now)?;
            }
        }
        Ok(json!({ "accounts": self.accounts.iter().map(|a| &a.name).collect::<Vec<_>>() }))
    }

    fn state(&self) -> Value {
        let shown = |a: &Account| json!({"name": a.name, "tables": a.tables()});
        json!({ "accounts": self.accounts.iter().map(shown).collect::<Vec<_>>() })
    }

    fn switches(&self) -> Value {
        self.switches.told()
    }

    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String> {
        self.switches.set(name, value)
    }

    fn outbound(&mut self, _: DateTime<Utc>) -> Vec<Outbound> {
        Vec::new()
    }
}
