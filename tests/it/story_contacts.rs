//! `sync.contacts: all`: every contact of the source goes, with or without an invoice, on a journey of its own; and none is made twice.

use super::bed::{
    Bed, approve, doc, end, file, held, order, retried, shop, skipped, sync, sync_one, synced,
    tenant, text, verified, with,
};
use super::story_put_back::{keep, restored};
use crossfoot::model::{Became, DocState, FoundBy, Kind};
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::pipeline::tenant::Done;
use crossfoot::service::Engine;
use crossfoot::service::desk::explain::explain;
use crossfoot::service::desk::plan::{PlanAction, PlanAnswer, plan};
use crossfoot::service::desk::release::release;
use crossfoot::service::desk::settle::{WordAsk, look, skip};
use crossfoot::service::desk::unlink::{UnlinkWhat, unlink};
use serde_json::{Value, json};

const ALL: (&str, &str) = ("sync", "{ first_run: post, contacts: all }");

fn orders() -> Vec<Value> {
    vec![order(1, 1041, "2026-07-10")]
}

/// A tenant all of whose contacts go: the first has an invoice.
async fn begun(sync: &str) -> (Bed, Engine) {
    let bed = Bed::new(&file(&[("sync", sync)]));
    bed.keap(shop(orders()));
    let engine = bed.engine().await;
    (bed, engine)
}

async fn planned(engine: &Engine) -> PlanAnswer {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    plan(engine, &loaded, None, &|_| {}).await.unwrap()
}

fn of_contacts(done: &Done, became: Became) -> u64 {
    done.run.counts.of(Kind::Contact, became)
}

fn email(bed: &Bed, name: &str) -> String {
    text(&bed.contact(name).unwrap(), "EmailAddress")
}

/// What a person does to a contact in Keap.
fn edits(bed: &Bed, id: &str, set: Value) {
    bed.keap_edit(json!({"contacts": [{"id": id, "set": set}]}));
}

#[tokio::test]
async fn every_contact_goes_with_or_without_an_invoice() {
    let (bed, engine) = begun(ALL.1).await;
    let told = planned(&engine).await;
    let new: Vec<(&str, PlanAction, &str)> = (told.documents.iter())
        .map(|d| (d.number.as_str(), d.action, d.ledger_contact.as_str()))
        .collect();
    let create = PlanAction::Create;
    assert_eq!(
        new,
        [
            ("contact:7", create, "Jo Harbour"),
            ("contact:8", create, "Sam Quay"),
            ("1041", create, "Jo Harbour")
        ]
    );
    assert_eq!(bed.contacts(), 0);
    let done = synced(&engine).await;
    assert_eq!((bed.contacts(), bed.invoices()), (2, 1));
    assert_eq!(of_contacts(&done, Became::Created), 2);
    for number in ["contact:7", "contact:8", "1041"] {
        verified(&engine, number).await;
    }
    // A number alone is a paper's, and it is named without its kind as before.
    assert_eq!(doc(&engine, "1041").await.name(), "1041");
    assert!(
        engine
            .store()
            .document(&tenant(), "7")
            .await
            .unwrap()
            .is_none()
    );
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = explain(&engine, &loaded, "contact:8").await.unwrap();
    assert_eq!((told.kind, told.state), (Kind::Contact, DocState::Verified));
    assert!(told.fields.iter().any(|f| f.field == "contact.email"));
    assert_eq!((told.date, told.currency.as_str()), (None, ""));
    assert_eq!(
        told.ledger.unwrap().id,
        text(&bed.contact("Sam Quay").unwrap(), "ContactID")
    );
    // And once only.
    bed.minutes(30);
    let done = synced(&engine).await;
    assert_eq!(
        (of_contacts(&done, Became::Created), bed.contacts()),
        (0, 2)
    );
    assert_eq!(planned(&engine).await.documents, []);
}

