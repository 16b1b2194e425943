//! Keap's limits: kept before they are hit, also where other programs use them up, and sat out where they are.

use crate::support::{HOST, KEAP_KEY, World, http_over, noon, settings, signed_in, who};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use crossfoot::clock::TestClock;
use crossfoot::connectors::auth::{TokenRow, TokenStore};
use crossfoot::connectors::http::{HttpRequest, HttpResponse, Transport, TransportError};
use crossfoot::connectors::keap::check;
use crossfoot::connectors::{CallError, Session};
use http::{HeaderMap, HeaderValue, Method};
use secrecy::SecretString;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A call of another program that has the same key.
async fn elsewhere(world: &World) {
    let mut headers = HeaderMap::new();
    let key = format!("Bearer {KEAP_KEY}");
    headers.insert("authorization", key.parse().unwrap());
    let path = "/keap/crm/rest/v2/oauth/connect/userinfo";
    let answer = world.plane.call(Method::GET, path, headers, Bytes::new());
    let answer = answer.await.reply().unwrap();
    assert!(answer.status.is_success(), "{}", answer.status);
}

fn refused(world: &World) -> usize {
    world
        .plane
        .requests(0)
        .to_string()
        .matches("\"status\":429")
        .count()
}

#[tokio::test]
async fn what_another_program_uses_of_the_minute_is_left_to_it() {
    let world = World::new();
    for second in 0..24 {
        for _ in 0..if second == 23 { 4 } else { 10 } {
            elsewhere(&world).await;
        }
        world.clock.advance(Duration::seconds(1));
    }
    // 234 of 240 are used: this call learns it, five more go, and the next waits for the window.
    for _ in 0..6 {
        check(&world.keap()).await.unwrap();
    }
    assert!(world.clock_now() < noon() + Duration::seconds(60));
    for _ in 0..20 {
        check(&world.keap()).await.unwrap();
    }
    assert!(world.clock_now() >= noon() + Duration::seconds(60));
    assert_eq!(refused(&world), 0, "no limit was hit");
}

#[tokio::test]
async fn a_limit_by_the_second_costs_a_second() {
    let world = World::new();
    let absent = json!({"retry_after": "absent"});
    world.plane.switch("keap", &absent).unwrap();
    for _ in 0..10 {
        elsewhere(&world).await;
    }
    check(&world.keap()).await.unwrap();
    assert_eq!(refused(&world), 1);
    assert!(
        world.clock_now() <= noon() + Duration::seconds(2),
        "{}",
        world.clock_now()
    );
}

/// Lets every answer say this in a header.
fn says(world: &World, headers: &'static [(&'static str, &'static str)]) {
    world.transport.after(move |_, answer| {
        for (name, value) in headers {
            answer
                .headers
                .insert(*name, HeaderValue::from_static(value));
        }
    });
}

#[tokio::test]
async fn what_the_headers_tell_is_kept_to_whichever_window_they_tell_of() {
    type Told = &'static [(&'static str, &'static str)];
    let told: [(Told, i64, bool); 7] = [
        // The application's own two windows, parted by a pipe: minute and day.
        (
            &[("x-keap-tenant-throttle-available", "0|200000")],
            60,
            false,
        ),
        (
            &[("x-keap-tenant-throttle-available", "9000|0")],
            86_400,
            true,
        ),
        (
            &[
                ("x-keap-tenant-throttle-available", "0"),
                ("x-keap-tenant-throttle-time-unit", "minute"),
            ],
            60,
            false,
        ),
        (&[("x-keap-product-quota-available", "20")], 86_400, true),
        (&[("x-keap-product-throttle-available", "0")], 60, false),
        // A second's window says nothing about the minute.
        (
            &[
                ("x-keap-product-throttle-available", "0"),
                ("x-keap-product-throttle-time-unit", "second"),
            ],
            1,
            false,
        ),
        // Blank is unknown, and so is a word.
        (
            &[
                ("x-keap-product-throttle-available", ""),
                ("x-keap-product-quota-available", "many"),
                ("x-keap-tenant-throttle-available", "|"),
            ],
            0,
            false,
        ),
    ];
    for (headers, wait, parks) in told {
        let world = World::new();
        says(&world, headers);
        check(&world.keap()).await.unwrap();
        let sent = world.transport.sent().len();
        let next = check(&world.keap()).await;
        if parks {
            let day_over = noon().date_naive().succ_opt().unwrap();
            match next {
                Err(CallError::Wait {
                    until, park: true, ..
                }) => {
                    assert_eq!(until.date_naive(), day_over, "{headers:?}");
                }
                other => panic!("{headers:?}: {other:?}"),
            }
            assert_eq!(
                world.transport.sent().len(),
                sent,
                "{headers:?}: not even asked"
            );
        } else {
            next.unwrap();
            assert_eq!(
                world.clock_now(),
                noon() + Duration::seconds(wait),
                "{headers:?}"
            );
        }
    }
}

/// A connection over OAuth, of Keap's one client.
fn over_oauth(world: &World) -> Session {
    let mut row = signed_in("ka1", "kr1", noon());
    row.expires = Some(noon() + Duration::hours(24));
    world.tokens.connect(who("keap-oauth"), row);
    let base = format!("{HOST}/keap");
    let values = [("base", base.as_str()), ("client_id", "kc")];
    world.session("keap-oauth", settings("keap", &values))
}

