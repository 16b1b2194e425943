//! Our own document is our own by its stamp, whatever number a person has given it since; a number is only a hint.

use super::bed::{
    Bed, amount, day, file, held, lines, order, paid, retried, shop, sync, synced, text, total,
    verified,
};
use crossfoot::service::Engine;
use serde_json::json;

/// An invoice whose write is in doubt: the fault says whether it arrived.
async fn in_doubt(fault: &str) -> (Bed, Engine) {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Invoices", "times": 0, "fault": fault}]));
    let _ = sync(&engine).await;
    bed.heal().await;
    bed.minutes(1);
    (bed, engine)
}

/// A person changes our invoice in the ledger.
async fn edits(bed: &Bed, number: &str, change: serde_json::Value) {
    let path = bed.path_of(number);
    bed.person("POST", &path, change).await;
}

/// The quarantine goes by, and the flow runs.
async fn later(bed: &Bed, engine: &Engine) {
    bed.minutes(20);
    synced(engine).await;
}

#[tokio::test]
async fn renumbered_by_a_person_while_its_write_is_in_doubt_it_is_found_by_its_stamp() {
    let (bed, engine) = in_doubt("drop_after").await;
    edits(&bed, "1041", json!({"InvoiceNumber": "B-77"})).await;
    later(&bed, &engine).await;
    assert_eq!(bed.invoices(), 1, "never made twice");
    verified(&engine, "1041").await;
    // The person's number stays, and the next run has nothing to do.
    bed.minutes(30);
    synced(&engine).await;
    assert!(bed.invoice("B-77").is_some());
    // Money that comes in goes to it.
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-14")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
}

#[tokio::test]
async fn a_suppliers_bill_of_the_same_number_is_not_our_invoice() {
    let (bed, engine) = in_doubt("drop_before").await;
    assert_eq!(bed.invoices(), 0);
    let bill = json!({"Type": "ACCPAY", "InvoiceNumber": "1041", "Contact": {"Name": "Rope Supplies"}, "Date": "2026-07-11", "DueDate": "2026-07-30",
        "LineItems": [{"Description": "Rope", "Quantity": "1", "UnitAmount": "80.00", "AccountCode": "400", "TaxType": "INPUT"}], "Status": "AUTHORISED"});
    bed.person("PUT", "Invoices", bill).await;
    later(&bed, &engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.invoices(), 2, "the bill and our invoice");
    let ours: Vec<_> = (bed.books()["invoices"].as_array().unwrap().iter())
        .filter(|i| text(i, "Type") == "ACCREC")
        .map(total)
        .collect();
    assert_eq!(ours, [amount("110.00")]);
}

#[tokio::test]
async fn a_stamp_that_a_person_took_away_holds_and_doubles_nothing() {
    let changes = [
        json!({"Reference": "paid by Jo"}),
        json!({"Reference": "paid by Jo", "InvoiceNumber": "B-77"}),
    ];
    for change in changes {
        let (bed, engine) = in_doubt("drop_after").await;
        edits(&bed, "1041", change).await;
        later(&bed, &engine).await;
        held(
            &engine,
            "1041",
            "stamp.missing",
            "without our stamp",
            "crossfoot retry TENANT NUMBER",
        )
        .await;
        assert_eq!(bed.invoices(), 1);
        // It stays so until a person has said what it is.
        bed.minutes(30);
        synced(&engine).await;
        held(
            &engine,
            "1041",
            "stamp.missing",
            "without our stamp",
            "crossfoot retry TENANT NUMBER",
        )
        .await;
        assert_eq!(bed.invoices(), 1);
    }
}

#[tokio::test]
async fn a_retry_goes_over_what_was_told_to_differ_and_leaves_the_rest_of_a_persons_edit() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    let mut line = bed.invoice("1041").unwrap()["LineItems"][0].clone();
    line["Description"] = json!("as agreed");
    let stamp = text(&bed.invoice("1041").unwrap(), "Reference");
    let stamp = stamp.split_once("[sync:").unwrap().1.to_owned();
    let change = json!({"Reference": format!("PO 5 [sync:{stamp}"), "DueDate": "2026-08-30", "LineItems": [line]});
    edits(&bed, "1041", change).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Second"}}]}));
    synced(&engine).await;
    let told = "reference: the source says Second, the ledger PO 5, last agreed was Hire";
    held(&engine, "1041", "update.conflict", told, "retry").await;
    retried(&engine).await;
    verified(&engine, "1041").await;
    let invoice = bed.invoice("1041").unwrap();
    assert!(text(&invoice, "Reference").starts_with("Second [sync:"));
    assert_eq!(day(&invoice, "DueDateString"), "2026-08-30");
    assert_eq!(lines(&invoice).remove(0).0, "as agreed");
}

