//! What the ledger refuses though the checks before it let it go: something changed there in between, and was put right since. The
//! fake ledger refuses once, in the vendor's own words; the cure that is printed then is carried out.

use super::{Cure, each_cure, edit_order, items, order, paid, sync, with};
use crate::cli::town::Town;
use serde_json::{Value, json};

/// The next write to a path is refused with these words.
fn refuses(town: &Town, path: &str, said: &str) {
    let body = json!({"ErrorNumber": 10, "Type": "ValidationException", "Message": "A validation exception occurred",
        "Elements": [{"ValidationErrors": [{"Message": said}]}]});
    for method in ["PUT", "POST"] {
        let rule = json!([{"system": "xero", "method": method, "path_contains": path,
            "fault": {"refused": {"status": 400, "body": body}}}]);
        town.control(http::Method::POST, "/_sandbox/faults", &rule);
    }
}

fn heals(town: &Town) {
    town.control(http::Method::DELETE, "/_sandbox/faults", &Value::Null);
}

fn first_is_refused(town: &Town, path: &str, said: &str) {
    refuses(town, path, said);
    sync(town);
}

/// It was posted, and changes at the source.
fn edit_is_refused(town: &Town, said: &str) {
    sync(town);
    edit_order(town, json!({"items": items(2)}));
    first_is_refused(town, "/Invoices", said);
}

macro_rules! refused {
    ($($name:ident: $code:literal at $path:literal says $said:literal;)+) => {
        each_cure! {
            $($name: Cure {
                arrange: |town| first_is_refused(town, $path, $said),
                by_hand: |town| heals(town),
                ..Cure::of($code, "retry")
            };)+
        }
    };
}

pub mod documents {
    use super::*;

    refused! {
        a_contact_is_restored: "xero.contact_archived" at "/Invoices" says "The contact is an archived contact";
        a_lock_date_is_moved_back: "xero.period_locked" at "/Invoices" says "The document date cannot be before the lock date";
        an_account_is_put_right: "xero.account_invalid" at "/Invoices" says "Account code '200' is not a valid code for this document.";
        an_account_is_restored: "xero.account_archived" at "/Invoices" says "Account '200' has been archived.";
        an_account_that_was_removed_is_there_again: "xero.account_unknown" at "/Invoices" says "Account code '200' has been removed.";
        a_currency_is_added: "xero.currency_not_subscribed" at "/Invoices" says "Organisation is not subscribed to currency AUD.";
        a_discount_is_corrected: "xero.discount_invalid" at "/Invoices" says "The discount is invalid.";
        what_nobody_knows_is_corrected: "xero.unknown" at "/Invoices" says "The moon is full.";
        an_address_is_corrected: "xero.email_invalid" at "/Contacts" says "Email address must be valid.";
        a_number_is_given_away: "xero.invoice_number_taken" at "/Invoices" says "Invoice # must be unique.";
    }
}

pub mod edits {
    use super::*;

    each_cure! {
        what_was_paid_in_between_is_changed_once_that_is_removed: Cure {
            arrange: |town| edit_is_refused(town, "This document cannot be edited as it has a payment or credit note allocated to it."),
            by_hand: |town| heals(town),
            books: &["1041 AUTHORISED 220.00"],
            ..Cure::of("xero.has_payment", "retry")
        };
        what_was_closed_in_between_is_changed_once_it_is_open: Cure {
            arrange: |town| edit_is_refused(town, "Invoice not of valid status for modification"),
            by_hand: |town| heals(town),
            books: &["1041 AUTHORISED 220.00"],
            ..Cure::of("xero.not_editable", "retry")
        };
    }
}

pub mod money {
    use super::*;

    macro_rules! refused_money {
        ($($name:ident: $code:literal says $said:literal;)+) => {
            each_cure! {
                $($name: Cure {
                    orders: || vec![with(order(1, 1041), "payments", json!([paid("88", "50.00")]))],
                    arrange: |town| first_is_refused(town, "/Payments", $said),
                    by_hand: |town| heals(town),
                    books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
                    ..Cure::of($code, "retry")
                };)+
            }
        };
    }

    refused_money! {
        a_bank_account_is_enabled: "xero.payment_account_unknown" says "Account could not be found";
        what_exceeded_does_no_more: "xero.payment_exceeds" says "Payment amount exceeds the amount outstanding on this document";
        what_was_not_approved_is: "xero.not_payable" says "Payments can only be made against Authorised documents";
    }
}

/// All of them.
pub const ALL: [&[Cure]; 3] = [documents::ALL, edits::ALL, money::ALL];
