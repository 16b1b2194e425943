//! A rehearsal: it sees all that a sync would see, nobody waits for it, and nothing of it is left.

use super::bed::{Bed, begun, file, order, paid, shop, synced, tenant, verified, with};
use crossfoot::model::{DocState, Kind, WriteState};
use crossfoot::pipeline::ports::{Documents as _, Written as _};
use crossfoot::service::Engine;
use crossfoot::service::desk::plan::{PlanAction, PlanAnswer, plan};
use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};
use std::collections::BTreeSet;

async fn planned(engine: &Engine, only: Option<&str>) -> PlanAnswer {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let answer = plan(engine, &loaded, only, &|_| {}).await;
    answer.unwrap_or_else(|e| panic!("{e:?}"))
}

/// What lies in the workspace's data.
fn data(bed: &Bed) -> BTreeSet<String> {
    let all = std::fs::read_dir(bed.folder.path().join(".crossfoot")).unwrap();
    all.map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

async fn file_of(bed: &Bed) -> SqliteConnection {
    let path = bed.folder.path().join(".crossfoot/crossfoot.db");
    SqliteConnection::connect(&format!("sqlite://{}", path.display()))
        .await
        .unwrap()
}

fn numbers(of: &PlanAnswer, action: PlanAction) -> Vec<&str> {
    let one = of.documents.iter().filter(|d| d.action == action);
    one.map(|d| d.number.as_str()).collect()
}

#[tokio::test]
async fn a_rehearsal_waits_for_nobody_who_writes() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let mut other = file_of(&bed).await;
    // The one right to write is somebody else's the whole time, and what they do is not seen.
    for text in ["BEGIN IMMEDIATE", "DELETE FROM documents"] {
        sqlx::query(text).execute(&mut other).await.unwrap();
    }
    let rehearsal = engine.store().rehearsal().await.unwrap();
    let all = [DocState::Verified];
    let again = rehearsal.decide_again(&tenant(), &all, None).await.unwrap();
    assert_eq!(again, 1);
    assert_eq!(rehearsal.undecided(&tenant(), 10).await.unwrap().len(), 1);
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    assert!(
        engine
            .store()
            .undecided(&tenant(), 10)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_run_beside_a_plan_waits_for_nothing_and_its_work_is_whole() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let new = with(
        order(2, 1042, "2026-07-11"),
        json!({"payments": [paid("110.00", "2026-07-11")]}),
    );
    bed.keap(json!({"orders": [new]}));
    let before = data(&bed);
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let (rehearsal, _) = engine.rehearse(&loaded, None, &|_| {}).await.unwrap();
    // All that is there besides is SQLite's own.
    let beside: Vec<_> = data(&bed).difference(&before).cloned().collect();
    assert!(
        beside.iter().all(|n| n.starts_with("crossfoot.db-")),
        "{beside:?}"
    );

    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!((bed.invoices(), bed.payments()), (2, 1));
    // The rehearsal is as of its own moment.
    let store = rehearsal.store();
    let row = store.document(&tenant(), "1042").await.unwrap().unwrap();
    assert_eq!(row.state, DocState::Approved);
    let writes = store.writes(&tenant(), &row.key).await.unwrap();
    assert!(
        writes
            .iter()
            .all(|w| w.state == WriteState::Ready || w.state == WriteState::Planned),
        "{writes:#?}"
    );
    assert!(writes.iter().any(|w| w.kind == Kind::Payment));
    rehearsal.close().await;
    // What the run left is untouched by it.
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!((bed.invoices(), bed.payments()), (2, 1));
}

#[tokio::test]
async fn a_plan_sees_what_changed_and_what_did_not_and_keeps_nothing() {
    let orders = (1..=3).map(|n| order(n, 1040 + n, "2026-07-10")).collect();
    let (bed, engine) = begun(&[], orders).await;
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "2", "set": {"title": "Two days"}}]}));
    bed.keap(json!({"orders": [order(4, 1044, "2026-07-12")]}));
    let first = planned(&engine, None).await;
    assert_eq!(numbers(&first, PlanAction::Create), ["1044"], "{first:#?}");
    let again = planned(&engine, None).await;
    assert_eq!(
        first.documents, again.documents,
        "it knows nothing of the one before"
    );
    let one = planned(&engine, Some("1044")).await;
    assert_eq!(numbers(&one, PlanAction::Create), ["1044"]);
    assert!(
        engine
            .store()
            .document(&tenant(), "1044")
            .await
            .unwrap()
            .is_none()
    );
}

/// How large the write-ahead log is.
fn log_bytes(bed: &Bed) -> u64 {
    let log = bed.folder.path().join(".crossfoot/crossfoot.db-wal");
    std::fs::metadata(log).unwrap().len()
}

#[tokio::test]
async fn what_is_written_beside_a_long_plan_takes_room_no_longer_than_the_plan_takes() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let store = engine.store();
    let rehearsal = store.rehearsal().await.unwrap();
    let much = "x".repeat(1 << 20);
    for n in 0..24 {
        store.keep_note(&format!("much {n}"), &much).await.unwrap();
    }
    assert!(log_bytes(&bed) > 24 << 20, "{}", log_bytes(&bed));
    rehearsal.close().await;
    for n in 0..3 {
        store.keep_note("little", &n.to_string()).await.unwrap();
    }
    assert!(log_bytes(&bed) <= 16 << 20, "{}", log_bytes(&bed));
}

#[tokio::test]
async fn copies_that_earlier_versions_left_are_removed_at_the_next_start() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    engine.close().await;
    drop(engine);
    let left = bed.folder.path().join(".crossfoot/rehearsal-00aa11bb22cc");
    std::fs::create_dir(&left).unwrap();
    std::fs::write(left.join("rehearsal.db"), "all of it").unwrap();
    let engine = bed.engine().await;
    assert!(!left.exists());
    verified(&engine, "1041").await;
}

/// How many statements a plan of one document takes beside so many that wait.
async fn statements(book: u64) -> u64 {
    let customer = |n: u64| json!({"contact_id": (7 + n % 2).to_string()});
    let orders = (1..=book).map(|n| with(order(n, 10_000 + n, "2026-07-10"), customer(n)));
    let bed = Bed::new(&file(&[("sync", "{ first_run: post, approval: manual }")]));
    bed.keap(shop(orders.collect()));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(10);
    let before = engine.store().asked();
    let one = planned(&engine, Some("10001")).await;
    assert_eq!(one.documents.len(), 1);
    engine.store().asked() - before
}

#[tokio::test]
async fn a_plan_of_one_document_costs_what_it_says_and_not_what_the_book_holds() {
    let small = statements(20).await;
    let large = statements(2_000).await;
    assert!(
        large <= small,
        "{small} statements of a book of 20, {large} of one of 2000"
    );
}

#[tokio::test]
async fn a_plan_with_nothing_to_do_takes_at_most_twice_the_statements_of_a_sync() {
    let orders = (1..=20).map(|n| order(n, 1040 + n, "2026-07-10")).collect();
    let (bed, engine) = begun(&[], orders).await;
    bed.minutes(10);
    synced(&engine).await;
    let before = engine.store().asked();
    synced(&engine).await;
    let sync = engine.store().asked() - before;
    bed.minutes(1);
    let before = engine.store().asked();
    assert!(planned(&engine, None).await.documents.is_empty());
    let plan = engine.store().asked() - before;
    assert!(
        plan <= 2 * sync,
        "{plan} statements of a plan, {sync} of a sync"
    );
}
