//! Orders of Keap's and their invoices: an order is one document for good, whether and whenever it is invoiced.

use super::bed::{
    Bed, amount, end, file, gst, held, hire, order, paid, retried, shop, sync_one, synced, total,
    verified, with,
};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use serde_json::{Value, json};

/// Two cranes hired, not invoiced yet.
fn not_invoiced(id: u64) -> Value {
    let mut order = with(
        order(id, 0, "2026-07-10"),
        json!({"items": [hire("2"), gst("20.00")], "not_invoiced": true,
            "payments": [paid("220.00", "2026-07-12")]}),
    );
    order.as_object_mut().unwrap().remove("invoice_id");
    order
}

async fn documents(engine: &crossfoot::service::Engine) -> usize {
    let counts = engine.store().counts(&super::bed::tenant()).await.unwrap();
    counts.values().map(|n| usize::try_from(*n).unwrap()).sum()
}

#[tokio::test]
async fn an_order_without_an_invoice_waits_and_goes_once_when_it_has_one() {
    let bed = Bed::new(&file(&[]));
    // Order 56 has the invoice 55, and order 55 has none.
    bed.keap(shop(vec![not_invoiced(55), order(56, 55, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "55").await;
    assert_eq!(total(&bed.invoice("55").unwrap()), amount("110.00"));
    held(
        &engine,
        "order-55",
        "source.not_invoiced",
        "Keap has not made an invoice of order 55 yet",
        "make its invoice in the source; it is then looked at again by itself",
    )
    .await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 0));
    // A person's impatience changes nothing, by either name.
    retried(&engine).await;
    sync_one(&engine, "order-55").await.unwrap();
    sync_one(&engine, "55").await.unwrap();
    assert_eq!((bed.invoices(), documents(&engine).await), (1, 2));

    // It is invoiced, and Keap does not say that the order changed.
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "55", "set": {"invoice_id": "1055", "modification_time": "2026-07-10T01:00:00Z"}}]}));
    synced(&engine).await;
    verified(&engine, "1055").await;
    assert_eq!(total(&bed.invoice("1055").unwrap()), amount("220.00"));
    assert_eq!((bed.invoices(), bed.payments()), (2, 1));
    assert_eq!(documents(&engine).await, 2, "it did not become another one");
    bed.minutes(30);
    synced(&engine).await;
    assert_eq!((bed.invoices(), bed.payments()), (2, 1));
}

#[tokio::test]
async fn waiting_for_an_invoice_costs_one_call_a_run() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop((1..=20).map(not_invoiced).collect()));
    let engine = bed.engine().await;
    synced(&engine).await;
    let calls = async || {
        bed.minutes(30);
        let run = synced(&engine).await.run;
        run.calls.get("keap").copied().unwrap_or_default()
    };
    // The last orders come again with the overlap, the first time.
    calls().await;
    bed.minutes(30);
    let before = calls().await;
    assert!(before <= 5, "{before}");
    assert_eq!(bed.invoices(), 0);
}

#[tokio::test]
async fn an_order_that_loses_its_invoice_id_for_a_while_stays_one_document() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(55, 1055, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1055").await;
    let before = bed.invoice("1055").unwrap();

    bed.transport.after(|request, answer| {
        if !request.url.contains("/orders") || request.url.contains("payments") {
            return;
        }
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
        for order in body["orders"].as_array_mut().unwrap() {
            order["invoice_id"] = json!("0");
        }
        answer.body = body.to_string().into();
    });
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "55", "set": {"title": "Hired again"}}]}));
    synced(&engine).await;
    assert_eq!(
        end(&engine, "order-55").await,
        (DocState::Held, "source.not_invoiced".to_owned())
    );
    assert_eq!((bed.invoices(), bed.invoice("1055").unwrap()), (1, before));

    bed.transport.after(|_, _| {});
    bed.minutes(30);
    synced(&engine).await;
    verified(&engine, "1055").await;
    assert_eq!((bed.invoices(), documents(&engine).await), (1, 1));
}

