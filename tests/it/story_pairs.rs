//! A refund and the payment that it gives back, beside what a person has entered in the ledger.

use super::bed::{Bed, doc, file, order, shop, synced, text};
use super::story_balance::{back, decided, money, run, states, sums};
use super::story_overpayment::permit;
use crossfoot::model::DocState;
use serde_json::json;

#[tokio::test]
async fn what_a_person_entered_is_looked_at_before_a_pair_is_left_out() {
    for overpaid in ["hold", "as_overpayment"] {
        let bed = Bed::new(&file(&[("overpayment", overpaid)]));
        permit(&bed);
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = bed.engine().await;
        synced(&engine).await;
        bed.minutes(30);
        let path = text(&bed.invoice("1041").unwrap(), "InvoiceID");
        let body = json!({"Invoice": {"InvoiceID": path}, "Account": {"Code": "090"}, "Date": "2026-07-11", "Amount": "40.00"});
        bed.person("PUT", "Payments", body).await;
        bed.minutes(30);
        bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
            money("80", "40.00", "2026-07-11"), back("90", "80", "40.00", "2026-07-12"), money("100", "110.00", "2026-07-13")]}]}));
        synced(&engine).await;
        let (notes, _) = decided(&engine).await;
        let told = states(&notes);
        assert_eq!(told[0].0, "80");
        assert_ne!(told[0].2, "payment.pair", "{told:?}");
        assert!(
            told.iter().all(|t| t.1 != "posted" && t.1 != "planned"),
            "{told:?}"
        );
        assert_eq!(doc(&engine, "1041").await.state, DocState::Held);
        assert_eq!(sums(&bed), ["40"], "{overpaid}");
    }
    // Where it is the money that stands alone, the two still give each other back.
    let (bed, engine) = run(&[], json!([])).await;
    bed.minutes(30);
    let path = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": path}, "Account": {"Code": "090"}, "Date": "2026-07-13", "Amount": "110.00"});
    bed.person("PUT", "Payments", body).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
        money("80", "110.00", "2026-07-11"), back("90", "80", "110.00", "2026-07-12"), money("100", "110.00", "2026-07-13")]}]}));
    synced(&engine).await;
    let told = states(&decided(&engine).await.0);
    assert_eq!(told[0].2, "payment.pair", "{told:?}");
    assert_eq!(sums(&bed), ["110"]);
}
