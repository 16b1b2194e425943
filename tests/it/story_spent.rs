//! A word is bound to what was shown and spent once; it neither outlives nor replaces another about the same thing; and what
//! was settled with an entry counts as what the entry is.

use super::bed::{
    Bed, amount, begun, doc, end, file, gst, held, hire, order, paid, shop, synced, tenant, text,
    verified, with,
};
use crossfoot::model::{DocState, WordKind};
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::desk::resend::{resend, would_resend};
use crossfoot::service::desk::retry::{at_once, retry};
use crossfoot::service::desk::settle::{WordAsk, look, send, settle, skip, unsettle};
use crossfoot::service::desk::unlink::{UnlinkWhat, unlink};
use crossfoot::service::desk::word::Which;
use crossfoot::service::{Engine, Loaded, NotDone};
use serde_json::{Value, json};

const WHY: &str = "entered by hand";
const WHO: &str = "jo@acme.example";

fn loaded(engine: &Engine) -> Loaded {
    engine.workspace().load(&tenant()).unwrap()
}

fn payment(id: &str, amount: &str, day: &str) -> Value {
    with(paid(amount, day), json!({"id": id}))
}

async fn go(engine: &Engine, number: &str) {
    let ask = at_once("word", vec![number.to_owned()]);
    engine.sync(&loaded(engine), &ask, &|_| {}).await.unwrap();
}

async fn settled(engine: &Engine, ask: WordAsk<'_>) -> Result<(), NotDone> {
    let looked = look(engine, &loaded(engine), ask).await?;
    settle(engine, ask, looked).await?;
    go(engine, ask.number).await;
    Ok(())
}

async fn skipped(engine: &Engine, number: &str) {
    let ask = WordAsk::document(number, "leave it", WHO);
    skip(engine, &loaded(engine), ask).await.unwrap();
    go(engine, number).await;
}

/// Whether a retry of a document took anything back, or read it again.
async fn retried(engine: &Engine, number: &str) -> bool {
    let numbers = [number.to_owned()];
    let done = retry(engine, &tenant(), Which::Numbers(&numbers), WHO).await;
    let done = !done.unwrap().done.is_empty();
    go(engine, number).await;
    done
}

/// The payments of a document as they are told: id, state, code.
async fn payments(engine: &Engine, number: &str) -> Vec<(String, String, String)> {
    let row = doc(engine, number).await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let code = |r: &Option<crossfoot::model::Reason>| {
        r.as_ref().map_or_else(String::new, |r| r.code.clone())
    };
    let all = note.unwrap().payments.into_iter();
    all.map(|p| (p.id, p.state, code(&p.reason))).collect()
}

async fn words(engine: &Engine, number: &str) -> crossfoot::model::Words {
    let key = doc(engine, number).await.key;
    engine.store().words(&tenant(), &key).await.unwrap()
}

/// A person enters money on a paper in the ledger; the ledger's id of it.
async fn enters(bed: &Bed, number: &str, amount: &str) -> String {
    let paper = text(&bed.invoice(number).unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": paper}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": amount});
    let made = bed.person("PUT", "Payments", body).await;
    bed.minutes(10);
    text(&made["Payments"][0], "PaymentID")
}

/// What is paid of a paper in the ledger.
fn paid_of(bed: &Bed, number: &str) -> rust_decimal::Decimal {
    super::bed::dec(&bed.invoice(number).unwrap()["AmountPaid"])
}

