//! A document and what is stated of it, side by side.
//!
//! Flows in: a draft, the source's document, the charges that are left out, the file. Flows out: the ledger's sums of the
//! whole document, and how far each stated figure is from them. Refuses nothing.

use crate::checks::Law;
use crate::checks::totals::{self, Sums};
use crate::mapping::{Mapping, TaxBecause};
use crate::model::{Invoice, InvoiceDraft, Line, LineDraft, TaxMode, TaxRule, money};
use rust_decimal::Decimal;

/// A document to be compared.
#[derive(Clone, Copy)]
pub struct Figures<'a> {
    /// What the ledger can do and holds.
    pub law: Law<'a>,
    /// The tenant's file.
    pub mapping: &'a Mapping,
    /// What the source states.
    pub source: &'a Invoice,
    /// Charges that are left out, as they would have gone.
    pub left: &'a [LineDraft],
}

/// What the source states less what the ledger would come to; nothing where they agree or nothing is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Off {
    pub subtotal: Option<Decimal>,
    pub tax: Option<Decimal>,
    pub total: Option<Decimal>,
}

impl Off {
    pub fn is_none(self) -> bool {
        self.largest().is_zero()
    }

    /// The largest difference, without its sign.
    pub fn largest(self) -> Decimal {
        let all = [self.subtotal, self.tax, self.total];
        let all = all.into_iter().flatten().map(|d| d.abs());
        all.max().unwrap_or_default()
    }
}

impl Figures<'_> {
    /// The sums of the whole document, left-out charges with it, and how far they are off. Fills the draft's own in.
    pub(super) fn compared(&self, draft: &mut InvoiceDraft) -> (Sums, Off) {
        let mut sums = totals::expected(self.law, draft, self.source.tax);
        if !self.left.is_empty() {
            sums = totals::expected(self.law, &mut self.whole(draft), self.source.tax);
        }
        (sums, self.off(sums, self.left))
    }

    /// The draft with the charges that are left out.
    pub(super) fn whole(&self, draft: &InvoiceDraft) -> InvoiceDraft {
        let mut whole = draft.clone();
        whole.lines.extend(self.left.iter().cloned());
        whole
    }

    /// Whether a whole document comes to what is stated.
    pub(super) fn agrees(&self, whole: &mut InvoiceDraft) -> bool {
        let sums = totals::expected(self.law, whole, self.source.tax);
        // Left-out charges stand at the end, with the codes that are tried.
        let own = whole.lines.len().saturating_sub(self.left.len());
        let left = whole.lines.get(own..).unwrap_or_default();
        self.off(sums, left).is_none()
    }

    /// Places to which figures are compared: those of the currency, or the ledger's where it keeps more.
    pub(super) fn places(&self) -> u32 {
        let own = self.source.currency.exponent();
        own.max(self.law.facts.places.total)
    }

    pub(super) fn off(&self, is: Sums, left: &[LineDraft]) -> Off {
        let stated = &self.source.stated;
        let (of_line, of_tax) = self.slack(left);
        let off = |stated: Option<Decimal>, is: Decimal, slack: Decimal| {
            let off = stated.map(|s| money::half_up(s, self.places()) - is);
            off.filter(|off| off.abs() > slack)
        };
        let theirs = self.law.facts.tax == TaxRule::Theirs;
        let tax = self.mapping.stated_tax(self.source).filter(|_| !theirs);
        Off {
            subtotal: off(stated.subtotal, is.subtotal, of_line + of_tax),
            tax: off(tax, is.tax, of_tax),
            total: off(self.source.stated_total(), is.total, of_line + of_tax),
        }
    }

    /// How far left-out charges with parts of a cent may be off, and their tax: however the source rounded them, they
    /// do not go to the ledger.
    pub(super) fn slack(&self, left: &[LineDraft]) -> (Decimal, Decimal) {
        let places = self.law.facts.places.total;
        let cent = Decimal::new(1, places);
        let has_parts = |amount: Decimal| money::half_up(amount, places) != amount;
        let (mut of_line, mut of_tax) = (Decimal::ZERO, Decimal::ZERO);
        for line in left {
            let amount = money::times(line.quantity, line.unit_amount);
            if has_parts(amount) {
                of_line += cent;
            }
            let percent = totals::percent(self.law, totals::code_of(self.law, line));
            if has_parts(totals::tax_of(TaxMode::Exclusive, amount, percent)) {
                of_tax += cent;
            }
        }
        (of_line, of_tax)
    }

    pub(super) fn source_line(&self, line: &LineDraft) -> Option<&Line> {
        (self.source.lines.iter()).find(|l| l.id == line.source_line)
    }

    /// What decided a line's code, if the file did and no rule has changed it.
    pub(super) fn because(&self, line: &LineDraft) -> Option<(TaxBecause, &Line, &str)> {
        let source = self.source_line(line)?;
        let says = self.mapping.tax_says(source, self.source)?;
        (says.code() == Some(line.tax.as_str())).then_some((says.because, source, says.key))
    }
}

/// A document with another code on some lines.
pub(super) fn recoded(whole: &InvoiceDraft, lines: &[usize], code: &str) -> InvoiceDraft {
    let mut other = whole.clone();
    for n in lines {
        if let Some(line) = other.lines.get_mut(*n) {
            code.clone_into(&mut line.tax);
        }
    }
    other
}
