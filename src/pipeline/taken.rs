//! Why a paper that the ledger has keeps ours from going: its number, its stamp, or that it has lost it. Pure.

use super::write::WriteRow;
use crate::connectors::stamp::stamp;
use crate::model::codes;
use crate::model::{InvoiceDraft, Kind, LedgerInvoice, Reason, bracketed, money};
use rust_decimal::Decimal;

/// Why a number is taken by a paper that does not carry our stamp.
pub fn number_taken(mark: &str, d: &InvoiceDraft, f: &LedgerInvoice, contact_id: &str) -> Reason {
    let same = f.contact_id == contact_id && f.total == d.total && f.mark.is_none();
    // Two documents of the source may have one number, and the other went first.
    let whose = match f.mark.is_some() {
        true => "it carries the stamp of another document",
        false => "it does not carry our stamp",
    };
    let mut differs = vec![whose.to_owned()];
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
    if f.standing.is_over() {
        differs.push(format!("it stands there as {}", f.status));
    }
    let retry = "renumber one of the two, then `crossfoot retry TENANT NUMBER`";
    Reason::new(
        codes::NUMBER_TAKEN,
        format!(
            "the ledger already has a document numbered {}, and it is not plainly ours: {}",
            f.number,
            differs.join(", ")
        ),
        // Our own may have lost its stamp while this journal knew nothing of it: renumbered, it would be made twice.
        match (same, f.standing.is_over()) {
            (true, _) => format!(
                "if it is ours, put {} back into its reference, then `crossfoot retry TENANT NUMBER`; if somebody entered this sale by hand, `crossfoot settle TENANT NUMBER --why \"...\"`; if it is another sale, {retry}",
                stamp(mark)
            ),
            // It is over there and keeps its number: nobody can renumber it, and no link of ours stands in the way.
            (_, true) => {
                "give this one another number by a rule, then `crossfoot retry TENANT NUMBER`"
                    .to_owned()
            }
            _ => retry.to_owned(),
        },
    )
}

/// What is told of a number that a cancelled paper bears.
pub fn number_spent(f: &LedgerInvoice) -> Reason {
    let status = bracketed(&f.status);
    Reason::new(
        codes::NUMBER_SPENT,
        format!(
            "the ledger has a document numbered {} that was cancelled{status}, and may keep the number for it",
            f.number
        ),
        "nothing where the ledger takes it all the same; where it refuses, give this one another number by a rule",
    )
}

/// Why a document of which nothing has ever left waits: a paper that our application made, and that lost its stamp, may be it.
pub fn stamp_lost(mark: &str, f: &LedgerInvoice) -> Reason {
    let day = f.date.map_or_else(String::new, |d| format!(" of {d}"));
    Reason::new(
        codes::STAMP_MISSING,
        format!(
            "the ledger has {}{day} for \"{}\" over {}, which our application made and which stands there without our stamp",
            f.number, f.contact_name, f.total
        ),
        format!(
            "if it is this one, put {} back into its reference, then `crossfoot retry TENANT NUMBER`; if it is another, `crossfoot send TENANT NUMBER --why \"...\"` has ours made beside it",
            stamp(mark)
        ),
    )
}

/// What is told of a paper that carries the stamp of another: a person copied it, and its reference went with it.
pub fn stamp_copied(ours: &LedgerInvoice, copy: &LedgerInvoice) -> Reason {
    Reason::new(
        codes::STAMP_COPIED,
        format!(
            "the ledger has two papers with this document's stamp: {} is ours, and {} for \"{}\" over {} is taken for a copy that somebody made",
            ours.number, copy.number, copy.contact_name, copy.total
        ),
        format!(
            "take the stamp out of the reference of {}; if that one is ours, out of the reference of {}, then `crossfoot unlink TENANT NUMBER --yes`",
            copy.number, ours.number
        ),
    )
}

