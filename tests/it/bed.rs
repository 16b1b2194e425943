//! A workspace in a temporary folder, with a fake Keap and a fake Xero that are called in-process: what a
//! story about a tenant needs.

#![allow(dead_code)]

use super::support::{HOST, KEAP_KEY, PlaneTransport, XERO_CLIENT, noon, signed_in};
use chrono::{DateTime, Utc};
use crossfoot::clock::{Clock as _, TestClock};
use crossfoot::model::{ConnectionName, DocState, SourceId, TenantId};
use crossfoot::pipeline::flow::Done;
use crossfoot::pipeline::ports::{Books as _, DocRow, TenantState};
use crossfoot::sandbox::plane::{Plane, PlaneOptions};
use crossfoot::sandbox::wire::System;
use crossfoot::service::{Engine, EngineError, Outside, SyncAsk, Workspace};
use crossfoot::store::{Fill, OpenAs, Seal};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// The tenant of every story.
pub const TENANT: &str = "acme";
/// Its organisation.
pub const ORG: &str = "Acme Cranes Pty";

/// What a story's tenant file begins with; a story says only what differs.
pub const PLAIN: &str = r#"tenant: acme
preset: keap-xero
from: { keap: keap }
to: { xero: xero }
currency: AUD
sync: { first_run: post, updates: { invoices: true, contacts: true } }
accounts:
  - { kind: shipping, use: "260" }
  - { else: "200" }
payments_account: { code: "090" }
tax: { codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }
"#;

/// The bed.
pub struct Bed {
    /// The workspace's folder.
    pub folder: TempDir,
    /// The one clock.
    pub clock: Arc<TestClock>,
    /// The fake vendors.
    pub plane: Plane,
    /// What is sent to them.
    pub transport: Arc<PlaneTransport>,
    /// The organisation's id.
    pub organisation: String,
}

/// Randomness that is the same every time, and never the same twice.
pub fn fill() -> Fill {
    let counter = AtomicU64::new(1);
    Arc::new(move |out: &mut [u8]| {
        for chunk in out.chunks_mut(8) {
            let n = counter.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            let bytes = n.to_be_bytes();
            for (o, b) in chunk.iter_mut().zip(bytes) {
                *o = b;
            }
        }
    })
}

