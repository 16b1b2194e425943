//! The flow's stories, told with Quillbook: once and no more, the same document after an edit, a person's edit kept, money
//! back as one paper, tax by its rate, numbers that are not ours.

use super::bench::{Bench, FILE};
use super::ledger::{CONTACTS, INVOICES, NOTES, PAYMENTS};
use crate::bed::tenant;
use crate::bed::{amount, dec, gst, held, hire, order, paid, shop, synced, verified, with};
use chrono::Duration;
use crossfoot::checks::live::live;
use crossfoot::model::Became;
use crossfoot::service::{Engine, SyncAsk};
use serde_json::{Value, json};

pub async fn posted(orders: Vec<Value>) -> (Bench, Engine) {
    let bench = Bench::new(shop(orders));
    let engine = bench.engine().await;
    synced(&engine).await;
    bench.bed.minutes(30);
    (bench, engine)
}

/// One crane for a day, at 15 %.
pub fn crane() -> Value {
    with(
        order(1, 1041, "2026-07-10"),
        json!({"items": [hire("1"), gst("15.00")]}),
    )
}

pub fn counts(bench: &Bench) -> (usize, usize, usize, usize) {
    let books = bench.books();
    (
        books.count(CONTACTS),
        books.count(INVOICES),
        books.count(NOTES),
        books.count(PAYMENTS),
    )
}

#[tokio::test]
async fn an_order_becomes_an_invoice_with_its_payment_once() {
    let order = with(crane(), json!({"payments": [paid("50.00", "2026-07-11")]}));
    let (bench, engine) = posted(vec![order]).await;
    verified(&engine, "1041").await;
    assert_eq!(counts(&bench), (1, 1, 0, 1));
    let invoice = bench.books().only_one(INVOICES);
    assert_eq!(
        (dec(&invoice["total"]), dec(&invoice["paid"])),
        (amount("115"), amount("50"))
    );
    let line = &invoice["lines"][0];
    assert_eq!(
        (&line["item"], &line["rate"]),
        (&json!("item-1"), &json!("S15"))
    );
    assert_eq!(line.get("account"), None, "the item names it");
    let mark = invoice["mark"].as_str().unwrap();
    assert_eq!(mark.len(), 20, "no stamp has room in 21 characters: {mark}");
    let payment = bench.books().only_one(PAYMENTS);
    assert_eq!(
        payment["party"], invoice["contact"],
        "a payment names whom it is from"
    );

    // Again, and after an hour again: nothing is made, and nothing is sent.
    let sent = bench.books().arrived.len();
    for _ in 0..2 {
        let again = synced(&engine).await;
        assert_eq!(again.run.counts.all(Became::Created), 0);
        bench.bed.minutes(60);
    }
    assert_eq!(counts(&bench), (1, 1, 0, 1));
    assert_eq!(bench.books().arrived.len(), sent);
}

#[tokio::test]
async fn the_numbers_are_the_ledgers_own_and_ours_finds_the_document_here() {
    let (bench, engine) = posted(vec![crane()]).await;
    assert_eq!(
        bench.books().only_one(INVOICES)["number"],
        json!("QI/00001")
    );
    verified(&engine, "1041").await;
    // Another invoice has our number there; it is nobody's business.
    let items = json!([hire("2"), gst("30.00")]);
    let another = with(order(2, 1042, "2026-07-11"), json!({"items": items}));
    bench.bed.keap(json!({"orders": [another]}));
    bench.books().renumber(INVOICES, "1", "1042");
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(bench.books().count(INVOICES), 2);
}

#[tokio::test]
async fn many_orders_of_two_customers_go_in_requests_of_ten() {
    let one = |n: u64| {
        let whom = if n.is_multiple_of(2) { "7" } else { "8" };
        let bank = json!([paid("15.00", "2026-07-11"), paid("100.00", "2026-07-12")]);
        let items = json!([hire("1"), gst("15.00")]);
        with(
            order(n, 1040 + n, "2026-07-10"),
            json!({"contact_id": whom, "items": items, "payments": bank}),
        )
    };
    let (bench, engine) = posted((1..=12).map(one).collect()).await;
    assert_eq!(counts(&bench), (2, 12, 0, 24));
    for n in 1..=12 {
        verified(&engine, &(1040 + n).to_string()).await;
    }
    // Two requests of invoices, three of payments, one of contacts.
    let arrived = bench.books().arrived.clone();
    assert_eq!(
        arrived.len(),
        6,
        "{:?}",
        arrived.iter().map(|r| &r.path).collect::<Vec<_>>()
    );
    assert!(arrived.iter().all(|r| r.key.len() == super::ledger::KEY));
    let due: Vec<_> = bench
        .books()
        .some(INVOICES, |_| true)
        .iter()
        .map(|i| dec(&i["owed"]))
        .collect();
    assert!(due.iter().all(|d| d.is_zero()), "{due:?}");
}

