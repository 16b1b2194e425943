//! Customers that the ledger knows otherwise, papers without their stamp, and money of which a look could not tell.

use super::{Cure, each_cure, edit_order, order, paid, sync, with};
use crate::cli::town::Town;
use serde_json::{Value, json};

/// Contacts that are in the ledger before anything is sent: name and address.
fn knows(town: &Town, all: &[(&str, &str)]) {
    for (name, email) in all {
        let contact = json!({"Contacts": [{"Name": name, "EmailAddress": email}]});
        town.person("PUT", "Contacts", &contact);
    }
    town.minutes(10);
    sync(town);
}

/// A person gives a contact another address.
fn readdressed(town: &Town, name: &str, email: &str) {
    let id = super::id_of(town, "contacts", "Name", name, "ContactID");
    town.person(
        "POST",
        &format!("Contacts/{id}"),
        &json!({"EmailAddress": email}),
    );
    town.minutes(10);
}

fn refund(amount: &str) -> Value {
    json!({"id": "90", "refund_of": "80", "amount": amount, "type": "Check", "time": "2026-07-13T01:00:00Z"})
}

/// The note of a refund never arrived, and a person entered one of the same sum meanwhile.
fn a_note_beside_ours(town: &Town) {
    sync(town);
    let rule = json!([{"system": "xero", "method": "PUT", "path_contains": "CreditNotes", "times": 4, "fault": "drop_before"}]);
    town.plane.faults(&rule).unwrap();
    edit_order(town, json!({"add_payments": [refund("110.00")]}));
    town.run(&["sync", "acme"]);
    town.minutes(1);
    let contact = super::id_of(town, "contacts", "Name", "Jo Harbour", "ContactID");
    let note = json!({"CreditNotes": [{"Type": "ACCRECCREDIT", "CreditNoteNumber": "H-5", "Contact": {"ContactID": contact}, "Date": "2026-07-14",
        "Status": "AUTHORISED", "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "back", "Quantity": 1, "UnitAmount": "110.00", "AccountCode": "200"}]}]});
    town.person("PUT", "CreditNotes", &note);
    town.minutes(20);
    sync(town);
}

/// The same, and the source takes the refund back.
fn taken_back_in_doubt(town: &Town) {
    a_note_beside_ours(town);
    town.keap(json!({"patch": {"payments": [{"id": "90", "remove": true}]}}));
    town.minutes(10);
    sync(town);
}

fn voids_theirs(town: &Town) {
    let id = super::id_of(
        town,
        "credit_notes",
        "CreditNoteNumber",
        "H-5",
        "CreditNoteID",
    );
    town.person(
        "POST",
        &format!("CreditNotes/{id}"),
        &json!({"Status": "VOIDED"}),
    );
}

const NOTES: (&str, &str) = ("refunds", "credit_note");

fn sold() -> Vec<Value> {
    vec![with(
        order(1, 1041),
        "payments",
        json!([paid("80", "110.00")]),
    )]
}

/// A hundred contacts and one more have the customer's address.
fn hundred(town: &Town) {
    let all: Vec<Value> = (0..101)
        .map(|n| json!({"Name": format!("Harbour {n}"), "EmailAddress": "jo@harbour.example"}))
        .collect();
    town.xero(json!({ "contacts": all }));
    sync(town);
}

each_cure! {
    where_a_hundred_share_its_address_it_gets_one_of_its_own: Cure {
        arrange: hundred,
        by_hand: |town| {
            let own = json!([{"field": "EMAIL1", "email": "jo.own@harbour.example"}]);
            town.keap(json!({"patch": {"contacts": [{"id": "7", "set": {"email_addresses": own}}]}}));
        },
        ..Cure::of("contact.too_many", "retry")
    };
    two_contacts_of_one_address_are_merged: Cure {
        arrange: |town| knows(town, &[("Harbour One", "jo@harbour.example"), ("Harbour Two", "jo@harbour.example")]),
        by_hand: |town| town.xero(json!({"merges": [{"from": "Harbour Two", "into": "Harbour One"}]})),
        ..Cure::of("contact.many", "retry")
    };
    a_namesake_that_is_the_customer_gets_the_address: Cure {
        arrange: |town| knows(town, &[("Jo Harbour", "old@harbour.example")]),
        by_hand: |town| readdressed(town, "Jo Harbour", "jo@harbour.example"),
        ..Cure::of("contact.namesake", "retry")
    };
    one_that_was_found_by_its_address_alone_is_let_go: Cure {
        arrange: |town| knows(town, &[("Harbour Holdings", "jo@harbour.example")]),
        by_hand: |town| readdressed(town, "Harbour Holdings", "office@harbour.example"),
        ..Cure::of("contact.by_email", "unlink")
    };
    a_note_that_somebody_else_made_is_another: Cure {
        orders: sold,
        file: &[NOTES],
        arrange: a_note_beside_ours,
        books: &["1041 PAID 110.00", "note 110.00", "note 110.00", "payment 110.00 on 1041", "payment 110.00 on 1041-R502"],
        ..Cure::of("stamp.missing", "send")
    };
    a_refund_in_doubt_that_is_taken_back_is_voided: Cure {
        orders: sold,
        file: &[NOTES],
        arrange: taken_back_in_doubt,
        by_hand: voids_theirs,
        books: &["1041 PAID 110.00", "payment 110.00 on 1041"],
        ..Cure::of("payment.in_doubt", "retry")
    };
    a_refund_in_doubt_that_is_taken_back_was_another: Cure {
        orders: sold,
        file: &[NOTES],
        arrange: taken_back_in_doubt,
        books: &["1041 PAID 110.00", "note 110.00", "payment 110.00 on 1041"],
        ..Cure::of("payment.in_doubt", "send")
    };
    a_copy_that_is_the_right_one_takes_the_place_of_ours: Cure {
        arrange: |town| {
            sync(town);
            town.plane.switch("xero", &json!({"copied_reference": "kept"})).unwrap();
            town.xero(json!({"tamper": {"duplicate_invoice": {"invoice": "1041", "number": "1041-B"}}}));
            town.minutes(31);
            edit_order(town, json!({"set": {"title": "Crane"}}));
            sync(town);
        },
        by_hand: |town| {
            let id = super::id_of(town, "invoices", "InvoiceNumber", "1041", "InvoiceID");
            town.person("POST", &format!("Invoices/{id}"), &json!({"Reference": "not this one"}));
        },
        books: &["1041 AUTHORISED 110.00", "1041-B AUTHORISED 110.00"],
        ..Cure::of("stamp.copied", "unlink")
    };
}
