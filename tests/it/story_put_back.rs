//! After an older backup was put back: a paper that Crossfoot had made before is recognised, whatever people have made of it
//! since; where its stamp is gone too, nothing is made beside it without a word.

use super::bed::{
    Bed, doc, file, held, lines, order, paid, retried, shop, synced, tenant, text, verified, with,
};
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::Engine;
use crossfoot::service::desk::plan::{PlanAction, PlannedDocument, plan};
use crossfoot::service::desk::settle::{WordAsk, send};
use serde_json::{Value, json};
use std::path::Path;

/// A person changes our invoice in the ledger.
async fn edits(bed: &Bed, number: &str, change: Value) {
    let path = bed.path_of(number);
    bed.person("POST", &path, change).await;
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &there);
        } else {
            std::fs::copy(&path, there).unwrap();
        }
    }
}

/// Ends a process and takes a copy of its data, as a backup does.
pub async fn keep(bed: &Bed, engine: Engine) -> tempfile::TempDir {
    engine.store().close().await;
    drop(engine);
    let kept = tempfile::tempdir().unwrap();
    copy(&data(bed), &kept.path().join("db"));
    kept
}

/// Ends a process and puts an older copy in the place of its data.
pub async fn older(bed: &Bed, engine: Engine, kept: &tempfile::TempDir) {
    engine.store().close().await;
    drop(engine);
    std::fs::remove_dir_all(data(bed)).unwrap();
    copy(&kept.path().join("db"), &data(bed));
}

fn data(bed: &Bed) -> std::path::PathBuf {
    bed.folder.path().join(".crossfoot")
}

/// A posted document, a change in the ledger by people, and an older backup put back after it.
async fn put_back(order: Value) -> (Bed, Engine, tempfile::TempDir) {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order]));
    let engine = bed.engine().await;
    let kept = keep(&bed, engine).await;
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    (bed, engine, kept)
}

pub async fn restored(bed: &Bed, engine: Engine, kept: &tempfile::TempDir) -> Engine {
    older(bed, engine, kept).await;
    bed.minutes(60);
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(20);
    synced(&engine).await;
    engine
}

#[tokio::test]
async fn a_contact_renamed_renumbered_and_moved_before_a_backup_is_put_back_is_made_once() {
    let (bed, engine, kept) = put_back(order(1, 1041, "2026-07-10")).await;
    let id = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let other = json!({"Name": "Harbour Holdings", "EmailAddress": "office@x.example", "ContactNumber": "H-1"});
    bed.person("POST", &format!("Contacts/{id}"), other).await;
    let engine = restored(&bed, engine, &kept).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.contacts(), bed.invoices()), (1, 1));
    // The next order of the customer finds the same contact.
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!((bed.contacts(), bed.invoices()), (1, 2));
}

#[tokio::test]
async fn a_copy_of_ours_that_was_paid_after_the_backup_is_recognised() {
    let (bed, engine, kept) = put_back(order(1, 1041, "2026-07-10")).await;
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let money = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "110.00"});
    bed.person("PUT", "Payments", money).await;
    let engine = restored(&bed, engine, &kept).await;
    // The source has no such money: that is told as soon as the paper is taken for ours.
    let what = "the source says 110.00 is owed on 1041, and the ledger 0.00";
    held(&engine, "1041", "ledger.balance", what, "take it off 1041").await;
    assert_eq!((bed.contacts(), bed.invoices(), bed.payments()), (1, 1, 1));
}

/// Our own answer that was lost is no other case: what people did until it was found is told when it is found.
#[tokio::test]
async fn money_that_people_put_to_ours_before_it_was_found_is_told_at_once() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "/Invoices", "times": 0, "fault": "drop_after"}]));
    let engine = bed.engine().await;
    let _ = super::bed::sync(&engine).await;
    bed.heal().await;
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let money = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00"});
    bed.person("PUT", "Payments", money).await;
    bed.minutes(31);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "ledger.balance",
        "50.00",
        "take it off 1041",
    )
    .await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
}

#[tokio::test]
async fn a_copy_of_ours_that_was_voided_after_the_backup_is_told_and_not_made_anew() {
    for reuse in ["refuse", "allow"] {
        let (bed, engine, kept) = put_back(order(1, 1041, "2026-07-10")).await;
        bed.plane
            .switch("xero", &json!({"dead_number_reuse": reuse}))
            .unwrap();
        let path = bed.path_of("1041");
        bed.person("POST", &path, json!({"Status": "VOIDED"})).await;
        let engine = restored(&bed, engine, &kept).await;
        held(
            &engine,
            "1041",
            "number.closed",
            "VOIDED",
            "crossfoot unlink",
        )
        .await;
        assert_eq!((bed.contacts(), bed.invoices()), (1, 1), "{reuse}");
    }
}

async fn planned(engine: &Engine) -> PlannedDocument {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = plan(engine, &loaded, Some("1041"), &|_| {}).await.unwrap();
    told.documents.into_iter().next().unwrap()
}

#[tokio::test]
async fn renumbered_and_paid_in_part_it_is_found_by_its_stamp() {
    let part = json!({"payments": [paid("50.00", "2026-07-12")]});
    let (bed, engine, kept) = put_back(with(order(1, 1041, "2026-07-10"), part)).await;
    edits(&bed, "1041", json!({"InvoiceNumber": "B-77"})).await;
    let engine = restored(&bed, engine, &kept).await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 1), "never made twice");
    verified(&engine, "1041").await;
}

