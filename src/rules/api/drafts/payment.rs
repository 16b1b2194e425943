//! A payment draft.

use super::handles::{PaymentHandle, swap_day};
use crate::model::AccountRef;
use crate::rules::api::builder::Build;
use crate::rules::api::catalog::Ty;
use crate::rules::api::convert::text;
use crate::rules::api::source::kind_word;
use crate::rules::cell::FieldValue;
use rhai::Dynamic;
use std::mem::replace;

/// Adds it.
pub(super) fn add(b: &mut Build) {
    settable(b);
    shown(b);
}

fn settable(b: &mut Build) {
    type H = PaymentHandle;
    let on = Ty::PaymentDraft;
    b.named::<H>(on);
    text_field!(b, H, on, "reference", "Reference, or empty.", |d, _at| d
        .reference);
    b.field::<H>(
        on,
        "account",
        Ty::Text,
        "The bank account's code; `account_name` and `account_id` where it has none.",
        |d, _| match &d.account {
            AccountRef::Code(c) => text(c).into(),
            _ => text("").into(),
        },
        |d, _, new| swap_account(&mut d.account, new, AccountRef::Code),
    );
    b.field::<H>(
        on,
        "account_name",
        Ty::Text,
        "The bank account's name, when it is named so.",
        |d, _| match &d.account {
            AccountRef::Name(c) => text(c).into(),
            _ => text("").into(),
        },
        |d, _, new| swap_account(&mut d.account, new, AccountRef::Name),
    );
    b.field::<H>(
        on,
        "account_id",
        Ty::Text,
        "The ledger's id of the bank account, when it is named so.",
        |d, _| match &d.account {
            AccountRef::Id(c) => text(c).into(),
            _ => text("").into(),
        },
        |d, _, new| swap_account(&mut d.account, new, AccountRef::Id),
    );
    b.field::<H>(
        on,
        "date",
        Ty::Day,
        "The day.",
        |d, _| Dynamic::from(d.date),
        |d, _, new| swap_day(&mut d.date, new),
    );
}

fn shown(b: &mut Build) {
    type H = PaymentHandle;
    let on = Ty::PaymentDraft;
    b.look::<H>(
        on,
        "id",
        Ty::Text,
        "The source's id of the payment.",
        |d, _| text(&d.source_payment).into(),
    );
    b.look::<H>(on, "kind", Ty::Text, "`payment` or `refund`.", |d, _| {
        kind_word(d.kind).into()
    });
    b.look::<H>(on, "amount", Ty::Number, "How much, positive.", |d, _| {
        d.amount.into()
    });
    b.look::<H>(on, "currency", Ty::Text, "Its currency.", |d, _| {
        text(d.currency.code()).into()
    });
    b.look::<H>(
        on,
        "method",
        Ty::Text,
        "How it was paid, or empty.",
        |d, _| text(&d.method).into(),
    );
}

fn swap_account(
    place: &mut AccountRef,
    new: FieldValue,
    make: fn(String) -> AccountRef,
) -> Result<FieldValue, &'static str> {
    match new {
        FieldValue::Text(t) => Ok(FieldValue::Account(replace(place, make(t)))),
        FieldValue::Account(old) => Ok(FieldValue::Account(replace(place, old))),
        _ => Err("text"),
    }
}
