//! What each seeded order must come to, worked out from how it was made.
//!
//! Flows in: nothing. Flows out: types and their JSON. An end is known when an order is made up: it
//! is never read from the engine, so that the engine cannot agree with itself.

use super::codes::Code;
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// What an invoice comes to that a person made with one of the shop's numbers: 77.00.
pub const PERSONS_OWN: Decimal = Decimal::from_parts(7700, 0, 0, false, 2);

/// How one of an order's payments ends, where it is not simply posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentEnd {
    /// The source's id of the payment.
    pub payment: String,
    /// How much.
    pub amount: Decimal,
    /// Whether it is held for a person; else it is skipped.
    pub held: bool,
    /// Why.
    pub code: Code,
}

/// An order that must be in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Posted {
    /// The ledger's total, tax included.
    pub total: Decimal,
    /// The ledger's tax.
    pub tax: Decimal,
    /// What must be paid on it in the ledger.
    pub paid: Decimal,
    /// By how many payments.
    pub payments: usize,
    /// What the tenant leaves out of the source's total (finance charges).
    pub left_out: Decimal,
    /// The sum of the credit notes made for it.
    pub credited: Decimal,
    /// Payments and refunds that must not be in the ledger, and why.
    pub loose: Vec<PaymentEnd>,
}

/// How an order must end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// In the ledger.
    Posted(Posted),
    /// Left out.
    Skipped(Code),
    /// Waiting for a person.
    Held(Code),
}

impl End {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            End::Posted(_) => "posted",
            End::Skipped(_) => "skipped",
            End::Held(_) => "held",
        }
    }
}

/// One order and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The invoice number in both books.
    pub number: String,
    /// The source's order id; the number again where there is none.
    pub order: String,
    /// What is special about it, or `plain`.
    pub case: &'static str,
    /// How it must end.
    pub end: End,
    /// Whether a person's own invoice has this number in the ledger.
    pub number_is_taken: bool,
}

/// All that is expected of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expectations {
    /// The tenant.
    pub tenant: String,
    /// Its orders, in the order of their numbers in the source.
    pub orders: Vec<Expected>,
    /// What the ledger held before the first sync: number and total of each invoice.
    pub before: Vec<(String, Decimal)>,
}

impl Expectations {
    /// How many orders end in a way.
    pub fn count(&self, word: &str) -> usize {
        self.orders.iter().filter(|o| o.end.word() == word).count()
    }
}

fn text(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    amount.rescale(amount.scale().max(2));
    amount.to_string()
}

/// As it is kept beside the order in the source's seed: amounts as text.
pub fn to_json(one: &Expected) -> Value {
    let mut out = match &one.end {
        End::Posted(p) => json!({
            "end": "posted", "total": text(p.total), "tax": text(p.tax), "paid": text(p.paid),
            "payments": p.payments, "left_out": text(p.left_out), "credited": text(p.credited),
            "loose": p.loose.iter().map(|l| json!({
                "payment": l.payment, "amount": text(l.amount),
                "end": if l.held { "held" } else { "skipped" }, "code": l.code.code,
            })).collect::<Vec<_>>(),
        }),
        End::Skipped(c) | End::Held(c) => json!({"end": one.end.word(), "code": c.code}),
    };
    if let Value::Object(map) = &mut out {
        map.insert("case".into(), json!(one.case));
        map.insert("number".into(), json!(one.number));
    }
    out
}
