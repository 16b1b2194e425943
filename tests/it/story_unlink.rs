//! A person says that a link is void: the document is posted anew, once, and the contact is matched anew.

use super::bed::{
    Bed, approve, doc, file, held, order, paid, retried, shop, sync, synced, tenant, text,
    verified, with,
};
use crossfoot::model::{DocState, Key, Kind};
use crossfoot::pipeline::ports::{DocRow, Journal as _, Written as _};
use crossfoot::service::Engine;
use crossfoot::store::{Unlinked, verify_audit};
use serde_json::{Value, json};

async fn posted(changes: &[(&str, &str)], orders: Vec<Value>) -> (Bed, Engine) {
    let bed = Bed::new(&file(changes));
    bed.keap(shop(orders));
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

/// A person's word on a document.
async fn unlink(engine: &Engine, number: &str) -> Unlinked {
    let row = doc(engine, number).await;
    let lease = engine.flow_of(&tenant()).await.unwrap();
    let (store, now) = (engine.store(), engine.now());
    let done = store.unlink_document(&lease, &row, "jo@acme.example", now);
    let done = done.await.unwrap();
    store.give_back(&lease).await.unwrap();
    done
}

/// The contact of a document, whose id in Keap is 7.
fn contact_of(row: &DocRow) -> Key {
    Key::new(&row.key.book, Kind::Contact, &"7".into())
}

/// A person's word on that contact.
async fn unlink_contact(engine: &Engine, number: &str) -> Unlinked {
    let row = doc(engine, number).await;
    let lease = engine.flow_of(&tenant()).await.unwrap();
    let (store, now, contact) = (engine.store(), engine.now(), contact_of(&row));
    let done = store.unlink_contact(&lease, &row.key, &contact, "jo@acme.example", now);
    let done = done.await.unwrap();
    store.give_back(&lease).await.unwrap();
    done
}

/// The status of every invoice of a number in the books, in the order of their making.
fn statuses(bed: &Bed, number: &str) -> Vec<String> {
    let books = bed.books();
    let all = books["invoices"].as_array().unwrap().iter();
    let mut found: Vec<String> = all
        .filter(|i| i["InvoiceNumber"] == json!(number))
        .map(|i| text(i, "Status"))
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn an_invoice_voided_by_mistake_is_posted_anew_with_its_payment() {
    let bank = json!({"payments": [paid("50.00", "2026-07-12")]});
    let (bed, engine) = posted(&[], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    verified(&engine, "1041").await;
    let row = doc(&engine, "1041").await;
    let before = engine.store().writes(&tenant(), &row.key).await;
    bed.tamper(json!({"delete_payment": {"invoice": "1041"}}));
    bed.tamper(json!({"void_invoice": {"invoice": "1041"}}));
    bed.plane
        .switch("xero", &json!({"dead_number_reuse": "allow"}))
        .unwrap();

    assert_eq!(unlink(&engine, "1041").await, Unlinked::Done(2));
    assert_eq!(doc(&engine, "1041").await.state, DocState::Seen);
    assert_eq!(unlink(&engine, "1041").await, Unlinked::Nothing);

    synced(&engine).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(statuses(&bed, "1041"), ["AUTHORISED", "VOIDED"]);
    assert_eq!(bed.payments(), 1);
    let attempts = |all: &[crossfoot::pipeline::write::WriteRow], kind| {
        all.iter().find(|w| w.kind == kind).unwrap().attempt
    };
    let after = engine.store().writes(&tenant(), &row.key).await;
    let (before, after) = (before.unwrap(), after.unwrap());
    for kind in [Kind::Invoice, Kind::Payment] {
        assert!(
            attempts(&after, kind) > attempts(&before, kind),
            "{kind}: its key, made from the attempt, must not come again"
        );
    }
    assert!(verify_audit(engine.store()).await.unwrap().is_ok());
}

#[tokio::test]
async fn the_reply_to_the_new_one_may_be_lost() {
    let (bed, engine) = posted(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"void_invoice": {"invoice": "1041"}}));
    bed.plane
        .switch("xero", &json!({"dead_number_reuse": "allow"}))
        .unwrap();
    unlink(&engine, "1041").await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Invoices", "times": 0, "fault": "drop_after"}]));
    let _ = sync(&engine).await;
    bed.heal().await;
    // While it is in doubt, nothing is unlinked.
    assert!(matches!(
        unlink(&engine, "1041").await,
        Unlinked::InDoubt(_)
    ));
    bed.minutes(30);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(statuses(&bed, "1041"), ["AUTHORISED", "VOIDED"]);
    let row = doc(&engine, "1041").await;
    let link = (engine.store()).link(&tenant(), &row.key).await;
    let linked = link.unwrap().unwrap().other.id.0;
    let books = bed.books();
    let all = books["invoices"].as_array().unwrap();
    let live = all.iter().find(|i| i["Status"] == json!("AUTHORISED"));
    assert_eq!(linked, text(live.unwrap(), "InvoiceID"));
}

#[tokio::test]
async fn where_the_ledger_keeps_the_number_a_rule_gives_another() {
    let (bed, engine) = posted(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"void_invoice": {"invoice": "1041"}}));
    unlink(&engine, "1041").await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "number.closed",
        "there it is VOIDED",
        "map_invoice",
    )
    .await;
    bed.rule(
        "acme.rhai",
        "fn map_invoice(invoice) { if invoice.number == \"1041\" { invoice.number = \"1041-2\"; } keep() }\n",
    );
    bed.tenant(&file(&[("rules", "[rules/acme.rhai]")]));
    bed.minutes(30);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(statuses(&bed, "1041-2"), ["AUTHORISED"]);
    assert_eq!(bed.invoices(), 2);
}