/// What people may change of a paper together with its reference.
fn changes(bed: &Bed) -> Vec<Value> {
    let mut line = bed.invoice("1041").unwrap()["LineItems"][0].clone();
    for derived in ["LineAmount", "TaxAmount"] {
        line.as_object_mut().unwrap().remove(derived);
    }
    line["UnitAmount"] = json!("120.00");
    let plain = json!({"Reference": "paid by Jo", "InvoiceNumber": "B-77"});
    vec![
        plain.clone(),
        with(plain.clone(), json!({"Date": "2026-07-20"})),
        with(plain, json!({"LineItems": [line]})),
    ]
}

#[tokio::test]
async fn renumbered_and_without_its_stamp_it_holds_and_the_stamp_put_back_ends_it() {
    for n in 0..3 {
        let (bed, engine, kept) = put_back(order(1, 1041, "2026-07-10")).await;
        edits(&bed, "1041", changes(&bed).remove(n)).await;
        let engine = restored(&bed, engine, &kept).await;
        held(
            &engine,
            "1041",
            "stamp.missing",
            "B-77 of",
            "crossfoot send TENANT NUMBER",
        )
        .await;
        assert_eq!((bed.contacts(), bed.invoices()), (1, 1), "{n}");
        let fix = doc(&engine, "1041").await.reason.unwrap().fix;
        let stamp = &fix[fix.find("[sync:").unwrap()..=fix.find(']').unwrap()];
        edits(
            &bed,
            "B-77",
            json!({"Reference": format!("paid by Jo {stamp}")}),
        )
        .await;
        bed.minutes(30);
        retried(&engine).await;
        assert_eq!((bed.contacts(), bed.invoices()), (1, 1), "{n}");
        let code = doc(&engine, "1041").await.reason.map(|r| r.code);
        assert_ne!(code.as_deref(), Some("stamp.missing"), "{n}");
    }
}

#[tokio::test]
async fn the_plan_tells_it_and_a_word_sends_ours_beside_it_once() {
    let (bed, engine, kept) = put_back(order(1, 1041, "2026-07-10")).await;
    edits(&bed, "1041", changes(&bed).remove(0)).await;
    let engine = restored(&bed, engine, &kept).await;
    held(&engine, "1041", "stamp.missing", "B-77", "crossfoot send").await;
    let told = planned(&engine).await;
    assert_eq!(told.action, PlanAction::Hold);
    assert_eq!(told.reason.unwrap().code, "stamp.missing");
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::document("1041", "it is another sale", "jo@acme.example");
    let said = send(&engine, &loaded, ask).await.unwrap();
    assert_eq!(said.entries.len(), 1);
    bed.minutes(30);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.invoices(), 2);
    bed.minutes(30);
    synced(&engine).await;
    assert_eq!(bed.invoices(), 2);
    // A word on what is there already does nothing.
    assert!(send(&engine, &loaded, ask).await.is_err());
}

#[tokio::test]
async fn what_a_person_entered_for_the_same_customer_is_not_taken_for_ours() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let theirs = json!({"Type": "ACCREC", "InvoiceNumber": "B-1", "Contact": {"Name": "Jo Harbour"}, "Date": "2026-07-11", "DueDate": "2026-07-30",
        "LineItems": lines_of(&bed), "Status": "AUTHORISED", "LineAmountTypes": "Exclusive"});
    bed.person("PUT", "Invoices", theirs).await;
    bed.minutes(30);
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(bed.invoices(), 3);
}

fn lines_of(bed: &Bed) -> Vec<Value> {
    let invoice = bed.invoice("1041").unwrap();
    assert_eq!(lines(&invoice).len(), 1);
    let mut line = invoice["LineItems"][0].clone();
    for own in ["LineAmount", "TaxAmount", "LineItemID"] {
        line.as_object_mut().unwrap().remove(own);
    }
    vec![line]
}

#[tokio::test]
async fn a_copy_that_somebody_made_of_ours_is_told_and_ours_stays_ours() {
    let (bed, engine, kept) = put_back(order(1, 1041, "2026-07-10")).await;
    // A copy in the ledger takes the reference with it, whomever it is for.
    let reference = text(&bed.invoice("1041").unwrap(), "Reference");
    let copied = json!({"Type": "ACCREC", "InvoiceNumber": "A-1", "Contact": {"Name": "Sam Quay"}, "Date": "2026-07-01", "DueDate": "2026-07-30",
        "Reference": reference, "LineItems": lines_of(&bed), "Status": "AUTHORISED", "LineAmountTypes": "Exclusive"});
    bed.person("PUT", "Invoices", copied).await;
    let engine = restored(&bed, engine, &kept).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.contacts(), bed.invoices()), (2, 2));
    let row = doc(&engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await;
    let note = note.unwrap().unwrap();
    let told = note.warnings.iter().find(|w| w.code == "stamp.copied");
    assert!(
        told.unwrap().what.contains("A-1 for \"Sam Quay\""),
        "{:?}",
        note.warnings
    );
    assert_eq!(note.found.unwrap().name, "Jo Harbour");
    // It is told once: what a later run decides says so still, and the run does not tell it again.
    bed.minutes(30);
    let more = json!({"add_payments": [super::bed::paid("50.00", "2026-07-12")], "id": "1"});
    bed.keap_edit(json!({"orders": [more]}));
    let done = synced(&engine).await;
    assert_eq!(bed.payments(), 1);
    let again = done.lines.iter().any(|l| l.code == "stamp.copied");
    assert!(!again, "{:?}", done.lines);
}
