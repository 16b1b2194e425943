//! Bookwright: an invented API for invoices, whose bad habits are switches.
//!
//! ```text
//! GET /v2/me                         {"name": "..."}
//! GET /v2/invoices                   {"invoices": [..], "meta": {"total": n, "pages": n, "more": bool, "token": "..", "next": "https://.."}}
//!     ?page=1&per_page=10 | ?offset=0 | ?token=.. | ?after=ID; &updated_since=2026-07-01T00:00:00Z
//! GET /v2/branches                   {"branches": [{"code": "north"}, ..]}
//! GET /v2/branches/CODE/invoices     as `/v2/invoices`, of one `branch`; &updated_until=
//! GET /v2/invoices/ID                {"invoice": {..}}
//! GET /v2/invoices/ID/payments       {"payments": [..]}
//! GET /v2/customers/ID               {"customer": {..}}
//! GET /v2/payments                   {"payments": [..]}, of all invoices, each with its `invoice_id`; ?invoice=ID, ?updated_since=
//! GET /v2/rates                      {"rates": [..]}
//! POST /oauth/token                 tokens, for `refresh-0` and then for each newest one; the app is `bw-app` with `bw-hush`, in the body
//! POST /v2/people                    {"person": {..}}, the customer whose `id` the body says
//! ```
//!
//! The key `bw-key` goes where the switch `auth` says. Amounts are text with a point, times RFC 3339.

#![allow(dead_code)]

use chrono::{DateTime, Utc};
use crossfoot::sandbox::wire::{Call, Outbound, Reply, System};
use http::StatusCode;
use serde_json::{Map, Value, json};

/// The key.
pub const KEY: &str = "bw-key";

/// The API.
#[derive(Default)]
pub struct Bookwright {
    invoices: Vec<Value>,
    customers: Map<String, Value>,
    payments: Map<String, Value>,
    rates: Vec<Value>,
    switches: Map<String, Value>,
    calls: usize,
    /// Renewals so far: the tokens are `access-N` and `refresh-N`.
    renewed: usize,
}

fn said(of: &Value, key: &str) -> String {
    of[key].as_str().unwrap_or_default().to_owned()
}

impl Bookwright {
    fn is(&self, name: &str) -> bool {
        self.switches.get(name).is_some_and(|v| v == &json!(true))
    }

