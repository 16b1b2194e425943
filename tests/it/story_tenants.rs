//! Two businesses in one workspace, whose ids and numbers are all the same: nothing of one is ever shown to the other,
//! and no word said about one reaches the other.

use super::bed::{Bed, amount, file, gst, hire, item, order, paid, shop, text, total, with};
use super::support::{XERO_CLIENT, noon, signed_in};
use crossfoot::connectors::Cursor;
use crossfoot::model::{BookId, ConnectionName, DocState, Key, Kind, LedgerContact, TenantId};
use crossfoot::pipeline::flow;
use crossfoot::pipeline::ports::{
    Books as _, ContactKeys, Documents as _, Journal as _, Mirror as _, Moved, Records as _,
    Runs as _, TenantSwitch, Written as _,
};
use crossfoot::service::{Engine, SyncAsk};
use serde_json::{Value, json};
use std::sync::LazyLock;

const BIRCH: &str = "Birch Cranes Pty";
/// The words of the two businesses' books.
const KEAP: &str = "keap";
const KEAP2: &str = "keap2";
const XERO: &str = "xero";
const XERO2: &str = "xero2";
const BIRCH_KEY: &str = "KeapAK-birch";

static ACME: LazyLock<TenantId> = LazyLock::new(|| TenantId::new("acme").unwrap());
static BIRCHES: LazyLock<TenantId> = LazyLock::new(|| TenantId::new("birch").unwrap());

fn acme() -> &'static TenantId {
    &ACME
}

fn birch() -> &'static TenantId {
    &BIRCHES
}

/// A business's orders: one that goes, and one with an item that has no account. `days` tells the two apart.
fn orders(days: u64, payment: &str) -> Value {
    let items = json!([hire(&days.to_string()), gst(&format!("{days}0.00"))]);
    let mut money = paid(&format!("{days}0.00"), "2026-07-12");
    money["id"] = json!(payment);
    shop(vec![
        with(
            order(1, 1041, "2026-07-10"),
            json!({"items": items, "payments": [money]}),
        ),
        with(
            order(2, 1042, "2026-07-10"),
            json!({"items": [item("SERVICE", "Advice", "30.00")]}),
        ),
    ])
}

/// Both tenants connected, each to an account and an organisation of its own, with processing on.
async fn two() -> (Bed, Engine) {
    let own = [
        ("sync", "{ first_run: review }"),
        ("accounts", "[{ sku: HIRE, use: \"200\" }, { else: hold }]"),
    ];
    let bed = Bed::new(&file(&own));
    bed.keap(orders(1, "80"));
    let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
    let made = bed.plane.seed("xero", json!({
        "organisations": [{"name": BIRCH, "country": "AU", "currency": "AUD"}],
        "tokens": [{"app": XERO_CLIENT, "tenants": [BIRCH], "access": "xa2", "refresh": "xr2", "scopes": scopes}],
    }));
    let organisation = text(&made.unwrap()["organisations"][0], "tenant_id");
    let mut data = orders(3, "80");
    data["contacts"][0]["family_name"] = json!("Birch");
    data["name"] = json!("birch");
    for (name, value) in [
        ("currency", json!("AUD")),
        ("time_zone", json!("Australia/Sydney")),
        ("keys", json!([{"key": BIRCH_KEY, "kind": "sak"}])),
    ] {
        data[name] = value;
    }
    let seeded = bed.plane.seed("keap", json!({"applications": [data]}));
    seeded.unwrap();
    let path = bed.folder.path().join("connections.yaml");
    let connections = std::fs::read_to_string(&path).unwrap();
    let theirs: String = (connections.lines())
        .map(|l| {
            l.replacen(": {", "2: {", 1)
                .replace(&bed.organisation, &organisation)
                + "\n"
        })
        .collect();
    std::fs::write(&path, format!("{connections}{theirs}")).unwrap();
    let theirs = [
        &own[..],
        &[
            ("tenant", "birch"),
            ("from", "{ keap: keap2 }"),
            ("to", "{ xero: xero2 }"),
        ],
    ]
    .concat();
    std::fs::write(bed.folder.path().join("mappings/birch.yaml"), file(&theirs)).unwrap();

    let engine = bed.engine().await;
    let keap2 = ConnectionName::new("keap2").unwrap();
    let xero2 = ConnectionName::new("xero2").unwrap();
    let key = engine.keep_key(birch(), &keap2, BIRCH_KEY.to_owned().into());
    key.await.unwrap();
    let secret = "hush".to_owned().into();
    engine.keep_client_secret(&xero2, &secret).await.unwrap();
    let tokens = signed_in("xa2", "xr2", noon());
    let kept = engine.keep_tokens(birch(), &xero2, &tokens);
    kept.await.unwrap();
    let on = TenantSwitch::Processing(true);
    let set = (engine.store()).switch(birch(), &on, "test", bed.now());
    set.await.unwrap();
    (bed, engine)
}

