//! A workspace that the first stage left in the middle of its work is opened by the program of now and goes on: no
//! document is made twice, no link is lost, and what was explained is explained the same way.

use super::bed::{Bed, doc, synced, tenant, text, total, verified};
use super::support::{HOST, PlaneTransport};
use chrono::{DateTime, Utc};
use crossfoot::clock::{Clock as _, TestClock};
use crossfoot::model::{Became, BookId, DocState, Draft, Key, Kind, LinkMade};
use crossfoot::pipeline::ports::{
    Books as _, Documents as _, Mirror as _, Records as _, Runs as _, Side, Written as _,
};
use crossfoot::sandbox::plane::{Plane, PlaneOptions};
use crossfoot::sandbox::wire::System;
use crossfoot::service::{Engine, Workspace};
use crossfoot::store::{OpenAs, verify_audit};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/first-stage")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}

/// The workspace as it was left, with the fake vendors as they were left.
fn left() -> Bed {
    let folder = tempfile::tempdir().unwrap();
    copy(&data().join("books"), folder.path());
    copy(&data().join("sandbox"), &folder.path().join("sandbox"));
    let database = folder.path().join(".crossfoot/crossfoot.db");
    std::fs::create_dir_all(folder.path().join(".crossfoot")).unwrap();
    std::fs::create_dir_all(folder.path().join("rules")).unwrap();
    std::fs::copy(data().join("books.sqlite"), database).unwrap();
    let now = std::fs::read_to_string(data().join("now")).unwrap();
    let now: DateTime<Utc> = now.trim().parse().unwrap();
    let clock = Arc::new(TestClock::at(now));
    let told = clock.clone();
    let systems = || -> Vec<Box<dyn System>> {
        vec![
            Box::new(crossfoot::sandbox::xero::Xero::default()),
            Box::new(crossfoot::sandbox::keap::Keap::default()),
        ]
    };
    let mut options = PlaneOptions::new(systems, move || told.now());
    options.base = HOST.to_owned();
    options.folder = Some(folder.path().join("sandbox"));
    let plane = Plane::new(options).unwrap();
    let transport = Arc::new(PlaneTransport::new(plane.clone()));
    let written = std::fs::read_to_string(folder.path().join("connections.yaml")).unwrap();
    let (_, organisation) = written.split_once("organisation: \"").unwrap();
    let organisation = organisation.split('"').next().unwrap().to_owned();
    Bed {
        folder,
        clock,
        plane,
        transport,
        organisation,
    }
}

async fn database(bed: &Bed) -> SqliteConnection {
    let path = bed.folder.path().join(".crossfoot/crossfoot.db");
    let url = format!("sqlite://{}", path.display());
    SqliteConnection::connect(&url).await.unwrap()
}

/// What a question finds, every column as text.
async fn found(db: &mut SqliteConnection, ask: &str) -> Vec<Vec<String>> {
    let rows = sqlx::query(AssertSqlSafe(ask.to_owned())).fetch_all(db);
    let rows = rows.await.unwrap_or_else(|e| panic!("{ask}: {e}"));
    let columns = |r: &sqlx::sqlite::SqliteRow| (0..r.len()).map(|n| r.get(n)).collect();
    rows.iter().map(columns).collect()
}

/// The same questions to the tables as they were and as they are.
const QUESTIONS: [(&str, &str, &str); 6] = [
    (
        "where each document stands, and why",
        "SELECT kind||'/'||source_id, number||also||state||COALESCE(reason,'')||COALESCE(day,'')||total||currency||contact
           ||version||COALESCE(decided,'')||COALESCE(drafts,'')||COALESCE(approved,'')||changed_at||open
           FROM documents ORDER BY 1",
        "SELECT kind||'/'||id, number||also||state||COALESCE(reason,'')||COALESCE(day,'')||total||currency||contact
           ||version||COALESCE(decided,'')||COALESCE(drafts,'')||COALESCE(approved,'')||changed_at||open
           FROM document_rows WHERE book = 'keap' ORDER BY 1",
    ),
    (
        "what explains each decision",
        "SELECT kind||'/'||source_id, facts, hex(note) FROM decisions ORDER BY 1",
        "SELECT t.kind||'/'||t.id, d.facts, hex(d.note) FROM decisions d JOIN things t ON t.thing = d.thing ORDER BY 1",
    ),
    (
        "every version of each record",
        "SELECT kind||'/'||source_id, version, seen_at||COALESCE(replaced_at,''), hex(body) FROM records ORDER BY 1, 2",
        "SELECT t.kind||'/'||t.id, r.version, r.seen_at||COALESCE(r.replaced_at,''), hex(r.body)
           FROM records r JOIN things t ON t.thing = r.thing ORDER BY 1, 2",
    ),
    (
        "every write, with its key and its stamp",
        "SELECT id||' '||natural_key, marker, kind||'/'||source_id, 'invoice/'||document, state||draft||draft_hash||needs
           ||attempt||COALESCE(batch,'')||COALESCE(first_sent,'')||COALESCE(last_sent,'')||key_spent||target_id||wanted
           FROM writes ORDER BY id",
        "SELECT id||' '||natural_key, marker, kind||'/'||of_id, on_kind||'/'||on_id, state||draft||draft_hash||needs
           ||attempt||COALESCE(batch,'')||COALESCE(first_sent,'')||COALESCE(last_sent,'')||key_spent||target_id||wanted
           FROM write_rows WHERE of_book = 'keap' AND on_book = 'keap' AND book = 'xero' ORDER BY id",
    ),
    (
        "every link, and what a payment is on",
        "SELECT kind||'/'||source_id, kind||'/'||target_id, target_number||target_version||draft||amount, on_document
           FROM links ORDER BY 1",
        "SELECT of_kind||'/'||of_id, other_kind||'/'||other_id, number||other_version||draft||amount, CASE WHEN upon IS NULL THEN '' ELSE upon_id END
           FROM link_rows WHERE of_book = 'keap' AND other_book = 'xero' ORDER BY 1",
    ),
    (
        "the mirror of contacts, and where the source was left off",
        "SELECT id, body, '' FROM ledger_contacts UNION SELECT connection, kind, cursor FROM cursors ORDER BY 1",
        "SELECT id, body, '' FROM mirror_contacts WHERE book = 'xero' UNION SELECT book, kind, cursor FROM cursors ORDER BY 1",
    ),
];

