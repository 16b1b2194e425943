//! What vendors and networks may send: broken, cut, huge, slow, changed. Nothing falls over, no amount is made up,
//! nothing that a customer typed and no token reaches a log.

use crate::support::{Canned, World, http_over, noon};
use bytes::Bytes;
use crossfoot::connectors::http::{
    HttpRequest, HttpResponse, MOST_BODY, ReqwestTransport, Transport, TransportError,
};
use crossfoot::connectors::keap::Keap;
use crossfoot::connectors::xero::{Xero, chart, read};
use crossfoot::connectors::{Ask, CallError, Outcome, Reads, Settings, Writes};
use crossfoot::model::{Document, Invoice, Kind, Start};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::io::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A server that reads one request and then does as it is told, over and over.
async fn serve(answer: Vec<u8>, pause: Duration, close: bool) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let (answer, mut buffer) = (answer.clone(), vec![0u8; 65536]);
            tokio::spawn(async move {
                let _ = socket.read(&mut buffer).await;
                for part in answer.chunks(16 * 1024) {
                    if socket.write_all(part).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(pause).await;
                }
                if !close {
                    tokio::time::sleep(Duration::from_secs(30)).await;
                }
            });
        }
    });
    format!("http://{address}/x?name=Canary")
}

async fn ask(url: &str, deadline: Duration) -> Result<HttpResponse, TransportError> {
    let request = HttpRequest {
        method: http::Method::PUT,
        url: url.to_owned(),
        headers: http::HeaderMap::new(),
        body: Bytes::from_static(b"{}"),
        deadline,
    };
    ReqwestTransport::default().send(request).await
}

fn gz(bytes: usize) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..(bytes >> 20) {
        packed.write_all(&zeros).unwrap();
    }
    let body = packed.finish().unwrap();
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    answer
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn only_a_connection_that_was_never_made_is_called_not_sent() {
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let refused = ask(&format!("http://{free}/"), LONG).await;
    assert!(
        matches!(refused, Err(TransportError::NotSent(_))),
        "{refused:?}"
    );
    let nowhere = ask("http://no-such-host.invalid/", LONG).await;
    assert!(
        matches!(nowhere, Err(TransportError::NotSent(_))),
        "{nowhere:?}"
    );
    for answer in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"cut\"",
        b"gibberish\r\n\r\n",
    ] {
        let url = serve(answer.to_vec(), Duration::ZERO, true).await;
        let lost = ask(&url, LONG).await;
        let Err(TransportError::Unknown(why) | TransportError::Unreadable(why)) = lost else {
            panic!("{lost:?}")
        };
        assert!(!why.contains("Canary"), "{why}");
    }
}

#[tokio::test]
async fn one_byte_a_while_does_not_hold_a_call_for_ever() {
    let silent = serve(Vec::new(), Duration::ZERO, false).await;
    let late = ask(&silent, Duration::from_millis(200)).await;
    assert!(matches!(late, Err(TransportError::Unknown(_))), "{late:?}");
    let mut slow = b"HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n".to_vec();
    slow.extend(vec![b'x'; 64 * 1024]);
    let slow = serve(slow, Duration::from_millis(150), false).await;
    let late = ask(&slow, Duration::from_millis(400)).await;
    assert!(matches!(late, Err(TransportError::Unknown(_))), "{late:?}");
}

#[tokio::test]
async fn an_answer_that_grows_without_end_is_cut_off() {
    let url = serve(gz(MOST_BODY + (8 << 20)), Duration::ZERO, true).await;
    let bomb = ask(&url, LONG).await;
    assert!(
        matches!(&bomb, Err(TransportError::Unreadable(why)) if why.contains("more than")),
        "{bomb:?}"
    );
    let url = serve(gz(1 << 20), Duration::ZERO, true).await;
    assert_eq!(ask(&url, LONG).await.unwrap().body.len(), 1 << 20);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let target = serve(
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec(),
        Duration::ZERO,
        true,
    )
    .await;
    let answer = format!("HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n");
    let url = serve(answer.into_bytes(), Duration::ZERO, true).await;
    assert_eq!(ask(&url, LONG).await.unwrap().status, 302);
}

