//! What waits for a person's word: approval, the first run, and more than a run may post.

use super::bed::{
    Bed, amount, approve, doc, end, file, gst, hire, order, paid, shop, synced, tenant, total,
    verified, with,
};
use crossfoot::model::DocState;
use crossfoot::pipeline::flow;
use crossfoot::pipeline::ports::{Documents as _, Moved};
use crossfoot::service::desk::approve::approve as approve_all;
use crossfoot::service::desk::errors::errors;
use crossfoot::service::desk::word::Which;
use serde_json::json;

const MANUAL: (&str, &str) = ("sync", "{ first_run: post, approval: manual }");

fn three() -> serde_json::Value {
    shop(vec![
        order(1, 1041, "2026-07-10"),
        order(2, 1042, "2026-07-11"),
        order(3, 1043, "2026-07-12"),
    ])
}

#[tokio::test]
async fn nothing_goes_before_it_is_approved_and_only_that() {
    let bed = Bed::new(&file(&[MANUAL]));
    bed.keap(three());
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!((bed.invoices(), bed.contacts()), (0, 0));
    assert_eq!(
        end(&engine, "1042").await,
        (DocState::Checked, "approval.waits".to_owned())
    );
    approve(&engine, "1042").await;
    assert_eq!(bed.invoices(), 0, "it goes at the next sync");
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(bed.invoices(), 1);
    // Taken back before it went, it stays.
    approve(&engine, "1043").await;
    let row = doc(&engine, "1043").await;
    engine
        .store()
        .set_state(&tenant(), &row, DocState::Checked, "jo", engine.now())
        .await
        .unwrap();
    synced(&engine).await;
    assert_eq!(bed.invoices(), 1);
    assert_eq!(doc(&engine, "1043").await.state, DocState::Checked);
}

/// The money that goes with a document waits for the same word, and whoever gives it is told how much that is.
#[tokio::test]
async fn the_payment_of_what_waits_for_approval_is_told_with_it() {
    let bed = Bed::new(&file(&[MANUAL]));
    let paid = json!({"payments": [paid("110.00", "2026-07-11")]});
    bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), paid)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let told = errors(&engine, vec![tenant()]).await.unwrap();
    let [one] = told.tenants[0].payments.as_slice() else {
        panic!("{told:#?}");
    };
    let why = one.payment.reason.as_ref().map(|r| r.code.as_str());
    assert_eq!(
        (one.document.as_str(), why),
        ("1041", Some("approval.waits"))
    );
    assert_eq!(one.payment.state, "waits");
    assert_eq!(one.payment.amount, amount("110.00"));
    assert!(!one.beside, "one word lets both go");
    approve(&engine, "1041").await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
    let told = errors(&engine, vec![tenant()]).await.unwrap();
    assert!(told.none(), "{told:#?}");
}

#[tokio::test]
async fn an_approval_is_for_what_was_seen_a_change_sends_it_back() {
    let bed = Bed::new(&file(&[MANUAL]));
    bed.keap(three());
    let engine = bed.engine().await;
    synced(&engine).await;
    approve(&engine, "1041").await;
    // Before it goes, the order is changed in Keap.
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("5"), gst("50.00")]}]}));
    synced(&engine).await;
    assert_eq!(
        bed.invoices(),
        0,
        "what was approved is no longer what would go"
    );
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Checked, "approval.waits".to_owned())
    );
    approve(&engine, "1041").await;
    synced(&engine).await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("550.00"));
    // A change that alters nothing that goes does not.
    approve(&engine, "1042").await;
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "2", "set": {"notes": "call before noon"}}]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
}

#[tokio::test]
async fn the_first_run_shows_and_waits_until_it_is_released() {
    let bed = Bed::new(&file(&[("sync", "{ first_run: review }")]));
    bed.keap(three());
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(bed.invoices(), 0);
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Checked, "approval.first_run".to_owned())
    );
    flow::release(engine.store(), &tenant(), "jo", engine.now())
        .await
        .unwrap();
    synced(&engine).await;
    assert_eq!(bed.invoices(), 3);
    // From now on it runs by itself.
    bed.minutes(30);
    bed.keap(json!({"orders": [order(4, 1044, "2026-07-15")]}));
    synced(&engine).await;
    verified(&engine, "1044").await;
}

