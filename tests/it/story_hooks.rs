//! What is sent to the door: documents that are accepted are posted once, whatever happens in between; hooks only wake.

use super::bed::{Bed, TENANT, amount, file, synced, tenant, total, verified};
use base64::Engine as _;
use crossfoot::model::ConnectionName;
use crossfoot::pipeline::ports::Records as _;
use crossfoot::service::door::{Door, DoorAnswer, MOST_BODY, Wakes, serve};
use crossfoot::service::{Ending, Engine};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A workspace whose door is open.
pub(super) struct Open {
    pub(super) bed: Bed,
    pub(super) engine: Arc<Engine>,
    wakes: Arc<Wakes>,
    pub(super) secret: String,
}

const SAYS: &str = "currency: AUD, columns: { number: no, date: day, total: sum, version: changed, contact.name: who, line.name: what, line.unit_amount: price, line.taxable: taxed }";

impl Open {
    async fn new(preset: &str, from: &str) -> Self {
        let bed = Bed::new(&file(&[("preset", preset), ("from", from)]));
        let path = bed.folder.path().join("connections.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let own = format!("files: {{ system: files, folder: data, {SAYS} }}");
        std::fs::write(&path, format!("{text}{own}\n")).unwrap();
        std::fs::create_dir_all(bed.folder.path().join("data")).unwrap();
        let engine = Arc::new(bed.engine().await);
        let made = engine.make_hook(&tenant()).await.unwrap();
        let secret = made.path.rsplit('/').next().unwrap().to_owned();
        assert_eq!(secret.len(), 64);
        Self {
            bed,
            engine,
            wakes: Arc::default(),
            secret,
        }
    }

    pub(super) async fn of_files() -> Self {
        Self::new("files-xero", "{ files: files }").await
    }

    pub(super) fn door(&self) -> Door {
        Door::new(Arc::clone(&self.engine), Arc::clone(&self.wakes))
    }

    pub(super) async fn sends(&self, body: &Value) -> DoorAnswer {
        self.sends_text(&body.to_string()).await
    }

    async fn sends_text(&self, body: &str) -> DoorAnswer {
        let (door, headers) = (self.door(), HeaderMap::new());
        door.answer(TENANT, &self.secret, &headers, body.as_bytes())
            .await
    }

    /// Runs once what was woken, or a run at its time.
    pub(super) async fn runs(&self) {
        self.wakes.taken(&BTreeSet::new());
        self.bed.minutes(1);
        synced(&self.engine).await;
    }

    pub(super) fn kept(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.bed.folder.path().join("data")).unwrap();
        let name = |e: std::io::Result<std::fs::DirEntry>| e.unwrap().file_name().into_string();
        folder.map(|e| name(e).unwrap()).collect()
    }

    pub(super) async fn told(&self) -> Vec<String> {
        let bad = self.engine.store().bad_records(&tenant()).await.unwrap();
        bad.iter()
            .map(|b| format!("{}: {}", b.at, b.what))
            .collect()
    }

    fn is_woken(&self) -> bool {
        !self.wakes.taken(&BTreeSet::new()).is_empty()
    }
}

pub(super) fn sale(number: &str, changed: u32, sum: &str) -> Value {
    json!({ "no": number, "day": "2026-07-01", "changed": changed, "who": "Ann Wharf", "sum": sum,
        "lines": [{ "what": "Work", "price": sum, "taxed": false }] })
}

pub(super) fn body(answer: &DoorAnswer) -> &Value {
    answer.body.as_ref().unwrap()
}

#[tokio::test]
async fn what_is_sent_is_accepted_posted_and_the_answer_says_where_to_look() {
    let open = Open::of_files().await;
    let answer = open
        .sends(&json!([sale("H1", 1, "100.00"), sale("H2", 1, "50.00")]))
        .await;
    assert_eq!(answer.status, 202);
    assert_eq!(
        *body(&answer),
        json!({ "accepted": 2, "again": 0, "clashing": 0, "not_kept": 0, "read": ["H1", "H2"], "told": [], "look": "crossfoot explain acme H1" })
    );
    assert!(open.is_woken());
    open.runs().await;
    for (number, sum) in [("H1", "100.00"), ("H2", "50.00")] {
        verified(&open.engine, number).await;
        assert_eq!(total(&open.bed.invoice(number).unwrap()), amount(sum));
    }
    // One alone, without a list around it.
    assert_eq!(open.sends(&sale("H3", 1, "7.00")).await.status, 202);
    open.runs().await;
    verified(&open.engine, "H3").await;
    assert_eq!(open.bed.invoices(), 3);
}

#[tokio::test]
async fn the_same_delivery_again_makes_nothing_more() {
    let open = Open::of_files().await;
    let sent = json!([sale("H1", 1, "100.00")]);
    assert_eq!(open.sends(&sent).await.status, 202);
    let again = open.sends(&sent).await;
    assert_eq!(
        (again.status.as_u16(), &body(&again)["again"]),
        (200, &json!(1))
    );
    open.runs().await;
    // And long after, on another day.
    open.bed.minutes(2 * 24 * 60);
    assert_eq!(open.sends(&sent).await.status, 202);
    open.runs().await;
    assert_eq!(open.bed.invoices(), 1);
    assert_eq!(open.told().await, [""; 0]);
}

