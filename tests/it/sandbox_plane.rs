//! The sandbox plane: state survives a kill, faults strike where they are told, requests are counted.

use std::io::Write as _;

use bytes::Bytes;
use chrono::{DateTime, TimeZone as _, Utc};
use crossfoot::sandbox::plane::{Plane, PlaneAnswer, PlaneOptions};
use crossfoot::sandbox::wire::{Call, Outbound, Reply, System};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A vendor that keeps notes: the smallest thing with a state and a clock.
#[derive(Default)]
struct Notes {
    notes: Vec<Value>,
    loud: bool,
}

impl System for Notes {
    fn name(&self) -> &'static str {
        "notes"
    }
    fn handle(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        if call.path == "/_fault/429" {
            let reply = Reply::text(StatusCode::TOO_MANY_REQUESTS, "text/plain", "easy now");
            return reply.with("x-sandbox-form", "yes");
        }
        if call.method == Method::POST {
            let text = String::from_utf8_lossy(&call.body).into_owned();
            self.notes
                .push(json!({"text": text, "at": now.to_rfc3339(), "beside": call.in_flight}));
        }
        Reply::json(
            StatusCode::OK,
            &json!({"count": self.notes.len(), "notes": self.notes}),
        )
    }
    fn concurrency_key(&self, _: &Call) -> Option<String> {
        Some("all".into())
    }
    fn seed(&mut self, seed: &Value, _: DateTime<Utc>) -> Result<Value, String> {
        self.notes.push(seed.clone());
        Ok(json!(1))
    }
    fn state(&self) -> Value {
        json!({"notes": self.notes, "loud": self.loud})
    }
    fn switches(&self) -> Value {
        json!({"loud": self.loud})
    }
    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String> {
        match (name, value.as_bool()) {
            ("loud", Some(v)) => {
                self.loud = v;
                Ok(())
            }
            _ => Err(format!("`{name}`: the switch is `loud`, true or false")),
        }
    }
    fn outbound(&mut self, _: DateTime<Utc>) -> Vec<Outbound> {
        vec![]
    }
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap()
}

fn options() -> PlaneOptions {
    PlaneOptions::new(|| vec![Box::new(Notes::default())], noon)
}

fn plane() -> Plane {
    Plane::new(options()).unwrap()
}

async fn send(plane: &Plane, method: Method, path: &str, body: &str) -> PlaneAnswer {
    plane
        .call(
            method,
            path,
            HeaderMap::new(),
            Bytes::copy_from_slice(body.as_bytes()),
        )
        .await
}

async fn json_of(plane: &Plane, method: Method, path: &str, body: &str) -> Value {
    let reply = send(plane, method, path, body)
        .await
        .reply()
        .expect("a whole reply");
    serde_json::from_slice(&reply.body).unwrap()
}

#[tokio::test]
async fn a_killed_sandbox_comes_back_as_it_was_and_drops_a_torn_record() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let mut with = options();
        with.folder = Some(folder.path().to_owned());
        Plane::new(with).unwrap()
    };
    let before = {
        let plane = open();
        send(&plane, Method::POST, "/notes/a?x=1", "first \u{1f33b}").await;
        json_of(
            &plane,
            Method::POST,
            "/_sandbox/notes/seed",
            r#"{"from": "seed"}"#,
        )
        .await;
        json_of(
            &plane,
            Method::POST,
            "/_sandbox/notes/switches",
            r#"{"loud": true}"#,
        )
        .await;
        json_of(
            &plane,
            Method::POST,
            "/_sandbox/clock",
            r#"{"advance_seconds": 3600}"#,
        )
        .await;
        send(&plane, Method::POST, "/notes/b", "second").await;
        plane.state("notes").unwrap()
    };
    assert_eq!(before["notes"].as_array().unwrap().len(), 3);
    assert_eq!(before["notes"][2]["at"], "2026-07-01T13:00:00+00:00");

    let log = folder.path().join("notes.log");
    let whole = std::fs::metadata(&log).unwrap().len();
    let mut file = std::fs::OpenOptions::new().append(true).open(&log).unwrap();
    file.write_all(b"200 {\"kind\":\"call\",\"at\":\"2026")
        .unwrap();
    drop(file);

    assert_eq!(open().state("notes").unwrap(), before);
    assert_eq!(
        std::fs::metadata(&log).unwrap().len(),
        whole,
        "the torn record is cut off"
    );
    let again = open();
    send(&again, Method::POST, "/notes/c", "third").await;
    assert_eq!(open().state("notes"), again.state("notes"));
}

