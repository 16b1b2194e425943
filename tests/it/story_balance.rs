//! What the source says is owed and what the ledger will say: compared after each decision, with each payment told.

use super::bed::{
    Bed, amount, dec, doc, end, file, gst, hire, item, order, paid, shop, sync, synced, tenant,
    text, verified, with,
};
use crossfoot::model::{Balance, DocState, PartWhy};
use crossfoot::pipeline::ports::{Documents as _, PaymentNote};
use crossfoot::service::Engine;
use serde_json::{Value, json};

pub fn money(id: &str, sum: &str, day: &str) -> Value {
    with(paid(sum, day), json!({"id": id}))
}

pub fn back(id: &str, of: &str, sum: &str, day: &str) -> Value {
    let mut row = with(paid(sum, day), json!({"id": id, "refund_of": of}));
    row.as_object_mut().unwrap().remove("pay_status");
    row
}

fn of_100(payments: Value) -> Value {
    let bare = json!({"items": [hire("1"), gst("10.00")], "payments": payments});
    shop(vec![with(order(1, 1041, "2026-07-10"), bare)])
}

pub async fn run(words: &[(&str, &str)], payments: Value) -> (Bed, Engine) {
    let bed = Bed::new(&file(words));
    bed.keap(of_100(payments));
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

pub async fn decided(engine: &Engine) -> (Vec<PaymentNote>, Balance) {
    let row = doc(engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let note = note.unwrap();
    (note.payments, note.balance.unwrap())
}

pub fn states(notes: &[PaymentNote]) -> Vec<(String, String, String)> {
    let code = |n: &PaymentNote| n.reason.as_ref().map(|r| r.code.clone());
    (notes.iter())
        .map(|n| {
            // Keap's payments are named with their order: `80-1`.
            let own = n.id.split('-').next().unwrap_or_default().to_owned();
            (own, n.state.clone(), code(n).unwrap_or_default())
        })
        .collect()
}

pub fn sums(bed: &Bed) -> Vec<String> {
    bed.money().into_iter().map(|p| p.0).collect()
}

#[tokio::test]
async fn what_was_given_back_before_the_invoice_was_paid_is_a_pair_and_neither_goes() {
    for refunds in ["hold", "credit_note", "skip"] {
        let rows = json!([
            money("80", "40.00", "2026-07-11"),
            back("90", "80", "40.00", "2026-07-12"),
            money("100", "110.00", "2026-07-13"),
        ]);
        let (bed, engine) = run(&[("refunds", refunds)], rows).await;
        verified(&engine, "1041").await;
        assert_eq!(sums(&bed), ["110"], "{refunds}");
        assert_eq!(text(&bed.invoice("1041").unwrap(), "Status"), "PAID");
        assert!(bed.credit_notes().is_empty(), "{refunds}");
        let (notes, balance) = decided(&engine).await;
        let told = states(&notes);
        assert_eq!(
            told[0],
            ("80".into(), "skipped".into(), "payment.pair".into())
        );
        assert_eq!(
            told[1],
            ("502".into(), "skipped".into(), "payment.pair".into())
        );
        assert_eq!((balance.source, balance.ledger), (amount("0"), amount("0")));
    }
}

#[tokio::test]
async fn where_the_payment_is_posted_a_refund_before_more_money_holds_with_both_balances() {
    for refunds in ["hold", "credit_note"] {
        let first = json!([money("80", "40.00", "2026-07-11")]);
        let (bed, engine) = run(&[("refunds", refunds)], first).await;
        bed.minutes(30);
        bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [
            back("90", "80", "40.00", "2026-07-12"), money("100", "110.00", "2026-07-13")]}]}));
        synced(&engine).await;
        let row = doc(&engine, "1041").await;
        let why = row.reason.unwrap();
        assert_eq!(
            (row.state, why.code.as_str()),
            (DocState::Held, "balance.mismatch")
        );
        assert!(
            why.what
                .contains("0.00 is owed, the ledger would say 70.00"),
            "{why}"
        );
        assert!(
            why.fix.contains("`crossfoot retry TENANT NUMBER`"),
            "{}",
            why.fix
        );
        assert!(bed.credit_notes().is_empty());
        assert_eq!(sums(&bed), ["40"]);
        let (notes, _) = decided(&engine).await;
        let told: Vec<_> = (states(&notes).into_iter())
            .map(|(_, state, code)| (state, code))
            .collect();
        let want = [
            ("posted", ""),
            ("held", "refund.sale_stands"),
            ("waits", "payment.waits"),
        ];
        assert_eq!(told, want.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}

#[tokio::test]
async fn a_payment_that_the_source_asks_for_is_not_dropped_with_what_is_too_much() {
    let rows = json!([money("80", "150.00", "2026-07-11")]);
    let (bed, engine) = run(&[("overpayment", "skip")], rows).await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 0));
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Held, "balance.mismatch".to_owned())
    );
    let (_, balance) = decided(&engine).await;
    assert_eq!(
        (balance.source, balance.ledger, balance.rest()),
        (amount("-40.00"), amount("110.00"), amount("110.00"))
    );
    assert_eq!(balance.parts[0].why, PartWhy::Overpaid);
    // By the preset such a payment is held.
    let rows = json!([money("80", "150.00", "2026-07-11")]);
    let (_bed, engine) = run(&[], rows).await;
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Held, "skip.overpayment".to_owned())
    );
}

