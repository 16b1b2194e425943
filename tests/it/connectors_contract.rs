//! What holds for every connector that is registered, and for every request that any of them sends.

use crate::connectors_xero::{a_bank, contact, d, day, invoice, line, made, marker, payment, post};
use crate::openapi::{OpenApi, specs};
use crate::support::{HOST, World};
use bytes::Bytes;
use chrono::Duration;
use crossfoot::connectors::http::HttpRequest;
use crossfoot::connectors::{
    CallError, Cursor, Find, Outcome, Page, Pull, Session, Source, UpdateOf, registry,
};
use crossfoot::model::{Document, Draft, Kind, Start};
use jsonschema::Draft as JsonDraft;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

fn shop() -> Value {
    let order = |i: u32| {
        json!({"id": i.to_string(), "invoice_id": (1000 + i).to_string(), "status": "SENT", "contact_id": "1", "order_time": "2026-07-01T00:00:00Z",
            "modification_time": format!("2026-07-01T{:02}:{:02}:00Z", i / 60, i % 60),
            "items": [{"type": "SERVICE", "name": "x", "quantity": 1, "price": "10.00"}],
            "payments": [{"amount": "4.00", "type": "Check", "time": "2026-07-02T00:00:00Z"}]})
    };
    let orders: Vec<Value> = (1..=25).map(order).collect();
    json!({"contacts": [{"id": "1", "given_name": "Jo"}], "orders": orders})
}

/// A source with something in it.
struct Stocked {
    source: Arc<dyn Source>,
    session: Session,
    world: World,
    _folder: tempfile::TempDir,
}

fn stocked() -> Vec<Stocked> {
    let mut all = Vec::new();
    for source in registry::sources() {
        let world = World::new();
        let folder = tempfile::tempdir().unwrap();
        let session = match source.facts().system {
            "keap" => {
                world.seed_keap(shop());
                world.keap_with(&[("page_size", "10")])
            }
            "files" => {
                let mut csv = "number,date,currency,contact.name,line.unit_amount\n".to_owned();
                for i in 1..=25 {
                    csv.push_str(&format!("{i},2026-07-01,AUD,Jo,10.00\n"));
                }
                std::fs::write(folder.path().join("a.csv"), csv).unwrap();
                let path = folder.path().display().to_string();
                world.session(
                    "files",
                    crate::support::settings("files", &[("folder", &path)]),
                )
            }
            other => panic!("{other} is registered and has no test data here"),
        };
        all.push(Stocked {
            source,
            session,
            world,
            _folder: folder,
        });
    }
    all
}

fn changed(cursor: Option<Cursor>) -> Pull {
    Pull::Changed {
        kind: Kind::Invoice,
        cursor,
        start: Start::Beginning,
    }
}

/// Every page from a cursor on.
async fn walk(of: &Stocked, mut cursor: Option<Cursor>) -> (Vec<Page>, Cursor) {
    let mut pages = Vec::new();
    for _ in 0..50 {
        let page = of.source.pull(&of.session, &changed(cursor)).await.unwrap();
        let (more, next) = (page.more, page.cursor.clone());
        pages.push(page);
        if !more {
            return (pages, next);
        }
        cursor = Some(next);
    }
    panic!("{}: the pages do not end", of.source.facts().system);
}

