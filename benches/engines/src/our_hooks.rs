//! Crossfoot's own rules as hooks of the hand-written host, so that engines are compared on the same host.

use crate::by_hand::Hooks;
use crate::papers;
use crate::says;
use crossfoot::model::{Invoice, Line, LineDraft, PaymentDraft, Reason, Verdict};
use crossfoot::rules::{Context, PaidDocument, RuleSet, Runner};
use rust_decimal::Decimal;
use std::sync::Arc;

/// The three hooks as a tenant writes them.
pub struct Ours {
    runner: Runner,
    rules: RuleSet,
    context: Arc<Context>,
    invoice: Arc<Invoice>,
}

impl Ours {
    /// For decisions over this invoice.
    pub fn new(invoice: Arc<Invoice>) -> Self {
        Self {
            runner: Runner::new(),
            rules: papers::rules(),
            context: papers::context(false),
            invoice,
        }
    }
}

fn kept(verdict: Verdict) -> Result<(), Verdict> {
    if verdict.is_keep() {
        return Ok(());
    }
    Err(verdict)
}

impl Hooks for Ours {
    fn select(&mut self, _: &Invoice) -> Result<(), Verdict> {
        let ruled = self
            .runner
            .select(&self.rules, &self.context, &self.invoice, false);
        kept(ruled.unwrap_or_else(|e| panic!("{e}")).verdict)
    }

    fn map_line(
        &mut self,
        line: &Line,
        _: &Invoice,
        account: &mut String,
        tax: &mut String,
    ) -> Result<(), Reason> {
        let mut draft = LineDraft {
            source_line: line.id.clone(),
            kind: line.kind,
            sku: line.sku.clone(),
            account: std::mem::take(account),
            tax: std::mem::take(tax),
            quantity: line.quantity,
            unit_amount: line.unit_amount,
            ..LineDraft::default()
        };
        let ruled = self
            .runner
            .map_line(&self.rules, &self.context, &mut draft, 1, &self.invoice);
        kept(ruled.unwrap_or_else(|e| panic!("{e}")).verdict).map_err(|_| says::no_row(line))?;
        *account = draft.account;
        *tax = draft.tax;
        Ok(())
    }

    fn map_payment(
        &mut self,
        draft: &mut PaymentDraft,
        number: &str,
        due: Decimal,
    ) -> Result<(), Verdict> {
        let posted = PaidDocument {
            number: number.to_owned(),
            status: "AUTHORISED".to_owned(),
            total: due,
            due,
        };
        let ruled = self
            .runner
            .map_payment(&self.rules, &self.context, draft, &posted);
        kept(ruled.unwrap_or_else(|e| panic!("{e}")).verdict)
    }
}