    fn word(&self, name: &str) -> &str {
        self.switches
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn lets_in(&self, call: &Call) -> bool {
        let authorization = call.header("authorization").unwrap_or_default();
        match self.word("auth") {
            "header" => call.header("x-api-key") == Some(KEY),
            "query" => call.param("key") == Some(KEY),
            // base64 of `bw-key:bw-key`
            "basic" => authorization == "Basic Yncta2V5OmJ3LWtleQ==",
            "none" => authorization.is_empty(),
            "oauth" => authorization == format!("Bearer access-{}", self.renewed),
            _ => authorization == format!("Bearer {KEY}"),
        }
    }

    /// A renewal: the refresh token is good for one use, unless the switch `grace` is on.
    fn token(&mut self, call: &Call) -> Reply {
        let form: Map<String, Value> = url::form_urlencoded::parse(&call.body)
            .map(|(k, v)| (k.into_owned(), json!(v)))
            .collect();
        let form = Value::Object(form);
        let refuse = |code: &str| Reply::json(StatusCode::BAD_REQUEST, &json!({ "error": code }));
        if said(&form, "client_id") != "bw-app" || said(&form, "client_secret") != "bw-hush" {
            return refuse("invalid_client");
        }
        let of = |n: usize| format!("refresh-{n}");
        let given = said(&form, "refresh_token");
        let before = self.renewed.checked_sub(1).map(of);
        let again = self.is("grace") && before.as_ref() == Some(&given);
        if given != of(self.renewed) && !again {
            return refuse("invalid_grant");
        }
        if !again {
            self.renewed += 1;
        }
        if self.is("refresh_lost") {
            self.switches.remove("refresh_lost");
            return Reply::json(StatusCode::BAD_GATEWAY, &json!({}));
        }
        let n = self.renewed;
        Reply::json(
            StatusCode::OK,
            &json!({"access_token": format!("access-{n}"), "refresh_token": of(n), "token_type": "bearer", "expires_in": 1800}),
        )
    }

    fn list(&self, call: &Call, branch: Option<&str>) -> Reply {
        let since = call.param("updated_since").unwrap_or_default();
        let stamp = |i: &&Value| {
            let at = said(i, "updated_at");
            // A row without a stamp is in no filter.
            let here = branch.is_none_or(|b| said(i, "branch") == b);
            let until = call
                .param("updated_until")
                .is_none_or(|until| *at <= *until);
            here && until && (since.is_empty() || (!at.is_empty() && *at >= *since))
        };
        let mut all: Vec<Value> = self.invoices.iter().filter(stamp).cloned().collect();
        if self.word("order") == "random" && !all.is_empty() {
            let turn = (self.calls * 7) % all.len();
            all.rotate_left(turn);
            all.reverse();
        }
        let total = all.len();
        let number =
            |name: &str, or: usize| call.param(name).and_then(|p| p.parse().ok()).unwrap_or(or);
        let size: usize = number("per_page", 10);
        let by_token = call
            .param("token")
            .unwrap_or_default()
            .trim_start_matches('t');
        let after = call
            .param("after")
            .and_then(|id| all.iter().position(|i| said(i, "id") == id));
        let from = match (by_token.parse::<usize>(), after) {
            (Ok(from), _) => from,
            (_, Some(n)) => n + 1,
            _ => number("offset", (number("page", 1).max(1) - 1) * size),
        };
        let until = match self.is("short_pages") && from == 0 {
            true => size.div_ceil(2),
            false => from + size,
        };
        // A page may be shorter than asked for although it is not the last: what comes next goes on behind it.
        let shown: Vec<Value> = all
            .iter()
            .take(until)
            .skip(from)
            .cloned()
            .map(|i| self.shown(i))
            .collect();
        let next = from + shown.len().max(1);
        let more = until < total;
        let mut meta = json!({
            "total": total + if self.is("total_lies") { 1 } else { 0 },
            "pages": total.div_ceil(size).max(1),
            "more": more,
        });
        if more {
            let token = if self.is("repeated_token") {
                "t1".to_owned()
            } else {
                format!("t{next}")
            };
            let host = match self.is("next_elsewhere") {
                true => "https://elsewhere.example".to_owned(),
                false => call.base.clone(),
            };
            meta["next"] = json!(format!("{host}/v2/invoices?token={token}&per_page={size}"));
            meta["token"] = json!(token);
        }
        let link = meta["next"]
            .as_str()
            .map(|n| format!("<{n}>; rel=\"next\""));
        let reply = Reply::json(StatusCode::OK, &json!({"invoices": shown, "meta": meta}));
        match link {
            Some(link) => reply.with("link", link),
            None => reply,
        }
    }

    /// The payments of all invoices, in one page.
    fn all_payments(&self, call: &Call) -> Reply {
        let mut all = Vec::new();
        for (id, list) in &self.payments {
            for payment in list.as_array().into_iter().flatten() {
                let mut payment = payment.clone();
                payment["invoice_id"] = json!(id);
                all.push(payment);
            }
        }
        let (of, since) = (call.param("invoice"), call.param("updated_since"));
        if !self.is("filter_ignored") {
            all.retain(|p| of.is_none_or(|id| said(p, "invoice_id") == id));
            all.retain(|p| since.is_none_or(|at| *said(p, "updated_at") >= *at));
        }
        if self.is("shared_twice") {
            all.extend(all.first().cloned());
        }
        Reply::json(StatusCode::OK, &json!({ "payments": all }))
    }

    fn shown(&self, mut invoice: Value) -> Value {
        if self.is("truncated") {
            let lines = invoice["items"].as_array_mut().unwrap();
            lines.truncate(2);
        }
        invoice
    }
}

impl System for Bookwright {
    fn name(&self) -> &'static str {
        "bookwright"
    }

