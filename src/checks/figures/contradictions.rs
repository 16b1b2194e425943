//! What the source or the file says twice, and differently.

use super::compared::Figures;
use crate::checks::{accounts, totals};
use crate::mapping::{TaxBecause, Totals};
use crate::model::codes;
use crate::model::{InvoiceDraft, Reason, TaxMode, money};
use rust_decimal::Decimal;

impl Figures<'_> {
    /// A code without tax that carries some, and a rate on what is said to have no tax.
    pub(super) fn contradictions(&self, draft: &InvoiceDraft) -> Result<(), Reason> {
        let zero = totals::percent(self.law, self.mapping.zero_tax_code());
        let rates = self.source.lines.iter().any(|l| !l.tax_rate.is_empty());
        if zero.is_zero() && !rates {
            return Ok(());
        }
        for (n, line) in draft.lines.iter().enumerate() {
            let percent = totals::percent(self.law, &line.tax);
            if percent.is_zero() || line.amount.is_zero() || draft.tax_mode == TaxMode::Exempt {
                continue;
            }
            let Some((because, source, key)) = self.because(line) else {
                continue;
            };
            let at = accounts::at(n, line);
            let shown = percent.normalize();
            let code = &line.tax;
            if key == "zero" {
                let place = self.mapping.tax.zero.as_ref().map(|row| row.at);
                let what = format!(
                    "{at} is to carry no tax, and `tax.codes.zero` gives it {code}, which carries {shown} % in the ledger"
                );
                let fix = format!(
                    "name a code without tax as `zero` under `tax: codes:`{}; then `crossfoot retry TENANT NUMBER`",
                    self.without_tax_codes()
                );
                let reason = Reason::new(codes::TAX_ZERO_CARRIES, what, fix);
                return Err(match place {
                    Some(at) => reason.at(self.mapping.place(at)),
                    None => reason,
                });
            }
            let stated_zero = self.source.tax.is_some_and(|t| t.is_zero());
            let other = match (because, source.taxable) {
                (TaxBecause::Rate, Some(false)) => "is marked as not taxable",
                (TaxBecause::Rate, _) if stated_zero => "stands in a document whose tax is 0.00",
                _ => continue,
            };
            let rate = &source.tax_rate;
            let what =
                format!("{at} {other}, and names the rate `{rate}`, which is {code}, {shown} %");
            let fix = "correct one of the two in the source, or set the line's code in a `map_line` rule; then `crossfoot retry TENANT NUMBER`";
            return Err(Reason::new(codes::TAX_CONTRADICTION, what, fix));
        }
        Ok(())
    }

    /// The ledger's codes without tax, as the end of a sentence.
    fn without_tax_codes(&self) -> String {
        let rates = self.law.chart.tax_rates.iter();
        let free = rates.filter(|t| t.active && t.percent.is_zero());
        let free: Vec<&str> = free.take(4).map(|t| t.code.as_str()).collect();
        match free.is_empty() {
            true => String::new(),
            false => format!(" (the ledger has {})", free.join(", ")),
        }
    }

    /// What the source says a line comes to must be quantity times price.
    pub(super) fn line_amounts(&self) -> Result<(), Reason> {
        let covered = match &self.mapping.guard.totals.value {
            Totals::Rounding { at_most, .. } if self.source.stated_total().is_some() => *at_most,
            _ => Decimal::ZERO,
        };
        for line in &self.source.lines {
            let Some(stated) = line.amount.filter(|_| self.mapping.wants_line(line)) else {
                continue;
            };
            let is = totals::amount(self.law, line.quantity, line.unit_amount);
            let off = money::half_up(stated, self.places()) - is;
            if off.abs() <= covered {
                continue;
            }
            let what = format!(
                "the source says that line {} ({}) comes to {}, and {} x {} is {} in the ledger ({} off)",
                line.id,
                line.name,
                money::show(stated),
                line.quantity.normalize(),
                money::show(line.unit_amount),
                money::show(is),
                money::show(off)
            );
            let fix = format!(
                "correct the line's quantity, price or amount in the source of {}; what was taken off a line is a line of its own, of the kind discount",
                self.source.number
            );
            return Err(Reason::new(codes::LINE_MISMATCH, what, fix));
        }
        Ok(())
    }
}
