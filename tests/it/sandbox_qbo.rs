//! The fake QuickBooks Online behaves as the vendor's documents say: driven call by call, without a port.

mod asking;
mod batches;
mod changing;
mod codes;
mod hooks;
mod hostile;
mod meters;
mod names;
mod paying;
mod rebuilt;
mod recorded;
mod replays;
mod shape;
mod sign_in;
mod taxed;

use chrono::{DateTime, Duration, TimeZone as _, Utc};
use crossfoot::sandbox::qbo::Qbo;
use crossfoot::sandbox::wire::{Call, Reply, System as _};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

/// A fake QuickBooks Online with one app, one company, and a token for it.
struct World {
    qbo: Qbo,
    now: DateTime<Utc>,
    realm: String,
    token: String,
    accept: &'static str,
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

    /// The code of the first error, wherever the fault stands.
    fn code(&self) -> String {
        let found = self
            .body
            .pointer("/Fault/Error/0/code")
            .or_else(|| self.body.pointer("/fault/error/0/code"));
        found
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no fault: {}", self.text))
            .to_string()
    }

    fn detail(&self) -> String {
        self.body["Fault"]["Error"][0]["Detail"]
            .as_str()
            .unwrap_or_default()
            .to_string()
    }
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 7, 1, 19, 0, 0).unwrap()
}

impl World {
    /// A company of this shape beside its name.
    fn of(company: Value) -> Self {
        let mut world = Self {
            qbo: Qbo::default(),
            now: noon(),
            realm: String::new(),
            token: "token".into(),
            accept: "application/json",
        };
        let mut company = company;
        company["name"] = json!("Books");
        let made = world.seed(json!({
            "apps": [{"client_id": "app", "client_secret": "secret", "redirect_uris": ["http://localhost:1/cb"]}],
            "companies": [company],
            "tokens": [{"app": "app", "company": "Books", "access": "token", "refresh": "RT1-first"}],
        }));
        world.realm = made["companies"][0]["realm"].as_str().unwrap().to_string();
        world.qbo.switch("limits", &json!("off")).unwrap();
        world
    }

    /// A US company without automated sales tax.
    fn us() -> Self {
        Self::of(json!({"country": "US"}))
    }

    fn seed(&mut self, seed: Value) -> Value {
        self.qbo.seed(&seed, self.now).unwrap()
    }

    /// Patches the company.
    fn patch(&mut self, company: Value) -> Value {
        let mut company = company;
        company["name"] = json!("Books");
        self.seed(json!({"companies": [company]}))
    }

    fn switch(&mut self, name: &str, value: &str) {
        self.qbo.switch(name, &json!(value)).unwrap();
    }

    fn level(&mut self, name: &str, value: u64) {
        self.qbo.switch(name, &json!(value)).unwrap();
    }

    fn wait(&mut self, seconds: i64) {
        self.now += Duration::seconds(seconds);
    }

    /// Waits, and goes on with a token of then.
    fn later(&mut self, seconds: i64) {
        self.wait(seconds);
        self.seed(json!({"tokens": [{"app": "app", "company": "Books", "access": "token"}]}));
    }

    /// A call of any address.
    fn raw(
        &mut self,
        method: Method,
        path_and_query: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let (path, query) = path_and_query
            .split_once('?')
            .unwrap_or((path_and_query, ""));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let call = Call {
            method,
            path: path.into(),
            query: url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            headers: map,
            body: body.to_string().into(),
            in_flight: 1,
            base: "http://127.0.0.1:1/qbo".into(),
        };
        Answer::read(self.qbo.handle(&call, self.now))
    }

    /// A call below the company.
    fn call(&mut self, method: Method, path: &str, body: &str) -> Answer {
        let at = format!("/v3/company/{}/{path}", self.realm);
        let token = format!("Bearer {}", self.token);
        let headers = [
            ("authorization", token.as_str()),
            ("accept", self.accept),
            ("content-type", "application/json"),
        ];
        let answer = self.raw(method, &at, &headers, body);
        shape::check(&answer.body);
        answer
    }

    fn get(&mut self, path: &str) -> Answer {
        self.call(Method::GET, path, "")
    }

    fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, &body.to_string())
    }

    /// Writes; answers the entity.
    fn put(&mut self, path: &str, body: Value) -> Value {
        let answer = self.post(path, &body);
        assert_eq!(answer.status, 200, "{path} {body}: {}", answer.text);
        let (_, entity) = answer.body.as_object().unwrap().iter().next().unwrap();
        entity.clone()
    }

    /// Writes, and is refused with this code.
    fn refused(&mut self, path: &str, body: Value, code: &str) -> String {
        let answer = self.post(path, &body);
        assert_eq!(answer.status, 400, "{path} {body}: {}", answer.text);
        assert_eq!(answer.code(), code, "{}", answer.text);
        answer.detail()
    }

    /// Reads by id.
    fn read(&mut self, kind: &str, id: &Value) -> Value {
        let answer = self.get(&format!("{}/{}", kind.to_lowercase(), id.as_str().unwrap()));
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body[kind].clone()
    }

    /// Asks; answers what stands below `QueryResponse`.
    fn ask(&mut self, statement: &str) -> Value {
        let answer = self.asked(statement);
        assert_eq!(answer.status, 200, "{statement}: {}", answer.text);
        answer.body["QueryResponse"].clone()
    }

    fn asked(&mut self, statement: &str) -> Answer {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("query", statement)
            .finish();
        self.get(&format!("query?{query}"))
    }

    /// A customer of this name; answers its id.
    fn customer(&mut self, name: &str) -> Value {
        self.put("customer", json!({"DisplayName": name}))["Id"].clone()
    }
}

/// A line of item 1.
fn line(amount: &str, code: &str) -> Value {
    json!({"Amount": number(amount), "DetailType": "SalesItemLineDetail",
           "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": code}}})
}

/// A JSON number with exactly these digits.
fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// An invoice of lines.
fn bill(customer: &Value, lines: &[Value]) -> Value {
    json!({"CustomerRef": {"value": customer}, "Line": lines})
}

/// A payment of parts: kind, id, amount.
fn payment(customer: &Value, total: &str, parts: &[(&str, &Value, &str)]) -> Value {
    let line = |(kind, id, amount): &(&str, &Value, &str)| json!({"Amount": number(amount), "LinkedTxn": [{"TxnId": id, "TxnType": kind}]});
    json!({"CustomerRef": {"value": customer}, "TotalAmt": number(total), "Line": parts.iter().map(line).collect::<Vec<_>>()})
}

/// What a number comes to.
fn dec(value: &Value) -> rust_decimal::Decimal {
    value
        .to_string()
        .parse()
        .unwrap_or_else(|_| panic!("no number: {value}"))
}

/// A number of the test.
fn d(text: &str) -> rust_decimal::Decimal {
    text.parse().unwrap()
}
