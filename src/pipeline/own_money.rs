//! What of a source's own money may be the money that comes back to it from the ledger. Pure.

use crate::model::LedgerPayment;
use rust_decimal::Decimal;

/// How much of what the source has of its own may be the very money that comes back to it: one of the same sum, or all of it
/// together. Any other is what goes forward by itself.
pub(super) fn may_be_brought<'p>(
    amount: Decimal,
    own: impl Iterator<Item = &'p LedgerPayment>,
) -> Decimal {
    let sums: Vec<Decimal> = own.map(|p| p.amount).collect();
    let all: Decimal = sums.iter().sum();
    match () {
        () if all == amount => all,
        () if sums.contains(&amount) => amount,
        () => Decimal::ZERO,
    }
}
