//! A book of any size: a fake Keap full of orders, to be sent to a fake Xero in the same process.
//!
//! Flows in: how many orders and customers. Flows out: a workspace with both systems, and the calls that were
//! made, by kind. The systems are the ones the tests use; no socket is opened.

#![allow(dead_code)]

use super::bed::{Bed, PLAIN};
use super::support::HOST;
use chrono::{DateTime, Duration, TimeZone as _, Utc};
use crossfoot::pipeline::tenant::Done;
use crossfoot::service::{Engine, SyncAsk};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A workspace with so many orders of so many customers, each order paid in full.
pub fn bed(orders: usize, customers: usize) -> Bed {
    let bed = Bed::new(PLAIN);
    bed.keap(json!({ "contacts": contacts(customers), "products": products() }));
    // Some at a time: a seed is one document.
    let all: Vec<usize> = (0..orders).collect();
    for some in all.chunks(1_000) {
        let made: Vec<Value> = some.iter().map(|n| order(*n, customers)).collect();
        bed.keap(json!({ "orders": made }));
    }
    bed
}

fn contacts(count: usize) -> Vec<Value> {
    let one = |n: usize| {
        json!({
            "id": (n + 1).to_string(), "given_name": "Customer", "family_name": format!("Number {n}"),
            "email_addresses": [{"field": "EMAIL1", "email": format!("c{n}@customers.example")}],
        })
    };
    (0..count).map(one).collect()
}

fn products() -> Vec<Value> {
    let one = |(n, name): (usize, &str)| json!({"id": (n + 1).to_string(), "name": name, "sku": format!("SKU-{n}"), "price": "10.00", "taxable": true});
    ["Inspection", "Repair", "Parts"]
        .into_iter()
        .enumerate()
        .map(one)
        .collect()
}

/// The moment an order was made and last changed: half a minute after the one before.
fn made(n: usize) -> DateTime<Utc> {
    let first = Utc
        .with_ymd_and_hms(2026, 7, 1, 0, 0, 0)
        .single()
        .unwrap_or_default();
    first + Duration::seconds(30 * n as i64)
}

/// An order of one of so many customers.
pub fn order(n: usize, customers: usize) -> Value {
    let at = made(n).to_rfc3339();
    let price = 10 * (1 + n % 50);
    let (net, tax) = (3 * price + 40, (3 * price + 40) / 10);
    json!({
        "id": (n + 1).to_string(), "invoice_id": (100_001 + n).to_string(), "title": "Work",
        "contact_id": (n % customers + 1).to_string(),
        "order_time": at, "creation_time": at, "modification_time": at,
        "items": [
            {"type": "PRODUCT", "product_id": "1", "name": "Inspection", "quantity": 3, "price": format!("{price}.00")},
            {"type": "PRODUCT", "product_id": "3", "name": "Parts", "quantity": 4, "price": "10.00"},
            {"type": "TAX", "name": "GST", "quantity": 1, "price": format!("{tax}.00")},
        ],
        "payments": [{"amount": format!("{}.00", net + tax), "type": "Check", "pay_status": "MANUAL_PAID", "time": at}],
    })
}

/// Runs the tenant until it has nothing more to do.
pub async fn sync(engine: &Engine) -> Done {
    let tenant = super::bed::tenant();
    let loaded = engine
        .workspace()
        .load(&tenant)
        .unwrap_or_else(|e| panic!("{e}: {e:#?}"));
    let ask = SyncAsk {
        trigger: "bench".into(),
        ..SyncAsk::default()
    };
    match engine.sync(&loaded, &ask, &|_| {}).await {
        Ok(done) => done,
        Err(e) => panic!("{e}"),
    }
}

/// Runs the tenant until all of a first book is in the ledger: a run ends where a vendor's limit of calls asks
/// it to wait for long, and the next goes on. The clock is moved over the wait.
pub async fn fill(bed: &Bed, engine: &Engine, invoices: usize) {
    let tenant = super::bed::tenant();
    let loaded = engine
        .workspace()
        .load(&tenant)
        .unwrap_or_else(|e| panic!("{e}: {e:#?}"));
    for _ in 0..1_000 {
        let ask = SyncAsk {
            trigger: "bench".into(),
            ..SyncAsk::default()
        };
        let ended = engine.sync(&loaded, &ask, &|_| {}).await;
        if ended.is_ok() {
            break;
        }
        bed.clock.advance(Duration::minutes(2));
    }
    assert_eq!((bed.invoices(), bed.payments()), (invoices, invoices));
}

/// Calls by system and kind: the method and the path, ids and queries left out.
pub fn kinds(bed: &Bed, from: usize) -> BTreeMap<(String, String), u64> {
    let mut out = BTreeMap::new();
    for request in bed.transport.sent().iter().skip(from) {
        let path = request.url.strip_prefix(HOST).unwrap_or(&request.url);
        let path = path.split('?').next().unwrap_or_default();
        let mut parts = path.trim_start_matches('/').split('/');
        let system = parts.next().unwrap_or_default().to_owned();
        let named: Vec<&str> = parts.map(|p| if is_id(p) { "{id}" } else { p }).collect();
        let kind = format!("{} /{}", request.method, named.join("/"));
        *out.entry((system, kind)).or_default() += 1;
    }
    out
}

fn is_id(part: &str) -> bool {
    let digits = part.bytes().all(|b| b.is_ascii_digit());
    (digits && !part.is_empty()) || part.len() == 36
}

/// Calls of one system.
pub fn total(kinds: &BTreeMap<(String, String), u64>, system: &str) -> u64 {
    kinds
        .iter()
        .filter(|((s, _), _)| s == system)
        .map(|(_, n)| n)
        .sum()
}

/// Calls of one system that write, and all others.
pub fn written(kinds: &BTreeMap<(String, String), u64>, system: &str) -> (u64, u64) {
    let of = kinds.iter().filter(|((s, _), _)| s == system);
    of.fold((0, 0), |(writes, other), ((_, kind), n)| {
        match kind.starts_with("PUT ") {
            true => (writes + n, other),
            false => (writes, other + n),
        }
    })
}

/// The fewest requests that so many things of a kind take.
pub fn fewest(things: usize) -> u64 {
    things.div_ceil(50) as u64
}

/// Prints calls by kind.
pub fn show(kinds: &BTreeMap<(String, String), u64>) {
    for ((system, kind), n) in kinds {
        println!("  {system:<6} {n:>5}  {kind}");
    }
}
