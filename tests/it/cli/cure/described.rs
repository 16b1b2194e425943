//! Books that only a description knows: what they refuse, what people delete there, and their trial.

use super::{Cure, Route, each_cure, sync};
use crate::cli::company::Deed;
use crate::cli::ownbooks::{paid, sale};
use crate::cli::town::Town;
use serde_json::{Value, json};

const fn described(code: &'static str, verb: &'static str) -> Cure {
    Cure {
        route: Route::Described,
        number: "INV-7",
        books: &["INV-7 110.00"],
        ..Cure::of(code, verb)
    }
}

fn refuses(town: &Town, path: &str, status: u16, code: &str, times: u32) {
    let body = json!({"error": {"code": code}});
    let rule = json!([{"system": "tallybook", "method": "POST", "path_contains": path, "times": times,
        "fault": {"refused": {"status": status, "body": body}}}]);
    town.control(http::Method::POST, "/_sandbox/faults", &rule);
}

fn heals(town: &Town) {
    town.control(http::Method::DELETE, "/_sandbox/faults", &Value::Null);
}

/// The books refuse the first invoice.
fn refused(town: &Town, status: u16, code: &str) {
    town.tried();
    refuses(town, "/invoices", status, code, 4);
    sync(town);
    heals(town);
}

fn money_refused(town: &Town, code: &str) {
    town.tried();
    town.rows(&[sale("INV-7", "Jo Harbour"), paid("INV-7", "50.00")]);
    refuses(town, "/receipts", 422, code, 4);
    sync(town);
    heals(town);
}

/// The customer is to be changed there, and is deleted in that moment.
fn customer_deleted_unseen(town: &Town) {
    town.described_otherwise(
        "    change: { put: \"/customers/{id}\", record: customer }\n",
        "    change: { put: \"/customers/{id}\", record: customer, safe_by: version_check, headers: { If-Match: \"{version}\" } }\n",
    );
    town.plane
        .switch("tallybook", &json!({"customer_versions": true}))
        .unwrap();
    town.tried();
    sync(town);
    let jo = town.described_row("customers", "name", "Jo Harbour");
    let id = jo["id"].as_str().unwrap();
    let at: &'static str = format!("GET /v1/customers/{id}").leak();
    town.arranged(at, Deed::Changes(json!({"remove": [id]})));
    town.rows(&[sale("INV-7", "Jo Quay").replace("jo.quay", "jo.harbour")]);
    town.minutes(60);
    sync(town);
}

/// No answer came, and before anybody looks a person calls its currency another.
fn in_another_currency(town: &Town) {
    town.described_otherwise(
        "safe_by: { key: { in: header, name: Idempotency-Key, lives: 30m }, stamp: memo }",
        "safe_by: { stamp: memo }",
    );
    town.plane
        .switch("tallybook", &json!({"safe": "nothing"}))
        .unwrap();
    town.tried();
    let rule = json!([{"system": "tallybook", "method": "POST", "path_contains": "/invoices", "fault": "drop_after"}]);
    town.control(http::Method::POST, "/_sandbox/faults", &rule);
    town.run(&["sync", "acme"]);
    town.minutes(1);
    recoin(town, "NZD");
    town.minutes(20);
    sync(town);
}

fn recoin(town: &Town, currency: &str) {
    let mut made = town.described_row("invoices", "no", "INV-7");
    made["currency"] = json!(currency);
    town.books_seed(json!({ "invoices": [made] }));
    town.minutes(10);
}

each_cure! {
    what_was_never_tried_goes_once_the_trial_has_passed: Cure {
        arrange: |town| sync(town),
        says: "crossfoot connector test acme --write",
        ..described("connector.untried", "connector")
    };
    a_name_that_is_there_already_is_free_again: Cure {
        arrange: |town| refused(town, 409, "no_taken"),
        ..described("connector.duplicate", "retry")
    };
    what_it_is_for_is_open_again: Cure {
        arrange: |town| refused(town, 422, "paid"),
        ..described("connector.state", "retry")
    };
    a_closed_period_is_opened_there: Cure {
        arrange: |town| refused(town, 422, "closed"),
        ..described("connector.locked", "retry")
    };
    what_is_not_taken_is_corrected: Cure {
        arrange: |town| refused(town, 422, "bad_invoice"),
        ..described("connector.data", "retry")
    };
    a_way_of_paying_is_known_again: Cure {
        arrange: |town| money_refused(town, "no_such_way"),
        books: &["INV-7 110.00", "payment 50.00 on INV-7"],
        ..described("connector.mapping", "retry")
    };
    a_customer_that_was_deleted_before_its_change_arrived_is_restored: Cure {
        arrange: customer_deleted_unseen,
        by_hand: |town| {
            let made = town.described_row("invoices", "no", "INV-7");
            let jo = json!({"id": made["customer"], "name": "Jo Harbour", "email": "jo.harbour@harbour.example", "rev": "5"});
            town.books_seed(json!({"customers": [jo]}));
        },
        ..described("contact.missing", "retry")
    };
    a_currency_that_was_changed_before_it_was_known_is_set_right: Cure {
        arrange: in_another_currency,
        by_hand: |town| recoin(town, "AUD"),
        ..described("number.differs", "retry")
    };
}
