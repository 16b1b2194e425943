//! How an invoice's amounts are read, and each line's tax code.
//!
//! Flows in: the source's tax total and what it says of each line. Flows out: exclusive, inclusive or
//! exempt, and a code a line. Refused: a line for which the table says `hold`. An order is *without
//! tax* when its source states none and names no rate on any line, and has *zero tax* when it states a
//! tax of 0. Where lines name rates and no tax is stated, the ledger is to work it out.

use super::line::describe;
use crate::mapping::config::{Answer, Located, Mapping, Unmarked, ZeroTax};
use crate::model::codes;
use crate::model::{
    Invoice, Kind, Line, LineDraft, Reason, SetBy, SetKey, SetName, TaxMode, Trace,
};
use rust_decimal::Decimal;

/// How an order stands to tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TaxStanding {
    Without,
    Zero,
    Taxed,
}

/// What decided a line's tax code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxBecause {
    /// The order is without tax: `tax.without_tax`.
    WithoutTax,
    /// The order states a tax of zero: `tax.zero_tax`.
    ZeroTax,
    /// The rate that the line names.
    Rate,
    /// The source says whether the line is taxable.
    Marked,
    /// The source does not say it: `tax.unmarked`.
    Unmarked(Unmarked),
    /// The same, of an order of which the source states no tax either.
    Untold,
    /// A row of `accounts` that names a code.
    Row(usize),
}

/// The tax code that the file gives a line, with what decided it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxSays<'a> {
    /// The row of `tax.codes`.
    pub key: &'a str,
    /// What it answers.
    pub row: &'a Located<Answer>,
    /// What led to it.
    pub because: TaxBecause,
}

impl TaxSays<'_> {
    /// The code, unless the row says hold.
    pub fn code(&self) -> Option<&str> {
        match &self.row.value {
            Answer::Use(code) => Some(code),
            Answer::Hold => None,
        }
    }
}

fn names_rates(invoice: &Invoice) -> bool {
    invoice.lines.iter().any(|l| !l.tax_rate.is_empty())
}

impl Mapping {
    /// The tax code of what carries no tax, or nothing where the file names none.
    pub fn zero_tax_code(&self) -> &str {
        match self.tax.zero.as_ref().map(|row| &row.value) {
            Some(Answer::Use(code)) => code,
            _ => "",
        }
    }

    /// The tax code of taxable lines, or nothing where the file names none.
    pub fn taxable_code(&self) -> &str {
        match self.tax.taxable.as_ref().map(|row| &row.value) {
            Some(Answer::Use(code)) => code,
            _ => "",
        }
    }

    fn standing(&self, invoice: &Invoice) -> TaxStanding {
        let inside = self.tax.without_tax.value == TaxMode::Inclusive;
        match invoice.tax {
            // Prices of which the file says that they hold their tax are taxed by line as it is.
            None if names_rates(invoice) && !inside => TaxStanding::Taxed,
            None => TaxStanding::Without,
            Some(tax) if !tax.is_zero() => TaxStanding::Taxed,
            // A rate says more than that nothing was worked out: it is kept, and compared.
            Some(_) if names_rates(invoice) => TaxStanding::Zero,
            Some(_) if self.tax.zero_tax.value == ZeroTax::AsWithoutTax => TaxStanding::Without,
            Some(_) => TaxStanding::Zero,
        }
    }

    /// The tax that the ledger's must come to: what the source states, unless `tax.zero_tax` says that its zero is
    /// no tax at all.
    pub fn stated_tax(&self, invoice: &Invoice) -> Option<Decimal> {
        let counts = self.standing(invoice) != TaxStanding::Without;
        invoice.tax.filter(|_| counts)
    }

    /// How the ledger is to read an invoice's amounts.
    pub fn tax_mode(&self, invoice: &Invoice, trace: &mut Trace) -> TaxMode {
        if self.standing(invoice) == TaxStanding::Without {
            let word = &self.tax.without_tax;
            let text = word.value.as_str();
            if let Some(stated) = invoice.tax.filter(|_| trace.is_on()) {
                let at = self.tax.zero_tax.at;
                let text = format!("a stated tax of {stated} counts as none");
                trace.set("tax", text.as_str(), self.by("tax.zero_tax", at));
            }
            trace.set("tax_mode", text, self.by("tax.without_tax", word.at));
            return word.value;
        }
        let mode = if invoice.tax_included == Some(true) {
            TaxMode::Inclusive
        } else {
            TaxMode::Exclusive
        };
        let by = SetBy::Source(None, "tax_included");
        trace.set("tax_mode", mode.as_str(), by);
        mode
    }

