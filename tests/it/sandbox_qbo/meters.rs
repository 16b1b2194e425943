//! Limits: calls a second and a minute, batches, and the reads of the month; two refusals with one status.

use super::World;
use serde_json::json;

fn limited() -> World {
    let mut w = World::us();
    w.switch("limits", "on");
    w
}

#[test]
fn ten_calls_a_second_and_the_refusal_may_be_xml() {
    let mut w = limited();
    for _ in 0..10 {
        assert_eq!(w.get("companyinfo/1").status, 200);
    }
    let a = w.get("companyinfo/1");
    assert_eq!(
        (a.status, a.headers["content-type"].to_str().unwrap()),
        (429, "application/xml")
    );
    assert!(
        a.text.contains("errorCode=003001; statusCode=429") && a.headers.contains_key("intuit_tid"),
        "{}",
        a.text
    );
    assert!(!a.headers.contains_key("retry-after"));
    w.switch("throttle_form", "json");
    assert_eq!(w.get("companyinfo/1").code(), "3001");
    w.switch("throttle_form", "403");
    let a = w.get("companyinfo/1");
    assert!(
        a.status == 403 && a.text.contains("statusCode=403"),
        "{}",
        a.text
    );
    w.wait(1);
    assert_eq!(w.get("companyinfo/1").status, 200);
}

#[test]
fn a_minute_has_its_own_limit_and_batches_another() {
    let mut w = limited();
    w.level("second_limit", 1000);
    w.level("minute_limit", 60);
    let batch = json!({"BatchItemRequest": [{"bId": "1", "operation": "create", "Customer": {}}]});
    for _ in 0..40 {
        assert_eq!(w.post("batch", &batch).status, 200);
    }
    assert_eq!(w.post("batch", &batch).status, 429);
    for _ in 0..20 {
        assert_eq!(w.get("companyinfo/1").status, 200);
    }
    assert_eq!(w.get("companyinfo/1").status, 429);
    w.wait(60);
    assert_eq!(w.post("batch", &batch).status, 200);
}

#[test]
fn the_months_reads_end_with_the_month_and_writes_go_on() {
    let mut w = limited();
    w.level("read_month_limit", 2);
    w.switch("throttle_form", "json");
    assert_eq!(w.get("companyinfo/1").status, 200);
    let query = json!({"BatchItemRequest": [{"bId": "1", "Query": "select * from Item"}]});
    assert_eq!(w.post("batch", &query).status, 200);
    let a = w.get("companyinfo/1");
    assert_eq!((a.status, a.code().as_str()), (429, "3001"));
    assert!(a.text.contains("monthly"), "{}", a.text);
    assert_eq!(w.post("batch", &query).status, 429);
    w.customer("Ann");
    w.switch("month_form", "same");
    assert!(!w.get("companyinfo/1").text.contains("monthly"));
    w.wait(2 * 60);
    assert_eq!(w.get("companyinfo/1").status, 429);
    // July ends, and the token's hour with it.
    w.wait(31 * 24 * 3600);
    w.seed(json!({"tokens": [{"app": "app", "company": "Books", "access": "later"}]}));
    w.token = "later".into();
    assert_eq!(w.get("companyinfo/1").status, 200);
    use crossfoot::sandbox::wire::System as _;
    let calls = w.qbo.state()["calls"].clone();
    assert_eq!(
        calls[0],
        json!({"client_id": "app", "month": "2026-07", "core": 1, "core_plus": 2})
    );
}
