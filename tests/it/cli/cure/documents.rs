//! Documents that the ledger would refuse, or that the file has no word for.

use super::{Cure, each_cure, edit_order, order, sync, with, write_file};
use crate::cli::town::Town;
use serde_json::json;

/// An account of the ledger, added or changed.
fn account(town: &Town, code: &str, status: &str) {
    let account = json!({"Code": code, "Name": "Hires", "Type": "REVENUE", "TaxType": "OUTPUT", "Status": status});
    town.xero(json!({"accounts": [account]}));
}

/// A hire for nothing.
fn free() -> serde_json::Value {
    json!([{"type": "PRODUCT", "product_id": "1", "name": "Crane hire", "quantity": 1, "price": "0.00"}])
}

/// Jo's contact, which 1041 is for, as another customer's, and one more order of Jo's.
fn turned(town: &Town) {
    sync(town);
    let ann = json!({"id": "8", "given_name": "Ann", "family_name": "Lee",
        "email_addresses": [{"field": "EMAIL1", "email": "ann@lee.example"}]});
    town.keap(json!({"contacts": [ann], "orders": [order(2, 1042)]}));
    let id = super::id_of(town, "contacts", "Name", "Jo Harbour", "ContactID");
    let other =
        json!({"Name": "Ann Lee", "EmailAddress": "ann@lee.example", "ContactNumber": "keap-8"});
    town.person("POST", &format!("Contacts/{id}"), &other);
    town.minutes(10);
    sync(town);
}

each_cure! {
    a_contact_that_was_given_to_another_customer_is_let_go: Cure {
        arrange: |town| turned(town),
        books: &["1041 AUTHORISED 110.00", "1042 AUTHORISED 110.00"],
        ..Cure::of("contact.number_taken", "unlink")
    };
    a_contact_that_was_given_to_another_customer_is_given_back: Cure {
        arrange: |town| turned(town),
        by_hand: |town| {
            let id = super::id_of(town, "contacts", "Name", "Ann Lee", "ContactID");
            let back = json!({"Name": "Jo Harbour", "EmailAddress": "jo@harbour.example", "ContactNumber": "keap-7"});
            town.person("POST", &format!("Contacts/{id}"), &back);
        },
        books: &["1041 AUTHORISED 110.00", "1042 AUTHORISED 110.00"],
        ..Cure::of("contact.number_taken", "retry")
    };
    an_invoice_over_nothing_is_corrected: Cure {
        orders: || vec![with(order(1, 1041), "items", free())],
        file: &[("guard", "{ zero_total: hold }"), ("skip", "{ zero_total: false }")],
        by_hand: |town| edit_order(town, json!({"items": super::items(1)})),
        ..Cure::of("guard.zero_total", "retry")
    };
    an_invoice_over_nothing_is_left_out: Cure {
        orders: || vec![with(order(1, 1041), "items", free())],
        file: &[("guard", "{ zero_total: hold }"), ("skip", "{ zero_total: false }")],
        books: &[],
        ..Cure::of("guard.zero_total", "skip")
    };
    a_closed_period_is_opened: Cure {
        arrange: |town| {
            town.xero(json!({"period_lock_date": "2026-07-12"}));
            sync(town);
        },
        by_hand: |town| town.xero(json!({"period_lock_date": null})),
        ..Cure::of("period.locked", "retry")
    };
    an_account_that_is_not_there_is_added: Cure {
        file: &[("accounts", "[{ else: \"298\" }]")],
        by_hand: |town| account(town, "298", "ACTIVE"),
        ..Cure::of("account.unknown", "retry")
    };
    an_archived_account_is_restored: Cure {
        file: &[("accounts", "[{ else: \"298\" }]")],
        arrange: |town| {
            account(town, "298", "ARCHIVED");
            sync(town);
        },
        by_hand: |town| account(town, "298", "ACTIVE"),
        ..Cure::of("account.archived", "retry")
    };
    an_item_that_is_not_there_is_added: Cure {
        file: &[("match", "{ items: { by: sku, use: account, none: hold } }")],
        by_hand: |town| {
            let item = json!({"Items": [{"Code": "HIRE", "Name": "Crane hire", "SalesDetails": {"AccountCode": "200"}}]});
            town.person("PUT", "Items", &item);
        },
        ..Cure::of("item.none", "retry")
    };
    an_item_that_a_rule_names_is_added: Cure {
        arrange: |town| {
            let rule = "/// Its item.\nfn map_line(line, invoice) { line.item = \"HIRE-1\"; keep() }\n";
            std::fs::write(town.path().join("rules/own.rhai"), rule).unwrap();
            write_file(town, &[("rules", "[rules/own.rhai]")]);
            sync(town);
        },
        by_hand: |town| {
            let item = json!({"Items": [{"Code": "HIRE-1", "Name": "Crane hire", "SalesDetails": {"AccountCode": "200"}}]});
            town.person("PUT", "Items", &item);
        },
        ..Cure::of("xero.item_unknown", "retry")
    };
    a_tracking_name_is_added: Cure {
        arrange: |town| {
            let rule = "/// Where the crane stood.\nfn map_line(line, invoice) { line.tracking = #{ \"Region\": \"North\" }; keep() }\n";
            std::fs::write(town.path().join("rules/own.rhai"), rule).unwrap();
            write_file(town, &[("rules", "[rules/own.rhai]")]);
            sync(town);
        },
        by_hand: |town| town.xero(json!({"tracking_categories": [{"Name": "Region", "Options": [{"Name": "North"}]}]})),
        ..Cure::of("tracking.unknown", "retry")
    };
    a_contact_that_is_not_there_is_made: Cure {
        file: &[("match", "{ contacts: { none: hold } }")],
        by_hand: |town| {
            let contact = json!({"Name": "Jo Harbour", "EmailAddress": "jo@harbour.example"});
            town.person("PUT", "Contacts", &json!({"Contacts": [contact]}));
        },
        ..Cure::of("contact.none", "retry")
    };
    an_archived_contact_is_restored: Cure {
        arrange: |town| {
            let contact = json!({"Name": "Jo Harbour", "EmailAddress": "jo@harbour.example", "ContactStatus": "ARCHIVED"});
            town.xero(json!({"contacts": [contact]}));
            sync(town);
        },
        by_hand: |town| {
            let id = super::id_of(town, "contacts", "Name", "Jo Harbour", "ContactID");
            town.xero(json!({"tamper": {"edit_contact": {"contact": id, "restore": true}}}));
        },
        ..Cure::of("contact.archived", "retry")
    };
}
