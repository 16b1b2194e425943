//! Money: of one customer and one currency; what the company makes of a tax is compared before any of it goes.

use super::Desk;
use super::edits::others;
use crate::bed::{
    amount, dec, doc, gst, held, hire, order, paid, retried, shop, synced, verified, with,
};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::desk::settle::{WordAsk, look, settle};
use serde_json::{Value, json};

/// A company with several currencies, whose own is the Australian dollar.
fn several(shop: Value, file: &str) -> Desk {
    let company = json!({"country": "AU", "currencies": ["USD", "EUR"]});
    Desk::of(file, company, shop)
}

/// A customer's currency is fixed: a document in another is held before it is sent.
#[tokio::test]
async fn a_document_in_another_currency_than_its_customer_is_held() {
    let desk = several(shop(vec![order(1, 1041, "2026-07-10")]), super::AUSTRALIA);
    let jo = json!({"DisplayName": "Jo Harbour", "PrimaryEmailAddr": {"Address": "jo@harbour.example"}, "CurrencyRef": {"value": "EUR"}});
    desk.company(json!({"rows": {"Customer": [jo]}}));
    let engine = desk.engine().await;
    synced(&engine).await;
    held(&engine, "1041", "contact.currency", "EUR", "").await;
    assert_eq!(desk.counts(), [1, 0, 0, 0]);
    // Nobody has used it yet, so that a person can still change it.
    desk.person(json!({"update": {"Customer": {"Id": "1", "CurrencyRef": {"value": "AUD"}}}}));
    desk.bed.minutes(30);
    retried(&engine).await;
    verified(&engine, "1041").await;
}

/// What is made is made in the currency of its document, and not in the company's own.
#[tokio::test]
async fn a_new_customer_is_made_in_the_currency_of_its_document() {
    let mut orders = shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [paid("50.00", "2026-07-11")]}),
    )]);
    orders["currency"] = json!("USD");
    let file = super::AUSTRALIA
        .replace("currency: AUD", "currency: USD")
        .replace("name: \"Checking\"", "name: \"Undeposited Funds\"");
    let desk = several(orders, &file);
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    for entity in ["Customer", "Invoice", "Payment"] {
        assert_eq!(
            desk.only(entity)["CurrencyRef"]["value"],
            json!("USD"),
            "{entity}"
        );
    }
    assert_eq!(dec(&desk.only("Invoice")["Balance"]), amount("60"));
}

/// People gave our invoice to another customer: our money names that one, else it would stay unapplied.
#[tokio::test]
async fn a_payment_is_of_the_customer_whose_the_invoice_is() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    desk.company(json!({"rows": {"Customer": [{"DisplayName": "Harbour Holdings"}]}}));
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    let id = desk.only("Invoice")["Id"].clone();
    desk.person(json!({"update": {"Invoice": {"Id": id, "CustomerRef": {"value": "1"}}}}));
    desk.bed.minutes(60 * 7);
    let more = with(paid("110.00", "2026-07-15"), json!({"id": "88"}));
    desk.bed
        .keap_edit(json!({"orders": [{"id": "1", "add_payments": [more]}]}));
    synced(&engine).await;
    let payment = desk.only("Payment");
    assert_eq!(payment["CustomerRef"]["value"], json!("1"));
    assert_eq!(dec(&payment["UnappliedAmt"]), amount("0"));
    assert_eq!(dec(&desk.only("Invoice")["Balance"]), amount("0"));
}

/// They do so while our payment is on its way: the company takes it, puts it to nothing, and that is told.
#[tokio::test]
async fn a_payment_that_stays_unapplied_is_told() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    desk.company(json!({"rows": {"Customer": [{"DisplayName": "Harbour Holdings"}]}}));
    let engine = desk.engine().await;
    synced(&engine).await;
    let id = desk.only("Invoice")["Id"].clone();
    desk.bed.minutes(30);
    let more = with(paid("110.00", "2026-07-15"), json!({"id": "88"}));
    desk.bed
        .keap_edit(json!({"orders": [{"id": "1", "add_payments": [more]}]}));
    let moved = json!({"update": {"Invoice": {"Id": id, "CustomerRef": {"value": "1"}}}});
    desk.between("/payment", moved);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.unapplied",
        "0.00 of it",
        "by hand",
    )
    .await;
    assert_eq!(dec(&desk.only("Payment")["UnappliedAmt"]), amount("110"));
}

/// The source gives an order to another customer: the invoice moves, and loses nothing else.
#[tokio::test]
async fn an_invoice_is_moved_to_another_customer() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    let before = desk.only("Invoice");
    desk.bed.minutes(30);
    desk.bed
        .keap_edit(json!({"orders": [{"id": "1", "set": {"contact_id": "8"}}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    let after = desk.only("Invoice");
    assert_eq!(after["CustomerRef"]["name"], json!("Sam Quay"));
    let moved = ["CustomerRef", "Line", "BillEmail", "BillAddr", "ShipAddr"];
    assert_eq!(others(&after, &moved), others(&before, &moved));
    assert_eq!(desk.counts(), [2, 1, 0, 0]);
}

/// With money on it, it does not move: the payment would stay behind.
#[tokio::test]
async fn a_paid_invoice_is_not_moved() {
    let order = with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [paid("50.00", "2026-07-11")]}),
    );
    let desk = Desk::australia(shop(vec![order]));
    let engine = desk.engine().await;
    synced(&engine).await;
    desk.bed.minutes(30);
    desk.bed
        .keap_edit(json!({"orders": [{"id": "1", "set": {"contact_id": "8"}}]}));
    synced(&engine).await;
    held(&engine, "1041", "update.locked", "contact", "").await;
    assert_eq!(
        desk.only("Invoice")["CustomerRef"]["name"],
        json!("Jo Harbour")
    );
}