#[tokio::test]
async fn a_contact_whose_answer_was_lost_is_not_taken_for_two() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Contacts", "times": 0, "fault": "drop_after"}]));
    let _ = sync(&engine).await;
    bed.heal().await;
    assert_eq!(bed.contacts(), 1);
    bed.minutes(4);
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    let _ = sync(&engine).await;
    later(&bed, &engine).await;
    for number in ["1041", "1042"] {
        verified(&engine, number).await;
    }
    assert_eq!((bed.contacts(), bed.invoices()), (1, 2));
}

#[tokio::test]
async fn a_stamp_number_price_and_contact_all_changed_hold_and_double_nothing() {
    let (bed, engine) = in_doubt("drop_after").await;
    let mut line = bed.invoice("1041").unwrap()["LineItems"][0].clone();
    for derived in ["LineAmount", "TaxAmount"] {
        line.as_object_mut().unwrap().remove(derived);
    }
    line["UnitAmount"] = json!("120.00");
    let change = json!({"Reference": "paid by Jo", "InvoiceNumber": "B-77", "LineItems": [line], "Contact": {"Name": "Rope Supplies"}});
    edits(&bed, "1041", change).await;
    later(&bed, &engine).await;
    held(
        &engine,
        "1041",
        "stamp.missing",
        "B-77 for \"Rope Supplies\"",
        "crossfoot retry TENANT NUMBER",
    )
    .await;
    assert_eq!(bed.invoices(), 1);
    // The cure: the stamp goes back, and a word.
    let row = super::bed::doc(&engine, "1041").await;
    let fix = row.reason.unwrap().fix;
    let stamp = &fix[fix.find("[sync:").unwrap()..=fix.find(']').unwrap()];
    edits(&bed, "B-77", json!({"Reference": stamp})).await;
    bed.minutes(30);
    retried(&engine).await;
    assert_eq!(bed.invoices(), 1, "it is known again");
    let (_, code) = super::bed::end(&engine, "1041").await;
    assert_ne!(code, "stamp.missing");
}

#[tokio::test]
async fn what_another_program_made_meanwhile_is_not_taken_for_ours() {
    let (bed, engine) = in_doubt("drop_before").await;
    let theirs = json!({"Type": "ACCREC", "InvoiceNumber": "B-1", "Contact": {"Name": "Rope Supplies"}, "Date": "2026-07-11", "DueDate": "2026-07-30",
        "LineItems": [{"Description": "Rope", "Quantity": "1", "UnitAmount": "80.00", "AccountCode": "200", "TaxType": "OUTPUT"}], "Status": "AUTHORISED"});
    bed.person("PUT", "Invoices", theirs).await;
    later(&bed, &engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.invoices(), 2);
}

#[tokio::test]
async fn another_price_while_in_doubt_is_a_conflict_whose_cure_is_retry() {
    let (bed, engine) = in_doubt("drop_after").await;
    let mut line = bed.invoice("1041").unwrap()["LineItems"][0].clone();
    for derived in ["LineAmount", "TaxAmount"] {
        line.as_object_mut().unwrap().remove(derived);
    }
    line["UnitAmount"] = json!("120.00");
    edits(
        &bed,
        "1041",
        json!({"InvoiceNumber": "B-77", "LineItems": [line]}),
    )
    .await;
    later(&bed, &engine).await;
    assert_eq!(bed.invoices(), 1);
    let row = super::bed::doc(&engine, "1041").await;
    let reason = row.reason.clone().unwrap();
    assert!(
        reason.fix.contains("retry") && !reason.fix.contains("renumber"),
        "{reason} {}",
        reason.fix
    );
    bed.minutes(30);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.invoices(), 1);
    // The person's number stays; the sum is the source's again.
    assert_eq!(total(&bed.invoice("B-77").unwrap()), amount("110.00"));
}