#[tokio::test]
async fn what_was_planned_for_it_does_not_go_to_the_old_one() {
    let sync = "{ first_run: post, approval: manual, updates: { invoices: true } }";
    let bed = Bed::new(&file(&[("sync", sync)]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    approve(&engine, "1041").await;
    synced(&engine).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hired"}}]}));
    synced(&engine).await;
    // The change waits; the document is voided and unlinked meanwhile.
    bed.tamper(json!({"void_invoice": {"invoice": "1041"}}));
    bed.plane
        .switch("xero", &json!({"dead_number_reuse": "allow"}))
        .unwrap();
    assert_eq!(unlink(&engine, "1041").await, Unlinked::Done(1));
    synced(&engine).await;
    assert_eq!(statuses(&bed, "1041"), ["VOIDED"], "nobody has approved it");
    approve(&engine, "1041").await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(statuses(&bed, "1041"), ["AUTHORISED", "VOIDED"]);
}

#[tokio::test]
async fn a_contact_matched_wrongly_is_matched_anew() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    bed.xero(json!({"contacts": [{"Name": "Harbour Tugs", "EmailAddress": "jo@harbour.example"}]}));
    let engine = bed.engine().await;
    synced(&engine).await;
    let whose = |number: &str| text(&bed.invoice(number).unwrap()["Contact"], "Name");
    assert_eq!(whose("1041"), "Harbour Tugs");
    // The address was somebody else's: it is put right in the ledger, and the link remembers all the same.
    let tugs = text(&bed.contact("Harbour Tugs").unwrap(), "ContactID");
    bed.tamper(json!({"edit_contact": {"contact": tugs, "email": "tugs@harbour.example"}}));
    bed.minutes(30);
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    synced(&engine).await;
    assert_eq!(whose("1042"), "Harbour Tugs");

    assert_eq!(unlink_contact(&engine, "1041").await, Unlinked::Done(1));
    bed.minutes(30);
    bed.keap(json!({"orders": [order(3, 1043, "2026-07-12")]}));
    synced(&engine).await;
    assert_eq!(whose("1043"), "Jo Harbour");
    // The document that was named moves with it, as a change; the other one was not asked about.
    let (named, other) = (whose("1041"), whose("1042"));
    assert_eq!(
        (named.as_str(), other.as_str()),
        ("Jo Harbour", "Harbour Tugs")
    );
    assert_eq!((bed.contacts(), bed.invoices()), (2, 3));
}

#[tokio::test]
async fn a_contact_that_we_made_and_that_is_not_theirs_is_made_anew() {
    let (bed, engine) = posted(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let ours = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let other =
        json!({"Name": "Somebody Else", "EmailAddress": "else@x.example", "ContactNumber": "x-1"});
    bed.person("POST", &format!("Contacts/{ours}"), other).await;
    bed.minutes(30);
    assert_eq!(unlink_contact(&engine, "1041").await, Unlinked::Done(1));
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    let whose = text(&bed.invoice("1042").unwrap()["Contact"], "Name");
    assert_eq!((whose.as_str(), bed.contacts()), ("Jo Harbour", 2));
    // The next one finds it by its link.
    bed.keap(json!({"orders": [order(3, 1043, "2026-07-12")]}));
    synced(&engine).await;
    assert_eq!(bed.contacts(), 2);
}

#[tokio::test]
async fn where_a_contact_is_only_found_it_is_said_by_what_and_not_that_there_is_nothing() {
    use crossfoot::service::desk::unlink::{UnlinkWhat, unlink as word};
    let bed = Bed::new(&file(&[("sync", "{ first_run: review }")]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    bed.xero(json!({"contacts": [{"Name": "Harbour Pty", "EmailAddress": "jo@harbour.example"}]}));
    let engine = bed.engine().await;
    synced(&engine).await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let said = word(
        &engine,
        &loaded,
        "1041",
        UnlinkWhat::Contact,
        "jo@acme.example",
    )
    .await;
    let told = said.unwrap_err();
    assert!(
        told.what.contains("\"Harbour Pty\" is found by e-mail")
            && !told.what.contains("not linked"),
        "{}",
        told.what
    );
}