#[tokio::test]
async fn tax_is_made_once_for_each_rate_to_the_cent() {
    let line = json!({"type": "PRODUCT", "product_id": "1", "quantity": 1, "price": "10.10"});
    // 3 x 10.10 at 15 %: 4.55 on the sum, 3 x 1.52 = 4.56 on the lines.
    for (tax, fits) in [("4.55", true), ("4.56", false)] {
        let items = json!([line.clone(), line.clone(), line.clone(), gst(tax)]);
        let (bench, engine) = posted(vec![with(
            order(1, 1041, "2026-07-10"),
            json!({"items": items}),
        )])
        .await;
        if fits {
            verified(&engine, "1041").await;
            let invoice = bench.books().only_one(INVOICES);
            assert_eq!(
                (dec(&invoice["tax"]), dec(&invoice["total"])),
                (amount("4.55"), amount("34.85"))
            );
        } else {
            held(
                &engine,
                "1041",
                "total.mismatch",
                "rounds the tax of each rate once",
                "",
            )
            .await;
            assert_eq!(bench.books().count(INVOICES), 0);
        }
    }
}

#[tokio::test]
async fn a_line_without_an_item_of_the_ledger_is_held() {
    let other = json!({"type": "SERVICE", "name": "Advice", "quantity": 1, "price": "10.00"});
    let (bench, engine) = posted(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"items": [other]}),
    )])
    .await;
    held(&engine, "1041", "item.missing", "Advice", "match.items").await;
    assert_eq!(counts(&bench), (0, 0, 0, 0));
}

#[tokio::test]
async fn money_paid_back_is_one_credit_note_that_is_paid_by_being_made() {
    let mut first = paid("115.00", "2026-07-11");
    first["id"] = json!("80");
    let (bench, engine) = posted(vec![with(crane(), json!({"payments": [first]}))]).await;
    verified(&engine, "1041").await;
    let mut back = paid("115.00", "2026-07-15");
    back["id"] = json!("90");
    back["refund_of"] = json!("80");
    back.as_object_mut().unwrap().remove("pay_status");
    bench
        .bed
        .keap_edit(json!({"orders": [{"id": "1", "add_payments": [back]}]}));
    for _ in 0..2 {
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(
            counts(&bench),
            (1, 1, 1, 1),
            "one paper, and no payment of it"
        );
        bench.bed.minutes(30);
    }
    let note = bench.books().only_one(NOTES);
    assert_eq!(
        (dec(&note["total"]), dec(&note["owed"])),
        (amount("115"), amount("0"))
    );
    assert_eq!(
        (&note["paid-from"], &note["number"]),
        (&json!("acc-bank"), &json!("QC/00001"))
    );
    assert_eq!(dec(&bench.books().only_one(INVOICES)["owed"]), amount("0"));
}

/// The ledger's clock is ten minutes slow: what a person enters there is seen all the same.
#[tokio::test]
async fn a_contact_that_a_person_made_is_found_whatever_the_ledgers_clock_says() {
    let (bench, engine) = posted(vec![crane()]).await;
    bench.books().skew = Duration::minutes(-10);
    synced(&engine).await;
    bench.bed.minutes(2);
    let person = json!({"name": "Sam Quay", "email": "sam@quay.example"});
    bench.books().put(CONTACTS, person);
    bench.bed.minutes(2);
    let items = json!([hire("1"), gst("15.00")]);
    let another = with(
        order(2, 1042, "2026-07-15"),
        json!({"contact_id": "8", "items": items}),
    );
    bench.bed.keap(json!({"orders": [another]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(counts(&bench), (2, 2, 0, 0));
}

#[tokio::test]
async fn a_rehearsal_says_what_a_run_does_and_sends_nothing() {
    let bench = Bench::new(shop(vec![with(
        crane(),
        json!({"payments": [paid("50.00", "2026-07-11")]}),
    )]));
    let engine = bench.engine().await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = SyncAsk {
        trigger: "plan".into(),
        only: None,
        dry: true,
        ..SyncAsk::default()
    };
    engine.sync(&loaded, &ask, &|_| {}).await.unwrap();
    assert_eq!(counts(&bench), (0, 0, 0, 0));
    assert!(bench.books().arrived.is_empty());
    synced(&engine).await;
    assert_eq!(counts(&bench), (1, 1, 0, 1));
}

#[tokio::test]
async fn a_tenants_file_is_read_by_what_the_ledger_can_do() {
    let bench = Bench::new(shop(vec![]));
    let engine = bench.engine().await;
    let told = |line: &str| {
        let compiled = engine
            .workspace()
            .compile_text("acme.yaml", &format!("{FILE}{line}\n"));
        let codes: Vec<String> = compiled
            .diagnostics
            .iter()
            .map(|d| d.code.clone())
            .collect();
        codes
    };
    assert_eq!(told(""), Vec::<String>::new());
    assert_eq!(
        told("accounts: [{ else: \"200\" }]"),
        ["route.no_meaning"],
        "the item names the account"
    );
    assert_eq!(
        told("status: { invoices: { else: AUTHORISED } }"),
        ["route.no_meaning"],
        "there are no words"
    );
}

#[tokio::test]
async fn a_tenants_file_fits_the_ledgers_own_chart() {
    let bench = Bench::new(shop(vec![]));
    let engine = bench.engine().await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let (target, session) = engine.target(&loaded).unwrap();
    let chart = target.reads.chart(&session).await.unwrap();
    assert_eq!(live(&loaded.mapping, target.facts, &chart), []);
}
