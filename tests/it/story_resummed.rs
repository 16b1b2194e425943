//! Sums that people change in the ledger: of a payment of ours, of a credit note, of the credit of what was beyond what is owed.
//! Each is told with both figures when it is seen, nothing more goes to its document, and each cure ends it.

use super::bed::{
    Bed, amount, carried, dec, doc, end, file, held, order, paid, shop, synced, tenant, text,
    verified, with,
};
use super::story_overpayment::permit;
use super::story_qbo::Desk;
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::{Documents as _, PaymentNote};
use crossfoot::service::Engine;
use crossfoot::service::desk::errors;
use crossfoot::service::desk::settle::{WordAsk, look, settle};
use serde_json::{Value, json};

const WHO: &str = "jo@acme.example";
const CODE: &str = "ledger.total";

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

async fn posted(words: &[(&str, &str)], payments: Value) -> (Bed, Engine) {
    let bed = Bed::new(&file(words));
    permit(&bed);
    let row = with(order(1, 1041, "2026-07-10"), json!({"payments": payments}));
    bed.keap(shop(vec![row]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(31);
    (bed, engine)
}

pub async fn notes(engine: &Engine) -> Vec<PaymentNote> {
    let row = doc(engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    note.unwrap().payments
}

/// What is told of things done to what is posted: payment, both sums.
async fn told(engine: &Engine) -> Vec<(String, String, String)> {
    let all = errors::errors(engine, vec![tenant()]).await.unwrap();
    let one = all.tenants[0].drifts.iter().map(|d| {
        let id = d.payment.as_ref().map_or(String::new(), |p| p.0.clone());
        (
            id,
            d.was.normalize().to_string(),
            d.is.normalize().to_string(),
        )
    });
    one.collect()
}

/// The settling that is printed with what is held, as it is printed.
async fn settles(engine: &Engine, number: &str) {
    let reason = doc(engine, number).await.reason.unwrap();
    let held = notes(engine).await.into_iter().find(|p| p.state == "held");
    let of = held.expect("a payment").id;
    let ask = WordAsk {
        unseen: reason.fix.contains("--unseen"),
        ..WordAsk::payment(number, &of, "as printed", WHO)
    };
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let looked = look(engine, &loaded, ask).await;
    let looked = looked.unwrap_or_else(|e| panic!("{}", e.what));
    let said = settle(engine, ask, looked).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    carried(engine, number).await;
}

fn bank(bed: &Bed) -> Value {
    let books = bed.books();
    let all = books["bank_transactions"].as_array().unwrap();
    let there = all.iter().find(|t| t["Status"] == "AUTHORISED");
    there.expect("a credit").clone()
}

/// The credit comes to another sum.
fn another_credit(bed: &Bed, by: &str) {
    let id = text(&bank(bed), "BankTransactionID");
    bed.tamper(json!({"credit_total": {"credit": id, "by": by}}));
}

const OVER: (&str, &str) = ("overpayment", "as_overpayment");

#[tokio::test]
async fn a_credit_of_ours_that_comes_to_another_sum_is_told_until_it_is_set_back_or_settled() {
    for whole in [false, true] {
        let payments = match whole {
            false => json!([money("80", "150.00")]),
            true => json!([money("79", "110.00"), money("80", "40.00")]),
        };
        let (bed, engine) = posted(&[OVER], payments).await;
        another_credit(&bed, "-10.00");
        synced(&engine).await;
        held(
            &engine,
            "1041",
            CODE,
            "credit of 40.00 of payment",
            "set it back",
        )
        .await;
        let told_now = told(&engine).await;
        assert!(told_now[0].0.contains("80"), "{told_now:?}");
        assert_eq!(
            (told_now[0].1.as_str(), told_now[0].2.as_str()),
            ("40", "30")
        );
        // Nothing more goes to it meanwhile.
        bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [money("81", "5.00")]}]}));
        bed.minutes(31);
        synced(&engine).await;
        assert_eq!(end(&engine, "1041").await, (DocState::Held, CODE.into()));
        bed.keap_edit(json!({"payments": [{"id": "81", "remove": true}]}));
        bed.minutes(31);
        another_credit(&bed, "10.00");
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert!(told(&engine).await.is_empty());
        bed.minutes(31);
        another_credit(&bed, "-10.00");
        synced(&engine).await;
        settles(&engine, "1041").await;
        verified(&engine, "1041").await;
        assert!(told(&engine).await.is_empty());
        assert_eq!(
            (bed.payments(), dec(&bank(&bed)["Total"])),
            (1, amount("30"))
        );
    }
}

