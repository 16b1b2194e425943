//! What the ledger holds of a document, where it is not what was sent or expected.

use super::{Cure, each_cure, edit_order, order, paid, sync, with, write_file};
use crate::cli::town::Town;
use serde_json::{Value, json};

/// A sale that a person entered in the ledger.
fn by_hand(number: &str, total: &str) -> Value {
    json!({"Invoices": [{"Type": "ACCREC", "InvoiceNumber": number, "Contact": {"Name": "Jo Harbour"}, "Date": "2026-07-10",
        "DueDate": "2026-07-24", "Status": "AUTHORISED", "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "Hire", "Quantity": 1, "UnitAmount": total, "AccountCode": "200"}]}]})
}

fn tamper(town: &Town, change: Value) {
    town.xero(json!({ "tamper": change }));
}

/// The invoice as a person changes it in the ledger.
fn edits(town: &Town, number: &str, change: &Value) {
    let id = super::id_of(town, "invoices", "InvoiceNumber", number, "InvoiceID");
    town.person("POST", &format!("Invoices/{id}"), change);
}

fn reference(town: &Town, number: &str) -> String {
    super::id_of(town, "invoices", "InvoiceNumber", number, "Reference")
}

/// The write of 1041 is in doubt: the ledger has it, and no answer came.
fn in_doubt(town: &Town) {
    lost(town, "Invoices", "drop_after");
}

/// No answer comes to what is sent of a kind.
fn lost(town: &Town, path: &str, fault: &str) {
    let rule = json!([{"system": "xero", "method": "PUT", "path_contains": path, "times": 4, "fault": fault}]);
    town.plane.faults(&rule).unwrap();
    town.run(&["sync", "acme"]);
    town.minutes(1);
}

fn settled(town: &Town) {
    settled_with(town, "110.00");
}

fn settled_with(town: &Town, total: &str) {
    write_file(town, &[("accounts", "[{ else: hold }]")]);
    sync(town);
    town.person("PUT", "Invoices", &by_hand("H-7", total));
    town.minutes(10);
    town.run(&["settle", "acme", "1041", "--as", "H-7", "--why", "by hand"]);
    write_file(town, &[]);
    town.minutes(10);
}

const UPDATES: (&str, &str) = ("sync", "{ first_run: post, updates: { invoices: true } }");

/// Voided in the ledger, unlinked, and its number is kept there.
fn unlinked_and_closed(town: &Town) {
    sync(town);
    tamper(town, json!({"void_invoice": {"invoice": "1041"}}));
    town.run(&["unlink", "acme", "1041"]);
    sync(town);
}

fn deleted_at_the_source(town: &Town) {
    sync(town);
    // The application deletes no order that has payments.
    let paid = town.books()["payments"]
        .as_array()
        .is_some_and(|p| !p.is_empty());
    if paid {
        town.keap(json!({"patch": {"payments": [{"id": "80", "remove": true}]}}));
    }
    town.keap_deletes("1");
    town.minutes(31);
    sync(town);
}

fn others_money(town: &Town) {
    sync(town);
    let invoice = super::id_of(town, "invoices", "InvoiceNumber", "1041", "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00"});
    town.person("PUT", "Payments", &body);
    town.minutes(31);
    sync(town);
}

each_cure! {
    a_number_that_is_taken_is_given_up_by_the_other: Cure {
        arrange: |town| {
            town.person("PUT", "Invoices", &by_hand("1041", "77.00"));
            sync(town);
        },
        by_hand: |town| tamper(town, json!({"edit_invoice": {"invoice": "1041", "number": "OLD-7"}})),
        books: &["1041 AUTHORISED 110.00", "OLD-7 AUTHORISED 77.00"],
        ..Cure::of("number.taken", "retry")
    };
    a_number_that_a_voided_one_keeps_is_left_to_it: Cure {
        arrange: |town| {
            town.person("PUT", "Invoices", &by_hand("1041", "77.00"));
            tamper(town, json!({"void_invoice": {"invoice": "1041"}}));
            sync(town);
        },
        by_hand: |town| renumber(town),
        books: &["1041-2 AUTHORISED 110.00"],
        ..Cure::of("number.taken", "retry")
    };
    a_number_that_is_taken_is_this_very_sale: Cure {
        arrange: |town| {
            town.person("PUT", "Invoices", &by_hand("1041", "110.00"));
            town.person("PUT", "Invoices", &by_hand("H-9", "110.00"));
            sync(town);
        },
        books: &["1041 AUTHORISED 110.00", "H-9 AUTHORISED 110.00"],
        ..Cure::of("number.taken", "settle")
    };
    a_stamp_that_was_taken_out_is_put_back: Cure {
        arrange: |town| {
            in_doubt(town);
            edits(town, "1041", &json!({"Reference": "paid by Jo"}));
            town.minutes(20);
            sync(town);
        },
        by_hand: |town| {
            let told = super::printed(town, "stamp.missing");
            let stamp = told.split('[').nth(1).and_then(|t| t.split(']').next()).unwrap();
            edits(town, "1041", &json!({"Reference": format!("paid by Jo [{stamp}]")}));
        },
        ..Cure::of("stamp.missing", "retry")
    };
    somebody_elses_paper_is_left_and_ours_is_made: Cure {
        arrange: |town| {
            lost(town, "Invoices", "drop_before");
            town.person("PUT", "Invoices", &by_hand("H-7", "110.00"));
            town.minutes(20);
            sync(town);
        },
        books: &["1041 AUTHORISED 110.00", "H-7 AUTHORISED 110.00"],
        ..Cure::of("stamp.missing", "unlink")
    };
    a_cancelled_one_is_made_anew_under_another_number: Cure {
        arrange: |town| unlinked_and_closed(town),
        by_hand: |town| renumber(town),
        books: &["1041-2 AUTHORISED 110.00"],
        ..Cure::of("number.closed", "unlink")
    };
    a_cancelled_one_whose_number_is_kept_is_left_so: Cure {
        arrange: |town| unlinked_and_closed(town),
        books: &[],
        ..Cure::of("number.closed", "skip")
    };
    another_paper_stands_for_one_whose_number_is_kept: Cure {
        arrange: |town| unlinked_and_closed(town),
        by_hand: |town| {
            town.person("PUT", "Invoices", &by_hand("H-7", "110.00"));
        },
        books: &["H-7 AUTHORISED 110.00"],
        ..Cure::of("number.closed", "settle")
    };
    money_that_people_put_to_it_is_left_there: Cure {
        arrange: |town| others_money(town),
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("ledger.balance", "skip")
    };
    a_paid_order_that_was_deleted_is_voided_with_its_money: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "50.00")])), order(2, 1042)],
        arrange: |town| deleted_at_the_source(town),
        by_hand: |town| {
            let payment = super::id_of(town, "payments", "Status", "AUTHORISED", "PaymentID");
            town.person("POST", &format!("Payments/{payment}"), &json!({"Status": "DELETED"}));
            tamper(town, json!({"void_invoice": {"invoice": "1041"}}));
            town.minutes(31);
        },
        books: &["1042 AUTHORISED 110.00"],
        ..Cure::of("source.deleted", "skip")
    };
    a_paid_order_that_was_deleted_stays_in_the_ledger: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "110.00")])), order(2, 1042)],
        arrange: |town| deleted_at_the_source(town),
        books: &["1041 PAID 110.00", "1042 AUTHORISED 110.00", "payment 110.00 on 1041"],
        ..Cure::of("source.deleted", "skip")
    };
    one_that_was_deleted_there_is_made_anew: Cure {
        file: &[UPDATES],
        arrange: |town| {
            sync(town);
            // A run that reads what the ledger has, so that it is known here.
            town.keap(json!({"orders": [order(2, 1042)]}));
            sync(town);
            tamper(town, json!({"remove_invoice": {"invoice": "1041"}}));
            edit_order(town, json!({"items": super::items(2)}));
            sync(town);
        },
        books: &["1041 AUTHORISED 220.00", "1042 AUTHORISED 110.00"],
        ..Cure::of("update.missing", "unlink")
    };
    one_that_was_cancelled_there_and_changed_is_made_anew_under_another_number: Cure {
        file: &[UPDATES],
        arrange: |town| voided_and_changed(town),
        by_hand: |town| renumber(town),
        books: &["1041-2 AUTHORISED 220.00"],
        ..Cure::of("ledger.cancelled", "unlink")
    };
    a_locked_one_is_left_as_it_is: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "110.00")]))],
        file: &[UPDATES],
        arrange: |town| {
            sync(town);
            edit_order(town, json!({"items": super::items(2)}));
            sync(town);
        },
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("update.locked", "skip")
    };
    a_locked_one_is_changed_by_hand: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "50.00")]))],
        file: &[UPDATES],
        arrange: |town| {
            sync(town);
            edit_order(town, json!({"items": super::items(2)}));
            sync(town);
        },
        by_hand: |town| {
            // The payment must go for a while, as it must in the ledger itself.
            let payment = super::id_of(town, "payments", "Status", "AUTHORISED", "PaymentID");
            let stamp = super::id_of(town, "payments", "Status", "AUTHORISED", "Reference");
            town.person("POST", &format!("Payments/{payment}"), &json!({"Status": "DELETED"}));
            let line = json!({"Description": "Crane hire", "Quantity": 2, "UnitAmount": "100.00", "AccountCode": "200", "TaxType": "OUTPUT"});
            let kept = reference(town, "1041");
            edits(town, "1041", &json!({"Reference": kept, "LineAmountTypes": "Exclusive", "LineItems": [line]}));
            let invoice = super::id_of(town, "invoices", "InvoiceNumber", "1041", "InvoiceID");
            let back = json!({"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00", "Reference": stamp});
            town.person("PUT", "Payments", &back);
        },
        books: &["1041 AUTHORISED 220.00", "payment 50.00 on 1041"],
        ..Cure::of("update.locked", "retry")
    };
    what_both_changed_is_sent_over: Cure {
        file: &[UPDATES],
        arrange: |town| conflict(town),
        books: &["1041 AUTHORISED 220.00"],
        ..Cure::of("update.conflict", "retry")
    };
    what_both_changed_is_left: Cure {
        file: &[UPDATES],
        arrange: |town| conflict(town),
        books: &["1041 AUTHORISED 117.00"],
        ..Cure::of("update.conflict", "skip")
    };
    one_that_was_voided_there_is_left_so: Cure {
        arrange: |town| voided(town),
        books: &[],
        ..Cure::of("ledger.cancelled", "skip")
    };
    another_paper_stands_for_the_one_that_was_voided: Cure {
        arrange: |town| voided(town),
        by_hand: |town| {
            town.person("PUT", "Invoices", &by_hand("H-7", "110.00"));
        },
        books: &["H-7 AUTHORISED 110.00"],
        ..Cure::of("ledger.cancelled", "settle")
    };
    one_that_was_voided_by_mistake_is_made_anew: Cure {
        arrange: |town| voided(town),
        by_hand: |town| {
            town.plane.switch("xero", &json!({"dead_number_reuse": "allow"})).unwrap();
        },
        ..Cure::of("ledger.cancelled", "unlink")
    };
    a_total_that_was_edited_there_is_right: Cure {
        arrange: |town| {
            sync(town);
            tamper(town, json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
            town.minutes(31);
            sync(town);
        },
        books: &["1041 AUTHORISED 117.00"],
        ..Cure::of("ledger.total", "settle")
    };
    an_order_that_was_deleted_stays_in_the_ledger: Cure {
        orders: || vec![order(1, 1041), order(2, 1042)],
        arrange: |town| deleted_at_the_source(town),
        books: &["1041 AUTHORISED 110.00", "1042 AUTHORISED 110.00"],
        ..Cure::of("source.deleted", "skip")
    };
    what_was_settled_by_hand_is_sent_after_all: Cure {
        arrange: |town| settled(town),
        by_hand: |town| tamper(town, json!({"void_invoice": {"invoice": "H-7"}})),
        ..Cure::of("settled.by_hand", "unsettle")
    };
    a_change_of_what_was_settled_is_settled_again: Cure {
        arrange: |town| changed_after(town),
        by_hand: |town| {
            let line = json!({"Description": "Hire", "Quantity": 1, "UnitAmount": "220.00", "AccountCode": "200"});
            edits(town, "H-7", &json!({"LineAmountTypes": "NoTax", "LineItems": [line]}));
        },
        books: &["H-7 AUTHORISED 220.00"],
        ..Cure::of("settled.changed", "settle")
    };
    a_change_of_what_was_settled_is_left_as_the_ledger_has_it: Cure {
        arrange: |town| {
            settled(town);
            edit_order(town, json!({"items": super::items(2)}));
            sync(town);
        },
        books: &["H-7 AUTHORISED 110.00"],
        ..Cure::of("settled.changed", "skip")
    };
    money_of_what_was_settled_unseen_is_settled_too: Cure {
        file: &[("sync", "{ first_run: post, approval: manual }")],
        arrange: |town| {
            sync(town);
            town.run(&["settle", "acme", "1041", "--unseen", "--why", "it is in the old books"]);
            sync(town);
            edit_order(town, json!({"add_payments": [paid("80", "50.00")]}));
            sync(town);
        },
        books: &[],
        ..Cure::of("settled.payment", "settle")
    };
    a_paper_of_another_amount_is_corrected: Cure {
        arrange: |town| settled_with(town, "100.00"),
        by_hand: |town| edits(town, "H-7", &json!({"LineItems": [{"Description": "Hire", "Quantity": 1, "UnitAmount": "110.00", "AccountCode": "200"}]})),
        books: &["H-7 AUTHORISED 110.00"],
        ..Cure::of("settled.otherwise", "retry")
    };
    a_paper_of_another_amount_is_left: Cure {
        arrange: |town| settled_with(town, "100.00"),
        books: &["H-7 AUTHORISED 100.00"],
        ..Cure::of("settled.otherwise", "skip")
    };
    money_on_the_paper_of_a_settling_that_was_taken_back_is_moved: Cure {
        arrange: |town| {
            settled(town);
            edit_order(town, json!({"add_payments": [paid("80", "50.00")]}));
            sync(town);
            town.run(&["unsettle", "acme", "1041", "--why", "it was another"]);
            sync(town);
        },
        by_hand: |town| tamper(town, json!({"delete_payment": {"invoice": "H-7"}})),
        books: &["1041 AUTHORISED 110.00", "H-7 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("payment.elsewhere", "retry")
    };
    a_change_of_what_was_settled_is_sent: Cure {
        arrange: |town| changed_after(town),
        by_hand: |town| tamper(town, json!({"void_invoice": {"invoice": "H-7"}})),
        books: &["1041 AUTHORISED 220.00"],
        ..Cure::of("settled.changed", "unsettle")
    };
}

fn voided(town: &Town) {
    sync(town);
    edits(town, "1041", &json!({"Status": "VOIDED"}));
    town.minutes(31);
    sync(town);
}

fn conflict(town: &Town) {
    sync(town);
    tamper(
        town,
        json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}),
    );
    edit_order(town, json!({"items": super::items(2)}));
    sync(town);
}

