//! Keap: invoices with their payments and contacts, read in bulk, whatever the documents leave open.

use crate::support::{World, noon};
use chrono::Duration;
use crossfoot::connectors::keap::{Keap, check};
use crossfoot::connectors::{Ask, CallError, Cursor, Page, Reads};
use crossfoot::model::{DocStatus, Document, Invoice, Kind, LineKind, PaymentKind, Start};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn changed(cursor: Option<Cursor>) -> Ask {
    Ask::Changed {
        kind: Kind::Invoice,
        cursor,
        since: None,
        start: Start::Beginning,
    }
}

fn invoice_of(document: &Document) -> &Invoice {
    match document {
        Document::Invoice(i) => i,
        other => panic!("{other:?}"),
    }
}

/// Every page from a cursor on; what came last of a record counts.
async fn walk(
    world: &World,
    settings: &[(&str, &str)],
    mut cursor: Option<Cursor>,
) -> (BTreeMap<String, Invoice>, Cursor, usize) {
    let mut all = BTreeMap::new();
    for pages in 1..200 {
        let page = Keap::new()
            .read(&world.keap_with(settings), &changed(cursor))
            .await
            .unwrap();
        assert_eq!(page.bad, []);
        for record in &page.records {
            let invoice = invoice_of(&record.document);
            all.insert(record.number.clone(), invoice.clone());
        }
        if !page.more {
            return (all, page.cursor, pages);
        }
        cursor = Some(page.cursor);
    }
    panic!("the list does not end");
}

/// A shop with one order of each difficult sort.
pub fn shop() -> Value {
    json!({
        "companies": [{"id": "1", "company_name": "Harbour Cranes Pty"}],
        "contacts": [
            {"id": "1", "given_name": "Jo", "family_name": "O'Neill", "company": {"id": "1"},
             "email_addresses": [{"field": "EMAIL1", "email": "jo@harbour.example"}],
             "phone_numbers": [{"field": "PHONE1", "number": "02 5550 1234", "type": "Work"},
                               {"field": "PHONE2", "number": "0400 555 123", "type": "Mobile"}],
             "addresses": [{"field": "BILLING", "line1": "1 Quay St", "locality": "Sydney", "region_code": "AU-NSW", "postal_code": "2000", "country_code": "AUS"}]},
            {"id": "2", "given_name": "Al", "family_name": "Żak"}
        ],
        "products": [{"id": "1", "name": "Tilt tray", "sku": "TIL", "price": "12.50", "taxable": true}],
        "orders": [
            {"id": "101", "invoice_id": "1101", "title": "Everything", "contact_id": "1", "order_time": "2026-07-01T20:00:00Z",
             "items": [
                {"type": "PRODUCT", "product_id": "1", "quantity": 2, "price": "12.50"},
                {"type": "SERVICE", "name": "Driver", "quantity": 1, "price": "80.00"},
                {"type": "DISCOUNT", "name": "Loyal", "quantity": 1, "price": "5.00"},
                {"type": "SHIPPING", "name": "Post", "quantity": 1, "price": "9.95"},
                {"type": "FINANCE_CHARGE", "name": "Late", "quantity": 1, "price": "1.05"},
                {"type": "TIP", "name": "Tip", "quantity": 1, "price": "2.00"},
                {"type": "TAX", "name": "GST", "quantity": 1, "price": "11.10"},
                {"type": "TAX", "name": "State", "quantity": 1, "price": "0.20"}],
             "payments": [{"id": "501", "amount": "50.00", "type": "Credit Card", "time": "2026-07-02T20:00:00Z"},
                          {"id": "502", "amount": "74.30", "type": "Cash", "time": "2026-07-03T01:00:00Z"}]},
            {"id": "102", "invoice_id": "1102", "title": "Plan", "status": "SENT", "contact_id": "2", "order_time": "2026-07-01T00:00:00Z",
             "items": [{"type": "PRODUCT", "product_id": "1", "quantity": 8, "price": "12.50"}],
             "payment_plan": {"plan_start_date": "2026-07-01", "number_of_payments": 2, "days_between_payments": 30,
                "items": [{"due_date": "2026-08-01", "amount_due": "40.00"}, {"due_date": "2026-09-01", "amount_due": "60.00"}]}},
            {"id": "103", "invoice_id": "1103", "title": "Paid back", "contact_id": "2", "order_time": "2026-07-01T00:00:00Z",
             "items": [{"type": "PRODUCT", "product_id": "1", "quantity": 8, "price": "12.50"}],
             "payments": [{"id": "503", "amount": "100.00", "type": "Check", "time": "2026-07-02T00:00:00Z"},
                          {"id": "504", "amount": "30.00", "type": "Refund", "time": "2026-07-05T00:00:00Z", "refund_of": "503"}]},
            {"id": "104", "invoice_id": "1104", "title": "Shared A", "contact_id": "2", "order_time": "2026-07-01T00:00:00Z",
             "items": [{"type": "PRODUCT", "product_id": "1", "quantity": 4, "price": "12.50"}]},
            {"id": "105", "invoice_id": "1105", "title": "Shared B", "contact_id": "2", "order_time": "2026-07-01T00:00:00Z",
             "items": [{"type": "PRODUCT", "product_id": "1", "quantity": 4, "price": "12.50"}]},
            {"id": "106", "invoice_id": "1106", "title": "Back and forth", "contact_id": "2", "order_time": "2026-07-01T00:00:00Z",
             "source_type": "QUICKBOOKS",
             "items": [{"type": "PRODUCT", "product_id": "1", "quantity": 1, "price": "0.00"}, {"type": "TAX", "name": "GST", "quantity": 1, "price": "0.00"}]}
        ],
        "payments": [{"type": "Check", "time": "2026-07-04T00:00:00Z", "parts": [{"order_id": "104", "amount": "20.00"}, {"order_id": "105", "amount": "50.00"}]}]
    })
}

