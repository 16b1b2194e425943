//! A law: of a paper that stands as it was agreed nothing is told; of any other, each thing that was done to it once, with both
//! figures, and so that one can be told from another.

use super::bed::tenant;
use crossfoot::model::{
    AppliedCredit, BookId, DriftKind, Fingerprint, Key, Kind, LedgerInvoice, LedgerPayment, Link,
    LinkMade, NaturalKey, Standing,
};
use crossfoot::pipeline::drift::between;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

fn key(book: &str, kind: Kind, id: &str) -> Key {
    Key::new(&BookId::stored(book), kind, &id.into())
}

fn link(kind: Kind, id: &str, cents: i64) -> Link {
    Link {
        thing: key("keap", kind, id),
        other: key("xero", kind, &format!("there-{id}")),
        made: LinkMade::Ours,
        number: id.to_owned(),
        version: String::new(),
        other_version: String::new(),
        draft: Fingerprint::of(b""),
        amount: Decimal::new(cents, 2),
        upon: None,
    }
}

fn payment(link: &Link, id: &str, mark: Option<String>) -> LedgerPayment {
    LedgerPayment {
        id: id.to_owned(),
        date: "2026-07-12".parse().unwrap(),
        amount: link.amount,
        reference: String::new(),
        mark,
        on_document: String::new(),
    }
}

/// A paper with what stands on it.
fn paper(
    total: Decimal,
    payments: Vec<LedgerPayment>,
    credits: Vec<AppliedCredit>,
) -> LedgerInvoice {
    let paid: Decimal = payments.iter().map(|p| p.amount).sum();
    let credited: Decimal = credits.iter().map(|c| c.amount).sum();
    LedgerInvoice {
        kind: Kind::Invoice,
        standing: Standing::Open,
        mark: None,
        id: "there-1041".to_owned(),
        number: "1041".to_owned(),
        reference: String::new(),
        status: "OPEN".to_owned(),
        contact_id: String::new(),
        contact_name: String::new(),
        date: None,
        due: None,
        currency: "AUD".to_owned(),
        no_total: false,
        total,
        amount_due: total - paid - credited,
        credits,
        amount_paid: Decimal::ZERO,
        tax_mode: None,
        lines: Vec::new(),
        payments,
        pending: Vec::new(),
        version: String::new(),
        editable: true,
        may: BTreeSet::new(),
        payable: true,
    }
}

/// What became of a payment of ours on the paper.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Stays,
    Deleted,
    /// Deleted, and entered anew with our stamp.
    Anew,
    /// Its sum is another one.
    Resummed,
    /// Deleted, and entered anew with our stamp and another sum.
    AnewResummed,
}

impl Fate {
    fn is_resummed(self) -> bool {
        matches!(self, Fate::Resummed | Fate::AnewResummed)
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        Just(Fate::Stays),
        Just(Fate::Deleted),
        Just(Fate::Anew),
        Just(Fate::Resummed),
        Just(Fate::AnewResummed)
    ]
}

