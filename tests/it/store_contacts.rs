//! Many contacts with one e-mail address hide neither the one a customer is linked with nor the one that has its
//! name; and what cannot be told apart is held, not chosen and not made a second time.

use super::bed::{Bed, doc, file, held, order, shop, synced, tenant, text, verified, with};
use crossfoot::model::{LedgerContact, TenantId};
use crossfoot::pipeline::ports::{
    ContactKeys, Documents as _, MAX_CANDIDATES, Mirror as _, Runs as _,
};
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
        .mirror_find(
            &tenant,
            ContactKeys {
                id: "z-linked",
                name: "jo harbour",
                email: SHARED,
                number: "n-a0299",
                ..ContactKeys::default()
            },
        )
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
    let shared = ContactKeys {
        email: SHARED,
        ..ContactKeys::default()
    };
    let found = store.mirror_find(&tenant, shared).await;
    let found = found.unwrap();
    assert_eq!(
        (found.contacts.len(), found.cut.is_empty()),
        (MAX_CANDIDATES, true)
    );
    let none = store.mirror_find(&tenant, ContactKeys::default()).await;
    let none = none.unwrap();
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

/// A customer of the ledger with the number of ours, under another name and address.
async fn same_number(unique: &str, orders: Vec<Value>) -> (Bed, crossfoot::service::Engine) {
    let unique = format!("{{ unique: {unique} }}");
    let bed = Bed::new(&file(&[("contacts", &unique)]));
    let mut data = shop(orders);
    data["contacts"][0]["phone_numbers"] = json!([{"field": "PHONE1", "number": "(02) 9999 1111"}]);
    bed.keap(data);
    bed.xero(
        json!({"contacts": [{"Name": "Harbour Tugs", "EmailAddress": "tugs@x.example",
        "Phones": [{"PhoneType": "DEFAULT", "PhoneAreaCode": "02", "PhoneNumber": "9999-1111"}]}]}),
    );
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

#[tokio::test]
async fn a_new_contact_with_the_telephone_of_another_is_held_where_the_file_says_so() {
    let orders = vec![order(1, 1041, "2026-07-10")];
    let (bed, engine) = same_number("{ phone: hold }", orders).await;
    held(
        &engine,
        "1041",
        "contact.clash",
        "the same phone as `Harbour Tugs`",
        "contacts.unique.phone",
    )
    .await;
    assert_eq!((bed.contacts(), bed.invoices()), (1, 0));
}

#[tokio::test]
async fn or_told_and_made_all_the_same() {
    let orders = vec![order(1, 1041, "2026-07-10")];
    let bed_of = same_number("{ phone: warn }", orders);
    let (bed, engine) = bed_of.await;
    verified(&engine, "1041").await;
    assert_eq!(bed.contacts(), 2);
    let row = doc(&engine, "1041").await;
    let note = engine
        .store()
        .decision(&tenant(), row.kind, &row.source_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(note.warnings.len(), 1, "{:?}", note.warnings);
    assert!(note.warnings[0].what.contains("Harbour Tugs"));
    let runs = engine.store().runs(&tenant(), 1).await.unwrap();
    let lines = engine.store().run_lines(&tenant(), &runs[0].id).await;
    let lines = lines.unwrap();
    let told: Vec<_> = lines.iter().filter(|l| l.action == "warning").collect();
    assert_eq!(told.len(), 1, "{lines:#?}");
    assert!(told[0].object.contains("1041") && told[0].detail.contains("[contact.clash]"));
    // Once it is made, there is nothing more to tell.
    bed.minutes(30);
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    synced(&engine).await;
    let runs = engine.store().runs(&tenant(), 1).await.unwrap();
    assert!(!runs[0].counts.contains_key("warnings"), "{runs:#?}");
}

#[tokio::test]
async fn nobody_is_asked_for_by_telephone_unless_the_file_wants_it() {
    let orders = vec![order(1, 1041, "2026-07-10")];
    let (bed, engine) = same_number("{ mobile: hold }", orders).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.contacts(), 2, "the number is no mobile number");
}

#[tokio::test]
async fn two_new_customers_of_one_run_with_one_telephone_are_seen_too() {
    let second = with(order(2, 1042, "2026-07-11"), json!({"contact_id": "8"}));
    let bed = Bed::new(&file(&[("contacts", "{ unique: { phone: hold } }")]));
    let mut data = shop(vec![order(1, 1041, "2026-07-10"), second]);
    for n in [0, 1] {
        data["contacts"][n]["phone_numbers"] =
            json!([{"field": "PHONE1", "number": "02 9999 1111"}]);
    }
    bed.keap(data);
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    held(
        &engine,
        "1042",
        "contact.clash",
        "the same phone as `Jo Harbour`",
        "contacts.unique.phone",
    )
    .await;
}

/// A customer with the e-mail address of another, in a tenant that matches by name alone.
async fn same_address(word: &str) -> (Bed, crossfoot::service::Engine) {
    let unique = format!("{{ unique: {{ email: {word} }} }}");
    let bed = Bed::new(&file(&[
        ("contacts", &unique),
        ("match", "{ contacts: { by: [link, name] } }"),
    ]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    bed.xero(json!({"contacts": [{"Name": "Harbour Tugs", "EmailAddress": SHARED}]}));
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

#[tokio::test]
async fn the_address_of_another_holds_or_is_told() {
    let (bed, engine) = same_address("hold").await;
    let fix = "contacts.unique.email";
    held(&engine, "1041", "contact.clash", "the same email", fix).await;
    assert_eq!(bed.contacts(), 1);
    let (bed, engine) = same_address("warn").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.contacts(), 2);
    let runs = engine.store().runs(&tenant(), 1).await.unwrap();
    assert_eq!(runs[0].counts.get("warnings"), Some(&1));
}
