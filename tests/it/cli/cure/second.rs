//! What the second ledger refuses, and the contacts that only it can hold back.

use super::{Cure, Route, each_cure, edit_order, order, paid, sync, write_onto};
use crate::cli::company::{Deed, TENANT};
use crate::cli::town::Town;
use serde_json::{Value, json};

const fn second(code: &'static str, verb: &'static str) -> Cure {
    Cure {
        route: Route::Company,
        books: &["1041 110.00"],
        ..Cure::of(code, verb)
    }
}

/// The vendor refuses the next write at an address with a number.
fn refused(town: &Town, at: &'static str, number: &'static str) {
    town.arranged(at, Deed::Refuses(number));
    sync(town);
}

/// It stands, and its first payment is refused.
fn payment_refused(town: &Town, number: &'static str) {
    sync(town);
    edit_order(town, json!({"add_payments": [paid("80", "50.00")]}));
    refused(town, "/payment", number);
}

/// The company changes in the moment in which the invoice arrives.
fn changes_unseen(town: &Town, change: Value) {
    town.arranged("/invoice", Deed::Changes(change));
    sync(town);
}

const JO: &str = "Jo Harbour";

/// A company with several currencies, where Jo's documents are in euros.
fn jo_in_euros(town: &Town) {
    let jo = json!({"DisplayName": JO, "PrimaryEmailAddr": {"Address": "jo@harbour.example"}, "CurrencyRef": {"value": "EUR"}});
    town.company(json!({"currencies": ["EUR"], "rows": {"Customer": [jo]}}));
    sync(town);
}

/// A person gives the invoice to another customer while its payment is on the way.
fn moved_under_its_payment(town: &Town) {
    sync(town);
    town.company(json!({"rows": {"Customer": [{"DisplayName": "Harbour Holdings"}]}}));
    let invoice = town.company_rows("Invoice")[0]["Id"].clone();
    let moved = json!({"update": {"Invoice": {"Id": invoice, "CustomerRef": {"value": "2"}}}});
    edit_order(town, json!({"add_payments": [paid("80", "50.00")]}));
    town.arranged("/payment", Deed::person(moved));
    sync(town);
}

/// People merge the customer into another one, and the shop sells to them once more.
fn merged(town: &Town) {
    sync(town);
    let email = json!({"Address": "jo@harbour.example"});
    town.bookkeeper(
        json!({"create": {"Customer": {"DisplayName": "Harbour Cranes", "PrimaryEmailAddr": email}}}),
    );
    let all = town.company_rows("Customer");
    let named = |n: &str| {
        let one = all.iter().find(|c| c["DisplayName"] == json!(n));
        one.unwrap_or_else(|| panic!("{n}: {all:#?}"))["Id"].clone()
    };
    let (from, into) = (named(JO), named("Harbour Cranes"));
    town.bookkeeper(json!({"merge": {"Customer": {"from": from, "into": into}}}));
    town.minutes(60 * 7);
    town.keap(json!({"orders": [order(2, 1042)]}));
    sync(town);
}

