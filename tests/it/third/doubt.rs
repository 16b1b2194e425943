//! Lost answers at Quillbook: looked for by the mark, sent again under the same id, and made anew only after two looks.
//! Whatever happens, one document is there at the end.

use super::bench::Bench;
use super::ledger::{CONTACTS, INVOICES, NOTES, PAYMENTS, Request, Trouble};
use crate::bed::{amount, dec, gst, held, hire, order, paid, shop, sync, verified, with};
use chrono::Duration;
use crossfoot::model::{Became, Kind};
use crossfoot::service::Engine;
use serde_json::{Value, json};

const NOUNS: [&str; 4] = [CONTACTS, INVOICES, NOTES, PAYMENTS];

/// An order that was paid and paid back: something of each kind.
fn everything() -> Value {
    let mut first = paid("115.00", "2026-07-11");
    first["id"] = json!("80");
    let mut back = paid("115.00", "2026-07-13");
    back["id"] = json!("90");
    back["refund_of"] = json!("80");
    back.as_object_mut().unwrap().remove("pay_status");
    let items = json!([hire("1"), gst("15.00")]);
    with(
        order(1, 1041, "2026-07-10"),
        json!({"items": items, "payments": [first, back]}),
    )
}

/// Something befalls the first request of a kind of thing, and the line is dead from then on.
async fn cut_off(of: &Bench, engine: &Engine, noun: &'static str, trouble: Trouble) {
    of.books().troubles.push_back((noun, trouble));
    of.books().dies = true;
    let _ = sync(engine).await;
    assert!(of.books().dead, "{noun} {trouble:?}");
    of.books().dies = false;
}

async fn with_trouble(noun: &'static str, trouble: Trouble) -> (Bench, Engine) {
    let bench = Bench::new(shop(vec![everything()]));
    let engine = bench.engine().await;
    cut_off(&bench, &engine, noun, trouble).await;
    bench.books().dead = false;
    (bench, engine)
}

/// Runs until nothing is in doubt, half a minute at a time.
async fn until_done(bench: &Bench, engine: &Engine) {
    let mut last = String::new();
    for _ in 0..60 {
        last = match sync(engine).await {
            Ok(done) if done.wake.is_none() => return,
            Ok(done) => format!("it wakes at {:?}", done.wake),
            Err(e) => e.to_string(),
        };
        bench.bed.clock.advance(Duration::seconds(30));
    }
    panic!("it is still in doubt after half an hour: {last}");
}

/// Each is there once, and all of it is settled.
async fn judge(what: &str, bench: &Bench, engine: &Engine) {
    verified(engine, "1041").await;
    let books = bench.books();
    let counts = NOUNS.map(|noun| books.count(noun));
    assert_eq!(counts, [1, 1, 1, 1], "{what}");
    let invoice = books.only_one(INVOICES);
    assert_eq!(
        (dec(&invoice["total"]), dec(&invoice["owed"])),
        (amount("115"), amount("0")),
        "{what}"
    );
}

fn requests(bench: &Bench, noun: &str) -> Vec<Request> {
    let arrived = bench.books().arrived.clone();
    arrived
        .into_iter()
        .filter(|r| r.path == format!("/{noun}"))
        .collect()
}

#[tokio::test]
async fn what_was_made_and_not_heard_of_is_found_by_its_mark() {
    for noun in NOUNS {
        let (bench, engine) = with_trouble(noun, Trouble::AnswerLost).await;
        until_done(&bench, &engine).await;
        judge(noun, &bench, &engine).await;
        assert_eq!(
            requests(&bench, noun).len(),
            1,
            "{noun}: found, and not sent again"
        );
    }
}

#[tokio::test]
async fn what_was_never_made_goes_again_under_the_same_id() {
    for noun in NOUNS {
        let (bench, engine) = with_trouble(noun, Trouble::RequestLost).await;
        // A month may go by.
        bench.bed.minutes(30 * 24 * 60);
        until_done(&bench, &engine).await;
        judge(noun, &bench, &engine).await;
        assert_eq!(requests(&bench, noun).len(), 1, "{noun}");
    }
}

#[tokio::test]
async fn a_request_that_is_late_is_the_same_request_when_it_is_sent_again() {
    for noun in NOUNS {
        let (bench, engine) = with_trouble(noun, Trouble::Late(100)).await;
        bench.bed.clock.advance(Duration::seconds(20));
        until_done(&bench, &engine).await;
        bench.bed.minutes(5);
        until_done(&bench, &engine).await;
        judge(noun, &bench, &engine).await;
        let sent = requests(&bench, noun);
        assert_eq!(
            sent.len(),
            2,
            "{noun}: it was looked for while it was under way"
        );
        assert_eq!(sent[0], sent[1], "{noun}: the same id and the same body");
    }
}

