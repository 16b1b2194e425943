//! What each product's own integration does and its users are used to: one story a habit.

use super::kinds;
use super::shop::Shop;
use crate::bed::{Bed, approve, doc, tenant};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::desk::first::FirstSync;
use crossfoot::service::desk::history::{history, run_of};
use crossfoot::service::desk::plan::{PlanAnswer, plan};
use crossfoot::service::desk::runs::LineTold;
use serde_json::{Value, json};

async fn planned(shop: &Shop) -> PlanAnswer {
    let loaded = shop.engine.workspace().load(&tenant()).unwrap();
    let answer = plan(&shop.engine, &loaded, None, &|_| {}).await;
    answer.unwrap_or_else(|e| panic!("{e:?}"))
}

async fn first(shop: &Shop) -> FirstSync {
    planned(shop).await.first.expect("a first sync")
}

/// The tenant's file with one text in place of another.
fn say(bed: &Bed, was: &str, is: &str) {
    let path = bed.folder.path().join("mappings/acme.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(was), "{was} in {text}");
    bed.tenant(&text.replacen(was, is, 1));
}

fn job(n: u64, payments: Value) -> Value {
    json!({"job_number": n, "customer_number": 7, "name": "Repair", "invoice_date": "2026-07-10T09:00:00+10:00", "tax": "20.0",
        "job_charges": [{"description": "Labour:Hours", "quantity": "2.0", "price_per_unit": "100.0"}], "payments": payments})
}

fn paid(id: u64, amount: &str) -> Value {
    json!({"id": id, "date": "2026-07-11", "amount": amount, "payment_type": "Check"})
}

async fn kickserv(jobs: Vec<Value>) -> Shop {
    kinds::kickserv("", jobs).await
}

/// K1: what the ledger has is read first, in this order; then contacts go, then invoices, then payments.
#[tokio::test]
async fn a_first_sync_reads_the_ledger_s_lists_and_sends_contacts_invoices_and_payments_in_order() {
    let shop = kickserv(vec![job(1, json!([paid(5, "220.0")])), job(2, json!([]))]).await;
    shop.sync().await.unwrap();
    let sent = shop.bed.transport.sent();
    let first = |method: &str, part: &str| {
        let one = |r: &crossfoot::connectors::http::HttpRequest| {
            r.method == method && r.url.contains(part)
        };
        let at = sent.iter().position(one);
        at.unwrap_or_else(|| panic!("{method} {part} was not asked"))
    };
    let order = [
        first("GET", "/jobs.json"),
        first("PUT", "/Contacts"),
        first("PUT", "/Invoices"),
        first("PUT", "/Payments"),
    ];
    assert!(order.is_sorted(), "{order:?}");
    let writes = first("PUT", "/");
    for list in ["/Accounts", "/TaxRates", "/Items", "/Contacts", "/Invoices"] {
        assert!(
            first("GET", list) < writes,
            "{list} is read before anything is sent"
        );
    }
    assert_eq!((shop.bed.invoices(), shop.bed.payments()), (2, 1));
}

/// What a run did, a line a thing.
async fn lines_of(shop: &Shop, run: &str) -> String {
    let told = run_of(&shop.engine, &tenant(), run).await.unwrap();
    let lines = told.lines.unwrap_or_default();
    let one = |l: &LineTold| format!("{} {:?}", l.number, l.action);
    lines.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// K2 and A4: every run by its time, and what it did of each document; what is wrong is in a list.
#[tokio::test]
async fn every_run_is_kept_with_what_it_did_and_what_was_wrong() {
    let mut wrong = job(2, json!([]));
    wrong["tax"] = json!("19.0");
    let shop = kickserv(vec![job(1, json!([])), wrong]).await;
    shop.sync().await.unwrap();
    shop.later(60).await;
    shop.enter(json!({"slug": "acme", "jobs": [job(1, json!([paid(5, "100.0")]))]}));
    shop.later(60).await;
    let all = history(&shop.engine, &tenant(), 20).await.unwrap();
    assert_eq!(all.runs.len(), 3);
    assert!(
        all.runs[0].started > all.runs[1].started,
        "the newest first"
    );
    let (first, last) = (
        lines_of(&shop, &all.runs[2].id).await,
        lines_of(&shop, &all.runs[0].id).await,
    );
    assert!(
        first.contains("1 Created") && first.contains("2 Held"),
        "{first}"
    );
    assert!(
        last.contains("1/5 Created") && !last.contains("Held"),
        "{last}"
    );
    shop.is_held("2", "").await;
}

/// K4: nothing goes before it is approved; one that is ready can be sent back; what is approved goes at the next sync.
#[tokio::test]
async fn documents_are_listed_approved_sent_back_and_go_at_the_next_sync() {
    let shop = kickserv(vec![job(1, json!([])), job(2, json!([]))]).await;
    say(
        &shop.bed,
        "first_run: post,",
        "first_run: post, approval: manual,",
    );
    shop.sync().await.unwrap();
    let (acme, checked) = (tenant(), [DocState::Checked]);
    let waits = shop.engine.store().all_documents(&acme, &checked).await;
    assert_eq!((waits.unwrap().len(), shop.bed.invoices()), (2, 0));
    approve(&shop.engine, "1").await;
    approve(&shop.engine, "2").await;
    let row = doc(&shop.engine, "2").await;
    let (store, now) = (shop.engine.store(), shop.engine.now());
    let back = store.set_state(&acme, &row, DocState::Checked, "jo", now);
    back.await.unwrap();
    shop.later(10).await;
    shop.is_posted("1").await;
    assert_eq!(
        (doc(&shop.engine, "2").await.state, shop.bed.invoices()),
        (DocState::Checked, 1)
    );
}

/// K5: once a payment is there its lines are locked, and what locks them is named; new payments go until nothing is owed.
#[tokio::test]
async fn a_payment_locks_the_lines_and_is_named_and_more_payments_go() {
    let shop = kickserv(vec![job(1, json!([paid(5, "100.0")]))]).await;
    shop.sync().await.unwrap();
    shop.is_posted("1").await;
    let all = json!([paid(5, "100.0"), paid(6, "50.0")]);
    shop.enter(json!({"slug": "acme", "jobs": [job(1, all.clone())]}));
    shop.later(60).await;
    shop.is_posted("1").await;
    assert_eq!(shop.bed.payments(), 2);
    let mut more = job(1, all);
    (more["job_charges"][0]["quantity"], more["tax"]) = (json!("3.0"), json!("30.0"));
    shop.enter(json!({"slug": "acme", "jobs": [more]}));
    shop.later(60).await;
    shop.is_held("1", "update.locked").await;
    let why = doc(&shop.engine, "1").await.reason.unwrap();
    for sum in ["100.00", "50.00"] {
        let named = format!("the payment of {sum} of 2026-07-11");
        assert!(why.what.contains(&named), "{why}");
    }
    assert_eq!(shop.total("1"), "220");
    let rest = json!([paid(5, "100.0"), paid(6, "50.0"), paid(7, "70.0")]);
    shop.enter(json!({"slug": "acme", "jobs": [job(1, rest)]}));
    shop.later(60).await;
    shop.is_posted("1").await;
    assert_eq!(shop.bed.payments(), 3);
    assert_eq!(shop.bed.invoice("1").unwrap()["Status"], json!("PAID"));
}

fn asked(n: u32, total: [&str; 3]) -> Value {
    let [price, tax, total] = total;
    json!({"guid": format!("g{n}"), "number": n.to_string(), "type": "invoice", "customerguid": "u1", "date": "2026-07-10",
        "duedate": "0001-01-01", "status": "sent", "currency": "AUD", "subtotal": price, "tax": tax, "total": total, "balance": total,
        "items": [{"guid": format!("g{n}a"), "name": "Hire", "quantity": 1, "price": price, "taxguid": "x1", "discount": 0}]})
}

fn customer(email: &str) -> Value {
    json!([{"guid": "u1", "companyname": "Harbour Cranes", "email": email}])
}

async fn asap(sync: &str) -> Shop {
    let payment = json!([{"guid": "p1", "invoiceguid": "g1", "amount": "10.00", "date": "2026-07-12", "method": "card", "reference": "R"}]);
    let mut owed = asked(1, ["100.00", "10.00", "110.00"]);
    owed["balance"] = json!("100.00");
    let all = json!({"invoices": [owed, asked(2, ["100.00", "10.00", "110.00"])], "payments": payment,
        "taxes": [{"guid": "x1", "name": "GST on Income", "rate": "10"}], "customers": customer("jo@harbour.example")});
    let books =
        "accounts: [ { else: \"200\" } ]\ntax: { codes: { GST on Income: OUTPUT, else: hold } }\n";
    let shop = Shop::new("invoiceasap", books, "", all).await;
    say(
        &shop.bed,
        "first_run: post, updates: { invoices: true }",
        sync,
    );
    shop.sync().await.unwrap();
    shop
}

/// A2: payments, changed customers and edits of sent invoices each have a switch.
#[tokio::test]
async fn three_switches_say_whether_payments_customers_and_edits_are_sent() {
    for (on, payments, total, email) in [
        (true, 1, "220", "new@harbour.example"),
        (false, 0, "110", "jo@harbour.example"),
    ] {
        let money = if on { "forward" } else { "off" };
        let sync = format!(
            "first_run: post, payments: {money}, updates: {{ invoices: {on}, contacts: {on} }}"
        );
        let shop = asap(&sync).await;
        assert_eq!((shop.bed.invoices(), shop.bed.payments()), (2, payments));
        let mut later = asked(2, ["200.00", "20.00", "220.00"]);
        later["modified"] = json!("2026-07-16T02:00:00Z");
        shop.enter(json!({"invoices": [later], "customers": customer("new@harbour.example")}));
        shop.later(25 * 60).await;
        assert_eq!(shop.total("2"), total, "edits: {on}");
        let contact = shop.bed.contact("Harbour Cranes").unwrap();
        assert_eq!(contact["EmailAddress"], json!(email), "customers: {on}");
    }
}

/// A3: what is in the ledger already is never pulled.
#[tokio::test]
async fn invoices_that_are_in_the_ledger_are_never_pulled() {
    let shop = asap("first_run: post").await;
    let theirs = json!({"Type": "ACCREC", "Status": "AUTHORISED", "InvoiceNumber": "T-1", "Contact": {"Name": "Harbour Cranes"},
        "Date": "2026-07-12", "DueDate": "2026-07-12", "LineItems": [{"Description": "Own", "Quantity": 1, "UnitAmount": "5.00", "AccountCode": "200"}]});
    shop.bed.xero(json!({"invoices": [theirs]}));
    shop.later(25 * 60).await;
    assert!(
        shop.engine
            .store()
            .document(&tenant(), "T-1")
            .await
            .unwrap()
            .is_none()
    );
    let sent = shop.bed.transport.sent();
    let wrote = |r: &&crossfoot::connectors::http::HttpRequest| {
        r.url.contains("/invoiceasap") && r.url.contains("action=Save")
    };
    assert_eq!(sent.iter().filter(wrote).count(), 0);
}

fn owed(n: u32, client: &str) -> Value {
    json!({"id": format!("i{n}"), "number": format!("INV-{n:04}"), "status": "unpaid", "clientId": client, "issueDate": "2026-07-10",
        "lines": [{"description": "Crane hire", "quantity": "2", "unitPrice": "75.00", "taxRateId": "t1", "accountCode": "200"}]})
}

async fn klipboard(more: &str, clients: Value, invoices: Vec<Value>) -> Shop {
    let all = json!({"invoices": invoices, "clients": clients, "suppliers": [{"id": "s1", "name": "Rigging Supplies"}],
        "purchase-orders": [kinds::order(9, "sent")],
        "tax-rates": [{"id": "t1", "name": "GST on Income", "rate": 10}, {"id": "t2", "name": "GST on Expenses", "rate": 10}]});
    let rates = "tax: { codes: { GST on Income: OUTPUT, GST on Expenses: INPUT, else: hold } }\n";
    Shop::new("klipboard", &format!("{rates}{more}"), "/api/v1", all).await
}

/// P1: nothing goes before the first sync, and the numbers with which the source may begin are found in the ledger.
#[tokio::test]
async fn the_numbers_to_begin_with_are_found_in_the_ledger_for_invoices_and_orders() {
    let clients = json!([{"id": "c1", "name": "Harbour Cranes"}]);
    let shop = klipboard("", clients, vec![owed(7, "c1")]).await;
    let line =
        json!([{"Description": "Own", "Quantity": 1, "UnitAmount": "5.00", "AccountCode": "200"}]);
    let paper = |number: &str| {
        json!({"Type": "ACCREC", "Status": "AUTHORISED", "InvoiceNumber": number, "Contact": {"Name": "Ann"},
        "Date": "2026-06-12", "DueDate": "2026-07-12", "LineItems": line})
    };
    shop.bed.xero(json!({"contacts": [{"Name": "Rigging"}], "invoices": [paper("INV-0199"), paper("INV-0200")]}));
    let rigging = shop.bed.contact("Rigging").unwrap()["ContactID"].clone();
    let order = json!({"PurchaseOrderNumber": "PO-0041", "Contact": {"ContactID": rigging}, "Date": "2026-06-12",
        "Status": "AUTHORISED", "LineItems": line});
    shop.bed.xero(json!({"purchase_orders": [order]}));
    let first = first(&shop).await;
    let told: Vec<_> = (first.numbers.iter())
        .map(|n| (n.kind.as_str(), n.last.as_str(), n.next.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("invoice", "INV-0200", "INV-0201"),
            ("purchase_order", "PO-0041", "PO-0042")
        ]
    );
    assert_eq!(shop.bed.invoices(), 2, "nothing was posted");
}

/// P3: a site is a contact of its own, the parent's name in front. P4: a telephone number that another contact has is told
/// before anything is posted, with that contact named; a client and its own site never clash. P7: no attachments.
#[tokio::test]
async fn clashes_are_told_before_posting_with_the_other_contact_named() {
    for (word, state) in [
        ("hold", DocState::Held),
        ("warn", DocState::Verified),
        ("off", DocState::Verified),
    ] {
        let clients = json!([
            {"id": "c1", "name": "Harbour Cranes", "phone": "02 5550 1234"},
            {"id": "c2", "name": "North Pier", "parentClientId": "c1", "locationName": "North Pier", "phone": "02 5550 1234"},
            {"id": "c3", "name": "Quay Hire", "phone": "02 5550 9999"}]);
        let mut site = owed(2, "c1");
        site["locationId"] = json!("c2");
        let more = format!("contacts: {{ unique: {{ phone: {word} }} }}\n");
        let shop = klipboard(&more, clients, vec![owed(1, "c1"), site, owed(3, "c3")]).await;
        let other = json!({"Name": "Old Quay", "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "55509999", "PhoneAreaCode": "02"}]});
        shop.bed.xero(json!({"contacts": [other]}));
        let told = first(&shop).await.clashes;
        let told: Vec<_> = (told.iter())
            .map(|c| {
                (
                    c.number.as_str(),
                    c.reason.code.as_str(),
                    c.held,
                    c.reason.what.contains("Old Quay"),
                )
            })
            .collect();
        match word {
            "off" => assert!(told.is_empty(), "{told:?}"),
            _ => assert_eq!(told, [("INV-0003", "contact.clash", word == "hold", true)]),
        }
        assert_eq!(shop.bed.invoices(), 0, "nothing was posted");
        shop.sync().await.unwrap();
        shop.is_posted("INV-0001").await;
        shop.is_posted("INV-0002").await;
        assert_eq!(shop.end("INV-0003").await.0, state, "{word}");
        let made = shop.bed.invoice("INV-0002").unwrap();
        assert_eq!(
            made["Contact"]["Name"],
            json!("Harbour Cranes - North Pier")
        );
        assert_eq!(shop.calls("/Attachments"), 0);
    }
}

/// P5: draft goes as a draft, unpaid and overdue as approved; an edit is sent; what was made in the ledger is not pulled.
#[tokio::test]
async fn invoices_go_in_the_status_that_is_meant_and_their_edits_follow() {
    let mut all: Vec<Value> = (1..=3).map(|n| owed(n, "c1")).collect();
    for (one, word) in all.iter_mut().zip(["draft", "unpaid", "overdue"]) {
        one["status"] = json!(word);
    }
    let clients = json!([{"id": "c1", "name": "Harbour Cranes", "billingAddress": {"line1": "1 Quay St", "city": "Sydney"}}]);
    let shop = klipboard("", clients, all).await;
    shop.sync().await.unwrap();
    let status = |n: u32| shop.bed.invoice(&format!("INV-{n:04}")).unwrap()["Status"].clone();
    assert_eq!(
        [status(1), status(2), status(3)],
        [json!("DRAFT"), json!("AUTHORISED"), json!("AUTHORISED")]
    );
    let contact = shop.bed.contact("Harbour Cranes").unwrap();
    assert!(contact.to_string().contains("1 Quay St"), "{contact}");
    let mut sent = owed(1, "c1");
    sent["lines"][0]["quantity"] = json!("3");
    shop.bed.clock.advance(chrono::Duration::minutes(30));
    shop.enter(json!({"invoices": [sent]}));
    shop.sync().await.unwrap();
    shop.is_posted("INV-0001").await;
    assert_eq!(
        (status(1), shop.total("INV-0001")),
        (json!("AUTHORISED"), "247.5".to_owned())
    );
}
