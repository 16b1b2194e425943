//! The tenant's file: what a consultant writes, what is told of it, what it does to documents.

mod advice;
mod apply;
mod customers;
mod form;
mod kinds;
mod later;
mod laws;
mod layers;
mod ledgers;
mod live;
mod mistakes;
mod papers;
pub mod pasted;
mod words;

use crossfoot::connectors::Registry;
use crossfoot::connectors::System as _;
use crossfoot::mapping::{Compiled, Connections, Input, Mapping, Presets, compile};
use crossfoot::model::Facts;

/// A small, whole file.
pub const PLAIN: &str = r#"tenant: acme
preset: keap-xero
from: { keap: acme }
to: { xero: acme-books }
currency: AUD
accounts:
  - { sku: TIL, use: "201" }
  - { sku: "CRANE-*", use: "20-4100" }
  - { kind: shipping, use: "260" }
  - { kind: discount, use: "0205" }
  - { else: "200" }
payments_account: { code: "090" }
tax:
  codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold }
"#;

pub const CONNECTIONS: &str = "acme: { system: keap }\nacme-books: { system: xero }\n";

pub fn keap() -> Facts {
    crossfoot::connectors::keap::Keap::new().facts().clone()
}

pub fn xero() -> Facts {
    crossfoot::connectors::xero::Xero::new().facts().clone()
}

pub fn compiled(text: &str) -> Compiled {
    let (source, target) = (keap(), xero());
    let (connections, told) = Connections::parse(
        "connections.yaml",
        CONNECTIONS,
        &Registry::standard().settings(),
    );
    assert_eq!(told, vec![]);
    compile(&Input {
        file: "mappings/acme.yaml",
        text,
        presets: &Presets::embedded(),
        connections: Some(&connections),
        facts: &[&source, &target],
    })
}

pub fn mapping(text: &str) -> Mapping {
    let compiled = compiled(text);
    let told: Vec<String> = compiled
        .diagnostics
        .iter()
        .map(ToString::to_string)
        .collect();
    compiled
        .mapping
        .unwrap_or_else(|| panic!("{}", told.join("\n")))
}

/// The plain file with lines of its own below.
pub fn with(more: &str) -> Mapping {
    mapping(&format!("{PLAIN}{more}"))
}
