//! An invoice draft.

use super::handles::{InvoiceHandle, LineOf, swap_day};
use crate::rules::api::builder::Build;
use crate::rules::api::catalog::Ty;
use crate::rules::api::convert::{day, text};
use crate::rules::api::source::Doc;
use crate::rules::cell::FieldValue;
use rhai::{Array, Dynamic};
use std::mem::replace;
use std::sync::Arc;

/// Adds it.
pub(super) fn add(b: &mut Build) {
    settable(b);
    shown(b);
}

fn settable(b: &mut Build) {
    type H = InvoiceHandle;
    let on = Ty::InvoiceDraft;
    b.named::<H>(on);
    text_field!(
        b,
        H,
        on,
        "number",
        "The number, which the ledger wants unique.",
        |d, _at| d.number
    );
    text_field!(b, H, on, "reference", "Reference, or empty.", |d, _at| d
        .reference);
    text_field!(
        b,
        H,
        on,
        "status",
        "The ledger's own word for the status it is made in.",
        |d, _at| d.status
    );
    b.field::<H>(
        on,
        "date",
        Ty::Day,
        "The day it is dated.",
        |d, _| Dynamic::from(d.date),
        |d, _, new| swap_day(&mut d.date, new),
    );
    b.field::<H>(
        on,
        "due",
        Ty::Day,
        "The day it is due, or `()`.",
        |d, _| day(d.due),
        |d, _, new| match new {
            FieldValue::Day(new) => Ok(FieldValue::Day(replace(&mut d.due, new))),
            _ => Err("a date"),
        },
    );
}

fn shown(b: &mut Build) {
    type H = InvoiceHandle;
    let on = Ty::InvoiceDraft;
    b.look::<H>(
        on,
        "kind",
        Ty::Text,
        "`invoice` or `credit_note`.",
        |d, _| d.kind.as_str().into(),
    );
    b.look::<H>(on, "currency", Ty::Text, "Its currency.", |d, _| {
        text(d.currency.code()).into()
    });
    b.look::<H>(
        on,
        "tax_mode",
        Ty::Text,
        "`exclusive`, `inclusive` or `exempt`.",
        |d, _| d.tax_mode.as_str().into(),
    );
    b.look::<H>(
        on,
        "subtotal",
        Ty::Number,
        "Sum without tax by the ledger's rounding; in `map_invoice` as the lines stand when it is asked, with `check` for good.",
        |d, _| d.subtotal.into(),
    );
    b.look::<H>(
        on,
        "total_tax",
        Ty::Number,
        "Tax by the ledger's rounding; in `map_invoice` as the lines stand when it is asked, with `check` for good.",
        |d, _| d.total_tax.into(),
    );
    b.look::<H>(
        on,
        "total",
        Ty::Number,
        "Sum with tax by the ledger's rounding; in `map_invoice` as the lines stand when it is asked, with `check` for good.",
        |d, _| d.total.into(),
    );
    b.get::<H>(
        on,
        "lines",
        Ty::LineDrafts,
        "Its lines; their properties can be set.",
        |h| {
            let n = h.0.lock().draft.lines.len();
            let all: Array = (0..n)
                .map(|i| Dynamic::from(LineOf(h.0.clone(), i, Arc::clone(&h.1))))
                .collect();
            all.into()
        },
    );
    b.get::<H>(on, "source", Ty::Invoice, "The source's document.", |h| {
        Dynamic::from(Doc(Arc::clone(&h.1), false))
    });
}
