//! The ways of signing in, what is read of a record, and how one is found by its number.

use super::{Shelf, api, invoice, numbers, read};
use crossfoot::connectors::{CallError, System as _};
use crossfoot::model::{DocStatus, PaymentKind};
use rust_decimal::Decimal;
use serde_json::json;

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_key_goes_where_the_description_says() {
    for (auth, word) in [
        ("auth: bearer", "bearer"),
        ("auth: { header: X-Api-Key }", "header"),
        ("auth: { query: key }", "query"),
        ("auth: { basic: both }", "basic"),
        ("auth: none", "none"),
    ] {
        let shelf = Shelf::new(&[("auth: bearer", auth)]);
        shelf.seed(vec![invoice(1, "2026-07-01T00:00:00Z")]);
        shelf.switch("auth", json!(word));
        assert_eq!(
            numbers(&shelf.walk(None).await.unwrap()),
            ["BW-001"],
            "{auth}"
        );
        let name = shelf.described.whose(&shelf.session).await.unwrap();
        assert_eq!(name, "Wren & Sons");
        // Another key is not let in, and what is said of it does not show it.
        shelf.switch(
            "auth",
            json!(if word == "bearer" { "header" } else { "bearer" }),
        );
        let refused = shelf.walk(None).await.unwrap_err();
        assert!(matches!(refused, CallError::Gone { .. }), "{refused:?}");
        assert!(!format!("{refused:?}").contains(api::KEY));
    }
}

#[tokio::test]
async fn an_invoice_is_read_with_its_customer_and_its_payments() {
    let shelf = Shelf::new(&[]);
    shelf.seed(vec![invoice(1, "2026-07-01T00:00:00Z")]);
    shelf.more(json!({"payments": {"b1": [
        {"id": "p1", "state": "settled", "received_on": "2026-07-03", "amount": "60.00", "method": "card"},
        {"id": "p2", "state": "pending", "received_on": "2026-07-04", "amount": "50.00", "method": "card"},
        {"id": "p3", "state": "settled", "received_on": "2026-07-05", "amount": "-10.00", "method": "card"}
    ]}}));
    let page = shelf.walk(None).await.unwrap();
    let one = read(&page, "BW-001");
    assert_eq!(
        (one.reckoned, one.tax, one.stated.subtotal),
        (d("110.00"), Some(d("10.00")), Some(d("100.00")))
    );
    assert_eq!(
        (one.contact.name.as_str(), one.reference.as_str()),
        ("Wren & Sons", "PO 1")
    );
    assert_eq!(
        one.lines[0].quantity.to_string(),
        "2.000",
        "as it was written"
    );
    assert_eq!(one.lines[1].unit_amount, d("20.00"));
    // The source's `open` stands for what is paid in part too.
    assert_eq!(one.status, DocStatus::PartPaid);
    let money: Vec<_> = one.payments.iter().map(|p| (p.kind, p.amount)).collect();
    assert_eq!(
        money,
        [
            (PaymentKind::Payment, d("60.00")),
            (PaymentKind::Refund, d("10.00"))
        ]
    );
    // Everything the vendor said is kept, but for what the description drops.
    let raw = page.records[0].raw.to_string();
    assert!(
        raw.contains("jo@wren.example") && !raw.contains("hush-hush"),
        "{raw}"
    );
    let reader = shelf.described.reader().unwrap();
    let again = reader
        .read_again(&shelf.session.settings, &page.records[0].raw)
        .unwrap();
    assert_eq!(again, page.records[0].document);
    assert_eq!(
        one.fields.get("state").map(String::as_str),
        Some("open"),
        "for rules"
    );
}

#[tokio::test]
async fn amounts_in_cents_follow_the_currency_and_never_pass_a_float() {
    let shelf = Shelf::new(&[(
        "formats: { zone: UTC }",
        "formats: { zone: UTC, amounts: minor }",
    )]);
    let cents = |n: u32, currency: &str| {
        let mut one = invoice(n, "2026-07-01T00:00:00Z");
        one["currency"] = json!(currency);
        for (field, value) in [("net", "10010"), ("vat_total", "1001"), ("total", "11011")] {
            one[field] = serde_json::from_str(value).unwrap();
        }
        one["items"] =
            json!([{"text": "Work", "qty": "1", "price": 10010, "total": 10010, "vat": true}]);
        one
    };
    shelf.seed(vec![cents(1, "AUD"), cents(2, "JPY")]);
    let page = shelf.walk(None).await.unwrap();
    assert_eq!(read(&page, "BW-001").reckoned, d("110.11"));
    assert_eq!(read(&page, "BW-002").reckoned, d("11011"));
    assert_eq!(
        read(&page, "BW-001").lines[0].quantity,
        d("1"),
        "a quantity is no money"
    );
    let exact: serde_json::Value = serde_json::from_str("12345678901234.1234567").unwrap();
    let shelf = Shelf::new(&[]);
    let mut one = invoice(1, "2026-07-01T00:00:00Z");
    one["total"] = exact;
    shelf.seed(vec![one]);
    assert_eq!(
        read(&shelf.walk(None).await.unwrap(), "BW-001").reckoned,
        d("12345678901234.1234567")
    );
}

#[tokio::test]
async fn one_is_found_by_its_id_or_its_number_and_nothing_else_is() {
    let shelf = Shelf::new(&[]);
    shelf.seed(
        (1..=25)
            .map(|n| invoice(n, "2026-07-01T00:00:00Z"))
            .collect(),
    );
    assert_eq!(numbers(&shelf.typed("b7").await.unwrap()), ["BW-007"]);
    assert_eq!(
        numbers(&shelf.typed("BW-023").await.unwrap()),
        ["BW-023"],
        "through the list"
    );
    for odd in [
        "BW-99",
        "../me",
        ".",
        "b7/payments",
        "b7?x=1",
        "b7#",
        "%2e%2e",
    ] {
        let page = shelf.typed(odd).await.unwrap();
        assert!(page.records.is_empty() && page.bad.is_empty(), "{odd}");
    }
}
