//! What a large first run costs in calls, with the vendors' limits and clock: writes as few as can be, and little else.

use super::bed::{begun, order, synced};
use super::book;

/// A first run of so many orders, each with its payment, by so many customers.
async fn first_run(orders: usize, customers: usize) {
    let bed = book::bed(orders, customers);
    let engine = bed.engine().await;
    for _ in 0..20 {
        if super::bed::sync(&engine).await.is_ok() {
            break;
        }
        bed.minutes(2);
    }
    assert_eq!((bed.invoices(), bed.payments()), (orders, orders));
    let kinds = book::kinds(&bed, 0);
    let (writes, other) = book::written(&kinds, "xero");
    let least = book::fewest(customers) + 2 * book::fewest(orders);
    let told =
        format!("{orders}: {writes} writes, {least} at least, {other} other calls: {kinds:#?}");
    assert!(writes <= least + least / 50, "{told}");
    assert!(other <= 10, "{told}");
}

#[tokio::test]
async fn a_run_that_is_interrupted_by_limits_knows_what_it_has_made() {
    // More than a minute's calls of contacts and invoices, so that the payments go after a pause.
    first_run(1_600, 1_600).await;
}

#[tokio::test]
#[ignore = "takes minutes: the bench `calls` measures the same"]
async fn however_large_it_is() {
    for orders in [1_000, 3_000, 10_000] {
        first_run(orders, 400).await;
    }
}

#[tokio::test]
async fn processes_that_run_one_after_another_keep_the_windows_of_a_limit() {
    let orders = (1..=3).map(|n| order(n, 1040 + n, "2026-07-10")).collect();
    let (bed, engine) = begun(&[], orders).await;
    engine.close().await;
    drop(engine);
    let before = bed.now();
    for _ in 0..6 {
        // Another process: it knows only what was written down.
        let engine = bed.engine().await;
        synced(&engine).await;
        engine.close().await;
    }
    let refused = bed
        .plane
        .requests(0)
        .to_string()
        .matches("\"status\":429")
        .count();
    assert_eq!(refused, 0, "no limit was hit");
    // And none was kept longer than it is: all of this is within a minute's calls.
    let waited = bed.now() - before;
    assert!(waited <= chrono::Duration::seconds(10), "{waited}");
}
