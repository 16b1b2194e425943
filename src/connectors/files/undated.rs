//! Money paid back that stands as a sum of its own, and money of which no day is known.
//!
//! Flows in: an invoice's rows. Flows out: refunds with their day, and what is told of money without one: it is neither
//! posted nor netted against a payment, for nobody knows when it went.

use super::cells::{Bad, Row};
use super::forms;
use super::parts::parts;
use super::reading::FileWords;
use crate::model::{Payment, PaymentKind};
use rust_decimal::Decimal;
use serde_json::Value;

/// An id as a part of a longer one: without a slash, so that no two can be written alike.
pub(super) fn part(id: &str) -> String {
    id.replace('%', "%25").replace('/', "%2F")
}

/// Refunds with their day.
pub(super) fn dated(row: &Row<'_>, document: &str) -> Result<Vec<Payment>, Bad> {
    let mut all = Vec::new();
    if let Some(amount) = paid_back(row)?
        && let Some(date) = row.day("refund.date")?
    {
        all.push((date, amount));
    }
    for (date, amount) in packed(row)? {
        all.push((date, amount));
    }
    let refund = |(date, amount): (chrono::NaiveDate, Decimal)| Payment {
        id: format!("{}/{date}/{}/back", part(document), amount.normalize()),
        kind: PaymentKind::Refund,
        date,
        at: None,
        amount: amount.abs(),
        method: row.text("payment.method"),
        reference: String::new(),
        refunds: String::new(),
        settled: true,
    };
    Ok(all.into_iter().map(refund).collect())
}

fn paid_back(row: &Row<'_>) -> Result<Option<Decimal>, Bad> {
    Ok(row.amount("refund.amount")?.filter(|a| !a.is_zero()))
}

/// `amount:9.00|reason:chipped|date:2026-08-20 10:12:00`, several with `;` between.
fn packed(row: &Row<'_>) -> Result<Vec<(chrono::NaiveDate, Decimal)>, Bad> {
    let text = row.text("refund.packed");
    let mut all = Vec::new();
    for one in text.split(';').map(str::trim).filter(|t| !t.is_empty()) {
        let of = |name: &str| {
            let mut pairs = one.split('|').filter_map(|p| p.split_once(':'));
            pairs.find(|(n, _)| n.trim() == name).map(|(_, v)| v.trim())
        };
        let amount = of("amount").and_then(|a| forms::number(a, false));
        let day = of("date").and_then(|d| forms::day(d, "yyyy-mm-dd"));
        match (amount, day) {
            (Some(amount), Some(forms::CellDay::Day(day))) => all.push((day, amount)),
            _ => {
                let what = "which is not refunds like `amount:9.00|date:2026-08-20`";
                return Err(row.bad("refund.packed", what));
            }
        }
    }
    Ok(all)
}

/// What is told of an invoice's money without a day, with its cure.
pub(super) fn notes(settings: &FileWords, raw: &Value) -> Vec<(String, String)> {
    let Ok(parts) = parts(settings, raw) else {
        return Vec::new();
    };
    let number = parts.head.text("number");
    let mut all = Vec::new();
    for row in &parts.refunds {
        if let (Ok(Some(amount)), Ok(None)) = (paid_back(row), row.day("refund.date")) {
            all.push((
                format!("of {number} {amount} was paid back, and the file has no day of it: the refund is held"),
                "enter the credit note and the refund in the ledger by hand; the invoice and its payment go".to_owned(),
            ));
        }
    }
    if let Ok(Some(amount)) = parts.head.amount("payment.undated")
        && !amount.is_zero()
    {
        all.push((
            format!(
                "of {number} {amount} was paid, and the file has no day of it: no payment is made"
            ),
            "enter the payment in the ledger by hand; the invoice goes unpaid".to_owned(),
        ));
    }
    all
}
