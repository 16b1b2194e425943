//! What a look-up saw, judged: whether it is ours, and whether it is as we sent it. Pure.
//!
//! Flows in: a write and what the ledger holds where it should be. Flows out: [`Seen`]. What is not plainly
//! ours is never taken for it.

use super::compare::{Compare, differences};
use super::plant;
use super::rebase::rebased;
use super::taken::{cancelled, number_taken, other_currency, stamp_missing};
use super::write::WriteRow;
use crate::connectors::Posted;
use crate::model::codes;
use crate::model::{Draft, InvoiceDraft, Kind, LedgerContact, LedgerInvoice, Reason, TargetFacts};

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
pub(super) fn may_be_the_same(d: &InvoiceDraft, f: &LedgerInvoice) -> bool {
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
