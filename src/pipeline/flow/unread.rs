//! Documents that cannot be decided on, and how the halves of a tenant are told of their books.
//!
//! Flows in: why nothing is known of a document, or what was decided of one. Flows out: a decision that holds it and writes nothing;
//! the same decision with the names of the books.

use super::super::decide::Decision;
use super::super::plan::WritePlan;
use super::super::ports::{DecidedDoc, DecisionNote, DocRow, LinksLearned};
use super::pass::Pass;
use crate::model::{Became, DocState, Fingerprint, Reason};
use std::collections::{BTreeMap, BTreeSet};

impl Pass<'_> {
    /// To the people of a backward half its books are no source and ledger: they are told of by their names.
    pub(super) fn in_their_names(&self, decision: &mut Decision, outcome: &mut WritePlan) {
        let Some(names) = self.t.names() else { return };
        let own = [&mut outcome.reason, &mut outcome.held].into_iter();
        let payments = outcome.payments.iter_mut().map(|p| &mut p.reason);
        let all = own.chain(payments).flatten();
        all.chain(&mut decision.warnings)
            .for_each(|reason| names.reason(reason));
    }

    /// A document whose record is not in the store, or of which one of the two books says what cannot be read, cannot be decided on.
    pub(super) fn without_record(&mut self, row: &DocRow, mut reason: Reason) -> DecidedDoc {
        if let Some(names) = self.t.names() {
            names.reason(&mut reason);
        }
        self.count(row.key.kind, Became::Held, 1);
        self.reason(row, Became::Held, Some(&reason));
        let none = Fingerprint::of(b"");
        DecidedDoc {
            key: row.key.clone(),
            version: row.version.clone(),
            state: DocState::Held,
            reason: Some(reason),
            comes_to: row.total,
            note: DecisionNote {
                config: self.t.config.clone(),
                facts: none.clone(),
                chart: None,
                source: none,
                run: self.ask.run.clone(),
                trace: Vec::new(),
                payments: Vec::new(),
                balance: None,
                printed: Vec::new(),
                warnings: Vec::new(),
                found: None,
                items: Vec::new(),
                estimate: false,
                drafts: Vec::new(),
                held: None,
                contact_told: BTreeMap::new(),
                by_word: None,
            },
            facts: String::new(),
            writes: Vec::new(),
            approval: Fingerprint::of(b""),
            release: false,
            approved: row.approved.clone(),
            retried: false,
            to_release: BTreeSet::new(),
            learned: LinksLearned::default(),
        }
    }
}
