//! Money that went back, was paid again, waits for a word or is of another day, and invoices that are not as they were shown.

use super::{Cure, each_cure, edit_order, order, paid, sync, with, write_file};
use crate::cli::town::Town;
use serde_json::{Value, json};

const NOTES: (&str, &str) = ("refunds", "credit_note");
const UPDATES: (&str, &str) = ("sync", "{ first_run: post, updates: { invoices: true } }");

fn on(mut payment: Value, day: &str) -> Value {
    payment["time"] = json!(format!("2026-07-{day}T01:00:00Z"));
    payment
}

fn back(amount: &str, of: &str, day: &str) -> Value {
    on(
        json!({"id": "90", "refund_of": of, "amount": amount, "type": "Check"}),
        day,
    )
}

/// 1041, paid in full.
fn sold() -> Vec<Value> {
    let payments = json!([on(paid("80", "110.00"), "11")]);
    vec![with(order(1, 1041), "payments", payments)]
}

/// The same, and given back.
fn returned() -> Vec<Value> {
    let payments = json!([on(paid("80", "110.00"), "11"), back("110.00", "80", "12")]);
    vec![with(order(1, 1041), "payments", payments)]
}

fn adds(town: &Town, payments: Value) {
    sync(town);
    edit_order(town, json!({ "add_payments": payments }));
    sync(town);
}

fn paid_again(town: &Town) {
    adds(town, json!([on(paid("100", "110.00"), "13")]));
}

fn returned_and_paid_again(town: &Town) {
    let all = json!([back("110.00", "80", "12"), on(paid("100", "110.00"), "13")]);
    adds(town, all);
}

/// Takes all money out of the ledger by hand.
fn takes_money_out(town: &Town) {
    let books = town.books();
    let all = books["payments"].as_array().unwrap();
    for p in all.iter().filter(|p| p["Status"] == json!("AUTHORISED")) {
        let path = format!("Payments/{}", p["PaymentID"].as_str().unwrap());
        town.person("POST", &path, &json!({"Status": "DELETED"}));
    }
}

fn takes_all_out(town: &Town) {
    takes_money_out(town);
    let books = town.books();
    for n in books["credit_notes"].as_array().unwrap() {
        let path = format!("CreditNotes/{}", n["CreditNoteID"].as_str().unwrap());
        town.person("POST", &path, &json!({"Status": "VOIDED"}));
    }
}

/// A credit note that is paid out, entered by hand.
pub fn enters_note(town: &Town, amount: &str) {
    let contact = super::id_of(town, "contacts", "Name", "Jo Harbour", "ContactID");
    let note = json!({"CreditNotes": [{"Type": "ACCRECCREDIT", "Contact": {"ContactID": contact}, "Date": "2026-07-14", "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax", "LineItems": [{"Description": "back", "Quantity": 1, "UnitAmount": amount, "AccountCode": "200"}]}]});
    town.person("PUT", "CreditNotes", &note);
    let out = json!({"CreditNote": {"CreditNoteNumber": "CN-0001"}, "Account": {"Code": "090"}, "Date": "2026-07-14", "Amount": amount});
    town.person("PUT", "Payments", &out);
    town.minutes(10);
}

fn rule(town: &Town, says: &str) {
    let text = format!(
        "/// Those are left out.\nfn select_payment(payment, invoice) {{ {says} keep() }}\n"
    );
    std::fs::write(town.path().join("rules/own.rhai"), text).unwrap();
}

/// A rule leaves large payments out.
fn large_left_out(town: &Town) {
    rule(
        town,
        "if payment.amount > 50.00 { return skip(\"by cheque\"); }",
    );
    sync(town);
}

const RULES: (&str, &str) = ("rules", "[rules/own.rhai]");

