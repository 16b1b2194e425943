//! Names: one room for those of customers, vendors and employees; and whatever people type is found again.

use super::Desk;
use crate::bed::{amount, dec, doc, held, order, retried, shop, sync, synced, tenant, verified};
use crossfoot::connectors::qbo::Qbo;
use crossfoot::connectors::{Ask, Reads as _};
use crossfoot::model::{Kind, folded};
use crossfoot::service::desk::unlink::{UnlinkWhat, unlink};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Held before anything is sent; no suffix answers it, and once the name is free the customer is made under it.
#[tokio::test]
async fn a_name_that_a_vendor_has_is_held_before_it_is_sent() {
    for (entity, what) in [("Vendor", "vendor"), ("Employee", "employee")] {
        let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
        let other = json!({"DisplayName": "Jo Harbour"});
        desk.company(json!({"rows": {entity: [other]}}));
        let engine = desk.engine().await;
        for _ in 0..2 {
            synced(&engine).await;
            let told = format!("the {what} `Jo Harbour`, id 1");
            held(&engine, "1041", "contact.name_taken", &told, "Rename").await;
            desk.bed.minutes(30);
        }
        let written = |p: &&String| *p == "/customer" || *p == "/invoice";
        assert_eq!(desk.sent().iter().find(written), None, "nothing was sent");
        assert_eq!(desk.counts(), [0, 0, 0, 0]);
        desk.person(json!({"update": {entity: {"Id": "1", "DisplayName": "Jo Harbour & Sons"}}}));
        desk.bed.minutes(30);
        retried(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(desk.only("Customer")["DisplayName"], json!("Jo Harbour"));
    }
}

/// Who is put to rest, or merged into another, leaves the name.
#[tokio::test]
async fn a_name_that_is_free_again_holds_nothing() {
    for deed in ["rest", "merge"] {
        let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
        let names = ["Jo Harbour", "Harbour Ltd"].map(|n| json!({"DisplayName": n}));
        desk.company(json!({"rows": {"Vendor": names}}));
        let engine = desk.engine().await;
        synced(&engine).await;
        held(&engine, "1041", "contact.name_taken", "", "").await;
        desk.person(match deed {
            "rest" => json!({"update": {"Vendor": {"Id": "1", "Active": false}}}),
            _ => json!({"merge": {"Vendor": {"from": "1", "into": "2"}}}),
        });
        desk.bed.minutes(30);
        retried(&engine).await;
        verified(&engine, "1041").await;
    }
}

/// One that is made while the run is under way is told by the vendor itself, in the same words.
#[tokio::test]
async fn a_vendor_that_comes_between_is_told_too() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    desk.between(
        "/customer",
        json!({"create": {"Vendor": {"DisplayName": "Jo Harbour"}}}),
    );
    synced(&engine).await;
    let told = "the vendor `Jo Harbour`, id 1";
    let reason = doc(&engine, "1041").await.reason.unwrap();
    assert!(reason.what.contains(told), "{reason}");
    assert_eq!(desk.counts(), [0, 0, 0, 0]);
}

/// Of what people type: apostrophes straight and curly, quotes, dashes, backslashes, what means something in a pattern.
const TYPED: &[char] = &[
    'a', 'B', 'é', 'ü', '\'', '\u{2019}', '\u{2018}', '"', '\u{201c}', '\u{201d}', '-', '\u{2013}',
    '\u{2014}', '\\', '%', '_', '&', '+', ',', '(', '#', '/', '?', ' ', '中',
];

/// So many texts of these characters, of which no two are the same to a reader.
fn typed(count: usize, of: impl Fn(char) -> bool) -> Vec<String> {
    let of: Vec<char> = TYPED.iter().copied().filter(|c| of(*c)).collect();
    let one = prop::collection::vec(prop::sample::select(of), 1..9);
    let mut runner = TestRunner::deterministic();
    let (mut seen, mut out) = (BTreeSet::new(), Vec::new());
    while out.len() < count {
        let text: String = one
            .new_tree(&mut runner)
            .unwrap()
            .current()
            .iter()
            .collect();
        let text = text.trim().to_owned();
        if !text.is_empty() && seen.insert(folded(&text)) {
            out.push(text);
        }
    }
    out
}

/// The texts in groups of several sizes.
fn grouped(all: &[String]) -> impl Iterator<Item = &[String]> {
    let (first, rest) = all.split_at(all.len() / 2);
    first.chunks(1).chain(rest.chunks(9)).chain([all])
}

