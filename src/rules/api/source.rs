//! Source documents as rules see them: to read, never to change.
//!
//! A handle shares the document; reading a property copies that property and nothing else.

use super::builder::Build;
use super::catalog::Ty;
use super::convert::{amount, day, text, texts};
use crate::model::{
    Address, Contact, ContactDraft, Instalment, Invoice, Line, Payment, PaymentKind,
};
use crate::rules::cell::Cell;
use rhai::{Array, Dynamic, ImmutableString};
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
pub(crate) struct ContactRef {
    /// Its owner.
    pub owner: ContactOwner,
    /// 0 for the contact itself, 1 for its parent.
    pub up: u8,
}

/// An address of a source contact.
#[derive(Clone)]
struct AddressRef {
    contact: ContactRef,
    billing: bool,
}

/// Custom fields.
#[derive(Clone)]
enum FieldsRef {
    Invoice(Arc<Invoice>),
    Contact(ContactRef),
}

/// One part of a payment plan.
#[derive(Clone)]
struct PlanPart(Instalment);

impl ContactRef {
    fn with<T>(&self, look: impl FnOnce(&Contact) -> T) -> Option<T> {
        match &self.owner {
            ContactOwner::Invoice(i) => climb(&i.contact, self.up).map(look),
            ContactOwner::Draft(c) => climb(&c.lock().draft.source, self.up).map(look),
        }
    }

    fn parent(&self) -> Dynamic {
        let has = self.with(|c| c.parent.is_some()).unwrap_or(false);
        match self.up.checked_add(1) {
            Some(up) if has => Dynamic::from(ContactRef {
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
    fn with<T>(&self, look: impl FnOnce(&Payment) -> T) -> Option<T> {
        match self {
            Money::Of(i, n) => i.payments.get(*n).map(look),
            Money::Alone(p) => Some(look(p)),
        }
    }
}

impl SourceLine {
    fn with<T>(&self, look: impl FnOnce(&Line) -> T) -> Option<T> {
        self.0.lines.get(self.1).map(look)
    }
}

fn list<T: Clone + Send + Sync + 'static>(n: usize, make: impl Fn(usize) -> T) -> Dynamic {
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

fn some<T: Into<Dynamic>>(v: Option<T>) -> Dynamic {
    v.map_or(Dynamic::UNIT, Into::into)
}

/// Adds the source documents.
pub(crate) fn add(b: &mut Build) {
    invoice(b);
    contact(b);
    line(b);
    payment(b);
    address(b);
    fields(b);
}

fn invoice(b: &mut Build) {
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
        "`draft`, `unpaid`, `overdue`, `part_paid`, `paid` or `void`.",
        |d| d.0.status.as_str().into(),
    );
    b.get::<Doc>(on, "contact", Contact, "Whom it is to.", |d| {
        Dynamic::from(ContactRef {
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
        "What it comes to, tax included.",
        |d| d.0.total.into(),
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
        |d| d.0.balance().into(),
    );
    b.get::<Doc>(
        on,
        "paid_at_creation",
        Bool,
        "Whether it was paid in full on or before its date.",
        |d| d.0.paid_at_creation().into(),
    );
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

macro_rules! contact_text {
    ($b:expr, $($name:literal $field:ident $doc:literal),+ $(,)?) => { $(
        $b.get::<ContactRef>(Ty::Contact, $name, Ty::Text, $doc, |c| {
            c.with(|c| text(&c.$field)).unwrap_or_default().into()
        });
    )+ };
}

fn contact(b: &mut Build) {
    b.named::<ContactRef>(Ty::Contact);
    contact_text!(b,
        "id" id "The source's id.",
        "name" name "The name to show.",
        "first_name" first_name "Given name.",
        "last_name" last_name "Family name.",
        "company" company "Company, when the contact is a person of one.",
        "email" email "First e-mail address.",
        "phone" phone "First telephone number.",
        "mobile" mobile "Mobile telephone number.",
        "tax_number" tax_number "Tax registration number.",
    );
    let on = Ty::Contact;
    b.get::<ContactRef>(
        on,
        "parent",
        Ty::Contact,
        "The client of which it is a site, or `()`.",
        ContactRef::parent,
    );
    b.get::<ContactRef>(on, "tags", Ty::Texts, "Tags.", |c| {
        c.with(|c| texts(&c.tags))
            .unwrap_or_else(|| Array::new().into())
    });
    b.get::<ContactRef>(on, "fields", Ty::Fields, "Custom fields by name.", |c| {
        Dynamic::from(FieldsRef::Contact(c.clone()))
    });
    b.get::<ContactRef>(on, "billing", Ty::Address, "Where bills go.", |c| {
        Dynamic::from(AddressRef {
            contact: c.clone(),
            billing: true,
        })
    });
    b.get::<ContactRef>(
        on,
        "service",
        Ty::Address,
        "Where work is done or goods are sent.",
        |c| {
            Dynamic::from(AddressRef {
                contact: c.clone(),
                billing: false,
            })
        },
    );
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
        "What the source says the line comes to, or `()`.",
        |l| amount(l.with(|l| l.amount).flatten()),
    );
    b.get::<L>(on, "taxable", Bool, "Whether tax applies, or `()`.", |l| {
        some(l.with(|l| l.taxable).flatten())
    });
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

/// The word for a payment's kind.
pub(crate) fn kind_word(kind: PaymentKind) -> &'static str {
    match kind {
        PaymentKind::Payment => "payment",
        PaymentKind::Refund => "refund",
    }
}

impl AddressRef {
    fn with<T>(&self, look: impl FnOnce(&Address) -> T) -> Option<T> {
        self.contact
            .with(|c| look(if self.billing { &c.billing } else { &c.service }))
    }
}

fn address(b: &mut Build) {
    use Ty::*;
    type A = AddressRef;
    b.named::<A>(Address);
    let on = Address;
    b.get::<A>(on, "lines", Texts, "Street lines.", |a| {
        a.with(|a| texts(&a.lines)).unwrap_or_default()
    });
    b.get::<A>(on, "city", Text, "Town.", |a| {
        some(a.with(|a| text(&a.city)))
    });
    b.get::<A>(on, "region", Text, "State, county, province.", |a| {
        some(a.with(|a| text(&a.region)))
    });
    b.get::<A>(on, "postal_code", Text, "Postal code, as text.", |a| {
        some(a.with(|a| text(&a.postal_code)))
    });
    b.get::<A>(
        on,
        "country",
        Text,
        "Country, as the source writes it.",
        |a| some(a.with(|a| text(&a.country))),
    );
}

impl FieldsRef {
    fn get(&self, name: &str) -> Dynamic {
        let found = match self {
            FieldsRef::Invoice(i) => i.fields.get(name).map(|v| text(v)),
            FieldsRef::Contact(c) => c.with(|c| c.fields.get(name).map(|v| text(v))).flatten(),
        };
        some(found)
    }
}

fn fields(b: &mut Build) {
    b.named::<FieldsRef>(Ty::Fields);
    b.entry::<FieldsRef>(|f, name| Some(f.get(name)));
    if let Some(e) = b.engine() {
        e.register_indexer_get(|f: &mut FieldsRef, name: ImmutableString| f.get(&name));
    }
}
