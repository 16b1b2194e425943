//! Drafts as rules see them: an assignment reaches the draft itself, and can be taken back.

use super::builder::{Build, Draftish};
use super::catalog::Ty;
use super::convert::{day, text, texts};
use super::source::{ContactOwner, ContactRef, Doc, kind_word, line_by_id};
use crate::model::{
    AccountRef, Address, ContactDraft, Invoice, InvoiceDraft, LineDraft, PaymentDraft,
};
use crate::rules::cell::{Cell, Value};
use chrono::NaiveDate;
use rhai::{Array, Dynamic, ImmutableString, Map};
use std::mem::replace;
use std::sync::Arc;

/// A contact draft.
#[derive(Clone)]
pub(crate) struct ContactHandle(pub Cell<ContactDraft>);
/// One of its addresses: 0 billing, 1 service.
#[derive(Clone)]
pub(crate) struct AddressHandle(Cell<ContactDraft>, usize);
/// An invoice draft and its source.
#[derive(Clone)]
pub(crate) struct InvoiceHandle(pub Cell<InvoiceDraft>, pub Arc<Invoice>);
/// A line draft by itself, or one of an invoice draft.
#[derive(Clone)]
pub(crate) struct LineHandle(pub Cell<LineDraft>, pub Option<Arc<Invoice>>);
#[derive(Clone)]
pub(crate) struct LineOf(Cell<InvoiceDraft>, usize, Arc<Invoice>);
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

/// Adds the drafts.
pub(crate) fn add(b: &mut Build) {
    contact(b);
    address(b);
    invoice(b);
    lines(b);
    payment(b);
}

fn contact(b: &mut Build) {
    type H = ContactHandle;
    let on = Ty::ContactDraft;
    b.named::<H>(on);
    text_field!(
        b,
        H,
        on,
        "name",
        "The name, which the ledger wants unique.",
        |d, _at| d.name
    );
    text_field!(b, H, on, "first_name", "Given name.", |d, _at| d.first_name);
    text_field!(b, H, on, "last_name", "Family name.", |d, _at| d.last_name);
    text_field!(b, H, on, "email", "E-mail address.", |d, _at| d.email);
    text_field!(
        b,
        H,
        on,
        "account_number",
        "The ledger's account number of the contact, or empty.",
        |d, _at| d.account_number
    );
    text_field!(
        b,
        H,
        on,
        "tax_number",
        "Tax registration number, or empty.",
        |d, _at| d.tax_number
    );
    text_field!(b, H, on, "phone", "The main telephone number.", |d, _at| d
        .phones
        .default);
    text_field!(b, H, on, "mobile", "The mobile number.", |d, _at| d
        .phones
        .mobile);
    b.look::<H>(
        on,
        "number",
        Ty::Text,
        "Our key in the ledger, filled when it is posted.",
        |d, _| text(&d.number).into(),
    );
    b.get::<H>(
        on,
        "billing",
        Ty::Address,
        "The address bills go to; its parts can be set.",
        |h| Dynamic::from(AddressHandle(h.0.clone(), 0)),
    );
    b.get::<H>(
        on,
        "service",
        Ty::Address,
        "The address of the site; its parts can be set.",
        |h| Dynamic::from(AddressHandle(h.0.clone(), 1)),
    );
    b.get::<H>(on, "source", Ty::Contact, "The source's contact.", |h| {
        Dynamic::from(ContactRef {
            owner: ContactOwner::Draft(h.0.clone()),
            up: 0,
        })
    });
    b.get::<H>(
        on,
        "parent",
        Ty::Contact,
        "The source's client of which it is a site, or `()`.",
        |h| {
            if h.0.lock().draft.source.parent.is_none() {
                return Dynamic::UNIT;
            }
            Dynamic::from(ContactRef {
                owner: ContactOwner::Draft(h.0.clone()),
                up: 1,
            })
        },
    );
}

