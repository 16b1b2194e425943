//! What was voided or deleted there is a state of its own: a paper revives by `unlink` alone, a payment by `send --payment`.

use super::Desk;
use crate::bed::{
    amount, dec, end, held, order, paid, retried, shop, sync, synced, tenant, verified, with,
};
use crossfoot::model::DocState;
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{self, WordAsk};
use crossfoot::service::desk::unlink::{UnlinkWhat, unlink};
use serde_json::json;

const WHO: &str = "jo@acme.example";

/// Some days of runs, in which the source tells something new of the order.
async fn days(desk: &Desk, engine: &Engine) {
    for day in 0..3 {
        desk.bed.minutes(60 * 24);
        let title = json!({"orders": [{"id": "1", "set": {"title": format!("Hire, day {day}")}}]});
        desk.bed.keap_edit(title);
        let _ = sync(engine).await;
    }
}

#[tokio::test]
async fn a_paper_revives_by_unlink_alone() {
    for verb in ["void", "delete"] {
        let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = desk.engine().await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        let id = desk.only("Invoice")["Id"].clone();
        desk.person(json!({verb: {"Invoice": {"Id": id}}}));
        days(&desk, &engine).await;
        retried(&engine).await;
        let (state, code) = end(&engine, "1041").await;
        assert_eq!(state, DocState::Held, "{verb}: {code}");
        let open = |d: &Desk| {
            let all = d.rows("Invoice");
            all.iter()
                .filter(|i| !dec(&i["TotalAmt"]).is_zero())
                .count()
        };
        assert_eq!(
            open(&desk),
            0,
            "{verb}: nothing revives by itself, nor by retry"
        );
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let said = unlink(&engine, &loaded, "1041", UnlinkWhat::Document, WHO).await;
        assert!(said.is_ok(), "{verb}");
        desk.bed.minutes(10);
        let _ = sync(&engine).await;
        if verb == "void" {
            // The number is on the void paper: a person gives that another one.
            let id = desk.rows("Invoice")[0]["Id"].clone();
            desk.person(json!({"update": {"Invoice": {"Id": id, "DocNumber": "1041-void"}}}));
            desk.bed.minutes(10);
            retried(&engine).await;
        }
        assert_eq!(open(&desk), 1, "{verb}: {:?}", end(&engine, "1041").await);
    }
}

#[tokio::test]
async fn a_payment_revives_by_send_alone() {
    for verb in ["void", "delete"] {
        let order = with(
            order(1, 1041, "2026-07-10"),
            json!({"payments": [with(paid("50.00", "2026-07-11"), json!({"id": "80"}))]}),
        );
        let desk = Desk::australia(shop(vec![order]));
        let engine = desk.engine().await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        let id = desk.only("Payment")["Id"].clone();
        desk.person(json!({verb: {"Payment": {"Id": id}}}));
        days(&desk, &engine).await;
        retried(&engine).await;
        let balance = |d: &Desk| dec(&d.only("Invoice")["Balance"]);
        assert_eq!(
            balance(&desk),
            amount("110"),
            "{verb}: nothing is paid again"
        );
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let ask = WordAsk::payment("1041", "80-1", "taken out by mistake", WHO);
        let said = settle::send(&engine, &loaded, ask).await;
        said.unwrap_or_else(|e| panic!("{verb}: {}", e.what));
        crate::bed::carried(&engine, "1041").await;
        assert_eq!(
            balance(&desk),
            amount("60"),
            "{verb}: {:?}",
            end(&engine, "1041").await
        );
    }
}

/// Taken off its invoice, or put to another, a payment is not deleted: made anew it would be there twice.
#[tokio::test]
async fn a_payment_that_is_only_taken_off_is_not_made_anew() {
    for elsewhere in [false, true] {
        let first = with(
            order(1, 1041, "2026-07-10"),
            json!({"payments": [with(paid("50.00", "2026-07-11"), json!({"id": "80"}))]}),
        );
        let desk = Desk::australia(shop(vec![first, order(2, 1042, "2026-07-10")]));
        let engine = desk.engine().await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        let id = desk.only("Payment")["Id"].clone();
        let mut other = desk.rows("Invoice").into_iter();
        let other = other.rfind(|i| i["DocNumber"] == json!("1042"));
        let on = json!({"Amount": 50, "LinkedTxn": [{"TxnId": other.unwrap()["Id"], "TxnType": "Invoice"}]});
        let lines = if elsewhere { json!([on]) } else { json!([]) };
        desk.person(json!({"update": {"Payment": {"Id": id, "Line": lines}}}));
        days(&desk, &engine).await;
        let send = async || {
            let loaded = engine.workspace().load(&tenant()).unwrap();
            let ask = WordAsk::payment("1041", "80-1", "taken out by mistake", WHO);
            let said = settle::send(&engine, &loaded, ask).await;
            said.unwrap_or_else(|e| panic!("{}", e.what));
            crate::bed::carried(&engine, "1041").await;
        };
        send().await;
        held(
            &engine,
            "1041",
            "payment.unapplied",
            "still stands in the ledger",
            "delete it there",
        )
        .await;
        assert_eq!(desk.rows("Payment").len(), 1, "nothing is made beside it");
        // The cure: deleted there, the word has it made anew, once.
        desk.person(json!({"delete": {"Payment": {"Id": id}}}));
        send().await;
        assert_eq!(
            desk.rows("Payment").len(),
            1,
            "{:?}",
            end(&engine, "1041").await
        );
        let mut mine = desk.rows("Invoice").into_iter();
        let mine = mine.rfind(|i| i["DocNumber"] == json!("1041"));
        assert_eq!(dec(&mine.unwrap()["Balance"]), amount("60"));
    }
}
