//! What of a payment that comes back is not plain: money that is on its way at the source, an order that contradicts itself, and what
//! people change of a payment after it came.

use super::Till;
use super::half::{begun, both, half, half_doc, in_xero, paid};
use crate::bed::{Bed, doc, order, shop, synced, tenant, verified};
use crossfoot::model::{DocState, TenantId};
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{WordAsk, look, send, settle};
use crossfoot::service::desk::status::status;
use serde_json::{Value, json};

fn counts(bed: &Bed) -> (usize, usize) {
    (in_xero(bed).len(), Till::of(bed).all("payments").len())
}

fn pending(id: &str, amount: &str) -> Value {
    json!({"id": id, "amount": amount, "type": "Credit Card", "pay_status": "PENDING", "time": "2026-07-12T01:00:00Z"})
}

/// A card payment is on its way at the source, and the bookkeeper has entered it in the ledger already: it waits, and the
/// one that it may be is named.
#[tokio::test]
async fn money_that_is_on_its_way_at_the_source_is_not_brought_beside() {
    for (there, here) in [
        (&["50.00"][..], &["50.00"][..]),
        (&["20.00", "30.00"], &["50.00"]),
        (&["50.00"], &["20.00", "30.00"]),
    ] {
        let (bed, engine) = begun(&[]).await;
        let rows: Vec<Value> = (here.iter().enumerate())
            .map(|(n, amount)| pending(&(501 + n).to_string(), amount))
            .collect();
        bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": rows}]}));
        for amount in there {
            paid(&bed, "1041", "2026-07-12", amount).await;
        }
        for _ in 0..2 {
            synced(&engine).await;
            bed.minutes(40);
        }
        assert_eq!(counts(&bed), (there.len(), here.len()));
        let row = engine
            .store()
            .document(&half(), "1041")
            .await
            .unwrap()
            .unwrap();
        let why = row.reason.expect("why it waits");
        assert_eq!(
            (row.state, why.code.as_str()),
            (DocState::Held, "payment.other")
        );
        assert!(why.what.contains("501"), "{}", why.what);
        // It comes through, and is the same money: one word on each side ends it.
        for n in 0..here.len() {
            bed.keap_edit(
                json!({"payments": [{"id": (501 + n).to_string(), "pay_status": "APPROVED"}]}),
            );
        }
        synced(&engine).await;
        assert_eq!(counts(&bed), (there.len(), here.len()));
    }
}

/// A person says at once that the two are one, as is printed: what is on its way is not told as deleted, and once it came in both
/// books have it once.
#[tokio::test]
async fn what_is_settled_with_money_on_its_way_is_not_told_as_deleted() {
    let (bed, engine) = begun(&[]).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [pending("501", "50.00")]}]}));
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    synced(&engine).await;
    assert_eq!(half_doc(&engine, "1041").await.1, "payment.other");
    let loaded = engine.workspace().load(&half()).unwrap();
    let row = engine.store().document(&half(), "1041").await.unwrap();
    let why = row.unwrap().reason.unwrap();
    let id = why.fix.split("--payment ").nth(1).unwrap();
    let id = id.split(' ').next().unwrap();
    let ask = WordAsk::payment("1041", id, "the same", "jo@acme.example");
    let seen = look(&engine, &loaded, ask).await;
    let seen = seen.unwrap_or_else(|e| panic!("{}", e.what));
    let said = settle(&engine, ask, seen).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    for _ in 0..2 {
        bed.minutes(40);
        synced(&engine).await;
        let ends = half_doc(&engine, "1041").await;
        assert_eq!(ends.0, DocState::Verified, "{ends:?}");
    }
    bed.keap_edit(json!({"payments": [{"id": "501", "pay_status": "APPROVED"}]}));
    bed.minutes(40);
    synced(&engine).await;
    // What came of it at the source is read once a person asks.
    let row = engine.store().document(&half(), "1041").await.unwrap();
    let key = row.unwrap().key;
    let (store, back) = (engine.store(), half());
    let said = store.retry(&back, Some(&key), "jo@acme.example", engine.now());
    said.await.unwrap();
    synced(&engine).await;
    let ends = half_doc(&engine, "1041").await;
    assert_eq!(ends.0, DocState::Verified, "{ends:?}");
    assert_eq!(counts(&bed), (1, 1));
}

