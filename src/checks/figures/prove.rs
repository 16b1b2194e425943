//! Codes that the file leaves to the sums.
//!
//! Flows in: a document whose sums do not agree. Flows out: the one choice of codes with which every stated figure does.
//! Refuses to choose where two choices do. Bounded by [`MOST_OPEN`] lines that are tried one by one.

use super::compared::{Figures, recoded};
use crate::checks::{accounts, totals};
use crate::mapping::{TaxBecause, Unmarked};
use crate::model::{InvoiceDraft, LineDraft, LineKind, Reason, SetName, Trace, money};
use rust_decimal::Decimal;

/// Lines that are tried one by one; more are tried kind by kind.
const MOST_OPEN: usize = 8;

impl Figures<'_> {
    /// Whether a line's code is left to the sums.
    pub(super) fn is_open(&self, line: &LineDraft) -> bool {
        let unmarked = TaxBecause::Unmarked(Unmarked::Proved);
        self.because(line).is_some_and(|(b, ..)| b == unmarked)
    }

    /// Sets the codes that `proved` leaves to the sums, where exactly one choice makes every stated figure agree. Answers
    /// what the whole document comes to, left-out charges with it.
    pub(super) fn prove(
        &self,
        draft: &mut InvoiceDraft,
        trace: &mut Trace,
    ) -> Result<Option<Decimal>, Reason> {
        let code = self.mapping.taxable_code();
        let proof = self.mapping.stated_tax(self.source).is_some();
        if code.is_empty() || !proof || !self.law.facts.tax.is_computed() {
            return Ok(None);
        }
        let whole = self.whole(draft);
        let open = |n: &usize| whole.lines.get(*n).is_some_and(|l| self.is_open(l));
        let open: Vec<usize> = (0..whole.lines.len()).filter(open).collect();
        let choices = self.choices(&whole, &open, code);
        let [choice] = choices.as_slice() else {
            return Ok(None);
        };
        for n in choice {
            let Some(line) = draft.lines.get_mut(*n) else {
                continue;
            };
            code.clone_into(&mut line.tax);
            let at = self.mapping.tax.unmarked.word(line.kind).at;
            let name = SetName::OfLine(line.source_line.as_str(), "tax");
            trace.set(name, code, self.mapping.by("tax.unmarked", at));
        }
        totals::fill(self.law, draft);
        let whole = totals::fill(self.law, &mut recoded(&whole, choice, code));
        accounts::tax(self.law, draft).map(|()| Some(whole.total))
    }

    /// Which of some lines, with this code, make every stated figure agree: every choice there is, two at most.
    pub(super) fn choices(
        &self,
        whole: &InvoiceDraft,
        open: &[usize],
        code: &str,
    ) -> Vec<Vec<usize>> {
        let line = |n: &usize| whole.lines.get(*n);
        let percent = totals::percent(self.law, code);
        let places = self.law.facts.places.total;
        // A line that would carry no cent either way proves nothing.
        let matters = |n: &&usize| {
            let amount = line(n).map_or(Decimal::ZERO, |l| {
                totals::amount(self.law, l.quantity, l.unit_amount)
            });
            let tax = totals::tax_of(whole.tax_mode, amount, percent);
            !money::half_up(tax, places).is_zero()
        };
        let open: Vec<usize> = open.iter().filter(matters).copied().collect();
        let mut groups: Vec<Vec<usize>> = open.iter().map(|n| vec![*n]).collect();
        if open.len() > MOST_OPEN {
            let of = |kind: LineKind| -> Vec<usize> {
                let same = |n: &&usize| line(n).is_some_and(|l| l.kind == kind);
                open.iter().filter(same).copied().collect()
            };
            groups = LineKind::ALL.map(of).to_vec();
            groups.retain(|g| !g.is_empty());
        }
        let mut found = Vec::new();
        for mask in 1..1_usize << groups.len() {
            let chosen = |(bit, _): &(usize, &Vec<usize>)| mask >> bit & 1 == 1;
            let picked = groups.iter().enumerate().filter(chosen);
            let picked: Vec<usize> = picked.flat_map(|(_, g)| g.iter().copied()).collect();
            if self.agrees(&mut recoded(whole, &picked, code)) {
                found.push(picked);
                if found.len() == 2 {
                    break;
                }
            }
        }
        found
    }
}
