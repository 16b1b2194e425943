//! The proof must find what is wrong: a cent, a payment, a second invoice.
//!
//! The ledger here is filled by hand through the fake Xero's seed, exactly as the demo's orders demand,
//! and then tampered with through its control plane.

use chrono::{DateTime, NaiveDate, Utc};
use crossfoot::sandbox::agree::{Pairing, Report, SourceBook, Told, agree, pairing};
use crossfoot::sandbox::demo::{End, World, world};
use crossfoot::sandbox::keap::{Keap, KeapOptions};
use crossfoot::sandbox::kickserv::Kickserv;
use crossfoot::sandbox::wire::System;
use crossfoot::sandbox::xero::{Options, Xero};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn now() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(2026, 11, 20)
        .unwrap()
        .and_hms_opt(9, 0, 0)
        .unwrap()
        .and_utc()
}

struct Books {
    world: World,
    keap: Keap,
    kickserv: Kickserv,
    xero: Xero,
}

/// The books of a perfect bookkeeper, who enters each invoice that belongs in the ledger by hand.
fn books() -> Books {
    let mut world = world(3, 0, now().date_naive());
    // Those of the other ledger are entered by the demo's own run: see `demo_story`.
    world.tenants.retain(|t| t.ledger == "xero");
    let (mut keap, mut xero) = (
        Keap::new(&KeapOptions::default()),
        Xero::new(Options::default()),
    );
    let mut kickserv = Kickserv::default();
    keap.seed(&world.keap, now()).unwrap();
    kickserv.seed(&world.kickserv, now()).unwrap();
    xero.seed(&world.xero, now()).unwrap();
    for tenant in &world.tenants {
        let posted: Vec<Value> = tenant
            .expectations
            .orders
            .iter()
            .flat_map(by_hand)
            .collect();
        let invoices: Vec<&Value> = posted.iter().filter(|v| v["Type"] == "ACCREC").collect();
        let notes: Vec<&Value> = posted
            .iter()
            .filter(|v| v["Type"] == "ACCRECCREDIT")
            .collect();
        let payments: Vec<&Value> = posted
            .iter()
            .filter(|v| v.get("Amount").is_some())
            .collect();
        let seed = json!({"organisations": [{
            "name": tenant.title, "period_lock_date": null, "contacts": [{"Name": "By hand"}],
            "invoices": invoices, "credit_notes": notes, "payments": payments,
        }]});
        xero.seed(&seed, now()).unwrap();
    }
    Books {
        world,
        keap,
        kickserv,
        xero,
    }
}

fn by_hand(order: &crossfoot::sandbox::demo::Expected) -> Vec<Value> {
    let End::Posted(p) = &order.end else {
        return Vec::new();
    };
    let lines = json!([{"Description": "by hand", "Quantity": 1, "UnitAmount": p.total.to_string(),
                        "TaxAmount": p.tax.to_string(), "AccountCode": "200"}]);
    let head = json!({"Contact": {"Name": "By hand"}, "Date": "2026-11-01", "DueDate": "2026-11-30",
                      "Status": "AUTHORISED", "LineAmountTypes": "Inclusive", "LineItems": lines});
    let mut invoice = head.clone();
    invoice["Type"] = json!("ACCREC");
    invoice["InvoiceNumber"] = json!(order.number);
    let mut out = vec![invoice];
    if !p.credited.is_zero() {
        let mut note = head;
        note["Type"] = json!("ACCRECCREDIT");
        note["CreditNoteNumber"] = json!(format!("{}-R", order.number));
        note["Reference"] = json!(order.number);
        note["LineItems"][0]["UnitAmount"] = json!(p.credited.to_string());
        out.push(note);
    }
    let mut left = p.paid;
    for n in 0..p.payments {
        let part = if n + 1 == p.payments {
            left
        } else {
            (p.paid / rust_decimal::Decimal::from(p.payments as u64)).round_dp(2)
        };
        left -= part;
        out.push(json!({"Invoice": {"InvoiceNumber": order.number}, "Account": {"Code": "090"}, "Date": "2026-11-02",
                        "Amount": part.to_string()}));
    }
    out
}

fn compare(books: &Books, told: Option<(&str, &BTreeMap<String, Told>)>) -> Report {
    let states = BTreeMap::from([
        ("keap", books.keap.state()),
        ("kickserv", books.kickserv.state()),
        ("xero", books.xero.state()),
    ]);
    let pairings: Vec<Pairing<'_>> = (books.world.tenants.iter())
        .map(|t| {
            let told = told.filter(|(name, _)| *name == t.name);
            pairing(&books.world, t, &states, told.map(|(_, told)| told))
        })
        .collect();
    agree(&pairings)
}

fn tamper(books: &mut Books, tenant: &str, change: Value) {
    let title = books
        .world
        .tenants
        .iter()
        .find(|t| t.name == tenant)
        .unwrap()
        .title
        .clone();
    books
        .xero
        .seed(
            &json!({"organisations": [{"name": title, "tamper": change}]}),
            now(),
        )
        .unwrap();
}

/// The number of a tenant's first order that ends posted and paid.
fn paid_order(books: &Books, tenant: &str) -> String {
    let tenant = books
        .world
        .tenants
        .iter()
        .find(|t| t.name == tenant)
        .unwrap();
    let paid = tenant
        .expectations
        .orders
        .iter()
        .find(|o| matches!(&o.end, End::Posted(p) if p.payments == 1));
    paid.unwrap().number.clone()
}

