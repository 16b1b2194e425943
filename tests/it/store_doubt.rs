//! What a run leaves in doubt is what is in doubt at its end, not what was on the way there.

use super::bed::{Bed, doc, file, order, paid, shop, sync, synced, tenant, with};
use crossfoot::model::Kind;
use crossfoot::pipeline::ports::Books as _;
use serde_json::json;
use std::collections::BTreeMap;

async fn bed(times: u64) -> (Bed, crossfoot::service::Engine) {
    let bed = Bed::new(&file(&[]));
    let more = json!({"payments": [paid("110.00", "2026-07-11")]});
    let other = json!({"contact_id": "8"});
    bed.keap(shop(vec![
        with(order(1, 1041, "2026-07-10"), more),
        with(order(2, 1042, "2026-07-10"), other),
    ]));
    let engine = bed.engine().await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Invoices", "times": times, "fault": "drop_after"}]));
    (bed, engine)
}

#[tokio::test]
async fn an_answer_lost_once_and_had_again_leaves_nothing_in_doubt() {
    let (bed, engine) = bed(1).await;
    synced(&engine).await;
    let left = engine.store().in_doubt(&tenant(), None).await.unwrap();
    assert_eq!(left, BTreeMap::new());
    assert_eq!((bed.invoices(), bed.payments()), (2, 1));
}

#[tokio::test]
async fn answers_that_stay_lost_leave_each_document_in_doubt() {
    let (bed, engine) = bed(50).await;
    let _ = sync(&engine).await;
    let store = engine.store();
    let left = store.in_doubt(&tenant(), None).await.unwrap();
    assert_eq!(left, BTreeMap::from([(Kind::Invoice, 2)]));
    for number in ["1041", "1042"] {
        let row = doc(&engine, number).await;
        let of_it = store.in_doubt(&tenant(), Some(&row.source_id)).await;
        assert_eq!(of_it.unwrap(), BTreeMap::from([(Kind::Invoice, 1)]));
    }
    let none = store.in_doubt(&tenant(), Some(&"nobody".into())).await;
    assert_eq!(none.unwrap(), BTreeMap::new());
    bed.heal().await;
    bed.minutes(1);
    synced(&engine).await;
    let left = store.in_doubt(&tenant(), None).await.unwrap();
    assert_eq!(left, BTreeMap::new());
    assert_eq!((bed.invoices(), bed.payments()), (2, 1));
}
