//! Credit notes, their allocations and refunds; overpayments.

use super::{World, bill};
use serde_json::{Value, json};

fn credit(number: &str, amount: i64) -> Value {
    json!({"Type": "ACCRECCREDIT", "CreditNoteNumber": number, "Contact": {"Name": "Ann"}, "Status": "AUTHORISED",
        "Date": "2026-06-30", "LineItems": [{"Description": "back", "Quantity": 1, "UnitAmount": amount, "AccountCode": "200", "TaxType": "NONE"}]})
}

#[test]
fn a_credit_note_is_allocated_taken_back_and_refunded() {
    let mut world = World::new();
    let invoice = world.invoice("INV-1");
    let made = world.put("CreditNotes", credit("CN-9", 60));
    let id = made.one("CreditNotes")["CreditNoteID"]
        .as_str()
        .unwrap()
        .to_string();
    let path = format!("CreditNotes/{id}/Allocations");
    let too_much = json!({"Allocations": [{"Amount": 61, "Invoice": {"InvoiceID": invoice}}]});
    assert_eq!(world.put(&path, too_much).status, 400);
    let done = world.put(
        &path,
        json!({"Amount": 40, "Invoice": {"InvoiceID": invoice}, "Date": "2026-07-01"}),
    );
    let allocation = done.one("Allocations")["AllocationID"]
        .as_str()
        .unwrap()
        .to_string();
    let shown = world.get("CreditNotes/CN-9");
    assert_eq!(
        shown.one("CreditNotes")["RemainingCredit"].to_string(),
        "20.00"
    );
    assert_eq!(
        shown.one("CreditNotes")["Allocations"][0]["Amount"].to_string(),
        "40.00"
    );
    let shown = world.get("Invoices/INV-1");
    assert_eq!(shown.one("Invoices")["AmountCredited"].to_string(), "40.00");
    assert_eq!(shown.one("Invoices")["AmountDue"].to_string(), "60.00");
    assert_eq!(
        shown.one("Invoices")["CreditNotes"][0]["CreditNoteNumber"],
        "CN-9"
    );
    // Credit holds the contact in place.
    let other = json!({"Contact": {"Name": "Someone else"}});
    world
        .post(&format!("Invoices/{invoice}"), other)
        .refused("Invoice not of valid status for modification");
    let back = world.send("DELETE", &format!("{path}/{allocation}"), &[], &Value::Null);
    assert_eq!((back.status, &back.body["IsDeleted"]), (200, &json!(true)));
    assert_eq!(
        world.get("Invoices/INV-1").one("Invoices")["AmountDue"].to_string(),
        "100.00"
    );
    let refund = world.put(
        "Payments",
        json!({"CreditNote": {"CreditNoteID": id}, "Account": {"Code": "090"}, "Amount": 60}),
    );
    assert_eq!(refund.one("Payments")["PaymentType"], "ARCREDITPAYMENT");
    assert_eq!(
        world.get("CreditNotes/CN-9").one("CreditNotes")["Status"],
        "PAID"
    );
}

#[test]
fn what_a_credit_note_refuses() {
    let mut world = World::new();
    let invoice = world.invoice("INV-1");
    world.put("CreditNotes", credit("CN-9", 60));
    assert_eq!(
        world.put("CreditNotes", credit("CN-9", 60)).status,
        400,
        "the number is taken"
    );
    let mut discounted = credit("CN-10", 60);
    discounted["LineItems"][0]["DiscountRate"] = json!(10);
    assert_eq!(world.put("CreditNotes", discounted).status, 400);
    let mut stranger = credit("CN-11", 60);
    stranger["Contact"] = json!({"Name": "Stranger"});
    world.put("CreditNotes", stranger);
    let body = json!({"Amount": 1, "Invoice": {"InvoiceID": invoice}});
    assert_eq!(
        world
            .put("CreditNotes/CN-11/Allocations", body.clone())
            .status,
        400,
        "another contact"
    );
    let mut draft = credit("CN-12", 60);
    draft["Status"] = json!("DRAFT");
    world.put("CreditNotes", draft);
    assert_eq!(
        world
            .put("CreditNotes/CN-12/Allocations", body.clone())
            .status,
        400,
        "not authorised"
    );
    world
        .put(
            "CreditNotes/11111111-1111-1111-1111-111111111111/Allocations",
            body,
        )
        .refused("An existing Credit Note with the specified CreditNoteID could not be found");
}

fn over(amount: i64, account: &str) -> Value {
    json!({"Type": "RECEIVE-OVERPAYMENT", "Contact": {"Name": "Ann"}, "BankAccount": {"Code": "090"}, "Date": "2026-07-01",
        "Reference": "too much", "LineItems": [{"Description": "over", "Quantity": 1, "UnitAmount": amount, "AccountCode": account}]})
}

