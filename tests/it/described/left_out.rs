//! A record that cannot be read is left out by the words that are printed of it, and waits again once the source changes it.

use super::invoice;
use super::story::{bed_with, engine};
use crate::bed::{Bed, sync, tenant};
use crossfoot::service::desk::errors::{TenantErrors, errors};
use crossfoot::service::desk::retry::retry;
use crossfoot::service::desk::settle::{WordAsk, skip};
use crossfoot::service::desk::word::Which;
use crossfoot::service::{Engine, Workspace};
use serde_json::{Value, json};

const TENANT: &str = super::story::TENANT;

async fn told(engine: &Engine) -> TenantErrors {
    let answer = errors(engine, vec![tenant()]).await.unwrap();
    answer.tenants.into_iter().next().unwrap()
}

async fn leave(bed: &Bed, engine: &Engine, name: &str) {
    let workspace = Workspace::open(bed.folder.path()).unwrap();
    let loaded = workspace.load(&tenant()).unwrap();
    let ask = WordAsk::document(name, "a test order", "jo");
    let left = skip(engine, &loaded, ask).await.unwrap();
    assert!(!left.document && left.answer.unread == ["b3"]);
}

fn broken(total: &str, updated: &str) -> Value {
    let mut one = invoice(3, updated);
    one["total"] = json!(total);
    one
}

#[tokio::test]
async fn an_unreadable_record_is_left_out_by_the_printed_words_until_it_is_changed_there() {
    let bed = bed_with(super::PLAIN, TENANT, "wren: { system: bookwright }\n");
    let enter = |one: Value| {
        let seed = json!({ "invoices": [one] });
        bed.plane.seed("bookwright", seed).unwrap();
    };
    enter(broken("a lot", "2026-07-03T00:00:00Z"));
    let engine = engine(&bed).await;
    sync(&engine).await.unwrap();
    let all = told(&engine).await;
    let [bad] = all.unreadable.as_slice() else {
        panic!("{all:#?}");
    };
    // Its number is told beside its id, and the cure holds the word.
    assert_eq!((bad.at.as_str(), bad.number.as_str()), ("b3", "BW-003"));
    assert!(
        bad.fix
            .contains("`crossfoot skip acme BW-003 --why \"...\"`"),
        "{}",
        bad.fix
    );
    // By the number, as it is printed; and taken back, by the id.
    leave(&bed, &engine, "BW-003").await;
    assert!(told(&engine).await.unreadable.is_empty());
    let names = ["b3".to_owned()];
    let back = retry(&engine, &tenant(), Which::Numbers(&names), "jo").await;
    assert_eq!(back.unwrap().done, names);
    assert_eq!(told(&engine).await.unreadable.len(), 1);
    leave(&bed, &engine, "b3").await;
    // What comes again as it was says nothing new.
    bed.clock.advance(chrono::Duration::days(1));
    sync(&engine).await.unwrap();
    let all = told(&engine).await;
    assert!(all.unreadable.is_empty() && all.held.unreadable == 0);
    // Another word there, and it waits again.
    enter(broken("a bit", "2026-07-16T00:00:00Z"));
    bed.clock.advance(chrono::Duration::days(1));
    sync(&engine).await.unwrap();
    assert_eq!(told(&engine).await.unreadable.len(), 1);
}
