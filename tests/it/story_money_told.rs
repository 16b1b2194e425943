//! What is told of money and of approvals so that each word ends what it says: by kinds of cures, by whose a paper is, by what waits.

use super::bed::{
    Bed, approve, begun, doc, end, file, gst, hire, order, paid, shop, synced, tenant, with,
};
use crossfoot::model::{DocState, TenantId, WriteState};
use crossfoot::pipeline::ports::{Runs as _, TenantSwitch, Written as _};
use crossfoot::service::desk::errors::errors;
use crossfoot::service::desk::settle::{WordAsk, look, settle, skip};
use crossfoot::service::desk::status::status;
use crossfoot::service::{Engine, NotDone, SyncAsk};
use serde_json::{Value, json};

const WHO: &str = "jo@acme.example";
const MANUAL: (&str, &str) = ("sync", "{ first_run: post, approval: manual }");

fn money(id: &str, sum: &str) -> Value {
    with(paid(sum, "2026-07-12"), json!({"id": id}))
}

async fn enters(bed: &Bed, number: &str, sum: &str) {
    let body = json!({"Invoice": {"InvoiceNumber": number}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": sum});
    bed.person("PUT", "Payments", body).await;
}

async fn next(engine: &Engine) -> String {
    let told = status(engine, vec![tenant()]).await;
    told.unwrap_or_else(|e| panic!("{}", e.what)).tenants[0]
        .next
        .to_string()
}

async fn skips(engine: &Engine, number: &str) {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let said = skip(
        engine,
        &loaded,
        WordAsk::document(number, "left to us", WHO),
    );
    said.await.unwrap_or_else(|e| panic!("{}", e.what));
}

async fn settles(engine: &Engine, ask: WordAsk<'_>) -> Result<(), NotDone> {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let looked = look(engine, &loaded, ask).await?;
    settle(engine, ask, looked).await.map(|_| ())
}

/// Two documents of one code, of which one has room for ours beside what is there and the other has none.
#[tokio::test]
async fn documents_of_one_cause_and_two_kinds_of_cures_are_told_with_both() {
    let orders = vec![order(1, 1041, "2026-07-10"), order(2, 1042, "2026-07-10")];
    let (bed, engine) = begun(&[], orders).await;
    enters(&bed, "1041", "40.00").await;
    enters(&bed, "1042", "110.00").await;
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [
        {"id": "1", "add_payments": [money("80", "40.00")]},
        {"id": "2", "add_payments": [money("81", "110.00")]}]}));
    synced(&engine).await;
    let told = errors(&engine, vec![tenant()]).await;
    let told = told.unwrap_or_else(|e| panic!("{}", e.what));
    let causes = &told.tenants[0].causes;
    let other: Vec<&str> = (causes.iter().filter(|c| c.code == "payment.other"))
        .map(|c| c.fix.as_str())
        .collect();
    assert_eq!(other.len(), 2, "{causes:#?}");
    let with = |word: &str| other.iter().filter(|f| f.contains(word)).count();
    assert_eq!(
        (
            with("crossfoot send acme 1041"),
            with("crossfoot retry acme 1042")
        ),
        (1, 1),
        "{other:#?}"
    );
}

/// Two businesses keep one set of books: what stands there for a document of the one is not settled with by the other.
#[tokio::test]
async fn a_paper_that_another_tenant_is_linked_with_is_not_settled_with() {
    let held = [("accounts", "[{ else: hold }]")];
    let bed = Bed::new(&file(&held));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let birch = TenantId::new("birch").unwrap();
    std::fs::write(
        bed.folder.path().join("mappings/birch.yaml"),
        file(&[("tenant", "birch")]),
    )
    .unwrap();
    let engine = bed.engine().await;
    let on = TenantSwitch::Processing(true);
    let on = engine.store().switch(&birch, &on, "test", bed.now());
    on.await.unwrap();
    synced(&engine).await;
    let loaded = engine.workspace().load(&birch).unwrap();
    let ask = SyncAsk {
        trigger: "sync".into(),
        ..SyncAsk::default()
    };
    engine.sync(&loaded, &ask, &|_| {}).await.unwrap();
    assert_eq!(bed.invoices(), 1);
    bed.minutes(10);
    let ask = WordAsk::document("1041", "it is this one", WHO);
    let refused = settles(&engine, ask).await.expect_err("refused");
    assert!(
        refused.what.contains("1041 of tenant birch"),
        "{}",
        refused.what
    );
    assert!(refused.fix.contains("unlink birch 1041"), "{}", refused.fix);
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
}

/// What was approved and is settled by hand before it goes is not approved any more, nor is what is left out.
#[tokio::test]
async fn a_word_that_keeps_a_document_back_takes_its_approval_back() {
    for by_settling in [true, false] {
        let bed = Bed::new(&file(&[MANUAL]));
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = bed.engine().await;
        synced(&engine).await;
        approve(&engine, "1041").await;
        match by_settling {
            true => {
                let ask = WordAsk {
                    unseen: true,
                    ..WordAsk::document("1041", "in another book", WHO)
                };
                settles(&engine, ask).await.unwrap();
            }
            false => skips(&engine, "1041").await,
        }
        let row = doc(&engine, "1041").await;
        assert!(
            !matches!(row.state, DocState::Approved | DocState::Checked) && row.approved.is_none(),
            "{by_settling}: {row:#?}"
        );
        let writes = engine.store().writes(&tenant(), &row.key).await.unwrap();
        assert!(writes.iter().all(|w| w.state != WriteState::Ready));
        synced(&engine).await;
        assert_eq!(bed.invoices(), 0);
        let ends = if by_settling {
            DocState::Settled
        } else {
            DocState::Skipped
        };
        assert_eq!(doc(&engine, "1041").await.state, ends);
    }
}

/// What waits for an approval of its own and is left out waits no more: new, changed, or paid.
#[tokio::test]
async fn what_is_left_out_does_not_go_on_waiting_for_an_approval() {
    for case in ["new", "changed", "paid"] {
        let bed = Bed::new(&file(&[MANUAL]));
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = bed.engine().await;
        synced(&engine).await;
        if case != "new" {
            approve(&engine, "1041").await;
            synced(&engine).await;
            bed.minutes(10);
            let change = match case {
                "changed" => json!({"id": "1", "items": [hire("2"), gst("20.00")]}),
                _ => json!({"id": "1", "add_payments": [money("80", "40.00")]}),
            };
            bed.keap_edit(json!({ "orders": [change] }));
            synced(&engine).await;
        }
        assert_eq!(
            end(&engine, "1041").await,
            (DocState::Checked, "approval.waits".to_owned()),
            "{case}"
        );
        skips(&engine, "1041").await;
        for _ in 0..2 {
            assert_eq!(
                doc(&engine, "1041").await.state,
                DocState::Skipped,
                "{case}"
            );
            synced(&engine).await;
            bed.minutes(31);
        }
        assert_eq!(bed.payments(), 0, "{case}");
    }
}

/// What comes next is the command that helps.
#[tokio::test]
async fn what_waits_for_approval_is_approved_and_what_waits_for_the_first_review_is_released() {
    for (sync, helps) in [
        (
            "{ first_run: post, approval: manual }",
            "crossfoot approve acme --all",
        ),
        (
            "{ first_run: review, approval: manual }",
            "crossfoot approve acme --all",
        ),
        ("{ first_run: review }", "crossfoot release acme"),
    ] {
        let bed = Bed::new(&file(&[("sync", sync)]));
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = bed.engine().await;
        synced(&engine).await;
        let next = next(&engine).await;
        assert!(next.contains(helps), "{sync}: {next}");
    }
}
