//! A payment that the source moves from one document to another is one payment in the bank.

use super::kickserv::{Crew, TENANT, job};
use crate::bed::{Bed, end, held, retried, sent, sync, verified};
use serde_json::{Value, json};

fn paid(mut job: Value, payments: Value) -> Value {
    job["payments"] = payments;
    job
}

fn cheque() -> Value {
    json!([{"id": 55, "date": "2026-07-11", "amount": "30.00", "payment_type": "Check"}])
}

async fn later(crew: &Crew, jobs: Vec<Value>) {
    crew.bed.clock.advance(chrono::Duration::hours(1));
    crew.edit(jobs);
    sync(&crew.engine).await.unwrap();
}

/// On which invoices the ledger has payments.
fn on(bed: &Bed) -> Vec<String> {
    let mut all: Vec<String> = (bed.money().into_iter()).map(|m| m.3).collect();
    all.sort();
    all
}

#[tokio::test]
async fn moved_in_one_sync_it_waits_until_the_ledgers_own_is_deleted() {
    let crew = Crew::of(TENANT, vec![paid(job(6), cheque()), job(7)]).await;
    sync(&crew.engine).await.unwrap();
    assert_eq!(crew.bed.payments(), 1);
    later(&crew, vec![paid(job(6), json!([])), paid(job(7), cheque())]).await;
    assert_eq!(crew.bed.payments(), 1, "{:?}", crew.bed.money());
    held(
        &crew.engine,
        "7",
        "payment.elsewhere",
        "is in the ledger on 6, for document 6",
        "delete it on 6 in the ledger",
    )
    .await;
    assert_eq!(end(&crew.engine, "6").await.1, "payment.removed");
    // The cure, as it is printed.
    crew.bed.tamper(json!({"delete_payment": {"invoice": "6"}}));
    crew.bed.minutes(10);
    retried(&crew.engine).await;
    verified(&crew.engine, "7").await;
    assert_eq!(on(&crew.bed), ["7"]);
}

/// The document that it was taken from is read later, or never.
#[tokio::test]
async fn one_that_both_documents_name_goes_once() {
    let crew = Crew::of(TENANT, vec![paid(job(6), cheque()), job(7)]).await;
    sync(&crew.engine).await.unwrap();
    later(&crew, vec![paid(job(7), cheque())]).await;
    assert_eq!(
        (crew.bed.payments(), on(&crew.bed)),
        (1, vec!["6".to_owned()])
    );
    assert_eq!(end(&crew.engine, "7").await.1, "payment.elsewhere");
    later(&crew, vec![paid(job(6), json!([]))]).await;
    assert_eq!(crew.bed.payments(), 1);
    assert_eq!(end(&crew.engine, "6").await.1, "payment.removed");
}

/// Neither was posted when the source moved it: it goes to where it is.
#[tokio::test]
async fn what_has_not_left_goes_with_the_document_that_has_it() {
    let crew = Crew::of(TENANT, vec![paid(job(6), cheque()), job(7)]).await;
    crew.edit(vec![paid(job(6), json!([])), paid(job(7), cheque())]);
    sync(&crew.engine).await.unwrap();
    assert_eq!(on(&crew.bed), ["7"]);
    later(&crew, vec![paid(job(6), cheque()), paid(job(7), json!([]))]).await;
    assert_eq!(on(&crew.bed), ["7"]);
    assert_eq!(end(&crew.engine, "6").await.1, "payment.elsewhere");
}

#[tokio::test]
async fn a_person_may_say_that_it_is_other_money() {
    let crew = Crew::of(TENANT, vec![paid(job(6), cheque()), job(7)]).await;
    sync(&crew.engine).await.unwrap();
    later(&crew, vec![paid(job(7), cheque())]).await;
    sent(&crew.engine, "7").await;
    verified(&crew.engine, "7").await;
    assert_eq!(on(&crew.bed), ["6", "7"]);
}
