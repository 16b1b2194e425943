//! Which two books are one tenant's.
//!
//! Flows in: a tenant of the demo, and the states of the fake vendors by name. Flows out: its pairing. A vendor that is missing is an
//! empty book, which cannot be read and does not agree.

use super::nouns::{Pairing, SourceBook, Told};
use crate::sandbox::demo::{Tenant, World};
use serde_json::Value;
use std::collections::BTreeMap;

static NOTHING: Value = Value::Null;

/// The books of one tenant of a world.
pub fn pairing<'a>(
    world: &'a World,
    t: &'a Tenant,
    states: &'a BTreeMap<&'static str, Value>,
    told: Option<&'a BTreeMap<String, Told>>,
) -> Pairing<'a> {
    let state = |system: &str| states.get(system).unwrap_or(&NOTHING);
    let source = match t.source {
        "files" => SourceBook::Files(&world.files),
        "kickserv" => SourceBook::Kickserv {
            state: state("kickserv"),
            account: &t.name,
            currency: &t.currency,
        },
        "xero" => SourceBook::Xero {
            state: state("xero"),
            organisation: &t.title,
        },
        _ => SourceBook::Keap {
            state: state("keap"),
            application: &t.name,
        },
    };
    Pairing {
        source,
        ledger: state(t.ledger),
        organisation: match t.ledger {
            "keap" => &t.name,
            _ => &t.title,
        },
        expectations: &t.expectations,
        told,
    }
}
