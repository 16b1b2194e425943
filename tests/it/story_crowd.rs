//! Many tenants in one process: each has its run, whatever becomes of the others meanwhile.

use super::bed::text;
use super::crowd::Crowd;
use super::story_schedule::words;
use super::support::{HOST, PlaneTransport};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use crossfoot::clock::{Clock, TestClock};
use crossfoot::connectors::http::{HttpRequest, HttpResponse, Transport, TransportError};
use crossfoot::model::TenantId;
use crossfoot::service::notify::Mailer;
use crossfoot::service::{Outside, Worker};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// Something that waits until it is let go.
struct Gate(watch::Sender<bool>);

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self(watch::channel(false).0))
    }

    fn open(&self) {
        self.0.send_replace(true);
    }

    async fn passed(&self) {
        let mut at = self.0.subscribe();
        at.wait_for(|open| *open).await.unwrap();
    }
}

/// A clock whose sleepers sleep until they are let go: as time is for whoever waits for a vendor's minute to end, while all
/// others go on.
struct Slow {
    clock: Arc<TestClock>,
    gate: Arc<Gate>,
    sleepers: AtomicUsize,
}

#[async_trait]
impl Clock for Slow {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn elapsed(&self) -> std::time::Duration {
        self.clock.elapsed()
    }

    async fn sleep_until(&self, until: DateTime<Utc>) {
        self.sleepers.fetch_add(1, Ordering::Relaxed);
        self.gate.passed().await;
        self.clock.sleep_until(until).await;
    }
}

/// A transport on which one ledger throttles its first caller and one source does not answer.
struct Uneven {
    inner: Arc<PlaneTransport>,
    gate: Arc<Gate>,
    throttled: String,
    refusals: AtomicUsize,
    hung: AtomicUsize,
}

#[async_trait]
impl Transport for Uneven {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let of_throttled = (request.headers.get("xero-tenant-id"))
            .is_some_and(|v| v.as_bytes() == self.throttled.as_bytes());
        if of_throttled && self.refusals.fetch_add(1, Ordering::Relaxed) == 0 {
            let mut headers = http::HeaderMap::new();
            headers.insert("retry-after", http::HeaderValue::from_static("50"));
            headers.insert(
                "x-rate-limit-problem",
                http::HeaderValue::from_static("minute"),
            );
            return Ok(HttpResponse {
                status: 429,
                headers,
                body: Vec::new().into(),
            });
        }
        if let Some(rest) = request.url.strip_prefix(&format!("{HOST}/hangs")) {
            let url = format!("{HOST}{rest}");
            request.url = url;
            self.hung.fetch_add(1, Ordering::Relaxed);
            self.gate.passed().await;
        }
        self.inner.send(request).await
    }
}

const QUICK: [&str; 9] = ["q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9"];

