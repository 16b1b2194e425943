//! Which book a connection leads to: a name may change, and an account may not, unless somebody says so.

use super::bed::{
    Bed, PLAIN, TENANT, doc, gst, hire, order, paid, shop, sync, synced, tenant, text, verified,
    with,
};
use super::support::{KEAP_KEY, XERO_CLIENT, noon, signed_in};
use crossfoot::model::{Became, BookId, ConnectionName, DocState, Key, Kind};
use crossfoot::pipeline::ports::{Books as _, DocRow, Documents as _, Moved, Written as _};
use crossfoot::service::Engine;
use serde_json::{Value, json};

const OTHER: &str = "Acme Sheds Pty";

fn orders() -> Value {
    let items = json!([hire("1"), gst("10.00")]);
    let all = [(1, 1041), (17, 1042)]
        .map(|(id, number)| with(order(id, number, "2026-07-10"), json!({"items": items})));
    shop(all.into())
}

/// Two invoices posted, under the names that connections had at first.
async fn posted() -> (Bed, Engine) {
    let bed = Bed::new(PLAIN);
    bed.keap(orders());
    let engine = bed.engine().await;
    synced(&engine).await;
    for number in ["1041", "1042"] {
        verified(&engine, number).await;
    }
    bed.minutes(60);
    (bed, engine)
}

