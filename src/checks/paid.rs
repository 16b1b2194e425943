//! What the source says of the money must be what its payments come to.
//!
//! Flows in: the document, and what it comes to. Flows out: `source.mismatch` where it calls paid, part paid, unpaid or
//! owed what its payments do not. What is not stated is not compared. Where payments do not go to the ledger at all,
//! that word accounts for it.

use crate::mapping::Mapping;
use crate::model::codes;
use crate::model::{DocStatus, Invoice, PaymentKind, Reason, money};
use rust_decimal::Decimal;

/// Compares what is stated with the payments; what rests on the total only where that is known.
///
/// # Errors
/// `source.mismatch`, with both sums.
pub fn agrees(mapping: &Mapping, source: &Invoice, total: Option<Decimal>) -> Result<(), Reason> {
    let stated = &source.stated;
    // Of what takes no payments nothing that is said of money can be true or false.
    let owes = source.called().takes_payments();
    let silent = stated.paid.is_none() && stated.balance.is_none() && stated.status.is_none();
    if silent || !owes || !mapping.payments_wanted() {
        return Ok(());
    }
    let sum = |kind| -> Decimal {
        let all = source.payments.iter();
        let counted = all.filter(|p| p.settled && p.kind == kind);
        counted.map(|p| p.amount).sum()
    };
    let (received, back) = (sum(PaymentKind::Payment), sum(PaymentKind::Refund));
    let show = money::show;
    let of_payments = match back.is_zero() {
        true => format!("its payments come to {}", show(received)),
        false => format!(
            "its payments come to {}, of which {} went back",
            show(received),
            show(back)
        ),
    };
    // Whether a source takes what went back off what was paid is its own affair.
    if let Some(paid) = stated.paid
        && paid != received
        && paid != received - back
    {
        let says = format!("the source says that {} is paid", show(paid));
        return Err(mismatch(&says, &of_payments));
    }
    let Some(total) = total else { return Ok(()) };
    let owed = total - received + back;
    if let Some(balance) = stated.balance.filter(|b| *b != owed) {
        let says = format!("the source says that {} is still owed", show(balance));
        let is = format!(
            "of {} {of_payments}, which leaves {}",
            show(total),
            show(owed)
        );
        return Err(mismatch(&says, &is));
    }
    match stated.status {
        Some(status) if !fits(status, total, received, back) => {
            let word = status.as_str();
            let says = format!("the source says `{word}`");
            let is = format!("of {} {of_payments}", show(total));
            Err(mismatch(&says, &is))
        }
        _ => Ok(()),
    }
}

/// Whether a word for where a document stands can be true. One that was paid and paid back in part may be called
/// paid or part paid.
fn fits(status: DocStatus, total: Decimal, received: Decimal, back: Decimal) -> bool {
    let held = received - back;
    match status {
        DocStatus::Draft | DocStatus::Void => true,
        DocStatus::Unpaid => held <= Decimal::ZERO,
        DocStatus::Overdue => held < total || total.is_zero(),
        DocStatus::PartPaid => received > Decimal::ZERO && held < total,
        DocStatus::Paid => received >= total,
        // What an invoice is never called says nothing of its money.
        DocStatus::Sent
        | DocStatus::Accepted
        | DocStatus::Declined
        | DocStatus::PartDelivered
        | DocStatus::Delivered => true,
    }
}

fn mismatch(says: &str, is: &str) -> Reason {
    let what = format!("{says}, and {is}");
    let fix = "give the source the payments that are missing there, or correct what it says is paid; then `crossfoot retry TENANT NUMBER`";
    Reason::new(codes::SOURCE_MISMATCH, what, fix)
}
