//! People's words where Keap is the ledger: they mean what they mean anywhere, and none can double. So does an older backup.

use super::ledger::{PAID, SALE, bed, begun, put};
use super::{Till, sent as bodies, until_done};
use crate::bed::{Bed, carried, end, held, sent, settled, sync, synced, tenant, verified};
use crate::story_put_back::{keep, restored};
use crate::story_resend::resent;
use crossfoot::model::{Became, DocState};
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{WordAsk, send, skip};
use serde_json::json;

const WHO: &str = "jo@acme.example";

/// A posted sale; a person enters 50.00 on its order by hand, and then the source tells of 50.00.
async fn beside_another() -> (Bed, Engine) {
    let (bed, engine) = begun(&[SALE]).await;
    bed.minutes(30);
    let order = Till::of(&bed).order("INV-7")["id"].clone();
    bed.keap_edit(json!({"orders": [{"id": order, "add_payments": [
        {"id": "700", "amount": "50.00", "type": "Check", "time": "2026-07-11T01:00:00Z"}]}]}));
    put(&bed, &[SALE, PAID]);
    synced(&engine).await;
    held(&engine, "INV-7", "payment.other", "50", "crossfoot settle").await;
    assert_eq!(Till::of(&bed).counts(), [1, 1, 1]);
    (bed, engine)
}

#[tokio::test]
async fn the_same_payment_is_settled_and_never_sent() {
    let (bed, engine) = beside_another().await;
    settled(&engine, "INV-7").await;
    assert_eq!(end(&engine, "INV-7").await.0, DocState::Verified);
    for _ in 0..2 {
        bed.minutes(40);
        synced(&engine).await;
    }
    assert_eq!(Till::of(&bed).counts(), [1, 1, 1]);
    assert_eq!(Till::of(&bed).order("INV-7")["balance"], json!("159"));
}

#[tokio::test]
async fn another_payment_goes_too_once() {
    let (bed, engine) = beside_another().await;
    crate::bed::retried(&engine).await;
    assert_eq!(
        Till::of(&bed).counts(),
        [1, 1, 1],
        "a retry sends nothing beside another"
    );
    sent(&engine, "INV-7").await;
    assert_eq!(end(&engine, "INV-7").await.0, DocState::Verified);
    for _ in 0..2 {
        bed.minutes(40);
        synced(&engine).await;
    }
    assert_eq!(Till::of(&bed).counts(), [1, 1, 2]);
    assert_eq!(Till::of(&bed).order("INV-7")["balance"], json!("109"));
}

/// What Keap can change of nothing: an edit of the file is told, `resend` names it, and the order stays.
#[tokio::test]
async fn an_order_is_not_made_anew_by_resend() {
    let (bed, engine) = begun(&[SALE]).await;
    let before = Till::of(&bed).order("INV-7");
    let file = std::fs::read_to_string(bed.folder.path().join("mappings/acme.yaml")).unwrap();
    bed.tenant(&file.replace("due: { else: +14d }", "due: { else: +30d }"));
    bed.minutes(30);
    synced(&engine).await;
    verified(&engine, "INV-7").await;
    let _ = resent(&engine, None).await;
    assert_eq!(bodies(&bed).len(), 2, "a contact and an order, once each");
    assert_eq!(Till::of(&bed).order("INV-7"), before);
}

#[tokio::test]
async fn a_sale_is_left_out_for_good() {
    let bed = bed(&[SALE]);
    let engine = bed.engine().await;
    bed.fault(json!([{"system": "keap", "method": "POST", "path_contains": "/contacts", "fault": "drop_before", "times": 0}]));
    let _ = sync(&engine).await;
    bed.heal().await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::document("INV-7", "sold by another company", WHO);
    let said = skip(&engine, &loaded, ask).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    carried(&engine, "INV-7").await;
    bed.minutes(1);
    until_done(&bed, &engine).await;
    assert_eq!(Till::of(&bed).all("orders").len(), 0);
}

/// What was made after an older backup is found by its stamp: the contact, the order and the payment.
#[tokio::test]
async fn what_was_made_after_a_backup_is_found_and_made_once() {
    for renamed in [false, true] {
        let bed = bed(&[SALE, PAID]);
        let engine = bed.engine().await;
        let kept = keep(&bed, engine).await;
        let engine = bed.engine().await;
        synced(&engine).await;
        verified(&engine, "INV-7").await;
        if renamed {
            let till = Till::of(&bed);
            let (order, contact) = (&till.all("orders")[0]["id"], &till.all("contacts")[0]["id"]);
            bed.keap_edit(json!({"orders": [{"id": order, "set": {"title": "Harbour job"}}],
                "contacts": [{"id": contact, "set": {"given_name": "Joanna", "email_addresses": [{"field": "EMAIL1", "email": "j@x.example"}]}}]}));
        }
        bed.minutes(30);
        let engine = restored(&bed, engine, &kept).await;
        until_done(&bed, &engine).await;
        for _ in 0..2 {
            bed.minutes(40);
            synced(&engine).await;
        }
        assert_eq!(Till::of(&bed).counts(), [1, 1, 1], "renamed: {renamed}");
        verified(&engine, "INV-7").await;
        assert_eq!(bodies(&bed).len(), 3);
    }
}

/// A second order that bears our stamp: ours stays the one that is linked, and nothing more is made.
#[tokio::test]
async fn a_copy_of_our_order_is_nobodys_second_sale() {
    let (bed, engine) = begun(&[SALE]).await;
    let ours = Till::of(&bed).order("INV-7");
    let stamp = ours["rest"]["external_create_user"].clone();
    bed.minutes(30);
    bed.keap(json!({"orders": [{"id": "901", "invoice_id": "9901", "title": "INV-7", "contact_id": ours["contact_id"],
        "order_time": "2026-07-12T01:00:00Z", "external_create_user": stamp,
        "items": [{"type": "OTHER", "name": "Crane hire", "quantity": 1, "price": "209.00"}]}]}));
    put(&bed, &[SALE, PAID]);
    for _ in 0..3 {
        bed.minutes(40);
        let done = synced(&engine).await;
        assert_eq!(done.run.counts.all(Became::Held), 0, "{:#?}", done.lines);
    }
    verified(&engine, "INV-7").await;
    let till = Till::of(&bed);
    assert_eq!(till.all("orders").len(), 2);
    let paid = till.all("orders");
    let paid: Vec<_> = paid
        .iter()
        .filter(|o| o["total_paid"] != json!("0"))
        .collect();
    assert_eq!(paid.len(), 1);
    assert_eq!(paid[0]["id"], ours["id"], "the money goes to ours");
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::document("INV-7", "said by mistake", WHO);
    assert!(
        send(&engine, &loaded, ask).await.is_err(),
        "what is there is not sent by a word"
    );
}
