//! What posting did, and why it stopped.

use super::super::ports::StoreError;
use super::super::protocol::Settle;
use super::super::write::WriteRow;
use crate::connectors::CallError;
use crate::model::{Became, Draft, Gate, Kind, LedgerPayment, Reason};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

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
    /// The workspace may be older than the world: nothing is written until that is known.
    #[error("nothing is written now: {}", told(.0))]
    Shut(Gate),
    /// The process was asked to end.
    #[error("it was asked to end: what is left goes at the next run")]
    Ended,
    /// More requests than any sync can need.
    #[error("stopped after {MAX_REQUESTS} requests; run it again to go on")]
    TooMany,
}

fn told(gate: &Gate) -> &str {
    match gate {
        Gate::Open => "",
        Gate::Waits { why, .. } | Gate::Stopped { why, .. } => why,
    }
}

/// What one call of a run hands on to the next: a call ends where the ledger asks to wait, and the run goes on. How long it counts
/// is said in `papers.rs`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HandedOn {
    /// The fence it was seen under. Once somebody else has held the flow in between it is worth nothing.
    pub(super) fence: Option<i64>,
    /// The papers that this very run has made, by kind and the ledger's id, each with the time from which somebody may have seen it
    /// there. An id is unique within its kind alone: a payment or a contact that was made may bear the id of an older paper.
    pub(super) made: BTreeMap<(Kind, String), DateTime<Utc>>,
    /// When this very run asked for what changed of each kind of papers: what an earlier one saw may be older than a
    /// backup that was put back.
    pub(super) looked: BTreeMap<Kind, DateTime<Utc>>,
    /// The payments that were looked for by their stamps.
    pub(super) payments: Option<PaymentLook>,
}

/// A look for payments in the whole ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PaymentLook {
    /// When it was asked for.
    pub(super) at: DateTime<Utc>,
    /// It tells of what changed since then; of all, where there is no such time.
    pub(super) since: Option<DateTime<Utc>>,
    /// The stamps that were looked for.
    pub(super) marks: BTreeSet<String>,
    /// What bears one of them.
    pub(super) found: Vec<LedgerPayment>,
}

impl HandedOn {
    /// The run has asked for what changed, before it posts.
    pub fn looked(&mut self, looked: &BTreeMap<Kind, DateTime<Utc>>) {
        for (kind, at) in looked {
            let last = self.looked.entry(*kind).or_insert(*at);
            *last = (*last).max(*at);
        }
    }
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
    /// For the next call of the same run.
    pub handed_on: HandedOn,
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
    /// What became of it.
    pub action: Became,
    /// The ledger's id, or why not.
    pub detail: String,
    /// The code of the reason; empty where there is none.
    pub code: String,
}

impl WriteEvent {
    pub(super) fn of(row: &WriteRow, settle: &Settle) -> Option<Self> {
        let update = !row.needs.update_id.is_empty();
        let told = |r: &Reason| (r.to_string(), r.code.clone());
        let (action, (detail, code)) = match settle {
            Settle::Linked { posted, adopted } => (
                match (*adopted, update) {
                    (true, _) if row.first_sent.is_none() => Became::Found,
                    (true, _) => Became::Adopted,
                    (_, true) => Became::Updated,
                    _ => Became::Created,
                },
                (posted.id.clone(), String::new()),
            ),
            Settle::Refused(r) => (Became::Refused, told(r)),
            Settle::Held(r) | Settle::NotMade(r) => (Became::Held, told(r)),
            Settle::InDoubt { why, .. } => (Became::InDoubt, (why.clone(), String::new())),
            Settle::NotFound { .. } => return None,
            Settle::Again { .. } | Settle::LookUp(_) => return None,
        };
        let label = match &row.draft {
            // A name is a customer's: the log knows contacts by their id at the source.
            Draft::Contact(_) => row.of.id.0.clone(),
            Draft::Invoice(d) => d.number.clone(),
            Draft::Payment(_) => row.of.id.0.clone(),
        };
        Some(Self {
            kind: row.kind,
            document: row.document.id.0.clone(),
            label,
            action,
            detail,
            code,
        })
    }
}

/// Where the loop tells how far it is. Called after every settled request.
pub type OnSettled<'a> = &'a (dyn Fn(&PostDone) + Send + Sync);

/// Those that bear a stamp.
pub(super) fn of_mark(all: &[LedgerPayment], mark: &str) -> Vec<LedgerPayment> {
    let ours = all.iter().filter(|p| p.mark.as_deref() == Some(mark));
    ours.cloned().collect()
}
