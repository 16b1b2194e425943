//! A cure ends with success only when what it said is done, and what posting finds of a payment counts like what deciding
//! finds of it: what comes after it waits.

use super::bed::{
    Bed, amount, begun, doc, gst, held, hire, of_keap, order, paid, retried, settled, sync, synced,
    tenant, text, total, verified, with,
};
use crossfoot::pipeline::ports::{Documents as _, PaymentNote};
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{self, WordAsk};
use serde_json::{Value, json};

fn payment(id: &str, amount: &str, day: &str) -> Value {
    with(paid(amount, day), json!({ "id": id }))
}

async fn notes(engine: &Engine) -> Vec<PaymentNote> {
    let note = engine.store().decision(&tenant(), &of_keap("1")).await;
    note.unwrap().unwrap().payments
}

/// The payments of 1041, each with where it stands and why.
async fn told(engine: &Engine) -> Vec<(String, String, String)> {
    // Keap's payments are named with their order: `80-1`.
    let own = |id: &str| id.split('-').next().unwrap_or_default().to_owned();
    let of = notes(engine).await.into_iter();
    of.map(|n| {
        (
            own(&n.id),
            n.state,
            n.reason.map_or(String::new(), |r| r.code),
        )
    })
    .collect()
}

fn as_told(all: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let own = |(a, b, c): &(&str, &str, &str)| (a.to_string(), b.to_string(), c.to_string());
    all.iter().map(own).collect()
}

/// The same invoice with the reference's own part said otherwise, as a person does it: the stamp stays.
async fn referenced(bed: &Bed, said: &str) {
    let reference = text(&bed.invoice("1041").unwrap(), "Reference");
    let stamp = reference.split_once("[sync:").unwrap().1.to_owned();
    let change = json!({"Reference": format!("{said} [sync:{stamp}")});
    let path = bed.path_of("1041");
    bed.person("POST", &path, change).await;
    bed.minutes(5);
}

fn reference(bed: &Bed) -> String {
    let all = text(&bed.invoice("1041").unwrap(), "Reference");
    all.split(" [sync:").next().unwrap_or_default().to_owned()
}

async fn entered(bed: &Bed, amount: &str, day: &str) {
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": day, "Amount": amount});
    bed.person("PUT", "Payments", body).await;
    bed.minutes(5);
}

#[tokio::test]
async fn what_both_changed_of_a_paid_one_is_sent_over_as_the_cure_says() {
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    let (bed, engine) = begun(&[], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    referenced(&bed, "PO 5").await;
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Second"}}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "update.conflict",
        "PO 5",
        "sends the source's",
    )
    .await;
    assert_eq!(reference(&bed), "PO 5", "not without a word");
    bed.minutes(5);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(reference(&bed), "Second");
    let invoice = bed.invoice("1041").unwrap();
    assert_eq!(
        (text(&invoice, "Status").as_str(), bed.payments()),
        ("PAID", 1)
    );
    // It is agreed now: nothing is sent again.
    let before = bed.invoice("1041").unwrap();
    bed.minutes(5);
    retried(&engine).await;
    assert_eq!(bed.invoice("1041").unwrap(), before);
}

