//! ServiceM8, which only its shipped description knows: completed jobs with lines, payments and clients reach Xero.

use super::shop::Shop;
use serde_json::{Value, json};

const MORE: &str = r#"accounts: [{ sku: RIG, use: "260" }, { else: "200" }]
tax: { codes: { "GST on Income": OUTPUT, "GST Free": EXEMPTOUTPUT, else: hold } }
"#;

fn account() -> Value {
    json!({
        "keys": [super::shop::KEY], "timezone_name": "Australia/Sydney", "currency": "AUD",
        "taxrate": [{"uuid": "t1", "name": "GST on Income", "amount": "10"}, {"uuid": "t2", "name": "GST Free", "amount": "0", "active": 0}],
        "material": [{"uuid": "r1", "name": "Rigging", "item_number": "RIG"}],
        "company": [{"uuid": "c1", "name": "Harbour Cranes"}, {"uuid": "c2", "name": "North Pier", "parent_company_uuid": "c1"}],
        "companycontact": [
            {"uuid": "k1", "company_uuid": "c1", "type": "JOB", "email": "site@harbour.example", "is_primary_contact": "1"},
            {"uuid": "k2", "company_uuid": "c1", "type": "BILLING", "email": "bills@harbour.example"}],
    })
}

fn job(n: u32) -> Value {
    json!({"uuid": format!("j{n}"), "generated_job_id": n.to_string(), "status": "Completed", "company_uuid": "c1",
        "completion_date": "2026-07-10 15:00:00", "purchase_order_number": format!("PO {n}")})
}

/// A line of a job; `n` tells lines apart.
fn line(job: u32, n: u32, price: &str) -> Value {
    json!({"uuid": format!("m{job}-{n}"), "job_uuid": format!("j{job}"), "name": "Crane hire", "quantity": "2",
        "price": price, "displayed_amount": price, "tax_rate_uuid": "t1"})
}

fn payment(job: u32, n: u32, amount: &str) -> Value {
    json!({"uuid": format!("p{job}-{n}"), "job_uuid": format!("j{job}"), "timestamp": "2026-07-11 09:00:00", "amount": amount,
        "method": "Credit Card"})
}

async fn shop(jobs: Vec<Value>, lines: Vec<Value>, payments: Vec<Value>) -> Shop {
    let mut all = account();
    (all["job"], all["jobmaterial"], all["jobpayment"]) =
        (json!(jobs), json!(lines), json!(payments));
    let shop = Shop::new("servicem8", MORE, "/api_1.0", all).await;
    shop.sync().await.unwrap();
    shop
}

fn with(mut record: Value, fields: &[(&str, Value)]) -> Value {
    for (name, value) in fields {
        record[*name] = value.clone();
    }
    record
}

#[tokio::test]
async fn completed_jobs_with_their_lines_payments_and_sites_reach_xero() {
    let site = with(
        job(2),
        &[
            ("company_uuid", json!("c2")),
            ("total_invoice_amount", json!("220")),
        ],
    );
    let rigging = with(
        line(2, 1, "110"),
        &[
            ("material_uuid", json!("r1")),
            ("displayed_amount_is_tax_inclusive", json!("1")),
        ],
    );
    let shop = shop(
        vec![
            job(1),
            site,
            with(job(3), &[("status", json!("Quote"))]),
            with(job(4), &[("status", json!("Work Order"))]),
            with(job(5), &[("status", json!("Unsuccessful"))]),
        ],
        vec![
            line(1, 1, "50"),
            with(line(1, 2, "9"), &[("active", json!(0))]),
            rigging,
            line(3, 1, "10"),
            line(4, 1, "10"),
            line(5, 1, "10"),
        ],
        vec![
            payment(1, 1, "60"),
            with(payment(1, 2, "10"), &[("active", json!(0))]),
            payment(4, 1, "5"),
            payment(2, 1, "220"),
        ],
    )
    .await;
    shop.is_posted("1").await;
    shop.is_posted("2").await;
    // A deleted line and a deleted payment count for nothing; no quote, work order or job that came to nothing is an invoice.
    assert_eq!((shop.bed.invoices(), shop.bed.payments()), (2, 2));
    assert_eq!(
        (shop.total("1").as_str(), shop.total("2").as_str()),
        ("110", "220")
    );
    let (one, two) = (
        shop.bed.invoice("1").unwrap(),
        shop.bed.invoice("2").unwrap(),
    );
    assert_eq!(one["Contact"]["Name"], json!("Harbour Cranes"));
    assert_eq!(
        two["Contact"]["Name"],
        json!("Harbour Cranes - North Pier"),
        "a site has its client's name in front"
    );
    assert_eq!(
        two["LineItems"][0]["AccountCode"],
        json!("260"),
        "by the item number of the material"
    );
    // A void one that was never posted asks for nobody's time.
    assert_eq!(shop.end("5").await.0, crossfoot::model::DocState::Skipped);
}

