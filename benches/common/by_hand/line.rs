//! A line: its account, tax code, text and sums.

use super::{ByHand, Hooks, cents, why};
use crossfoot::model::*;
use rust_decimal::Decimal;

impl ByHand<'_> {
    pub(super) fn line<H: Hooks + ?Sized>(
        &self,
        hooks: &mut H,
        line: &Line,
        invoice: &Invoice,
        mode: TaxMode,
    ) -> Result<LineDraft, Reason> {
        let table = if line.sku == "TIL" {
            "201"
        } else if line.sku.starts_with("CRANE-") {
            "20-4100"
        } else {
            match line.kind {
                LineKind::Shipping => "260",
                LineKind::Discount => "0205",
                _ => "200",
            }
        };
        let mut account = table.to_owned();
        let mut tax = match line.taxable {
            Some(true) if invoice.tax.is_some() => "OUTPUT",
            _ => "EXEMPTOUTPUT",
        }
        .to_owned();
        hooks.map_line(line, invoice, &mut account, &mut tax)?;
        let unknown = |what: &str| why("account.unknown", what.to_owned(), "correct it");
        let in_chart = self
            .accounts
            .get(account.as_str())
            .ok_or_else(|| unknown(&account))?;
        if !in_chart.active || in_chart.bank {
            return Err(unknown(&account));
        }
        let rate = self
            .rates
            .get(tax.as_str())
            .filter(|r| r.active)
            .ok_or_else(|| unknown(&tax))?;
        if !rate.applies_to.contains(&in_chart.class) {
            return Err(unknown(&tax));
        }
        let (name, more) = (line.name.trim(), line.description.trim());
        let description = match (name, more) {
            (name, "") => name.to_owned(),
            ("", more) => more.to_owned(),
            (name, more) if name == more => name.to_owned(),
            (name, more) => format!("{name}\n{more}"),
        };
        let (percent, hundred) = (rate.percent, Decimal::ONE_HUNDRED);
        let places = self.facts.places.total;
        let unit = cents(line.unit_amount, self.facts.places.unit);
        let quantity = cents(line.quantity, self.facts.places.quantity);
        let amount = cents(unit * quantity, places);
        let tax_amount = match mode {
            _ if percent.is_zero() => Decimal::ZERO,
            TaxMode::Inclusive => cents(amount - amount * hundred / (hundred + percent), places),
            _ => cents(amount * percent / hundred, places),
        };
        Ok(LineDraft {
            source_line: line.id.clone(),
            kind: line.kind,
            sku: line.sku.clone(),
            item_id: String::new(),
            description,
            quantity: line.quantity,
            unit_amount: line.unit_amount,
            account,
            tax,
            item: String::new(),
            tracking: Vec::new(),
            amount,
            tax_amount,
        })
    }
}
