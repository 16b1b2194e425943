//! Money paid back: the credit note that stands for it in the ledger.
//!
//! A whole refund mirrors the invoice's lines. A part of one can be written truly only when all lines
//! share one account, one tax code and the same tracking; which lines it was for is not guessed.

use crate::checks::{Law, totals};
use crate::model::codes;
use crate::model::{
    Invoice, InvoiceDraft, Kind, LedgerInvoice, LineDraft, LineKind, Payment, Reason, TaxMode,
    money,
};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Whether no more is paid back than the document comes to, given what was paid back before.
///
/// # Errors
/// `refund.too_large`.
pub fn fits(draft: &InvoiceDraft, refund: &Payment, back: Decimal) -> Result<(), Reason> {
    if back + refund.amount <= draft.total {
        return Ok(());
    }
    Err(Reason::new(
        codes::REFUND_TOO_LARGE,
        format!(
            "{} was paid back, but the invoice comes to {}",
            money::show(back + refund.amount),
            money::show(draft.total)
        ),
        "see in the source what the refund was for: correct it there, then `crossfoot retry TENANT NUMBER`; or enter it in the ledger by hand as a credit note that is paid out, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`",
    )
    .of_payment(&refund.id))
}

/// The number of the credit note of a refund.
pub fn number(invoice: &Invoice, refund: &Payment) -> String {
    format!("{}-R{}", invoice.number, within_document(&refund.id))
}

/// The number that a refund's note is given: `plain` is its own by its id, `given` what it was given before and whether the
/// note stands under that no more. Taken are the numbers that other refunds of the document have by their ids, and those that
/// notes of others were begun under.
///
/// A note that was begun keeps its number. One that is made anew gets the next that nobody else has, or will have.
pub fn next_number(
    plain: &str,
    (given, again): (&str, bool),
    (others, begun): (BTreeSet<String>, BTreeSet<&str>),
) -> String {
    // Where the invoice goes by another number by now, so does what never left.
    if !again && given.starts_with(plain) {
        return given.to_owned();
    }
    let nth = |n: usize| match n {
        0 => plain.to_owned(),
        n => format!("{plain}-{}", n + 1),
    };
    // Each that is taken bars one number.
    let most = others.len() + begun.len() + 2;
    let after = (0..MOST_ANEW).find(|n| again && nth(*n) == given);
    let from = after.map_or(usize::from(again), |n| n + 1);
    let free = |number: &String| {
        let own = number == plain;
        !begun.contains(number.as_str()) && (own || !others.contains(number))
    };
    let mut next = (from..from.saturating_add(most)).map(nth);
    next.find(free).unwrap_or_else(|| plain.to_owned())
}

/// How often a note is made anew under numbers that are told apart.
const MOST_ANEW: usize = 1_000;

/// Whether a note was made for money paid back of the document of a number: it refers to it, or is numbered after it.
pub fn is_note_of(note: &LedgerInvoice, number: &str) -> bool {
    let refers = note.reference.strip_prefix(number);
    let refers = refers.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let numbered = note.number.strip_prefix(number);
    let numbered = numbered.is_some_and(|rest| rest.starts_with("-R"));
    !number.is_empty() && (refers || numbered)
}

/// What the credit of money beyond what is owed says of itself: which document it was paid on.
pub fn credit_text(number: &str) -> String {
    format!("Overpayment of {number}")
}

/// Whether a credit was made of money that was paid on the document of a number.
pub fn is_credit_of(credit: &LedgerInvoice, number: &str) -> bool {
    let own = credit_text(number);
    !number.is_empty() && credit.lines.iter().any(|l| l.description == own)
}

/// Drafts the credit note of a refund, under its number.
///
/// # Errors
/// `refund.partial`.
pub fn credit_note(
    law: Law<'_>,
    draft: &InvoiceDraft,
    refund: &Payment,
    number: String,
) -> Result<InvoiceDraft, Reason> {
    let mut note = InvoiceDraft {
        kind: Kind::CreditNote,
        number,
        reference: draft.number.clone(),
        date: refund.date,
        due: None,
        ..draft.clone()
    };
    if refund.amount != draft.total {
        let line = one_line(law, draft, refund)?;
        note.tax_mode = match draft.tax_mode {
            TaxMode::Exempt => TaxMode::Exempt,
            _ => TaxMode::Inclusive,
        };
        note.lines = vec![line];
    }
    totals::fill(law, &mut note);
    if note.total != refund.amount {
        return Err(partial(refund));
    }
    Ok(note)
}

