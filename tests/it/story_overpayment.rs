//! Money beyond what is owed, where the tenant's file wants it as a credit of the contact: what is owed is paid, the rest
//! is an overpayment on the same bank account, once, whatever dies.

use super::bed::{
    Bed, ORG, amount, dec, doc, file, held, order, paid, shop, sync, synced, tenant, text,
    verified, with,
};
use super::support::XERO_CLIENT;
use crossfoot::connectors::xero::connect::SCOPES;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::Engine;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const WORD: (&str, &str) = ("overpayment", "as_overpayment");

/// The connection has the permission that is asked for with the word.
pub fn permit(bed: &Bed) {
    let scopes = format!("{} accounting.banktransactions", SCOPES.join(" "));
    bed.plane
        .seed(
            "xero",
            json!({"tokens": [{"app": XERO_CLIENT, "tenants": [ORG], "access": "xa1", "refresh": "xr1", "scopes": scopes}]}),
        )
        .unwrap();
}

fn with_payments(payments: Value) -> Value {
    with(
        order(1, 1041, "2026-07-10"),
        json!({ "payments": payments }),
    )
}

async fn begun(payments: Value) -> (Bed, Engine) {
    let bed = Bed::new(&file(&[WORD]));
    permit(&bed);
    bed.keap(shop(vec![with_payments(payments)]));
    let engine = bed.engine().await;
    (bed, engine)
}

/// Credits in the books, each as amount, contact, bank account and day.
fn credits(bed: &Bed) -> Vec<(Decimal, String, String, String)> {
    let books = bed.books();
    let all = books["bank_transactions"].as_array().unwrap();
    let one = |t: &Value| {
        assert_eq!(
            (t["Type"].as_str(), t["Status"].as_str()),
            (Some("RECEIVE-OVERPAYMENT"), Some("AUTHORISED"))
        );
        assert!(text(t, "Reference").contains("[sync:"), "{t}");
        assert_eq!(t["LineItems"][0]["AccountCode"], "610");
        let day: String = text(t, "DateString").chars().take(10).collect();
        (
            dec(&t["Total"]),
            text(&t["Contact"], "Name"),
            text(&t["BankAccount"], "Code"),
            day,
        )
    };
    all.iter().map(one).collect()
}

fn credit(of: &str, day: &str) -> (Decimal, String, String, String) {
    (
        amount(of),
        "Jo Harbour".to_owned(),
        "090".to_owned(),
        day.to_owned(),
    )
}

#[tokio::test]
async fn what_is_owed_is_paid_and_the_rest_is_a_credit_of_the_contact() {
    let (bed, engine) = begun(json!([paid("150.00", "2026-07-12")])).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.invoice("1041").unwrap()["Status"], "PAID");
    let money = bed.money();
    assert_eq!((money.len(), money[0].0.as_str()), (1, "110"));
    assert_eq!(credits(&bed), [credit("40.00", "2026-07-12")]);
    let key = doc(&engine, "1041").await.key;
    let note = engine
        .store()
        .decision(&tenant(), &key)
        .await
        .unwrap()
        .unwrap();
    let told: Vec<String> = note.warnings.iter().map(ToString::to_string).collect();
    assert!(
        told.iter().any(|t| t.contains("40.00 goes to the contact")),
        "{told:?}"
    );
    // Decided on again it is what it was: nothing goes twice, and nothing has changed.
    for _ in 0..2 {
        bed.minutes(30);
        bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hired"}}]}));
        super::bed::retried(&engine).await;
        verified(&engine, "1041").await;
    }
    assert_eq!((bed.payments(), credits(&bed).len()), (1, 1));
}

#[tokio::test]
async fn a_payment_of_which_nothing_is_owed_is_a_credit_whole() {
    let (bed, engine) = begun(json!([paid("110.00", "2026-07-12")])).await;
    synced(&engine).await;
    assert_eq!(credits(&bed), []);
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("20.00", "2026-07-14")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
    assert_eq!(credits(&bed), [credit("20.00", "2026-07-14")]);
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hired"}}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), credits(&bed).len()), (1, 1));
}

