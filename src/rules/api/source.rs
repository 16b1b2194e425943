//! Source documents as rules see them: to read, never to change.
//!
//! A handle shares the document; reading a property copies that property and nothing else.

mod contact;
mod handles;
mod invoice;

pub(crate) use handles::{ContactOwner, Doc, Money, SourceContact, kind_word, line_by_id};

use super::builder::Build;
use super::catalog::Ty;
use super::convert::text;
use handles::{FieldsRef, PlanPart, SourceLine, some};
use rhai::{Dynamic, ImmutableString};

/// Adds the source documents.
pub(crate) fn add(b: &mut Build) {
    invoice::invoice(b);
    contact::contact(b);
    line(b);
    payment(b);
    contact::address(b);
    fields(b);
}

fn line(b: &mut Build) {
    use Ty::*;
    b.named::<SourceLine>(Line);
    let on = Line;
    type L = SourceLine;
    b.get::<L>(on, "id", Text, "The source's id of the line.", |l| {
        some(l.with(|l| text(&l.id)))
    });
    b.get::<L>(on, "kind", Text, "`product`, `service`, `subscription`, `shipping`, `discount`, `finance_charge`, `tip`, `fee` or `other`.", |l| {
        some(l.with(|l| l.kind.as_str()))
    });
    b.get::<L>(on, "sku", Text, "Stock-keeping unit, or empty.", |l| {
        some(l.with(|l| text(&l.sku)))
    });
    b.get::<L>(on, "name", Text, "The product's name.", |l| {
        some(l.with(|l| text(&l.name)))
    });
    b.get::<L>(on, "description", Text, "More text.", |l| {
        some(l.with(|l| text(&l.description)))
    });
    b.get::<L>(on, "quantity", Number, "How many.", |l| {
        some(l.with(|l| l.quantity))
    });
    b.get::<L>(on, "unit_amount", Number, "Price of one.", |l| {
        some(l.with(|l| l.unit_amount))
    });
    b.get::<L>(
        on,
        "amount",
        Number,
        "What the line comes to: as the source states it, else quantity times price.",
        |l| some(l.with(crate::model::Line::comes_to)),
    );
    b.get::<L>(on, "taxable", Bool, "Whether tax applies, or `()`.", |l| {
        some(l.with(|l| l.taxable).flatten())
    });
    b.get::<L>(
        on,
        "category",
        Text,
        "The category that the source keeps the product in, or empty.",
        |l| some(l.with(|l| text(&l.category))),
    );
    b.get::<L>(
        on,
        "tax_rate",
        Text,
        "The source's own name of the tax rate, or empty.",
        |l| some(l.with(|l| text(&l.tax_rate))),
    );
    b.get::<L>(
        on,
        "account",
        Text,
        "The account the source itself names, or empty.",
        |l| some(l.with(|l| text(&l.account))),
    );
}

fn payment(b: &mut Build) {
    use Ty::*;
    b.named::<Money>(Payment);
    let on = Payment;
    b.get::<Money>(on, "id", Text, "The source's id.", |p| {
        some(p.with(|p| text(&p.id)))
    });
    b.get::<Money>(on, "kind", Text, "`payment` or `refund`.", |p| {
        some(p.with(|p| kind_word(p.kind)))
    });
    b.get::<Money>(on, "date", Day, "The day.", |p| {
        p.with(|p| Dynamic::from(p.date)).unwrap_or_default()
    });
    b.get::<Money>(on, "amount", Number, "How much, always positive.", |p| {
        some(p.with(|p| p.amount))
    });
    b.get::<Money>(on, "method", Text, "How it was paid, or empty.", |p| {
        some(p.with(|p| text(&p.method)))
    });
    b.get::<Money>(
        on,
        "reference",
        Text,
        "What identifies it to people, or empty.",
        |p| some(p.with(|p| text(&p.reference))),
    );
    b.get::<Money>(
        on,
        "refunds",
        Text,
        "The payment that a refund gives back, or empty.",
        |p| some(p.with(|p| text(&p.refunds))),
    );
    b.get::<Money>(
        on,
        "settled",
        Bool,
        "Whether the source counts it as settled.",
        |p| some(p.with(|p| p.settled)),
    );
    b.named::<PlanPart>(Instalment);
    b.get::<PlanPart>(Instalment, "due", Day, "When it is due.", |p| {
        Dynamic::from(p.0.due)
    });
    b.get::<PlanPart>(Instalment, "amount", Number, "How much.", |p| {
        p.0.amount.into()
    });
}

fn fields(b: &mut Build) {
    b.named::<FieldsRef>(Ty::Fields);
    b.entry::<FieldsRef>(|f, name| Some(f.get(name)));
    if let Some(e) = b.engine() {
        e.register_indexer_get(|f: &mut FieldsRef, name: ImmutableString| f.get(&name));
    }
}
