//! Tallybook: an invented API for books that are written to, strict about what its page says. What makes a repeated request harmless is
//! a switch (`safe`), since each vendor promises something else.
//!
//! # Its page
//! - `GET /v1/me` tells whose key it is. The key goes as a bearer.
//! - `GET /v1/customers`, `GET /v1/invoices`: ten to a page (`?page=1`), `?changed_since=2026-07-01T00:00:00Z` shows what changed from then
//!   on, and `more` whether there is another page. `GET /v1/customers/ID`, `GET /v1/invoices/ID`; what was deleted is not there (404).
//! - `POST` makes one, `PUT .../ID` changes the fields that are sent, `DELETE .../ID` deletes it for good. A field that is not listed here is
//!   refused (422), and so are amounts that are not a text with a point (with the switch `numbers`: that are no JSON number).
//! - A customer: `name` (1 to 100 characters, no two alike: 409 `name_taken`), `email`, `phone`, `memo`, `ext`.
//! - An invoice: `customer` (there), `no`, `date`, `due`, `currency`, `po`, `memo`, `ext`, `tax`, `items` of `text`, `qty`, `price`. What it comes
//!   to it works out itself. One with money on it is not changed (422 `paid`).
//! - `POST /v1/invoices/ID/receipts` with `amount`, `on`, `how` (Cash or Card), `memo`, `ext`: never more than is owed (422 `too_much`). `DELETE
//!   /v1/invoices/ID/receipts/ID`.
//! - `safe: key`: the header `Idempotency-Key` is known for 30 minutes: the same request is answered as the first time, another one is
//!   refused (422 `key_reused`). `body_key`: the same with the field `request_id`. `our_id`: `id` may be said, and a second create with
//!   it is refused (409 `id_taken`). `upsert`: a second create with the same `ext` changes the first. `unique`: two invoices of one `no` are
//!   refused (409 `no_taken`). `nothing`: nothing of all that.
//! - `customer_versions`: a `PUT` of a customer says its `rev`, in `If-Match` or in the field `rev_was`; an older one, or none, is refused
//!   (412 `stale`). `replaces`: a `PUT` of a customer is the whole of it: what it does not say is gone.
//! - `versions`: a `PUT` of an invoice says `If-Match` with its `rev`; an older one is refused (412 `stale`).

#![allow(dead_code)]

use chrono::{DateTime, SecondsFormat, Utc};
use crossfoot::sandbox::wire::{Call, Outbound, Reply, System};
use http::{Method, StatusCode};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The key.
pub const KEY: &str = "tally-key";
/// For how many seconds a request's key is known.
const KEY_LIFE_S: i64 = 1_800;
/// Records of a page.
const PAGE: usize = 10;

type Refused = Reply;

/// The API.
#[derive(Default)]
pub struct Tallybook {
    customers: Vec<Value>,
    invoices: Vec<Value>,
    switches: Map<String, Value>,
    keys: BTreeMap<String, (DateTime<Utc>, Vec<u8>, Reply)>,
    count: usize,
    /// Requests that changed something, in order.
    pub written: Vec<String>,
}

fn refuse(status: StatusCode, code: &str) -> Refused {
    Reply::json(status, &json!({"error": {"code": code}}))
}

fn unfit(code: &str) -> Refused {
    refuse(StatusCode::UNPROCESSABLE_ENTITY, code)
}

fn said(of: &Value, key: &str) -> String {
    of[key].as_str().unwrap_or_default().to_owned()
}

