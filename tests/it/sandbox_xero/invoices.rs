//! Invoices: what may be created, changed, voided, and what is said when not.

use super::{World, bill};
use serde_json::json;

const NOT_VALID: &str = "Invoice not of valid status for modification";
const HAS_PAYMENT: &str =
    "This document cannot be edited as it has a payment or credit note allocated to it.";

#[test]
fn numbers_are_unique_on_put_and_an_update_on_post() {
    let mut world = World::new();
    let id = world.invoice("INV-7");
    world
        .put("Invoices", bill("INV-7"))
        .refused("Invoice # must be unique.");
    let mut other = bill("INV-7");
    other["Reference"] = json!("overwritten");
    let updated = world.post("Invoices", other);
    assert_eq!(updated.one("Invoices")["InvoiceID"], json!(id));
    assert_eq!(updated.one("Invoices")["Reference"], "overwritten");
    let given = world.put("Invoices", {
        let mut b = bill("");
        b["InvoiceNumber"] = json!("");
        b
    });
    assert_eq!(given.one("Invoices")["InvoiceNumber"], "INV-0001");
}

#[test]
fn bills_share_numbers_and_have_no_reference() {
    let mut world = World::new();
    let mut bill = bill("S-1");
    bill["Type"] = json!("ACCPAY");
    bill["LineItems"][0]["AccountCode"] = json!("400");
    let first = world.put("Invoices", bill.clone());
    let second = world.post("Invoices", bill);
    assert_ne!(
        first.one("Invoices")["InvoiceID"],
        second.one("Invoices")["InvoiceID"]
    );
}

#[test]
fn the_number_of_a_voided_invoice() {
    let mut world = World::new();
    let id = world.invoice("INV-7");
    assert_eq!(
        world
            .post(&format!("Invoices/{id}"), json!({"Status": "VOIDED"}))
            .one("Invoices")["Status"],
        "VOIDED"
    );
    world
        .put("Invoices", bill("INV-7"))
        .refused("Invoice # must be unique.");
    world.post("Invoices", bill("INV-7")).refused(NOT_VALID);
    world.switch("dead_number_reuse", json!("allow"));
    assert_ne!(
        world.post("Invoices", bill("INV-7")).one("Invoices")["InvoiceID"],
        json!(id)
    );
}

#[test]
fn every_move_between_statuses() {
    let legal = [
        ("DRAFT", "DRAFT"),
        ("DRAFT", "SUBMITTED"),
        ("DRAFT", "AUTHORISED"),
        ("DRAFT", "DELETED"),
        ("SUBMITTED", "SUBMITTED"),
        ("SUBMITTED", "AUTHORISED"),
        ("SUBMITTED", "DRAFT"),
        ("SUBMITTED", "DELETED"),
        ("AUTHORISED", "AUTHORISED"),
        ("AUTHORISED", "VOIDED"),
    ];
    let mut world = World::new();
    for from in ["DRAFT", "SUBMITTED", "AUTHORISED", "VOIDED", "DELETED"] {
        for to in [
            "DRAFT",
            "SUBMITTED",
            "AUTHORISED",
            "PAID",
            "VOIDED",
            "DELETED",
        ] {
            let mut made = bill(&format!("{from}-{to}"));
            made["Status"] = json!(match from {
                "VOIDED" => "AUTHORISED",
                "DELETED" => "DRAFT",
                other => other,
            });
            let id = world.put("Invoices", made).one("Invoices")["InvoiceID"]
                .as_str()
                .unwrap()
                .to_string();
            if matches!(from, "VOIDED" | "DELETED") {
                assert_eq!(
                    world
                        .post(&format!("Invoices/{id}"), json!({"Status": from}))
                        .status,
                    200
                );
            }
            let answer = world.post(&format!("Invoices/{id}"), json!({"Status": to}));
            if legal.contains(&(from, to)) {
                assert_eq!(answer.one("Invoices")["Status"], to, "{from} -> {to}");
            } else {
                answer.refused(NOT_VALID);
            }
        }
    }
    for status in ["PAID", "VOIDED", "DELETED"] {
        let mut made = bill("never");
        made["Status"] = json!(status);
        assert_eq!(world.put("Invoices", made).status, 400);
    }
}

#[test]
fn what_an_approved_invoice_needs_and_a_draft_does_not() {
    let mut world = World::new();
    let mut bare = json!({"Type": "ACCREC", "Contact": {"Name": "Ann"},
        "LineItems": [{"Description": "x", "Quantity": 1, "UnitAmount": 1}]});
    assert_eq!(
        world.put("Invoices", bare.clone()).one("Invoices")["Status"],
        "DRAFT"
    );
    for status in ["SUBMITTED", "AUTHORISED"] {
        bare["Status"] = json!(status);
        let answer = world.put("Invoices", bare.clone());
        answer.refused("The document DueDate field must be specified");
        answer.refused("Account code or ID must be specified");
        answer.refused("TaxType field is mandatory");
    }
    world.put("Invoices", json!({"Type": "ACCREC", "LineItems": [{"Description": "x"}]})).refused(
        "The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, ContactNumber",
    );
}

