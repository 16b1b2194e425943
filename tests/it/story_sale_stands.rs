//! Money that was given back and paid again, and a total that was raised after too much had come in: whatever the file says of
//! what is too much, no payment that the source asks for is lost behind two sums that agree. What a reason says is carried out
//! as it stands, and ends with the source's own balance and each entry once.

use super::bed::{
    Bed, amount, carried, dec, doc, file, held, hire, order, retried, shop, synced, tenant, text,
    verified, with,
};
use super::story_balance::{back, decided, money, states, sums};
use super::story_entries::{deletes_on, standing, voids};
use super::story_overpayment::{credit_deleted, permit};
use crossfoot::model::DocState;
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{WordAsk, look, settle};
use rust_decimal::Decimal;
use serde_json::{Value, json};

const WORDS: [&str; 3] = ["skip", "hold", "as_overpayment"];

async fn sold(over: &str, refunds: &str, payments: Value) -> (Bed, Engine) {
    let bed = Bed::new(&file(&[("overpayment", over), ("refunds", refunds)]));
    permit(&bed);
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({ "payments": payments }),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    (bed, engine)
}

fn adds(bed: &Bed, rows: Value) {
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": rows}]}));
}

fn credits(bed: &Bed) -> Vec<Decimal> {
    let books = bed.books();
    let all = books["bank_transactions"].as_array().unwrap();
    let there = all.iter().filter(|t| t["Status"] == "AUTHORISED");
    there.map(|t| dec(&t["Total"])).collect()
}

fn due(bed: &Bed) -> Decimal {
    dec(&bed.invoice("1041").unwrap()["AmountDue"])
}

/// The reason of a payment of the document, by the code.
async fn told(engine: &Engine, code: &str) -> crossfoot::model::Reason {
    let (notes, _) = decided(engine).await;
    let all: Vec<_> = notes.into_iter().filter_map(|n| n.reason).collect();
    let one = all.iter().find(|r| r.code == code);
    one.unwrap_or_else(|| panic!("no {code}: {all:#?}")).clone()
}

/// The source's id of a payment that begins so.
async fn named(engine: &Engine, own: &str) -> String {
    let (notes, _) = decided(engine).await;
    let is = |id: &str| id.split('-').next() == Some(own);
    let one = notes.iter().find(|n| is(&n.id));
    one.unwrap_or_else(|| panic!("no {own}: {notes:#?}"))
        .id
        .clone()
}

async fn settles_unseen(engine: &Engine, own: &str) {
    let id = named(engine, own).await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk {
        unseen: true,
        ..WordAsk::payment("1041", &id, "entered beside it", "jo@acme.example")
    };
    let looked = look(engine, &loaded, ask).await;
    let looked = looked.unwrap_or_else(|e| panic!("{}", e.what));
    let said = settle(engine, ask, looked).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    carried(engine, "1041").await;
}