#[tokio::test]
async fn an_order_of_everything_is_read_to_the_cent() {
    let world = World::new();
    world.seed_keap(shop());
    let (all, _, _) = walk(&world, &[], None).await;
    assert_eq!(all.len(), 6);
    let i = &all["1101"];
    assert_eq!((i.order_id.as_str(), i.number.as_str()), ("101", "1101"));
    // 20:00 UTC is the next morning in Sydney.
    assert_eq!(i.date.to_string(), "2026-07-02");
    assert_eq!(
        (i.reckoned, i.tax, i.paid),
        (d("124.30"), Some(d("11.30")), d("124.30"))
    );
    assert_eq!(i.status, DocStatus::Paid);
    let shown: Vec<(LineKind, Decimal)> = i
        .lines
        .iter()
        .map(|l| (l.kind, l.amount.unwrap()))
        .collect();
    assert_eq!(
        shown,
        [
            (LineKind::Product, d("25.00")),
            (LineKind::Service, d("80.00")),
            (LineKind::Discount, d("-5.00")),
            (LineKind::Shipping, d("9.95")),
            (LineKind::FinanceCharge, d("1.05")),
            (LineKind::Tip, d("2.00")),
        ]
    );
    assert_eq!(
        (i.lines[0].sku.as_str(), i.lines[0].taxable),
        ("TIL", Some(true))
    );
    let c = &i.contact;
    assert_eq!(
        (c.name.as_str(), c.company.as_str(), c.email.as_str()),
        ("Jo O'Neill", "Harbour Cranes Pty", "jo@harbour.example")
    );
    assert_eq!(
        (c.phone.as_str(), c.mobile.as_str(), c.billing.city.as_str()),
        ("02 5550 1234", "0400 555 123", "Sydney")
    );
    let p: Vec<(&str, Decimal, String, &str)> = i
        .payments
        .iter()
        .map(|p| {
            (
                p.id.as_str(),
                p.amount,
                p.date.to_string(),
                p.method.as_str(),
            )
        })
        .collect();
    assert_eq!(
        p,
        [
            (
                "501-101",
                d("50.00"),
                "2026-07-03".to_owned(),
                "Credit Card"
            ),
            ("502-101", d("74.30"), "2026-07-03".to_owned(), "Cash"),
        ]
    );
    assert_eq!(
        all["1102"]
            .plan
            .iter()
            .map(|p| p.due.to_string())
            .collect::<Vec<_>>(),
        ["2026-08-01", "2026-09-01"]
    );
    assert_eq!(
        (all["1102"].tax, all["1102"].status),
        (None, DocStatus::Unpaid)
    );
    assert_eq!(
        (all["1106"].tax, all["1106"].made_by.as_str()),
        (Some(d("0")), "quickbooks")
    );
}

