//! Documents from a folder of exports: what is void, in another currency, of another kind, or has more decimals than the ledger.

use super::returned::enters_note;
use super::{Cure, Route, each_cure, sync};
use crate::cli::town::{ORG, TENANT, Town};
use serde_json::{Value, json};

const HEAD: &str = "number,id,kind,date,contact.name,currency,total,line.sku,line.name,line.unit_amount,line.taxable\n";
const STATES: &str = "number,id,status,date,contact.name,currency,total,line.sku,line.name,line.unit_amount,line.taxable\n";
const MONEY: &str = "number,date,contact.id,contact.name,contact.email,line.sku,line.description,line.unit_amount,tax,total,payment.id,payment.date,payment.amount\n";

/// The workspace, connected to the first ledger and to a folder.
pub fn connected(town: Town) -> Town {
    town.run(&["init", &town.dir()]).code(0);
    town.connections();
    let path = town.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let own = "files: { system: files, folder: data, currency: AUD }\n";
    std::fs::write(&path, format!("{text}{own}")).unwrap();
    write(&town, &[]);
    town.exports(HEAD, &[]);
    town.sign_in(&["--organisation", ORG]).code(0);
    town
}

/// The tenant's file, whose documents come from files.
pub fn write(town: &Town, changes: &[(&str, &str)]) {
    let own = [("preset", "files-xero"), ("from", "{ files: files }")];
    super::write_onto(town, TENANT, &[&own[..], changes].concat());
}

const fn of(code: &'static str, verb: &'static str) -> Cure {
    Cure {
        route: Route::Exports,
        number: "N-1",
        books: &["N-1 AUTHORISED 110.00"],
        ..Cure::of(code, verb)
    }
}

fn row(number: &str, kind: &str) -> String {
    format!("{number},{number},{kind},2026-07-10,Ann Wharf,AUD,110.00,HIRE,Hire,110.00,no\n")
}

fn says(town: &Town, head: &str, rows: &[String]) {
    town.exports(head, rows);
    town.minutes(60);
}

/// Posted, and void in the files since.
fn void_since(town: &Town) {
    says(town, STATES, &[row("N-1", "unpaid")]);
    sync(town);
    says(town, STATES, &[row("N-1", "void")]);
    sync(town);
}

const KINDS: &[(&str, &str)] = &[
    (
        "sync",
        "{ first_run: post, updates: { invoices: true }, purchase_orders: on }",
    ),
    ("status", "{ purchase_orders: { else: AUTHORISED } }"),
];

/// Two invoices, of which the files call one a purchase order since.
fn another_kind(town: &Town) {
    let rows = |kind: &str| [row("N-1", "invoice"), row("N-2", kind)];
    says(town, HEAD, &rows("invoice"));
    sync(town);
    says(town, HEAD, &rows("purchase_order"));
    sync(town);
}

/// The next write of a purchase order is refused with these words.
fn order_is_refused(town: &Town, said: &str) {
    says(town, HEAD, &[row("PO-1", "purchase_order")]);
    let body = json!({"ErrorNumber": 10, "Type": "ValidationException", "Message": "A validation exception occurred",
        "Elements": [{"ValidationErrors": [{"Message": said}]}]});
    for method in ["PUT", "POST"] {
        let rule = json!([{"system": "xero", "method": method, "path_contains": "/PurchaseOrders", "times": 3,
            "fault": {"refused": {"status": 400, "body": body}}}]);
        town.control(http::Method::POST, "/_sandbox/faults", &rule);
    }
    sync(town);
}

fn heals(town: &Town) {
    town.control(http::Method::DELETE, "/_sandbox/faults", &Value::Null);
}

fn hire() -> String {
    "1041,2026-07-10,7,Jo Harbour,jo@harbour.example,HIRE,Crane hire,100.00,10.00,110.00,,,\n"
        .to_owned()
}

fn money(id: &str, amount: &str) -> String {
    format!("1041,,,,,,,,,,{id},2026-07-11,{amount}\n")
}

fn more_went_back(town: &Town) {
    says(town, MONEY, &[hire(), money("88", "110.00")]);
    sync(town);
    let rows = [hire(), money("88", "110.00"), money("90", "-150.00")];
    says(town, MONEY, &rows);
    sync(town);
}

