//! What may have left, and of which a look could not tell: a person entered money, or a paper, meanwhile. Whatever the source makes
//! of the payment then, what stands in the ledger beside it is named, and what is told to be done ends it.

use super::bed::{
    Bed, amount, begun, carried, dec, doc, end, held, order, paid, retried, sync, synced, tenant,
    text, verified, with,
};
use crossfoot::model::DocState;
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{WordAsk, look, send, settle, unsettle};
use serde_json::{Value, json};

/// How the source calls the first refund of a payment.
const REFUND: &str = "502";
const WHO: &str = "jo@acme.example";

fn money(id: &str, sum: &str) -> Value {
    with(paid(sum, "2026-07-11"), json!({"id": id}))
}

fn back(id: &str, sum: &str) -> Value {
    let mut row = with(
        paid(sum, "2026-07-13"),
        json!({"id": id, "refund_of": "70"}),
    );
    row.as_object_mut().unwrap().remove("pay_status");
    row
}

fn adds(bed: &Bed, row: Value) {
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [row]}]}));
}

fn edits(bed: &Bed, row: Value) {
    bed.keap_edit(json!({"payments": [row]}));
}

fn removes(bed: &Bed, id: &str) {
    edits(bed, json!({"id": id, "remove": true}));
}

/// A person enters money on the invoice.
async fn enters(bed: &Bed, sum: &str) {
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": sum});
    bed.person("PUT", "Payments", body).await;
    bed.minutes(10);
}

/// The payment of a sum without our stamp is taken out by hand.
async fn takes_out(bed: &Bed, sum: &str) {
    let books = bed.books();
    let all = books["payments"].as_array().unwrap();
    let theirs = |p: &&Value| {
        let stamped = p["Reference"]
            .as_str()
            .is_some_and(|r| r.contains("[sync:"));
        p["Status"] != json!("DELETED") && dec(&p["Amount"]) == amount(sum) && !stamped
    };
    let path = format!(
        "Payments/{}",
        text(all.iter().find(theirs).unwrap(), "PaymentID")
    );
    bed.person("POST", &path, json!({"Status": "DELETED"}))
        .await;
    bed.minutes(10);
}

/// A payment of 50.00 that was lost on its way; before that was known a person entered the same sum.
async fn asked() -> (Bed, Engine) {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 0, "fault": "drop_before"}]));
    adds(&bed, money("80", "50.00"));
    let _ = sync(&engine).await;
    bed.heal().await;
    enters(&bed, "50.00").await;
    bed.minutes(20);
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "50", "--payment 80-1").await;
    (bed, engine)
}

/// It stays as it is, however often it is looked at, and whoever says retry.
async fn stays(bed: &Bed, engine: &Engine, fix: &str) {
    for _ in 0..2 {
        held(
            engine,
            "1041",
            "payment.in_doubt",
            "somebody else put 50",
            fix,
        )
        .await;
        bed.minutes(20);
        synced(engine).await;
    }
    retried(engine).await;
    held(
        engine,
        "1041",
        "payment.in_doubt",
        "somebody else put 50",
        fix,
    )
    .await;
}

async fn says_send(engine: &Engine, id: &str) {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::payment("1041", id, "it is another", WHO);
    let said = send(engine, &loaded, ask).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    carried(engine, "1041").await;
}

async fn says_settled(engine: &Engine, id: &str) {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::payment("1041", id, "it is the same", WHO);
    let looked = look(engine, &loaded, ask).await;
    let looked = looked.unwrap_or_else(|e| panic!("{}: {}", e.what, e.fix));
    settle(engine, ask, looked).await.unwrap();
    carried(engine, "1041").await;
}

