//! A compiled mapping at work on one document.
//!
//! Flows in: a canonical document and what the ledger holds. Flows out: a verdict, drafts, and, where
//! asked for, what set each field. Refused: nothing is guessed; where the file says `hold`, or says
//! nothing, the answer is a reason with the line that decided. Bounds: one pass over lines, rows and
//! candidates; with the trace off no text is made but that of the drafts.
//!
//! The order is the pipeline's: [`Mapping::wants`], [`Mapping::draft_contact`],
//! [`Mapping::match_contact`], then per line [`Mapping::draft_line`], [`Mapping::match_item`],
//! [`Mapping::account_for`], [`Mapping::tax_for`], then [`Mapping::draft_invoice`], and per payment
//! [`Mapping::wants_payment`] and [`Mapping::draft_payment`]. Hooks stand between them.

mod back;
mod contact;
mod contact_clash;
mod contact_match;
mod due;
mod invoice;
mod item;
mod line;
mod payment;
mod same;
mod shipped;
mod table;
mod tax;
mod wants;

pub use contact_clash::{ContactClash, with_suffix};
pub use contact_match::ContactMatch;
pub use item::ItemMatch;
pub use shipped::SwitchedRule;
pub use tax::{TaxBecause, TaxSays};

use super::config::{At, Mapping};
use crate::model::{Invoice, SetBy, SetName, Trace};

/// Records that a field was taken from the source; nothing of a text that is empty there.
fn from_source(trace: &mut Trace, field: SetName<&str>, value: &str, source: &'static str) {
    if !value.is_empty() {
        trace.set(field, value, SetBy::Source(None, source));
    }
}

/// A document as people know it, at the beginning of a sentence: `Invoice 1041`, `Purchase order 77`.
fn said(invoice: &Invoice) -> String {
    let name = invoice.called().name();
    let mut letters = name.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{} {}", letters.as_str(), invoice.number)
}

impl Mapping {
    /// `the key in file:line`, for telling a person where to change something.
    fn whereabouts(&self, key: &str, at: At) -> String {
        format!("`{key}` in {}", self.place(at))
    }
}