#[tokio::test]
async fn edits_and_new_contacts_go_without_an_invoice_and_a_later_invoice_finds_them() {
    let (bed, engine) = begun(ALL.1).await;
    synced(&engine).await;
    bed.minutes(30);
    edits(&bed, "8", json!({"family_name": "Wharf"}));
    bed.keap(json!({"contacts": [{"id": "9", "given_name": "Kim", "family_name": "Ng"}]}));
    let told = planned(&engine).await;
    let actions: Vec<(&str, PlanAction)> = (told.documents.iter())
        .map(|d| (d.number.as_str(), d.action))
        .collect();
    let wanted = [
        ("contact:8", PlanAction::Update),
        ("contact:9", PlanAction::Create),
    ];
    assert_eq!(actions, wanted);
    let changed = &told.documents[0].changes;
    assert!(
        changed
            .iter()
            .any(|c| c.becomes.as_deref() == Some("Sam Wharf")),
        "{changed:?}"
    );
    let done = synced(&engine).await;
    assert_eq!(of_contacts(&done, Became::Updated), 1);
    assert_eq!(email(&bed, "Sam Wharf"), "sam@quay.example");
    assert!(bed.contact("Kim Ng").is_some());
    bed.minutes(30);
    bed.keap(json!({"orders": [with(order(2, 1042, "2026-07-11"), json!({"contact_id": "9"}))]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(bed.contacts(), 3);
}

#[tokio::test]
async fn a_contact_of_the_ledger_is_found_and_linked_and_nothing_is_written() {
    let (bed, engine) = begun(ALL.1).await;
    bed.xero(json!({"contacts": [{"Name": "sam quay", "EmailAddress": "SAM@quay.example"}]}));
    synced(&engine).await;
    assert_eq!(bed.contacts(), 2);
    verified(&engine, "contact:8").await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = explain(&engine, &loaded, "contact:8").await.unwrap();
    assert_eq!(told.found.unwrap().by, FoundBy::EmailAndName);
    assert!(told.ledger.is_some() && told.writes.is_empty());
    // It belongs to the people who keep the books: no edit of it goes, and its link leads there whatever it is called.
    bed.minutes(30);
    edits(
        &bed,
        "8",
        json!({"family_name": "Wharf", "email_addresses": []}),
    );
    bed.keap(json!({"orders": [with(order(2, 1042, "2026-07-11"), json!({"contact_id": "8"}))]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(bed.contacts(), 2);
    assert!(bed.contact("sam quay").is_some());
}

#[tokio::test]
async fn the_first_review_is_about_contacts_too_and_nothing_is_linked_before_it() {
    let (bed, engine) = begun("{ first_run: review, contacts: all }").await;
    bed.xero(json!({"contacts": [{"Name": "Quay Pty", "EmailAddress": "sam@quay.example"}]}));
    synced(&engine).await;
    for number in ["contact:7", "contact:8", "1041"] {
        let wanted = (DocState::Checked, "approval.first_run".to_owned());
        assert_eq!(end(&engine, number).await, wanted, "{number}");
    }
    assert_eq!(bed.contacts(), 1);
    // The plan names whom it found by its address alone, and the file is corrected.
    let told = planned(&engine).await;
    let sam = told
        .documents
        .iter()
        .find(|d| d.number == "contact:8")
        .unwrap();
    assert_eq!(sam.found.as_ref().unwrap().by, FoundBy::Email);
    bed.tenant(&file(&[
        ("sync", "{ first_run: review, contacts: all }"),
        ("match", "{ contacts: { by: [link, name] } }"),
    ]));
    synced(&engine).await;
    release(&engine, &tenant(), "jo@acme.example")
        .await
        .unwrap();
    synced(&engine).await;
    for number in ["contact:7", "contact:8", "1041"] {
        verified(&engine, number).await;
    }
    assert_eq!(bed.contacts(), 3);
    assert_eq!(email(&bed, "Sam Quay"), "sam@quay.example");
}

#[tokio::test]
async fn a_person_approves_a_contact_that_is_made_or_found() {
    let (bed, engine) = begun("{ first_run: post, approval: manual, contacts: all }").await;
    bed.xero(json!({"contacts": [{"Name": "Sam Quay", "EmailAddress": "sam@quay.example"}]}));
    synced(&engine).await;
    for number in ["contact:7", "contact:8", "1041"] {
        let wanted = (DocState::Checked, "approval.waits".to_owned());
        assert_eq!(end(&engine, number).await, wanted, "{number}");
    }
    for number in ["contact:7", "contact:8"] {
        approve(&engine, number).await;
    }
    synced(&engine).await;
    for number in ["contact:7", "contact:8"] {
        verified(&engine, number).await;
    }
    assert_eq!((bed.contacts(), bed.invoices()), (2, 0));
    // What others need is one: the invoice goes by its own approval.
    approve(&engine, "1041").await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.contacts(), bed.invoices()), (2, 1));
}

#[tokio::test]
async fn an_invoice_that_is_approved_takes_its_contact_with_it_and_the_contact_is_done() {
    let (bed, engine) = begun("{ first_run: post, approval: manual, contacts: all }").await;
    synced(&engine).await;
    approve(&engine, "1041").await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    verified(&engine, "contact:7").await;
    assert_eq!((bed.contacts(), bed.invoices()), (1, 1));
    assert_eq!(doc(&engine, "contact:8").await.state, DocState::Checked);
}

#[tokio::test]
async fn a_contact_that_an_invoice_planned_first_is_made_once_for_both() {
    // The invoice waits for approval when contacts begin to go by themselves.
    let (bed, engine) = begun("{ first_run: post, approval: manual }").await;
    synced(&engine).await;
    assert_eq!(doc(&engine, "1041").await.state, DocState::Checked);
    bed.tenant(&file(&[(
        "sync",
        "{ first_run: post, approval: manual, contacts: all }",
    )]));
    synced(&engine).await;
    approve(&engine, "contact:7").await;
    synced(&engine).await;
    verified(&engine, "contact:7").await;
    assert_eq!((bed.contacts(), bed.invoices()), (1, 0));
    approve(&engine, "1041").await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.contacts(), bed.invoices()), (1, 1));
}

#[tokio::test]
async fn what_keeps_a_contact_is_told_of_it_and_ended_like_anything_else() {
    let (bed, engine) = begun(ALL.1).await;
    bed.keap(
        json!({"contacts": [{"id": "9"}, {"id": "10", "given_name": "Di", "family_name": "Two",
            "email_addresses": [{"field": "EMAIL1", "email": "both@two.example"}]}]}),
    );
    bed.xero(json!({"contacts": [
        {"Name": "First Two", "EmailAddress": "both@two.example"}, {"Name": "Second Two", "EmailAddress": "both@two.example"}]}));
    let told = planned(&engine).await;
    assert!(told.stuck());
    synced(&engine).await;
    held(&engine, "contact:9", "contact.name_missing", "no name", "").await;
    held(&engine, "contact:10", "contact.many", "First Two", "retry").await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let refused = look(&engine, &loaded, WordAsk::document("contact:9", "x", "jo")).await;
    assert!(
        refused
            .err()
            .unwrap()
            .fix
            .contains("crossfoot skip acme contact:9")
    );
    skip(
        &engine,
        &loaded,
        WordAsk::document("contact:9", "nobody", "jo@acme.example"),
    )
    .await
    .unwrap();
    bed.keap(json!({"patch": {"contacts": [{"id": "10", "set": {"email_addresses": [{"field": "EMAIL1", "email": "di@two.example"}]}}]}}));
    bed.minutes(30);
    retried(&engine).await;
    skipped(&engine, "contact:9", "skip.by_person").await;
    verified(&engine, "contact:10").await;
    assert_eq!(bed.contacts(), 5);
}

#[tokio::test]
async fn one_contact_goes_at_once_and_a_rule_leaves_one_out() {
    let bed = Bed::new(&file(&[ALL, ("rules", "[rules/acme.rhai]")]));
    bed.rule(
        "acme.rhai",
        "fn map_contact(contact) {\n    if contact.name == \"Sam Quay\" { return skip(\"no customer\"); }\n    keep()\n}\n",
    );
    bed.keap(shop(Vec::new()));
    let engine = bed.engine_off().await;
    sync_one(&engine, "contact:7").await.unwrap();
    verified(&engine, "contact:7").await;
    assert_eq!(bed.contacts(), 1);
    let engine = {
        drop(engine);
        bed.engine().await
    };
    synced(&engine).await;
    assert_eq!(doc(&engine, "contact:8").await.state, DocState::Skipped);
    assert_eq!(bed.contacts(), 1);
    // No longer by themselves: what is there stays, and nothing new goes.
    bed.minutes(30);
    bed.tenant(&file(&[]));
    bed.keap(json!({"contacts": [{"id": "9", "given_name": "Kim", "family_name": "Ng"}]}));
    synced(&engine).await;
    assert_eq!(bed.contacts(), 1);
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_second_one() {
    for fault in ["drop_after", "drop_before"] {
        let bed = Bed::new(&file(&[ALL]));
        bed.keap(shop(orders()));
        bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "/Contacts", "times": 0, "fault": fault}]));
        let engine = bed.engine().await;
        let _ = sync(&engine).await;
        bed.heal().await;
        // The one of the invoice is renamed meanwhile: it is that one by its number.
        for _ in 0..3 {
            bed.minutes(31);
            synced(&engine).await;
        }
        for number in ["contact:7", "contact:8", "1041"] {
            verified(&engine, number).await;
        }
        assert_eq!((bed.contacts(), bed.invoices()), (2, 1), "{fault}");
    }
}

