//! Canonical documents: what every source's records are read into, and what mapping and rules see.
//!
//! Amounts are exact decimals of the document's currency. An amount a source does not give is `None`,
//! never zero. Dates are the business's own calendar days; times are UTC.

use super::ids::SourceId;
use super::kinds::Kind;
use super::money::Currency;
use super::status::DocStatus;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A postal address. Every part may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Street lines.
    pub lines: Vec<String>,
    /// Town.
    pub city: String,
    /// State, county, province.
    pub region: String,
    /// Postal code, as text.
    pub postal_code: String,
    /// Country, as the source writes it.
    pub country: String,
}

impl Address {
    /// Whether nothing is filled in.
    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(|l| l.trim().is_empty())
            && [&self.city, &self.region, &self.postal_code, &self.country]
                .iter()
                .all(|s| s.trim().is_empty())
    }
}

/// A customer or a supplier.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// The source's id.
    pub id: String,
    /// Who it is at the source, where several of its contacts may stand for one customer; empty where each is its own.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub party: String,
    /// The name to show: a company's, or a person's whole name.
    pub name: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Company, when the contact is a person of one.
    pub company: String,
    /// First e-mail address.
    pub email: String,
    /// First telephone number.
    pub phone: String,
    /// Mobile telephone number.
    pub mobile: String,
    /// Tax registration number.
    pub tax_number: String,
    /// Where bills go.
    pub billing: Address,
    /// Where work is done or goods are sent.
    pub service: Address,
    /// The client of which this contact is a site.
    pub parent: Option<Box<Contact>>,
    /// Tags the source keeps on it.
    pub tags: Vec<String>,
    /// Custom fields by name.
    pub fields: BTreeMap<String, String>,
}

/// A product or service in the source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    /// The source's id.
    pub id: String,
    /// Stock-keeping unit. Several items may share one.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Price of one, if it has one.
    pub price: Option<Decimal>,
    /// Whether tax applies; `None` where the source does not say.
    pub taxable: Option<bool>,
}

/// What a line is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Goods.
    #[default]
    Product,
    /// Work.
    Service,
    /// A cycle of a subscription.
    Subscription,
    /// Carriage.
    Shipping,
    /// Money off; the amount is negative.
    Discount,
    /// Interest or a late fee.
    FinanceCharge,
    /// A gratuity.
    Tip,
    /// Another charge.
    Fee,
    /// Anything else.
    Other,
}

impl LineKind {
    /// Every kind.
    pub const ALL: [LineKind; 9] = [
        LineKind::Product,
        LineKind::Service,
        LineKind::Subscription,
        LineKind::Shipping,
        LineKind::Discount,
        LineKind::FinanceCharge,
        LineKind::Tip,
        LineKind::Fee,
        LineKind::Other,
    ];

    /// The word used in YAML and rules.
    pub fn as_str(self) -> &'static str {
        match self {
            LineKind::Product => "product",
            LineKind::Service => "service",
            LineKind::Subscription => "subscription",
            LineKind::Shipping => "shipping",
            LineKind::Discount => "discount",
            LineKind::FinanceCharge => "finance_charge",
            LineKind::Tip => "tip",
            LineKind::Fee => "fee",
            LineKind::Other => "other",
        }
    }

    /// The kind a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }
}

/// One line of an invoice. Tax lines are not lines: they are summed in [`Invoice::tax`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Line {
    /// The source's id of the line; its number, from 1, where it has none.
    pub id: String,
    /// What it is for.
    pub kind: LineKind,
    /// Stock-keeping unit, or empty.
    pub sku: String,
    /// The product's name.
    pub name: String,
    /// The category that the source keeps the product in, or empty.
    pub category: String,
    /// More text.
    pub description: String,
    /// How many.
    pub quantity: Decimal,
    /// Price of one. Negative on a discount.
    pub unit_amount: Decimal,
    /// What the source says the line comes to, if it says so.
    pub amount: Option<Decimal>,
    /// Whether tax applies; `None` where the source does not say.
    pub taxable: Option<bool>,
    /// The source's own name of the tax rate (`VAT 20%`), or empty.
    pub tax_rate: String,
    /// The account the source itself names, or empty.
    pub account: String,
}

impl Line {
    /// What it comes to: as the source says, else what its quantity and price make, not rounded.
    pub fn comes_to(&self) -> Decimal {
        let product = || self.quantity.checked_mul(self.unit_amount);
        self.amount.or_else(product).unwrap_or_default()
    }
}

/// One part of a payment plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    /// When it is due.
    pub due: NaiveDate,
    /// How much.
    pub amount: Decimal,
}

/// Which way the money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    /// Received.
    #[default]
    Payment,
    /// Paid back.
    Refund,
}

/// Money received or paid back against one invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The source's id.
    pub id: String,
    /// Received or paid back.
    pub kind: PaymentKind,
    /// The day, in the business's own calendar.
    pub date: NaiveDate,
    /// The source's own time of it, where it has one: of money of one day this says which came first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// How much, always positive, in the invoice's currency.
    pub amount: Decimal,
    /// How: `Credit Card`, `Cash`; empty where the source does not say.
    pub method: String,
    /// A number or text that identifies it to people, or empty.
    pub reference: String,
    /// The payment that a refund gives back, or empty.
    pub refunds: String,
    /// Whether the source counts it as settled; others are never posted.
    pub settled: bool,
}