#[tokio::test]
async fn each_payment_that_does_not_go_is_told_by_the_run() {
    let bed = Bed::new(&file(&[("overpayment", "skip")]));
    bed.keap(of_100(json!([
        money("80", "110.00", "2026-07-11"),
        money("81", "20.00", "2026-07-12")
    ])));
    let engine = bed.engine().await;
    let done = sync(&engine).await.unwrap();
    let of = |l: &&crossfoot::pipeline::ports::RunLine| l.code == "skip.overpayment";
    let line = done.lines.iter().find(of).expect("a line of the payment");
    assert_eq!(
        (line.object.as_str(), line.number.as_str()),
        ("payment 1041", "1041")
    );
    assert!(format!("{:?}", done.run.counts).contains(r#""payments_skipped": 1"#));
    verified(&engine, "1041").await;
}

fn late(payments: Value) -> Value {
    let fee = item("FINANCE_CHARGE", "Late fee", "10.00");
    let rows = json!({"items": [hire("1"), fee, gst("10.00")], "payments": payments});
    shop(vec![with(order(1, 1041, "2026-07-10"), rows)])
}

#[tokio::test]
async fn what_pays_a_left_out_charge_is_left_out_with_it() {
    for mode in ["when_raised", "when_paid"] {
        let sync_word = format!("{{ first_run: post, invoices: {mode}, payments: forward }}");
        let bed = Bed::new(&file(&[
            ("finance_charges", "leave_out"),
            ("sync", &sync_word),
        ]));
        bed.keap(late(json!([
            money("80", "70.00", "2026-07-11"),
            money("81", "50.00", "2026-07-12")
        ])));
        let engine = bed.engine().await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(sums(&bed), ["40", "70"], "{mode}");
        let invoice = bed.invoice("1041").unwrap();
        assert_eq!(text(&invoice, "Status"), "PAID", "{mode}");
        let (notes, balance) = decided(&engine).await;
        assert_eq!(
            notes[1].reason.as_ref().unwrap().code,
            "payment.charge_left_out"
        );
        assert_eq!((balance.source, balance.rest()), (amount("0"), amount("0")));
        // Decided again it is still the same payment.
        bed.minutes(30);
        bed.keap_edit(json!({"orders": [{"id": "1", "set": {}}]}));
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(sums(&bed), ["40", "70"], "{mode}");
    }
}

const WHEN_PAID: (&str, &str) = (
    "sync",
    "{ first_run: post, invoices: when_paid, payments: forward }",
);

#[tokio::test]
async fn when_paid_is_what_the_ledger_will_show() {
    let rows = json!([money("80", "150.00", "2026-07-11")]);
    let (bed, engine) = run(&[WHEN_PAID, ("overpayment", "skip")], rows).await;
    assert_eq!(bed.invoices(), 0);
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Held, "balance.not_paid".to_owned())
    );
    // What was paid and then given back in part was paid.
    let rows = json!([
        money("80", "110.00", "2026-07-11"),
        back("90", "80", "33.00", "2026-07-13")
    ]);
    let (bed, engine) = run(&[WHEN_PAID, ("refunds", "credit_note")], rows).await;
    verified(&engine, "1041").await;
    assert_eq!(text(&bed.invoice("1041").unwrap(), "Status"), "PAID");
    assert_eq!(bed.credit_notes().len(), 1);
    // What came in and went back before it was ever paid was not.
    let rows = json!([
        money("80", "60.00", "2026-07-11"),
        back("90", "80", "60.00", "2026-07-12"),
        money("91", "60.00", "2026-07-13")
    ]);
    let (bed, _engine) = run(&[WHEN_PAID], rows).await;
    assert_eq!(bed.invoices(), 0);
}

#[tokio::test]
async fn a_paid_invoice_that_stays_open_in_the_ledger_is_told_each_time() {
    let off = (
        "sync",
        "{ first_run: post, invoices: when_raised, payments: off }",
    );
    let (bed, engine) = run(&[off], json!([money("80", "110.00", "2026-07-11")])).await;
    for title in ["One", "Two"] {
        let row = doc(&engine, "1041").await;
        let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
        let told = note.unwrap().warnings;
        assert!(told.iter().any(|w| w.code == "balance.open"), "{told:?}");
        bed.minutes(30);
        bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": title}}]}));
        synced(&engine).await;
    }
    verified(&engine, "1041").await;
    assert_eq!(
        dec(&bed.invoice("1041").unwrap()["AmountDue"]),
        amount("110.00")
    );
}

#[tokio::test]
async fn payments_of_one_day_go_in_the_order_of_their_numbers() {
    let rows = json!([
        money("100", "60.00", "2026-07-11"),
        money("99", "80.00", "2026-07-11")
    ]);
    let (bed, engine) = run(&[], rows).await;
    assert_eq!(sums(&bed), ["80"]);
    let (notes, _) = decided(&engine).await;
    let want = [("99", "posted", ""), ("100", "held", "skip.overpayment")];
    let told: Vec<_> = states(&notes)
        .into_iter()
        .map(|(id, _, code)| (id, code))
        .collect();
    let want: Vec<_> = want
        .iter()
        .map(|(id, _, code)| ((*id).to_owned(), (*code).to_owned()))
        .collect();
    assert_eq!(told, want);
}