#[tokio::test]
async fn what_was_paid_refunded_and_paid_again_is_not_lost() {
    for over in WORDS {
        let rows = json!([
            money("80", "110.00", "2026-07-11"),
            back("90", "80", "110.00", "2026-07-12")
        ]);
        let (bed, engine) = sold(over, "credit_note", rows).await;
        verified(&engine, "1041").await;
        assert_eq!(sums(&bed), ["110", "110"], "{over}");
        let note = standing(&bed)[0].0.clone();
        adds(&bed, json!([money("100", "110.00", "2026-07-13")]));
        synced(&engine).await;
        // Nothing went, and both balances are told with what is to be taken out.
        held(
            &engine,
            "1041",
            "balance.mismatch",
            "110.00",
            "delete the payment of 110.00",
        )
        .await;
        let (notes, balance) = decided(&engine).await;
        let codes: Vec<String> = states(&notes).into_iter().map(|s| s.2).collect();
        assert_eq!(codes, ["", "refund.sale_stands", "payment.waits"], "{over}");
        assert!(!balance.rest().is_zero());
        assert_eq!((credits(&bed).len(), bed.payments()), (0, 2), "{over}");
        // The cure, as it is printed.
        let fix = told(&engine, "refund.sale_stands").await.fix;
        for part in ["on 1041", &format!("void the credit note {note}"), "retry"] {
            assert!(fix.contains(part), "{part}: {fix}");
        }
        deletes_on(&bed, "110", "1041").await;
        deletes_on(&bed, "110", &note).await;
        voids(&bed, &note).await;
        retried(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(sums(&bed), ["110"], "{over}");
        assert_eq!((credits(&bed), standing(&bed)), (vec![], vec![]), "{over}");
        assert_eq!(due(&bed), Decimal::ZERO);
        // Decided on again it stays so.
        bed.minutes(40);
        bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hired"}}]}));
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(sums(&bed), ["110"], "{over}");
    }
}

#[tokio::test]
async fn what_is_told_of_a_sale_that_stands_ends_it() {
    for over in WORDS {
        for first in [true, false] {
            let rows = json!([money("80", "110.00", "2026-07-11")]);
            let (bed, engine) = sold(over, "credit_note", rows).await;
            adds(
                &bed,
                json!([
                    back("90", "80", "110.00", "2026-07-12"),
                    money("100", "110.00", "2026-07-13")
                ]),
            );
            synced(&engine).await;
            let fix = told(&engine, "refund.sale_stands").await.fix;
            assert!(standing(&bed).is_empty());
            if first {
                // The first half: what it gave back is taken out, and what came in later goes.
                assert!(fix.starts_with("delete the payment of 110.00 on 1041 in the ledger"));
                deletes_on(&bed, "110", "1041").await;
                retried(&engine).await;
                verified(&engine, "1041").await;
                assert_eq!(sums(&bed), ["110"], "{over}");
                assert_eq!(
                    (credits(&bed), due(&bed)),
                    (vec![], Decimal::ZERO),
                    "{over}"
                );
                continue;
            }
            // The other: the money that went back was entered by hand. What came in later has no room, and is told.
            let refund = states(&decided(&engine).await.0)[1].0.clone();
            settles_unseen(&engine, &refund).await;
            let row = doc(&engine, "1041").await;
            assert_eq!(row.state, DocState::Held, "{over}: {:?}", row.reason);
            let told = told(&engine, "payment.no_room").await;
            assert!(told.what.contains("takes 0.00 more"), "{told}");
            assert!(told.fix.contains("--unseen"), "{}", told.fix);
            assert_eq!((credits(&bed).len(), bed.payments()), (0, 1), "{over}");
            settles_unseen(&engine, "100").await;
            verified(&engine, "1041").await;
            assert_eq!((credits(&bed).len(), bed.payments()), (0, 1), "{over}");
        }
    }
}

/// A part of it was given back and paid again: neither is a pair, and neither is lost.
#[tokio::test]
async fn a_part_that_was_given_back_and_paid_again_is_told() {
    for over in WORDS {
        let rows = json!([
            money("80", "110.00", "2026-07-11"),
            back("90", "80", "40.00", "2026-07-12")
        ]);
        let (bed, engine) = sold(over, "credit_note", rows).await;
        let note = standing(&bed)[0].0.clone();
        adds(&bed, json!([money("100", "40.00", "2026-07-13")]));
        synced(&engine).await;
        held(
            &engine,
            "1041",
            "balance.mismatch",
            "40.00",
            "void the credit note",
        )
        .await;
        assert_eq!((credits(&bed).len(), bed.payments()), (0, 2), "{over}");
        deletes_on(&bed, "40", &note).await;
        voids(&bed, &note).await;
        let refund = states(&decided(&engine).await.0)[1].0.clone();
        settles_unseen(&engine, &refund).await;
        told(&engine, "payment.no_room").await;
        settles_unseen(&engine, "100").await;
        verified(&engine, "1041").await;
        assert_eq!(
            (sums(&bed), standing(&bed)),
            (vec!["110".to_owned()], vec![]),
            "{over}"
        );
    }
}

/// The file leaves refunds out: what was paid again is asked for all the same.
#[tokio::test]
async fn where_refunds_are_left_out_what_was_paid_again_is_told() {
    for over in WORDS {
        let rows = json!([money("80", "110.00", "2026-07-11")]);
        let (bed, engine) = sold(over, "skip", rows).await;
        adds(
            &bed,
            json!([
                back("90", "80", "110.00", "2026-07-12"),
                money("100", "110.00", "2026-07-13")
            ]),
        );
        synced(&engine).await;
        let row = doc(&engine, "1041").await;
        assert_eq!(row.state, DocState::Held, "{over}: {:?}", row.reason);
        told(&engine, "payment.no_room").await;
        deletes_on(&bed, "110", "1041").await;
        retried(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(
            (sums(&bed), credits(&bed)),
            (vec!["110".to_owned()], vec![]),
            "{over}"
        );
    }
}

/// Allocates the credit to the invoice, as a person does in the ledger.
async fn allocates(bed: &Bed, sum: &str) {
    let books = bed.books();
    let credit = books["overpayments"].as_array().unwrap()[0].clone();
    let path = format!(
        "Overpayments/{}/Allocations",
        text(&credit, "OverpaymentID")
    );
    let invoice = bed.invoice("1041").unwrap();
    let body = json!({"Allocations": [{"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Amount": sum, "Date": "2026-07-20"}]});
    bed.person("PUT", &path, body).await;
    bed.minutes(10);
}

#[tokio::test]
async fn a_total_that_was_raised_after_too_much_came_in_ends_with_the_credit_allocated() {
    // 150.00 on 100.00 without tax.
    let bed = Bed::new(&file(&[("overpayment", "as_overpayment")]));
    permit(&bed);
    let rows = json!({"items": [hire("1")], "payments": [money("80", "150.00", "2026-07-11")]});
    bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), rows)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(
        (sums(&bed), credits(&bed)),
        (vec!["100".to_owned()], vec![amount("50")])
    );
    bed.minutes(30);
    let dearer = with(hire("1"), json!({"price": "140.00"}));
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [dearer]}]}));
    synced(&engine).await;
    // The invoice is paid: a person changes it in the ledger.
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "40.00"}}));
    bed.minutes(40);
    retried(&engine).await;
    held(
        &engine,
        "1041",
        "payment.credit_owed",
        "40.00",
        "allocate 40.00",
    )
    .await;
    assert_eq!(
        (due(&bed), credits(&bed).len(), bed.payments()),
        (amount("40"), 1, 1)
    );
    // Nothing was done about it: nothing goes.
    retried(&engine).await;
    held(
        &engine,
        "1041",
        "payment.credit_owed",
        "40.00",
        "allocate 40.00",
    )
    .await;
    assert_eq!((credits(&bed).len(), bed.payments()), (1, 1));
    allocates(&bed, "40.00").await;
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(
        (due(&bed), credits(&bed).len(), bed.payments()),
        (amount("0"), 1, 1)
    );
    // Decided on again it stays so.
    bed.minutes(40);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hired"}}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((credits(&bed).len(), bed.payments()), (1, 1));
}

