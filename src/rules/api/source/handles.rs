//! Handles to a source document and its parts, each of which shares the document.

use crate::model::{
    Address, Contact, ContactDraft, Instalment, Invoice, Line, Payment, PaymentKind,
};
use crate::rules::api::convert::text;
use crate::rules::cell::Cell;
use rhai::{Array, Dynamic};
use std::sync::Arc;

/// A source invoice.
#[derive(Clone)]
pub(crate) struct Doc(pub Arc<Invoice>, pub bool);

/// A source line, by its place in the invoice.
#[derive(Clone)]
pub(crate) struct SourceLine(pub Arc<Invoice>, pub usize);

/// A source payment, of an invoice or by itself.
#[derive(Clone)]
pub(crate) enum Money {
    /// By its place in the invoice.
    Of(Arc<Invoice>, usize),
    /// By itself.
    Alone(Arc<Payment>),
}

/// Where a source contact is kept.
#[derive(Clone)]
pub(crate) enum ContactOwner {
    /// In an invoice.
    Invoice(Arc<Invoice>),
    /// As the source of a draft.
    Draft(Cell<ContactDraft>),
}

/// A source contact: its owner, and how many parents up.
#[derive(Clone)]
pub(crate) struct SourceContact {
    /// Its owner.
    pub owner: ContactOwner,
    /// 0 for the contact itself, 1 for its parent.
    pub up: u8,
}

/// An address of a source contact.
#[derive(Clone)]
pub(super) struct AddressRef {
    pub contact: SourceContact,
    pub billing: bool,
}

/// Custom fields.
#[derive(Clone)]
pub(super) enum FieldsRef {
    Invoice(Arc<Invoice>),
    Contact(SourceContact),
}

/// One part of a payment plan.
#[derive(Clone)]
pub(super) struct PlanPart(pub Instalment);

impl SourceContact {
    pub(super) fn with<T>(&self, look: impl FnOnce(&Contact) -> T) -> Option<T> {
        match &self.owner {
            ContactOwner::Invoice(i) => climb(&i.contact, self.up).map(look),
            ContactOwner::Draft(c) => climb(&c.lock().draft.source, self.up).map(look),
        }
    }

    pub(super) fn parent(&self) -> Dynamic {
        let has = self.with(|c| c.parent.is_some()).unwrap_or(false);
        match self.up.checked_add(1) {
            Some(up) if has => Dynamic::from(SourceContact {
                owner: self.owner.clone(),
                up,
            }),
            _ => Dynamic::UNIT,
        }
    }
}

fn climb(contact: &Contact, up: u8) -> Option<&Contact> {
    (0..up).try_fold(contact, |c, _| c.parent.as_deref())
}

impl Money {
    pub(super) fn with<T>(&self, look: impl FnOnce(&Payment) -> T) -> Option<T> {
        match self {
            Money::Of(i, n) => i.payments.get(*n).map(look),
            Money::Alone(p) => Some(look(p)),
        }
    }
}

impl SourceLine {
    pub(super) fn with<T>(&self, look: impl FnOnce(&Line) -> T) -> Option<T> {
        self.0.lines.get(self.1).map(look)
    }
}

pub(super) fn list<T: Clone + Send + Sync + 'static>(
    n: usize,
    make: impl Fn(usize) -> T,
) -> Dynamic {
    let all: Array = (0..n).map(|i| Dynamic::from(make(i))).collect();
    all.into()
}

/// The line of an invoice with an id.
pub(crate) fn line_by_id(invoice: &Arc<Invoice>, id: &str) -> Dynamic {
    match invoice.lines.iter().position(|l| l.id == id) {
        Some(n) => Dynamic::from(SourceLine(Arc::clone(invoice), n)),
        None => Dynamic::UNIT,
    }
}

pub(super) fn some<T: Into<Dynamic>>(v: Option<T>) -> Dynamic {
    v.map_or(Dynamic::UNIT, Into::into)
}

/// The word for a payment's kind.
pub(crate) fn kind_word(kind: PaymentKind) -> &'static str {
    match kind {
        PaymentKind::Payment => "payment",
        PaymentKind::Refund => "refund",
    }
}

impl AddressRef {
    pub(super) fn with<T>(&self, look: impl FnOnce(&Address) -> T) -> Option<T> {
        self.contact
            .with(|c| look(if self.billing { &c.billing } else { &c.service }))
    }
}

impl FieldsRef {
    pub(super) fn get(&self, name: &str) -> Dynamic {
        let found = match self {
            FieldsRef::Invoice(i) => i.fields.get(name).map(|v| text(v)),
            FieldsRef::Contact(c) => c.with(|c| c.fields.get(name).map(|v| text(v))).flatten(),
        };
        some(found)
    }
}
