//! The right customer: whose invoice it is follows from the strongest key there is, a value that two customers share proves
//! nothing, and a contact that is another customer's is never taken.

use super::bed::{
    Bed, doc, file, held, order, retried, shop, sync, synced, tenant, text, verified, with,
};
use crossfoot::model::FoundBy;
use crossfoot::pipeline::ports::{Documents as _, Journal as _};
use crossfoot::service::Engine;
use crossfoot::service::desk::explain::explain;
use crossfoot::service::desk::plan::{PlanAnswer, plan};
use crossfoot::service::desk::unlink::{UnlinkWhat, unlink};
use serde_json::{Value, json};

/// A customer of Keap's.
fn person(id: &str, name: &str, email: &str) -> Value {
    let (given, family) = name.split_once(' ').unwrap_or((name, ""));
    json!({"id": id, "given_name": given, "family_name": family,
        "email_addresses": [{"field": "EMAIL1", "email": email}]})
}

/// An order of a customer.
fn of(id: &str, n: u32, number: u32) -> Value {
    with(
        order(n.into(), number.into(), "2026-07-10"),
        json!({"contact_id": id}),
    )
}

/// A shop with these customers and orders, and a ledger with these contacts.
async fn begun(
    changes: &[(&str, &str)],
    people: Vec<Value>,
    orders: Vec<Value>,
    ledger: Vec<Value>,
) -> (Bed, Engine) {
    let bed = Bed::new(&file(changes));
    let mut data = shop(orders);
    data["contacts"] = json!(people);
    bed.keap(data);
    if !ledger.is_empty() {
        bed.xero(json!({ "contacts": ledger }));
    }
    let engine = bed.engine().await;
    (bed, engine)
}

/// The name and the e-mail address of the contact that an invoice is for; empty where there is no invoice.
fn billed(bed: &Bed, number: &str) -> (String, String) {
    let Some(invoice) = bed.invoice(number) else {
        return (String::new(), String::new());
    };
    let id = text(&invoice["Contact"], "ContactID");
    let books = bed.books();
    let all = books["contacts"].as_array().unwrap();
    let contact = all.iter().find(|c| text(c, "ContactID") == id).unwrap();
    (text(contact, "Name"), text(contact, "EmailAddress"))
}

fn is(name: &str, email: &str) -> (String, String) {
    (name.to_owned(), email.to_owned())
}

async fn planned(engine: &Engine, only: Option<&str>) -> PlanAnswer {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    plan(engine, &loaded, only, &|_| {}).await.unwrap()
}

const TWO: [(&str, &str); 3] = [
    ("21", "one@x.example"),
    ("22", "two@x.example"),
    ("23", "three@x.example"),
];

#[tokio::test]
async fn three_of_one_name_are_three_in_one_run_and_in_later_ones() {
    let people = TWO
        .map(|(id, email)| person(id, "Alex Wharf", email))
        .to_vec();
    let orders = vec![of("21", 1, 1041), of("22", 2, 1042)];
    let (bed, engine) = begun(&[], people, orders, vec![]).await;
    synced(&engine).await;
    bed.minutes(60 * 24);
    bed.keap(json!({"orders": [of("23", 3, 1043), of("22", 4, 1044)]}));
    synced(&engine).await;
    let ends = [
        ("1041", is("Alex Wharf", "one@x.example")),
        ("1042", is("Alex Wharf (22)", "two@x.example")),
        ("1043", is("Alex Wharf (23)", "three@x.example")),
        ("1044", is("Alex Wharf (22)", "two@x.example")),
    ];
    for (number, whom) in ends {
        verified(&engine, number).await;
        assert_eq!(billed(&bed, number), whom, "{number}");
    }
    assert_eq!(bed.contacts(), 3);
}

