//! The three places where a tenant's rules have a say, and the three rules in plain Rust.

use super::why;
use crossfoot::model::*;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// The three places where a tenant's rules have a say.
pub trait Hooks {
    /// Whether an invoice is wanted.
    fn select(&mut self, invoice: &Invoice) -> Result<(), Verdict>;
    /// A line's account and tax code, which may be changed.
    fn map_line(
        &mut self,
        line: &Line,
        invoice: &Invoice,
        account: &mut String,
        tax: &mut String,
    ) -> Result<(), Reason>;
    /// A payment's reference, which may be changed; `due` is what is owed on the invoice of this number.
    fn map_payment(
        &mut self,
        draft: &mut PaymentDraft,
        number: &str,
        due: Decimal,
    ) -> Result<(), Verdict>;
}

/// No rules.
pub struct NoHooks;

impl Hooks for NoHooks {
    fn select(&mut self, _: &Invoice) -> Result<(), Verdict> {
        Ok(())
    }
    fn map_line(
        &mut self,
        _: &Line,
        _: &Invoice,
        _: &mut String,
        _: &mut String,
    ) -> Result<(), Reason> {
        Ok(())
    }
    fn map_payment(&mut self, _: &mut PaymentDraft, _: &str, _: Decimal) -> Result<(), Verdict> {
        Ok(())
    }
}

/// The three rules as plain Rust.
pub struct Native {
    division: HashMap<&'static str, &'static str>,
    nature: HashMap<&'static str, &'static str>,
}

impl Default for Native {
    fn default() -> Self {
        Self {
            division: [("NSW", "20"), ("QLD", "30"), ("VIC", "40"), ("WA", "50")].into(),
            nature: [("INSPECT", "4100"), ("REPAIR", "4200"), ("PARTS", "4300")].into(),
        }
    }
}

impl Hooks for Native {
    fn select(&mut self, invoice: &Invoice) -> Result<(), Verdict> {
        if invoice.tags.iter().any(|t| t == "do-not-sync") {
            return Err(Verdict::Skip(why("rule.skip", "tagged".into(), "nothing")));
        }
        if invoice.reckoned < Decimal::ZERO {
            return Err(Verdict::Hold(why("rule.hold", "negative".into(), "look")));
        }
        Ok(())
    }

    fn map_line(
        &mut self,
        line: &Line,
        invoice: &Invoice,
        account: &mut String,
        tax: &mut String,
    ) -> Result<(), Reason> {
        if line.sku.contains('-') {
            let mut parts = line.sku.split('-');
            let division = parts.next().and_then(|p| self.division.get(p));
            let nature = parts.next().and_then(|p| self.nature.get(p));
            let (Some(division), Some(nature)) = (division, nature) else {
                return Err(why("table.hold", line.sku.clone(), "add a row"));
            };
            *account = format!("{division}-{nature}");
        }
        if invoice.tags.iter().any(|t| t == "export") {
            *tax = "EXEMPTOUTPUT".to_owned();
        }
        Ok(())
    }

    fn map_payment(
        &mut self,
        draft: &mut PaymentDraft,
        number: &str,
        due: Decimal,
    ) -> Result<(), Verdict> {
        if draft.amount > due {
            let what = "more than is owed".to_owned();
            return Err(Verdict::Hold(why("rule.hold", what, "look")));
        }
        draft.reference = format!("{} for {number}", draft.method);
        Ok(())
    }
}
