//! What a large first run costs in calls, with the vendors' limits and clock: writes as few as can be, and little else.

use super::book;

#[tokio::test]
async fn a_run_that_is_interrupted_by_limits_knows_what_it_has_made() {
    let n: usize = std::env::var("N").map_or(1_600, |n| n.parse().unwrap());
    let (orders, customers) = (n, n.min(1_600));
    let bed = book::bed(orders, customers);
    let engine = bed.engine().await;
    for _ in 0..20 {
        println!("run");
        if super::bed::sync(&engine).await.is_ok() {
            break;
        }
        bed.minutes(2);
    }
    assert_eq!((bed.invoices(), bed.payments()), (orders, orders));
    let kinds = book::kinds(&bed, 0);
    println!("{kinds:#?}");
    let (writes, other) = book::written(&kinds, "xero");
    let least = book::fewest(customers) + 2 * book::fewest(orders);
    assert!(
        writes <= least + least / 50,
        "{writes} writes, {least} at least: {kinds:#?}"
    );
    assert!(other <= 10, "{other} other calls: {kinds:#?}");
}
