//! The disk is full, at whatever point of a run: nothing is doubled, the person is told what to do, and with space
//! there again the run goes on to its end.

use super::bed::{Bed, file, order, paid, shop, sync, synced, tenant, verified, with};
use crossfoot::pipeline::ports::Journal as _;
use serde_json::json;

const ORDERS: u64 = 20;

/// Twenty orders of two customers, each paid: enough to fill some pages of the database.
async fn bed() -> (Bed, crossfoot::service::Engine) {
    let bed = Bed::new(&file(&[]));
    let one = |n: u64| {
        let more = json!({"contact_id": (7 + n % 2).to_string(), "payments": [paid("110.00", "2026-07-11")]});
        with(order(n, 1040 + n, "2026-07-10"), more)
    };
    bed.keap(shop((1..=ORDERS).map(one).collect()));
    let engine = bed.engine().await;
    (bed, engine)
}

#[tokio::test]
async fn wherever_a_run_meets_a_full_disk_nothing_is_doubled_or_lost() {
    let mut left_in_doubt = 0;
    let mut failed = 0;
    for pages in (0..400).step_by(2) {
        let (bed, engine) = bed().await;
        engine.store().bound(Some(pages)).await.unwrap();
        let first = sync(&engine).await;
        engine.store().bound(None).await.unwrap();
        let Err(e) = first else { break };
        failed += 1;
        let told = e.to_string();
        assert!(
            told.contains("the disk that holds the database is full")
                && told.contains("free some space there"),
            "{pages}: {told}"
        );
        let doubt = engine.store().doubtful(&tenant()).await.unwrap();
        left_in_doubt += usize::from(!doubt.is_empty());
        // Half of them go on within the life of the vendor's key, half after it and the quarantine.
        bed.minutes(if pages % 4 == 0 { 1 } else { 30 });
        for _ in 0..3 {
            let done = sync(&engine).await;
            let done = done.unwrap_or_else(|e| panic!("{pages}: {e}"));
            if done.wake.is_none() {
                break;
            }
            bed.minutes(20);
        }
        for n in 1..=ORDERS {
            verified(&engine, &(1040 + n).to_string()).await;
        }
        assert_eq!(
            (bed.contacts(), bed.invoices(), bed.payments()),
            (2, 20, 20),
            "{pages}"
        );
    }
    assert!(failed >= 3, "the disk was full in {failed} runs only");
    assert!(
        left_in_doubt >= 1,
        "in none of {failed} runs was it full between a request and its answer"
    );
}

#[tokio::test]
async fn space_is_kept_back_beside_the_database_and_made_again_when_used() {
    let (bed, engine) = bed().await;
    let reserve = bed.folder.path().join(".crossfoot/crossfoot.db.reserve");
    let long = |m: std::fs::Metadata| m.len() >= 8 * 1024 * 1024;
    assert!(std::fs::metadata(&reserve).is_ok_and(long));
    std::fs::remove_file(&reserve).unwrap();
    synced(&engine).await;
    engine.store().keep_reserve();
    assert!(std::fs::metadata(&reserve).is_ok_and(long));
}
