//! What a rule of another engine is shown, built through one trait, so that each engine is given the same.
//!
//! Flows in: the invoice, a line, a payment. Flows out: the engine's own values. `Lean` is what the three rules
//! read and no more, which only a host that knows the rules beforehand can do; `Whole` is the document.

use crossfoot::model::{Address, Contact, Invoice, Line, Payment, PaymentDraft};
use rust_decimal::Decimal;

/// How much of a document is handed over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What the three rules read.
    Lean,
    /// All a tenant's rules may read.
    Whole,
}

/// Builds an engine's values.
pub trait Build {
    /// Such a value.
    type V;
    /// Text.
    fn text(&self, text: &str) -> Self::V;
    /// A number, as near as the engine can have it.
    fn number(&self, number: Decimal) -> Self::V;
    /// True or false.
    fn flag(&self, flag: bool) -> Self::V;
    /// Nothing.
    fn none(&self) -> Self::V;
    /// A list.
    fn list(&self, all: Vec<Self::V>) -> Self::V;
    /// An object.
    fn object(&self, fields: Vec<(&str, Self::V)>) -> Self::V;
}

fn texts<B: Build>(b: &B, all: &[String]) -> B::V {
    b.list(all.iter().map(|t| b.text(t)).collect())
}

/// An invoice.
pub fn invoice<B: Build>(b: &B, i: &Invoice, extent: Extent) -> B::V {
    let mut fields = vec![("tags", texts(b, &i.tags)), ("total", b.number(i.total))];
    if extent == Extent::Whole {
        let custom = i.fields.iter().map(|(k, v)| (k.as_str(), b.text(v)));
        let lines = i.lines.iter().map(|l| line(b, l, "", "", extent));
        fields.extend([
            ("id", b.text(&i.id.0)),
            ("order_id", b.text(&i.order_id)),
            ("number", b.text(&i.number)),
            ("title", b.text(&i.title)),
            ("notes", b.text(&i.notes)),
            ("reference", b.text(&i.reference)),
            ("date", b.text(&i.date.to_string())),
            (
                "due",
                i.due.map_or_else(|| b.none(), |d| b.text(&d.to_string())),
            ),
            ("currency", b.text(i.currency.code())),
            ("tax", i.tax.map_or_else(|| b.none(), |t| b.number(t))),
            (
                "tax_included",
                i.tax_included.map_or_else(|| b.none(), |t| b.flag(t)),
            ),
            ("paid", b.number(i.paid)),
            ("made_by", b.text(&i.made_by)),
            ("fields", b.object(custom.collect())),
            ("contact", contact(b, &i.contact)),
            ("lines", b.list(lines.collect())),
            (
                "payments",
                b.list(i.payments.iter().map(|p| payment(b, p)).collect()),
            ),
        ]);
    }
    b.object(fields)
}

fn address<B: Build>(b: &B, a: &Address) -> B::V {
    b.object(vec![
        ("lines", texts(b, &a.lines)),
        ("city", b.text(&a.city)),
        ("region", b.text(&a.region)),
        ("postal_code", b.text(&a.postal_code)),
        ("country", b.text(&a.country)),
    ])
}

fn contact<B: Build>(b: &B, c: &Contact) -> B::V {
    b.object(vec![
        ("id", b.text(&c.id)),
        ("name", b.text(&c.name)),
        ("first_name", b.text(&c.first_name)),
        ("last_name", b.text(&c.last_name)),
        ("company", b.text(&c.company)),
        ("email", b.text(&c.email)),
        ("phone", b.text(&c.phone)),
        ("mobile", b.text(&c.mobile)),
        ("tax_number", b.text(&c.tax_number)),
        ("billing", address(b, &c.billing)),
        ("service", address(b, &c.service)),
        ("tags", texts(b, &c.tags)),
    ])
}

fn payment<B: Build>(b: &B, p: &Payment) -> B::V {
    b.object(vec![
        ("id", b.text(&p.id)),
        ("date", b.text(&p.date.to_string())),
        ("amount", b.number(p.amount)),
        ("method", b.text(&p.method)),
        ("reference", b.text(&p.reference)),
        ("settled", b.flag(p.settled)),
    ])
}

/// A line with what it is posted to.
pub fn line<B: Build>(b: &B, l: &Line, account: &str, tax: &str, extent: Extent) -> B::V {
    let mut fields = vec![
        ("sku", b.text(&l.sku)),
        ("account", b.text(account)),
        ("tax", b.text(tax)),
    ];
    if extent == Extent::Whole {
        fields.extend([
            ("id", b.text(&l.id)),
            ("kind", b.text(l.kind.as_str())),
            ("name", b.text(&l.name)),
            ("description", b.text(&l.description)),
            ("quantity", b.number(l.quantity)),
            ("unit_amount", b.number(l.unit_amount)),
            ("taxable", l.taxable.map_or_else(|| b.none(), |t| b.flag(t))),
        ]);
    }
    b.object(fields)
}

/// A payment as it will be posted.
pub fn draft<B: Build>(b: &B, p: &PaymentDraft, extent: Extent) -> B::V {
    let mut fields = vec![
        ("amount", b.number(p.amount)),
        ("method", b.text(&p.method)),
        ("reference", b.text(&p.reference)),
    ];
    if extent == Extent::Whole {
        fields.extend([
            ("id", b.text(&p.source_payment)),
            ("date", b.text(&p.date.to_string())),
            ("currency", b.text(p.currency.code())),
        ]);
    }
    b.object(fields)
}

/// The posted invoice of a payment.
pub fn posted<B: Build>(b: &B, number: &str, due: Decimal) -> B::V {
    b.object(vec![("number", b.text(number)), ("due", b.number(due))])
}

/// The tables of the tenant: by name, by key.
pub const TABLES: [(&str, &[(&str, &str)]); 2] = [
    (
        "division",
        &[("NSW", "20"), ("QLD", "30"), ("VIC", "40"), ("WA", "50")],
    ),
    (
        "nature",
        &[("INSPECT", "4100"), ("REPAIR", "4200"), ("PARTS", "4300")],
    ),
];

/// A row of a table, for engines whose tables stand outside of them.
pub fn row(table: &str, key: &str) -> Option<&'static str> {
    let (_, rows) = TABLES.iter().find(|(name, _)| *name == table)?;
    rows.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
}
