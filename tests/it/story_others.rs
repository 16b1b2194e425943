//! Money that people put to our invoices in the ledger: a payment, a credit note, an overpayment of the contact. What the ledger
//! says is owed is compared with what the source says is owed; where the two disagree it is told with both balances and each
//! entry by name, and each cure ends it. Where the source has that money too, nothing is told.

use super::bed::{
    Bed, begun, carried, doc, end, held, order, paid, sent, settled, skipped, synced, tenant, text,
    verified, with,
};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{self, WordAsk};
use crossfoot::service::desk::word::Which;
use crossfoot::service::desk::{errors, explain, retry, status};
use serde_json::{Value, json};

const CODE: &str = "ledger.balance";

/// What a person enters.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Enters {
    Payment,
    Note,
    Overpayment,
}

const ALL: [Enters; 3] = [Enters::Payment, Enters::Note, Enters::Overpayment];

impl Enters {
    /// As people are told of it.
    fn told(self) -> &'static str {
        match self {
            Enters::Payment => "a payment of 50.00 dated 2026-07-15",
            Enters::Note => "the credit CN-7 of 50.00",
            Enters::Overpayment => "the credit ",
        }
    }
}

/// An entry of 50.00 on 1041.
async fn enters(bed: &Bed, what: Enters) {
    let invoice = json!({"InvoiceID": text(&bed.invoice("1041").unwrap(), "InvoiceID")});
    let contact = json!({"Name": "Jo Harbour"});
    let applied = json!({"Amount": "50.00", "Invoice": invoice});
    let line = json!([{"Description": "back", "Quantity": 1, "UnitAmount": "50.00", "AccountCode": "200"}]);
    match what {
        Enters::Payment => {
            let body = json!({"Invoice": invoice, "Account": {"Code": "090"}, "Date": "2026-07-15", "Amount": "50.00"});
            bed.person("PUT", "Payments", body).await;
        }
        Enters::Note => {
            let note = json!({"Type": "ACCRECCREDIT", "CreditNoteNumber": "CN-7", "Contact": contact, "Status": "AUTHORISED", "LineAmountTypes": "NoTax",
                "Date": "2026-07-15", "LineItems": line});
            bed.person("PUT", "CreditNotes", note).await;
            bed.person("PUT", "CreditNotes/CN-7/Allocations", applied)
                .await;
        }
        Enters::Overpayment => {
            let bank = json!({"Type": "RECEIVE-OVERPAYMENT", "Contact": contact, "BankAccount": {"Code": "090"}, "Date": "2026-07-15",
                "LineItems": [{"Description": "over", "Quantity": 1, "UnitAmount": "50.00", "AccountCode": "610"}]});
            let made = bed.person("PUT", "BankTransactions", bank).await;
            let id = text(&made["BankTransactions"][0], "OverpaymentID");
            let path = format!("Overpayments/{id}/Allocations");
            bed.person("PUT", &path, applied).await;
        }
    }
    bed.minutes(31);
}

/// Takes it off again.
async fn takes_off(bed: &Bed, what: Enters) {
    let books = bed.books();
    match what {
        Enters::Payment => {
            let all = books["payments"].as_array().unwrap();
            let fifty = |p: &&Value| super::bed::dec(&p["Amount"]) == super::bed::amount("50.00");
            let mut all = all.iter().filter(fifty);
            let one = all.find(|p| p["Status"] != json!("DELETED"));
            let path = format!("Payments/{}", text(one.unwrap(), "PaymentID"));
            bed.person("POST", &path, json!({"Status": "DELETED"}))
                .await;
        }
        Enters::Note | Enters::Overpayment => {
            let shown = bed.person("GET", &bed.path_of("1041"), Value::Null).await;
            let (list, id) = match what {
                Enters::Note => ("CreditNotes", "CreditNoteID"),
                _ => ("Overpayments", "OverpaymentID"),
            };
            let credit = text(&shown["Invoices"][0][list][0], id);
            let shown = bed
                .person("GET", &format!("{list}/{credit}"), Value::Null)
                .await;
            let allocation = text(&shown[list][0]["Allocations"][0], "AllocationID");
            let path = format!("{list}/{credit}/Allocations/{allocation}");
            bed.person("DELETE", &path, Value::Null).await;
        }
    }
    bed.minutes(31);
}