#[tokio::test]
async fn an_odd_status_is_never_taken_for_an_end() {
    let xero = Xero::new();
    let encoded = xero
        .encode(&[crate::connectors_xero::contact(1, "Jo")])
        .unwrap();
    let world = World::new();
    for (status, body) in [
        (302, ""),
        (304, ""),
        (100, ""),
        (600, ""),
        (200, ""),
        (200, "<html>"),
        (200, "{\"Contacts\": [{]}"),
        (204, ""),
        (408, ""),
        (500, "{}"),
        (502, "<html>"),
        (503, "The Organisation is offline"),
        (504, ""),
    ] {
        let mut session = world.xero();
        let canned = Canned(status, vec![], Bytes::from_static(body.as_bytes()));
        session.http = http_over(Arc::new(canned), world.clock.clone());
        let said = xero.post(&session, &encoded, "k").await;
        assert!(
            matches!(said, Err(CallError::Uncertain { .. })),
            "{status} {body}: {said:?}"
        );
        let said = xero
            .read(
                &session,
                &crate::connectors_xero::contacts_changed(None, None),
            )
            .await;
        let read = matches!(
            said,
            Err(CallError::Uncertain { .. } | CallError::Broken { .. })
        ) || status == 304;
        assert!(read, "{status} {body}: {said:?}");
    }
}

#[tokio::test]
async fn every_kind_of_limit_is_a_wait_and_only_the_day_parks() {
    let world = World::new();
    let encoded = Xero::new()
        .encode(&[crate::connectors_xero::contact(1, "Jo")])
        .unwrap();
    let header = |name, value: &str| (name, value.to_owned());
    for (problem, after, seconds, parks) in [
        ("minute", Some("17"), 17, false),
        ("minute", None, 60, false),
        ("concurrent", None, 2, false),
        ("appminute", Some("9"), 9, false),
        ("day", Some("66975"), 66_975, true),
        ("day", None, 3600, true),
        ("", Some("7200"), 7200, true),
        ("something new", Some("soon"), 60, false),
    ] {
        let mut headers = vec![header("x-rate-limit-problem", problem)];
        headers.extend(after.map(|a| header("retry-after", a)));
        let mut session = world.xero();
        session.http = http_over(
            Arc::new(Canned(429, headers, Bytes::new())),
            world.clock.clone(),
        );
        let said = Xero::new().post(&session, &encoded, "k").await;
        let Err(CallError::Wait { until, park, .. }) = said else {
            panic!("{problem}: {said:?}")
        };
        assert_eq!(
            (until, park),
            (noon() + chrono::Duration::seconds(seconds), parks),
            "{problem}"
        );
    }
    let keap = |headers| {
        let mut session = world.keap();
        session.http = http_over(
            Arc::new(Canned(429, headers, Bytes::new())),
            world.clock.clone(),
        );
        session
    };
    let ask = Ask::Typed {
        kind: Kind::Invoice,
        text: "1".to_owned(),
    };
    let used = vec![
        header("x-keap-product-quota-available", "0"),
        header("x-keap-product-quota-limit", "30000"),
    ];
    let said = Keap::new().read(&keap(used), &ask).await;
    let Err(CallError::Wait {
        until, park: true, ..
    }) = said
    else {
        panic!("{said:?}")
    };
    assert_eq!(until.to_rfc3339(), "2026-07-16T00:00:00+00:00");
}

