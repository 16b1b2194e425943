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

/// What Xero settles by a look of its own, and refuses again and again.
pub mod again {
    use super::*;

    fn stays(town: &Town, path: &str, body: &Value) {
        for method in ["PUT", "POST"] {
            let rule = json!([{"system": "xero", "method": method, "path_contains": path, "times": 6,
                "fault": {"refused": {"status": 400, "body": body}}}]);
            town.control(http::Method::POST, "/_sandbox/faults", &rule);
        }
        sync(town);
    }

    fn says(said: &str) -> Value {
        json!({"ErrorNumber": 10, "Type": "ValidationException", "Message": "A validation exception occurred",
            "Elements": [{"ValidationErrors": [{"Message": said}]}]})
    }

    each_cure! {
        an_account_number_is_cleared: Cure {
            arrange: |town| stays(town, "/Contacts", &says("The Account Number already exists. Please enter a unique Account Number.")),
            by_hand: |town| heals(town),
            ..Cure::of("xero.account_number_taken", "retry")
        };
        a_name_that_no_look_finds_is_free_again: Cure {
            arrange: |town| stays(town, "/Contacts", &says("The contact name Jo Harbour is already assigned to another contact. The contact name must be unique across all active contacts.")),
            by_hand: |town| heals(town),
            ..Cure::of("xero.contact_name_taken", "retry")
        };
        a_key_that_had_been_used_is_looked_for: Cure {
            arrange: |town| stays(town, "/Invoices", &json!({"ErrorNumber": 10, "Type": "ValidationException",
                "Message": "Idempotency key has already been used for a different request"})),
            by_hand: |town| heals(town),
            ..Cure::of("xero.key_reused", "retry")
        };
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

    /// A person enters the money that was refused.
    fn enters(town: &Town, amount: &str) {
        let invoice = super::super::id_of(town, "invoices", "InvoiceNumber", "1041", "InvoiceID");
        let body = json!({"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": amount});
        town.person("PUT", "Payments", &body);
        town.minutes(10);
    }

    each_cure! {
        a_number_of_a_note_is_given_away: Cure {
            orders: || vec![with(order(1, 1041), "payments", json!([paid("80", "110.00")]))],
            file: &[("refunds", "credit_note")],
            arrange: |town| {
                sync(town);
                let back = json!({"id": "90", "refund_of": "80", "amount": "110.00", "type": "Check", "time": "2026-07-13T01:00:00Z"});
                edit_order(town, json!({"add_payments": [back]}));
                first_is_refused(town, "/CreditNotes", "Credit Note # must be unique.");
            },
            by_hand: |town| heals(town),
            books: &["1041 PAID 110.00", "note 110.00", "payment 110.00 on 1041", "payment 110.00 on 1041-R502"],
            ..Cure::of("xero.credit_note_number_taken", "retry")
        };
        what_exceeded_had_been_entered_by_hand: Cure {
            orders: || vec![with(order(1, 1041), "payments", json!([paid("88", "50.00")]))],
            arrange: |town| first_is_refused(town, "/Payments", "Payment amount exceeds the amount outstanding on this document"),
            by_hand: |town| {
                heals(town);
                enters(town, "50.00");
            },
            books: &["1041 AUTHORISED 110.00", "payment 50.00 on 1041"],
            ..Cure::of("xero.payment_exceeds", "settle")
        };
    }
}

pub mod retried {
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
pub const ALL: [&[Cure]; 5] = [
    again::ALL,
    documents::ALL,
    edits::ALL,
    money::ALL,
    retried::ALL,
];
