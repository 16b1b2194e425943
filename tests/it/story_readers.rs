//! Who looks waits for nobody who writes, and sees the database as it was kept last.

use super::bed::{Bed, doc, file, order, shop, synced, tenant};
use crossfoot::clock::Clock as _;
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::Engine;
use crossfoot::service::desk::{errors, explain, history, status};
use sqlx::{Connection as _, SqliteConnection};

/// One order that waits for a word.
async fn waiting() -> (Bed, Engine) {
    let bed = Bed::new(&file(&[("sync", "{ first_run: post, approval: manual }")]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

/// Another program that has the file's one right to write.
async fn another_writes(bed: &Bed) -> SqliteConnection {
    let path = bed.folder.path().join(".crossfoot/crossfoot.db");
    let url = format!("sqlite://{}", path.display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    other
}

#[tokio::test]
async fn errors_and_status_are_answered_while_a_transaction_is_under_way() {
    let (bed, engine) = waiting().await;
    let (store, acme) = (engine.store(), tenant());
    let row = doc(&engine, "1041").await;
    let mut other = another_writes(&bed).await;
    let loaded = engine.workspace().load(&acme).unwrap();
    // The worker's own change has begun, and is not at its end before the other gives the right back.
    let shown = [row];
    let writes = store.approve(&acme, &shown, "jo", bed.now());
    let looks = async {
        let told = errors::errors(&engine, vec![acme.clone()]).await.unwrap();
        assert_eq!(told.tenants.len(), 1);
        let stands = status::status(&engine, vec![acme.clone()]).await.unwrap();
        assert_eq!(stands.tenants.len(), 1);
        assert!(explain::explain(&engine, &loaded, "1041").await.is_ok());
        assert!(history::history(&engine, &acme, 20).await.is_ok());
        let before = doc(&engine, "1041").await;
        assert_eq!(
            before.state,
            DocState::Checked,
            "what is not kept is not seen"
        );
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    };
    // Whoever waited for the writer here would wait for ever: it goes on only once all have been answered.
    let (moved, ()) = tokio::join!(writes, looks);
    assert!(moved.is_ok(), "{moved:?}");
    assert_eq!(doc(&engine, "1041").await.state, DocState::Approved);
}

#[tokio::test]
async fn what_is_kept_is_seen_by_the_next_who_looks() {
    let (bed, engine) = waiting().await;
    // What was kept last is seen at once by whoever looks next.
    for _ in 0..20 {
        let shown = [doc(&engine, "1041").await];
        let (store, acme) = (engine.store(), tenant());
        let state = match shown[0].state {
            DocState::Checked => DocState::Approved,
            _ => DocState::Checked,
        };
        let now = bed.clock.now();
        let moved = store.set_state(&acme, &shown[0], state, "jo", now).await;
        assert!(moved.is_ok(), "{moved:?}");
        assert_eq!(doc(&engine, "1041").await.state, state);
    }
}
