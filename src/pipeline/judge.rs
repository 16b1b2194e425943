//! What a look-up saw, judged: whether it is ours, and whether it is as we sent it. Pure.
//!
//! Flows in: a write and what the ledger holds where it should be. Flows out: [`Seen`]. What is not plainly
//! ours is never taken for it.

use super::write::WriteRow;
use crate::connectors::Posted;
use crate::connectors::stamp::{STAMP, stamp, unstamped};
use crate::model::codes;
use crate::model::{
    Draft, InvoiceDraft, LedgerContact, LedgerInvoice, LedgerLine, LedgerPayment, LineDraft, Reason,
};
use rust_decimal::Decimal;

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

/// Judges a look-up of a contact by the number we gave it.
pub fn judge_contact(number: &str, name: &str, found: &[LedgerContact]) -> Seen {
    let Some(c) = found
        .iter()
        .find(|c| !number.is_empty() && c.number == number)
    else {
        return Seen::Absent;
    };
    if !c.name.trim().eq_ignore_ascii_case(name.trim()) {
        return Seen::Other(Reason::new(
            codes::CONTACT_NUMBER_TAKEN,
            format!(
                "the ledger's contact \"{}\" already carries the number {number} meant for \"{name}\"",
                c.name
            ),
            "compare the two contacts in the ledger; rename or clear the number of the wrong one, then retry",
        ));
    }
    Seen::Ours(Posted {
        id: c.id.clone(),
        number: c.number.clone(),
        version: String::new(),
        total: None,
        warnings: Vec::new(),
    })
}

/// Judges a look-up of an invoice or credit note by its number.
///
/// It is ours only when stamp, sum, contact, currency and date all agree.
pub fn judge_document(w: &WriteRow, contact_id: &str, found: &[LedgerInvoice]) -> Seen {
    let Draft::Invoice(d) = &w.draft else {
        return Seen::Absent;
    };
    let same_number: Vec<&LedgerInvoice> = found.iter().filter(|f| f.number == d.number).collect();
    let ours = |f: &&&LedgerInvoice| f.reference.contains(&stamp(&w.marker));
    // One that was cancelled there, and whose number a person has freed, may stand beside the one of today.
    let Some(f) = same_number
        .iter()
        .find(|f| ours(f) && !closed(f))
        .or_else(|| same_number.iter().find(ours))
        .or_else(|| same_number.first())
    else {
        return Seen::Absent;
    };
    let mut differs = Vec::new();
    if !f.reference.contains(&stamp(&w.marker)) {
        differs.push("it does not carry our stamp".to_owned());
    }
    if f.total != d.total {
        differs.push(format!("it comes to {} and not {}", f.total, d.total));
    }
    if f.contact_id != contact_id {
        differs.push(format!("it is for \"{}\"", f.contact_name));
    }
    if f.currency != d.currency.code() {
        differs.push(format!("it is in {}", f.currency));
    }
    if f.date != Some(d.date) {
        differs.push("it has another date".to_owned());
    }
    if closed(f) {
        if f.reference.contains(&stamp(&w.marker)) {
            return Seen::Other(cancelled(f));
        }
        differs.push(format!("it stands there as {}", f.status));
    }
    if !differs.is_empty() {
        let stamped = f.reference.contains(&stamp(&w.marker));
        return Seen::Other(Reason::new(
            if stamped {
                codes::NUMBER_DIFFERS
            } else {
                codes::NUMBER_TAKEN
            },
            format!(
                "the ledger already has a document numbered {}, and it is not plainly ours: {}",
                d.number,
                differs.join(", ")
            ),
            "renumber one of the two, then retry; where that document is no longer good there, `crossfoot unlink TENANT NUMBER`",
        ));
    }
    Seen::Ours(posted(f))
}

fn cancelled(f: &LedgerInvoice) -> Reason {
    Reason::new(
        codes::NUMBER_CLOSED,
        format!(
            "the ledger has {} already, and there it is {}",
            f.number, f.status
        ),
        "where it is to be there anew, give it another number in a `map_invoice` rule, then `crossfoot unlink TENANT NUMBER`",
    )
}

/// Whether a document was cancelled in the ledger: nothing can be changed on it or paid to it.
fn closed(f: &LedgerInvoice) -> bool {
    !f.editable
        && !f.payable
        && f.amount_paid.is_zero()
        && f.amount_due.is_zero()
        && !f.total.is_zero()
}

fn posted(f: &LedgerInvoice) -> Posted {
    Posted {
        id: f.id.clone(),
        number: f.number.clone(),
        version: f.version.clone(),
        total: Some(f.total),
        warnings: Vec::new(),
    }
}

/// Whether the ledger's copy is the draft in everything that a draft says: a sum that agrees is not enough,
/// since a change of a text or an account leaves it as it was.
fn as_drafted(d: &InvoiceDraft, w: &WriteRow, f: &LedgerInvoice) -> bool {
    let head = f.total == d.total
        && f.number == d.number
        && f.date == Some(d.date)
        && (d.due.is_none() || f.due == d.due)
        && f.currency == d.currency.code()
        && (f.status == d.status || f.status == w.needs.update_status)
        && f.tax_mode.is_none_or(|mode| mode == d.tax_mode)
        && (w.needs.contact_id.is_empty() || f.contact_id == w.needs.contact_id)
        && kept(&d.reference, unstamped(&f.reference));
    head && f.lines.len() == d.lines.len()
        && (d.lines.iter().zip(&f.lines)).all(|(want, is)| same_line(want, is))
}

