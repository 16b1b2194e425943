//! Money that a look-up saw on its document, judged: whether it is ours, and whether it may be what is about to go. Pure.
//!
//! Flows in: a write of money and the document as the ledger shows it. Flows out: [`Seen`]. What is not plainly another's holds,
//! until a person says which it is.

use super::judge::{Seen, may_be_the_same};
use super::own_money::{entered_twice, may_be_brought};
use super::taken::{LEFT_DELETED, deleted};
use super::write::WriteRow;
use crate::connectors::Posted;
use crate::model::codes;
use crate::model::cure::quoted;
use crate::model::{Draft, LedgerInvoice, LedgerPayment, Reason, money};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// So many deleted payments are named.
const TOLD: usize = 3;

/// Judges a look-up of a payment that may have left, by the payments on its document.
///
/// `others` is what was put to the document without a stamp, by whatever means, and `due` what it still owes. One without
/// a stamp may be this very payment, made by hand: unless a person was shown it and called it another one, it holds. Our
/// own of another amount holds too, until a person has settled the payment with it.
pub fn judge_payment(
    w: &WriteRow,
    (others, due): (Decimal, Decimal),
    (payments, pending): (&[LedgerPayment], &[LedgerPayment]),
) -> Seen {
    let Draft::Payment(d) = &w.draft else {
        return Seen::Absent;
    };
    let ours = payments
        .iter()
        .find(|p| p.mark.as_deref() == Some(w.marker.as_str()));
    if let Some(p) = ours {
        if p.amount == d.amount || w.needs.known.contains(&p.id) {
            return Seen::Ours(paid(p));
        }
        let entry = quoted(&p.id);
        return Seen::Other(
            Reason::new(
                codes::PAYMENT_DIFFERS,
                format!(
                    "a payment with our stamp is there, but it is of {} and not {}",
                    p.amount, d.amount
                ),
                format!(
                    "compare the payment in the ledger with the source's and correct the wrong one, then `crossfoot retry TENANT NUMBER`; if the ledger's is right as it is, `crossfoot settle TENANT NUMBER --payment PAYMENT --as {entry} --why \"...\"`"
                ),
            )
            .of_payment(&w.of.id.0),
        );
    }
    let unknown = |p: &LedgerPayment| p.mark.is_none() && !w.needs.known.contains(&p.id);
    let others = match &w.needs.brought {
        None => others,
        Some(_) => {
            let own = payments.iter().chain(pending).filter(|p| unknown(p));
            may_be_brought(d.amount, &w.needs.apart, own)
        }
    };
    let vouched = w.needs.vouched && !payments.iter().any(unknown);
    let coming: Vec<&LedgerPayment> = pending.iter().filter(|p| unknown(p)).collect();
    if let Some(p) = coming.iter().find(|p| p.amount == d.amount) {
        return Seen::Other(on_its_way(w, &[*p]));
    }
    if others > Decimal::ZERO && !vouched {
        return Seen::Other(match w.needs.brought.is_some() && !coming.is_empty() {
            true => on_its_way(w, &coming),
            false => by_others(w, others, due >= d.amount),
        });
    }
    Seen::Absent
}

/// Judges a payment that had left, and that the ledger tells of as deleted.
pub fn judge_deleted(w: &WriteRow) -> Seen {
    let Draft::Payment(d) = &w.draft else {
        return Seen::Absent;
    };
    let (id, sum) = (&w.of.id.0, money::show(d.amount));
    let what = format!("payment {id} of {sum} had arrived, and somebody deleted it in the ledger");
    Seen::Other(deleted(what).of_payment(id))
}

/// A payment that may have arrived and been deleted: the ledger tells that some were, each with when, and not whose they were.
pub fn judge_may_be_deleted(w: &WriteRow, deleted: &[(String, DateTime<Utc>)]) -> Seen {
    let Draft::Payment(d) = &w.draft else {
        return Seen::Absent;
    };
    let (id, sum) = (&w.of.id.0, money::show(d.amount));
    let some: Vec<String> = (deleted.iter().take(TOLD))
        .map(|(id, at)| format!("{id} on {}", at.format("%Y-%m-%d at %H:%M UTC")))
        .collect();
    let more = match deleted.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let what = format!(
        "payment {id} of {sum} may have arrived and been deleted since: an older backup was put back, the ledger has deleted payments that this one does not know ({}{more}), and it does not tell whose they were",
        some.join(", ")
    );
    let reason = Reason::new(
        codes::PAYMENT_DELETED,
        what,
        format!(
            "see in the ledger's own log of changes whether it is one of these; where it is none, `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` sends it, as it makes one anew that is to be there; {LEFT_DELETED}"
        ),
    );
    Seen::Other(reason.of_payment(id))
}

fn paid(p: &LedgerPayment) -> Posted {
    Posted {
        id: p.id.clone(),
        number: String::new(),
        version: String::new(),
        total: Some(p.amount),
        applied: None,
        warnings: Vec::new(),
    }
}

/// `room`: whether the ledger would take ours beside it, since a word that can only be refused is no cure.
fn by_others(w: &WriteRow, amount: Decimal, room: bool) -> Reason {
    let other = match room {
        true => "`crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` sends ours too",
        // Money that came in is not taken out of the ledger to make room.
        false => {
            "both are more than the document owes there: enter ours by hand as money of the contact beyond it, then `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`; where that one was a mistake, delete it, then `crossfoot retry TENANT NUMBER`"
        }
    };
    Reason::new(
        codes::PAYMENT_OTHER,
        format!("somebody else put {amount} to the document"),
        format!(
            "see in the ledger whether that is this payment: if it is the same one, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; if it is another, {other}"
        ),
    )
    .of_payment(&w.of.id.0)
}

