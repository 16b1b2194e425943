//! What a sync would do with one document, in a word, and what the document comes to by that.
//!
//! Flows in: where a document stands, and its writes that have not left. Flows out: a [`PlanAction`]. Pure.

use crate::model::{DocState, Draft, Kind};
use crate::pipeline::write::WriteRow;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// What a sync would do with a document, in the order in which totals are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanAction {
    /// Make it in the ledger.
    Create,
    /// Change the ledger's copy.
    Update,
    /// Post its payments alone.
    Payments,
    /// Make or change its contact alone.
    Contact,
    /// Nothing: the ledger has it as it is.
    Unchanged,
    /// Leave it out.
    Skip,
    /// Hold it for a person.
    Hold,
    /// Refuse it.
    Refuse,
}

impl PlanAction {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Payments => "payments",
            Self::Contact => "contact",
            Self::Unchanged => "unchanged",
            Self::Skip => "skip",
            Self::Hold => "hold",
            Self::Refuse => "refuse",
        }
    }
}

impl fmt::Display for PlanAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether a write changes what is in the ledger.
pub(super) fn is_update(w: &WriteRow) -> bool {
    !w.needs.update_id.is_empty()
}

/// What a sync would do: `document` is the write of the document itself, `ours` are all that have not left.
pub(super) fn action(
    state: DocState,
    document: Option<&WriteRow>,
    ours: &[&WriteRow],
) -> PlanAction {
    match state {
        DocState::Skipped | DocState::Settled => PlanAction::Skip,
        DocState::Refused => PlanAction::Refuse,
        _ if document.is_some_and(is_update) => PlanAction::Update,
        _ if document.is_some() => PlanAction::Create,
        _ if ours.iter().any(|w| w.kind != Kind::Contact) => PlanAction::Payments,
        DocState::Held => PlanAction::Hold,
        _ if ours.is_empty() => PlanAction::Unchanged,
        _ => PlanAction::Contact,
    }
}

/// What a document comes to in the ledger; a source that states no total does not know the tax that is added.
pub(super) fn comes_to(
    action: PlanAction,
    goes: Option<&Draft>,
    posted: Option<&Draft>,
    said: Option<Decimal>,
) -> Option<Decimal> {
    use PlanAction::{Contact, Payments, Unchanged};
    let stays = matches!(action, Unchanged | Payments | Contact);
    match goes.or(posted.filter(|_| stays)) {
        Some(Draft::Invoice(d)) => Some(d.total),
        _ => said,
    }
}
