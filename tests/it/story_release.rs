//! What the word that lets old payments go is about: the payments that waited when it was said, each at its amount, under the
//! file that let them go; and what waits for it, whoever asks for its document first and whatever else keeps it back.

use super::bed::{
    Bed, amount, begun, doc, file, held, order, paid, synced, tenant, verified, with,
};
use crossfoot::model::{DocState, Kind};
use crossfoot::pipeline::ports::LoosePayments as _;
use crossfoot::service::Engine;
use crossfoot::service::desk::retry::at_once;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const OFF: (&str, &str) = ("sync", "{ first_run: post, payments: off }");
const ON: (&str, &str) = ("sync", "{ first_run: post, payments: forward }");

fn money(id: &str, amount: &str, day: &str) -> Value {
    with(paid(amount, day), json!({ "id": id }))
}

fn at(id: &str, amount: &str, time: &str) -> Value {
    with(money(id, amount, "2026-07-01"), json!({ "time": time }))
}

fn sold(payments: Value) -> Value {
    with(order(1, 1041, "2026-07-10"), json!({"payments": payments}))
}

async fn waiting(engine: &Engine) -> Vec<(u64, Decimal)> {
    let groups = engine.store().payments_to_release(&tenant()).await.unwrap();
    groups.into_iter().map(|g| (g.count, g.sum)).collect()
}

async fn release(engine: &Engine, from: Option<&str>) {
    let from = from.map(|d| d.parse().unwrap());
    let (tenant, now) = (tenant(), engine.now());
    let said = engine.store().release_payments(&tenant, from, "jo", now);
    said.await.unwrap();
}

async fn edited(bed: &Bed, engine: &Engine, word: (&str, &str)) {
    bed.minutes(5);
    bed.tenant(&file(&[word]));
    synced(engine).await;
}

#[tokio::test]
async fn a_document_that_a_person_asks_for_before_the_first_sync_keeps_its_old_payments_back() {
    let two = json!([
        money("80", "50.00", "2026-07-11"),
        money("81", "60.00", "2026-07-12")
    ]);
    let (bed, engine) = begun(&[OFF], vec![sold(two)]).await;
    bed.tenant(&file(&[ON]));
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = at_once("word", vec!["1041".to_owned()]);
    engine.sync(&loaded, &ask, &|_| {}).await.unwrap();
    assert_eq!(bed.payments(), 0);
    synced(&engine).await;
    assert_eq!(bed.payments(), 0);
    assert_eq!(waiting(&engine).await, [(2, amount("110.00"))]);
}

#[tokio::test]
async fn the_word_is_about_a_payment_at_its_amount() {
    let (bed, engine) = begun(
        &[OFF],
        vec![sold(json!([money("80", "50.00", "2026-07-11")]))],
    )
    .await;
    edited(&bed, &engine, ON).await;
    release(&engine, None).await;
    bed.keap_edit(json!({"payments": [{"id": "80", "amount": "90.00"}]}));
    synced(&engine).await;
    assert_eq!(bed.payments(), 0, "nobody has let 90.00 go");
    assert_eq!(waiting(&engine).await, [(1, amount("90.00"))]);
    release(&engine, None).await;
    synced(&engine).await;
    assert_eq!(
        bed.money().iter().map(|m| m.0.as_str()).collect::<Vec<_>>(),
        ["90"]
    );
}

#[tokio::test]
async fn the_word_is_spent_by_a_file_that_leaves_the_payment_out_again() {
    let (bed, engine) = begun(
        &[OFF],
        vec![sold(json!([money("80", "50.00", "2026-07-11")]))],
    )
    .await;
    edited(&bed, &engine, ON).await;
    release(&engine, None).await;
    edited(&bed, &engine, OFF).await;
    assert_eq!(bed.payments(), 0);
    edited(&bed, &engine, ON).await;
    assert_eq!(bed.payments(), 0, "the word was about the edit before");
    assert_eq!(waiting(&engine).await, [(1, amount("50.00"))]);
}