#[tokio::test]
async fn whatever_a_customer_is_called_is_found() {
    let desk = Desk::australia(shop(vec![]));
    let mut names = typed(150, |_| true);
    names.push("O'Brien & Sons".to_owned());
    names.push("O\u{2019}Brien".to_owned());
    names.push("The \u{201c}Crane\u{201d} Co \u{2013} Sydney".to_owned());
    let rows: Vec<Value> = names.iter().map(|n| json!({"DisplayName": n})).collect();
    desk.company(json!({"rows": {"Customer": rows}}));
    let engine = desk.engine().await;
    let loaded = engine.workspace().load(&crate::bed::tenant()).unwrap();
    let (_, session) = engine.target(&loaded).unwrap();
    for (n, some) in grouped(&names).enumerate() {
        let mut asked = some.to_vec();
        asked.push("Nobody".to_owned());
        let page = Qbo::new()
            .read(&session, &Ask::Names { names: asked })
            .await;
        let page = page.unwrap_or_else(|e| panic!("{some:?}: {e}"));
        let found: BTreeSet<String> = page.contacts().into_iter().map(|c| c.name).collect();
        assert_eq!(found, some.iter().cloned().collect(), "group {n}");
        desk.bed.clock.advance(chrono::Duration::seconds(1));
    }
}

/// A number is asked for again by what it says, whatever a source puts into it.
#[tokio::test]
async fn whatever_an_invoice_is_numbered_is_found() {
    let desk = Desk::australia(shop(vec![]));
    let numbers = typed(40, |c| c.is_ascii());
    let line = json!({"Amount": 10.00, "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "2"}}});
    let paper = |n: &String| json!({"DocNumber": n, "CustomerRef": {"value": "1"}, "GlobalTaxCalculation": "TaxExcluded", "Line": [line]});
    let papers: Vec<Value> = numbers.iter().map(paper).collect();
    desk.company(json!({"rows": {"Customer": [{"DisplayName": "Jo"}], "Invoice": papers}}));
    let engine = desk.engine().await;
    let loaded = engine.workspace().load(&crate::bed::tenant()).unwrap();
    let (_, session) = engine.target(&loaded).unwrap();
    for some in grouped(&numbers) {
        let kind = Kind::Invoice;
        let asked = some.to_vec();
        let page = Qbo::new()
            .read(
                &session,
                &Ask::Numbers {
                    kind,
                    numbers: asked,
                },
            )
            .await;
        let page = page.unwrap_or_else(|e| panic!("{some:?}: {e}"));
        let found: BTreeSet<String> = page.papers().into_iter().map(|c| c.number).collect();
        assert_eq!(found, some.iter().cloned().collect());
        desk.bed.clock.advance(chrono::Duration::seconds(1));
    }
    assert_eq!(dec(&desk.rows("Invoice")[0]["TotalAmt"]), amount("11"));
}

/// A customer that people merged into another is there no more: that is told before anything is made for it, and unlinked its
/// next sale finds the one that is left.
#[tokio::test]
async fn a_customer_that_was_merged_is_told_and_unlinked() {
    let desk = Desk::australia(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = desk.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    let first = desk.only("Customer");
    let other =
        json!({"DisplayName": "Harbour Cranes", "PrimaryEmailAddr": first["PrimaryEmailAddr"]});
    desk.person(json!({"create": {"Customer": other}}));
    let rows = desk.rows("Customer").into_iter();
    let heir = rows.last().unwrap()["Id"].clone();
    desk.person(json!({"merge": {"Customer": {"from": first["Id"], "into": heir}}}));
    desk.bed.minutes(60 * 7);
    desk.bed
        .keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    let _ = sync(&engine).await;
    let what = "no longer shows the contact";
    held(&engine, "1042", "contact.link_lost", what, "unlink").await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let said = unlink(&engine, &loaded, "1042", UnlinkWhat::Contact, "jo").await;
    assert!(said.is_ok());
    desk.bed.minutes(10);
    retried(&engine).await;
    verified(&engine, "1042").await;
    let of = |i: &Value| i["CustomerRef"]["value"].clone();
    let all: Vec<Value> = desk.rows("Invoice").iter().map(of).collect();
    assert_eq!(all, [heir.clone(), heir]);
}
