//! The fake Keap behaves as the vendor's documents say: layers of refusal, paging, money, limits, tokens, hooks.
//! With CROSSFOOT_SPECS, every v2 answer in these stories is checked against the vendor's OpenAPI document.

mod access;
mod older;
mod reading;
mod schema;
mod seeding;
mod writing;

use chrono::{DateTime, Duration, TimeZone as _, Utc};
use crossfoot::sandbox::keap::{Keap, KeapOptions};
use crossfoot::sandbox::wire::{Call, Reply, System};
use http::{HeaderMap, Method};
use serde_json::{Value, json};

const KEY: &str = "KeapAK-acme-1";

/// A Keap with one small application, and a caller with its key.
struct Shop {
    keap: Keap,
    now: DateTime<Utc>,
    token: String,
}

fn seed() -> Value {
    json!({"applications": [{
        "name": "acme", "currency": "AUD", "time_zone": "Australia/Sydney", "tax_label": "GST",
        "profile": {"name": "Acme Cranes", "email": "jo@acme.example"},
        "payment_types": ["Check", "Cash"],
        "keys": [{"key": KEY, "kind": "sak"}],
        "oauth_clients": [{"client_id": "cf", "client_secret": "s3cret", "redirect_uris": ["https://app.example/back"]}],
        "order_fields": [{"id": "7", "field_name": "_XeroId"}],
        "companies": [{"company_name": "Harbour Cranes", "address": {"line1": "1 Quay", "country_code": "AUS"}}],
        "contacts": [
            {"given_name": "Jo", "family_name": "Smith", "company": {"id": "1"},
             "email_addresses": [{"email": "jo@harbour.example", "field": "EMAIL1"}],
             "phone_numbers": [{"number": "0299990000", "field": "PHONE1"}],
             "addresses": [{"field": "BILLING", "line1": "1 Quay", "locality": "Sydney", "country_code": "AUS"}]},
            {"given_name": "Ann", "email_addresses": [{"email": "ann@x.example", "field": "EMAIL1"}]}],
        "products": [{"name": "Tilt tray", "sku": "TIL", "price": "100.00", "taxable": true},
                     {"name": "Tilt tray, old", "sku": "TIL", "price": "90.00", "taxable": false}],
        "orders": [
            {"title": "Crane hire", "contact_id": "1", "order_time": "2026-07-01T00:00:00Z", "creation_time": "2026-07-01T00:00:00Z",
             "items": [{"sku": "TIL", "quantity": 2, "price": "99.95"}, {"type": "SHIPPING", "name": "Freight", "price": "20.00"},
                       {"type": "DISCOUNT", "name": "Friend", "price": "9.90"}, {"type": "TAX", "name": "GST", "price": "21.00"}],
             "payments": [{"amount": "100.00", "type": "Check", "time": "2026-07-03T02:00:00Z"},
                          {"amount": "30.00", "refund_of": "1", "time": "2026-07-04T02:00:00Z"}],
             "payment_plan": {"plan_start_date": "2026-07-01", "number_of_payments": 2, "days_between_payments": 30,
                              "items": [{"due_date": "2026-07-31", "amount_due": "116.00"}, {"due_date": "2026-07-01", "amount_due": "115.00"}]},
             "x_expect": {"end": "posted", "total": "231.00"}},
            {"title": "Warranty", "contact_id": "2", "order_time": "2026-07-02T00:00:00Z", "creation_time": "2026-07-02T00:00:00Z", "source_type": "QUICKBOOKS",
             "items": [{"type": "SERVICE", "name": "Visit", "price": "0"}, {"type": "TAX", "price": "0"}],
             "custom_fields": [{"id": "7", "content": "abc-1"}]},
            {"title": "Paid in full", "contact_id": "2", "order_time": "2026-07-03T00:00:00Z", "creation_time": "2026-07-03T00:00:00Z",
             "items": [{"type": "OTHER", "name": "Advice", "price": "50.00"}],
             "payments": [{"amount": "50.00", "pay_status": "APPROVED", "type": "Credit Card"}]}]
    }]})
}

impl Shop {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(switches: &[(&str, Value)]) -> Self {
        let switches = switches
            .iter()
            .map(|(n, v)| ((*n).to_owned(), v.clone()))
            .collect();
        let now = Utc.with_ymd_and_hms(2026, 7, 10, 9, 30, 0).unwrap();
        let mut keap = Keap::new(&KeapOptions { switches });
        keap.seed(&seed(), now).unwrap();
        Self {
            keap,
            now,
            token: KEY.to_owned(),
        }
    }

    fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> Reply {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let call = Call {
            method,
            path: path.to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            headers: map,
            body: body.to_owned().into(),
            in_flight: 1,
            base: "http://127.0.0.1:4600/keap".into(),
        };
        self.keap.handle(&call, self.now)
    }

    /// A call with the key; each one a second after the one before, so that no limit is met by chance.
    fn call(&mut self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        self.now += Duration::seconds(1);
        let bearer = format!("Bearer {}", self.token);
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = self.send(
            method.clone(),
            &format!("/crm/rest/{path}"),
            &[("authorization", &bearer)],
            &text,
        );
        let value: Value = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
        schema::check(&method, path, reply.status.as_u16(), &value);
        (reply.status.as_u16(), value)
    }

    fn get(&mut self, path: &str) -> Value {
        let (status, value) = self.call(Method::GET, path, &Value::Null);
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    fn post(&mut self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, &body)
    }

    fn refused(&mut self, method: Method, path: &str, body: Value) -> String {
        let (status, value) = self.call(method, path, &body);
        assert!(status >= 400, "{path}: {status} {value}");
        format!("{status} {}", value["message"].as_str().unwrap_or(""))
    }
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|o| o["id"].as_str().unwrap())
        .collect()
}
