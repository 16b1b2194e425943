//! What people did in the ledger to what is posted, and what the source deleted: told when it is seen, told until it is ended,
//! and never made good by itself.

use super::bed::{
    Bed, begun, carried, doc, end, file, held, order, paid, retried, sent, shop, skipped, synced,
    tenant, text, total, verified, with,
};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::{Documents as _, Drifts as _, PaymentNote};
use crossfoot::service::Engine;
use crossfoot::service::NotDone;
use crossfoot::service::desk::settle::{self, WordAsk};
use crossfoot::service::desk::{errors, explain, plan, status};
use serde_json::{Value, json};

const WHY: &str = "the bookkeeper said so";
const WHO: &str = "jo@acme.example";

fn part() -> Value {
    json!({"payments": [with(paid("50.00", "2026-07-12"), json!({"id": "90"}))]})
}

/// One order with a payment of 50.00, posted half an hour ago.
async fn with_payment() -> (Bed, Engine) {
    begun(&[], vec![with(order(1, 1041, "2026-07-10"), part())]).await
}

async fn skip(engine: &Engine, number: &str) {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::document(number, WHY, WHO);
    settle::skip(engine, &loaded, ask)
        .await
        .unwrap_or_else(|e| panic!("{}", e.what));
    carried(engine, number).await;
}

async fn settle(engine: &Engine, ask: WordAsk<'_>) -> Result<(), NotDone> {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let looked = settle::look(engine, &loaded, ask).await?;
    settle::settle(engine, ask, looked).await?;
    carried(engine, ask.number).await;
    Ok(())
}

async fn payments(engine: &Engine) -> Vec<PaymentNote> {
    let row = doc(engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    note.unwrap().payments
}

/// How many things are told as done to what is posted, by every answer that tells of it; they must agree.
async fn told(engine: &Engine) -> usize {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let all = errors::errors(engine, vec![tenant()]).await.unwrap();
    let all = all.tenants[0].drifts.clone();
    let one = explain::explain(engine, &loaded, "1041").await.unwrap();
    let count = status::status(engine, vec![tenant()]).await.unwrap();
    assert_eq!(all, one.drifts);
    assert_eq!(all.len() as u64, count.tenants[0].drifts);
    all.len()
}

#[tokio::test]
async fn an_invoice_voided_in_the_ledger_is_told_though_the_source_does_not_move() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.person("POST", &bed.path_of("1041"), json!({"Status": "VOIDED"}))
        .await;
    bed.minutes(31);
    let done = synced(&engine).await;
    held(
        &engine,
        "1041",
        "ledger.cancelled",
        "1041 of 110.00 was cancelled",
        "crossfoot skip",
    )
    .await;
    assert_eq!(
        done.run.counts.of(
            crossfoot::model::Kind::Invoice,
            crossfoot::model::Became::Held
        ),
        1
    );
    assert_eq!(told(&engine).await, 1);
    let row = doc(&engine, "1041").await;
    let kept = engine.store().drifts(&tenant(), &row.key).await.unwrap();
    assert_eq!(
        (kept[0].drift.was.to_string().as_str(), kept[0].run.as_str()),
        ("110.00", done.run.id.as_str())
    );
    // It is told for as long as it stands, and not once.
    bed.minutes(31);
    synced(&engine).await;
    held(&engine, "1041", "ledger.cancelled", "1041", "skip").await;
    retried(&engine).await;
    held(&engine, "1041", "ledger.cancelled", "1041", "skip").await;
    // A person ends it; an edit of the file does not bring it back.
    skip(&engine, "1041").await;
    skipped(&engine, "1041", "skip.by_person").await;
    assert_eq!(told(&engine).await, 0);
    bed.tenant(&file(&[("accounts", "[{ else: \"260\" }]")]));
    bed.minutes(31);
    synced(&engine).await;
    skipped(&engine, "1041", "skip.by_person").await;
    assert_eq!(bed.invoices(), 1);
}

#[tokio::test]
async fn what_was_skipped_before_it_was_voided_is_told_all_the_same() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    skip(&engine, "1041").await;
    bed.tamper(json!({"void_invoice": {"invoice": "1041"}}));
    bed.minutes(31);
    synced(&engine).await;
    held(&engine, "1041", "ledger.cancelled", "1041", "skip").await;
}