#[tokio::test]
async fn an_older_version_never_takes_the_place_of_a_newer_whatever_came_first() {
    let open = Open::of_files().await;
    // Both before anything is read: the newer came first.
    open.sends(&sale("H1", 10, "200.00")).await;
    open.sends(&sale("H1", 9, "100.00")).await;
    open.runs().await;
    assert_eq!(total(&open.bed.invoice("H1").unwrap()), amount("200.00"));
    // One that is late, after the newer was posted.
    open.sends(&sale("H1", 8, "90.00")).await;
    open.runs().await;
    assert_eq!(total(&open.bed.invoice("H1").unwrap()), amount("200.00"));
    // And though the newer one's file is gone.
    for name in open.kept() {
        std::fs::remove_file(open.bed.folder.path().join("data").join(name)).unwrap();
    }
    open.sends(&sale("H1", 7, "70.00")).await;
    open.runs().await;
    assert_eq!(total(&open.bed.invoice("H1").unwrap()), amount("200.00"));
    // A newer one counts.
    open.sends(&sale("H1", 11, "300.00")).await;
    open.runs().await;
    assert_eq!(total(&open.bed.invoice("H1").unwrap()), amount("300.00"));
}

#[tokio::test]
async fn a_wrong_secret_and_a_tenant_there_is_none_of_are_told_alike_and_nothing_is_kept() {
    let open = Open::of_files().await;
    let (door, headers, sent) = (
        open.door(),
        HeaderMap::new(),
        sale("H1", 1, "1.00").to_string(),
    );
    let mut other = open.secret.clone();
    other.replace_range(63.., if other.ends_with('0') { "1" } else { "0" });
    let mut answers = Vec::new();
    for (tenant, word) in [
        (TENANT, other.as_str()),
        (TENANT, ""),
        (TENANT, "files"),
        (TENANT, "xero"),
        ("nobody", &open.secret),
    ] {
        answers.push(door.answer(tenant, word, &headers, sent.as_bytes()).await);
    }
    assert!(
        answers.iter().all(|a| a.status == 404 && a == &answers[0]),
        "{answers:?}"
    );
    assert_eq!(open.kept(), [""; 0]);
    assert!(!open.is_woken());
    // A new secret ends the old one.
    open.engine.make_hook(&tenant()).await.unwrap();
    assert_eq!(open.sends(&sale("H1", 1, "1.00")).await.status, 404);
}

#[tokio::test]
async fn what_is_not_json_is_told_with_its_place_and_nothing_is_kept() {
    let open = Open::of_files().await;
    for (sent, at) in [
        ("{\"no\":\n oops}", "body:2:2"),
        ("", "body:1:0"),
        ("[1, 2", "body:1:5"),
        ("[]", "body:1"),
        ("\"text\"", "body:1"),
        ("\u{0}", "body:1:1"),
    ] {
        let answer = open.sends_text(sent).await;
        assert_eq!(
            (answer.status.as_u16(), &body(&answer)["at"]),
            (400, &json!(at)),
            "{sent}"
        );
    }
    assert_eq!(open.kept(), [""; 0]);
}

#[tokio::test]
async fn of_a_body_with_a_broken_document_the_good_ones_go_and_it_is_told_until_it_is_right() {
    let open = Open::of_files().await;
    let mut broken = sale("H2", 1, "50.00");
    broken["sum"] = json!("fifty");
    let answer = open
        .sends(&json!([
            sale("H1", 1, "100.00"),
            broken,
            sale("H3", 1, "7.00")
        ]))
        .await;
    assert_eq!(answer.status, 202);
    assert_eq!(body(&answer)["read"], json!(["H1", "H3"]));
    assert_eq!(body(&answer)["told"][0]["at"], "body:2");
    assert_eq!(body(&answer)["look"], "crossfoot errors acme");
    open.runs().await;
    assert_eq!(open.bed.invoices(), 2);
    let told = open.told().await;
    assert!(
        told.len() == 1 && told[0].starts_with("inbox-20260715.jsonl:2: `sum` is `fifty`"),
        "{told:?}"
    );
    open.sends(&sale("H2", 2, "50.00")).await;
    open.runs().await;
    verified(&open.engine, "H2").await;
    assert_eq!(open.told().await, [""; 0]);
}

