//! One contact, several documents: its change is sent once, and every document that was decided with it goes on when that ends.

use super::bed::{
    Bed, approve, begun, doc, end, file, order, shop, sync, synced, tenant, text, verified,
};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::Engine;
use serde_json::{Value, json};

/// The customer of every order gets another address, and the orders are saved once more.
fn moved_to(email: &str, orders: std::ops::RangeInclusive<u64>) -> Value {
    let saved: Vec<Value> = orders
        .map(|n| json!({"id": n.to_string(), "set": {"notes": email}}))
        .collect();
    json!({"contacts": [{"id": "7", "set": {"email_addresses": [{"field": "EMAIL1", "email": email}]}}], "orders": saved})
}

fn some(n: u64) -> Vec<Value> {
    (1..=n).map(|n| order(n, 1040 + n, "2026-07-10")).collect()
}

fn mail(bed: &Bed) -> String {
    text(&bed.contact("Jo Harbour").unwrap(), "EmailAddress")
}

async fn all(engine: &Engine, n: u64, is: DocState, code: &str) {
    for number in 1041..=1040 + n {
        let ends = end(engine, &number.to_string()).await;
        assert_eq!(ends, (is, code.to_owned()), "{number}");
    }
}

#[tokio::test]
async fn all_documents_of_a_contact_that_changed_go_on() {
    // As many as are decided at once, and more.
    for n in [2, 3, 60] {
        let (bed, engine) = begun(&[], some(n)).await;
        bed.keap_edit(moved_to("jo@new.example", 1..=n));
        synced(&engine).await;
        all(&engine, n, DocState::Verified, "").await;
        assert_eq!(mail(&bed), "jo@new.example");
        let changes = bed.transport.sent().into_iter();
        let changes =
            changes.filter(|r| r.method == http::Method::POST && r.url.contains("/Contacts"));
        assert_eq!(changes.count(), 1, "it is changed once");
    }
}

/// The ledger refuses the change: both are told, and the word on one of them ends both.
#[tokio::test]
async fn what_the_ledger_refuses_of_a_contact_is_told_of_each_and_ends_for_each() {
    let (bed, engine) = begun(&[], some(2)).await;
    let other = bed
        .person("PUT", "Contacts", json!({"Name": "Jo Quay"}))
        .await;
    let id = text(&other["Contacts"][0], "ContactID");
    let mut edit = moved_to("jo@new.example", 1..=2);
    edit["contacts"][0]["set"]["family_name"] = json!("Quay");
    bed.keap_edit(edit);
    synced(&engine).await;
    let (first, second) = (end(&engine, "1041").await, end(&engine, "1042").await);
    assert_eq!(first, second);
    assert!(
        matches!(first.0, DocState::Refused | DocState::Held),
        "{first:?}"
    );
    // The name is free again.
    bed.person(
        "POST",
        &format!("Contacts/{id}"),
        json!({"Name": "Another Quay"}),
    )
    .await;
    let row = doc(&engine, "1041").await;
    let (store, acme) = (engine.store(), tenant());
    let said = store.retry(&acme, Some(&row.key), "jo@acme.example", engine.now());
    said.await.unwrap();
    bed.minutes(5);
    synced(&engine).await;
    synced(&engine).await;
    all(&engine, 2, DocState::Verified, "").await;
    assert!(bed.contact("Jo Quay").is_some());
}

/// The change is in doubt when another document comes to need it.
#[tokio::test]
async fn one_that_comes_while_the_change_is_in_doubt_goes_on_with_it() {
    let (bed, engine) = begun(&[], some(2)).await;
    bed.fault(json!([{"system": "xero", "method": "POST", "path_contains": "Contacts", "times": 0, "fault": "drop_before"}]));
    bed.keap_edit(moved_to("jo@new.example", 1..=1));
    let _ = sync(&engine).await;
    bed.keap_edit(moved_to("jo@new.example", 2..=2));
    let _ = sync(&engine).await;
    bed.heal().await;
    for _ in 0..4 {
        bed.minutes(10);
        let _ = sync(&engine).await;
    }
    all(&engine, 2, DocState::Verified, "").await;
    assert_eq!(mail(&bed), "jo@new.example");
}