/// Connections or the tenant's file with some words in place of others.
fn rename(bed: &Bed, file: &str, from: &str, to: &str) {
    let path = bed.folder.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

/// The workspace opened anew, with the connections of these names connected.
async fn anew(bed: &Bed, engine: Engine, source: &str, ledger: &str) -> Engine {
    engine.store().close().await;
    drop(engine);
    let engine = bed.engine_off().await;
    let (source, name) = (
        ConnectionName::new(source).unwrap(),
        ConnectionName::new(ledger).unwrap(),
    );
    let acme = tenant();
    let kept = engine.keep_key(&acme, &source, KEAP_KEY.to_owned().into());
    kept.await.unwrap();
    if !engine.tokens().connected(ledger).await.unwrap() {
        let secret = "hush".to_owned().into();
        let kept = engine.keep_client_secret(&name, &secret);
        kept.await.unwrap();
        let tokens = signed_in("xa1", "xr1", noon());
        let kept = engine.keep_tokens(&acme, &name, &tokens);
        kept.await.unwrap();
    }
    engine
}

/// An edit of both, with a payment on the first, goes on with what is there.
async fn goes_on(bed: &Bed, engine: &Engine) {
    let stamps = stamps(bed);
    let items = json!([hire("2"), gst("20.00")]);
    let orders = json!([
        {"id": "1", "add_payments": [paid("50.00", "2026-07-14")]},
        {"id": "17", "items": items},
    ]);
    bed.keap_edit(json!({"orders": orders}));
    synced(engine).await;
    for number in ["1041", "1042"] {
        verified(engine, number).await;
    }
    assert_eq!((bed.invoices(), bed.payments(), bed.contacts()), (2, 1, 1));
    assert_eq!(self::stamps(bed), stamps);
    let of = doc(engine, "1042").await.key;
    let all = engine.store().writes(&tenant(), &of).await.unwrap();
    let keys: Vec<String> = all.into_iter().map(|w| w.key).collect();
    assert!(keys.iter().all(|k| k.starts_with("acme/keap/")), "{keys:?}");
}

/// The stamp in each invoice of the books.
fn stamps(bed: &Bed) -> Vec<(String, String)> {
    let books = bed.books();
    let all = books["invoices"].as_array().unwrap().iter();
    let mut all: Vec<_> = all
        .map(|i| (text(i, "InvoiceNumber"), text(i, "Reference")))
        .collect();
    all.sort();
    all
}

async fn refused(engine: &Engine) -> String {
    let why = sync(engine).await.unwrap_err().to_string();
    assert!(
        why.contains("what is linked there would be taken for what is here"),
        "{why}"
    );
    why
}

#[tokio::test]
async fn a_ledgers_connection_that_was_renamed_leads_to_the_same_book() {
    let (bed, engine) = posted().await;
    rename(&bed, "connections.yaml", "xero: {", "books: {");
    rename(
        &bed,
        "mappings/acme.yaml",
        "{ xero: xero }",
        "{ xero: books }",
    );
    let engine = anew(&bed, engine, "keap", "books").await;
    let done = synced(&engine).await;
    let told: Vec<_> = done
        .lines
        .iter()
        .filter(|l| l.action == Became::Renamed)
        .collect();
    assert_eq!(told.len(), 1, "{:?}", done.lines);
    assert_eq!(told[0].object, "connection books");
    assert!(
        told[0].detail.starts_with("it was xero"),
        "{}",
        told[0].detail
    );
    goes_on(&bed, &engine).await;
    let again = synced(&engine).await;
    assert!(
        again.lines.iter().all(|l| l.action != Became::Renamed),
        "told once"
    );
    let books = engine.store().books(&tenant()).await.unwrap();
    let ledger = books.iter().find(|b| b.book.as_str() == "xero").unwrap();
    assert_eq!(
        (ledger.connection.as_str(), &ledger.organisation),
        ("books", &bed.organisation)
    );
}

#[tokio::test]
async fn a_sources_connection_that_was_renamed_waits_for_one_word() {
    let (bed, engine) = posted().await;
    rename(&bed, "connections.yaml", "keap: {", "shop: {");
    rename(
        &bed,
        "mappings/acme.yaml",
        "{ keap: keap }",
        "{ keap: shop }",
    );
    let engine = anew(&bed, engine, "shop", "xero").await;
    // Nothing tells the account from another one, and one word does.
    let why = refused(&engine).await;
    assert!(why.contains("in the entry `shop`: `was: keap`"), "{why}");
    assert_eq!(bed.invoices(), 2);
    bed.setting("shop", "was", "keap");
    let engine = anew(&bed, engine, "shop", "xero").await;
    goes_on(&bed, &engine).await;
}

#[tokio::test]
async fn an_organisation_with_another_name_is_the_same() {
    let (bed, engine) = posted().await;
    bed.setting("xero", "organisation_name", "Acme Cranes and Sheds");
    let engine = anew(&bed, engine, "keap", "xero").await;
    goes_on(&bed, &engine).await;
}

#[tokio::test]
async fn another_organisation_is_another_book() {
    let (bed, engine) = posted().await;
    let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
    let made = bed.plane.seed("xero", json!({
        "organisations": [{"name": OTHER, "country": "AU", "currency": "AUD"}],
        "tokens": [{"app": XERO_CLIENT, "tenants": [OTHER], "access": "xa2", "refresh": "xr2", "scopes": scopes}],
    }));
    let other = text(&made.unwrap()["organisations"][0], "tenant_id");
    let own = bed.organisation.clone();
    rename(&bed, "connections.yaml", &own, &other);
    let engine = anew(&bed, engine, "keap", "xero").await;
    let why = refused(&engine).await;
    assert!(
        why.contains(&format!("was led to xero xero {own}")),
        "{why}"
    );
    assert!(
        why.contains(&format!("now says to xero xero {other}")),
        "{why}"
    );
    // Nor by another name, whatever is said of it.
    rename(&bed, "connections.yaml", "xero: {", "books: {");
    rename(
        &bed,
        "mappings/acme.yaml",
        "{ xero: xero }",
        "{ xero: books }",
    );
    bed.setting("books", "was", "xero");
    let engine = anew(&bed, engine, "keap", "books").await;
    let why = refused(&engine).await;
    assert!(why.contains("put the old connection `xero` back"), "{why}");
    assert_eq!(bed.invoices(), 2);
    // The cure that was named works.
    rename(
        &bed,
        "connections.yaml",
        "books: { was: \"xero\", ",
        "xero: { ",
    );
    rename(&bed, "connections.yaml", &other, &own);
    rename(
        &bed,
        "mappings/acme.yaml",
        "{ xero: books }",
        "{ xero: xero }",
    );
    let engine = anew(&bed, engine, "keap", "xero").await;
    goes_on(&bed, &engine).await;
}

#[tokio::test]
async fn another_account_under_the_name_of_a_connection_is_another_book() {
    let (bed, engine) = posted().await;
    let keap = ConnectionName::new("keap").unwrap();
    let account = |id: &str| [("account".to_owned(), id.to_owned())].into();
    engine.keep_settings(&keap, account("ab123")).await.unwrap();
    goes_on(&bed, &engine).await;
    // Its orders have the numbers, and the stamps, of others: none of them is looked at.
    engine.keep_settings(&keap, account("xy789")).await.unwrap();
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"notes": "of another"}}]}));
    let why = refused(&engine).await;
    assert!(why.contains("now says from keap keap xy789"), "{why}");
    assert!(
        why.contains("`crossfoot connect acme keap`, signed in to the account ab123"),
        "{why}"
    );
    assert_eq!(bed.invoices(), 2);
    engine.keep_settings(&keap, account("ab123")).await.unwrap();
    synced(&engine).await;
}

