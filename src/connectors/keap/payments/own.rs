//! The order's own list of payments: the only one that knows shares of a payment, and refunds.
//!
//! Flows in: its rows ("invoice order payments"), the bulk list, what the order says. Flows out: every reading that
//! the documents allow, each with what is unclear about it. See the page above for which money is which.
//! Bounded by: four readings.

use super::candidate::{Read, Told, id, once, received, reference, settled};
use crate::connectors::Settings;
use crate::connectors::json::{amount, list, moment, text};
use crate::model::{Currency, Payment, PaymentKind, money};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// Of which order, and how its days and amounts are read.
pub(super) struct OfOrder<'a> {
    pub(super) order: &'a str,
    pub(super) zone: Tz,
    pub(super) currency: Currency,
    pub(super) told: Told,
}

/// One way to read the list.
#[derive(Clone, Copy)]
struct Reading {
    minor: bool,
    status_means_refund: bool,
}

fn readings(settings: &Settings) -> Vec<Reading> {
    let units: &[bool] = match settings.get("order_payment_unit", "auto") {
        "minor" => &[true],
        "major" => &[false],
        _ => &[false, true],
    };
    units
        .iter()
        .flat_map(|minor| {
            [false, true].map(|status_means_refund| Reading {
                minor: *minor,
                status_means_refund,
            })
        })
        .collect()
}

/// Every reading of the list.
pub(super) fn read(
    settings: &Settings,
    rows: &[Value],
    bulk: &[Value],
    at: &OfOrder<'_>,
) -> Result<Vec<Read>, String> {
    readings(settings)
        .into_iter()
        .map(|reading| one(rows, bulk, at, reading))
        .collect()
}

/// A row, read.
struct PaymentRow<'a> {
    id: String,
    payment: String,
    at: DateTime<Utc>,
    date: NaiveDate,
    amount: Decimal,
    refund: bool,
    refund_of: String,
    settled: bool,
    in_bulk: Option<&'a Value>,
}

fn row<'a>(
    row: &Value,
    bulk: &'a [Value],
    at: &OfOrder<'_>,
    reading: Reading,
) -> Result<PaymentRow<'a>, String> {
    let payment = id(row, "payment_id");
    let named = |e: String| format!("payment {payment}: {e}");
    let given = amount(row, "amount").map_err(named)?;
    let given = if reading.minor {
        at.currency.from_minor(given)
    } else {
        given
    };
    let status = text(row, "pay_status");
    let refund_of = id(row, "refund_invoice_payment_id");
    let refund = given.is_sign_negative()
        || !refund_of.is_empty()
        || (reading.status_means_refund && status == "REFUNDED");
    let in_bulk = bulk
        .iter()
        .find(|p| !payment.is_empty() && id(p, "id") == payment);
    let said = [
        Some(text(row, "pay_time")),
        in_bulk.map(|p| text(p, "payment_time")),
    ];
    let when = said.iter().flatten().find_map(|t| moment(t));
    let when = when.ok_or_else(|| named("`pay_time` cannot be read".to_owned()))?;
    Ok(PaymentRow {
        id: id(row, "id"),
        at: when,
        date: when.with_timezone(&at.zone).date_naive(),
        amount: given.abs(),
        settled: settled(&status) && !given.is_zero(),
        payment,
        refund,
        refund_of,
        in_bulk,
    })
}

fn one(rows: &[Value], bulk: &[Value], at: &OfOrder<'_>, reading: Reading) -> Result<Read, String> {
    let mut out = Read::default();
    let mut read = Vec::with_capacity(rows.len());
    for r in once(rows, "payment row", &mut out) {
        if text(r, "pay_status") == "REFUNDED" && at.told.refunded.is_zero() {
            out.doubt(format!(
                "payment {} is marked as refunded, and the order says that nothing was",
                id(r, "payment_id")
            ));
        }
        read.push(row(r, bulk, at, reading)?);
    }
    if let Some(payment) = unknown(bulk, &read) {
        out.doubt(format!(
            "the order's own list does not know payment {payment}, which Keap's list of payments has for it"
        ));
    }
    let mut by_payment: BTreeMap<&str, Vec<&PaymentRow<'_>>> = BTreeMap::new();
    for r in &read {
        if r.refund {
            returned(r, &read, at, &mut out);
            continue;
        }
        if r.payment.is_empty() {
            out.doubt(format!(
                "a payment row of {} does not say which payment it is of",
                money::show(r.amount)
            ));
        }
        by_payment.entry(&r.payment).or_default().push(r);
    }
    for (payment, rows) in by_payment {
        let Some(sum) = came_in(payment, &rows, at) else {
            continue;
        };
        if let Some(other) = otherwise(&sum, &rows, &read) {
            out.doubt(format!(
                "payment {payment} is {} in the order's own list and {} in Keap's list of payments",
                money::show(sum.amount),
                money::show(other)
            ));
        }
        out.payments.push(sum);
    }
    Ok(out)
}