fn key(book: &str, kind: Kind, id: &str) -> Key {
    Key::new(&BookId::stored(book), kind, &id.into())
}

/// An engine on a machine without a place for notes: nothing says there that a copy may live elsewhere.
async fn alone(bed: &Bed) -> Engine {
    let outside = crossfoot::service::Outside {
        beacon: crossfoot::service::BeaconPlace::default(),
        ..bed.outside()
    };
    let workspace = crossfoot::service::Workspace::open(bed.folder.path()).unwrap();
    let how = crossfoot::store::OpenAs::Worker;
    Engine::open(workspace, outside, how).await.unwrap()
}

#[tokio::test]
async fn what_the_first_stage_knew_is_known() {
    let bed = left();
    let mut old = database(&bed).await;
    let mut before = Vec::new();
    for (_, ask, _) in QUESTIONS {
        before.push(found(&mut old, ask).await);
    }
    old.close().await.unwrap();
    let engine = alone(&bed).await;
    let mut new = database(&bed).await;
    for ((what, _, ask), was) in QUESTIONS.iter().zip(&before) {
        assert!(!was.is_empty(), "{what}");
        assert_eq!(&found(&mut new, ask).await, was, "{what}");
    }
    let old = found(
        &mut new,
        "SELECT name FROM sqlite_master WHERE name LIKE 'first_%'",
    )
    .await;
    assert!(old.is_empty(), "{old:?}");
    let store = engine.store();
    assert!(store.tenant(&tenant()).await.unwrap().processing);
    let books = store.books(&tenant()).await.unwrap();
    let books: Vec<_> = (books.iter())
        .map(|b| {
            (
                b.side,
                b.book.as_str(),
                b.connection.as_str(),
                b.organisation.as_str(),
            )
        })
        .collect();
    let organisation = bed.organisation.as_str();
    assert_eq!(
        books,
        [
            (Side::Source, "keap", "keap", ""),
            (Side::Ledger, "xero", "xero", organisation)
        ]
    );
    agreed(&engine).await;
    // The chart that was last read is kept by its hash, as the facts of the decisions made with it name it.
    let xero = BookId::stored("xero");
    let (chart, _) = store.chart(&tenant(), &xero).await.unwrap().unwrap();
    let note = (store.decision(&tenant(), &doc(&engine, "1042").await.key)).await;
    let facts = store.facts(&tenant(), &note.unwrap().unwrap().facts).await;
    let (_, hash): (Value, crossfoot::model::Fingerprint) =
        serde_json::from_str(&facts.unwrap().unwrap()).unwrap();
    assert_eq!(hash, chart.hash());
    assert_eq!(store.chart_of(&tenant(), &hash).await.unwrap(), Some(chart));
    // Opened once more, there is nothing to be moved.
    store.close().await;
    drop(engine);
    let again = alone(&bed).await;
    assert_eq!(found(&mut new, QUESTIONS[3].2).await, before[3]);
    drop(again);
}