#[tokio::test]
async fn a_reset_forgets_the_folder_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut with = options();
    with.folder = Some(folder.path().to_owned());
    let plane = Plane::new(with.clone()).unwrap();
    send(&plane, Method::POST, "/notes/a", "gone").await;
    json_of(&plane, Method::POST, "/_sandbox/reset", "").await;
    assert_eq!(plane.state("notes").unwrap()["notes"], json!([]));
    assert_eq!(
        Plane::new(with).unwrap().state("notes").unwrap()["notes"],
        json!([])
    );
}

#[tokio::test]
async fn before_means_nothing_happened_and_after_means_it_did() {
    let plane = plane();
    let rules = json!([
        {"path_contains": "/1", "fault": "500_before"}, {"path_contains": "/2", "fault": "500_after"},
        {"path_contains": "/3", "fault": "drop_before"}, {"path_contains": "/4", "fault": "drop_after"},
        {"path_contains": "/5", "fault": "html_502"}, {"path_contains": "/6", "fault": "truncated"},
    ]);
    plane.faults(&rules).unwrap();
    let mut seen = vec![];
    for n in 1..=6 {
        let answer = send(&plane, Method::POST, &format!("/notes/{n}"), &n.to_string()).await;
        seen.push(match answer {
            PlaneAnswer::Reply(r) => r.status.as_u16().to_string(),
            PlaneAnswer::Dropped { committed } => format!("dropped, committed {committed}"),
            PlaneAnswer::Truncated(r) => {
                let promised: usize = r.headers["content-length"]
                    .to_str()
                    .unwrap()
                    .parse()
                    .unwrap();
                assert!(r.body.len() < promised);
                "truncated".into()
            }
        });
    }
    assert_eq!(
        seen,
        [
            "500",
            "500",
            "dropped, committed false",
            "dropped, committed true",
            "502",
            "truncated"
        ]
    );
    let kept: Vec<Value> = plane.state("notes").unwrap()["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["text"].clone())
        .collect();
    assert_eq!(kept, ["2", "4", "6"]);
    let again = send(&plane, Method::POST, "/notes/1", "x")
        .await
        .reply()
        .unwrap();
    assert_eq!(
        again.status,
        StatusCode::OK,
        "a rule without `times` fires once"
    );
}

#[tokio::test]
async fn a_429_is_the_vendors_own_and_a_page_can_come_twice() {
    let plane = plane();
    plane
        .faults(&json!({"fault": {"429": {"retry_after": 7}}}))
        .unwrap();
    let reply = send(&plane, Method::GET, "/notes/", "")
        .await
        .reply()
        .unwrap();
    assert_eq!(
        (reply.status.as_u16(), reply.body.as_ref()),
        (429, b"easy now".as_ref())
    );
    assert!(reply.headers.get("x-sandbox-form").is_none());

    json_of(&plane, Method::GET, "/notes/list?page=1", "").await;
    send(&plane, Method::POST, "/notes/list", "new").await;
    plane.faults(&json!({"fault": "duplicate_page"})).unwrap();
    assert_eq!(
        json_of(&plane, Method::GET, "/notes/list?page=2", "").await["count"],
        0
    );
    assert_eq!(
        json_of(&plane, Method::GET, "/notes/list?page=2", "").await["count"],
        1
    );
}

#[tokio::test]
async fn requests_are_recorded_without_their_secrets() {
    let plane = plane();
    let mut headers = HeaderMap::new();
    headers.insert("authorization", "Bearer top-secret".parse().unwrap());
    headers.insert("idempotency-key", "k-1".parse().unwrap());
    for n in 1..=3 {
        plane
            .call(
                Method::POST,
                &format!("/notes/orders/{n}?access_token=top-secret"),
                headers.clone(),
                Bytes::new(),
            )
            .await;
    }
    let shown = json_of(&plane, Method::GET, "/_sandbox/requests?since=2", "").await;
    assert_eq!(shown["counts"], json!({"notes POST /orders/{id}": 3}));
    assert_eq!(shown["requests"].as_array().unwrap().len(), 1);
    assert_eq!(shown["requests"][0]["headers"]["idempotency-key"], "k-1");
    assert!(!shown.to_string().contains("top-secret"));
    let counts = json_of(&plane, Method::GET, "/_sandbox/requests?counts=only", "").await;
    assert!(counts.get("requests").is_none() && counts["total"] == 3);
}

#[tokio::test]
async fn bodies_are_kept_when_that_is_asked_for_and_without_their_secrets() {
    let plane = plane();
    let post = |path: &'static str, body: &'static str| send(&plane, Method::POST, path, body);
    post("/notes/before", r#"{"a": 1}"#).await;
    let on = json_of(
        &plane,
        Method::POST,
        "/_sandbox/requests",
        r#"{"bodies": true}"#,
    )
    .await;
    assert_eq!(on, json!({"bodies": true}));
    post(
        "/notes/token",
        "grant_type=refresh_token&refresh_token=hush-1&client_secret=hush-2",
    )
    .await;
    post(
        "/notes/json",
        r#"{"Invoices":[{"Number":"A-1","inner":{"access_token":"hush-3"}}]}"#,
    )
    .await;
    post("/notes/odd", "<xml>hush-4</xml>").await;
    json_of(
        &plane,
        Method::POST,
        "/_sandbox/requests",
        r#"{"bodies": false}"#,
    )
    .await;
    post("/notes/after", r#"{"a": 1}"#).await;
    let shown = json_of(&plane, Method::GET, "/_sandbox/requests", "").await;
    let of = |n: usize| {
        shown["requests"][n]["body"]
            .as_str()
            .unwrap_or("")
            .to_owned()
    };
    assert!(
        of(1).starts_with("grant_type=refresh_token&refresh_token="),
        "{}",
        of(1)
    );
    assert!(of(2).contains(r#""Number":"A-1""#), "{}", of(2));
    assert_eq!((of(0), of(4)), (String::new(), String::new()));
    assert!(!shown.to_string().contains("hush"), "{shown}");
}

#[tokio::test]
async fn calls_under_way_are_counted_while_they_wait() {
    let plane = plane();
    plane
        .faults(&json!({"fault": {"delay_ms": 50}, "times": 3}))
        .unwrap();
    let calls = (0..3).map(|_| send(&plane, Method::POST, "/notes/x", "y"));
    futures::future::join_all(calls).await;
    send(&plane, Method::POST, "/notes/x", "alone").await;
    let state = plane.state("notes").unwrap();
    let mut beside: Vec<u64> = state["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["beside"].as_u64().unwrap())
        .collect();
    beside[..3].sort_unstable();
    assert_eq!(beside, [1, 2, 3, 1]);
}

#[tokio::test]
async fn the_clock_stops_moves_and_runs_again() {
    let plane = plane();
    let at = |v: Value| v["now"].as_str().unwrap().to_owned();
    let set = json_of(
        &plane,
        Method::POST,
        "/_sandbox/clock",
        r#"{"set": "2026-12-31T23:59:59Z"}"#,
    )
    .await;
    assert_eq!(set["mode"], "frozen");
    let on = json_of(
        &plane,
        Method::POST,
        "/_sandbox/clock",
        r#"{"advance_seconds": 2}"#,
    )
    .await;
    assert_eq!(at(on), "2027-01-01T00:00:01.000Z");
    let reply = send(&plane, Method::GET, "/notes/", "")
        .await
        .reply()
        .unwrap();
    assert_eq!(reply.headers["date"], "Fri, 01 Jan 2027 00:00:01 GMT");
    assert_eq!(
        at(json_of(&plane, Method::POST, "/_sandbox/clock", r#"{"real": true}"#).await),
        "2026-07-01T12:00:00.000Z"
    );
    let refused = json_of(&plane, Method::POST, "/_sandbox/clock", r#"{"warp": 9}"#).await;
    assert!(
        refused["error"]
            .as_str()
            .unwrap()
            .contains("advance_seconds")
    );
}

/// Sends one request over a socket and answers all that came back until the end.
async fn raw(address: std::net::SocketAddr, path: &str) -> String {
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let text = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi"
    );
    socket.write_all(text.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    // A reset is one way for a cut connection to end.
    socket.read_to_end(&mut all).await.ok();
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn on_a_socket_a_dropped_answer_is_no_answer_and_a_truncated_one_ends_short() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let plane = plane();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(plane.clone().serve(listener, async {
        stopped.await.ok();
    }));

    let whole = raw(address, "/notes/a").await;
    assert!(
        whole.starts_with("HTTP/1.1 200") && whole.contains("\"count\":1"),
        "{whole}"
    );
    plane
        .faults(&json!([{"nth": 1, "fault": "drop_after"}, {"nth": 2, "fault": "truncated"}]))
        .unwrap();
    assert_eq!(raw(address, "/notes/a").await, "");
    let short = raw(address, "/notes/a").await;
    assert!(
        short.starts_with("HTTP/1.1 200") && !short.contains("\"notes\":[{}]}"),
        "{short}"
    );
    let (head, body) = short.split_once("\r\n\r\n").unwrap();
    let promised: usize = head
        .lines()
        .find_map(|l| l.strip_prefix("content-length: "))
        .unwrap()
        .parse()
        .unwrap();
    assert!(body.len() < promised, "{} of {promised}", body.len());
    assert_eq!(
        plane.state("notes").unwrap()["notes"]
            .as_array()
            .unwrap()
            .len(),
        3
    );

    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_other_faults_do_what_their_words_say() {
    let plane = plane();
    let mut told = vec![];
    for fault in [
        json!("malformed"),
        json!("offline_503"),
        json!("expired_token"),
        json!({"clock_skew_s": -90}),
        json!({"slow_body": 20}),
        json!({"429": {"retry_after": 1}}),
    ] {
        plane.faults(&json!({"fault": fault})).unwrap();
        let reply = send(&plane, Method::GET, "/notes/", "")
            .await
            .reply()
            .unwrap();
        let parses = serde_json::from_slice::<Value>(&reply.body).is_ok();
        let date = reply.headers["date"].to_str().unwrap().to_owned();
        told.push(format!(
            "{} {parses} {}",
            reply.status.as_u16(),
            &date[17..25]
        ));
    }
    assert_eq!(
        told,
        [
            "200 false 12:00:00",
            "503 false 12:00:00",
            "401 true 12:00:00",
            "200 true 11:58:30",
            "200 true 12:00:00",
            "429 false 12:00:00"
        ]
    );
    let listed = json_of(&plane, Method::GET, "/_sandbox/faults", "").await;
    assert_eq!(listed["faults"][5]["fired"], 1);
    assert_eq!(listed["faults"][0]["seen"], 6);
    let reply = send(&plane, Method::DELETE, "/_sandbox/faults", "")
        .await
        .reply()
        .unwrap();
    assert_eq!(reply.body.as_ref(), br#"{"faults":[]}"#);
    let refused = json_of(
        &plane,
        Method::POST,
        "/_sandbox/faults",
        r#"[{"fault": "429"}, {"nht": 2, "fault": "429"}]"#,
    )
    .await;
    assert!(
        refused["error"]
            .as_str()
            .unwrap()
            .starts_with("`nht` is not part of a fault rule")
    );
    assert_eq!(
        json_of(&plane, Method::GET, "/_sandbox/faults", "").await,
        json!({"faults": []}),
        "all or none"
    );
}