#[tokio::test]
async fn more_documents_than_a_run_may_post_wait_for_a_person() {
    let bed = Bed::new(&file(&[("guard", "{ per_run: { documents: 2 } }")]));
    bed.keap(three());
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(bed.invoices(), 2);
    let waits = doc(&engine, "1043").await;
    assert_eq!(
        (waits.state, waits.reason.clone().unwrap().code.as_str()),
        (DocState::Checked, "guard.per_run")
    );
    let why = waits.reason.unwrap();
    assert!(
        why.what.contains("more than 2 documents")
            && why.fix.contains("release")
            && why.place.is_some(),
        "{why}"
    );
    // It does not slip through at the next run.
    synced(&engine).await;
    assert_eq!(bed.invoices(), 2);
    flow::release(engine.store(), &tenant(), "jo", engine.now())
        .await
        .unwrap();
    synced(&engine).await;
    assert_eq!(bed.invoices(), 3);
    verified(&engine, "1043").await;
}

#[tokio::test]
async fn and_so_does_more_money() {
    let bed = Bed::new(&file(&[(
        "guard",
        "{ per_run: { total: { AUD: 220.00 } } }",
    )]));
    bed.keap(three());
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(bed.invoices(), 2, "220.00 is allowed, 330.00 is not");
    let why = doc(&engine, "1043").await.reason.unwrap();
    assert!(why.what.contains("AUD 220.00"), "{why}");
    flow::release(engine.store(), &tenant(), "jo", engine.now())
        .await
        .unwrap();
    synced(&engine).await;
    assert_eq!(bed.invoices(), 3);
}

#[tokio::test]
async fn a_planned_contact_survives_a_second_decision() {
    let bed = Bed::new(&file(&[("sync", "{ first_run: review }")]));
    bed.keap(three());
    let engine = bed.engine().await;
    synced(&engine).await;
    // The order is changed before anything went: it is decided on again, and so is its contact.
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("5"), gst("50.00")]}]}));
    synced(&engine).await;
    flow::release(engine.store(), &tenant(), "jo", engine.now())
        .await
        .unwrap();
    synced(&engine).await;
    assert_eq!(bed.invoices(), 3);
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn a_word_on_all_that_waits_ends_at_no_page() {
    let orders = 1_001;
    let bed = super::book::bed(orders, 10);
    bed.tenant(&file(&[MANUAL]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let told = errors(&engine, vec![tenant()]).await.unwrap();
    let waits: usize = told.tenants[0]
        .causes
        .iter()
        .map(|c| c.documents.len())
        .sum();
    assert_eq!(waits, orders);
    let word = approve_all(&engine, &tenant(), Which::All, "jo")
        .await
        .unwrap();
    assert_eq!((word.done.len(), word.left.len()), (orders, 0));
    let left = engine
        .store()
        .all_documents(&tenant(), &[DocState::Checked])
        .await
        .unwrap();
    assert!(left.is_empty());
    // Documents of one moment too are each read once.
    let all = engine
        .store()
        .all_documents(&tenant(), &[DocState::Approved])
        .await
        .unwrap();
    let keys: std::collections::BTreeSet<_> = all.iter().map(|d| d.key.clone()).collect();
    assert_eq!((all.len(), keys.len()), (orders, orders));
    // Nor does one get lost, or come twice, that moves while the list is read.
    let states = [DocState::Checked, DocState::Approved];
    for (n, from) in [0, 500, 1_000].into_iter().enumerate() {
        bed.minutes(1);
        let (store, now) = (engine.store(), engine.now());
        let row = super::bed::doc(&engine, &(100_001 + from).to_string()).await;
        let t = tenant();
        let back = store.set_state(&t, &row, DocState::Checked, "jo", now);
        let (all, moved) = tokio::join!(store.all_documents(&t, &states), back);
        assert_eq!(moved.unwrap(), Moved::Done);
        let all = all.unwrap();
        let keys: std::collections::BTreeSet<_> = all.iter().map(|d| d.key.clone()).collect();
        assert_eq!((all.len(), keys.len()), (orders, orders), "{n}");
    }
}