/// It fails: what the bookkeeper entered comes after all, once a person asks.
#[tokio::test]
async fn what_waited_for_money_that_failed_comes_by_retry() {
    let (bed, engine) = begun(&[]).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [pending("501", "50.00")]}]}));
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    synced(&engine).await;
    assert_eq!(half_doc(&engine, "1041").await.1, "payment.other");
    bed.keap_edit(json!({"payments": [{"id": "501", "pay_status": "FAILED"}]}));
    bed.minutes(40);
    let row = engine
        .store()
        .document(&half(), "1041")
        .await
        .unwrap()
        .unwrap();
    let (store, back) = (engine.store(), half());
    let said = store.retry(&back, Some(&row.key), "jo@acme.example", engine.now());
    said.await.unwrap();
    synced(&engine).await;
    assert_eq!(half_doc(&engine, "1041").await.0, DocState::Verified);
    assert_eq!(counts(&bed), (1, 2));
}

/// One order whose payments contradict one another holds itself alone.
#[tokio::test]
async fn an_order_that_contradicts_itself_holds_itself_alone() {
    let bed = Bed::new(&both(&[]));
    bed.keap(shop(vec![
        order(1, 1041, "2026-07-10"),
        order(2, 1042, "2026-07-10"),
    ]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    // Its own list is read in another unit than it is written in: it comes to what the order does not say.
    bed.setting("keap", "order_payment_unit", "minor");
    drop(engine);
    let engine = bed.engine().await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
        {"id": "501", "amount": "40.00", "type": "Check", "time": "2026-07-11T01:00:00Z"},
        {"id": "502", "amount": "40.00", "type": "Check", "method": "REFUND", "refund_of": "501", "time": "2026-07-11T02:00:00Z"}]}]}));
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    paid(&bed, "1042", "2026-07-12", "60.00").await;
    synced(&engine).await;
    bed.minutes(40);
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(half_doc(&engine, "1042").await.0, DocState::Verified);
    let (state, code) = half_doc(&engine, "1041").await;
    assert_eq!(
        (state, code.as_str()),
        (DocState::Held, "ledger.unreadable")
    );
    assert_eq!(counts(&bed), (2, 3));
    // It is put right: one word ends it.
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"minor\"", "\"major\"")).unwrap();
    drop(engine);
    let engine = bed.engine().await;
    let (store, back) = (engine.store(), half());
    let row = store.document(&back, "1041").await.unwrap().unwrap();
    let said = store.retry(&back, Some(&row.key), "jo@acme.example", engine.now());
    said.await.unwrap();
    synced(&engine).await;
    assert_eq!(half_doc(&engine, "1041").await.0, DocState::Verified);
    assert_eq!(counts(&bed), (2, 4));
}

/// A payment that came back, and that people then delete at the source: it is told, and nothing is made anew.
#[tokio::test]
async fn one_that_came_and_is_deleted_at_the_source_is_told() {
    let (bed, engine) = begun(&[]).await;
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    synced(&engine).await;
    assert_eq!(counts(&bed), (1, 1));
    let id = Till::of(&bed).all("payments")[0]["id"].clone();
    let id = id.as_str().map_or(id.to_string(), str::to_owned);
    bed.minutes(40);
    bed.keap_edit(json!({"payments": [{"id": id, "remove": true}]}));
    for _ in 0..2 {
        synced(&engine).await;
        bed.minutes(40);
    }
    assert_eq!(counts(&bed), (1, 0));
    let row = doc(&engine, "1041").await;
    let why = row.reason.expect("why it is held");
    assert_eq!(
        (row.state, why.code.as_str()),
        (DocState::Held, "payment.removed")
    );
    assert!(why.what.contains("came from the ledger"), "{}", why.what);
    // It did not come in: out of the ledger too, and it is over on both sides.
    bed.deletes_payment().await;
    bed.minutes(40);
    synced(&engine).await;
    verified(&engine, "1041").await;
    let (store, back) = (engine.store(), half());
    let row = store.document(&back, "1041").await.unwrap().unwrap();
    let said = store.retry(&back, Some(&row.key), "jo@acme.example", engine.now());
    said.await.unwrap();
    synced(&engine).await;
    assert_eq!(half_doc(&engine, "1041").await.0, DocState::Verified);
    assert_eq!(counts(&bed), (0, 0));
}

