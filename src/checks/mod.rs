//! The checks: nothing is posted that the ledger would refuse or change, or that is a cent off.
//!
//! Flows in: a draft, what the source says, and what the ledger holds. Flows out: the draft with the sums
//! the ledger itself will come to, or the first law it breaks. One file one law, each with stable codes.
//! Pure; what a law cannot know it does not guess.

pub mod accounts;
pub mod contact;
pub mod document;
pub mod figures;
pub mod form;
mod law;
pub mod live;
mod meant;
pub mod paid;
pub mod period;
pub mod totals;
pub mod tracking;

pub use law::Law;

use crate::model::{ContactDraft, Invoice, InvoiceDraft, Reason};

/// Checks a contact that is to be made or changed.
///
/// # Errors
/// The first law it breaks.
pub fn contact(law: Law<'_>, draft: &ContactDraft) -> Result<(), Reason> {
    contact::name(law.facts, draft)?;
    contact::email(draft)
}

/// Checks an invoice or credit note against everything but its sums.
///
/// # Errors
/// The first law it breaks.
pub fn document(law: Law<'_>, draft: &mut InvoiceDraft, source: &Invoice) -> Result<(), Reason> {
    document::source_adds_up(source)?;
    document::currency(law.chart, draft)?;
    document::number(law.facts, draft)?;
    document::lines(draft)?;
    document::status(law.facts, draft)?;
    document::stated_tax(law.facts, source)?;
    accounts::items(law, draft)?;
    accounts::usable(law, draft)?;
    tracking::known(law, draft)?;
    accounts::tax(law, draft)
}
