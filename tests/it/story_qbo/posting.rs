//! An order becomes an invoice with its payment, once; money back is one receipt; tax is made by rate and by country.

use super::Desk;
use crate::bed::{amount, dec, gst, held, hire, item, order, paid, shop, synced, verified, with};
use crossfoot::checks::live::live;
use crossfoot::model::Became;
use serde_json::json;

#[tokio::test]
async fn an_order_becomes_an_invoice_with_its_payment_once() {
    let order = with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [paid("50.00", "2026-07-11")]}),
    );
    let desk = Desk::australia(shop(vec![order]));
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(desk.counts(), [1, 1, 0, 1]);
    let invoice = desk.only("Invoice");
    assert_eq!(invoice["DocNumber"], json!("1041"));
    assert_eq!(
        (dec(&invoice["TotalAmt"]), dec(&invoice["Balance"])),
        (amount("110"), amount("60"))
    );
    let line = &invoice["Line"][0]["SalesItemLineDetail"];
    assert_eq!(line["ItemRef"]["name"], json!("Crane hire"), "by its SKU");
    assert_eq!(line["TaxCodeRef"]["value"], json!("2"));
    let memo = invoice["PrivateNote"].as_str().unwrap();
    assert!(memo.contains("[sync:"), "{memo}");
    let customer = desk.only("Customer");
    assert!(customer["Notes"].as_str().unwrap().starts_with("[sync:"));
    let payment = desk.only("Payment");
    assert_eq!(payment["CustomerRef"], invoice["CustomerRef"]);
    assert_eq!(dec(&payment["UnappliedAmt"]), amount("0"));
    assert_eq!(payment["DepositToAccountRef"]["name"], json!("Checking"));

    // Again, and after an hour again: nothing is made, and little is asked.
    let sent = desk.sent().len();
    for _ in 0..2 {
        let again = synced(&engine).await;
        assert_eq!(again.run.counts.all(Became::Created), 0);
        desk.bed.minutes(60);
    }
    assert_eq!(desk.counts(), [1, 1, 0, 1]);
    let asked = desk.sent().split_off(sent);
    assert!(asked.len() <= 4, "{asked:?}");
}

#[tokio::test]
async fn in_the_united_states_lines_say_whether_and_the_document_which_code() {
    let items = json!([
        hire("1"),
        {"type": "PRODUCT", "product_id": "2", "quantity": 1, "price": "30.00"},
        item("SHIPPING", "Post", "5.00"),
        gst("8.00"),
    ]);
    let order = with(order(1, 1041, "2026-07-10"), json!({"items": items}));
    let desk = Desk::states(shop(vec![order]));
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    let invoice = desk.only("Invoice");
    assert_eq!(dec(&invoice["TotalAmt"]), amount("143"));
    assert_eq!(dec(&invoice["TxnTaxDetail"]["TotalTax"]), amount("8"));
    let lines = invoice["Line"].as_array().unwrap();
    let told: Vec<_> = (lines.iter())
        .filter(|l| l["DetailType"] == json!("SalesItemLineDetail"))
        .map(|l| {
            let detail = &l["SalesItemLineDetail"];
            let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
            (
                text(&detail["ItemRef"]["name"]),
                text(&detail["TaxCodeRef"]["value"]),
            )
        })
        .collect();
    let want = [
        ("Crane hire", "TAX"),
        ("Manuals", "NON"),
        ("Sales NT", "NON"),
    ];
    let want: Vec<_> = want.map(|(a, b)| (a.to_owned(), b.to_owned())).into();
    assert_eq!(told, want);
}

#[tokio::test]
async fn many_orders_go_in_batches_of_thirty() {
    let one = |n: u64| {
        with(
            order(n, 1000 + n, "2026-07-10"),
            json!({"payments": [paid("110.00", "2026-07-11")]}),
        )
    };
    let desk = Desk::australia(shop((1..=35).map(one).collect()));
    let engine = desk.engine().await;
    synced(&engine).await;
    assert_eq!(desk.counts(), [1, 35, 0, 35]);
    for n in 1..=35 {
        verified(&engine, &(1000 + n).to_string()).await;
    }
    let batches = desk.sent().iter().filter(|p| *p == "/batch").count();
    // Two of invoices and two of payments, beside the chart's.
    assert!(batches <= 6, "{:?}", desk.sent());
}

