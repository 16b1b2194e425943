//! What bears our stamp in the ledger is ours, also where it answers to nothing that the source or the journal names: an older
//! backup was put back, a link was taken away, or a twin sent it, and the source calls the same money otherwise by now. It is told
//! with its entry, and no money goes beside it until a person has seen to it; what is told to be done ends it.

use super::bed::{
    Bed, carried, doc, end, file, held, order, paid, shop, synced, tenant, text, verified, with,
};
use super::scenes::{kept, put_back, quiet, twin_of};
use super::story_overpayment::{credit_deleted, permit};
use crossfoot::model::{DocState, Epoch};
use crossfoot::pipeline::ports::{Documents as _, Epochs as _};
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{WordAsk, look, settle, unsettle};
use crossfoot::service::desk::unlink::{UnlinkWhat, unlink};
use serde_json::{Value, json};

const WHO: &str = "jo@acme.example";
const CODE: &str = "payment.removed";

fn money(id: &str, sum: &str) -> Value {
    with(paid(sum, "2026-07-12"), json!({"id": id}))
}

fn back(id: &str, sum: &str) -> Value {
    let mut row = with(
        paid(sum, "2026-07-13"),
        json!({"id": id, "refund_of": "80"}),
    );
    row.as_object_mut().unwrap().remove("pay_status");
    row
}

/// The source has some payments no more, and some others.
fn sells(bed: &Bed, gone: &[&str], more: Value) {
    let gone: Vec<Value> = (gone.iter())
        .map(|id| json!({"id": id, "remove": true}))
        .collect();
    bed.keap_edit(json!({"payments": gone, "orders": [{"id": "1", "add_payments": more}]}));
}

