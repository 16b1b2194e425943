//! What a document comes to whose source states no total: the figure that the ledger holds or will, and never the sum of its lines.

use super::shop::Shop;
use crate::bed::{amount, tenant};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::desk::explain::explain;
use crossfoot::service::desk::plan::plan;
use crossfoot::service::desk::settle::{WordAsk, look};
use crossfoot::service::trial_writes;
use serde_json::{Value, json};

/// Accounts and tax; a story says more.
pub const MORE: &str = r#"accounts: [{ else: "200" }]
tax: { codes: { "GST on Income": OUTPUT, "GST Free": EXEMPTOUTPUT, zero: EXEMPTOUTPUT, else: hold } }
"#;

pub fn job(n: u32) -> Value {
    json!({"uuid": format!("j{n}"), "generated_job_id": n.to_string(), "status": "Completed", "company_uuid": "c1",
        "completion_date": "2026-07-10 15:00:00"})
}

/// A line of 150 without its tax.
pub fn hire(job: u32) -> Value {
    json!({"uuid": format!("m{job}"), "job_uuid": format!("j{job}"), "name": "Hire", "quantity": "2",
        "displayed_amount": "75", "tax_rate_uuid": "t1"})
}

fn payment(job: u32, sum: &str) -> Value {
    json!({"uuid": format!("p{job}"), "job_uuid": format!("j{job}"), "timestamp": "2026-07-11 09:00:00", "amount": sum,
        "method": "Cash"})
}

pub fn account(jobs: Vec<Value>, lines: Vec<Value>, payments: Vec<Value>) -> Value {
    json!({
        "keys": [super::shop::KEY], "timezone_name": "Australia/Sydney", "currency": "AUD",
        "taxrate": [{"uuid": "t1", "name": "GST on Income", "amount": "10"}, {"uuid": "t2", "name": "GST Free", "amount": "0"}],
        "company": [{"uuid": "c1", "name": "Harbour Cranes"}, {"uuid": "c2", "name": "North Pier"}],
        "job": jobs, "jobmaterial": lines, "jobpayment": payments,
    })
}

pub async fn shop(more: &str, all: Value) -> Shop {
    Shop::new("servicem8", more, "/api_1.0", all).await
}

/// An invoice that a person enters at Xero, over a sum without its tax.
async fn by_hand(shop: &Shop, number: &str, net: &str) {
    let paper = json!({"Type": "ACCREC", "InvoiceNumber": number, "Status": "AUTHORISED", "Date": "2026-07-10",
        "DueDate": "2026-07-24", "LineAmountTypes": "Exclusive", "Contact": {"Name": "Harbour Cranes"},
        "LineItems": [{"Description": "Hire", "Quantity": 1, "UnitAmount": net.parse::<f64>().unwrap(), "AccountCode": "200",
            "TaxType": "OUTPUT"}]});
    shop.bed.person("PUT", "Invoices", paper).await;
}

#[tokio::test]
async fn what_is_held_posted_or_planned_comes_to_what_the_ledger_makes_of_it() {
    let all = account(vec![job(1), job(2)], vec![hire(1), hire(2)], vec![]);
    let shop = shop(MORE, all).await;
    by_hand(&shop, "2", "150.00").await;
    shop.bed.clock.advance(chrono::Duration::minutes(10));
    let loaded = shop.engine.workspace().load(&tenant()).unwrap();
    let planned = plan(&shop.engine, &loaded, None, &|_| {}).await.unwrap();
    let sums: Vec<_> = planned.documents.iter().map(|d| d.total).collect();
    assert_eq!(sums, [Some(amount("165.00")); 2], "{planned:#?}");
    shop.sync().await.unwrap();
    shop.is_held("2", "number.taken").await;
    for number in ["1", "2"] {
        let told = explain(&shop.engine, &loaded, number).await.unwrap();
        assert_eq!(told.total, Some(amount("165.00")), "{number}");
    }
}