fn lost_payment(town: &Town) {
    sync(town);
    let rule = json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 0, "fault": "drop_before"}]);
    town.control(http::Method::POST, "/_sandbox/faults", &rule);
    edit_order(town, json!({"add_payments": [paid("80", "50.00")]}));
    town.run(&["sync", "acme"]);
    heals(town);
    town.minutes(1);
}

fn heals(town: &Town) {
    town.control(http::Method::DELETE, "/_sandbox/faults", &Value::Null);
}

/// What the invoice was posted from would be held by today's file.
fn unknown_by_now(town: &Town) {
    sync(town);
    write_file(
        town,
        &[
            UPDATES,
            ("accounts", "[{ sku: HIRE, use: hold }, { else: \"200\" }]"),
        ],
    );
    let parts = json!([{"type": "PRODUCT", "product_id": "2", "name": "Parts", "quantity": 4, "price": "30.00"}]);
    edit_order(town, json!({ "items": parts }));
    sync(town);
}

/// One hire without tax.
fn hire(price: &str) -> Value {
    json!([{"type": "PRODUCT", "product_id": "1", "name": "Crane hire", "quantity": 1, "price": price}])
}

/// 150.00 on 100.00, and then a dearer order, whose invoice is changed in the ledger by hand.
fn credit_is_owed(town: &Town) {
    // To enter credits takes a consent of its own, which the file asks for by now.
    town.sign_in(&["--organisation", crate::cli::town::ORG]);
    sync(town);
    town.minutes(30);
    edit_order(town, json!({"items": hire("140.00")}));
    sync(town);
    town.xero(json!({"tamper": {"invoice_total": {"invoice": "1041", "by": "40.00"}}}));
    town.minutes(40);
    town.run(&["retry", "acme", "1041"]);
}