#[tokio::test]
async fn a_connection_that_was_signed_in_anew_goes_on() {
    let (bed, engine) = posted().await;
    let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
    let tokens = json!({"app": XERO_CLIENT, "tenants": [super::bed::ORG], "access": "xa9", "refresh": "xr9", "scopes": scopes});
    bed.plane.seed("xero", json!({"tokens": [tokens]})).unwrap();
    let xero = ConnectionName::new("xero").unwrap();
    let row = signed_in("xa9", "xr9", bed.now());
    engine.keep_tokens(&tenant(), &xero, &row).await.unwrap();
    goes_on(&bed, &engine).await;
}

#[tokio::test]
async fn a_thing_is_of_its_book_and_kind() {
    let (bed, engine) = posted().await;
    let store = engine.store();
    let invoice = doc(&engine, "1042").await;
    let (keap, xero) = (BookId::stored("keap"), BookId::stored("xero"));
    assert_eq!(invoice.key, Key::new(&keap, Kind::Invoice, &"17".into()));
    // Contact 17 of the same book, and invoice 17 of the other, are none of it.
    for other in [
        Key::new(&keap, Kind::Contact, &"17".into()),
        Key::new(&xero, Kind::Invoice, &"17".into()),
        Key::new(&xero, Kind::Contact, &"17".into()),
    ] {
        let acme = tenant();
        let seen = DocRow {
            key: other.clone(),
            ..invoice.clone()
        };
        let moved = store.set_state(&acme, &seen, DocState::Held, "jo", bed.now());
        assert_eq!(moved.await.unwrap(), Moved::Decided);
        let all = [DocState::Verified, DocState::Held];
        let again = store.decide_again(&tenant(), &all, Some(&other)).await;
        assert_eq!(again.unwrap(), 0);
        let retried = store.retry(&tenant(), Some(&other), "jo", bed.now()).await;
        assert_eq!(retried.unwrap(), 0);
        assert_eq!(store.writes(&tenant(), &other).await.unwrap(), []);
        assert_eq!(store.link(&tenant(), &other).await.unwrap(), None);
        assert_eq!(store.decision(&tenant(), &other).await.unwrap(), None);
        assert_eq!(
            doc(&engine, "1042").await,
            invoice,
            "{other} moved {}",
            invoice.key
        );
    }
    let tenants: Vec<_> = store.books(&tenant()).await.unwrap();
    assert_eq!(tenants.len(), 2, "{TENANT} has two ends");
}

#[tokio::test]
async fn an_old_decision_is_told_with_the_chart_it_was_made_with() {
    use crossfoot::pipeline::ports::Mirror as _;
    let (bed, engine) = posted().await;
    let store = engine.store();
    let of = doc(&engine, "1041").await.key;
    let note = store.decision(&tenant(), &of).await.unwrap().unwrap();
    let then = store.chart_of(&tenant(), &note.chart.unwrap()).await;
    let then = then.unwrap().unwrap();
    bed.xero(json!({"period_lock_date": "2026-06-30"}));
    goes_on(&bed, &engine).await;
    let xero = BookId::stored("xero");
    let (now, _) = store.chart(&tenant(), &xero).await.unwrap().unwrap();
    assert_ne!(now, then);
    assert_eq!(
        store.chart_of(&tenant(), &then.hash()).await.unwrap(),
        Some(then)
    );
}