fn at(now: DateTime<Utc>) -> String {
    now.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Tallybook {
    fn safe(&self) -> &str {
        let word = self.switches.get("safe").and_then(Value::as_str);
        word.unwrap_or("nothing")
    }

    fn is(&self, name: &str) -> bool {
        self.switches.get(name) == Some(&json!(true))
    }

    fn amount(&self, of: &Value) -> Result<Decimal, Refused> {
        let text = match (of, self.is("numbers")) {
            (Value::String(text), false) => text.clone(),
            (Value::Number(n), true) => n.to_string(),
            _ => return Err(unfit("bad_amount")),
        };
        text.parse().map_err(|_| unfit("bad_amount"))
    }

    fn listed(&self, body: &Value, fields: &[&str]) -> Result<(), Refused> {
        let all = body.as_object().ok_or_else(|| unfit("malformed"))?;
        let own = ["id", "request_id"];
        let may = |k: &str| {
            fields.contains(&k)
                || (k == own[0] && self.safe() == "our_id")
                || (k == own[1] && self.safe() == "body_key")
        };
        match all.keys().find(|k| !may(k)) {
            Some(field) => Err(unfit(&format!("unknown_field {field}"))),
            None => Ok(()),
        }
    }

    fn next(&mut self, letter: &str) -> String {
        self.count += 1;
        format!("{letter}{}", self.count)
    }

    fn list(&self, call: &Call, name: &str, rows: &[Value]) -> Reply {
        let since = call.param("changed_since").unwrap_or_default();
        let all: Vec<&Value> = (rows.iter())
            .filter(|r| since.is_empty() || *said(r, "changed_at") >= *since)
            .collect();
        let page: usize = call.param("page").and_then(|p| p.parse().ok()).unwrap_or(1);
        let from = (page.max(1) - 1) * PAGE;
        let shown: Vec<&&Value> = all.iter().skip(from).take(PAGE).collect();
        let more = all.len() > from + PAGE;
        Reply::json(StatusCode::OK, &json!({ name: shown, "more": more }))
    }

    fn customer(
        &mut self,
        call: &Call,
        id: Option<&str>,
        body: &Value,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refused> {
        let versions = self.is("customer_versions");
        let mut fields = vec!["name", "email", "phone", "memo", "ext"];
        fields.extend(versions.then_some("rev_was"));
        self.listed(body, &fields)?;
        let mut id = id.map(str::to_owned);
        if id.is_none() {
            id = self.twice(body, &self.customers.clone())?;
        }
        let old = id
            .as_ref()
            .and_then(|id| self.customers.iter().find(|c| said(c, "id") == *id));
        if id.is_some() && old.is_none() {
            return Err(refuse(StatusCode::NOT_FOUND, "not_found"));
        }
        let put = call.method == Method::PUT;
        if let Some(old) = old.filter(|_| versions && put) {
            let in_body = said(body, "rev_was");
            let rev = call.header("if-match").unwrap_or(&in_body);
            if rev != said(old, "rev") {
                return Err(refuse(StatusCode::PRECONDITION_FAILED, "stale"));
            }
        }
        let mut whole = old.cloned().unwrap_or_else(|| json!({"rev": "0"}));
        if put && self.is("replaces") {
            whole = json!({"rev": whole["rev"], "name": whole["name"]});
        }
        for (k, v) in body.as_object().into_iter().flatten() {
            if k != "rev_was" {
                whole[k] = v.clone();
            }
        }
        let name = said(&whole, "name");
        if name.is_empty() || name.chars().count() > 100 {
            return Err(unfit("bad_name"));
        }
        let taken = |c: &Value| said(c, "name") == name && Some(said(c, "id")) != id;
        if self.customers.iter().any(taken) {
            return Err(refuse(StatusCode::CONFLICT, "name_taken"));
        }
        let status = if id.is_some() {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        };
        let id = id.or_else(|| body["id"].as_str().map(str::to_owned));
        let id = id.unwrap_or_else(|| self.next("c"));
        whole["id"] = json!(id);
        self.stamp(&mut whole, now);
        self.customers.retain(|c| said(c, "id") != id);
        self.customers.push(whole.clone());
        Ok(Reply::json(status, &json!({ "customer": whole })))
    }

    fn stamp(&self, whole: &mut Value, now: DateTime<Utc>) {
        let rev: u64 = said(whole, "rev").parse().unwrap_or(0);
        whole["rev"] = json!((rev + 1).to_string());
        whole["changed_at"] = json!(at(now));
        if let Some(whole) = whole.as_object_mut() {
            whole.remove("request_id");
        }
    }

    /// The record that a second create is about: the first, or a refusal.
    fn twice(&self, body: &Value, rows: &[Value]) -> Result<Option<String>, Refused> {
        let by = |field: &str| {
            let value = said(body, field);
            let found = rows
                .iter()
                .find(|r| !value.is_empty() && said(r, field) == value);
            found.map(|r| said(r, "id"))
        };
        match self.safe() {
            "our_id" if by("id").is_some() => Err(refuse(StatusCode::CONFLICT, "id_taken")),
            "upsert" => Ok(by("ext")),
            "unique" if by("no").is_some() => Err(refuse(StatusCode::CONFLICT, "no_taken")),
            _ => Ok(None),
        }
    }

    fn sums(&self, whole: &mut Value) -> Result<(), Refused> {
        let mut net = Decimal::ZERO;
        for item in whole["items"].as_array().into_iter().flatten() {
            self.listed(item, &["id", "text", "qty", "price"])?;
            if said(item, "text").is_empty() {
                return Err(unfit("a line has no text"));
            }
            net += (self.amount(&item["qty"])? * self.amount(&item["price"])?).round_dp(2);
        }
        let tax = match &whole["tax"] {
            Value::Null => Decimal::ZERO,
            tax => self.amount(tax)?,
        };
        let mut paid = Decimal::ZERO;
        for receipt in whole["receipts"].as_array().into_iter().flatten() {
            paid += self.amount(&receipt["amount"])?;
        }
        let text = |d: Decimal| json!(format!("{d:.2}"));
        whole["net"] = text(net);
        whole["total"] = text(net + tax);
        whole["paid"] = text(paid);
        Ok(())
    }

    fn invoice(
        &mut self,
        call: &Call,
        id: Option<&str>,
        body: &Value,
        now: DateTime<Utc>,
    ) -> Result<Reply, Refused> {
        let fields = [
            "customer", "no", "date", "due", "currency", "po", "memo", "ext", "tax", "items",
        ];
        self.listed(body, &fields)?;
        let mut id = id.map(str::to_owned);
        if id.is_none() {
            id = self.twice(body, &self.invoices.clone())?;
        }
        let old = id
            .as_ref()
            .and_then(|id| self.invoices.iter().find(|i| said(i, "id") == *id));
        if id.is_some() && old.is_none() {
            return Err(refuse(StatusCode::NOT_FOUND, "not_found"));
        }
        if let Some(old) = old {
            let rev = call.header("if-match").unwrap_or_default();
            if self.is("versions") && call.method == Method::PUT && rev != said(old, "rev") {
                return Err(refuse(StatusCode::PRECONDITION_FAILED, "stale"));
            }
            if old["receipts"].as_array().is_some_and(|r| !r.is_empty()) {
                return Err(unfit("paid"));
            }
        }
        let mut whole = old
            .cloned()
            .unwrap_or_else(|| json!({"rev": "0", "receipts": [], "state": "open"}));
        for (k, v) in body.as_object().into_iter().flatten() {
            whole[k] = v.clone();
        }
        let customer = said(&whole, "customer");
        if !self.customers.iter().any(|c| said(c, "id") == customer) {
            return Err(unfit("no_such_customer"));
        }
        let day = |of: &str| chrono::NaiveDate::parse_from_str(of, "%Y-%m-%d").is_ok();
        if !day(&said(&whole, "date")) || whole["items"].as_array().is_none_or(Vec::is_empty) {
            return Err(unfit("bad_invoice"));
        }
        self.sums(&mut whole)?;
        let status = if id.is_some() {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        };
        let id = id.or_else(|| body["id"].as_str().map(str::to_owned));
        let id = id.unwrap_or_else(|| self.next("i"));
        whole["id"] = json!(id);
        self.stamp(&mut whole, now);
        self.invoices.retain(|i| said(i, "id") != id);
        self.invoices.push(whole.clone());
        Ok(Reply::json(status, &json!({ "invoice": whole })))
    }

    fn receipt(&mut self, id: &str, body: &Value, now: DateTime<Utc>) -> Result<Reply, Refused> {
        self.listed(body, &["amount", "on", "how", "memo", "ext"])?;
        let missing = || refuse(StatusCode::NOT_FOUND, "not_found");
        let mut whole = self
            .invoices
            .iter()
            .find(|i| said(i, "id") == id)
            .cloned()
            .ok_or_else(missing)?;
        let all = whole["receipts"].as_array().cloned().unwrap_or_default();
        if let Some(known) = self.twice(body, &all)? {
            let found = all.into_iter().find(|r| said(r, "id") == known);
            return Ok(Reply::json(StatusCode::OK, &json!({ "receipt": found })));
        }
        let how = said(body, "how");
        if !["Cash", "Card"].contains(&how.as_str()) {
            return Err(unfit("no_such_way"));
        }
        let mut made = body.clone();
        if made["id"].is_null() {
            made["id"] = json!(self.next("r"));
        }
        if let Some(made) = made.as_object_mut() {
            made.remove("request_id");
        }
        whole["receipts"].as_array_mut().unwrap().push(made.clone());
        self.sums(&mut whole)?;
        let sum = |f: &str| said(&whole, f).parse::<Decimal>().unwrap();
        if sum("paid") > sum("total") {
            return Err(unfit("too_much"));
        }
        self.stamp(&mut whole, now);
        self.invoices.retain(|i| said(i, "id") != id);
        self.invoices.push(whole);
        Ok(Reply::json(
            StatusCode::CREATED,
            &json!({ "receipt": made }),
        ))
    }

    fn delete(&mut self, path: &[&str], now: DateTime<Utc>) -> Result<Reply, Refused> {
        let missing = || refuse(StatusCode::NOT_FOUND, "not_found");
        let count = |t: &Self| t.customers.len() + t.invoices.len();
        let before = count(self);
        match path {
            ["v1", "customers", id] => self.customers.retain(|c| said(c, "id") != *id),
            ["v1", "invoices", id] => self.invoices.retain(|i| said(i, "id") != *id),
            ["v1", "invoices", id, "receipts", receipt] => {
                let mut whole = self
                    .invoices
                    .iter()
                    .find(|i| said(i, "id") == *id)
                    .cloned()
                    .ok_or_else(missing)?;
                let all = whole["receipts"].as_array_mut().unwrap();
                let had = all.len();
                all.retain(|r| said(r, "id") != *receipt);
                if all.len() == had {
                    return Err(missing());
                }
                self.sums(&mut whole)?;
                self.stamp(&mut whole, now);
                self.invoices.retain(|i| said(i, "id") != *id);
                self.invoices.push(whole);
                return Ok(Reply::json(StatusCode::OK, &json!({})));
            }
            _ => return Err(missing()),
        }
        match count(self) < before {
            true => Ok(Reply::json(StatusCode::OK, &json!({}))),
            false => Err(missing()),
        }
    }

    fn write(&mut self, call: &Call, path: &[&str], now: DateTime<Utc>) -> Result<Reply, Refused> {
        let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        self.written.push(format!("{} {}", call.method, call.path));
        let key = match self.safe() {
            "key" => call
                .header("idempotency-key")
                .unwrap_or_default()
                .to_owned(),
            "body_key" => said(&body, "request_id"),
            _ => String::new(),
        };
        let known = self
            .keys
            .get(&key)
            .filter(|(at, ..)| (now - *at).num_seconds() < KEY_LIFE_S);
        if let Some((_, sent, answer)) = known.filter(|_| !key.is_empty()) {
            return match *sent == call.body {
                true => Ok(answer.clone()),
                false => Err(unfit("key_reused")),
            };
        }
        let answer = match (call.method.clone(), path) {
            (Method::POST, ["v1", "customers"]) => self.customer(call, None, &body, now),
            (Method::PUT, ["v1", "customers", id]) => self.customer(call, Some(id), &body, now),
            (Method::POST, ["v1", "invoices"]) => self.invoice(call, None, &body, now),
            (Method::PUT, ["v1", "invoices", id]) => self.invoice(call, Some(id), &body, now),
            (Method::POST, ["v1", "invoices", id, "receipts"]) => self.receipt(id, &body, now),
            (Method::DELETE, path) => self.delete(path, now),
            _ => Err(refuse(StatusCode::METHOD_NOT_ALLOWED, "no_such_call")),
        };
        if !key.is_empty() {
            let kept = match &answer {
                Ok(reply) | Err(reply) => reply.clone(),
            };
            self.keys.insert(key, (now, call.body.to_vec(), kept));
        }
        answer
    }
}

impl System for Tallybook {
    fn name(&self) -> &'static str {
        "tallybook"
    }

    fn handle(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        if call.header("authorization") != Some(&format!("Bearer {KEY}")) {
            return refuse(StatusCode::UNAUTHORIZED, "no_key");
        }
        let segments = call.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        if call.method != Method::GET {
            return self
                .write(call, &path, now)
                .unwrap_or_else(|refused| refused);
        }
        let one = |key: &str, rows: &[Value], id: &str| {
            let found = rows.iter().find(|r| said(r, "id") == id);
            match found {
                Some(found) => Reply::json(StatusCode::OK, &json!({ key: found })),
                None => refuse(StatusCode::NOT_FOUND, "not_found"),
            }
        };
        match path.as_slice() {
            ["v1", "me"] => Reply::json(StatusCode::OK, &json!({"name": "Acme Cranes"})),
            ["v1", "customers"] => self.list(call, "customers", &self.customers),
            ["v1", "invoices"] => self.list(call, "invoices", &self.invoices),
            ["v1", "customers", id] => one("customer", &self.customers, id),
            ["v1", "invoices", id] => one("invoice", &self.invoices, id),
            _ => refuse(StatusCode::NOT_FOUND, "not_found"),
        }
    }

    fn concurrency_key(&self, _: &Call) -> Option<String> {
        None
    }

    fn seed(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String> {
        for (part, customers) in [("customers", true), ("invoices", false)] {
            for given in seed[part].as_array().into_iter().flatten() {
                let mut whole = given.clone();
                self.stamp(&mut whole, now);
                if !customers {
                    self.sums(&mut whole)
                        .map_err(|_| "an invoice does not add up")?;
                }
                let rows = if customers {
                    &mut self.customers
                } else {
                    &mut self.invoices
                };
                rows.retain(|r| r["id"] != whole["id"]);
                rows.push(whole);
            }
        }
        for gone in seed["remove"].as_array().into_iter().flatten() {
            self.invoices.retain(|i| i["id"] != *gone);
            self.customers.retain(|c| c["id"] != *gone);
        }
        Ok(json!({}))
    }

    fn state(&self) -> Value {
        json!({"customers": self.customers, "invoices": self.invoices, "written": self.written})
    }

    fn switches(&self) -> Value {
        Value::Object(self.switches.clone())
    }

    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String> {
        self.switches.insert(name.to_owned(), value.clone());
        Ok(())
    }

    fn outbound(&mut self, _: DateTime<Utc>) -> Vec<Outbound> {
        Vec::new()
    }
}
