//! Klipboard and InvoiceASAP, whose contracts are assumed: what their descriptions read reaches Xero.

use super::shop::Shop;
use crossfoot::model::DocState;
use serde_json::{Value, json};

const RATES: &str =
    "tax: { codes: { GST on Income: OUTPUT, GST Free: EXEMPTOUTPUT, else: hold } }\n";

fn invoice(n: u32) -> Value {
    json!({"id": format!("i{n}"), "number": format!("INV-{n:04}"), "status": "unpaid", "clientId": "c1", "issueDate": "2026-07-10",
    "dueDate": "2026-08-09", "reference": format!("PO {n}"), "lines": [
        {"description": "Crane hire", "quantity": "2", "unitPrice": "75.00", "taxRateId": "t1", "accountCode": "200"},
        {"description": "Rigging", "quantity": "1", "unitPrice": "50.00", "discountPercent": "12.5", "taxRateId": "t1", "accountCode": "260"}
    ]})
}

fn clients() -> Value {
    json!({
        "tax-rates": [{"id": "t1", "name": "GST on Income", "rate": 10}, {"id": "t2", "name": "Odd rate", "rate": 5}],
        "clients": [
            {"id": "c1", "name": "Harbour Cranes", "email": "jo@harbour.example", "billingAddress": {"line1": "1 Quay St", "city": "Sydney"}},
            {"id": "c2", "name": "North Pier", "parentClientId": "c1", "locationName": "North Pier"}]
    })
}

async fn klipboard(invoices: Vec<Value>) -> Shop {
    let mut all = clients();
    all["invoices"] = json!(invoices);
    let shop = Shop::new("klipboard", RATES, "/api/v1", all).await;
    shop.sync().await.unwrap();
    shop
}

