//! Drafts as rules see them: an assignment reaches the draft itself, and can be taken back.

use super::builder::{Build, Draftish};
use crate::model::{ContactDraft, Invoice, InvoiceDraft, LineDraft, PaymentDraft};
use crate::rules::cell::{Cell, Value};
use chrono::NaiveDate;
use std::mem::replace;
use std::sync::Arc;

/// A text field: how to read it, and how to swap it.
macro_rules! text_field {
    ($b:expr, $h:ty, $on:expr, $name:literal, $doc:literal, |$d:ident, $at:ident| $place:expr) => {
        $b.field::<$h>(
            $on,
            $name,
            Ty::Text,
            $doc,
            |$d, $at| {
                let _ = $at;
                text(&$place).into()
            },
            |$d, $at, new| {
                let _ = $at;
                match new {
                    Value::Text(t) => Ok(Value::Text(replace(&mut $place, t))),
                    _ => Err("text"),
                }
            },
        );
    };
}

mod contact;
mod invoice;
mod lines;
mod payment;

/// A contact draft.
#[derive(Clone)]
pub(crate) struct ContactHandle(pub Cell<ContactDraft>);
/// One of its addresses: 0 billing, 1 service.
#[derive(Clone)]
struct AddressHandle(Cell<ContactDraft>, usize);
/// An invoice draft and its source.
#[derive(Clone)]
pub(crate) struct InvoiceHandle(pub Cell<InvoiceDraft>, pub Arc<Invoice>);
/// A line draft by itself, or one of an invoice draft.
#[derive(Clone)]
pub(crate) struct LineHandle(pub Cell<LineDraft>, pub Option<Arc<Invoice>>);
/// One of an invoice draft's lines.
#[derive(Clone)]
struct LineOf(Cell<InvoiceDraft>, usize, Arc<Invoice>);
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

/// Adds the drafts.
pub(crate) fn add(b: &mut Build) {
    contact::add(b);
    invoice::add(b);
    lines::add(b);
    payment::add(b);
}

/// Swaps a day that must be there.
fn swap_day(place: &mut NaiveDate, new: Value) -> Result<Value, &'static str> {
    match new {
        Value::Day(Some(d)) => Ok(Value::Day(Some(replace(place, d)))),
        _ => Err("a date"),
    }
}
