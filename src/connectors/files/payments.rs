//! The payments of an invoice.
//!
//! Flows in: rows. Flows out: payments in date order, each known within its invoice. Refuses: two of one id.
//!
//! # Which money is which
//! One cheque may pay two invoices, so that an id is a payment's own only within its invoice: it becomes
//! `INVOICE/ID`, and `INVOICE/ID/back` where the money went back. A payment without an id is
//! `INVOICE/DAY/AMOUNT`; equal ones of one day are counted, in an order that is not that of the rows.

use super::cells::{Bad, Row};
use super::parts::InvoiceParts;
use super::undated::{self, part};
use crate::model::{Payment, PaymentKind};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// The payments of an invoice, in date order.
pub(super) fn all_payments(parts: &InvoiceParts<'_>, document: &str) -> Result<Vec<Payment>, Bad> {
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut all = Vec::new();
    for row in &parts.payments {
        let several = row.settings.tenders.iter();
        let mut made = Vec::new();
        for tender in several {
            let amount = row.amount_in(&tender.amount)?;
            made.extend(payment(row, document, amount, Some(&tender.method))?);
        }
        if row.settings.tenders.is_empty() {
            let amount = row.amount("payment.amount")?;
            made.extend(payment(row, document, amount, None)?);
        }
        if let [one] = made.as_slice()
            && !row.text("payment.id").is_empty()
            && !named.insert(one.id.clone())
        {
            return Err(row.bad(
                "payment.id",
                "which another payment of this invoice has too: if it is one payment, leave its amount in one row only; if they are two, give each an id of its own",
            ));
        }
        if made.len() > 1 {
            for payment in &mut made {
                payment.id = format!("{}/{}", payment.id, part(&payment.method));
            }
        }
        all.append(&mut made);
    }
    for row in &parts.refunds {
        all.extend(undated::dated(row, document)?);
    }
    let order = |p: &Payment| (p.date, p.id.clone(), p.method.clone(), p.reference.clone());
    all.sort_by_cached_key(order);
    tell_apart(&mut all);
    Ok(all)
}

/// Two payments of one day and amount without ids are two payments.
fn tell_apart(payments: &mut [Payment]) {
    let ids: Vec<String> = payments.iter().map(|p| p.id.clone()).collect();
    for (i, payment) in payments.iter_mut().enumerate() {
        let earlier = ids.iter().take(i).filter(|id| **id == payment.id).count();
        if earlier > 0 {
            payment.id = format!("{}/{}", payment.id, earlier + 1);
        }
    }
}

/// What a payment is known by, within its document and nowhere else.
pub(in crate::connectors) fn payment_id(document: &str, id: &str, back: bool) -> String {
    let end = if back { "/back" } else { "" };
    format!("{}/{}{end}", part(document), part(id))
}

/// A row's payment; a negative one was paid back.
fn payment(
    row: &Row<'_>,
    document: &str,
    amount: Option<Decimal>,
    method: Option<&str>,
) -> Result<Option<Payment>, Bad> {
    let less = row.amount("payment.less")?.unwrap_or_default();
    let amount = amount.map(|a| a - less).filter(|a| !a.is_zero());
    let Some(mut amount) = amount else {
        return Ok(None);
    };
    let date = row.day("payment.date")?;
    if date.is_none() && row.settings.is("payment.only_when", "date") {
        return Ok(None);
    }
    let date = date.ok_or_else(|| row.bad("payment.date", "but a payment needs its day"))?;
    match row.settings.word("payment_kind", &row.text("payment.kind")) {
        Some("ignore") => return Ok(None),
        Some("hold") => {
            let what = "a word that the table `payment_kind` does not name";
            return Err(row.bad("payment.kind", what));
        }
        Some("refund") => amount = -amount.abs(),
        _ => {}
    }
    let id = row.text("payment.id");
    let back = amount.is_sign_negative();
    let refunds = row.text("payment.refunds");
    Ok(Some(Payment {
        // What a payment is known by when it has no id: its invoice, day and amount.
        id: if id.is_empty() {
            format!("{}/{date}/{}", part(document), amount.normalize())
        } else {
            payment_id(document, &id, back)
        },
        kind: if back {
            PaymentKind::Refund
        } else {
            PaymentKind::Payment
        },
        date,
        at: row.time("payment.date", date),
        amount: amount.abs(),
        method: method.map_or_else(|| row.text("payment.method"), str::to_owned),
        reference: row.text("payment.reference"),
        refunds: if refunds.is_empty() {
            refunds
        } else {
            payment_id(document, &refunds, false)
        },
        settled: true,
    }))
}
