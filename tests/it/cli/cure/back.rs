//! What comes back: payments that people enter in the ledger, and what the shop makes of them.

use super::{Cure, each_cure, sync};
use crate::cli::town::Town;
use serde_json::{Value, json};

const BOTH: &[(&str, &str)] = &[
    ("sync", "{ first_run: post, payments: both }"),
    ("back", "{ payments_account: { code: \"Check\" } }"),
];

const fn back(code: &'static str, verb: &'static str) -> Cure {
    Cure {
        file: BOTH,
        books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
        ..Cure::of(code, verb)
    }
}

/// 1041 stands there, and a person enters what came in.
fn paid_there(town: &Town) {
    sync(town);
    enters(town);
    town.minutes(31);
}

fn enters(town: &Town) {
    let paid = json!({"Invoice": {"InvoiceNumber": "1041"}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00"});
    town.person("PUT", "Payments", &paid);
}

fn fault(town: &Town, fault: Value) {
    let rule =
        json!([{"system": "keap", "method": "POST", "path_contains": "ayments", "fault": fault}]);
    town.control(http::Method::POST, "/_sandbox/faults", &rule);
}

fn heals(town: &Town) {
    town.control(http::Method::DELETE, "/_sandbox/faults", &Value::Null);
}

/// The shop refuses what comes back.
fn refused(town: &Town, status: u16, said: &str) {
    paid_there(town);
    fault(
        town,
        json!({"refused": {"status": status, "body": {"message": said}}}),
    );
    sync(town);
    heals(town);
}

/// It came back, and no answer to that was heard; the shop tells of it before that is known.
fn unheard(town: &Town) {
    paid_there(town);
    fault(town, json!("drop_after"));
    town.run(&["sync", "acme"]);
    town.minutes(5);
    sync(town);
}

/// It came back, and then somebody deleted it in the ledger.
fn came_and_went(town: &Town) {
    paid_there(town);
    sync(town);
    town.minutes(31);
    let id = super::id_of(town, "payments", "Status", "AUTHORISED", "PaymentID");
    town.person(
        "POST",
        &format!("Payments/{id}"),
        &json!({"Status": "DELETED"}),
    );
    town.minutes(31);
    sync(town);
}

each_cure! {
    a_way_of_paying_is_restored: Cure {
        arrange: |town| refused(town, 400, "payment_method_type is not one of this account"),
        ..back("keap.payment_type", "retry")
    };
    more_than_is_owed_comes_back_once_it_is_owed: Cure {
        arrange: |town| refused(town, 400, "Amount exceeds the balance"),
        ..back("keap.balance", "retry")
    };
    an_order_that_was_gone_is_there_again: Cure {
        arrange: |town| refused(town, 404, "not found"),
        ..back("keap.gone", "retry")
    };
    what_the_shop_does_not_take_is_corrected: Cure {
        arrange: |town| refused(town, 400, "notes: too long"),
        ..back("keap.data", "retry")
    };
    what_was_brought_and_stands_in_the_ledger_is_one: Cure {
        arrange: unheard,
        ..back("payment.brought", "sync")
    };
    what_was_brought_and_came_in_is_entered_again_and_settled: Cure {
        arrange: unheard,
        by_hand: |town| {
            let id = super::id_of(town, "payments", "Status", "AUTHORISED", "PaymentID");
            town.person("POST", &format!("Payments/{id}"), &json!({"Status": "DELETED"}));
            enters(town);
        },
        ..back("payment.brought", "settle")
    };
    what_came_back_and_was_deleted_in_the_ledger_is_deleted_here: Cure {
        arrange: came_and_went,
        by_hand: |town| {
            town.keap(json!({"patch": {"payments": [{"id": "1", "remove": true}]}}));
            town.minutes(31);
        },
        then: &[("payment.removed", "retry")],
        books: &["1041 AUTHORISED 110.00"],
        ..back("payment.deleted", "retry")
    };
    what_came_back_and_was_deleted_in_the_ledger_is_entered_there_again: Cure {
        arrange: came_and_went,
        by_hand: enters,
        ..back("payment.deleted", "settle")
    };
    what_was_brought_and_was_deleted_there_is_deleted_here: Cure {
        arrange: |town| {
            unheard(town);
        },
        by_hand: |town| {
            let id = super::id_of(town, "payments", "Status", "AUTHORISED", "PaymentID");
            town.person("POST", &format!("Payments/{id}"), &json!({"Status": "DELETED"}));
            town.keap(json!({"patch": {"payments": [{"id": "1", "remove": true}]}}));
            town.minutes(31);
        },
        books: &["1041 AUTHORISED 110.00"],
        ..back("payment.brought", "retry")
    };
}
