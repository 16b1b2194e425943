//! Xero as a source: its invoices become orders, with payments where the word says so, and what we wrote there never comes back.

use super::{Till, sent};
use crate::bed::{Bed, amount, dec, file, order, shop, synced, tenant, verified};
use crossfoot::clock::Clock as _;
use crossfoot::model::{Became, DocState, TenantId};
use crossfoot::pipeline::ports::{Documents as _, Runs as _, TenantSwitch};
use crossfoot::service::{Done, Engine, SyncAsk};
use serde_json::{Value, json};

const FILE: &str = r#"tenant: acme
preset: xero-keap
from: { xero: xero }
to: { keap: keap }
currency: AUD
sync: { first_run: post }
"#;

/// The same, with what came in.
fn with_payments() -> String {
    FILE.replace("first_run: post", "first_run: post, payments: back")
        + "payments_account: { code: \"Check\" }\n"
}

/// Prices that hold their tax: 165.00 and 66.00, of which 21.00 is tax.
fn sale(number: &str) -> Value {
    json!({"Type": "ACCREC", "InvoiceNumber": number, "Contact": {"Name": "Jo Harbour"}, "Date": "2026-07-10",
        "DueDate": "2026-07-24", "Status": "AUTHORISED", "LineAmountTypes": "Inclusive", "Reference": "PO 12",
        "LineItems": [
            {"Description": "Crane hire\nweekend", "Quantity": 1.5, "UnitAmount": 110, "AccountCode": "200", "TaxType": "OUTPUT"},
            {"Description": "Manual", "Quantity": 2, "UnitAmount": 33, "AccountCode": "200", "TaxType": "OUTPUT"}]})
}

fn bed(file: &str) -> Bed {
    let bed = Bed::new(file);
    let jo = json!({"Name": "Jo Harbour", "EmailAddress": "jo@harbour.example"});
    bed.xero(json!({"contacts": [jo], "invoices": [sale("INV-9")]}));
    bed
}

async fn paid(bed: &Bed, number: &str, amount: &str) {
    let body = json!({"Invoice": {"InvoiceNumber": number}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": amount});
    bed.person("PUT", "Payments", body).await;
}

#[tokio::test]
async fn an_invoice_of_xeros_becomes_an_order_without_its_payments() {
    let bed = bed(FILE);
    paid(&bed, "INV-9", "50.00").await;
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "INV-9").await;
    let till = Till::of(&bed);
    assert_eq!(till.counts(), [1, 1, 0]);
    let order = till.order("INV-9");
    assert_eq!(order["total"], json!("231"));
    let items: Vec<(&str, &str, &str)> = (order["items"].as_array().unwrap().iter())
        .map(|i| {
            let text = |f: &str| i[f].as_str().unwrap();
            (text("type"), text("name"), text("amount"))
        })
        .collect();
    assert_eq!(
        items,
        [
            ("OTHER", "Crane hire", "150"),
            ("OTHER", "Manual", "60"),
            ("TAX", "Tax", "21"),
        ]
    );
    assert_eq!(order["rest"]["notes"], json!("PO 12"));
    for _ in 0..2 {
        bed.minutes(60);
        let again = synced(&engine).await;
        assert_eq!(again.run.counts.all(Became::Created), 0);
    }
    assert_eq!(Till::of(&bed).counts(), [1, 1, 0]);
}

#[tokio::test]
async fn payments_come_back_by_the_word_and_one_that_is_deleted_is_told() {
    let bed = bed(&with_payments());
    paid(&bed, "INV-9", "50.00").await;
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "INV-9").await;
    let till = Till::of(&bed);
    assert_eq!(till.counts(), [1, 1, 1]);
    assert_eq!(till.order("INV-9")["balance"], json!("181"));
    assert_eq!(
        till.all("payments")[0]["time"],
        json!("2026-07-12T10:30:00.000Z")
    );

    // The rest comes in later.
    bed.minutes(60);
    paid(&bed, "INV-9", "181.00").await;
    synced(&engine).await;
    assert_eq!(Till::of(&bed).order("INV-9")["balance"], json!("0"));
    verified(&engine, "INV-9").await;

    // One is deleted there: Keap has no way to take it back, and a person is told.
    bed.minutes(60);
    bed.deletes_payment().await;
    synced(&engine).await;
    let row = crate::bed::doc(&engine, "INV-9").await;
    let why = row.reason.unwrap();
    assert_eq!(
        (row.state, why.code.as_str()),
        (DocState::Held, "payment.removed")
    );
    assert_eq!(Till::of(&bed).counts(), [1, 1, 2]);
}

