//! Payments: what they do to their document, and when they are refused.

use super::World;
use serde_json::json;

#[test]
fn a_full_payment_makes_paid_and_its_reversal_reopens() {
    for (value, status) in [("reopen", "AUTHORISED"), ("stay_paid", "PAID")] {
        let mut world = World::new();
        world.switch("payment_delete", json!(value));
        let id = world.invoice("INV-1");
        let paid = world.pay(&id, "100.00");
        let payment = paid.one("Payments").clone();
        assert_eq!(payment["PaymentType"], "ACCRECPAYMENT");
        assert_eq!(payment["Invoice"]["Status"], "PAID");
        assert_eq!(payment["Invoice"]["AmountDue"].to_string(), "0.00");
        assert_eq!(
            world.get("Invoices/INV-1").one("Invoices")["FullyPaidOnDate"],
            "/Date(1782950400000+0000)/"
        );
        let path = format!("Payments/{}", payment["PaymentID"].as_str().unwrap());
        let gone = world.post(&path, json!({"Status": "DELETED"}));
        assert_eq!(gone.one("Payments")["Status"], "DELETED");
        assert_eq!(
            world.get("Invoices/INV-1").one("Invoices")["Status"],
            status
        );
        assert_eq!(
            world.get("Invoices/INV-1").one("Invoices")["AmountDue"].to_string(),
            "100.00"
        );
        world
            .post(&path, json!({"Status": "DELETED"}))
            .refused("Payment not of valid status for modification");
    }
}

#[test]
fn a_payment_never_exceeds_and_only_meets_authorised_documents() {
    let mut world = World::new();
    let id = world.invoice("INV-1");
    world
        .pay(&id, "100.01")
        .refused("Payment amount exceeds the amount outstanding on this document");
    assert_eq!(world.pay(&id, "60").status, 200);
    world
        .pay(&id, "40.01")
        .refused("Payment amount exceeds the amount outstanding on this document");
    assert_eq!(world.pay(&id, "40").status, 200);
    let again = world.pay(&id, "1");
    assert_eq!(
        again.messages(),
        [
            "Payments can only be made against Authorised documents",
            "Payment amount exceeds the amount outstanding on this document"
        ]
    );
    for status in ["DRAFT", "VOIDED"] {
        let id = world.invoice(status);
        if status == "VOIDED" {
            world.post(&format!("Invoices/{id}"), json!({"Status": "VOIDED"}));
        } else {
            let mut draft = super::bill("a draft");
            draft["Status"] = json!("DRAFT");
            let made = world.put("Invoices", draft);
            let id = made.one("Invoices")["InvoiceID"]
                .as_str()
                .unwrap()
                .to_string();
            world
                .pay(&id, "1")
                .refused("Payments can only be made against Authorised documents");
            continue;
        }
        world
            .pay(&id, "1")
            .refused("Payments can only be made against Authorised documents");
    }
}

#[test]
fn the_account_of_a_payment() {
    let mut world = World::new();
    let id = world.invoice("INV-1");
    let with = |account: serde_json::Value| json!({"Invoice": {"InvoiceID": id}, "Account": account, "Amount": 1});
    world
        .put("Payments", with(json!({"Code": "nope"})))
        .refused("Account could not be found.");
    world
        .put("Payments", with(json!({})))
        .refused("Account could not be found.");
    assert_eq!(
        world.put("Payments", with(json!({"Code": "200"}))).status,
        400
    );
    assert_eq!(
        world.put("Payments", with(json!({"Code": "970"}))).status,
        200,
        "payments are enabled there"
    );
    let bank = world.get("Accounts/090").one("Accounts")["AccountID"].clone();
    assert_eq!(
        world
            .put("Payments", with(json!({"AccountID": bank})))
            .status,
        200
    );
}

#[test]
fn exactly_one_document_and_no_reconciled_reversal() {
    let mut world = World::new();
    let id = world.invoice("INV-1");
    let two = json!({"Invoice": {"InvoiceID": id}, "CreditNote": {"CreditNoteNumber": "x"}, "Account": {"Code": "090"}, "Amount": 1});
    assert_eq!(world.put("Payments", two).status, 400);
    assert_eq!(
        world
            .put("Payments", json!({"Account": {"Code": "090"}, "Amount": 1}))
            .status,
        400
    );
    let by_number = json!({"Invoice": {"InvoiceNumber": "INV-1"}, "Account": {"Code": "090"}, "Amount": 1, "IsReconciled": true});
    let made = world.put("Payments", by_number);
    let path = format!(
        "Payments/{}",
        made.one("Payments")["PaymentID"].as_str().unwrap()
    );
    world
        .post(&path, json!({"Status": "DELETED"}))
        .refused("This payment has been reconciled and cannot be deleted");
    assert_eq!(
        world
            .get("Payments/11111111-1111-1111-1111-111111111111")
            .status,
        404
    );
}

#[test]
fn amounts_in_another_currency_reach_the_bank_at_the_rate() {
    let mut world = World::new();
    let mut foreign = super::bill("INV-1");
    foreign["CurrencyCode"] = json!("EUR");
    foreign["CurrencyRate"] = json!("0.625");
    world.put("Invoices", foreign);
    let paid = world.put(
        "Payments",
        json!({"Invoice": {"InvoiceNumber": "INV-1"}, "Account": {"Code": "090"}, "Amount": 100}),
    );
    assert_eq!(paid.one("Payments")["Amount"].to_string(), "100.00");
    assert_eq!(paid.one("Payments")["BankAmount"].to_string(), "160.00");
}
