//! The town's second ledger: the fake QuickBooks Online, and what happens there in the very moment in which a write arrives.
//!
//! What is checked before it is sent comes to a refusal only where the company changed in between, or where it knows a rule
//! that the fake does not: both are told by a script, one deed for each write at an address.

use super::town::{APP_SECRET, Town};
use crate::support::KEAP_KEY;
use chrono::{DateTime, Utc};
use crossfoot::sandbox::qbo::Qbo;
use crossfoot::sandbox::wire::{Call, Outbound, Reply, System};
use http::StatusCode;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// The company's name.
const COMPANY: &str = "Acme Cranes";

/// A tenant's file whose ledger is the company, in Australia.
pub const TENANT: &str = r#"tenant: acme
preset: keap-qbo
from: { keap: keap }
to: { qbo: qbo }
currency: AUD
sync: { first_run: post, updates: { invoices: true, contacts: true } }
lines: { taxable: { item: "Sales" }, non_taxable: { item: "Sales NT" } }
payments_account: { name: "Checking" }
tax: { codes: { taxable: "2", zero: "3", else: hold } }
"#;

/// What happens just before a write arrives, or in its stead.
#[derive(Debug, Clone)]
pub enum Deed {
    /// The company changes so, as a seed says it.
    Changes(Value),
    /// The vendor refuses it with this number.
    Refuses(&'static str),
    /// Nothing arrives, and no usable answer comes.
    Lost,
    /// It is carried out, then the company changes so, and no usable answer comes.
    MadeAndLost(Value),
}

impl Deed {
    /// A person does this at the screen.
    pub fn person(deed: Value) -> Self {
        Self::Changes(json!({ "person": [deed] }))
    }
}

/// Deeds to come, each with the end of the address that it waits for.
pub type Script = Arc<Mutex<VecDeque<(&'static str, Deed)>>>;

/// The fake vendor with a script.
pub struct Company {
    vendor: Qbo,
    script: Script,
}

impl Company {
    pub fn new(script: Script) -> Self {
        Self {
            vendor: Qbo::default(),
            script,
        }
    }

    fn due(&self, call: &Call) -> Option<Deed> {
        call.param("requestid")?;
        let mut script = self.script.lock().unwrap();
        let place = script.iter().position(|(at, _)| call.path.ends_with(at))?;
        script.remove(place).map(|(_, deed)| deed)
    }

    fn changes(&mut self, mut company: Value, now: DateTime<Utc>) {
        company["name"] = json!(COMPANY);
        let seed = json!({ "companies": [company] });
        self.vendor.seed(&seed, now).unwrap();
    }
}

impl System for Company {
    fn name(&self) -> &'static str {
        self.vendor.name()
    }

    fn handle(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        match self.due(call) {
            Some(Deed::Changes(company)) => self.changes(company, now),
            Some(Deed::Lost) => return Reply::json(StatusCode::BAD_GATEWAY, &json!({})),
            Some(Deed::MadeAndLost(company)) => {
                self.vendor.handle(call, now);
                self.changes(company, now);
                return Reply::json(StatusCode::BAD_GATEWAY, &json!({}));
            }
            Some(Deed::Refuses(number)) => {
                let error = json!({"Message": "Refused", "Detail": "as it was arranged", "code": number, "element": ""});
                let fault = json!({"Fault": {"Error": [error], "type": "ValidationFault"}, "time": now.to_rfc3339()});
                return Reply::json(StatusCode::BAD_REQUEST, &fault);
            }
            None => {}
        }
        self.vendor.handle(call, now)
    }

    fn concurrency_key(&self, call: &Call) -> Option<String> {
        self.vendor.concurrency_key(call)
    }

    fn seed(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String> {
        self.vendor.seed(seed, now)
    }

    fn state(&self) -> Value {
        self.vendor.state()
    }

    fn switches(&self) -> Value {
        self.vendor.switches()
    }

    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String> {
        self.vendor.switch(name, value)
    }

    fn outbound(&mut self, now: DateTime<Utc>) -> Vec<Outbound> {
        self.vendor.outbound(now)
    }
}

impl Town {
    /// A workspace whose tenant is connected to the company.
    pub fn connected_to_company(self) -> Self {
        let item = |name: &str, sku: &str, taxable: bool| json!({"Name": name, "Sku": sku, "Type": "Service", "Taxable": taxable, "IncomeAccountRef": {"value": "1"}});
        let items = [
            item("Crane hire", "HIRE", true),
            item("Sales", "", true),
            item("Sales NT", "", false),
        ];
        let seed = json!({
            "apps": [{"client_id": "qbo-test", "client_secret": APP_SECRET, "redirect_uris": [self.redirect]}],
            "companies": [{"name": COMPANY, "country": "AU", "rows": {"Item": items}}],
        });
        self.plane.seed("qbo", seed).unwrap();
        self.run(&["init", &self.dir()]).code(0);
        let (a, r) = (&self.address, &self.redirect);
        let text = format!(
            "keap: {{ system: keap, base: \"{a}/keap\" }}\n\
             qbo: {{ system: qbo, base: \"{a}/qbo\", identity: \"{a}/qbo\", login: \"{a}/qbo\", client_id: qbo-test, redirect: \"{r}\" }}\n"
        );
        std::fs::write(self.path().join("connections.yaml"), text).unwrap();
        self.tenant(TENANT);
        self.with("CROSSFOOT_KEAP_KEY", KEAP_KEY, &["connect", "acme", "keap"])
            .code(0);
        self.sign_in_to("qbo", &[]).code(0);
        self
    }

    /// Patches the company, as a seed says it.
    pub fn company(&self, mut company: Value) {
        company["name"] = json!(COMPANY);
        self.plane
            .seed("qbo", json!({"companies": [company]}))
            .unwrap();
    }

    /// What a person does at the company's screen.
    pub fn bookkeeper(&self, deed: Value) {
        self.company(json!({"person": [deed]}));
    }

    /// A deed for the next write at an address that ends so.
    pub fn arranged(&self, at: &'static str, deed: Deed) {
        self.script.lock().unwrap().push_back((at, deed));
    }

    /// Sets a switch of the fake vendor.
    pub fn company_switch(&self, name: &str, value: Value) {
        let path = "/_sandbox/qbo/switches";
        self.control(http::Method::POST, path, &json!({ name: value }));
    }

    /// What the company holds of an entity.
    pub fn company_rows(&self, entity: &str) -> Vec<Value> {
        let state = self.plane.state("qbo").unwrap();
        let rows = &state["companies"][0][entity];
        rows.as_array().cloned().unwrap_or_default()
    }
}