/// What was last agreed is the draft that was posted last, where we posted one.
async fn agreed(engine: &Engine) {
    let store = engine.store();
    let of = key("keap", Kind::Invoice, "11");
    let link = store.link(&tenant(), &of).await.unwrap().unwrap();
    let Some(Draft::Invoice(draft)) = store.agreed(&tenant(), &of).await.unwrap() else {
        panic!("1051 was agreed on");
    };
    assert_eq!(
        (link.made, link.amount, draft.total),
        (LinkMade::Ours, draft.total, link.amount)
    );
    assert_eq!(
        store.links_to(&tenant(), &link.other).await.unwrap(),
        [link]
    );
    let refund = key("keap", Kind::Payment, "504");
    let link = store.link(&tenant(), &refund).await.unwrap().unwrap();
    assert_eq!(link.upon.map(|u| u.kind), Some(Kind::CreditNote));
    let matched = key("keap", Kind::Contact, "8");
    let link = store.link(&tenant(), &matched).await.unwrap().unwrap();
    assert_eq!(link.made, LinkMade::Matched);
    assert_eq!(store.agreed(&tenant(), &matched).await.unwrap(), None);
    // Invoice 17 is no contact 17, and no invoice of the ledger.
    for other in [
        key("keap", Kind::Contact, "17"),
        key("xero", Kind::Invoice, "17"),
    ] {
        assert_eq!(store.link(&tenant(), &other).await.unwrap(), None);
        assert_eq!(store.record(&tenant(), &other).await.unwrap(), None);
    }
}

/// How often each number is in the books.
fn numbers(bed: &Bed) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for i in bed.books()["invoices"].as_array().unwrap() {
        *out.entry(text(i, "InvoiceNumber")).or_default() += 1;
    }
    out
}

#[tokio::test]
async fn it_goes_on_where_the_first_stage_stopped() {
    let bed = left();
    let engine = bed.engine_off().await;
    bed.minutes(30);
    synced(&engine).await;
    // What was in doubt is settled: two had arrived, and the third is made now.
    for number in ["1041", "1042", "1043", "1047", "1048", "1049", "1051"] {
        verified(&engine, number).await;
    }
    assert_eq!(doc(&engine, "1044").await.state, DocState::Held);
    assert_eq!(doc(&engine, "1045").await.state, DocState::Skipped);
    let conflict = doc(&engine, "1046").await.reason.map(|r| r.code);
    // What the books agreed on before both were changed was not kept then, so that nothing is blended.
    assert_eq!(conflict.as_deref(), Some("update.unknown"));
    let all = [
        "1041", "1042", "1043", "1046", "1047", "1048", "1049", "1051",
    ];
    let once: BTreeMap<String, usize> = all.iter().map(|n| ((*n).to_owned(), 1)).collect();
    assert_eq!(numbers(&bed), once);
    let (payments, contacts) = (bed.payments(), bed.contacts());

    // An edit, and a payment.
    let hire = json!({"type": "PRODUCT", "product_id": "1", "quantity": 3, "price": "100.00"});
    let gst = json!({"type": "TAX", "name": "GST", "quantity": 1, "price": "30.00"});
    let paid = json!({"amount": "110.00", "type": "Check", "pay_status": "MANUAL_PAID", "time": "2026-07-15T01:00:00Z"});
    bed.keap_edit(json!({"orders": [
        {"id": "11", "items": [hire, gst]},
        {"id": "17", "add_payments": [paid]},
    ]}));
    bed.minutes(30);
    let done = synced(&engine).await;
    assert_eq!(
        done.run.counts.of(Kind::Invoice, Became::Updated),
        1,
        "{:?}",
        done.run.counts
    );
    verified(&engine, "1051").await;
    verified(&engine, "1049").await;
    assert_eq!(
        total(&bed.invoice("1051").unwrap()),
        super::bed::amount("330")
    );
    assert_eq!(numbers(&bed), once);
    assert_eq!((bed.payments(), bed.contacts()), (payments + 1, contacts));
    // The stamps are as they were, and what is written now says which run wrote it.
    let store = engine.store();
    let change = store
        .writes(&tenant(), &key("keap", Kind::Invoice, "11"))
        .await;
    let change = change.unwrap().pop().unwrap();
    assert_eq!(
        (change.run.as_str(), change.to.as_str()),
        (done.run.id.as_str(), "xero")
    );
    let made = store.write(&tenant(), "acme/keap/invoice/11/create").await;
    assert_eq!(made.unwrap().unwrap().marker, change.marker);
    bed.minutes(30);
    let idle = synced(&engine).await;
    assert!(idle.run.counts.iter().all(|(_, _, n)| n == 0));
    let path = bed.folder.path().join(".crossfoot/crossfoot.db");
    store.close().await;
    drop(engine);
    let audit = crossfoot::store::Store::open(&path, OpenAs::Reader)
        .await
        .unwrap();
    verify_audit(&audit).await.unwrap().unwrap();
}

#[tokio::test]
async fn whoever_comes_first_brings_it_up_to_date() {
    let bed = left();
    let workspace = Workspace::open(bed.folder.path()).unwrap();
    let engine = Engine::open(workspace, bed.outside(), OpenAs::Reader).await;
    let engine = engine.unwrap();
    assert_eq!(doc(&engine, "1042").await.state, DocState::Verified);
    engine.store().close().await;
}