#[tokio::test]
async fn a_word_takes_the_paper_of_the_drafted_sum_and_not_one_of_the_lines() {
    let shop = shop(MORE, account(vec![job(1)], vec![hire(1)], vec![])).await;
    by_hand(&shop, "OLD-7", "136.3636").await;
    by_hand(&shop, "SM8-1", "150.00").await;
    shop.edit("sync: { first_run: post", "sync: { first_run: review");
    shop.sync().await.unwrap();
    let loaded = shop.engine.workspace().load(&tenant()).unwrap();
    let looked = look(
        &shop.engine,
        &loaded,
        WordAsk::document("1", "entered by hand", "test"),
    )
    .await
    .unwrap();
    let entry = looked.told().unwrap();
    assert_eq!(
        (entry.number.as_str(), entry.amount),
        ("SM8-1", amount("165.00"))
    );
}

#[tokio::test]
async fn paid_is_what_pays_the_tax_too() {
    let jobs = vec![job(1), job(2)];
    let paid = vec![payment(1, "150"), payment(2, "165")];
    let shop = shop(MORE, account(jobs, vec![hire(1), hire(2)], paid)).await;
    shop.edit(
        "sync: { first_run: post",
        "sync: { invoices: when_paid, first_run: post",
    );
    shop.sync().await.unwrap();
    let (state, code) = shop.end("1").await;
    assert_eq!((state, code.as_str()), (DocState::Skipped, "mode.not_paid"));
    shop.is_posted("2").await;
    assert_eq!(shop.total("2"), "165");
}

/// Lines that name no rate: the preset takes the `else` of the tax codes.
#[tokio::test]
async fn a_job_without_any_rate_is_held_and_not_posted_without_tax() {
    let mut bare = hire(1);
    bare["tax_rate_uuid"] = json!("");
    let shop = shop(MORE, account(vec![job(1)], vec![bare.clone()], vec![])).await;
    shop.sync().await.unwrap();
    shop.is_held("1", "tax.hold").await;
    // What its lines come to without a tax that nobody knows is no total.
    let loaded = shop.engine.workspace().load(&tenant()).unwrap();
    let told = explain(&shop.engine, &loaded, "1").await.unwrap();
    assert_eq!(told.total, None);
    // Its cure, as it is printed.
    shop.edit("tax: { codes", "tax: { unmarked: { product: zero }, codes");
    shop.later(60).await;
    shop.is_posted("1").await;
    assert_eq!(shop.total("1"), "150");
}

/// A payment of the ledger goes back onto a job whose total nobody states: what the job comes to is no news there.
#[tokio::test]
async fn payments_go_back_as_the_shipped_description_has_it_and_no_total_is_no_change() {
    let back = format!("{MORE}back: {{ payments_account: {{ code: \"Cash\" }} }}\n");
    let jobs = vec![job(1), job(9)];
    let shop = shop(&back, account(jobs, vec![hire(1), hire(9)], vec![])).await;
    shop.edit(
        "sync: { first_run: post",
        "sync: { payments: both, first_run: post",
    );
    let loaded = shop.engine.workspace().load(&tenant()).unwrap();
    shop.sync().await.unwrap();
    shop.is_posted("1").await;
    let trial = trial_writes(&shop.engine, &loaded, Some("9"))
        .await
        .unwrap();
    assert!(trial.is_good(), "{:#?}", trial.checks);
    let paid = json!({"Invoice": {"InvoiceNumber": "1"}, "Account": {"Code": "090"}, "Amount": 40.00, "Date": "2026-07-15"});
    shop.bed.person("PUT", "Payments", paid).await;
    shop.later(60).await;
    shop.later(60).await;
    let state = shop.bed.plane.state("servicem8").unwrap();
    let rows = state["accounts"][0]["tables"]["jobpayment"]
        .as_array()
        .unwrap()
        .clone();
    let came = rows.iter().find(|r| r["job_uuid"] == json!("j1"));
    let came = came.unwrap_or_else(|| panic!("{rows:#?}"));
    assert_eq!(came["method"], json!("Cash"));
    let half = tenant().back();
    let held = shop
        .engine
        .store()
        .documents(&half, &[DocState::Held], 10)
        .await
        .unwrap();
    assert!(held.is_empty(), "{held:#?}");
    shop.is_posted("1").await;
}