#[tokio::test]
async fn a_credit_whose_answer_was_lost_is_found_by_its_stamp() {
    for fault in ["drop_before", "drop_after"] {
        let (bed, engine) = begun(json!([paid("150.00", "2026-07-12")])).await;
        bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "BankTransactions", "times": 1, "fault": fault}]));
        for _ in 0..6 {
            let _ = sync(&engine).await;
            bed.minutes(20);
        }
        verified(&engine, "1041").await;
        assert_eq!(bed.payments(), 1, "{fault}");
        assert_eq!(credits(&bed), [credit("40.00", "2026-07-12")], "{fault}");
    }
}

#[tokio::test]
async fn without_the_permission_it_is_said_before_anything_is_sent() {
    let bed = Bed::new(&file(&[WORD]));
    bed.keap(shop(vec![with_payments(json!([paid(
        "150.00",
        "2026-07-12"
    )]))]));
    let engine = bed.engine().await;
    let why = sync(&engine).await.unwrap_err().to_string();
    assert!(why.contains("connect"), "{why}");
    assert_eq!((bed.invoices(), bed.payments()), (0, 0));
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = crossfoot::service::against_ledger(&engine, &loaded)
        .await
        .unwrap();
    assert!(
        told.iter()
            .any(|d| d.code == "connection.permission"
                && d.fix.contains("crossfoot connect acme xero")),
        "{told:?}"
    );
    // Status says so as well, by what the vendor answered.
    let stands = async || {
        use crossfoot::service::desk::status::status;
        let told = status(&engine, vec![tenant()]).await.unwrap();
        let of = told.tenants.into_iter().next().unwrap();
        let required: Vec<String> = of.action_required.iter().map(ToString::to_string).collect();
        (of.ledger.unwrap().connected, required.join("; "))
    };
    let (connected, required) = stands().await;
    assert!(!connected, "{required}");
    assert!(
        required.contains("`crossfoot connect acme xero` again"),
        "{required}"
    );
    assert!(
        required.contains("accounting.banktransactions"),
        "{required}"
    );
    permit(&bed);
    bed.minutes(10);
    let _ = sync(&engine).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(credits(&bed).len(), 1);
    assert_eq!(stands().await, (true, String::new()));
}

#[tokio::test]
async fn without_the_word_nothing_of_it_is_asked() {
    let bed = Bed::new(&file(&[("overpayment", "hold")]));
    bed.keap(shop(vec![with_payments(json!([paid(
        "150.00",
        "2026-07-12"
    )]))]));
    let engine = bed.engine().await;
    synced(&engine).await;
    held(&engine, "1041", "skip.overpayment", "150.00", "").await;
    let asked = bed.plane.requests(0).to_string();
    assert!(!asked.contains("BankTransactions"));
}

#[tokio::test]
async fn the_permission_is_asked_for_only_where_the_word_is_said() {
    for (word, asked) in [("as_overpayment", true), ("hold", false)] {
        let bed = Bed::new(&file(&[("overpayment", word)]));
        let engine = bed.engine().await;
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let to = crossfoot::service::Connecting::to(&engine, &loaded, "xero").unwrap();
        let app = to.app().await.unwrap().unwrap();
        let has = app
            .scopes
            .iter()
            .any(|s| s == "accounting.banktransactions");
        assert_eq!(has, asked, "{:?}", app.scopes);
    }
}

#[tokio::test]
async fn the_credit_waits_for_its_payment() {
    // The money on the invoice fails, then is in doubt: the rest of it does not go alone.
    let (bed, engine) = begun(json!([])).await;
    synced(&engine).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("150.00", "2026-07-14")]}]}));
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 0, "fault": "500_before"}]));
    let _ = sync(&engine).await;
    assert_eq!((bed.payments(), credits(&bed)), (0, vec![]));
    bed.heal().await;
    for _ in 0..4 {
        bed.minutes(20);
        let _ = sync(&engine).await;
    }
    verified(&engine, "1041").await;
    assert_eq!(bed.money()[0].0, "110");
    assert_eq!(credits(&bed), [credit("40.00", "2026-07-14")]);
}

