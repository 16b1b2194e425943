//! A person puts a payment of ours to another paper: it is told where it was taken off, and where it landed.

use super::Desk;
use crate::bed::{
    doc, end, held, order, paid, retried, shop, sync, synced, tenant, verified, with,
};
use crossfoot::service::desk::errors::errors;
use serde_json::{Value, json};

/// An order with some payments, each by its id.
fn ordered(id: u64, number: u64, all: &[(&str, &str)]) -> Value {
    let all: Vec<Value> = (all.iter())
        .map(|(id, sum)| with(paid(sum, "2026-07-11"), json!({"id": id})))
        .collect();
    with(order(id, number, "2026-07-10"), json!({ "payments": all }))
}

fn invoice(desk: &Desk, number: &str) -> Value {
    let all = desk.rows("Invoice").into_iter();
    let mut all = all.filter(|i| i["DocNumber"] == json!(number));
    all.next().unwrap_or_else(|| panic!("no {number}"))
}

#[tokio::test]
async fn the_paper_on_which_a_payment_of_ours_landed_is_told_with_both_balances() {
    for own in [&[][..], &[("90", "30.00")]] {
        let desk = Desk::australia(shop(vec![
            ordered(1, 1041, &[("81", "50.00")]),
            ordered(2, 1042, own),
        ]));
        let engine = desk.engine().await;
        synced(&engine).await;
        verified(&engine, "1042").await;
        let first = desk.rows("Payment").into_iter();
        let mut first = first.filter(|p| p["TotalAmt"].to_string().starts_with("50"));
        let first = first.next().expect("a payment of 50");
        let put = |to: &str| {
            let id = invoice(&desk, to)["Id"].clone();
            let lines = json!([{"Amount": 50, "LinkedTxn": [{"TxnId": id, "TxnType": "Invoice"}]}]);
            desk.person(json!({"update": {"Payment": {"Id": first["Id"], "Line": lines}}}));
        };
        put("1042");
        desk.bed.minutes(60 * 7);
        let _ = sync(&engine).await;
        held(&engine, "1041", "payment.unapplied", "on 1042", "put it to").await;
        held(
            &engine,
            "1042",
            "ledger.balance",
            "50.00",
            "take it off 1042",
        )
        .await;
        let why = doc(&engine, "1042").await.reason.unwrap().what;
        assert!(why.contains("of another document"), "{why}");
        // As printed: put back, the next look ends both, and nothing is told any more.
        put("1041");
        desk.bed.minutes(60 * 7);
        let _ = sync(&engine).await;
        verified(&engine, "1042").await;
        retried(&engine).await;
        verified(&engine, "1041").await;
        let told = errors(&engine, vec![tenant()]).await;
        let told = told.unwrap_or_else(|e| panic!("{}", e.what));
        assert!(told.none(), "{:#?} {:?}", told, end(&engine, "1041").await);
    }
}
