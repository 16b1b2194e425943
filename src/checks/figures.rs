//! Every figure the source states must be what the ledger will hold, to the cent, or a word of the file accounts for it.
//!
//! Flows in: a draft, the source's document, the charges that are left out, the file. Flows out: the draft with the
//! ledger's sums; codes that `tax.unmarked: proved` leaves to the sums are set where only one choice makes them agree.
//! Refused: `line.mismatch`, `total.mismatch`, `tax.mismatch`, `subtotal.mismatch`, and what contradicts itself. Left-out
//! charges are counted in while comparing, with their tax, so that leaving them out accounts for exactly themselves.

mod compared;
mod contradictions;
mod prove;
mod why;

pub use compared::Figures;

use super::totals::Sums;
use crate::mapping::Totals;
use crate::model::{InvoiceDraft, LineDraft, LineKind, LinesBy, Reason, Trace, money};
use compared::Off;
use rust_decimal::Decimal;

impl Figures<'_> {
    /// Fills the sums in, compares every stated figure, and makes up for small differences as the file says. Answers
    /// what the whole document comes to: as the source states it, else by the ledger's sums.
    ///
    /// # Errors
    /// The first figure that differs, with both sides and what would make them agree.
    pub fn settle(&self, draft: &mut InvoiceDraft, trace: &mut Trace) -> Result<Decimal, Reason> {
        let (sums, off) = self.compared(draft);
        let whole = self.source.stated_total().unwrap_or(sums.total);
        self.contradictions(draft)?;
        self.line_amounts()?;
        if off.is_none() {
            self.tell_left_out(draft, sums, trace);
            return Ok(whole);
        }
        if let Some(proved) = self.prove(draft, trace)? {
            return Ok(self.source.stated_total().unwrap_or(proved));
        }
        if self.round(draft, off, trace) {
            return Ok(whole);
        }
        Err(why::mismatch(self, draft, sums, off))
    }

    /// Fills the sums in, and says whether every stated figure agrees as it is.
    pub fn agree(&self, draft: &mut InvoiceDraft) -> bool {
        self.compared(draft).1.is_none()
    }

    /// Makes up for a small difference as `guard.totals` says: a line where the total is off, nothing where it agrees.
    fn round(&self, draft: &mut InvoiceDraft, off: Off, trace: &mut Trace) -> bool {
        let totals = &self.mapping.guard.totals;
        // Where an item gives a line its account, a line of another account cannot be written.
        let Totals::Rounding { account, at_most } = &totals.value else {
            return false;
        };
        if off.largest() > *at_most {
            return false;
        }
        let mut tell = |value: String| {
            let by = self.mapping.by("guard.totals", totals.at);
            trace.set("rounding", value.as_str(), by);
        };
        let Some(short) = off.total else {
            tell(format!("{} of tax", money::show(off.largest())));
            return true;
        };
        // The ledger has no parts of its own smallest unit, in whatever currency.
        let whole = money::half_up(short, self.law.facts.places.total) == short;
        if self.law.facts.lines_by != LinesBy::Account || !whole {
            return false;
        }
        draft.lines.push(LineDraft {
            source_line: "rounding".into(),
            kind: LineKind::Other,
            description: "Rounding".into(),
            quantity: Decimal::ONE,
            unit_amount: short,
            account: account.to_string(),
            tax: self.mapping.zero_tax_code().to_owned(),
            ..LineDraft::default()
        });
        let (_, left) = self.compared(draft);
        if left.total.is_none() && left.largest() <= *at_most {
            tell(money::show(short));
            return true;
        }
        draft.lines.pop();
        self.compared(draft);
        false
    }

    /// What leaving charges out accounts for.
    fn tell_left_out(&self, draft: &InvoiceDraft, whole: Sums, trace: &mut Trace) {
        if self.left.is_empty() || !trace.is_on() {
            return;
        }
        let value = format!("{} is left out", money::show(whole.total - draft.total));
        let at = self.mapping.finance_charges.at;
        let by = self.mapping.by("finance_charges", at);
        trace.set("left_out", value.as_str(), by);
    }
}
