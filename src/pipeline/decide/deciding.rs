//! A decision in the making: what is asked, the rules' machine, and what was decided so far.

use super::decision::{Decision, Question};
use crate::checks::Law;
use crate::mapping::Totals;
use crate::model::{Reason, Trace, Verdict};
use crate::rules::{MachineFault, Ruling, Runner};

/// Why a decision stops: a reason to leave the document, or a fault of the machine to be tried again.
pub(super) enum Halt {
    Verdict(Verdict),
    Fault(MachineFault),
}

impl From<MachineFault> for Halt {
    fn from(f: MachineFault) -> Self {
        Halt::Fault(f)
    }
}

pub(super) fn hold(reason: Reason) -> Halt {
    Halt::Verdict(Verdict::Hold(reason))
}

/// A decision in the making.
pub(super) struct Deciding<'q, 'r> {
    pub(super) q: &'q Question<'q>,
    pub(super) runner: &'r mut Runner,
    pub(super) law: Law<'q>,
    pub(super) out: Decision,
}

impl<'q, 'r> Deciding<'q, 'r> {
    pub(super) fn new(q: &'q Question<'q>, runner: &'r mut Runner) -> Self {
        let trace = if q.context.trace {
            Trace::roomy()
        } else {
            Trace::off()
        };
        Self {
            q,
            runner,
            law: Law {
                facts: q.facts,
                chart: q.chart,
            },
            out: Decision {
                verdict: Verdict::Keep,
                contact: None,
                found: None,
                items: Vec::new(),
                invoice: None,
                comes_to: None,
                credits: Vec::new(),
                overpaid: Vec::new(),
                payments: Vec::new(),
                balance: None,
                mismatch: None,
                trace,
                printed: Vec::new(),
                warnings: Vec::new(),
                as_posted: false,
                forget: Vec::new(),
                unlink: false,
                blocked: None,
                wanted: None,
                settled: None,
                left: None,
                review: None,
                conflict: q.mapping.sync.conflict.value,
                takes_total: q.facts.own_tax && q.mapping.guard.totals.value == Totals::Ledger,
                their_total: None,
                ruled: Vec::new(),
                locked_until: q.chart.organisation.locked_until(),
            },
        }
    }

    /// Takes a ruling in: what it changed and printed, and whether it lets the document go on.
    pub(super) fn ruled(&mut self, ruling: Ruling) -> Result<(), Halt> {
        self.out.printed.extend(ruling.printed);
        if !ruling.verdict.is_keep() {
            return Err(Halt::Verdict(ruling.verdict));
        }
        self.out.review = self.out.review.take().or(ruling.review);
        self.out.trace.extend(&ruling.changes);
        Ok(())
    }
}