fn found(report: &Report, tenant: &str) -> Vec<(&'static str, String)> {
    let tenant = report.tenants.iter().find(|t| t.tenant == tenant).unwrap();
    tenant
        .findings
        .iter()
        .map(|f| (f.what, f.number.clone()))
        .collect()
}

#[test]
fn the_books_of_a_perfect_bookkeeper_agree() {
    let report = compare(&books(), None);
    assert!(report.agrees(), "{report}");
    insta::assert_snapshot!(report.to_string());
}

#[test]
fn one_cent_is_found() {
    let mut books = books();
    let number = paid_order(&books, "blue-gum");
    tamper(
        &mut books,
        "blue-gum",
        json!({"invoice_total": {"invoice": number, "by": "0.01"}}),
    );
    let report = compare(&books, None);
    assert!(!report.agrees());
    assert!(
        found(&report, "blue-gum").contains(&("total.differs", number)),
        "{report}"
    );
    assert!(found(&report, "harbour-lane").is_empty());
}

#[test]
fn a_deleted_payment_is_found() {
    let mut books = books();
    let number = paid_order(&books, "cedar-press");
    tamper(
        &mut books,
        "cedar-press",
        json!({"delete_payment": {"invoice": number}}),
    );
    let report = compare(&books, None);
    assert!(!report.agrees());
    assert_eq!(found(&report, "cedar-press"), [("payment.deleted", number)]);
}

#[test]
fn a_second_invoice_is_found() {
    let mut books = books();
    let number = paid_order(&books, "sakura-tea");
    tamper(
        &mut books,
        "sakura-tea",
        json!({"duplicate_invoice": {"invoice": number}}),
    );
    let report = compare(&books, None);
    assert!(!report.agrees());
    assert_eq!(
        found(&report, "sakura-tea"),
        [("doubled", format!("{number}-copy"))]
    );
}

#[test]
fn a_voided_or_vanished_invoice_is_found() {
    for change in ["void_invoice", "remove_invoice"] {
        let mut books = books();
        let tenant = books
            .world
            .tenants
            .iter()
            .find(|t| t.name == "thames-kitchens")
            .unwrap();
        let unpaid = tenant
            .expectations
            .orders
            .iter()
            .find(|o| matches!(&o.end, End::Posted(p) if p.payments == 0));
        let number = unpaid.unwrap().number.clone();
        tamper(
            &mut books,
            "thames-kitchens",
            json!({change: {"invoice": number}}),
        );
        let report = compare(&books, None);
        assert_eq!(found(&report, "thames-kitchens"), [("missing", number)]);
    }
}

#[test]
fn an_order_that_was_held_and_got_in_all_the_same_is_found() {
    let mut books = books();
    let tenant = books
        .world
        .tenants
        .iter()
        .find(|t| t.name == "southern-lifts")
        .unwrap();
    let held = tenant
        .expectations
        .orders
        .iter()
        .find(|o| matches!(o.end, End::Held(_)))
        .unwrap();
    let number = held.number.clone();
    let title = tenant.title.clone();
    let invoice = json!({"Type": "ACCREC", "InvoiceNumber": number, "Contact": {"Name": "By hand"}, "Date": "2026-11-01",
        "DueDate": "2026-11-30", "Status": "AUTHORISED",
        "LineItems": [{"Description": "x", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200"}]});
    books
        .xero
        .seed(
            &json!({"organisations": [{"name": title, "invoices": [invoice]}]}),
            now(),
        )
        .unwrap();
    let report = compare(&books, None);
    assert_eq!(
        found(&report, "southern-lifts"),
        [("posted.unexpectedly", number)]
    );
}

#[test]
fn what_the_product_says_is_held_against_what_should_be() {
    let books = books();
    let tenant = books
        .world
        .tenants
        .iter()
        .find(|t| t.name == "harbour-lane")
        .unwrap();
    let mut told: BTreeMap<String, Told> = BTreeMap::new();
    for order in &tenant.expectations.orders {
        // An invoice whose refund waits for a person is in the ledger, and in sight as held.
        let waits = match &order.end {
            End::Posted(p) => p.loose.iter().find(|l| l.held).map(|l| l.code.code),
            _ => None,
        };
        let (state, code) = match (&order.end, waits) {
            (_, Some(code)) => ("held", code),
            (End::Posted(_), None) => ("posted", ""),
            (End::Skipped(c) | End::Held(c), _) => (order.end.word(), c.code),
        };
        let said = Told {
            state: state.to_owned(),
            code: code.to_owned(),
            rule: String::new(),
        };
        told.insert(order.number.clone(), said);
    }
    assert!(compare(&books, Some(("harbour-lane", &told))).agrees());
    let held = tenant
        .expectations
        .orders
        .iter()
        .find(|o| o.end.word() == "held")
        .unwrap();
    told.get_mut(&held.number).unwrap().code = "something.else".to_owned();
    let report = compare(&books, Some(("harbour-lane", &told)));
    assert_eq!(
        found(&report, "harbour-lane"),
        [("end.differs", held.number.clone())]
    );
}

#[test]
fn a_book_that_cannot_be_read_does_not_agree() {
    let books = books();
    let (source, ledger) = (json!({}), books.xero.state());
    let tenant = &books.world.tenants[0];
    let report = agree(&[Pairing {
        source: SourceBook::Keap {
            state: &source,
            application: &tenant.name,
        },
        ledger: &ledger,
        organisation: &tenant.title,
        expectations: &tenant.expectations,
        told: None,
    }]);
    assert!(!report.agrees());
    assert_eq!(report.tenants[0].findings[0].what, "book.unreadable");
    assert!(!agree(&[]).agrees(), "no books agree with nothing");
}
