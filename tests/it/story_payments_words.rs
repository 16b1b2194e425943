//! A word about payments counts for what is not posted, also on posted documents: what an edit newly lets go waits as one
//! group for a person's word, each is looked for in the ledger first, and nothing of the posted document is sent again.

use super::bed::{Bed, amount, doc, file, order, paid, shop, synced, tenant, text, verified, with};
use chrono::NaiveDate;
use crossfoot::model::{Became, DocState, Kind};
use crossfoot::pipeline::ports::{Documents as _, LoosePayments as _, Runs as _};
use crossfoot::service::Engine;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const OFF: (&str, &str) = ("sync", "{ first_run: post, payments: off }");
const ON: (&str, &str) = ("sync", "{ first_run: post, payments: forward }");

fn money(id: &str, amount: &str, day: &str) -> Value {
    let mut row = paid(amount, day);
    row["id"] = json!(id);
    row
}

async fn posted(changes: &[(&str, &str)], orders: Vec<Value>) -> (Bed, Engine) {
    let bed = Bed::new(&file(changes));
    bed.keap(shop(orders));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    (bed, engine)
}

fn sold(n: u64, payments: Value) -> Value {
    with(
        order(n, 1040 + n, "2026-07-10"),
        json!({"payments": payments}),
    )
}

async fn states(engine: &Engine, number: &str) -> Vec<(String, String)> {
    let row = doc(engine, number).await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let told = note.unwrap().payments.into_iter();
    told.map(|p| (p.state, p.reason.map_or(String::new(), |r| r.code)))
        .collect()
}

async fn waiting(engine: &Engine) -> Vec<(u64, Decimal, NaiveDate)> {
    let groups = engine.store().payments_to_release(&tenant()).await.unwrap();
    groups
        .into_iter()
        .map(|g| (g.count, g.sum, g.oldest))
        .collect()
}

async fn release(engine: &Engine, from: Option<&str>) {
    let from = from.map(|d| d.parse().unwrap());
    let (tenant, now) = (tenant(), engine.now());
    let said = engine.store().release_payments(&tenant, from, "jo", now);
    said.await.unwrap();
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Money back is no money in: the two are counted apart, and what something else holds is told with them.
#[tokio::test]
async fn refunds_that_wait_are_counted_apart_from_payments() {
    let mut refund = money("90", "10.00", "2026-07-12");
    refund["refund_of"] = json!("80");
    refund.as_object_mut().unwrap().remove("pay_status");
    let order = sold(1, json!([money("80", "110.00", "2026-07-11"), refund]));
    let (bed, engine) = posted(&[OFF, ("refunds", "credit_note")], vec![order]).await;
    bed.tenant(&file(&[ON, ("refunds", "credit_note")]));
    synced(&engine).await;
    let groups = engine.store().payments_to_release(&tenant()).await.unwrap();
    let told: Vec<_> = groups
        .iter()
        .map(|g| (g.count, g.sum, g.refunds, g.refunded))
        .collect();
    assert_eq!(told, [(1, amount("110.00"), 1, amount("10.00"))]);
    let (tenant, now) = (tenant(), engine.now());
    let said = engine.store().release_payments(&tenant, None, "jo", now);
    assert_eq!(said.await.unwrap(), groups);
}

#[tokio::test]
async fn payments_that_an_edit_lets_go_on_posted_documents_wait_as_one_group() {
    let orders = vec![
        sold(1, json!([money("80", "110.00", "2026-07-11")])),
        sold(2, json!([money("81", "50.00", "2026-07-12")])),
        sold(3, json!([])),
    ];
    let (bed, engine) = posted(&[OFF], orders).await;
    assert_eq!((bed.invoices(), bed.payments()), (3, 0));
    let before = bed.books()["invoices"].clone();
    bed.tenant(&file(&[ON]));
    let done = synced(&engine).await;
    assert_eq!(bed.payments(), 0);
    assert_eq!(done.run.counts.of(Kind::Payment, Became::Waits), 2);
    assert_eq!(
        waiting(&engine).await,
        [(2, amount("160.00"), day("2026-07-11"))]
    );
    verified(&engine, "1041").await;
    assert_eq!(
        states(&engine, "1041").await,
        [("waits".to_owned(), "payment.release".to_owned())]
    );
    // Without a word they wait on, whatever else happens to their document.
    bed.keap_edit(json!({"orders": [{"id": "2", "set": {"title": "Hire, July"}}]}));
    synced(&engine).await;
    assert_eq!(bed.payments(), 0);
    // Those of a day on, and then the rest.
    release(&engine, Some("2026-07-12")).await;
    synced(&engine).await;
    assert_eq!(bed.payments(), 1);
    assert_eq!(
        waiting(&engine).await,
        [(1, amount("110.00"), day("2026-07-11"))]
    );
    release(&engine, None).await;
    synced(&engine).await;
    assert_eq!(bed.payments(), 2);
    assert_eq!(waiting(&engine).await, []);
    assert_eq!(text(&bed.invoice("1041").unwrap(), "Status"), "PAID");
    synced(&engine).await;
    assert_eq!(bed.payments(), 2);
    // Nothing but money has changed in the ledger.
    let lines = |books: &Value| -> Vec<Value> {
        books
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["LineItems"].clone())
            .collect()
    };
    assert_eq!(lines(&bed.books()["invoices"]), lines(&before));
}

