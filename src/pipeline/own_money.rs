//! What of a source's own money may be the money that comes back to it from the ledger. Pure.
//!
//! Two books that are kept by two people rarely agree in how they part a sum: a cheque of 50 is one row here and two there. So
//! sums are held against sums, and not rows against rows; what may be the same waits for a person's word on both sides.

use crate::model::LedgerPayment;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// How many different sums are made of some payments; of more, any may be the same.
const MOST: usize = 4_096;

/// For how long after a payment went forward another of its sum may be that very one, entered once more from a bank's list, in days.
const TWICE_D: i64 = 14;

/// What some sums come to, each with or without every other: the empty choice too. `None` where there are too many.
fn choices(sums: impl Iterator<Item = Decimal>) -> Option<BTreeSet<Decimal>> {
    let mut all = BTreeSet::from([Decimal::ZERO]);
    for sum in sums {
        let with: Vec<Decimal> = all.iter().map(|before| before + sum).collect();
        all.extend(with);
        if all.len() > MOST {
            return None;
        }
    }
    Some(all)
}

/// How much of what the source has of its own may be the money that comes back to it: all that it has, where some of that comes to
/// the sum of what comes, alone or with some of what is yet to come (`later`). Any other is what goes forward by itself.
pub(super) fn may_be_brought<'p>(
    amount: Decimal,
    later: &[Decimal],
    own: impl Iterator<Item = &'p LedgerPayment>,
) -> Decimal {
    let sums: Vec<Decimal> = own.map(|p| p.amount).collect();
    let all: Decimal = sums.iter().sum();
    let theirs = choices(sums.iter().copied());
    let ours = choices(later.iter().copied());
    let same = match theirs.zip(ours) {
        None => !sums.is_empty(),
        Some((theirs, ours)) => ours.iter().any(|rest| theirs.contains(&(amount + rest))),
    };
    if same { all } else { Decimal::ZERO }
}

/// What went forward from the source itself, of the same sum and about the same day: the one that comes may be that, entered
/// once more in the ledger.
pub(super) fn entered_twice<'p>(
    (amount, day): (Decimal, NaiveDate),
    own: impl Iterator<Item = &'p LedgerPayment>,
) -> Option<&'p LedgerPayment> {
    let near = |p: &&LedgerPayment| (day - p.date).num_days().abs() <= TWICE_D;
    let mut same = own.filter(|p| p.mark.is_none() && p.amount == amount);
    same.find(near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(sums: &[i64]) -> Vec<LedgerPayment> {
        let one = |s: &i64| LedgerPayment {
            id: String::new(),
            date: NaiveDate::MIN,
            amount: Decimal::from(*s),
            reference: String::new(),
            mark: None,
            on_document: String::new(),
        };
        sums.iter().map(one).collect()
    }

    fn held(amount: i64, later: &[i64], own: &[i64]) -> bool {
        let later: Vec<Decimal> = later.iter().copied().map(Decimal::from).collect();
        !may_be_brought(Decimal::from(amount), &later, of(own).iter()).is_zero()
    }

    #[test]
    fn one_sum_that_is_parted_otherwise_is_the_same_money() {
        assert!(held(20, &[30], &[50]));
        assert!(held(50, &[], &[20, 30]));
        assert!(held(20, &[7, 30], &[50]));
        assert!(held(50, &[], &[50, 9]));
        assert!(!held(60, &[], &[50]));
        assert!(!held(7, &[20, 30], &[50]));
        assert!(!held(60, &[], &[]));
    }

    proptest! {
        /// Whichever of the two books parts a sum, and into how many: it waits.
        #[test]
        fn a_sum_is_known_however_it_is_parted(
            parts in prop::collection::vec(1i64..500, 1..7),
            others in prop::collection::vec(1i64..500, 0..3),
        ) {
            let whole: i64 = parts.iter().sum();
            let mut own = parts.clone();
            own.extend(&others);
            prop_assert!(held(whole, &[], &own));
            let (first, rest) = (parts[0], &parts[1..]);
            prop_assert!(held(first, rest, &[whole]));
        }
    }
}