/// An invoice that the file holds, and that a person entered in the ledger as HAND-7 and settled with it.
async fn by_hand(total: &str) -> (Bed, Engine) {
    let bed = Bed::new(&file(&[("accounts", "[{ else: hold }]")]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
    paper(&bed, "HAND-7", total, json!({})).await;
    bed.tenant(&file(&[]));
    let ask = WordAsk {
        entry: Some("HAND-7"),
        ..WordAsk::document("1041", WHY, WHO)
    };
    settled(&engine, ask).await.unwrap();
    bed.minutes(10);
    (bed, engine)
}

/// A person enters a sale in the ledger.
async fn paper(bed: &Bed, number: &str, total: &str, more: Value) {
    let made = json!({"Type": "ACCREC", "InvoiceNumber": number, "Contact": {"Name": "Jo Harbour"}, "Date": "2026-07-10",
        "DueDate": "2026-07-24", "Status": "AUTHORISED", "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "Hire", "Quantity": 1, "UnitAmount": total, "AccountCode": "200"}]});
    let made = with(made, more);
    bed.person("PUT", "Invoices", json!({ "Invoices": [made] }))
        .await;
    bed.minutes(10);
}

/// The source changes what the invoice says.
async fn retitled(bed: &Bed, engine: &Engine, title: &str) {
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": title}}]}));
    bed.minutes(10);
    synced(engine).await;
}

#[tokio::test]
async fn what_was_settled_is_not_made_again_once_a_word_over_it_is_taken_back() {
    let (bed, engine) = by_hand("110.00").await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Settled);
    retitled(&bed, &engine, "Hire, night shift").await;
    held(
        &engine,
        "1041",
        "settled.changed",
        "texts",
        "crossfoot skip",
    )
    .await;
    // Left as it is: over the settling, not in its place.
    skipped(&engine, "1041").await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Settled);
    // The source changes it once more: what was said over is what counts, and nothing of ours goes over a person's paper.
    retitled(&bed, &engine, "Hire, day shift").await;
    held(
        &engine,
        "1041",
        "settled.changed",
        "texts",
        "crossfoot settle",
    )
    .await;
    assert!(retried(&engine, "1041").await);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "settled.changed",
        "texts",
        "crossfoot settle",
    )
    .await;
    assert_eq!(bed.invoices(), 1, "one sale, one paper");
    let lines = super::bed::lines(&bed.invoice("HAND-7").unwrap());
    assert_eq!(lines[0].0, "Hire", "a person's paper is theirs");
    // Only its own word takes a settling back.
    let ask = WordAsk::document("1041", WHY, WHO);
    unsettle(&engine, &loaded(&engine), ask).await.unwrap();
    assert_eq!(bed.invoices(), 1);
}

#[tokio::test]
async fn what_is_posted_and_was_left_as_it_is_takes_the_word_back_by_a_retry() {
    let (_bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    skipped(&engine, "1041").await;
    super::bed::skipped(&engine, "1041", "skip.by_person").await;
    assert!(!words(&engine, "1041").await.is_empty());
    assert!(
        retried(&engine, "1041").await,
        "there was a word to take back"
    );
    assert!(words(&engine, "1041").await.is_empty());
    verified(&engine, "1041").await;
    assert!(!retried(&engine, "1041").await, "it is taken back once");
}

#[tokio::test]
async fn what_is_done_is_spent_and_does_not_come_back_to_life() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
    bed.tenant(&file(&[("accounts", "[{ else: \"201\" }]")]));
    bed.minutes(10);
    synced(&engine).await;
    resent(&engine).await;
    verified(&engine, "1041").await;
    let words = words(&engine, "1041").await;
    assert!(words.is_empty(), "it is spent with the answer");
    // A change of the source makes the draft another one than was shown.
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    // The next payment finds no word.
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("80", "50.00", "2026-07-17")]}]}),
    );
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(paid_of(&bed, "1041"), amount("50.00"));
}

async fn resent(engine: &Engine) {
    let mut answer = would_resend(engine, &loaded(engine), &[], None)
        .await
        .unwrap();
    resend(engine, &mut answer, ("the file was wrong", WHO))
        .await
        .unwrap();
    for d in &answer.documents {
        go(engine, &d.number).await;
    }
    for (number, ..) in &answer.spent {
        go(engine, number).await;
    }
}

