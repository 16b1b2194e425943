//! What was done in the ledger to what is posted: our links held against a paper as the ledger shows it. Pure.
//!
//! Flows in: the link of a paper, those of the payments on it, and the paper. Flows out: what differs from what was agreed,
//! with both figures. A change that the source makes too is told here as well; whether it is news is for a decision to say: so
//! is whether money that others put to it makes the two books disagree on what is owed.

use crate::model::{
    Drift, DriftKind, Key, Kind, LedgerInvoice, LedgerPayment, Link, NaturalKey, OthersEntry,
    TenantId,
};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Whether a paper has a payment that is ours by its stamp, be it entered anew under another id.
pub fn carries(tenant: &TenantId, payment: &Key, paper: &LedgerInvoice) -> bool {
    stamped(tenant, payment, paper).next().is_some()
}

/// The payments on a paper that bear the stamp of one of ours.
fn stamped<'p>(
    tenant: &TenantId,
    payment: &Key,
    paper: &'p LedgerInvoice,
) -> impl Iterator<Item = &'p LedgerPayment> {
    let mark = NaturalKey::new(tenant, payment, "create").marker().0;
    let ours = move |p: &&LedgerPayment| p.mark.as_deref() == Some(mark.as_str());
    paper.payments.iter().filter(ours)
}

/// What stands on a paper for a payment of ours: that which it is linked with, else those under its stamp, be they entered anew.
fn standing(tenant: &TenantId, paid: &Link, paper: &LedgerInvoice) -> Option<Decimal> {
    // What is on its way there is not gone: a person may have said that it is ours.
    let mut all = paper.payments.iter().chain(&paper.pending);
    let linked = all.find(|p| p.id == paid.other.id.0);
    if let Some(linked) = linked {
        return Some(linked.amount);
    }
    let mut anew = stamped(tenant, &paid.thing, paper).peekable();
    anew.peek()?;
    Some(anew.map(|p| p.amount).sum())
}

/// What differs on one paper. Of a paper that is cancelled its payments are not told one by one: they went with it.
///
/// `on_it` are the links of what was put to it, `moved` the ledger's ids of payments of ours that were put to other papers: on this
/// one they stand for nothing.
pub fn between(
    tenant: &TenantId,
    link: &Link,
    (on_it, moved): (&[Link], &BTreeSet<String>),
    paper: &LedgerInvoice,
) -> Vec<Drift> {
    let drift = |kind, of: Key, other: &str, was, is| Drift {
        kind,
        of,
        other: other.to_owned(),
        number: paper.number.clone(),
        status: paper.status.clone(),
        was,
        is,
        entries: Vec::new(),
    };
    // A credit of the contact has nothing on it: it is there, or it was deleted.
    let credit = link.thing.kind == Kind::Overpayment;
    // A credit note stands for a refund, and that is what the source knows.
    let note = link.thing.kind == Kind::CreditNote;
    let of = match note {
        true => Key::new(&link.thing.book, Kind::Payment, &link.thing.id),
        false => link.thing.clone(),
    };
    if paper.standing.is_over() {
        let kind = match note || credit {
            true => DriftKind::PaymentDeleted,
            false => DriftKind::Cancelled,
        };
        return vec![drift(kind, of, &paper.id, link.amount, Decimal::ZERO)];
    }
    let mut all = Vec::new();
    let another = paper.comes_to().is_some_and(|is| differs(link, is));
    if another {
        let kind = DriftKind::Total;
        all.push(drift(kind, of, &paper.id, link.amount, paper.total));
    }
    if !note && !credit {
        let entries = others((on_it, moved), paper);
        let sum: Decimal = entries.iter().map(|e| e.amount).sum();
        if sum > Decimal::ZERO {
            all.push(Drift {
                entries,
                ..drift(
                    DriftKind::Balance,
                    link.thing.clone(),
                    &paper.id,
                    Decimal::ZERO,
                    sum,
                )
            });
        }
    }
    for paid in on_it {
        let (kind, is) = match standing(tenant, paid, paper) {
            None => (DriftKind::PaymentDeleted, Decimal::ZERO),
            // A note of another sum is told, and not what pays it out beside it.
            Some(is) if differs(paid, is) && !(note && another) => (DriftKind::Total, is),
            Some(_) => continue,
        };
        let of = paid.thing.clone();
        all.push(drift(kind, of, &paid.other.id.0, paid.amount, is));
    }
    all
}

/// Whether what a link leads to comes to another sum than was agreed. Of some links of long ago it is not known what they came to.
fn differs(link: &Link, is: Decimal) -> bool {
    !link.amount.is_zero() && is != link.amount
}

/// What is put to a paper that stands for none of ours: payments without a stamp that no link leads to, those of ours that were moved
/// here, and credits. What the
/// paper owes less than these say is told without a name.
fn others((on_it, moved): (&[Link], &BTreeSet<String>), paper: &LedgerInvoice) -> Vec<OthersEntry> {
    let linked = |p: &LedgerPayment| on_it.iter().any(|l| l.other.id.0 == p.id);
    let own = |p: &LedgerPayment| p.mark.is_some() && !moved.contains(&p.id);
    let (ours, theirs): (Vec<_>, Vec<_>) =
        (paper.payments.iter()).partition(|p| own(p) || linked(p));
    let payment = |p: &&LedgerPayment| OthersEntry {
        credit: false,
        name: p.id.clone(),
        date: Some(p.date),
        amount: p.amount,
        moved: moved.contains(&p.id),
    };
    let mut out: Vec<OthersEntry> = theirs.iter().map(payment).collect();
    out.extend(paper.credits.iter().map(|c| OthersEntry {
        credit: true,
        name: c.name.clone(),
        date: c.date,
        amount: c.amount,
        moved: false,
    }));
    let ours: Decimal = ours.iter().map(|p| p.amount).sum();
    let named: Decimal = out.iter().map(|e| e.amount).sum();
    let rest = paper.total - paper.amount_due - ours - named;
    if !rest.is_zero() {
        out.push(OthersEntry {
            credit: true,
            name: String::new(),
            date: None,
            amount: rest,
            moved: false,
        });
    }
    out
}
