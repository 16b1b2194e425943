//! Documents that the ledger would refuse, or that the file has no word for.

use super::{Cure, each_cure, sync, write_file};
use crate::cli::town::Town;
use serde_json::json;

/// An account of the ledger, added or changed.
fn account(town: &Town, code: &str, status: &str) {
    let account = json!({"Code": code, "Name": "Hires", "Type": "REVENUE", "TaxType": "OUTPUT", "Status": status});
    town.xero(json!({"accounts": [account]}));
}

each_cure! {
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