/// Why a document waits that may have left: a paper that came up since, without our stamp, is very likely it.
pub(super) fn stamp_missing(w: &WriteRow, f: &LedgerInvoice) -> Reason {
    let (mark, retry) = (stamp(&w.marker), "`crossfoot retry TENANT NUMBER`");
    // The words on a refund look at its contact's papers.
    let same = f.contact_id.is_empty() || f.contact_id == w.needs.contact_id;
    let of_refund = w.needs.credit_from.is_some() && same;
    Reason::new(
        codes::STAMP_MISSING,
        format!(
            "the ledger has {} for \"{}\" over {}, which came up since ours was sent and stands there without our stamp",
            f.number, f.contact_name, f.total
        ),
        match of_refund {
            true => format!(
                "if it is ours, put {mark} back into its reference, then {retry}; if somebody entered this refund by hand, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; if it is another, `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` has ours made beside it"
            ),
            false => format!(
                "if it is ours, put {mark} back into its reference, then {retry}; if it is somebody else's, `crossfoot unlink TENANT NUMBER` has ours made beside it"
            ),
        },
    )
    .of_payment(&w.of.id.0)
}

/// Why our paper is not taken: it is in another currency.
pub(super) fn other_currency(d: &InvoiceDraft, f: &LedgerInvoice) -> Reason {
    Reason::new(
        codes::NUMBER_DIFFERS,
        format!(
            "the ledger's {} carries our stamp, but it is in {} and not {}",
            f.number,
            f.currency,
            d.currency.code()
        ),
        "compare the two and set the wrong one right, then `crossfoot retry TENANT NUMBER`",
    )
}

/// Why our paper is not taken, nor made anew: it was cancelled.
pub(super) fn cancelled(w: &WriteRow, f: &LedgerInvoice) -> Reason {
    let send = "`crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"`";
    // Money has words of its own, and its paper a number that no rule need give.
    if w.kind == Kind::CreditNote {
        return Reason::new(
            codes::NUMBER_CLOSED,
            format!("ours is in the ledger as {}, and there it is {}", f.number, f.status),
            format!(
                "{send} has it made anew under another number; where it is not to be there, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`"
            ),
        )
        .of_payment(&w.of.id.0);
    }
    if w.kind == Kind::Overpayment {
        let sum = money::show(f.total);
        return Reason::new(
            codes::NUMBER_CLOSED,
            format!(
                "the credit of {sum} is in the ledger already, and there it is {}",
                f.status
            ),
            format!("{send} has it made anew"),
        )
        .of_payment(&w.of.id.0);
    }
    Reason::new(
        codes::NUMBER_CLOSED,
        format!(
            "the ledger has {} already, and there it is {}",
            f.number, f.status
        ),
        format!(
            "to leave it so, `crossfoot skip TENANT NUMBER --why \"...\"`; where another paper was entered in its place, `crossfoot settle TENANT NUMBER --why \"...\"`; where it is to be there anew, whoever keeps the file gives it another number in {}, then `crossfoot unlink TENANT NUMBER`",
            w.kind.renumbered_by()
        ),
    )
}

/// What is told of another total that the ledger made and the tenant's file takes.
pub fn total_taken(number: &str, sent: Decimal, is: Decimal) -> Reason {
    Reason::new(
        codes::POSTED_TOTAL_TAKEN,
        format!(
            "{number} was posted to come to {sent}, and the ledger makes {is} of it, which counts there"
        ),
        "nothing, if that is meant; else set `guard: { totals: exact }`",
    )
}

/// What ends it where money of ours was deleted in the ledger and is not made anew.
pub(super) const LEFT_DELETED: &str = "where it was entered again by hand, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; where it is not to be there, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`";

/// Why money of ours that somebody deleted in the ledger does not go again by itself.
pub fn deleted(what: String) -> Reason {
    Reason::new(
        codes::PAYMENT_DELETED,
        what,
        format!(
            "`crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` makes it anew; {LEFT_DELETED}"
        ),
    )
}

/// What one of the two books says of one thing cannot be read, or contradicts itself: nothing is put to it meanwhile.
pub fn unreadable(id: &str, what: &str) -> Reason {
    Reason::new(
        codes::LEDGER_UNREADABLE,
        format!("what the other book says of {id} cannot be read: {what}"),
        "set it right there, then `crossfoot retry TENANT NUMBER`",
    )
}
