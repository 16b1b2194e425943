//! A workspace in a temporary folder, with a fake Keap and a fake Xero that are called in-process: what a
//! story about a tenant needs.

#![allow(dead_code)]

use super::support::{HOST, KEAP_KEY, PlaneTransport, XERO_CLIENT, noon, signed_in};
use chrono::{DateTime, Utc};
use crossfoot::clock::{Clock as _, TestClock};
use crossfoot::model::{BookId, ConnectionName, DocState, Key, Kind, TenantId, WriteState};
use crossfoot::pipeline::ports::{DocRow, Documents as _, Runs as _, TenantSwitch, Written as _};
use crossfoot::pipeline::tenant::Done;
use crossfoot::sandbox::plane::{Plane, PlaneOptions};
use crossfoot::sandbox::wire::System;
use crossfoot::service::desk::settle::{self, WordAsk};
use crossfoot::service::{BeaconPlace, Engine, EngineError, Outside, SyncAsk, Workspace};
use crossfoot::store::{Fill, OpenAs, Seal};
use rust_decimal::Decimal;
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
                Box::new(crossfoot::sandbox::qbo::Qbo::default()),
                Box::new(crossfoot::sandbox::kickserv::Kickserv::default()),
                Box::new(crossfoot::sandbox::klipboard::Klipboard::default()),
                Box::new(crossfoot::sandbox::invoiceasap::InvoiceAsap::default()),
                Box::new(crossfoot::sandbox::servicem8::ServiceM8::default()),
                Box::new(crate::bookwright::Bookwright::default()),
                Box::new(crate::tallybook::Tallybook::default()),
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
            beacon: self.beacon(),
            fill,
        }
    }

    /// Where the workspace leaves word of how far it has come: beside its data, which alone is backed up here.
    pub fn beacon(&self) -> BeaconPlace {
        BeaconPlace {
            folder: Some(self.folder.path().join(".state")),
            machine: "bed".into(),
        }
    }

    /// An engine over the workspace, connected, with processing on.
    pub async fn engine(&self) -> Engine {
        let engine = self.engine_off().await;
        let (on, now) = (TenantSwitch::Processing(true), self.clock.now());
        let on = engine.store().switch(&tenant(), &on, "test", now).await;
        on.unwrap();
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

    /// A change made in the books behind the API's back.
    pub fn tamper(&self, change: Value) {
        self.xero(json!({"tamper": change}));
    }

    /// What a person does in Xero, not by our application but by its own API: `person("POST", "Invoices/ID", body)`.
    pub async fn person(&self, method: &str, path: &str, body: Value) -> Value {
        // People may do more than we ask for.
        let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
        let scopes = format!("{scopes} accounting.banktransactions");
        let access = format!("person-{}", self.now().timestamp());
        self.plane
            .seed(
                "xero",
                json!({"apps": [{"client_id": "people", "client_secret": "p", "redirect_uris": ["http://localhost:1/x"]}],
                    "tokens": [{"app": "people", "tenants": [ORG], "access": access, "refresh": format!("r-{access}"), "scopes": scopes}]}),
            )
            .unwrap();
        let mut headers = http::HeaderMap::new();
        let set = [
            ("authorization", format!("Bearer {access}")),
            ("xero-tenant-id", self.organisation.clone()),
            ("accept", "application/json".to_owned()),
            ("content-type", "application/json".to_owned()),
        ];
        for (name, value) in set {
            headers.insert(name, value.parse().unwrap());
        }
        let path = format!("/xero/api.xro/2.0/{path}");
        let body = body.to_string().into();
        let answer = self
            .plane
            .call(method.parse().unwrap(), &path, headers, body);
        let reply = answer.await.reply().expect("an answer");
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(reply.status.is_success(), "{path}: {} {text}", reply.status);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// The path of an invoice in Xero's API.
    pub fn path_of(&self, number: &str) -> String {
        let invoice = self.invoice(number).unwrap();
        format!("Invoices/{}", text(&invoice, "InvoiceID"))
    }

    /// A person deletes an order in Keap.
    pub async fn deletes_order(&self, id: &str) {
        let mut headers = http::HeaderMap::new();
        headers.insert(
            "authorization",
            format!("Bearer {KEAP_KEY}").parse().unwrap(),
        );
        let path = format!("/keap/crm/rest/v2/orders/{id}");
        let answer = (self.plane).call(http::Method::DELETE, &path, headers, bytes::Bytes::new());
        let reply = answer.await.reply().expect("an answer");
        assert!(reply.status.is_success(), "{path}: {}", reply.status);
    }

    /// A person deletes a payment in Xero: the only one that counts.
    pub async fn deletes_payment(&self) {
        let books = self.books();
        let all = books["payments"].as_array().unwrap();
        let one = all.iter().find(|p| p["Status"] != json!("DELETED"));
        let path = format!("Payments/{}", text(one.expect("a payment"), "PaymentID"));
        self.person("POST", &path, json!({"Status": "DELETED"}))
            .await;
    }

    /// What a person does in Keap.
    pub fn keap_edit(&self, patch: Value) {
        self.clock.advance(chrono::Duration::seconds(1));
        self.keap(json!({"patch": patch}));
    }

    /// Adds fault rules.
    pub fn fault(&self, rules: Value) {
        self.plane.faults(&rules).unwrap();
    }

    /// Nothing goes wrong any more.
    pub async fn heal(&self) {
        let none = http::HeaderMap::new();
        let answer = self.plane.call(
            http::Method::DELETE,
            "/_sandbox/faults",
            none,
            bytes::Bytes::new(),
        );
        assert!(answer.await.reply().unwrap().status.is_success());
    }

    /// One more setting of a connection, before the engine is opened.
    pub fn setting(&self, connection: &str, name: &str, value: &str) {
        let path = self.folder.path().join("connections.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let begin = format!("{connection}: {{ ");
        let more = format!("{begin}{name}: \"{value}\", ");
        std::fs::write(&path, text.replace(&begin, &more)).unwrap();
    }

    /// Time goes by.
    pub fn minutes(&self, n: i64) {
        self.clock.advance(chrono::Duration::minutes(n));
    }

    /// Payments that count, each as amount, day, account code and the document's number.
    pub fn money(&self) -> Vec<(String, String, String, String)> {
        let books = self.books();
        let mut all: Vec<_> = books["payments"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|p| p["Status"] != json!("DELETED"))
            .map(|p| {
                let millis: i64 = text(p, "Date")
                    .chars()
                    .filter(char::is_ascii_digit)
                    .take(13)
                    .collect::<String>()
                    .parse()
                    .unwrap();
                let day = DateTime::from_timestamp_millis(millis).unwrap();
                (
                    dec(&p["Amount"]).normalize().to_string(),
                    day.format("%Y-%m-%d").to_string(),
                    text(&p["Account"], "Code"),
                    text(&p["Invoice"], "InvoiceNumber"),
                )
            })
            .collect();
        all.sort();
        all
    }

    /// The one contact of a name in the fake Xero.
    pub fn contact(&self, name: &str) -> Option<Value> {
        let books = self.books();
        let all = books["contacts"].as_array().unwrap();
        all.iter().find(|c| c["Name"] == json!(name)).cloned()
    }

    /// How many contacts the fake Xero holds.
    pub fn contacts(&self) -> usize {
        self.books()["contacts"].as_array().unwrap().len()
    }

    /// Credit notes in the fake Xero.
    pub fn credit_notes(&self) -> Vec<Value> {
        self.books()["credit_notes"].as_array().unwrap().clone()
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
    let ask = SyncAsk {
        trigger: "sync".into(),
        ..SyncAsk::default()
    };
    let done = engine.sync(&loaded, &ask, &|_| {}).await?;
    none_is_forgotten(engine).await;
    Ok(done)
}

/// No document is on its way with nothing that goes: whatever a run leaves as `approved` waits for a write, of its own or of another's.
pub async fn none_is_forgotten(engine: &Engine) {
    let store = engine.store();
    for whose in [tenant(), tenant().back()] {
        let all = store.all_documents(&whose, &[DocState::Approved]).await;
        for row in all.unwrap() {
            let mut writes = store.writes(&whose, &row.key).await.unwrap();
            writes.extend(store.waits_for(&whose, &row.key).await.unwrap());
            let ended = [WriteState::Linked, WriteState::Superseded];
            let waits = writes.iter().any(|w| !ended.contains(&w.state));
            assert!(
                waits,
                "{whose}: {} is approved, and nothing of it goes: {writes:#?}",
                row.number
            );
        }
    }
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
        ..SyncAsk::default()
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

/// Runs the whole flow for a story in which nothing goes wrong with the run itself.
pub async fn synced(engine: &Engine) -> Done {
    sync(engine).await.unwrap_or_else(|e| panic!("{e}"))
}

/// A person presses retry on everything that is held or refused, and the flow runs again.
pub async fn retried(engine: &Engine) -> Done {
    let (store, acme) = (engine.store(), tenant());
    let said = store.retry(&acme, None, "jo@acme.example", engine.now());
    said.await.unwrap();
    synced(engine).await
}

/// The payment of a document that a person must look at.
async fn held_payment(engine: &Engine, number: &str) -> String {
    let row = doc(engine, number).await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let writes = engine.store().writes(&tenant(), &row.key).await.unwrap();
    let of_decision = (note.unwrap().payments.into_iter()).find(|p| p.state == "held");
    let of_write = writes.iter().find(|w| {
        let kinds = [Kind::Payment, Kind::CreditNote];
        w.state == crossfoot::model::WriteState::Held && kinds.contains(&w.kind)
    });
    of_write
        .map(|w| w.of.id.0.clone())
        .or(of_decision.map(|p| p.id))
        .unwrap_or_else(|| panic!("no payment of {number} is held"))
}

pub async fn carried(engine: &Engine, number: &str) {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = crossfoot::service::desk::retry::at_once("word", vec![number.to_owned()]);
    engine.sync(&loaded, &ask, &|_| {}).await.unwrap();
}

/// A tenant with some orders that were synced half an hour ago.
pub async fn begun(changes: &[(&str, &str)], orders: Vec<Value>) -> (Bed, Engine) {
    let bed = Bed::new(&file(changes));
    bed.keap(shop(orders));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    (bed, engine)
}

/// A person says of the payment that is held that it is another one than the ledger's.
pub async fn sent(engine: &Engine, number: &str) {
    let id = held_payment(engine, number).await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::payment(number, &id, "another one", "jo@acme.example");
    let said = settle::send(engine, &loaded, ask).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    carried(engine, number).await;
}

/// A person says of the payment that is held that it is the ledger's.
pub async fn settled(engine: &Engine, number: &str) {
    let id = held_payment(engine, number).await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::payment(number, &id, "the same one", "jo@acme.example");
    let looked = settle::look(engine, &loaded, ask).await;
    let looked = looked.unwrap_or_else(|e| panic!("{}", e.what));
    let said = settle::settle(engine, ask, looked).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    carried(engine, number).await;
}

/// A person approves a document.
pub async fn approve(engine: &Engine, number: &str) {
    let row = doc(engine, number).await;
    let now = engine.now();
    engine
        .store()
        .set_state(&tenant(), &row, DocState::Approved, "jo@acme.example", now)
        .await
        .unwrap();
}

/// Whether a document is held for this reason, whose text says `what` and whose remedy says `fix`.
pub async fn held(engine: &Engine, number: &str, code: &str, what: &str, fix: &str) {
    let row = doc(engine, number).await;
    let reason = row.reason.clone().unwrap_or_else(|| {
        panic!("{number} is {} without a reason", row.state);
    });
    assert_eq!(
        (row.state, reason.code.as_str()),
        (DocState::Held, code),
        "{reason}"
    );
    assert!(reason.what.contains(what), "what: {}", reason.what);
    assert!(reason.fix.contains(fix), "fix: {}", reason.fix);
}

/// Whether a document is skipped for this reason.
pub async fn skipped(engine: &Engine, number: &str, code: &str) {
    assert_eq!(
        end(engine, number).await,
        (DocState::Skipped, code.to_owned())
    );
}

/// Whether a document went through to its end.
pub async fn verified(engine: &Engine, number: &str) {
    let row = doc(engine, number).await;
    assert_eq!(row.state, DocState::Verified, "{number}: {:?}", row.reason);
}

/// A tenant's file: the plain one with some keys changed, added, or (with nothing) left out.
pub fn file(changes: &[(&str, &str)]) -> String {
    let mut keys = vec![
        ("tenant", "acme"),
        ("preset", "keap-xero"),
        ("from", "{ keap: keap }"),
        ("to", "{ xero: xero }"),
        ("currency", "AUD"),
        ("sync", "{ first_run: post }"),
        ("accounts", "[{ else: \"200\" }]"),
        ("payments_account", "{ code: \"090\" }"),
        (
            "tax",
            "{ codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }",
        ),
    ];
    for (key, value) in changes {
        keys.retain(|(k, _)| k != key);
        if !value.is_empty() {
            keys.push((key, value));
        }
    }
    let lines: Vec<String> = keys.iter().map(|(k, v)| format!("{k}: {v}\n")).collect();
    lines.concat()
}

/// An amount of an answer.
pub fn dec(value: &Value) -> Decimal {
    let text = value.to_string();
    text.trim_matches('"')
        .parse()
        .unwrap_or_else(|_| panic!("no amount: {text}"))
}

/// An amount as written.
pub fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A text of an answer; empty when it is not there.
pub fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

/// The day of a document's field: `day(&invoice, "DateString")`.
pub fn day(value: &Value, field: &str) -> String {
    text(value, field).chars().take(10).collect()
}

/// What a document comes to.
pub fn total(invoice: &Value) -> Decimal {
    dec(&invoice["Total"])
}

/// The lines of a document, each as text, account, tax type and amount.
pub fn lines(document: &Value) -> Vec<(String, String, String, Decimal)> {
    let all = document["LineItems"].as_array().unwrap();
    all.iter()
        .map(|l| {
            (
                text(l, "Description"),
                text(l, "AccountCode"),
                text(l, "TaxType"),
                dec(&l["LineAmount"]),
            )
        })
        .collect()
}

/// The shop of the stories: customers, products, and some orders.
pub fn shop(orders: Vec<Value>) -> Value {
    json!({
        "contacts": [
            {"id": "7", "given_name": "Jo", "family_name": "Harbour", "email_addresses": [{"field": "EMAIL1", "email": "jo@harbour.example"}]},
            {"id": "8", "given_name": "Sam", "family_name": "Quay", "email_addresses": [{"field": "EMAIL1", "email": "sam@quay.example"}]},
        ],
        "products": [
            {"id": "1", "name": "Crane hire", "sku": "HIRE", "price": "100.00", "taxable": true},
            {"id": "2", "name": "Manual", "sku": "BOOK", "price": "30.00", "taxable": false},
            {"id": "3", "name": "Crane hire, weekend", "sku": "HIRE", "price": "150.00", "taxable": true},
        ],
        "orders": orders,
    })
}

/// One crane hired for a day: 100.00 and 10.00 of tax, to customer 7.
pub fn order(order: u64, invoice: u64, day: &str) -> Value {
    json!({
        "id": order.to_string(), "invoice_id": invoice.to_string(), "title": "Hire", "contact_id": "7",
        "order_time": format!("{day}T01:00:00Z"),
        "items": [hire("1"), gst("10.00")],
    })
}

/// A line of crane hire.
pub fn hire(quantity: &str) -> Value {
    let quantity: u64 = quantity.parse().unwrap();
    json!({"type": "PRODUCT", "product_id": "1", "quantity": quantity, "price": "100.00"})
}

/// A line of tax.
pub fn gst(amount: &str) -> Value {
    json!({"type": "TAX", "name": "GST", "quantity": 1, "price": amount})
}

/// Any other line.
pub fn item(kind: &str, name: &str, price: &str) -> Value {
    json!({"type": kind, "name": name, "quantity": 1, "price": price})
}

/// A payment by cheque.
pub fn paid(amount: &str, day: &str) -> Value {
    json!({"amount": amount, "type": "Check", "pay_status": "MANUAL_PAID", "time": format!("{day}T01:00:00Z")})
}

/// An order with some of its fields changed.
pub fn with(mut order: Value, changes: Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        order[key] = value.clone();
    }
    order
}

/// The key of an invoice in the one Keap of a story.
pub fn of_keap(id: &str) -> Key {
    Key::new(&BookId::stored("keap"), Kind::Invoice, &id.into())
}

/// The line of a tenant's file that a place names.
pub fn line_at(bed: &Bed, place: &crossfoot::model::Place) -> String {
    let text = std::fs::read_to_string(bed.folder.path().join(&place.file)).unwrap_or_default();
    let at = usize::try_from(place.line).unwrap().saturating_sub(1);
    text.lines().nth(at).unwrap_or_default().to_owned()
}

/// A person pays out, from the bank, the credit note with so much open credit.
pub async fn pays_out(bed: &Bed, sum: &str) {
    let all = bed.credit_notes();
    let open = |n: &&Value| {
        dec(&n["RemainingCredit"]) == amount(sum) && n["Status"] == json!("AUTHORISED")
    };
    let note = all
        .iter()
        .rev()
        .find(open)
        .expect("a note with open credit");
    let out = json!({"CreditNote": {"CreditNoteID": text(note, "CreditNoteID")}, "Account": {"Code": "090"}, "Date": "2026-07-14", "Amount": sum});
    bed.person("PUT", "Payments", out).await;
}

/// A person takes off a credit note what pays it out.
pub async fn unpays(bed: &Bed, number: &str) {
    let books = bed.books();
    let on = |p: &&Value| {
        p["Status"] != json!("DELETED") && p["CreditNote"]["CreditNoteNumber"] == json!(number)
            || p["Status"] != json!("DELETED") && p["Invoice"]["InvoiceNumber"] == json!(number)
    };
    for p in books["payments"].as_array().unwrap().iter().filter(on) {
        let path = format!("Payments/{}", text(p, "PaymentID"));
        bed.person("POST", &path, json!({"Status": "DELETED"}))
            .await;
    }
}
