//! Money that came in while a change of its document waits for a person: it waits where it would lock the change out, and
//! goes where it would not.

use super::bed::{
    Bed, amount, begun, doc, gst, held, hire, order, paid, retried, synced, tenant, text, total,
    verified, with,
};
use crossfoot::pipeline::ports::{Documents as _, PaymentNote};
use crossfoot::service::Engine;
use serde_json::{Value, json};

async fn notes(engine: &Engine) -> Vec<PaymentNote> {
    let row = doc(engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    note.unwrap().payments
}

fn told(notes: &[PaymentNote]) -> Vec<(&str, &str)> {
    let of = notes.iter().map(|n| n.reason.as_ref());
    let codes = of.map(|r| r.map_or("", |r| r.code.as_str()));
    let states = notes.iter().map(|n| n.state.as_str());
    states.zip(codes).collect()
}

fn edit(bed: &Bed, items: Value, payments: Value) {
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": items, "add_payments": payments}]}));
}

async fn in_the_ledger(bed: &Bed, change: Value) {
    let path = bed.path_of("1041");
    bed.person("POST", &path, change).await;
    bed.minutes(5);
}

#[tokio::test]
async fn a_payment_waits_with_a_change_that_it_would_lock_out() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    edit(
        &bed,
        json!([hire("2"), gst("20.00")]),
        json!([paid("220.00", "2026-07-14")]),
    );
    synced(&engine).await;
    held(&engine, "1041", "update.conflict", "changed both", "retry").await;
    assert_eq!(bed.payments(), 0, "the money would lock the change out");
    // One cause, one cure.
    assert_eq!(told(&notes(&engine).await), [("waits", "update.conflict")]);
    retried(&engine).await;
    verified(&engine, "1041").await;
    let invoice = bed.invoice("1041").unwrap();
    assert_eq!(
        (total(&invoice), text(&invoice, "Status").as_str()),
        (amount("220.00"), "PAID")
    );
}

#[tokio::test]
async fn a_refund_waits_with_it_too() {
    let words = [("refunds", "credit_note")];
    let bank = json!({"payments": [with(paid("110.00", "2026-07-12"), json!({"id": "90"}))]});
    let (bed, engine) = begun(&words, vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    let mut back = with(
        paid("110.00", "2026-07-14"),
        json!({"id": "91", "refund_of": "90"}),
    );
    back.as_object_mut().unwrap().remove("pay_status");
    edit(&bed, json!([hire("2"), gst("20.00")]), json!([back]));
    synced(&engine).await;
    held(&engine, "1041", "update.locked", "1041", "by hand").await;
    assert!(bed.credit_notes().is_empty());
    assert_eq!(told(&notes(&engine).await)[1], ("waits", "update.locked"));
}

#[tokio::test]
async fn money_goes_where_the_change_can_be_made_after_it() {
    // The text of a line, changed on both sides.
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let mut line = bed.invoice("1041").unwrap()["LineItems"][0].clone();
    line["Description"] = json!("as agreed by telephone");
    in_the_ledger(&bed, json!({"LineItems": [line]})).await;
    let renamed = json!({"type": "PRODUCT", "product_id": "1", "name": "Crane hire, night shift", "quantity": 1, "price": "100.00"});
    edit(
        &bed,
        json!([renamed, gst("10.00")]),
        json!([paid("110.00", "2026-07-14")]),
    );
    synced(&engine).await;
    held(&engine, "1041", "update.conflict", "by telephone", "retry").await;
    assert_eq!(bed.payments(), 1);
    assert_eq!(told(&notes(&engine).await), [("planned", "")]);
    // The reference.
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let stamp = text(&bed.invoice("1041").unwrap(), "Reference");
    let stamp = stamp.split_once("[sync:").unwrap().1.to_owned();
    in_the_ledger(&bed, json!({"Reference": format!("PO 5 [sync:{stamp}")})).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Second"}, "add_payments": [paid("110.00", "2026-07-14")]}]}));
    synced(&engine).await;
    held(&engine, "1041", "update.conflict", "reference", "retry").await;
    assert_eq!(bed.payments(), 1);
}
