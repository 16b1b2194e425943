//! Contacts of described sources that go by themselves: one is the same whichever list tells it, and none is changed by its invoices.

use super::shop::Shop;
use crate::bed::{synced, text};
use crossfoot::model::{Became, Kind};
use serde_json::{Value, json};

const ALL: &str = "\
tax: { codes: { GST on Income: OUTPUT, GST Free: EXEMPTOUTPUT, else: hold } }\n";

fn clients() -> Value {
    json!([
        {"id": "c1", "name": "Harbour Cranes", "email": "jo@harbour.example", "phone": "02 9000 0001", "taxNumber": "51 824 753 556",
            "billingAddress": {"line1": "1 Quay St", "city": "Sydney", "postcode": "2000"}},
        {"id": "c2", "name": "North Pier", "parentClientId": "c1", "locationName": "North Pier", "billingAddress": {"line1": "Pier 9", "city": "Sydney"}},
        {"id": "c3", "name": "Quay Estates", "email": "sam@quay.example"}])
}

fn invoice(n: u32, site: bool) -> Value {
    let mut made = json!({"id": format!("i{n}"), "number": format!("INV-{n:04}"), "status": "unpaid", "clientId": "c1",
        "issueDate": "2026-07-10", "dueDate": "2026-08-09", "lines": [
            {"description": "Crane hire", "quantity": "2", "unitPrice": "75.00", "taxRateId": "t1", "accountCode": "200"}]});
    if site {
        made["locationId"] = json!("c2");
    }
    made
}

async fn shop(invoices: Vec<Value>) -> Shop {
    let books = json!({"clients": clients(), "invoices": invoices,
        "tax-rates": [{"id": "t1", "name": "GST on Income", "rate": 10}]});
    Shop::told_apart("klipboard", ALL, "/api/v1", books).await
}

#[tokio::test]
async fn clients_and_their_sites_go_and_their_invoices_change_nothing_of_them() {
    let shop = shop(vec![]).await;
    let done = synced(&shop.engine).await;
    assert_eq!(done.run.counts.of(Kind::Contact, Became::Created), 3);
    for id in ["c1", "c2", "c3"] {
        shop.is_posted(&format!("contact:{id}")).await;
    }
    let site = shop.bed.contact("Harbour Cranes - North Pier").unwrap();
    assert_eq!(text(&site, "ContactNumber"), "shop-c2");
    // Of both an invoice is made, and one by one their records are touched.
    shop.enter(json!({"invoices": [invoice(1, false), invoice(2, true)]}));
    for round in 0..3 {
        shop.bed.clock.advance(chrono::Duration::hours(26));
        shop.enter(json!({"clients": [{"id": "c1", "name": "Harbour Cranes"}, {"id": "c2", "name": "North Pier"}]}));
        let done = synced(&shop.engine).await;
        let counts = &done.run.counts;
        assert_eq!(
            counts.of(Kind::Contact, Became::Updated),
            0,
            "{round}: {counts:?}"
        );
        assert_eq!(
            counts.of(Kind::Contact, Became::Created),
            0,
            "{round}: {counts:?}"
        );
    }
    for number in ["INV-0001", "INV-0002", "contact:c1", "contact:c2"] {
        shop.is_posted(number).await;
    }
    assert_eq!(shop.bed.contacts(), 3);
}

#[tokio::test]
async fn a_client_that_is_renamed_is_renamed_with_its_sites_and_one_that_is_not_read_is_told() {
    let shop = shop(vec![invoice(1, true)]).await;
    synced(&shop.engine).await;
    shop.bed.clock.advance(chrono::Duration::hours(1));
    shop.enter(json!({"clients": [{"id": "c1", "name": "Harbour Lifting"}]}));
    synced(&shop.engine).await;
    assert!(shop.bed.contact("Harbour Lifting").is_some());
    // The site's own record did not change: the night's reading sees it.
    shop.bed.clock.advance(chrono::Duration::hours(25));
    synced(&shop.engine).await;
    assert!(shop.bed.contact("Harbour Lifting - North Pier").is_some());
    assert_eq!(shop.bed.contacts(), 3);
    shop.is_posted("contact:c2").await;
}

#[tokio::test]
async fn customers_of_invoiceasap_go_too() {
    let sync = "sync: { first_run: post, contacts: all }\n";
    let accounts =
        "accounts: [{ else: \"200\" }]\ntax: { codes: { GST on Income: OUTPUT, else: hold } }\n";
    let books = json!({"customers": [{"guid": "u1", "companyname": "Harbour Cranes", "email": "jo@harbour.example"}]});
    let shop = Shop::saying("invoiceasap", (sync, accounts), "", books).await;
    synced(&shop.engine).await;
    shop.is_posted("contact:u1").await;
    shop.bed.clock.advance(chrono::Duration::hours(1));
    shop.enter(json!({"customers": [{"guid": "u1", "companyname": "Harbour Lifting"}]}));
    synced(&shop.engine).await;
    assert!(shop.bed.contact("Harbour Lifting").is_some());
    assert_eq!(shop.bed.contacts(), 1);
}
