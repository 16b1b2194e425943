//! Money that the company applies by itself, where its preferences say so.
//!
//! `AutoApplyPayments`: what a new payment leaves unapplied goes to the customer's open invoices, the oldest first.
//! `AutoApplyCredit`: a new invoice is paid from what the customer's payments left unapplied, the oldest first.

use rust_decimal::Decimal;

use super::books::{Company, Key, Link, Part, Row};
use super::change::{apply, day};
use super::kinds::Kind;
use super::payments;
use super::values;
use super::work::{Cx, Effect, Event, What};

/// Applies what is to be applied once a row was made.
pub(super) fn after(co: &mut Company, cx: &Cx<'_>, made: Key) -> Vec<Event> {
    let (word, other) = match made.0 {
        Kind::Payment => ("AutoApplyPayments", Kind::Invoice),
        Kind::Invoice => ("AutoApplyCredit", Kind::Payment),
        _ => return Vec::new(),
    };
    if !co.prefers("SalesFormsPrefs", word) {
        return Vec::new();
    }
    let mut events = Vec::new();
    for found in others(co, made, other) {
        let (payment, invoice) = match made.0 {
            Kind::Payment => (made, found),
            _ => (found, made),
        };
        events.extend(pay(co, cx, payment, invoice, made));
    }
    events
}

/// The open papers of the same customer and currency, the oldest first.
fn others(co: &Company, made: Key, kind: Kind) -> Vec<Key> {
    let Some(row) = co.row(made) else {
        return Vec::new();
    };
    let same = |other: &Row, field: &str| {
        values::reference(&other.fields, field) == values::reference(&row.fields, field)
    };
    let open = co.all(kind).filter(|o| o.sums.open > Decimal::ZERO);
    let mut found: Vec<&Row> = open
        .filter(|o| same(o, "CustomerRef") && same(o, "CurrencyRef"))
        .collect();
    found.sort_by_key(|o| (day(o), o.key));
    found.into_iter().map(|o| o.key).collect()
}

/// Applies as much of a payment to an invoice as there is of both; what was made just now keeps its version.
fn pay(co: &mut Company, cx: &Cx<'_>, payment: Key, invoice: Key, made: Key) -> Vec<Event> {
    let (Some(payer), Some(paper)) = (co.row(payment).cloned(), co.row(invoice)) else {
        return Vec::new();
    };
    let amount = payer.sums.open.min(paper.sums.open);
    if amount <= Decimal::ZERO {
        return Vec::new();
    }
    let mut payer = payer;
    payer.sums.open -= amount;
    payer.parts.push(Part {
        on: invoice,
        amount,
    });
    let lines = payments::shown(&payer.parts);
    payer.fields.insert("Line".into(), lines);
    if payment != made {
        payer.touch(cx.now);
    }
    let link = Link {
        id: payer.id(),
        kind: "Payment".into(),
    };
    co.put(payer);
    let effect = Effect {
        on: invoice,
        open: -amount,
        link: vec![link],
        unlink: Vec::new(),
        status: None,
    };
    let mut events = Vec::new();
    if payment != made {
        let key = payment;
        events.push(Event {
            key,
            what: What::Updated,
        });
    }
    events.extend(apply(co, cx, effect).filter(|e| e.key != made));
    if invoice == made
        && let Some(mut fresh) = co.row(invoice).cloned()
    {
        fresh.token = 0;
        co.put(fresh);
    }
    events
}