#[tokio::test]
async fn after_an_older_backup_was_put_back_none_is_made_twice() {
    let (bed, engine) = begun(ALL.1).await;
    let kept = keep(&bed, engine).await;
    let engine = bed.engine().await;
    synced(&engine).await;
    let id = text(&bed.contact("Sam Quay").unwrap(), "ContactID");
    let other = json!({"Name": "Quay Holdings", "EmailAddress": "office@quay.example"});
    bed.person("POST", &format!("Contacts/{id}"), other).await;
    let engine = restored(&bed, engine, &kept).await;
    for number in ["contact:7", "contact:8", "1041"] {
        verified(&engine, number).await;
    }
    assert_eq!((bed.contacts(), bed.invoices()), (2, 1));
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = explain(&engine, &loaded, "contact:8").await.unwrap();
    assert_eq!(told.found.unwrap().name, "Quay Holdings");
}

#[tokio::test]
async fn a_link_that_is_void_is_looked_for_anew() {
    let (bed, engine) = begun(ALL.1).await;
    bed.xero(json!({"contacts": [{"Name": "Quay Pty", "EmailAddress": "sam@quay.example"}]}));
    synced(&engine).await;
    verified(&engine, "contact:8").await;
    assert_eq!(bed.contacts(), 2);
    let id = text(&bed.contact("Quay Pty").unwrap(), "ContactID");
    bed.minutes(5);
    bed.person(
        "POST",
        &format!("Contacts/{id}"),
        json!({"EmailAddress": "info@quay.example"}),
    )
    .await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let said = unlink(
        &engine,
        &loaded,
        "contact:8",
        UnlinkWhat::Contact,
        "jo@acme.example",
    );
    assert_eq!(said.await.unwrap().links, 1);
    synced(&engine).await;
    verified(&engine, "contact:8").await;
    assert_eq!(bed.contacts(), 3);
}