#[tokio::test]
async fn what_waits_for_the_word_waits_on_whatever_else_keeps_it_back_meanwhile() {
    let lock = ("guard", "{ locked_period: hold }");
    let both = |word| file(&[word, lock]);
    let (bed, engine) = begun(
        &[OFF, lock],
        vec![sold(json!([money("80", "50.00", "2026-07-11")]))],
    )
    .await;
    bed.xero(json!({"period_lock_date": "2026-07-12"}));
    bed.minutes(5);
    bed.tenant(&both(ON));
    synced(&engine).await;
    bed.xero(json!({"period_lock_date": "2026-06-30"}));
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hired"}}]}));
    synced(&engine).await;
    assert_eq!(bed.payments(), 0);
    assert_eq!(waiting(&engine).await, [(1, amount("50.00"))]);
}

#[tokio::test]
async fn a_day_is_the_business_s_own_and_not_that_of_greenwich() {
    // The shop is in Sydney. The file is edited at 08:10 there, on the 16th, when it is the 15th in Greenwich.
    let sydney = with(
        sold(json!([at("80", "50.00", "2026-07-15T22:00:00Z")])),
        json!({}),
    );
    let (bed, engine) = begun(&[OFF], vec![sydney]).await;
    bed.setting("keap", "zone", "Australia/Sydney");
    bed.minutes(20 * 60 - 30 + 10);
    assert_eq!(engine.now().format("%dT%H:%M").to_string(), "15T22:10");
    let engine = {
        drop(engine);
        bed.engine().await
    };
    bed.tenant(&file(&[ON]));
    synced(&engine).await;
    assert_eq!(bed.payments(), 0, "it came in ten minutes before the edit");
    assert_eq!(waiting(&engine).await, [(1, amount("50.00"))]);
    // What comes in after the edit is not its doing.
    let new = at("81", "20.00", "2026-07-16T23:00:00Z");
    bed.minutes(24 * 60 + 60);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [new]}]}));
    synced(&engine).await;
    assert_eq!(
        bed.money().iter().map(|m| m.0.as_str()).collect::<Vec<_>>(),
        ["20"]
    );
}

#[tokio::test]
async fn those_of_a_day_on_go_although_an_older_one_waits_and_so_does_what_came_in_since() {
    let two = json!([
        money("80", "30.00", "2026-07-11"),
        money("81", "40.00", "2026-07-13")
    ]);
    let (bed, engine) = begun(&[OFF], vec![sold(two)]).await;
    edited(&bed, &engine, ON).await;
    assert_eq!(waiting(&engine).await, [(2, amount("70.00"))]);
    release(&engine, Some("2026-07-12")).await;
    synced(&engine).await;
    let sent = |bed: &Bed| bed.money().iter().map(|m| m.0.clone()).collect::<Vec<_>>();
    assert_eq!(sent(&bed), ["40"]);
    assert_eq!(waiting(&engine).await, [(1, amount("30.00"))]);
    verified(&engine, "1041").await;
    bed.minutes(60 * 24);
    let today = engine.now().format("%Y-%m-%d").to_string();
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [money("82", "5.00", &today)]}]}));
    let done = synced(&engine).await;
    assert_eq!(sent(&bed).len(), 2);
    assert_eq!(
        done.run
            .counts
            .of(Kind::Payment, crossfoot::model::Became::Held),
        0
    );
    assert_eq!(waiting(&engine).await, [(1, amount("30.00"))]);
    // One that is held for another reason bars those after it, as ever.
    assert_eq!(doc(&engine, "1041").await.state, DocState::Verified);
}

#[tokio::test]
async fn one_that_is_held_in_the_ledger_keeps_the_word() {
    let (bed, engine) = begun(
        &[OFF],
        vec![sold(json!([money("80", "50.00", "2026-07-11")]))],
    )
    .await;
    let invoice = bed.invoice("1041").unwrap();
    let by_hand = json!({"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Account": {"Code": "090"},
        "Date": "2026-07-12", "Amount": 50.0});
    bed.person("PUT", "Payments", by_hand).await;
    edited(&bed, &engine, ON).await;
    release(&engine, None).await;
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "50", "").await;
    assert_eq!(waiting(&engine).await, []);
    assert_eq!(bed.payments(), 1);
}
