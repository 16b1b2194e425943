//! A number that two documents of one kind have names neither of them: a word, a question and a cure name the id.

use super::totals::{MORE, account, hire, job, shop};
use crate::bed::{doc, tenant};
use crossfoot::model::DocState;
use crossfoot::service::desk::explain::explain;
use crossfoot::service::desk::plan::{PlanAction, plan};
use crossfoot::service::desk::settle::{WordAsk, skip};
use crossfoot::service::desk::word::Which;
use serde_json::{Value, json};

/// Two jobs of number 5, of two customers.
fn twins() -> Value {
    let (mut one, mut other) = (job(1), job(2));
    one["generated_job_id"] = json!("5");
    other["generated_job_id"] = json!("5");
    other["company_uuid"] = json!("c2");
    let mut dear = hire(2);
    dear["quantity"] = json!("3");
    account(
        vec![one, other, job(7)],
        vec![hire(1), dear, hire(7)],
        vec![],
    )
}

#[tokio::test]
async fn a_rehearsal_tells_that_two_documents_have_one_number() {
    let shop = shop(MORE, twins()).await;
    let loaded = shop.engine.workspace().load(&tenant()).unwrap();
    let planned = plan(&shop.engine, &loaded, None, &|_| {}).await.unwrap();
    let held: Vec<_> = (planned.documents.iter())
        .filter(|d| d.action == PlanAction::Hold)
        .collect();
    let [held] = held.as_slice() else {
        panic!("{planned:#?}")
    };
    let why = held.reason.as_ref().unwrap();
    assert_eq!(why.code.as_str(), "number.taken");
    assert!(
        why.fix.contains("crossfoot retry acme invoice:j"),
        "{why:?}"
    );
    shop.sync().await.unwrap();
    assert_eq!(shop.bed.invoices(), 2, "the sync does what was planned");
}

#[tokio::test]
async fn a_number_of_two_asks_which_and_the_name_that_is_told_is_the_one() {
    let shop = shop(MORE, twins()).await;
    shop.sync().await.unwrap();
    let states = [
        doc(&shop.engine, "invoice:j1").await,
        doc(&shop.engine, "invoice:j2").await,
    ];
    let held = states.iter().find(|d| d.state == DocState::Held).unwrap();
    let other = states.iter().find(|d| d.state != DocState::Held).unwrap();
    assert_eq!(held.name(), format!("invoice:{}", held.key.id));
    let loaded = shop.engine.workspace().load(&tenant()).unwrap();
    let asks = explain(&shop.engine, &loaded, "5").await.unwrap_err();
    assert!(asks.what.contains("number of several"), "{asks:?}");
    for row in &states {
        assert!(asks.fix.contains(&row.name()), "{asks:?}");
        let told = explain(&shop.engine, &loaded, &row.name()).await.unwrap();
        assert_eq!(told.id, row.key.id);
    }
    let name = held.name();
    let word = |number| WordAsk::document(number, "a double", "test");
    let asks = skip(&shop.engine, &loaded, word("5")).await.unwrap_err();
    assert!(
        asks.fix.contains(&format!("crossfoot skip acme {name}")),
        "{asks:?}"
    );
    let numbers = ["5".to_owned()];
    let which = Which::Numbers(&numbers);
    let answer =
        crossfoot::service::desk::retry::retry(&shop.engine, &tenant(), which, "test").await;
    let answer = answer.unwrap();
    assert!(
        answer.done.is_empty() && answer.left[0].why.contains(&name),
        "{answer:?}"
    );
    let done = skip(&shop.engine, &loaded, word(&name)).await.unwrap();
    assert_eq!(done.answer.number, name);
    shop.later(60).await;
    let now = doc(&shop.engine, &name).await;
    assert_eq!(now.state, DocState::Skipped);
    let kept = doc(&shop.engine, &other.name()).await;
    assert_eq!(
        kept.state,
        DocState::Verified,
        "the other one is left alone"
    );
}

/// A posted document that is to take another's number is told by the rehearsal, and stays as it is.
#[tokio::test]
async fn a_number_that_a_posted_document_has_is_told_before_it_is_asked_for() {
    let all = account(vec![job(5), job(7)], vec![hire(5), hire(7)], vec![]);
    let shop = shop(MORE, all).await;
    shop.sync().await.unwrap();
    shop.bed.clock.advance(chrono::Duration::hours(5));
    let mut renumbered = job(7);
    renumbered["generated_job_id"] = json!("5");
    shop.enter(json!({ "job": [renumbered] }));
    let loaded = shop.engine.workspace().load(&tenant()).unwrap();
    let planned = plan(&shop.engine, &loaded, None, &|_| {}).await.unwrap();
    let of: Vec<_> = planned
        .documents
        .iter()
        .map(|d| (d.action, d.number.as_str()))
        .collect();
    assert!(of.contains(&(PlanAction::Hold, "invoice:j7")), "{of:?}");
    shop.sync().await.unwrap();
    let row = doc(&shop.engine, "invoice:j7").await;
    let why = row.reason.clone().unwrap();
    assert_eq!(
        (row.state, why.code.as_str()),
        (DocState::Held, "number.taken"),
        "{why:?}"
    );
    assert!(why.what.contains("stamp of another document"), "{why:?}");
    assert_eq!(shop.bed.invoices(), 2);
}