async fn skip(engine: &Engine) {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::document("1041", "the bookkeeper said so", "jo@acme.example");
    let said = settle::skip(engine, &loaded, ask).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    carried(engine, "1041").await;
}

/// How many of them are told, by every answer that tells of what was done to what is posted; they must agree.
async fn told(engine: &Engine) -> usize {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let all = errors::errors(engine, vec![tenant()]).await.unwrap();
    let one = explain::explain(engine, &loaded, "1041").await.unwrap();
    let count = status::status(engine, vec![tenant()]).await.unwrap();
    let drifts = &all.tenants[0].drifts;
    assert_eq!(*drifts, one.drifts);
    assert_eq!(drifts.len() as u64, count.tenants[0].drifts);
    drifts.len()
}

fn part(sum: &str) -> Value {
    json!({"payments": [with(paid(sum, "2026-07-12"), json!({"id": "90"}))]})
}

fn adds(bed: &Bed, id: &str, sum: &str) {
    let row = with(paid(sum, "2026-07-15"), json!({ "id": id }));
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [row]}]}));
}

#[tokio::test]
async fn money_that_people_put_to_our_invoice_is_told_with_both_balances_until_it_is_taken_off() {
    for what in ALL {
        let first = with(order(1, 1041, "2026-07-10"), part("40.00"));
        let (bed, engine) = begun(&[], vec![first]).await;
        verified(&engine, "1041").await;
        enters(&bed, what).await;
        synced(&engine).await;
        held(
            &engine,
            "1041",
            CODE,
            "the source says 70.00 is owed on 1041, and the ledger 20.00",
            "skip",
        )
        .await;
        held(&engine, "1041", CODE, what.told(), "take it off 1041").await;
        assert_eq!(told(&engine).await, 1, "{what:?}");
        // It is told for as long as it stands.
        bed.minutes(31);
        synced(&engine).await;
        super::bed::retried(&engine).await;
        held(&engine, "1041", CODE, "20.00", "take it off 1041").await;
        bed.minutes(31);
        takes_off(&bed, what).await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!((told(&engine).await, bed.payments()), (0, 1), "{what:?}");
    }
}

#[tokio::test]
async fn what_a_person_leaves_there_is_told_no_more_and_another_entry_is() {
    for what in ALL {
        let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
        enters(&bed, what).await;
        synced(&engine).await;
        held(
            &engine,
            "1041",
            CODE,
            "110.00 is owed on 1041, and the ledger 60.00",
            "skip",
        )
        .await;
        skip(&engine).await;
        skipped(&engine, "1041", "skip.by_person").await;
        assert_eq!(told(&engine).await, 0, "{what:?}");
        bed.minutes(31);
        synced(&engine).await;
        skipped(&engine, "1041", "skip.by_person").await;
        // What is taken back is told again.
        let (number, acme) = (["1041".to_owned()], tenant());
        let back = retry::retry(&engine, &acme, Which::Numbers(&number), "jo@acme.example");
        back.await.unwrap();
        carried(&engine, "1041").await;
        held(&engine, "1041", CODE, "60.00", "skip").await;
        skip(&engine).await;
        let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
        let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-16", "Amount": "5.00"});
        bed.person("PUT", "Payments", body).await;
        bed.minutes(31);
        synced(&engine).await;
        held(&engine, "1041", CODE, "and the ledger 55.00", "skip").await;
    }
}