proptest! {
    #[test]
    fn what_was_done_is_told_once_and_nothing_else(
        total in 1_i64..1_000_000,
        more in prop_oneof![Just(0_i64), -500_i64..500],
        paid in prop::collection::vec((1_i64..10_000, fate()), 0..6),
        others in 0_usize..3,
        credited in prop::collection::vec(1_i64..5_000, 0..3),
        unnamed in prop_oneof![Just(0_i64), 1_i64..500],
        over in prop::bool::weighted(0.2),
    ) {
        let ours = link(Kind::Invoice, "1041", total);
        let links: Vec<Link> = (paid.iter().enumerate())
            .map(|(n, (cents, _))| link(Kind::Payment, &format!("p{n}"), *cents))
            .collect();
        let mut there = Vec::new();
        for (link, (_, fate)) in links.iter().zip(&paid) {
            let mark = NaturalKey::new(&tenant(), &link.thing, "create").marker().0;
            match fate {
                Fate::Stays | Fate::Resummed => there.push(payment(link, &link.other.id.0, Some(mark))),
                Fate::Anew | Fate::AnewResummed => there.push(payment(link, "by-hand", Some(mark))),
                Fate::Deleted => {}
            }
            if let (true, Some(last)) = (fate.is_resummed(), there.last_mut()) {
                last.amount += Decimal::new(7, 2);
            }
        }
        // What other people put to it is nothing that was done to ours: it is told as theirs, each entry by itself.
        there.extend((0..others).map(|n| payment(&ours, &format!("theirs-{n}"), None)));
        let credits = credited.iter().enumerate().map(|(n, cents)| AppliedCredit {
            name: format!("CN-{n}"),
            date: None,
            amount: Decimal::new(*cents, 2),
        });
        let mut copy = paper(Decimal::new(total + more, 2), there, credits.collect());
        // The ledger may show less of it than it counts.
        copy.amount_due -= Decimal::new(unnamed, 2);
        if over {
            copy.standing = Standing::Cancelled;
        }
        let told = between(&tenant(), &ours, (&links, &BTreeSet::new()), &copy);
        let signs: BTreeSet<String> = told.iter().map(|d| d.sign()).collect();
        prop_assert_eq!(signs.len(), told.len());
        if over {
            prop_assert_eq!(told.len(), 1);
            prop_assert_eq!(told[0].kind, DriftKind::Cancelled);
            prop_assert_eq!(told[0].was, ours.amount);
            return Ok(());
        }
        let of = |kind| told.iter().filter(move |d| d.kind == kind);
        let own = |d: &&crossfoot::model::Drift| d.of == ours.thing;
        let totals: Vec<_> = of(DriftKind::Total).filter(own).map(|d| (d.was, d.is)).collect();
        let resummed: Vec<_> = of(DriftKind::Total).filter(|d| d.of != ours.thing)
            .map(|d| (d.of.clone(), d.was, d.is)).collect();
        let other: Vec<_> = links.iter().zip(&paid).filter(|(_, (_, fate))| fate.is_resummed())
            .map(|(l, _)| (l.thing.clone(), l.amount, l.amount + Decimal::new(7, 2))).collect();
        prop_assert_eq!(resummed, other);
        match more {
            0 => prop_assert!(totals.is_empty()),
            _ => prop_assert_eq!(totals, vec![(ours.amount, copy.total)]),
        }
        let deleted: Vec<&Key> = of(DriftKind::PaymentDeleted).map(|d| &d.of).collect();
        let wanted: Vec<&Key> = links.iter().zip(&paid)
            .filter(|(_, (_, fate))| *fate == Fate::Deleted)
            .map(|(l, _)| &l.thing)
            .collect();
        prop_assert_eq!(deleted, wanted);
        let theirs = Decimal::from(others as u64) * ours.amount
            + Decimal::new(credited.iter().sum::<i64>() + unnamed, 2);
        let balances: Vec<_> = of(DriftKind::Balance).collect();
        prop_assert_eq!(balances.len(), usize::from(!theirs.is_zero()));
        for d in balances {
            prop_assert_eq!((d.was, d.is), (Decimal::ZERO, theirs));
            prop_assert_eq!(d.entries.iter().map(|e| e.amount).sum::<Decimal>(), theirs);
            prop_assert_eq!(d.entries.len(), others + credited.len() + usize::from(unnamed > 0));
        }
        let summed = [DriftKind::Total, DriftKind::Balance];
        prop_assert!(told.iter().all(|d| summed.contains(&d.kind) || d.is.is_zero()));
    }
}

/// A credit of the contact is there, comes to another sum, or was deleted; what it is allocated to is nobody's doing against it.
#[test]
fn a_credit_that_was_deleted_is_told_as_itself() {
    let credit = link(Kind::Overpayment, "80", 4_000);
    for over in [false, true] {
        let mut there = paper(credit.amount, Vec::new(), Vec::new());
        there.kind = Kind::Overpayment;
        there.id = credit.other.id.0.clone();
        if over {
            there.standing = Standing::Cancelled;
        }
        there.amount_due -= Decimal::new(1_000, 2);
        let mut less = there.clone();
        less.total -= Decimal::new(500, 2);
        let of_less = between(&tenant(), &credit, (&[], &BTreeSet::new()), &less);
        let of_less: Vec<_> = of_less.iter().map(|d| (d.kind, &d.of)).collect();
        let kind = if over {
            DriftKind::PaymentDeleted
        } else {
            DriftKind::Total
        };
        assert_eq!(of_less, [(kind, &credit.thing)]);
        let told = between(&tenant(), &credit, (&[], &BTreeSet::new()), &there);
        let told: Vec<_> = told.iter().map(|d| (d.kind, &d.of, d.was)).collect();
        let want = (DriftKind::PaymentDeleted, &credit.thing, credit.amount);
        assert_eq!(told, if over { vec![want] } else { vec![] });
    }
}
