//! What stands in a draft's place while rules hold it: nothing that costs anything to make.

use crate::model::{AccountRef, ContactDraft, InvoiceDraft, LineDraft, PaymentDraft};
use rust_decimal::Decimal;

/// A draft that can be moved out and in again.
pub(super) trait Blank: Sized {
    /// A draft of this kind with nothing in it.
    fn blank(&self) -> Self;
}

impl Blank for ContactDraft {
    fn blank(&self) -> Self {
        Self::default()
    }
}

impl Blank for LineDraft {
    fn blank(&self) -> Self {
        Self::default()
    }
}

impl Blank for InvoiceDraft {
    fn blank(&self) -> Self {
        Self {
            kind: self.kind,
            number: String::new(),
            reference: String::new(),
            date: self.date,
            due: None,
            status: String::new(),
            currency: self.currency,
            tax_mode: self.tax_mode,
            lines: Vec::new(),
            subtotal: Decimal::ZERO,
            total_tax: Decimal::ZERO,
            total: Decimal::ZERO,
            paid_from: None,
        }
    }
}

impl Blank for PaymentDraft {
    fn blank(&self) -> Self {
        Self {
            source_payment: String::new(),
            kind: self.kind,
            date: self.date,
            amount: Decimal::ZERO,
            currency: self.currency,
            account: AccountRef::Code(String::new()),
            reference: String::new(),
            method: String::new(),
        }
    }
}