/// Money that is on its way to the document may be this payment.
fn on_its_way(w: &WriteRow, coming: &[&LedgerPayment]) -> Reason {
    let all: Vec<String> = (coming.iter())
        .map(|p| format!("payment {} of {}", p.id, money::show(p.amount)))
        .collect();
    let is = match all.as_slice() {
        [_] => "is",
        _ => "are",
    };
    Reason::new(
        codes::PAYMENT_OTHER,
        format!(
            "{} {is} pending on the document, and may be this money",
            all.join(" and ")
        ),
        "see there whether that is this payment: if it is the same one, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; if it is another, `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` sends ours too; where it failed since, `crossfoot retry TENANT NUMBER`",
    )
    .of_payment(&w.of.id.0)
}

/// Whether a look that holds money says of itself that nothing of ours stands in the ledger: our paper was cancelled, or that
/// which was to be paid was, or is gone. Of what is wanted no more nothing is left to be asked then.
pub fn is_surely_not_there(w: &WriteRow, why: &Reason) -> bool {
    let gone = [
        codes::NUMBER_CLOSED,
        codes::PAYMENT_NOT_OPEN,
        codes::PAYMENT_DOCUMENT_MISSING,
    ];
    let money = w.kind.is_of_money();
    money && why.is_one_of(&gone)
}

/// Judges a payment that has never left, by the document it belongs to. What a person entered may be the same
/// money when it is of the same amount, or when with ours more would stand in the ledger than has come in up to it. What is of
/// the sum of another payment that the source tells, and that is not there, is that one. It holds, until a person says that it
/// is the same one, or that it is another.
pub fn judge_unsent(w: &WriteRow, document: &LedgerInvoice) -> Seen {
    let Draft::Payment(d) = &w.draft else {
        return Seen::Absent;
    };
    let unknown = |p: &&LedgerPayment| p.mark.is_none() && !w.needs.known.contains(&p.id);
    let theirs: Vec<&LedgerPayment> = document.payments.iter().filter(unknown).collect();
    let coming: Vec<&LedgerPayment> = document.pending.iter().filter(unknown).collect();
    let same = theirs.iter().any(|p| p.amount == d.amount);
    let mut there: Decimal = document.payments.iter().map(|p| p.amount).sum();
    let (mut apart, mut unclear) = (w.needs.apart.clone(), false);
    for p in &theirs {
        match apart.iter().position(|sum| *sum == p.amount) {
            Some(at) => there -= apart.swap_remove(at),
            None => unclear = true,
        }
    }
    let brought = w.needs.brought.is_some();
    let alike = brought && may_be_brought_by(w, d.amount, theirs.iter().copied());
    let all = theirs.iter().chain(&coming).copied();
    let comes = coming.iter().any(|p| p.amount == d.amount)
        || (brought && !coming.is_empty() && may_be_brought_by(w, d.amount, all));
    let known = document.payments.iter().filter(|p| !unknown(p));
    let twice = entered_twice((d.amount, d.date), known).filter(|_| brought && !w.needs.vouched);
    if let Some(p) = twice {
        return Seen::Other(by_others(w, p.amount, document.amount_due >= d.amount));
    }
    if same || alike || (unclear && !brought && there + d.amount > w.needs.received) {
        let room = document.amount_due >= d.amount;
        let sum = theirs.iter().map(|p| p.amount).sum();
        return Seen::Other(by_others(w, sum, room));
    }
    // It does not count yet, and may be the very money that is about to be entered.
    if comes {
        return Seen::Other(on_its_way(w, &coming));
    }
    let none = (Decimal::ZERO, document.amount_due);
    judge_payment(w, none, (&document.payments, &[]))
}

/// Whether what the source has of its own may be the money that a write brings to it.
fn may_be_brought_by<'p>(
    w: &WriteRow,
    amount: Decimal,
    own: impl Iterator<Item = &'p LedgerPayment>,
) -> bool {
    !may_be_brought(amount, &w.needs.apart, own).is_zero()
}

/// Judges a credit note for money paid back that has never left, by the notes of its contact: one that a person entered
/// for the same sum, no older than what it credits, may be the same money. So may one of any sum that stood for money of ours
/// before (`before`, by the ledger's ids), until a person took that back.
pub fn judge_refund(
    w: &WriteRow,
    notes: &[LedgerInvoice],
    before: &BTreeSet<String>,
) -> Option<Reason> {
    let (Draft::Invoice(d), Some(from)) = (&w.draft, w.needs.credit_from) else {
        return None;
    };
    let alike = |f: &&LedgerInvoice| {
        let stood = before.contains(&f.id)
            && f.kind == d.kind
            && f.currency == d.currency.code()
            && !f.standing.is_over();
        (stood || may_be_the_same(d, f))
            && f.date.is_none_or(|day| day >= from)
            && !w.needs.known.contains(&f.id)
    };
    let f = notes.iter().find(alike)?;
    let reason = Reason::new(
        codes::REFUND_OTHER,
        format!(
            "the ledger has the credit note {} for \"{}\" over {}, which carries no stamp of ours",
            f.number, f.contact_name, f.total
        ),
        format!(
            "see whether it is this refund: if it is the same money, `crossfoot settle TENANT NUMBER --payment PAYMENT{} --why \"...\"`; if it is another, `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` makes ours too",
            match f.total == d.total {
                true => String::new(),
                false => format!(" --as {}", quoted(&f.id)),
            }
        ),
    );
    Some(reason.of_payment(&w.of.id.0))
}