fn put_to_the_invoice(town: &Town) {
    let payment = town.company_rows("Payment")[0]["Id"].clone();
    let invoice = town.company_rows("Invoice")[0]["Id"].clone();
    let line = json!({"Amount": 50.00, "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]});
    town.bookkeeper(json!({"update": {"Payment": {"Id": payment, "CustomerRef": {"value": "2"}, "TotalAmt": 50.00, "Line": [line]}}}));
}

each_cure! {
    a_vendor_of_the_customers_name_is_renamed: Cure {
        arrange: |town| {
            town.company(json!({"rows": {"Vendor": [{"DisplayName": JO}]}}));
            sync(town);
        },
        by_hand: |town| town.bookkeeper(json!({"update": {"Vendor": {"Id": "1", "DisplayName": "Harbour Supplies"}}})),
        ..second("contact.name_taken", "retry")
    };
    a_customer_that_takes_a_vendors_name_waits_for_it: Cure {
        arrange: |town| {
            sync(town);
            town.company(json!({"rows": {"Vendor": [{"DisplayName": "Jo Quay"}]}}));
            town.keap(json!({"patch": {"contacts": [{"id": "7", "set": {"family_name": "Quay"}}]}}));
            edit_order(town, json!({"set": {"title": "Hire of a crane"}}));
            sync(town);
        },
        by_hand: |town| town.bookkeeper(json!({"update": {"Vendor": {"Id": "2", "DisplayName": "Quay Supplies"}}})),
        ..second("contact.name_taken", "retry")
    };
    a_customer_of_another_currency_is_set_apart: Cure {
        arrange: |town| jo_in_euros(town),
        by_hand: |town| {
            town.bookkeeper(json!({"update": {"Customer": {"Id": "1", "DisplayName": "Jo Harbour EUR", "PrimaryEmailAddr": {"Address": "euros@harbour.example"}}}}));
            town.bookkeeper(json!({"create": {"Customer": {"DisplayName": JO, "PrimaryEmailAddr": {"Address": "jo@harbour.example"}}}}));
        },
        ..second("contact.currency", "retry")
    };
    a_payment_that_stayed_unapplied_is_put_to_its_invoice: Cure {
        arrange: |town| moved_under_its_payment(town),
        by_hand: |town| put_to_the_invoice(town),
        books: &["1041 110.00", "payment 50.00 on 1041"],
        ..second("payment.unapplied", "retry")
    };
    a_customer_that_was_merged_is_unlinked: Cure {
        number: "1042",
        arrange: |town| merged(town),
        then: &[("contact.link_lost", "retry")],
        books: &["1041 110.00", "1042 110.00"],
        ..second("contact.link_lost", "unlink")
    };
    what_a_merged_customer_bought_goes_once_it_is_unlinked: Cure {
        number: "1042",
        arrange: |town| merged(town),
        by_hand: |town| {
            town.run(&["unlink", "acme", "--contact", "1042"]);
        },
        books: &["1041 110.00", "1042 110.00"],
        ..second("contact.link_lost", "retry")
    };
    a_number_that_another_paper_has_is_given_up: Cure {
        arrange: |town| {
            town.company_switch("doc_number_space", json!("sales"));
            let line = json!({"Amount": 27.00, "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "2"}}});
            let paper = json!({"DocNumber": "1041", "CustomerRef": {"value": "1"}, "GlobalTaxCalculation": "TaxExcluded", "Line": [line]});
            town.company(json!({"rows": {"Customer": [{"DisplayName": "Somebody Else"}], "SalesReceipt": [paper]}}));
            sync(town);
        },
        by_hand: |town| {
            let id = town.company_rows("SalesReceipt")[0]["Id"].clone();
            town.bookkeeper(json!({"update": {"SalesReceipt": {"Id": id, "DocNumber": "R-7"}}}));
        },
        ..second("qbo.number_taken", "retry")
    };
    books_that_were_closed_unseen_are_opened: Cure {
        arrange: |town| changes_unseen(town, json!({"close_date": "2026-07-12"})),
        by_hand: |town| town.company(json!({"close_date": null})),
        ..second("qbo.period_closed", "retry")
    };
    an_item_at_rest_is_made_active: Cure {
        arrange: |town| changes_unseen(town, json!({"person": [{"update": {"Item": {"Id": item(town), "Active": false}}}]})),
        by_hand: |town| town.bookkeeper(json!({"update": {"Item": {"Id": item(town), "Active": true, "Name": "Crane hire"}}})),
        ..second("qbo.inactive", "retry")
    };
    a_tax_code_at_rest_is_made_active: Cure {
        arrange: |town| changes_unseen(town, json!({"person": [{"update": {"TaxCode": {"Id": "2", "Active": false}}}]})),
        by_hand: |town| town.bookkeeper(json!({"update": {"TaxCode": {"Id": "2", "Active": true}}})),
        ..second("qbo.reference", "retry")
    };
    a_subscription_that_ended_is_paid_for: Cure {
        arrange: |town| {
            town.company(json!({"subscription": "ended"}));
            sync(town);
        },
        by_hand: |town| town.company(json!({"subscription": "active"})),
        ..second("qbo.subscription", "retry")
    };
    a_rule_that_forbids_it_is_met: Cure {
        arrange: |town| refused(town, "/invoice", "6000"),
        ..second("qbo.rule", "retry")
    };
    a_value_that_is_not_taken_is_corrected: Cure {
        arrange: |town| refused(town, "/customer", "2050"),
        by_hand: |town| edit_order(town, json!({"set": {"title": "Hire of a crane"}})),
        ..second("qbo.data", "retry")
    };
    a_line_that_is_rounded_otherwise_is_corrected: Cure {
        arrange: |town| refused(town, "/invoice", "6070"),
        ..second("qbo.line_amount", "retry")
    };
    a_reason_that_nobody_knows_is_met: Cure {
        arrange: |town| refused(town, "/invoice", "9999"),
        ..second("qbo.unknown", "retry")
    };
    a_key_that_was_used_before_is_looked_for: Cure {
        arrange: |town| refused(town, "/invoice", "600"),
        ..second("qbo.key_reused", "retry")
    };
    a_payment_that_cannot_be_put_to_it_goes_once_it_can: Cure {
        arrange: |town| payment_refused(town, "620"),
        books: &["1041 110.00", "payment 50.00 on 1041"],
        ..second("qbo.not_linked", "retry")
    };
    a_name_of_which_nobody_knows_who_has_it_is_free_again: Cure {
        arrange: |town| {
            for _ in 0..8 {
                town.arranged("/customer", Deed::Refuses("6240"));
            }
            sync(town);
        },
        by_hand: |town| town.script.lock().unwrap().clear(),
        ..second("qbo.name_taken", "retry")
    };
    a_customer_that_others_changed_each_time_is_changed_after_all: Cure {
        arrange: |town| {
            sync(town);
            town.keap(json!({"patch": {"contacts": [{"id": "7", "set": {"family_name": "Quay"}}]}}));
            edit_order(town, json!({"set": {"title": "Hire of a crane"}}));
            for _ in 0..30 {
                town.arranged("/customer", Deed::Refuses("5010"));
            }
            for _ in 0..5 {
                sync(town);
            }
        },
        by_hand: |town| town.script.lock().unwrap().clear(),
        ..second("update.conflict", "retry")
    };
    one_that_was_deleted_before_it_was_known_to_be_made_is_made_anew: Cure {
        arrange: |town| deleted_unseen(town),
        ..second("qbo.deleted_since", "retry")
    };
    one_that_was_deleted_before_it_was_known_to_be_made_stays_so: Cure {
        arrange: |town| deleted_unseen(town),
        books: &[],
        ..second("qbo.deleted_since", "skip")
    };
    a_line_without_an_item_gets_one: Cure {
        arrange: |town| ruled(town, "line.item = \"\";"),
        by_hand: |town| rule(town, ""),
        ..second("item.missing", "retry")
    };
    an_item_that_is_not_there_is_added: Cure {
        arrange: |town| ruled(town, "line.item = \"NIGHT\";"),
        by_hand: |town| night_hire(town, "NIGHT"),
        ..second("item.unknown", "retry")
    };
    one_of_two_items_of_a_code_gets_another: Cure {
        arrange: |town| {
            night_hire(town, "HIRE");
            sync(town);
        },
        by_hand: |town| {
            let all = town.company_rows("Item");
            let night = all.iter().find(|i| i["Name"] == json!("Night hire")).unwrap();
            town.bookkeeper(json!({"update": {"Item": {"Id": night["Id"], "Sku": "NIGHT"}}}));
        },
        ..second("item.many", "retry")
    };
    a_rate_that_changed_in_the_moment_in_which_it_arrived_is_put_right: Cure {
        arrange: |town| changes_unseen(town, json!({"rows": {"TaxRate": [{"Id": "1", "RateValue": 12}]}})),
        by_hand: |town| {
            town.company(json!({"rows": {"TaxRate": [{"Id": "1", "RateValue": 10}]}}));
            let made = town.company_rows("Invoice")[0].clone();
            let mut lines = made["Line"].as_array().unwrap().clone();
            lines.retain(|l| l["DetailType"] != json!("SubTotalLineDetail"));
            town.bookkeeper(json!({"update": {"Invoice": {"Id": made["Id"], "Line": lines}}}));
        },
        ..second("posted.total_differs", "retry")
    };
    what_came_of_a_rate_that_changed_in_the_moment_in_which_it_arrived_is_right: Cure {
        arrange: |town| changes_unseen(town, json!({"rows": {"TaxRate": [{"Id": "1", "RateValue": 12}]}})),
        books: &["1041 112.00"],
        ..second("posted.total_differs", "settle")
    };
    a_payment_that_stands_on_a_deposit_goes_once_it_does_not: Cure {
        arrange: |town| payment_refused(town, "6540"),
        books: &["1041 110.00", "payment 50.00 on 1041"],
        ..second("qbo.deposited", "retry")
    };
}

/// It was made, and no answer came; a person deletes it before anybody has looked, and then the vendor is away for a while.
fn deleted_unseen(town: &Town) {
    let gone = json!({"person": [{"delete": {"Invoice": {"Id": "1"}}}]});
    town.arranged("/invoice", Deed::MadeAndLost(gone));
    for _ in 0..8 {
        town.arranged("/invoice", Deed::Lost);
    }
    town.run(&["sync", "acme"]);
    town.script.lock().unwrap().clear();
    town.minutes(3);
    sync(town);
}

/// A rule about each line.
fn rule(town: &Town, says: &str) {
    let text = format!("/// Its item.\nfn map_line(line, invoice) {{ {says} keep() }}\n");
    std::fs::write(town.path().join("rules/own.rhai"), text).unwrap();
}

fn ruled(town: &Town, says: &str) {
    rule(town, says);
    write_onto(town, TENANT, &[("rules", "[rules/own.rhai]")]);
    sync(town);
}

fn night_hire(town: &Town, sku: &str) {
    let item = json!({"Name": "Night hire", "Sku": sku, "Type": "Service", "Taxable": true, "IncomeAccountRef": {"value": "1"}});
    town.company(json!({"rows": {"Item": [item]}}));
}

/// The item that the orders' lines are sold as.
fn item(town: &Town) -> Value {
    let all = town.company_rows("Item");
    let one = all.iter().find(|i| i["Sku"] == json!("HIRE"));
    one.unwrap()["Id"].clone()
}

/// What stands in the company: `1041 110.00`, `payment 50.00 on 1041`; what was voided counts as not there.
pub fn books(town: &Town) -> Vec<String> {
    let cents = |v: &Value| {
        format!(
            "{:.2}",
            v.to_string().parse::<rust_decimal::Decimal>().unwrap()
        )
    };
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let invoices = town.company_rows("Invoice");
    let mut all = Vec::new();
    for i in invoices.iter().filter(|i| cents(&i["TotalAmt"]) != "0.00") {
        all.push(format!(
            "{} {}",
            text(&i["DocNumber"]),
            cents(&i["TotalAmt"])
        ));
    }
    for p in town.company_rows("Payment") {
        let on = &p["Line"][0]["LinkedTxn"][0]["TxnId"];
        let paper = invoices.iter().find(|i| i["Id"] == *on);
        let number = paper.map_or("nothing".to_owned(), |i| text(&i["DocNumber"]));
        all.push(format!("payment {} on {number}", cents(&p["TotalAmt"])));
    }
    all.sort();
    all
}
