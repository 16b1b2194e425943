//! The demo's world: real enough, hard enough, the same every time, and taken by both sandboxes.

use chrono::{DateTime, NaiveDate, Utc};
use crossfoot::sandbox::demo::{End, World, world};
use crossfoot::sandbox::keap::{Keap, KeapOptions};
use crossfoot::sandbox::qbo::Qbo;
use crossfoot::sandbox::wire::System;
use crossfoot::sandbox::xero::{Options, Xero};
use crossfoot::service::Workspace;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
}

fn now() -> DateTime<Utc> {
    today().and_hms_opt(9, 0, 0).unwrap().and_utc()
}

fn made(seed: u64, more: usize) -> World {
    world(seed, more, today())
}

#[test]
fn it_looks_like_small_businesses_and_most_orders_end_in_the_ledger() {
    for seed in [1, 2, 99] {
        let world = made(seed, 0);
        let (all, posted) = world.orders();
        assert!(all >= 300, "{all} orders");
        assert!(posted * 100 >= all * 80, "{posted} of {all} posted");
        assert!(world.tenants.len() >= 7);
    }
}

#[test]
fn every_hard_case_is_there() {
    let world = made(1, 0);
    let orders = || world.tenants.iter().flat_map(|t| &t.expectations.orders);
    let codes: BTreeSet<&str> = orders()
        .filter_map(|o| match &o.end {
            End::Skipped(c) | End::Held(c) => Some(c.code),
            End::Posted(_) => None,
        })
        .collect();
    let expected = [
        "account.archived",
        "account.unknown",
        "contact.archived",
        "contact.clash",
        "contact.many",
        "contact.name_invalid",
        "contact.name_taken",
        "contact.name_too_long",
        "currency.mismatch",
        "encode",
        "mode.not_paid",
        "number.taken",
        "period.locked",
        "rule.lookup",
        "skip.drafts",
        "skip.made_by_integration",
        "skip.zero_total",
        "start.before",
        "tax.incompatible",
        "total.mismatch",
    ];
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), expected);
    let loose: BTreeSet<&str> = orders()
        .filter_map(|o| match &o.end {
            End::Posted(p) => Some(p.loose.iter().map(|l| l.code.code)),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(
        loose.into_iter().collect::<Vec<_>>(),
        [
            "payment.not_settled",
            "refund.hold",
            "refund.partial",
            "skip.overpayment"
        ]
    );
    let credited = orders().filter(|o| matches!(&o.end, End::Posted(p) if !p.credited.is_zero()));
    assert!(credited.count() >= 2);
    let cases: BTreeSet<&str> = orders().map(|o| o.case).collect();
    insta::assert_snapshot!(cases.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_seed_and_a_day_give_the_same_world() {
    let (one, two, other) = (made(5, 3), made(5, 3), made(6, 3));
    assert_eq!(one.keap.to_string(), two.keap.to_string());
    assert_eq!(one.xero.to_string(), two.xero.to_string());
    assert_eq!(one.qbo.to_string(), two.qbo.to_string());
    assert_eq!(one.files, two.files);
    assert_ne!(one.keap.to_string(), other.keap.to_string());
}

#[test]
fn thousands_of_orders_can_be_asked_for() {
    let (few, many) = (made(1, 0).orders().0, made(1, 2000).orders().0);
    assert_eq!(many, few + 2000);
}

/// The total of an order by the fake vendor's own sums, by tenant and invoice id.
fn source_totals(state: &Value) -> BTreeMap<(String, String), Decimal> {
    let mut out = BTreeMap::new();
    for app in state["applications"].as_array().unwrap() {
        for order in app["orders"].as_array().unwrap() {
            let key = (
                app["name"].as_str().unwrap().to_owned(),
                order["invoice_id"].as_str().unwrap().to_owned(),
            );
            out.insert(key, order["total"].as_str().unwrap().parse().unwrap());
        }
    }
    out
}

#[test]
fn both_sandboxes_take_it_and_the_source_comes_to_what_is_expected() {
    let world = made(1, 0);
    let mut keap = Keap::new(&KeapOptions::default());
    keap.seed(&world.keap, now()).unwrap();
    let mut xero = Xero::new(Options::default());
    xero.seed(&world.xero, now()).unwrap();
    Qbo::default().seed(&world.qbo, now()).unwrap();
    let totals = source_totals(&keap.state());
    for tenant in world.tenants.iter().filter(|t| t.source == "keap") {
        for order in &tenant.expectations.orders {
            let source = totals[&(tenant.name.clone(), order.number.clone())];
            if let End::Posted(p) = &order.end {
                assert_eq!(
                    p.total + p.left_out,
                    source,
                    "{} {} ({})",
                    tenant.name,
                    order.number,
                    order.case
                );
                assert!(p.paid <= p.total);
            }
        }
    }
}

#[test]
fn every_sample_tenant_has_a_file_that_compiles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    for name in ["mappings", "rules"] {
        let target = folder.path().join(name);
        std::fs::create_dir_all(&target).unwrap();
        for file in std::fs::read_dir(root.join(name)).unwrap() {
            let file = file.unwrap();
            if file.path().is_file() {
                std::fs::copy(file.path(), target.join(file.file_name())).unwrap();
            }
        }
    }
    std::fs::copy(
        root.join("examples/connections.yaml"),
        folder.path().join("connections.yaml"),
    )
    .unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    let mut told = String::new();
    for tenant in &made(1, 0).tenants {
        let id = workspace.tenant(&tenant.name).unwrap();
        match workspace.load(&id) {
            Ok(loaded) => assert!(
                loaded.warnings.is_empty(),
                "{}: {:#?}",
                tenant.name,
                loaded.warnings
            ),
            Err(e) => {
                for d in Vec::from(e) {
                    told.push_str(&format!("{}: {d}\n", tenant.name));
                }
            }
        }
    }
    assert!(told.is_empty(), "{told}");
}

#[test]
fn the_sample_rules_hold_what_their_examples_say() {
    let read = |name: &str| {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
    };
    let file = crossfoot::rules::RuleFile {
        name: "rules/southern-lifts.rhai".to_owned(),
        text: read("rules/southern-lifts.rhai"),
        params: BTreeMap::new(),
    };
    let name = "rules/southern-lifts.spec.yaml";
    let report = crossfoot::rules::spec::run(&file, Some((name, &read(name))));
    assert!(report.passed(), "{report:#?}");
    assert_eq!(report.results.len(), 6);
}

/// The files in `examples/data` are the demo's own; `CROSSFOOT_WRITE_SAMPLES=1` writes them anew.
#[test]
fn the_sample_files_are_the_ones_the_demo_makes() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let write = std::env::var_os("CROSSFOOT_WRITE_SAMPLES").is_some();
    for (path, contents) in &made(1, 0).files {
        let kept = examples.join(path);
        if write {
            std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
            std::fs::write(&kept, contents).unwrap();
        }
        assert!(
            std::fs::read_to_string(&kept).unwrap() == *contents,
            "{path} is not what the demo makes"
        );
    }
}