async fn settled(engine: &Engine, whose: &TenantId, payment: &str) {
    let loaded = engine.workspace().load(whose).unwrap();
    let ask = WordAsk::payment("1041", payment, "it is the same", "jo@acme.example");
    let looked = look(engine, &loaded, ask).await;
    let looked = looked.unwrap_or_else(|e| panic!("{whose} {payment}: {} {}", e.what, e.fix));
    let done = settle(engine, ask, looked).await;
    done.unwrap_or_else(|e| panic!("{whose} {payment}: {} {}", e.what, e.fix));
}

/// It was deleted at the source and entered there once more: the word that is printed ends it, and nothing is doubled.
#[tokio::test]
async fn one_that_is_entered_at_the_source_once_more_is_settled_with_what_came() {
    let (bed, engine) = begun(&[]).await;
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    synced(&engine).await;
    let id = Till::of(&bed).all("payments")[0]["id"].clone();
    let id = id.as_str().map_or(id.to_string(), str::to_owned);
    bed.minutes(40);
    bed.keap_edit(json!({"payments": [{"id": id, "remove": true}]}));
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
        {"id": "777", "amount": "50.00", "type": "Check", "time": "2026-07-12T01:00:00Z"}]}]}));
    synced(&engine).await;
    assert_eq!(counts(&bed), (1, 1));
    let row = doc(&engine, "1041").await;
    assert_eq!(row.state, DocState::Held, "{:?}", row.reason);
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let all = note.unwrap().payments;
    let fresh = all.iter().find(|p| p.id == "777-1").expect("the new one");
    let why = fresh.reason.clone().expect("why it waits");
    assert_eq!(why.code, "payment.other");
    let cure = "crossfoot settle TENANT NUMBER --payment 777-1";
    assert!(why.fix.contains(cure), "{}", why.fix);
    settled(&engine, &tenant(), "777-1").await;
    for _ in 0..2 {
        bed.minutes(40);
        synced(&engine).await;
        assert_eq!(counts(&bed), (1, 1));
    }
    verified(&engine, "1041").await;
}

/// The word that sends what came once more is not taken while the order has another of the same sum: both books would have it twice.
#[tokio::test]
async fn what_came_is_not_sent_once_more_beside_one_of_its_sum() {
    let (bed, engine) = begun(&[]).await;
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    synced(&engine).await;
    let id = Till::of(&bed).all("payments")[0]["id"].clone();
    let id = id.as_str().map_or(id.to_string(), str::to_owned);
    bed.minutes(40);
    bed.keap_edit(json!({"payments": [{"id": id, "remove": true}]}));
    synced(&engine).await;
    bed.minutes(40);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
        {"id": "777", "amount": "50.00", "type": "Check", "time": "2026-07-12T01:00:00Z"}]}]}));
    synced(&engine).await;
    assert_eq!(counts(&bed), (1, 1));
    let came = in_xero(&bed)[0]["PaymentID"].as_str().unwrap().to_owned();
    let loaded = engine.workspace().load(&half()).unwrap();
    let ask = WordAsk::payment("1041", &came, "as printed", "jo@acme.example");
    let said = send(&engine, &loaded, ask).await;
    let said = said.map(|_| ()).expect_err("it would be there twice");
    assert!(said.what.contains("777"), "{}", said.what);
    let cure = format!("crossfoot settle {} 1041", half());
    assert!(said.fix.contains(&cure), "{}", said.fix);
    for _ in 0..2 {
        bed.minutes(40);
        synced(&engine).await;
        assert_eq!(counts(&bed), (1, 1));
    }
}

