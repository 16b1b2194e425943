//! Cures that end: what is told by them is over once it is done, and what they name helps.

use super::bed::{Bed, begun, doc, end, file, order, shop, synced, tenant, text};
use super::story_put_back::{keep, older};
use crossfoot::model::{Became, Counts, DocState, Kind};
use crossfoot::service::Engine;
use crossfoot::service::desk::errors::errors;
use crossfoot::service::desk::settle::{WordAsk, skip};
use crossfoot::service::desk::status::status;
use serde_json::json;

const WHO: &str = "jo@acme.example";

async fn waits(engine: &Engine) -> usize {
    let told = errors(engine, vec![tenant()]).await;
    let told = told.unwrap_or_else(|e| panic!("{}", e.what));
    told.tenants[0].drifts.len()
}

/// Deleted at the source, and voided in the ledger as the cure says: both books agree, and nothing is told any more.
#[tokio::test]
async fn what_was_deleted_at_the_source_and_voided_in_the_ledger_is_over() {
    let orders = vec![order(1, 1041, "2026-07-10"), order(2, 1042, "2026-07-11")];
    let (bed, engine) = begun(&[], orders).await;
    bed.deletes_order("1").await;
    bed.minutes(31);
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.1, "source.deleted");
    assert_eq!(waits(&engine).await, 1);
    let path = bed.path_of("1041");
    bed.person("POST", &path, json!({"Status": "VOIDED"})).await;
    bed.minutes(31);
    synced(&engine).await;
    assert_eq!(doc(&engine, "1041").await.state, DocState::Skipped);
    assert_eq!(waits(&engine).await, 0);
    let told = status(&engine, vec![tenant()]).await;
    assert_eq!(
        told.unwrap_or_else(|e| panic!("{}", e.what)).tenants[0].drifts,
        0
    );
}

/// A word may be the first that is said of a document: it is read for that, and nothing of it goes before the word counts.
#[tokio::test]
async fn a_document_that_was_never_read_is_left_out_by_its_number() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let done = skip(
        &engine,
        &loaded,
        WordAsk::document("1041", "entered by hand", WHO),
    )
    .await;
    done.unwrap_or_else(|e| panic!("{} {}", e.what, e.fix));
    synced(&engine).await;
    assert_eq!(doc(&engine, "1041").await.state, DocState::Skipped);
    assert_eq!(bed.invoices(), 0);
    // What the source does not have is told so, and with a word that helps.
    let none = skip(&engine, &loaded, WordAsk::document("999", "no such", WHO)).await;
    let none = none.unwrap_err();
    assert!(
        none.what.contains("999") && none.fix.contains("crossfoot sync acme"),
        "{} {}",
        none.what,
        none.fix
    );
    assert!(!none.fix.contains("explain"), "{}", none.fix);
}

/// An older backup was put back: what stands there already is told as found, and not as created.
#[tokio::test]
async fn what_was_only_found_is_not_told_as_created() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    let kept = keep(&bed, engine).await;
    let engine = bed.engine().await;
    synced(&engine).await;
    assert!(!text(&bed.invoice("1041").unwrap(), "InvoiceID").is_empty());
    older(&bed, engine, &kept).await;
    let engine = bed.engine().await;
    let mut all = Counts::default();
    for _ in 0..4 {
        bed.minutes(20);
        let done = synced(&engine).await;
        for (kind, became, n) in done.run.counts.iter() {
            all.add(kind, became, n);
        }
    }
    assert_eq!(bed.invoices(), 1);
    assert_eq!(all.of(Kind::Invoice, Became::Created), 0, "{all:?}");
    assert_eq!(all.of(Kind::Invoice, Became::Found), 1, "{all:?}");
}
