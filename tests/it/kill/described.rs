//! The same with books that only a description knows, in four of the ways that make a repeated request harmless there.

use super::{Rig, killed_at_random, tenant, wanted};
use crate::described::books::described;
use crate::tallybook;
use crossfoot::model::{ConnectionName, Fingerprint};
use crossfoot::pipeline::ports::{Runs as _, TenantSwitch};
use crossfoot::service::Engine;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A tenant whose sales come from Keap.
pub const FILE: &str = r#"tenant: acme
from: { keap: keap }
to: { tallybook: tallybook }
currency: AUD
sync: { first_run: post }
match:
  contacts: { by: [link, email, name], none: create, many: hold }
payments_account: { code: "Cash" }
due: { else: +14d }
"#;

pub fn connections(address: &str) -> String {
    format!(
        "keap: {{ system: keap, base: \"{address}/keap\" }}\n\
         tallybook: {{ system: tallybook, currency: AUD, base: \"{address}/tallybook/v1\" }}\n"
    )
}

/// Describes the books. They are nobody's organisation.
pub fn describe(rig: &Rig) -> String {
    let folder = rig.folder.path().join("mappings/connectors");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("tallybook.yaml"), described(rig.way)).unwrap();
    let safe = json!({"safe": rig.way, "versions": true});
    rig.plane.switch("tallybook", &safe).unwrap();
    String::new()
}

/// The key is kept, and that the description was tried: the trial has stories of its own.
pub async fn connect(rig: &Rig, engine: &Engine, books: &ConnectionName) {
    let key = tallybook::KEY.to_owned().into();
    engine.keep_key(&tenant(0), books, key).await.unwrap();
    let print = Fingerprint::of(described(rig.way).as_bytes()).0;
    let note = format!("{print} 2026-07-01T00:00:00Z");
    engine
        .store()
        .keep_note("tried:tallybook", &note)
        .await
        .unwrap();
    let (on, tenant) = (TenantSwitch::Processing(true), tenant(0));
    let set = engine
        .store()
        .switch(&tenant, &on, "test", crate::support::noon());
    set.await.unwrap();
}

pub fn one_effect_each(rig: &Rig) {
    let state = rig.plane.state("tallybook").unwrap();
    let count = |of: &[Value], by: &str| {
        let mut all: BTreeMap<String, usize> = BTreeMap::new();
        for row in of {
            *all.entry(row[by].to_string()).or_default() += 1;
        }
        assert!(all.values().all(|n| *n == 1), "{by}: {all:?}");
        all.len()
    };
    let invoices = state["invoices"].as_array().unwrap();
    assert_eq!(count(invoices, "no"), rig.orders, "every order is there");
    let paid: Vec<usize> = (invoices.iter())
        .map(|i| i["receipts"].as_array().unwrap().len())
        .collect();
    assert!(paid.iter().all(|n| *n <= 1), "{paid:?}");
    let want = (1..=rig.orders).filter(|n| !n.is_multiple_of(4)).count();
    assert_eq!(paid.iter().sum::<usize>(), want, "every payment is there");
    let want = (1..=rig.orders).filter(|n| !n.is_multiple_of(3)).count();
    let customers = state["customers"].as_array().unwrap();
    assert_eq!(
        count(customers, "name"),
        want,
        "every contact is there once"
    );
}

async fn killed(way: &'static str, seed: u64) {
    let rig = Rig::in_way("tallybook", way, (seed, 1)).await;
    killed_at_random(rig, wanted(8)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_where_a_key_goes_with_each_request() {
    killed("key", 44).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_where_the_ids_are_ours() {
    killed("our_id", 45).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_where_only_the_number_is_unique() {
    killed("unique", 46).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_where_only_the_stamp_tells() {
    killed("nothing", 47).await;
}
