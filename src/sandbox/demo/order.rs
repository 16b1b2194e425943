//! An order while it is made up: lines, tax, payments, and what is special about it.
//!
//! Flows in: a shop's products and what a tenant's page wants to show. Flows out: an [`Order`] whose
//! numbers are given later, when all orders of a shop stand in the order of their dates.

use super::codes::Code;
use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;

/// A product of a shop.
#[derive(Debug, Clone)]
pub struct Product {
    /// The source's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its stock-keeping unit, or empty.
    pub sku: String,
    /// Price of one.
    pub price: Decimal,
    /// Whether tax applies.
    pub taxable: bool,
}

/// A line of an order.
#[derive(Debug, Clone)]
pub struct Line {
    /// The source's word: `PRODUCT`, `SHIPPING`, `DISCOUNT` ...
    pub kind: &'static str,
    /// What the customer reads.
    pub name: String,
    /// The product, where there is one.
    pub product: Option<u64>,
    /// Its stock-keeping unit, or empty.
    pub sku: String,
    /// How many.
    pub quantity: Decimal,
    /// Price of one; negative on a discount.
    pub price: Decimal,
    /// Whether tax applies; `None` where the source does not say.
    pub taxable: Option<bool>,
}

/// How an order states its tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tax {
    /// Not at all.
    #[default]
    None,
    /// As zero.
    Zero,
    /// As the sum of each line's rounded tax, which is what the ledger makes.
    ByLine,
    /// As the rounded tax of the whole, which may be a cent off.
    OnTotal,
}

/// A payment or a refund.
#[derive(Debug, Clone)]
pub struct Payment {
    /// The source's id; given when the shop is finished.
    pub id: u64,
    /// The day.
    pub date: NaiveDate,
    /// How much.
    pub amount: Decimal,
    /// How: `Check`, `Credit Card (Manual)`.
    pub method: &'static str,
    /// The place, among the order's payments, of the one this gives back.
    pub refunds: Option<usize>,
    /// Whether the source counts it as received.
    pub settled: bool,
}

/// An order.
#[derive(Debug, Clone)]
pub struct Order {
    /// Order id and invoice id; given when the shop is finished.
    pub ids: (u64, u64),
    /// The customer's id.
    pub contact: u64,
    /// The day.
    pub date: NaiveDate,
    /// Title.
    pub title: String,
    /// Notes.
    pub notes: String,
    /// The customer's purchase order number, or empty.
    pub po: String,
    /// Lines, tax not among them.
    pub lines: Vec<Line>,
    /// How the tax is stated.
    pub tax: Tax,
    /// Payments, in date order.
    pub payments: Vec<Payment>,
    /// Instalments: day and share of the total in parts of a hundred.
    pub plan: Vec<(NaiveDate, Decimal)>,
    /// `DRAFT` or `SENT`.
    pub status: &'static str,
    /// Who made it, in the source's words.
    pub made_by: &'static str,
    /// Its currency, where it is not the shop's.
    pub currency: Option<&'static str>,
    /// What is special about it.
    pub case: &'static str,
    /// That it must be held, and why; everything else is worked out.
    pub held: Option<Code>,
    /// Whether a person has given its number to an invoice of their own.
    pub number_is_taken: bool,
}

impl Order {
    /// An order with nothing on it.
    pub fn new(contact: u64, date: NaiveDate, case: &'static str) -> Self {
        Self {
            ids: (0, 0),
            contact,
            date,
            title: String::new(),
            notes: String::new(),
            po: String::new(),
            lines: Vec::new(),
            tax: Tax::None,
            payments: Vec::new(),
            plan: Vec::new(),
            status: "SENT",
            made_by: "INVOICE",
            currency: None,
            case,
            held: None,
            number_is_taken: false,
        }
    }

    /// With so many of a product, at its own price.
    #[must_use]
    pub fn with(mut self, product: &Product, quantity: u64) -> Self {
        if self.title.is_empty() {
            self.title.clone_from(&product.name);
        }
        self.lines.push(Line {
            kind: "PRODUCT",
            name: product.name.clone(),
            product: Some(product.id),
            sku: product.sku.clone(),
            quantity: Decimal::from(quantity),
            price: product.price,
            taxable: Some(product.taxable),
        });
        self
    }

    /// With the last line at another price.
    #[must_use]
    pub fn at(mut self, price: Decimal) -> Self {
        if let Some(line) = self.lines.last_mut() {
            line.price = price;
        }
        self
    }

    /// With a line that is no product: carriage, a discount (positive), a fee.
    #[must_use]
    pub fn plus(mut self, kind: &'static str, name: &str, amount: Decimal) -> Self {
        let off = kind.starts_with("DISCOUNT");
        self.lines.push(Line {
            kind,
            name: name.to_owned(),
            product: None,
            sku: String::new(),
            quantity: Decimal::ONE,
            price: if off { -amount } else { amount },
            taxable: None,
        });
        self
    }

    /// With its tax stated so.
    #[must_use]
    pub fn taxed(mut self, tax: Tax) -> Self {
        self.tax = tax;
        self
    }

    /// Held, for a reason that does not follow from its sums.
    #[must_use]
    pub fn held(mut self, code: Code) -> Self {
        self.held = Some(code);
        self
    }

    /// With a payment of an amount, so many days later.
    #[must_use]
    pub fn paid(mut self, days: i64, amount: Decimal, method: &'static str) -> Self {
        self.payments.push(Payment {
            id: 0,
            date: self.date + Duration::days(days),
            amount,
            method,
            refunds: None,
            settled: true,
        });
        self
    }

    /// With an amount of its first payment given back, so many days after the order.
    #[must_use]
    pub fn refunded(mut self, days: i64, amount: Decimal) -> Self {
        self = self.paid(days, amount, "Adjustment");
        if let Some(last) = self.payments.last_mut() {
            last.refunds = Some(0);
        }
        self
    }
}
