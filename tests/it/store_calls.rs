//! What is written down of the calls of the last moments: a minute's worth of it, whatever the clock does.

use super::bed::{Bed, begun, order, tenant};
use chrono::Duration;
use crossfoot::connectors::budget::{
    Allowance, Budgets, DayCounter as _, Denied, Limits, Urgency, Window,
};
use crossfoot::service::Engine;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use std::sync::Arc;

const KEY: &str = "vendor/client";

fn allowance() -> [Allowance; 1] {
    let windows = vec![Window {
        seconds: 60,
        most: 60,
    }];
    [Allowance {
        key: KEY.to_owned(),
        limits: Limits {
            at_once: 0,
            windows,
            a_day: 100_000,
        },
    }]
}

async fn bed() -> (Bed, Engine) {
    begun(&[], vec![order(1, 1041, "2026-07-10")]).await
}

/// What another process knows: what was written down.
fn process(bed: &Bed, engine: &Engine) -> Budgets {
    Budgets::new(bed.clock.clone(), Arc::new(engine.tokens().clone()))
}

async fn call(budgets: &Budgets) -> Result<(), Denied> {
    let of = allowance();
    let permit = budgets.admit(&of, Urgency::Recovery, Duration::zero());
    permit.await.map(drop)
}

async fn asked(bed: &Bed, text: &str) -> i64 {
    let path = bed.folder.path().join(".crossfoot/crossfoot.db");
    let mut db = SqliteConnection::connect(&format!("sqlite://{}", path.display()))
        .await
        .unwrap();
    let row = sqlx::query(AssertSqlSafe(text)).fetch_optional(&mut db);
    row.await.unwrap().map_or(0, |r| r.get(0))
}

async fn rows(bed: &Bed) -> i64 {
    let text = format!("SELECT COUNT(*) FROM recent_calls WHERE name = '{KEY}'");
    asked(bed, &text).await
}

#[tokio::test]
async fn of_a_key_that_is_never_left_alone_a_minute_is_kept() {
    let (bed, engine) = bed().await;
    let budgets = process(&bed, &engine);
    for _ in 0..150 {
        call(&budgets).await.unwrap();
        bed.clock.advance(Duration::seconds(2));
    }
    let kept = rows(&bed).await;
    assert!((30..=32).contains(&kept), "{kept}");
}

#[tokio::test]
async fn counts_under_a_key_that_nobody_uses_any_more_are_forgotten() {
    let (bed, engine) = bed().await;
    call(&process(&bed, &engine)).await.unwrap();
    let days = format!("SELECT COUNT(*) FROM day_counters WHERE name = '{KEY}'");
    assert_eq!((rows(&bed).await, asked(&bed, &days).await), (1, 1));
    let store = engine.store();
    let before = bed.now() - Duration::days(1);
    store.forget(&tenant(), before, 100).await.unwrap();
    assert_eq!((rows(&bed).await, asked(&bed, &days).await), (1, 1));
    let before = bed.now() + Duration::days(2);
    store.forget(&tenant(), before, 100).await.unwrap();
    assert_eq!((rows(&bed).await, asked(&bed, &days).await), (0, 0));
}

#[tokio::test]
async fn a_clock_put_back_between_two_processes_opens_no_window_and_closes_none_for_ever() {
    let (bed, engine) = bed().await;
    let first = process(&bed, &engine);
    for _ in 0..60 {
        call(&first).await.unwrap();
    }
    bed.clock.set(bed.now() - Duration::days(3));
    let back = bed.now();
    let free = back + Duration::seconds(60);
    // The one that was there and the next one go by the same law.
    let old = call(&first).await.unwrap_err();
    let new = call(&process(&bed, &engine)).await.unwrap_err();
    assert_eq!((old.until, new.until), (free, free));
    // Nor does it begin anew for whoever comes later.
    bed.clock.advance(Duration::seconds(30));
    let later = call(&process(&bed, &engine)).await.unwrap_err();
    assert!(later.until <= free + Duration::seconds(1), "{later:?}");
    bed.clock.advance(Duration::seconds(31));
    call(&process(&bed, &engine)).await.unwrap();
}

#[tokio::test]
async fn a_count_that_makes_no_sense_is_read_all_the_same() {
    let (bed, engine) = bed().await;
    let at = bed.now().timestamp();
    for (second, calls) in [(at - 2, -5), (at - 1, i64::MAX)] {
        asked(
            &bed,
            &format!("INSERT INTO recent_calls VALUES ('{KEY}', {second}, {calls})"),
        )
        .await;
    }
    let since = bed.now() - Duration::seconds(60);
    let recent = engine.tokens().recent(KEY, since, bed.now()).await.unwrap();
    let calls: Vec<usize> = recent.iter().map(|(_, n)| *n).collect();
    assert_eq!(calls, [0, i64::MAX as usize]);
    let denied = call(&process(&bed, &engine)).await.unwrap_err();
    assert_eq!(denied.until, bed.now() + Duration::seconds(60));
}
