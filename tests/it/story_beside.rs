//! What a person says while a run goes on: neither undoes the other.

use super::bed::{Bed, approve, doc, file, gst, hire, order, shop, synced, tenant, verified};
use crossfoot::model::DocState;
use crossfoot::pipeline::lease::LEASE_S;
use crossfoot::pipeline::ports::{
    DecidedDoc, DocRow, Documents as _, Journal as _, Moved, Runs as _, TenantSwitch,
};
use crossfoot::service::Engine;
use serde_json::json;

const MANUAL: (&str, &str) = ("sync", "{ first_run: post, approval: manual }");

async fn one_that_waits() -> (Bed, Engine) {
    let bed = Bed::new(&file(&[MANUAL]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(doc(&engine, "1041").await.state, DocState::Checked);
    (bed, engine)
}

/// A run that has read a document as it was stores what it decided.
async fn decided_as_seen(engine: &Engine, seen: &DocRow, release: bool) {
    let (store, now) = (engine.store(), engine.now());
    let note = store.decision(&tenant(), &seen.key).await.unwrap().unwrap();
    let lease = store.lease(&tenant(), "a run", now, LEASE_S).await.unwrap();
    let lease = lease.unwrap();
    let decided = DecidedDoc {
        key: seen.key.clone(),
        version: seen.version.clone(),
        state: seen.state,
        reason: seen.reason.clone(),
        facts: (store.facts(&tenant(), &note.facts).await.unwrap()).unwrap_or_default(),
        comes_to: None,
        note,
        writes: Vec::new(),
        approval: seen.drafts.clone().unwrap(),
        release,
        approved: seen.approved.clone(),
        retried: false,
        to_release: Default::default(),
        learned: Default::default(),
    };
    store.decided(&lease, &[decided], now).await.unwrap();
    store.give_back(&lease).await.unwrap();
}

#[tokio::test]
async fn an_approval_is_about_what_was_seen_and_not_about_what_a_run_made_of_it_since() {
    let (bed, engine) = one_that_waits().await;
    let seen = doc(&engine, "1041").await;
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("5"), gst("50.00")]}]}));
    synced(&engine).await;
    let (store, now, acme) = (engine.store(), engine.now(), tenant());
    let said = store.set_state(&acme, &seen, DocState::Approved, "jo", now);
    assert_eq!(said.await.unwrap(), Moved::Decided);
    synced(&engine).await;
    assert_eq!(bed.invoices(), 0);
    assert_eq!(doc(&engine, "1041").await.state, DocState::Checked);
}

#[tokio::test]
async fn an_approval_that_comes_in_while_a_run_decides_is_not_lost() {
    let (bed, engine) = one_that_waits().await;
    let seen = doc(&engine, "1041").await;
    approve(&engine, "1041").await;
    decided_as_seen(&engine, &seen, false).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.invoices(), 1);
}

#[tokio::test]
async fn one_that_is_sent_back_while_a_run_decides_does_not_go() {
    let (bed, engine) = one_that_waits().await;
    approve(&engine, "1041").await;
    let seen = doc(&engine, "1041").await;
    let (store, now, acme) = (engine.store(), engine.now(), tenant());
    let back = store.set_state(&acme, &seen, DocState::Checked, "jo", now);
    assert_eq!(back.await.unwrap(), Moved::Done);
    decided_as_seen(&engine, &seen, true).await;
    assert_eq!(doc(&engine, "1041").await.state, DocState::Checked);
    synced(&engine).await;
    assert_eq!(bed.invoices(), 0);
    assert_eq!(doc(&engine, "1041").await.state, DocState::Checked);
}

#[tokio::test]
async fn what_is_switched_while_a_run_ends_stays_switched() {
    let (bed, engine) = one_that_waits().await;
    let (store, now, acme) = (engine.store(), bed.now(), tenant());
    let ran = TenantSwitch::Ran {
        at: now,
        parked_until: None,
    };
    for _ in 0..20 {
        let on = store.switch(&acme, &TenantSwitch::Processing(true), "jo", now);
        on.await.unwrap();
        let (off, ran, reviewed) = tokio::join!(
            store.switch(&acme, &TenantSwitch::Processing(false), "jo", now),
            store.switch(&acme, &ran, "crossfoot", now),
            store.switch(&acme, &TenantSwitch::Reviewed, "ann", now),
        );
        assert!(off.is_ok() && ran.is_ok() && reviewed.is_ok());
        let kept = store.tenant(&acme).await.unwrap();
        assert!(!kept.processing && kept.reviewed && kept.last_run == Some(now));
    }
}