#[tokio::test]
async fn what_was_not_shown_is_told_before_it_is_gone_over() {
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    let (bed, engine) = begun(&[], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    referenced(&bed, "PO 5").await;
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Second"}}]}));
    synced(&engine).await;
    referenced(&bed, "PO 6").await;
    retried(&engine).await;
    held(
        &engine,
        "1041",
        "update.conflict",
        "PO 6",
        "sends the source's",
    )
    .await;
    assert_eq!(reference(&bed), "PO 6");
    bed.minutes(5);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(reference(&bed), "Second");
}

/// The sums were made alike by hand, where we no longer can. What of the change the ledger still takes is sent.
#[tokio::test]
async fn what_a_person_left_out_of_a_change_by_hand_is_sent_where_it_still_goes() {
    let bank = json!({"payments": [payment("80", "50.00", "2026-07-12")]});
    let (bed, engine) = begun(&[], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    bed.keap_edit(
        json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")], "set": {"title": "Second"}}]}),
    );
    synced(&engine).await;
    held(&engine, "1041", "update.locked", "Second", "by hand").await;
    let before = bed.invoice("1041").unwrap();
    let books = bed.books();
    let money = &books["payments"][0];
    let path = format!("Payments/{}", text(money, "PaymentID"));
    bed.minutes(5);
    bed.person("POST", &path, json!({"Status": "DELETED"}))
        .await;
    let mut line = before["LineItems"][0].clone();
    line["Quantity"] = json!(2);
    for own in ["LineAmount", "TaxAmount"] {
        line.as_object_mut().unwrap().remove(own);
    }
    let change = json!({"Reference": text(&before, "Reference"), "LineItems": [line]});
    bed.person("POST", &bed.path_of("1041"), change).await;
    let back = json!({"Invoice": {"InvoiceID": before["InvoiceID"]}, "Account": {"Code": "090"},
        "Date": "2026-07-12", "Amount": "50.00", "Reference": money["Reference"]});
    bed.person("PUT", "Payments", back).await;
    bed.minutes(5);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("220.00"));
    assert_eq!((reference(&bed).as_str(), bed.payments()), ("Second", 1));
}

#[tokio::test]
async fn a_payment_waits_for_an_earlier_one_that_posting_held() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    entered(&bed, "50.00", "2026-07-12").await;
    let both = json!([
        payment("80", "50.00", "2026-07-12"),
        payment("81", "30.00", "2026-07-15")
    ]);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": both}]}));
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "50.00", "settle").await;
    assert_eq!(bed.payments(), 1, "the later one waits");
    let waits = as_told(&[
        ("80", "held", "payment.other"),
        ("81", "waits", "payment.waits"),
    ]);
    assert_eq!(told(&engine).await, waits);
    // Another run, and another payment, change nothing about that.
    bed.minutes(10);
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("82", "10.00", "2026-07-16")]}]}),
    );
    synced(&engine).await;
    assert_eq!(bed.payments(), 1);
    bed.minutes(10);
    settled(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 3);
}

#[tokio::test]
async fn a_payment_waits_for_an_earlier_one_of_which_nobody_knows() {
    for fault in ["drop_before", "drop_after"] {
        let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
        bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 0, "fault": fault}]));
        let both = json!([
            payment("80", "50.00", "2026-07-12"),
            payment("81", "30.00", "2026-07-15")
        ]);
        bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": both}]}));
        let _ = sync(&engine).await;
        bed.heal().await;
        bed.minutes(5);
        bed.keap_edit(
            json!({"orders": [{"id": "1", "add_payments": [payment("82", "10.00", "2026-07-16")]}]}),
        );
        synced(&engine).await;
        let sent = usize::from(fault == "drop_after");
        assert_eq!(bed.payments(), sent, "{fault}: only the first has left");
        bed.minutes(20);
        synced(&engine).await;
        assert_eq!(bed.payments(), 3, "{fault}");
        verified(&engine, "1041").await;
    }
}

/// A person changes the ledger's copy between our decision and our post: what posting finds keeps the money back that would
/// lock the change out.
#[tokio::test]
async fn money_waits_with_a_change_that_posting_held() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let plane = bed.plane.clone();
    let once = std::sync::atomic::AtomicBool::new(false);
    // After the decision has read the ledger's copy, and before the change looks at it once more.
    let reads = std::sync::atomic::AtomicUsize::new(0);
    bed.transport.before(move |request| {
        use std::sync::atomic::Ordering::Relaxed;
        let copy = request.method == http::Method::GET && request.url.contains("/Invoices/");
        if copy && reads.fetch_add(1, Relaxed) == 1 && !once.swap(true, Relaxed) {
            let change = json!({"invoice_total": {"invoice": "1041", "by": "7.00"}});
            let org = json!({"name": super::bed::ORG, "tamper": change});
            plane.seed("xero", json!({"organisations": [org]})).unwrap();
        }
    });
    let more = json!([payment("80", "220.00", "2026-07-14")]);
    bed.keap_edit(
        json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")], "add_payments": more}]}),
    );
    synced(&engine).await;
    held(&engine, "1041", "update.conflict", "both", "retry").await;
    assert_eq!(bed.payments(), 0, "the money would lock the change out");
    assert_eq!(
        told(&engine).await,
        as_told(&[("80", "waits", "update.conflict")])
    );
    bed.minutes(5);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("220.00"));
    assert_eq!(bed.payments(), 1);
    assert_eq!(doc(&engine, "1041").await.reason, None);
}

