//! A tenant whose orders come from the fake Keap and whose books are Quillbook's.
//!
//! Flows in: what a story's shop holds. Flows out: an engine over a workspace that was opened with one more system, and
//! the books as a person sees them there.

use super::connector::{Quillbook, WORD};
use super::ledger::Books;
use crate::bed::{Bed, tenant};
use crate::support::KEAP_KEY;
use crossfoot::clock::Clock as _;
use crossfoot::connectors::Registry;
use crossfoot::model::ConnectionName;
use crossfoot::pipeline::ports::{Runs as _, TenantSwitch};
use crossfoot::service::{Engine, Workspace};
use crossfoot::store::OpenAs;
use serde_json::Value;
use std::sync::{Arc, MutexGuard};

/// What a person writes who sets this route up.
pub const FILE: &str = r#"tenant: acme
from: { keap: keap }
to: { quillbook: books }
currency: AUD
sync: { first_run: post, updates: { invoices: true, contacts: true } }
match:
  contacts: { by: [link, email, name], none: create, many: hold }
  items: { by: sku, use: account_and_item_code }
payments_account: { name: "Everyday account" }
tax: { codes: { taxable: S15, zero: Z, else: hold }, without_tax: exclusive, unmarked: zero }
due: { else: +14d }
refunds: credit_note
"#;

/// The workspace, with the fake Keap on one side and Quillbook on the other.
pub struct Bench {
    pub bed: Bed,
    pub quillbook: Quillbook,
}

impl Bench {
    /// With a shop in Keap.
    pub fn new(shop: Value) -> Self {
        let bed = Bed::new(FILE);
        let path = bed.folder.path().join("connections.yaml");
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str(&format!("books: {{ system: {WORD} }}\n"));
        std::fs::write(&path, text).unwrap();
        bed.keap(shop);
        Self {
            bed,
            quillbook: Quillbook::new(),
        }
    }

    /// An engine over the workspace, with processing on.
    pub async fn engine(&self) -> Engine {
        let systems = Registry::standard().with(Arc::new(self.quillbook.clone()));
        let workspace = Workspace::open_with(self.bed.folder.path(), systems).unwrap();
        let engine = Engine::open(workspace, self.bed.outside(), OpenAs::Worker)
            .await
            .unwrap();
        let keap = ConnectionName::new("keap").unwrap();
        (engine.keep_key(&tenant(), &keap, KEAP_KEY.to_owned().into()))
            .await
            .unwrap();
        let (on, now) = (TenantSwitch::Processing(true), self.bed.clock.now());
        let on = engine.store().switch(&tenant(), &on, "test", now).await;
        on.unwrap();
        engine
    }

    /// The books, at this time.
    pub fn books(&self) -> MutexGuard<'_, Books> {
        let mut books = self.quillbook.books();
        books.at(self.bed.clock.now());
        books
    }
}
