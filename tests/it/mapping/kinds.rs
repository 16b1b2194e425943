//! Estimates and purchase orders in a tenant's file: both ends of the route have to know what the file wants of them.

use super::{CONNECTIONS, PLAIN, keap, xero};
use crossfoot::connectors::Registry;
use crossfoot::mapping::{Compiled, Connections, Input, Presets, compile};
use crossfoot::model::{AskKind, Facts, Kind};

/// A file with kinds, between ends that know some kinds.
fn between(source: &Facts, target: &Facts, more: &str) -> Compiled {
    let registry = Registry::standard();
    let (connections, _) =
        Connections::parse("connections.yaml", CONNECTIONS, &registry.settings());
    compile(&Input {
        file: "mappings/acme.yaml",
        text: &format!("{PLAIN}{more}"),
        presets: &Presets::embedded(),
        connections: Some(&connections),
        facts: &[source, target],
    })
}

fn telling(kinds: &[Kind]) -> Facts {
    let mut facts = keap();
    for kind in kinds {
        let asks = (facts.reads.as_mut().unwrap().kinds).entry(*kind);
        asks.or_default().insert(AskKind::Changed);
    }
    facts
}

/// A ledger like ours that takes none of some kinds.
fn without(kinds: &[Kind]) -> Facts {
    let mut facts = xero();
    let writes = facts.writes.as_mut().unwrap();
    writes.kinds.retain(|kind, _| !kinds.contains(kind));
    facts
}

fn told(compiled: &Compiled) -> Vec<String> {
    let all = compiled.diagnostics.iter();
    all.map(|d| format!("{} {}: {}", d.code, d.place.line, d.what))
        .collect()
}

const ORDERS: &str = "status: { purchase_orders: { else: AUTHORISED } }\n";
const OFFERS: &str = "status: { estimates: { else: DRAFT } }\n";

#[test]
fn a_kind_is_wanted_only_of_a_source_that_tells_of_it_and_a_ledger_that_takes_it() {
    let (estimate, order) = (Kind::Estimate, Kind::PurchaseOrder);
    for (kind, wants, table) in [
        (estimate, "sync: { estimates: as_quote }\n", OFFERS),
        (estimate, "sync: { estimates: as_draft_invoice }\n", ""),
        (order, "sync: { purchase_orders: on }\n", ORDERS),
    ] {
        let more = format!("{wants}{table}");
        let (tells, mute) = (telling(&[kind]), keap());
        let (takes, refuses) = (xero(), without(&[kind]));
        assert_eq!(
            told(&between(&tells, &takes, &more)),
            Vec::<String>::new(),
            "{wants}"
        );
        // A draft invoice is an invoice, which every ledger takes.
        let of_ledger = usize::from(!wants.contains("draft"));
        for (source, target, errors) in [
            (&mute, &takes, 1),
            (&tells, &refuses, of_ledger),
            (&mute, &refuses, 1 + of_ledger),
        ] {
            let said = between(source, target, &more);
            let codes: Vec<&str> = said.diagnostics.iter().map(|d| d.code.as_str()).collect();
            assert_eq!(
                codes,
                vec!["route.kind"; errors],
                "{wants} {:?}",
                told(&said)
            );
            assert!(
                said.diagnostics
                    .iter()
                    .all(|d| d.place.line > 0 && d.fix.contains(": off"))
            );
        }
    }
}

#[test]
fn the_fix_for_a_kind_that_an_end_does_not_know_mends_the_file() {
    let said = between(
        &keap(),
        &xero(),
        &format!("sync: {{ purchase_orders: on }}\n{ORDERS}"),
    );
    assert!(
        said.diagnostics[0]
            .fix
            .contains("`sync.purchase_orders: off`")
    );
    let off = between(&keap(), &xero(), "sync: { purchase_orders: off }\n");
    assert_eq!(told(&off), Vec::<String>::new());
}

#[test]
fn an_order_is_made_in_a_status_that_the_file_names_and_the_ledger_has() {
    let source = telling(&[Kind::PurchaseOrder]);
    let with = |more: &str| {
        let text = format!("sync: {{ purchase_orders: on }}\n{more}");
        told(&between(&source, &xero(), &text))
    };
    let said = with("").join("\n");
    assert!(
        said.starts_with("yaml.missing") && said.contains("`status.purchase_orders`"),
        "{said}"
    );
    let said = with("status: { purchase_orders: { else: AUTHORIZED } }\n").join("\n");
    assert!(
        said.starts_with("status.unknown") && said.contains("AUTHORIZED"),
        "{said}"
    );
    // `PAID` is an invoice's status; `BILLED` is an order's.
    let said = with("status: { purchase_orders: { else: PAID } }\n").join("\n");
    assert!(said.starts_with("status.unknown"), "{said}");
}
