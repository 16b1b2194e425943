//! The library at work: one order of a fake Keap becomes one invoice with its payment in a fake Xero.
//!
//! Run with `cargo run --example one_invoice`. Both vendors are served on loopback by this same program;
//! nothing leaves the machine, and the workspace is a temporary folder.

use chrono::Duration;
use crossfoot::clock::{Clock as _, RealClock};
use crossfoot::connectors::auth::{TokenRow, TokenStatus};
use crossfoot::connectors::http::ReqwestTransport;
use crossfoot::model::{ConnectionName, TenantId};
use crossfoot::sandbox::keap::Keap;
use crossfoot::sandbox::plane::{Plane, PlaneOptions};
use crossfoot::sandbox::wire::System;
use crossfoot::sandbox::xero::Xero;
use crossfoot::service::{BeaconPlace, Engine, Outside, SyncAsk, Workspace};
use crossfoot::store::{Fill, OpenAs, Seal};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

type Whatever = Box<dyn std::error::Error + Send + Sync>;

const TENANT_FILE: &str = r#"
tenant: acme
preset: keap-xero
from: { keap: shop }
to:   { xero: books }
currency: AUD
sync: { first_run: post }
accounts:
  - { else: "200" }
payments_account: { code: "090" }
tax:
  codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold }
"#;

/// What the shop holds: one customer, one product, one order, paid in part.
fn shop() -> Value {
    let order = json!({
        "invoice_id": "1041", "title": "Crane hire", "contact_id": "1", "order_time": "2026-07-10T02:00:00Z",
        "items": [{"product_id": "1", "quantity": 2}, {"type": "TAX", "name": "GST", "price": "20.00"}],
        "payments": [{"amount": "50.00", "type": "Check", "time": "2026-07-11T02:00:00Z"}]});
    json!({"applications": [{
        "name": "acme", "currency": "AUD", "time_zone": "Australia/Sydney",
        "keys": [{"key": "a-key-of-the-sandbox", "kind": "sak"}],
        "contacts": [{"id": "1", "given_name": "Jo", "family_name": "Harbour"}],
        "products": [{"id": "1", "name": "Crane hire, day", "sku": "HIRE", "price": "100.00", "taxable": true}],
        "orders": [order]}]})
}

/// What the ledger holds: an organisation of the country's standard chart, and a token for it.
fn books() -> Value {
    let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
    json!({
        "apps": [{"client_id": "example", "client_secret": "of-the-sandbox", "redirect_uris": ["http://localhost:4700/callback"]}],
        "organisations": [{"name": "Acme Cranes", "country": "AU"}],
        "tokens": [{"app": "example", "tenants": ["Acme Cranes"], "access": "access", "refresh": "refresh", "scopes": scopes}]})
}

/// Serves both vendors; answers the plane and its address.
async fn vendors() -> Result<(Plane, String), Whatever> {
    let systems =
        || -> Vec<Box<dyn System>> { vec![Box::new(Keap::default()), Box::new(Xero::default())] };
    let plane = Plane::new(PlaneOptions::new(systems, || RealClock.now()))?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(plane.clone().serve(listener, std::future::pending()));
    plane.seed("keap", shop())?;
    plane.seed("xero", books())?;
    Ok((plane, address))
}

/// Writes the workspace.
fn workspace(folder: &Path, address: &str, organisation: &str) -> Result<Workspace, Whatever> {
    std::fs::create_dir_all(folder.join("mappings"))?;
    std::fs::write(folder.join("mappings/acme.yaml"), TENANT_FILE)?;
    let connections = format!(
        "shop: {{ system: keap, base: \"{address}/keap\" }}\n\
         books: {{ system: xero, base: \"{address}/xero\", identity: \"{address}/xero\", client_id: example, organisation: \"{organisation}\" }}\n"
    );
    std::fs::write(folder.join("connections.yaml"), connections)?;
    Ok(Workspace::open(folder)?)
}

/// Gives the engine its key and its tokens, as `crossfoot connect` would.
async fn connect(engine: &Engine, tenant: &TenantId) -> Result<(), Whatever> {
    let (shop, books) = (ConnectionName::new("shop")?, ConnectionName::new("books")?);
    engine
        .keep_key(tenant, &shop, "a-key-of-the-sandbox".to_owned().into())
        .await?;
    engine
        .keep_client_secret(&books, &"of-the-sandbox".to_owned().into())
        .await?;
    let tokens = TokenRow {
        generation: 1,
        access: "access".to_owned().into(),
        received: RealClock.now(),
        expires: Some(RealClock.now() + Duration::minutes(30)),
        refresh: Some("refresh".to_owned().into()),
        previous: None,
        status: TokenStatus::Idle,
        reconnect: None,
    };
    Ok(engine.keep_tokens(tenant, &books, &tokens).await?)
}

/// Syncs the one invoice; answers what the ledger then holds of it.
pub async fn run() -> Result<String, Whatever> {
    let (plane, address) = vendors().await?;
    let organisation =
        plane.state("xero").unwrap_or_default()["organisations"][0]["tenant_id"].clone();
    let folder = tempfile::tempdir()?;
    let workspace = workspace(
        folder.path(),
        &address,
        organisation.as_str().unwrap_or_default(),
    )?;
    let fill: Fill = Arc::new(|bytes: &mut [u8]| rand::fill(bytes));
    let outside = Outside {
        clock: Arc::new(RealClock),
        transport: Arc::new(ReqwestTransport::default()),
        seal: Seal::new([1; 32], Arc::clone(&fill)),
        beacon: BeaconPlace::default(),
        fill,
    };
    let engine = Engine::open(workspace, outside, OpenAs::Worker).await?;
    let tenant = TenantId::new("acme")?;
    connect(&engine, &tenant).await?;

    let loaded = engine.workspace().load(&tenant)?;
    let ask = SyncAsk {
        trigger: "example".into(),
        only: Some("1041".into()),
        ..SyncAsk::default()
    };
    let done = engine.sync(&loaded, &ask, &|_| {}).await?;

    let ledger = plane.state("xero").unwrap_or_default();
    let invoice = &ledger["organisations"][0]["invoices"][0];
    Ok(format!(
        "invoice {} over {} {}, of which {} is paid; {} calls\n",
        invoice["InvoiceNumber"].as_str().unwrap_or("?"),
        invoice["Total"],
        invoice["CurrencyCode"].as_str().unwrap_or("?"),
        invoice["AmountPaid"],
        done.run.calls.values().sum::<u64>()
    ))
}

#[allow(dead_code)] // The tests call `run` alone.
#[tokio::main]
async fn main() -> Result<(), Whatever> {
    print!("{}", run().await?);
    Ok(())
}
