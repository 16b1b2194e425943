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

/// Whether a paper has a payment that is ours by its stamp, be it entered anew under another id.
pub fn carries(tenant: &TenantId, payment: &Key, paper: &LedgerInvoice) -> bool {
    let mark = NaturalKey::new(tenant, payment, "create").marker().0;
    let ours = |m: &Option<String>| m.as_deref() == Some(mark.as_str());
    paper.payments.iter().any(|p| ours(&p.mark))
}

/// What differs on one paper. Of a paper that is cancelled its payments are not told one by one: they went with it.
pub fn between(
    tenant: &TenantId,
    link: &Link,
    on_it: &[Link],
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
    // Of some links of long ago it is not known what they came to.
    if !credit && !link.amount.is_zero() && paper.total != link.amount {
        let kind = DriftKind::Total;
        all.push(drift(kind, of, &paper.id, link.amount, paper.total));
    }
    if !note {
        let entries = others(on_it, paper);
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
        let there = paper.payments.iter().any(|p| p.id == paid.other.id.0);
        if there || carries(tenant, &paid.thing, paper) {
            continue;
        }
        let (kind, of) = (DriftKind::PaymentDeleted, paid.thing.clone());
        all.push(drift(
            kind,
            of,
            &paid.other.id.0,
            paid.amount,
            Decimal::ZERO,
        ));
    }
    all
}

/// What is put to a paper that stands for none of ours: payments without a stamp that no link leads to, and credits. What the
/// paper owes less than these say is told without a name.
fn others(on_it: &[Link], paper: &LedgerInvoice) -> Vec<OthersEntry> {
    let linked = |p: &LedgerPayment| on_it.iter().any(|l| l.other.id.0 == p.id);
    let (ours, theirs): (Vec<_>, Vec<_>) =
        (paper.payments.iter()).partition(|p| p.mark.is_some() || linked(p));
    let payment = |p: &&LedgerPayment| OthersEntry {
        credit: false,
        name: p.id.clone(),
        date: Some(p.date),
        amount: p.amount,
    };
    let mut out: Vec<OthersEntry> = theirs.iter().map(payment).collect();
    out.extend(paper.credits.iter().map(|c| OthersEntry {
        credit: true,
        name: c.name.clone(),
        date: c.date,
        amount: c.amount,
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
        });
    }
    out
}
