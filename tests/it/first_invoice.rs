//! One plain invoice goes from Keap to Xero, once, and its payment after it.

use super::bed::{Bed, PLAIN, end, sync, sync_one};
use crossfoot::model::DocState;
use crossfoot::service::EngineError;
use serde_json::json;

fn one_order() -> serde_json::Value {
    json!({
        "contacts": [{"id": "7", "given_name": "Jo", "family_name": "Harbour", "email_addresses": [{"field": "EMAIL1", "email": "jo@harbour.example"}]}],
        "products": [{"id": "1", "name": "Crane hire", "sku": "HIRE", "price": "100.00", "taxable": true}],
        "orders": [{
            "id": "1", "invoice_id": "1041", "title": "Hire", "contact_id": "7", "order_time": "2026-07-10T01:00:00Z",
            "items": [
                {"type": "PRODUCT", "product_id": "1", "name": "Crane hire", "quantity": 2, "price": "100.00"},
                {"type": "TAX", "name": "GST", "quantity": 1, "price": "20.00"}
            ],
            "payments": [{"amount": "50.00", "type": "Check", "pay_status": "MANUAL_PAID", "time": "2026-07-11T01:00:00Z"}]
        }]
    })
}

#[tokio::test]
async fn an_order_becomes_an_invoice_with_its_payment_once() {
    let bed = Bed::new(PLAIN);
    bed.keap(one_order());
    let engine = bed.engine().await;
    let done = sync(&engine).await.unwrap();
    println!("{:#?}", done);
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Verified, String::new())
    );
    let invoice = bed.invoice("1041").expect("posted");
    assert_eq!(
        invoice["Total"]
            .to_string()
            .parse::<rust_decimal::Decimal>()
            .unwrap(),
        rust_decimal::Decimal::new(220, 0)
    );
    assert_eq!(invoice["Status"], json!("AUTHORISED"));
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
    assert_eq!(done.run.counts["created"], 1);

    // Again: nothing is made, and hardly anything is asked.
    let again = sync(&engine).await.unwrap();
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
    assert!(!again.run.counts.contains_key("created"));
    let calls: u64 = again.run.calls.values().sum();
    assert!(calls <= 10, "{:?}", again.run.calls);
}

#[tokio::test]
async fn one_invoice_can_be_tried_before_processing_is_on() {
    let bed = Bed::new(PLAIN);
    bed.keap(one_order());
    let engine = bed.engine_off().await;
    let refused = sync(&engine).await.unwrap_err();
    assert!(
        matches!(
            &refused,
            EngineError::Flow(crossfoot::pipeline::tenant::SyncError::Off(_))
        ),
        "{refused}"
    );
    sync_one(&engine, "1041").await.unwrap();
    assert_eq!(bed.invoices(), 1);
}