#[tokio::test]
async fn a_contact_set_apart_keeps_its_name_when_its_customer_changes() {
    let sync_all = "{ first_run: post, updates: { invoices: true, contacts: true } }";
    let people = TWO
        .map(|(id, email)| person(id, "Alex Wharf", email))
        .to_vec();
    let orders = vec![of("21", 1, 1041), of("22", 2, 1042)];
    let (bed, engine) = begun(&[("sync", sync_all)], people, orders, vec![]).await;
    synced(&engine).await;
    bed.minutes(30);
    bed.keap(json!({"patch": {"contacts": [{"id": "22", "set": {"email_addresses": [{"field": "EMAIL1", "email": "new@x.example"}]}}],
        "orders": [{"id": "2", "set": {"notes": "again"}}]}}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(billed(&bed, "1042"), is("Alex Wharf (22)", "new@x.example"));
    assert_eq!(billed(&bed, "1041"), is("Alex Wharf", "one@x.example"));
}

#[tokio::test]
async fn a_name_alone_with_another_address_holds_until_a_person_says_which() {
    let people = vec![person("21", "Alex Wharf", "one@x.example")];
    let ledger = vec![json!({"Name": "Alex Wharf", "EmailAddress": "old@y.example"})];
    let (bed, engine) = begun(&[], people, vec![of("21", 1, 1041)], ledger).await;
    synced(&engine).await;
    let what = "`Alex Wharf <old@y.example>`";
    held(
        &engine,
        "1041",
        "contact.namesake",
        what,
        "crossfoot retry TENANT NUMBER",
    )
    .await;
    assert_eq!((bed.contacts(), bed.invoices()), (1, 0));
    // The cure: the ledger's contact gets the customer's address.
    let id = text(&bed.contact("Alex Wharf").unwrap(), "ContactID");
    bed.person(
        "POST",
        &format!("Contacts/{id}"),
        json!({"EmailAddress": "one@x.example"}),
    )
    .await;
    bed.minutes(30);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.contacts(), bed.invoices()), (1, 1));
}

#[tokio::test]
async fn a_name_alone_without_an_address_is_taken_only_while_nobody_else_has_it() {
    let ledger = || vec![json!({"Name": "Alex Wharf"})];
    let one = vec![person("21", "Alex Wharf", "one@x.example")];
    let (bed, engine) = begun(&[], one, vec![of("21", 1, 1041)], ledger()).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.contacts(), 1);

    let two = TWO
        .map(|(id, email)| person(id, "Alex Wharf", email))
        .to_vec();
    let orders = vec![of("21", 1, 1041), of("22", 2, 1042)];
    let (bed, engine) = begun(&[], two, orders, ledger()).await;
    synced(&engine).await;
    for (number, other) in [("1041", "customer 22"), ("1042", "customer 21")] {
        held(&engine, number, "contact.namesake", other, "e-mail address").await;
    }
    assert_eq!((bed.contacts(), bed.invoices()), (1, 0));
}

#[tokio::test]
async fn a_shared_mailbox_bills_nobody_for_another() {
    let people = vec![
        person("21", "Ann Lee", "office@lee.example"),
        person("22", "Bob Lee", "office@lee.example"),
    ];
    let ledger = vec![json!({"Name": "Lee Holdings", "EmailAddress": "office@lee.example"})];
    let orders = vec![of("21", 1, 1041), of("22", 2, 1042)];
    let (bed, engine) = begun(&[], people, orders, ledger).await;
    synced(&engine).await;
    for (number, name) in [("1041", "Ann Lee"), ("1042", "Bob Lee")] {
        verified(&engine, number).await;
        assert_eq!(billed(&bed, number), is(name, "office@lee.example"));
    }
    assert_eq!(bed.contacts(), 3);
}

