//! Estimates that become invoices, and invoices that fall back: what is told of them, and what a word on them does.

use super::kickserv::{Crew, TENANT, job};
use crate::bed::{doc, end, sync, tenant};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::desk::retry::{at_once, retry};
use crossfoot::service::desk::word::Which;
use serde_json::{Value, json};

fn file(estimates: &str) -> String {
    let file = TENANT.replace("estimates: off", &format!("estimates: {estimates}"));
    format!("{file}status: {{ estimates: {{ else: SENT }} }}\n")
}

fn paid(mut job: Value) -> Value {
    job["payments"] =
        json!([{"id": 55, "date": "2026-07-11", "amount": "30.00", "payment_type": "Check"}]);
    job
}

fn estimate(n: u64) -> Value {
    let mut job = job(n);
    job["estimate_sent_on"] = json!("2026-07-09");
    job["invoice_date"] = Value::Null;
    job
}

#[tokio::test]
async fn a_retry_of_an_estimate_that_is_an_invoice_again_makes_no_quote_beside_it() {
    let crew = Crew::of(&file("as_quote"), vec![job(6)]).await;
    sync(&crew.engine).await.unwrap();
    for turned in [estimate(6), job(6)] {
        crew.bed.clock.advance(chrono::Duration::hours(1));
        crew.edit(vec![turned]);
        sync(&crew.engine).await.unwrap();
    }
    let stale = doc(&crew.engine, "estimate:6").await;
    assert_eq!(stale.state, DocState::Held, "{:?}", stale.reason);
    let numbers = ["estimate:6".to_owned()];
    let word = retry(&crew.engine, &tenant(), Which::Numbers(&numbers), "test")
        .await
        .unwrap();
    let loaded = crew.engine.workspace().load(&tenant()).unwrap();
    let ask = at_once("retry", word.done);
    crew.engine.sync(&loaded, &ask, &|_| {}).await.unwrap();
    let quotes = crew.bed.books()["quotes"].as_array().map_or(0, Vec::len);
    assert_eq!(quotes, 0, "it is no estimate any more");
    assert_eq!(end(&crew.engine, "estimate:6").await.0, DocState::Skipped);
    assert_eq!(end(&crew.engine, "6").await.0, DocState::Verified);
}

/// The source still has the payment of an invoice that fell back to an estimate; it tells of none of an estimate.
#[tokio::test]
async fn the_money_of_an_invoice_that_fell_back_is_not_told_as_removed() {
    let quotes = TENANT.replace("estimates: off", "estimates: as_draft_invoice");
    let crew = Crew::of(&quotes, vec![paid(job(6))]).await;
    sync(&crew.engine).await.unwrap();
    assert_eq!(crew.bed.payments(), 1);
    crew.bed.clock.advance(chrono::Duration::hours(1));
    crew.edit(vec![paid(estimate(6))]);
    sync(&crew.engine).await.unwrap();
    let row = doc(&crew.engine, "6").await;
    assert_eq!(row.reason.unwrap().code.as_str(), "source.kind");
    let note = crew
        .engine
        .store()
        .decision(&tenant(), &row.key)
        .await
        .unwrap()
        .unwrap();
    let why: Vec<_> = note
        .payments
        .iter()
        .map(|p| p.reason.clone().unwrap().code)
        .collect();
    assert!(
        !why.is_empty() && why.iter().all(|c| c.as_str() == "payment.waits"),
        "{why:?}"
    );
}

#[tokio::test]
async fn money_that_people_put_to_an_estimates_draft_is_told() {
    let quotes = TENANT.replace("estimates: off", "estimates: as_draft_invoice");
    let crew = Crew::of(&quotes, vec![estimate(1)]).await;
    sync(&crew.engine).await.unwrap();
    let made = crew.bed.invoice("1").unwrap();
    assert_eq!(made["Status"], json!("DRAFT"));
    let path = crew.bed.path_of("1");
    let approved = json!({"Status": "AUTHORISED", "DueDate": "2026-07-30"});
    crew.bed.person("POST", &path, approved).await;
    let paid = json!({"Invoice": {"InvoiceNumber": "1"}, "Account": {"Code": "090"}, "Amount": 220.00, "Date": "2026-07-12"});
    crew.bed.person("PUT", "Payments", paid).await;
    crew.bed.clock.advance(chrono::Duration::hours(2));
    sync(&crew.engine).await.unwrap();
    let (state, code) = end(&crew.engine, "1").await;
    assert_eq!((state, code.as_str()), (DocState::Held, "ledger.balance"));
}

/// A cure names the rule that is asked of a document of its kind.
#[test]
fn each_kind_of_document_is_renumbered_by_its_own_rule() {
    for kind in crossfoot::model::Kind::DOCUMENTS {
        let hook = crossfoot::rules::Hook::maps(kind);
        assert_eq!(kind.mapped_by(), hook.name());
        let params: Vec<&str> = hook.params().iter().map(|(name, _)| *name).collect();
        let cure = kind.renumbered_by();
        assert!(
            params.iter().any(|p| cure.contains(&format!("{p}.number"))),
            "{cure}"
        );
    }
}
