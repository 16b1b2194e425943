//! The demo: several hundred orders of every hard case, and both books agree to the cent.

use super::bed::fill;
use chrono::{TimeZone as _, Utc};
use crossfoot::clock::TestClock;
use crossfoot::connectors::http::{HttpRequest, ReqwestTransport};
use crossfoot::model::Became;
use crossfoot::sandbox::demo::End;
use crossfoot::service::demo::{Demo, DemoAsk};
use crossfoot::service::{BeaconPlace, Outside};
use crossfoot::store::Seal;
use serde_json::json;
use std::sync::Arc;

fn outside() -> Outside {
    let fill = fill();
    let now = Utc.with_ymd_and_hms(2026, 7, 15, 2, 0, 0).unwrap();
    Outside {
        clock: Arc::new(TestClock::at(now)),
        transport: Arc::new(ReqwestTransport::default()),
        seal: Seal::new([7; 32], fill.clone()),
        beacon: BeaconPlace::default(),
        fill,
    }
}

async fn demo(folder: &std::path::Path) -> Demo {
    let ask = DemoAsk {
        folder: folder.to_owned(),
        seed: 1,
        more: 0,
        port: 0,
    };
    Demo::start(&ask, outside()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_books_agree_and_a_changed_cent_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path()).await;
    let runs = demo.sync(&|_| {}, &|_| {}).await.unwrap();
    let report = demo.report().await.unwrap();
    for r in &runs {
        println!(
            "{}: {:?} {:?}",
            r.tenant, r.done.run.counts, r.done.run.calls
        );
    }
    println!("{report}");
    assert!(report.agrees());
    let (orders, posted) = demo.world.orders();
    assert!(
        orders >= 300 && posted * 10 >= orders * 8,
        "{posted} of {orders}"
    );

    // At once again: nothing is made, and hardly anything is asked.
    let again = demo.sync(&|_| {}, &|_| {}).await.unwrap();
    for r in &again {
        let made = r.done.run.counts.all(Became::Created);
        let calls: u64 = r.done.run.calls.values().sum();
        assert_eq!(made, 0, "{}: {:?}", r.tenant, r.done.run.counts);
        assert!(calls <= 10, "{}: {:?}", r.tenant, r.done.run.calls);
    }
    assert!(demo.report().await.unwrap().agrees());
}

/// Does something to the books beside the API, as nobody should, and answers what the proof then finds.
async fn tampered(demo: &Demo, change: serde_json::Value) -> Vec<String> {
    let url = format!("{}/_sandbox/xero/seed", demo.address);
    let body =
        json!({"organisations": [{"name": "Harbour Lane Cycles Pty Ltd", "tamper": change}]});
    let request = HttpRequest {
        method: http::Method::POST,
        url,
        headers: http::HeaderMap::new(),
        body: body.to_string().into(),
        deadline: std::time::Duration::from_secs(10),
    };
    let answer = demo.engine.outside().transport.send(request).await.unwrap();
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    let report = demo.report().await.unwrap();
    assert!(!report.agrees());
    let tenant = report
        .tenants
        .iter()
        .find(|t| t.tenant == "harbour-lane")
        .unwrap();
    tenant.findings.iter().map(|f| f.what.to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cent_a_payment_and_a_double_are_each_found() {
    let what = [
        (
            json!({"invoice_total": {"invoice": "NUMBER", "by": "0.01"}}),
            "total.differs",
        ),
        (
            json!({"delete_payment": {"invoice": "NUMBER"}}),
            "payment.deleted",
        ),
        (
            json!({"duplicate_invoice": {"invoice": "NUMBER"}}),
            "doubled",
        ),
    ];
    for (change, finding) in what {
        let folder = tempfile::tempdir().unwrap();
        let demo = demo(folder.path()).await;
        demo.sync(&|_| {}, &|_| {}).await.unwrap();
        assert!(demo.report().await.unwrap().agrees());
        let expected = &demo
            .world
            .tenants
            .iter()
            .find(|t| t.name == "harbour-lane")
            .unwrap()
            .expectations;
        let paid = expected
            .orders
            .iter()
            .find(|o| matches!(&o.end, End::Posted(p) if p.payments == 1 && p.loose.is_empty()));
        let change =
            serde_json::from_str(&change.to_string().replace("NUMBER", &paid.unwrap().number))
                .unwrap();
        let found = tampered(&demo, change).await;
        assert!(found.iter().any(|f| f == finding), "{finding}: {found:?}");
    }
}