#[tokio::test]
async fn whatever_the_documents_leave_open_the_sums_are_right_or_the_order_says_so() {
    let mut runs = 0;
    for unit in ["major", "minor"] {
        for discounts in ["negative_price", "discount_field"] {
            for rows in ["negative", "positive"] {
                for paid in ["net", "gross"] {
                    let world = World::new();
                    let switches = json!({"order_payments_unit": unit, "discounts": discounts, "refund_rows": rows,
                        "total_paid": paid, "list_items": "without", "page_token_at_end": "empty"});
                    world.plane.switch("keap", &switches).unwrap();
                    world.seed_keap(shop());
                    let (all, _, _) = walk(&world, &[], None).await;
                    for (number, invoice) in &all {
                        let told = invoice.fields.get("crossfoot.mismatch");
                        assert_eq!(told, None, "{number} with {switches}");
                    }
                    let back = &all["1103"];
                    let kinds: Vec<(PaymentKind, Decimal)> =
                        back.payments.iter().map(|p| (p.kind, p.amount)).collect();
                    assert_eq!(
                        kinds,
                        [
                            (PaymentKind::Payment, d("100.00")),
                            (PaymentKind::Refund, d("30.00"))
                        ],
                        "{switches}"
                    );
                    assert_eq!(back.paid, d("100.00"), "{switches}");
                    assert_eq!(all["1104"].payments[0].amount, d("20.00"), "{switches}");
                    assert_eq!(all["1105"].payments[0].amount, d("50.00"), "{switches}");
                    assert_ne!(
                        all["1104"].payments[0].id, all["1105"].payments[0].id,
                        "one effect each"
                    );
                    let discount = all["1101"]
                        .lines
                        .iter()
                        .find(|l| l.kind == LineKind::Discount);
                    assert_eq!(discount.unwrap().amount, Some(d("-5.00")), "{switches}");
                    runs += 1;
                }
            }
        }
    }
    assert_eq!(runs, 16);
}

#[tokio::test]
async fn pages_end_and_a_cursor_goes_on_where_it_ended() {
    let world = World::new();
    let contacts = json!([{"id": "1", "given_name": "Jo"}]);
    let order = |i: u32, minute: u32| {
        json!({"id": i.to_string(), "invoice_id": (i + 1000).to_string(), "contact_id": "1", "order_time": "2026-07-01T00:00:00Z",
            "creation_time": format!("2026-07-01T{:02}:{:02}:00Z", minute / 60, minute % 60),
            "modification_time": format!("2026-07-01T{:02}:{:02}:00Z", minute / 60, minute % 60),
            "items": [{"type": "SERVICE", "name": "x", "quantity": 1, "price": "10.00"}]})
    };
    // Sixty orders a minute apart, then forty of one moment, with ten a page.
    let orders: Vec<Value> = (1..=60)
        .map(|i| order(i, i))
        .chain((61..=100).map(|i| order(i, 61)))
        .collect();
    world.seed_keap(json!({"contacts": contacts, "orders": orders}));
    let (all, cursor, pages) = walk(&world, &[("page_size", "10")], None).await;
    assert_eq!(all.len(), 100);
    assert!(pages < 20, "{pages}");
    // Nothing new: at most the last moment's again.
    let before = world.calls();
    let (again, cursor, _) = walk(&world, &[], Some(cursor)).await;
    assert!(again.len() <= 41, "{}", again.len());
    assert!(world.calls() - before <= 4, "{}", world.calls() - before);
    world.clock.advance(Duration::hours(1));
    let now = world.clock_now().to_rfc3339();
    world.seed_keap(json!({"orders": [{"id": "200", "modification_time": now, "invoice_id": "1200", "contact_id": "1", "order_time": "2026-07-01T00:00:00Z",
        "items": [{"type": "SERVICE", "name": "x", "quantity": 1, "price": "10.00"}]}]}));
    let (new, _, _) = walk(&world, &[], Some(cursor)).await;
    assert!(new.contains_key("1200"));
}