/// What was paid too much is less by now, and still too much.
#[tokio::test]
async fn an_overpayment_that_was_made_smaller_goes_anew_once_both_its_parts_are_out() {
    let rows = json!([money("80", "150.00", "2026-07-11")]);
    let (bed, engine) = sold("as_overpayment", "credit_note", rows).await;
    bed.keap_edit(json!({"payments": [{"id": "80", "amount": "130.00"}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.changed",
        "130.00",
        "delete the payment of 110.00",
    )
    .await;
    deletes_on(&bed, "110", "1041").await;
    credit_deleted(&bed).await;
    bed.minutes(10);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(
        (sums(&bed), credits(&bed)),
        (vec!["110".to_owned()], vec![amount("20")])
    );
}

/// What was posted is of another day now: told each time, whatever else was edited, and made anew by a person's word.
#[tokio::test]
async fn a_posted_payment_of_another_day_is_told_each_time() {
    use crossfoot::pipeline::ports::Documents as _;
    let (bed, engine) = sold(
        "hold",
        "credit_note",
        json!([money("80", "110.00", "2026-07-11")]),
    )
    .await;
    bed.keap_edit(json!({"payments": [{"id": "80", "time": "2026-07-15T01:00:00Z"}]}));
    for title in ["One", "Two"] {
        bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": title}}]}));
        synced(&engine).await;
        verified(&engine, "1041").await;
        let row = doc(&engine, "1041").await;
        let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
        let told = note.unwrap().warnings;
        let day = told.iter().find(|w| w.code == "payment.day");
        let day = day.unwrap_or_else(|| panic!("{title}: {told:?}"));
        assert!(
            day.what.contains("2026-07-11") && day.what.contains("2026-07-15"),
            "{day}"
        );
        bed.minutes(40);
    }
    assert_eq!(
        (bed.payments(), bed.money()[0].1.as_str()),
        (1, "2026-07-11")
    );
    deletes_on(&bed, "110", "1041").await;
    bed.minutes(40);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.deleted",
        "110.00",
        "crossfoot send",
    )
    .await;
    super::bed::sent(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(
        (bed.payments(), bed.money()[0].1.as_str()),
        (1, "2026-07-15")
    );
}
