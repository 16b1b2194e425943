//! What becomes of writes when the decision that wanted them is not the last: nothing goes out that is wanted no more,
//! nothing that was held disappears, and nothing waits for ever for what was taken back.

use super::bed::{
    Bed, amount, approve, begun, doc, end, file, gst, held, hire, order, paid, retried, sent, shop,
    sync, synced, tenant, text, total, verified, with,
};
use crossfoot::model::{DocState, WriteState};
use crossfoot::pipeline::flow;
use crossfoot::pipeline::ports::{Documents as _, Written as _};
use crossfoot::service::Engine;
use serde_json::{Value, json};
use sqlx::{Connection as _, Row as _, SqliteConnection};

const MANUAL: (&str, &str) = ("sync", "{ first_run: post, approval: manual }");
const REVIEW: (&str, &str) = ("sync", "{ first_run: review }");

/// Every write of this kind is lost, on its way there (`drop_before`) or on its way back (`drop_after`), in one run.
async fn lost(bed: &Bed, engine: &Engine, method: &str, path: &str, fault: &str) {
    bed.fault(json!([{"system": "xero", "method": method, "path_contains": path, "times": 0, "fault": fault}]));
    let _ = sync(engine).await;
    bed.heal().await;
}

async fn later(bed: &Bed, engine: &Engine, minutes: i64) {
    bed.minutes(minutes);
    synced(engine).await;
}

async fn by_hand(bed: &Bed, number: &str, amount: &str) {
    let id = text(&bed.invoice(number).unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-14", "Amount": amount.parse::<f64>().unwrap()});
    bed.person("PUT", "Payments", body).await;
}

fn payment(id: &str, amount: &str, day: &str) -> Value {
    with(paid(amount, day), json!({ "id": id }))
}

/// The states of an order's writes of one kind that are not linked.
async fn unlinked(engine: &Engine, order: &str) -> Vec<WriteState> {
    let all = engine
        .store()
        .writes(&tenant(), &super::bed::of_keap(order))
        .await;
    let states = all.unwrap().into_iter().map(|w| w.state);
    states.filter(|s| *s != WriteState::Linked).collect()
}

#[tokio::test]
async fn a_payment_that_is_voided_while_nobody_knows_of_it_does_not_go() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("90", "50.00", "2026-07-14")]}]}),
    );
    lost(&bed, &engine, "PUT", "Payments", "drop_before").await;
    bed.keap_edit(json!({"payments": [{"id": "90", "pay_status": "VOIDED"}]}));
    later(&bed, &engine, 5).await;
    // It may be in the books: the document is not at its end, and says so.
    let told = (DocState::Held, "payment.in_doubt".to_owned());
    assert_eq!(end(&engine, "1041").await, told);
    for _ in 0..2 {
        later(&bed, &engine, 20).await;
        assert_eq!(bed.payments(), 0);
        verified(&engine, "1041").await;
    }
    assert_eq!(unlinked(&engine, "1").await, [WriteState::Superseded]);
}

#[tokio::test]
async fn and_when_it_had_arrived_a_person_is_told() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("90", "50.00", "2026-07-14")]}]}),
    );
    lost(&bed, &engine, "PUT", "Payments", "drop_after").await;
    bed.keap_edit(json!({"payments": [{"id": "90", "pay_status": "VOIDED"}]}));
    later(&bed, &engine, 5).await;
    later(&bed, &engine, 20).await;
    assert_eq!(bed.payments(), 1);
    let (state, code) = end(&engine, "1041").await;
    assert_eq!(state, DocState::Held, "{code}");
    assert!(code.starts_with("payment."), "{code}");
}

#[tokio::test]
async fn one_that_comes_back_in_time_goes_once() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("90", "50.00", "2026-07-14")]}]}),
    );
    lost(&bed, &engine, "PUT", "Payments", "drop_before").await;
    bed.keap_edit(json!({"payments": [{"id": "90", "pay_status": "VOIDED"}]}));
    later(&bed, &engine, 5).await;
    bed.keap_edit(json!({"payments": [{"id": "90", "pay_status": "MANUAL_PAID"}]}));
    later(&bed, &engine, 1).await;
    later(&bed, &engine, 20).await;
    assert_eq!(bed.payments(), 1);
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn an_order_that_is_left_out_while_nobody_knows_of_its_invoice_makes_none() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    lost(&bed, &engine, "PUT", "Invoices", "drop_before").await;
    bed.rule(
        "none.rhai",
        "fn select(invoice) { skip(\"not ours to send\") }",
    );
    bed.tenant(&file(&[("rules", "[rules/none.rhai]")]));
    later(&bed, &engine, 5).await;
    assert_eq!(doc(&engine, "1041").await.state, DocState::Skipped);
    for _ in 0..2 {
        later(&bed, &engine, 20).await;
        assert_eq!(bed.invoices(), 0);
        assert_eq!(doc(&engine, "1041").await.state, DocState::Skipped);
    }
}