#[tokio::test]
async fn the_same_money_read_from_the_other_list_is_not_posted_again() {
    // First one payment, told by the bulk list alone; then a refund makes the order's own list be asked as well.
    let first =
        json!({"id": "80", "amount": "40.00", "type": "Check", "time": "2026-07-11T01:00:00Z"});
    let second =
        json!({"id": "81", "amount": "70.00", "type": "Cash", "time": "2026-07-12T01:00:00Z"});
    let back = json!({"id": "90", "amount": "70.00", "type": "Refund", "refund_of": "81", "time": "2026-07-13T01:00:00Z"});
    let bed = Bed::new(&file(&[("refunds", "credit_note")]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [first, second]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [back]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), bed.credit_notes().len()), (3, 1));
    assert_eq!(total(&bed.credit_notes()[0]), amount("70.00"));
    // And once more in another order of the list.
    bed.transport.after(|request, answer| {
        if request.url.contains("payments") {
            let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
            for list in ["payments", "invoice_order_payments"] {
                if let Some(Value::Array(rows)) = body.get_mut(list) {
                    rows.reverse();
                }
            }
            answer.body = body.to_string().into();
        }
    });
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hire, half given back"}}]}));
    synced(&engine).await;
    assert_eq!((bed.payments(), bed.credit_notes().len()), (3, 1));
}

#[tokio::test]
async fn a_payment_made_less_deleted_and_entered_anew_is_in_the_books_once() {
    let first =
        json!({"id": "80", "amount": "40.00", "type": "Check", "time": "2026-07-11T01:00:00Z"});
    let anew =
        json!({"id": "81", "amount": "40.00", "type": "Check", "time": "2026-07-11T01:00:00Z"});
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [first]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    let once = bed.money();
    assert_eq!(once.len(), 1);
    for (edit, code) in [
        (
            json!({"payments": [{"id": "80", "amount": "30.00"}]}),
            "payment.changed",
        ),
        (
            json!({"payments": [{"id": "80", "remove": true}]}),
            "payment.removed",
        ),
        (
            json!({"orders": [{"id": "1", "add_payments": [anew]}]}),
            "payment.removed",
        ),
    ] {
        bed.minutes(30);
        bed.keap_edit(edit);
        synced(&engine).await;
        assert_eq!(
            end(&engine, "1041").await,
            (DocState::Held, code.to_owned())
        );
        assert_eq!(bed.money(), once, "{code}");
    }
}

/// An order with a custom field, which has the id 7.
fn sold_by(id: u64, number: u64, who: &str) -> Value {
    let field = json!([{"id": "7", "content": who}]);
    with(
        order(id, number, "2026-07-10"),
        json!({"custom_fields": field}),
    )
}

const BY_SALES_PERSON: &str = r#"/// Bob's wait.
fn select(invoice) {
    let named = invoice.fields["Sales Person"] == "Bob" && invoice.fields["_SalesPerson"] == "Bob";
    if named && invoice.fields["7"] == "Bob" && invoice.fields.source_type != () { return hold("Bob's"); }
    keep()
}
"#;

#[tokio::test]
async fn a_custom_field_is_known_by_its_label_its_name_and_its_id() {
    let bed = Bed::new(&file(&[("rules", "[rules/own.rhai]")]));
    bed.rule("own.rhai", BY_SALES_PERSON);
    let mut data = shop(vec![
        sold_by(1, 1041, "Bob"),
        sold_by(2, 1042, "Ann"),
        order(3, 1043, "2026-07-10"),
    ]);
    data["order_fields"] =
        json!([{"id": "7", "field_name": "_SalesPerson", "label": "Sales Person"}]);
    bed.keap(data);
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
    for number in ["1042", "1043"] {
        verified(&engine, number).await;
    }
    // By itself it is read alike.
    sync_one(&engine, "1041").await.unwrap();
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
}

#[tokio::test]
async fn a_look_at_a_field_that_no_order_has_is_told_before_a_rule_runs() {
    use crossfoot::service::against_ledger;
    let bed = Bed::new(&file(&[("rules", "[rules/own.rhai]")]));
    bed.rule(
        "own.rhai",
        &BY_SALES_PERSON.replace("\"Sales Person\"", "\"Sales Persn\""),
    );
    let mut data = shop(vec![sold_by(1, 1041, "Bob")]);
    data["order_fields"] =
        json!([{"id": "7", "field_name": "_SalesPerson", "label": "Sales Person"}]);
    bed.keap(data);
    let engine = bed.engine().await;
    let loaded = engine.workspace().load(&super::bed::tenant()).unwrap();
    let told = against_ledger(&engine, &loaded).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .filter(|d| d.code == "rule.field_unknown")
        .collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].what.contains("`Sales Persn`"), "{:?}", told[0]);
    assert_eq!(told[0].fix, "Did you mean `Sales Person`?");
}