#[tokio::test]
async fn what_money_says_otherwise_holds() {
    let shop = shop(
        vec![
            with(job(1), &[("total_invoice_amount", json!("110.01"))]),
            job(2),
            job(3),
            job(4),
            job(5),
        ],
        vec![
            line(1, 1, "50"),
            line(2, 1, "50"),
            with(
                line(2, 2, "55"),
                &[("displayed_amount_is_tax_inclusive", json!("1"))],
            ),
            with(line(3, 1, "50"), &[("tax_rate_uuid", json!(""))]),
            line(4, 1, "50"),
            // A part that was invoiced before, as the vendor writes it.
            with(line(4, 2, "20"), &[("quantity", json!("-1"))]),
            with(line(5, 1, "50"), &[("tax_rate_uuid", json!("gone"))]),
        ],
        vec![],
    )
    .await;
    shop.is_held("1", "").await;
    shop.is_held("3", "tax").await;
    shop.is_posted("4").await;
    assert_eq!(shop.total("4"), "88");
    // What cannot be read is no document, and is told: lines of both kinds, a rate that is not there.
    let bad = shop.unread().await;
    assert!(
        bad.iter()
            .any(|b| b.contains("`1`") && b.contains("`0`") && b.contains("both")),
        "{bad:?}"
    );
    assert!(
        bad.iter().any(|b| b.contains("`rates` has none")),
        "{bad:?}"
    );
    assert_eq!(shop.bed.invoices(), 1);
}

#[tokio::test]
async fn a_line_or_payment_that_changes_alone_is_seen_by_the_next_look() {
    let shop = shop(
        (1..=30).map(job).collect(),
        (1..=30).map(|n| line(n, 1, "50")).collect(),
        vec![],
    )
    .await;
    assert_eq!(shop.bed.invoices(), 30);
    let whole = shop.calls("/jobmaterial.json");
    assert!(
        whole <= 2,
        "the lines of all jobs are read at once: {whole}"
    );
    shop.bed.clock.advance(chrono::Duration::hours(5));
    // Neither moves the job's own time.
    shop.enter(json!({"jobmaterial": [line(7, 1, "60")], "jobpayment": [payment(9, 1, "110")]}));
    let before = shop.calls("/servicem8/");
    shop.sync().await.unwrap();
    assert_eq!((shop.total("7").as_str(), shop.bed.payments()), ("132", 1));
    let look = shop.calls("/servicem8/") - before;
    assert!(look <= 20, "two jobs are read, and not thirty: {look}");
    // Nothing changed: three lists, each asked for what changed.
    shop.bed.clock.advance(chrono::Duration::hours(5));
    let before = shop.calls("/servicem8/");
    shop.sync().await.unwrap();
    assert!(shop.calls("/servicem8/") - before <= 20);
    assert_eq!((shop.bed.invoices(), shop.bed.payments()), (30, 1));
}

#[tokio::test]
async fn what_falls_back_or_is_deleted_after_it_was_posted_holds() {
    let shop = shop(
        (1..=3).map(job).collect(),
        (1..=3).map(|n| line(n, 1, "50")).collect(),
        vec![],
    )
    .await;
    shop.bed.clock.advance(chrono::Duration::hours(5));
    let back = with(job(1), &[("status", json!("Work Order"))]);
    let deleted = with(job(2), &[("active", json!(0))]);
    let lost = with(job(3), &[("status", json!("Unsuccessful"))]);
    shop.enter(json!({ "job": [back, deleted, lost] }));
    shop.sync().await.unwrap();
    for number in ["1", "2", "3"] {
        shop.is_held(number, "").await;
    }
    assert_eq!(shop.bed.invoices(), 3);
}

#[tokio::test]
async fn small_and_short_pages_and_the_types_of_live_accounts_lose_nothing() {
    for (name, value) in [
        ("short_page", json!(true)),
        ("types", json!("live")),
        ("limit_says", json!("json")),
    ] {
        let mut all = account();
        all["job"] = (1..=25).map(job).collect();
        all["jobmaterial"] = (1..=25).map(|n| line(n, 1, "50")).collect();
        all["jobpayment"] = (1..=25).map(|n| payment(n, 1, "110")).collect();
        let shop = Shop::new("servicem8", MORE, "/api_1.0", all).await;
        shop.switch("page_size", json!(4));
        shop.switch(name, value);
        shop.sync().await.unwrap();
        assert_eq!(
            (shop.bed.invoices(), shop.bed.payments()),
            (25, 25),
            "{name}"
        );
    }
}

