//! The way back inside a tenant that goes forward: what people enter in the ledger on papers of ours becomes a manual payment on the
//! order, once, and is no news to either side afterwards.

use super::{Till, sent};
use crate::bed::{Bed, order, shop, synced, tenant, verified};
use crate::story_put_back::{keep, older};
use crossfoot::model::{Became, DocState, TenantId};
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::desk::plan::{PlanAction, plan};
use crossfoot::service::desk::processing::switch_off;
use crossfoot::service::desk::status::status;
use crossfoot::service::{Done, Engine, SyncAsk};
use serde_json::{Value, json};

/// The tenant of every story, with both ways open.
pub fn both(changes: &[(&str, &str)]) -> String {
    let mut file = crate::bed::PLAIN.replace("first_run: post", "first_run: post, payments: both")
        + "back: { payments_account: { code: \"Check\" } }\n";
    for (from, to) in changes {
        assert!(file.contains(from), "{from}");
        file = file.replace(from, to);
    }
    file
}

pub fn half() -> TenantId {
    tenant().back()
}

pub async fn begun(changes: &[(&str, &str)]) -> (Bed, Engine) {
    let bed = Bed::new(&both(changes));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    (bed, engine)
}

/// A person enters what came in, in Xero.
pub async fn paid(bed: &Bed, number: &str, day: &str, amount: &str) -> Value {
    let body = json!({"Invoice": {"InvoiceNumber": number}, "Account": {"Code": "090"}, "Date": day, "Amount": amount});
    bed.person("PUT", "Payments", body).await
}

/// What Xero has of payments that count.
pub fn in_xero(bed: &Bed) -> Vec<Value> {
    let mut all = bed.books()["payments"].as_array().unwrap().clone();
    all.retain(|p| p["Status"] != json!("DELETED"));
    all
}

pub async fn half_doc(engine: &Engine, number: &str) -> (DocState, String) {
    let row = engine.store().document(&half(), number).await.unwrap();
    let row = row.unwrap_or_else(|| panic!("{number} is not in the half"));
    (row.state, row.reason.map_or(String::new(), |r| r.code))
}

#[tokio::test]
async fn what_a_person_enters_in_the_ledger_is_recorded_on_the_order_once() {
    let (bed, engine) = begun(&[]).await;
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    let done = synced(&engine).await;
    let back = done.back.expect("the half ran");
    assert_eq!(back.run.counts.all(Became::Created), 1, "{:#?}", back.lines);
    let till = Till::of(&bed);
    assert_eq!(till.all("payments").len(), 1);
    let one = &till.all("payments")[0];
    assert_eq!(one["time"], json!("2026-07-12T10:30:00.000Z"));
    // No request names a card.
    for (_, body) in sent(&bed) {
        assert!(body.get("payment_method_id").is_none(), "{body}");
    }
    assert_eq!(half_doc(&engine, "1041").await.0, DocState::Verified);
    verified(&engine, "1041").await;

    // Neither side takes it for news, however often it looks.
    for _ in 0..3 {
        bed.minutes(40);
        let again = synced(&engine).await;
        let back = again.back.unwrap();
        for run in [&again.run, &back.run] {
            assert_eq!(run.counts.all(Became::Created), 0, "{run:#?}");
            assert_eq!(run.counts.all(Became::Held), 0, "{run:#?}");
        }
    }
    assert_eq!(in_xero(&bed).len(), 1);
    assert_eq!(Till::of(&bed).all("payments").len(), 1);
    verified(&engine, "1041").await;

    // The rest comes in there too.
    paid(&bed, "1041", "2026-07-13", "60.00").await;
    bed.minutes(40);
    synced(&engine).await;
    bed.minutes(40);
    synced(&engine).await;
    assert_eq!(Till::of(&bed).all("payments").len(), 2);
    assert_eq!(in_xero(&bed).len(), 2);
    verified(&engine, "1041").await;
}

/// One that is deleted in the ledger: Keap has no way to take it back, and a person is told, once a half; nothing is made of it
/// anywhere meanwhile, and taking it out of Keap by hand ends it.
#[tokio::test]
async fn one_that_is_deleted_in_the_ledger_is_told_and_goes_nowhere() {
    let (bed, engine) = begun(&[]).await;
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    synced(&engine).await;
    bed.minutes(40);
    bed.deletes_payment().await;
    for _ in 0..2 {
        synced(&engine).await;
        bed.minutes(40);
    }
    let held = half_doc(&engine, "1041").await;
    assert_eq!(held, (DocState::Held, "payment.removed".to_owned()));
    assert_eq!(in_xero(&bed).len(), 0, "it does not go forward again");
    assert_eq!(Till::of(&bed).all("payments").len(), 1);
    let row = crate::bed::doc(&engine, "1041").await;
    assert_eq!(row.state, DocState::Held, "{:?}", row.reason);
}