#[tokio::test]
async fn klipboard_invoices_with_sites_discounts_and_codes_reach_xero() {
    let mut site = invoice(2);
    site["locationId"] = json!("c2");
    let mut draft = invoice(3);
    draft["status"] = json!("draft");
    let mut paid = invoice(4);
    (paid["status"], paid["amountPaid"]) = (json!("paid"), json!("213.13"));
    let mut void = invoice(5);
    void["status"] = json!("void");
    let shop = klipboard(vec![invoice(1), site, draft, paid, void]).await;
    for number in ["INV-0001", "INV-0002", "INV-0003", "INV-0004"] {
        shop.is_posted(number).await;
        // 150 and 50 less an eighth, and a tenth on top.
        assert_eq!(shop.total(number), "213.13");
    }
    assert_eq!(shop.end("INV-0005").await.0, DocState::Skipped);
    let (one, two, three) = (
        shop.bed.invoice("INV-0001").unwrap(),
        shop.bed.invoice("INV-0002").unwrap(),
        shop.bed.invoice("INV-0003").unwrap(),
    );
    assert_eq!(
        (&one["Contact"]["Name"], &two["Contact"]["Name"]),
        (
            &json!("Harbour Cranes"),
            &json!("Harbour Cranes - North Pier")
        )
    );
    assert_eq!(
        (&one["Status"], &three["Status"]),
        (&json!("AUTHORISED"), &json!("DRAFT"))
    );
    let codes: Vec<&Value> = one["LineItems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| &l["AccountCode"])
        .collect();
    assert_eq!(codes, ["200", "260"]);
    assert_eq!(
        (shop.bed.invoices(), shop.bed.payments()),
        (4, 0),
        "it has no payments"
    );
}

#[tokio::test]
async fn klipboard_holds_what_it_cannot_prove() {
    let mut rate = invoice(1);
    rate["lines"][0]["taxRateId"] = json!("t2");
    let mut code = invoice(2);
    code["lines"][1]["accountCode"] = json!("999");
    let mut cut = invoice(3);
    cut["total"] = json!("999.00");
    let mut gone = invoice(4);
    gone["lines"][0]["taxRateId"] = json!("t9");
    let mut odd = invoice(5);
    odd["status"] = json!("awaiting approval");
    let shop = klipboard(vec![rate, code, cut, gone, odd]).await;
    shop.is_held("INV-0001", "Odd rate").await;
    shop.is_held("INV-0002", "999").await;
    shop.is_held("INV-0003", "").await;
    let bad = shop.unread().await;
    assert!(
        bad.iter()
            .any(|b| b.contains("`rates` has none that is `t9`")),
        "{bad:?}"
    );
    assert!(
        bad.iter().any(|b| b.contains("awaiting approval")),
        "{bad:?}"
    );
    assert_eq!(shop.bed.invoices(), 0);
    // Put right there, they go.
    shop.bed.clock.advance(chrono::Duration::hours(1));
    shop.enter(json!({ "invoices": [invoice(4), invoice(5)] }));
    shop.sync().await.unwrap();
    shop.is_posted("INV-0004").await;
    shop.is_posted("INV-0005").await;
    assert_eq!(shop.unread().await, Vec::<String>::new());
}

#[tokio::test]
async fn klipboard_pages_are_read_to_their_end_and_a_false_total_is_told() {
    let shop = klipboard((1..=230).map(invoice).collect()).await;
    assert_eq!(shop.bed.invoices(), 230);
    let shop = klipboard(vec![invoice(1)]).await;
    shop.switch("total_lies", json!(true));
    shop.later(25 * 60).await;
    let bad = shop.unread().await;
    assert!(
        bad.iter().any(|b| b.contains("2 invoices, and gave 1")),
        "{bad:?}"
    );
    // A busy moment is waited for.
    shop.switch("total_lies", json!(false));
    shop.switch("busy", json!(1));
    shop.enter(json!({ "invoices": [invoice(2)] }));
    shop.later(25 * 60).await;
    assert_eq!(shop.bed.invoices(), 2);
}

fn guid(n: u32) -> Value {
    json!({"guid": format!("g{n}"), "number": n.to_string(), "type": "invoice", "customerguid": "u1", "date": "2026-07-10",
        "duedate": "0001-01-01", "status": "sent", "currency": "AUD", "subtotal": "190.00", "tax": "19.00", "total": "209.00",
        "balance": "209.00", "items": [
            {"guid": format!("g{n}a"), "name": "Hire", "description": "Crane hire", "quantity": 2, "price": "75.00", "taxguid": "x1", "discount": "10.00"},
            {"guid": format!("g{n}b"), "name": "Rigging", "sku": "RIG", "quantity": 1, "price": "50.00", "taxguid": "x1", "discount": 0}]})
}

const ASAP: &str = "accounts: [{ sku: RIG, use: \"260\" }, { else: \"200\" }]\n";

async fn asap(invoices: Vec<Value>, payments: Vec<Value>) -> Shop {
    let all = json!({"invoices": invoices, "payments": payments, "taxes": [{"guid": "x1", "name": "GST on Income", "rate": "10"}],
        "customers": [{"guid": "u1", "companyname": "Harbour Cranes", "email": "jo@harbour.example"}]});
    let shop = Shop::new("invoiceasap", &format!("{RATES}{ASAP}"), "", all).await;
    shop.sync().await.unwrap();
    shop
}

#[tokio::test]
async fn invoiceasap_invoices_with_discounts_and_payments_reach_xero() {
    let mut estimate = guid(2);
    estimate["type"] = json!("estimate");
    let mut paid = guid(3);
    (paid["status"], paid["balance"]) = (json!("paid"), json!("0.00"));
    let payment = |n: u32, amount: &str| {
        json!({"guid": format!("p{n}"), "invoiceguid": format!("g{n}"), "amount": amount, "date": "2026-07-12",
        "method": "card", "reference": "R"})
    };
    let shop = asap(
        vec![guid(1), estimate, paid],
        vec![payment(3, "209.00"), payment(9, "1.00")],
    )
    .await;
    shop.is_posted("1").await;
    shop.is_posted("3").await;
    assert_eq!((shop.bed.invoices(), shop.bed.payments()), (2, 1));
    assert_eq!(shop.total("1"), "209");
    let lines = shop.bed.invoice("1").unwrap()["LineItems"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(lines, 3, "what is taken off is a line of its own");
    // A payment that changes nothing of its invoice is found at night.
    let mut later = guid(1);
    (later["balance"], later["modified"]) = (json!("109.00"), json!("2026-07-15T02:00:00Z"));
    shop.enter(json!({"payments": [payment(1, "100.00")], "invoices": [later]}));
    shop.later(25 * 60).await;
    assert_eq!(shop.bed.payments(), 2);
}

#[tokio::test]
async fn an_error_of_invoiceasap_in_a_good_status_is_no_empty_list() {
    let shop = asap(vec![guid(1)], vec![]).await;
    shop.switch("failing", json!("internal"));
    shop.bed.clock.advance(chrono::Duration::hours(25));
    let told = shop.told().await;
    assert!(told.contains("answers with an error"), "{told}");
    shop.is_posted("1").await;
}