#[tokio::test]
async fn the_second_of_a_mailbox_does_not_get_the_contact_of_the_first() {
    let people = vec![
        person("21", "Ann Lee", "office@lee.example"),
        person("22", "Bob Lee", "office@lee.example"),
    ];
    let ledger = vec![json!({"Name": "Lee Holdings", "EmailAddress": "office@lee.example"})];
    let (bed, engine) = begun(&[], people, vec![of("21", 1, 1041)], ledger).await;
    // Nothing tells yet that there is a second: it is taken, and told.
    let first = planned(&engine, None).await;
    let told = &first.documents[0];
    let found = told.found.as_ref().unwrap();
    assert_eq!(
        (found.name.as_str(), found.by),
        ("Lee Holdings", FoundBy::Email)
    );
    assert_eq!(told.ledger_contact, "Lee Holdings");
    assert!(
        told.warnings.iter().any(|w| w.code == "contact.by_email"
            && w.what.contains("the ledger calls it \"Lee Holdings\"")),
        "{:?}",
        told.warnings
    );
    synced(&engine).await;
    assert_eq!(billed(&bed, "1041").0, "Lee Holdings");
    bed.minutes(30);
    bed.keap(json!({"orders": [of("22", 2, 1042), of("21", 3, 1043)]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(billed(&bed, "1042").0, "Bob Lee");
    // The first stays linked, and what is told of the link is the link.
    assert_eq!(billed(&bed, "1043").0, "Lee Holdings");
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = explain(&engine, &loaded, "1043").await.unwrap();
    let found = told.found.unwrap();
    assert_eq!(
        (found.name.as_str(), found.by),
        ("Lee Holdings", FoundBy::Link)
    );
}

#[tokio::test]
async fn a_contact_that_carries_the_number_of_another_customer_is_never_taken() {
    // As after a backup that was put back: the number is all that says whose it is.
    let people = vec![person("21", "Alex Wharf", "one@x.example")];
    let numbered = |email: &str| json!({"Name": "Alex Wharf", "EmailAddress": email, "ContactNumber": "keap-8"});
    for email in ["one@x.example", "", "other@y.example"] {
        let ledger = vec![numbered(email)];
        let (bed, engine) = begun(&[], people.clone(), vec![of("21", 1, 1041)], ledger).await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(billed(&bed, "1041").0, "Alex Wharf (21)", "{email}");
    }
}

#[tokio::test]
async fn a_linked_contact_that_a_person_made_another_customer_is_nobodys_until_a_person_says_whose()
{
    let people = vec![
        person("7", "Jo Harbour", "jo@harbour.example"),
        person("8", "Ann Lee", "ann@lee.example"),
    ];
    let (bed, engine) = begun(&[], people, vec![of("8", 1, 1041)], vec![]).await;
    synced(&engine).await;
    let id = text(&bed.contact("Ann Lee").unwrap(), "ContactID");
    let other = json!({"Name": "Jo Harbour", "EmailAddress": "jo@harbour.example", "ContactNumber": "keap-7"});
    bed.person("POST", &format!("Contacts/{id}"), other).await;
    bed.keap(json!({"orders": [of("7", 2, 1042), of("8", 3, 1043)]}));
    bed.minutes(10);
    synced(&engine).await;
    held(&engine, "1042", "contact.number_taken", "customer 8", "").await;
    held(
        &engine,
        "1043",
        "contact.number_taken",
        "keap-7 of customer 7",
        "crossfoot unlink",
    )
    .await;
    // The invoice that is held for the contact's sake says what ends it, for both.
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let what = UnlinkWhat::Contact;
    (unlink(&engine, &loaded, "1043", what, "jo@acme.example").await).unwrap();
    retried(&engine).await;
    for (number, name) in [("1042", "Jo Harbour"), ("1043", "Ann Lee")] {
        verified(&engine, number).await;
        assert_eq!(billed(&bed, number).0, name);
    }
}

#[tokio::test]
async fn our_number_goes_before_an_address_and_a_name_that_say_otherwise() {
    let people = vec![person("21", "Alex Wharf", "one@x.example")];
    let ledger = vec![
        json!({"Name": "A. Wharf Pty", "EmailAddress": "new@y.example", "ContactNumber": "keap-21"}),
        json!({"Name": "Alex Wharf", "EmailAddress": "one@x.example"}),
    ];
    for by in ["[link, email, name]", "[name, email]", "[email]", "[name]"] {
        let word = format!("{{ contacts: {{ by: {by} }} }}");
        let changes = [("match", word.as_str())];
        let (bed, engine) = begun(
            &changes,
            people.clone(),
            vec![of("21", 1, 1041)],
            ledger.clone(),
        )
        .await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(billed(&bed, "1041").0, "A. Wharf Pty", "{by}");
    }
}

#[tokio::test]
async fn the_order_of_the_words_makes_no_weaker_key_win() {
    let people = vec![person("21", "Alex Wharf", "one@x.example")];
    let ledger = vec![
        json!({"Name": "Alex Wharf"}),
        json!({"Name": "Wharf Pty", "EmailAddress": "one@x.example"}),
    ];
    for by in ["[link, email, name]", "[name, email, link]"] {
        let word = format!("{{ contacts: {{ by: {by} }} }}");
        let changes = [("match", word.as_str())];
        let (bed, engine) = begun(
            &changes,
            people.clone(),
            vec![of("21", 1, 1041)],
            ledger.clone(),
        )
        .await;
        synced(&engine).await;
        assert_eq!(billed(&bed, "1041").0, "Wharf Pty", "{by}");
    }
}

#[tokio::test]
async fn the_contact_of_a_posted_document_is_matched_anew_even_where_no_link_stands_behind_it() {
    let people = TWO
        .map(|(id, email)| person(id, "Alex Wharf", email))
        .to_vec();
    let changes = [("rules", "[rules/first.rhai]")];
    let bed = Bed::new(&file(&changes));
    // A rule that takes the first of a name, as an earlier version of the preset did.
    bed.rule(
        "first.rhai",
        "fn match_contact(contact, found) { if found.len == 0 { create() } else { use(0) } }\n",
    );
    let mut data = shop(vec![of("21", 1, 1041), of("22", 2, 1042)]);
    data["contacts"] = json!(people);
    bed.keap(data);
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(billed(&bed, "1042"), is("Alex Wharf", "one@x.example"));
    bed.tenant(&file(&[(
        "sync",
        "{ first_run: post, updates: { invoices: true } }",
    )]));
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let said = unlink(
        &engine,
        &loaded,
        "1042",
        UnlinkWhat::Contact,
        "jo@acme.example",
    )
    .await;
    assert_eq!(said.unwrap().links, 1, "it is remembered whom it was for");
    // Where not even that was remembered, it is not called unlinked.
    let again = unlink(
        &engine,
        &loaded,
        "1042",
        UnlinkWhat::Contact,
        "jo@acme.example",
    )
    .await;
    assert_eq!(again.unwrap().links, 0);
    bed.minutes(30);
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(billed(&bed, "1042"), is("Alex Wharf (22)", "two@x.example"));
    assert_eq!(billed(&bed, "1041"), is("Alex Wharf", "one@x.example"));
}

#[tokio::test]
async fn a_contact_in_doubt_is_found_by_its_number_whatever_a_person_made_of_it() {
    let people = vec![person("21", "Alex Wharf", "one@x.example")];
    let (bed, engine) = begun(&[], people, vec![of("21", 1, 1041)], vec![]).await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Contacts", "times": 0, "fault": "drop_after"}]));
    let _ = sync(&engine).await;
    bed.heal().await;
    let id = text(&bed.contact("Alex Wharf").unwrap(), "ContactID");
    let renamed = json!({"Name": "Wharf and Sons", "EmailAddress": "sons@x.example"});
    bed.person("POST", &format!("Contacts/{id}"), renamed).await;
    bed.minutes(30);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(
        (bed.contacts(), billed(&bed, "1041").0.as_str()),
        (1, "Wharf and Sons")
    );
}

#[tokio::test]
async fn a_workspace_of_before_knows_its_customers() {
    let people = TWO
        .map(|(id, email)| person(id, "Alex Wharf", email))
        .to_vec();
    let ledger = vec![json!({"Name": "Alex Wharf"})];
    let orders = vec![of("21", 1, 1041), of("22", 2, 1042)];
    let (bed, engine) = begun(&[], people, orders, ledger).await;
    let alone = ("sync", "{ first_run: post, invoices: off }");
    bed.tenant(&file(&[alone]));
    synced(&engine).await;
    let path = engine.store().path.clone();
    engine.store().close().await;
    drop(engine);
    before_customers(&path).await;
    bed.tenant(&file(&[]));
    let engine = bed.engine().await;
    synced(&engine).await;
    held(&engine, "1041", "contact.namesake", "customer 22", "").await;
    assert!(engine.store().doubtful(&tenant()).await.unwrap().is_empty());
    assert!(doc(&engine, "1042").await.reason.is_some());
    let all = engine.store().counts(&tenant()).await.unwrap();
    assert_eq!(all.values().sum::<u64>(), 2);
}

/// The database as it was before customers were kept apart.
async fn before_customers(path: &std::path::Path) {
    use sqlx::Connection as _;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut db = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    for text in [
        "DELETE FROM customers",
        "UPDATE meta SET value = 'waits' WHERE name = 'customers'",
    ] {
        sqlx::query(text).execute(&mut db).await.unwrap();
    }
    db.close().await.unwrap();
}
