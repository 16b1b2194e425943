//! `kill -9` of a sync at random instants, each followed by a restart: one effect a document, none lost,
//! none left in doubt that could be settled.
//!
//! The sandboxes live in this process, the program in another. No window of the protocol is shortened:
//! the sandbox's clock is moved, and the program follows it.

mod back;
mod contacts;
mod described;

use super::bed::{ORG, PLAIN, fill};
use super::support::{KEAP_KEY, XERO_CLIENT, noon, signed_in};
use crossfoot::clock::RealClock;
use crossfoot::connectors::http::ReqwestTransport;
use crossfoot::model::{ConnectionName, TenantId};
use crossfoot::pipeline::ports::{Documents as _, Journal as _, Runs as _, TenantSwitch};
use crossfoot::sandbox::plane::{Plane, PlaneOptions};
use crossfoot::sandbox::wire::System;
use crossfoot::service::{BeaconPlace, Engine, Outside, Workspace};
use crossfoot::store::{OpenAs, Seal, verify_audit};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// The tokens and secrets of the rig: none of them may be seen anywhere.
pub const ACCESS: &str = "xero-access-canary";
pub const REFRESH: &str = "xero-refresh-canary";
pub const CLIENT_SECRET: &str = "client-secret-canary";
const KEY: [u8; 32] = [9; 32];
/// Orders that arrive with each round.
const ORDERS: usize = 30;

pub struct Rig {
    pub folder: TempDir,
    pub plane: Plane,
    pub address: String,
    tenants: usize,
    /// The word of the ledger: `xero`, `qbo`, or one that is described.
    ledger: &'static str,
    /// Of one that is described, what makes a repeated request harmless there.
    way: &'static str,
    orders: usize,
    dice: u64,
}

fn systems() -> Vec<Box<dyn System>> {
    vec![
        Box::new(crossfoot::sandbox::xero::Xero::default()),
        Box::new(crossfoot::sandbox::keap::Keap::default()),
        Box::new(crossfoot::sandbox::qbo::Qbo::default()),
        Box::new(super::tallybook::Tallybook::default()),
    ]
}

impl Rig {
    /// With one tenant, `acme`.
    pub async fn new(seed: u64) -> Self {
        Self::of(seed, 1).await
    }

    /// With so many tenants, each with an account at the source and an organisation of its own.
    pub async fn of(seed: u64, tenants: usize) -> Self {
        Self::at("xero", seed, tenants).await
    }

    /// The same at one of the ledgers.
    async fn at(ledger: &'static str, seed: u64, tenants: usize) -> Self {
        Self::in_way(ledger, "", (seed, tenants)).await
    }