#[tokio::test]
async fn another_paper_that_was_entered_in_its_place_is_settled_with() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.person("POST", &bed.path_of("1041"), json!({"Status": "VOIDED"}))
        .await;
    let theirs = json!({"Invoices": [{"Type": "ACCREC", "InvoiceNumber": "H-7", "Contact": {"Name": "Jo Harbour"}, "Date": "2026-07-10",
        "DueDate": "2026-07-24", "Status": "AUTHORISED", "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "Hire", "Quantity": 1, "UnitAmount": "110.00", "AccountCode": "200"}]}]});
    bed.person("PUT", "Invoices", theirs).await;
    bed.minutes(31);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "ledger.cancelled",
        "1041",
        "crossfoot settle",
    )
    .await;
    settle(&engine, WordAsk::document("1041", WHY, WHO))
        .await
        .unwrap();
    assert_eq!(end(&engine, "1041").await.0, DocState::Settled);
    assert_eq!((told(&engine).await, bed.invoices()), (0, 2));
    // That one is looked after from now on.
    bed.tamper(json!({"void_invoice": {"invoice": "H-7"}}));
    bed.minutes(31);
    synced(&engine).await;
    held(&engine, "1041", "ledger.cancelled", "H-7", "skip").await;
}

#[tokio::test]
async fn a_total_edited_in_the_ledger_is_told_with_both_figures_until_it_is_set_back() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    bed.minutes(31);
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let planned = plan::plan(&engine, &loaded, None, &|_| {}).await.unwrap();
    assert!(planned.stuck(), "the plan tells what the sync will");
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "ledger.total",
        "posted as 110.00 and comes to 117.00",
        "set it back",
    )
    .await;
    assert_eq!(told(&engine).await, 1);
    // Money that comes in waits: the two books disagree.
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [with(paid("50.00", "2026-07-12"), json!({"id": "90"}))]}]}));
    synced(&engine).await;
    assert_eq!(bed.payments(), 0);
    held(&engine, "1041", "ledger.total", "117.00", "set it back").await;
    bed.minutes(31);
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "-7.00"}}));
    bed.minutes(31);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), told(&engine).await), (1, 0));
}

#[tokio::test]
async fn a_total_that_a_person_calls_right_is_told_no_more_and_takes_money() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    bed.minutes(31);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "ledger.total",
        "117.00",
        "crossfoot settle",
    )
    .await;
    settle(&engine, WordAsk::document("1041", WHY, WHO))
        .await
        .unwrap();
    assert_eq!(end(&engine, "1041").await.0, DocState::Settled);
    assert_eq!(told(&engine).await, 0);
    assert_eq!(
        total(&bed.invoice("1041").unwrap()),
        super::bed::amount("117.00"),
        "nothing was sent"
    );
}

#[tokio::test]
async fn a_total_that_was_called_right_is_told_anew_once_that_is_taken_back_and_nothing_is_made_twice()
 {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    bed.minutes(31);
    synced(&engine).await;
    let ask = WordAsk::document("1041", WHY, WHO);
    settle(&engine, ask).await.unwrap();
    assert_eq!(end(&engine, "1041").await.0, DocState::Settled);
    // Another edit is news, though a person called the one before right.
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "1.00"}}));
    bed.minutes(31);
    synced(&engine).await;
    held(&engine, "1041", "ledger.total", "118.00", "settle").await;
    settle(&engine, ask).await.unwrap();
    assert_eq!(end(&engine, "1041").await.0, DocState::Settled);
    let loaded = engine.workspace().load(&tenant()).unwrap();
    settle::unsettle(&engine, &loaded, ask).await.unwrap();
    for _ in 0..2 {
        carried(&engine, "1041").await;
        bed.minutes(31);
        synced(&engine).await;
    }
    assert_eq!(bed.invoices(), 1, "it is the one that was posted");
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
}

#[tokio::test]
async fn a_total_that_is_skipped_stays_as_it_is() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    bed.minutes(31);
    synced(&engine).await;
    skip(&engine, "1041").await;
    skipped(&engine, "1041", "skip.by_person").await;
    // Another edit is news.
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "1.00"}}));
    bed.minutes(31);
    synced(&engine).await;
    held(&engine, "1041", "ledger.total", "118.00", "settle").await;
}

#[tokio::test]
async fn a_payment_deleted_in_the_ledger_is_told_and_made_anew_by_one_word_only() {
    let (bed, engine) = with_payment().await;
    bed.deletes_payment().await;
    bed.minutes(31);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.deleted",
        "of 50.00 was posted",
        "crossfoot send TENANT NUMBER --payment",
    )
    .await;
    assert_eq!(payments(&engine).await[0].state, "held");
    assert_eq!(told(&engine).await, 1);
    retried(&engine).await;
    assert_eq!(bed.payments(), 0, "a retry does not make it anew");
    held(&engine, "1041", "payment.deleted", "50.00", "send").await;
    // More money comes in, and waits for it.
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [with(paid("60.00", "2026-07-15"), json!({"id": "91"}))]}]}));
    synced(&engine).await;
    assert_eq!(bed.payments(), 0);
    sent(&engine, "1041").await;
    synced(&engine).await;
    assert_eq!((bed.payments(), told(&engine).await), (2, 0));
    verified(&engine, "1041").await;
    bed.minutes(31);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn a_payment_deleted_a_second_time_is_told_a_second_time() {
    let (bed, engine) = with_payment().await;
    for _ in 0..2 {
        bed.deletes_payment().await;
        bed.minutes(31);
        synced(&engine).await;
        held(&engine, "1041", "payment.deleted", "50.00", "send").await;
        sent(&engine, "1041").await;
        assert_eq!(bed.payments(), 1);
        verified(&engine, "1041").await;
        bed.minutes(31);
    }
}