/// With approvals: whichever is approved takes the change along, and whichever is kept back leaves it to the other.
#[tokio::test]
async fn an_approval_of_either_lets_the_change_go() {
    for (first, second) in [("1041", "1042"), ("1042", "1041")] {
        let bed = Bed::new(&file(&[(
            "sync",
            "{ first_run: post, approval: manual, updates: { invoices: true, contacts: true } }",
        )]));
        bed.keap(shop(some(2)));
        let engine = bed.engine().await;
        synced(&engine).await;
        approve(&engine, "1041").await;
        approve(&engine, "1042").await;
        synced(&engine).await;
        all(&engine, 2, DocState::Verified, "").await;
        bed.minutes(30);
        bed.keap_edit(moved_to("jo@new.example", 1..=2));
        synced(&engine).await;
        all(&engine, 2, DocState::Checked, "approval.waits").await;
        // One is approved and taken back, the other is approved after that.
        approve(&engine, second).await;
        let row = doc(&engine, second).await;
        let (store, acme) = (engine.store(), tenant());
        let back = store.set_state(&acme, &row, DocState::Checked, "jo", engine.now());
        back.await.unwrap();
        approve(&engine, first).await;
        synced(&engine).await;
        verified(&engine, first).await;
        assert_eq!(mail(&bed), "jo@new.example");
        verified(&engine, second).await;
    }
}

/// One goes back to the address of before while the other still has the new one: whoever wants the change has it.
#[tokio::test]
async fn one_that_wants_the_change_no_more_leaves_it_to_the_other() {
    let bed = Bed::new(&file(&[(
        "sync",
        "{ first_run: post, approval: manual, updates: { invoices: true, contacts: true } }",
    )]));
    bed.keap(shop(some(2)));
    let engine = bed.engine().await;
    synced(&engine).await;
    approve(&engine, "1041").await;
    approve(&engine, "1042").await;
    synced(&engine).await;
    bed.minutes(30);
    bed.keap_edit(moved_to("jo@new.example", 1..=2));
    synced(&engine).await;
    // The one that has it in the journal is left out for good.
    let skip = crossfoot::service::desk::settle::WordAsk::document(
        "1042",
        "kept as it is",
        "jo@acme.example",
    );
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let said = crossfoot::service::desk::settle::skip(&engine, &loaded, skip).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    synced(&engine).await;
    approve(&engine, "1041").await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(mail(&bed), "jo@new.example");
    assert_eq!(doc(&engine, "1042").await.state, DocState::Skipped);
}

/// Two documents that are posted, and whose contact has changed since; each change waits for a word.
async fn both_wait() -> (Bed, Engine) {
    let bed = Bed::new(&file(&[(
        "sync",
        "{ first_run: post, approval: manual, updates: { invoices: true, contacts: true } }",
    )]));
    bed.keap(shop(some(2)));
    let engine = bed.engine().await;
    synced(&engine).await;
    approve(&engine, "1041").await;
    approve(&engine, "1042").await;
    synced(&engine).await;
    all(&engine, 2, DocState::Verified, "").await;
    bed.minutes(30);
    bed.keap_edit(moved_to("jo@new.example", 1..=2));
    synced(&engine).await;
    all(&engine, 2, DocState::Checked, "approval.waits").await;
    (bed, engine)
}

/// Whichever of the two has the change in the journal: it goes by no word that was taken back, and by the other's all the same.
#[tokio::test]
async fn the_change_does_not_go_by_an_approval_that_was_taken_back() {
    for (number, other, skips) in [
        ("1041", "1042", false),
        ("1042", "1041", false),
        ("1041", "1042", true),
        ("1042", "1041", true),
    ] {
        let (bed, engine) = both_wait().await;
        let before = mail(&bed);
        approve(&engine, number).await;
        if skips {
            let why = "kept as it is";
            let skip = crossfoot::service::desk::settle::WordAsk::document(number, why, "jo");
            let loaded = engine.workspace().load(&tenant()).unwrap();
            let said = crossfoot::service::desk::settle::skip(&engine, &loaded, skip).await;
            said.unwrap_or_else(|e| panic!("{}", e.what));
        } else {
            let row = doc(&engine, number).await;
            let (store, acme) = (engine.store(), tenant());
            let back = store.set_state(&acme, &row, DocState::Checked, "jo", engine.now());
            back.await.unwrap();
            // It is listed among what waits at once.
            let waits = (DocState::Checked, "approval.waits".to_owned());
            assert_eq!(end(&engine, number).await, waits);
        }
        for _ in 0..2 {
            synced(&engine).await;
            bed.minutes(10);
        }
        assert_eq!(mail(&bed), before, "{number}, skipped: {skips}");
        approve(&engine, other).await;
        synced(&engine).await;
        verified(&engine, other).await;
        assert_eq!(mail(&bed), "jo@new.example", "{number}, skipped: {skips}");
    }
}

