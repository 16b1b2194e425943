//! A tenant whose sales come from files and whose books only a description knows: those of the invented Tallybook.

use crate::bed::{Bed, tenant};
use crate::support::HOST;
use crate::tallybook;
use crossfoot::clock::Clock as _;
use crossfoot::model::ConnectionName;
use crossfoot::pipeline::ports::{Runs as _, TenantSwitch};
use crossfoot::service::{Engine, Workspace, WriteTrial, trial_writes};
use crossfoot::store::OpenAs;
use serde_json::{Value, json};

/// The description with a key in a header; the others say only what differs.
pub const TALLYBOOK: &str = include_str!("tallybook.yaml");

const KEY: &str =
    "safe_by: { key: { in: header, name: Idempotency-Key, lives: 30m }, stamp: memo }";

/// What makes a repeated request harmless, as Tallybook's switch says it.
pub const WAYS: [&str; 6] = ["key", "body_key", "our_id", "upsert", "unique", "nothing"];

/// The description for a way.
pub fn described(way: &str) -> String {
    let stamp = "memo: \"{stamp}\"";
    let all = |safe: &str| TALLYBOOK.replace(KEY, safe);
    match way {
        "body_key" => {
            all("safe_by: { key: { in: body, name: request_id, lives: 30m }, stamp: memo }")
        }
        "our_id" => all("safe_by: { our_id: yes }").replace(stamp, "id: \"{our_id}\""),
        "upsert" => all("safe_by: { upsert_by: ext }").replace(stamp, "ext: \"{our_id}\""),
        "unique" => {
            let plain = "safe_by: { stamp: memo }";
            let (contacts, rest) = TALLYBOOK.split_once("  invoices:\n    safe_by").unwrap();
            let (own, payments) = rest.split_once("  payments:\n    safe_by").unwrap();
            let own = format!("  invoices:\n    safe_by{own}")
                .replace(KEY, "safe_by: { unique: number, stamp: memo }");
            let contacts = contacts.replace(KEY, plain);
            let payments = format!("  payments:\n    safe_by{payments}").replace(KEY, plain);
            format!("{contacts}{own}{payments}")
        }
        "nothing" => all("safe_by: { stamp: memo }"),
        _ => TALLYBOOK.to_owned(),
    }
}

pub const FILE: &str = r#"tenant: acme
from: { files: files }
to: { tallybook: books }
currency: AUD
sync: { first_run: post, updates: { invoices: true, contacts: true } }
match:
  contacts: { by: [link, email, name], none: create, many: hold }
payments_account: { Cash: { code: "Cash" }, else: { code: "Card" } }
due: { else: +14d }
"#;

const HEAD: &str = "number,date,contact.id,contact.name,contact.email,line.description,line.quantity,line.unit_amount,tax,total,payment.id,payment.date,payment.amount,payment.method\n";

/// A hire of a crane for a day and a half, with its rigging.
pub const SALE: &str = "INV-7,2026-07-10,7,Jo Harbour,jo@harbour.example,Crane hire,1.5,100.00,17.00,187.00,,,,\n\
INV-7,,,,,Rigging,1,20.00,,,,,,\n";
pub const PAID: &str = "INV-7,,,,,,,,,,P1,2026-07-11,50.00,Cash\n";

/// The workspace and the books.
pub struct Counter {
    pub bed: Bed,
}

impl Counter {
    /// With a way, and the rows of the source.
    pub fn new(way: &str, rows: &[&str]) -> Self {
        let bed = Bed::new(FILE);
        let at = bed.folder.path().join("connections.yaml");
        let more = format!(
            "files: {{ system: files, folder: data, currency: AUD }}\n\
             books: {{ system: tallybook, currency: AUD, base: \"{HOST}/tallybook/v1\" }}\n"
        );
        let all = std::fs::read_to_string(&at).unwrap() + more.as_str();
        std::fs::write(&at, all).unwrap();
        let of = Self { bed };
        of.describe(&described(way));
        of.put(rows);
        of.switch("safe", json!(way));
        of.switch("versions", json!(true));
        of
    }

    pub fn describe(&self, text: &str) {
        let folder = self.bed.folder.path().join("mappings/connectors");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("tallybook.yaml"), text).unwrap();
    }

    pub fn switch(&self, name: &str, value: Value) {
        self.bed
            .plane
            .switch("tallybook", &json!({ name: value }))
            .unwrap();
    }

    pub fn put(&self, rows: &[&str]) {
        let folder = self.bed.folder.path().join("data");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("a.csv"), format!("{HEAD}{}", rows.concat())).unwrap();
    }

    /// An engine over it, connected and switched on.
    pub async fn engine(&self) -> Engine {
        let workspace = Workspace::open(self.bed.folder.path()).unwrap();
        assert!(workspace.told.is_empty(), "{:#?}", workspace.told);
        let engine = Engine::open(workspace, self.bed.outside(), OpenAs::Worker)
            .await
            .unwrap();
        let books = ConnectionName::new("books").unwrap();
        let key = tallybook::KEY.to_owned().into();
        engine.keep_key(&tenant(), &books, key).await.unwrap();
        let (on, now) = (TenantSwitch::Processing(true), self.bed.clock.now());
        engine
            .store()
            .switch(&tenant(), &on, "test", now)
            .await
            .unwrap();
        engine
    }

    /// The same, with its writing tried.
    pub async fn tried(&self) -> Engine {
        let engine = self.engine().await;
        let trial = self.trial(&engine).await;
        assert!(trial.is_good(), "{:#?}", trial.checks);
        engine
    }

    pub async fn trial(&self, engine: &Engine) -> WriteTrial {
        let loaded = engine.workspace().load(&tenant()).unwrap();
        trial_writes(engine, &loaded, None).await.unwrap()
    }

    pub fn state(&self) -> Value {
        self.bed.plane.state("tallybook").unwrap()
    }

    fn all(&self, what: &str) -> Vec<Value> {
        self.state()[what].as_array().unwrap().clone()
    }

    /// Customers, invoices and receipts.
    pub fn counts(&self) -> [usize; 3] {
        let invoices = self.all("invoices");
        let receipts = invoices
            .iter()
            .map(|i| i["receipts"].as_array().unwrap().len())
            .sum();
        [self.all("customers").len(), invoices.len(), receipts]
    }

    /// The only invoice of a number.
    pub fn invoice(&self, number: &str) -> Value {
        let mut of = self.all("invoices");
        of.retain(|i| i["no"] == json!(number));
        assert_eq!(of.len(), 1, "{number}: {of:#?}");
        of.remove(0)
    }

    /// How many requests changed something there.
    pub fn written(&self) -> usize {
        self.all("written").len()
    }
}