impl Bed {
    /// With one organisation, one application, and a tenant's file.
    pub fn new(tenant_yaml: &str) -> Self {
        let clock = Arc::new(TestClock::at(noon()));
        let told = clock.clone();
        let systems = || -> Vec<Box<dyn System>> {
            vec![
                Box::new(crossfoot::sandbox::xero::Xero::default()),
                Box::new(crossfoot::sandbox::keap::Keap::default()),
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
                    "organisations": [{"name": ORG, "country": "AU", "currency": "AUD"}],
                    "tokens": [{"app": XERO_CLIENT, "tenants": [ORG], "access": "xa1", "refresh": "xr1",
                        "scopes": crossfoot::connectors::xero::connect::SCOPES.join(" ")}],
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
                }]}),
            )
            .unwrap();
        let transport = Arc::new(PlaneTransport::new(plane.clone()));
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("mappings")).unwrap();
        std::fs::create_dir_all(folder.path().join("rules")).unwrap();
        let connections = format!(
            "keap: {{ system: keap, base: \"{HOST}/keap\", identity: \"{HOST}/keap\" }}\n\
             xero: {{ system: xero, base: \"{HOST}/xero\", identity: \"{HOST}/xero\", login: \"{HOST}/xero\", client_id: {XERO_CLIENT}, organisation: \"{organisation}\" }}\n"
        );
        std::fs::write(folder.path().join("connections.yaml"), connections).unwrap();
        let bed = Self {
            folder,
            clock,
            plane,
            transport,
            organisation,
        };
        bed.tenant(tenant_yaml);
        bed
    }

    /// Writes the tenant's file.
    pub fn tenant(&self, yaml: &str) {
        std::fs::write(self.folder.path().join("mappings/acme.yaml"), yaml).unwrap();
    }

    /// Writes a rule file.
    pub fn rule(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join("rules").join(name), text).unwrap();
    }

    /// What comes from outside.
    pub fn outside(&self) -> Outside {
        let fill = fill();
        Outside {
            clock: self.clock.clone(),
            transport: self.transport.clone(),
            seal: Seal::new([7; 32], fill.clone()),
            fill,
        }
    }

    /// An engine over the workspace, connected, with processing on.
    pub async fn engine(&self) -> Engine {
        let engine = self.engine_off().await;
        let state = engine.store().tenant(&tenant()).await.unwrap();
        let on = TenantState {
            processing: true,
            ..state
        };
        let now = self.clock.now();
        engine
            .store()
            .set_tenant(&tenant(), &on, "test", now)
            .await
            .unwrap();
        engine
    }

    /// The same, processing as it was.
    pub async fn engine_off(&self) -> Engine {
        let workspace = Workspace::open(self.folder.path()).unwrap();
        let engine = Engine::open(workspace, self.outside(), OpenAs::Worker)
            .await
            .unwrap();
        let keap = ConnectionName::new("keap").unwrap();
        let xero = ConnectionName::new("xero").unwrap();
        if !engine.tokens().connected("xero").await.unwrap() {
            engine
                .keep_key(&tenant(), &keap, KEAP_KEY.to_owned().into())
                .await
                .unwrap();
            engine
                .keep_client_secret(&xero, &"hush".to_owned().into())
                .await
                .unwrap();
            let row = signed_in("xa1", "xr1", noon());
            engine.keep_tokens(&tenant(), &xero, &row).await.unwrap();
        }
        engine
    }

    /// Puts orders and what belongs to them into the fake Keap.
    pub fn keap(&self, mut data: Value) {
        data["name"] = json!("acme");
        self.plane
            .seed("keap", json!({"applications": [data]}))
            .unwrap();
    }

    /// Puts data into the fake Xero's organisation.
    pub fn xero(&self, mut data: Value) {
        data["name"] = json!(ORG);
        self.plane
            .seed("xero", json!({"organisations": [data]}))
            .unwrap();
    }

    /// What the fake Xero holds of the organisation.
    pub fn books(&self) -> Value {
        let state = self.plane.state("xero").unwrap();
        let all = state["organisations"].as_array().unwrap();
        all.iter()
            .find(|o| o["tenant_id"] == json!(self.organisation) || o["name"] == json!(ORG))
            .unwrap()
            .clone()
    }

    /// Invoices in the fake Xero, by number.
    pub fn invoice(&self, number: &str) -> Option<Value> {
        let books = self.books();
        books["invoices"]
            .as_array()
            .unwrap()
            .iter()
            .find(|i| i["InvoiceNumber"] == json!(number))
            .cloned()
    }

    /// How many invoices the fake Xero holds.
    pub fn invoices(&self) -> usize {
        self.books()["invoices"].as_array().unwrap().len()
    }

    /// How many payments that count.
    pub fn payments(&self) -> usize {
        let books = self.books();
        books["payments"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|p| p["Status"] != json!("DELETED"))
            .count()
    }

    /// What time it is.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// The tenant's name.
pub fn tenant() -> TenantId {
    TenantId::new(TENANT).unwrap()
}

/// Runs the whole flow.
pub async fn sync(engine: &Engine) -> Result<Done, EngineError> {
    let loaded = engine
        .workspace()
        .load(&tenant())
        .unwrap_or_else(|e| panic!("{e}: {e:#?}"));
    engine
        .sync(
            &loaded,
            &SyncAsk {
                trigger: "sync".into(),
                ..SyncAsk::default()
            },
            &|_| {},
        )
        .await
}

/// Runs one document.
pub async fn sync_one(engine: &Engine, number: &str) -> Result<Done, EngineError> {
    let loaded = engine
        .workspace()
        .load(&tenant())
        .unwrap_or_else(|e| panic!("{e}: {e:#?}"));
    let ask = SyncAsk {
        trigger: "only".into(),
        only: Some(number.into()),
        dry: false,
    };
    engine.sync(&loaded, &ask, &|_| {}).await
}

/// A document's row.
pub async fn doc(engine: &Engine, number: &str) -> DocRow {
    engine
        .store()
        .document(&tenant(), number)
        .await
        .unwrap()
        .unwrap_or_else(|| panic!("no document {number}"))
}

/// A document's state, and the code of its reason.
pub async fn end(engine: &Engine, number: &str) -> (DocState, String) {
    let row = doc(engine, number).await;
    (row.state, row.reason.map_or(String::new(), |r| r.code))
}

/// An id.
pub fn id(text: &str) -> SourceId {
    text.into()
}
