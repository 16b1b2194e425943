//! What is asked of many documents at once, and entered of many, is what each by itself would be told and would leave.

use super::bed::{Bed, begun, doc, file, order, paid, shop, synced, tenant, with};
use crossfoot::connectors::{Cursor, Page};
use crossfoot::model::{
    BookId, DocState, Document, Edition, Key, Kind, Link, SourceId, SourceRecord, folded,
};
use crossfoot::pipeline::ports::{
    ByChunk as _, ContactBy, ContactKeys, CustomerBy, CustomerKeys, Customers as _, Documents as _,
    Drifts as _, Mirror as _, Records as _, Written as _,
};
use crossfoot::service::Engine;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Books of which documents are posted, paid, cancelled by a person and waiting.
async fn a_book() -> (Bed, Engine) {
    let part = |id: u64| json!({"payments": [with(paid("50.00", "2026-07-12"), json!({"id": id.to_string()}))]});
    // What is paid can be cancelled by nobody.
    let orders = (1..=6).map(|n| match order(n, 1040 + n, "2026-07-10") {
        unpaid if n <= 2 => unpaid,
        order => with(order, part(80 + n)),
    });
    let (bed, engine) = begun(&[], orders.collect()).await;
    for number in ["1041", "1042"] {
        bed.person("POST", &bed.path_of(number), json!({"Status": "VOIDED"}))
            .await;
    }
    bed.minutes(31);
    synced(&engine).await;
    bed.keap(json!({"orders": [order(9, 1049, "2026-07-11")]}));
    (bed, engine)
}

#[tokio::test]
async fn a_chunk_is_told_what_each_of_it_is_told_by_itself() {
    let (_bed, engine) = a_book().await;
    let (store, acme) = (engine.store(), tenant());
    let rows = store.all_documents(&acme, DocState::ALL).await.unwrap();
    assert_eq!(rows.len(), 6);
    let documents: BTreeSet<Key> = rows.iter().map(|r| r.key.clone()).collect();
    let records = store.newest_records(&acme, &documents).await.unwrap();
    let drifts = store.drifts_of(&acme, &documents).await.unwrap();
    let mut things = documents.clone();
    for key in &documents {
        let alone = store.record(&acme, key).await.unwrap();
        assert_eq!(records.get(key), alone.as_ref());
        let alone = store.drifts(&acme, key).await.unwrap();
        let alone: Vec<_> = alone.into_iter().map(|d| d.drift).collect();
        assert_eq!(drifts.get(key).cloned().unwrap_or_default(), alone);
        let Some(Document::Invoice(invoice)) = records.get(key).map(|r| &r.document) else {
            panic!("an invoice")
        };
        let contact = SourceId(invoice.contact.id.clone());
        things.insert(Key::new(&key.book, Kind::Contact, &contact));
        for p in &invoice.payments {
            let id = SourceId(p.id.clone());
            things.insert(Key::new(&key.book, Kind::Payment, &id));
            things.insert(Key::new(&key.book, Kind::CreditNote, &id));
        }
    }
    assert!(!drifts.is_empty(), "a person cancelled two");
    let links = store.links(&acme, &things).await.unwrap();
    for key in &things {
        let alone = store.link(&acme, key).await.unwrap();
        assert_eq!(links.get(key), alone.as_ref());
    }
    assert!(links.len() > documents.len(), "{}", links.len());
    of_contacts(&engine, &records.into_values().collect::<Vec<_>>(), links).await;
}

