//! Drafts as rules see them: an assignment reaches the draft itself, and can be taken back.

use super::builder::Build;

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
                    FieldValue::Text(t) => Ok(FieldValue::Text(replace(&mut $place, t))),
                    _ => Err("text"),
                }
            },
        );
    };
}

mod contact;
mod handles;
mod invoice;
mod lines;
mod payment;

pub(crate) use handles::{ContactHandle, InvoiceHandle, LineHandle, PaymentHandle};

/// Adds the drafts.
pub(crate) fn add(b: &mut Build) {
    contact::add(b);
    invoice::add(b);
    lines::add(b);
    payment::add(b);
}