#[tokio::test]
async fn an_order_that_changes_while_the_list_is_walked_pushes_none_out() {
    let world = World::new();
    let orders: Vec<Value> = (1..=30).map(|i| json!({"id": i.to_string(), "invoice_id": i.to_string(), "contact_id": "1", "order_time": "2026-07-01T00:00:00Z",
        "modification_time": format!("2026-07-01T00:{i:02}:00Z"),
        "items": [{"type": "SERVICE", "name": "x", "quantity": 1, "price": "10.00"}]})).collect();
    world.seed_keap(json!({"contacts": [{"id": "1", "given_name": "Jo"}], "orders": orders}));
    let mut seen = BTreeMap::new();
    let mut cursor = None;
    for step in 1..40 {
        let page = Keap::new()
            .read(&world.keap_with(&[("page_size", "10")]), &changed(cursor))
            .await
            .unwrap();
        for r in &page.records {
            seen.insert(r.id.0.clone(), step);
        }
        if !page.more {
            break;
        }
        // The first ones of the page just read change, and go to the end.
        let change =
            json!({"patch": {"orders": [{"id": step.to_string(), "set": {"title": "new"}}]}});
        world.seed_keap(change);
        cursor = Some(page.cursor);
    }
    assert_eq!(seen.len(), 30);
}

#[tokio::test]
async fn a_payment_wakes_its_order_even_if_it_does_not_touch_it() {
    let world = World::new();
    world
        .plane
        .switch("keap", &json!({"payment_touches_order": false}))
        .unwrap();
    world.seed_keap(shop());
    let (_, cursor, _) = walk(&world, &[], None).await;
    world.clock.advance(Duration::hours(3));
    let when = (noon() + Duration::hours(3)).to_rfc3339();
    world.seed_keap(json!({"payments": [{"type": "Check", "time": when, "parts": [{"order_id": "102", "amount": "40.00"}]}]}));
    let (new, _, _) = walk(&world, &[], Some(cursor)).await;
    assert_eq!(new["1102"].status, DocStatus::PartPaid);
}