fn changed_after(town: &Town) {
    settled(town);
    edit_order(town, json!({"items": super::items(2)}));
    sync(town);
}

/// 1041 is voided in the ledger, and changed at the source.
fn voided_and_changed(town: &Town) {
    sync(town);
    tamper(town, json!({"void_invoice": {"invoice": "1041"}}));
    edit_order(town, json!({"items": super::items(2)}));
    sync(town);
}

/// A rule that gives 1041 another number in the ledger.
pub fn renumber(town: &Town) {
    let rule = "/// Another number.\nfn map_invoice(invoice) { if invoice.number == \"1041\" { invoice.number = \"1041-2\"; } keep() }\n";
    std::fs::write(town.path().join("rules/own.rhai"), rule).unwrap();
    write_file(town, &[("rules", "[rules/own.rhai]")]);
}

#[test]
fn what_a_person_left_as_it_was_cancelled_is_told_with_both_figures() {
    let hire =
        json!({"id": "1", "name": "Crane hire", "sku": "HIRE", "price": "100.00", "taxable": true});
    let contact = json!({"id": "7", "given_name": "Jo", "family_name": "Harbour"});
    let shop = json!({"contacts": [contact], "products": [hire], "orders": [order(1, 1041)]});
    let town = Town::selling(shop).connected().switched_on();
    write_file(&town, &[UPDATES]);
    voided_and_changed(&town);
    town.run(&["skip", "acme", "1041", "--why", "it was never lifted"]);
    for _ in 0..2 {
        let told = town.run(&["explain", "acme", "1041", "--json"]).json();
        assert_eq!(told["state"], json!("skipped"), "{told:#}");
        let what = told["reason"]["what"].as_str().unwrap();
        for part in ["it was never lifted", "220.00", "110.00 and VOIDED"] {
            assert!(what.contains(part), "{what}");
        }
        sync(&town);
    }
    town.run(&["retry", "acme", "1041"]).code(1);
    let told = town.run(&["explain", "acme", "1041", "--json"]).json();
    assert_eq!(
        told["reason"]["code"],
        json!("ledger.cancelled"),
        "{told:#}"
    );
}