fn at(d: &ContactDraft, which: usize) -> &Address {
    if which == 0 { &d.billing } else { &d.service }
}

fn at_mut(d: &mut ContactDraft, which: usize) -> &mut Address {
    if which == 0 {
        &mut d.billing
    } else {
        &mut d.service
    }
}

macro_rules! address_text {
    ($b:expr, $($name:literal $field:ident $doc:literal),+ $(,)?) => { $(
        $b.field::<AddressHandle>(Ty::Address, $name, Ty::Text, $doc,
            |d, which| text(&at(d, which).$field).into(),
            |d, which, new| match new {
                Value::Text(t) => Ok(Value::Text(replace(&mut at_mut(d, which).$field, t))),
                _ => Err("text"),
            });
    )+ };
}

fn address(b: &mut Build) {
    b.named::<AddressHandle>(Ty::Address);
    // The source's addresses have listed the same properties; here they are made settable.
    b.catalog.props.retain(|p| p.on != Ty::Address);
    b.field::<AddressHandle>(
        Ty::Address,
        "lines",
        Ty::Texts,
        "Street lines.",
        |d, which| texts(&at(d, which).lines),
        |d, which, new| match new {
            Value::Texts(t) => Ok(Value::Texts(replace(&mut at_mut(d, which).lines, t))),
            _ => Err("a list of texts"),
        },
    );
    address_text!(b,
        "city" city "Town.",
        "region" region "State, county, province.",
        "postal_code" postal_code "Postal code, as text.",
        "country" country "Country, as the source writes it.",
    );
}

/// Swaps a day that must be there.
fn swap_day(place: &mut NaiveDate, new: Value) -> Result<Value, &'static str> {
    match new {
        Value::Day(Some(d)) => Ok(Value::Day(Some(replace(place, d)))),
        _ => Err("a date"),
    }
}

fn invoice(b: &mut Build) {
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
            Value::Day(new) => Ok(Value::Day(replace(&mut d.due, new))),
            _ => Err("a date"),
        },
    );
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
        "Sum without tax by the ledger's rounding; 0 before `check`.",
        |d, _| d.subtotal.into(),
    );
    b.look::<H>(
        on,
        "total_tax",
        Ty::Number,
        "Tax by the ledger's rounding; 0 before `check`.",
        |d, _| d.total_tax.into(),
    );
    b.look::<H>(
        on,
        "total",
        Ty::Number,
        "Sum with tax by the ledger's rounding; 0 before `check`.",
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
                (Some(l), Value::Text(t)) => Ok(Value::Text(replace(&mut l.$field, t))),
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
            "amount" amount "What the line comes to by the ledger's rounding; 0 before `check`.",
            "tax_amount" tax_amount "The line's tax by the ledger's rounding; 0 before `check`.",
        );
        $b.field::<$h>(Ty::LineDraft, "tracking", Ty::Tracking, "Tracking categories with their options: `#{ \"Region\": \"North\" }`.",
            |d, at| $h::line(d, at).map_or(Dynamic::UNIT, |l| tracking(&l.tracking)),
            |d, at, new| match ($h::line_mut(d, at), new) {
                (Some(l), Value::Pairs(p)) => Ok(Value::Pairs(replace(&mut l.tracking, p))),
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

fn lines(b: &mut Build) {
    b.named::<LineHandle>(Ty::LineDraft);
    b.named::<LineOf>(Ty::LineDraft);
    line_props!(b, LineHandle);
    let listed = b.catalog.props.len();
    line_props!(b, LineOf);
    b.catalog.props.truncate(listed);
}

fn payment(b: &mut Build) {
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
    new: Value,
    make: fn(String) -> AccountRef,
) -> Result<Value, &'static str> {
    match new {
        Value::Text(t) => Ok(Value::Account(replace(place, make(t)))),
        Value::Account(old) => Ok(Value::Account(replace(place, old))),
        _ => Err("text"),
    }
}