async fn run(engine: &Engine, tenant: &TenantId) -> String {
    let loaded = engine.workspace().load(tenant).unwrap();
    let ask = SyncAsk {
        trigger: format!("for {tenant}"),
        ..SyncAsk::default()
    };
    let done = engine.sync(&loaded, &ask, &|_| {}).await;
    done.unwrap_or_else(|e| panic!("{tenant}: {e}")).run.id
}

/// Everything the store shows of a tenant, as text.
async fn shown(engine: &Engine, of: &TenantId) -> String {
    let store = engine.store();
    let documents = store.documents(of, &[], 100).await.unwrap();
    let mut out = format!("{:?}\n{documents:?}\n", store.tenant(of).await.unwrap());
    for row in &documents {
        let writes = store.writes(of, &row.key).await.unwrap();
        let note = store.decision(of, &row.key).await;
        let record = store.record(of, &row.key).await;
        out += &format!("{writes:?}\n{note:?}\n{record:?}\n");
    }
    let ids = ["1", "2", "7", "80-1"];
    let all = Kind::ALL.iter().flat_map(|k| ids.map(|id| (*k, id)));
    for (kind, id) in all {
        for book in [KEAP, KEAP2] {
            let thing = thing(book, kind, id);
            let link = store.link(of, &thing).await.unwrap();
            let agreed = store.agreed(of, &thing).await.unwrap();
            out += &format!("{thing}: {link:?} {agreed:?}\n");
        }
    }
    let mut cursor: Vec<Option<Cursor>> = Vec::new();
    for name in [KEAP, KEAP2] {
        let keap = BookId::stored(name);
        cursor.push(store.cursor(of, &keap, Kind::Invoice).await.unwrap());
    }
    let books = store.books(of).await.unwrap();
    let mut chart = Vec::new();
    let mut mirrors = Vec::new();
    for name in [XERO, XERO2] {
        let xero = BookId::stored(name);
        chart.push(store.chart(of, &xero).await.unwrap());
        let all = store.mirror_find(of, &xero, both()).await.unwrap();
        mirrors.push(all);
    }
    let bad = store.bad_records(of).await.unwrap();
    let counts = store.counts(of).await.unwrap();
    out += &format!("{books:?}\n{cursor:?}\n{chart:?}\n{bad:?}\n{counts:?}\n");
    for run in store.runs(of, 100).await.unwrap() {
        let lines = store.run_lines(of, &run.id).await.unwrap();
        out += &format!("{run:?}\n{lines:?}\n");
    }
    out += &format!("{mirrors:?}\n");
    out
}

/// By what the two businesses' contacts are asked for.
fn both() -> ContactKeys<'static> {
    ContactKeys {
        name: "Jo Birch",
        email: "jo@harbour.example",
        ..ContactKeys::default()
    }
}

fn thing(book: &str, kind: Kind, id: &str) -> Key {
    Key::new(&BookId::stored(book), kind, &id.into())
}

/// The invoices in the books of an organisation, as number, contact, total and what is owed.
fn books(bed: &Bed, organisation: &str) -> Vec<(String, String, String, String)> {
    let state = bed.plane.state("xero").unwrap();
    let all = state["organisations"].as_array().unwrap();
    let org = all.iter().find(|o| o["name"] == json!(organisation));
    let invoices = org.unwrap()["invoices"].as_array().unwrap();
    let show = |i: &Value| {
        (
            text(i, "InvoiceNumber"),
            text(&i["Contact"], "Name"),
            total(i).normalize().to_string(),
            super::bed::dec(&i["AmountDue"]).normalize().to_string(),
        )
    };
    invoices.iter().map(show).collect()
}

async fn state(engine: &Engine, of: &TenantId, number: &str) -> DocState {
    let row = engine.store().document(of, number).await.unwrap();
    row.unwrap().state
}

fn row(number: &str, name: &str, total: &str, due: &str) -> (String, String, String, String) {
    let [a, b, c, d] = [number, name, total, due].map(str::to_owned);
    (a, b, c, d)
}

