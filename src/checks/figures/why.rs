//! Why figures differ: what would make every stated one agree, found by trying it.
//!
//! Flows in: a document whose figures differ. Flows out: the reason with both sides, and the one change of a code, a
//! rate, a way to read amounts or a way to round that makes them agree; several where it cannot be told which. Nothing
//! is named as a cause that was not tried. Bounded: one document is worked out anew a few hundred times at most.

mod cause;
mod causes;
mod rounding;
mod unmarked;

use super::compared::{Figures, Off};
use crate::checks::totals::Sums;
use crate::model::codes;
use crate::model::{InvoiceDraft, Reason, money};

/// The reason to hold a document whose figures differ.
pub(super) fn mismatch(f: &Figures<'_>, draft: &InvoiceDraft, is: Sums, off: Off) -> Reason {
    let show = money::show;
    let stated = &f.source.stated;
    let tax = f.mapping.stated_tax(f.source).unwrap_or_default();
    let mut told = Vec::new();
    if let Some(by) = off.total {
        told.push(format!(
            "the source says {}, the ledger would come to {} ({} off)",
            show(f.source.reckoned),
            show(is.total),
            show(by)
        ));
    }
    if let Some(by) = off.tax {
        told.push(format!(
            "of tax the source says {}, the ledger would make {} ({} off)",
            show(tax),
            show(is.tax),
            show(by)
        ));
    }
    if let Some(by) = off.subtotal {
        told.push(format!(
            "before tax the source says {}, the ledger would come to {} ({} off)",
            show(stated.subtotal.unwrap_or_default()),
            show(is.subtotal),
            show(by)
        ));
    }
    let code = match (off.total, off.tax) {
        (Some(_), _) => codes::TOTAL_MISMATCH,
        (None, Some(_)) => codes::TAX_MISMATCH,
        (None, None) => codes::SUBTOTAL_MISMATCH,
    };
    let cause = causes::of(f, draft, off);
    let reason = Reason::new(
        code,
        format!("{}; {}", told.join("; "), cause.what),
        cause.fix,
    );
    match cause.place {
        Some(place) => reason.at(place),
        None => reason,
    }
}