/// People have taken our stamp off the payment in Keap: it is known by its link.
#[tokio::test]
async fn it_is_no_news_without_its_stamp_either() {
    let (bed, engine) = begun(&[]).await;
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    synced(&engine).await;
    let id = Till::of(&bed).all("payments")[0]["id"].clone();
    let id = id.as_str().map_or(id.to_string(), str::to_owned);
    bed.keap_edit(json!({"payments": [{"id": id, "note": "by cheque"}]}));
    for _ in 0..2 {
        bed.minutes(40);
        let again = synced(&engine).await;
        assert_eq!(again.run.counts.all(Became::Held), 0, "{:#?}", again.lines);
    }
    assert_eq!(
        (in_xero(&bed).len(), Till::of(&bed).all("payments").len()),
        (1, 1)
    );
    verified(&engine, "1041").await;
}

async fn back_alone(engine: &Engine) -> Done {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = SyncAsk {
        trigger: "sync --back".into(),
        back: true,
        ..SyncAsk::default()
    };
    engine.sync(&loaded, &ask, &|_| {}).await.unwrap()
}

#[tokio::test]
async fn by_the_word_manual_it_comes_only_when_told() {
    let (bed, engine) = begun(&[("back: {", "back: { trigger: manual,")]).await;
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    let done = synced(&engine).await;
    assert!(done.back.is_none());
    assert!(Till::of(&bed).all("payments").is_empty());
    bed.minutes(10);
    let back = back_alone(&engine).await.back.expect("the half ran");
    assert_eq!(back.run.counts.all(Became::Created), 1);
    assert_eq!(Till::of(&bed).all("payments").len(), 1);
}

#[tokio::test]
async fn what_is_older_than_the_start_stays_where_it_is() {
    let (bed, engine) = begun(&[("back: {", "back: { start: 2026-07-12,")]).await;
    paid(&bed, "1041", "2026-07-11", "20.00").await;
    paid(&bed, "1041", "2026-07-12", "30.00").await;
    synced(&engine).await;
    let all = Till::of(&bed).all("payments");
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(all[0]["time"], json!("2026-07-12T10:30:00.000Z"));
}

/// A rehearsal tells what would come back, and writes nothing.
#[tokio::test]
async fn a_plan_tells_what_would_come_back() {
    let (bed, engine) = begun(&[]).await;
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    bed.minutes(40);
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = plan(&engine, &loaded, None, &|_| {}).await;
    let told = told.unwrap_or_else(|e| panic!("{}", e.what));
    let back = told.back.expect("what comes back");
    let one = back.documents.iter().find(|d| d.number == "1041").unwrap();
    assert_eq!(one.action, PlanAction::Payments, "{one:#?}");
    assert_eq!(one.payments[0].state, "planned");
    assert!(sent(&bed).is_empty());
    // The same by the name of the half.
    let loaded = engine.workspace().load(&half()).unwrap();
    let told = plan(&engine, &loaded, None, &|_| {}).await;
    let told = told.unwrap_or_else(|e| panic!("{}", e.what));
    assert_eq!(told.documents.len(), 1);
    assert_eq!(told.tenant, half());
}

/// One that stands in both books, entered by hand in each, is not doubled: it waits for a word on both sides.
#[tokio::test]
async fn the_same_money_entered_by_hand_in_both_books_is_not_doubled() {
    let (bed, engine) = begun(&[]).await;
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
        {"id": "501", "amount": "50.00", "type": "Check", "time": "2026-07-12T01:00:00Z"}]}]}));
    for _ in 0..2 {
        synced(&engine).await;
        bed.minutes(40);
    }
    assert_eq!(
        (in_xero(&bed).len(), Till::of(&bed).all("payments").len()),
        (1, 1)
    );
    assert_eq!(half_doc(&engine, "1041").await.0, DocState::Held);
}

/// Money that goes forward and money that comes back, on one document.
#[tokio::test]
async fn both_ways_on_one_document() {
    let (bed, engine) = begun(&[]).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
        {"id": "501", "amount": "40.00", "type": "Check", "time": "2026-07-11T01:00:00Z"}]}]}));
    synced(&engine).await;
    bed.minutes(40);
    paid(&bed, "1041", "2026-07-12", "35.00").await;
    synced(&engine).await;
    bed.minutes(40);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
        {"id": "590", "amount": "30.00", "type": "Check", "time": "2026-07-13T01:00:00Z"}]}]}));
    for _ in 0..2 {
        synced(&engine).await;
        bed.minutes(40);
    }
    assert_eq!(
        (in_xero(&bed).len(), Till::of(&bed).all("payments").len()),
        (3, 3)
    );
    verified(&engine, "1041").await;
    assert_eq!(half_doc(&engine, "1041").await.0, DocState::Verified);
}

/// With `back` alone nothing goes forward but the invoice.
#[tokio::test]
async fn by_the_word_back_payments_come_and_do_not_go() {
    let (bed, engine) = begun(&[("payments: both", "payments: back")]).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
        {"id": "501", "amount": "40.00", "type": "Check", "time": "2026-07-11T01:00:00Z"}]}]}));
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    for _ in 0..2 {
        synced(&engine).await;
        bed.minutes(40);
    }
    assert_eq!(
        (in_xero(&bed).len(), Till::of(&bed).all("payments").len()),
        (1, 2)
    );
}

