//! A person's words that end what is held: it is the same one, it is another, it is left out. None can double.

use super::bed::{
    Bed, doc, end, file, gst, held, hire, order, paid, shop, synced, tenant, text, with,
};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::desk::retry::at_once;
use crossfoot::service::desk::settle::{SettleAnswer, WordAsk, look, send, settle, skip, unsettle};
use crossfoot::service::{Engine, Loaded, NotDone};
use serde_json::{Value, json};

const WHY: &str = "the bank feed had it";
const WHO: &str = "jo@acme.example";

fn loaded(engine: &Engine) -> Loaded {
    engine.workspace().load(&tenant()).unwrap()
}

fn payment(id: &str, amount: &str, day: &str) -> Value {
    with(paid(amount, day), json!({"id": id}))
}

fn of<'a>(number: &'a str, id: &'a str) -> WordAsk<'a> {
    WordAsk::payment(number, id, WHY, WHO)
}

async fn settled(engine: &Engine, ask: WordAsk<'_>) -> Result<SettleAnswer, NotDone> {
    let loaded = loaded(engine);
    let looked = look(engine, &loaded, ask).await?;
    settle(engine, ask, looked).await
}

async fn go(engine: &Engine, number: &str) {
    let ask = at_once("word", vec![number.to_owned()]);
    engine.sync(&loaded(engine), &ask, &|_| {}).await.unwrap();
}

/// The source's ids of a document's payments.
async fn payments(engine: &Engine, number: &str) -> Vec<(String, String)> {
    let row = doc(engine, number).await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let all = note.unwrap().payments.into_iter();
    all.map(|p| (p.id, p.state)).collect()
}

async fn states(engine: &Engine, number: &str) -> Vec<String> {
    payments(engine, number)
        .await
        .into_iter()
        .map(|p| p.1)
        .collect()
}

/// An invoice that is posted, to which a person entered 50.00 by hand before ours of the same sum came in.
async fn beside_another() -> (Bed, Engine, String) {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(10);
    let path = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": path}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00"});
    bed.person("PUT", "Payments", body).await;
    bed.minutes(10);
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("80", "50.00", "2026-07-12")]}]}),
    );
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.other",
        "somebody else put 50",
        "crossfoot settle",
    )
    .await;
    let id = payments(&engine, "1041").await.remove(0).0;
    (bed, engine, id)
}

#[tokio::test]
async fn the_same_payment_is_settled_and_never_sent() {
    let (bed, engine, id) = beside_another().await;
    let told = settled(&engine, of("1041", &id)).await.unwrap();
    assert_eq!(told.entries.len(), 1);
    assert_eq!(told.entries[0].amount.to_string(), "50.00");
    go(&engine, "1041").await;
    assert_eq!(states(&engine, "1041").await, ["settled"]);
    assert_eq!(end(&engine, "1041").await.0, DocState::Verified);
    assert_eq!(bed.payments(), 1);
    // The rest comes in: it goes, and what was settled is nobody else's money any more.
    bed.minutes(10);
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("81", "60.00", "2026-07-15")]}]}),
    );
    synced(&engine).await;
    assert_eq!(bed.payments(), 2, "{:?}", end(&engine, "1041").await);
    assert_eq!(end(&engine, "1041").await.0, DocState::Verified);
}

