//! Verbs beside a process that is at work on the workspace, and after one that was killed.

use super::running::end;
use super::town::{Ended, TENANT, Town, ended};
use serde_json::json;
use std::process::Child;

pub fn wait(what: &str, mut is: impl FnMut() -> bool) {
    for _ in 0..1200 {
        if is() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("it never comes to pass: {what}");
}

/// A town whose tenant runs once a day, so that a worker leaves it alone.
pub fn once_a_day() -> Town {
    let town = Town::working();
    town.tenant(&TENANT.replace("first_run: post", "first_run: post, trigger: { every: 1d }"));
    town
}

/// Lets the fake vendors' clock run: each sleep moves one that stands, and a worker sleeps often enough to age what it sent past
/// the time in which its key may go again.
pub fn clock_runs(town: &Town) {
    town.plane
        .set_clock(&json!({"set": super::town::NOW, "running": true}))
        .unwrap();
}

fn one_more(town: &Town, id: &str, number: &str) {
    let order = json!({"id": id, "invoice_id": number, "title": "Hire", "contact_id": "7",
        "order_time": "2026-07-12T01:00:00Z", "payments": [], "items": [
            {"type": "PRODUCT", "product_id": "1", "name": "Crane hire", "quantity": 1, "price": "100.00"},
            {"type": "TAX", "name": "GST", "quantity": 1, "price": "10.00"}]});
    let data = json!({"applications": [{"name": "acme", "orders": [order]}]});
    town.plane.seed("keap", data).unwrap();
}

/// The next calls of a kind wait so long before the ledger sees them.
pub fn slow(town: &Town, method: &str, path: &str, delay_ms: u64) {
    let fault = json!({"delay_ms": delay_ms});
    let rule = json!([{"system": "xero", "method": method, "path_contains": path, "times": 1, "fault": fault}]);
    town.plane.faults(&rule).unwrap();
}

/// Whether a request of this kind has left and was not answered yet.
pub fn under_way(town: &Town, kind: &str) -> bool {
    let status = town.run(&["status", "acme", "--json"]).json();
    let sent = status["tenants"][0]["in_doubt"].as_array().unwrap();
    sent.iter().any(|w| w["kind"] == kind)
}

#[test]
fn a_sync_beside_a_run_is_done_by_it() {
    let town = once_a_day();
    let worker = town.start(&[], &["run", "--json"]);
    wait("the first run", || !town.invoices().is_empty());
    one_more(&town, "9", "1049");
    let synced = town.run(&["sync", "acme", "--only", "1049"]);
    assert!(synced.err.contains("is at work here"), "{}", synced.err);
    assert!(synced.out.contains("1 created"), "{}", synced.out);
    assert!(town.invoices().contains(&"1049".to_owned()));
    // Its exit code and its answer are those of a sync of one's own.
    let again = town.run(&["sync", "acme", "--json"]).json();
    assert_eq!(again["run"]["trigger"], "sync");
    let unknown = town.run(&["sync", "acme", "--only", "7777"]).code(2);
    assert!(unknown.err.contains("7777"), "{}", unknown.err);
    town.run(&["retry", "acme", "--all"]).code(1);
    let ended = end(worker).code(0);
    assert!(ended.out.contains("sync --only 1049"), "{}", ended.out);
}

#[test]
fn a_wish_of_another_tenant_does_not_wait_for_a_long_run() {
    let town = once_a_day();
    let other = TENANT.replace("tenant: acme", "tenant: idle");
    std::fs::write(town.path().join("mappings/idle.yaml"), other).unwrap();
    slow(&town, "PUT", "/Invoices", 20_000);
    let worker = town.start(&[], &["run"]);
    wait("its request", || under_way(&town, "invoice"));
    // It is answered while the other tenant's request hangs: this one is not switched on.
    let idle = town.run(&["sync", "idle"]).code(2);
    assert!(idle.err.contains("processing is off"), "{}", idle.err);
    kill(worker);
}

pub fn kill(mut worker: Child) {
    worker.kill().unwrap();
    worker.wait().unwrap();
}

#[test]
fn after_a_kill_the_next_sync_begins_at_once() {
    let town = once_a_day();
    slow(&town, "PUT", "/Invoices", 20_000);
    let first = town.start(&[], &["sync", "acme"]);
    wait("its request", || under_way(&town, "invoice"));
    kill(first);
    // The flow was held for two minutes from then; whoever has the workspace's lock knows that nobody holds it.
    let second = town.run(&["sync", "acme"]).code(0);
    assert!(!second.err.contains("is held by"), "{}", second.err);
    assert_eq!(town.invoices(), ["1041", "1044"]);
}

#[test]
fn who_waits_for_a_worker_that_dies_does_it_alone() {
    let town = once_a_day();
    clock_runs(&town);
    slow(&town, "PUT", "/Invoices", 20_000);
    let worker = town.start(&[], &["run"]);
    wait("its request", || under_way(&town, "invoice"));
    let waiting = town.start(&[], &["sync", "acme"]);
    std::thread::sleep(std::time::Duration::from_millis(500));
    kill(worker);
    let done: Ended = ended(waiting).code(0);
    assert!(done.out.contains("created"), "{}", done.out);
    assert_eq!(town.invoices(), ["1041", "1044"]);
}