/// One switch is for both halves, by either name.
#[tokio::test]
async fn one_switch_is_for_both_halves() {
    let (_bed, engine) = begun(&[]).await;
    let on = |told: &crossfoot::service::desk::status::StatusAnswer| -> Vec<bool> {
        told.tenants.iter().map(|t| t.processing).collect()
    };
    let halves = || engine.workspace().with_halves(vec![tenant()]);
    assert_eq!(halves(), [tenant(), half()]);
    let told = status(&engine, halves()).await;
    assert_eq!(
        on(&told.unwrap_or_else(|e| panic!("{}", e.what))),
        [true, true]
    );
    let off = switch_off(&engine, &half(), "jo@acme.example").await;
    off.unwrap_or_else(|e| panic!("{}", e.what));
    let told = status(&engine, halves()).await;
    assert_eq!(
        on(&told.unwrap_or_else(|e| panic!("{}", e.what))),
        [false, false]
    );
}

/// A sum that the one book has as one and the other in parts is the same money: it waits on both sides.
#[tokio::test]
async fn one_sum_that_is_parted_in_one_of_the_books_is_not_doubled() {
    for (there, here) in [
        (&["20.00", "30.00"][..], &["50.00"][..]),
        (&["50.00"], &["20.00", "30.00"]),
    ] {
        let (bed, engine) = begun(&[]).await;
        for amount in there {
            paid(&bed, "1041", "2026-07-12", amount).await;
        }
        let rows: Vec<Value> = (here.iter().enumerate())
            .map(|(n, amount)| json!({"id": (501 + n).to_string(), "amount": amount, "type": "Check", "time": "2026-07-12T01:00:00Z"}))
            .collect();
        bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": rows}]}));
        for _ in 0..3 {
            synced(&engine).await;
            bed.minutes(40);
        }
        let counts = (in_xero(&bed).len(), Till::of(&bed).all("payments").len());
        assert_eq!(counts, (there.len(), here.len()));
        assert_eq!(half_doc(&engine, "1041").await.0, DocState::Held);
    }
}

/// What went forward, and is entered once more from the bank's list: it waits, and goes once a person says that it is another.
#[tokio::test]
async fn what_went_forward_and_is_entered_once_more_in_the_ledger_waits() {
    let (bed, engine) = begun(&[]).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
        {"id": "501", "amount": "40.00", "type": "Check", "time": "2026-07-11T01:00:00Z"}]}]}));
    synced(&engine).await;
    bed.minutes(40);
    paid(&bed, "1041", "2026-07-12", "40.00").await;
    for _ in 0..2 {
        synced(&engine).await;
        bed.minutes(40);
    }
    assert_eq!(Till::of(&bed).all("payments").len(), 1);
    let held = half_doc(&engine, "1041").await;
    assert_eq!(held, (DocState::Held, "payment.other".to_owned()));
}

/// Its answer was lost, and before that is cleared up somebody deletes it in the ledger: it does not go there again as if it were the
/// source's own.
#[tokio::test]
async fn what_was_lost_on_its_way_back_and_is_deleted_meanwhile_does_not_go_forward() {
    let (bed, engine) = begun(&[]).await;
    paid(&bed, "1041", "2026-07-12", "60.00").await;
    bed.fault(json!([{"system": "keap", "method": "POST", "path_contains": "ayments", "fault": "drop_after", "times": 1}]));
    synced(&engine).await;
    assert_eq!(Till::of(&bed).all("payments").len(), 1);
    bed.deletes_payment().await;
    for _ in 0..4 {
        bed.minutes(10);
        synced(&engine).await;
    }
    assert_eq!(in_xero(&bed).len(), 0);
    let row = crate::bed::doc(&engine, "1041").await;
    assert_eq!(row.state, DocState::Held, "{:?}", row.reason);
}

/// Ids count by themselves for each kind: what was made after a backup is found there, also where a payment that is made beside it
/// bears the id of its order.
#[tokio::test]
async fn what_a_backup_forgot_is_found_beside_money_that_is_new() {
    let bed = Bed::new(&both(&[]));
    bed.keap(shop(vec![
        order(1, 1041, "2026-07-10"),
        order(2, 1042, "2026-07-10"),
    ]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1042").await;
    let kept = keep(&bed, engine).await;
    let engine = bed.engine().await;
    bed.minutes(16);
    paid(&bed, "1042", "2026-07-12", "9.35").await;
    synced(&engine).await;
    assert_eq!(Till::of(&bed).all("payments").len(), 1);
    older(&bed, engine, &kept).await;
    bed.minutes(60);
    let engine = bed.engine().await;
    paid(&bed, "1042", "2026-07-11", "15.04").await;
    let mut told = Vec::new();
    for _ in 0..4 {
        let done = crate::bed::sync(&engine).await;
        told.push(format!(
            "{:?}",
            done.map(|d| d.back.map(|b| (b.run.counts, b.lines)))
        ));
        bed.minutes(33);
    }
    let till = Till::of(&bed);
    let mut sums: Vec<String> = till
        .all("payments")
        .iter()
        .map(|p| p["amount"].to_string())
        .collect();
    sums.sort();
    assert_eq!(sums.len(), 2, "each once: {sums:?} {told:#?}");
}