/// Contacts by each key, and customers with their values.
async fn of_contacts(engine: &Engine, records: &[SourceRecord], links: BTreeMap<Key, Link>) {
    let (store, acme) = (engine.store(), tenant());
    let linked = links.values().find(|l| l.thing.kind == Kind::Contact);
    let linked = linked.expect("a contact is linked");
    let (ledger, source) = (&linked.other.book, &linked.thing.book);
    let Document::Invoice(invoice) = &records[0].document else {
        panic!("an invoice")
    };
    let (name, email) = (invoice.contact.shown().0, invoice.contact.email.clone());
    let asks = [
        (
            ContactBy::Id,
            linked.other.id.0.clone(),
            ContactKeys {
                id: &linked.other.id.0,
                ..ContactKeys::default()
            },
        ),
        (
            ContactBy::Name,
            folded(&name),
            ContactKeys {
                name: &name,
                ..ContactKeys::default()
            },
        ),
        (
            ContactBy::Email,
            folded(&email),
            ContactKeys {
                email: &email,
                ..ContactKeys::default()
            },
        ),
    ];
    for (by, value, keys) in asks {
        let values = BTreeSet::from([value.clone(), "nobody".to_owned(), String::new()]);
        let many = store.contacts_by(&acme, ledger, by, &values).await.unwrap();
        let many = many.expect("few answer");
        let alone = store.mirror_find(&acme, ledger, keys).await.unwrap();
        assert_eq!(
            many.get(&value).cloned().unwrap_or_default(),
            alone.contacts,
            "{by:?}"
        );
        assert!(many.len() <= 1, "{many:?}");
    }
    let values = BTreeSet::from([linked.thing.id.0.clone()]);
    let known = store
        .customers_by(&acme, source, CustomerBy::Id, &values)
        .await
        .unwrap();
    let known = &known.expect("one")[&linked.thing.id.0][0];
    let party = store.party(&acme, source, &known.id).await.unwrap();
    assert_eq!(known.party, party);
    for (by, value) in [
        (CustomerBy::Name, &known.name),
        (CustomerBy::Email, &known.email),
    ] {
        let values = BTreeSet::from([value.clone()]);
        let all = store
            .customers_by(&acme, source, by, &values)
            .await
            .unwrap();
        assert!(
            value.is_empty() || all.expect("few")[value].contains(known),
            "{by:?}"
        );
    }
    let keys = CustomerKeys {
        book: source,
        id: &SourceId("another".into()),
        party: "another",
        name: &known.name,
        email: &known.email,
        parent: None,
    };
    let alike = store.alike(&acme, keys).await.unwrap();
    assert_eq!(alike.name.map(|c| c.name).as_ref(), Some(&known.name));
}

/// A record of a document as another edition tells it, with another number.
fn told(record: &SourceRecord, number: &str, edition: Option<&str>) -> SourceRecord {
    let mut out = record.clone();
    number.clone_into(&mut out.number);
    out.raw = json!({"before": record.raw, "number": number});
    if let Document::Invoice(invoice) = &mut out.document {
        number.clone_into(&mut invoice.number);
    }
    out.edition = edition.map(|at| Edition {
        by: "day".into(),
        at: at.into(),
        place: format!("export {at}"),
    });
    out
}

/// What a page leaves of a document that stands in it twice.
async fn twice(editions: [Option<&str>; 2]) -> (u64, String, usize) {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let (store, acme) = (engine.store(), tenant());
    let row = doc(&engine, "1041").await;
    let record = store.record(&acme, &row.key).await.unwrap().unwrap();
    let records = vec![
        told(&record, "2041", editions[0]),
        told(&record, "3041", editions[1]),
    ];
    let page = Page {
        records,
        gone: Vec::new(),
        unsigned: Vec::new(),
        bad: Vec::new(),
        cursor: Cursor(String::new()),
        more: false,
        whole: false,
    };
    let book: &BookId = &row.key.book;
    let kind = Kind::Invoice;
    let news = store
        .save_page(&acme, book, kind, &page, None, bed.now())
        .await
        .unwrap();
    let newest = store.record(&acme, &row.key).await.unwrap().unwrap();
    let bad = store.bad_records(&acme).await.unwrap();
    let stands = store.documents(&acme, DocState::ALL, 9).await.unwrap();
    assert_eq!(stands[0].number, newest.number);
    (news, newest.number, bad.len())
}

#[tokio::test]
async fn two_editions_of_a_document_in_one_page_are_taken_in_one_after_the_other() {
    assert_eq!(twice([None, None]).await, (2, "3041".to_owned(), 0));
    let (first, second) = (Some("2026-07-01"), Some("2026-07-02"));
    assert_eq!(twice([first, second]).await, (2, "3041".to_owned(), 0));
    // The older one, which comes second, is told and does not count.
    assert_eq!(twice([second, first]).await, (1, "2041".to_owned(), 1));
}