/// Our own payment was entered anew as another amount while nobody knew of it: the ledger is right, and a person says so.
#[tokio::test]
async fn a_payment_that_differs_is_settled_with_the_ledgers() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 0, "fault": "drop_after"}]));
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("80", "40.00", "2026-07-12")]}]}),
    );
    let _ = sync(&engine).await;
    bed.heal().await;
    bed.minutes(1);
    let ours = bed.books()["payments"][0].clone();
    let path = format!("Payments/{}", text(&ours, "PaymentID"));
    bed.person("POST", &path, json!({"Status": "DELETED"}))
        .await;
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let anew = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-12",
        "Amount": "45.00", "Reference": ours["Reference"]});
    bed.person("PUT", "Payments", anew).await;
    bed.minutes(20);
    synced(&engine).await;
    held(&engine, "1041", "payment.differs", "45", "--as").await;
    let fix = doc(&engine, "1041").await.reason.unwrap().fix;
    let entry = fix
        .split("--as ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    let payment = notes(&engine).await.remove(0).id;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk {
        entry: Some(entry),
        ..WordAsk::payment("1041", &payment, "the bank says 45", "jo@acme.example")
    };
    let looked = settle::look(&engine, &loaded, ask).await.unwrap();
    settle::settle(&engine, ask, looked).await.unwrap();
    let at_once = crossfoot::service::desk::retry::at_once("word", vec!["1041".to_owned()]);
    engine.sync(&loaded, &at_once, &|_| {}).await.unwrap();
    // It is settled, and stays so: nothing is held again, and nothing goes.
    for _ in 0..2 {
        verified(&engine, "1041").await;
        assert_eq!(told(&engine).await[0].1, "settled");
        bed.minutes(20);
        synced(&engine).await;
    }
    assert_eq!(bed.payments(), 1);
}

/// While in doubt, ours is not on the document, and somebody else's pays all of it: to send ours too would only be refused,
/// and is not offered.
#[tokio::test]
async fn to_send_ours_too_is_offered_only_where_it_is_owed() {
    for (others, offered) in [("40.00", true), ("110.00", false)] {
        let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
        bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 4, "fault": "drop_before"}]));
        bed.keap_edit(
            json!({"orders": [{"id": "1", "add_payments": [payment("80", "40.00", "2026-07-12")]}]}),
        );
        let _ = sync(&engine).await;
        bed.heal().await;
        entered(&bed, others, "2026-07-12").await;
        bed.minutes(20);
        synced(&engine).await;
        held(&engine, "1041", "payment.other", others, "settle").await;
        let fix = doc(&engine, "1041").await.reason.unwrap().fix;
        assert_eq!(fix.contains("crossfoot send"), offered, "{others}: {fix}");
        bed.minutes(5);
        if offered {
            super::bed::sent(&engine, "1041").await;
        } else {
            // As the cure says: it is another one, and is taken off the document.
            bed.tamper(json!({"delete_payment": {"invoice": "1041"}}));
            bed.minutes(5);
            retried(&engine).await;
        }
        verified(&engine, "1041").await;
        bed.minutes(20);
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(bed.payments(), if offered { 2 } else { 1 });
    }
}
