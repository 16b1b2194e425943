//! A system that only a description knows: its invoices and payments reach the ledger like any other's.

use super::{PLAIN, api, invoice};
use crate::bed::{Bed, end, fill, sync, sync_one, tenant};
use crate::support::{HOST, noon, signed_in};
use crossfoot::clock::Clock as _;
use crossfoot::model::{ConnectionName, DocState};
use crossfoot::pipeline::ports::{Runs as _, TenantSwitch};
use crossfoot::service::desk::explain::explain;
use crossfoot::service::{Engine, Workspace, WorkspaceError};
use crossfoot::store::OpenAs;
use serde_json::{Value, json};

/// A tenant that reads from it.
pub const TENANT: &str = r#"tenant: acme
from: { bookwright: wren }
to: { xero: xero }
currency: AUD
sync: { first_run: post, updates: { invoices: true, contacts: true } }
accounts:
  - { sku: RIG, use: "260" }
  - { else: "200" }
status: { invoices: { else: AUTHORISED } }
payments_account: { code: "090" }
tax: { codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }
"#;

/// A workspace with a description in it, a tenant's file and its connection.
pub fn bed_with(description: &str, tenant: &str, connections: &str) -> Bed {
    let bed = Bed::new(tenant);
    let folder = bed.folder.path().join("mappings/connectors");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("bookwright.yaml"), description).unwrap();
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}{connections}")).unwrap();
    bed.setting("wren", "base", &format!("{HOST}/bookwright/v2"));
    let seed = json!({
        "invoices": [invoice(1, "2026-07-01T00:00:00Z"), invoice(2, "2026-07-02T00:00:00Z")],
        "customers": {"c1": {"id": "c1", "name": "Wren & Sons", "email": "jo@wren.example", "login_token": "hush-hush"}},
        "payments": {"b1": [{"id": "p1", "state": "settled", "received_on": "2026-07-03", "amount": "60.00", "method": "card"}]},
    });
    bed.plane.seed("bookwright", seed).unwrap();
    bed
}

fn bed(description: &str) -> Bed {
    bed_with(description, TENANT, "wren: { system: bookwright }\n")
}

pub async fn engine(bed: &Bed) -> Engine {
    let workspace = Workspace::open(bed.folder.path()).unwrap();
    let engine = Engine::open(workspace, bed.outside(), OpenAs::Worker)
        .await
        .unwrap();
    let name = |n: &str| ConnectionName::new(n).unwrap();
    let key = api::KEY.to_owned().into();
    engine
        .keep_key(&tenant(), &name("wren"), key)
        .await
        .unwrap();
    engine
        .keep_client_secret(&name("xero"), &"hush".to_owned().into())
        .await
        .unwrap();
    let row = signed_in("xa1", "xr1", noon());
    engine
        .keep_tokens(&tenant(), &name("xero"), &row)
        .await
        .unwrap();
    let (on, now) = (TenantSwitch::Processing(true), bed.clock.now());
    engine
        .store()
        .switch(&tenant(), &on, "test", now)
        .await
        .unwrap();
    let _ = fill();
    engine
}

fn amount(value: &Value) -> String {
    value
        .to_string()
        .parse::<rust_decimal::Decimal>()
        .unwrap()
        .normalize()
        .to_string()
}

#[tokio::test]
async fn invoices_and_payments_of_a_described_system_reach_the_ledger() {
    assert!(PLAIN.lines().count() < 60, "that is all a person writes");
    let bed = bed(PLAIN);
    let engine = engine(&bed).await;
    sync(&engine).await.unwrap();
    for number in ["BW-001", "BW-002"] {
        assert_eq!(
            end(&engine, number).await,
            (DocState::Verified, String::new())
        );
        assert_eq!(
            amount(&bed.invoice(number).expect("posted")["Total"]),
            "110"
        );
    }
    assert_eq!((bed.invoices(), bed.payments()), (2, 1));
    // Again: nothing is made.
    sync(&engine).await.unwrap();
    assert_eq!((bed.invoices(), bed.payments()), (2, 1));
    // A later payment changes nothing of its invoice: it is found by the nightly scan.
    let late = json!({"payments": {"b2": [{"id": "p2", "state": "settled", "received_on": "2026-07-14", "amount": "40.00", "method": "card"}]}});
    bed.plane.seed("bookwright", late).unwrap();
    bed.clock.advance(chrono::Duration::hours(25));
    sync(&engine).await.unwrap();
    assert_eq!((bed.invoices(), bed.payments()), (2, 2));
    // One alone, by its number.
    bed.plane
        .seed(
            "bookwright",
            json!({"invoices": [invoice(3, "2026-07-16T00:00:00Z")]}),
        )
        .unwrap();
    sync_one(&engine, "BW-003").await.unwrap();
    assert_eq!(bed.invoices(), 3);
}