#[tokio::test]
async fn a_deleted_payment_that_is_not_to_be_there_is_settled() {
    let (bed, engine) = with_payment().await;
    let id = payments(&engine).await.remove(0).id;
    bed.deletes_payment().await;
    bed.minutes(31);
    synced(&engine).await;
    let ask = WordAsk {
        unseen: true,
        ..WordAsk::payment("1041", &id, WHY, WHO)
    };
    settle(&engine, ask).await.unwrap();
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), told(&engine).await), (0, 0));
    bed.minutes(31);
    synced(&engine).await;
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn a_payment_that_neither_book_has_any_more_is_done_with() {
    let (bed, engine) = with_payment().await;
    bed.deletes_payment().await;
    bed.keap_edit(json!({"payments": [{"id": "90", "remove": true}]}));
    bed.minutes(31);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(told(&engine).await, 0);
}

#[tokio::test]
async fn where_a_deleted_payment_moves_nothing_but_itself_it_is_seen_with_the_next_change_of_its_invoice()
 {
    let (bed, engine) = with_payment().await;
    // What changed last in the ledger is always listed once more: here that is another invoice.
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-15")]}));
    synced(&engine).await;
    bed.minutes(31);
    // This look is told of that one.
    synced(&engine).await;
    bed.minutes(31);
    bed.plane
        .switch("xero", &json!({"payment_delete_touches": "payment"}))
        .unwrap();
    bed.deletes_payment().await;
    bed.minutes(31);
    synced(&engine).await;
    verified(&engine, "1041").await;
    let kept = text(&bed.invoice("1041").unwrap(), "Reference");
    bed.person(
        "POST",
        &bed.path_of("1041"),
        json!({"DueDate": "2026-08-01", "Reference": kept}),
    )
    .await;
    bed.minutes(31);
    synced(&engine).await;
    held(&engine, "1041", "payment.deleted", "50.00", "send").await;
}

#[tokio::test]
async fn a_payment_settled_by_hand_whose_entry_was_deleted_is_told() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00"});
    bed.person("PUT", "Payments", body).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [with(paid("50.00", "2026-07-12"), json!({"id": "90"}))]}]}));
    synced(&engine).await;
    super::bed::settled(&engine, "1041").await;
    verified(&engine, "1041").await;
    bed.minutes(31);
    bed.deletes_payment().await;
    bed.minutes(31);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.deleted",
        "its entry was deleted",
        "crossfoot unsettle",
    )
    .await;
    assert_eq!(told(&engine).await, 1);
}

#[tokio::test]
async fn a_payment_settled_by_hand_that_the_source_lost_is_told() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00"});
    bed.person("PUT", "Payments", body).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [with(paid("50.00", "2026-07-12"), json!({"id": "90"}))]}]}));
    synced(&engine).await;
    super::bed::settled(&engine, "1041").await;
    bed.minutes(31);
    bed.keap_edit(json!({"payments": [{"id": "90", "remove": true}]}));
    bed.minutes(31);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.removed",
        "was settled by hand",
        "crossfoot unsettle",
    )
    .await;
    let states: Vec<_> = payments(&engine)
        .await
        .into_iter()
        .map(|p| p.state)
        .collect();
    assert_eq!(states, ["held"]);
}