#[tokio::test]
async fn nine_tenants_end_while_one_waits_for_its_minute_one_burns_and_one_vendor_hangs() {
    let mut names = vec!["burns", "hangs", "waits"];
    names.extend(QUICK);
    let crowd = Crowd::new(&names);
    crowd.rule(
        "burns",
        "fn select(invoice) {\n    let n = 0;\n    while true { n += 1; }\n    keep()\n}\n",
    );
    let gate = Gate::new();
    let slow = Arc::new(Slow {
        clock: crowd.bed.clock.clone(),
        gate: Arc::clone(&gate),
        sleepers: AtomicUsize::new(0),
    });
    let books: Value = crowd.bed.plane.state("xero").unwrap();
    let all = books["organisations"].as_array().unwrap().clone();
    let throttled = all.iter().find(|o| o["name"] == "waits").unwrap();
    let uneven = Arc::new(Uneven {
        inner: crowd.bed.transport.clone(),
        gate: Arc::clone(&gate),
        throttled: text(throttled, "tenant_id"),
        refusals: AtomicUsize::new(0),
        hung: AtomicUsize::new(0),
    });
    let outside = Outside {
        clock: slow.clone(),
        transport: uneven.clone(),
        ..crowd.bed.outside()
    };
    let engine = crowd.engine(outside).await;
    let mut worker = Worker::new(engine, Vec::new(), None::<Mailer>);
    let seen = Mutex::new(Vec::new());
    let tell = |event: crossfoot::service::Event<'_>| seen.lock().unwrap().push(words(event));
    worker.begin(&|| false, &tell).await;
    // All that can end do, while the clock stands and the two others are kept.
    for _ in 0..QUICK.len() + 1 {
        let ended = worker.ended().await.unwrap();
        worker.take(ended, &tell).await;
    }
    let mut told = seen.lock().unwrap().clone();
    told.sort();
    assert_eq!(told.len(), 10, "{told:#?}");
    assert!(told[0].starts_with("burns ran"), "{told:#?}");
    for (name, told) in QUICK.iter().zip(&told[1..]) {
        let made = told.starts_with(&format!("{name} ran")) && told.contains(r#""created": 1"#);
        assert!(made, "{told}");
        assert_eq!(crowd.made(name), 1);
    }
    assert!(
        slow.sleepers.load(Ordering::Relaxed) > 0,
        "one waits for its minute"
    );
    assert!(
        uneven.hung.load(Ordering::Relaxed) > 0,
        "one was not answered"
    );
    assert_eq!((crowd.made("waits"), crowd.made("hangs")), (0, 0));
    // Asked anew meanwhile, a tenant that is at work is not begun a second time.
    crowd.bed.minutes(1);
    worker.begin(&|| false, &tell).await;
    gate.open();
    worker.finish(&tell).await;
    let told = seen.lock().unwrap().clone();
    for name in ["waits", "hangs"] {
        let of = told.iter().filter(|t| t.starts_with(name));
        assert_eq!(of.count(), 1, "{told:#?}");
        assert_eq!(crowd.made(name), 1, "{told:#?}");
    }
}

#[tokio::test]
async fn where_there_is_room_for_one_those_due_the_longest_go_first() {
    let crowd = Crowd::new(&["a", "b", "c"]);
    let engine = crowd.engine(crowd.bed.outside()).await;
    let mut worker = Worker::new(engine, Vec::new(), None::<Mailer>).at_once(1);
    let first = super::story_schedule::round(&mut worker).await.1;
    let order = |told: &[String]| -> String { told.iter().map(|t| &t[..1]).collect() };
    assert_eq!(order(&first), "abc");
    // `b` ran at another time than the others, and is due before them.
    crowd.bed.minutes(20);
    let id = TenantId::new("b").unwrap();
    let engine = Arc::clone(worker.engine());
    let loaded = engine.workspace().load(&id).unwrap();
    let long_ago =
        crossfoot::service::TimesSince::Ran(crowd.bed.now() - chrono::Duration::hours(9));
    crossfoot::service::keep_since(engine.store(), &loaded.mapping.tenant, long_ago)
        .await
        .unwrap();
    crowd.bed.minutes(60);
    let next = super::story_schedule::round(&mut worker).await.1;
    assert_eq!(order(&next), "bac", "{next:?}");
}

/// A transport that answers nobody before so many have asked.
struct Together {
    inner: Arc<PlaneTransport>,
    gate: Arc<Gate>,
    askers: Mutex<BTreeSet<String>>,
    of: usize,
}

#[async_trait]
impl Transport for Together {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        // Keys and tokens end in the tenant's name.
        let key = request.headers.get("authorization").unwrap();
        let of = key.to_str().unwrap().rsplit('-').next().unwrap().to_owned();
        {
            let mut askers = self.askers.lock().unwrap();
            askers.insert(of);
            if askers.len() == self.of {
                self.gate.open();
            }
        }
        self.gate.passed().await;
        self.inner.send(request).await
    }
}

/// Were one of them to wait for another, nobody would ever be answered.
#[tokio::test]
async fn sixty_tenants_that_are_due_at_once_are_all_under_way_at_once() {
    let names: Vec<String> = (0..60).map(|n| format!("t{n}")).collect();
    let crowd = Crowd::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let together = Arc::new(Together {
        inner: crowd.bed.transport.clone(),
        gate: Gate::new(),
        askers: Mutex::default(),
        of: names.len(),
    });
    let outside = Outside {
        transport: together.clone(),
        ..crowd.bed.outside()
    };
    let engine = crowd.engine(outside).await;
    let mut worker = Worker::new(engine, Vec::new(), None::<Mailer>);
    let round = super::story_schedule::round(&mut worker);
    let waits = std::time::Duration::from_secs(600);
    let Ok((_, told)) = tokio::time::timeout(waits, round).await else {
        let asked = together.askers.lock().unwrap().len();
        panic!(
            "of {} only {asked} asked before one was answered",
            names.len()
        );
    };
    assert_eq!(told.len(), names.len(), "{told:#?}");
    let made = told.iter().filter(|t| t.contains(r#""created": 1"#));
    assert_eq!(made.count(), names.len(), "{told:#?}");
}