#[tokio::test]
async fn one_invoice_is_found_by_its_invoice_id_and_then_by_its_order_id() {
    let world = World::new();
    world.seed_keap(shop());
    let keap = Keap::new();
    let one = |number: &str| Ask::Typed {
        kind: Kind::Invoice,
        text: number.to_owned(),
    };
    let ids = |page: Page| {
        page.records
            .iter()
            .map(|r| (r.id.0.clone(), r.number.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ids(keap.read(&world.keap(), &one("1101")).await.unwrap()),
        [("101".to_owned(), "1101".to_owned())]
    );
    for asked in ["102", "order-102", " 1102 "] {
        assert_eq!(
            ids(keap.read(&world.keap(), &one(asked)).await.unwrap()),
            [("102".to_owned(), "1102".to_owned())]
        );
    }
    for asked in ["9", "1;id>0", "order-1102", "order-", "order-1;id>0"] {
        let found = ids(keap.read(&world.keap(), &one(asked)).await.unwrap());
        assert!(found.is_empty(), "{asked}: {found:?}");
    }
}

#[tokio::test]
async fn a_stored_record_reads_the_same_again() {
    let world = World::new();
    world.seed_keap(shop());
    let keap = Keap::new();
    let page = keap.read(&world.keap(), &changed(None)).await.unwrap();
    for record in &page.records {
        let stored: Value = serde_json::from_str(&record.raw.to_string()).unwrap();
        assert_eq!(
            keap.read_again(&world.keap().settings, &stored).unwrap(),
            record.document
        );
    }
}

#[tokio::test]
async fn a_thousand_new_invoices_of_four_hundred_contacts_take_thirty_calls_at_most() {
    let world = World::new();
    let contacts: Vec<Value> = (1..=400)
        .map(|i| json!({"id": i.to_string(), "given_name": format!("C{i}")}))
        .collect();
    let orders: Vec<Value> = (1..=1000).map(|i| {
        let when = noon() - Duration::seconds(100_000 - i * 60);
        json!({"id": i.to_string(), "invoice_id": (5000 + i).to_string(), "contact_id": (i % 400 + 1).to_string(),
            "order_time": when.to_rfc3339(), "creation_time": when.to_rfc3339(), "modification_time": when.to_rfc3339(),
            "items": [{"type": "SERVICE", "name": "x", "quantity": 1, "price": "10.00"}, {"type": "TAX", "name": "GST", "quantity": 1, "price": "1.00"}],
            "payments": [{"amount": "11.00", "type": "Check", "time": when.to_rfc3339()}]})
    }).collect();
    world.seed_keap(json!({"contacts": contacts, "orders": orders}));
    let (all, cursor, _) = walk(&world, &[], None).await;
    assert_eq!(all.len(), 1000);
    assert!(
        all.values()
            .all(|i| i.status == DocStatus::Paid && !i.fields.contains_key("crossfoot.mismatch"))
    );
    assert!(
        world.calls() <= 30,
        "{} calls: {:?}",
        world.calls(),
        world.http.calls()
    );
    let before = world.calls();
    walk(&world, &[], Some(cursor)).await;
    assert!(world.calls() - before <= 5, "{:?}", world.http.calls());
}

#[tokio::test]
async fn contacts_are_read_by_the_time_they_changed() {
    let world = World::new();
    world.seed_keap(shop());
    let ask = |cursor| Ask::Changed {
        kind: Kind::Contact,
        cursor,
        since: None,
        start: Start::Beginning,
    };
    let page = Keap::new().read(&world.keap(), &ask(None)).await.unwrap();
    assert_eq!(page.records.len(), 2);
    assert!(!page.more);
    world.clock.advance(Duration::hours(1));
    world.seed_keap(json!({"patch": {"contacts": [{"id": "2", "set": {"given_name": "Ala"}}]}}));
    let page = Keap::new()
        .read(&world.keap(), &ask(Some(page.cursor)))
        .await
        .unwrap();
    let last = page.records.last().unwrap();
    let Document::Contact(c) = &last.document else {
        panic!()
    };
    assert_eq!((last.id.0.as_str(), c.name.as_str()), ("2", "Ala Żak"));
}

#[tokio::test]
async fn credentials_are_checked_and_a_dead_key_ends_the_connection() {
    let world = World::new();
    assert!(!check(&world.keap()).await.unwrap().is_empty());
    let row = crossfoot::connectors::auth::TokenRow::key(
        secrecy::SecretString::from("dead".to_owned()),
        noon(),
    );
    world.tokens.connect(crate::support::who("keap"), row);
    let refused = check(&world.keap()).await;
    assert!(
        matches!(refused, Err(CallError::Gone { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_read_that_fails_is_tried_again_and_a_limit_is_waited_for() {
    let world = World::new();
    world.seed_keap(shop());
    for fault in [
        json!("500_before"),
        json!("drop_after"),
        json!("truncated"),
        json!("html_502"),
        json!("429"),
        json!({"429": {"retry_after": 9}}),
    ] {
        let before = world.clock_now();
        world.fault(json!({"system": "keap", "path_contains": "/orders", "fault": fault}));
        let page = Keap::new().read(&world.keap(), &changed(None)).await;
        assert_eq!(page.unwrap().records.len(), 6, "{fault}");
        assert!(world.clock_now() > before, "{fault}: it waited");
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_read_is_told_and_the_others_come() {
    let settings = crossfoot::connectors::Settings::default();
    let world = World::new();
    world.seed_keap(shop());
    let page = Keap::new()
        .read(&world.keap(), &changed(None))
        .await
        .unwrap();
    let found = page.records.iter().find(|r| r.number == "1101");
    let raw = &found.unwrap().raw;
    for (path, value, wanted) in [
        ("/order/total", Value::Null, "`total` is missing"),
        (
            "/order/total/amount",
            json!("12x"),
            "`total`: `amount` is not an exact number below 10^15",
        ),
        (
            "/order/total/amount",
            json!(12.5),
            "`total` is 12.5, which is not a whole number of the smallest unit",
        ),
        ("/order/total_paid", Value::Null, "`total_paid` is missing"),
        (
            "/order/order_items/0/quantity",
            Value::Null,
            "line 1: `quantity` is missing",
        ),
        (
            "/order/order_items/1/price_per_unit",
            Value::Null,
            "line 2: `price_per_unit` is missing",
        ),
        (
            "/order/order_items/0/price_per_unit/currency_code",
            json!("USD"),
            "line 1: `price_per_unit` is in USD, the order in AUD",
        ),
        (
            "/payments/0/amount",
            Value::Null,
            "payment 501: `amount` is missing",
        ),
        ("/order/id", json!("0"), "`id` is missing"),
        ("/order/order_time", Value::Null, "`order_time` is missing"),
    ] {
        let mut spoilt = raw.clone();
        *spoilt.pointer_mut(path).unwrap() = value;
        assert_eq!(
            Keap::new().read_again(&settings, &spoilt).unwrap_err(),
            wanted,
            "{path}"
        );
    }
    // Cents that are not there are told, not hidden.
    let mut spoilt = raw.clone();
    spoilt["order"]["total"]["amount"] = json!(12431);
    let read = Keap::new().read_again(&settings, &spoilt).unwrap();
    let told = &invoice_of(&read).fields["crossfoot.mismatch"];
    assert_eq!(told, "lines and tax come to 124.30, the order says 124.31");
}
