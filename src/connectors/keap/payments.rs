//! Keap's payments, of which its documents leave much open, reconciled with what the order itself says.
//!
//! Flows in: an order, the payments of the bulk list (amounts in the main unit) and, where it was asked for, the
//! order's own list (unit and the look of a refund not documented). Flows out: payments and refunds, and whether
//! they come to `total_paid` and `refund_total`.
//! Every reading of the own list that the documents allow is tried, in a fixed order, and the first that agrees with
//! the order is taken; the setting `order_payment_unit` (`major`, `minor`) fixes the unit. When none agrees
//! the first is kept and the disagreement is told, so that the order is held and never posted on a guess.

use crate::connectors::Settings;
use crate::connectors::json::{amount, list, moment, text};
use crate::model::{Currency, Payment, PaymentKind, money};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::Value;

/// An amount `{amount, currency_code}` of an object's field, from the smallest unit; `None` when missing or null.
///
/// # Errors
/// A sentence: what is there is no amount of this currency.
pub fn minor(value: &Value, field: &str, currency: Currency) -> Result<Option<Decimal>, String> {
    let found = match value.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(found) => found,
    };
    let given = amount(found, "amount").map_err(|e| format!("`{field}`: {e}"))?;
    if !given.fract().is_zero() {
        return Err(format!(
            "`{field}` is {given}, which is not a whole number of the smallest unit"
        ));
    }
    let code = text(found, "currency_code");
    if !code.is_empty() && !code.eq_ignore_ascii_case(currency.code()) {
        return Err(format!("`{field}` is in {code}, the order in {currency}"));
    }
    Ok(Some(currency.from_minor(given)))
}

/// The currency an order is in: of its total.
fn currency_of(order: &Value) -> Option<Currency> {
    let total = order.get("total")?;
    Currency::new(&text(total, "currency_code")).ok()
}

/// What an order says was paid and paid back.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// `total_paid`.
    pub paid: Decimal,
    /// `refund_total`; zero where it is not there, which is how an order without refunds comes.
    pub refunded: Decimal,
}

/// Reads what an order says.
///
/// # Errors
/// A sentence: an amount is missing or unreadable.
pub fn told(order: &Value, currency: Currency) -> Result<Told, String> {
    let paid = minor(order, "total_paid", currency)?.ok_or("`total_paid` is missing")?;
    let refunded = minor(order, "refund_total", currency)?.unwrap_or_default();
    Ok(Told {
        paid,
        // Whether it is written with a sign is not documented.
        refunded: refunded.abs(),
    })
}

/// Whether an order can have payments worth asking for.
pub fn expected(order: &Value) -> bool {
    let Some(currency) = currency_of(order) else {
        return true;
    };
    match told(order, currency) {
        Ok(t) => !t.paid.is_zero() || !t.refunded.is_zero(),
        Err(_) => true,
    }
}

/// Whether the bulk list alone tells an order's payments: none over several orders, no refund, the right sum.
pub fn settles(order: &Value, payments: &[Value]) -> bool {
    let Some(Ok(told)) = currency_of(order).map(|c| told(order, c)) else {
        return false;
    };
    let alone = payments
        .iter()
        .all(|p| list(p, "order_ids").len() == 1 && text(p, "refund_payment_id").is_empty());
    let Ok(read) = from_bulk(payments, "", Tz::UTC) else {
        return false;
    };
    alone && told.refunded.is_zero() && agrees(&read, told)
}

/// Whether payments and refunds come to what the order says. Whether `total_paid` is before or after refunds is not
/// documented: both agree.
fn agrees(payments: &[Payment], told: Told) -> bool {
    let (received, returned) = sums(payments);
    returned == told.refunded && (received == told.paid || received - returned == told.paid)
}

/// Settled payments and settled refunds.
pub fn sums(payments: &[Payment]) -> (Decimal, Decimal) {
    let of = |kind: PaymentKind| {
        let some = payments.iter().filter(|p| p.settled && p.kind == kind);
        some.map(|p| p.amount).sum()
    };
    (of(PaymentKind::Payment), of(PaymentKind::Refund))
}

/// The payment's id within one invoice: a payment over several orders is one effect for each.
fn own_id(payment: &Value, order: &str) -> String {
    let id = text(payment, "id");
    if list(payment, "order_ids").len() > 1 {
        format!("{id}-{order}")
    } else {
        id
    }
}

fn settled(status: &str) -> bool {
    // NONE and nothing stand on payments that were entered by hand; a word that is not known settles nothing.
    matches!(
        status,
        "" | "NONE" | "APPROVED" | "COMPLETED" | "MANUAL_PAID" | "PAYPAL_PAID" | "REFUNDED"
    )
}

