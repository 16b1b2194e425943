//! A payment against what is owed.

use super::{ByHand, Hooks, why};
use crossfoot::model::*;

impl ByHand<'_> {
    pub(super) fn payment<H: Hooks + ?Sized>(
        &self,
        hooks: &mut H,
        p: &Payment,
        invoice: &Invoice,
        draft: &InvoiceDraft,
    ) -> Result<PaymentDraft, Verdict> {
        let said = |code: &str| why(code, p.id.clone(), "look");
        if !p.settled {
            return Err(Verdict::Skip(said("payment.not_settled")));
        }
        if p.kind == PaymentKind::Refund {
            return Err(Verdict::Hold(said("refund.hold")));
        }
        if p.amount > draft.total {
            return Err(Verdict::Skip(said("skip.overpayment")));
        }
        let bank = self
            .accounts
            .get("090")
            .filter(|a| a.active && (a.bank || a.takes_payments));
        let bank = bank.ok_or_else(|| Verdict::Hold(said("payment.account")))?;
        if self.lock.is_some_and(|lock| p.date <= lock) {
            return Err(Verdict::Hold(said("period.locked")));
        }
        let mut out = PaymentDraft {
            source_payment: p.id.clone(),
            kind: p.kind,
            date: p.date,
            amount: p.amount,
            currency: invoice.currency,
            account: AccountRef::Id(bank.id.clone()),
            reference: p.reference.clone(),
            method: p.method.clone(),
        };
        hooks.map_payment(&mut out, &draft.number, draft.total)?;
        Ok(out)
    }
}
