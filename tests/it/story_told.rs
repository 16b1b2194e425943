//! What is told, and by whom: the money of a document that is held, one count of what waits by every answer alike, and of each
//! payment its own fields.

use super::bed::{
    Bed, begun, doc, file, held, order, paid, shop, synced, tenant, text, verified, with,
};
use crossfoot::model::HeldCount;
use crossfoot::pipeline::ports::{Documents as _, PaymentNote, Runs as _};
use crossfoot::service::Engine;
use crossfoot::service::desk::explain::{Explanation, explain};
use crossfoot::service::desk::runs::SyncAnswer;
use crossfoot::service::desk::{errors, plan, status};
use crossfoot::service::notify;
use serde_json::{Value, json};

const MANUAL: &str = "[{ sku: HIRE, use: \"200\" }, { else: hold }]";

/// A line without an account.
fn manual(order: Value) -> Value {
    with(
        order,
        json!({"items": [{"type": "PRODUCT", "product_id": "2", "quantity": 1, "price": "30.00"}]}),
    )
}

fn money(rows: &[(&str, &str)]) -> Value {
    let row = |(id, sum): &(&str, &str)| with(paid(sum, "2026-07-12"), json!({ "id": id }));
    json!({"payments": rows.iter().map(row).collect::<Vec<_>>()})
}

async fn notes(engine: &Engine, number: &str) -> Vec<PaymentNote> {
    let row = doc(engine, number).await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    note.unwrap().payments
}

async fn explained(engine: &Engine, number: &str) -> Explanation {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    explain(engine, &loaded, number)
        .await
        .unwrap_or_else(|e| panic!("{}", e.what))
}

#[tokio::test]
async fn the_money_of_a_held_document_waits_for_it_and_is_told_by_every_answer() {
    let bed = Bed::new(&file(&[("accounts", MANUAL)]));
    let orders = vec![with(
        manual(order(1, 1041, "2026-07-10")),
        money(&[("90", "10.00"), ("91", "20.00")]),
    )];
    bed.keap(shop(orders));
    let engine = bed.engine().await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let planned = plan::plan(&engine, &loaded, None, &|_| {}).await.unwrap();
    let done = synced(&engine).await;
    held(&engine, "1041", "account.hold", "", "").await;
    let told = notes(&engine, "1041").await;
    assert_eq!(told.len(), 2, "{told:?}");
    for p in &told {
        assert_eq!(p.state, "waits", "{p:?}");
        let why = p.reason.as_ref().unwrap();
        assert!(
            why.code == "payment.waits" && why.what.contains("waits for its document"),
            "{why}"
        );
    }
    let lines = done.lines.iter().filter(|l| l.code == "payment.waits");
    assert_eq!(lines.count(), 2, "{:?}", done.lines);
    let of_plan = &planned.documents[0].payments;
    assert!(
        of_plan.iter().all(|p| p.state == "waits") && of_plan.len() == 2,
        "{of_plan:?}"
    );
    let all = errors::errors(&engine, vec![tenant()]).await.unwrap();
    assert_eq!(all.tenants[0].payments.len(), 2);
    assert_eq!(explained(&engine, "1041").await.payments.len(), 2);
    // Once the document goes, so do they.
    bed.tenant(&file(&[]));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn what_is_posted_or_left_out_of_a_held_document_is_told_as_that() {
    let first = with(order(1, 1041, "2026-07-10"), money(&[("90", "40.00")]));
    let (bed, engine) = begun(&[], vec![first]).await;
    bed.tamper(json!({"delete_payment": {"invoice": "1041"}}));
    bed.tamper(json!({"void_invoice": {"invoice": "1041"}}));
    let more = with(paid("20.00", "2026-07-15"), json!({"id": "91"}));
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [more]}]}));
    bed.minutes(31);
    synced(&engine).await;
    held(&engine, "1041", "ledger.cancelled", "1041", "skip").await;
    let states: Vec<(String, String)> = (notes(&engine, "1041").await.into_iter())
        .map(|p| (p.state, p.reason.map_or(String::new(), |r| r.code)))
        .collect();
    assert_eq!(
        states,
        [
            ("posted".into(), String::new()),
            ("waits".into(), "payment.waits".into())
        ]
    );
}

/// What becomes of posted money at the source is told with whatever holds its document, and not only once that has ended.
#[tokio::test]
async fn a_posted_payment_that_changes_while_its_document_is_held_is_told_at_once() {
    let all = [("90", "40.00"), ("91", "10.00"), ("92", "5.00")];
    let first = with(order(1, 1041, "2026-07-10"), money(&all));
    let (bed, engine) = begun(&[], vec![first]).await;
    let gone = json!({"id": "91", "remove": true});
    let other = json!({"id": "90", "amount": "45.00"});
    bed.keap_edit(json!({"payments": [other, gone], "orders": [{"id": "1",
        "items": [super::bed::hire("1"), super::bed::gst("99.00")],
        "add_payments": [with(paid("20.00", "2026-07-15"), json!({"id": "93"}))]}]}));
    bed.minutes(31);
    synced(&engine).await;
    let (state, code) = super::bed::end(&engine, "1041").await;
    assert_eq!(state, crossfoot::model::DocState::Held);
    assert_eq!(code, "total.mismatch");
    let told: Vec<(String, String)> = (notes(&engine, "1041").await.into_iter())
        .map(|p| (p.state, p.reason.map_or(String::new(), |r| r.code)))
        .collect();
    let want = |state: &str, code: &str| (state.to_owned(), code.to_owned());
    let mut sorted = told.clone();
    sorted.sort();
    assert_eq!(
        sorted,
        [
            want("held", "payment.changed"),
            want("held", "payment.removed"),
            want("posted", ""),
            want("waits", "payment.waits"),
        ],
        "{told:?}"
    );
    let explained = explained(&engine, "1041").await;
    let all = explained.payments.iter();
    assert_eq!(all.filter(|p| p.state == "held").count(), 2);
    assert_eq!(bed.payments(), 3);
}

