//! A document that a person settled by hand with an entry that nobody sees, and the money of it that comes in later.

use super::bed::{Bed, carried, doc, end, file, held, order, paid, shop, synced, tenant, with};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{WordAsk, look, settle};
use serde_json::{Value, json};

const WHY: &str = "it is in the old books";
const WHO: &str = "jo@acme.example";
const MANUAL: (&str, &str) = ("sync", "{ first_run: post, approval: manual }");

fn payment(id: &str, amount: &str, day: &str) -> Value {
    with(paid(amount, day), json!({"id": id}))
}

async fn vouch(engine: &Engine, ask: WordAsk<'_>) {
    let ask = WordAsk {
        unseen: true,
        ..ask
    };
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let looked = look(engine, &loaded, ask).await;
    let looked = looked.unwrap_or_else(|e| panic!("{}", e.what));
    let said = settle(engine, ask, looked).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    carried(engine, ask.number).await;
}

/// Its payments: the source's number of each, and where it stands.
async fn payments(engine: &Engine) -> Vec<(String, String)> {
    let row = doc(engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let own = |id: &str| id.split('-').next().unwrap_or_default().to_owned();
    let all = note.unwrap().payments.into_iter();
    all.map(|p| (own(&p.id), p.state)).collect()
}

async fn settled_unseen() -> (Bed, Engine) {
    let bed = Bed::new(&file(&[MANUAL]));
    let first = json!({"payments": [payment("80", "50.00", "2026-07-12")]});
    bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), first)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    vouch(&engine, WordAsk::document("1041", WHY, WHO)).await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Settled);
    (bed, engine)
}

#[tokio::test]
async fn money_that_comes_in_after_a_document_was_settled_unseen_is_told_until_it_has_its_word() {
    let (bed, engine) = settled_unseen().await;
    let told = |id: &str, state: &str| (id.to_owned(), state.to_owned());
    assert_eq!(payments(&engine).await, [told("80", "settled")]);
    bed.minutes(30);
    bed.keap_edit(
        json!({"orders": [{"id": "1", "add_payments": [payment("90", "60.00", "2026-07-14")]}]}),
    );
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "settled.payment",
        "60.00 came in after",
        "--unseen",
    )
    .await;
    let all = [told("80", "settled"), told("90", "held")];
    assert_eq!(payments(&engine).await, all);
    let row = doc(&engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    let id = note.unwrap().payments.pop().unwrap().id;
    vouch(&engine, WordAsk::payment("1041", &id, WHY, WHO)).await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Settled);
    let all = [told("80", "settled"), told("90", "settled")];
    assert_eq!(payments(&engine).await, all);
    assert_eq!((bed.invoices(), bed.payments()), (0, 0));
}

#[tokio::test]
async fn a_zone_that_is_put_right_is_no_change_of_what_was_settled() {
    let bed = Bed::new(&file(&[MANUAL]));
    let early = json!({"order_time": "2026-07-09T20:00:00Z"});
    bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), early)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    vouch(&engine, WordAsk::document("1041", WHY, WHO)).await;
    drop(engine);
    bed.setting("keap", "zone", "Europe/London");
    let engine = bed.engine().await;
    bed.minutes(60);
    carried(&engine, "1041").await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Settled);
    assert_eq!(
        doc(&engine, "1041").await.date.unwrap().to_string(),
        "2026-07-09"
    );
}
