//! Money paid back: the credit note that stands for it in the ledger.
//!
//! A whole refund mirrors the invoice's lines. A part of one can be written truly only when all lines
//! share one account and one tax code; which lines it was for is not guessed.

use crate::checks::{Law, totals};
use crate::model::codes;
use crate::model::{
    Invoice, InvoiceDraft, Kind, LedgerInvoice, LineDraft, LineKind, LinesBy, Payment, Reason,
    TaxMode, money,
};
use rust_decimal::Decimal;

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
        "see in the source what the refund was for: correct it there, then `crossfoot retry TENANT NUMBER`; or enter it in the ledger by hand as a credit note, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`",
    )
    .of_payment(&refund.id))
}

/// The number of the credit note of a refund.
pub fn number(invoice: &Invoice, refund: &Payment) -> String {
    format!("{}-R{}", invoice.number, within_document(&refund.id))
}

/// Whether a note was made for money paid back of the document of a number: it refers to it, or is numbered after it.
pub fn is_note_of(note: &LedgerInvoice, number: &str) -> bool {
    let refers = note.reference.strip_prefix(number);
    let refers = refers.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let numbered = note.number.strip_prefix(number);
    let numbered = numbered.is_some_and(|rest| rest.starts_with("-R"));
    !number.is_empty() && (refers || numbered)
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
    let by_item = law.facts.lines_by == LinesBy::Item;
    let same = |l: &LineDraft| match by_item {
        true => l.item == first.item && l.tax == first.tax,
        false => l.account == first.account && l.tax == first.tax,
    };
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
            "{} of the invoice was paid back, and its lines go to different accounts or tax codes: the source does not say which of them it was for",
            money::show(refund.amount)
        ),
        "enter the credit note in the ledger by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`: it looks for the note and takes it for this refund",
    )
}
