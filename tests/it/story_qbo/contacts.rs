//! Every contact of the source goes to QuickBooks Online, with or without an invoice, once; and an edit on both sides is told.

use super::{AUSTRALIA, Desk};
use crate::bed::{held, order, retried, shop, sync, synced, verified, with};
use crossfoot::model::{Became, Kind};
use serde_json::json;

fn desk() -> Desk {
    let file = AUSTRALIA.replace("first_run: post", "first_run: post, contacts: all");
    Desk::of(
        &file,
        json!({"country": "AU"}),
        shop(vec![order(1, 1041, "2026-07-10")]),
    )
}

#[tokio::test]
async fn contacts_go_by_themselves_and_once() {
    for fault in ["", "drop_after"] {
        let desk = desk();
        if !fault.is_empty() {
            desk.bed.fault(json!([{"system": "qbo", "method": "POST", "path_contains": "/customer", "times": 2, "fault": fault}]));
        }
        let engine = desk.engine().await;
        let _ = sync(&engine).await;
        for _ in 0..3 {
            desk.bed.minutes(31);
            synced(&engine).await;
        }
        for number in ["contact:7", "contact:8", "1041"] {
            verified(&engine, number).await;
        }
        assert_eq!(desk.rows("Customer").len(), 2, "{fault}");
        desk.bed.keap(
            json!({"orders": [with(order(2, 1042, "2026-07-11"), json!({"contact_id": "8"}))]}),
        );
        let done = synced(&engine).await;
        verified(&engine, "1042").await;
        assert_eq!(done.run.counts.of(Kind::Contact, Became::Updated), 0);
        assert_eq!(desk.rows("Customer").len(), 2, "{fault}");
    }
}

#[tokio::test]
async fn an_address_that_both_sides_changed_is_told_before_it_is_sent() {
    let desk = desk();
    let engine = desk.engine().await;
    synced(&engine).await;
    desk.bed.minutes(30);
    let all = desk.rows("Customer");
    let sam = all
        .iter()
        .find(|c| c["DisplayName"] == json!("Sam Quay"))
        .unwrap();
    desk.person(json!({"update": {"Customer": {"Id": sam["Id"], "PrimaryEmailAddr": {"Address": "theirs@quay.example"}}}}));
    desk.bed.keap_edit(json!({"contacts": [{"id": "8", "set": {"email_addresses": [{"field": "EMAIL1", "email": "ours@quay.example"}]}}]}));
    desk.bed.minutes(30);
    synced(&engine).await;
    held(
        &engine,
        "contact:8",
        "update.conflict",
        "theirs@quay.example",
        "crossfoot retry",
    )
    .await;
    retried(&engine).await;
    verified(&engine, "contact:8").await;
    let all = desk.rows("Customer");
    let sam = all
        .iter()
        .find(|c| c["DisplayName"] == json!("Sam Quay"))
        .unwrap();
    assert_eq!(
        sam["PrimaryEmailAddr"]["Address"],
        json!("ours@quay.example")
    );
}
