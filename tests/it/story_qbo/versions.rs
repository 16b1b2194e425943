//! Versions: a change goes on what a read by id shows; one that is stale goes on once where nothing but money came between.

use super::Desk;
use super::edits::others;
use crate::bed::{amount, dec, gst, held, hire, order, shop, sync, synced, verified};
use crossfoot::service::Engine;
use serde_json::{Value, json};

/// An invoice that stands, and its order's title changed at the source.
async fn begun() -> (Desk, Engine) {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    desk.bed.minutes(30);
    (desk, engine)
}

fn retitled(desk: &Desk) {
    (desk.bed).keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hire of a crane"}}]}));
}

fn money(desk: &Desk, sum: f64) -> Value {
    let invoice = desk.only("Invoice");
    json!({"create": {"Payment": {"CustomerRef": {"value": invoice["CustomerRef"]["value"]}, "TotalAmt": sum,
        "Line": [{"Amount": sum, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}]}}})
}

/// The changes of the invoice that were sent: each with its requestid and the version that it named.
fn changes(desk: &Desk) -> Vec<(String, String)> {
    let sent = desk.bed.transport.sent();
    let change = |r: &crossfoot::connectors::http::HttpRequest| {
        let (_, id) = r.url.split_once("/invoice?requestid=")?;
        let body: Value = serde_json::from_slice(&r.body).ok()?;
        let version = body["SyncToken"].as_str()?.to_owned();
        Some((id.split('&').next()?.to_owned(), version))
    };
    sent.iter().filter_map(change).collect()
}

/// Money raises the version of its invoice, and is no person's edit.
#[tokio::test]
async fn money_that_comes_between_is_no_edit() {
    let (desk, engine) = begun().await;
    let before = desk.only("Invoice");
    retitled(&desk);
    desk.between("/invoice", money(&desk, 50.0));
    synced(&engine).await;
    let after = desk.only("Invoice");
    let memo = after["PrivateNote"].as_str().unwrap();
    assert!(memo.contains("Hire of a crane"), "{memo}");
    assert_eq!(dec(&after["Balance"]), amount("60"));
    let moved = ["PrivateNote", "Balance", "LinkedTxn"];
    assert_eq!(others(&after, &moved), others(&before, &moved));
    let sent = changes(&desk);
    let versions: Vec<&str> = sent.iter().map(|(_, v)| v.as_str()).collect();
    assert_eq!(versions, ["0", "1"]);
    assert_ne!(sent[0].0, sent[1].0, "another attempt is another request");
}

/// What a person wrote between is told, and stays.
#[tokio::test]
async fn a_persons_edit_that_comes_between_is_told() {
    let (desk, engine) = begun().await;
    let id = desk.only("Invoice")["Id"].clone();
    retitled(&desk);
    let edit = json!({"update": {"Invoice": {"Id": id, "PrivateNote": "call Jo first"}}});
    desk.between("/invoice", edit);
    synced(&engine).await;
    held(&engine, "1041", "update.conflict", "call Jo first", "").await;
    assert_eq!(desk.only("Invoice")["PrivateNote"], json!("call Jo first"));
    assert_eq!(changes(&desk).len(), 1);
}

/// It goes on once: what changes again and again is for a person.
#[tokio::test]
async fn what_is_stale_twice_is_told() {
    let (desk, engine) = begun().await;
    retitled(&desk);
    let more = [money(&desk, 10.0), money(&desk, 20.0), money(&desk, 30.0)];
    desk.each_time("/invoice", more.to_vec());
    synced(&engine).await;
    held(&engine, "1041", "update.conflict", "", "retry").await;
    assert_eq!(changes(&desk).len(), 2);
}

/// A sum is not changed under money that came between.
#[tokio::test]
async fn a_sum_is_not_changed_under_money_that_came_between() {
    let (desk, engine) = begun().await;
    desk.bed
        .keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    desk.between("/invoice", money(&desk, 50.0));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "update.locked",
        "the source says 220.00",
        "",
    )
    .await;
    assert_eq!(dec(&desk.only("Invoice")["TotalAmt"]), amount("110"));
}

/// A decision may wait long, for a day's calls or a person: the version that counts is the one just before it leaves.
#[tokio::test]
async fn a_change_that_waited_goes_on_the_version_that_is_there() {
    let (desk, engine) = begun().await;
    retitled(&desk);
    let rule = json!([{"system": "qbo", "path_contains": "/invoice/", "fault": "drop_before", "nth": 2, "times": 6}]);
    desk.bed.fault(rule);
    let _ = sync(&engine).await;
    desk.person(money(&desk, 50.0));
    desk.bed.heal().await;
    desk.bed.minutes(1);
    synced(&engine).await;
    let memo = desk.only("Invoice")["PrivateNote"].clone();
    assert!(memo.as_str().unwrap().contains("Hire of a crane"), "{memo}");
    assert_eq!(changes(&desk).len(), 1);
}

/// The answer to a change was lost; asked again, the vendor repeats it. What it tells is not taken for what is there.
#[tokio::test]
async fn an_answer_that_is_repeated_is_proved_by_a_read() {
    let (desk, engine) = begun().await;
    let id = desk.only("Invoice")["Id"].clone();
    retitled(&desk);
    desk.bed.fault(json!([{"system": "qbo", "method": "POST", "path_contains": "/invoice", "fault": "drop_after"},
        {"system": "qbo", "path_contains": "/invoice/", "fault": "drop_before", "nth": 3, "times": 12}]));
    let _ = sync(&engine).await;
    desk.bed.heal().await;
    desk.person(json!({"delete": {"Invoice": {"Id": id}}}));
    for _ in 0..4 {
        desk.bed.minutes(10);
        let _ = sync(&engine).await;
    }
    let (_, code) = crate::bed::end(&engine, "1041").await;
    assert!(
        ["update.missing", "ledger.cancelled", "qbo.deleted_since"].contains(&code.as_str()),
        "{code}"
    );
    assert_eq!(desk.rows("Invoice").len(), 0);
}