#[tokio::test]
async fn money_of_a_later_day_than_the_edit_goes_by_itself() {
    let (bed, engine) = posted(&[OFF], vec![sold(1, json!([])), sold(2, json!([]))]).await;
    bed.tenant(&file(&[ON]));
    synced(&engine).await;
    bed.minutes(60 * 24);
    let today = engine.now().format("%Y-%m-%d").to_string();
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [money("80", "110.00", &today)]}]}),
    );
    synced(&engine).await;
    assert_eq!(bed.payments(), 1);
    verified(&engine, "1041").await;
    // One that was left out before the edit, and is dated after it: its day decides.
    bed.tenant(&file(&[OFF]));
    bed.keap_edit(
        json!({"orders": [{"id": "2", "add_payments": [money("81", "110.00", "2026-08-30")]}]}),
    );
    synced(&engine).await;
    assert_eq!(bed.payments(), 1);
    bed.minutes(5);
    bed.tenant(&file(&[ON]));
    synced(&engine).await;
    assert_eq!(waiting(&engine).await, []);
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn each_word_about_payments_counts_for_what_is_not_posted() {
    let rule = "/// Leaves out what was paid by cheque.\n/// @example { method: \"Check\" } => skip\n\
                fn select_payment(payment, invoice) {\n    if payment.method == \"Check\" { return skip(\"a cheque\"); }\n    keep()\n}\n";
    let twice = json!([
        money("80", "110.00", "2026-07-11"),
        money("81", "40.00", "2026-07-12")
    ]);
    let cheque = json!([money("80", "110.00", "2026-07-11")]);
    let mut refund = money("90", "110.00", "2026-07-12");
    refund["refund_of"] = json!("80");
    refund.as_object_mut().unwrap().remove("pay_status");
    let returned = json!([money("80", "110.00", "2026-07-11"), refund]);
    type Word = (&'static str, &'static str);
    let cases: [(Word, Word, Value, (&str, &str)); 3] = [
        (
            ("rules", "[rules/no_cheques.rhai]"),
            ("rules", ""),
            cheque,
            ("waits", "payment.release"),
        ),
        (
            ("refunds", "skip"),
            ("refunds", "credit_note"),
            returned,
            ("waits", "payment.release"),
        ),
        (
            ("overpayment", "skip"),
            ("overpayment", "hold"),
            twice,
            ("held", "skip.overpayment"),
        ),
    ];
    for (before, after, payments, expected) in cases {
        let bed = Bed::new(&file(&[before]));
        bed.rule("no_cheques.rhai", rule);
        bed.keap(shop(vec![sold(1, payments)]));
        let engine = bed.engine().await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        let sent = (bed.payments(), bed.credit_notes().len());
        bed.minutes(30);
        bed.tenant(&file(&[after]));
        synced(&engine).await;
        let told = states(&engine, "1041").await;
        let last = told.last().unwrap();
        assert_eq!((last.0.as_str(), last.1.as_str()), expected, "{before:?}");
        assert_eq!(
            (bed.payments(), bed.credit_notes().len()),
            sent,
            "{before:?}"
        );
    }
}

#[tokio::test]
async fn what_a_person_entered_meanwhile_is_found_before_a_released_payment_goes() {
    let orders = vec![sold(1, json!([money("80", "110.00", "2026-07-11")]))];
    let (bed, engine) = posted(&[OFF], orders).await;
    let invoice = bed.invoice("1041").unwrap();
    let by_hand = json!({"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Account": {"Code": "090"},
        "Date": "2026-07-12", "Amount": 110.0});
    bed.person("PUT", "Payments", by_hand).await;
    bed.tenant(&file(&[ON]));
    synced(&engine).await;
    release(&engine, None).await;
    synced(&engine).await;
    assert_eq!(bed.payments(), 1, "the one that was entered by hand");
    assert_eq!(doc(&engine, "1041").await.state, DocState::Held);
}

#[tokio::test]
async fn the_guard_counts_payments_of_posted_documents_too() {
    let guard = ("guard", "{ per_run: { documents: 2 } }");
    let orders = vec![sold(1, json!([])), sold(2, json!([]))];
    let (bed, engine) = posted(&[guard], orders).await;
    let three = json!([
        money("80", "10.00", "2026-07-11"),
        money("81", "10.00", "2026-07-12"),
        money("82", "10.00", "2026-07-13")
    ]);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": three}]}));
    synced(&engine).await;
    assert_eq!(bed.payments(), 0);
    assert_eq!(
        doc(&engine, "1041").await.reason.unwrap().code,
        "guard.per_run"
    );
}

#[tokio::test]
async fn the_day_of_an_edit_is_kept_with_the_tenant() {
    let (bed, engine) = posted(&[OFF], vec![sold(1, json!([]))]).await;
    assert_eq!(engine.store().tenant(&tenant()).await.unwrap().edited, None);
    bed.tenant(&file(&[ON]));
    synced(&engine).await;
    assert!(
        engine
            .store()
            .tenant(&tenant())
            .await
            .unwrap()
            .edited
            .is_some()
    );
}
