//! A payment that is more than what is owed, where the tenant's file wants the rest as a credit of the contact.
//!
//! Flows in: a payment's draft and what is owed. Flows out: the draft of what is owed, and beside it the credit. Refused:
//! where the ledger has no account for such a credit, or the money does not go to a bank account.

use super::super::refund::credit_text;
use super::deciding::Deciding;
use super::decision::Overpaid;
use crate::mapping::Overpayment;
use crate::model::codes;
use crate::model::{
    AccountRef, InvoiceDraft, Kind, LineDraft, Payment, PaymentDraft, PaymentEntry, PaymentKind,
    Reason, TaxMode, money,
};
use rust_decimal::Decimal;

impl Deciding<'_, '_> {
    /// Whether of a payment something may go to the contact as a credit.
    pub(super) fn splits(&self, p: &Payment) -> bool {
        let word = self.q.mapping.overpayment.value;
        word == Overpayment::AsOverpayment && p.kind == PaymentKind::Payment
    }

    /// Takes what is more than owed out of a payment's draft, as a credit of its own. Answers how much.
    pub(super) fn split(
        &mut self,
        p: &Payment,
        out: &mut PaymentDraft,
        document: &InvoiceDraft,
        due: Decimal,
    ) -> Result<Decimal, Reason> {
        let due = due.max(Decimal::ZERO);
        // What has left as a credit and is not known to be there is what it is: only the other part of the payment may go
        // to the document, and what then stays open is seen by the balances.
        if let Some(sent) = self.over(&p.id).filter(|s| !s.is_posted()) {
            out.amount = (p.amount - sent.amount).min(due).max(Decimal::ZERO);
            let credit = self.credit(out, document, sent.amount)?;
            self.goes_over(p, credit);
            return Ok(sent.amount);
        }
        if !self.splits(p) || out.amount <= due {
            return Ok(Decimal::ZERO);
        }
        let rest = out.amount - due;
        let credit = self.credit(out, document, rest)?;
        let told = Reason::new(
            codes::PAYMENT_OVERPAID,
            format!(
                "of payment {} of {}, {} is owed on {}: {} goes to the contact as a credit",
                p.id,
                money::show(p.amount),
                money::show(due),
                document.number,
                money::show(rest)
            ),
            "allocate the credit in the ledger to another invoice, or pay it back there",
        );
        self.out.warnings.push(told);
        out.amount = due;
        self.goes_over(p, credit);
        Ok(rest)
    }

    /// A credit that was sent before stays as it was sent, and is named again until the ledger has it.
    pub(super) fn still_over(
        &mut self,
        p: &Payment,
        document: &InvoiceDraft,
    ) -> Result<Decimal, Reason> {
        let Some(sent) = self.over(&p.id) else {
            return Ok(Decimal::ZERO);
        };
        if !sent.is_posted() && self.splits(p) {
            self.finish(p, document, sent.amount)?;
        }
        Ok(sent.amount)
    }

    /// Names the credit of a payment that is on its document already.
    pub(super) fn finish(
        &mut self,
        p: &Payment,
        document: &InvoiceDraft,
        amount: Decimal,
    ) -> Result<(), Reason> {
        let mapping = self.q.mapping;
        let mut out = mapping.draft_payment(p, self.q.invoice, &mut self.out.trace)?;
        out.account = crate::checks::accounts::payment(self.q.chart, &out.account)?;
        let credit = self.credit(&out, document, amount)?;
        self.goes_over(p, credit);
        Ok(())
    }

    /// A credit that the ledger has cannot be changed: of a payment that comes to something else by now, a person takes it
    /// out first.
    pub(super) fn credit_stands(&self, p: &Payment, rest: Decimal) -> Result<(), Reason> {
        let Some(sent) = self
            .over(&p.id)
            .filter(|s| s.is_posted() && self.credit_there(&p.id, s) != rest)
        else {
            return Ok(());
        };
        let (now, credit) = (money::show(p.amount), self.credit_there(&p.id, sent));
        let credit = money::show(credit);
        Err(Reason::new(
            codes::PAYMENT_CHANGED,
            format!(
                "payment {} is {now} now, {} of it beyond what is owed, and the ledger has a credit of {credit} for it",
                p.id,
                money::show(rest)
            ),
            format!(
                "delete the credit of {credit} in the ledger by hand, so that it is made as it is now, or set the payment right in the source; then `crossfoot retry TENANT NUMBER`"
            ),
        ))
    }

    fn goes_over(&mut self, p: &Payment, credit: InvoiceDraft) {
        let linked = self.over(&p.id).is_some_and(PaymentEntry::is_posted);
        if !linked {
            self.out.overpaid.push(Overpaid {
                payment: p.id.clone(),
                credit,
            });
        }
    }

    fn credit(
        &self,
        out: &PaymentDraft,
        document: &InvoiceDraft,
        amount: Decimal,
    ) -> Result<InvoiceDraft, Reason> {
        let chart = self.q.chart;
        let fix = "name a bank account under `payments_account:`, or set `overpayment: hold`";
        let missing = |what: &str| Reason::new(codes::PAYMENT_OVERPAID_ACCOUNT, what, fix);
        let bank = match &out.account {
            AccountRef::Id(id) => chart.accounts.iter().find(|a| a.id == *id),
            AccountRef::Code(code) => chart.account(code),
            AccountRef::Name(name) => chart.accounts.iter().find(|a| a.name == *name),
        };
        if !bank.is_some_and(|a| a.bank) {
            return Err(missing("the account of the payment is no bank account"));
        }
        let wanted = self.q.facts.overpaid_on.as_deref();
        let on = chart
            .accounts
            .iter()
            .find(|a| wanted == Some(a.system.as_str()));
        let on = on.ok_or_else(|| missing("the ledger shows no account of what customers owe"))?;
        Ok(InvoiceDraft {
            kind: Kind::Overpayment,
            number: String::new(),
            reference: out.reference.clone(),
            date: out.date,
            due: None,
            status: String::new(),
            tax_mode: TaxMode::Exempt,
            paid_from: Some(out.account.clone()),
            lines: vec![LineDraft {
                description: credit_text(&document.number),
                quantity: Decimal::ONE,
                unit_amount: amount,
                account: on.code.clone(),
                amount,
                ..LineDraft::default()
            }],
            subtotal: amount,
            total_tax: Decimal::ZERO,
            total: amount,
            currency: document.currency,
        })
    }
}