/// Runs a second tenant of the workspace.
pub(super) async fn back(engine: &Engine) -> Done {
    let id = TenantId::new("back").unwrap();
    let loaded = engine
        .workspace()
        .load(&id)
        .unwrap_or_else(|e| panic!("{e:#?}"));
    let ask = SyncAsk {
        trigger: "sync".into(),
        ..SyncAsk::default()
    };
    engine
        .sync(&loaded, &ask, &|_| {})
        .await
        .unwrap_or_else(|e| panic!("{e}"))
}

/// Forward and back between the same two: what went there does not return, by its stamp; nor where people removed that.
#[tokio::test]
async fn what_we_wrote_to_xero_does_not_come_back() {
    for stamped in [true, false] {
        let bed = Bed::new(&file(&[]));
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = bed.engine().await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        if !stamped {
            let path = bed.path_of("1041");
            bed.person("POST", &path, json!({"Reference": "by hand"}))
                .await;
        }
        let reverse = FILE.replace("tenant: acme", "tenant: back");
        std::fs::write(bed.folder.path().join("mappings/back.yaml"), reverse).unwrap();
        drop(engine);
        let engine = bed.engine().await;
        let (on, now) = (TenantSwitch::Processing(true), bed.clock.now());
        let id = TenantId::new("back").unwrap();
        let on = engine.store().switch(&id, &on, "test", now).await;
        on.unwrap();
        back(&engine).await;
        bed.minutes(60);
        back(&engine).await;
        let row = engine.store().document(&id, "1041").await.unwrap().unwrap();
        let why = row.reason.unwrap();
        assert_eq!(
            (row.state, why.code.as_str()),
            (DocState::Skipped, "skip.made_by_integration"),
            "stamped: {stamped}"
        );
        assert_eq!(Till::of(&bed).all("orders").len(), 1);
        assert!(sent(&bed).is_empty(), "nothing went to Keap");
        let total = dec(&bed.invoice("1041").unwrap()["Total"]);
        assert_eq!(total, amount("110"));
        let _ = tenant();
    }
}

/// What nobody has approved in Xero waits there; once approved it comes.
#[tokio::test]
async fn a_draft_comes_once_it_is_approved() {
    let bed = Bed::new(FILE);
    let jo = json!({"Name": "Jo Harbour", "EmailAddress": "jo@harbour.example"});
    let mut draft = sale("INV-9");
    draft["Status"] = json!("DRAFT");
    bed.xero(json!({"contacts": [jo], "invoices": [draft]}));
    let engine = bed.engine().await;
    synced(&engine).await;
    let end = crate::bed::end(&engine, "INV-9").await;
    assert_eq!(end, (DocState::Skipped, "skip.drafts".to_owned()));
    assert_eq!(Till::of(&bed).counts(), [0, 0, 0]);
    bed.minutes(60);
    let path = bed.path_of("INV-9");
    bed.person("POST", &path, json!({"Status": "AUTHORISED"}))
        .await;
    synced(&engine).await;
    verified(&engine, "INV-9").await;
    assert_eq!(Till::of(&bed).counts(), [1, 1, 0]);
}

/// The same way round: what we wrote into Keap is no sale for whoever reads it, by its link too, where nobody has told whose
/// account that is and a person has taken the stamp away.
#[tokio::test]
async fn what_we_wrote_to_keap_does_not_go_to_the_books_by_its_link_either() {
    let bed = bed(FILE);
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "INV-9").await;
    bed.keap_edit(json!({"orders": [{"id": Till::of(&bed).order("INV-9")["id"], "set": {"external_create_user": ""}}]}));
    let forward = crate::bed::PLAIN.replace("tenant: acme", "tenant: back");
    std::fs::write(bed.folder.path().join("mappings/back.yaml"), forward).unwrap();
    drop(engine);
    let engine = bed.engine().await;
    let (on, now) = (TenantSwitch::Processing(true), bed.clock.now());
    let id = TenantId::new("back").unwrap();
    engine.store().switch(&id, &on, "test", now).await.unwrap();
    back(&engine).await;
    let rows = engine.store().documents(&id, &[], 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    let why = rows[0].reason.as_ref().map(|r| r.code.as_str());
    assert_eq!(why, Some("skip.made_by_integration"), "{rows:#?}");
}
