//! What is left out on purpose: invoices already there, payments that would overpay, totals of zero.

use super::bed::{
    Bed, amount, doc, end, file, gst, hire, item, order, paid, shop, skipped, synced, text, total,
    verified, with,
};
use crossfoot::model::{Became, DocState, Kind};
use serde_json::json;

#[tokio::test]
async fn an_invoice_that_is_already_there_is_left_alone_and_its_money_still_comes() {
    let bed = Bed::new(&file(&[("skip", "{ already_synced: true }")]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    // The order is edited, even to what could not be posted, and some of it is paid.
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")], "add_payments": [paid("50.00", "2026-07-14")]}]}));
    let done = synced(&engine).await;
    assert_eq!(done.run.counts.of(Kind::Invoice, Became::Updated), 0);
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("110.00"));
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
    // What is owed is what the ledger's copy says, not the edited order: 60.00 and not 170.00.
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("100.00", "2026-07-15")]}]}));
    synced(&engine).await;
    assert_eq!(bed.payments(), 1, "more than the 60.00 that is owed");
}

#[tokio::test]
async fn a_rule_that_leaves_out_what_is_there_already_leaves_the_ledgers_copy_alone() {
    let bed = Bed::new(&file(&[("rules", "[rules/leave.rhai]")]));
    bed.rule(
        "leave.rhai",
        "fn select(invoice) { if invoice.in_ledger { return skip(\"later edits are made by hand\"); } keep() }",
    );
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")], "add_payments": [paid("50.00", "2026-07-14")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("110.00"));
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn a_payment_that_would_overpay_is_skipped_and_the_others_go() {
    let bed = Bed::new(&file(&[("overpayment", "skip")]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [paid("60.00", "2026-07-11"), paid("60.00", "2026-07-12"), paid("50.00", "2026-07-13")]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let amounts: Vec<_> = bed.money().into_iter().map(|p| (p.0, p.1)).collect();
    assert_eq!(
        amounts,
        [
            ("50".to_owned(), "2026-07-13".to_owned()),
            ("60".to_owned(), "2026-07-11".to_owned())
        ]
    );
    verified(&engine, "1041").await;
    use crossfoot::pipeline::ports::Documents as _;
    let row = doc(&engine, "1041").await;
    let note = engine
        .store()
        .decision(&super::bed::tenant(), &row.key)
        .await
        .unwrap()
        .unwrap();
    let skipped: Vec<_> = note
        .payments
        .iter()
        .filter(|p| p.state == "skipped")
        .collect();
    assert_eq!(skipped.len(), 1);
    let why = skipped[0].reason.clone().unwrap();
    assert_eq!(why.code, "skip.overpayment");
    assert!(
        why.what.contains("more than the 50.00 that is owed"),
        "{why}"
    );
}

#[tokio::test]
async fn or_it_is_held() {
    let bed = Bed::new(&file(&[("overpayment", "hold")]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [paid("130.00", "2026-07-11")]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    // The invoice went; what is held is the payment, and the document says so.
    assert_eq!((bed.invoices(), bed.payments()), (1, 0));
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Held, "skip.overpayment".to_owned())
    );
}

#[tokio::test]
async fn a_total_of_zero_is_skipped_and_a_paid_invoice_is_not() {
    let bed = Bed::new(&file(&[("skip", "{ zero_total: true }")]));
    let free = json!({"items": [hire("1"), item("DISCOUNT", "With our apologies", "100.00"), gst("0.00")]});
    bed.keap(shop(vec![
        with(order(1, 1041, "2026-07-10"), free),
        with(
            order(2, 1042, "2026-07-10"),
            json!({"payments": [paid("110.00", "2026-07-10")]}),
        ),
    ]));
    let engine = bed.engine().await;
    synced(&engine).await;
    skipped(&engine, "1041", "skip.zero_total").await;
    verified(&engine, "1042").await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
    assert_eq!(text(&bed.invoice("1042").unwrap(), "Status"), "PAID");
    // The switch off, the one of zero goes as well.
    bed.tenant(&file(&[]));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("0"));
}

#[tokio::test]
async fn what_keaps_own_quickbooks_sync_made_is_not_sent_on() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"source_type": "QUICKBOOKS"}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    skipped(&engine, "1041", "skip.made_by_integration").await;
    assert_eq!(bed.invoices(), 0);
}