#[tokio::test]
async fn another_payment_goes_too_and_a_retry_alone_does_not_send_it() {
    let (bed, engine, id) = beside_another().await;
    super::bed::retried(&engine).await;
    held(&engine, "1041", "payment.other", "50", "crossfoot send").await;
    assert_eq!(bed.payments(), 1, "a retry sends nothing beside another");
    let told = send(&engine, &loaded(&engine), of("1041", &id))
        .await
        .unwrap();
    assert_eq!(told.entries.len(), 1, "it was shown what is there");
    go(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
    assert_eq!(end(&engine, "1041").await.0, DocState::Verified);
    // Said twice, it goes once.
    let again = send(&engine, &loaded(&engine), of("1041", &id)).await;
    assert!(again.is_err());
    synced(&engine).await;
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn a_word_is_about_what_was_shown() {
    let (bed, engine, id) = beside_another().await;
    send(&engine, &loaded(&engine), of("1041", &id))
        .await
        .unwrap();
    // Before it goes, somebody enters a second one.
    let path = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": path}, "Account": {"Code": "090"}, "Date": "2026-07-13", "Amount": "50.00"});
    bed.minutes(10);
    bed.person("PUT", "Payments", body).await;
    bed.minutes(10);
    go(&engine, "1041").await;
    held(&engine, "1041", "payment.other", "50", "crossfoot settle").await;
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn nothing_is_settled_that_nobody_sees_unless_a_person_vouches() {
    let bed = Bed::new(&file(&[("overpayment", "hold")]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [payment("80", "150.00", "2026-07-12")]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
    let id = payments(&engine, "1041").await.remove(0).0;
    let none = settled(&engine, of("1041", &id)).await.unwrap_err();
    assert!(none.what.contains("no entry of 150.00"), "{}", none.what);
    assert!(none.fix.contains("--unseen"), "{}", none.fix);
    assert_eq!(states(&engine, "1041").await, ["held"]);
    let ask = WordAsk {
        unseen: true,
        ..of("1041", &id)
    };
    settled(&engine, ask).await.unwrap();
    go(&engine, "1041").await;
    assert_eq!(states(&engine, "1041").await, ["settled"]);
    assert_eq!(bed.payments(), 0);
    // Taken back, it is as it was.
    unsettle(&engine, &loaded(&engine), of("1041", &id))
        .await
        .unwrap();
    go(&engine, "1041").await;
    assert_eq!(states(&engine, "1041").await, ["held"]);
    let twice = unsettle(&engine, &loaded(&engine), of("1041", &id)).await;
    assert!(twice.is_err());
}

fn refunded() -> Value {
    let back = json!({"id": "90", "refund_of": "80", "amount": "40.00", "type": "Check", "time": "2026-07-13T01:00:00Z"});
    let book = json!({"type": "PRODUCT", "product_id": "2", "quantity": 1, "price": "30.00"});
    with(
        order(1, 1041, "2026-07-10"),
        json!({"items": [hire("1"), book, gst("10.00")],
            "payments": [payment("80", "140.00", "2026-07-11"), back]}),
    )
}

#[tokio::test]
async fn a_part_refund_that_a_person_entered_is_finished_by_one_command() {
    let bed = Bed::new(&file(&[("refunds", "credit_note")]));
    bed.keap(shop(vec![refunded()]));
    let engine = bed.engine().await;
    synced(&engine).await;
    held(&engine, "1041", "refund.partial", "40", "crossfoot settle").await;
    let refund = payments(&engine, "1041")
        .await
        .into_iter()
        .find(|p| p.1 == "held")
        .unwrap()
        .0;
    let contact = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let note = json!({"CreditNotes": [{"Type": "ACCRECCREDIT", "Contact": {"ContactID": contact}, "Date": "2026-07-14", "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax", "LineItems": [{"Description": "back", "Quantity": 1, "UnitAmount": "40.00", "AccountCode": "200"}]}]});
    bed.minutes(10);
    bed.person("PUT", "CreditNotes", note).await;
    super::bed::pays_out(&bed, "40.00").await;
    bed.minutes(10);
    let told = settled(&engine, of("1041", &refund)).await.unwrap();
    assert_eq!(told.entries[0].amount.to_string(), "40.00");
    go(&engine, "1041").await;
    assert!(
        states(&engine, "1041")
            .await
            .contains(&"settled".to_owned())
    );
    assert_eq!(end(&engine, "1041").await.0, DocState::Verified);
    assert_eq!(bed.credit_notes().len(), 1);
    synced(&engine).await;
    assert_eq!(bed.credit_notes().len(), 1, "never doubled");
}

#[tokio::test]
async fn a_credit_note_that_a_person_entered_holds_ours() {
    let bed = Bed::new(&file(&[("refunds", "credit_note")]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [payment("80", "110.00", "2026-07-11")]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let contact = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let note = json!({"CreditNotes": [{"Type": "ACCRECCREDIT", "Contact": {"ContactID": contact}, "Date": "2026-07-14", "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax", "LineItems": [{"Description": "back", "Quantity": 1, "UnitAmount": "110.00", "AccountCode": "200"}]}]});
    bed.minutes(10);
    bed.person("PUT", "CreditNotes", note).await;
    bed.minutes(10);
    let back = json!({"id": "90", "refund_of": "80", "amount": "110.00", "type": "Check", "time": "2026-07-13T01:00:00Z"});
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [back]}]}));
    synced(&engine).await;
    held(&engine, "1041", "refund.other", "110", "crossfoot settle").await;
    assert_eq!(bed.credit_notes().len(), 1);
    let refund = payments(&engine, "1041")
        .await
        .into_iter()
        .find(|p| p.1 != "posted")
        .unwrap()
        .0;
    send(&engine, &loaded(&engine), of("1041", &refund))
        .await
        .unwrap();
    go(&engine, "1041").await;
    assert_eq!(
        bed.credit_notes().len(),
        2,
        "{:?}",
        end(&engine, "1041").await
    );
}

#[tokio::test]
async fn a_document_that_was_entered_by_hand_is_settled_as_a_whole() {
    let bed = Bed::new(&file(&[("accounts", "[{ else: hold }]")]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
    let made = json!({"Invoices": [{"Type": "ACCREC", "InvoiceNumber": "1041", "Contact": {"Name": "Jo Harbour"}, "Date": "2026-07-10",
        "DueDate": "2026-07-24", "Status": "AUTHORISED", "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "Hire", "Quantity": 1, "UnitAmount": "110.00", "AccountCode": "200"}]}]});
    bed.person("PUT", "Invoices", made).await;
    bed.minutes(10);
    let ask = WordAsk::document("1041", WHY, WHO);
    let told = settled(&engine, ask).await.unwrap();
    assert_eq!(told.entries[0].number, "1041");
    go(&engine, "1041").await;
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Settled, "settled.by_hand".into())
    );
    synced(&engine).await;
    assert_eq!(bed.invoices(), 1);
    // Money that comes in is put to the entry.
    bed.minutes(10);
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("80", "110.00", "2026-07-15")]}]}),
    );
    synced(&engine).await;
    assert_eq!(
        (bed.invoices(), bed.payments()),
        (1, 1),
        "{:?}",
        end(&engine, "1041").await
    );
    // The source changes it: a word is about what was shown.
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "settled.changed",
        "settled by hand on",
        "crossfoot unsettle",
    )
    .await;
    assert_eq!(bed.invoices(), 1);
}