#[tokio::test]
async fn explain_shows_the_path_in_the_record_and_the_line_of_the_description() {
    let bed = bed(PLAIN);
    let engine = engine(&bed).await;
    sync(&engine).await.unwrap();
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = explain(&engine, &loaded, "BW-001").await.unwrap();
    let by = |field: &str| {
        let found = told.fields.iter().find(|f| f.field == field);
        found
            .unwrap_or_else(|| panic!("{field}: {:#?}", told.fields))
            .by
            .clone()
    };
    let line = |text: &str| 1 + PLAIN.lines().position(|l| l.contains(text)).unwrap();
    let place = |text: &str| format!("mappings/connectors/bookwright.yaml:{}:", line(text));
    for (field, path, text) in [
        ("number", "invoice_no", "number: invoice_no"),
        ("date", "issued_on", "date: issued_on"),
        ("line[1].quantity", "items.qty", "quantity: qty"),
        ("line[2].unit_amount", "items.price", "unit_amount: price"),
    ] {
        let by = by(field);
        assert!(
            by.contains(path) && by.contains(&place(text)),
            "{field}: {by}"
        );
    }
    // Nothing that is told or kept holds the key or what the description drops.
    let told = serde_json::to_string(&told).unwrap();
    assert!(
        !told.contains(api::KEY) && !told.contains("hush-hush"),
        "{told}"
    );
    let kept = std::fs::read(bed.folder.path().join(".crossfoot/crossfoot.db")).unwrap();
    let holds = |what: &[u8]| kept.windows(what.len()).any(|w| w == what);
    assert!(!holds(api::KEY.as_bytes()) && !holds(b"hush-hush"));
}

#[tokio::test]
async fn what_is_deleted_or_turned_into_a_quote_after_it_was_posted_holds() {
    let bed = bed(PLAIN);
    let engine = engine(&bed).await;
    sync(&engine).await.unwrap();
    bed.clock.advance(chrono::Duration::hours(1));
    let mut quote = invoice(1, "2026-07-15T02:30:00Z");
    quote["state"] = json!("quote");
    let mut deleted = invoice(2, "2026-07-15T02:30:00Z");
    deleted["state"] = json!("deleted");
    bed.plane
        .seed("bookwright", json!({"invoices": [quote, deleted]}))
        .unwrap();
    sync(&engine).await.unwrap();
    for number in ["BW-001", "BW-002"] {
        let (state, why) = end(&engine, number).await;
        assert_eq!(state, DocState::Held, "{number}: {why}");
    }
    assert_eq!(bed.invoices(), 2, "nothing is taken out of the ledger");
}

#[tokio::test]
async fn an_edit_of_the_description_is_an_edit_of_how_records_are_read() {
    let bed = bed(PLAIN);
    let first = engine(&bed).await;
    let before = first.workspace().load(&tenant()).unwrap().config;
    sync(&first).await.unwrap();
    first.close().await;
    drop(first);
    let path = bed
        .folder
        .path()
        .join("mappings/connectors/bookwright.yaml");
    std::fs::write(&path, PLAIN.replace("reference: po", "title: po")).unwrap();
    let second = engine(&bed).await;
    assert_ne!(second.workspace().load(&tenant()).unwrap().config, before);
    sync(&second).await.unwrap();
    assert_eq!(bed.invoices(), 2, "what is posted stays as it is");
    second.close().await;
    drop(second);
    // One with a mistake: the tenant says so, with the place, and nothing runs.
    std::fs::write(&path, PLAIN.replace("issued_on", "issued..on")).unwrap();
    let workspace = Workspace::open(bed.folder.path()).unwrap();
    let Err(WorkspaceError::Mistakes(told)) = workspace.load(&tenant()) else {
        panic!("it has a mistake")
    };
    let first = told
        .iter()
        .find(|d| d.code.starts_with("manifest."))
        .expect("told");
    assert_eq!(first.place.file, "mappings/connectors/bookwright.yaml");
    assert!(
        first.place.line > 0 && first.what.contains("issued..on"),
        "{first:#?}"
    );
}
