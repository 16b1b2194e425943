//! What set each field of a draft: the answer to "why is this 20-4100?".

use super::diagnostic::Place;
use serde::{Deserialize, Serialize};

/// What set a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Origin {
    /// The source's own field.
    Source {
        /// Its name in the canonical document.
        field: String,
    },
    /// A key of a tenant's file, a preset or the built-in defaults.
    Mapping {
        /// The key's path: `accounts[3]`.
        key: String,
        /// Where it is written.
        place: Place,
    },
    /// A rule.
    Rule {
        /// The hook.
        hook: String,
        /// Where the rule is written.
        place: Place,
    },
    /// The ledger's own data: an item's account.
    Ledger {
        /// What it was.
        what: String,
    },
}

/// One field that was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStep {
    /// The field: `line[2].account`.
    pub field: String,
    /// Its new value.
    pub value: String,
    /// What set it.
    pub origin: Origin,
}

/// The steps of one decision, in order; a later step overrides an earlier one.
///
/// Switched off it costs nothing: [`Trace::set`] takes closures that are then never called.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Trace {
    on: bool,
    /// The steps.
    pub steps: Vec<TraceStep>,
}

impl Trace {
    /// A trace that records.
    pub fn on() -> Self {
        Self {
            on: true,
            steps: Vec::new(),
        }
    }

    /// A trace that records nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// Whether it records.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Names the fields that were set after so many steps anew: where several things of one kind are decided one after the
    /// other, each has fields of its own.
    pub fn rename_after(&mut self, steps: usize, name: impl Fn(&str) -> String) {
        for step in self.steps.iter_mut().skip(steps) {
            step.field = name(&step.field);
        }
    }

    /// Records that a field was set.
    pub fn set(&mut self, step: impl FnOnce() -> TraceStep) {
        if self.on {
            self.steps.push(step());
        }
    }
}

impl TraceStep {
    /// A step.
    pub fn new(field: impl Into<String>, value: impl Into<String>, origin: Origin) -> Self {
        Self {
            field: field.into(),
            value: value.into(),
            origin,
        }
    }
}
