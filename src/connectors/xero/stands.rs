//! Where a paper of Xero's stands, and what may still be changed of it.
//!
//! Flows in: Xero's word for its status, and whether money or credit stands on it. Flows out: our nouns.

use crate::model::{Kind, MayChange, Standing};
use std::collections::BTreeSet;

/// Where a paper stands.
pub(super) fn standing(status: &str, untouched: bool) -> Standing {
    match status {
        "DRAFT" => Standing::Draft,
        "SUBMITTED" => Standing::Submitted,
        // A quote that was invoiced, and an order that was billed, are done with.
        "PAID" | "INVOICED" | "BILLED" => Standing::Settled,
        "VOIDED" | "DELETED" => Standing::Cancelled,
        _ if untouched => Standing::Open,
        _ => Standing::PartPaid,
    }
}

/// What of a sales invoice may still be changed once money stands on it: what changes no sum.
pub(super) const AFTER_MONEY: [MayChange; 6] = [
    MayChange::Number,
    MayChange::Reference,
    MayChange::Due,
    MayChange::Text,
    MayChange::Account,
    MayChange::Tracking,
];

/// What may still be changed of a paper as it stands.
pub(super) fn may(kind: Kind, status: &str, untouched: bool) -> BTreeSet<MayChange> {
    let open = matches!(status, "AUTHORISED" | "PAID") && !untouched;
    match kind {
        Kind::Invoice if open => AFTER_MONEY.into(),
        _ => BTreeSet::new(),
    }
}
