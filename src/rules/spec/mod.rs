//! Specs: cases that say what a rule must answer, beside the rule or in its doc comments.
//!
//! Flows in: a rule file, and the text of its `NAME.spec.yaml`. Flows out: one result a case with the
//! place of the case, and which answers and changes of the rule no case reached.
//!
//! ```yaml
//! params: { template: "{parent} - {name}" }      # what the tenant's file would give
//! tables: { division: { NSW: "20", else: hold } }
//! today: 2026-07-20
//! cases:
//!   - name: a site carries its client's name
//!     hook: map_contact
//!     given: { name: "Depot 4", parent: { name: "Harbour Cranes" } }
//!     expect: { name: "Harbour Cranes - Depot 4" }
//! ```
//! A doc comment says the same in a line: `/// @example { total: 0.00 } => skip`, or
//! `/// @example { name: "A" } => name "B"`, with `with { .. }` and `params { .. }` before the arrow.
//! Given documents name only what matters; the rest is a plain document.

mod coverage;
mod disputed;
mod document;
mod example;
mod expect;
mod read;
mod run;

pub use coverage::Unreached;
pub(crate) use example::mistakes;
pub use run::{CaseResult, Report, run, run_with};

use super::hook::Hook;
use crate::model::Place;
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeMap;

/// Most cases of one file.
pub const CASES: usize = 1_000;

/// What surrounds the cases of a file.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub params: Value,
    pub tables: BTreeMap<String, super::Table>,
    pub today: NaiveDate,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            params: Value::Null,
            tables: BTreeMap::new(),
            today: document::plain_day(),
        }
    }
}

/// One case.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub name: String,
    pub place: Place,
    pub hook: Hook,
    /// What the hook's first parameter is made from.
    pub given: Value,
    /// What its second is made from; of a field that both sides changed, the documents of the three.
    pub with: Value,
    /// Parameters that differ from the setting's.
    pub params: Value,
    pub expect: Value,
}