#[tokio::test]
async fn a_payment_that_is_gone_ends_once_what_was_entered_for_it_is_out() {
    let (bed, engine) = asked().await;
    removes(&bed, "80");
    adds(&bed, money("82", "60.00"));
    synced(&engine).await;
    stays(&bed, &engine, "delete it there by hand").await;
    assert_eq!(bed.payments(), 1, "what came in since waits");
    takes_out(&bed, "50.00").await;
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
    bed.minutes(20);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn a_payment_that_is_gone_ends_by_the_word_that_the_entry_is_another() {
    let (bed, engine) = asked().await;
    removes(&bed, "80");
    synced(&engine).await;
    stays(&bed, &engine, "crossfoot send TENANT NUMBER --payment 80-1").await;
    says_send(&engine, "80-1").await;
    verified(&engine, "1041").await;
    assert_eq!(
        bed.payments(),
        1,
        "what the source no longer has does not go"
    );
}

#[tokio::test]
async fn a_payment_that_was_entered_anew_is_the_one_that_was_entered_by_hand() {
    let (bed, engine) = asked().await;
    removes(&bed, "80");
    adds(&bed, money("81", "50.00"));
    synced(&engine).await;
    stays(&bed, &engine, "crossfoot send TENANT NUMBER --payment 80-1").await;
    says_send(&engine, "80-1").await;
    held(
        &engine,
        "1041",
        "payment.other",
        "50",
        "crossfoot settle TENANT NUMBER --payment 81-1",
    )
    .await;
    says_settled(&engine, "81-1").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn a_payment_that_was_entered_anew_goes_beside_what_is_another() {
    let (bed, engine) = asked().await;
    removes(&bed, "80");
    adds(&bed, money("81", "50.00"));
    synced(&engine).await;
    says_send(&engine, "80-1").await;
    says_send(&engine, "81-1").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
}

/// What is gone may be settled all the same; then it is told as what was settled and is gone, and that ends as told.
#[tokio::test]
async fn a_payment_that_is_gone_is_settled_and_that_is_taken_back() {
    let (bed, engine) = asked().await;
    removes(&bed, "80");
    adds(&bed, money("81", "50.00"));
    synced(&engine).await;
    says_settled(&engine, "80-1").await;
    held(
        &engine,
        "1041",
        "payment.removed",
        "80-1 of 50.00 was settled by hand",
        "crossfoot unsettle",
    )
    .await;
    takes_out(&bed, "50.00").await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::payment("1041", "80-1", "it is out", WHO);
    unsettle(&engine, &loaded, ask).await.unwrap();
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
}

/// One that was changed is asked about as it is now, and goes as it is now.
#[tokio::test]
async fn a_payment_that_was_changed_goes_as_it_is_by_now_or_is_the_one_there() {
    for same in [true, false] {
        let (bed, engine) = asked().await;
        edits(&bed, json!({"id": "80", "amount": "40.00"}));
        synced(&engine).await;
        held(&engine, "1041", "payment.other", "50", "--payment 80-1").await;
        if same {
            edits(&bed, json!({"id": "80", "amount": "50.00"}));
            synced(&engine).await;
            says_settled(&engine, "80-1").await;
        } else {
            says_send(&engine, "80-1").await;
        }
        verified(&engine, "1041").await;
        assert_eq!(bed.payments(), if same { 1 } else { 2 });
    }
}

/// A refund whose note was lost on its way; before that was known a person entered one of the same sum.
async fn noted() -> (Bed, Engine) {
    let orders = vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [money("70", "110.00")]}),
    )];
    let (bed, engine) = begun(&[("refunds", "credit_note")], orders).await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "CreditNotes", "times": 0, "fault": "drop_before"}]));
    adds(&bed, back("90", "60.00"));
    let _ = sync(&engine).await;
    bed.heal().await;
    let invoice = bed.invoice("1041").unwrap();
    let line = json!({"Description": "back", "Quantity": "1", "UnitAmount": "60.00", "AccountCode": "200", "TaxType": "OUTPUT"});
    let note = json!({"Type": "ACCRECCREDIT", "Status": "AUTHORISED", "Contact": {"ContactID": invoice["Contact"]["ContactID"]}, "Date": "2026-07-13", "LineAmountTypes": "Inclusive", "CreditNoteNumber": "BY-HAND", "LineItems": [line]});
    bed.person("PUT", "CreditNotes", note).await;
    super::bed::pays_out(&bed, "60.00").await;
    bed.minutes(20);
    synced(&engine).await;
    held(&engine, "1041", "stamp.missing", "BY-HAND", "--payment 502").await;
    (bed, engine)
}

async fn voids(bed: &Bed, number: &str) {
    super::bed::unpays(bed, number).await;
    let all = bed.credit_notes();
    let note = all.iter().find(|n| text(n, "CreditNoteNumber") == number);
    let path = format!("CreditNotes/{}", text(note.unwrap(), "CreditNoteID"));
    bed.person("POST", &path, json!({"Status": "VOIDED"})).await;
    bed.minutes(10);
}

fn standing(bed: &Bed) -> Vec<String> {
    let all = bed.credit_notes();
    let stands = all.iter().filter(|n| n["Status"] != json!("VOIDED"));
    let mut all: Vec<String> = stands.map(|n| text(n, "CreditNoteNumber")).collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_refund_is_asked_about_by_its_own_name() {
    // It is another's: ours is made beside it.
    let (bed, engine) = noted().await;
    says_send(&engine, REFUND).await;
    verified(&engine, "1041").await;
    assert_eq!(standing(&bed).len(), 2);
    // It is the same one, and is not paid out yet.
    let (bed, engine) = noted().await;
    says_settled(&engine, REFUND).await;
    assert_eq!(standing(&bed), ["BY-HAND"]);
    assert_ne!(end(&engine, "1041").await.1, "stamp.missing");
}

#[tokio::test]
async fn a_refund_that_is_gone_or_changed_ends_as_told() {
    for (changed, ours) in [(false, true), (false, false), (true, true), (true, false)] {
        let at = format!("changed {changed}, entered for it {ours}");
        let (bed, engine) = noted().await;
        match changed {
            true => edits(&bed, json!({"id": "90", "amount": "40.00"})),
            false => removes(&bed, "90"),
        }
        for _ in 0..2 {
            synced(&engine).await;
            held(
                &engine,
                "1041",
                "payment.in_doubt",
                "BY-HAND",
                "crossfoot send TENANT NUMBER --payment 502",
            )
            .await;
            bed.minutes(20);
        }
        if ours {
            voids(&bed, "BY-HAND").await;
            retried(&engine).await;
        } else {
            says_send(&engine, REFUND).await;
        }
        assert_eq!(
            end(&engine, "1041").await.0,
            DocState::Verified,
            "{at}: {:?}",
            doc(&engine, "1041").await.reason
        );
        let (theirs, own) = (usize::from(!ours), usize::from(changed));
        assert_eq!(
            (standing(&bed).len(), bed.payments()),
            // Theirs is paid out.
            (theirs + own, 1 + own + theirs),
            "{at}"
        );
    }
}

/// A payment of 50.00 whose request was lost a minute ago: its key may still be used.
async fn lost() -> (Bed, Engine) {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 0, "fault": "drop_before"}]));
    adds(&bed, money("80", "50.00"));
    let _ = sync(&engine).await;
    bed.heal().await;
    bed.clock.advance(chrono::Duration::seconds(70));
    (bed, engine)
}