#[tokio::test]
async fn an_order_that_is_changed_while_nobody_knows_of_its_invoice_goes_as_it_is_now() {
    let bed = Bed::new(&file(&[(
        "sync",
        "{ first_run: post, updates: { invoices: false } }",
    )]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    lost(&bed, &engine, "PUT", "Invoices", "drop_before").await;
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")], "set": {"contact_id": "8"}}]}));
    later(&bed, &engine, 5).await;
    assert_eq!(bed.invoices(), 0);
    later(&bed, &engine, 20).await;
    verified(&engine, "1041").await;
    let invoice = bed.invoice("1041").unwrap();
    assert_eq!(total(&invoice), amount("220.00"));
    assert_eq!(invoice["Contact"]["Name"], json!("Sam Quay"));
    assert_eq!(bed.invoices(), 1);
}

#[tokio::test]
async fn a_payment_that_is_held_is_told_though_its_invoice_waited_for_a_word() {
    let hold = ("overpayment", "hold");
    let guard = ("guard", "{ per_run: { documents: 1 } }");
    for changes in [[REVIEW, hold], [MANUAL, hold], [guard, hold]] {
        let bed = Bed::new(&file(&changes));
        let bank = json!({"payments": [paid("50.00", "2026-07-12"), paid("100.00", "2026-07-13")]});
        bed.keap(shop(vec![
            order(1, 1040, "2026-07-09"),
            with(order(2, 1041, "2026-07-10"), bank),
        ]));
        let engine = bed.engine().await;
        synced(&engine).await;
        assert_eq!(
            doc(&engine, "1041").await.state,
            DocState::Checked,
            "{changes:?}"
        );
        approve(&engine, "1041").await;
        synced(&engine).await;
        let (state, code) = end(&engine, "1041").await;
        assert_eq!(state, DocState::Held, "{changes:?}: {code}");
        assert!(code.contains("overpayment"), "{code}");
        assert_eq!(bed.payments(), 1);
    }
}

#[tokio::test]
async fn a_contact_that_an_order_leaves_is_made_for_the_next_one() {
    for word in [MANUAL, REVIEW] {
        let (bed, engine) = begun(&[word], vec![order(1, 1041, "2026-07-10")]).await;
        bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
        bed.keap_edit(json!({"orders": [{"id": "1", "set": {"contact_id": "8"}}]}));
        synced(&engine).await;
        if word == MANUAL {
            approve(&engine, "1041").await;
            approve(&engine, "1042").await;
        } else {
            let done = flow::release(engine.store(), &tenant(), "jo", engine.now()).await;
            assert_eq!(done.unwrap().len(), 2);
        }
        synced(&engine).await;
        for (number, name) in [("1041", "Sam Quay"), ("1042", "Jo Harbour")] {
            verified(&engine, number).await;
            let invoice = bed.invoice(number).unwrap();
            assert_eq!(invoice["Contact"]["Name"], json!(name), "{number}");
        }
        assert_eq!(bed.contacts(), 2);
    }
}

#[tokio::test]
async fn an_approval_taken_back_leaves_the_contact_to_the_others() {
    let orders = vec![order(1, 1041, "2026-07-10"), order(2, 1042, "2026-07-11")];
    let (bed, engine) = begun(&[MANUAL], orders).await;
    approve(&engine, "1041").await;
    approve(&engine, "1042").await;
    let row = doc(&engine, "1041").await;
    let acme = tenant();
    let back = engine
        .store()
        .set_state(&acme, &row, DocState::Checked, "jo", engine.now());
    back.await.unwrap();
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(bed.invoices(), 1);
    assert_eq!(doc(&engine, "1041").await.state, DocState::Checked);
}

#[tokio::test]
async fn a_payment_that_is_set_aside_does_not_keep_its_document_from_its_end() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    by_hand(&bed, "1041", "50.00").await;
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("90", "50.00", "2026-07-14")]}]}),
    );
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.other",
        "somebody else put 50.00",
        "crossfoot settle",
    )
    .await;
    bed.rule(
        "by_hand.rhai",
        "fn select_payment(payment, invoice) { if payment.amount == 50.0 { return skip(\"entered by hand\"); } keep() }",
    );
    bed.tenant(&file(&[("rules", "[rules/by_hand.rhai]")]));
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("91", "60.00", "2026-07-15")]}]}),
    );
    later(&bed, &engine, 5).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn nor_does_a_change_that_a_newer_one_takes_the_place_of() {
    let (bed, engine) = begun(&[MANUAL], vec![order(1, 1041, "2026-07-10")]).await;
    approve(&engine, "1041").await;
    synced(&engine).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    // While the change waits, a person changes the ledger's copy.
    bed.minutes(1);
    let path = bed.path_of("1041");
    bed.person("POST", &path, json!({"Reference": "PO 77"}))
        .await;
    approve(&engine, "1041").await;
    synced(&engine).await;
    // Nothing is overwritten: what both changed goes together, and that nobody has approved.
    let waits = (DocState::Checked, "approval.waits".to_owned());
    assert_eq!(super::bed::end(&engine, "1041").await, waits);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("3"), gst("30.00")]}]}));
    synced(&engine).await;
    approve(&engine, "1041").await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("330.00"));
    let reference = super::bed::text(&bed.invoice("1041").unwrap(), "Reference");
    assert!(reference.starts_with("PO 77"), "{reference}");
}

