//! Edits: at the source, which become a sparse change on the version that is there; and of people in the company.

use super::Desk;
use crate::bed::{amount, dec, gst, hire, order, paid, shop, sync, synced, verified, with};
use crossfoot::model::DocState;
use serde_json::{Value, json};

/// Every field of a row but those that a change of some moves.
pub(super) fn others(row: &Value, moved: &[&str]) -> Value {
    let mut row = row.clone();
    let fields = row.as_object_mut().unwrap();
    for field in moved.iter().chain(&["SyncToken", "MetaData"]) {
        fields.remove(*field);
    }
    row
}

#[tokio::test]
async fn an_edit_at_the_source_is_a_sparse_change_that_loses_nothing_else() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    let id = desk.only("Invoice")["Id"].clone();
    // A person writes what no order knows of.
    desk.person(
        json!({"update": {"Invoice": {"Id": id, "CustomerMemo": {"value": "Thank you"},
        "BillEmail": {"Address": "desk@harbour.example"}, "PrintStatus": "NotSet"}}}),
    );
    let before = desk.only("Invoice");
    desk.bed.minutes(30);
    desk.bed
        .keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    let after = desk.only("Invoice");
    assert_eq!(dec(&after["TotalAmt"]), amount("220"));
    assert_eq!(
        after["Line"][0]["Id"], before["Line"][0]["Id"],
        "the same line"
    );
    let moved = ["Line", "TotalAmt", "Balance", "TxnTaxDetail"];
    assert_eq!(others(&after, &moved), others(&before, &moved));
    assert_eq!(desk.counts(), [1, 1, 0, 0]);
}

/// A list may show an older version than there is: a change goes on what a read by id shows.
#[tokio::test]
async fn a_change_goes_on_the_version_that_a_read_by_id_shows() {
    let desk = Desk::australia(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [paid("50.00", "2026-07-11")]}),
    )]));
    desk.switch("list_lag_seconds", json!(3600)).await;
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    // The payment has raised the version of its invoice, which is no person's edit.
    assert_eq!(desk.only("Invoice")["SyncToken"], json!("1"));
    desk.bed.minutes(30);
    let edit = json!({"contacts": [{"id": "7", "set": {"email_addresses": [{"field": "EMAIL1", "email": "jo@quay.example"}]}}],
        "orders": [{"id": "1", "set": {"title": "Hire of a crane"}}]});
    desk.bed.keap_edit(edit);
    let done = sync(&engine).await;
    done.unwrap_or_else(|e| panic!("{e}"));
    verified(&engine, "1041").await;
    let customer = desk.only("Customer");
    assert_eq!(
        customer["PrimaryEmailAddr"]["Address"],
        json!("jo@quay.example")
    );
}

#[tokio::test]
async fn a_change_of_a_customer_loses_no_other_field() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    let id = desk.only("Customer")["Id"].clone();
    desk.person(json!({"update": {"Customer": {"Id": id, "CompanyName": "Harbour Ltd", "Fax": {"FreeFormNumber": "02 5550 9999"}}}}));
    let before = desk.only("Customer");
    desk.bed.minutes(30);
    let edit = json!({"contacts": [{"id": "7", "set": {"email_addresses": [{"field": "EMAIL1", "email": "jo@quay.example"}]}}],
        "orders": [{"id": "1", "set": {"title": "Hire again"}}]});
    desk.bed.keap_edit(edit);
    synced(&engine).await;
    let after = desk.only("Customer");
    assert_eq!(
        after["PrimaryEmailAddr"]["Address"],
        json!("jo@quay.example")
    );
    let moved = ["PrimaryEmailAddr"];
    assert_eq!(others(&after, &moved), others(&before, &moved));
}

/// Several documents of one customer: it is changed once, and each of them goes on.
#[tokio::test]
async fn a_change_of_a_customer_lets_each_of_its_documents_go_on() {
    let desk = Desk::australia(shop(vec![
        order(1, 1041, "2026-07-10"),
        order(2, 1042, "2026-07-10"),
    ]));
    let engine = desk.engine().await;
    synced(&engine).await;
    desk.bed.minutes(30);
    let edit = json!({"contacts": [{"id": "7", "set": {"email_addresses": [{"field": "EMAIL1", "email": "jo@quay.example"}]}}],
        "orders": [{"id": "1", "set": {"modification_time": "2026-07-15T20:00:00Z"}}, {"id": "2", "set": {"modification_time": "2026-07-15T20:00:00Z"}}]});
    desk.bed.keap_edit(edit);
    synced(&engine).await;
    verified(&engine, "1041").await;
    verified(&engine, "1042").await;
    let customer = desk.only("Customer");
    assert_eq!(
        customer["PrimaryEmailAddr"]["Address"],
        json!("jo@quay.example")
    );
}

/// What people void or delete is a state of its own: nothing pushes it again by itself.
#[tokio::test]
async fn what_people_void_or_delete_is_not_pushed_again() {
    for verb in ["void", "delete"] {
        let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = desk.engine().await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        let id = desk.only("Invoice")["Id"].clone();
        desk.person(json!({verb: {"Invoice": {"Id": id}}}));
        for _ in 0..3 {
            desk.bed.minutes(60 * 7);
            synced(&engine).await;
        }
        let sum: Vec<_> = desk
            .rows("Invoice")
            .iter()
            .map(|i| dec(&i["TotalAmt"]))
            .collect();
        assert!(sum.iter().all(|s| s.is_zero()), "{verb}: {sum:?}");
        let (state, code) = crate::bed::end(&engine, "1041").await;
        assert_eq!(state, DocState::Held, "{verb}: {code}");
    }
}