#[tokio::test]
async fn a_document_is_left_out_for_good() {
    let bed = Bed::new(&file(&[("accounts", "[{ else: hold }]")]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let ask = WordAsk::document("1041", "a test order", WHO);
    skip(&engine, &loaded(&engine), ask).await.unwrap();
    go(&engine, "1041").await;
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Skipped, "skip.by_person".into())
    );
    let reason = doc(&engine, "1041").await.reason.unwrap();
    assert!(
        reason.what.contains("a test order") && reason.what.contains(WHO),
        "{}",
        reason.what
    );
    // Neither another file nor an edit brings it back.
    bed.tenant(&file(&[]));
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    assert_eq!(
        (end(&engine, "1041").await.0, bed.invoices()),
        (DocState::Skipped, 0)
    );
    // Its speaker may take the word back.
    let numbers = ["1041".to_owned()];
    let which = crossfoot::service::desk::word::Which::Numbers(&numbers);
    crossfoot::service::desk::retry::retry(&engine, &tenant(), which, WHO)
        .await
        .unwrap();
    go(&engine, "1041").await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Verified);
}

#[tokio::test]
async fn a_payment_deleted_in_the_ledger_goes_again_only_by_a_word() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [payment("80", "110.00", "2026-07-11")]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let id = payments(&engine, "1041").await.remove(0).0;
    let there = send(&engine, &loaded(&engine), of("1041", &id))
        .await
        .unwrap_err();
    assert!(
        there.what.contains("is in the ledger already"),
        "{}",
        there.what
    );
    let posted = bed.books()["payments"][0]["PaymentID"]
        .as_str()
        .unwrap()
        .to_owned();
    bed.minutes(10);
    bed.person(
        "POST",
        &format!("Payments/{posted}"),
        json!({"Status": "DELETED"}),
    )
    .await;
    bed.minutes(10);
    synced(&engine).await;
    assert_eq!(bed.payments(), 0);
    send(&engine, &loaded(&engine), of("1041", &id))
        .await
        .unwrap();
    go(&engine, "1041").await;
    assert_eq!(bed.payments(), 1, "{:?}", end(&engine, "1041").await);
    synced(&engine).await;
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn every_word_is_in_the_audit_log_with_who_and_why() {
    let (_bed, engine, id) = beside_another().await;
    settled(&engine, of("1041", &id)).await.unwrap();
    unsettle(&engine, &loaded(&engine), of("1041", &id))
        .await
        .unwrap();
    let held = crossfoot::store::verify_audit(engine.store())
        .await
        .unwrap();
    assert!(held.is_ok());
    let words = engine
        .store()
        .words(&tenant(), &doc(&engine, "1041").await.key)
        .await
        .unwrap();
    assert!(words.is_empty());
}
