//! The invoice with its sums.

use super::{ByHand, Hooks, why};
use chrono::Days;
use crossfoot::model::*;
use rust_decimal::Decimal;

impl ByHand<'_> {
    pub(super) fn invoice<H: Hooks + ?Sized>(
        &self,
        hooks: &mut H,
        invoice: &Invoice,
    ) -> Result<InvoiceDraft, Reason> {
        let reference = match invoice.reference.trim() {
            "" => invoice.title.trim(),
            some => some,
        };
        let settled: Decimal = (invoice.payments.iter())
            .filter(|p| p.settled && p.kind == PaymentKind::Payment && p.date <= invoice.date)
            .map(|p| p.amount)
            .sum();
        let due = if settled >= invoice.reckoned && !invoice.reckoned.is_zero() {
            Some(invoice.date)
        } else if let Some(last) = invoice.plan.iter().map(|i| i.due).max() {
            Some(last)
        } else {
            invoice.date.checked_add_days(Days::new(14))
        };
        let tax_mode = match invoice.tax_included {
            Some(true) if invoice.tax.is_some() => TaxMode::Inclusive,
            _ => TaxMode::Exclusive,
        };
        let mut draft = InvoiceDraft {
            kind: Kind::Invoice,
            number: invoice.number.clone(),
            reference: reference.to_owned(),
            date: invoice.date,
            due,
            status: "AUTHORISED".to_owned(),
            currency: invoice.currency,
            tax_mode,
            lines: Vec::with_capacity(invoice.lines.len()),
            subtotal: Decimal::ZERO,
            total_tax: Decimal::ZERO,
            total: Decimal::ZERO,
            paid_from: None,
        };
        for line in &invoice.lines {
            let out = self.line(hooks, line, invoice, tax_mode)?;
            draft.subtotal += out.amount;
            draft.total_tax += out.tax_amount;
            draft.lines.push(out);
        }
        match tax_mode {
            TaxMode::Inclusive => {
                draft.total = draft.subtotal;
                draft.subtotal -= draft.total_tax;
            }
            _ => draft.total = draft.subtotal + draft.total_tax,
        }
        self.sound(&draft, invoice)?;
        Ok(draft)
    }

    fn sound(&self, draft: &InvoiceDraft, invoice: &Invoice) -> Result<(), Reason> {
        if self.lock.is_some_and(|lock| draft.date <= lock) {
            return Err(why(
                "period.locked",
                draft.date.to_string(),
                "move the lock",
            ));
        }
        let home = self.home.currency.code() == draft.currency.code();
        if !home && !self.home.currencies.contains(draft.currency.code()) {
            return Err(why(
                "currency.not_enabled",
                draft.currency.to_string(),
                "add it",
            ));
        }
        let good = |c: char| c.is_ascii_graphic() || c == ' ';
        let number = &draft.number;
        let length = number.chars().count();
        if length == 0 || length > 255 || !number.chars().all(good) {
            return Err(why("number", number.clone(), "correct it"));
        }
        if draft.lines.is_empty() || draft.lines.iter().any(|l| l.description.trim().is_empty()) {
            return Err(why("lines", number.clone(), "correct it"));
        }
        if draft.total != invoice.reckoned {
            let what = format!("{} is not {}", draft.total, invoice.reckoned);
            return Err(why("total.mismatch", what, "correct it"));
        }
        Ok(())
    }
}