#[tokio::test]
async fn refusals_are_told_and_none_is_taken_for_an_empty_list() {
    let shop = shop(vec![job(1)], vec![line(1, 1, "50")], vec![]).await;
    for (word, says) in [
        ("unpaid", "not in good standing"),
        ("html", "key is not accepted"),
        ("scope", "may not read"),
        ("object", "no list"),
        ("day", "day's calls"),
    ] {
        shop.bed.clock.advance(chrono::Duration::hours(30));
        shop.switch("answers", json!(word));
        let told = shop.told().await;
        assert!(told.contains(says), "{word}: {told}");
        shop.switch("answers", json!("well"));
    }
    // The same cursor again and again is an error, and no endless walk.
    let again = Shop::new(
        "servicem8",
        MORE,
        "/api_1.0",
        with(account(), &[("job", json!([job(1), job(2), job(3)]))]),
    )
    .await;
    again.switch("page_size", json!(1));
    again.switch("cursor", json!("same"));
    let told = again.told().await;
    assert!(told.contains("twice"), "{told}");
    assert_eq!(again.bed.invoices(), 0);
}

#[tokio::test]
async fn the_hour_that_comes_twice_in_autumn_hides_no_edit() {
    let shop = shop(vec![job(1)], vec![line(1, 1, "50")], vec![]).await;
    // On 5 April 2026 clocks in Sydney went from 3:00 back to 2:00: what is asked for goes further back than that hour.
    let sent = shop.bed.transport.sent();
    shop.bed.clock.advance(chrono::Duration::hours(2));
    shop.sync().await.unwrap();
    let asked = shop.bed.transport.sent();
    let asked = asked
        .iter()
        .skip(sent.len())
        .find(|r| r.url.contains("/job.json"))
        .unwrap()
        .url
        .clone();
    // Noon in Sydney, when the job was entered, less two hours.
    assert!(
        asked.contains("edit_date+gt+%272026-07-15+10%3A00%3A00%27"),
        "{asked}"
    );
}

/// Payments alone are written to it: what a tenant whose payments go back to it needs, and no more.
#[tokio::test]
async fn a_payment_goes_onto_its_job_is_found_by_its_note_and_taken_away_again() {
    let shop = shop(vec![job(1)], vec![line(1, 1, "50")], vec![]).await;
    shop.is_posted("1").await;
    let engine = &shop.engine;
    let registry = crossfoot::connectors::Registry::standard();
    let facts = registry.get("servicem8").unwrap().facts().clone();
    let writes = facts.writes.expect("it takes payments");
    let kinds: Vec<_> = writes.kinds.keys().copied().collect();
    assert_eq!(kinds, [crossfoot::model::Kind::Payment]);
    assert_eq!(writes.promise, crossfoot::model::Promise::None);
    let tenant = crate::bed::tenant();
    let loaded = engine.workspace().load(&tenant).unwrap();
    assert_eq!(engine.tried("servicem8").await.unwrap(), None);
    // Which job it may use a person says.
    let unsaid = crossfoot::service::trial_writes(engine, &loaded, None).await;
    assert!(unsaid.unwrap_err().what.contains("payments alone"));
    let trial = crossfoot::service::trial_writes(engine, &loaded, Some("1"))
        .await
        .unwrap();
    assert!(
        trial.is_good() && trial.left.is_empty(),
        "{:#?}",
        trial.checks
    );
    assert_eq!(trial.checks.len(), 4, "{:#?}", trial.checks);
    assert!(engine.tried("servicem8").await.unwrap().is_some());
    let state = shop.bed.plane.state("servicem8").unwrap();
    let made = &state["accounts"][0]["tables"]["jobpayment"][0];
    assert_eq!(
        (&made["job_uuid"], &made["amount"], &made["active"]),
        (&json!("j1"), &json!("1.0000"), &json!(0))
    );
    assert!(made["note"].as_str().unwrap().starts_with("[sync:"));
    // No document can go to it.
    let file = "tenant: acme\nfrom: { xero: xero }\nto: { servicem8: shop }\ncurrency: AUD\n";
    let told = engine
        .workspace()
        .compile_text("acme.yaml", file)
        .diagnostics;
    let of_route = told
        .iter()
        .find(|d| d.code == "route.system")
        .expect("told");
    assert!(
        of_route.what.contains("cannot go to `servicem8`"),
        "{of_route:#?}"
    );
}
