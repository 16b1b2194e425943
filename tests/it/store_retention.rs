//! What is forgotten in time, and what never is.

use super::bed::{
    Bed, end, file, gst, hire, order, paid, shop, sync, synced, tenant, verified, with,
};
use crossfoot::connectors::Page;
use crossfoot::model::{Became, DocState, Kind};
use crossfoot::pipeline::ports::{Documents as _, Journal as _, Records as _, Written as _};
use crossfoot::service::Engine;
use crossfoot::store::{Forgotten, verify_audit};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

/// How many rows a table of the workspace's database has.
async fn rows(bed: &Bed, table: &str) -> i64 {
    let path = bed.folder.path().join(".crossfoot/crossfoot.db");
    let mut db = SqliteConnection::connect(&format!("sqlite://{}", path.display()))
        .await
        .unwrap();
    let ask = format!("SELECT COUNT(*) AS n FROM {table}");
    let row = sqlx::query(AssertSqlSafe(ask)).fetch_one(&mut db).await;
    row.unwrap().get("n")
}

/// Records, facts, requests and runs.
async fn kept(bed: &Bed) -> [i64; 4] {
    [
        rows(bed, "records").await,
        rows(bed, "facts").await,
        rows(bed, "batches").await,
        rows(bed, "runs").await,
    ]
}

async fn forget_all(bed: &Bed, engine: &Engine) -> Forgotten {
    let before = bed.now() + chrono::Duration::seconds(1);
    let done = engine.store().forget(&tenant(), before, 1000).await;
    done.unwrap()
}

/// Two orders, posted; one of them changed three times since, each change posted.
async fn used() -> (Bed, Engine) {
    let updates = ("sync", "{ first_run: post, updates: { invoices: true } }");
    let bed = Bed::new(&file(&[updates]));
    bed.keap(shop(vec![
        order(1, 1041, "2026-07-10"),
        order(2, 1042, "2026-07-10"),
    ]));
    let engine = bed.engine().await;
    synced(&engine).await;
    for days in 2..5 {
        bed.minutes(60);
        let items = [hire(&days.to_string()), gst(&format!("{days}0.00"))];
        bed.keap_edit(json!({"orders": [{"id": "1", "items": items}]}));
        synced(&engine).await;
    }
    (bed, engine)
}

#[tokio::test]
async fn what_was_replaced_goes_and_what_explains_a_document_stays() {
    let (bed, engine) = used().await;
    assert_eq!(kept(&bed).await[0], 5, "a version a change");
    let audit = rows(&bed, "audit").await;
    let done = forget_all(&bed, &engine).await;
    assert_eq!(done.records, 3, "{done:?}");
    assert!(done.facts >= 1 && done.requests >= 3, "{done:?}");
    assert_eq!((done.runs, done.more), (3, false));
    assert_eq!(kept(&bed).await[0], 2, "the newest of each");
    for number in ["1041", "1042"] {
        verified(&engine, number).await;
        let row = super::bed::doc(&engine, number).await;
        let (store, t, id) = (engine.store(), tenant(), row.key);
        let record = store.record(&t, &id).await.unwrap();
        assert!(record.is_some(), "{number}: its record");
        let note = store.decision(&t, &id).await.unwrap();
        let facts = store.facts(&t, &note.unwrap().facts).await.unwrap();
        assert!(facts.is_some(), "{number}: the facts of its decision");
        assert!(!store.writes(&t, &id).await.unwrap().is_empty());
    }
    assert_eq!(rows(&bed, "audit").await, audit, "the audit log is whole");
    assert!(verify_audit(engine.store()).await.unwrap().is_ok());
    bed.minutes(60);
    let before = bed.invoices();
    let again = synced(&engine).await;
    assert_eq!(again.run.counts.of(Kind::Invoice, Became::Created), 0);
    assert_eq!(bed.invoices(), before, "nothing is made a second time");
    assert_eq!(forget_all(&bed, &engine).await.records, 0);
}

#[tokio::test]
async fn what_is_younger_stays() {
    let (bed, engine) = used().await;
    let before = kept(&bed).await;
    let long_ago = bed.now() - chrono::Duration::days(1);
    let done = engine.store().forget(&tenant(), long_ago, 1000).await;
    assert_eq!(done.unwrap(), Forgotten::default());
    assert_eq!(kept(&bed).await, before);
}

#[tokio::test]
async fn a_step_is_small_and_says_when_there_is_more() {
    let (bed, engine) = used().await;
    let before = bed.now() + chrono::Duration::seconds(1);
    let mut steps = 0;
    loop {
        let done = engine.store().forget(&tenant(), before, 1).await.unwrap();
        assert!(done.records <= 1 && done.facts <= 1 && done.requests <= 1 && done.runs <= 1);
        steps += 1;
        if !done.more {
            break;
        }
        assert!(steps < 50, "it comes to an end");
    }
    assert!(steps > 3);
    assert_eq!(kept(&bed).await[0], 2);
}

#[tokio::test]
async fn a_record_that_went_back_to_an_old_version_is_the_newest_again() {
    let (bed, engine) = used().await;
    let (store, t) = (engine.store(), tenant());
    let id = super::bed::doc(&engine, "1042").await.key;
    let new = store.record(&t, &id).await.unwrap().unwrap();
    let mut old = new.clone();
    old.raw["title"] = json!("Hire, as it was once called");
    let keap = &id.book;
    for r in [&old, &new, &old] {
        bed.minutes(1);
        let now = bed.now();
        let page = Page {
            records: vec![r.clone()],
            ..Page::default()
        };
        store
            .save_page(&t, keap, Kind::Invoice, &page, None, now)
            .await
            .unwrap();
    }
    forget_all(&bed, &engine).await;
    let newest = store.record(&t, &id).await.unwrap();
    assert_eq!(newest, Some(old));
}

#[tokio::test]
async fn the_request_of_a_write_in_doubt_stays_until_it_is_settled() {
    let bed = Bed::new(&file(&[]));
    let payments = json!({"payments": [paid("110.00", "2026-07-11")]});
    bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), payments)]));
    let engine = bed.engine().await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Invoices", "times": 50, "fault": "drop_after"}]));
    let _ = sync(&engine).await;
    forget_all(&bed, &engine).await;
    let (store, t) = (engine.store(), tenant());
    let doubtful = store.doubtful(&t).await.unwrap();
    assert_eq!(doubtful.len(), 1);
    for w in doubtful {
        let batch = w.batch.expect("it was sent in a request");
        let stored = store.batch(&t, batch).await.unwrap();
        assert!(stored.is_some(), "the request is there still");
    }
    bed.heal().await;
    bed.minutes(1);
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Verified);
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
    assert!(store.doubtful(&t).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_scheduler_forgets_once_a_day_what_is_older_than_the_file_says() {
    let (bed, engine) = used().await;
    let short = ("sync", "{ first_run: post, history_days: 30 }");
    bed.tenant(&file(&[short]));
    let t = tenant();
    let days = engine.workspace().load(&t).unwrap().mapping;
    let days = days.sync.history_days.value;
    let tend = || crossfoot::service::retention::tend(&engine, &t, days);
    assert_eq!(tend().await.unwrap(), Forgotten::default(), "all is young");
    bed.minutes(31 * 24 * 60);
    let done = tend().await.unwrap();
    assert_eq!((done.records, done.more), (3, false), "{done:?}");
    bed.keap_edit(json!({"orders": [{"id": "2", "set": {"title": "Hired"}}]}));
    assert_eq!(
        tend().await.unwrap(),
        Forgotten::default(),
        "not twice a day"
    );
}