#[tokio::test]
async fn a_word_that_can_end_in_nothing_is_taken_back_by_the_cure_that_is_printed() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
    bed.tenant(&file(&[("accounts", "[{ else: \"201\" }]")]));
    bed.minutes(10);
    synced(&engine).await;
    let mut answer = would_resend(&engine, &loaded(&engine), &[], None)
        .await
        .unwrap();
    resend(&engine, &mut answer, ("the file was wrong", WHO))
        .await
        .unwrap();
    // Before it goes the file is put back as it was: there is nothing to be made otherwise any more.
    bed.tenant(&file(&[]));
    bed.minutes(10);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "resend.changed",
        "as it was shown",
        "crossfoot resend",
    )
    .await;
    resent(&engine).await;
    verified(&engine, "1041").await;
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("80", "50.00", "2026-07-17")]}]}),
    );
    synced(&engine).await;
    verified(&engine, "1041").await;
}

/// An invoice on which a person entered 70.00 for two payments of 50.00 and 20.00.
async fn one_for_two() -> (Bed, Engine, String) {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let entry = enters(&bed, "1041", "70.00").await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
        payment("80", "50.00", "2026-07-12"), payment("81", "20.00", "2026-07-12")]}]}));
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "70", "crossfoot settle").await;
    (bed, engine, entry)
}

#[tokio::test]
async fn an_entry_of_another_amount_counts_as_what_it_is() {
    let (bed, engine, entry) = one_for_two().await;
    let all = payments(&engine, "1041").await;
    let (first, second) = (all[0].0.clone(), all[1].0.clone());
    let ask = |id| WordAsk {
        entry: Some(&entry),
        ..WordAsk::payment("1041", id, WHY, WHO)
    };
    settled(&engine, ask(&first)).await.unwrap();
    // 20.00 more stands in the ledger than was settled: nothing else goes to it, and both balances are told.
    assert_eq!(paid_of(&bed, "1041"), amount("70.00"));
    held(
        &engine,
        "1041",
        "settled.otherwise",
        "20.00 more is in the ledger",
        "crossfoot settle",
    )
    .await;
    let told = payments(&engine, "1041").await;
    assert_eq!(
        (told[1].1.as_str(), told[1].2.as_str()),
        ("waits", "payment.waits")
    );
    let key = doc(&engine, "1041").await.key;
    let note = engine
        .store()
        .decision(&tenant(), &key)
        .await
        .unwrap()
        .unwrap();
    let balance = note.balance.unwrap();
    assert_eq!(
        (balance.source, balance.ledger),
        (amount("40.00"), amount("40.00"))
    );
    // The cure names the other payment and the entry.
    let fix = doc(&engine, "1041").await.reason.unwrap().fix;
    assert!(
        fix.contains(&format!("--payment {second} --as {entry}")),
        "{fix}"
    );
    settled(&engine, ask(&second)).await.unwrap();
    verified(&engine, "1041").await;
    assert_eq!(paid_of(&bed, "1041"), amount("70.00"));
    // What comes in now goes by itself, and the entry stands for no third.
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("82", "40.00", "2026-07-15")]}]}),
    );
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(paid_of(&bed, "1041"), amount("110.00"));
    // One of the two taken back, the entry is too much for the other.
    let back = WordAsk::payment("1041", &second, WHY, WHO);
    unsettle(&engine, &loaded(&engine), back).await.unwrap();
    go(&engine, "1041").await;
    held(&engine, "1041", "settled.otherwise", "20.00 more", "").await;
    assert_eq!(paid_of(&bed, "1041"), amount("110.00"));
}

#[tokio::test]
async fn an_entry_stands_for_no_more_than_it_comes_to() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let entry = enters(&bed, "1041", "50.00").await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
        payment("80", "50.00", "2026-07-12"), payment("81", "50.00", "2026-07-13")]}]}));
    synced(&engine).await;
    let all = payments(&engine, "1041").await;
    let ask = |id| WordAsk {
        entry: Some(&entry),
        ..WordAsk::payment("1041", id, WHY, WHO)
    };
    let looked = look(&engine, &loaded(&engine), ask(&all[0].0)).await;
    settle(&engine, ask(&all[0].0), looked.unwrap())
        .await
        .unwrap();
    let no = settled(&engine, ask(&all[1].0)).await.unwrap_err();
    assert!(no.what.contains("stands for"), "{}", no.what);
    go(&engine, "1041").await;
    assert_eq!(paid_of(&bed, "1041"), amount("100.00"));
}

