//! Lost answers: whatever happens to a request, one document is there at the end.

use super::Desk;
use crate::bed::{amount, dec, order, paid, shop, sync, synced, verified, with};
use chrono::Duration;
use crossfoot::service::Engine;
use serde_json::{Value, json};

/// An order that was paid and paid back: something of each kind.
fn everything() -> Value {
    let mut first = paid("110.00", "2026-07-11");
    first["id"] = json!("80");
    let mut back = paid("110.00", "2026-07-13");
    back["id"] = json!("90");
    back["refund_of"] = json!("80");
    back.as_object_mut().unwrap().remove("pay_status");
    with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [first, back]}),
    )
}

/// Runs until nothing is in doubt, half a minute at a time.
async fn until_done(desk: &Desk, engine: &Engine) {
    let mut last = String::new();
    for _ in 0..80 {
        last = match sync(engine).await {
            Ok(done) if done.wake.is_none() => return,
            Ok(done) => format!("it wakes at {:?}", done.wake),
            Err(e) => e.to_string(),
        };
        desk.bed.clock.advance(Duration::seconds(30));
    }
    panic!("it is still in doubt: {last}");
}

#[tokio::test]
async fn what_is_lost_on_the_way_is_made_once() {
    let nouns = ["/customer", "/invoice", "/payment", "/refundreceipt"];
    for noun in nouns {
        for (fault, times) in [("drop_after", 1), ("drop_before", 1), ("drop_after", 3)] {
            let desk = Desk::australia(shop(vec![everything()]));
            let engine = desk.engine().await;
            let rule = json!([{"system": "qbo", "method": "POST", "path_contains": noun, "fault": fault, "times": times}]);
            desk.bed.fault(rule);
            let _ = sync(&engine).await;
            desk.bed.clock.advance(Duration::seconds(20));
            until_done(&desk, &engine).await;
            verified(&engine, "1041").await;
            assert_eq!(desk.counts(), [1, 1, 1, 1], "{noun} {fault} {times}");
            let invoice = desk.only("Invoice");
            assert_eq!(
                dec(&invoice["Balance"]),
                amount("0"),
                "{noun} {fault} {times}"
            );
        }
    }
}

/// A requestid that is forgotten makes no second document, be it ever so late.
#[tokio::test]
async fn a_requestid_that_is_forgotten_makes_no_second_document() {
    for noun in ["/customer", "/invoice", "/payment"] {
        let desk = Desk::australia(shop(vec![everything()]));
        desk.switch("requestid_seconds", json!(60)).await;
        let engine = desk.engine().await;
        desk.bed.fault(json!([{"system": "qbo", "method": "POST", "path_contains": noun, "fault": "drop_after"}]));
        let _ = sync(&engine).await;
        desk.bed.minutes(60);
        until_done(&desk, &engine).await;
        verified(&engine, "1041").await;
        assert_eq!(desk.counts(), [1, 1, 1, 1], "{noun}");
    }
}

/// The first answer was lost, and a person deleted what it told of: asked again, the vendor gives the old answer. It is not
/// linked, and nothing is made anew unasked.
#[tokio::test]
async fn an_old_answer_is_not_linked_to_what_is_deleted() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    // The answer is lost, and so is what is asked for after it.
    desk.bed.fault(json!([{"system": "qbo", "method": "POST", "path_contains": "/invoice", "fault": "drop_after"}]));
    dead_line(&desk, &engine).await;
    assert_eq!(desk.counts(), [1, 1, 0, 0]);
    let id = desk.only("Invoice")["Id"].clone();
    desk.person(json!({"delete": {"Invoice": {"Id": id}}}));
    desk.bed.minutes(10);
    for _ in 0..6 {
        let _ = sync(&engine).await;
        desk.bed.minutes(10);
    }
    assert_eq!(
        desk.rows("Invoice").len(),
        0,
        "nothing is made anew unasked"
    );
    let (state, code) = crate::bed::end(&engine, "1041").await;
    assert_eq!(code, "qbo.deleted_since", "{state}");
}

/// A run over a line that loses every look at what changed.
async fn dead_line(desk: &Desk, engine: &Engine) {
    desk.bed.fault(
        json!([{"system": "qbo", "path_contains": "/cdc", "fault": "drop_before", "times": 12}]),
    );
    let _ = sync(engine).await;
    desk.bed.heal().await;
}

#[tokio::test]
async fn a_stale_list_is_no_reason_for_a_second_document() {
    let desk = Desk::australia(shop(vec![everything()]));
    desk.switch("list_lag_seconds", json!(120)).await;
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    for _ in 0..3 {
        desk.bed.clock.advance(Duration::seconds(40));
        synced(&engine).await;
    }
    assert_eq!(desk.counts(), [1, 1, 1, 1]);
}