each_cure! {
    what_was_paid_again_goes_once_the_pair_is_out_of_the_ledger: Cure {
        orders: returned,
        file: &[NOTES],
        arrange: paid_again,
        by_hand: takes_all_out,
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("balance.mismatch", "retry")
    };
    a_sale_that_stands_ends_with_what_was_paid_last: Cure {
        orders: returned,
        file: &[NOTES],
        arrange: paid_again,
        by_hand: takes_all_out,
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("refund.sale_stands", "retry")
    };
    what_went_back_of_a_sale_that_stands_is_entered_by_hand: Cure {
        orders: sold,
        file: &[NOTES],
        arrange: returned_and_paid_again,
        by_hand: |town| enters_note(town, "110.00"),
        then: &[("payment.no_room", "settle")],
        books: &["1041 PAID 110.00", "note 110.00", "payment 110.00 on 1041", "payment 110.00 on CN-0001"],
        ..Cure::of("refund.sale_stands", "settle")
    };
    where_refunds_are_left_out_room_is_made_by_hand: Cure {
        orders: sold,
        file: &[("refunds", "skip")],
        arrange: returned_and_paid_again,
        by_hand: takes_money_out,
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("payment.no_room", "retry")
    };
    where_refunds_are_left_out_it_is_entered_beside_the_document: Cure {
        orders: sold,
        file: &[("refunds", "skip")],
        arrange: returned_and_paid_again,
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("payment.no_room", "settle")
    };
    a_payment_of_another_day_is_made_anew: Cure {
        orders: sold,
        arrange: |town| {
            sync(town);
            town.keap(json!({"patch": {"payments": [{"id": "80", "time": "2026-07-15T01:00:00Z"}]}}));
            edit_order(town, json!({"set": {"title": "One"}}));
            sync(town);
        },
        by_hand: |town| {
            takes_money_out(town);
            town.minutes(31);
        },
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("payment.day", "send")
    };
    what_had_come_in_too_much_and_went_back_is_entered_by_hand: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([on(paid("80", "150.00"), "11")]))],
        file: &[NOTES, ("overpayment", "hold")],
        arrange: |town| adds(town, json!([back("40.00", "80", "13")])),
        by_hand: |town| enters_note(town, "40.00"),
        then: &[("skip.overpayment", "settle")],
        books: &["1041 AUTHORISED 110.00", "note 40.00", "payment 40.00 on CN-0001"],
        ..Cure::of("refund.overpaid", "settle")
    };
    what_gives_back_a_payment_that_is_left_out_is_entered_by_hand: Cure {
        orders: sold,
        file: &[NOTES, RULES],
        arrange: |town| {
            large_left_out(town);
            adds(town, json!([back("40.00", "80", "13")]));
        },
        by_hand: |town| enters_note(town, "40.00"),
        books: &["1041 AUTHORISED 110.00", "note 40.00", "payment 40.00 on CN-0001"],
        ..Cure::of("refund.not_received", "settle")
    };
    an_invoice_that_goes_when_paid_goes_once_its_payment_does: Cure {
        orders: sold,
        file: &[RULES, ("sync", "{ first_run: post, invoices: when_paid }")],
        arrange: large_left_out,
        by_hand: |town| rule(town, ""),
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("balance.not_paid", "retry")
    };
    a_credit_that_is_owed_on_the_document_is_allocated: Cure {
        orders: || {
            let money = json!([on(paid("80", "150.00"), "11")]);
            vec![with(with(order(1, 1041), "items", hire("100.00")), "payments", money)]
        },
        file: &[("overpayment", "as_overpayment")],
        arrange: credit_is_owed,
        by_hand: |town| {
            let books = town.books();
            let credit = books["overpayments"][0]["OverpaymentID"].as_str().unwrap();
            let invoice = super::id_of(town, "invoices", "InvoiceNumber", "1041", "InvoiceID");
            let put = json!({"Allocations": [{"Invoice": {"InvoiceID": invoice}, "Amount": "40.00", "Date": "2026-07-20"}]});
            town.person("PUT", &format!("Overpayments/{credit}/Allocations"), &put);
        },
        books: &["1041 PAID 140.00", "payment 100.00 on 1041"],
        ..Cure::of("payment.credit_owed", "retry")
    };
    payments_that_an_edit_lets_go_are_released: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "50.00")]))],
        file: &[("sync", "{ first_run: post, payments: off }")],
        arrange: |town| {
            sync(town);
            write_file(town, &[]);
            sync(town);
        },
        says: "let them go: ",
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("payment.release", "release")
    };
    a_payment_in_doubt_goes_to_the_one_made_anew: Cure {
        arrange: |town| {
            lost_payment(town);
            town.xero(json!({"tamper": {"void_invoice": {"invoice": "1041"}}}));
            town.minutes(16);
            sync(town);
        },
        by_hand: super::ledger::renumber,
        books: &["1041-2 AUTHORISED 110.00", "payment 50.00 on 1041-2"],
        ..Cure::of("payment.not_open", "unlink")
    };
    a_payment_whose_document_could_not_be_seen_goes_once_it_is_there: Cure {
        arrange: |town| {
            lost_payment(town);
            let gone = json!({"Title": "Not Found", "Status": 404, "Detail": "The resource you're looking for cannot be found"});
            let rule = json!([{"system": "xero", "method": "GET", "path_contains": "/Invoices/", "times": 0, "fault": {"refused": {"status": 404, "body": gone}}}]);
            town.control(http::Method::POST, "/_sandbox/faults", &rule);
            town.minutes(16);
            sync(town);
        },
        by_hand: heals,
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("payment.document_missing", "retry")
    };
    what_cannot_be_told_apart_is_sent_as_it_is_shown: Cure {
        file: &[UPDATES],
        arrange: unknown_by_now,
        books: &["1041 AUTHORISED 120.00"],
        ..Cure::of("update.unknown", "resend")
    };
    what_cannot_be_told_apart_is_left_as_it_was_posted: Cure {
        file: &[UPDATES],
        arrange: unknown_by_now,
        ..Cure::of("update.unknown", "skip")
    };
}
