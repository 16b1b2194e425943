//! A payment is a thing of its own: taken off its invoice, put to another, or left over when that was deleted, it stands with our
//! stamp. Whatever makes it go once more, it is looked for in the whole company first.

use super::Desk;
use crate::bed::{
    amount, dec, end, held, order, paid, retried, shop, sync, synced, tenant, verified, with,
};
use crate::story_put_back::{keep, older};
use chrono::Duration;
use crossfoot::model::DocState;
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{WordAsk, look, settle};
use crossfoot::service::desk::unlink::{UnlinkWhat, unlink};
use rust_decimal::Decimal;
use serde_json::{Value, json};

const WHO: &str = "jo@acme.example";

/// An order with a payment of 50.
fn half_paid(id: u64, number: u64) -> Value {
    let mut money = paid("50.00", "2026-07-11");
    money["id"] = json!((80 + id).to_string());
    with(
        order(id, number, "2026-07-10"),
        json!({"payments": [money]}),
    )
}

fn invoice(desk: &Desk, number: &str) -> Value {
    let all = desk.rows("Invoice").into_iter();
    let mut all = all.filter(|i| i["DocNumber"] == json!(number));
    let one = all.next();
    assert!(all.next().is_none(), "{number} twice");
    one.unwrap_or_else(|| panic!("no {number}"))
}

fn balance(desk: &Desk, number: &str) -> Decimal {
    dec(&invoice(desk, number)["Balance"])
}

/// The payment on an invoice.
fn on(desk: &Desk, number: &str) -> Value {
    let id = invoice(desk, number)["Id"].clone();
    let links = |p: &Value| p.to_string().contains(&format!("\"TxnId\":{id}"));
    let mut all = desk.rows("Payment").into_iter();
    all.find(links)
        .unwrap_or_else(|| panic!("nothing on {number}"))
}

/// A person puts a payment to an invoice, or takes it off whatever it is on.
fn put(desk: &Desk, payment: &Value, to: Option<&str>) {
    let lines = match to {
        Some(number) => {
            let id = invoice(desk, number)["Id"].clone();
            json!([{"Amount": 50, "LinkedTxn": [{"TxnId": id, "TxnType": "Invoice"}]}])
        }
        None => json!([]),
    };
    desk.person(json!({"update": {"Payment": {"Id": payment["Id"], "Line": lines}}}));
}

/// Where it stands is right, a person says.
async fn unseen(engine: &Engine, number: &str, payment: &str) {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk {
        unseen: true,
        ..WordAsk::payment(number, payment, "it stays there", WHO)
    };
    let seen = look(engine, &loaded, ask).await.unwrap();
    let said = settle(engine, ask, seen).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
}

fn money(desk: &Desk) -> Decimal {
    desk.rows("Payment")
        .iter()
        .map(|p| dec(&p["TotalAmt"]))
        .sum()
}

/// The printed cure of an invoice that was deleted makes it anew, and finds the money that was left over. Both ways to end that
/// work.
#[tokio::test]
async fn unlink_makes_no_second_payment_beside_one_that_was_left_over() {
    for cure in ["put", "delete", "settle"] {
        let desk = Desk::australia(shop(vec![half_paid(1, 1041)]));
        let engine = desk.engine().await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        let first = desk.only("Payment");
        let id = desk.only("Invoice")["Id"].clone();
        desk.person(json!({"delete": {"Invoice": {"Id": id}}}));
        desk.bed.minutes(60 * 7);
        let _ = sync(&engine).await;
        let (state, code) = end(&engine, "1041").await;
        assert_eq!((state, code.as_str()), (DocState::Held, "ledger.cancelled"));
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let said = unlink(&engine, &loaded, "1041", UnlinkWhat::Document, WHO).await;
        assert!(said.is_ok());
        desk.bed.minutes(10);
        let _ = sync(&engine).await;
        let told = format!(
            "still stands in the ledger with 50.00, on no document (its id there is {})",
            first["Id"].as_str().unwrap()
        );
        held(
            &engine,
            "1041",
            "payment.unapplied",
            &told,
            "delete it there",
        )
        .await;
        assert_eq!(balance(&desk, "1041"), amount("110"));
        assert_eq!(money(&desk), amount("50"), "nothing is made beside it");
        match cure {
            "delete" => desk.person(json!({"delete": {"Payment": {"Id": first["Id"]}}})),
            "put" => put(&desk, &first, Some("1041")),
            _ => unseen(&engine, "1041", "81-1").await,
        }
        desk.bed.minutes(10);
        retried(&engine).await;
        verified(&engine, "1041").await;
        let owed = if cure == "settle" { "110" } else { "60" };
        assert_eq!(balance(&desk, "1041"), amount(owed), "{cure}");
        assert_eq!(money(&desk), amount("50"));
    }
}

