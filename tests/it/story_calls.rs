//! What a large first run costs in calls, with the vendors' limits and clock: writes as few as can be, and little else.

use super::bed::{ORG, begun, held, order, paid, synced, with};
use super::book;
use super::support::noon;
use serde_json::json;

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
    // A run of more than five minutes reads what changed again: a page for each thousand that it has made or paid.
    let again = match bed.now() - noon() > chrono::Duration::minutes(5) {
        true => 2 * orders.div_ceil(1_000) as u64 + 1,
        false => 0,
    };
    assert!(other <= 10 + again, "{told}");
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

/// A run that makes an invoice, and comes to its payment so many minutes later; a person has put the same money to it meanwhile.
async fn paid_meanwhile(minutes: i64) -> (super::bed::Bed, crossfoot::service::Engine) {
    let half = json!({"payments": [paid("50.00", "2026-07-11")]});
    let orders = vec![with(order(1, 1041, "2026-07-10"), half)];
    let bed = super::bed::Bed::new(&super::bed::file(&[]));
    bed.keap(super::bed::shop(orders));
    let engine = bed.engine().await;
    let (plane, clock) = (bed.plane.clone(), bed.clock.clone());
    bed.transport.after(move |request, _| {
        if request.method == http::Method::PUT && request.url.contains("/Invoices") {
            clock.advance(chrono::Duration::minutes(minutes));
            let entry = json!({"Invoice": {"InvoiceNumber": "1041"}, "Account": {"Code": "090"},
                "Date": "2026-07-14", "Amount": 50.0});
            let books = json!({"organisations": [{"name": ORG, "payments": [entry]}]});
            plane.seed("xero", books).unwrap();
        }
    });
    synced(&engine).await;
    (bed, engine)
}

#[tokio::test]
async fn what_a_long_run_has_made_itself_is_looked_at_before_money_goes_to_it() {
    let (bed, engine) = paid_meanwhile(50).await;
    assert_eq!(bed.payments(), 1, "the person's");
    held(&engine, "1041", "payment.other", "50", "settle").await;
    // Just made it is not: that would be a list of all that a run makes, each time.
    let (bed, engine) = paid_meanwhile(0).await;
    assert_eq!(bed.payments(), 2);
    super::bed::verified(&engine, "1041").await;
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