/// What tells a refund from others of its document, without what says which document that is.
fn within_document(id: &str) -> &str {
    let own = id.split_once('/').map_or(id, |(_, own)| own);
    own.strip_suffix("/back").unwrap_or(own)
}

fn one_line(law: Law<'_>, draft: &InvoiceDraft, refund: &Payment) -> Result<LineDraft, Reason> {
    let Some(first) = draft.lines.first() else {
        return Err(partial(refund));
    };
    let by_item = !law.facts.line_accounts();
    let place = |l: &LineDraft| match by_item {
        true => l.item == first.item,
        false => l.account == first.account,
    };
    let same = |l: &LineDraft| place(l) && l.tax == first.tax && l.tracking == first.tracking;
    let alike = draft.lines.iter().all(same);
    if !alike {
        return Err(partial(refund));
    }
    Ok(LineDraft {
        source_line: "refund".into(),
        kind: LineKind::Other,
        description: format!("Refund on {}", draft.number),
        quantity: Decimal::ONE,
        unit_amount: refund.amount,
        account: first.account.clone(),
        tax: first.tax.clone(),
        tracking: first.tracking.clone(),
        item: if by_item {
            first.item.clone()
        } else {
            String::new()
        },
        ..LineDraft::default()
    })
}

fn partial(refund: &Payment) -> Reason {
    Reason::new(
        codes::REFUND_PARTIAL,
        format!(
            "{} of the invoice was paid back, and its lines go to different accounts, tax codes or tracking categories: the source does not say which of them it was for",
            money::show(refund.amount)
        ),
        "enter the credit note in the ledger by hand, and the payment that pays it out, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`: it looks for the note and takes it for this refund",
    )
}

#[cfg(test)]
mod tests {
    use super::next_number;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn next(plain: &str, given: (&str, bool), others: &[&str], begun: &[&str]) -> String {
        let others = others.iter().map(|n| (*n).to_owned()).collect();
        next_number(plain, given, (others, begun.iter().copied().collect()))
    }

    #[test]
    fn a_note_made_anew_takes_no_other_refunds_number() {
        assert_eq!(next("7-R5", ("", false), &["7-R5-2"], &[]), "7-R5");
        assert_eq!(next("7-R5", ("7-R5", true), &[], &[]), "7-R5-2");
        assert_eq!(next("7-R5", ("7-R5", true), &["7-R5-2"], &[]), "7-R5-3");
        assert_eq!(next("7-R5", ("7-R5-3", false), &["7-R5-2"], &[]), "7-R5-3");
        assert_eq!(next("7-R5", ("7-R5-3", true), &["7-R5-2"], &[]), "7-R5-4");
        // That of the other came in later.
        assert_eq!(
            next("7-R5-2", ("", false), &["7-R5"], &["7-R5-2"]),
            "7-R5-2-2"
        );
        // The invoice goes by another number by now.
        assert_eq!(next("8-R5", ("7-R5", false), &[], &[]), "8-R5");
        assert_eq!(next("8-R5", ("7-R5", true), &[], &[]), "8-R5-2");
    }

    proptest! {
        #[test]
        fn it_is_never_one_that_another_has(n in 1_usize..6, again: bool, others in prop::collection::btree_set("7-R5(-[2-6])?", 0..4), begun in prop::collection::btree_set("7-R5(-[2-6])?", 0..4)) {
            let given = match n { 1 => "7-R5".to_owned(), n => format!("7-R5-{n}") };
            prop_assume!(!begun.contains(&given));
            let others: BTreeSet<String> = others.into_iter().filter(|o| o != "7-R5").collect();
            let begun: BTreeSet<&str> = begun.iter().map(String::as_str).collect();
            let number = next_number("7-R5", (&given, again), (others.clone(), begun.clone()));
            prop_assert!(!begun.contains(number.as_str()));
            prop_assert_eq!(again, number != given);
            prop_assert!(!again || !others.contains(&number));
        }
    }
}