/// Which figures the source itself states, beside what they were read into. `None` is not stated and is compared with
/// nothing; a stated zero is a figure like any other. Tax and line amounts stand in [`Invoice::tax`], [`Line::amount`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Stated {
    /// Whether [`Invoice::reckoned`] was worked out here, since the source states no total.
    pub no_total: bool,
    /// What it comes to without the tax.
    pub subtotal: Option<Decimal>,
    /// What has been paid; whether refunds are taken off is the source's own affair.
    pub paid: Option<Decimal>,
    /// What is still owed.
    pub balance: Option<Decimal>,
    /// Where it stands.
    pub status: Option<DocStatus>,
}

impl Stated {
    /// Whether it is as a document that says no more than its total.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

fn invoice() -> Kind {
    Kind::Invoice
}

fn is_invoice(kind: &Kind) -> bool {
    *kind == Kind::Invoice
}

/// A paper of the source: an invoice, or one that differs only in its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// As what it is kept, decided on and posted: the kind of its key.
    #[serde(default = "invoice", skip_serializing_if = "is_invoice")]
    pub kind: Kind,
    /// Whether the source calls what is kept as an invoice an estimate still.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimate: bool,
    /// The source's id of the document, the same for as long as it exists there.
    pub id: SourceId,
    /// The order it came from, where that has an id of its own, or empty.
    pub order_id: String,
    /// The number people know it by (Keap's invoice id); the id where the source gives none.
    pub number: String,
    /// Title.
    pub title: String,
    /// Notes.
    pub notes: String,
    /// A purchase order number or other reference of the customer.
    pub reference: String,
    /// The day it is dated.
    pub date: NaiveDate,
    /// The day it is due, if the source says so.
    pub due: Option<NaiveDate>,
    /// Its currency.
    pub currency: Currency,
    /// Where it stands.
    pub status: DocStatus,
    /// Whom it is to.
    pub contact: Contact,
    /// What it is for, tax lines taken out.
    pub lines: Vec<Line>,
    /// The tax: `None` is an invoice without tax, `Some(0)` one with zero tax.
    pub tax: Option<Decimal>,
    /// Whether the lines' amounts contain the tax; `None` where the source does not say.
    pub tax_included: Option<bool>,
    /// What the source states it comes to, else what its lines and its tax add up to there: a sum without the tax, where a line
    /// names a rate and the source works none out. What people are told and what the ledger is held against is
    /// [`Invoice::comes_to`], or what was drafted.
    #[serde(rename = "total")]
    pub reckoned: Decimal,
    /// What the source says has been paid, refunds not taken off.
    pub paid: Decimal,
    /// Its payment plan; empty without one.
    pub plan: Vec<Instalment>,
    /// Payments and refunds, in date order.
    pub payments: Vec<Payment>,
    /// Tags.
    pub tags: Vec<String>,
    /// Who made it, where another integration did (`quickbooks`), or empty: the guard against loops.
    pub made_by: String,
    /// Custom fields by name.
    pub fields: BTreeMap<String, String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub modified_at: DateTime<Utc>,
    /// Which figures the source itself states.
    #[serde(default, skip_serializing_if = "Stated::is_plain")]
    pub stated: Stated,
}

impl Invoice {
    /// A document of which nothing is said but what it is: what its maker knows is laid over it.
    pub fn bare(kind: Kind, id: SourceId, currency: Currency) -> Self {
        Self {
            kind,
            estimate: false,
            id,
            order_id: String::new(),
            number: String::new(),
            title: String::new(),
            notes: String::new(),
            reference: String::new(),
            date: NaiveDate::default(),
            due: None,
            currency,
            status: DocStatus::default(),
            contact: Contact::default(),
            lines: Vec::new(),
            tax: None,
            tax_included: None,
            reckoned: Decimal::ZERO,
            paid: Decimal::ZERO,
            plan: Vec::new(),
            payments: Vec::new(),
            tags: Vec::new(),
            made_by: String::new(),
            fields: BTreeMap::new(),
            created_at: DateTime::UNIX_EPOCH,
            modified_at: DateTime::UNIX_EPOCH,
            stated: Stated::default(),
        }
    }

    /// As it is kept: what turns into another kind at the source may be kept as that from the beginning. Money that came in for
    /// what takes none yet is money once it is an invoice.
    #[must_use]
    pub fn kept_as(mut self, kind: Kind) -> Self {
        self.estimate = self.called() == Kind::Estimate && kind != Kind::Estimate;
        self.kind = kind;
        // What says nowhere where it stands is taken for one that was sent.
        if !DocStatus::of(self.called()).contains(&self.status) {
            self.status = DocStatus::Sent;
        }
        if !self.called().takes_payments() {
            self.payments.clear();
            self.paid = Decimal::ZERO;
            (self.stated.paid, self.stated.balance) = (None, None);
        }
        self
    }

    /// What the source calls it.
    pub fn called(&self) -> Kind {
        match self.estimate {
            true => Kind::Estimate,
            false => self.kind,
        }
    }
}
