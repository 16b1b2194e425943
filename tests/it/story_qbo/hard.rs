//! What its users learnt the hard way.

use super::Desk;
use crate::bed::{held, order, paid, shop, sync, synced, verified, with};
use chrono::Duration;
use crossfoot::connectors::CallError;
use serde_json::json;

/// Two refusals with one status: the one ends by waiting a minute, the other with the month.
#[tokio::test]
async fn the_two_refusals_for_too_many_calls_are_told_apart() {
    let desk = Desk::australia(shop(vec![]));
    let engine = desk.engine().await;
    let loaded = engine.workspace().load(&crate::bed::tenant()).unwrap();
    let (target, session) = engine.target(&loaded).unwrap();
    for form in ["xml", "json", "403"] {
        desk.switch("throttle_form", json!(form)).await;
        desk.switch("minute_limit", json!(0)).await;
        desk.bed.minutes(2);
        let answer = target.reads.chart(&session).await;
        let now = session.clock.now();
        match answer {
            Err(CallError::Wait {
                park: false, until, ..
            }) => {
                assert!(until - now <= Duration::seconds(60), "{form}");
            }
            other => panic!("{form}: {other:?}"),
        }
    }
    desk.switch("minute_limit", json!(500)).await;
    desk.switch("throttle_form", json!("xml")).await;
    desk.switch("read_month_limit", json!(0)).await;
    desk.bed.minutes(5);
    let answer = target.reads.chart(&session).await;
    match answer {
        Err(CallError::Wait {
            park: true, until, ..
        }) => {
            assert_eq!(until.to_rfc3339(), "2026-08-01T08:00:00+00:00");
        }
        other => panic!("{other:?}"),
    }
}

/// A number that a person has given away is told, and the document is not theirs.
#[tokio::test]
async fn a_number_that_is_taken_is_held() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let line = json!({"Amount": 27.01, "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "2"}}});
    let paper = json!({"DocNumber": "1041", "CustomerRef": {"value": "1"}, "GlobalTaxCalculation": "TaxExcluded", "Line": [line]});
    desk.company(
        json!({"rows": {"Customer": [{"DisplayName": "Somebody Else"}], "Invoice": [paper]}}),
    );
    let engine = desk.engine().await;
    synced(&engine).await;
    held(&engine, "1041", "number.taken", "1041", "").await;
    assert_eq!(desk.rows("Invoice").len(), 1);
}

/// Money that a person entered for the same invoice holds ours, and a payment of two invoices counts for each.
#[tokio::test]
async fn a_payment_that_a_person_entered_is_not_paid_twice() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    let invoice = desk.only("Invoice");
    let payment = json!({"CustomerRef": {"value": invoice["CustomerRef"]["value"]}, "TotalAmt": 110.00,
        "Line": [{"Amount": 110.00, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}]});
    desk.person(json!({"create": {"Payment": payment}}));
    desk.bed.minutes(30);
    let edit = json!({"orders": [{"id": "1", "add_payments": [with(paid("110.00", "2026-07-15"), json!({"id": "88"}))]}]});
    desk.bed.keap_edit(edit);
    let _ = sync(&engine).await;
    assert_eq!(desk.counts(), [1, 1, 0, 1], "not twice");
    let (_, code) = crate::bed::end(&engine, "1041").await;
    assert!(code.starts_with("payment."), "{code}");
}

/// The value of a refresh token changes about once a day, and the one before is good for a day more.
#[tokio::test]
async fn a_connection_lives_on_over_days() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    for day in 0..5_u64 {
        desk.bed.minutes(24 * 60);
        if day == 2 {
            // The answer to a refresh is lost: the token before it is taken once more.
            desk.bed.fault(json!([{"system": "qbo", "path_contains": "/tokens/bearer", "fault": "drop_after"}]));
        }
        let one = order(10 + day, 1050 + day, "2026-07-15");
        desk.bed.keap(json!({"orders": [one]}));
        synced(&engine).await;
        verified(&engine, &(1050 + day).to_string()).await;
    }
}