fn same_line(want: &LineDraft, is: &LedgerLine) -> bool {
    let text = match want.description.trim() {
        // The ledger wants at least one character.
        "" => matches!(is.description.trim(), "" | "-"),
        wanted => kept(wanted, &is.description),
    };
    text && is.quantity == want.quantity
        && is.unit_amount == want.unit_amount
        && is.account == want.account
        && (want.tax.is_empty() || is.tax == want.tax)
        && is.item == want.item
        && is.tracking == want.tracking
}

/// Whether a text is the one we sent, which the ledger may have cut at its own length.
fn kept(sent: &str, is: &str) -> bool {
    /// Shorter texts are never cut: no ledger has a smaller room for a reference.
    const SHORT: usize = 200;
    let (sent, is) = (sent.trim(), is.trim());
    sent == is || (is.chars().count() >= SHORT && sent.starts_with(is))
}

/// Judges a look-up of an update by what the document is now.
pub fn judge_update(w: &WriteRow, found: Option<&LedgerInvoice>) -> Seen {
    let Draft::Invoice(d) = &w.draft else {
        return Seen::Absent;
    };
    let Some(f) = found else {
        return Seen::Other(Reason::new(
            codes::UPDATE_MISSING,
            format!("document {} is no longer in the ledger", d.number),
            "check in the ledger whether it was deleted; `crossfoot retry` once it is settled",
        ));
    };
    if f.version == w.needs.update_version {
        return Seen::Absent;
    }
    // Who made it so does not matter: when all of it is as we want it, there is nothing left to send.
    if as_drafted(d, w, f) {
        return Seen::Ours(posted(f));
    }
    Seen::Other(Reason::new(
        codes::UPDATE_CONFLICT,
        format!("{} was changed in the ledger meanwhile", d.number),
        "compare the two in the ledger, then `crossfoot retry` to send ours, or leave it",
    ))
}

/// Judges a look-up of a payment that may have left, by the payments on its document.
///
/// `others` is what was put to the document without a stamp, by whatever means. One without a stamp may be
/// this very payment, made by hand: unless a person has vouched that it is not, it holds.
pub fn judge_payment(w: &WriteRow, others: Decimal, payments: &[LedgerPayment]) -> Seen {
    let Draft::Payment(d) = &w.draft else {
        return Seen::Absent;
    };
    let ours = payments
        .iter()
        .find(|p| p.reference.contains(&stamp(&w.marker)));
    if let Some(p) = ours {
        if p.amount == d.amount {
            return Seen::Ours(paid(p));
        }
        return Seen::Other(Reason::new(
            codes::PAYMENT_DIFFERS,
            format!(
                "a payment with our stamp is there, but it is of {} and not {}",
                p.amount, d.amount
            ),
            "compare the payment in the ledger with the source's, correct the wrong one, then retry",
        ));
    }
    if others > Decimal::ZERO && !w.needs.vouched {
        return Seen::Other(by_others(others));
    }
    Seen::Absent
}

fn paid(p: &LedgerPayment) -> Posted {
    Posted {
        id: p.id.clone(),
        number: String::new(),
        version: String::new(),
        total: Some(p.amount),
        warnings: Vec::new(),
    }
}

fn by_others(amount: Decimal) -> Reason {
    Reason::new(
        codes::PAYMENT_OTHER,
        format!("somebody else put {amount} to the document"),
        "see in the ledger whether that payment is this one; `crossfoot retry` sends ours too, or takes that one for ours where no more is owed",
    )
}

/// Judges a payment that has never left, by the document it belongs to. What a person entered may be the same
/// money when it is of the same amount, or when with ours more would stand in the ledger than the source says
/// came in. Once a person has seen that and said retry, ours goes too where it still can; where no more is owed,
/// theirs can only be the same, and is adopted.
pub fn judge_unsent(w: &WriteRow, document: &LedgerInvoice) -> Seen {
    let Draft::Payment(d) = &w.draft else {
        return Seen::Absent;
    };
    let unstamped = |p: &&LedgerPayment| !p.reference.contains(STAMP);
    let theirs: Vec<&LedgerPayment> = document.payments.iter().filter(unstamped).collect();
    let same = theirs.iter().find(|p| p.amount == d.amount);
    let there: Decimal = document.payments.iter().map(|p| p.amount).sum();
    let beyond = !theirs.is_empty() && there + d.amount > w.needs.received;
    match same {
        _ if (same.is_some() || beyond) && !w.needs.vouched => {
            Seen::Other(by_others(theirs.iter().map(|p| p.amount).sum()))
        }
        Some(p) if document.amount_due < d.amount => Seen::Ours(paid(p)),
        _ => judge_payment(w, Decimal::ZERO, &document.payments),
    }
}
