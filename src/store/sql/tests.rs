//! Changes that are put off: whoever asks after them sees them, one that is refused takes all with it, and what is dropped counts
//! for nothing.

use super::super::Store;
use super::{Db, sql};
use crate::pipeline::ports::StoreError;

async fn store() -> Store {
    let store = Store::memory().await.unwrap();
    let mut db = store.read().await.unwrap();
    sql("CREATE TABLE kept (id INTEGER PRIMARY KEY, said TEXT NOT NULL)")
        .run(&mut db)
        .await
        .unwrap();
    drop(db);
    store
}

async fn keep(db: &mut Db, id: i64, said: Option<&str>) -> Result<(), StoreError> {
    let enter = sql("INSERT INTO kept (id, said) VALUES ($1, $2)");
    enter.bind(id).bind(said).put_off(db).await
}

async fn count(db: &mut Db) -> Result<i64, StoreError> {
    let count = sql("SELECT COUNT(*) AS n FROM kept");
    count.one(db, |r| super::super::rows::number(r, "n")).await
}

async fn kept(store: &Store) -> i64 {
    count(&mut store.read().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn what_is_put_off_is_seen_by_whoever_asks_next() {
    let store = store().await;
    let mut tx = store.begin().await.unwrap();
    keep(&mut tx, 1, Some("one")).await.unwrap();
    keep(&mut tx, 2, Some("two")).await.unwrap();
    assert_eq!(count(&mut tx).await.unwrap(), 2);
    let change = sql("UPDATE kept SET said = $1 WHERE id > $2");
    keep(&mut tx, 3, Some("three")).await.unwrap();
    // How many rows were changed is told of the change alone, whatever went with it.
    assert_eq!(change.bind("more").bind(1).run(&mut tx).await.unwrap(), 2);
    tx.commit().await.unwrap();
    assert_eq!(kept(&store).await, 3);
}

#[tokio::test]
async fn what_waits_when_the_transaction_is_kept_is_kept() {
    let store = store().await;
    let mut tx = store.begin().await.unwrap();
    for id in 0..100 {
        keep(&mut tx, id, Some("one of many")).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(kept(&store).await, 100);
}

#[tokio::test]
async fn a_change_that_is_refused_is_told_and_takes_all_with_it() {
    let store = store().await;
    let mut tx = store.begin().await.unwrap();
    keep(&mut tx, 1, Some("one")).await.unwrap();
    keep(&mut tx, 2, None).await.unwrap();
    keep(&mut tx, 3, Some("three")).await.unwrap();
    assert!(count(&mut tx).await.is_err());
    drop(tx);
    assert_eq!(kept(&store).await, 0);
    // By the keeping as well, where nobody asked before.
    let mut tx = store.begin().await.unwrap();
    keep(&mut tx, 1, Some("one")).await.unwrap();
    keep(&mut tx, 1, Some("one again")).await.unwrap();
    assert!(tx.commit().await.is_err());
    assert_eq!(kept(&store).await, 0);
}

#[tokio::test]
async fn what_is_put_off_and_dropped_counts_for_nothing() {
    let store = store().await;
    let mut tx = store.begin().await.unwrap();
    keep(&mut tx, 1, Some("one")).await.unwrap();
    drop(tx);
    assert_eq!(kept(&store).await, 0);
    // Nor does it wait for the next transaction of the connection.
    let tx = store.begin().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(kept(&store).await, 0);
}

#[tokio::test]
async fn where_there_is_no_transaction_nothing_waits() {
    let store = store().await;
    let mut db = store.read().await.unwrap();
    keep(&mut db, 1, Some("one")).await.unwrap();
    drop(db);
    assert_eq!(kept(&store).await, 1);
}