#[tokio::test]
async fn an_id_that_is_forgotten_makes_no_second_document() {
    for noun in NOUNS {
        for trouble in [Trouble::AnswerLost, Trouble::RequestLost] {
            let bench = Bench::new(shop(vec![everything()]));
            bench.books().forgets = Some(Duration::minutes(10));
            let engine = bench.engine().await;
            cut_off(&bench, &engine, noun, trouble).await;
            bench.bed.minutes(60);
            bench.books().dead = false;
            until_done(&bench, &engine).await;
            judge(&format!("{noun} {trouble:?}"), &bench, &engine).await;
        }
    }
}

#[tokio::test]
async fn where_the_id_cannot_help_two_looks_a_minute_apart_come_before_a_new_attempt() {
    for noun in NOUNS {
        // The error inside is kept for the id: the same id only gives the same error.
        let (bench, engine) = with_trouble(noun, Trouble::Broken).await;
        let sent = |bench: &Bench| requests(bench, noun).len();
        assert_eq!(sent(&bench), 1, "{noun}");
        bench.bed.minutes(14);
        let _ = sync(&engine).await;
        bench.bed.clock.advance(Duration::seconds(61));
        let _ = sync(&engine).await;
        bench.bed.clock.advance(Duration::seconds(58));
        let _ = sync(&engine).await;
        assert_eq!(
            sent(&bench),
            1,
            "{noun}: one look after the quarantine is not enough"
        );
        bench.bed.clock.advance(Duration::seconds(3));
        until_done(&bench, &engine).await;
        judge(noun, &bench, &engine).await;
        let keys: Vec<String> = requests(&bench, noun).into_iter().map(|r| r.key).collect();
        assert_eq!(keys.len(), 2, "{noun}");
        assert_ne!(
            keys[0], keys[1],
            "{noun}: a new attempt has an id of its own"
        );
    }
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_made_once() {
    let bench = Bench::new(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"items": [hire("1"), gst("15.00")]}),
    )]));
    let engine = bench.engine().await;
    until_done(&bench, &engine).await;
    for (quantity, tax, sum, trouble) in [
        ("2", "30.00", "230", Trouble::AnswerLost),
        ("3", "45.00", "345", Trouble::RequestLost),
        ("4", "60.00", "460", Trouble::Broken),
    ] {
        bench.bed.minutes(10);
        bench
            .bed
            .keap_edit(json!({"orders": [{"id": "1", "items": [hire(quantity), gst(tax)]}]}));
        let before = bench.books().find(INVOICES, "1").unwrap().edition;
        bench.books().troubles.push_back((INVOICES, trouble));
        let _ = sync(&engine).await;
        until_done(&bench, &engine).await;
        verified(&engine, "1041").await;
        assert_eq!(
            dec(&bench.books().only_one(INVOICES)["total"]),
            amount(sum),
            "{trouble:?}"
        );
        assert_eq!(
            bench.books().find(INVOICES, "1").unwrap().edition,
            before + 1,
            "{trouble:?}"
        );
    }
}

/// What a person does meanwhile holds ours only once ours can no longer come through: a look before that proves nothing.
#[tokio::test]
async fn a_persons_payment_beside_one_that_is_still_under_way_holds_nothing_too_early() {
    let mut first = paid("50.00", "2026-07-11");
    first["id"] = json!("80");
    let items = json!([hire("1"), gst("15.00")]);
    let one = with(
        order(1, 1041, "2026-07-10"),
        json!({"items": items, "payments": [first]}),
    );
    let bench = Bench::new(shop(vec![one]));
    let engine = bench.engine().await;
    cut_off(&bench, &engine, PAYMENTS, Trouble::Late(100)).await;
    bench.books().dead = false;
    bench.books().person_payment("1", "10.00");
    bench.bed.clock.advance(Duration::seconds(20));
    let early = sync(&engine).await.unwrap();
    assert_eq!(
        early.run.counts.of(Kind::Payment, Became::Held),
        0,
        "{:?}",
        early.run.counts
    );
    bench.bed.minutes(20);
    until_done(&bench, &engine).await;
    // Theirs is none of the source's, and told once nothing of ours is under way.
    held(&engine, "1041", "ledger.balance", "10.00", "skip").await;
    assert_eq!(bench.books().count(PAYMENTS), 2);
    assert_eq!(dec(&bench.books().only_one(INVOICES)["owed"]), amount("55"));
}

/// A person takes our mark off an invoice of which nobody has heard yet: it is shown to a person, and none is made beside it.
#[tokio::test]
async fn an_invoice_whose_mark_was_taken_off_is_not_made_again() {
    for minutes in [0, 12, 20] {
        let bench = Bench::new(shop(vec![everything()]));
        bench.books().forgets = Some(Duration::minutes(10));
        let engine = bench.engine().await;
        cut_off(&bench, &engine, INVOICES, Trouble::AnswerLost).await;
        bench.books().edit(INVOICES, "1", "mark", json!(""));
        bench.bed.minutes(minutes);
        bench.books().dead = false;
        until_done(&bench, &engine).await;
        bench.bed.minutes(20);
        until_done(&bench, &engine).await;
        assert_eq!(bench.books().count(INVOICES), 1, "{minutes}");
        held(
            &engine,
            "1041",
            "stamp.missing",
            "without our stamp",
            "retry",
        )
        .await;
    }
}
