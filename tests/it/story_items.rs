//! Accounts by SKU: a line takes the account of the ledger's item, and no more unless it is told to.

use super::bed::{
    Bed, file, gst, held, hire, lines, order, retried, shop, synced, text, verified, with,
};
use serde_json::{Value, json};

const BY_SKU: (&str, &str) = ("match", "{ items: { by: sku, use: account } }");

/// Two products that share the SKU HIRE, one whose SKU the ledger does not have.
fn orders() -> Value {
    let line = |product: &str, price: &str| json!({"type": "PRODUCT", "product_id": product, "quantity": 1, "price": price});
    shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"items": [hire("1"), line("3", "150.00"), line("2", "30.00"), gst("25.00")]}),
    )])
}

fn items() -> Value {
    json!({"items": [
        {"Code": "HIRE", "Name": "Hire of cranes", "SalesDetails": {"AccountCode": "201", "UnitPrice": "999.00"}},
        {"Code": "OTHER", "Name": "Something else", "SalesDetails": {"AccountCode": "202"}},
    ]})
}

async fn run(changes: &[(&str, &str)]) -> (Bed, crossfoot::service::Engine) {
    let bed = Bed::new(&file(changes));
    bed.xero(items());
    bed.keap(orders());
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

fn shown(invoice: &Value) -> Vec<(String, String, String)> {
    let codes = invoice["LineItems"].as_array().unwrap();
    lines(invoice)
        .into_iter()
        .zip(codes)
        .map(|(l, of)| (l.0, l.1, text(of, "ItemCode")))
        .collect()
}

fn rows(list: [(&str, &str, &str); 3]) -> Vec<(String, String, String)> {
    list.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()))
        .to_vec()
}

#[tokio::test]
async fn the_account_is_the_items_and_the_text_and_price_stay_keaps() {
    let (bed, engine) = run(&[BY_SKU]).await;
    verified(&engine, "1041").await;
    let invoice = bed.invoice("1041").unwrap();
    assert_eq!(
        shown(&invoice),
        rows([
            ("Crane hire", "201", ""),
            ("Crane hire, weekend", "201", ""),
            // No item has its SKU: the accounts table decides.
            ("Manual", "200", ""),
        ])
    );
    assert_eq!(lines(&invoice)[0].3, super::bed::amount("100.00"));
}

#[tokio::test]
async fn the_second_switch_names_the_item_as_well() {
    let both = (
        "match",
        "{ items: { by: sku, use: account_and_item_code } }",
    );
    let (bed, engine) = run(&[both]).await;
    verified(&engine, "1041").await;
    let invoice = bed.invoice("1041").unwrap();
    assert_eq!(
        shown(&invoice),
        rows([
            ("Crane hire", "201", "HIRE"),
            ("Crane hire, weekend", "201", "HIRE"),
            ("Manual", "200", ""),
        ])
    );
    assert_eq!(super::bed::total(&invoice), super::bed::amount("305.00"));
}

#[tokio::test]
async fn switched_off_the_table_decides_even_where_an_item_has_the_sku() {
    let table = (
        "accounts",
        "[{ sku: \"H*\", use: \"260\" }, { else: \"200\" }]",
    );
    let (bed, _) = run(&[table]).await;
    let invoice = bed.invoice("1041").unwrap();
    let accounts: Vec<_> = lines(&invoice).into_iter().map(|l| l.1).collect();
    assert_eq!(accounts, ["260", "260", "200"]);
}

#[tokio::test]
async fn an_item_beats_the_table() {
    let table = (
        "accounts",
        "[{ sku: \"H*\", use: \"260\" }, { else: \"200\" }]",
    );
    let (bed, _) = run(&[BY_SKU, table]).await;
    let accounts: Vec<_> = lines(&bed.invoice("1041").unwrap())
        .into_iter()
        .map(|l| l.1)
        .collect();
    assert_eq!(accounts, ["201", "201", "200"]);
}

#[tokio::test]
async fn a_sku_without_an_item_may_hold_until_the_item_is_there() {
    let strict = ("match", "{ items: { by: sku, use: account, none: hold } }");
    let (bed, engine) = run(&[strict]).await;
    held(&engine, "1041", "item.none", "`BOOK`", "Add the item").await;
    assert_eq!(bed.invoices(), 0);
    bed.xero(json!({"items": [{"Code": "BOOK", "Name": "Books", "SalesDetails": {"AccountCode": "260"}}]}));
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(lines(&bed.invoice("1041").unwrap())[2].1, "260");
}