#[tokio::test]
async fn the_credit_waits_while_its_payment_is_held_beside_a_persons() {
    let (bed, engine) = begun(json!([])).await;
    synced(&engine).await;
    let invoice = bed.invoice("1041").unwrap();
    let by_hand = json!({"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Account": {"Code": "090"},
        "Date": "2026-07-14", "Amount": 110.0});
    bed.person("PUT", "Payments", by_hand).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("150.00", "2026-07-14")]}]}));
    synced(&engine).await;
    assert_eq!(
        doc(&engine, "1041").await.state,
        crossfoot::model::DocState::Held
    );
    assert_eq!((bed.payments(), credits(&bed)), (1, vec![]));
}

/// A person deletes the credit in the ledger: its bank transaction.
pub async fn credit_deleted(bed: &Bed) {
    let books = bed.books();
    let all = books["bank_transactions"].as_array().unwrap();
    let one = all.iter().find(|t| t["Status"] == "AUTHORISED").unwrap();
    let path = format!("BankTransactions/{}", text(one, "BankTransactionID"));
    let scopes = format!("{} accounting.banktransactions", SCOPES.join(" "));
    // A person may do what our application may.
    bed.plane
        .seed("xero", json!({"apps": [{"client_id": "people", "client_secret": "p", "redirect_uris": ["http://localhost:1/x"]}],
            "tokens": [{"app": "people", "tenants": [ORG], "access": "bank", "refresh": "r-bank", "scopes": scopes}]}))
        .unwrap();
    let mut headers = http::HeaderMap::new();
    for (name, value) in [
        ("authorization", "Bearer bank"),
        ("xero-tenant-id", bed.organisation.as_str()),
        ("accept", "application/json"),
        ("content-type", "application/json"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    let path = format!("/xero/api.xro/2.0/{path}");
    let body = json!({"Status": "DELETED"}).to_string().into();
    let answer = bed.plane.call(http::Method::POST, &path, headers, body);
    let reply = answer.await.reply().unwrap();
    let said = String::from_utf8_lossy(&reply.body).into_owned();
    assert!(reply.status.is_success(), "{said}");
}

fn payment_deleted(bed: &Bed) {
    bed.tamper(json!({"delete_payment": {"invoice": "1041"}}));
}

fn standing(bed: &Bed) -> Vec<Decimal> {
    let books = bed.books();
    let all = books["bank_transactions"].as_array().unwrap();
    let there = all.iter().filter(|t| t["Status"] == "AUTHORISED");
    there.map(|t| dec(&t["Total"])).collect()
}

fn own(id: &str, sum: &str) -> Value {
    with(paid(sum, "2026-07-12"), json!({ "id": id }))
}

async fn paid_150() -> (Bed, Engine) {
    let (bed, engine) = begun(json!([own("80", "150.00")])).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    (bed, engine)
}

async fn changed_to(bed: &Bed, engine: &Engine, sum: &str) {
    bed.keap_edit(json!({"payments": [{"id": "80", "amount": sum}]}));
    synced(engine).await;
    held(engine, "1041", "payment.changed", sum, "credit of 40.00").await;
    // Nothing was done about it: it stays held, and all of it stays in the ledger.
    bed.minutes(10);
    super::bed::retried(engine).await;
    held(engine, "1041", "payment.changed", sum, "credit of 40.00").await;
    assert_eq!((bed.payments(), standing(bed)), (1, vec![amount("40")]));
    bed.minutes(10);
}

#[tokio::test]
async fn a_payment_that_was_split_and_changed_is_made_anew_once_both_parts_are_out() {
    let (bed, engine) = paid_150().await;
    changed_to(&bed, &engine, "160.00").await;
    // Of two parts one is taken out: the other is told.
    payment_deleted(&bed);
    super::bed::retried(&engine).await;
    held(
        &engine,
        "1041",
        "payment.changed",
        "160.00",
        "credit of 40.00",
    )
    .await;
    assert_eq!((bed.payments(), standing(&bed)), (0, vec![amount("40")]));
    bed.minutes(10);
    credit_deleted(&bed).await;
    super::bed::retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), standing(&bed)), (1, vec![amount("50")]));
    assert_eq!(bed.money()[0].0, "110");
}

/// What is owed has been paid all along: only the credit is wrong now, and it is not forgotten.
#[tokio::test]
async fn a_payment_that_comes_to_just_what_is_owed_by_now_leaves_its_credit_to_be_taken_out() {
    let (bed, engine) = paid_150().await;
    changed_to(&bed, &engine, "110.00").await;
    credit_deleted(&bed).await;
    super::bed::retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), standing(&bed)), (1, Vec::new()));
}

