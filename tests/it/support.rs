//! What tests share: fake vendors that are called in-process, a clock that is moved by hand, sessions.

#![allow(dead_code)]

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Duration, TimeZone as _, Utc};
use crossfoot::clock::{Clock, TestClock};
use crossfoot::connectors::auth::{
    App, Apps, MemoryEscrow, MemoryTokens, OAuthTokens, TokenRow, TokenStatus, Who,
};
use crossfoot::connectors::budget::{Budgets, MemoryDays};
use crossfoot::connectors::http::{
    Http, HttpParts, HttpRequest, HttpResponse, Transport, TransportError,
};
use crossfoot::connectors::{Session, Settings, keap, xero};
use crossfoot::model::{ConnectionName, TenantId};
use crossfoot::sandbox::plane::{Plane, PlaneAnswer, PlaneOptions};
use crossfoot::sandbox::wire::System;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where the fake vendors seem to be.
pub const HOST: &str = "http://sandbox.localhost";
/// The client of the fake Xero.
pub const XERO_CLIENT: &str = "crossfoot-test";
/// The key of the fake Keap.
pub const KEAP_KEY: &str = "KeapAK-test";

/// Sends to a plane, without a socket, and keeps what was sent.
pub struct PlaneTransport {
    plane: Plane,
    sent: Mutex<Vec<HttpRequest>>,
    before: Mutex<Option<Before>>,
    after: Mutex<Option<After>>,
}

type Before = Box<dyn Fn(&HttpRequest) + Send>;
type After = Box<dyn Fn(&HttpRequest, &mut HttpResponse) + Send>;

impl PlaneTransport {
    /// Over a plane.
    pub fn new(plane: Plane) -> Self {
        Self {
            plane,
            sent: Mutex::default(),
            before: Mutex::default(),
            after: Mutex::default(),
        }
    }

    /// A test may let what happens panic.
    fn before_now(&self) -> MutexGuard<'_, Option<Before>> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happens in the world just before each request arrives.
    pub fn before(&self, f: impl Fn(&HttpRequest) + Send + 'static) {
        *self.before_now() = Some(Box::new(f));
    }

    /// What happens to each answer on its way.
    pub fn after(&self, f: impl Fn(&HttpRequest, &mut HttpResponse) + Send + 'static) {
        *self.after.lock().unwrap() = Some(Box::new(f));
    }

    /// Every request so far.
    pub fn sent(&self) -> Vec<HttpRequest> {
        self.sent.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for PlaneTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let Some(path) = request.url.strip_prefix(HOST) else {
            return Err(TransportError::NotSent("no such host".to_owned()));
        };
        let path = path.to_owned();
        self.sent.lock().unwrap().push(request.clone());
        if let Some(before) = self.before_now().as_ref() {
            before(&request);
        }
        let asked = request.clone();
        let headers = request.headers.clone();
        let answer = self
            .plane
            .call(request.method, &path, headers, request.body);
        match answer.await {
            PlaneAnswer::Reply(r) => {
                let mut answer = HttpResponse {
                    status: r.status.as_u16(),
                    headers: r.headers,
                    body: r.body,
                };
                if let Some(after) = self.after.lock().unwrap().as_ref() {
                    after(&asked, &mut answer);
                }
                Ok(answer)
            }
            PlaneAnswer::Dropped { .. } => {
                Err(TransportError::Unknown("connection reset".to_owned()))
            }
            PlaneAnswer::Truncated(_) => {
                Err(TransportError::Unknown("the body ended early".to_owned()))
            }
        }
    }
}

/// Gives the client of a connection by its name.
pub struct TestApps(pub BTreeMap<String, App>);

#[async_trait]
impl Apps for TestApps {
    async fn app(&self, who: &Who) -> Result<Option<App>, String> {
        Ok(self.0.get(who.connection.as_str()).cloned())
    }
}

/// Everything a test about connectors needs.
pub struct World {
    /// The one clock, of vendors and callers alike.
    pub clock: Arc<TestClock>,
    /// The fake vendors.
    pub plane: Plane,
    /// What is sent to them.
    pub transport: Arc<PlaneTransport>,
    /// The token rows.
    pub tokens: Arc<MemoryTokens>,
    /// What renews them.
    pub oauth: Arc<OAuthTokens>,
    /// What sends.
    pub http: Arc<Http>,
    /// The organisation in the fake Xero.
    pub organisation: String,
}

pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 7, 15, 2, 0, 0).unwrap()
}

pub fn who(connection: &str) -> Who {
    Who {
        tenant: TenantId::new("acme").unwrap(),
        connection: ConnectionName::new(connection).unwrap(),
    }
}

pub fn settings(system: &str, values: &[(&str, &str)]) -> Settings {
    Settings {
        system: system.to_owned(),
        values: values
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
    }
}

/// A row as signing in leaves it.
pub fn signed_in(access: &str, refresh: &str, now: DateTime<Utc>) -> TokenRow {
    TokenRow {
        generation: 1,
        access: SecretString::from(access.to_owned()),
        received: now,
        expires: Some(now + Duration::seconds(1800)),
        refresh: Some(SecretString::from(refresh.to_owned())),
        previous: None,
        status: TokenStatus::Idle,
        reconnect: None,
    }
}

impl World {
    /// Fake vendors with one organisation and one application.
    pub fn new() -> Self {
        let clock = Arc::new(TestClock::at(noon()));
        let told = clock.clone();
        let systems = || -> Vec<Box<dyn System>> {
            vec![
                Box::new(crossfoot::sandbox::xero::Xero::default()),
                Box::new(crossfoot::sandbox::keap::Keap::default()),
                Box::new(crossfoot::sandbox::qbo::Qbo::default()),
                Box::new(crossfoot::sandbox::kickserv::Kickserv::default()),
                Box::new(crossfoot::sandbox::klipboard::Klipboard::default()),
                Box::new(crossfoot::sandbox::invoiceasap::InvoiceAsap::default()),
                Box::new(crossfoot::sandbox::servicem8::ServiceM8::default()),
                Box::new(crate::bookwright::Bookwright::default()),
            ]
        };
        let mut options = PlaneOptions::new(systems, move || told.now());
        options.base = HOST.to_owned();
        let plane = Plane::new(options).unwrap();
        let made = plane
            .seed(
                "xero",
                json!({
                    "apps": [{"client_id": XERO_CLIENT, "client_secret": "hush", "redirect_uris": ["http://localhost:8123/callback"]}],
                    "organisations": [{"name": "Acme Cranes Pty", "country": "AU", "currency": "AUD",
                        "contacts": [{"Name": "Harbour Cranes"}]}],
                    "tokens": [{"app": XERO_CLIENT, "tenants": ["Acme Cranes Pty"], "access": "xa1", "refresh": "xr1", "scopes": format!("{} accounting.banktransactions", xero::connect::SCOPES.join(" "))}],
                }),
            )
            .unwrap();
        let organisation = made["organisations"][0]["tenant_id"]
            .as_str()
            .unwrap()
            .to_owned();
        plane
            .seed(
                "keap",
                json!({"applications": [{
                    "name": "acme", "currency": "AUD", "time_zone": "Australia/Sydney",
                    "keys": [{"key": KEAP_KEY, "kind": "sak"}],
                    "oauth_clients": [{"client_id": "kc", "client_secret": "ks", "redirect_uris": ["https://localhost/cb"],
                        "access_token": "ka1", "refresh_token": "kr1"}],
                }]}),
            )
            .unwrap();
        let transport = Arc::new(PlaneTransport::new(plane.clone()));
        let tokens = Arc::new(MemoryTokens::default());
        tokens.connect(who("xero"), signed_in("xa1", "xr1", noon()));
        let key = SecretString::from(KEAP_KEY.to_owned());
        tokens.connect(who("keap"), TokenRow::key(key, noon()));
        let xero_settings = settings(
            "xero",
            &[
                ("identity", &format!("{HOST}/xero")),
                ("login", &format!("{HOST}/xero")),
            ],
        );
        let xero_app = xero::app(
            &xero_settings,
            XERO_CLIENT,
            Some(SecretString::from("hush".to_owned())),
        );
        let keap_settings = settings(
            "keap",
            &[
                ("identity", &format!("{HOST}/keap")),
                ("login", &format!("{HOST}/keap")),
            ],
        );
        let keap_app = keap::app(&keap_settings, "kc", SecretString::from("ks".to_owned()));
        let apps = BTreeMap::from([
            ("xero".to_owned(), xero_app),
            ("keap-oauth".to_owned(), keap_app),
        ]);
        let oauth = Arc::new(OAuthTokens::new(
            tokens.clone(),
            Arc::new(MemoryEscrow::default()),
            Arc::new(TestApps(apps)),
            transport.clone(),
            clock.clone(),
        ));
        let http = Arc::new(Http::new(HttpParts {
            transport: transport.clone(),
            tokens: oauth.clone(),
            budgets: Arc::new(Budgets::new(clock.clone(), Arc::new(MemoryDays::default()))),
            clock: clock.clone(),
            jitter: Arc::new(|n| n / 2),
        }));
        Self {
            clock,
            plane,
            transport,
            tokens,
            oauth,
            http,
            organisation,
        }
    }