    async fn in_way(
        ledger: &'static str,
        way: &'static str,
        (seed, tenants): (u64, usize),
    ) -> Self {
        let plane = Plane::new(PlaneOptions::new(systems, noon)).unwrap();
        // It stands; a sleep of the program moves it.
        plane.set_clock(&json!({"set": noon()})).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(plane.clone().serve(listener, std::future::pending()));
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("mappings")).unwrap();
        let rig = Self {
            folder,
            plane,
            address,
            tenants,
            ledger,
            way,
            orders: 0,
            dice: seed,
        };
        let organisations: Vec<String> = (0..tenants).map(|n| rig.member(n)).collect();
        let address = &rig.address;
        let connections: String = (organisations.iter().enumerate())
            .map(|(n, organisation)| {
                let n = suffix(n);
                if !rig.way.is_empty() {
                    return described::connections(address);
                }
                format!(
                    "keap{n}: {{ system: keap, base: \"{address}/keap\" }}\n\
                     {ledger}{n}: {{ system: {ledger}, base: \"{address}/{ledger}\", identity: \"{address}/{ledger}\", client_id: {XERO_CLIENT}, organisation: \"{organisation}\" }}\n"
                )
            })
            .collect();
        std::fs::write(rig.folder.path().join("connections.yaml"), connections).unwrap();
        rig.connect().await;
        rig
    }

    /// One tenant's file, its account at the source, its organisation, whose id is answered.
    fn member(&self, n: usize) -> String {
        let s = suffix(n);
        let organisation = match self.ledger {
            "qbo" => self.company(n),
            _ if !self.way.is_empty() => described::describe(self),
            _ => self.organisation(n),
        };
        self.plane
            .seed("keap", json!({"applications": [{"name": name(n), "currency": "AUD", "time_zone": "Australia/Sydney",
                "keys": [{"key": format!("{KEAP_KEY}{s}"), "kind": "sak"}],
                "products": [{"id": "1", "name": "Hire", "sku": "HIRE", "price": "100.00", "taxable": true}]}]}))
            .unwrap();
        let plain = match self.ledger {
            "qbo" => super::story_qbo::AUSTRALIA,
            _ if !self.way.is_empty() => described::FILE,
            _ => PLAIN,
        };
        let ledger = self.ledger;
        let yaml = plain
            .replace("tenant: acme", &format!("tenant: {}", name(n)))
            .replace("first_run: post", "first_run: post, trigger: { every: 5m }")
            .replace("keap: keap", &format!("keap: keap{s}"))
            .replace(
                &format!("{ledger}: {ledger}"),
                &format!("{ledger}: {ledger}{s}"),
            );
        let path = format!("mappings/{}.yaml", name(n));
        std::fs::write(self.folder.path().join(path), yaml).unwrap();
        organisation
    }

    /// A tenant's company: its realm.
    fn company(&self, n: usize) -> String {
        let (s, realm) = (suffix(n), format!("91303500000{n:05}"));
        let item = |name: &str| json!({"Name": name, "Type": "Service", "IncomeAccountRef": {"value": "1"}});
        let mut seed = json!({
            "companies": [{"name": format!("{ORG}{s}"), "realm": realm, "country": "AU", "rows": {"Item": [item("Sales"), item("Sales NT")]}}],
            "tokens": [{"app": XERO_CLIENT, "company": realm, "access": format!("{ACCESS}{s}"), "refresh": format!("{REFRESH}{s}")}],
        });
        if n == 0 {
            seed["apps"] = json!([{"client_id": XERO_CLIENT, "client_secret": CLIENT_SECRET, "redirect_uris": ["http://localhost:8123/callback"]}]);
        }
        self.plane.seed("qbo", seed).unwrap();
        realm
    }

    /// A tenant's organisation: its id.
    fn organisation(&self, n: usize) -> String {
        let s = suffix(n);
        let organisation = format!("{ORG}{s}");
        let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
        let mut seed = json!({
            "organisations": [{"name": organisation, "country": "AU", "currency": "AUD"}],
            "tokens": [{"app": XERO_CLIENT, "tenants": [organisation], "access": format!("{ACCESS}{s}"),
                "refresh": format!("{REFRESH}{s}"), "scopes": scopes}],
        });
        if n == 0 {
            seed["apps"] = json!([{"client_id": XERO_CLIENT, "client_secret": CLIENT_SECRET, "redirect_uris": ["http://localhost:8123/callback"]}]);
        }
        let made = self.plane.seed("xero", seed).unwrap();
        made["organisations"][0]["tenant_id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn outside(&self) -> Outside {
        let fill = fill();
        Outside {
            clock: Arc::new(RealClock),
            transport: Arc::new(ReqwestTransport::default()),
            seal: Seal::new(KEY, fill.clone()),
            beacon: self.beacon(),
            fill,
        }
    }

    /// Where the rig's workspace leaves word of how far it has come.
    pub fn state(&self) -> std::path::PathBuf {
        self.folder.path().join(".state")
    }

    fn beacon(&self) -> BeaconPlace {
        BeaconPlace {
            folder: Some(self.state()),
            machine: "rig".into(),
        }
    }

    async fn engine(&self, how: OpenAs) -> Engine {
        let workspace = Workspace::open(self.folder.path()).unwrap();
        Engine::open(workspace, self.outside(), how).await.unwrap()
    }

    async fn connect(&self) {
        let engine = self.engine(OpenAs::Worker).await;
        for n in 0..self.tenants {
            let (tenant, s) = (tenant(n), suffix(n));
            let keap = ConnectionName::new(&format!("keap{s}")).unwrap();
            let ledger = format!("{}{s}", self.ledger);
            let ledger = ConnectionName::new(&ledger).unwrap();
            let key = engine.keep_key(&tenant, &keap, format!("{KEAP_KEY}{s}").into());
            key.await.unwrap();
            if !self.way.is_empty() {
                described::connect(self, &engine, &ledger).await;
                continue;
            }
            let secret = CLIENT_SECRET.to_owned().into();
            engine.keep_client_secret(&ledger, &secret).await.unwrap();
            let row = signed_in(&format!("{ACCESS}{s}"), &format!("{REFRESH}{s}"), noon());
            engine.keep_tokens(&tenant, &ledger, &row).await.unwrap();
            let on = TenantSwitch::Processing(true);
            let set = engine.store().switch(&tenant, &on, "test", noon());
            set.await.unwrap();
        }
        engine.store().close().await;
    }

    fn roll(&mut self, below: u64) -> u64 {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % below
    }

    /// Orders arrive, the same at each tenant: each with a contact of its own or an old one, and most with a payment.
    fn arrive(&mut self) {
        let (mut contacts, mut orders) = (Vec::new(), Vec::new());
        for _ in 0..ORDERS / self.tenants.min(5) {
            self.orders += 1;
            let n = self.orders;
            let contact = if n.is_multiple_of(3) { n - 2 } else { n };
            if contact == n {
                contacts.push(json!({"id": n.to_string(), "given_name": "Person", "family_name": format!("N{n}"),
                    "email_addresses": [{"field": "EMAIL1", "email": format!("p{n}@example.com")}]}));
            }
            let payments = if n.is_multiple_of(4) {
                json!([])
            } else {
                json!([{"amount": "60.00", "type": "Check", "pay_status": "MANUAL_PAID", "time": "2026-07-12T01:00:00Z"}])
            };
            orders.push(json!({"id": n.to_string(), "invoice_id": (5000 + n).to_string(), "contact_id": contact.to_string(),
                "order_time": "2026-07-10T01:00:00Z", "payments": payments,
                "items": [{"type": "PRODUCT", "product_id": "1", "name": "Hire", "quantity": 1, "price": "100.00"},
                    {"type": "TAX", "name": "GST", "quantity": 1, "price": "10.00"}]}));
        }
        for n in 0..self.tenants {
            let more = json!({"applications": [{"name": name(n), "contacts": contacts, "orders": orders}]});
            self.plane.seed("keap", more).unwrap();
        }
    }

    /// The program with a verb.
    fn start(&self, verb: &[&str]) -> Child {
        let log = std::fs::File::create(self.folder.path().join("sync.log")).unwrap();
        Command::new(env!("CARGO_BIN_EXE_crossfoot"))
            .args(["--workspace", path(self.folder.path())])
            .args(verb)
            .env("CROSSFOOT_KEY", "09".repeat(32))
            .env("CROSSFOOT_SANDBOX_CLOCK", &self.address)
            .env("CROSSFOOT_STATE", self.state())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap()
    }

    fn advance(&self, seconds: i64) {
        self.plane
            .set_clock(&json!({"advance_seconds": seconds}))
            .unwrap();
    }

    /// How many documents of the first tenant wait for a person's approval; and the chain of the log holds.
    async fn waiting_for_approval(&self) -> usize {
        let engine = self.engine(OpenAs::Worker).await;
        let waits = [crossfoot::model::DocState::Checked];
        let found = engine.store().all_documents(&tenant(0), &waits).await;
        assert!(matches!(verify_audit(engine.store()).await, Ok(Ok(_))));
        engine.store().close().await;
        found.unwrap().len()
    }

    fn books(&self, n: usize) -> Value {
        let state = self.plane.state("xero").unwrap();
        state["organisations"][n].clone()
    }

    /// Left alone, everything of a tenant comes to its end: at once, or after the quarantine.
    async fn left_alone(&self) {
        for _ in 0..4 {
            for n in 0..self.tenants {
                let mut child = self.start(&["sync", &name(n)]);
                let code = end_or_kill(&mut child, 60_000).await;
                let log = std::fs::read_to_string(self.folder.path().join("sync.log")).unwrap();
                assert!(matches!(code, Some(0 | 1 | 3)), "{code:?}\n{log}");
            }
            self.advance(16 * 60);
        }
        let engine = self.engine(OpenAs::Worker).await;
        for n in 0..self.tenants {
            let doubtful = engine.store().doubtful(&tenant(n)).await.unwrap();
            assert!(doubtful.is_empty(), "{doubtful:#?}");
            let counts = engine.store().counts(&tenant(n)).await.unwrap();
            println!("{}: {} orders: {counts:?}", name(n), self.orders);
            match self.ledger {
                "qbo" => one_effect_each_there(self, n),
                _ if !self.way.is_empty() => described::one_effect_each(self),
                _ => one_effect_each(self, n),
            }
        }
        assert!(matches!(verify_audit(engine.store()).await, Ok(Ok(_))));
    }
}

