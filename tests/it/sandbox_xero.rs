//! The fake Xero behaves as the vendor's documents say: driven call by call, without a port.

mod amounts;
mod batches;
mod contacts;
mod contract;
mod credits;
mod habits;
mod hostile;
mod invoices;
mod lines;
mod orders;
mod payments;
mod quotas;
mod reads;
mod rebuilt;
mod seeds;
mod sign_in;
mod webhooks;

use chrono::{DateTime, Duration, TimeZone as _, Utc};
use crossfoot::clock::{Clock as _, RealClock};
use crossfoot::sandbox::plane::{Plane, PlaneOptions};
use crossfoot::sandbox::wire::{Call, Reply, System as _};
use crossfoot::sandbox::xero::{Options, Xero};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

const ALL: &str = "offline_access accounting.invoices accounting.payments accounting.banktransactions \
                   accounting.contacts accounting.settings accounting.attachments";

/// A fake Xero with one app, one NZ organisation, and a ready connection.
struct World {
    xero: Xero,
    now: DateTime<Utc>,
    tenant: String,
    token: String,
    extra: Vec<(&'static str, String)>,
    in_flight: usize,
}

/// An answer, read.
struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
    body: Value,
}

impl Answer {
    fn read(reply: Reply) -> Self {
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self {
            status: reply.status.as_u16(),
            headers: reply.headers,
            text,
            body,
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("")
    }

    /// The first element of a list in the answer.
    fn one(&self, plural: &str) -> &Value {
        assert_eq!(self.status, 200, "{}", self.text);
        &self.body[plural][0]
    }

    /// All messages of the first refused element, of a 400 or of a 200.
    fn messages(&self) -> Vec<String> {
        let lists = [
            "Elements",
            "Invoices",
            "Contacts",
            "Payments",
            "CreditNotes",
            "Items",
            "Allocations",
        ];
        let found = lists
            .iter()
            .find_map(|l| self.body[*l][0]["ValidationErrors"].as_array());
        let found = found.into_iter().flatten();
        found
            .map(|m| m["Message"].as_str().unwrap_or("").to_string())
            .collect()
    }

    fn refused(&self, message: &str) {
        assert_eq!(self.status, 400, "{}", self.text);
        assert!(
            self.messages().iter().any(|m| m == message),
            "wanted `{message}` in {}",
            self.text
        );
    }
}

fn call(method: &str, path: &str, query: &[(&str, &str)], body: &str) -> Call {
    Call {
        method: Method::from_bytes(method.as_bytes()).unwrap(),
        path: path.into(),
        query: query
            .iter()
            .map(|(k, v)| ((*k).to_string(), (*v).to_string()))
            .collect(),
        headers: HeaderMap::new(),
        body: body.to_string().into(),
        in_flight: 1,
        base: "http://127.0.0.1:4600/xero".into(),
    }
}

fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap()
}

impl World {
    fn of(country: &str) -> Self {
        let mut xero = Xero::new(Options::default());
        let seed = json!({
            "apps": [{"client_id": "app", "client_secret": "secret", "redirect_uris": ["http://localhost:1/cb"],
                      "created": "2026-05-01"}],
            "organisations": [{"name": "Books", "country": country,
                "currencies": [{"code": "EUR", "rate": "0.5"}],
                "items": [{"Code": "TEE", "Name": "Tee", "Description": "A tee",
                           "SalesDetails": {"UnitPrice": 12.5, "AccountCode": "201"}}],
                "contacts": [{"Name": "Ann"}]}],
            "tokens": [{"app": "app", "tenants": ["Books"], "access": "tok", "refresh": "ref", "scopes": ALL}],
        });
        let made = xero.seed(&seed, start()).unwrap();
        let tenant = made["organisations"][0]["tenant_id"]
            .as_str()
            .unwrap()
            .to_string();
        Self {
            xero,
            now: start(),
            tenant,
            token: "tok".into(),
            extra: vec![],
            in_flight: 1,
        }
    }

