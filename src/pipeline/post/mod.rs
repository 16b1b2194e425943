//! Posting: the loop that carries the write protocol out.
//!
//! Flows in: what the journal says is ready or in doubt. Flows out: requests, and what became of them,
//! committed before the next one. Refuses to send without the lease, and to send anything whose intent is
//! not committed. Bounded by [`MAX_REQUESTS`] a call; doubtful writes are settled before fresh ones leave.

mod doubt;
mod look;
mod send;

use super::ports::{Journal, Lease, Settled, StoreError};
use super::protocol::{self, Settle, Windows, WriteRow, plant};
use crate::connectors::{CallError, Session, Target, UpdateOf, Write};
use crate::model::{Draft, Kind, PaymentKind, SourceId, TargetFacts};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Most requests one call of [`post`] sends, so that no fault can make it spin.
pub const MAX_REQUESTS: usize = 20_000;

/// Seconds for which the flow is taken, anew before each request.
pub const LEASE_S: i64 = 120;

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
pub struct Posted {
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
    pub events: Vec<Event>,
}

/// What became of one write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
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

impl Event {
    fn of(row: &WriteRow, settle: &Settle) -> Option<Self> {
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
pub type Progress<'a> = &'a (dyn Fn(&Posted) + Send + Sync);

struct Flow<'a> {
    journal: &'a dyn Journal,
    target: &'a dyn Target,
    session: &'a Session,
    holder: &'a str,
    scope: Scope,
    facts: &'a TargetFacts,
    windows: Windows,
    /// The fence this call works under. What was read under it is stale as soon as somebody else held the flow.
    fence: Option<i64>,
    done: Posted,
    /// The rows at hand, so that what became of them can be told.
    rows: BTreeMap<i64, WriteRow>,
    /// The ledger's ids of what this very call has made: nobody else has had a hand in it.
    made: BTreeSet<String>,
    progress: Progress<'a>,
}

/// What one call of [`post`] is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Only what an earlier call left in doubt is settled; nothing fresh leaves.
    pub doubt_only: bool,
    /// Only this document, with the contact it needs.
    pub only: Option<SourceId>,
}

/// Posts until nothing is ready. Doubtful writes that must wait are left with the time to come back.
///
/// What was done is told even when it ended early: what was sent is journaled whatever happens, and the
/// next call goes on from there.
pub async fn post(
    journal: &dyn Journal,
    target: &dyn Target,
    session: &Session,
    holder: &str,
    progress: Progress<'_>,
) -> (Posted, Result<(), PostError>) {
    post_of(journal, target, session, holder, Scope::default(), progress).await
}

/// The same, within a scope.
pub async fn post_of(
    journal: &dyn Journal,
    target: &dyn Target,
    session: &Session,
    holder: &str,
    scope: Scope,
    progress: Progress<'_>,
) -> (Posted, Result<(), PostError>) {
    let facts = target.facts();
    let mut flow = Flow {
        journal,
        target,
        session,
        holder,
        scope,
        facts,
        windows: Windows::of(facts),
        fence: None,
        done: Posted::default(),
        rows: BTreeMap::new(),
        made: BTreeSet::new(),
        progress,
    };
    let result = flow.all().await;
    (flow.done, result)
}

impl Flow<'_> {
    async fn all(&mut self) -> Result<(), PostError> {
        // Nothing is read before the flow is ours: a decision on rows that another worker moved on is a second document.
        self.lease().await?;
        self.settle_doubt().await?;
        if self.scope.doubt_only {
            return Ok(());
        }
        self.send_ready().await
    }

    fn at_hand(&mut self, rows: &[WriteRow]) {
        self.rows = rows.iter().map(|r| (r.id, r.clone())).collect();
    }

    /// Takes the lease anew: before every request, so that a worker that lost its flow sends nothing more.
    ///
    /// A lease that was another's in between has a new fence: it is worth nothing to this call, which has read
    /// rows and ledger under the old one.
    async fn lease(&mut self) -> Result<Lease, PostError> {
        let now = self.session.clock.now();
        let tenant = &self.session.tenant;
        let taken = self
            .journal
            .lease(tenant, self.holder, now, LEASE_S)
            .await?;
        if plant::no_lease() {
            return Ok(taken.unwrap_or_else(|| plant::lease_of_nobody(tenant, self.holder)));
        }
        match taken {
            Some(lease) if self.fence.is_none_or(|f| f == lease.fence) => {
                self.fence = Some(lease.fence);
                Ok(lease)
            }
            _ => Err(StoreError::LeaseLost {
                tenant: tenant.to_string(),
                holder: "another process".into(),
            }
            .into()),
        }
    }

    fn count(&mut self) -> Result<(), PostError> {
        self.done.requests += 1;
        if self.done.requests > MAX_REQUESTS {
            return Err(PostError::TooMany);
        }
        Ok(())
    }

    async fn commit(&mut self, lease: &Lease, settled: Vec<Settled>) -> Result<(), PostError> {
        for s in &settled {
            match &s.settle {
                Settle::Linked { posted, adopted } => {
                    self.done.linked += 1;
                    if !adopted {
                        self.made.insert(posted.id.clone());
                    }
                }
                Settle::Refused(_) => self.done.refused += 1,
                Settle::Held(_) => self.done.held += 1,
                Settle::NotMade(_) => {
                    self.done.held += 1;
                    let of = self.rows.get(&s.write).map(|r| r.kind);
                    self.done.taken += usize::from(of == Some(Kind::Contact));
                }
                _ => {}
            }
        }
        let now = self.session.clock.now();
        self.journal.settle(lease, &settled, now).await?;
        for s in &settled {
            let Some(row) = self.rows.get(&s.write) else {
                continue;
            };
            self.done.events.extend(Event::of(row, &s.settle));
            // The document is there, and a person must look at it all the same.
            if let Some(reason) = protocol::posted_differs(row, &s.settle) {
                self.done.held += 1;
                self.done
                    .events
                    .extend(Event::of(row, &Settle::Held(reason)));
            }
        }
        (self.progress)(&self.done);
        Ok(())
    }
}

fn each(rows: &[WriteRow], settle: &Settle) -> Vec<Settled> {
    let one = |r: &WriteRow| Settled {
        write: r.id,
        settle: settle.clone(),
    };
    rows.iter().map(one).collect()
}

/// A journaled write as the connector takes it.
pub fn write_of(row: &WriteRow) -> Write {
    let n = &row.needs;
    Write {
        marker: row.marker.clone(),
        draft: row.draft.clone(),
        contact_id: n.contact_id.clone(),
        contact_number: n.contact_number.clone(),
        document_id: n.document_id.clone(),
        of_credit_note: n.of_credit_note
            || matches!(&row.draft, Draft::Payment(p) if p.kind == PaymentKind::Refund),
        update: (!n.update_id.is_empty()).then(|| UpdateOf {
            id: n.update_id.clone(),
            version: n.update_version.clone(),
            line_ids: n.update_lines.clone(),
            status: n.update_status.clone(),
            same: n.update_same.clone(),
        }),
    }
}
