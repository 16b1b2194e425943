//! When an invoice is dated and due: the four cases, and days or months on.

use super::bed::{Bed, day, file, order, paid, shop, synced, verified, with};
use serde_json::{Value, json};

async fn due(changes: &[(&str, &str)], order: Value) -> (String, String) {
    let bed = Bed::new(&file(changes));
    bed.keap(shop(vec![order]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    let invoice = bed.invoice("1041").unwrap();
    (day(&invoice, "DateString"), day(&invoice, "DueDateString"))
}

fn dates(date: &str, due: &str) -> (String, String) {
    (date.to_owned(), due.to_owned())
}

fn plan(more: Value) -> Value {
    let mut plan = json!({"plan_start_date": "2026-07-20", "number_of_payments": 3, "days_between_payments": 30});
    for (k, v) in more.as_object().unwrap() {
        plan[k] = v.clone();
    }
    json!({ "payment_plan": plan })
}

#[tokio::test]
async fn paid_when_it_was_made_it_is_due_that_day() {
    let paid = json!({"payments": [paid("110.00", "2026-07-10")]});
    let paid = with(order(1, 1041, "2026-07-10"), paid);
    assert_eq!(due(&[], paid).await, dates("2026-07-10", "2026-07-10"));
}

#[tokio::test]
async fn paid_in_part_or_later_it_is_not_paid_when_it_was_made() {
    for payments in [
        json!([paid("100.00", "2026-07-10")]),
        json!([paid("110.00", "2026-07-11")]),
    ] {
        let order = with(
            order(1, 1041, "2026-07-10"),
            json!({ "payments": payments }),
        );
        assert_eq!(due(&[], order).await, dates("2026-07-10", "2026-07-24"));
    }
}

#[tokio::test]
async fn with_a_payment_plan_it_is_due_on_its_last_day() {
    let counted = with(order(1, 1041, "2026-07-10"), plan(json!({})));
    assert_eq!(due(&[], counted).await, dates("2026-07-10", "2026-09-18"));
    let listed = plan(json!({"items": [
        {"due_date": "2026-12-01", "amount_due": "60.00"},
        {"due_date": "2026-08-01", "amount_due": "50.00"},
    ]}));
    let listed = with(order(1, 1041, "2026-07-10"), listed);
    assert_eq!(due(&[], listed).await, dates("2026-07-10", "2026-12-01"));
}

#[tokio::test]
async fn else_so_many_days_on() {
    let plain = || order(1, 1041, "2026-07-10");
    assert_eq!(due(&[], plain()).await, dates("2026-07-10", "2026-07-24"));
    let thirty = [("due", "{ else: +30d }")];
    assert_eq!(
        due(&thirty, plain()).await,
        dates("2026-07-10", "2026-08-09")
    );
    let at_once = [("due", "{ else: +0d }")];
    assert_eq!(
        due(&at_once, plain()).await,
        dates("2026-07-10", "2026-07-10")
    );
}

#[tokio::test]
async fn else_so_many_months_on_ending_with_the_month() {
    let month = [("due", "{ else: +1m }")];
    let on_31st = order(1, 1041, "2026-01-31");
    assert_eq!(
        due(&month, on_31st).await,
        dates("2026-01-31", "2026-02-28")
    );
    let two = [("due", "{ else: +2m }")];
    let plain = order(1, 1041, "2026-07-10");
    assert_eq!(due(&two, plain).await, dates("2026-07-10", "2026-09-10"));
}

#[tokio::test]
async fn the_due_date_keap_gives_counts_only_where_the_file_says_so() {
    let given = || {
        with(
            order(1, 1041, "2026-07-10"),
            json!({"due_time": "2026-07-31T03:00:00Z"}),
        )
    };
    assert_eq!(due(&[], given()).await, dates("2026-07-10", "2026-07-24"));
    let kept = [("due", "{ given: keep }")];
    assert_eq!(due(&kept, given()).await, dates("2026-07-10", "2026-07-31"));
}