#[tokio::test]
async fn tax_is_made_once_for_each_rate_to_the_cent() {
    let line = json!({"type": "PRODUCT", "product_id": "1", "quantity": 1, "price": "10.13"});
    // 3 x 10.13 at 8 %: 2.43 on the sum, 3 x 0.81 = 2.43; at 10.19: 2.45 on the sum and 2.46 on the lines.
    let line = with(line, json!({"price": "10.19"}));
    for (tax, fits) in [("2.45", true), ("2.46", false)] {
        let items = json!([line.clone(), line.clone(), line.clone(), gst(tax)]);
        let order = with(order(1, 1041, "2026-07-10"), json!({"items": items}));
        let desk = Desk::states(shop(vec![order]));
        let engine = desk.engine().await;
        synced(&engine).await;
        if fits {
            verified(&engine, "1041").await;
            assert_eq!(dec(&desk.only("Invoice")["TotalAmt"]), amount("33.02"));
        } else {
            held(
                &engine,
                "1041",
                "total.mismatch",
                "rounds the tax of each rate once",
                "",
            )
            .await;
            assert_eq!(desk.counts(), [0, 0, 0, 0]);
        }
    }
}

#[tokio::test]
async fn money_paid_back_is_one_refund_receipt() {
    let mut first = paid("110.00", "2026-07-11");
    first["id"] = json!("80");
    let order = with(order(1, 1041, "2026-07-10"), json!({"payments": [first]}));
    let desk = Desk::australia(shop(vec![order]));
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    let mut back = paid("110.00", "2026-07-14");
    back["id"] = json!("90");
    back["refund_of"] = json!("80");
    back.as_object_mut().unwrap().remove("pay_status");
    desk.bed.minutes(30);
    desk.bed
        .keap_edit(json!({"orders": [{"id": "1", "add_payments": [back]}]}));
    for _ in 0..2 {
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(
            desk.counts(),
            [1, 1, 1, 1],
            "one receipt, and no payment of it"
        );
        desk.bed.minutes(30);
    }
    let loaded = engine.workspace().load(&crate::bed::tenant()).unwrap();
    let told = crossfoot::service::desk::explain::explain(&engine, &loaded, "1041").await;
    let states: Vec<String> = (told.unwrap().payments.into_iter())
        .map(|p| p.state)
        .collect();
    assert_eq!(states, ["posted", "posted"]);
    let receipt = desk.only("RefundReceipt");
    assert_eq!(dec(&receipt["TotalAmt"]), amount("110"));
    assert_eq!(receipt["DepositToAccountRef"]["value"], json!("35"));
    assert_eq!(dec(&desk.only("Invoice")["Balance"]), amount("0"));
}

#[tokio::test]
async fn a_tenants_file_fits_the_companys_own_chart() {
    for desk in [Desk::australia(shop(vec![])), Desk::states(shop(vec![]))] {
        let engine = desk.engine().await;
        let loaded = engine.workspace().load(&crate::bed::tenant()).unwrap();
        let (target, session) = engine.target(&loaded).unwrap();
        let chart = target.reads.chart(&session).await.unwrap();
        assert_eq!(live(&loaded.mapping, target.facts, &chart), []);
        assert_eq!(chart.organisation.period_lock, None);
        desk.company(json!({"close_date": "2026-06-30"}));
        let chart = target.reads.chart(&session).await.unwrap();
        assert_eq!(chart.organisation.period_lock, "2026-06-30".parse().ok());
    }
}

#[tokio::test]
async fn a_document_in_closed_books_is_held_before_it_is_sent() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-06-20")]));
    desk.company(json!({"close_date": "2026-06-30"}));
    let engine = desk.engine().await;
    synced(&engine).await;
    held(&engine, "1041", "period.locked", "", "").await;
    assert_eq!(desk.counts(), [0, 0, 0, 0]);
}

#[tokio::test]
async fn a_line_without_an_item_is_held() {
    let other = json!({"type": "SERVICE", "name": "Advice", "quantity": 1, "price": "10.00"});
    let order = with(order(1, 1041, "2026-07-10"), json!({"items": [other]}));
    let desk = Desk::australia(shop(vec![order]));
    let file = super::AUSTRALIA.replace("lines:", "# lines:");
    desk.bed.tenant(&file);
    let engine = desk.engine().await;
    synced(&engine).await;
    held(&engine, "1041", "item.missing", "Advice", "match.items").await;
}
