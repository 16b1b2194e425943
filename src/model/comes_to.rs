//! What a document comes to: as its source states it, or as far as the source's own figures tell. Whoever tells people of it or
//! holds the ledger against it asks here, or takes what was drafted: a sum of lines is neither.

use super::document::{Invoice, Line, Payment, PaymentKind};
use rust_decimal::Decimal;

/// What is owed of a sum after settled payments and refunds; negative where more came in than that.
pub fn owed_after<'p>(sum: Decimal, payments: impl Iterator<Item = &'p Payment>) -> Decimal {
    (payments.filter(|p| p.settled)).fold(sum, |left, p| match p.kind {
        PaymentKind::Payment => left - p.amount,
        PaymentKind::Refund => left + p.amount,
    })
}

impl Invoice {
    /// What the source states it comes to, if it does.
    pub fn stated_total(&self) -> Option<Decimal> {
        (!self.stated.no_total).then_some(self.reckoned)
    }

    /// What it comes to, as far as the source alone tells: as stated, else what its lines and its tax add up to, where there is
    /// no tax left to work out. Nothing where only what was drafted knows.
    pub fn comes_to(&self) -> Option<Decimal> {
        let told = |l: &Line| l.tax_rate.is_empty() && l.taxable.is_some();
        let whole = self.tax.is_some() || self.tax_included == Some(true);
        let whole = whole || self.lines.iter().all(told);
        (whole || !self.stated.no_total).then_some(self.reckoned)
    }

    /// What is still owed of what it comes to: that less settled payments, refunds added back.
    pub fn balance(&self, comes_to: Decimal) -> Decimal {
        owed_after(comes_to, self.payments.iter())
    }

    /// The least of it that was owed at the end of any day: nothing, where it was paid once, whatever was given back since.
    pub fn least_owed(&self, comes_to: Decimal) -> Decimal {
        let by = |day| self.payments.iter().filter(move |p| p.date <= day);
        let days = self.payments.iter().map(|p| p.date);
        let owed = days.map(|day| owed_after(comes_to, by(day)));
        owed.min().unwrap_or(comes_to)
    }

    /// Whether settled payments covered the whole on or before the day the invoice was made; never where it is not known what
    /// that is.
    pub fn paid_at_creation(&self) -> bool {
        let came = |p: &&Payment| p.settled && p.kind == PaymentKind::Payment;
        let by_then = self.payments.iter().filter(came);
        let by_then = by_then.filter(|p| p.date <= self.date);
        let by_then: Decimal = by_then.map(|p| p.amount).sum();
        self.comes_to()
            .is_some_and(|total| by_then >= total && !total.is_zero())
    }
}