/// Nor by one that was about what the source has changed since.
#[tokio::test]
async fn the_change_does_not_go_by_an_approval_of_what_was_there_before() {
    for number in ["1041", "1042"] {
        let (bed, engine) = both_wait().await;
        let before = mail(&bed);
        approve(&engine, number).await;
        bed.minutes(30);
        bed.keap_edit(moved_to("jo@newer.example", 1..=2));
        synced(&engine).await;
        all(&engine, 2, DocState::Checked, "approval.waits").await;
        assert_eq!(mail(&bed), before, "{number}");
        approve(&engine, number).await;
        synced(&engine).await;
        verified(&engine, number).await;
        assert_eq!(mail(&bed), "jo@newer.example", "{number}");
    }
}

/// A reproducible stream of numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    }
}

/// Edits, lost answers, approvals given and taken back, deaths: after every run that ended clean no document is on its way with nothing
/// that goes, and at the end each is verified and the ledger has the last address.
async fn storm(seed: u64) {
    let mut dice = Dice(seed);
    let approval = ["automatic", "manual"][usize::try_from(seed % 2).unwrap()];
    let word = format!(
        "{{ first_run: post, approval: {approval}, updates: {{ invoices: true, contacts: true }} }}"
    );
    let bed = Bed::new(&file(&[("sync", &word)]));
    bed.keap(shop(some(3)));
    let mut engine = bed.engine().await;
    let acme = tenant();
    let mut last = String::new();
    let numbers = ["1041", "1042", "1043"];
    for step in 0..14_u64 {
        let number = numbers[usize::try_from(dice.next(3)).unwrap()];
        match dice.next(6) {
            0 | 1 => {
                last = format!("jo{step}@new.example");
                bed.keap_edit(moved_to(&last, 1..=3));
            }
            2 => {
                let fault = ["drop_before", "drop_after"][usize::try_from(dice.next(2)).unwrap()];
                bed.fault(json!([{"system": "xero", "method": "POST", "path_contains": "Contacts", "times": dice.next(3) + 1, "fault": fault}]));
            }
            3 => {
                drop(engine);
                engine = bed.engine().await;
            }
            4 => approve_if(&engine, number).await,
            _ => {
                if let Some(row) = engine.store().document(&acme, number).await.unwrap()
                    && row.state == DocState::Approved
                {
                    let said = engine.store().set_state(
                        &acme,
                        &row,
                        DocState::Checked,
                        "jo",
                        engine.now(),
                    );
                    said.await.unwrap();
                }
            }
        }
        bed.minutes(i64::try_from(dice.next(12)).unwrap());
        let _ = sync(&engine).await;
    }
    bed.heal().await;
    for _ in 0..12 {
        for number in numbers {
            approve_if(&engine, number).await;
        }
        bed.minutes(10);
        let _ = sync(&engine).await;
    }
    for number in numbers {
        assert_eq!(
            end(&engine, number).await,
            (DocState::Verified, String::new()),
            "seed {seed}: {number}"
        );
    }
    if !last.is_empty() {
        assert_eq!(mail(&bed), last, "seed {seed}");
    }
}

async fn approve_if(engine: &Engine, number: &str) {
    let row = engine.store().document(&tenant(), number).await.unwrap();
    if row.is_some_and(|r| r.state == DocState::Checked) {
        approve(engine, number).await;
    }
}

#[tokio::test]
async fn no_storm_forgets_a_document_that_shares_its_contact() {
    let first = crate::simulation::from_env("CROSSFOOT_SHARED_FIRST", 0);
    let seeds = crate::simulation::from_env("CROSSFOOT_SHARED_SEEDS", 6);
    for seed in first..first + seeds {
        storm(seed).await;
    }
}
