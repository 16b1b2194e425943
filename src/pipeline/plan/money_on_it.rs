//! What money stands on a paper of the ledger's, in words.

use crate::model::{LedgerInvoice, money};

/// Most payments that are named as what locks a paper.
const MOST_NAMED: usize = 3;

/// Which money on a paper is why it cannot be changed, as the end of a sentence; nothing where there is none.
pub(super) fn locked_by(paper: &LedgerInvoice) -> String {
    let paid = paper.payments.iter();
    let mut told: Vec<String> = paid
        .map(|p| format!("the payment of {} of {}", money::show(p.amount), p.date))
        .collect();
    let credits = paper.credits.iter();
    told.extend(credits.map(|c| format!("{} of the credit {}", money::show(c.amount), c.name)));
    let more = told.len().saturating_sub(MOST_NAMED);
    told.truncate(MOST_NAMED);
    if more > 0 {
        told.push(format!("{more} more"));
    }
    match told.is_empty() {
        true => String::new(),
        false => format!(", since there is money on it: {}", told.join(", ")),
    }
}
