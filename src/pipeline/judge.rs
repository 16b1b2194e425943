//! What a look-up saw, judged: whether it is ours, and whether it is as we sent it. Pure.
//!
//! Flows in: a write and what the ledger holds where it should be. Flows out: [`Seen`]. What is not plainly
//! ours is never taken for it.

use super::compare::{Compare, differences};
use super::own_money::{entered_twice, may_be_brought};
use super::plant;
use super::rebase::rebased;
use super::taken::{cancelled, deleted, number_taken, other_currency, stamp_missing};
use super::write::WriteRow;
use crate::connectors::Posted;
use crate::model::codes;
use crate::model::cure::quoted;
use crate::model::{
    Draft, InvoiceDraft, Kind, LedgerContact, LedgerInvoice, LedgerPayment, Reason, TargetFacts,
    money,
};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// What a look-up saw of one write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It is there and it is ours.
    Ours(Posted),
    /// It is not there.
    Absent,
    /// Something is there that is not plainly ours.
    Other(Reason),
}

/// Judges a look-up of a contact by the number we gave it, or by its mark where the ledger's contacts carry no number.
///
/// It is our own by it, whatever name and address a person has given it since.
pub fn judge_contact(w: &WriteRow, found: &[LedgerContact]) -> Seen {
    let number = w.needs.contact_number.as_str();
    let ours = |c: &&LedgerContact| match number {
        "" => c.mark.as_deref() == Some(w.marker.as_str()),
        number => c.number == number,
    };
    match found.iter().find(ours) {
        None => Seen::Absent,
        Some(c) => Seen::Ours(Posted {
            id: c.id.clone(),
            number: c.number.clone(),
            version: c.version.clone(),
            total: None,
            applied: None,
            warnings: Vec::new(),
        }),
    }
}

/// Judges a look-up of an invoice or credit note by its stamp.
///
/// Our own is our own by its stamp, whatever number, sum, contact or day a person has given it since: it is taken, and
/// what differs is for whoever decides on it next. Without the stamp nothing is taken: a number is only a hint, and says
/// nothing outside its type.
pub fn judge_document(
    w: &WriteRow,
    contact_id: &str,
    found: &[LedgerInvoice],
    facts: TargetFacts<'_>,
) -> Seen {
    let Draft::Invoice(d) = &w.draft else {
        return Seen::Absent;
    };
    let of_kind = |f: &&LedgerInvoice| f.kind == d.kind || plant::any_type();
    let marked: Vec<&LedgerInvoice> = (found.iter().filter(of_kind))
        .filter(|f| f.is_marked(&w.marker) && !plant::number_is_enough())
        .collect();
    if let Some(f) = original(&marked, &d.number) {
        if f.standing.is_over() {
            // A credit has no number of its own that would bar another.
            let again = d.kind == Kind::Overpayment && w.needs.vouched;
            return match again {
                true => Seen::Absent,
                false => Seen::Other(cancelled(w, f)),
            };
        }
        if f.currency != d.currency.code() {
            return Seen::Other(other_currency(d, f));
        }
        let as_sent =
            f.contact_id == contact_id && differences(d, f, Compare::Head, facts).is_empty();
        return Seen::Ours(Posted {
            // Of what a person has changed no version is ours.
            version: if as_sent {
                f.version.clone()
            } else {
                String::new()
            },
            ..posted(f)
        });
    }
    let numbered = facts.numbers_ours(d.kind);
    let Some(f) = (found.iter().filter(of_kind)).find(|f| numbered && f.number == d.number) else {
        return Seen::Absent;
    };
    if plant::number_is_enough() || plant::any_type() {
        return Seen::Ours(posted(f));
    }
    Seen::Other(taken(w, d, f, contact_id))
}

/// Of papers that carry one stamp ours is the one that stands, under the number it was sent with, else the one that was
/// changed first; the others are people's copies.
pub fn original<'a>(marked: &[&'a LedgerInvoice], number: &str) -> Option<&'a LedgerInvoice> {
    let rank = |f: &LedgerInvoice| (f.standing.is_over(), f.number != number);
    let first = |a: &&&LedgerInvoice, b: &&&LedgerInvoice| {
        (rank(a), &a.version, &a.id).cmp(&(rank(b), &b.version, &b.id))
    };
    marked.iter().min_by(|a, b| first(a, b)).copied()
}

/// Why a number stands in the ledger's way: what is there does not carry our stamp.
fn taken(w: &WriteRow, d: &InvoiceDraft, f: &LedgerInvoice, contact_id: &str) -> Reason {
    let same = f.contact_id == contact_id && f.total == d.total && f.mark.is_none();
    if same && w.first_sent.is_some() && !f.standing.is_over() {
        return stamp_missing(w, f);
    }
    number_taken(&w.marker, d, f, contact_id)
}

/// Whether a paper without a stamp may be a document of which nothing has ever left: it is for its contact, and of its sum or
/// its day.
pub fn may_have_lost_its_stamp(d: &InvoiceDraft, f: &LedgerInvoice) -> bool {
    let stands = f.kind == d.kind && f.mark.is_none() && !f.standing.is_over();
    stands && (may_be_the_same(d, f) || f.date == Some(d.date))
}

