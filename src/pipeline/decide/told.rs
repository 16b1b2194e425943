//! In which order the payments of a document are told, and which of what holds them is told as what holds the document. One law
//! for every hold: it asks nothing of the order in which things were read.

use super::decision::PaymentDecision;
use crate::model::codes::{self, Code};
use crate::model::{Payment, Reason, Verdict};
use std::collections::BTreeMap;

/// Of a payment that waits, and for which its document is not held by itself.
pub const WAITING: [Code; 2] = [codes::PAYMENT_WAITS, codes::PAYMENT_RELEASE];

/// Puts payments into the order in which they are told: by day; of one day what the source no longer names first, the others as
/// they came (`list`).
pub(super) fn in_order(all: &mut [PaymentDecision], list: &[&Payment]) {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (n, p) in list.iter().enumerate() {
        places.entry(p.id.as_str()).or_insert(n);
    }
    all.sort_by_cached_key(|p| (p.date, places.get(p.id.as_str()).copied(), p.id.clone()));
}

/// What holds the document of some payments that are in that order: the first that is held; what may be just another's money
/// comes after all that is held by itself.
pub fn holding(all: &[PaymentDecision]) -> Option<Reason> {
    let held = all.iter().filter_map(|p| match &p.verdict {
        Verdict::Hold(r) if !r.is_one_of(&WAITING) => Some((p, r)),
        _ => None,
    });
    // Of several alike the first counts.
    let (p, reason) = held.min_by_key(|(_, r)| r.is(codes::PAYMENT_OTHER))?;
    Some(reason.clone().of_payment(&p.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PaymentKind;
    use chrono::{Days, NaiveDate};
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    const CODES: [Code; 5] = [
        codes::PAYMENT_REMOVED,
        codes::PAYMENT_OTHER,
        codes::PAYMENT_CHANGED,
        codes::PAYMENT_WAITS,
        codes::PAYMENT_RELEASE,
    ];

    fn day(n: u64) -> NaiveDate {
        NaiveDate::default() + Days::new(n)
    }

    fn named(id: usize, date: u64) -> Payment {
        Payment {
            id: id.to_string(),
            kind: PaymentKind::Payment,
            date: day(date),
            at: None,
            amount: Decimal::ONE,
            method: String::new(),
            reference: String::new(),
            refunds: String::new(),
            settled: true,
        }
    }

    fn told(id: usize, date: u64, verdict: usize) -> PaymentDecision {
        let hold = |code: &Code| Verdict::Hold(Reason::new(*code, id.to_string(), ""));
        let mut one = PaymentDecision::of(&id.to_string(), day(date), Decimal::ONE);
        one.verdict = CODES.get(verdict).map_or(Verdict::Keep, hold);
        one
    }

    proptest! {
        /// Some payments, each with its day, its verdict, and whether the source names it; told in two orders of reading.
        #[test]
        fn what_holds_is_the_same_in_whatever_order_things_were_read(
            (first, second) in proptest::collection::vec((0u64..3, 0..=CODES.len(), any::<bool>()), 0..8)
                .prop_flat_map(|all| {
                    let all: Vec<_> = all.into_iter().enumerate().collect();
                    (Just(all.clone()), Just(all).prop_shuffle())
                }),
        ) {
            let list: Vec<Payment> = (first.iter())
                .filter(|(_, (.., named))| *named)
                .map(|(id, (date, ..))| named(*id, *date))
                .collect();
            let list: Vec<&Payment> = list.iter().collect();
            let read = |of: &[(usize, (u64, usize, bool))]| {
                let mut all: Vec<_> = of.iter().map(|(id, (date, verdict, _))| told(*id, *date, *verdict)).collect();
                in_order(&mut all, &list);
                all
            };
            let (first, second) = (read(&first), read(&second));
            prop_assert_eq!(&first, &second);
            let holds = holding(&first);
            prop_assert_eq!(&holds, &holding(&second));
            let is = |codes: &[Code]| first.iter().any(|p| p.verdict.reason().is_some_and(|r| r.is_one_of(codes)));
            // What is held by itself is told before what may be just that, and what only waits holds nothing.
            let itself = is(&[codes::PAYMENT_REMOVED, codes::PAYMENT_CHANGED]);
            prop_assert_eq!(holds.is_some(), itself || is(&[codes::PAYMENT_OTHER]));
            if let Some(holds) = holds {
                prop_assert_eq!(holds.is(codes::PAYMENT_OTHER), !itself);
            }
        }
    }
}