#[tokio::test]
async fn the_gateways_spike_arrest_is_over_in_a_moment_and_nothing_is_lost() {
    let world = World::new();
    world
        .plane
        .switch("keap", &json!({"spike_arrest": 3}))
        .unwrap();
    let session = over_oauth(&world);
    let mut calls = Vec::new();
    for _ in 0..12 {
        let session = session.clone();
        calls.push(tokio::spawn(async move { check(&session).await }));
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert!(refused(&world) > 0, "the arrest was met");
    assert!(
        world.clock_now() <= noon() + Duration::seconds(15),
        "{}",
        world.clock_now()
    );
}

#[tokio::test]
async fn one_call_that_is_told_to_wait_makes_all_the_others_wait() {
    for (switch, wait) in [("absent", 60), ("seconds", 17)] {
        let world = World::new();
        world
            .plane
            .switch(
                "keap",
                &json!({"retry_after": switch, "form_429": "service"}),
            )
            .unwrap();
        let fault = if switch == "seconds" {
            json!({"429": {"retry_after": wait}})
        } else {
            json!("429")
        };
        world.fault(json!({"system": "keap", "fault": fault, "times": 1}));
        let times: Arc<Mutex<Vec<DateTime<Utc>>>> = Arc::default();
        let (noted, clock) = (times.clone(), world.clock.clone());
        world.transport.before(move |_| {
            use crossfoot::clock::Clock as _;
            noted.lock().unwrap().push(clock.now());
        });
        let session = world.keap();
        assert!(check(&session).await.is_ok());
        let other = check(&session).await;
        assert!(other.is_ok(), "{other:?}");
        let times = times.lock().unwrap();
        let over = noon() + Duration::seconds(wait);
        assert_eq!(times[0], noon());
        assert!(times[1..].iter().all(|t| *t >= over), "{switch}: {times:?}");
    }
}

/// Counts calls that are under way at the same time.
#[derive(Default)]
struct Slow {
    now: AtomicUsize,
    most: AtomicUsize,
}

#[async_trait]
impl Transport for Slow {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        self.now.fetch_sub(1, Ordering::SeqCst);
        Ok(HttpResponse {
            status: 200,
            headers: HeaderMap::new(),
            body: Bytes::from_static(b"{\"tenant_id\":\"acme\"}"),
        })
    }
}

#[tokio::test]
async fn at_most_five_calls_of_a_key_are_under_way_at_once() {
    let slow = Arc::new(Slow::default());
    let clock = Arc::new(TestClock::at(noon()));
    let http = http_over(slow.clone(), clock.clone());
    let session = Session {
        http,
        ..World::new().keap()
    };
    let mut calls = Vec::new();
    for _ in 0..30 {
        let session = session.clone();
        calls.push(tokio::spawn(async move { check(&session).await }));
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(slow.most.load(Ordering::SeqCst), 5);
}

async fn requests(world: &World, session: &Session) -> (Result<String, CallError>, usize) {
    let before = world.transport.sent().len();
    let said = check(session).await;
    (said, world.transport.sent().len() - before)
}

#[tokio::test]
async fn tokens_refused_again_and_again_end_in_action_required_and_not_in_a_loop() {
    let world = World::new();
    let session = over_oauth(&world);
    let always = json!({"system": "keap", "path_contains": "/crm/", "fault": "expired_token", "times": 1000});
    world.fault(always);
    for run in 1..=3 {
        let (said, sent) = requests(&world, &session).await;
        match said {
            Err(CallError::Gone { why, fix, .. }) => {
                assert!(why.contains("just renewed"), "{why}");
                assert!(fix.contains("crossfoot connect acme keap-oauth"), "{fix}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(sent, 3, "run {run}: the call, a renewal, the call again");
        let row = world
            .tokens
            .load(&who("keap-oauth"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.reconnect.is_some(), run == 3, "{:?}", row.reconnect);
        world.clock.advance(Duration::minutes(30));
    }
    for _ in 0..5 {
        let (said, sent) = requests(&world, &session).await;
        assert!(matches!(said, Err(CallError::Gone { .. })), "{said:?}");
        assert_eq!(sent, 0, "until a person connects it again nothing is asked");
    }
}

#[tokio::test]
async fn refusals_with_a_good_call_between_them_cost_nobody_a_visit() {
    let world = World::new();
    let session = over_oauth(&world);
    for _ in 0..6 {
        world.fault(json!({"system": "keap", "path_contains": "/crm/", "fault": "expired_token", "times": 2}));
        assert!(matches!(check(&session).await, Err(CallError::Gone { .. })));
        world.clock.advance(Duration::minutes(30));
        check(&session).await.unwrap();
        world.clock.advance(Duration::minutes(30));
    }
    let row = world
        .tokens
        .load(&who("keap-oauth"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.reconnect, None);
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_tried_twice_a_run_and_then_left_until_it_is_replaced() {
    let world = World::new();
    let dead = SecretString::from("dead".to_owned());
    world
        .tokens
        .connect(who("keap"), TokenRow::key(dead, noon()));
    for run in 1..=5 {
        let (said, sent) = requests(&world, &world.keap()).await;
        match said {
            Err(CallError::Gone { why, .. }) => {
                assert!(why.contains("key is not accepted"), "{why}")
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(sent, if run <= 3 { 2 } else { 0 }, "run {run}");
        world.clock.advance(Duration::minutes(30));
    }
    let good = SecretString::from(KEAP_KEY.to_owned());
    world
        .tokens
        .connect(who("keap"), TokenRow::key(good, noon()));
    check(&world.keap()).await.unwrap();
    // A gateway that errs once is not believed at once.
    world.fault(
        json!({"system": "keap", "path_contains": "/crm/", "fault": "expired_token", "times": 1}),
    );
    check(&world.keap()).await.unwrap();
}
