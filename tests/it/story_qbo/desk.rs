//! The workspace of these stories, and the fake company as a person sees it.

use crate::bed::{Bed, tenant};
use crate::support::{HOST, KEAP_KEY, noon, signed_in};
use crossfoot::clock::Clock as _;
use crossfoot::model::ConnectionName;
use crossfoot::pipeline::ports::{Runs as _, TenantSwitch};
use crossfoot::service::{Engine, Workspace};
use crossfoot::store::OpenAs;
use serde_json::{Value, json};

/// The company's realm.
pub const REALM: &str = "9130350000000042";
/// The company.
pub const COMPANY: &str = "Acme Cranes";

/// What a person writes who sets this route up, for a company in Australia.
pub const AUSTRALIA: &str = r#"tenant: acme
preset: keap-qbo
from: { keap: keap }
to: { qbo: qbo }
currency: AUD
sync: { first_run: post, updates: { invoices: true, contacts: true } }
lines: { taxable: { item: "Sales" }, non_taxable: { item: "Sales NT" } }
payments_account: { name: "Checking" }
tax: { codes: { taxable: "2", zero: "3", else: hold } }
refunds: credit_note
"#;

/// The same for one in the United States.
pub fn states() -> String {
    let codes = r#"{ taxable: "TAX:2", zero: NON, else: hold }"#;
    AUSTRALIA
        .replace("currency: AUD", "currency: USD")
        .replace(r#"{ taxable: "2", zero: "3", else: hold }"#, codes)
}

/// The workspace, with the fake Keap on one side and the fake company on the other.
pub struct Desk {
    pub bed: Bed,
}

impl Desk {
    /// With a company of this shape beside its name, and a shop in Keap.
    pub fn of(file: &str, company: Value, shop: Value) -> Self {
        let bed = Bed::new(file);
        let path = bed.folder.path().join("connections.yaml");
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str(&format!(
            "qbo: {{ system: qbo, base: \"{HOST}/qbo\", identity: \"{HOST}/qbo\", login: \"{HOST}/qbo\", client_id: qbo-test, organisation: \"{REALM}\" }}\n"
        ));
        std::fs::write(&path, text).unwrap();
        let mut company = company;
        company["name"] = json!(COMPANY);
        company["realm"] = json!(REALM);
        let item = |name: &str, sku: &str, taxable: bool| {
            let mut item = json!({"Name": name, "Type": "Service", "Taxable": taxable, "IncomeAccountRef": {"value": "1"}});
            if !sku.is_empty() {
                item["Sku"] = json!(sku);
            }
            item
        };
        let items = [
            item("Crane hire", "HIRE", true),
            item("Manuals", "BOOK", false),
            item("Sales", "", true),
            item("Sales NT", "", false),
        ];
        company["rows"]["Item"] = json!(items);
        let seed = json!({
            "apps": [{"client_id": "qbo-test", "client_secret": "hush", "redirect_uris": ["http://localhost:8123/callback"]}],
            "companies": [company],
            "tokens": [{"app": "qbo-test", "company": COMPANY, "access": "qa1", "refresh": "qr1"}],
        });
        bed.plane.seed("qbo", seed).unwrap();
        bed.keap(shop);
        Self { bed }
    }

    /// A company in Australia.
    pub fn australia(shop: Value) -> Self {
        Self::of(AUSTRALIA, json!({"country": "AU"}), shop)
    }

    /// A company in the United States, without automated sales tax.
    pub fn states(mut shop: Value) -> Self {
        shop["currency"] = json!("USD");
        Self::of(&states(), json!({"country": "US"}), shop)
    }

    /// An engine over the workspace, with processing on.
    pub async fn engine(&self) -> Engine {
        let workspace = Workspace::open(self.bed.folder.path()).unwrap();
        let engine = Engine::open(workspace, self.bed.outside(), OpenAs::Worker)
            .await
            .unwrap();
        let keap = ConnectionName::new("keap").unwrap();
        let qbo = ConnectionName::new("qbo").unwrap();
        if !engine.tokens().connected("qbo").await.unwrap() {
            (engine.keep_key(&tenant(), &keap, KEAP_KEY.to_owned().into()))
                .await
                .unwrap();
            (engine.keep_client_secret(&qbo, &"hush".to_owned().into()))
                .await
                .unwrap();
            let row = signed_in("qa1", "qr1", noon());
            engine.keep_tokens(&tenant(), &qbo, &row).await.unwrap();
        }
        let (on, now) = (TenantSwitch::Processing(true), self.bed.clock.now());
        let on = engine.store().switch(&tenant(), &on, "test", now).await;
        on.unwrap();
        engine
    }

    /// What the company holds of an entity.
    pub fn rows(&self, entity: &str) -> Vec<Value> {
        let state = self.bed.plane.state("qbo").unwrap();
        let company = &state["companies"][0];
        company[entity].as_array().cloned().unwrap_or_default()
    }

    /// The one row of an entity.
    pub fn only(&self, entity: &str) -> Value {
        let all = self.rows(entity);
        assert_eq!(all.len(), 1, "{entity}: {all:#?}");
        all.into_iter().next().unwrap()
    }

    /// How many customers, invoices, refund receipts and payments there are.
    pub fn counts(&self) -> [usize; 4] {
        ["Customer", "Invoice", "RefundReceipt", "Payment"].map(|e| self.rows(e).len())
    }

    /// Patches the company, as a seed says it.
    pub fn company(&self, mut company: Value) {
        company["name"] = json!(COMPANY);
        let seed = json!({"companies": [company]});
        self.bed.plane.seed("qbo", seed).unwrap();
    }

    /// What a person does at the screen, a second later.
    pub fn person(&self, deed: Value) {
        self.bed.clock.advance(chrono::Duration::seconds(1));
        self.company(json!({"person": [deed]}));
    }

    /// What a person does just before the next write at a path arrives.
    pub fn between(&self, path: &str, deed: Value) {
        self.each_time(path, vec![deed]);
    }

    /// What people do just before each write at a path arrives, one deed at a time.
    pub fn each_time(&self, path: &str, deeds: Vec<Value>) {
        let deeds = std::sync::Mutex::new(std::collections::VecDeque::from(deeds));
        let (plane, path) = (self.bed.plane.clone(), format!("{path}?requestid"));
        self.bed.transport.before(move |request| {
            if request.url.contains(&path)
                && let Some(deed) = deeds.lock().unwrap().pop_front()
            {
                let company = json!({"name": COMPANY, "person": [deed]});
                let seed = json!({"companies": [company]});
                plane.seed("qbo", seed).unwrap();
            }
        });
    }

    /// Sets a switch of the fake vendor.
    pub async fn switch(&self, name: &str, value: Value) {
        let body = json!({ name: value }).to_string();
        let answer = self.bed.plane.call(
            http::Method::POST,
            "/_sandbox/qbo/switches",
            http::HeaderMap::new(),
            body.into(),
        );
        let reply = answer.await.reply().unwrap();
        assert!(reply.status.is_success(), "{name}: {:?}", reply.body);
    }

    /// The requests of writes that were sent to the company so far: method and path, without the query.
    pub fn sent(&self) -> Vec<String> {
        let all = self.bed.transport.sent();
        let path = |url: &str| {
            let (_, path) = url.split_once(REALM)?;
            Some(path.split('?').next().unwrap_or_default().to_owned())
        };
        all.iter().filter_map(|r| path(&r.url)).collect()
    }
}
