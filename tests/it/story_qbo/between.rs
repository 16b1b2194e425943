//! Two stories that each answer what is wrong at their end: a payment that is sent again after a person deleted it, and a change
//! that waited while money came in.

use super::desk::Desk;
use crate::bed::{order, paid, shop, sync, synced, tenant, with};
use crossfoot::service::desk::settle::{self, WordAsk};
use serde_json::{Value, json};

/// A payment that was deleted in the company, and that a person says shall go again.
pub async fn sent_after_a_delete() -> Vec<String> {
    let payment = with(paid("50.00", "2026-07-11"), json!({"id": "80"}));
    let order = with(order(1, 1041, "2026-07-10"), json!({"payments": [payment]}));
    let desk = Desk::australia(shop(vec![order]));
    let engine = desk.engine().await;
    synced(&engine).await;
    let id = desk.only("Payment")["Id"].clone();
    desk.person(json!({"delete": {"Payment": {"Id": id}}}));
    for day in 0..2 {
        desk.bed.minutes(60 * 24);
        let title = json!({"orders": [{"id": "1", "set": {"title": format!("Hire, day {day}")}}]});
        desk.bed.keap_edit(title);
        let _ = sync(&engine).await;
    }
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::payment("1041", "80-1", "taken out by mistake", "jo@acme.example");
    let mut wrong = Vec::new();
    if let Err(e) = settle::send(&engine, &loaded, ask).await {
        wrong.push(format!("the word is refused: {}", e.what));
    }
    crate::bed::carried(&engine, "1041").await;
    let there = desk.rows("Payment").len();
    if there != 1 {
        wrong.push(format!(
            "there are {there} payments, and a person wants one"
        ));
    }
    wrong
}

/// A change that could not leave at once, and money that came in meanwhile.
pub async fn changed_after_waiting() -> Vec<String> {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    desk.bed.minutes(30);
    let title = json!({"orders": [{"id": "1", "set": {"title": "Hire of a crane"}}]});
    desk.bed.keap_edit(title);
    let invoice = desk.only("Invoice");
    let money = json!({"create": {"Payment": {"CustomerRef": {"value": invoice["CustomerRef"]["value"]}, "TotalAmt": 50.0,
        "Line": [{"Amount": 50.0, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}]}}});
    // It is decided on what the list told, and waits; then the money comes in, and then it leaves.
    let rule = json!([{"system": "qbo", "method": "POST", "path_contains": "/invoice", "fault": "500_before", "times": 1}]);
    desk.bed.fault(rule);
    let _ = sync(&engine).await;
    desk.bed.heal().await;
    desk.person(money);
    for _ in 0..4 {
        desk.bed.minutes(20);
        let _ = sync(&engine).await;
    }
    let mut wrong = Vec::new();
    let stale = refused(&desk);
    if stale > 0 {
        wrong.push(format!(
            "{stale} changes named a version that was no longer there"
        ));
    }
    let memo = desk.only("Invoice")["PrivateNote"].to_string();
    if !memo.contains("Hire of a crane") {
        wrong.push(format!("the change did not go: {memo}"));
    }
    wrong
}

/// How many changes of the invoice named an older version than it has had since its money came in.
fn refused(desk: &Desk) -> usize {
    let sent = desk.bed.transport.sent();
    let change = |r: &crossfoot::connectors::http::HttpRequest| {
        r.url.split_once("/invoice?requestid=")?;
        let body: Value = serde_json::from_slice(&r.body).ok()?;
        body["SyncToken"].as_str().map(str::to_owned)
    };
    let versions: Vec<String> = sent.iter().filter_map(change).collect();
    // The first left before the money came, and was lost.
    versions.iter().skip(1).filter(|v| *v == "0").count()
}
