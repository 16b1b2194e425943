//! `fail` and `locked_period: fail` of a payment or refund end refused, as the word says, be its document made with it or posted long
//! before; the document goes all the same, what came later waits, and once the cause is gone one retry ends it.

use super::bed::{
    Bed, amount, dec, end, file, order, paid, retried, shop, synced, tenant, verified, with,
};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::Engine;
use crossfoot::service::desk::errors::errors;
use serde_json::{Value, json};

const HOOKS: [&str; 2] = ["select_payment", "map_payment"];

fn rule(hook: &str, over: &str) -> String {
    format!(
        "/// No large cheques.\nfn {hook}(payment, invoice) {{\n    if payment.amount > {over} {{ return fail(\"we take no large cheques\"); }}\n    keep()\n}}\n"
    )
}

fn ruled() -> String {
    file(&[("rules", "[rules/cash.rhai]"), ("refunds", "credit_note")])
}

/// Each payment's amount, state and code.
async fn notes(engine: &Engine) -> Vec<(String, String)> {
    let row = super::bed::doc(engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let of = |p: crossfoot::pipeline::ports::PaymentNote| {
        (p.state, p.reason.map_or(String::new(), |r| r.code))
    };
    note.unwrap().payments.into_iter().map(of).collect()
}

fn is(state: &str, code: &str) -> (String, String) {
    (state.to_owned(), code.to_owned())
}

async fn told_in_errors(engine: &Engine, code: &str) {
    let told = errors(engine, vec![tenant()]).await;
    let told = told.unwrap_or_else(|e| panic!("{}", e.what));
    let all = serde_json::to_string(&told).unwrap();
    assert!(all.contains(code) && all.contains("refused"), "{all}");
}

#[tokio::test]
async fn what_a_payment_hook_fails_ends_refused_and_goes_once_the_rule_lets_it() {
    for hook in HOOKS {
        for posted_before in [false, true] {
            let bed = Bed::new(&ruled());
            bed.rule("cash.rhai", &rule(hook, "50"));
            let money = json!([paid("60.00", "2026-07-12"), paid("40.00", "2026-07-13")]);
            let first = match posted_before {
                true => order(1, 1041, "2026-07-10"),
                false => with(order(1, 1041, "2026-07-10"), json!({"payments": money})),
            };
            bed.keap(shop(vec![first]));
            let engine = bed.engine().await;
            synced(&engine).await;
            if posted_before {
                verified(&engine, "1041").await;
                bed.minutes(30);
                bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": money}]}));
                synced(&engine).await;
            }
            for _ in 0..2 {
                let ends = end(&engine, "1041").await;
                assert_eq!(ends, (DocState::Refused, "rule.fail".to_owned()), "{hook}");
                assert_eq!((bed.invoices(), bed.payments()), (1, 0), "{hook}");
                // What came later waits for it.
                let all = notes(&engine).await;
                assert_eq!(
                    all,
                    [is("refused", "rule.fail"), is("waits", "payment.waits")],
                    "{hook}"
                );
                told_in_errors(&engine, "rule.fail").await;
                bed.minutes(40);
                synced(&engine).await;
            }
            bed.rule("cash.rhai", &rule(hook, "500"));
            retried(&engine).await;
            verified(&engine, "1041").await;
            assert_eq!(bed.payments(), 2, "{hook}");
        }
    }
}

#[tokio::test]
async fn what_is_later_than_one_that_goes_is_refused_by_itself() {
    for hook in HOOKS {
        let bed = Bed::new(&ruled());
        bed.rule("cash.rhai", &rule(hook, "50"));
        let money = json!([paid("40.00", "2026-07-12"), paid("60.00", "2026-07-13")]);
        bed.keap(shop(vec![with(
            order(1, 1041, "2026-07-10"),
            json!({"payments": money}),
        )]));
        let engine = bed.engine().await;
        synced(&engine).await;
        let ends = end(&engine, "1041").await;
        assert_eq!(ends, (DocState::Refused, "rule.fail".to_owned()), "{hook}");
        assert_eq!(bed.payments(), 1, "{hook}");
    }
}

#[tokio::test]
async fn a_refund_that_a_payment_hook_fails_ends_refused() {
    for hook in HOOKS {
        let bed = Bed::new(&ruled());
        let text = format!(
            "/// No refunds.\nfn {hook}(payment, invoice) {{\n    if payment.date > date(\"2026-07-12\") {{ return fail(\"a manager pays back\"); }}\n    keep()\n}}\n"
        );
        bed.rule("cash.rhai", &text);
        let back = json!({"id": "702", "amount": "110.00", "type": "Check", "method": "REFUND", "refund_of": "701", "time": "2026-07-14T01:00:00Z"});
        let mut came = paid("110.00", "2026-07-12");
        came["id"] = json!("701");
        bed.keap(shop(vec![with(
            order(1, 1041, "2026-07-10"),
            json!({"payments": [came, back]}),
        )]));
        let engine = bed.engine().await;
        synced(&engine).await;
        let all = notes(&engine).await;
        assert!(all.contains(&is("refused", "rule.fail")), "{hook} {all:?}");
        assert_eq!(
            end(&engine, "1041").await,
            (DocState::Refused, "rule.fail".to_owned()),
            "{hook}"
        );
        assert!(bed.credit_notes().is_empty(), "{hook}");
    }
}

fn locked(word: &str) -> String {
    file(&[("guard", &format!("{{ locked_period: {word} }}"))])
}

/// The day of a payment is in the locked period, and its document is not; or both are, and the document went before the lock.
#[tokio::test]
async fn a_payment_in_a_locked_period_ends_as_the_word_says() {
    for (word, state, paid_now) in [
        ("fail", Some(DocState::Refused), 0),
        ("hold", Some(DocState::Held), 0),
        ("first_open_day", None, 1),
    ] {
        for posted_before in [false, true] {
            let bed = Bed::new(&locked(word));
            let money = json!([paid("110.00", "2026-07-12")]);
            let first = match posted_before {
                true => order(1, 1041, "2026-07-10"),
                false => with(order(1, 1041, "2026-07-20"), json!({"payments": money})),
            };
            bed.keap(shop(vec![first]));
            let engine = bed.engine().await;
            if posted_before {
                synced(&engine).await;
                verified(&engine, "1041").await;
                bed.minutes(30);
                bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": money}]}));
            }
            bed.xero(json!({"period_lock_date": "2026-07-15"}));
            synced(&engine).await;
            assert_eq!(
                (bed.invoices(), bed.payments()),
                (1, paid_now),
                "{word} {posted_before}"
            );
            let Some(state) = state else {
                verified(&engine, "1041").await;
                assert_eq!(bed.money()[0].1, "2026-07-16", "{word}");
                continue;
            };
            let ends = end(&engine, "1041").await;
            assert_eq!(
                ends,
                (state, "period.locked".to_owned()),
                "{word} {posted_before}"
            );
            let as_word = match state {
                DocState::Refused => "refused",
                _ => "held",
            };
            assert_eq!(notes(&engine).await, [is(as_word, "period.locked")]);
            bed.minutes(40);
            synced(&engine).await;
            assert_eq!(end(&engine, "1041").await.0, state);
            // The lock is moved.
            bed.xero(json!({"period_lock_date": null}));
            retried(&engine).await;
            verified(&engine, "1041").await;
            assert_eq!(bed.payments(), 1);
        }
    }
}

#[tokio::test]
async fn a_refund_in_a_locked_period_ends_refused_by_the_word_fail() {
    let word = ("guard", "{ locked_period: fail }");
    let bed = Bed::new(&file(&[word, ("refunds", "credit_note")]));
    let mut came = paid("110.00", "2026-07-12");
    came["id"] = json!("701");
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [came]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    let back: Value = json!({"id": "702", "amount": "110.00", "type": "Check", "method": "REFUND", "refund_of": "701", "time": "2026-07-14T01:00:00Z"});
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [back]}]}));
    bed.xero(json!({"period_lock_date": "2026-07-15"}));
    synced(&engine).await;
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Refused, "period.locked".to_owned())
    );
    assert!(bed.credit_notes().is_empty());
    bed.xero(json!({"period_lock_date": null}));
    retried(&engine).await;
    verified(&engine, "1041").await;
    let paid: rust_decimal::Decimal = bed.credit_notes().iter().map(|n| dec(&n["Total"])).sum();
    assert_eq!(paid, amount("110.00"));
}