    fn handle(&mut self, call: &Call, _: DateTime<Utc>) -> Reply {
        self.calls += 1;
        if call.path == "/oauth/token" {
            return self.token(call);
        }
        if !self.lets_in(call) {
            return Reply::json(
                StatusCode::UNAUTHORIZED,
                &json!({"error": {"message": "no key"}}),
            );
        }
        match self.word("answers") {
            "error_200" => {
                return Reply::json(
                    StatusCode::OK,
                    &json!({"error": {"code": "E17", "message": "the books are closed"}}),
                );
            }
            "empty_200" => return Reply::json(StatusCode::OK, &json!({"status": "ok"})),
            "page" => return Reply::text(StatusCode::OK, "text/html", "<html>Maintenance</html>"),
            "away" => {
                return Reply::json(StatusCode::MOVED_PERMANENTLY, &json!({}))
                    .with("location", "https://elsewhere.example/");
            }
            "busy" => {
                self.switches.remove("answers");
                return Reply::json(StatusCode::TOO_MANY_REQUESTS, &json!({}))
                    .with("retry-after", "3");
            }
            _ => {}
        }
        let segments = call.segments();
        let of = |key: &str, found: Option<Value>| match found {
            Some(found) => Reply::json(StatusCode::OK, &json!({ key: found })),
            None => Reply::json(
                StatusCode::NOT_FOUND,
                &json!({"error": {"message": "not found"}}),
            ),
        };
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["v2", "me"] => Reply::json(StatusCode::OK, &json!({"name": "Wren & Sons"})),
            ["v2", "invoices"] => self.list(call, None),
            ["v2", "branches"] => of(
                "branches",
                Some(json!([{"code": "north"}, {"code": "south"}])),
            ),
            ["v2", "branches", code, "invoices"] => self.list(call, Some(code)),
            ["v2", "invoices", id] => of(
                "invoice",
                self.invoices.iter().find(|i| said(i, "id") == *id).cloned(),
            ),
            ["v2", "invoices", id, "payments"] => of(
                "payments",
                Some(self.payments.get(*id).cloned().unwrap_or(json!([]))),
            ),
            ["v2", "payments"] => self.all_payments(call),
            ["v2", "rates"] => of("rates", Some(json!(self.rates))),
            ["v2", "people"] => {
                let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
                of("person", self.customers.get(&said(&body, "id")).cloned())
            }
            ["v2", "customers", id] => of("customer", self.customers.get(*id).cloned()),
            _ => of("", None),
        }
    }

    fn concurrency_key(&self, _: &Call) -> Option<String> {
        None
    }

    fn seed(&mut self, seed: &Value, _: DateTime<Utc>) -> Result<Value, String> {
        for invoice in seed["invoices"].as_array().into_iter().flatten() {
            self.invoices.retain(|i| i["id"] != invoice["id"]);
            self.invoices.push(invoice.clone());
        }
        for gone in seed["remove"].as_array().into_iter().flatten() {
            self.invoices.retain(|i| i["id"] != *gone);
        }
        for rate in seed["rates"].as_array().into_iter().flatten() {
            self.rates.push(rate.clone());
        }
        for (part, own) in [
            ("customers", &mut self.customers),
            ("payments", &mut self.payments),
        ] {
            for (id, value) in seed[part].as_object().into_iter().flatten() {
                own.insert(id.clone(), value.clone());
            }
        }
        Ok(json!({}))
    }

    fn state(&self) -> Value {
        json!({"invoices": self.invoices, "calls": self.calls})
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