#[tokio::test]
async fn two_tenants_with_the_same_ids_never_meet() {
    let (bed, engine) = two().await;
    let store = engine.store();
    run(&engine, acme()).await;
    let untouched = shown(&engine, birch()).await;
    assert!(!untouched.contains("1041"), "{untouched}");
    run(&engine, birch()).await;
    for tenant in [acme(), birch()] {
        assert_eq!(state(&engine, tenant, "1041").await, DocState::Checked);
        assert_eq!(state(&engine, tenant, "1042").await, DocState::Held);
    }

    // Each says something about its own, and what the other sees does not change by a letter.
    let before = shown(&engine, birch()).await;
    assert!(before.contains("Birch") && !before.contains("Jo Harbour"));
    let released = flow::release(store, acme(), "jo", bed.now()).await;
    assert_eq!(released.unwrap().len(), 1);
    let again = store.retry(acme(), None, "jo", engine.now()).await.unwrap();
    assert_eq!(again, 1);
    assert_eq!(shown(&engine, birch()).await, before);
    assert!(store.undecided(birch(), 10).await.unwrap().is_empty());
    let first = run(&engine, acme()).await;
    assert_eq!(shown(&engine, birch()).await, before);
    assert_eq!(
        books(&bed, super::bed::ORG),
        [row("1041", "Jo Harbour", "110", "100")]
    );
    assert_eq!(books(&bed, BIRCH), []);

    // Now the other way: birch approves, by an id that acme has too.
    let before = shown(&engine, acme()).await;
    let (id, theirs) = (
        thing(KEAP, Kind::Invoice, "1"),
        thing(KEAP2, Kind::Invoice, "1"),
    );
    let seen = store.document(birch(), "1").await.unwrap().unwrap();
    assert_eq!(seen.key, theirs);
    let approved = store.set_state(birch(), &seen, DocState::Approved, "bo", bed.now());
    assert_eq!(approved.await.unwrap(), Moved::Done);
    let second = run(&engine, birch()).await;
    let forgotten = store.forget(birch(), bed.now(), 1000).await.unwrap();
    assert_eq!(forgotten.records, 0);
    assert_eq!(shown(&engine, acme()).await, before);
    assert!(!before.contains("Birch"), "{before}");
    assert_eq!(
        books(&bed, super::bed::ORG),
        [row("1041", "Jo Harbour", "110", "100")]
    );
    assert_eq!(books(&bed, BIRCH), [row("1041", "Jo Birch", "330", "300")]);
    for tenant in [acme(), birch()] {
        assert_eq!(state(&engine, tenant, "1041").await, DocState::Verified);
    }

    // A run, a write and a request are not found by another's name for them.
    assert!(store.run_lines(birch(), &first).await.unwrap().is_empty());
    assert!(store.run_lines(acme(), &second).await.unwrap().is_empty());
    for w in store.writes(acme(), &id).await.unwrap() {
        assert!(store.write(birch(), &w.key).await.unwrap().is_none());
        let batch = w.batch.unwrap();
        assert!(store.batch(acme(), batch).await.unwrap().is_some());
        assert!(store.batch(birch(), batch).await.unwrap().is_none());
    }
    let link = |of: &'static TenantId, key: Key| async move {
        let link = store.link(of, &key).await.unwrap();
        link.unwrap()
    };
    let (ours, theirs) = (link(acme(), id).await, link(birch(), theirs).await);
    assert_ne!(ours.other.id, theirs.other.id);
    assert_eq!((ours.amount, theirs.amount), (amount("110"), amount("330")));
}

#[tokio::test]
async fn one_tenants_contacts_leases_and_switches_are_its_own() {
    let (bed, engine) = two().await;
    let store = engine.store();
    let known = LedgerContact {
        id: "c-1".into(),
        name: "Jo Birch".into(),
        email: "jo@harbour.example".into(),
        ..LedgerContact::default()
    };
    let (now, xero) = (bed.now(), BookId::stored(XERO));
    let mirrored = store.mirror(acme(), &xero, &[known], Some(now)).await;
    mirrored.unwrap();
    let found = store.mirror_find(
        birch(),
        &xero,
        ContactKeys {
            id: "c-1",
            name: "Jo Birch",
            email: "jo@harbour.example",
            ..ContactKeys::default()
        },
    );
    assert!(found.await.unwrap().contacts.is_empty());
    assert_eq!(store.mirrored(birch(), &xero).await.unwrap(), None);

    // Two processes work at once, one for each, and neither may settle for the other.
    let ours = store.lease(acme(), "a", now, 120).await.unwrap().unwrap();
    let theirs = store.lease(birch(), "b", now, 120).await.unwrap();
    let theirs = theirs.unwrap();
    assert!(store.lease(birch(), "a", now, 120).await.unwrap().is_none());
    store.give_back(&ours).await.unwrap();
    assert!(store.lease(birch(), "a", now, 120).await.unwrap().is_none());
    store.give_back(&theirs).await.unwrap();

    let off = TenantSwitch::Processing(false);
    let set = store.switch(acme(), &off, "jo", now);
    set.await.unwrap();
    assert!(store.tenant(birch()).await.unwrap().processing);
    run(&engine, birch()).await;
    let loaded = engine.workspace().load(acme()).unwrap();
    let refused = engine.sync(&loaded, &SyncAsk::default(), &|_| {}).await;
    let why = refused.unwrap_err().to_string();
    assert!(why.contains("processing is off for acme"), "{why}");
}
