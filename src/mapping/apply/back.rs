//! The backward half of a tenant: what its file makes of payments that people enter in the ledger, and of its contacts.
//!
//! Flows in: the tenant's own mapping. Flows out: one that goes the other way, from the ledger to the source. It makes and changes no
//! document: those are posted already, and only money is put to them.

use crate::mapping::config::{
    BackContacts, ContactMode, End, FinanceCharges, InvoiceMode, LineItems, Located, Mapping,
    Overpayment, PaymentMode, Refunds, Totals, Trigger,
};
use chrono::NaiveDate;

impl Mapping {
    /// Whether anything of the ledger comes back to the source.
    pub fn comes_back(&self) -> bool {
        self.back.payments || self.back.contacts.value != BackContacts::Off
    }

    /// The mapping of the backward half, where something comes back.
    pub fn backward(&self) -> Option<Mapping> {
        if !self.comes_back() {
            return None;
        }
        let contacts = match self.back.contacts.value {
            BackContacts::Off => ContactMode::WithInvoice,
            BackContacts::FirstTime => ContactMode::All,
        };
        let payments = match self.back.payments {
            true => PaymentMode::Forward,
            false => PaymentMode::Off,
        };
        let at = self.sync.payments.at;
        let turned = |end: &Located<End>| Located::new(end.value.clone(), end.at);
        let mut half = Mapping {
            tenant: self.tenant.back(),
            from: turned(&self.to),
            to: turned(&self.from),
            payments_account: self.back.payments_account.clone(),
            match_items: None,
            accounts: Box::default(),
            lines: LineItems::default(),
            rules: Box::default(),
            ..self.clone()
        };
        half.back.payments = false;
        half.back.contacts = Located::new(BackContacts::Off, at);
        half.sync.invoices = Located::new(InvoiceMode::WhenRaised, at);
        half.sync.payments = Located::new(payments, at);
        half.sync.contacts = Located::new(contacts, self.back.contacts.at);
        half.sync.update_invoices = Located::new(false, at);
        half.sync.update_contacts = Located::new(false, at);
        half.sync.trigger = Located::new(Trigger::Manual, self.back.trigger.at);
        half.skip.already_synced = Located::new(false, at);
        half.skip.zero_total = Located::new(false, at);
        half.skip.made_by_integration = Located::new(false, at);
        half.skip.drafts = Located::new(false, at);
        half.finance_charges = Located::new(FinanceCharges::Send, at);
        half.overpayment = Located::new(Overpayment::Hold, at);
        half.refunds = Located::new(Refunds::Hold, at);
        half.guard.totals = Located::new(Totals::Exact, at);
        Some(half)
    }

    /// Whether money of a day that others put to a posted document is brought to the other book by the other half of the tenant.
    pub fn brings(&self, day: Option<NaiveDate>) -> bool {
        if self.tenant.forward().is_some() {
            return true;
        }
        let from = self.back.start.map(|s| s.value);
        self.back.payments && from.is_none_or(|from| day.is_some_and(|day| day >= from))
    }
}