#[tokio::test]
async fn what_was_done_while_a_write_was_in_doubt_is_seen_once_that_is_settled() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 0, "fault": "drop_after"}]));
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("40.00", "2026-07-14")]}]}));
    let _ = super::bed::sync(&engine).await;
    bed.heal().await;
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    // Other papers go on, so that this one is not listed again by chance.
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-15")]}));
    let _ = super::bed::sync(&engine).await;
    bed.minutes(31);
    synced(&engine).await;
    bed.minutes(31);
    synced(&engine).await;
    held(&engine, "1041", "ledger.total", "117.00", "set it back").await;
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn an_order_deleted_at_the_source_is_told_until_it_is_ended() {
    let orders = vec![order(1, 1041, "2026-07-10"), order(2, 1042, "2026-07-11")];
    let (bed, engine) = begun(&[], orders).await;
    bed.deletes_order("1").await;
    bed.minutes(31);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "source.deleted",
        "the source no longer has 1041, of 110.00",
        "void it in the ledger",
    )
    .await;
    verified(&engine, "1042").await;
    assert_eq!(told(&engine).await, 1);
    bed.person("POST", &bed.path_of("1041"), json!({"Status": "VOIDED"}))
        .await;
    bed.minutes(31);
    synced(&engine).await;
    skipped(&engine, "1041", "source.deleted").await;
    // It is never made a second time, whatever the file says later.
    bed.tenant(&file(&[("accounts", "[{ else: \"260\" }]")]));
    bed.minutes(31);
    synced(&engine).await;
    skipped(&engine, "1041", "source.deleted").await;
    assert_eq!(bed.invoices(), 2);
}

#[tokio::test]
async fn an_order_deleted_at_the_source_may_stay_in_the_ledger() {
    let orders = vec![order(1, 1041, "2026-07-10"), order(2, 1042, "2026-07-11")];
    let (bed, engine) = begun(&[], orders).await;
    bed.deletes_order("1").await;
    bed.minutes(31);
    synced(&engine).await;
    skip(&engine, "1041").await;
    skipped(&engine, "1041", "skip.by_person").await;
    assert_eq!(told(&engine).await, 0);
    bed.minutes(31);
    synced(&engine).await;
    skipped(&engine, "1041", "skip.by_person").await;
}

#[tokio::test]
async fn a_source_that_shows_none_of_its_documents_has_deleted_none() {
    let orders = vec![order(1, 1041, "2026-07-10"), order(2, 1042, "2026-07-11")];
    let (bed, engine) = begun(&[], orders).await;
    bed.deletes_order("1").await;
    bed.deletes_order("2").await;
    bed.minutes(31);
    synced(&engine).await;
    verified(&engine, "1041").await;
}

fn calls(done: &crossfoot::pipeline::tenant::Done, system: &str) -> u64 {
    done.run.calls.get(system).copied().unwrap_or_default()
}

#[tokio::test]
async fn an_idle_day_stays_within_its_calls() {
    let (bed, engine) = with_payment().await;
    let mut of_the_day = 0;
    for _ in 0..48 {
        let done = synced(&engine).await;
        assert!(calls(&done, "keap") <= 4, "{:?}", done.run.calls);
        assert!(calls(&done, "xero") <= 2, "{:?}", done.run.calls);
        of_the_day += calls(&done, "xero");
        bed.minutes(30);
    }
    assert!((24..=120).contains(&of_the_day), "{of_the_day}");
}

#[tokio::test]
async fn how_often_a_run_without_writes_looks_is_the_connections_word() {
    for (word, looks) in [("6h", false), ("5m", true)] {
        let bed = Bed::new(&file(&[]));
        bed.setting("xero", "look", word);
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = bed.engine().await;
        synced(&engine).await;
        bed.minutes(31);
        let done = synced(&engine).await;
        assert_eq!(calls(&done, "xero") > 0, looks, "{word}");
    }
}

#[tokio::test]
async fn the_first_look_at_a_large_book_is_announced() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let planned = plan::plan(&engine, &loaded, None, &|_| {}).await.unwrap();
    assert_eq!(planned.reads_first, 1);
    synced(&engine).await;
    let planned = plan::plan(&engine, &loaded, None, &|_| {}).await.unwrap();
    assert_eq!(planned.reads_first, 0);
}

#[tokio::test]
async fn an_order_deleted_while_its_invoice_is_in_doubt_is_told_at_once_and_never_goes_again() {
    for (fault, is_there) in [("drop_after", true), ("drop_before", false)] {
        let bed = Bed::new(&file(&[]));
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = bed.engine().await;
        bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Invoices", "times": 0, "fault": fault}]));
        let _ = super::bed::sync(&engine).await;
        bed.heal().await;
        bed.deletes_order("1").await;
        bed.minutes(4);
        let _ = super::bed::sync(&engine).await;
        held(
            &engine,
            "1041",
            "source.deleted",
            "in doubt",
            "the next sync",
        )
        .await;
        for _ in 0..3 {
            bed.minutes(20);
            synced(&engine).await;
        }
        assert_eq!(bed.invoices(), usize::from(is_there), "{fault}");
        match is_there {
            true => {
                held(
                    &engine,
                    "1041",
                    "source.deleted",
                    "the ledger does",
                    "void it",
                )
                .await
            }
            false => skipped(&engine, "1041", "source.deleted").await,
        }
    }
}
