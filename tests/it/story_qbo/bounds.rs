//! How few calls a company needs: Intuit meters reads, and forty batches go in a minute.

use super::Desk;
use crate::bed::{paid, synced, verified, with};
use crossfoot::model::Became;
use serde_json::{Value, json};

/// A shop with so many orders, each paid, of so many customers who buy so many things.
fn crowd(orders: u64, contacts: u64, items: u64) -> (Value, Vec<Value>) {
    let contact = |n: u64| {
        json!({"id": (100 + n).to_string(), "given_name": "Jo", "family_name": format!("Harbour {n}"),
            "email_addresses": [{"field": "EMAIL1", "email": format!("jo{n}@harbour.example")}]})
    };
    let product = |n: u64| json!({"id": (500 + n).to_string(), "name": format!("Crane {n}"), "sku": format!("C{n}"), "price": "100.00", "taxable": true});
    let order = |n: u64| {
        let line = json!({"type": "PRODUCT", "product_id": (500 + n % items).to_string(), "quantity": 1, "price": "100.00"});
        let tax = json!({"type": "TAX", "name": "GST", "quantity": 1, "price": "10.00"});
        json!({"id": (1 + n).to_string(), "invoice_id": (5000 + n).to_string(), "title": "Hire",
            "contact_id": (100 + n % contacts).to_string(), "order_time": "2026-07-10T01:00:00Z", "items": [line, tax],
            "payments": [with(paid("110.00", "2026-07-11"), json!({"id": (90_000 + n).to_string()}))]})
    };
    let shop = json!({
        "contacts": (0..contacts).map(contact).collect::<Vec<_>>(),
        "products": (0..items).map(product).collect::<Vec<_>>(),
        "orders": (0..orders).map(order).collect::<Vec<_>>(),
    });
    let item = |n: u64| json!({"Name": format!("Crane {n}"), "Sku": format!("C{n}"), "Type": "Service", "Taxable": true, "IncomeAccountRef": {"value": "1"}});
    (shop, (0..items).map(item).collect())
}

/// Batches, reads, and writes alone, of some requests. A read within a batch is one of the batch's.
fn counted(sent: &[String]) -> (usize, usize, usize) {
    let batches = sent.iter().filter(|p| *p == "/batch").count();
    let alone = ["/customer", "/invoice", "/payment", "/refundreceipt"];
    let writes = sent.iter().filter(|p| alone.contains(&p.as_str())).count();
    (batches, sent.len() - batches - writes, writes)
}

/// Into an empty company; then again, with nothing changed.
async fn goes_in(orders: u64, contacts: u64, items: u64) -> [(usize, usize, usize); 2] {
    let (shop, rows) = crowd(orders, contacts, items);
    let desk = Desk::australia(shop);
    desk.company(json!({"rows": {"Item": rows}}));
    let engine = desk.engine().await;
    let done = synced(&engine).await;
    let first = desk.sent();
    let n = |n: u64| usize::try_from(n).unwrap();
    assert_eq!(
        desk.counts(),
        [n(contacts), n(orders), 0, n(orders)],
        "{:?}",
        done.run.counts
    );
    for at in [0, orders / 2, orders - 1] {
        verified(&engine, &(5000 + at).to_string()).await;
    }
    desk.bed.minutes(30);
    let again = synced(&engine).await;
    assert_eq!(again.run.counts.all(Became::Created), 0);
    let second = desk.sent().split_off(first.len());
    println!(
        "{orders} orders: first {:?}, then {second:?}",
        counted(&first)
    );
    [counted(&first), counted(&second)]
}

#[tokio::test]
async fn a_hundred_invoices_go_in_with_few_calls() {
    let [(batches, reads, writes), (more, again, alone)] = goes_in(100, 30, 10).await;
    // Four of invoices, four of payments, one of customers, one of the chart.
    assert!(
        batches <= 12 && reads <= 12 && writes <= 3,
        "{batches} {reads} {writes}"
    );
    assert!(more + again <= 2 && alone == 0, "{more} {again} {alone}");
}

/// The size that was promised.
#[tokio::test]
#[ignore = "a minute"]
async fn a_thousand_invoices_go_in_within_ninety_batches_and_twenty_five_reads() {
    let [(batches, reads, writes), (more, again, alone)] = goes_in(1000, 300, 100).await;
    assert!(batches <= 90, "{batches} batches");
    assert!(
        reads <= 25 && writes <= 10,
        "{reads} reads, {writes} writes alone"
    );
    assert!(more + again <= 2 && alone == 0, "{more} {again} {alone}");
}