#[tokio::test]
async fn two_customers_of_one_name_are_two_contacts_and_of_two_ids_that_a_rule_joins_one() {
    let bed = Bed::new(&file(&[ALL, ("rules", "[rules/acme.rhai]")]));
    bed.rule(
        "acme.rhai",
        "fn match_contact(contact, found) {\n    for i in 0..found.len() {\n        if found[i].email == \"one@twins.example\" && contact.name == \"Jay Twin\" { return use(i); }\n    }\n    if contact.name == \"Jay Twin\" && contact.email != \"one@twins.example\" { return hold(\"its sister first\"); }\n    create()\n}\n",
    );
    let jay = |id: &str, email: &str| json!({"id": id, "given_name": "Jay", "family_name": "Twin", "email_addresses": [{"field": "EMAIL1", "email": email}]});
    let mut data = shop(Vec::new());
    data["contacts"] = json!([
        jay("20", "one@twins.example"),
        jay("21", "two@twins.example")
    ]);
    bed.keap(data);
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    synced(&engine).await;
    for number in ["contact:20", "contact:21"] {
        verified(&engine, number).await;
    }
    assert_eq!(bed.contacts(), 1);
}

/// A contact is no document to people, not even one that nobody has read.
#[tokio::test]
async fn a_contact_that_was_never_read_is_called_a_contact() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(Vec::new()));
    let engine = bed.engine().await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let done = unlink(&engine, &loaded, "contact:77", UnlinkWhat::Document, "jo").await;
    assert_eq!(
        done.unwrap_err().what,
        "the contact 77 has not been read yet"
    );
    let done = unlink(&engine, &loaded, "77", UnlinkWhat::Document, "jo").await;
    assert_eq!(done.unwrap_err().what, "document 77 has not been read yet");
}