/// What the bulk list gives a payment of this order alone, where that is neither its sum nor its sum less refunds.
fn otherwise(sum: &Payment, rows: &[&PaymentRow<'_>], all: &[PaymentRow<'_>]) -> Option<Decimal> {
    let first = rows.first()?;
    let bulk = first.in_bulk?;
    let counts = sum.settled && settled(&text(bulk, "status"));
    if !counts || list(bulk, "order_ids").len() > 1 {
        return None;
    }
    let is_ours = |r: &&PaymentRow<'_>| {
        let of = !r.refund_of.is_empty() && rows.iter().any(|o| o.id == r.refund_of);
        r.refund && r.settled && (of || r.payment == first.payment)
    };
    let back: Decimal = all.iter().filter(is_ours).map(|r| r.amount).sum();
    let told = amount(bulk, "amount").ok()?;
    (told != sum.amount && told != sum.amount - back).then_some(told)
}

/// A payment of the bulk list that no row is of, if any: the two lists may call the same money differently.
fn unknown(bulk: &[Value], rows: &[PaymentRow<'_>]) -> Option<String> {
    let counts = |p: &&Value| {
        settled(&text(p, "status")) && amount(p, "amount").is_ok_and(|a| a > Decimal::ZERO)
    };
    let names = bulk.iter().filter(counts).map(|p| id(p, "id"));
    let mut missing = names.filter(|p| rows.iter().all(|r| r.payment != *p));
    missing.next()
}

/// Money paid back: each row by itself.
fn returned(r: &PaymentRow<'_>, all: &[PaymentRow<'_>], at: &OfOrder<'_>, out: &mut Read) {
    if r.id.is_empty() {
        out.doubt(format!("a refund of {} has no id", money::show(r.amount)));
    }
    let of = all
        .iter()
        .find(|o| !r.refund_of.is_empty() && o.id == r.refund_of);
    out.payments.push(Payment {
        id: r.id.clone(),
        kind: PaymentKind::Refund,
        date: r.date,
        at: Some(r.at),
        amount: r.amount,
        method: said(r.in_bulk, "type"),
        reference: r.in_bulk.map(reference).unwrap_or_default(),
        refunds: of
            .map(|o| received(&o.payment, at.order))
            .unwrap_or_default(),
        settled: r.settled,
    });
}

/// Money received: the rows of one payment that count, or else the largest of those that do not.
fn came_in(payment: &str, rows: &[&PaymentRow<'_>], at: &OfOrder<'_>) -> Option<Payment> {
    let counted: Vec<&&PaymentRow<'_>> = rows.iter().filter(|r| r.settled).collect();
    let (when, date, sum) = if counted.is_empty() {
        let largest = rows.iter().max_by_key(|r| (r.amount, r.date))?;
        (largest.at, largest.date, largest.amount)
    } else {
        let first = counted.iter().min_by_key(|r| r.at)?;
        (first.at, first.date, counted.iter().map(|r| r.amount).sum())
    };
    let in_bulk = rows.first().and_then(|r| r.in_bulk);
    Some(Payment {
        id: received(payment, at.order),
        kind: PaymentKind::Payment,
        date,
        at: Some(when),
        amount: sum,
        method: said(in_bulk, "type"),
        reference: in_bulk.map(reference).unwrap_or_default(),
        refunds: String::new(),
        settled: !counted.is_empty(),
    })
}

fn said(payment: Option<&Value>, field: &str) -> String {
    payment.map(|p| text(p, field)).unwrap_or_default()
}