#[tokio::test]
async fn of_every_source_the_pages_end_and_hold_everything_and_a_record_reads_the_same_again() {
    for of in stocked() {
        let name = of.source.facts().system;
        let (pages, cursor) = walk(&of, None).await;
        let mut versions = BTreeMap::new();
        for record in pages.iter().flat_map(|p| &p.records) {
            let Document::Invoice(invoice) = &record.document else {
                panic!()
            };
            assert_eq!(invoice.id, record.id, "{name}");
            assert_eq!(invoice.total, d("10"), "{name}");
            assert_eq!(
                of.source
                    .read_again(&of.session.settings, &record.raw)
                    .unwrap(),
                record.document,
                "{name}"
            );
            versions.insert(record.id.0.clone(), record.version());
        }
        assert_eq!(versions.len(), 25, "{name}");
        // Any page can be asked for again: a crash between reading and storing loses nothing.
        for (i, page) in pages.iter().enumerate().skip(1) {
            let again = of
                .source
                .pull(&of.session, &changed(Some(pages[i - 1].cursor.clone())))
                .await
                .unwrap();
            assert_eq!(again.records, page.records, "{name}");
        }
        // And what comes again has not changed.
        let (later, _) = walk(&of, Some(cursor)).await;
        for record in later.iter().flat_map(|p| &p.records) {
            assert_eq!(
                versions.get(&record.id.0),
                Some(&record.version()),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn every_source_finds_one_by_its_number_and_says_what_it_has_not() {
    for of in stocked() {
        let name = of.source.facts().system;
        let (pages, _) = walk(&of, None).await;
        let wanted = &pages[0].records[3];
        let ask = Pull::One {
            kind: Kind::Invoice,
            number: wanted.number.clone(),
        };
        let page = of.source.pull(&of.session, &ask).await.unwrap();
        assert_eq!(page.records, std::slice::from_ref(wanted), "{name}");
        let ask = Pull::One {
            kind: Kind::Invoice,
            number: "999999".to_owned(),
        };
        assert_eq!(
            of.source.pull(&of.session, &ask).await.unwrap().records,
            [],
            "{name}"
        );
        let ask = Pull::Changed {
            kind: Kind::CreditNote,
            cursor: None,
            start: Start::Beginning,
        };
        assert!(of.source.pull(&of.session, &ask).await.is_err(), "{name}");
        assert!(
            of.source
                .read_again(&of.session.settings, &json!({}))
                .is_err(),
            "{name}"
        );
        drop(of.world);
    }
}

#[tokio::test]
async fn of_every_source_a_cursor_that_cannot_be_read_begins_anew() {
    for of in stocked() {
        let (pages, _) = walk(&of, Some(Cursor("{not a cursor".to_owned()))).await;
        let records: usize = pages.iter().map(|p| p.records.len()).sum();
        assert!(records >= 25, "{}", of.source.facts().system);
    }
}

#[tokio::test]
async fn every_target_makes_one_of_what_is_posted_twice_and_finds_it_as_it_was_meant() {
    for target in registry::targets() {
        assert_eq!(
            target.facts().system,
            "xero",
            "a new target needs its world here"
        );
        let world = World::new();
        let session = world.xero();
        let made_contact = post(&world, &[contact(1, "Jo")], "k1").await.unwrap();
        let contact_id = made(&made_contact[0]).id.clone();
        let write = invoice(2, &contact_id, "1041", vec![line("x", "2", "10.005")]);
        let encoded = target.encode(std::slice::from_ref(&write)).unwrap();
        assert_eq!(
            encoded,
            target.encode(std::slice::from_ref(&write)).unwrap(),
            "encoding is pure"
        );
        let first = target.post(&session, &encoded, "k2").await.unwrap();
        let second = target.post(&session, &encoded, "k2").await.unwrap();
        assert_eq!(first, second);
        let ask = Find::Documents {
            kind: Kind::Invoice,
            numbers: vec!["1041".to_owned()],
        };
        let found = target.find(&session, &ask).await.unwrap().documents;
        assert_eq!(found.len(), 1);
        let Draft::Invoice(meant) = &write.draft else {
            panic!()
        };
        let is = &found[0];
        assert_eq!(
            (&is.number, is.date, is.due),
            (&meant.number, Some(meant.date), meant.due)
        );
        assert_eq!(
            (
                is.currency.as_str(),
                is.contact_id.as_str(),
                is.status.as_str()
            ),
            ("AUD", contact_id.as_str(), "AUTHORISED")
        );
        assert!(is.reference.contains(&marker(2)));
        assert_eq!(Some(is.total), made(&first[0]).total);
        assert_eq!(is.version, made(&first[0]).version);
    }
}

#[tokio::test]
async fn every_target_tells_a_lost_answer_from_a_refused_call() {
    for target in registry::targets() {
        for (fault, uncertain) in [
            ("drop_before", true),
            ("drop_after", true),
            ("truncated", true),
            ("html_502", true),
            ("500_after", true),
            ("429", false),
        ] {
            let world = World::new();
            let encoded = target.encode(&[contact(1, "Jo")]).unwrap();
            world.fault(json!({"system": "xero", "method": "PUT", "fault": fault}));
            let said = target.post(&world.xero(), &encoded, "k1").await;
            match said {
                Err(CallError::Uncertain { .. }) => assert!(uncertain, "{fault}"),
                Err(CallError::Wait { .. }) => assert!(!uncertain, "{fault}"),
                other => panic!("{fault}: {other:?}"),
            }
            assert_eq!(world.calls(), 1, "{fault}: a write goes once");
        }
    }
}

/// Everything the connectors ask of vendors, in one story.
async fn everything(world: &World) {
    world.seed_keap(shop());
    let keap = registry::source("keap").unwrap();
    let xero = registry::target("xero").unwrap();
    let session = world.keap_with(&[("page_size", "10")]);
    let mut cursor = None;
    for _ in 0..8 {
        let page = keap.pull(&session, &changed(cursor)).await.unwrap();
        cursor = Some(page.cursor);
    }
    for kind in [Kind::Invoice, Kind::Contact] {
        let ask = Pull::One {
            kind,
            number: "1".to_owned(),
        };
        keap.pull(&session, &ask).await.unwrap();
        let cursor = None;
        let page = keap
            .pull(
                &session,
                &Pull::Changed {
                    kind,
                    cursor,
                    start: Start::Beginning,
                },
            )
            .await
            .unwrap();
        let cursor = Some(page.cursor);
        keap.pull(
            &session,
            &Pull::Changed {
                kind,
                cursor,
                start: Start::Beginning,
            },
        )
        .await
        .unwrap();
    }
    world
        .plane
        .switch("keap", &json!({"list_items": "without"}))
        .unwrap();
    world.seed_keap(json!({"orders": [{"id": "900", "invoice_id": "1900", "contact_id": "1", "order_time": "2026-07-01T00:00:00Z",
        "items": [{"type": "SERVICE", "name": "x", "quantity": 1, "price": "10.00"}],
        "payments": [{"id": "77", "amount": "10.00", "time": "2026-07-02T00:00:00Z"}, {"amount": "10.00", "time": "2026-07-02T00:00:00Z", "refund_of": "77"}]}]}));
    let ask = Pull::One {
        kind: Kind::Invoice,
        number: "1900".to_owned(),
    };
    keap.pull(&session, &ask).await.unwrap();
    crossfoot::connectors::keap::check(&session).await.unwrap();

    let session = world.xero();
    let bank = a_bank(world).await;
    let contacts = post(world, &[contact(1, "Jo"), contact(2, "Al")], "k1")
        .await
        .unwrap();
    let contact_id = made(&contacts[0]).id.clone();
    let mut first = invoice(3, &contact_id, "A, 1", vec![line("x", "1.5", "80.1234")]);
    if let Draft::Invoice(draft) = &mut first.draft {
        draft.due = Some(day("2026-08-01"));
    }
    let mut note = invoice(4, &contact_id, "CN", vec![line("x", "1", "5")]);
    if let Draft::Invoice(draft) = &mut note.draft {
        draft.kind = Kind::CreditNote;
    }
    let posted = made(
        &post(world, std::slice::from_ref(&first), "k2")
            .await
            .unwrap()[0],
    )
    .clone();
    let noted = made(&post(world, &[note], "k3").await.unwrap()[0]).clone();
    for kind in [Kind::Invoice, Kind::CreditNote] {
        let numbers = vec!["A, 1".to_owned(), "B".to_owned(), "CN".to_owned()];
        xero.find(&session, &Find::Documents { kind, numbers })
            .await
            .unwrap();
    }
    let ask = Find::Document {
        kind: Kind::Invoice,
        id: posted.id.clone(),
    };
    let is = xero.find(&session, &ask).await.unwrap().documents.remove(0);
    first.update = Some(UpdateOf {
        status: String::new(),
        same: vec![],
        id: posted.id.clone(),
        line_ids: is.line_ids(),
        version: is.version,
    });
    made(&post(world, &[first], "k4").await.unwrap()[0]);
    let mut renamed = contact(1, "Joe");
    renamed.update = Some(UpdateOf {
        status: String::new(),
        same: vec![],
        id: contact_id.clone(),
        version: String::new(),
        line_ids: vec![],
    });
    made(&post(world, &[renamed], "k5").await.unwrap()[0]);
    let mut refund = payment(6, &noted.id, "1", &bank);
    refund.of_credit_note = true;
    let outcomes = post(world, &[payment(5, &posted.id, "10", &bank), refund], "k6")
        .await
        .unwrap();
    assert!(
        outcomes.iter().all(|o| matches!(o, Outcome::Made(_))),
        "{outcomes:?}"
    );
    let since = Some(world.clock_now() - Duration::days(1));
    xero.find(&session, &Find::Contacts { since, page: 1 })
        .await
        .unwrap();
    let numbers = vec!["keap-1".to_owned()];
    xero.find(
        &session,
        &Find::ContactsBy {
            numbers,
            names: vec!["Al".to_owned()],
        },
    )
    .await
    .unwrap();
    crossfoot::connectors::xero::choices(&session)
        .await
        .unwrap();
}

#[tokio::test]
async fn every_request_fits_the_vendors_published_documents() {
    let Some(folder) = specs() else { return };
    let xero = OpenApi::read(
        &format!("{folder}/xero/xero_accounting.yaml"),
        JsonDraft::Draft4,
    );
    let identity = OpenApi::read(
        &format!("{folder}/xero/xero-identity.yaml"),
        JsonDraft::Draft4,
    );
    let keap = OpenApi::read(
        &format!("{folder}/keap/keap_v2_openapi_2.0.21.yml"),
        JsonDraft::Draft202012,
    );
    let world = World::new();
    everything(&world).await;
    let mut wrong = Vec::new();
    let sent = world.transport.sent();
    for request in &sent {
        let url = &request.url;
        let said = if url.contains("/xero/api.xro/2.0") {
            xero.wrong(request, &format!("{HOST}/xero/api.xro/2.0"))
        } else if url.ends_with("/connections") {
            // Paths are served whatever their case; the document writes a capital.
            let mut capital = request.clone();
            capital.url = url.replace("/connections", "/Connections");
            identity.wrong(&capital, &format!("{HOST}/xero"))
        } else if url.contains("/keap/crm") {
            keap.wrong(request, &format!("{HOST}/keap/crm"))
        } else {
            vec![format!("{url} is in no document")]
        };
        wrong.extend(
            said.iter()
                .map(|w| format!("{} {url}: {w}", request.method)),
        );
    }
    assert!(sent.len() > 40, "{}", sent.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The check itself can refuse.
    let put = sent
        .iter()
        .find(|r| r.method == http::Method::PUT && r.url.contains("Invoices"))
        .unwrap();
    let spoil = |from: &str, to: &str| {
        let body = String::from_utf8(put.body.to_vec())
            .unwrap()
            .replace(from, to);
        let request = HttpRequest {
            body: Bytes::from(body),
            ..put.clone()
        };
        xero.wrong(&request, &format!("{HOST}/xero/api.xro/2.0"))
    };
    for (from, to) in [
        ("AUTHORISED", "APPROVED"),
        ("Reference", "Referense"),
        ("\"Quantity\":1.5", "\"Quantity\":\"1.5\""),
        ("Reference\":", "Total\":1,\"Reference\":"),
        ("AUD", "POUNDS"),
    ] {
        assert!(!spoil(from, to).is_empty(), "{from} -> {to}");
    }
    let odd = HttpRequest {
        url: put.url.replace("unitdp", "unitdpp"),
        ..put.clone()
    };
    assert!(
        !xero
            .wrong(&odd, &format!("{HOST}/xero/api.xro/2.0"))
            .is_empty()
    );
}