#[tokio::test]
async fn a_payment_waits_for_an_earlier_one_that_is_held() {
    let rows = json!([
        money("80", "150.00", "2026-07-11"),
        money("81", "20.00", "2026-07-12")
    ]);
    let (bed, engine) = run(&[], rows).await;
    assert_eq!(bed.payments(), 0);
    let (notes, _) = decided(&engine).await;
    assert_eq!(
        states(&notes)[1],
        ("81".into(), "waits".into(), "payment.waits".into())
    );
    assert!(notes[1].reason.as_ref().unwrap().what.contains("80"));
}

#[tokio::test]
async fn payments_of_one_day_go_in_the_order_of_the_sources_own_time() {
    let at = |id: &str, sum: &str, time: &str| {
        with(
            money(id, sum, "2026-07-11"),
            json!({"time": format!("2026-07-11T{time}:00Z")}),
        )
    };
    let rows = json!([at("99", "80.00", "05:00"), at("100", "60.00", "01:00")]);
    let (bed, engine) = run(&[], rows).await;
    assert_eq!(sums(&bed), ["60"]);
    let (notes, _) = decided(&engine).await;
    let told: Vec<_> = states(&notes).into_iter().map(|(id, _, _)| id).collect();
    assert_eq!(told, ["100", "99"]);
}

#[tokio::test]
async fn what_gives_back_too_much_is_no_credit_of_the_sale() {
    // Neither is booked: they are a pair, whatever word left the payment out.
    for over in ["skip", "hold"] {
        let rows = json!([
            money("80", "110.00", "2026-07-11"),
            money("81", "20.00", "2026-07-12"),
            back("90", "81", "20.00", "2026-07-13")
        ]);
        let words = [("overpayment", over), ("refunds", "credit_note")];
        let (bed, engine) = run(&words, rows).await;
        verified(&engine, "1041").await;
        assert_eq!(sums(&bed), ["110"], "{over}");
        assert!(bed.credit_notes().is_empty(), "{over}");
    }
    // A part of one that is left out whole: nothing is credited for it.
    let rows = json!([
        money("80", "150.00", "2026-07-11"),
        back("90", "80", "40.00", "2026-07-13")
    ]);
    let words = [("overpayment", "skip"), ("refunds", "credit_note")];
    let (bed, engine) = run(&words, rows).await;
    assert!(bed.credit_notes().is_empty());
    let (notes, _) = decided(&engine).await;
    assert_eq!(
        states(&notes)[1].2,
        "refund.overpaid",
        "{:?}",
        states(&notes)
    );
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
}

#[tokio::test]
async fn what_holds_a_document_and_its_payment_counts_once() {
    let bed = Bed::new(&file(&[]));
    bed.keap(of_100(json!([money("80", "150.00", "2026-07-11")])));
    let engine = bed.engine().await;
    let done = sync(&engine).await.unwrap();
    let of = |l: &&crossfoot::pipeline::ports::RunLine| l.code == "skip.overpayment";
    assert_eq!(done.lines.iter().filter(of).count(), 1, "{:?}", done.lines);
    let counts = format!("{:?}", done.run.counts);
    assert!(!counts.contains("payments_held"), "{counts}");
}

#[tokio::test]
async fn when_only_paid_invoices_go_what_holds_a_payment_is_the_cause() {
    let rows = json!([money("80", "150.00", "2026-07-11")]);
    let (bed, engine) = run(&[WHEN_PAID, ("overpayment", "hold")], rows).await;
    assert_eq!(bed.invoices(), 0);
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Held, "skip.overpayment".to_owned())
    );
}

/// Interest that is waived is a charge below zero. Left out, the ledger asks for more than the source, and says so.
#[tokio::test]
async fn a_left_out_charge_below_zero_leaves_the_ledger_open_and_is_told() {
    let bed = Bed::new(&file(&[("finance_charges", "leave_out")]));
    let waived = item("FINANCE_CHARGE", "Interest waived", "-5.00");
    let rows = json!({"items": [hire("1"), waived, gst("10.00")],
        "payments": [money("80", "105.00", "2026-07-11")]});
    bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), rows)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(sums(&bed), ["105"]);
    assert_eq!(dec(&bed.invoice("1041").unwrap()["AmountDue"]), amount("5"));
    let (notes, balance) = decided(&engine).await;
    assert_eq!(notes[0].reason, None, "no payment of it is left out");
    assert_eq!(
        (balance.source, balance.ledger, balance.rest()),
        (amount("0"), amount("5"), amount("0"))
    );
    assert!(balance.parts.iter().any(|p| p.why == PartWhy::Charge));
    let row = doc(&engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let told = note.unwrap().warnings;
    assert!(told.iter().any(|r| r.code == "balance.open"), "{told:?}");
}
