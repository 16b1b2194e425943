//! A workspace of many tenants, each with an account at the source and an organisation of its own.

use super::bed::{Bed, file, order, shop, text};
use super::support::{HOST, XERO_CLIENT, noon, signed_in};
use crossfoot::model::{ConnectionName, TenantId};
use crossfoot::pipeline::ports::{Runs as _, TenantSwitch};
use crossfoot::service::{Engine, Outside, Workspace};
use crossfoot::store::OpenAs;
use serde_json::{Value, json};

/// A workspace of many tenants, each with an account at the source and an organisation of its own.
pub struct Crowd {
    /// The workspace, and what stands outside it.
    pub bed: Bed,
    names: Vec<String>,
}

impl Crowd {
    /// With these tenants, each with one order to send.
    pub fn new(names: &[&str]) -> Self {
        let bed = Bed::new(&file(&[]));
        let crowd = Self {
            bed,
            names: names.iter().map(ToString::to_string).collect(),
        };
        // The bed's own tenant stays out of it.
        std::fs::remove_file(crowd.bed.folder.path().join("mappings/acme.yaml")).unwrap();
        for name in names {
            crowd.member(name);
        }
        crowd
    }

    fn member(&self, name: &str) {
        let bed = &self.bed;
        let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
        let made = bed.plane.seed(
            "xero",
            json!({
                "organisations": [{"name": name, "country": "AU", "currency": "AUD"}],
                "tokens": [{"app": XERO_CLIENT, "tenants": [name], "access": format!("xa-{name}"), "refresh": format!("xr-{name}"), "scopes": scopes}],
            }),
        );
        let organisation = text(&made.unwrap()["organisations"][0], "tenant_id");
        let mut data = shop(vec![order(1, 1041, "2026-07-10")]);
        data["name"] = json!(name);
        data["currency"] = json!("AUD");
        data["time_zone"] = json!("Australia/Sydney");
        data["keys"] = json!([{"key": format!("key-{name}"), "kind": "sak"}]);
        let seeded = bed.plane.seed("keap", json!({"applications": [data]}));
        seeded.unwrap();
        let path = bed.folder.path().join("connections.yaml");
        let mut text = std::fs::read_to_string(&path).unwrap();
        let keap = if name == "hangs" {
            "hangs/keap"
        } else {
            "keap"
        };
        text += &format!(
            "keap-{name}: {{ system: keap, base: \"{HOST}/{keap}\", identity: \"{HOST}/{keap}\" }}\n\
             xero-{name}: {{ system: xero, base: \"{HOST}/xero\", identity: \"{HOST}/xero\", login: \"{HOST}/xero\", client_id: {XERO_CLIENT}, organisation: \"{organisation}\" }}\n"
        );
        std::fs::write(&path, text).unwrap();
        let from = format!("{{ keap: keap-{name} }}");
        let to = format!("{{ xero: xero-{name} }}");
        let yaml = file(&[("tenant", name), ("from", &from), ("to", &to)]);
        let path = bed.folder.path().join(format!("mappings/{name}.yaml"));
        std::fs::write(path, yaml).unwrap();
    }

    /// Gives a tenant a rule.
    pub fn rule(&self, name: &str, rule: &str) {
        self.bed.rule(&format!("{name}.rhai"), rule);
        let path = self.bed.folder.path().join(format!("mappings/{name}.yaml"));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("{text}rules: [rules/{name}.rhai]\n")).unwrap();
    }

    /// The workspace at work, every tenant connected and switched on.
    pub async fn engine(&self, outside: Outside) -> Engine {
        let workspace = Workspace::open(self.bed.folder.path()).unwrap();
        let opening = Engine::open(workspace, outside, OpenAs::Worker);
        let engine = opening.await.unwrap();
        for name in &self.names {
            let id = TenantId::new(name).unwrap();
            let keap = ConnectionName::new(&format!("keap-{name}")).unwrap();
            let xero = ConnectionName::new(&format!("xero-{name}")).unwrap();
            let key = engine.keep_key(&id, &keap, format!("key-{name}").into());
            key.await.unwrap();
            let secret = "hush".to_owned().into();
            engine.keep_client_secret(&xero, &secret).await.unwrap();
            let tokens = signed_in(&format!("xa-{name}"), &format!("xr-{name}"), noon());
            engine.keep_tokens(&id, &xero, &tokens).await.unwrap();
            let on = TenantSwitch::Processing(true);
            let set = engine.store().switch(&id, &on, "test", self.bed.now());
            set.await.unwrap();
        }
        engine
    }

    /// How many invoices a tenant's organisation has.
    pub fn made(&self, name: &str) -> usize {
        let books: Value = self.bed.plane.state("xero").unwrap();
        let all = books["organisations"].as_array().unwrap();
        let org = all.iter().find(|o| o["name"] == name).unwrap();
        org["invoices"].as_array().unwrap().len()
    }
}
