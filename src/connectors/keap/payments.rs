//! Keap's payments, of which its documents leave much open, reconciled with what the order itself says.
//!
//! Flows in: an order, the payments of the bulk list (amounts in the main unit) and, where it was asked for, the
//! order's own list (unit and the look of a refund not documented). Flows out: payments and refunds, and whether
//! they come to `total_paid` and `refund_total`.
//! Every reading of the own list that the documents allow is tried, in a fixed order, and the first that agrees with
//! the order is taken; the setting `order_payment_unit` (`major`, `minor`) fixes the unit. When none agrees
//! the disagreement is told and no payment is given, so that the order is held and never posted on a guess.
//!
//! # Which money is which
//! An id must be the same however the money was read, or it would be posted twice:
//! - money received is `PAYMENT-ORDER`, Keap's ids of the payment and of the order, which both lists have. Rows of
//!   one payment in one order are one sum, since the bulk list knows no rows;
//! - money paid back is the id of its row in the order's own list. No other list is believed about refunds, so that
//!   the same refund cannot come under two names.
//!
//! Neither depends on the order of a list, on how many orders a payment covers today, or on which list answered.
//! What cannot be named so is told and held: a row without its id, a row listed twice with different words, an own
//! list that does not know a payment of the bulk list (it may have it under another name) or gives it another
//! amount, money marked as refunded in an order that says nothing was. Keap writes the id 0 where there is none.

mod candidate;
mod own;

pub use candidate::{Told, id, read_as, sums};

use crate::connectors::Settings;
use crate::connectors::json::{amount, list, moment, text};
use crate::model::{Currency, Payment, PaymentKind, money};
use candidate::{Read, agrees, once, received, reference, settled};
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
    let unrefunded = payments
        .iter()
        .all(|p| id(p, "refund_payment_id").is_empty());
    let read = from_bulk(payments, "", Tz::UTC);
    unrefunded && read.is_ok_and(|r| bulk_tells(payments, told) && r.agrees(told))
}

/// Whether the bulk list can be believed alone: it knows neither shares of a payment nor, for sure, refunds.
fn bulk_tells(payments: &[Value], told: Told) -> bool {
    let shared = payments.iter().any(|p| list(p, "order_ids").len() > 1);
    let returned = payments
        .iter()
        .any(|p| amount(p, "amount").is_ok_and(|a| a.is_sign_negative()));
    !shared && !returned && told.refunded.is_zero()
}

fn from_bulk(payments: &[Value], order: &str, zone: Tz) -> Result<Read, String> {
    let mut read = Read::default();
    for p in once(payments, "payment", &mut read) {
        let payment = id(p, "id");
        let named = |e: String| format!("payment {payment}: {e}");
        let given = amount(p, "amount").map_err(named)?;
        let when = moment(&text(p, "payment_time"));
        let when = when.ok_or_else(|| named("`payment_time` cannot be read".to_owned()))?;
        if payment.is_empty() {
            read.doubt(format!("a payment of {} has no id", money::show(given)));
        }
        read.payments.push(Payment {
            id: received(&payment, order),
            kind: if given.is_sign_negative() {
                PaymentKind::Refund
            } else {
                PaymentKind::Payment
            },
            date: when.with_timezone(&zone).date_naive(),
            at: Some(when),
            amount: given.abs(),
            method: text(p, "type"),
            reference: reference(p),
            refunds: String::new(),
            settled: settled(&text(p, "status")) && !given.is_zero(),
        });
    }
    Ok(read)
}

/// Payments and refunds in date order, and in words where they do not come to what the order says: then there are
/// none, since none is certain.
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
    let told = told(order, currency)?;
    let bulk = list(raw, "payments");
    let at = own::OfOrder {
        order: &id(order, "id"),
        zone,
        currency,
        told,
    };
    let mut candidates = Vec::new();
    if let Some(Value::Array(rows)) = raw.get("order_payments") {
        candidates = own::read(settings, rows, bulk, &at)?;
    }
    if candidates.is_empty() || bulk_tells(bulk, told) {
        let mut alone = from_bulk(bulk, at.order, zone)?;
        if !bulk_tells(bulk, told) {
            alone.doubt("shares of a payment and refunds stand in the order's own list only, which was not read".to_owned());
        }
        candidates.push(alone);
    }
    if let Some(good) = candidates.iter().position(|c| c.agrees(told)) {
        let mut payments = candidates.swap_remove(good).payments;
        payments.sort_by(|a, b| (a.date, a.kind, &a.id).cmp(&(b.date, b.kind, &b.id)));
        return Ok((payments, None));
    }
    Ok((Vec::new(), Some(disagreement(&candidates, told))))
}

/// Why no reading can be believed.
fn disagreement(candidates: &[Read], told: Told) -> String {
    let unclear = candidates
        .iter()
        .filter(|c| agrees(&c.payments, told))
        .find_map(|c| c.unclear.clone());
    if let Some(why) = unclear {
        return format!("it is not certain which money is which: {why}");
    }
    let first = candidates.first();
    let (received, returned) = first.map(|c| sums(&c.payments)).unwrap_or_default();
    let doubt = first.and_then(|c| c.unclear.as_ref());
    format!(
        "payments come to {} and refunds to {}, the order says {} paid and {} refunded{}",
        money::show(received),
        money::show(returned),
        money::show(told.paid),
        money::show(told.refunded),
        doubt.map(|why| format!("; {why}")).unwrap_or_default()
    )
}
