//! Payments and refunds.

use super::{Cure, each_cure, edit_order, order, paid, sync, with};
use crate::cli::town::Town;
use serde_json::{Value, json};

fn invoice(town: &Town) -> String {
    super::id_of(town, "invoices", "InvoiceNumber", "1041", "InvoiceID")
}

/// A person enters money for 1041 in the ledger.
fn enters(town: &Town, amount: &str) {
    let body = json!({"Invoice": {"InvoiceID": invoice(town)}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": amount});
    town.person("PUT", "Payments", &body);
    town.minutes(10);
}

/// The payment in the ledger is taken out by hand.
fn takes_out(town: &Town) {
    let id = super::id_of(town, "payments", "Status", "AUTHORISED", "PaymentID");
    town.person(
        "POST",
        &format!("Payments/{id}"),
        &json!({"Status": "DELETED"}),
    );
}

fn tells(town: &Town, payment: Value) {
    edit_order(town, json!({"add_payments": [payment]}));
    sync(town);
}

fn enters_note(town: &Town, amount: &str) {
    let contact = super::id_of(town, "contacts", "Name", "Jo Harbour", "ContactID");
    let note = json!({"CreditNotes": [{"Type": "ACCRECCREDIT", "Contact": {"ContactID": contact}, "Date": "2026-07-14", "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax", "LineItems": [{"Description": "back", "Quantity": 1, "UnitAmount": amount, "AccountCode": "200"}]}]});
    town.person("PUT", "CreditNotes", &note);
    let out = json!({"CreditNote": {"CreditNoteNumber": "CN-0001"}, "Account": {"Code": "090"}, "Date": "2026-07-14", "Amount": amount});
    town.person("PUT", "Payments", &out);
    town.minutes(10);
}

fn refund(amount: &str) -> Value {
    json!({"id": "90", "refund_of": "80", "amount": amount, "type": "Check", "time": "2026-07-13T01:00:00Z"})
}

fn beside_another(town: &Town) {
    sync(town);
    enters(town, "50.00");
    tells(town, paid("80", "50.00"));
}

fn beside_another_note(town: &Town) {
    sync(town);
    enters_note(town, "110.00");
    tells(town, refund("110.00"));
}

/// A payment of 40.00 whose answer was lost; before that is known a person enters it anew as 45.00, with its stamp.
fn differs(town: &Town) {
    sync(town);
    let rule = json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 4, "fault": "drop_after"}]);
    town.plane.faults(&rule).unwrap();
    edit_order(town, json!({"add_payments": [paid("80", "40.00")]}));
    town.run(&["sync", "acme"]);
    town.minutes(1);
    enters_anew(town, "45.00");
    town.minutes(20);
    sync(town);
}