#[tokio::test]
async fn a_payment_that_is_entered_anew_under_our_stamp_with_another_sum_is_told() {
    let (bed, engine) = posted(&[], json!([money("80", "50.00")])).await;
    let stamp = bed.books()["payments"][0]["Reference"].clone();
    bed.deletes_payment().await;
    let invoice = json!({"InvoiceID": text(&bed.invoice("1041").unwrap(), "InvoiceID")});
    let anew = json!({"Invoice": invoice, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "45.00", "Reference": stamp});
    bed.person("PUT", "Payments", anew).await;
    bed.minutes(31);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        CODE,
        "posted as 50.00 on 1041, and comes to 45.00",
        "settle",
    )
    .await;
    assert_eq!(notes(&engine).await[0].state, "held");
    settles(&engine, "1041").await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Verified);
    assert!(told(&engine).await.is_empty());
    assert_eq!(bed.payments(), 1);
}

/// Where the source says the same by now, both books agree.
#[tokio::test]
async fn a_sum_that_the_source_says_too_by_now_is_told_no_more() {
    let (bed, engine) = posted(&[OVER], json!([money("80", "150.00")])).await;
    another_credit(&bed, "-10.00");
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.1, CODE);
    bed.keap_edit(json!({"payments": [{"id": "80", "amount": "140.00"}]}));
    bed.minutes(31);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(
        (bed.payments(), dec(&bank(&bed)["Total"])),
        (1, amount("30"))
    );
}

#[tokio::test]
async fn a_credit_note_that_comes_to_another_sum_is_told() {
    let all = json!([money("80", "110.00"), back("90", "60.00")]);
    let (bed, engine) = posted(&[("refunds", "credit_note")], all).await;
    let number = text(&bed.credit_notes()[0], "CreditNoteNumber");
    bed.tamper(json!({"credit_total": {"credit": number, "by": "7.00"}}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        CODE,
        "posted as 60.00 and comes to 67.00",
        "set it back",
    )
    .await;
    bed.minutes(31);
    bed.tamper(json!({"credit_total": {"credit": number, "by": "-7.00"}}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(31);
    bed.tamper(json!({"credit_total": {"credit": number, "by": "7.00"}}));
    synced(&engine).await;
    settles(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.credit_notes().len(), 1);
}

/// At QuickBooks a payment is edited as it stands.
#[tokio::test]
async fn a_payment_that_people_edit_is_told() {
    let row = with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [money("80", "50.00")]}),
    );
    let desk = Desk::australia(shop(vec![row]));
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    desk.bed.minutes(31);
    let payment = desk.only("Payment");
    let mut line = payment["Line"].clone();
    line[0]["Amount"] = json!(45.0);
    let edit = json!({"Id": payment["Id"], "TotalAmt": 45.0, "Line": line});
    desk.person(json!({"update": {"Payment": edit}}));
    desk.bed.minutes(60 * 7);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        CODE,
        "posted as 50.00 on 1041, and comes to 45.00",
        "settle",
    )
    .await;
    // Nothing goes beside it until somebody has said which is right.
    let more = json!({"orders": [{"id": "1", "add_payments": [money("81", "60.00")]}]});
    desk.bed.keap_edit(more);
    desk.bed.minutes(31);
    synced(&engine).await;
    assert_eq!(desk.rows("Payment").len(), 1);
    settles(&engine, "1041").await;
    assert_eq!(desk.rows("Payment").len(), 2);
    assert!(told(&engine).await.is_empty());
}