#[tokio::test]
async fn an_endless_list_ends() {
    let world = World::new();
    let body = json!({"orders": [], "payments": [], "contacts": [], "invoice_order_payments": [], "next_page_token": "again", "currency_code": "AUD"});
    let mut session = world.keap();
    let canned = Canned(200, vec![], Bytes::from(body.to_string()));
    session.http = http_over(Arc::new(canned), world.clock.clone());
    let ask = Ask::Changed {
        kind: Kind::Invoice,
        cursor: None,
        since: None,
        start: Start::Beginning,
    };
    let page = Keap::new().read(&session, &ask).await.unwrap();
    assert!(
        !page.more,
        "an empty page is the last one, whatever its token says"
    );
}

/// What the fake vendors answer to the whole story, once.
struct Fixtures {
    orders: Vec<Value>,
    invoices: Vec<Value>,
    chart: [Vec<Value>; 6],
    put: (crossfoot::connectors::Encoded, Value),
}

fn chart_of(lists: &[Vec<Value>; 6]) -> chart::Lists<'_> {
    let [
        organisations,
        accounts,
        tax_rates,
        items,
        currencies,
        tracking,
    ] = lists;
    chart::Lists {
        organisations,
        accounts,
        tax_rates,
        items,
        currencies,
        tracking,
    }
}

fn fixtures() -> &'static Fixtures {
    static ONCE: OnceLock<Fixtures> = OnceLock::new();
    ONCE.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        std::thread::scope(|s| s.spawn(|| runtime.block_on(gather())).join().unwrap())
    })
}

async fn gather() -> Fixtures {
    let world = World::new();
    world.seed_keap(crate::connectors_keap::shop());
    let ask = Ask::Changed {
        kind: Kind::Invoice,
        cursor: None,
        since: None,
        start: Start::Beginning,
    };
    let page = Keap::new().read(&world.keap(), &ask).await.unwrap();
    let contact =
        crate::connectors_xero::post(&world, &[crate::connectors_xero::contact(1, "Jo")], "k1")
            .await
            .unwrap();
    let id = crate::connectors_xero::made(&contact[0]).id.clone();
    let lines = || vec![crate::connectors_xero::line("x", "1", "10")];
    let writes = [
        crate::connectors_xero::invoice(2, &id, "A", lines()),
        crate::connectors_xero::invoice(3, &id, "B", lines()),
    ];
    let encoded = Xero::new().encode(&writes).unwrap();
    let raw = |method: http::Method, path: String, body: String| {
        let (mut session, plane) = (world.xero(), world.plane.clone());
        session.settings = Arc::new(Settings::default());
        let mut headers = http::HeaderMap::new();
        headers.insert("authorization", "Bearer xa1".parse().unwrap());
        headers.insert("accept", "application/json".parse().unwrap());
        headers.insert("xero-tenant-id", world.organisation.parse().unwrap());
        async move {
            let reply = plane
                .call(method, &format!("/xero{path}"), headers, Bytes::from(body))
                .await
                .reply()
                .unwrap();
            serde_json::from_slice::<Value>(&reply.body).unwrap()
        }
    };
    let put = raw(
        http::Method::PUT,
        encoded.path.clone(),
        encoded.body.clone(),
    )
    .await;
    let get = |path: &str| {
        raw(
            http::Method::GET,
            format!("/api.xro/2.0/{path}"),
            String::new(),
        )
    };
    let list = |v: Value, field: &str| v[field].as_array().unwrap().clone();
    Fixtures {
        orders: page.records.into_iter().map(|r| r.raw).collect(),
        invoices: list(get("Invoices?page=1").await, "Invoices"),
        chart: [
            list(get("Organisation").await, "Organisations"),
            list(get("Accounts").await, "Accounts"),
            list(get("TaxRates").await, "TaxRates"),
            list(get("Items").await, "Items"),
            list(get("Currencies").await, "Currencies"),
            list(get("TrackingCategories").await, "TrackingCategories"),
        ],
        put: (encoded, put),
    }
}

/// Every place in a value.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(k, v)| places(v, format!("{at}/{k}"), found)),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(i, v)| places(v, format!("{at}/{i}"), found)),
        _ => {}
    }
    found.push(at);
}