const NOTES: (&str, &str) = ("refunds", "credit_note");

each_cure! {
    what_is_void_in_the_source_is_voided_there: Cure {
        arrange: void_since,
        by_hand: |town| {
            town.xero(json!({"tamper": {"void_invoice": {"invoice": "N-1"}}}));
            town.minutes(31);
        },
        books: &[],
        ..of("status.void", "retry")
    };
    what_was_void_by_mistake_is_restored: Cure {
        arrange: void_since,
        by_hand: |town| says(town, STATES, &[row("N-1", "unpaid")]),
        ..of("status.void", "retry")
    };
    a_currency_that_the_ledger_does_not_keep_is_added: Cure {
        file: &[("currency", "USD")],
        arrange: |town| {
            says(town, HEAD, &[row("N-1", "invoice").replace("AUD", "USD")]);
            sync(town);
        },
        by_hand: |town| town.xero(json!({"currencies": [{"code": "USD", "rate": "0.65"}]})),
        ..of("currency.not_enabled", "retry")
    };
    a_price_of_more_decimals_than_the_ledger_keeps_is_corrected: Cure {
        arrange: |town| {
            let fine = "N-1,N-1,invoice,2026-07-10,Ann Wharf,AUD,10.12,HIRE,Hire,10.123456,no\n";
            says(town, HEAD, &[fine.to_owned()]);
            sync(town);
        },
        by_hand: |town| says(town, HEAD, &[row("N-1", "invoice")]),
        ..of("encode", "retry")
    };
    what_is_another_kind_of_paper_by_now_is_voided_and_made_as_that: Cure {
        file: KINDS,
        arrange: another_kind,
        number: "N-2",
        by_hand: |town| {
            town.xero(json!({"tamper": {"void_invoice": {"invoice": "N-2"}}}));
            town.minutes(31);
        },
        then: &[("source.kind", "retry")],
        books: &["N-1 AUTHORISED 110.00", "order N-2 110.00"],
        ..of("source.kind", "skip")
    };
    what_is_another_kind_of_paper_by_now_is_made_beside_what_is_left: Cure {
        file: KINDS,
        arrange: |town| {
            another_kind(town);
            town.run(&["skip", "acme", "invoice:N-2", "--why", "it stays"]);
        },
        number: "purchase_order:N-2",
        books: &["N-1 AUTHORISED 110.00", "N-2 AUTHORISED 110.00", "order N-2 110.00"],
        ..of("source.kind", "retry")
    };
    a_number_of_an_order_is_given_away: Cure {
        file: KINDS,
        arrange: |town| order_is_refused(town, "Order number must be unique"),
        by_hand: heals,
        number: "purchase_order:PO-1",
        books: &["order PO-1 110.00"],
        ..of("xero.order_number_taken", "retry")
    };
    a_number_of_a_deleted_order_is_not_used: Cure {
        file: KINDS,
        arrange: |town| order_is_refused(town, "Deleted PurchaseOrders cannot be updated"),
        by_hand: heals,
        number: "purchase_order:PO-1",
        books: &["order PO-1 110.00"],
        ..of("xero.order_deleted", "retry")
    };
    more_than_the_invoice_comes_to_went_back_and_is_entered_by_hand: Cure {
        file: &[NOTES],
        arrange: more_went_back,
        by_hand: |town| enters_note(town, "150.00"),
        number: "1041",
        books: &["1041 PAID 110.00", "note 150.00", "payment 110.00 on 1041", "payment 150.00 on CN-0001"],
        ..of("refund.too_large", "settle")
    };
    what_went_back_is_corrected_in_the_source: Cure {
        file: &[NOTES],
        arrange: more_went_back,
        by_hand: |town| says(town, MONEY, &[hire(), money("88", "110.00"), money("90", "-110.00")]),
        number: "1041",
        books: &["1041 PAID 110.00", "note 110.00", "payment 110.00 on 1041", "payment 110.00 on 1041-R90"],
        ..of("refund.too_large", "retry")
    };
}