/// What names of the nth tenant end in: nothing for the first.
fn suffix(n: usize) -> String {
    match n {
        0 => String::new(),
        n => format!("-{n}"),
    }
}

fn name(n: usize) -> String {
    format!("acme{}", suffix(n))
}

fn tenant(n: usize) -> TenantId {
    TenantId::new(&name(n)).unwrap()
}

/// How many kills are wanted, of which so many are the share of a test that is run by default.
fn wanted(default: usize) -> usize {
    let asked = std::env::var("CROSSFOOT_KILLS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(default)
}

fn path(p: &Path) -> &str {
    p.to_str().unwrap()
}

/// Waits so many milliseconds for the end of a child; answers its exit code, or that it was killed.
async fn end_or_kill(child: &mut Child, after_ms: u64) -> Option<i32> {
    for _ in 0..after_ms {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_instants_every_document_is_there_once() {
    killed_at_random(Rig::new(42).await, wanted(25)).await;
}

/// A ledger that does not say how long it knows a key.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_instants_every_document_is_at_the_second_ledger_once() {
    killed_at_random(Rig::at("qbo", 43, 1).await, wanted(25)).await;
}

async fn killed_at_random(mut rig: Rig, wanted: usize) {
    let (mut kills, mut rounds) = (0, 0);
    while kills < wanted {
        rig.arrive();
        rounds += 1;
        // Most kills come early and thick, some late, so that every step of a run is hit.
        for _ in 0..12 {
            let after = 5 + rig.roll(20) * rig.roll(12);
            let mut child = rig.start(&["sync", "acme"]);
            match end_or_kill(&mut child, after).await {
                None => kills += 1,
                Some(_) => break,
            }
            rig.advance(7);
            if kills >= wanted {
                break;
            }
        }
    }
    println!("{kills} kills in {rounds} rounds");
    rig.left_alone().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_with_eight_tenants_in_flight_every_document_of_each_is_there_once() {
    let wanted = wanted(12);
    let mut rig = Rig::of(7, 8).await;
    let (mut kills, mut rounds) = (0, 0);
    while kills < wanted {
        rig.arrive();
        rounds += 1;
        for _ in 0..6 {
            let after = 40 + rig.roll(40) * rig.roll(40);
            // It goes on until it is killed, or ended where it rests.
            let mut child = rig.start(&["run"]);
            if end_or_kill(&mut child, after).await.is_none() {
                kills += 1;
            }
            // Long enough for every tenant to be due again; too short for a quarantine, and for the time in which the
            // ledger still takes a refresh token whose successor died with the process.
            rig.advance(6 * 60 * i64::from(kills % 3 == 0) + 7);
            if kills >= wanted {
                break;
            }
        }
    }
    println!("{kills} kills in {rounds} rounds");
    rig.left_alone().await;
}

/// A person approves all, and the machine dies meanwhile: all of them were approved, or none was, each with its row of the log.
#[tokio::test(flavor = "multi_thread")]
async fn killed_inside_an_approval_of_many_all_are_approved_or_none_is() {
    let wanted = wanted(20);
    let mut rig = Rig::new(11).await;
    let path = rig.folder.path().join("mappings/acme.yaml");
    let file = std::fs::read_to_string(&path).unwrap();
    let waits = file.replace("first_run: post,", "first_run: post, approval: manual,");
    assert_ne!(waits, file);
    std::fs::write(&path, waits).unwrap();
    let (mut kills, mut none, mut all) = (0, 0, 0);
    while kills < wanted {
        rig.arrive();
        let ended = end_or_kill(&mut rig.start(&["sync", "acme"]), 60_000).await;
        assert!(ended.is_some());
        let waiting = rig.waiting_for_approval().await;
        assert!(waiting >= ORDERS, "{waiting}");
        for _ in 0..8 {
            let after = 10 + rig.roll(40) * rig.roll(10);
            let mut child = rig.start(&["approve", "acme", "--all"]);
            let killed = end_or_kill(&mut child, after).await.is_none();
            kills += usize::from(killed);
            match rig.waiting_for_approval().await {
                0 => all += usize::from(killed),
                n if n == waiting && killed => {
                    none += 1;
                    continue;
                }
                n => panic!("of {waiting} there were {n} left, killed: {killed}"),
            }
            break;
        }
    }
    println!("{kills} kills: {none} before, {all} after");
    // What was approved goes out; the rest is approved and goes out as well.
    let approved = end_or_kill(&mut rig.start(&["approve", "acme", "--all"]), 60_000).await;
    assert!(approved.is_some());
    rig.left_alone().await;
}

fn one_effect_each(rig: &Rig, n: usize) {
    let books = rig.books(n);
    let mut invoices: BTreeMap<String, usize> = BTreeMap::new();
    for i in books["invoices"].as_array().unwrap() {
        *invoices
            .entry(i["InvoiceNumber"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    assert_eq!(invoices.len(), rig.orders, "every order is there");
    assert!(invoices.values().all(|n| *n == 1), "{invoices:?}");
    let mut paid: BTreeMap<String, usize> = BTreeMap::new();
    for p in books["payments"].as_array().unwrap() {
        *paid
            .entry(p["Invoice"]["InvoiceID"].to_string())
            .or_default() += 1;
    }
    let want = (1..=rig.orders).filter(|n| !n.is_multiple_of(4)).count();
    assert_eq!(paid.len(), want, "every payment is there");
    assert!(paid.values().all(|n| *n == 1), "{paid:?}");
    let contacts = books["contacts"].as_array().unwrap().len();
    let want = (1..=rig.orders).filter(|n| !n.is_multiple_of(3)).count();
    assert_eq!(contacts, want, "every contact is there once");
}

/// The same in a company.
fn one_effect_each_there(rig: &Rig, n: usize) {
    let state = rig.plane.state("qbo").unwrap();
    let company = &state["companies"][n];
    let count = |entity: &str, of: &dyn Fn(&Value) -> String| {
        let mut all: BTreeMap<String, usize> = BTreeMap::new();
        for row in company[entity].as_array().into_iter().flatten() {
            *all.entry(of(row)).or_default() += 1;
        }
        assert!(all.values().all(|n| *n == 1), "{entity}: {all:?}");
        all.len()
    };
    let invoices = count("Invoice", &|i| i["DocNumber"].to_string());
    assert_eq!(invoices, rig.orders, "every order is there");
    let paid = |p: &Value| p["Line"][0]["LinkedTxn"][0]["TxnId"].to_string();
    let want = (1..=rig.orders).filter(|n| !n.is_multiple_of(4)).count();
    assert_eq!(count("Payment", &paid), want, "every payment is there");
    let want = (1..=rig.orders).filter(|n| !n.is_multiple_of(3)).count();
    let contacts = count("Customer", &|c| c["DisplayName"].to_string());
    assert_eq!(contacts, want, "every contact is there once");
}

/// A desk that writes invoices, offers and orders, each with numbers of its own: all three begin at 1.
const DESK: &str = r#"tenant: acme
from: { files: desk }
to: { xero: xero }
currency: AUD
sync: { first_run: post, payments: off, estimates: as_quote, purchase_orders: on }
accounts:
  - { document: purchase_order, use: "310", tax: INPUT }
  - { else: "200" }
status: { invoices: { else: AUTHORISED }, purchase_orders: { else: AUTHORISED } }
tax: { unmarked: taxable, codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }
"#;

/// The columns of its file.
const COLUMNS: &str = "desk:\n  system: files\n  folder: desk\n  currency: AUD\n  columns: { id: id, number: no, date: day, kind: what, contact.name: who, tax: tax, total: total, line.name: text, line.quantity: n, line.unit_amount: price }\n  kind: { bill: invoice, offer: estimate, order: purchase_order, else: hold }\n";

impl Rig {
    /// So many papers of each kind in the desk's file.
    fn desk(&self, papers: usize) {
        let paper = |n: usize, what: &str| {
            json!({"id": format!("{what}-{n}"), "no": n.to_string(), "day": "2026-07-10", "what": what, "who": format!("{what} {}", n % 7),
                "tax": "1.00", "total": "11.00", "lines": [{"text": "Rope", "n": "1", "price": "10.00"}]})
        };
        let all: Vec<Value> = (1..=papers)
            .flat_map(|n| ["bill", "offer", "order"].map(|what| paper(n, what)))
            .collect();
        let folder = self.folder.path().join("desk");
        std::fs::create_dir_all(&folder).unwrap();
        // In one step, as whoever writes such a file should.
        let (half, whole) = (folder.join("papers.tmp"), folder.join("papers.json"));
        std::fs::write(&half, json!({ "invoices": all }).to_string()).unwrap();
        std::fs::rename(half, whole).unwrap();
    }
}

/// Xero changes the order that has a number already, where it refuses an invoice: nothing of ours comes twice all the same.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_instants_every_quote_and_order_is_there_once() {
    let mut rig = Rig::new(44).await;
    std::fs::write(rig.folder.path().join("mappings/acme.yaml"), DESK).unwrap();
    let path = rig.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}{COLUMNS}")).unwrap();
    let (mut kills, mut papers, wanted) = (0, 0, wanted(20));
    while kills < wanted {
        papers += 10;
        rig.desk(papers);
        for _ in 0..8 {
            let after = 5 + rig.roll(20) * rig.roll(12);
            let mut child = rig.start(&["sync", "acme"]);
            match end_or_kill(&mut child, after).await {
                None => kills += 1,
                Some(_) => break,
            }
            rig.advance(7);
        }
    }
    for _ in 0..4 {
        let mut child = rig.start(&["sync", "acme"]);
        let code = end_or_kill(&mut child, 60_000).await;
        let log = std::fs::read_to_string(rig.folder.path().join("sync.log")).unwrap();
        assert!(matches!(code, Some(0 | 1 | 3)), "{code:?}\n{log}");
        rig.advance(16 * 60);
    }
    let engine = rig.engine(OpenAs::Worker).await;
    let doubtful = engine.store().doubtful(&tenant(0)).await.unwrap();
    assert!(doubtful.is_empty(), "{doubtful:#?}");
    let books = rig.books(0);
    for (list, number) in [
        ("invoices", "InvoiceNumber"),
        ("quotes", "QuoteNumber"),
        ("purchase_orders", "PurchaseOrderNumber"),
    ] {
        let all = books[list].as_array().unwrap();
        let numbers: std::collections::BTreeSet<&str> =
            all.iter().filter_map(|p| p[number].as_str()).collect();
        assert_eq!((all.len(), numbers.len()), (papers, papers), "{list}");
        let total: Value = serde_json::from_str("11.00").unwrap();
        assert!(all.iter().all(|p| p["Total"] == total), "{list}");
        // A create that came twice would show as an edit of it.
        let made = |p: &&Value| p["History"].as_array().is_some_and(|h| h.len() == 1);
        assert_eq!(all.iter().filter(made).count(), papers, "{list}");
    }
    assert_eq!(books["contacts"].as_array().unwrap().len(), 21);
    println!("{kills} kills, {papers} papers of each kind");
}