#[tokio::test]
async fn a_process_that_dies_between_accepting_and_posting_loses_nothing() {
    let open = Open::of_files().await;
    assert_eq!(open.sends(&sale("H1", 1, "100.00")).await.status, 202);
    let Open {
        bed,
        engine,
        wakes,
        secret,
    } = open;
    drop(Arc::into_inner(engine).unwrap());
    // And one that died while it wrote: what was cut off was never accepted.
    let inbox = bed.folder.path().join("data/inbox-20260715.jsonl");
    let mut text = std::fs::read_to_string(&inbox).unwrap();
    text.push_str("{\"no\": \"H2\", \"day\": \"20");
    std::fs::write(&inbox, text).unwrap();
    let engine = Arc::new(bed.engine().await);
    let open = Open {
        bed,
        engine,
        wakes,
        secret,
    };
    open.runs().await;
    verified(&open.engine, "H1").await;
    assert_eq!(open.told().await, [""; 0]);
    assert_eq!(open.sends(&sale("H2", 1, "50.00")).await.status, 202);
    open.runs().await;
    verified(&open.engine, "H2").await;
    assert_eq!(open.bed.invoices(), 2);
    assert_eq!(open.told().await, [""; 0]);
}

fn signed(key: &str, body: &str, header: &'static str) -> HeaderMap {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let text = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    HeaderMap::from_iter([(http::HeaderName::from_static(header), text.parse().unwrap())])
}

#[tokio::test]
async fn what_a_vendor_signs_only_wakes_and_a_wrong_signature_is_refused_without_a_word() {
    let open = Open::of_files().await;
    let (door, sent) = (open.door(), "{\"events\":[],\"firstEventSequence\":0}");
    let right = signed("key", sent, "x-xero-signature");
    // Without a key nothing is there.
    assert_eq!(
        door.answer(TENANT, "xero", &right, sent.as_bytes())
            .await
            .status,
        404
    );
    let xero = ConnectionName::new("xero").unwrap();
    let key = "key".to_owned().into();
    open.engine
        .keep_hook_key(&tenant(), &xero, &key)
        .await
        .unwrap();
    for (headers, status) in [
        (signed("another", sent, "x-xero-signature"), 401),
        (signed("key", "{}", "x-xero-signature"), 401),
        (HeaderMap::new(), 401),
        (right, 200),
    ] {
        let answer = door.answer(TENANT, "xero", &headers, sent.as_bytes()).await;
        assert_eq!((answer.status.as_u16(), answer.body), (status, None));
        assert_eq!(open.is_woken(), status == 200);
    }
    assert_eq!(open.kept(), [""; 0]);
}

#[tokio::test]
async fn a_hook_of_a_source_that_is_read_wakes_it_and_its_handshake_is_answered() {
    let open = Open::new("keap-xero", "{ keap: keap }").await;
    let name = http::HeaderName::from_static("x-hook-secret");
    let headers = HeaderMap::from_iter([(name, "abc".parse().unwrap())]);
    let answer = open
        .door()
        .answer(TENANT, &open.secret, &headers, b"")
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.echo),
        (200, Some(("x-hook-secret", "abc".to_owned())))
    );
    assert!(open.is_woken());
    assert_eq!(open.kept(), [""; 0]);
}

/// One request, as its bytes; the status and the body of the answer.
async fn request(at: std::net::SocketAddr, head: &str, body: &[u8]) -> (u16, String) {
    let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
    let head = format!(
        "{head} HTTP/1.1\r\nhost: door\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // A door that has refused does not read to the end.
    let _ = stream.write_all(body).await;
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all).await;
    let text = String::from_utf8_lossy(&all).into_owned();
    let status = text.split(' ').nth(1).and_then(|s| s.parse().ok());
    let body = text.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned();
    (status.unwrap_or(0), body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_socket_what_comes_is_posted_at_once_and_too_much_is_refused() {
    let open = Open::of_files().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (end, asked) = tokio::sync::watch::channel(false);
    let ending = Ending::when(asked);
    let served = tokio::spawn(serve(open.door(), listener, ending.clone()));
    let (wakes, engine) = (Arc::clone(&open.wakes), Arc::clone(&open.engine));
    let (ran, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let tell: Arc<dyn Fn(crossfoot::service::Event<'_>) + Send + Sync> =
        Arc::new(move |e| ran.send(format!("{e:?}")).unwrap());
    let woken = tokio::spawn(async move { wakes.serve(engine, ending, tell).await });

    let path = format!("/hooks/{TENANT}/{}", open.secret);
    let sent = sale("H1", 1, "100.00").to_string();
    let (status, body) = request(at, &format!("POST {path}"), sent.as_bytes()).await;
    assert_eq!(status, 202, "{body}");
    let told = seen.recv().await.unwrap();
    assert!(told.starts_with("Ran"), "{told}");
    verified(&open.engine, "H1").await;

    let large = vec![b' '; MOST_BODY + 1];
    let statuses = [
        request(at, &format!("POST {path}"), &large).await.0,
        request(at, &format!("GET {path}"), b"").await.0,
        request(at, "POST /hooks/acme", b"{}").await.0,
        request(at, "POST /hooks/acme/../acme/x", b"{}").await.0,
        request(at, "GET /health", b"").await.0,
        request(at, &format!("POST {path}"), b"{").await.0,
    ];
    assert_eq!(statuses, [413, 405, 404, 404, 200, 400]);
    assert_eq!(open.bed.invoices(), 1);
    end.send(true).unwrap();
    served.await.unwrap().unwrap();
    woken.await.unwrap();
}