/// A company whose tax is made by address, whatever code is sent: California asks 9 %, and the source's tax is 8 %.
fn automated(payments: Value) -> Desk {
    automated_by(&super::states(), payments)
}

fn automated_by(file: &str, payments: Value) -> Desk {
    let mut shop = shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"items": [hire("1"), gst("8.00")], "payments": payments}),
    )]);
    shop["currency"] = json!("USD");
    let company = json!({"country": "US", "automated_sales_tax": true, "may_override_tax": true,
        "address": {"Line1": "1 Pier", "City": "Oakland", "CountrySubDivisionCode": "CA", "PostalCode": "94607"},
        "sales_tax": [{"state": "CA", "rates": [{"name": "California", "rate": "9"}]}]});
    Desk::of(file, company, shop)
}

/// The company makes another tax than the source states: held with both figures, and no money goes to it.
#[tokio::test]
async fn another_tax_than_the_sources_holds_the_money() {
    let desk = automated(json!([paid("108.00", "2026-07-11")]));
    let engine = desk.engine().await;
    for _ in 0..3 {
        synced(&engine).await;
        let reason = doc(&engine, "1041").await.reason.expect("held");
        assert_eq!(reason.code, "posted.total_differs", "{reason}");
        for figure in ["108", "109"] {
            assert!(reason.what.contains(figure), "{reason}");
        }
        assert_eq!(desk.counts(), [1, 1, 0, 0], "no money goes");
        desk.bed.minutes(60 * 7);
    }
    // Retry alone ends nothing: the two books still differ.
    retried(&engine).await;
    held(&engine, "1041", "posted.total_differs", "109", "by hand").await;
    assert_eq!(desk.counts(), [1, 1, 0, 0]);
    // A person puts the source's tax there, as the company lets them.
    let id = desk.only("Invoice")["Id"].clone();
    desk.person(json!({"update": {"Invoice": {"Id": id, "TxnTaxDetail": {"TotalTax": 8.00}}}}));
    desk.bed.minutes(30);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(desk.counts(), [1, 1, 0, 1]);
    assert_eq!(dec(&desk.only("Invoice")["Balance"]), amount("0"));
}

/// A person says that the company's own tax is right: the money goes, and what is left open there is told with both figures.
#[tokio::test]
async fn another_tax_than_the_sources_is_right_by_a_persons_word() {
    let desk = automated(json!([paid("108.00", "2026-07-11")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "posted.total_differs",
        "109",
        "crossfoot settle",
    )
    .await;
    let loaded = engine.workspace().load(&crate::bed::tenant()).unwrap();
    let ask = WordAsk::document("1041", "their tax is right", "jo@acme.example");
    let seen = look(&engine, &loaded, ask).await;
    let seen = seen.unwrap_or_else(|e| panic!("{}", e.what));
    assert_eq!(seen.told().map(|e| e.amount), Some(amount("109.00")));
    let said = settle(&engine, ask, seen).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    for _ in 0..2 {
        synced(&engine).await;
        let row = doc(&engine, "1041").await;
        let ends = [DocState::Settled, DocState::Verified];
        assert!(ends.contains(&row.state), "{:?}", row.reason);
        assert_eq!(desk.counts(), [1, 1, 0, 1]);
        assert_eq!(dec(&desk.only("Invoice")["Balance"]), amount("1"));
        desk.bed.minutes(60 * 7);
    }
    // The source says otherwise: the word was about what was shown.
    desk.bed
        .keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("16.00")]}]}));
    synced(&engine).await;
    held(&engine, "1041", "settled.changed", "changed", "settle").await;
}

/// The tenant's file takes the company's own tax: the money goes by what the invoice comes to there, and both figures are told.
#[tokio::test]
async fn another_tax_than_the_sources_goes_through_by_the_tenants_word() {
    let file = format!("{}guard: {{ totals: ledger }}\n", super::states());
    let desk = automated_by(&file, json!([paid("108.00", "2026-07-11")]));
    let engine = desk.engine().await;
    for _ in 0..2 {
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(desk.counts(), [1, 1, 0, 1]);
        assert_eq!(dec(&desk.only("Invoice")["Balance"]), amount("1"));
        let row = doc(&engine, "1041").await;
        let acme = crate::bed::tenant();
        let note = engine.store().decision(&acme, &row.key).await;
        let note = note.unwrap().unwrap();
        let told = note
            .warnings
            .iter()
            .find(|w| w.code == "posted.total_taken");
        let told = &told.unwrap_or_else(|| panic!("{:?}", note.warnings)).what;
        assert!(told.contains("108") && told.contains("109"), "{told}");
        let balance = note.balance.unwrap();
        assert_eq!((balance.ledger, balance.rest()), (amount("1"), amount("0")));
        desk.bed.minutes(60 * 7);
        desk.bed
            .keap_edit(json!({"orders": [{"id": "1", "set": {"notes": "call before noon"}}]}));
    }
}

/// Where it makes the same tax, money goes at once.
#[tokio::test]
async fn the_same_tax_lets_the_money_go() {
    let desk = automated(json!([paid("108.00", "2026-07-11")]));
    desk.company(json!({"sales_tax": [{"state": "CA", "postal": "94", "rates": [{"name": "Oakland", "rate": "8"}]}]}));
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(desk.counts(), [1, 1, 0, 1]);
}