#[test]
fn lines_are_updated_by_id_added_without_and_removed_by_absence() {
    let mut world = World::new();
    let mut made = bill("INV-1");
    made["LineItems"] = json!([
        {"Description": "keep", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200", "TaxType": "NONE"},
        {"Description": "drop", "Quantity": 1, "UnitAmount": 20, "AccountCode": "200", "TaxType": "NONE"},
    ]);
    let before = world.put("Invoices", made).one("Invoices").clone();
    let path = format!("Invoices/{}", before["InvoiceID"].as_str().unwrap());
    let kept = &before["LineItems"][0]["LineItemID"];
    let after = world.post(&path, json!({"LineItems": [
        {"LineItemID": kept, "Quantity": 3},
        {"Description": "new", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200", "TaxType": "NONE"},
    ]}));
    let after = after.one("Invoices").clone();
    assert_eq!(after["LineItems"][0]["LineItemID"], *kept);
    assert_eq!(after["LineItems"][0]["Description"], "keep");
    assert_eq!(after["Total"].to_string(), "35.00");
    assert_eq!(after["LineItems"].as_array().unwrap().len(), 2);
    // Lines that are not sent at all stay.
    let same = world.post(&path, json!({"Reference": "r"}));
    assert_eq!(same.one("Invoices")["LineItems"], after["LineItems"]);
}

#[test]
fn a_part_paid_invoice_takes_harmless_edits_only() {
    let mut world = World::new();
    let id = world.invoice("INV-1");
    assert_eq!(world.pay(&id, "40").status, 200);
    let path = format!("Invoices/{id}");
    let line = world.get(&path).one("Invoices")["LineItems"][0].clone();
    let edited = world.post(
        &path,
        json!({"Reference": "new", "InvoiceNumber": "INV-1b", "LineItems": [
        {"LineItemID": line["LineItemID"], "Description": "other words", "AccountCode": "201"}]}),
    );
    assert_eq!(edited.one("Invoices")["LineItems"][0]["AccountCode"], "201");
    assert_eq!(edited.one("Invoices")["InvoiceNumber"], "INV-1b");
    for harm in [
        json!({"Date": "2026-06-01"}),
        json!({"CurrencyCode": "EUR"}),
        json!({"Status": "VOIDED"}),
        json!({"LineItems": [{"LineItemID": line["LineItemID"], "Quantity": 2}]}),
        json!({"LineItems": [{"Description": "x", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200", "TaxType": "NONE"}]}),
    ] {
        let answer = world.post(&path, harm);
        answer.refused(NOT_VALID);
        answer.refused(HAS_PAYMENT);
    }
    world.post(&path, json!({"Status": "DRAFT"})).refused(
        "The status DRAFT cannot be applied to the invoice because it has payments or credit notes allocated to it.",
    );
    // The due date moves without moving the time of update.
    let before = world.get(&path).one("Invoices")["UpdatedDateUTC"].clone();
    world.rest(chrono::Duration::hours(1));
    assert_eq!(
        world
            .post(&path, json!({"DueDate": "2026-12-31"}))
            .one("Invoices")["UpdatedDateUTC"],
        before
    );
}

#[test]
fn locked_periods_refuse_create_update_void_and_payment() {
    let mut world = World::new();
    let id = world.invoice("INV-1");
    world.seed(json!({"period_lock_date": "2026-06-30", "end_of_year_lock_date": "2025-07-31"}));
    let text =
        "The document date cannot be before the period lock date, currently set at 30 Jun 2026";
    world.put("Invoices", bill("INV-2")).refused(text);
    world
        .post(&format!("Invoices/{id}"), json!({"Reference": "x"}))
        .refused(text);
    world
        .post(&format!("Invoices/{id}"), json!({"Status": "VOIDED"}))
        .refused(text);
    let mut old = bill("INV-3");
    old["Date"] = json!("2025-01-01");
    let answer = world.put("Invoices", old);
    answer.refused(text);
    answer.refused("The document date cannot be before the end of year lock date, currently set at 31-Jul-2025");
    let pay = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-06-30", "Amount": 1});
    world.put("Payments", pay).refused(text);
    world.seed(json!({"period_lock_date": null, "end_of_year_lock_date": null}));
    assert_eq!(world.put("Invoices", bill("INV-2")).status, 200);
}

#[test]
fn currencies_plan_limits_and_urls() {
    let mut world = World::new();
    let mut foreign = bill("INV-1");
    foreign["CurrencyCode"] = json!("GBP");
    world
        .put("Invoices", foreign.clone())
        .refused("Organisation is not subscribed to currency GBP");
    foreign["CurrencyCode"] = json!("EUR");
    assert_eq!(
        world.put("Invoices", foreign).one("Invoices")["CurrencyRate"].to_string(),
        "0.500000"
    );
    let mut linked = bill("INV-2");
    linked["Url"] = json!("https://www.xero.com/x");
    assert_eq!(world.put("Invoices", linked).status, 400);
    world.seed(json!({"approve_limit": 2}));
    assert_eq!(world.put("Invoices", bill("INV-3")).status, 200);
    world
        .put("Invoices", bill("INV-4"))
        .refused("You have reached the limit of invoices you can approve");
    let mut draft = bill("INV-4");
    draft["Status"] = json!("DRAFT");
    assert_eq!(world.put("Invoices", draft).status, 200);
}

#[test]
fn an_unknown_id_is_a_404_for_the_whole_request() {
    let mut world = World::new();
    let unknown = "11111111-1111-1111-1111-111111111111";
    let answer = world.post(
        "Invoices",
        json!({"Invoices": [bill("INV-1"), {"InvoiceID": unknown, "Reference": "x"}]}),
    );
    assert_eq!((answer.status, answer.text.as_str()), (404, ""));
    assert!(answer.header("content-type").starts_with("text/html"));
    assert_eq!(
        world.get("Invoices/INV-1").status,
        404,
        "nothing of the request was kept"
    );
}
