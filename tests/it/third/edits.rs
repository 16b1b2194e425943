//! Later edits, on both sides, told with Quillbook: the same document on its newest version, and a person's edit kept.

use super::ledger::{CONTACTS, INVOICES, Trouble};
use super::stories::{crane, posted};
use crate::bed::{amount, dec, gst, held, hire, paid, retried, synced, verified, with};
use crossfoot::model::{Became, Kind};
use serde_json::json;

#[tokio::test]
async fn an_edit_changes_the_same_document_line_by_line() {
    let (bench, engine) = posted(vec![crane()]).await;
    let before = bench.books().only_one(INVOICES);
    for (quantity, tax, sum) in [
        ("3", "45.00", "345"),
        ("1", "15.00", "115"),
        ("3", "45.00", "345"),
    ] {
        bench.bed.minutes(10);
        bench
            .bed
            .keap_edit(json!({"orders": [{"id": "1", "items": [hire(quantity), gst(tax)]}]}));
        let done = synced(&engine).await;
        assert_eq!(
            done.run.counts.of(Kind::Invoice, Became::Updated),
            1,
            "{:?}",
            done.run.counts
        );
        verified(&engine, "1041").await;
        let after = bench.books().only_one(INVOICES);
        assert_eq!(dec(&after["total"]), amount(sum));
        for field in ["id", "number", "mark"] {
            assert_eq!(after[field], before[field], "{field}");
        }
        assert_eq!(after["lines"][0]["id"], before["lines"][0]["id"]);
    }
}

#[tokio::test]
async fn a_person_may_give_the_invoice_another_number() {
    let (bench, engine) = posted(vec![crane()]).await;
    bench.books().renumber(INVOICES, "1", "ACME-7");
    bench.bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("30.00")], "add_payments": [paid("50.00", "2026-07-14")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    let invoice = bench.books().only_one(INVOICES);
    assert_eq!(invoice["number"], json!("ACME-7"));
    assert_eq!(
        (dec(&invoice["total"]), dec(&invoice["paid"])),
        (amount("230"), amount("50"))
    );
}

#[tokio::test]
async fn a_persons_edit_is_never_overwritten_unasked() {
    let (bench, engine) = posted(vec![crane()]).await;
    let mut lines = bench.books().only_one(INVOICES)["lines"].clone();
    lines[0]["price"] = json!("107.00");
    bench.books().edit(INVOICES, "1", "lines", lines);
    bench
        .bed
        .keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("30.00")]}]}));
    for _ in 0..2 {
        synced(&engine).await;
        held(
            &engine,
            "1041",
            "update.conflict",
            "QI/00001 was changed both in the source and in the ledger",
            "retry",
        )
        .await;
        assert_eq!(
            dec(&bench.books().only_one(INVOICES)["total"]),
            amount("123.05")
        );
        bench.bed.minutes(10);
    }
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(
        dec(&bench.books().only_one(INVOICES)["total"]),
        amount("230")
    );
}

#[tokio::test]
async fn an_edit_of_a_paid_invoice_is_held() {
    let (bench, engine) = posted(vec![with(
        crane(),
        json!({"payments": [paid("115.00", "2026-07-12")]}),
    )])
    .await;
    bench
        .bed
        .keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("30.00")]}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "update.locked",
        "lets it be changed no more",
        "by hand",
    )
    .await;
    assert_eq!(
        dec(&bench.books().only_one(INVOICES)["total"]),
        amount("115")
    );
}

#[tokio::test]
async fn a_contacts_edit_goes_on_the_version_it_has() {
    let (bench, engine) = posted(vec![crane()]).await;
    // A person gives the contact a telephone number: its edition is another one, and the number stays.
    bench
        .books()
        .edit(CONTACTS, "1", "phone", json!("02 5550 1234"));
    let mail = |address: &str| json!({"contacts": [{"id": "7", "set": {"email_addresses": [{"field": "EMAIL1", "email": address}]}}]});
    for address in ["jo@new.example", "jo@newer.example"] {
        bench.bed.minutes(10);
        let mut edit = mail(address);
        edit["orders"] = json!([{"id": "1", "set": {"title": address}}]);
        bench.bed.keap_edit(edit);
        synced(&engine).await;
        let contact = bench.books().only_one(CONTACTS);
        assert_eq!(
            (&contact["email"], &contact["phone"]),
            (&json!(address), &json!("02 5550 1234"))
        );
        verified(&engine, "1041").await;
    }
    let arrived = bench.books().arrived.clone();
    let changes: Vec<_> = arrived.iter().filter(|r| r.path == "/contacts/1").collect();
    assert_eq!(changes.len(), 2);
    assert!(
        !changes[0].body.contains("family"),
        "only what differs is sent: {}",
        changes[0].body
    );
}

/// What a person changes between our look and our request is theirs: nothing is done on the old version.
#[tokio::test]
async fn a_change_that_a_person_overtakes_is_not_made_on_the_old_version() {
    let (bench, engine) = posted(vec![crane()]).await;
    let mail = json!([{"field": "EMAIL1", "email": "jo@new.example"}]);
    bench.bed.keap_edit(json!({
        "contacts": [{"id": "7", "set": {"email_addresses": mail}}],
        "orders": [{"id": "1", "items": [hire("2"), gst("30.00")]}],
    }));
    for noun in [CONTACTS, CONTACTS, INVOICES] {
        bench.books().troubles.push_back((noun, Trouble::Overtaken));
    }
    synced(&engine).await;
    // A contact's change is of single fields, and goes on the newest version. A document's is decided on again, on the copy
    // that is there now: nothing that both sides changed differs, and it goes.
    assert_eq!(
        bench.books().only_one(CONTACTS)["email"],
        json!("jo@new.example")
    );
    verified(&engine, "1041").await;
    assert_eq!(
        dec(&bench.books().only_one(INVOICES)["total"]),
        amount("230")
    );
}