#[tokio::test]
async fn a_payment_waits_for_the_change_of_its_invoice_that_nobody_knows_of() {
    for fault in ["drop_before", "drop_after"] {
        let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
        bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
        lost(&bed, &engine, "POST", "Invoices", fault).await;
        bed.keap_edit(
            json!({"orders": [{"id": "1", "add_payments": [paid("100.00", "2026-07-14")]}]}),
        );
        later(&bed, &engine, 5).await;
        assert_eq!(bed.payments(), 0, "{fault}");
        later(&bed, &engine, 20).await;
        verified(&engine, "1041").await;
        assert_eq!(bed.payments(), 1, "{fault}");
        assert_eq!(total(&bed.invoice("1041").unwrap()), amount("220.00"));
    }
}

#[tokio::test]
async fn a_word_about_something_else_is_none_about_a_payment() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let path = bed.path_of("1041");
    let mut line = bed.invoice("1041").unwrap()["LineItems"][0].clone();
    line["Description"] = json!("as agreed by telephone");
    bed.person("POST", &path, json!({"LineItems": [line]}))
        .await;
    let renamed = json!({"type": "PRODUCT", "product_id": "1", "name": "Crane hire, night shift", "quantity": 1, "price": "100.00"});
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [renamed, gst("10.00")]}]}));
    synced(&engine).await;
    held(&engine, "1041", "update.conflict", "both", "retry").await;
    // Before the retry, the same 50.00 is entered in both systems.
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("1"), gst("10.00")], "add_payments": [paid("50.00", "2026-07-14")]}]}));
    by_hand(&bed, "1041", "50.00").await;
    retried(&engine).await;
    held(
        &engine,
        "1041",
        "payment.other",
        "somebody else put 50.00",
        "crossfoot settle",
    )
    .await;
    assert_eq!(bed.payments(), 1);
    // Shown it, a person says that these are two payments.
    bed.minutes(10);
    sent(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn who_said_retry_is_in_the_audit_log() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    by_hand(&bed, "1041", "50.00").await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-14")]}]}));
    synced(&engine).await;
    let acme = tenant();
    for only in [Some("1"), None, Some("1")].map(|o| o.map(super::bed::of_keap)) {
        let said = (engine.store()).retry(&acme, only.as_ref(), "jo", engine.now());
        said.await.unwrap();
    }
    let path = bed.folder.path().join(".crossfoot/crossfoot.db");
    let at = format!("sqlite://{}", path.display());
    let mut db = SqliteConnection::connect(&at).await.unwrap();
    let rows = sqlx::query("SELECT actor, object FROM audit WHERE action = 'retry'");
    let rows = rows.fetch_all(&mut db).await.unwrap();
    let told: Vec<(String, String)> = (rows.iter())
        .map(|r| (r.get("actor"), r.get("object")))
        .collect();
    // Said once, it is no longer held: the later words are about nothing.
    assert_eq!(told, [("jo".to_owned(), "1".to_owned())]);
}