    /// Sets a line's tax code.
    ///
    /// The source's own rate decides, by its row of `tax.codes` or the `else`; without one whether the line is
    /// taxable. A line of an order with zero tax takes the zero code. Of an order without tax it takes none where
    /// that is exempt, the zero code where tax would come on top (the `else`, where unmarked lines take that and the source states
    /// no tax), and is taxed like any other where prices hold it.
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
        let Some(says) = self.tax_says(line, invoice) else {
            draft.tax.clear();
            self.item_by_tax(draft, false, trace);
            return Ok(());
        };
        let (key, row) = (says.key, says.row);
        self.item_by_tax(draft, key != "zero", trace);
        match &row.value {
            Answer::Use(code) => {
                draft.tax.clear();
                draft.tax.push_str(code);
                let name = SetName::OfLine(draft.source_line.as_str(), "tax");
                let of = SetKey::Path("tax.codes.", key);
                let key = match says.because {
                    TaxBecause::Row(n) => {
                        (self.accounts.get(n)).map_or(of, |r| r.key(n, line, " (tax)"))
                    }
                    _ => of,
                };
                trace.set(name, code.as_ref(), self.by(key, row.at));
                Ok(())
            }
            Answer::Hold => Err(self.no_tax_code(&says, line)),
        }
    }

    /// The code a line takes by the file, and why; none where the order has no tax at all.
    pub fn tax_says<'a>(&'a self, line: &'a Line, invoice: &Invoice) -> Option<TaxSays<'a>> {
        let standing = self.standing(invoice);
        if standing == TaxStanding::Without && self.tax.without_tax.value == TaxMode::Exempt {
            return None;
        }
        let of = (invoice.called(), invoice.tax);
        let ((key, row), because) = self.tax_row(standing, line, of);
        Some(TaxSays { key, row, because })
    }

    /// Whether the `else` of `tax.codes` says what a line is of an order whose source states no tax at all: the file has lines
    /// take it that nothing marks, and that no line names a rate marks none of them.
    fn asks_of_untaxed(&self, line: &Line, stated: Option<Decimal>) -> bool {
        let word = self.tax.unmarked.word(line.kind).value;
        stated.is_none() && line.taxable.is_none() && word == Unmarked::Else
    }

    fn tax_row<'a>(
        &'a self,
        standing: TaxStanding,
        line: &'a Line,
        (of, stated): (Kind, Option<Decimal>),
    ) -> ((&'a str, &'a Located<Answer>), TaxBecause) {
        let tax = &self.tax;
        let other = ("else", tax.by_rate.other());
        let zero = || tax.zero.as_ref().map_or(other, |row| ("zero", row));
        let taxable = || tax.taxable.as_ref().map_or(other, |row| ("taxable", row));
        // Prices that hold their tax are taxed like any other; otherwise an order without tax has none, unless that is what
        // the file does not take for granted.
        let without = standing == TaxStanding::Without && !self.asks_of_untaxed(line, stated);
        if without && tax.without_tax.value != TaxMode::Inclusive {
            return (zero(), TaxBecause::WithoutTax);
        }
        let mut rows = self.accounts.iter().enumerate();
        let by_row =
            rows.find_map(|(n, r)| Some((n, r.tax.as_ref().filter(|_| r.answers(line, of))?)));
        if let Some((n, row)) = by_row.filter(|_| standing != TaxStanding::Zero) {
            let zero = row.value == tax.zero.as_ref().map_or(Answer::Hold, |z| z.value.clone());
            return (
                (if zero { "zero" } else { "taxable" }, row),
                TaxBecause::Row(n),
            );
        }
        if !line.tax_rate.is_empty() {
            // A rate that the table does not know takes its `else`, never a guess.
            let row = tax.by_rate.row(&line.tax_rate);
            let row = row.map_or(other, |row| (line.tax_rate.as_str(), row));
            return (row, TaxBecause::Rate);
        }
        if standing == TaxStanding::Zero {
            return (zero(), TaxBecause::ZeroTax);
        }
        let Some(marked) = line.taxable else {
            let word = tax.unmarked.word(line.kind).value;
            if standing == TaxStanding::Without && word == Unmarked::Else {
                return (other, TaxBecause::Untold);
            }
            let row = match word {
                Unmarked::Taxable => taxable(),
                // What proves it stands in the sums, which are not known yet.
                Unmarked::Zero | Unmarked::Proved => zero(),
                Unmarked::Else => other,
            };
            return (row, TaxBecause::Unmarked(word));
        };
        let row = if marked { taxable() } else { zero() };
        (row, TaxBecause::Marked)
    }

    fn no_tax_code(&self, says: &TaxSays<'_>, line: &Line) -> Reason {
        let what = describe(line);
        let key = says.key;
        let file = self.place(says.row.at).file;
        let (what, fix) = match says.because {
            TaxBecause::Rate if key == "else" => (
                format!(
                    "`tax.codes` has no code for the rate `{}` of {what}",
                    line.tax_rate
                ),
                format!(
                    "Add `\"{}\": CODE` to `tax.codes` in {file}; then `crossfoot retry TENANT NUMBER`.",
                    line.tax_rate
                ),
            ),
            TaxBecause::Unmarked(Unmarked::Else) => (
                format!(
                    "The source does not say whether {what} is taxable, and `tax.codes` says hold"
                ),
                format!(
                    "Set `tax: {{ unmarked: {} }}` in mappings/{}.yaml, or `zero` in the place of `taxable`, or set the code in a map_line rule; then `crossfoot retry TENANT NUMBER`.",
                    self.tax.unmarked.written(&[(line.kind, Unmarked::Taxable)]),
                    self.tenant
                ),
            ),
            TaxBecause::Untold => (
                format!(
                    "The source states no tax, names no tax rate for {what} and does not say whether it is taxable, and `tax.codes` says hold"
                ),
                format!(
                    "Give the line its tax rate in the source. Where such lines carry no tax, set `tax: {{ unmarked: {} }}` in mappings/{}.yaml, or another `else` in `tax.codes`; then `crossfoot retry TENANT NUMBER`.",
                    self.tax.unmarked.written(&[(line.kind, Unmarked::Zero)]),
                    self.tenant
                ),
            ),
            TaxBecause::Row(n) => (
                format!("There is no tax code for {what}: `accounts[{n}].tax` says hold"),
                format!(
                    "Give the row on line {} of {file} a code; then `crossfoot retry TENANT NUMBER`.",
                    says.row.at.line
                ),
            ),
            _ => (
                format!("There is no tax code for {what}: `tax.codes.{key}` says hold"),
                format!(
                    "Give `tax.codes` in {file} a code for taxable and for zero; then `crossfoot retry TENANT NUMBER`."
                ),
            ),
        };
        Reason::new(codes::TAX_HOLD, what, fix).at(self.place(says.row.at))
    }
}