fn from_bulk(payments: &[Value], order: &str, zone: Tz) -> Result<Vec<Payment>, String> {
    let mut all = Vec::with_capacity(payments.len());
    for p in payments {
        let named = |e: String| format!("payment {}: {e}", text(p, "id"));
        let given = amount(p, "amount").map_err(named)?;
        let when = moment(&text(p, "payment_time"));
        let when = when.ok_or_else(|| named("`payment_time` cannot be read".to_owned()))?;
        let refund = given.is_sign_negative();
        all.push(Payment {
            id: own_id(p, order),
            kind: if refund {
                PaymentKind::Refund
            } else {
                PaymentKind::Payment
            },
            date: when.with_timezone(&zone).date_naive(),
            amount: given.abs(),
            method: text(p, "type"),
            reference: text(p, "external_transaction_id"),
            refunds: String::new(),
            settled: settled(&text(p, "status")),
        });
    }
    Ok(all)
}

/// One way to read the order's own list.
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

fn from_own(
    rows: &[Value],
    bulk: &[Value],
    (order, zone, currency): (&str, Tz, Currency),
    reading: Reading,
) -> Result<Vec<Payment>, String> {
    let of_row = |row: &Value| {
        let id = text(row, "payment_id");
        bulk.iter().find(|p| text(p, "id") == id)
    };
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let named = |e: String| format!("payment {}: {e}", text(row, "payment_id"));
        let given = amount(row, "amount").map_err(named)?;
        let given = if reading.minor {
            currency.from_minor(given)
        } else {
            given
        };
        let status = text(row, "pay_status");
        let refund_of = text(row, "refund_invoice_payment_id");
        let refund = given.is_sign_negative()
            || !refund_of.is_empty()
            || (reading.status_means_refund && status == "REFUNDED");
        let in_bulk = of_row(row);
        let said = [
            Some(text(row, "pay_time")),
            in_bulk.map(|p| text(p, "payment_time")),
        ];
        let when = said.iter().flatten().find_map(|t| moment(t));
        let when = when.ok_or_else(|| named("`pay_time` cannot be read".to_owned()))?;
        let id = match in_bulk {
            Some(p) => own_id(p, order),
            None if text(row, "payment_id").is_empty() => text(row, "id"),
            None => text(row, "payment_id"),
        };
        let refunded = rows
            .iter()
            .find(|r| text(r, "id") == refund_of && !refund_of.is_empty());
        all.push(Payment {
            kind: if refund {
                PaymentKind::Refund
            } else {
                PaymentKind::Payment
            },
            date: when.with_timezone(&zone).date_naive(),
            amount: given.abs(),
            method: in_bulk.map(|p| text(p, "type")).unwrap_or_default(),
            reference: in_bulk
                .map(|p| text(p, "external_transaction_id"))
                .unwrap_or_default(),
            refunds: refunded.map(|r| text(r, "payment_id")).unwrap_or_default(),
            settled: settled(&status),
            id,
        });
    }
    // A refund and what it gives back may be two rows of one payment.
    let ids: Vec<String> = all.iter().map(|p| p.id.clone()).collect();
    for (i, payment) in all.iter_mut().enumerate() {
        let earlier = ids.iter().take(i).filter(|id| **id == payment.id).count();
        if earlier > 0 {
            payment.id = format!(
                "{}-{}",
                payment.id,
                rows.get(i).map(|r| text(r, "id")).unwrap_or_default()
            );
        }
    }
    Ok(all)
}

/// Payments and refunds in date order, and in words where they do not come to what the order says.
///
/// # Errors
/// A sentence: an amount or a date is missing or unreadable.
pub fn read(
    settings: &Settings,
    raw: &Value,
    zone: Tz,
    currency: Currency,
) -> Result<(Vec<Payment>, Option<String>), String> {
    let order = raw.get("order").unwrap_or(&Value::Null);
    let id = text(order, "id");
    let told = told(order, currency)?;
    let bulk = list(raw, "payments");
    let mut candidates = Vec::new();
    if let Some(Value::Array(rows)) = raw.get("order_payments") {
        for reading in readings(settings) {
            candidates.push(from_own(rows, bulk, (&id, zone, currency), reading)?);
        }
    }
    let shared = bulk.iter().any(|p| list(p, "order_ids").len() > 1);
    if candidates.is_empty() || !shared {
        candidates.push(from_bulk(bulk, &id, zone)?);
    }
    let good = candidates.iter().position(|c| agrees(c, told));
    let mut chosen = candidates
        .into_iter()
        .nth(good.unwrap_or(0))
        .unwrap_or_default();
    chosen.sort_by(|a, b| (a.date, a.kind, &a.id).cmp(&(b.date, b.kind, &b.id)));
    let mismatch = good.is_none().then(|| {
        let (received, returned) = sums(&chosen);
        format!(
            "payments come to {} and refunds to {}, the order says {} paid and {} refunded",
            money::show(received),
            money::show(returned),
            money::show(told.paid),
            money::show(told.refunded)
        )
    });
    Ok((chosen, mismatch))
}