/// Whether one of a contact's papers that came up since ours was sent, without a stamp, is very likely ours.
pub fn judge_without_stamp(
    w: &WriteRow,
    d: &InvoiceDraft,
    papers: &[LedgerInvoice],
) -> Option<Seen> {
    let unknown = |f: &&LedgerInvoice| !w.needs.known.contains(&f.id);
    let f = (papers.iter().filter(unknown)).find(|f| may_be_the_same(d, f))?;
    Some(Seen::Other(stamp_missing(w, f)))
}

/// Whether a paper without a stamp that still stands comes to the same as a draft.
fn may_be_the_same(d: &InvoiceDraft, f: &LedgerInvoice) -> bool {
    f.kind == d.kind
        && f.mark.is_none()
        && !f.standing.is_over()
        && f.total == d.total
        && f.currency == d.currency.code()
}

/// The same of papers that our own application made since ours was sent, whatever people have made of their number, sum,
/// contact and reference: one of them is very likely ours.
pub fn judge_made(w: &WriteRow, papers: &[LedgerInvoice]) -> Option<Seen> {
    let unknown = |f: &&LedgerInvoice| !w.needs.known.contains(&f.id);
    let stands = |f: &&LedgerInvoice| f.mark.is_none() && !f.standing.is_over();
    let f = papers.iter().filter(unknown).find(stands)?;
    Some(Seen::Other(stamp_missing(w, f)))
}

fn posted(f: &LedgerInvoice) -> Posted {
    Posted {
        id: f.id.clone(),
        number: f.number.clone(),
        version: f.version.clone(),
        total: Some(f.total),
        applied: None,
        warnings: Vec::new(),
    }
}

/// Whether the ledger's copy is the draft in everything that a draft says: a sum that agrees is not enough,
/// since a change of a text or an account leaves it as it was.
fn as_drafted(d: &InvoiceDraft, w: &WriteRow, f: &LedgerInvoice, facts: TargetFacts<'_>) -> bool {
    (facts.statuses_of(d.kind).is_empty()
        || f.status == d.status
        || f.status == w.needs.update_status)
        && (w.needs.contact_id.is_empty() || f.contact_id == w.needs.contact_id)
        && differences(d, f, Compare::Everything, facts).is_empty()
}

/// Judges a look-up of an update by what the document is now.
pub fn judge_update(w: &WriteRow, found: Option<&LedgerInvoice>, facts: TargetFacts<'_>) -> Seen {
    let Draft::Invoice(d) = &w.draft else {
        return Seen::Absent;
    };
    let Some(f) = found else {
        return Seen::Other(Reason::new(
            codes::UPDATE_MISSING,
            format!("document {} is no longer in the ledger", d.number),
            "check in the ledger whether it was deleted; `crossfoot retry TENANT NUMBER` once it is settled",
        ));
    };
    if f.version == w.needs.update_version {
        return Seen::Absent;
    }
    // Who made it so does not matter: when all of it is as we want it, there is nothing left to send.
    if as_drafted(d, w, f, facts) {
        return Seen::Ours(posted(f));
    }
    // It has another version because money was put to it, and says the same.
    if rebased(w, f, facts).is_some() {
        return Seen::Absent;
    }
    let differs: Vec<String> = differences(d, f, Compare::Everything, facts)
        .iter()
        .map(|d| format!("{}: ours says {}, the ledger {}", d.field, d.want, d.is))
        .collect();
    Seen::Other(Reason::new(
        codes::UPDATE_CONFLICT,
        format!(
            "{} was changed in the ledger meanwhile. {}",
            d.number,
            differs.join("; ")
        ),
        "compare the two in the ledger: `crossfoot retry TENANT NUMBER` sends ours, `crossfoot skip TENANT NUMBER --why \"...\"` leaves the ledger's",
    ))
}

/// Judges a look-up of a payment that may have left, by the payments on its document.
///
/// `others` is what was put to the document without a stamp, by whatever means, and `due` what it still owes. One without
/// a stamp may be this very payment, made by hand: unless a person was shown it and called it another one, it holds. Our
/// own of another amount holds too, until a person has settled the payment with it.
pub fn judge_payment(
    w: &WriteRow,
    (others, due): (Decimal, Decimal),
    payments: &[LedgerPayment],
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
            let own = payments.iter().filter(|p| unknown(p));
            may_be_brought(d.amount, &w.needs.apart, own)
        }
    };
    let vouched = w.needs.vouched && !payments.iter().any(unknown);
    if others > Decimal::ZERO && !vouched {
        return Seen::Other(by_others(w, others, due >= d.amount));
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
    let own = theirs.iter().copied();
    let alike = brought && !may_be_brought(d.amount, &w.needs.apart, own).is_zero();
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
    let none = (Decimal::ZERO, document.amount_due);
    judge_payment(w, none, &document.payments)
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
