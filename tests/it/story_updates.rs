//! Later edits: the same document is changed, never a second one made, and a person's edit survives.

use super::bed::{
    Bed, amount, begun, file, gst, held, hire, lines, order, paid, retried, shop, synced, text,
    total, verified, with,
};
use crossfoot::model::{Became, Kind};
use serde_json::{Value, json};

fn ids(invoice: &Value) -> (String, Vec<String>) {
    let lines = invoice["LineItems"].as_array().unwrap();
    (
        text(invoice, "InvoiceID"),
        lines.iter().map(|l| text(l, "LineItemID")).collect(),
    )
}

#[tokio::test]
async fn an_edit_changes_the_same_document_line_by_line() {
    let book = json!({"type": "PRODUCT", "product_id": "2", "quantity": 1, "price": "30.00"});
    let two = with(
        order(1, 1041, "2026-07-10"),
        json!({"items": [hire("1"), book.clone(), gst("10.00")]}),
    );
    let (bed, engine) = begun(&[], vec![two]).await;
    let before = ids(&bed.invoice("1041").unwrap());
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("3"), book, gst("30.00")]}]}));
    let done = synced(&engine).await;
    assert_eq!(
        done.run.counts.of(Kind::Invoice, Became::Updated),
        1,
        "{:?}",
        done.run.counts
    );
    let after = bed.invoice("1041").unwrap();
    assert_eq!(ids(&after), before, "the same document with the same lines");
    assert_eq!(total(&after), amount("360.00"));
    assert_eq!(bed.invoices(), 1);
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn an_edit_there_and_back_and_there_again_is_three_edits() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    for (quantity, tax, sum) in [
        ("2", "20.00", "220.00"),
        ("1", "10.00", "110.00"),
        ("2", "20.00", "220.00"),
        ("1", "10.00", "110.00"),
    ] {
        bed.minutes(10);
        bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire(quantity), gst(tax)]}]}));
        synced(&engine).await;
        assert_eq!(total(&bed.invoice("1041").unwrap()), amount(sum));
        verified(&engine, "1041").await;
    }
}

#[tokio::test]
async fn an_edit_of_a_paid_invoice_is_held_until_both_say_the_same() {
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    let (bed, engine) = begun(&[], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "update.locked",
        "lets it be changed no more (PAID)",
        "by hand",
    )
    .await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("110.00"));
    // Nothing was done about it: it stays held.
    retried(&engine).await;
    held(&engine, "1041", "update.locked", "1041", "by hand").await;
    // The edit is taken back in Keap: both agree again.
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("1"), gst("10.00")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
}

#[tokio::test]
async fn a_persons_edit_in_xero_is_never_overwritten_unasked() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    let theirs = total(&bed.invoice("1041").unwrap());
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "update.conflict",
        "changed both in the source and in the ledger",
        "sends the source's over what is named",
    )
    .await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), theirs);
    // Another sync without a word leaves it so; a person's retry sends ours.
    synced(&engine).await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), theirs);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("220.00"));
}

#[tokio::test]
async fn edits_are_not_sent_where_that_is_switched_off() {
    let off = ("sync", "{ first_run: post, updates: { invoices: false } }");
    let (bed, engine) = begun(&[off], vec![order(1, 1041, "2026-07-10")]).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")], "add_payments": [paid("50.00", "2026-07-14")]}]}));
    synced(&engine).await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("110.00"));
    assert_eq!(bed.payments(), 1, "a payment is no edit");
}

#[tokio::test]
async fn a_contacts_edit_goes_only_when_it_is_switched_on() {
    for (on, expected) in [(true, "jo@new.example"), (false, "jo@harbour.example")] {
        let word = format!("{{ first_run: post, updates: {{ contacts: {on} }} }}");
        let (bed, engine) = begun(&[("sync", &word)], vec![order(1, 1041, "2026-07-10")]).await;
        bed.keap_edit(json!({
            "contacts": [{"id": "7", "set": {"email_addresses": [{"field": "EMAIL1", "email": "jo@new.example"}]}}],
            "orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-14")]}],
        }));
        synced(&engine).await;
        assert_eq!(
            text(&bed.contact("Jo Harbour").unwrap(), "EmailAddress"),
            expected
        );
        assert_eq!((bed.contacts(), bed.payments()), (1, 1));
        verified(&engine, "1041").await;
    }
}

#[tokio::test]
async fn an_edit_made_while_the_first_posting_was_in_doubt_is_not_lost() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    // The reply to the invoice is lost, again and again: it is in doubt.
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Invoices", "times": 0, "fault": "drop_after"}]));
    let _ = super::bed::sync(&engine).await;
    assert_eq!(bed.invoices(), 1);
    bed.heal().await;
    bed.minutes(4);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    let _ = super::bed::sync(&engine).await;
    bed.minutes(20);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("220.00"));
    assert_eq!(bed.invoices(), 1);
}

/// The answer to an update is lost before Xero saw it, and a person edits the document meanwhile: number, day,
/// sum and lines come to the same, but it is not our change.
#[tokio::test]
async fn a_persons_edit_of_the_same_sum_is_not_taken_for_ours() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.fault(json!([{"system": "xero", "method": "POST", "path_contains": "Invoices", "times": 0, "fault": "drop_before"}]));
    let renamed = json!({"type": "PRODUCT", "product_id": "1", "name": "Crane hire, night shift", "quantity": 1, "price": "100.00"});
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [renamed, gst("10.00")]}]}));
    let _ = super::bed::sync(&engine).await;
    bed.heal().await;
    bed.minutes(2);
    let path = bed.path_of("1041");
    let mut line = bed.invoice("1041").unwrap()["LineItems"][0].clone();
    line["Description"] = json!("as agreed by telephone");
    bed.person("POST", &path, json!({"LineItems": [line]}))
        .await;
    bed.minutes(20);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "update.conflict",
        "line 1 text: the source says Crane hire, night shift, the ledger as agreed by telephone",
        "compare the two",
    )
    .await;
    let text = lines(&bed.invoice("1041").unwrap()).remove(0).0;
    assert_eq!(text, "as agreed by telephone");
}

#[tokio::test]
async fn a_tenant_is_not_led_to_other_books_unawares() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    engine.store().close().await;
    drop(engine);
    // The same tenant's file, another organisation behind the same name: what is linked there is not here.
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace(&bed.organisation, "00000000-0000-4000-8000-000000000001"),
    )
    .unwrap();
    let engine = bed.engine().await;
    let refused = super::bed::sync(&engine).await.unwrap_err().to_string();
    assert!(refused.contains("a tenant of its own"), "{refused}");
    assert_eq!(bed.invoices(), 1);
}

#[tokio::test]
async fn another_customer_of_a_paid_invoice_is_named() {
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    let paid_one = with(order(1, 1041, "2026-07-10"), bank);
    let other = with(order(2, 1042, "2026-07-10"), json!({"contact_id": "8"}));
    let (bed, engine) = begun(&[], vec![paid_one, other]).await;
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"contact_id": "8"}}]}));
    synced(&engine).await;
    let what = "contact: the source says Sam Quay, the ledger Jo Harbour";
    held(&engine, "1041", "update.locked", what, "by hand").await;
    // One whom the ledger does not have yet has a name all the same.
    bed.keap(json!({"contacts": [{"id": "9", "given_name": "Ann", "family_name": "Lee"}]}));
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"contact_id": "9"}}]}));
    synced(&engine).await;
    let what = "contact: the source says Ann Lee";
    held(&engine, "1041", "update.locked", what, "by hand").await;
}
