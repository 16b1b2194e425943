//! QuickBooks Online as a source: invoices with their payments become orders with manual payments.

use super::Till;
use super::xero::back;
use crate::bed::{held, order, paid, shop, synced, tenant, verified, with};
use crate::story_qbo::Desk;
use crossfoot::clock::Clock as _;
use crossfoot::model::{Became, DocState, TenantId};
use crossfoot::pipeline::ports::{Documents as _, Runs as _, TenantSwitch};
use crossfoot::service::desk::settle::{WordAsk, look, settle};
use serde_json::{Value, json};

const FILE: &str = r#"tenant: acme
preset: qbo-keap
from: { qbo: qbo }
to: { keap: keap }
currency: AUD
sync: { first_run: post }
payments_account: { code: "Check" }
"#;

fn desk() -> Desk {
    let mut shop = shop(vec![]);
    shop["contacts"] = json!([]);
    shop["products"] = json!([{"id": "1", "name": "Crane hire", "sku": "HIRE", "price": "100.00", "taxable": true}]);
    let desk = Desk::of(FILE, json!({"country": "AU"}), shop);
    let jo =
        json!({"DisplayName": "Jo Harbour", "PrimaryEmailAddr": {"Address": "jo@harbour.example"}});
    desk.company(json!({"rows": {"Customer": [jo]}}));
    let crane = desk
        .rows("Item")
        .into_iter()
        .find(|i| i["Sku"] == json!("HIRE"));
    let crane = crane.unwrap()["Id"].clone();
    let customer = desk.only("Customer")["Id"].clone();
    let invoice = json!({"DocNumber": "S-7", "CustomerRef": {"value": customer}, "TxnDate": "2026-07-10", "DueDate": "2026-07-24",
        "GlobalTaxCalculation": "TaxExcluded",
        "Line": [{"Amount": 200, "Description": "Crane hire", "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": crane}, "Qty": 2, "UnitPrice": 100, "TaxCodeRef": {"value": "2"}}}]});
    desk.company(json!({"rows": {"Invoice": [invoice]}}));
    desk
}