/// A value with one place changed, and which place.
fn mutated(value: &Value, place: usize, how: usize) -> (Value, String) {
    let mut all = Vec::new();
    places(value, String::new(), &mut all);
    let at = all[place % all.len()].clone();
    let mut changed = value.clone();
    let to = [
        Value::Null,
        json!(""),
        json!("NaN"),
        json!(-1),
        json!([]),
        json!({}),
        json!(true),
        json!("2026-13-45T99:00:00Z"),
        json!("99999999999999999999999999"),
        json!("/Date(99999999999999999)/"),
        json!("\u{202e}<script>"),
        json!(1e300),
        json!(["x", {"amount": {}}]),
        json!("1e28"),
        json!("0x10"),
    ];
    if how == to.len() {
        // Taken out.
        if let Some((parent, key)) = at.rsplit_once('/')
            && let Some(Value::Object(map)) = changed.pointer_mut(parent)
        {
            map.remove(key);
        }
    } else if let Some(slot) = changed.pointer_mut(&at) {
        *slot = to[how].clone();
    }
    (changed, at)
}

fn invoice_of(document: Document) -> Invoice {
    match document {
        Document::Invoice(i) => *i,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_changed_order_never_becomes_another_amount_unseen(which in 0usize..6, place in 0usize..400, how in 0usize..=15) {
        let fixtures = fixtures();
        let keap = Keap::new();
        let none = Settings::default();
        let whole = &fixtures.orders[which % fixtures.orders.len()];
        let before = invoice_of(keap.read_again(&none, whole).unwrap());
        let (changed, at) = mutated(whole, place, how);
        if let Ok(after) = keap.read_again(&none, &changed) {
            let after = invoice_of(after);
            let told = after.fields.contains_key("crossfoot.mismatch");
            if !told {
                let sum: Decimal = after.lines.iter().map(|l| l.amount.unwrap()).sum();
                prop_assert_eq!(sum + after.tax.unwrap_or_default(), after.reckoned, "{}", at);
                // What was there before is there still, unless the order as a whole says otherwise.
                prop_assert_eq!(after.reckoned, before.reckoned, "{}", at);
                prop_assert_eq!(after.paid, before.paid, "{}", at);
            }
        }
    }

    #[test]
    fn a_changed_ledger_never_becomes_another_amount_unseen(which in 0usize..2, place in 0usize..400, how in 0usize..=15) {
        let fixtures = fixtures();
        let whole = &fixtures.invoices[which % fixtures.invoices.len()];
        let before = read::document(Kind::Invoice, whole).unwrap();
        let (changed, at) = mutated(whole, place, how);
        if let Ok(after) = read::document(Kind::Invoice, &changed) {
            for (field, was, is) in [("Total", before.total, after.total), ("AmountDue", before.amount_due, after.amount_due), ("AmountPaid", before.amount_paid, after.amount_paid)] {
                let meant = at.ends_with(field) && is == Decimal::NEGATIVE_ONE;
                prop_assert!(was == is || meant, "{}: {} became {}", at, was, is);
            }
        }
        let _ = read::contact(&changed);
    }

    #[test]
    fn a_changed_answer_to_a_write_is_never_taken_for_another_end(place in 0usize..400, how in 0usize..=15) {
        let (encoded, whole) = &fixtures().put;
        let before = read::outcomes(encoded, whole.to_string().as_bytes()).unwrap();
        let (changed, at) = mutated(whole, place, how);
        match read::outcomes(encoded, changed.to_string().as_bytes()) {
            Err(CallError::Uncertain { .. }) => {}
            Err(other) => prop_assert!(false, "{}: {:?}", at, other),
            Ok(after) => {
                prop_assert_eq!(after.len(), before.len());
                for (was, is) in before.iter().zip(&after) {
                    let (Outcome::Made(was), Outcome::Made(is)) = (was, is) else { continue };
                    prop_assert!(was.total == is.total || at.ends_with("/Total"), "{}", at);
                    prop_assert!(was.id == is.id || at.ends_with("/InvoiceID"), "{}", at);
                }
            }
        }
    }

    #[test]
    fn a_changed_chart_is_read_or_refused(list in 0usize..6, place in 0usize..2000, how in 0usize..=15) {
        let fixtures = fixtures();
        let mut lists = fixtures.chart.clone();
        let (changed, _) = mutated(&Value::Array(lists[list].clone()), place, how);
        if let Value::Array(changed) = changed {
            lists[list] = changed;
        }
        if let Ok(read) = chart::chart(chart_of(&lists)) {
            let whole = chart::chart(chart_of(&fixtures.chart)).unwrap();
            prop_assert_eq!(read.organisation.currency, whole.organisation.currency);
        }
    }

    #[test]
    fn bytes_of_any_kind_are_uncertain(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (encoded, _) = &fixtures().put;
        let uncertain = matches!(read::outcomes(encoded, &bytes), Err(CallError::Uncertain { .. }));
        prop_assert!(uncertain);
        let _ = read::refusal(encoded, 400, &bytes);
    }
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Lines(Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn neither_tokens_nor_what_customers_typed_reach_a_log_or_an_error() {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut errors = String::new();
    tracing::subscriber::with_default(log, || {
        runtime.block_on(async {
            let world = World::new();
            let xero = Xero::new();
            let mut wrong = crate::connectors_xero::contact(1, "Canary Customer");
            wrong.contact_number = "canary-number".to_owned();
            for fault in ["drop_after", "truncated", "html_502", "malformed", "429", "expired_token"] {
                world.fault(json!({"system": "xero", "fault": fault}));
                let encoded = xero.encode(std::slice::from_ref(&wrong)).unwrap();
                let said = xero.post(&world.xero(), &encoded, "k").await;
                errors.push_str(&format!("{:?} ", said.err()));
                world.clock.advance(chrono::Duration::minutes(2));
                world.fault(json!({"system": "xero", "fault": fault, "times": 3}));
                let names = vec!["Canary Customer".to_owned()];
                let said = xero.read(&world.xero(), &Ask::Names { names }).await;
                errors.push_str(&format!("{:?} ", said.err()));
            }
            let ask = Ask::Changed { kind: Kind::Invoice, cursor: None, since: None, start: Start::Beginning };
            world.seed_keap(json!({"contacts": [{"id": "1", "given_name": "Canary"}], "orders": [{"id": "1", "contact_id": "1", "order_time": "2026-07-01T00:00:00Z", "title": "Canary order"}]}));
            let page = Keap::new().read(&world.keap(), &ask).await.unwrap();
            assert_eq!(page.records.len(), 1);
            let row = crossfoot::connectors::auth::TokenRow::key(secrecy::SecretString::from("canary-token".to_owned()), noon());
            errors.push_str(&format!("{row:?} {:?}", world.transport.sent()));
        });
    });
    let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("class"), "calls are logged");
    for text in [&logged, &errors] {
        for canary in [
            "anary",
            "xa1",
            "xr1",
            "xa2",
            "hush",
            crate::support::KEAP_KEY,
            "Bearer",
        ] {
            assert!(!text.contains(canary), "{canary}: {text}");
        }
    }
}

#[tokio::test]
async fn sixty_calls_a_minute_are_kept_to_without_a_single_429() {
    let world = World::new();
    for i in 0..150 {
        let numbers = vec![i.to_string()];
        let ask = Ask::ContactNumbers { numbers };
        Xero::new().read(&world.xero(), &ask).await.unwrap();
    }
    let record = world.plane.requests(0).to_string();
    assert!(
        !record.contains("\"status\":429"),
        "the budget was not kept"
    );
    assert!(world.clock_now() >= noon() + chrono::Duration::seconds(120));
    assert_eq!(world.calls(), 150);
}
