//! People's words where the ledger is QuickBooks Online: they mean what they mean anywhere, and none can double. So do an older
//! backup and a copy that somebody made of ours.

use super::{AUSTRALIA, Desk};
use crate::bed::{
    amount, dec, doc, end, held, order, paid, retried, sent, settled, shop, synced, tenant,
    verified, with,
};
use crate::story_put_back::{keep, restored};
use crate::story_resend::resent;
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::Engine;
use serde_json::{Value, json};

fn fifty() -> Value {
    with(paid("50.00", "2026-07-12"), json!({"id": "80"}))
}

/// A posted invoice; a person enters 50.00 on it by hand, and then the source tells of 50.00.
async fn beside_another() -> (Desk, Engine) {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    desk.bed.minutes(10);
    let invoice = desk.only("Invoice");
    desk.person(json!({"create": {"Payment": {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 50.0, "TxnDate": "2026-07-12",
        "Line": [{"Amount": 50.0, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}]}}}));
    desk.bed.minutes(10);
    desk.bed
        .keap_edit(json!({"orders": [{"id": "1", "add_payments": [fifty()]}]}));
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "50", "crossfoot settle").await;
    (desk, engine)
}

fn owed(desk: &Desk) -> rust_decimal::Decimal {
    dec(&desk.only("Invoice")["Balance"])
}

#[tokio::test]
async fn the_same_payment_is_settled_and_never_sent() {
    let (desk, engine) = beside_another().await;
    settled(&engine, "1041").await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Verified);
    for _ in 0..2 {
        desk.bed.minutes(40);
        synced(&engine).await;
    }
    assert_eq!((desk.rows("Payment").len(), owed(&desk)), (1, amount("60")));
}

#[tokio::test]
async fn another_payment_goes_too_once() {
    let (desk, engine) = beside_another().await;
    retried(&engine).await;
    assert_eq!(
        desk.rows("Payment").len(),
        1,
        "a retry sends nothing beside another"
    );
    sent(&engine, "1041").await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Verified);
    for _ in 0..2 {
        desk.bed.minutes(40);
        synced(&engine).await;
    }
    assert_eq!((desk.rows("Payment").len(), owed(&desk)), (2, amount("10")));
}

/// An edit of the file changes nothing that is posted, until a person says so.
#[tokio::test]
async fn a_posted_invoice_is_made_anew_by_resend_alone() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    let due = |d: &Desk| d.only("Invoice")["DueDate"].clone();
    let before = due(&desk);
    desk.bed
        .tenant(&format!("{AUSTRALIA}due: {{ else: +45d }}\n"));
    desk.bed.minutes(30);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(due(&desk), before);
    assert_eq!(resent(&engine, None).await, ["1041"]);
    verified(&engine, "1041").await;
    assert_ne!(due(&desk), before);
    assert_eq!(desk.counts(), [1, 1, 0, 0]);
    assert_eq!(
        resent(&engine, None).await,
        Vec::<String>::new(),
        "it differs no more"
    );
}

/// A posted invoice with its payment, and a backup of before.
async fn put_back() -> (Desk, Engine, tempfile::TempDir) {
    let order = with(order(1, 1041, "2026-07-10"), json!({"payments": [fifty()]}));
    let desk = Desk::australia(shop(vec![order]));
    let engine = desk.engine().await;
    let kept = keep(&desk.bed, engine).await;
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    desk.bed.minutes(30);
    (desk, engine, kept)
}

#[tokio::test]
async fn what_was_made_after_a_backup_is_found_and_made_once() {
    for renamed in [false, true] {
        let (desk, engine, kept) = put_back().await;
        if renamed {
            let (invoice, customer) = (desk.only("Invoice"), desk.only("Customer"));
            desk.person(json!({"update": {"Invoice": {"Id": invoice["Id"], "DocNumber": "B-77"}}}));
            desk.person(json!({"update": {"Customer": {"Id": customer["Id"], "DisplayName": "Harbour Holdings"}}}));
        }
        let engine = restored(&desk.bed, engine, &kept).await;
        for _ in 0..3 {
            desk.bed.minutes(20);
            synced(&engine).await;
        }
        assert_eq!(desk.counts(), [1, 1, 0, 1], "renamed: {renamed}");
        assert_eq!(owed(&desk), amount("60"));
        if !renamed {
            verified(&engine, "1041").await;
        }
    }
}

/// A copy takes our note with it: ours is the one under our number, and the other is told.
#[tokio::test]
async fn a_copy_that_somebody_made_of_ours_is_told_and_ours_stays_ours() {
    let (desk, engine, kept) = put_back().await;
    let ours = desk.only("Invoice");
    let line = |l: &Value| {
        let mut l = l.clone();
        l.as_object_mut().unwrap().remove("Id");
        l
    };
    let all = ours["Line"].as_array().unwrap().iter();
    let lines: Vec<Value> = (all.filter(|l| l["DetailType"] == json!("SalesItemLineDetail")))
        .map(line)
        .collect();
    desk.person(json!({"create": {"Invoice": {"DocNumber": "A-1", "CustomerRef": ours["CustomerRef"], "TxnDate": "2026-07-12",
        "PrivateNote": ours["PrivateNote"], "GlobalTaxCalculation": "TaxExcluded", "Line": lines}}}));
    let engine = restored(&desk.bed, engine, &kept).await;
    for _ in 0..2 {
        desk.bed.minutes(20);
        synced(&engine).await;
    }
    verified(&engine, "1041").await;
    assert_eq!(desk.counts(), [1, 2, 0, 1]);
    let row = doc(&engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await;
    let told = note.unwrap().unwrap().warnings;
    assert!(
        told.iter()
            .any(|w| w.code == "stamp.copied" && w.what.contains("A-1")),
        "{told:#?}"
    );
}
