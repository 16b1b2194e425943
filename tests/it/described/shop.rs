//! A tenant whose source only a shipped description knows, with Xero behind it.

use crate::bed::{Bed, tenant};
use crate::support::{HOST, noon, signed_in};
use crossfoot::clock::Clock as _;
use crossfoot::model::{ConnectionName, DocState};
use crossfoot::pipeline::ports::{Records as _, Runs as _, TenantSwitch};
use crossfoot::service::{Engine, EngineError, Workspace};
use crossfoot::store::OpenAs;
use serde_json::{Value, json};

/// The key of every source here.
pub const KEY: &str = "shop-key";

/// What the tenants' files have in common.
pub const BOOKS: &str = r#"to: { xero: xero }
currency: AUD
payments_account: { code: "090" }
"#;

pub struct Shop {
    pub bed: Bed,
    pub engine: Engine,
    system: &'static str,
}

impl Shop {
    /// With one all of whose contacts go, by themselves too.
    pub async fn told_apart(system: &'static str, more: &str, path: &str, account: Value) -> Self {
        Self::saying(
            system,
            ("sync: { first_run: post, contacts: all }\n", more),
            path,
            account,
        )
        .await
    }

    /// With a preset, what else the tenant's file says, where the sandbox is, and what it holds.
    pub async fn new(system: &'static str, more: &str, path: &str, account: Value) -> Self {
        let sync = "sync: { first_run: post, updates: { invoices: true } }\n";
        Self::saying(system, (sync, more), path, account).await
    }

    /// The same, with what the file says under `sync`.
    pub async fn saying(
        system: &'static str,
        (sync, more): (&str, &str),
        path: &str,
        account: Value,
    ) -> Self {
        let file = format!(
            "tenant: acme\npreset: {system}-xero\nfrom: {{ {system}: shop }}\n{BOOKS}{sync}{more}"
        );
        let bed = Bed::new(&file);
        let at = bed.folder.path().join("connections.yaml");
        let text = std::fs::read_to_string(&at).unwrap();
        // In what it works the tenant's file says; what is written to says it itself.
        let currency = match system {
            "servicem8" => "currency: AUD, ",
            _ => "",
        };
        let own = format!(
            "shop: {{ system: {system}, zone: Australia/Sydney, {currency}base: \"{HOST}/{system}{path}\" }}\n"
        );
        std::fs::write(&at, format!("{text}{own}")).unwrap();
        let name = |n: &str| ConnectionName::new(n).unwrap();
        let workspace = Workspace::open(bed.folder.path()).unwrap();
        let engine = Engine::open(workspace, bed.outside(), OpenAs::Worker)
            .await
            .unwrap();
        let key = KEY.to_owned().into();
        engine
            .keep_key(&tenant(), &name("shop"), key)
            .await
            .unwrap();
        let secret = "hush".to_owned().into();
        engine
            .keep_client_secret(&name("xero"), &secret)
            .await
            .unwrap();
        let row = signed_in("xa1", "xr1", noon());
        engine
            .keep_tokens(&tenant(), &name("xero"), &row)
            .await
            .unwrap();
        let (on, now) = (TenantSwitch::Processing(true), bed.clock.now());
        let store = engine.store();
        store.switch(&tenant(), &on, "test", now).await.unwrap();
        let shop = Self {
            bed,
            engine,
            system,
        };
        shop.enter(account);
        shop
    }

    /// Enters records, or what changed of them.
    pub fn enter(&self, mut account: Value) {
        for (name, value) in [
            ("key", json!(KEY)),
            ("token", json!(KEY)),
            ("name", json!("Acme Cranes")),
        ] {
            account[name] = value;
        }
        let seed = json!({ "accounts": [account] });
        self.bed.plane.seed(self.system, seed).unwrap();
    }

    /// Changes the tenant's file.
    pub fn edit(&self, from: &str, to: &str) {
        let path = self.bed.folder.path().join("mappings/acme.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "the file has no `{from}`");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    }

    pub fn switch(&self, name: &str, value: Value) {
        let set = json!({ name: value });
        self.bed.plane.switch(self.system, &set).unwrap();
    }

    pub async fn sync(&self) -> Result<(), EngineError> {
        crate::bed::sync(&self.engine).await.map(|_| ())
    }

    /// What a run tells that is stopped.
    pub async fn told(&self) -> String {
        match crate::bed::sync(&self.engine).await {
            Err(e) => e.to_string(),
            Ok(done) => format!("{:?} {:?}", done.run, done.lines),
        }
    }

    /// Some time later, again.
    pub async fn later(&self, minutes: i64) {
        self.bed.clock.advance(chrono::Duration::minutes(minutes));
        self.sync().await.unwrap();
    }

    pub async fn end(&self, number: &str) -> (DocState, String) {
        crate::bed::end(&self.engine, number).await
    }

    pub async fn is_posted(&self, number: &str) {
        assert_eq!(
            self.end(number).await,
            (DocState::Verified, String::new()),
            "{number}"
        );
    }

    /// That a document is held, for a reason that says so.
    pub async fn is_held(&self, number: &str, says: &str) {
        let row = crate::bed::doc(&self.engine, number).await;
        let why = row
            .reason
            .map(|r| format!("{} {}", r.code, r.what))
            .unwrap_or_default();
        assert!(
            row.state == DocState::Held && why.contains(says),
            "{number}: {:?} {why}",
            row.state
        );
    }

    /// What could not be read, and why.
    pub async fn unread(&self) -> Vec<String> {
        let bad = self.engine.store().bad_records(&tenant()).await.unwrap();
        bad.into_iter().map(|b| b.what).collect()
    }

    /// What a posted invoice comes to.
    pub fn total(&self, number: &str) -> String {
        let made = self
            .bed
            .invoice(number)
            .unwrap_or_else(|| panic!("{number} is not posted"));
        let total: rust_decimal::Decimal = made["Total"].to_string().parse().unwrap();
        total.normalize().to_string()
    }

    /// Calls whose address holds a text.
    pub fn calls(&self, part: &str) -> usize {
        let sent = self.bed.transport.sent();
        sent.iter().filter(|r| r.url.contains(part)).count()
    }
}