/// A backup is put back that knows nothing of what people moved since: the money stands there once.
#[tokio::test]
async fn a_backup_makes_nothing_anew_that_people_took_off() {
    let desk = Desk::australia(shop(vec![order(9, 1049, "2026-07-09")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    let kept = keep(&desk.bed, engine).await;
    let all = (1..=4).map(|i| half_paid(i, 1040 + i)).collect::<Vec<_>>();
    desk.bed.minutes(5);
    desk.bed.keap(json!({ "orders": all }));
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1044").await;
    assert_eq!(money(&desk), amount("200"));
    desk.bed.minutes(60);
    put(&desk, &on(&desk, "1041"), None);
    put(&desk, &on(&desk, "1042"), Some("1044"));
    let id = invoice(&desk, "1043")["Id"].clone();
    desk.person(json!({"delete": {"Invoice": {"Id": id}}}));
    older(&desk.bed, engine, &kept).await;
    desk.bed.minutes(60);
    let engine = desk.engine().await;
    for _ in 0..3 {
        let _ = sync(&engine).await;
        desk.bed.minutes(20);
    }
    assert_eq!(money(&desk), amount("200"), "nothing is made a second time");
    for number in ["1041", "1043"] {
        let what = "on no document";
        held(&engine, number, "payment.unapplied", what, "put it to").await;
    }
    held(
        &engine,
        "1042",
        "payment.unapplied",
        "on 1044",
        "delete it there",
    )
    .await;
    // What is put where it belongs is taken.
    for number in ["1041", "1043"] {
        let rows = desk.rows("Payment").into_iter();
        let mut free = rows.filter(|p| {
            p["Line"]
                .as_array()
                .is_none_or(|l| !l.iter().any(|l| l["LinkedTxn"].is_array()))
        });
        put(&desk, &free.next().unwrap(), Some(number));
    }
    desk.bed.minutes(60 * 7);
    retried(&engine).await;
    assert_eq!(money(&desk), amount("200"));
    for number in ["1041", "1043"] {
        assert_eq!(balance(&desk, number), amount("60"), "{number}");
    }
}

/// An answer was lost, its key is forgotten, and a person took the payment off in between.
#[tokio::test]
async fn a_payment_in_doubt_that_was_taken_off_is_not_made_anew() {
    for deleted in [false, true] {
        let desk = Desk::australia(shop(vec![half_paid(1, 1041)]));
        desk.switch("requestid_seconds", json!(60)).await;
        let engine = desk.engine().await;
        desk.bed.fault(json!([
            {"system": "qbo", "method": "POST", "path_contains": "/payment", "fault": "drop_after"},
            {"system": "qbo", "method": "GET", "path_contains": "/invoice/", "fault": "drop_before", "times": 12},
            {"system": "qbo", "method": "GET", "path_contains": "/payment/", "fault": "drop_before", "times": 12},
        ]));
        let _ = sync(&engine).await;
        desk.bed.heal().await;
        assert_eq!(money(&desk), amount("50"));
        desk.bed.minutes(5);
        match deleted {
            false => put(&desk, &desk.only("Payment"), None),
            true => {
                let id = desk.only("Invoice")["Id"].clone();
                desk.person(json!({"delete": {"Invoice": {"Id": id}}}));
            }
        }
        for _ in 0..6 {
            desk.bed.clock.advance(Duration::minutes(15));
            let _ = sync(&engine).await;
        }
        assert_eq!(money(&desk), amount("50"), "{deleted}");
        if !deleted {
            let what = "on no document";
            held(&engine, "1041", "payment.unapplied", what, "put it to").await;
            put(&desk, &desk.only("Payment"), Some("1041"));
        } else {
            let loaded = engine.workspace().load(&tenant()).unwrap();
            let said = unlink(&engine, &loaded, "1041", UnlinkWhat::Document, WHO).await;
            assert!(said.is_ok(), "{:?}", end(&engine, "1041").await);
            let _ = sync(&engine).await;
            assert_eq!(
                money(&desk),
                amount("50"),
                "{:?}",
                end(&engine, "1041").await
            );
            put(&desk, &desk.only("Payment"), Some("1041"));
        }
        desk.bed.minutes(20);
        retried(&engine).await;
        desk.bed.minutes(20);
        let _ = sync(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(balance(&desk, "1041"), amount("60"));
        assert_eq!(money(&desk), amount("50"));
    }
}

/// What was only taken off is not told as deleted, and the source's deletion ends nothing while the money stands there.
#[tokio::test]
async fn what_was_taken_off_is_not_believed_gone() {
    for moved in [false, true] {
        let all = vec![half_paid(1, 1041), order(2, 1042, "2026-07-10")];
        let desk = Desk::australia(shop(all));
        let engine = desk.engine().await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        let first = desk.only("Payment");
        put(&desk, &first, moved.then_some("1042"));
        desk.bed.minutes(60 * 7);
        let _ = sync(&engine).await;
        let on = if moved { "on 1042" } else { "on no document" };
        held(&engine, "1041", "payment.unapplied", on, "delete it there").await;
        // The source has it no more: the ledger still has.
        desk.bed
            .keap_edit(json!({"payments": [{"id": "81", "remove": true}]}));
        desk.bed.minutes(60);
        for _ in 0..2 {
            let _ = sync(&engine).await;
            held(
                &engine,
                "1041",
                "payment.removed",
                on,
                "delete it in the ledger",
            )
            .await;
            desk.bed.minutes(60);
            retried(&engine).await;
        }
        desk.person(json!({"delete": {"Payment": {"Id": first["Id"]}}}));
        desk.bed.minutes(60 * 7);
        retried(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(money(&desk), amount("0"));
    }
}

/// The company tells that payments were deleted, and not whose they were: what the backup forgot is not made again without a word,
/// and what came in since goes.
#[tokio::test]
async fn a_payment_that_a_backup_forgot_and_that_was_deleted_is_told() {
    for deletes in [true, false] {
        let desk = Desk::australia(shop(vec![order(9, 1049, "2026-07-09")]));
        let engine = desk.engine().await;
        synced(&engine).await;
        let kept = keep(&desk.bed, engine).await;
        desk.bed.minutes(5);
        desk.bed
            .keap(json!({ "orders": [half_paid(1, 1041), half_paid(2, 1042)] }));
        let engine = desk.engine().await;
        synced(&engine).await;
        verified(&engine, "1042").await;
        desk.bed.minutes(60);
        if deletes {
            let id = on(&desk, "1041")["Id"].clone();
            desk.person(json!({"delete": {"Payment": {"Id": id}}}));
        }
        older(&desk.bed, engine, &kept).await;
        desk.bed.minutes(60);
        let engine = desk.engine().await;
        for _ in 0..3 {
            let _ = sync(&engine).await;
            desk.bed.minutes(20);
        }
        verified(&engine, "1042").await;
        if !deletes {
            verified(&engine, "1041").await;
            assert_eq!(money(&desk), amount("100"));
            continue;
        }
        assert_eq!(money(&desk), amount("50"), "nothing is made again untold");
        let what = "does not tell whose they were";
        held(&engine, "1041", "payment.deleted", what, "crossfoot send").await;
        // Later money has nothing to do with it.
        desk.bed.minutes(60 * 24);
        desk.bed.keap(json!({ "orders": [with(half_paid(3, 1043), json!({"payments": [with(paid("50.00", "2026-07-16"), json!({"id": "93"}))]}))] }));
        synced(&engine).await;
        verified(&engine, "1043").await;
        crate::bed::sent(&engine, "1041").await;
        verified(&engine, "1041").await;
        assert_eq!(money(&desk), amount("150"));
    }
}
