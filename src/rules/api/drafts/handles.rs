//! Handles to drafts and to their elements.

use crate::model::{ContactDraft, Invoice, InvoiceDraft, LineDraft, PaymentDraft};
use crate::rules::api::draftish::Draftish;
use crate::rules::cell::{Cell, FieldValue};
use chrono::NaiveDate;
use std::mem::replace;
use std::sync::Arc;

/// A contact draft.
#[derive(Clone)]
pub(crate) struct ContactHandle(pub Cell<ContactDraft>);
/// One of its addresses: 0 billing, 1 service.
#[derive(Clone)]
pub(super) struct AddressHandle(pub Cell<ContactDraft>, pub usize);
/// An invoice draft and its source.
#[derive(Clone)]
pub(crate) struct InvoiceHandle(pub Cell<InvoiceDraft>, pub Arc<Invoice>);
/// A line draft by itself, or one of an invoice draft.
#[derive(Clone)]
pub(crate) struct LineHandle(pub Cell<LineDraft>, pub Option<Arc<Invoice>>);
/// One of an invoice draft's lines.
#[derive(Clone)]
pub(super) struct LineOf(pub Cell<InvoiceDraft>, pub usize, pub Arc<Invoice>);
/// A payment draft.
#[derive(Clone)]
pub(crate) struct PaymentHandle(pub Cell<PaymentDraft>);

macro_rules! draftish {
    ($($handle:ty, $draft:ty, $at:expr);+ $(;)?) => { $(
        impl Draftish for $handle {
            type D = $draft;
            fn cell(&self) -> &Cell<$draft> { &self.0 }
            fn at(&self) -> usize { let at: fn(&Self) -> usize = $at; at(self) }
        }
    )+ };
}
draftish! {
    ContactHandle, ContactDraft, |_| 0;
    AddressHandle, ContactDraft, |a| a.1;
    InvoiceHandle, InvoiceDraft, |_| 0;
    LineHandle, LineDraft, |_| 0;
    LineOf, InvoiceDraft, |l| l.1;
    PaymentHandle, PaymentDraft, |_| 0;
}

/// Swaps a day that must be there.
pub(super) fn swap_day(place: &mut NaiveDate, new: FieldValue) -> Result<FieldValue, &'static str> {
    match new {
        FieldValue::Day(Some(d)) => Ok(FieldValue::Day(Some(replace(place, d)))),
        _ => Err("a date"),
    }
}