fn pays(desk: &Desk, amount: f64) -> Value {
    let (id, customer) = (
        desk.only("Invoice")["Id"].clone(),
        desk.only("Customer")["Id"].clone(),
    );
    json!({"create": {"Payment": {"CustomerRef": {"value": customer}, "TotalAmt": amount, "TxnDate": "2026-07-12", "PaymentRefNum": "CHQ 5",
        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": id, "TxnType": "Invoice"}]}]}}})
}

#[tokio::test]
async fn an_invoice_with_its_payments_becomes_an_order_paid_by_hand() {
    let desk = desk();
    let pay = pays(&desk, 50.0);
    desk.person(pay);
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "S-7").await;
    let till = Till::of(&desk.bed);
    assert_eq!(till.counts(), [1, 1, 1]);
    let order = till.order("S-7");
    assert_eq!(
        (&order["total"], &order["balance"]),
        (&json!("220"), &json!("170"))
    );
    let first = &order["items"][0];
    assert_eq!(
        (&first["type"], &first["quantity"], &first["product_id"]),
        (&json!("PRODUCT"), &json!(2), &json!("1"))
    );
    assert_eq!(till.all("payments")[0]["type"], json!("Check"));

    // More money comes in, and nothing is made twice.
    desk.bed.minutes(60);
    let pay = pays(&desk, 170.0);
    desk.person(pay);
    synced(&engine).await;
    verified(&engine, "S-7").await;
    assert_eq!(Till::of(&desk.bed).order("S-7")["balance"], json!("0"));
    for _ in 0..2 {
        desk.bed.minutes(60);
        let again = synced(&engine).await;
        assert_eq!(again.run.counts.all(Became::Created), 0);
    }
    assert_eq!(Till::of(&desk.bed).counts(), [1, 1, 2]);
}

/// A payment that only puts a credit to the invoice is no money.
#[tokio::test]
async fn a_credit_that_is_put_to_an_invoice_is_no_payment() {
    let desk = desk();
    let (id, customer) = (
        desk.only("Invoice")["Id"].clone(),
        desk.only("Customer")["Id"].clone(),
    );
    let crane = desk.only("Invoice")["Line"][0]["SalesItemLineDetail"]["ItemRef"].clone();
    let memo = json!({"DocNumber": "C-1", "CustomerRef": {"value": customer}, "TxnDate": "2026-07-11", "GlobalTaxCalculation": "TaxExcluded",
        "Line": [{"Amount": 20, "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": crane, "Qty": 1, "UnitPrice": 20, "TaxCodeRef": {"value": "2"}}}]});
    desk.company(json!({"rows": {"CreditMemo": [memo]}}));
    let credit = desk.only("CreditMemo")["Id"].clone();
    desk.person(json!({"create": {"Payment": {"CustomerRef": {"value": customer}, "TotalAmt": 0, "TxnDate": "2026-07-12",
        "Line": [{"Amount": 22, "LinkedTxn": [{"TxnId": id, "TxnType": "Invoice"}]},
            {"Amount": 22, "LinkedTxn": [{"TxnId": credit, "TxnType": "CreditMemo"}]}]}}}));
    let engine = desk.engine().await;
    synced(&engine).await;
    let row = crate::bed::doc(&engine, "S-7").await;
    assert_eq!(row.state, DocState::Verified, "{:?}", row.reason);
    assert_eq!(Till::of(&desk.bed).counts(), [1, 1, 0]);
}

/// A cheque for two invoices: each order gets what was put to its own.
#[tokio::test]
async fn one_payment_over_two_invoices_pays_both_orders() {
    let desk = desk();
    let first = desk.only("Invoice");
    let mut second = first.clone();
    let body = second.as_object_mut().unwrap();
    for own in [
        "Id",
        "SyncToken",
        "MetaData",
        "Balance",
        "LinkedTxn",
        "TotalAmt",
        "TxnTaxDetail",
    ] {
        body.remove(own);
    }
    body.insert("DocNumber".to_owned(), json!("S-8"));
    desk.company(json!({"rows": {"Invoice": [second]}}));
    let ids: Vec<Value> = desk
        .rows("Invoice")
        .iter()
        .map(|i| i["Id"].clone())
        .collect();
    let part = |id: &Value, amount: f64| json!({"Amount": amount, "LinkedTxn": [{"TxnId": id, "TxnType": "Invoice"}]});
    let lines = [part(&ids[0], 50.0), part(&ids[1], 30.0)];
    desk.person(json!({"create": {"Payment": {"CustomerRef": first["CustomerRef"], "TotalAmt": 80.0, "TxnDate": "2026-07-12",
        "PaymentRefNum": "CHQ 5", "Line": lines}}}));
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "S-7").await;
    verified(&engine, "S-8").await;
    let all = Till::of(&desk.bed).all("payments");
    let parts = all.iter().flat_map(|p| p["parts"].as_array().unwrap());
    let mut paid: Vec<&str> = parts.map(|p| p["amount"].as_str().unwrap()).collect();
    paid.sort();
    assert_eq!(paid, ["30", "50"]);
}

/// Money that Crossfoot entered there for another document, and that a person moved to this one, is no news.
#[tokio::test]
async fn money_of_ours_that_was_moved_to_an_invoice_is_not_brought() {
    let desk = desk();
    let mut pay = pays(&desk, 50.0);
    pay["create"]["Payment"]["PrivateNote"] = json!("80-1 [sync:abcdefghijklmnopqrst]");
    desk.person(pay);
    let engine = desk.engine().await;
    synced(&engine).await;
    let what = "for another document, and somebody moved it to this one";
    held(&engine, "S-7", "payment.moved", what, "put it back").await;
    assert_eq!(Till::of(&desk.bed).counts(), [1, 1, 0]);
    // The word that leaves it so ends that, and other money goes.
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let payment = format!(
        "{}-{}",
        desk.only("Payment")["Id"].as_str().unwrap(),
        desk.only("Invoice")["Id"].as_str().unwrap()
    );
    let ask = WordAsk {
        unseen: true,
        ..WordAsk::payment("S-7", &payment, "moved", "jo@acme.example")
    };
    let seen = look(&engine, &loaded, ask).await.unwrap();
    settle(&engine, ask, seen)
        .await
        .unwrap_or_else(|e| panic!("{}", e.what));
    synced(&engine).await;
    verified(&engine, "S-7").await;
    assert_eq!(Till::of(&desk.bed).counts(), [1, 1, 0]);
}

/// The same by its link, where a person took the stamp away: forward and back between the same two.
#[tokio::test]
async fn money_that_went_forward_does_not_come_back_on_another_invoice() {
    for stamped in [true, false] {
        let mut money = paid("50.00", "2026-07-11");
        money["id"] = json!("80");
        let sale = with(order(1, 1041, "2026-07-10"), json!({"payments": [money]}));
        let desk = Desk::australia(shop(vec![sale]));
        let engine = desk.engine().await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        let (ours, payment) = (desk.only("Invoice"), desk.only("Payment"));
        let mut line = ours["Line"][0].clone();
        line.as_object_mut().unwrap().remove("Id");
        // Two products of the shop have the other's SKU.
        let mut items = desk.rows("Item").into_iter();
        let book = items.rfind(|i| i["Sku"] == json!("BOOK")).unwrap();
        line["SalesItemLineDetail"]["ItemRef"] = json!({"value": book["Id"]});
        let own = json!({"DocNumber": "S-9", "CustomerRef": ours["CustomerRef"], "TxnDate": "2026-07-12",
            "GlobalTaxCalculation": "TaxExcluded", "Line": [line]});
        desk.person(json!({"create": {"Invoice": own}}));
        let rows = desk.rows("Invoice").into_iter();
        let other = rows.last().unwrap();
        assert_eq!(other["DocNumber"], json!("S-9"));
        let on =
            json!([{"Amount": 50, "LinkedTxn": [{"TxnId": other["Id"], "TxnType": "Invoice"}]}]);
        let mut moved = json!({"Id": payment["Id"], "Line": on});
        if !stamped {
            moved["PrivateNote"] = json!("chq 7");
        }
        desk.person(json!({"update": {"Payment": moved}}));
        let reverse = FILE.replace("tenant: acme", "tenant: back");
        let path = desk.bed.folder.path().join("mappings/back.yaml");
        std::fs::write(path, reverse).unwrap();
        drop(engine);
        let engine = desk.engine().await;
        let (id, now) = (TenantId::new("back").unwrap(), desk.bed.clock.now());
        let on = TenantSwitch::Processing(true);
        engine.store().switch(&id, &on, "test", now).await.unwrap();
        let before = Till::of(&desk.bed).all("payments").len();
        for _ in 0..2 {
            back(&engine).await;
            desk.bed.minutes(60);
        }
        let row = engine.store().document(&id, "S-9").await.unwrap().unwrap();
        let why = row.reason.unwrap();
        assert_eq!(
            (row.state, why.code.as_str()),
            (DocState::Held, "payment.moved"),
            "stamped: {stamped}: {}",
            why.what
        );
        assert_eq!(Till::of(&desk.bed).all("payments").len(), before);
    }
}