/// The payment in the ledger is taken out, and entered with another amount and the same stamp.
fn enters_anew(town: &Town, amount: &str) {
    let stamp = super::id_of(town, "payments", "Status", "AUTHORISED", "Reference");
    takes_out(town);
    let body = json!({"Invoice": {"InvoiceID": invoice(town)}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": amount, "Reference": stamp});
    town.person("PUT", "Payments", &body);
}

/// All of 1041 was paid by hand, and the source tells the same money.
fn paid_by_hand(town: &Town, time: &str) {
    sync(town);
    enters(town, "110.00");
    let mut payment = paid("80", "110.00");
    payment["time"] = json!(time);
    tells(town, payment);
}

/// A person entered 70.00 for two payments, and the first of them was settled with it.
fn one_for_two(town: &Town) {
    sync(town);
    enters(town, "70.00");
    edit_order(
        town,
        json!({"add_payments": [paid("80", "50.00"), paid("81", "20.00")]}),
    );
    sync(town);
    let entry = super::id_of(town, "payments", "Status", "AUTHORISED", "PaymentID");
    let args = [
        "settle",
        "acme",
        "1041",
        "--payment",
        "80-1",
        "--as",
        &entry,
    ];
    town.run(&[&args[..], &["--why", "one for both"]].concat());
    town.minutes(10);
}

/// Our payment of 50.00 was settled with somebody else's, and is 60.00 now.
fn settled_and_changed(town: &Town) {
    beside_another(town);
    let told = super::printed(town, "payment.other");
    let settle = super::commands(&told)[0].to_owned();
    town.pasted(&settle).code(0);
    town.minutes(10);
    town.keap(json!({"patch": {"payments": [{"id": "80", "amount": "60.00"}]}}));
    sync(town);
}

/// Our payment of 50.00 was settled with somebody else's.
fn settled_with_another(town: &Town) {
    beside_another(town);
    let told = super::printed(town, "payment.other");
    town.pasted(super::commands(&told)[0]).code(0);
    sync(town);
}

/// What was posted of 1041 was deleted in the ledger.
fn deleted_there(town: &Town) {
    sync(town);
    takes_out(town);
    town.minutes(31);
    sync(town);
}

/// A refund's note is there, and before what pays it out has left the source makes the refund smaller.
fn half_a_refund(town: &Town) {
    sync(town);
    let rule = json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "fault": {"429": {"retry_after": 300}}}]);
    town.plane.faults(&rule).unwrap();
    tells(town, refund("60.00"));
    town.keap(json!({"patch": {"payments": [{"id": "90", "amount": "40.00"}]}}));
    sync(town);
}

fn voids_note(town: &Town) {
    let id = super::id_of(town, "credit_notes", "Status", "AUTHORISED", "CreditNoteID");
    town.person(
        "POST",
        &format!("CreditNotes/{id}"),
        &json!({"Status": "VOIDED"}),
    );
    town.minutes(10);
}

const NOTES: (&str, &str) = ("refunds", "credit_note");