/// An invoice of 110.00 that is posted with some payments.
async fn sold(words: &[(&str, &str)], payments: Value) -> (Bed, Engine) {
    let bed = Bed::new(&file(words));
    let row = with(order(1, 1041, "2026-07-10"), json!({"payments": payments}));
    bed.keap(shop(vec![row]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    (bed, engine)
}

/// What was posted last is forgotten again, and the source says otherwise of the same money.
async fn forgotten(words: &[(&str, &str)], all: [Value; 3]) -> (Bed, Engine) {
    let [before, then, now] = all;
    let (bed, engine) = sold(words, before).await;
    let (engine, copy) = kept(&bed, engine).await;
    sells(&bed, &[], then);
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    let engine = put_back(&bed, engine, &copy).await;
    sells(&bed, &["81"], now);
    quiet(&bed, &engine).await;
    bed.minutes(20);
    synced(&engine).await;
    (bed, engine)
}

fn stands(bed: &Bed) -> Vec<(String, String)> {
    let all = bed.money().into_iter();
    all.map(|(sum, _, _, on)| (sum, on)).collect()
}

fn entry(bed: &Bed, sum: &str) -> String {
    let books = bed.books();
    let all = books["payments"].as_array().unwrap();
    let one = all.iter().find(|p| {
        p["Status"] != json!("DELETED") && super::bed::dec(&p["Amount"]) == super::bed::amount(sum)
    });
    text(one.expect("a payment"), "PaymentID")
}

async fn is_held(engine: &Engine, fix: &str) {
    held(engine, "1041", CODE, "under our stamp", fix).await;
}

#[tokio::test]
async fn a_payment_that_a_backup_forgot_and_that_has_another_id_now_stands_once() {
    let all = [
        json!([]),
        json!([money("81", "40.00")]),
        json!([money("91", "40.00")]),
    ];
    let (bed, engine) = forgotten(&[], all).await;
    is_held(&engine, "settle TENANT NUMBER --payment").await;
    assert_eq!(stands(&bed), [("40".to_owned(), "1041".to_owned())]);
    // It is the same money, as was printed.
    let id = entry(&bed, "40");
    let fix = doc(&engine, "1041").await.reason.unwrap().fix;
    assert!(fix.contains(&id), "{fix}");
    let payment = fix
        .split("--payment ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    let ask = WordAsk {
        entry: Some(&id),
        ..WordAsk::payment("1041", payment, "the same", WHO)
    };
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let looked = look(&engine, &loaded, ask)
        .await
        .unwrap_or_else(|e| panic!("{}", e.what));
    settle(&engine, ask, looked)
        .await
        .unwrap_or_else(|e| panic!("{}", e.what));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(stands(&bed), [("40".to_owned(), "1041".to_owned())]);
}

#[tokio::test]
async fn a_payment_that_a_backup_forgot_and_that_was_corrected_goes_once_it_is_taken_out() {
    let all = [
        json!([]),
        json!([money("81", "40.00")]),
        json!([money("91", "45.00")]),
    ];
    let (bed, engine) = forgotten(&[], all).await;
    is_held(&engine, "delete the payment of 40.00 on 1041").await;
    assert_eq!(stands(&bed), [("40".to_owned(), "1041".to_owned())]);
    bed.deletes_payment().await;
    bed.minutes(10);
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(stands(&bed), [("45".to_owned(), "1041".to_owned())]);
}

#[tokio::test]
async fn a_payment_that_a_backup_forgot_and_that_is_gone_is_told() {
    let all = [json!([]), json!([money("81", "40.00")]), json!([])];
    let (bed, engine) = forgotten(&[], all).await;
    is_held(&engine, "put it back in the source").await;
    sells(&bed, &[], json!([money("81", "40.00")]));
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(stands(&bed), [("40".to_owned(), "1041".to_owned())]);
}

/// What went after the backup was made, and was deleted in the ledger since, is not made again without a word; each of the two words
/// ends it.
#[tokio::test]
async fn a_payment_that_a_backup_forgot_and_that_was_deleted_there_is_told() {
    for sends in [true, false] {
        let (bed, engine) = sold(&[], json!([])).await;
        let (engine, copy) = kept(&bed, engine).await;
        sells(
            &bed,
            &[],
            json!([money("81", "40.00"), money("82", "30.00")]),
        );
        synced(&engine).await;
        verified(&engine, "1041").await;
        bed.minutes(30);
        let path = format!("Payments/{}", entry(&bed, "40"));
        bed.person("POST", &path, json!({"Status": "DELETED"}))
            .await;
        bed.minutes(30);
        let engine = put_back(&bed, engine, &copy).await;
        quiet(&bed, &engine).await;
        for _ in 0..2 {
            bed.minutes(20);
            synced(&engine).await;
            let fix = "crossfoot send";
            held(&engine, "1041", "payment.deleted", "40.00", fix).await;
            assert_eq!(stands(&bed), [("30".to_owned(), "1041".to_owned())]);
            super::bed::retried(&engine).await;
        }
        let fix = doc(&engine, "1041").await.reason.unwrap().fix;
        let id = fix.split("--payment ").nth(1).unwrap();
        let id = id.split(' ').next().unwrap();
        match sends {
            true => super::bed::sent(&engine, "1041").await,
            false => {
                let ask = WordAsk {
                    unseen: true,
                    ..WordAsk::payment("1041", id, "it did not come in", WHO)
                };
                let loaded = engine.workspace().load(&tenant()).unwrap();
                let looked = look(&engine, &loaded, ask).await;
                let looked = looked.unwrap_or_else(|e| panic!("{}", e.what));
                let said = settle(&engine, ask, looked).await;
                said.unwrap_or_else(|e| panic!("{}", e.what));
            }
        }
        for _ in 0..2 {
            bed.minutes(20);
            synced(&engine).await;
        }
        verified(&engine, "1041").await;
        assert_eq!(bed.payments(), if sends { 2 } else { 1 });
    }
}

#[tokio::test]
async fn a_refund_that_a_backup_forgot_and_that_has_another_id_now_is_made_once() {
    let sale = || money("80", "110.00");
    let all = [
        json!([sale()]),
        json!([back("81", "110.00")]),
        json!([back("91", "110.00")]),
    ];
    let (bed, engine) = forgotten(&[("refunds", "credit_note")], all).await;
    is_held(&engine, "take all of that out").await;
    assert_eq!(bed.credit_notes().len(), 1);
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn what_was_unlinked_by_a_person_is_posted_no_second_time() {
    let sale = || money("80", "110.00");
    for (words, before, now) in [
        (
            vec![],
            json!([money("81", "40.00")]),
            json!([money("91", "40.00")]),
        ),
        (
            vec![("refunds", "credit_note")],
            json!([sale(), back("81", "110.00")]),
            json!([back("91", "110.00")]),
        ),
    ] {
        let (bed, engine) = sold(&words, before).await;
        let count = (bed.payments(), bed.credit_notes().len());
        sells(&bed, &["81"], now);
        synced(&engine).await;
        assert_eq!(end(&engine, "1041").await.1, CODE);
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let gone = unlink(&engine, &loaded, "1041", UnlinkWhat::Document, WHO).await;
        gone.unwrap_or_else(|e| panic!("{}", e.what));
        synced(&engine).await;
        bed.minutes(30);
        synced(&engine).await;
        // What the ledger has and nothing answers to is told, and not the payments that may be just that.
        assert_eq!(
            end(&engine, "1041").await,
            (DocState::Held, CODE.to_owned())
        );
        assert_eq!((bed.payments(), bed.credit_notes().len()), count);
    }
}

/// A payment that was more than what is owed, wholly or in part, and that the source calls otherwise since a backup was put back:
/// its credit is not made a second time, and is told with what came with it.
#[tokio::test]
async fn a_credit_that_a_backup_forgot_and_whose_payment_has_another_id_now_stands_once() {
    for whole in [false, true] {
        let bed = Bed::new(&file(&[("overpayment", "as_overpayment")]));
        permit(&bed);
        let sold = match whole {
            true => json!([money("80", "110.00")]),
            false => json!([]),
        };
        let sum = if whole { "40.00" } else { "150.00" };
        let row = with(order(1, 1041, "2026-07-10"), json!({"payments": sold}));
        bed.keap(shop(vec![row]));
        let engine = bed.engine().await;
        synced(&engine).await;
        let (engine, copy) = kept(&bed, engine).await;
        bed.minutes(30);
        sells(&bed, &[], json!([money("81", sum)]));
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(credits(&bed), ["40"], "{whole}");
        bed.minutes(30);
        let engine = put_back(&bed, engine, &copy).await;
        may_credit(&bed);
        sells(&bed, &["81"], json!([money("91", sum)]));
        quiet(&bed, &engine).await;
        for _ in 0..3 {
            bed.minutes(20);
            synced(&engine).await;
        }
        held(&engine, "1041", CODE, "the credit of 40.00", "delete").await;
        assert_eq!(credits(&bed), ["40"], "{whole}");
        assert_eq!(bed.payments(), 1);
        // As printed: all of it is taken out, and it goes once as it is called now.
        if !whole {
            bed.deletes_payment().await;
            bed.minutes(10);
            carried(&engine, "1041").await;
            held(&engine, "1041", CODE, "the credit of 40.00", "delete").await;
        }
        credit_deleted(&bed).await;
        bed.minutes(10);
        carried(&engine, "1041").await;
        verified(&engine, "1041").await;
        assert_eq!((credits(&bed), bed.payments()), (vec!["40".to_owned()], 1));
    }
}

/// The connection that was made again has the permission that is asked for with the word.
fn may_credit(bed: &Bed) {
    let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
    let scopes = format!("{scopes} accounting.banktransactions");
    let token = json!({"app": super::support::XERO_CLIENT, "tenants": [super::bed::ORG], "access": "x-again", "refresh": "r-again", "scopes": scopes});
    bed.plane.seed("xero", json!({"tokens": [token]})).unwrap();
}

fn credits(bed: &Bed) -> Vec<String> {
    let books = bed.books();
    let all = books["bank_transactions"].as_array().unwrap();
    let there = all.iter().filter(|t| t["Status"] == "AUTHORISED");
    there
        .map(|t| super::bed::dec(&t["Total"]).normalize().to_string())
        .collect()
}

async fn epoch(bed: &Bed, engine: &Engine) -> Epoch {
    engine.store().epoch(bed.now()).await.unwrap()
}

#[tokio::test]
async fn an_unknown_stamp_on_what_is_paid_to_our_own_paper_is_a_proof() {
    let (bed, engine) = sold(&[], json!([])).await;
    let (twin, other) = twin_of(&bed, false).await;
    sells(&twin, &[], json!([money("91", "45.00")]));
    quiet(&twin, &other).await;
    bed.minutes(20);
    synced(&other).await;
    assert_eq!(stands(&bed), [("45".to_owned(), "1041".to_owned())]);
    bed.minutes(30);
    // Here the source calls it otherwise.
    sells(&bed, &["91"], json!([money("81", "40.00")]));
    quiet(&bed, &engine).await;
    assert!(epoch(&bed, &engine).await.began.is_some());
    bed.minutes(20);
    synced(&engine).await;
    is_held(&engine, "delete").await;
    assert_eq!(stands(&bed), [("45".to_owned(), "1041".to_owned())]);
    // What was sent after that wait was sent by one that is alive.
    bed.minutes(30);
    let row = with(order(2, 1042, "2026-07-10"), json!({"payments": []}));
    bed.keap(json!({"orders": [row]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
}

/// A credit note that a person made and paid out.
async fn by_hand(bed: &Bed, sum: &str) {
    let contact = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let line = json!({"Description": "c", "Quantity": 1, "UnitAmount": sum, "AccountCode": "200"});
    let note = json!({"Type": "ACCRECCREDIT", "CreditNoteNumber": "HC-1", "Contact": {"ContactID": contact},
        "Date": "2026-07-14", "Status": "AUTHORISED", "LineAmountTypes": "NoTax", "LineItems": [line]});
    bed.person("PUT", "CreditNotes", note).await;
    let out = json!({"CreditNote": {"CreditNoteNumber": "HC-1"}, "Account": {"Code": "090"}, "Amount": sum, "Date": "2026-07-14"});
    bed.person("PUT", "Payments", out).await;
}

#[tokio::test]
async fn a_note_by_hand_that_stands_for_its_refund_no_more_is_not_forgotten() {
    let (bed, engine) = sold(
        &[("refunds", "credit_note")],
        json!([money("80", "110.00")]),
    )
    .await;
    by_hand(&bed, "110.00").await;
    sells(&bed, &[], json!([back("81", "110.00")]));
    bed.minutes(10);
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.1, "refund.other");
    super::bed::settled(&engine, "1041").await;
    let smaller = json!({"id": "81", "amount": "60.00"});
    bed.keap_edit(json!({"payments": [smaller]}));
    bed.minutes(60);
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.1, "settled.changed");
    let row = doc(&engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let payments = note.unwrap().payments;
    let refund = payments
        .iter()
        .find(|p| p.state == "held")
        .unwrap()
        .id
        .clone();
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::payment("1041", &refund, "as printed", WHO);
    // While the note by hand stands, ours would be made beside it: that is refused, and nothing is forgotten.
    let refused = unsettle(&engine, &loaded, ask).await.unwrap_err();
    assert!(refused.what.contains("HC-1"), "{}", refused.what);
    bed.minutes(30);
    synced(&engine).await;
    assert_eq!(bed.credit_notes().len(), 1);
    assert_eq!(end(&engine, "1041").await.1, "settled.changed");
}

#[tokio::test]
async fn a_payment_in_doubt_that_had_arrived_and_was_deleted_is_not_sent_again_by_itself() {
    let (bed, engine) = sold(&[], json!([])).await;
    sells(&bed, &[], json!([money("81", "40.00")]));
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "/Payments", "fault": "drop_after"}]));
    super::bed::sync(&engine).await.unwrap();
    assert_eq!(bed.payments(), 1, "it had arrived");
    bed.deletes_payment().await;
    bed.heal().await;
    bed.minutes(30);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.deleted",
        "40.00",
        "crossfoot send",
    )
    .await;
    assert_eq!(bed.payments(), 0);
    super::bed::sent(&engine, "1041").await;
    bed.minutes(30);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn what_is_left_as_the_ledger_has_it_is_not_verified_once_money_comes() {
    let (bed, engine) = sold(&[], json!([money("81", "40.00")])).await;
    let items = json!([super::bed::hire("2"), super::bed::gst("20.00")]);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": items}]}));
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::document("1041", "leave", WHO);
    let said = crossfoot::service::desk::settle::skip(&engine, &loaded, ask).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    synced(&engine).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [money("82", "50.00")]}]}));
    bed.minutes(60);
    synced(&engine).await;
    assert_eq!(bed.payments(), 2);
    let row = doc(&engine, "1041").await;
    assert_eq!(row.state, DocState::Skipped, "{:?}", row.reason);
    let what = row.reason.unwrap().what;
    assert!(what.contains("220.00") && what.contains("110.00"), "{what}");
}