#[tokio::test]
async fn money_that_the_source_tells_of_later_is_the_same_once_a_person_has_said_so() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    enters(&bed, Enters::Payment).await;
    synced(&engine).await;
    held(&engine, "1041", CODE, "60.00", "enter it there too").await;
    adds(&bed, "90", "50.00");
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.other",
        "50.00",
        "crossfoot settle",
    )
    .await;
    settled(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!((told(&engine).await, bed.payments()), (0, 1));
    bed.minutes(31);
    synced(&engine).await;
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn what_a_person_calls_another_one_is_right_beside_ours() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    enters(&bed, Enters::Payment).await;
    adds(&bed, "90", "50.00");
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "50.00", "crossfoot send").await;
    sent(&engine, "1041").await;
    verified(&engine, "1041").await;
    for _ in 0..2 {
        bed.minutes(31);
        synced(&engine).await;
        verified(&engine, "1041").await;
    }
    assert_eq!((told(&engine).await, bed.payments()), (0, 2));
    // More than that is news.
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-16", "Amount": "5.00"});
    bed.person("PUT", "Payments", body).await;
    bed.minutes(31);
    synced(&engine).await;
    held(&engine, "1041", CODE, "5.00 of which", "take it off").await;
}

#[tokio::test]
async fn a_payment_entered_beside_ours_of_the_same_money_is_told() {
    let first = with(order(1, 1041, "2026-07-10"), part("50.00"));
    let (bed, engine) = begun(&[], vec![first]).await;
    enters(&bed, Enters::Payment).await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        CODE,
        "owed on 1041, and the ledger 10.00",
        "take it off",
    )
    .await;
    // The one of ours is taken out instead: then the other one is this payment.
    let books = bed.books();
    let all = books["payments"].as_array().unwrap();
    let ours = all.iter().find(|p| text(p, "Reference").contains("[sync:"));
    let path = format!("Payments/{}", text(ours.unwrap(), "PaymentID"));
    bed.person("POST", &path, json!({"Status": "DELETED"}))
        .await;
    bed.minutes(31);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.deleted",
        "50.00",
        "crossfoot settle",
    )
    .await;
    settled(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!((told(&engine).await, bed.payments()), (0, 1));
}

#[tokio::test]
async fn where_people_enter_the_payments_nothing_is_told_until_they_are_more_than_the_source_has() {
    let first = with(order(1, 1041, "2026-07-10"), part("80.00"));
    let words = [("sync", "{ first_run: post, payments: off }")];
    let (bed, engine) = begun(&words, vec![first]).await;
    verified(&engine, "1041").await;
    enters(&bed, Enters::Payment).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(told(&engine).await, 0);
    enters(&bed, Enters::Payment).await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        CODE,
        "says 30.00 is owed on 1041, and the ledger 10.00",
        "take it off",
    )
    .await;
    assert_eq!(told(&engine).await, 1);
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
    let row = doc(&engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let balance = note.unwrap().balance.unwrap();
    assert_eq!(balance.ledger, super::bed::amount("10.00"));
}

/// A payment that came in is not taken out of the ledger to make room for another.
#[tokio::test]
async fn where_both_are_more_than_is_owed_neither_is_dropped() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-14", "Amount": "80.00"});
    bed.person("PUT", "Payments", body).await;
    bed.minutes(31);
    adds(&bed, "90", "50.00");
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.other",
        "80.00",
        "money of the contact beyond it",
    )
    .await;
    let why = doc(&engine, "1041").await.reason.unwrap();
    assert!(!why.fix.contains("take that one off"), "{why}");
    let row = doc(&engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let payment = note.unwrap().payments.remove(0).id;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk {
        unseen: true,
        ..WordAsk::payment(
            "1041",
            &payment,
            "it stands with the contact",
            "jo@acme.example",
        )
    };
    let looked = settle::look(&engine, &loaded, ask).await;
    let looked = looked.unwrap_or_else(|e| panic!("{}", e.what));
    let said = settle::settle(&engine, ask, looked).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    carried(&engine, "1041").await;
    // The 80.00 is 30.00 more than what came in.
    held(&engine, "1041", CODE, "30.00 of which", "skip").await;
    skip(&engine).await;
    skipped(&engine, "1041", "skip.by_person").await;
    assert_eq!((told(&engine).await, bed.payments()), (0, 1));
}
