//! A line draft, by itself or as one of an invoice draft: the same properties for both.

use super::handles::{LineHandle, LineOf};
use crate::model::{Invoice, InvoiceDraft, LineDraft};
use crate::rules::api::builder::{Build, Draftish};
use crate::rules::api::catalog::Ty;
use crate::rules::api::convert::text;
use crate::rules::api::source::line_by_id;
use crate::rules::cell::FieldValue;
use rhai::{Dynamic, ImmutableString, Map};
use std::mem::replace;
use std::sync::Arc;

/// A line of either handle, with its properties listed once.
trait Lined: Draftish {
    fn line(d: &Self::D, at: usize) -> Option<&LineDraft>;
    fn line_mut(d: &mut Self::D, at: usize) -> Option<&mut LineDraft>;
    fn source(&self) -> Dynamic;
}

fn source_of(invoice: Option<&Arc<Invoice>>, line: Option<&LineDraft>) -> Dynamic {
    match (invoice, line) {
        (Some(i), Some(l)) => line_by_id(i, &l.source_line),
        _ => Dynamic::UNIT,
    }
}

impl Lined for LineHandle {
    fn line(d: &LineDraft, _: usize) -> Option<&LineDraft> {
        Some(d)
    }
    fn line_mut(d: &mut LineDraft, _: usize) -> Option<&mut LineDraft> {
        Some(d)
    }
    fn source(&self) -> Dynamic {
        source_of(self.1.as_ref(), Some(&self.0.lock().draft))
    }
}

impl Lined for LineOf {
    fn line(d: &InvoiceDraft, at: usize) -> Option<&LineDraft> {
        d.lines.get(at)
    }
    fn line_mut(d: &mut InvoiceDraft, at: usize) -> Option<&mut LineDraft> {
        d.lines.get_mut(at)
    }
    fn source(&self) -> Dynamic {
        source_of(Some(&self.2), self.0.lock().draft.lines.get(self.1))
    }
}

macro_rules! line_text {
    ($b:expr, $h:ident, $($name:literal $field:ident $doc:literal),+ $(,)?) => { $(
        $b.field::<$h>(Ty::LineDraft, $name, Ty::Text, $doc,
            |d, at| $h::line(d, at).map_or(Dynamic::UNIT, |l| text(&l.$field).into()),
            |d, at, new| match ($h::line_mut(d, at), new) {
                (Some(l), FieldValue::Text(t)) => Ok(FieldValue::Text(replace(&mut l.$field, t))),
                _ => Err("text"),
            });
    )+ };
}

macro_rules! line_number {
    ($b:expr, $h:ident, $($name:literal $field:ident $doc:literal),+ $(,)?) => { $(
        $b.look::<$h>(Ty::LineDraft, $name, Ty::Number, $doc,
            |d, at| $h::line(d, at).map_or(Dynamic::UNIT, |l| l.$field.into()));
    )+ };
}

macro_rules! line_props {
    ($b:expr, $h:ident) => {
        line_text!($b, $h,
            "account" account "Account code as text, or empty while none is known.",
            "tax" tax "Tax code, or empty to leave it to the account.",
            "item" item "Item code, or empty.",
            "description" description "The text people read.",
        );
        line_number!($b, $h,
            "quantity" quantity "How many.",
            "unit_amount" unit_amount "Price of one.",
            "amount" amount "What the line comes to by the ledger's rounding.",
            "tax_amount" tax_amount "The line's tax by the ledger's rounding; in `map_line` and `map_invoice` by the tax code it has when they are asked.",
        );
        $b.field::<$h>(Ty::LineDraft, "tracking", Ty::Tracking, "Tracking categories with their options: `#{ \"Region\": \"North\" }`.",
            |d, at| $h::line(d, at).map_or(Dynamic::UNIT, |l| tracking(&l.tracking)),
            |d, at, new| match ($h::line_mut(d, at), new) {
                (Some(l), FieldValue::Pairs(p)) => Ok(FieldValue::Pairs(replace(&mut l.tracking, p))),
                _ => Err("a map"),
            });
        $b.look::<$h>(Ty::LineDraft, "kind", Ty::Text, "What it is for: `product`, `shipping` and so on.",
            |d, at| $h::line(d, at).map_or(Dynamic::UNIT, |l| l.kind.as_str().into()));
        $b.look::<$h>(Ty::LineDraft, "sku", Ty::Text, "The source line's stock-keeping unit, or empty.",
            |d, at| $h::line(d, at).map_or(Dynamic::UNIT, |l| text(&l.sku).into()));
        $b.get::<$h>(Ty::LineDraft, "source", Ty::Line, "The source's line, or `()`.", |h| h.source());
    };
}

fn tracking(pairs: &[(String, String)]) -> Dynamic {
    let map: Map = pairs
        .iter()
        .map(|(k, v)| (k.as_str().into(), ImmutableString::from(v.as_str()).into()))
        .collect();
    map.into()
}

/// Adds both.
pub(super) fn add(b: &mut Build) {
    b.named::<LineHandle>(Ty::LineDraft);
    b.named::<LineOf>(Ty::LineDraft);
    line_props!(b, LineHandle);
    let listed = b.catalog.props.len();
    line_props!(b, LineOf);
    b.catalog.props.truncate(listed);
}
