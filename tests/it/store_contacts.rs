//! Many contacts with one e-mail address hide neither the one a customer is linked with nor the one that has its
//! name; and what cannot be told apart is held, not chosen and not made a second time.

use super::bed::{Bed, file, held, order, shop, synced, text, verified};
use crossfoot::model::{LedgerContact, TenantId};
use crossfoot::pipeline::ports::{Books as _, MAX_CANDIDATES};
use crossfoot::store::Store;
use serde_json::{Value, json};

const SHARED: &str = "jo@harbour.example";

fn contact(id: &str, name: &str, email: &str) -> LedgerContact {
    LedgerContact {
        id: id.into(),
        name: name.into(),
        email: email.into(),
        number: format!("n-{id}"),
        ..LedgerContact::default()
    }
}

async fn mirror_with(sharing: usize) -> (Store, TenantId) {
    let store = Store::memory().await.unwrap();
    let tenant = TenantId::new("acme").unwrap();
    let mut all: Vec<_> = (0..sharing)
        .map(|n| contact(&format!("a{n:04}"), &format!("Person {n}"), SHARED))
        .collect();
    all.push(contact("z-linked", "Other Name", "other@x.example"));
    all.push(contact("z-named", "Jo  HARBOUR", ""));
    store.mirror(&tenant, &all, None).await.unwrap();
    (store, tenant)
}

#[tokio::test]
async fn each_key_is_looked_up_by_itself() {
    let (store, tenant) = mirror_with(3 * MAX_CANDIDATES).await;
    let found = store
        .mirror_find(&tenant, "z-linked", "jo harbour", SHARED, "n-a0299")
        .await
        .unwrap();
    let has = |id: &str| found.contacts.iter().any(|c| c.id == id);
    assert!(has("z-linked") && has("z-named") && has("a0299"));
    assert!(found.cut.has_email(SHARED) && found.cut.names.is_empty());
    assert_eq!(found.contacts.len(), MAX_CANDIDATES + 3);
    assert!(found.contacts.windows(2).all(|w| w[0].id < w[1].id));
}

#[tokio::test]
async fn as_many_as_fit_are_not_cut() {
    let (store, tenant) = mirror_with(MAX_CANDIDATES).await;
    let found = store.mirror_find(&tenant, "", "", SHARED, "").await;
    let found = found.unwrap();
    assert_eq!(
        (found.contacts.len(), found.cut.is_empty()),
        (MAX_CANDIDATES, true)
    );
    let none = store.mirror_find(&tenant, "", "", "", "").await.unwrap();
    assert!(none.contacts.is_empty(), "nothing equals nothing");
}

/// A ledger in which three hundred contacts have the customer's address, and one has its name.
async fn crowded(matching: &str) -> (Bed, crossfoot::service::Engine) {
    let bed = Bed::new(&file(&[("match", matching)]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let mut all: Vec<Value> = (0..300)
        .map(|n| json!({"Name": format!("Tenant {n}"), "EmailAddress": SHARED}))
        .collect();
    all.insert(150, json!({"Name": "Jo Harbour"}));
    bed.xero(json!({"contacts": all}));
    let engine = bed.engine().await;
    (bed, engine)
}

#[tokio::test]
async fn the_contact_of_the_name_is_used_however_many_share_the_address() {
    let (bed, engine) = crowded("{ contacts: { by: [link, name] } }").await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.contacts(), 301, "no second one was made");
    let contact = bed.invoice("1041").unwrap()["Contact"].clone();
    assert_eq!(text(&contact, "Name"), "Jo Harbour");
}

#[tokio::test]
async fn where_too_many_answer_a_person_decides() {
    let (bed, engine) = crowded("{ contacts: { by: [link, email] } }").await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "contact.too_many",
        "the e-mail address jo@harbour.example",
        "match.contacts.by",
    )
    .await;
    assert_eq!((bed.contacts(), bed.invoices()), (301, 0));
}

#[tokio::test]
async fn and_a_rule_is_not_shown_a_part_for_the_whole() {
    let (bed, engine) = crowded("{ contacts: { by: [link, name] } }").await;
    drop(engine);
    bed.rule(
        "choose.rhai",
        "fn match_contact(contact, found) { create() }\n",
    );
    bed.tenant(&format!("{}rules: [rules/choose.rhai]\n", file(&[])));
    let engine = bed.engine().await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "contact.too_many",
        "than a rule can be shown",
        "a value of its own",
    )
    .await;
    assert_eq!((bed.contacts(), bed.invoices()), (301, 0));
}