#[tokio::test]
async fn the_rest_of_a_payment_that_is_nowhere_is_told() {
    let (bed, engine) = begun(
        &[("overpayment", "hold")],
        vec![order(1, 1041, "2026-07-10")],
    )
    .await;
    let entry = enters(&bed, "1041", "110.00").await;
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("80", "150.00", "2026-07-12")]}]}),
    );
    synced(&engine).await;
    let id = payments(&engine, "1041").await[0].0.clone();
    let ask = WordAsk {
        entry: Some(&entry),
        ..WordAsk::payment("1041", &id, WHY, WHO)
    };
    settled(&engine, ask).await.unwrap();
    held(
        &engine,
        "1041",
        "settled.otherwise",
        "40.00 of that is nowhere",
        "--unseen",
    )
    .await;
    // Entered elsewhere, a person vouches for all of it.
    let ask = WordAsk {
        unseen: true,
        ..WordAsk::payment("1041", &id, WHY, WHO)
    };
    settled(&engine, ask).await.unwrap();
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn a_paper_of_another_amount_is_told_and_can_be_left() {
    let (bed, engine) = by_hand("100.00").await;
    held(
        &engine,
        "1041",
        "settled.otherwise",
        "comes to 100.00, and the source says 110.00",
        "crossfoot skip",
    )
    .await;
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("80", "60.00", "2026-07-15")]}]}),
    );
    synced(&engine).await;
    let told = payments(&engine, "1041").await;
    assert_eq!(
        (told[0].1.as_str(), told[0].2.as_str()),
        ("held", "settled.otherwise")
    );
    assert_eq!(bed.payments(), 0);
    skipped(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
}

#[tokio::test]
async fn a_paper_in_another_currency_is_not_the_same_one() {
    let bed = Bed::new(&file(&[("accounts", "[{ else: hold }]")]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    bed.xero(json!({"currencies": [{"code": "USD", "rate": "0.65"}]}));
    let engine = bed.engine().await;
    synced(&engine).await;
    paper(&bed, "USD-7", "110.00", json!({"CurrencyCode": "USD"})).await;
    for entry in [None, Some("USD-7")] {
        let ask = WordAsk {
            entry,
            ..WordAsk::document("1041", WHY, WHO)
        };
        let no = settled(&engine, ask).await.unwrap_err();
        let says = format!("{} {}", no.what, no.fix);
        assert!(says.contains("--unseen"), "{says}");
        assert!(
            entry.is_none() || no.what.contains("in USD, and 1041 in AUD"),
            "{says}"
        );
    }
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
}

#[tokio::test]
async fn a_payment_stays_on_the_paper_it_was_put_to_until_a_person_takes_it_off() {
    let (bed, engine) = by_hand("110.00").await;
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("80", "60.00", "2026-07-15")]}]}),
    );
    synced(&engine).await;
    assert_eq!(paid_of(&bed, "HAND-7"), amount("60.00"));
    let ask = WordAsk::document("1041", "it was another", WHO);
    unsettle(&engine, &loaded(&engine), ask).await.unwrap();
    bed.minutes(10);
    synced(&engine).await;
    // Ours is made; its money is on the other paper, and does not count here.
    assert_eq!(bed.invoices(), 2);
    held(
        &engine,
        "1041",
        "payment.elsewhere",
        "60.00 is in the ledger on HAND-7",
        "crossfoot retry",
    )
    .await;
    assert_eq!((paid_of(&bed, "1041"), bed.payments()), (amount("0"), 1));
    retried(&engine, "1041").await;
    held(&engine, "1041", "payment.elsewhere", "HAND-7", "").await;
    bed.tamper(json!({"delete_payment": {"invoice": "HAND-7"}}));
    bed.minutes(10);
    retried(&engine, "1041").await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(paid_of(&bed, "1041"), amount("60.00"));
}

#[tokio::test]
async fn a_settled_one_that_is_unlinked_is_made_as_is_said() {
    let (bed, engine) = by_hand("110.00").await;
    let done = unlink(&engine, &loaded(&engine), "1041", UnlinkWhat::Document, WHO).await;
    assert_eq!(done.unwrap().links, 1);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.invoices(), 2);
}