each_cure! {
    an_account_for_payments_is_added: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "50.00")]))],
        file: &[("payments_account", "{ code: \"099\" }")],
        by_hand: |town| {
            let account = json!({"Code": "099", "Name": "Other bank", "Type": "BANK", "BankAccountNumber": "062000123456"});
            town.xero(json!({"accounts": [account]}));
        },
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("payment.account", "retry")
    };
    a_draft_is_approved_in_the_ledger: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "50.00")]))],
        file: &[("status", "{ invoices: { else: DRAFT } }")],
        by_hand: |town| {
            town.person("POST", &format!("Invoices/{}", invoice(town)), &json!({"Status": "AUTHORISED"}));
        },
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("payment.not_open", "retry")
    };
    // The day of the payment changes when the invoice is due, so that its copy in the ledger is read first.
    money_that_a_person_entered_for_all_of_it_is_the_same: Cure {
        arrange: |town| paid_by_hand(town, "2026-07-10T02:00:00Z"),
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("payment.not_open", "settle")
    };
    money_that_a_person_entered_for_all_of_it_is_taken_off: Cure {
        arrange: |town| paid_by_hand(town, "2026-07-10T02:00:00Z"),
        by_hand: takes_out,
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("payment.not_open", "retry")
    };
    where_nothing_is_owed_any_more_ours_is_not_offered_to_be_sent: Cure {
        arrange: |town| paid_by_hand(town, "2026-07-12T01:00:00Z"),
        by_hand: takes_out,
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("payment.other", "retry")
    };
    where_nothing_is_owed_any_more_it_is_the_same: Cure {
        arrange: |town| paid_by_hand(town, "2026-07-12T01:00:00Z"),
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("payment.other", "settle")
    };
    a_settled_payment_that_changed_is_settled_again: Cure {
        arrange: settled_and_changed,
        by_hand: |town| {
            takes_out(town);
            enters(town, "60.00");
        },
        books: &["1041 AUTHORISED 110.00", "payment 60.00 on 1041"],
        ..Cure::of("settled.changed", "settle")
    };
    a_settled_payment_that_changed_is_sent: Cure {
        arrange: settled_and_changed,
        by_hand: takes_out,
        books: &["1041 AUTHORISED 110.00", "payment 60.00 on 1041"],
        ..Cure::of("settled.changed", "unsettle")
    };
    an_entry_for_two_payments_is_settled_with_both: Cure {
        arrange: one_for_two,
        books: &["1041 AUTHORISED 110.00", "payment 70.00 on 1041"],
        ..Cure::of("settled.otherwise", "settle")
    };
    an_entry_of_another_amount_is_taken_out_and_both_are_sent: Cure {
        arrange: one_for_two,
        by_hand: takes_out,
        books: &["1041 AUTHORISED 110.00", "payment 20.00 on 1041", "payment 50.00 on 1041"],
        ..Cure::of("settled.otherwise", "unsettle")
    };
    a_payment_that_changed_is_taken_out_and_sent_as_it_is_now: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "50.00")]))],
        arrange: |town| {
            sync(town);
            edit_order(town, json!({}));
            town.keap(json!({"patch": {"payments": [{"id": "80", "amount": "60.00"}]}}));
            sync(town);
        },
        by_hand: takes_out,
        books: &["1041 AUTHORISED 110.00", "payment 60.00 on 1041"],
        ..Cure::of("payment.changed", "retry")
    };
    a_payment_that_is_gone_is_taken_out: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "50.00")]))],
        arrange: |town| {
            sync(town);
            town.minutes(10);
            town.keap(json!({"patch": {"payments": [{"id": "80", "remove": true}]}}));
            sync(town);
        },
        by_hand: takes_out,
        ..Cure::of("payment.removed", "retry")
    };
    a_payment_that_was_deleted_there_is_made_anew: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "50.00")]))],
        arrange: deleted_there,
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("payment.deleted", "send")
    };
    a_payment_that_was_deleted_there_is_not_to_be_there: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "50.00")]))],
        arrange: deleted_there,
        ..Cure::of("payment.deleted", "settle")
    };
    a_payment_whose_entry_was_deleted_is_sent: Cure {
        arrange: |town| {
            settled_with_another(town);
            takes_out(town);
            town.minutes(31);
            sync(town);
        },
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("payment.deleted", "unsettle")
    };
    a_settled_payment_that_the_source_lost_is_unsettled: Cure {
        arrange: |town| {
            settled_with_another(town);
            town.keap(json!({"patch": {"payments": [{"id": "80", "remove": true}]}}));
            sync(town);
        },
        by_hand: takes_out,
        ..Cure::of("payment.removed", "unsettle")
    };
    what_paid_a_cancelled_one_goes_to_the_one_made_anew: Cure {
        arrange: |town| {
            sync(town);
            town.xero(json!({"tamper": {"void_invoice": {"invoice": "1041"}}}));
            tells(town, paid("80", "50.00"));
        },
        by_hand: super::ledger::renumber,
        books: &["1041-2 AUTHORISED 110.00", "payment 50.00 on 1041-2"],
        ..Cure::of("ledger.cancelled", "unlink")
    };
    what_is_to_pay_one_that_was_deleted_since_it_was_seen_goes_to_the_one_made_anew: Cure {
        arrange: |town| {
            sync(town);
            // A run that reads what the ledger has, so that it is known here.
            town.keap(json!({"orders": [order(2, 1042)]}));
            sync(town);
            town.minutes(31);
            sync(town);
            town.xero(json!({"tamper": {"remove_invoice": {"invoice": "1041"}}}));
            tells(town, paid("80", "50.00"));
        },
        books: &["1041 AUTHORISED 110.00", "1042 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("xero.not_found", "unlink")
    };
    what_paid_a_deleted_one_goes_to_the_one_made_anew: Cure {
        arrange: |town| {
            sync(town);
            town.xero(json!({"tamper": {"remove_invoice": {"invoice": "1041"}}}));
            tells(town, paid("80", "50.00"));
        },
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("payment.document_missing", "unlink")
    };
    too_much_money_is_entered_by_hand: Cure {
        arrange: |town| {
            sync(town);
            tells(town, paid("80", "150.00"));
        },
        by_hand: |town| enters(town, "110.00"),
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("skip.overpayment", "settle")
    };
    too_much_money_is_put_right_at_the_source: Cure {
        arrange: |town| {
            sync(town);
            tells(town, paid("80", "150.00"));
        },
        by_hand: |town| town.keap(json!({"patch": {"payments": [{"id": "80", "amount": "110.00"}]}})),
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("skip.overpayment", "retry")
    };
    what_went_back_is_entered_by_hand: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "110.00")]))],
        file: &[("refunds", "hold")],
        arrange: |town| {
            sync(town);
            tells(town, refund("110.00"));
        },
        by_hand: |town| enters_note(town, "110.00"),
        books: &["1041 PAID 110.00", "note 110.00", "payment 110.00 on 1041", "payment 110.00 on CN-0001"],
        ..Cure::of("refund.hold", "settle")
    };
    somebody_elses_payment_is_the_same: Cure {
        arrange: beside_another,
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("payment.other", "settle")
    };
    somebody_elses_payment_is_another: Cure {
        arrange: beside_another,
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041", "payment 50.00 on 1041"],
        ..Cure::of("payment.other", "send")
    };
    a_payment_that_differs_is_put_right_in_the_ledger: Cure {
        arrange: differs,
        by_hand: |town| enters_anew(town, "40.00"),
        books: &["1041 AUTHORISED 110.00", "payment 40.00 on 1041"],
        ..Cure::of("payment.differs", "retry")
    };
    a_payment_that_differs_is_taken_as_the_ledger_has_it: Cure {
        arrange: differs,
        books: &["1041 AUTHORISED 110.00", "payment 45.00 on 1041"],
        ..Cure::of("payment.differs", "settle")
    };
    a_note_without_what_pays_it_out_is_voided: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "110.00")]))],
        file: &[NOTES],
        arrange: half_a_refund,
        by_hand: voids_note,
        books: &["1041 PAID 110.00", "note 40.00", "payment 110.00 on 1041", "payment 40.00 on 1041-R502-2"],
        ..Cure::of("payment.half", "retry")
    };
    somebody_elses_note_is_the_same: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "110.00")]))],
        file: &[NOTES],
        arrange: beside_another_note,
        books: &["1041 PAID 110.00", "note 110.00", "payment 110.00 on 1041", "payment 110.00 on CN-0001"],
        ..Cure::of("refund.other", "settle")
    };
    somebody_elses_note_is_another: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "110.00")]))],
        file: &[NOTES],
        arrange: beside_another_note,
        books: &["1041 PAID 110.00", "note 110.00", "note 110.00", "payment 110.00 on 1041", "payment 110.00 on 1041-R502", "payment 110.00 on CN-0001"],
        ..Cure::of("refund.other", "send")
    };
    a_part_that_was_paid_back_is_entered_by_hand: Cure {
        orders: || {
            let parts = json!({"type": "PRODUCT", "product_id": "2", "name": "Parts", "quantity": 1, "price": "30.00"});
            let mut all = super::items(1);
            all.as_array_mut().unwrap().push(parts);
            vec![with(with(order(1, 1041), "items", all), "payments", json!([paid("80", "140.00"), refund("40.00")]))]
        },
        file: &[NOTES, ("accounts", "[{ else: \"200\" }]")],
        by_hand: |town| enters_note(town, "40.00"),
        books: &["1041 PAID 140.00", "note 40.00", "payment 140.00 on 1041", "payment 40.00 on CN-0001"],
        ..Cure::of("refund.partial", "settle")
    };
}
