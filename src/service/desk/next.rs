//! What happens next to a document, as a value; its sentence is what people and programs are told.

use super::said::said;
use crate::model::cure::quoted;
use crate::model::{DocState, TenantId};
use crate::pipeline::ports::DocRow;
use crate::pipeline::write::WriteRow;
use chrono::{DateTime, Utc};
use std::fmt;

/// What happens next to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// No sync has read it yet: what is told is what the next one would decide.
    Rehearsed,
    /// The document, the mapping or a rule changed since it was decided on.
    Outdated,
    /// A write of it may have left.
    InDoubt {
        /// Not before this time is it looked up.
        not_before: Option<DateTime<Utc>>,
    },
    /// What its state says.
    State {
        /// Where it stands.
        state: DocState,
        /// Whose.
        tenant: TenantId,
        /// The document's number.
        number: String,
    },
}

impl NextStep {
    /// Of a document as the store holds it.
    pub fn of(
        tenant: &TenantId,
        row: &DocRow,
        writes: &[WriteRow],
        (outdated, rehearsed): (bool, bool),
    ) -> Self {
        if rehearsed {
            return Self::Rehearsed;
        }
        if outdated {
            return Self::Outdated;
        }
        match writes.iter().find(|w| w.state.may_have_left()) {
            Some(w) => Self::InDoubt {
                not_before: w.not_before,
            },
            None => Self::State {
                state: row.state,
                tenant: tenant.clone(),
                number: row.name(),
            },
        }
    }
}

impl fmt::Display for NextStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rehearsed => f.write_str(
                "it has not been read by a sync yet: this is what the next one would decide",
            ),
            Self::Outdated => f.write_str(
                "the document, the mapping or a rule has changed since: the next sync decides again",
            ),
            Self::InDoubt { not_before } => {
                f.write_str("a write is in doubt: the next sync looks it up")?;
                if let Some(at) = not_before {
                    write!(f, ", not before {}", at.format(super::said::TIME))?;
                }
                f.write_str("; it is never sent blindly again")
            }
            Self::State {
                state,
                tenant,
                number,
            } => of_state(f, *state, tenant, number),
        }
    }
}

fn of_state(
    f: &mut fmt::Formatter<'_>,
    state: DocState,
    tenant: &TenantId,
    number: &str,
) -> fmt::Result {
    let number = quoted(number);
    match state {
        DocState::Seen => {
            f.write_str("the next sync decides on it")
        }
        DocState::Checked => f.write_str("it waits for a person's word"),
        DocState::Approved => f.write_str("it goes at the next sync"),
        DocState::Verified => {
            f.write_str("nothing: a change in the source is sent if the file says so")
        }
        DocState::Skipped => f.write_str(
            "nothing: it is not wanted; a change to it, the file or a rule makes it be looked at again",
        ),
        DocState::Held => write!(
            f,
            "it waits for a person; then `crossfoot retry {tenant} {number}`"
        ),
        DocState::Refused => write!(
            f,
            "it cannot go as it is; after a change `crossfoot retry {tenant} {number}`"
        ),
        DocState::Settled => write!(
            f,
            "nothing: it was settled by hand; `crossfoot unsettle {tenant} {number} --why \"...\"` takes that back"
        ),
    }
}

said!(NextStep);