    fn new() -> Self {
        let mut world = Self::of("NZ");
        // Most stories make more calls than a minute allows.
        world.switch("minute_limit", json!(100_000));
        world
    }

    fn switch(&mut self, name: &str, value: Value) {
        self.xero.switch(name, &value).unwrap();
    }

    fn later(&mut self, by: Duration) {
        self.now += by;
    }

    /// Lets time pass while the caller keeps a live token.
    fn rest(&mut self, by: Duration) {
        self.later(by);
        let token = json!({"tokens": [{"app": "app", "access": "tok", "scopes": ALL}]});
        self.xero.seed(&token, self.now).unwrap();
    }

    fn raw(&mut self, call: &Call) -> Answer {
        Answer::read(self.xero.handle(call, self.now))
    }

    fn send(&mut self, method: &str, path: &str, query: &[(&str, &str)], body: &Value) -> Answer {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut made = call(method, &format!("/api.xro/2.0/{path}"), query, &text);
        let mut set = |name: &str, value: &str| {
            made.headers.insert(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        };
        set("authorization", &format!("Bearer {}", self.token));
        set("xero-tenant-id", &self.tenant);
        set("accept", "application/json");
        for (name, value) in &self.extra {
            set(name, value);
        }
        made.in_flight = self.in_flight;
        self.raw(&made)
    }

    fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], &Value::Null)
    }

    fn find(&mut self, path: &str, query: &[(&str, &str)]) -> Answer {
        self.send("GET", path, query, &Value::Null)
    }

    fn put(&mut self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, &[], &body)
    }

    fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &[], &body)
    }

    /// An approved sales invoice of one line of 100.00 without tax; answers its id.
    fn invoice(&mut self, number: &str) -> String {
        let made = self.put("Invoices", bill(number));
        made.one("Invoices")["InvoiceID"]
            .as_str()
            .unwrap()
            .to_string()
    }

    fn pay(&mut self, invoice: &str, amount: &str) -> Answer {
        self.put(
            "Payments",
            json!({"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"},
            "Date": "2026-07-02", "Amount": amount}),
        )
    }

    fn seed(&mut self, organisation: Value) {
        let mut org = json!({"name": "Books"});
        for (key, value) in organisation.as_object().unwrap() {
            org[key] = value.clone();
        }
        self.xero
            .seed(&json!({"organisations": [org]}), self.now)
            .unwrap();
    }
}

/// An approved sales invoice of one line of 100.00 without tax.
fn bill(number: &str) -> Value {
    json!({"Type": "ACCREC", "InvoiceNumber": number, "Contact": {"Name": "Ann"}, "Status": "AUTHORISED",
        "Date": "2026-06-30", "DueDate": "2026-07-30",
        "LineItems": [{"Description": "Work", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200", "TaxType": "NONE"}]})
}

/// The same with other lines.
fn with_lines(lines: Value) -> Value {
    let mut made = bill("");
    made.as_object_mut().unwrap().remove("InvoiceNumber");
    made["LineItems"] = lines;
    made
}

/// `CROSSFOOT_SERVE=127.0.0.1:4601 cargo test --test it serve_the_fake_xero -- --ignored`, then
/// `CROSSFOOT_SANDBOX=http://127.0.0.1:4601/xero python tests/sdk/xero_story.py`; ends after CROSSFOOT_SERVE_SECONDS (60).
#[tokio::test]
#[ignore = "serves the fake Xero on a port for the vendor's own client"]
async fn serve_the_fake_xero_for_the_sdk_story() {
    let address = std::env::var("CROSSFOOT_SERVE").unwrap_or_else(|_| "127.0.0.1:4601".into());
    let seconds = std::env::var("CROSSFOOT_SERVE_SECONDS").map_or(60, |s| s.parse().unwrap());
    let plane = Plane::new(PlaneOptions::new(
        || vec![Box::new(Xero::default())],
        || RealClock.now(),
    ))
    .unwrap();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let end = tokio::time::sleep(std::time::Duration::from_secs(seconds));
    plane.serve(listener, end).await.unwrap();
}
