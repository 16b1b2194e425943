//! A source invoice's properties.

use super::handles::{
    ContactOwner, Doc, FieldsRef, Money, PlanPart, SourceContact, SourceLine, list, some,
};
use crate::rules::api::builder::Build;
use crate::rules::api::catalog::Ty;
use crate::rules::api::convert::{amount, day, text, texts};
use rhai::{Array, Dynamic};
use std::sync::Arc;

/// Adds them.
pub(super) fn invoice(b: &mut Build) {
    use Ty::*;
    b.named::<Doc>(Invoice);
    b.searched::<Doc>("tags", |d| &d.0.tags);
    let on = Invoice;
    b.get::<Doc>(
        on,
        "id",
        Text,
        "The source's id of the document (Keap's order id); `number` is what people know it by.",
        |d| text(&d.0.id.0).into(),
    );
    b.get::<Doc>(
        on,
        "kind",
        Text,
        "What it is: `invoice`, `estimate` or `purchase_order`.",
        |d| d.0.called().as_str().into(),
    );
    b.get::<Doc>(
        on,
        "order_id",
        Text,
        "The id of the order it came from, or empty.",
        |d| text(&d.0.order_id).into(),
    );
    b.get::<Doc>(on, "number", Text, "The number people know it by.", |d| {
        text(&d.0.number).into()
    });
    b.get::<Doc>(on, "title", Text, "Title.", |d| text(&d.0.title).into());
    b.get::<Doc>(on, "notes", Text, "Notes.", |d| text(&d.0.notes).into());
    b.get::<Doc>(
        on,
        "reference",
        Text,
        "The customer's reference, or empty.",
        |d| text(&d.0.reference).into(),
    );
    b.get::<Doc>(on, "date", Day, "The day it is dated.", |d| {
        Dynamic::from(d.0.date)
    });
    b.get::<Doc>(on, "due", Day, "The day it is due, or `()`.", |d| {
        day(d.0.due)
    });
    b.get::<Doc>(on, "currency", Text, "Its currency: `AUD`.", |d| {
        text(d.0.currency.code()).into()
    });
    b.get::<Doc>(
        on,
        "status",
        Text,
        "`draft`, `unpaid`, `overdue`, `part_paid`, `paid` or `void`; of an estimate also `sent`, `accepted` or `declined`, of a purchase order `sent`, `part_delivered` or `delivered`.",
        |d| d.0.status.as_str().into(),
    );
    parts(b);
    about(b);
}

fn parts(b: &mut Build) {
    use Ty::*;
    let on = Invoice;
    b.get::<Doc>(on, "contact", Contact, "Whom it is to.", |d| {
        Dynamic::from(SourceContact {
            owner: ContactOwner::Invoice(Arc::clone(&d.0)),
            up: 0,
        })
    });
    b.get::<Doc>(on, "lines", Lines, "What it is for.", |d| {
        list(d.0.lines.len(), |n| SourceLine(Arc::clone(&d.0), n))
    });
    b.get::<Doc>(
        on,
        "payments",
        Payments,
        "Payments and refunds, in date order.",
        |d| list(d.0.payments.len(), |n| Money::Of(Arc::clone(&d.0), n)),
    );
    b.get::<Doc>(
        on,
        "plan",
        Plan,
        "Its payment plan, empty without one.",
        |d| {
            let all: Array =
                d.0.plan
                    .iter()
                    .map(|p| Dynamic::from(PlanPart(p.clone())))
                    .collect();
            all.into()
        },
    );
    b.get::<Doc>(
        on,
        "total",
        Number,
        "What it comes to, tax included; where the source states no total, what its lines and the tax that it states add up to.",
        |d| d.0.reckoned.into(),
    );
    b.get::<Doc>(on, "tax", Number, "The tax, or `()`.", |d| amount(d.0.tax));
    b.get::<Doc>(
        on,
        "tax_included",
        Bool,
        "Whether the lines contain the tax, or `()`.",
        |d| some(d.0.tax_included),
    );
    b.get::<Doc>(
        on,
        "paid",
        Number,
        "What the source says has been paid.",
        |d| d.0.paid.into(),
    );
    b.get::<Doc>(
        on,
        "balance",
        Number,
        "What is still owed: the total less settled payments, refunds added back.",
        |d| d.0.balance(d.0.reckoned).into(),
    );
    b.get::<Doc>(
        on,
        "paid_at_creation",
        Bool,
        "Whether it was paid in full on or before its date.",
        |d| d.0.paid_at_creation().into(),
    );
}

fn about(b: &mut Build) {
    use Ty::*;
    let on = Invoice;
    b.get::<Doc>(on, "tags", Texts, "Tags.", |d| texts(&d.0.tags));
    b.get::<Doc>(
        on,
        "in_ledger",
        Bool,
        "In `select`: whether the ledger has it already, by our own record.",
        |d| d.1.into(),
    );
    b.get::<Doc>(
        on,
        "made_by",
        Text,
        "Which integration made it, or empty.",
        |d| text(&d.0.made_by).into(),
    );
    b.get::<Doc>(
        on,
        "fields",
        Fields,
        "Custom fields: `invoice.fields[\"PO\"]`.",
        |d| Dynamic::from(FieldsRef::Invoice(Arc::clone(&d.0))),
    );
    b.get::<Doc>(on, "created_on", Day, "The day it was made, in UTC.", |d| {
        Dynamic::from(d.0.created_at.date_naive())
    });
    b.get::<Doc>(
        on,
        "modified_on",
        Day,
        "The day it was last changed, in UTC.",
        |d| Dynamic::from(d.0.modified_at.date_naive()),
    );
}