#[tokio::test]
async fn a_split_payment_that_vanished_holds_until_both_its_parts_are_out() {
    let (bed, engine) = paid_150().await;
    bed.keap_edit(json!({"payments": [{"id": "80", "remove": true}]}));
    synced(&engine).await;
    held(&engine, "1041", "payment.removed", " of 150.00", "by hand").await;
    bed.minutes(10);
    super::bed::retried(&engine).await;
    held(&engine, "1041", "payment.removed", " of 150.00", "by hand").await;
    payment_deleted(&bed);
    bed.minutes(10);
    super::bed::retried(&engine).await;
    held(&engine, "1041", "payment.removed", " of 40.00", "by hand").await;
    assert_eq!(standing(&bed), [amount("40")]);
    credit_deleted(&bed).await;
    bed.minutes(10);
    super::bed::retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), standing(&bed)), (0, Vec::new()));
}

/// All of a payment was beyond what was owed, and it is another amount now.
#[tokio::test]
async fn a_credit_of_a_whole_payment_that_changed_is_made_anew_once_it_is_out() {
    let rows = json!([own("79", "110.00"), own("80", "40.00")]);
    let (bed, engine) = begun(rows).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), standing(&bed)), (1, vec![amount("40")]));
    bed.minutes(30);
    changed_to(&bed, &engine, "55.00").await;
    credit_deleted(&bed).await;
    super::bed::retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), standing(&bed)), (1, vec![amount("55")]));
}

/// A credit that a person deletes in the ledger is seen by the next look, without anybody having said retry.
#[tokio::test]
async fn a_credit_that_a_person_deletes_in_the_ledger_is_told() {
    let (bed, engine) = paid_150().await;
    credit_deleted(&bed).await;
    bed.minutes(40);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.half",
        "deleted there",
        "delete the payment of 110.00",
    )
    .await;
    // Nothing is made in its place until the cure is carried out.
    bed.minutes(40);
    synced(&engine).await;
    assert_eq!((bed.payments(), standing(&bed)), (1, Vec::new()));
    payment_deleted(&bed);
    bed.minutes(10);
    super::bed::retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), standing(&bed)), (1, vec![amount("40")]));
}

/// The same of a payment that was a credit whole: it is made anew by the word for that, and by nothing else.
#[tokio::test]
async fn a_credit_of_a_whole_payment_that_a_person_deletes_is_made_anew_by_a_word() {
    let rows = json!([own("79", "110.00"), own("80", "40.00")]);
    let (bed, engine) = begun(rows).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(10);
    credit_deleted(&bed).await;
    bed.minutes(40);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.deleted",
        "40.00",
        "crossfoot send",
    )
    .await;
    bed.minutes(10);
    super::bed::retried(&engine).await;
    held(
        &engine,
        "1041",
        "payment.deleted",
        "40.00",
        "crossfoot send",
    )
    .await;
    assert_eq!((bed.payments(), standing(&bed)), (1, Vec::new()));
    super::bed::sent(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), standing(&bed)), (1, vec![amount("40")]));
}

/// An older backup is put back, and the source says less by now: the credit that this workspace does not know of is known by its
/// stamp, and told.
#[tokio::test]
async fn a_credit_that_only_its_stamp_tells_of_is_what_was_made_of_its_payment() {
    let (bed, engine) = begun(json!([])).await;
    synced(&engine).await;
    let kept = super::story_put_back::keep(&bed, engine).await;
    let engine = bed.engine().await;
    bed.minutes(5);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [own("80", "150.00")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), standing(&bed)), (1, vec![amount("40")]));
    bed.keap_edit(json!({"payments": [{"id": "80", "amount": "110.00"}]}));
    let engine = super::story_put_back::restored(&bed, engine, &kept).await;
    held(
        &engine,
        "1041",
        "payment.changed",
        "110.00",
        "credit of 40.00",
    )
    .await;
    assert_eq!((bed.payments(), standing(&bed)), (1, vec![amount("40")]));
    credit_deleted(&bed).await;
    bed.minutes(10);
    super::bed::retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), standing(&bed)), (1, Vec::new()));
}
