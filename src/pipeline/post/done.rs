//! What posting did, and why it stopped.

use super::super::ports::StoreError;
use super::super::protocol::Settle;
use super::super::write::WriteRow;
use crate::connectors::CallError;
use crate::model::{Draft, Kind};
use chrono::{DateTime, Utc};

/// Most requests one call of [`post`](super::post) sends, so that no fault can make it spin.
pub const MAX_REQUESTS: usize = 20_000;

/// Why posting stopped before all was done.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger cannot be reached, or asks to wait.
    #[error(transparent)]
    Call(CallError),
    /// More requests than any sync can need.
    #[error("stopped after {MAX_REQUESTS} requests; run it again to go on")]
    TooMany,
}

/// What posting did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostDone {
    /// Requests sent, look-ups included.
    pub requests: usize,
    /// Contacts not made because the ledger has one of that name: worth another look at the ledger's list.
    pub taken: usize,
    /// Writes settled as linked.
    pub linked: usize,
    /// Writes that the ledger refused.
    pub refused: usize,
    /// Writes held for a person.
    pub held: usize,
    /// When the earliest doubtful write may be looked at again.
    pub wake: Option<DateTime<Utc>>,
    /// What became of each write, in order.
    pub events: Vec<WriteEvent>,
}

/// What became of one write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteEvent {
    /// Kind.
    pub kind: Kind,
    /// The invoice it belongs to.
    pub document: String,
    /// The number or name people know it by.
    pub label: String,
    /// `created`, `updated`, `adopted`, `refused`, `held`, `in_doubt`.
    pub action: &'static str,
    /// The ledger's id, or why not.
    pub detail: String,
}

impl WriteEvent {
    pub(super) fn of(row: &WriteRow, settle: &Settle) -> Option<Self> {
        let update = !row.needs.update_id.is_empty();
        let (action, detail) = match settle {
            Settle::Linked { posted, adopted } => (
                match (*adopted, update) {
                    (true, _) => "adopted",
                    (_, true) => "updated",
                    _ => "created",
                },
                posted.id.clone(),
            ),
            Settle::Refused(r) => ("refused", r.to_string()),
            Settle::Held(r) | Settle::NotMade(r) => ("held", r.to_string()),
            Settle::InDoubt { why, .. } => ("in_doubt", why.clone()),
            Settle::Again { .. } | Settle::LookUp(_) => return None,
        };
        let label = match &row.draft {
            // A name is a customer's: the log knows contacts by their id at the source.
            Draft::Contact(_) => row.source_id.0.clone(),
            Draft::Invoice(d) => d.number.clone(),
            Draft::Payment(_) => row.source_id.0.clone(),
        };
        Some(Self {
            kind: row.kind,
            document: row.document.0.clone(),
            label,
            action,
            detail,
        })
    }
}

/// Where the loop tells how far it is. Called after every settled request.
pub type OnSettled<'a> = &'a (dyn Fn(&PostDone) + Send + Sync);
