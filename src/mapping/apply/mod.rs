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
use crate::model::{Origin, Trace, TraceStep};

/// Records that a field was taken from the source.
fn from_source(trace: &mut Trace, field: &str, value: &str, source: &str) {
    if value.is_empty() {
        return;
    }
    trace.set(|| {
        let origin = Origin::Source {
            field: source.to_owned(),
        };
        TraceStep::new(field, value, origin)
    });
}

impl Mapping {
    /// Records that a key set a field.
    fn by_key(&self, trace: &mut Trace, field: &str, value: &str, key: &str, at: At) {
        trace.set(|| TraceStep::new(field, value, self.origin(key, at)));
    }

    /// `the key in file:line`, for telling a person where to change something.
    fn whereabouts(&self, key: &str, at: At) -> String {
        format!("`{key}` in {}", self.place(at))
    }
}
