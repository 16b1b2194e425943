//! Papers that are no invoices, from systems that only a description knows: estimates and purchase orders reach Xero.

use super::shop::{KEY, Shop};
use crate::bed::{doc, sync_one};
use crossfoot::model::{DocState, Kind};
use serde_json::{Value, json};

const RATES: &str =
    "tax: { codes: { GST on Income: OUTPUT, GST on Expenses: INPUT, else: hold } }\n";

pub(super) fn order(n: u32, status: &str) -> Value {
    json!({"id": format!("p{n}"), "number": format!("PO-{n:04}"), "status": status, "supplierId": "s1", "issueDate": "2026-07-10",
    "deliveryDate": "2026-07-24", "reference": "Job 12", "lines": [
        {"description": "Wire rope", "quantity": "3", "unitPrice": "40.00", "taxRateId": "t2", "accountCode": "310"},
        {"description": "Shackles", "quantity": "10", "unitPrice": "2.55", "taxRateId": "t2", "accountCode": "310"}
    ]})
}

fn yard() -> Value {
    json!({
        "tax-rates": [{"id": "t1", "name": "GST on Income", "rate": 10}, {"id": "t2", "name": "GST on Expenses", "rate": 10}],
        "clients": [{"id": "c1", "name": "Harbour Cranes"}],
        "suppliers": [{"id": "s1", "name": "Rigging Supplies", "email": "sales@rigging.example"}],
        "invoices": [{"id": "i1", "number": "PO-0002", "status": "unpaid", "clientId": "c1", "issueDate": "2026-07-10", "lines": [
            {"description": "Crane hire", "quantity": "2", "unitPrice": "75.00", "taxRateId": "t1", "accountCode": "200"}]}],
    })
}

/// Klipboard with its presets and some orders.
pub(super) async fn klipboard(more: &str, orders: Vec<Value>) -> Shop {
    let mut all = yard();
    all["purchase-orders"] = json!(orders);
    Shop::new("klipboard", &format!("{RATES}{more}"), "/api/v1", all).await
}

impl Shop {
    fn listed(&self, list: &str, field: &str, number: &str) -> Vec<Value> {
        let books = self.bed.books();
        let all = books[list].as_array().unwrap().clone();
        let own = all.into_iter().filter(|p| p[field] == json!(number));
        own.collect()
    }

    /// A purchase order of Xero's, of which there is just one.
    pub(super) fn order(&self, number: &str) -> Value {
        let mut all = self.listed("purchase_orders", "PurchaseOrderNumber", number);
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }

    /// A quote of Xero's, of which there is just one.
    fn quote(&self, number: &str) -> Value {
        let mut all = self.listed("quotes", "QuoteNumber", number);
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }
}

#[tokio::test]
async fn purchase_orders_reach_xero_and_their_changes_follow() {
    let words = ["draft", "sent", "overdue", "part_delivered", "delivered"];
    let orders = (1..).zip(words).map(|(n, w)| order(n, w)).collect();
    let shop = klipboard("", orders).await;
    shop.sync().await.unwrap();
    for n in 1..=5 {
        let number = format!("purchase_order:PO-{n:04}");
        shop.is_posted(&number).await;
        let made = shop.order(&format!("PO-{n:04}"));
        assert_eq!(made["Status"], json!("AUTHORISED"));
        assert_eq!(made["Contact"]["Name"], json!("Rigging Supplies"));
        // 120 and 25.50, and a tenth on top of each line.
        assert_eq!(made["Total"].to_string(), "160.05");
        assert!(
            made["DeliveryDateString"]
                .as_str()
                .unwrap()
                .starts_with("2026-07-24")
        );
        assert!(
            made["Reference"]
                .as_str()
                .unwrap()
                .starts_with("Job 12 [sync:")
        );
    }
    // The invoice of the same number is another thing.
    shop.is_posted("PO-0002").await;
    assert_eq!(doc(&shop.engine, "PO-0002").await.key.kind, Kind::Invoice);
    assert_eq!(shop.total("PO-0002"), "165");
    // A later change is sent, and to the same order.
    let mut more = order(2, "part_delivered");
    more["lines"][0]["quantity"] = json!("4");
    shop.enter(json!({"purchase-orders": [more]}));
    shop.later(30).await;
    shop.is_posted("purchase_order:PO-0002").await;
    assert_eq!(shop.order("PO-0002")["Total"].to_string(), "204.05");
    // Nothing changed: nothing is written.
    let puts = |shop: &Shop| {
        let sent = shop.bed.transport.sent();
        let api = sent.iter().filter(|r| r.url.contains("/api.xro/"));
        api.filter(|r| r.method != http::Method::GET).count()
    };
    let before = puts(&shop);
    shop.later(60).await;
    assert_eq!(puts(&shop), before);
}