#[tokio::test]
async fn a_telephone_makes_no_settled_invoice_another_one() {
    let (bed, engine) = by_hand("110.00").await;
    let phone = json!([{"field": "PHONE1", "number": "02 9999 0000"}]);
    bed.keap_edit(
        json!({"contacts": [{"id": "7", "set": {"phone_numbers": phone}}],
        "orders": [{"id": "1", "add_payments": [payment("80", "60.00", "2026-07-15")]}]}),
    );
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(paid_of(&bed, "HAND-7"), amount("60.00"));
    // What makes it another is told, and the money that comes in meanwhile has its row.
    bed.minutes(10);
    bed.keap_edit(
        json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")],
        "add_payments": [payment("81", "10.00", "2026-07-16")]}]}),
    );
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "settled.changed",
        "total: 110.00 then, 220.00 now",
        "crossfoot unsettle",
    )
    .await;
    let told = payments(&engine, "1041").await;
    let new = told.iter().find(|p| p.1 != "posted").unwrap();
    assert_eq!(
        (new.1.as_str(), new.2.as_str()),
        ("held", "settled.changed")
    );
    assert_eq!(paid_of(&bed, "HAND-7"), amount("60.00"));
}

#[tokio::test]
async fn what_we_posted_was_not_entered_by_hand() {
    let bank = json!({"payments": [payment("80", "50.00", "2026-07-12")]});
    let (bed, engine) = begun(&[], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    let id = payments(&engine, "1041").await[0].0.clone();
    let no = settled(&engine, WordAsk::payment("1041", &id, WHY, WHO))
        .await
        .unwrap_err();
    assert!(no.what.contains("Crossfoot posted it"), "{}", no.what);
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn what_was_settled_is_not_sent_before_that_is_taken_back() {
    let (bed, engine, _) = one_for_two().await;
    let id = payments(&engine, "1041").await[0].0.clone();
    let ask = WordAsk {
        unseen: true,
        ..WordAsk::payment("1041", &id, WHY, WHO)
    };
    settled(&engine, ask).await.unwrap();
    let ask = WordAsk::payment("1041", &id, WHY, WHO);
    let no = send(&engine, &loaded(&engine), ask).await.unwrap_err();
    assert!(
        no.fix.contains("crossfoot unsettle"),
        "{} {}",
        no.what,
        no.fix
    );
    let words = words(&engine, "1041").await;
    assert!(words.of_payment(&id, WordKind::Settled).is_some());
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn what_no_other_entry_keeps_back_is_not_said_to_go() {
    let bed = Bed::new(&file(&[("accounts", "[{ else: hold }]")]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let reason = doc(&engine, "1041").await.reason.unwrap();
    let no = send(
        &engine,
        &loaded(&engine),
        WordAsk::document("1041", WHY, WHO),
    )
    .await;
    let no = no.unwrap_err();
    assert!(no.what.contains(&reason.what), "{}", no.what);
    let words = words(&engine, "1041").await;
    assert!(words.is_empty());
}

#[tokio::test]
async fn an_entry_for_several_counts_once_where_the_source_loses_one_of_them() {
    let (bed, engine, entry) = one_for_two().await;
    let all = payments(&engine, "1041").await;
    for (id, _, _) in &all {
        let ask = WordAsk {
            entry: Some(&entry),
            ..WordAsk::payment("1041", id, WHY, WHO)
        };
        settled(&engine, ask).await.unwrap();
    }
    verified(&engine, "1041").await;
    bed.minutes(31);
    bed.keap_edit(json!({"payments": [{"id": "80", "remove": true}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.removed",
        "of 50.00 was settled by hand",
        "crossfoot unsettle",
    )
    .await;
    let key = doc(&engine, "1041").await.key;
    let note = engine.store().decision(&tenant(), &key).await.unwrap();
    let balance = note.unwrap().balance.unwrap();
    assert_eq!(
        (balance.source, balance.ledger),
        (amount("90.00"), amount("40.00"))
    );
}