    /// A session over a connection.
    pub fn session(&self, connection: &str, settings: Settings) -> Session {
        let who = who(connection);
        Session {
            tenant: who.tenant,
            connection: who.connection,
            settings: Arc::new(settings),
            http: self.http.clone(),
            clock: self.clock.clone(),
        }
    }

    /// A session with the fake Xero.
    pub fn xero(&self) -> Session {
        let base = format!("{HOST}/xero");
        self.session(
            "xero",
            settings(
                "xero",
                &[
                    ("base", &base),
                    ("organisation", &self.organisation),
                    ("client_id", XERO_CLIENT),
                ],
            ),
        )
    }

    /// A session with the fake Keap.
    pub fn keap(&self) -> Session {
        self.keap_with(&[])
    }

    /// The same, with further settings.
    pub fn keap_with(&self, more: &[(&str, &str)]) -> Session {
        let base = format!("{HOST}/keap");
        let mut all = vec![("base", base.as_str())];
        all.extend_from_slice(more);
        self.session("keap", settings("keap", &all))
    }

    /// Puts data into the fake Keap's one application.
    pub fn seed_keap(&self, mut data: Value) {
        data["name"] = json!("acme");
        self.plane
            .seed("keap", json!({"applications": [data]}))
            .unwrap();
    }

    /// Puts data into the fake Xero's one organisation.
    pub fn seed_xero(&self, mut data: Value) {
        data["name"] = json!("Acme Cranes Pty");
        self.plane
            .seed("xero", json!({"organisations": [data]}))
            .unwrap();
    }

    /// Lets the next matching call fail.
    pub fn fault(&self, rule: Value) {
        self.plane
            .faults(&json!([rule]))
            .or_else(|_| self.plane.faults(&rule))
            .unwrap();
    }

    /// What time it is.
    pub fn clock_now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Calls made so far, all together.
    pub fn calls(&self) -> u64 {
        self.http.calls().values().sum()
    }
}

/// Answers every request alike: for answers that no fake vendor gives.
pub struct Canned(pub u16, pub Vec<(&'static str, String)>, pub Bytes);

#[async_trait]
impl Transport for Canned {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut headers = http::HeaderMap::new();
        for (name, value) in &self.1 {
            headers.insert(*name, value.parse().unwrap());
        }
        Ok(HttpResponse {
            status: self.0,
            headers,
            body: self.2.clone(),
        })
    }
}

/// An [`Http`] over any transport, with a key as token.
pub fn http_over(transport: Arc<dyn Transport>, clock: Arc<TestClock>) -> Arc<Http> {
    let tokens = Arc::new(MemoryTokens::default());
    for connection in ["xero", "keap"] {
        let key = SecretString::from("canary-token".to_owned());
        tokens.connect(who(connection), TokenRow::key(key, clock.now()));
    }
    let oauth = OAuthTokens::new(
        tokens,
        Arc::new(MemoryEscrow::default()),
        Arc::new(TestApps(BTreeMap::new())),
        transport.clone(),
        clock.clone(),
    );
    Arc::new(Http::new(HttpParts {
        transport,
        tokens: Arc::new(oauth),
        budgets: Arc::new(Budgets::new(clock.clone(), Arc::new(MemoryDays::default()))),
        clock,
        jitter: Arc::new(|n| n / 2),
    }))
}
