//! A write as a connector takes it, and why one cannot be written. Pure.

use super::write::{Needs, NewWrite, WriteRow};
use crate::connectors::{UpdateOf, Write};
use crate::model::codes;
use crate::model::{Draft, PaymentKind, Reason};

/// A journaled write as the connector takes it.
pub fn write_of(row: &WriteRow) -> Write {
    form(&row.marker, &row.draft, &row.needs)
}

/// The same of a write that is not journaled yet: the ids of what is yet to be made are missing.
pub fn write_of_new(w: &NewWrite) -> Write {
    form(&w.marker, &w.draft, &w.needs)
}

fn form(marker: &str, draft: &Draft, n: &Needs) -> Write {
    Write {
        marker: marker.to_owned(),
        draft: draft.clone(),
        contact_id: n.contact_id.clone(),
        contact_number: n.contact_number.clone(),
        document_id: n.document_id.clone(),
        of_credit_note: n.of_credit_note
            || matches!(draft, Draft::Payment(p) if p.kind == PaymentKind::Refund),
        update: (!n.update_id.is_empty()).then(|| UpdateOf {
            id: n.update_id.clone(),
            version: n.update_version.clone(),
            line_ids: n.update_lines.clone(),
            status: n.update_status.clone(),
            same: n.update_same.clone(),
            only: n.update_only.clone(),
        }),
    }
}

/// Why something cannot be written.
pub fn unsayable(why: &str) -> Reason {
    Reason::new(
        codes::ENCODE,
        format!("the ledger has no form for it: {why}"),
        "correct it in the source or with a rule, then `crossfoot retry TENANT NUMBER`",
    )
}
