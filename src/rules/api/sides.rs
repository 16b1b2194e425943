//! What either side says of a field that both changed, and what was last agreed.

use super::builder::Build;
use super::catalog::Ty;
use super::convert::text;
use super::drafts::InvoiceHandle;
use crate::model::Invoice;
use crate::rules::cell::Cell;
use crate::rules::runner::DisputedField;
use rhai::{Dynamic, INT, ImmutableString};
use std::sync::Arc;

/// One side of a field that both changed.
#[derive(Clone)]
pub(crate) struct SideRef {
    field: &'static str,
    line: Option<u32>,
    value: ImmutableString,
    document: InvoiceHandle,
}

impl SideRef {
    /// The source, the ledger, and what was last agreed. None of them can be changed.
    pub(crate) fn three(disputed: &DisputedField, invoice: &Arc<Invoice>) -> [Self; 3] {
        disputed.sides.each_ref().map(|side| Self {
            field: disputed.field,
            line: disputed.line,
            value: text(&side.value),
            document: InvoiceHandle(
                Cell::new(side.document.clone(), false, true),
                Arc::clone(invoice),
            ),
        })
    }
}

/// Adds them.
pub(crate) fn add(b: &mut Build) {
    type H = SideRef;
    let on = Ty::Side;
    b.named::<H>(on);
    b.get::<H>(
        on,
        "field",
        Ty::Text,
        "Which field: `number`, `reference`, `date`, `due`, `currency`, `tax_mode`, `contact`, `lines` (how many there are), or of one line `description`, `quantity`, `unit_amount`, `account`, `tax`, `item`, `tracking`. The same of all three.",
        |s| s.field.into(),
    );
    b.get::<H>(
        on,
        "line",
        Ty::Number,
        "Which line the field is of, from 1, or `()`.",
        |s| s.line.map_or(Dynamic::UNIT, |n| INT::from(n).into()),
    );
    b.get::<H>(
        on,
        "value",
        Ty::Text,
        "What this side says of the field, as people are told it; empty where it says nothing.",
        |s| s.value.clone().into(),
    );
    b.get::<H>(
        on,
        "document",
        Ty::InvoiceDraft,
        "The whole document as this side says it; nothing of it can be set. Its `source` is the source's, whichever side is asked.",
        |s| Dynamic::from(s.document.clone()),
    );
}
