//! When an invoice goes, and from where on: the four modes and the three starts, told through both fakes.

use super::bed::{
    Bed, amount, dec, doc, file, line_at, order, paid, shop, skipped, sync_one, synced, text,
    total, verified, with,
};
use crossfoot::model::DocState;
use serde_json::{Value, json};

/// Three orders: one not paid, one paid in part, one paid in full on the 12th.
fn three() -> Value {
    shop(vec![
        order(1, 1041, "2026-07-10"),
        with(
            order(2, 1042, "2026-07-11"),
            json!({"payments": [paid("40.00", "2026-07-12")]}),
        ),
        with(
            order(3, 1043, "2026-07-11"),
            json!({"payments": [paid("60.00", "2026-07-11"), paid("50.00", "2026-07-12")]}),
        ),
    ])
}

async fn in_mode(sync: &str) -> (Bed, crossfoot::service::Engine) {
    let bed = Bed::new(&file(&[("sync", sync)]));
    bed.keap(three());
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

#[tokio::test]
async fn invoices_as_raised_without_payments() {
    let (bed, engine) = in_mode("{ first_run: post, invoices: when_raised, payments: off }").await;
    assert_eq!((bed.invoices(), bed.payments()), (3, 0));
    for number in ["1041", "1042", "1043"] {
        verified(&engine, number).await;
        let invoice = bed.invoice(number).unwrap();
        assert_eq!(
            (total(&invoice), dec(&invoice["AmountDue"])),
            (amount("110.00"), amount("110.00"))
        );
    }
    // A payment that comes later stays where it is.
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("110.00", "2026-07-14")]}]}));
    synced(&engine).await;
    assert_eq!(bed.payments(), 0);
}

#[tokio::test]
async fn invoices_as_raised_and_payments_as_received() {
    let (bed, engine) =
        in_mode("{ first_run: post, invoices: when_raised, payments: forward }").await;
    let bank = |amount: &str, day: &str, number: &str| {
        (
            amount.to_owned(),
            day.to_owned(),
            "090".to_owned(),
            number.to_owned(),
        )
    };
    assert_eq!(
        bed.money(),
        [
            bank("40", "2026-07-12", "1042"),
            bank("50", "2026-07-12", "1043"),
            bank("60", "2026-07-11", "1043"),
        ]
    );
    assert_eq!(text(&bed.invoice("1043").unwrap(), "Status"), "PAID");
    // The rest of the second comes in, and goes the next time, once.
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "2", "add_payments": [paid("70.00", "2026-07-15")]}]}));
    synced(&engine).await;
    synced(&engine).await;
    assert_eq!((bed.invoices(), bed.payments()), (3, 4));
    let second = bed.invoice("1042").unwrap();
    assert_eq!(
        (text(&second, "Status"), dec(&second["AmountDue"])),
        ("PAID".to_owned(), amount("0"))
    );
    verified(&engine, "1042").await;
}

#[tokio::test]
async fn invoices_with_their_payments_only_once_paid() {
    let (bed, engine) = in_mode("{ first_run: post, invoices: when_paid }").await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 2));
    verified(&engine, "1043").await;
    skipped(&engine, "1041", "mode.not_paid").await;
    skipped(&engine, "1042", "mode.not_paid").await;
    let why = doc(&engine, "1042").await.reason.unwrap();
    assert!(why.what.contains("70.00 AUD is still owed"), "{why}");
    // The day it is paid, it goes.
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "2", "add_payments": [paid("70.00", "2026-07-15")]}]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!((bed.invoices(), bed.payments()), (2, 4));
    assert_eq!(text(&bed.invoice("1042").unwrap(), "Status"), "PAID");
}

#[tokio::test]
async fn no_forward_sync() {
    let (bed, engine) = in_mode("{ first_run: post, invoices: off }").await;
    assert_eq!((bed.invoices(), bed.payments(), bed.contacts()), (0, 0, 0));
    for number in ["1041", "1042", "1043"] {
        skipped(&engine, number, "mode.off").await;
    }
    // Switched on, what was skipped is looked at again.
    bed.tenant(&file(&[]));
    synced(&engine).await;
    assert_eq!((bed.invoices(), bed.payments()), (3, 3));
}