/// By every answer that counts what waits; they must agree.
async fn counted(engine: &Engine, run: HeldCount) -> HeldCount {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let of_status = status::status(engine, vec![tenant()])
        .await
        .unwrap()
        .tenants[0]
        .held;
    let of_errors = errors::errors(engine, vec![tenant()])
        .await
        .unwrap()
        .tenants[0]
        .held;
    let of_run = engine.store().runs(&tenant(), 1).await.unwrap()[0].held;
    let again = plan::plan(engine, &loaded, None, &|_| {})
        .await
        .unwrap()
        .held;
    assert_eq!(
        (of_status, of_errors, of_run, again),
        (run, run, Some(run), run)
    );
    run
}

#[tokio::test]
async fn of_what_waits_there_is_one_count() {
    let email = "{ email: [jo@acme.example], when: issues }";
    let select = "fn select(invoice) {\n    if invoice.title == \"Refused\" { return fail(\"not ours\"); }\n    if invoice.title == \"Looked at\" { return review(\"large\"); }\n    keep()\n}\n";
    let words = [
        ("accounts", MANUAL),
        ("rules", "[rules/acme.rhai]"),
        ("notify", email),
    ];
    let bed = Bed::new(&file(&words));
    bed.rule("acme.rhai", select);
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    notify::begin(&engine, &tenant()).await.unwrap();
    synced(&engine).await;
    bed.minutes(30);
    // Somebody enters 50.00 on it, and the source tells of such a payment.
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00"});
    bed.person("PUT", "Payments", body).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [with(paid("50.00", "2026-07-12"), json!({"id": "80"})), with(paid("9.00", "2026-07-13"), json!({"id": "81"}))]}]}));
    let titled = |n, number, title| with(order(n, number, "2026-07-11"), json!({ "title": title }));
    bed.keap(json!({"orders": [
        with(manual(order(2, 1042, "2026-07-11")), money(&[("82", "10.00")])),
        with(titled(3, 1043, "Refused"), money(&[("83", "10.00")])),
        titled(4, 1044, "Looked at"),
        titled(5, 1045, "Hire"),
    ]}));
    bed.minutes(31);
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let planned = plan::plan(&engine, &loaded, None, &|_| {}).await.unwrap();
    let done = synced(&engine).await;
    let told = SyncAnswer::of(&tenant(), done).run.held.unwrap();
    assert_eq!(planned.held, told, "the plan is what the sync does");
    let want = HeldCount {
        documents: 2,
        refused: 1,
        approvals: 1,
        payments: 1,
        payments_refused: 0,
        payments_waiting: 3,
        unreadable: 0,
    };
    assert_eq!(counted(&engine, told).await, want);
    let due = notify::due(&engine, &tenant(), &loaded.mapping.notify, None)
        .await
        .unwrap();
    let letter = due.expect("a letter").letter;
    for (what, n) in want.told() {
        assert!(
            letter.text.contains(&format!("{n:>7}  {what}\n")),
            "{what} {n}: {}",
            letter.text
        );
    }
    assert!(
        letter.subject.contains("3 waiting for a person"),
        "{}",
        letter.subject
    );
}

#[tokio::test]
async fn each_payment_of_a_document_has_fields_of_its_own() {
    let first = with(
        order(1, 1041, "2026-07-10"),
        money(&[("90", "40.00"), ("91", "20.00")]),
    );
    let (_bed, engine) = begun(&[], vec![first]).await;
    let told = explained(&engine, "1041").await;
    let amounts: Vec<(String, usize)> = (told.fields.iter())
        .filter(|f| f.field.ends_with(".amount") && f.field.starts_with("payment["))
        .map(|f| (f.value.clone(), f.instead_of.len()))
        .collect();
    assert_eq!(
        amounts,
        [("40.0".to_owned(), 0), ("20.0".to_owned(), 0)],
        "{:#?}",
        told.fields
    );
}

#[tokio::test]
async fn after_an_edit_of_the_file_what_is_posted_is_told_as_it_is_posted() {
    let first = with(order(1, 1041, "2026-07-10"), money(&[("90", "40.00")]));
    let updates = ("sync", "{ first_run: post, updates: { invoices: true } }");
    let (bed, engine) = begun(&[updates], vec![first]).await;
    let told = explained(&engine, "1041").await;
    let other = told.fields.iter().filter(|f| f.now.is_some());
    assert_eq!(other.count(), 0, "{:#?}", told.fields);
    bed.tenant(&file(&[updates, ("accounts", "[{ else: \"260\" }]")]));
    // A change at the source carries itself, and nothing of the edit.
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hired"}}]}));
    bed.minutes(31);
    synced(&engine).await;
    verified(&engine, "1041").await;
    let told = explained(&engine, "1041").await;
    let accounts = told
        .fields
        .iter()
        .filter(|f| f.field.ends_with(".account") && f.field.starts_with("line["));
    let mut some = 0;
    for f in accounts {
        assert_eq!(f.value, "200", "{f:?}");
        assert_eq!(
            f.now.as_ref().map(|n| n.value.as_str()),
            Some("260"),
            "{f:?}"
        );
        some += 1;
    }
    assert!(some > 0, "{:#?}", told.fields);
    let there = bed.invoice("1041").unwrap();
    assert_eq!(there["LineItems"][0]["AccountCode"], json!("200"));
}
