//! What waits for a person's word, what a rule holds, and what a person left out.

use super::{Cure, each_cure, order, paid, sync, with, write_file};
use crate::cli::town::Town;
use serde_json::json;

/// A paid invoice is made anew since payments go to another account by now.
fn paid_and_resent(town: &Town) {
    sync(town);
    let account = json!({"Code": "091", "Name": "Savings", "Type": "BANK", "BankAccountNumber": "062000123457"});
    town.xero(json!({"accounts": [account]}));
    write_file(town, &[("payments_account", "{ code: \"091\" }")]);
    town.run(&["resend", "acme", "1041", "--yes"]);
    town.minutes(10);
}

each_cure! {
    an_approval_lets_it_go: Cure {
        file: &[("sync", "{ first_run: post, approval: manual }")],
        ..Cure::of("approval.waits", "approve")
    };
    the_first_run_is_released: Cure {
        file: &[("sync", "{ first_run: review }")],
        ..Cure::of("approval.first_run", "release")
    };
    what_the_guard_keeps_back_is_released: Cure {
        orders: || vec![order(1, 1041), order(2, 1042)],
        file: &[("guard", "{ per_run: { documents: 1 } }")],
        books: &["1041 AUTHORISED 110.00", "1042 AUTHORISED 110.00"],
        ..Cure::of("guard.per_run", "release")
    };
    what_a_rule_wants_reviewed_is_approved: Cure {
        arrange: |town| {
            let rule = "/// Large ones are looked at.\nfn select(invoice) { if invoice.total > 100.00 { return review(\"over a hundred\"); } keep() }\n";
            std::fs::write(town.path().join("rules/own.rhai"), rule).unwrap();
            write_file(town, &[("rules", "[rules/own.rhai]")]);
            sync(town);
        },
        ..Cure::of("rule.review", "approve")
    };
    what_a_rule_holds_goes_once_the_rule_lets_it: Cure {
        arrange: |town| {
            let rule = "/// Titles are wanted.\nfn select(invoice) { if invoice.title != \"Crane\" { return hold(\"no title\"); } keep() }\n";
            std::fs::write(town.path().join("rules/own.rhai"), rule).unwrap();
            write_file(town, &[("rules", "[rules/own.rhai]")]);
            sync(town);
        },
        by_hand: |town| super::edit_order(town, serde_json::json!({"set": {"title": "Crane"}})),
        ..Cure::of("rule.hold", "retry")
    };
    what_stands_for_money_of_what_was_made_anew_is_made_anew: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "50.00")]))],
        arrange: paid_and_resent,
        by_hand: |town| {
            let id = super::id_of(town, "payments", "Status", "AUTHORISED", "PaymentID");
            town.person("POST", &format!("Payments/{id}"), &json!({"Status": "DELETED"}));
        },
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("resend.entry", "send")
    };
    what_stands_for_money_of_what_was_made_anew_is_left: Cure {
        orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "50.00")]))],
        arrange: paid_and_resent,
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of("resend.entry", "unsettle")
    };
    what_a_person_left_out_is_taken_back_in: Cure {
        file: &[("accounts", "[{ else: hold }]")],
        arrange: |town| {
            sync(town);
            town.run(&["skip", "acme", "1041", "--why", "a test order"]);
            write_file(town, &[]);
        },
        ..Cure::of("skip.by_person", "retry")
    };
}
