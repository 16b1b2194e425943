//! A decision by the program: everything it is made of, and how it is compared with a decision by hand.

#![allow(dead_code)]

use super::papers;
use crossfoot::mapping::Mapping;
use crossfoot::model::{Chart, Facts, Invoice, LedgerView, TargetFacts, Trace};
use crossfoot::pipeline::decide::{Decision, Question, decide};
use crossfoot::rules::{Context, RuleSet, Runner};
use std::sync::Arc;

/// Everything a decision is made of.
pub struct Desk {
    /// The source's document.
    pub invoice: Arc<Invoice>,
    /// What the ledger holds that concerns it.
    pub view: LedgerView,
    /// The ledger's chart.
    pub chart: Chart,
    mapping: Mapping,
    rules: RuleSet,
    /// The ledger's facts.
    pub facts: Facts,
    context: Arc<Context>,
}

impl Desk {
    /// For the invoice of [`papers`].
    pub fn new(rules: RuleSet, trace: bool) -> Self {
        Self {
            invoice: Arc::new(papers::invoice()),
            view: papers::view(),
            chart: papers::chart(),
            mapping: papers::mapping(papers::TENANT),
            rules,
            facts: papers::xero(),
            context: papers::context(trace),
        }
    }

    /// The ledger's facts, as those of a target.
    pub fn target(&self) -> TargetFacts<'_> {
        self.facts.target().expect("a ledger")
    }

    /// Decides.
    pub fn decide(&self, runner: &mut Runner) -> Decision {
        let question = Question {
            invoice: &self.invoice,
            view: &self.view,
            chart: &self.chart,
            mapping: &self.mapping,
            rules: &self.rules,
            facts: self.target(),
            context: &self.context,
        };
        match decide(&question, runner) {
            Ok(decision) => decision,
            Err(fault) => panic!("{fault}"),
        }
    }
}

/// A decision without what is only told: its trace, and the two balances.
pub fn bare(mut decision: Decision) -> Decision {
    decision.trace = Trace::off();
    decision.found = None;
    decision.items.clear();
    decision.balance = None;
    decision
}
