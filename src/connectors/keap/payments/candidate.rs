//! One way to read an order's payments, and whether it comes to what the order says.
//!
//! Flows in: payments, as the bulk list or the order's own list is read. Flows out: whether they agree with
//! what the order tells. Refuses: nothing; a doubt is kept with the reading, which then agrees with nothing.

use crate::connectors::json::text;
use crate::connectors::stamp::marker_of;
use crate::model::{Payment, PaymentKind};
use rust_decimal::Decimal;
use serde_json::Value;

/// What an order says was paid and paid back.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// `total_paid`.
    pub paid: Decimal,
    /// `refund_total`; zero where it is not there, which is how an order without refunds comes.
    pub refunded: Decimal,
}

/// An id of Keap's: empty where it is missing, null or 0.
pub fn id(value: &Value, field: &str) -> String {
    let given = text(value, field);
    if given.bytes().all(|b| b == b'0') {
        return String::new();
    }
    given
}

/// One way to read an order's payments.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) payments: Vec<Payment>,
    /// Why it is not certain which money is which.
    pub(super) unclear: Option<String>,
}

impl Read {
    /// The first doubt stays.
    pub(super) fn doubt(&mut self, why: String) {
        self.unclear.get_or_insert(why);
    }

    pub(super) fn agrees(&self, told: Told) -> bool {
        self.unclear.is_none() && agrees(&self.payments, told)
    }
}

/// Whether payments and refunds come to what the order says. Whether `total_paid` is before or after refunds is not
/// documented: both agree. Money is not given back that never came in: a payment that is only marked as refunded
/// would else be read as a refund alone.
pub(super) fn agrees(payments: &[Payment], told: Told) -> bool {
    let (received, returned) = sums(payments);
    let whole = returned == told.refunded && returned <= received;
    whole && (received == told.paid || received - returned == told.paid)
}

/// Settled payments and settled refunds.
pub fn sums(payments: &[Payment]) -> (Decimal, Decimal) {
    let of = |kind: PaymentKind| {
        let some = payments.iter().filter(|p| p.settled && p.kind == kind);
        some.map(|p| p.amount).sum()
    };
    (of(PaymentKind::Payment), of(PaymentKind::Refund))
}

/// Money received on an order, by a payment of Keap's.
pub(super) fn received(payment: &str, order: &str) -> String {
    format!("{payment}-{order}")
}

/// What any payment received on an order is called, with `{}` for Keap's id of it.
pub fn read_as(order: &str) -> String {
    received("{}", order)
}

/// What a payment is referred to by: the number of its transaction, or the note in which we left our stamp.
pub(super) fn reference(p: &Value) -> String {
    let note = text(p, "note");
    match marker_of(&note) {
        Some(_) => note,
        None => text(p, "external_transaction_id"),
    }
}

pub(super) fn settled(status: &str) -> bool {
    // NONE and nothing stand on payments that were entered by hand; a word that is not known settles nothing.
    matches!(
        status,
        "" | "NONE" | "APPROVED" | "COMPLETED" | "MANUAL_PAID" | "PAYPAL_PAID" | "REFUNDED"
    )
}

/// The bulk list's payments, each once.
pub(super) fn once<'a>(elements: &'a [Value], what: &str, read: &mut Read) -> Vec<&'a Value> {
    let mut kept: Vec<&Value> = Vec::with_capacity(elements.len());
    for element in elements {
        let own = id(element, "id");
        let before = kept.iter().find(|k| !own.is_empty() && id(k, "id") == own);
        match before {
            None => kept.push(element),
            // A list that moved while its pages were read brings an element twice.
            Some(before) if **before == *element => {}
            Some(_) => read.doubt(format!("{what} {own} is listed twice, and the two differ")),
        }
    }
    kept
}