#[tokio::test]
async fn a_purchase_order_stays_a_draft_where_the_file_says_so_until_it_is_sent() {
    let more = "status: { purchase_orders: { draft: DRAFT, else: AUTHORISED } }\n";
    let shop = klipboard(more, vec![order(1, "draft")]).await;
    shop.sync().await.unwrap();
    assert_eq!(shop.order("PO-0001")["Status"], json!("DRAFT"));
    shop.enter(json!({"purchase-orders": [order(1, "sent")]}));
    shop.later(30).await;
    shop.is_posted("purchase_order:PO-0001").await;
    assert_eq!(shop.order("PO-0001")["Status"], json!("AUTHORISED"));
    // What was billed there is closed: a change of it waits for a person.
    let id = shop.order("PO-0001")["PurchaseOrderID"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("PurchaseOrders/{id}");
    shop.bed.minutes(10);
    let billed = shop
        .bed
        .person("POST", &path, json!({"Status": "BILLED"}))
        .await;
    assert_eq!(
        billed["PurchaseOrders"][0]["Status"],
        json!("BILLED"),
        "{billed}"
    );
    let mut more = order(1, "delivered");
    more["lines"][0]["quantity"] = json!("9");
    shop.enter(json!({"purchase-orders": [more]}));
    shop.later(30).await;
    shop.is_held("purchase_order:PO-0001", "update.locked")
        .await;
    assert_eq!(shop.order("PO-0001")["Total"].to_string(), "160.05");
}

#[tokio::test]
async fn a_number_that_a_person_gave_an_order_of_theirs_is_never_overwritten() {
    let shop = klipboard("", vec![order(1, "sent"), order(2, "sent")]).await;
    let line =
        json!([{"Description": "Paint", "Quantity": 1, "UnitAmount": 5, "AccountCode": "310"}]);
    shop.bed
        .xero(json!({"contacts": [{"Name": "Paint Shop", "ContactNumber": "paint"}]}));
    shop.bed.xero(json!({"purchase_orders": [
        {"PurchaseOrderNumber": "PO-0001", "Contact": {"ContactNumber": "paint"}, "Date": "2026-07-01", "LineItems": line}]}));
    shop.sync().await.unwrap();
    shop.is_held("purchase_order:PO-0001", "number.taken").await;
    shop.is_posted("purchase_order:PO-0002").await;
    let theirs = shop.order("PO-0001");
    assert_eq!(theirs["Contact"]["Name"], json!("Paint Shop"));
    // One that comes up between the decision and the request is not overwritten either: Xero would not refuse it.
    let shop = klipboard("", vec![order(3, "sent")]).await;
    shop.bed
        .xero(json!({"contacts": [{"Name": "Paint Shop", "ContactNumber": "paint"}]}));
    let plane = shop.bed.plane.clone();
    let seeded = std::sync::atomic::AtomicBool::new(false);
    let org = crate::bed::ORG;
    shop.bed.transport.before(move |r| {
        let contacts = r.method == http::Method::PUT && r.url.contains("/Contacts");
        if contacts && !seeded.swap(true, std::sync::atomic::Ordering::Relaxed) {
            let line = json!([{"Description": "Paint", "Quantity": 1, "UnitAmount": 5, "AccountCode": "310"}]);
            let theirs = json!({"name": org, "purchase_orders": [{"PurchaseOrderNumber": "PO-0003",
                "Contact": {"ContactNumber": "paint"}, "Date": "2026-07-01", "LineItems": line}]});
            plane.seed("xero", json!({ "organisations": [theirs] })).unwrap();
        }
    });
    shop.sync().await.unwrap();
    shop.is_held("purchase_order:PO-0003", "number.taken").await;
    assert_eq!(
        shop.order("PO-0003")["Contact"]["Name"],
        json!("Paint Shop")
    );
}

#[tokio::test]
async fn an_order_is_held_by_a_rule_and_by_a_check() {
    let shop = klipboard(
        "rules: [rules/orders.rhai]\n",
        vec![order(1, "sent"), order(2, "sent")],
    )
    .await;
    shop.bed.rule(
        "orders.rhai",
        "fn select(invoice) {\n    if invoice.kind == \"purchase_order\" && invoice.number == \"PO-0001\" { return hold(\"ask Jo\"); }\n    keep()\n}\nfn map_purchase_order(order) {\n    order.reference = `Yard ${order.number}`;\n    keep()\n}\n",
    );
    let mut odd = order(3, "sent");
    odd["lines"][1]["accountCode"] = json!("999");
    shop.enter(json!({"purchase-orders": [odd]}));
    shop.sync().await.unwrap();
    shop.is_held("purchase_order:PO-0001", "ask Jo").await;
    shop.is_held("purchase_order:PO-0003", "999").await;
    shop.is_posted("purchase_order:PO-0002").await;
    let made = shop.order("PO-0002");
    assert!(
        made["Reference"]
            .as_str()
            .unwrap()
            .starts_with("Yard PO-0002 [")
    );
    assert_eq!(
        shop.bed.books()["purchase_orders"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn an_order_whose_answer_was_lost_is_looked_for_and_not_made_twice() {
    let shop = klipboard("", vec![order(1, "sent")]).await;
    let lost = std::sync::atomic::AtomicBool::new(false);
    shop.bed.transport.after(move |r, answer| {
        let put = r.method == http::Method::PUT && r.url.contains("/PurchaseOrders");
        if put && !lost.swap(true, std::sync::atomic::Ordering::Relaxed) {
            (answer.status, answer.body) = (500, bytes::Bytes::from_static(b"{}"));
        }
    });
    let _ = shop.sync().await;
    shop.later(30).await;
    shop.is_posted("purchase_order:PO-0001").await;
    shop.order("PO-0001");
}

#[tokio::test]
async fn a_purchase_order_that_the_source_has_no_more_is_told() {
    let shop = klipboard("", vec![order(1, "sent")]).await;
    shop.sync().await.unwrap();
    shop.enter(json!({"purchase-orders": [order(1, "void")]}));
    shop.later(30).await;
    shop.is_held("purchase_order:PO-0001", "status.void").await;
    // Cancelled on both sides they agree.
    let id = shop.order("PO-0001")["PurchaseOrderID"]
        .as_str()
        .unwrap()
        .to_owned();
    shop.bed.minutes(10);
    shop.bed
        .person(
            "POST",
            &format!("PurchaseOrders/{id}"),
            json!({"Status": "DELETED"}),
        )
        .await;
    shop.later(60).await;
    assert_eq!(
        shop.end("purchase_order:PO-0001").await.0,
        DocState::Skipped
    );
}

#[tokio::test]
async fn where_orders_are_off_nobody_asks_for_them() {
    let off = "sync: { first_run: post, purchase_orders: off }\n";
    let mut all = yard();
    all["purchase-orders"] = json!([order(1, "sent")]);
    let shop = Shop::new("klipboard", RATES, "/api/v1", all).await;
    let file = std::fs::read_to_string(shop.bed.folder.path().join("mappings/acme.yaml")).unwrap();
    let file = file.replace(
        "sync: { first_run: post, updates: { invoices: true } }\n",
        off,
    );
    shop.bed.tenant(&file);
    shop.sync().await.unwrap();
    shop.is_posted("PO-0002").await;
    assert_eq!(
        shop.calls("/purchase-orders") + shop.calls("/PurchaseOrders") + shop.calls("/Quotes"),
        0
    );
}

fn job(n: u64) -> Value {
    json!({"job_number": n, "customer_number": 7, "name": "Repair", "estimate_sent_on": "2026-07-03T09:00:00+10:00", "tax": "20.0",
        "job_charges": [{"description": "Labour:Hours", "quantity": "2.0", "price_per_unit": "100.0"}]})
}

pub(super) async fn kickserv(more: &str, jobs: Vec<Value>) -> Shop {
    let account = json!({"slug": "acme", "owner": "Jo", "tokens": [KEY], "jobs": jobs,
        "customers": [{"customer_number": 7, "name": "Jo Harbour", "company_name": "Harbour Cranes", "email_address": "jo@harbour.example"}]});
    let books = "accounts: [ { else: \"200\" } ]\ntax: { codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }\n";
    Shop::new("kickserv", &format!("{books}{more}"), "/acme", account).await
}

fn jobs(all: Vec<Value>) -> Value {
    json!({"slug": "acme", "jobs": all})
}

#[tokio::test]
async fn an_estimate_is_a_draft_invoice_and_becomes_the_invoice() {
    let mut lost = job(2);
    lost["status"] = json!("lost");
    let mut deposit = job(3);
    deposit["payments"] =
        json!([{"id": 5, "date": "2026-07-04", "amount": "50.0", "payment_type": "Check"}]);
    let shop = kickserv("", vec![job(1), lost, deposit]).await;
    shop.sync().await.unwrap();
    shop.is_posted("1").await;
    let draft = shop.bed.invoice("1").expect("a draft");
    assert_eq!(
        (&draft["Status"], &draft["Total"].to_string()),
        (&json!("DRAFT"), &"220.00".to_owned())
    );
    // What nobody wants is not sent, and money of an estimate is no money of an invoice yet.
    assert_eq!(shop.end("2").await.0, DocState::Skipped);
    shop.is_posted("3").await;
    assert_eq!((shop.bed.invoices(), shop.bed.payments()), (2, 0));
    // Another run finds nothing to do.
    shop.later(60).await;
    assert_eq!(shop.bed.invoices(), 2);
    shop.is_posted("1").await;
    // The work is done and invoiced, with one hour more.
    let mut done = job(1);
    done["invoice_date"] = json!("2026-07-12T09:00:00+10:00");
    done["tax"] = json!("30.0");
    done["job_charges"][0]["quantity"] = json!("3.0");
    let mut paid = job(3);
    paid["invoice_date"] = json!("2026-07-12T09:00:00+10:00");
    paid["payments"] =
        json!([{"id": 5, "date": "2026-07-04", "amount": "50.0", "payment_type": "Check"}]);
    shop.enter(jobs(vec![done, paid]));
    shop.later(60).await;
    shop.is_posted("1").await;
    let made = shop.bed.invoice("1").expect("the invoice");
    assert_eq!(made["InvoiceID"], draft["InvoiceID"]);
    assert_eq!(
        (&made["Status"], &made["Total"].to_string()),
        (&json!("AUTHORISED"), &"330.00".to_owned())
    );
    shop.is_posted("3").await;
    assert_eq!((shop.bed.invoices(), shop.bed.payments()), (2, 1));
    shop.later(24 * 60).await;
    shop.is_posted("1").await;
    assert_eq!(shop.bed.invoices(), 2);
}

#[tokio::test]
async fn an_invoice_that_is_taken_back_to_an_estimate_is_held() {
    let mut done = job(1);
    done["invoice_date"] = json!("2026-07-12T09:00:00+10:00");
    let shop = kickserv("", vec![done]).await;
    shop.sync().await.unwrap();
    shop.is_posted("1").await;
    let mut back = job(1);
    back["invoice_date"] = Value::Null;
    shop.enter(jobs(vec![back]));
    shop.later(60).await;
    shop.is_held("1", "source.kind").await;
    assert_eq!(
        shop.bed.invoice("1").unwrap()["Status"],
        json!("AUTHORISED")
    );
}

#[tokio::test]
async fn an_estimate_is_a_quote_that_stays_once_it_is_invoiced() {
    let quotes = "sync: { first_run: post, estimates: as_quote }\nstatus: { estimates: { accepted: ACCEPTED, declined: DECLINED, sent: SENT, else: DRAFT } }\n";
    let shop = kickserv("", vec![]).await;
    let file = std::fs::read_to_string(shop.bed.folder.path().join("mappings/acme.yaml")).unwrap();
    let plain = "sync: { first_run: post, updates: { invoices: true } }\n";
    shop.bed.tenant(&file.replace(plain, quotes));
    shop.enter(jobs(vec![job(1), job(2)]));
    shop.sync().await.unwrap();
    shop.is_posted("estimate:1").await;
    let quote = shop.quote("1");
    assert_eq!(
        (&quote["Status"], &quote["Total"].to_string()),
        (&json!("SENT"), &"220.00".to_owned())
    );
    assert_eq!(quote["LineAmountTypes"], json!("EXCLUSIVE"));
    assert_eq!(shop.bed.invoices(), 0);
    // Declined there, declined here; and invoiced: the invoice is another paper, and the quote stays.
    let mut declined = job(2);
    declined["status"] = json!("lost");
    let mut done = job(1);
    done["invoice_date"] = json!("2026-07-12T09:00:00+10:00");
    shop.enter(jobs(vec![done, declined]));
    shop.later(60).await;
    assert_eq!(shop.quote("2")["Status"], json!("DECLINED"));
    shop.is_posted("1").await;
    assert_eq!(doc(&shop.engine, "1").await.key.kind, Kind::Invoice);
    assert_eq!(
        shop.bed.invoice("1").unwrap()["Status"],
        json!("AUTHORISED")
    );
    shop.is_posted("estimate:1").await;
    assert_eq!(shop.quote("1")["Status"], json!("SENT"));
    assert_eq!(shop.bed.invoices(), 1);
    shop.later(24 * 60).await;
    assert_eq!(
        (
            shop.bed.invoices(),
            shop.bed.books()["quotes"].as_array().unwrap().len()
        ),
        (1, 2)
    );
    // One on demand, by its kind and number.
    shop.enter(jobs(vec![job(9)]));
    sync_one(&shop.engine, "estimate:9").await.unwrap();
    shop.quote("9");
}