/// It was deleted in the ledger and entered there once more: one word on each side, and neither goes in a circle.
#[tokio::test]
async fn one_that_is_entered_in_the_ledger_once_more_is_settled_on_both_sides() {
    for forward_first in [true, false] {
        let (bed, engine) = begun(&[]).await;
        paid(&bed, "1041", "2026-07-12", "50.00").await;
        synced(&engine).await;
        bed.minutes(40);
        bed.deletes_payment().await;
        paid(&bed, "1041", "2026-07-12", "50.00").await;
        synced(&engine).await;
        assert_eq!(counts(&bed), (1, 1));
        let anew = in_xero(&bed)[0]["PaymentID"].as_str().unwrap().to_owned();
        let keap = Till::of(&bed).all("payments")[0]["id"].clone();
        let keap = keap.as_str().map_or(keap.to_string(), str::to_owned);
        let mut both = [(tenant(), format!("{keap}-1")), (half(), anew)];
        if !forward_first {
            both.reverse();
        }
        for (whose, payment) in &both {
            let row = engine.store().document(whose, "1041").await.unwrap();
            // The word on the one side may have ended the other.
            if row.is_some_and(|r| r.state == DocState::Held) {
                settled(&engine, whose, payment).await;
            }
            bed.minutes(40);
            synced(&engine).await;
        }
        verified(&engine, "1041").await;
        let back = half_doc(&engine, "1041").await;
        assert_eq!(back.0, DocState::Verified, "{forward_first} {back:?}");
        assert_eq!(counts(&bed), (1, 1));
    }
}

/// What the half says names the books: to its people Keap is no ledger.
#[tokio::test]
async fn the_half_calls_its_books_by_their_names() {
    let (bed, engine) = begun(&[]).await;
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    synced(&engine).await;
    bed.minutes(40);
    bed.deletes_payment().await;
    synced(&engine).await;
    let row = engine.store().document(&half(), "1041").await.unwrap();
    let why = row.and_then(|r| r.reason).expect("why it is held");
    let all = format!("{} {}", why.what, why.fix);
    assert!(all.contains("Keap") && all.contains("Xero"), "{all}");
    assert!(
        !all.contains("the ledger") && !all.contains("the source"),
        "{all}"
    );
}

/// When the half runs is told as it is: with its tenant, unless the file says otherwise.
#[tokio::test]
async fn status_says_when_the_half_runs() {
    let often = (
        "first_run: post",
        "trigger: { every: 15m }, first_run: post",
    );
    let by_hand = ("back: {", "back: { trigger: manual,");
    for (file, with_it) in [(both(&[often]), true), (both(&[often, by_hand]), false)] {
        let bed = Bed::new(&file);
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = bed.engine().await;
        synced(&engine).await;
        let told = status(&engine, vec![tenant(), half()]).await;
        let told = told.unwrap_or_else(|e| panic!("{}", e.what));
        let of = |n: usize| (told.tenants[n].trigger.clone(), told.tenants[n].next_run);
        assert_eq!(of(0) == of(1), with_it, "{:?} {:?}", of(0), of(1));
    }
}

/// `lint --live` looks for the account that payments come back under, too.
#[tokio::test]
async fn lint_live_looks_for_where_payments_come_back_to() {
    for (account, wrong) in [("Check", 0), ("Cowries", 1)] {
        let named = format!("\"{account}\"");
        let bed = Bed::new(&both(&[("\"Check\"", named.as_str())]));
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = bed.engine().await;
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let told = crossfoot::service::against_ledger(&engine, &loaded).await;
        let told = told.unwrap_or_else(|e| panic!("{}", e.what));
        let about = |d: &&crossfoot::model::Diagnostic| format!("{d:?}").contains("Cowries");
        assert_eq!(told.iter().filter(about).count(), wrong, "{told:#?}");
    }
}

/// A payment that came back, and of which people then change the day at the source: it is told, as of any posted payment.
#[tokio::test]
async fn a_changed_day_of_one_that_came_is_told() {
    let (bed, engine) = begun(&[]).await;
    paid(&bed, "1041", "2026-07-12", "50.00").await;
    synced(&engine).await;
    bed.minutes(40);
    let id = Till::of(&bed).all("payments")[0]["id"].clone();
    let id = id.as_str().map_or(id.to_string(), str::to_owned);
    bed.keap_edit(json!({"payments": [{"id": id, "time": "2026-07-15T01:00:00Z"}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    let row = doc(&engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let told = note.unwrap().warnings;
    assert!(told.iter().any(|w| w.code == "payment.day"), "{told:?}");
    assert_eq!(counts(&bed), (1, 1));
}