/// What the source took back while the answer was lost does not go again under its key.
#[tokio::test]
async fn what_is_gone_does_not_go_again_under_its_key() {
    for changed in [false, true] {
        let (bed, engine) = lost().await;
        match changed {
            true => edits(&bed, json!({"id": "80", "amount": "45.00"})),
            false => removes(&bed, "80"),
        }
        synced(&engine).await;
        held(&engine, "1041", "payment.in_doubt", "50.00", "nothing").await;
        assert_eq!(bed.payments(), 0);
        bed.minutes(20);
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(bed.payments(), usize::from(changed));
    }
}

/// What is still wanted goes again at once, and once.
#[tokio::test]
async fn what_is_still_wanted_goes_again_under_its_key() {
    let (bed, engine) = lost().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
}

/// Beside what a person entered since it left it does not go again: a person is asked once it is known what became of ours.
#[tokio::test]
async fn a_payment_does_not_go_again_beside_what_was_entered_since() {
    let (bed, engine) = lost().await;
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00"});
    bed.person("PUT", "Payments", body).await;
    bed.clock.advance(chrono::Duration::seconds(10));
    synced(&engine).await;
    assert_eq!(bed.payments(), 1);
    bed.minutes(20);
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "50", "--payment 80-1").await;
    says_settled(&engine, "80-1").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
}

/// A refund whose note arrived, of which no answer told, and which a person voided before it was found.
async fn voided() -> (Bed, Engine) {
    let orders = vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [money("70", "110.00")]}),
    )];
    let (bed, engine) = begun(&[("refunds", "credit_note")], orders).await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "CreditNotes", "times": 0, "fault": "drop_after"}]));
    adds(&bed, back("90", "60.00"));
    let _ = sync(&engine).await;
    bed.heal().await;
    voids(&bed, "1041-R502").await;
    bed.minutes(20);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "number.closed",
        "1041-R502",
        "crossfoot send TENANT NUMBER --payment 502",
    )
    .await;
    (bed, engine)
}

#[tokio::test]
async fn a_note_that_was_voided_before_it_was_found_ends_as_told() {
    // It is made anew, once, under another number.
    let (bed, engine) = voided().await;
    retried(&engine).await;
    held(&engine, "1041", "number.closed", "1041-R502", "--unseen").await;
    says_send(&engine, REFUND).await;
    // A paper with our stamp stands there that is not linked: what is written waits until that is known.
    bed.minutes(20);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(
        (standing(&bed), bed.payments()),
        (vec!["1041-R502-2".to_owned()], 2)
    );
    bed.minutes(30);
    synced(&engine).await;
    assert_eq!((standing(&bed).len(), bed.payments()), (1, 2));
    // It is not to be there.
    let (bed, engine) = voided().await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk {
        unseen: true,
        ..WordAsk::payment("1041", REFUND, "paid out in cash", WHO)
    };
    let looked = look(&engine, &loaded, ask).await.unwrap();
    settle(&engine, ask, looked).await.unwrap();
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!((standing(&bed).len(), bed.payments()), (0, 1));
    // The source has it no more: neither book has.
    let (bed, engine) = voided().await;
    removes(&bed, "90");
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((standing(&bed).len(), bed.payments()), (0, 1));
}

/// A refund that was settled with a person's note, and that is of another sum by now: the word is not taken back while the note
/// stands, for ours would be made beside it.
#[tokio::test]
async fn a_word_on_a_refund_is_not_taken_back_while_its_note_of_another_sum_stands() {
    let (bed, engine) = noted().await;
    says_settled(&engine, REFUND).await;
    edits(&bed, json!({"id": "90", "amount": "40.00"}));
    bed.minutes(10);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "settled.changed",
        "40.00",
        "take it out there by hand",
    )
    .await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::payment("1041", REFUND, "ours", WHO);
    let told = unsettle(&engine, &loaded, ask).await.unwrap_err();
    assert!(told.what.contains("BY-HAND of 60.00"), "{}", told.what);
    voids(&bed, "BY-HAND").await;
    unsettle(&engine, &loaded, ask).await.unwrap();
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!((standing(&bed).len(), bed.payments()), (1, 2));
}