#[test]
fn an_overpayment_comes_by_the_bank_and_is_allocated() {
    let mut world = World::new();
    let invoice = world.invoice("INV-1");
    let made = world.put("BankTransactions", over(100, "610"));
    let id = made.one("BankTransactions")["OverpaymentID"]
        .as_str()
        .unwrap()
        .to_string();
    let shown = world.get(&format!("Overpayments/{id}"));
    assert_eq!(
        shown.one("Overpayments")["RemainingCredit"].to_string(),
        "100.00"
    );
    assert_eq!(shown.one("Overpayments")["LineAmountTypes"], "NoTax");
    let done = world.put(
        &format!("Overpayments/{id}/Allocations"),
        json!({"Amount": 100, "Invoice": {"InvoiceID": invoice}}),
    );
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(
        world.get("Invoices/INV-1").one("Invoices")["Status"],
        "PAID"
    );
    assert_eq!(
        world.get(&format!("Overpayments/{id}")).one("Overpayments")["Status"],
        "PAID"
    );
    let bank = made.one("BankTransactions")["BankTransactionID"]
        .as_str()
        .unwrap();
    assert_eq!(
        world
            .post(
                &format!("BankTransactions/{bank}"),
                json!({"Status": "DELETED"})
            )
            .status,
        400,
        "it is used"
    );
    assert_eq!(world.put("Overpayments", json!({})).status, 405);
}

#[test]
fn the_line_of_an_overpayment() {
    let mut world = World::new();
    assert_eq!(world.put("BankTransactions", over(100, "200")).status, 400);
    world.switch("overpayment_line", json!("any"));
    assert_eq!(world.put("BankTransactions", over(100, "200")).status, 200);
    let mut wrong = over(100, "610");
    wrong["BankAccount"] = json!({"Code": "200"});
    assert_eq!(world.put("BankTransactions", wrong).status, 400);
}

#[test]
fn history_takes_notes_and_keeps_them() {
    let mut world = World::new();
    let id = world.invoice("INV-1");
    let path = format!("Invoices/{id}/History");
    let note = world.put(
        &path,
        json!({"HistoryRecords": [{"Details": "from elsewhere"}]}),
    );
    assert_eq!(note.one("HistoryRecords")["Changes"], "Note");
    assert_eq!(note.one("HistoryRecords")["User"], "System Generated");
    let all = world.get(&path);
    let details: Vec<&str> = all.body["HistoryRecords"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["Details"].as_str().unwrap())
        .collect();
    assert!(details.contains(&"from elsewhere"), "{details:?}");
    assert_eq!(
        world
            .put(
                &path,
                json!({"HistoryRecords": [{"Details": "x".repeat(2501)}]})
            )
            .status,
        400
    );
    assert_eq!(
        world
            .get("Invoices/11111111-1111-1111-1111-111111111111/History")
            .status,
        404
    );
    assert_eq!(world.put("Invoices", bill("INV-2")).status, 200);
}

#[test]
fn files_hang_on_documents() {
    let mut world = World::new();
    let id = world.invoice("INV-1");
    assert_eq!(
        world.get("Invoices/INV-1").one("Invoices")["HasAttachments"],
        false
    );
    let path = format!("Invoices/{id}/Attachments");
    world.extra = vec![("content-type", "text/plain".into())];
    let made = world.send(
        "PUT",
        &format!("{path}/proof.txt"),
        &[("IncludeOnline", "true")],
        &json!("signed"),
    );
    assert_eq!(made.one("Attachments")["FileName"], "proof.txt");
    assert_eq!(made.one("Attachments")["MimeType"], "text/plain");
    assert_eq!(made.one("Attachments")["ContentLength"], 8);
    assert_eq!(made.one("Attachments")["IncludeOnline"], true);
    assert_eq!(
        world.get("Invoices/INV-1").one("Invoices")["HasAttachments"],
        true
    );
    assert_eq!(world.get(&format!("{path}/proof.txt")).text, "\"signed\"");
    assert_eq!(
        world
            .send("PUT", &format!("{path}/proof.txt"), &[], &json!("again"))
            .status,
        200
    );
    assert_eq!(
        world.get(&path).body["Attachments"]
            .as_array()
            .unwrap()
            .len(),
        1,
        "the same name overwrites"
    );
    assert_eq!(
        world
            .send("PUT", &format!("{path}/a%3Fb"), &[], &json!("x"))
            .status,
        400
    );
    for n in 0..9 {
        assert_eq!(
            world
                .send("PUT", &format!("{path}/{n}"), &[], &json!("x"))
                .status,
            200
        );
    }
    assert_eq!(
        world
            .send("PUT", &format!("{path}/eleven"), &[], &json!("x"))
            .status,
        400
    );
    assert_eq!(
        world
            .send("POST", &format!("Invoices/{id}/Email"), &[], &Value::Null)
            .status,
        204
    );
    assert_eq!(
        world.get("Invoices/INV-1").one("Invoices")["SentToContact"],
        true
    );
}