/// Orders whose ids say the opposite of their invoice ids.
fn crossed() -> Value {
    shop(vec![
        order(43, 999, "2026-06-30"),
        order(42, 1000, "2026-07-01"),
        order(41, 1001, "2026-07-02"),
    ])
}

async fn from_start(start: &str) -> (Bed, crossfoot::service::Engine) {
    let sync = format!("{{ first_run: post, start: {start} }}");
    let bed = Bed::new(&file(&[("sync", &sync)]));
    bed.keap(crossed());
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

#[tokio::test]
async fn from_the_beginning() {
    let (bed, _) = from_start("beginning").await;
    assert_eq!(bed.invoices(), 3);
}

#[tokio::test]
async fn from_an_invoice_id_which_is_not_the_order_id_inclusive() {
    // By order id 42 and 43 would go; by invoice id, compared as a number, 1000 and 1001 do.
    let (bed, engine) = from_start("{ invoice: \"1000\" }").await;
    assert_eq!(bed.invoices(), 2);
    verified(&engine, "1000").await;
    verified(&engine, "1001").await;
    skipped(&engine, "999", "start.before").await;
    let why = doc(&engine, "999").await.reason.unwrap();
    let place = why.place.clone().expect("the line that decided");
    assert_eq!(place.file, "mappings/acme.yaml", "{why}");
    assert!(line_at(&bed, &place).contains("start"), "{why}");
}

#[tokio::test]
async fn from_an_invoice_date_inclusive() {
    let (bed, engine) = from_start("{ invoice_date: 2026-07-01 }").await;
    assert_eq!(bed.invoices(), 2);
    verified(&engine, "1000").await;
    verified(&engine, "1001").await;
    skipped(&engine, "999", "start.before").await;
}

#[tokio::test]
async fn the_day_of_an_order_is_that_of_the_business_not_of_greenwich() {
    // Half past midnight on the 1st in Sydney is still the 30th in Greenwich.
    let sync = "{ first_run: post, start: { invoice_date: 2026-07-01 } }";
    let bed = Bed::new(&file(&[("sync", sync)]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-06-30"),
        json!({"order_time": "2026-06-30T14:30:00Z"}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let invoice = bed.invoice("1041").expect("it is of the 1st");
    assert_eq!(super::bed::day(&invoice, "DateString"), "2026-07-01");
}

#[tokio::test]
async fn what_is_open_is_told_by_payments_not_by_keaps_total_due() {
    // Keap's `total_due` is what is due now by its plan: nothing yet. The invoice is neither zero nor paid.
    let plan = json!({"plan_start_date": "2026-09-01", "number_of_payments": 2, "days_between_payments": 30});
    let yaml = file(&[
        ("sync", "{ first_run: post, invoices: when_paid }"),
        ("skip", "{ zero_total: true }"),
    ]);
    let bed = Bed::new(&yaml);
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payment_plan": plan}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    skipped(&engine, "1041", "mode.not_paid").await;
    bed.tenant(&file(&[("skip", "{ zero_total: true }")]));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("110.00"));
}

#[tokio::test]
async fn one_invoice_by_its_id_posts_nothing_else() {
    let bed = Bed::new(&file(&[("sync", "{ first_run: post, approval: manual }")]));
    bed.keap(three());
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(bed.invoices(), 0);
    // Another one is approved and would go at the next sync; only the one asked for goes now.
    super::bed::approve(&engine, "1041").await;
    sync_one(&engine, "1042").await.unwrap();
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
    verified(&engine, "1042").await;
    assert_eq!(doc(&engine, "1041").await.state, DocState::Approved);
    synced(&engine).await;
    assert_eq!(bed.invoices(), 2);
    verified(&engine, "1041").await;
}
