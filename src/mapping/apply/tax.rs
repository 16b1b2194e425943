//! How an invoice's amounts are read, and each line's tax code.
//!
//! Flows in: the source's tax total and what it says of each line. Flows out: exclusive, inclusive or
//! exempt, and a code a line. Refused: a line for which the table says `hold`. An order is *without
//! tax* when its source states none, and has *zero tax* when it states a tax of 0.

use super::item::field;
use super::line::describe;
use crate::mapping::config::{Answer, Located, Mapping, Unmarked, ZeroTax};
use crate::model::codes;
use crate::model::{Invoice, Line, LineDraft, Origin, Reason, TaxMode, Trace, TraceStep};

/// How an order stands to tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TaxStanding {
    Without,
    Zero,
    Taxed,
}

impl Mapping {
    /// The tax code of what carries no tax, or nothing where the file names none.
    pub fn zero_tax_code(&self) -> &str {
        match self.tax.zero.as_ref().map(|row| &row.value) {
            Some(Answer::Use(code)) => code,
            _ => "",
        }
    }

    fn standing(&self, invoice: &Invoice) -> TaxStanding {
        match invoice.tax {
            None => TaxStanding::Without,
            Some(tax) if !tax.is_zero() => TaxStanding::Taxed,
            Some(_) if self.tax.zero_tax.value == ZeroTax::AsWithoutTax => TaxStanding::Without,
            Some(_) => TaxStanding::Zero,
        }
    }

    /// How the ledger is to read an invoice's amounts.
    pub fn tax_mode(&self, invoice: &Invoice, trace: &mut Trace) -> TaxMode {
        if self.standing(invoice) == TaxStanding::Without {
            let word = &self.tax.without_tax;
            let text = word.value.as_str();
            self.by_key(trace, "tax_mode", text, "tax.without_tax", word.at);
            return word.value;
        }
        let mode = if invoice.tax_included == Some(true) {
            TaxMode::Inclusive
        } else {
            TaxMode::Exclusive
        };
        trace.set(|| {
            let origin = Origin::Source {
                field: "tax_included".to_owned(),
            };
            TraceStep::new("tax_mode", mode.as_str(), origin)
        });
        mode
    }

    /// Sets a line's tax code.
    ///
    /// The source's own rate decides where `tax.codes` names it; else whether the line is taxable. A line
    /// of an order with zero tax takes the zero code. Of an order without tax it takes none where that is
    /// exempt, the zero code where tax would come on top, and is taxed like any other where prices hold it.
    ///
    /// # Errors
    /// The table says `hold`, or has no code for the line.
    pub fn tax_for(
        &self,
        draft: &mut LineDraft,
        line: &Line,
        invoice: &Invoice,
        trace: &mut Trace,
    ) -> Result<(), Reason> {
        let standing = self.standing(invoice);
        if standing == TaxStanding::Without && self.tax.without_tax.value == TaxMode::Exempt {
            draft.tax.clear();
            return Ok(());
        }
        let (key, row) = self.tax_row(standing, line);
        match &row.value {
            Answer::Use(code) => {
                draft.tax.clear();
                draft.tax.push_str(code);
                trace.set(|| {
                    let origin = self.origin(format!("tax.codes.{key}"), row.at);
                    TraceStep::new(field(draft, "tax"), code.as_ref(), origin)
                });
                Ok(())
            }
            Answer::Hold => Err(self.no_tax_code(key, row, line)),
        }
    }

    fn tax_row<'a>(
        &'a self,
        standing: TaxStanding,
        line: &'a Line,
    ) -> (&'a str, &'a Located<Answer>) {
        let tax = &self.tax;
        let other = ("else", tax.by_rate.other());
        let zero = || tax.zero.as_ref().map_or(other, |row| ("zero", row));
        let taxable = || tax.taxable.as_ref().map_or(other, |row| ("taxable", row));
        // Prices that hold their tax are taxed like any other; otherwise an order without tax has none.
        if standing == TaxStanding::Without && tax.without_tax.value != TaxMode::Inclusive {
            return zero();
        }
        if !line.tax_rate.is_empty() {
            if let Some(row) = tax.by_rate.row(&line.tax_rate) {
                return (&line.tax_rate, row);
            }
            // A table by rate that does not know this rate must not fall back on a guess.
            if tax.by_rate.rows().next().is_some() {
                return other;
            }
        }
        if standing == TaxStanding::Zero {
            return zero();
        }
        match (line.taxable, tax.unmarked.value) {
            (Some(true), _) | (None, Unmarked::Taxable) => taxable(),
            (Some(false), _) | (None, Unmarked::Zero) => zero(),
            (None, Unmarked::Else) => other,
        }
    }

    fn no_tax_code(&self, key: &str, row: &Located<Answer>, line: &Line) -> Reason {
        let what = describe(line);
        let (what, fix) = if !line.tax_rate.is_empty() && key == "else" {
            (
                format!(
                    "`tax.codes` has no code for the rate `{}` of {what}",
                    line.tax_rate
                ),
                format!(
                    "Add `\"{}\": CODE` to `tax.codes`, then `crossfoot retry TENANT NUMBER`.",
                    line.tax_rate
                ),
            )
        } else if line.taxable.is_none() && key == "else" {
            (
                format!("The source does not say whether {what} is taxable, and `tax.codes` says hold"),
                "Set `tax.unmarked` to taxable or zero, or set the code in a map_line rule, then `crossfoot retry TENANT NUMBER`.".to_owned(),
            )
        } else {
            (
                format!("There is no tax code for {what}: `tax.codes.{key}` says hold"),
                "Give `tax.codes` a code for taxable and for zero, then `crossfoot retry TENANT NUMBER`.".to_owned(),
            )
        };
        Reason::new(codes::TAX_HOLD, what, fix).at(self.place(row.at))
    }
}
