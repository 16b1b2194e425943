//! Limits on calls, and idempotency keys, with the clock moved by hand.

use super::{World, bill};
use chrono::Duration;
use serde_json::json;

#[test]
fn sixty_a_minute_rolling_or_fixed() {
    for (window, wait) in [("rolling", "60"), ("fixed", "20")] {
        let mut world = World::of("NZ");
        world.switch("rate_window", json!(window));
        world.later(Duration::seconds(40));
        for n in 0..60 {
            let answer = world.get("Organisation");
            assert_eq!(answer.header("x-minlimit-remaining"), (59 - n).to_string());
            assert_eq!(
                answer.header("x-daylimit-remaining"),
                (4999 - n).to_string()
            );
            assert_eq!(
                answer.header("x-appminlimit-remaining"),
                (9999 - n).to_string()
            );
        }
        let refused = world.get("Organisation");
        assert_eq!(refused.status, 429);
        assert_eq!(refused.text, "");
        assert_eq!(refused.header("x-rate-limit-problem"), "minute");
        assert_eq!(refused.header("retry-after"), wait);
        world.later(Duration::seconds(wait.parse::<i64>().unwrap() - 1));
        assert_eq!(world.get("Organisation").status, 429);
        world.later(Duration::seconds(1));
        assert_eq!(world.get("Organisation").status, 200);
    }
}

#[test]
fn the_body_of_a_429_is_empty_or_text() {
    let mut world = World::of("NZ");
    world.switch("minute_limit", json!(0));
    assert_eq!(world.get("Organisation").text, "");
    world.switch("throttle_body", json!("text"));
    assert_ne!(world.get("Organisation").text, "");
}

#[test]
fn five_at_once_without_retry_after() {
    let mut world = World::of("NZ");
    world.in_flight = 5;
    assert_eq!(world.get("Organisation").status, 200);
    world.in_flight = 6;
    let refused = world.get("Organisation");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("x-rate-limit-problem"), "concurrent");
    assert_eq!(refused.header("retry-after"), "");
    world.switch("concurrency_limit", json!(6));
    assert_eq!(world.get("Organisation").status, 200);
}

#[test]
fn a_day_and_an_app_have_limits_of_their_own() {
    for window in ["fixed", "rolling"] {
        let mut world = World::of("NZ");
        world.switch("day_window", json!(window));
        world.switch("day_limit", json!(3));
        for _ in 0..3 {
            assert_eq!(world.get("Organisation").status, 200);
        }
        let refused = world.get("Organisation");
        assert_eq!(refused.header("x-rate-limit-problem"), "day");
        let wait: i64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=86_400).contains(&wait));
        world.rest(Duration::seconds(wait));
        assert_eq!(world.get("Organisation").status, 200);
    }
    let mut world = World::of("NZ");
    world.switch("app_minute_limit", json!(2));
    world.get("Organisation");
    world.get("Organisation");
    assert_eq!(
        world.get("Organisation").header("x-rate-limit-problem"),
        "appminute"
    );
}

#[test]
fn a_key_answers_again_for_six_minutes_from_its_first_call() {
    let mut world = World::new();
    world.extra = vec![("idempotency-key", "Key-1".into())];
    let first = world.put("Invoices", bill("INV-1"));
    world.later(Duration::minutes(5));
    world.extra = vec![("idempotency-key", "KEY-1".into())];
    let again = world.put("Invoices", bill("INV-1"));
    assert_eq!(
        first.text, again.text,
        "the same bytes, whatever the key's case"
    );
    let day = |a: &super::Answer| a.header("x-daylimit-remaining").parse::<u64>().unwrap();
    assert_eq!(day(&first) - 1, day(&again), "a repetition costs a call");
    let other = world.put("Invoices", bill("INV-2"));
    assert_eq!(other.status, 400);
    assert!(
        other
            .text
            .contains("Idempotency Key: KEY-1 is used with a different request."),
        "{}",
        other.text
    );
    assert_eq!(
        world.post("Invoices", bill("INV-1")).status,
        400,
        "another method is another request"
    );
    world.later(Duration::minutes(1));
    world
        .put("Invoices", bill("INV-1"))
        .refused("Invoice # must be unique.");
}

#[test]
fn refusals_are_kept_under_a_key_too() {
    let mut world = World::new();
    world.extra = vec![("idempotency-key", "k".into())];
    world.seed(json!({"offline": true}));
    let down = world.put("Invoices", bill("INV-1"));
    assert_eq!(
        (down.status, down.text.as_str()),
        (503, "The Organisation is offline")
    );
    world.seed(json!({"offline": false}));
    assert_eq!(
        world.put("Invoices", bill("INV-1")).status,
        503,
        "the error is kept"
    );
    world.later(Duration::minutes(6));
    assert_eq!(world.put("Invoices", bill("INV-1")).status, 200);
}

#[test]
fn a_key_is_checked_after_the_limits_and_not_on_reads() {
    let mut world = World::new();
    world.extra = vec![("idempotency-key", "k".into())];
    assert_eq!(world.put("Invoices", bill("INV-1")).status, 200);
    assert_eq!(world.get("Organisation").status, 200);
    world.in_flight = 6;
    assert_eq!(world.put("Invoices", bill("INV-1")).status, 429);
    world.in_flight = 1;
    world.extra = vec![("idempotency-key", "x".repeat(129))];
    assert_eq!(world.put("Invoices", bill("INV-2")).status, 400);
}

#[test]
fn a_key_belongs_to_the_app_or_to_app_and_organisation() {
    for (scope, made) in [("app", 0), ("app_and_tenant", 1)] {
        let mut world = World::new();
        world.switch("idempotency_scope", json!(scope));
        let other = world.xero_second();
        world.extra = vec![("idempotency-key", "k".into())];
        world.put("Invoices", bill("INV-1"));
        world.tenant = other;
        assert_eq!(world.put("Invoices", bill("INV-1")).status, 200);
        world.extra.clear();
        let listed = world.find("Invoices", &[("page", "1")]);
        assert_eq!(listed.body["pagination"]["itemCount"], made, "{scope}");
    }
}

impl World {
    /// A second organisation on the same app; answers its tenant.
    fn xero_second(&mut self) -> String {
        use crossfoot::sandbox::wire::System as _;
        let seed = json!({"organisations": [{"name": "Second", "country": "NZ"}],
            "tokens": [{"app": "app", "tenants": ["Second"], "scopes": super::ALL}]});
        let made = self.xero.seed(&seed, self.now).unwrap();
        made["organisations"][0]["tenant_id"]
            .as_str()
            .unwrap()
            .to_string()
    }
}
