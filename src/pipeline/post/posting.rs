//! One call of posting: the lease before every request, the count of requests, and what is committed.

use super::super::book_names::BookNames;
use super::super::ending::Ending;
use super::super::epoch::gate;
use super::super::lease::{LEASE_S, Lease};
use super::super::plant;
use super::super::ports::{Journal, Settled, StoreError};
use super::super::protocol::{self, Settle, Windows};
use super::super::write::WriteRow;
use super::done::{HandedOn, MAX_REQUESTS, OnSettled, PostDone, PostError, WriteEvent};
use crate::connectors::{Session, TargetSide};
use crate::model::{Gate, Key, Kind, Op, Start, TargetFacts, TenantId, codes};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// One call of posting, and what it has at hand.
pub(super) struct Posting<'a> {
    pub(super) journal: &'a dyn Journal,
    pub(super) target: TargetSide<'a>,
    pub(super) session: &'a Session,
    pub(super) holder: &'a str,
    pub(super) scope: Scope,
    pub(super) facts: TargetFacts<'a>,
    pub(super) windows: Windows,
    /// The fence this call works under. What was read under it is stale as soon as somebody else held the flow.
    pub(super) fence: Option<i64>,
    pub(super) done: PostDone,
    /// The rows at hand, so that what became of them can be told.
    pub(super) rows: BTreeMap<i64, WriteRow>,
    /// When the last request left: what it made may have been seen from then on, however long its answer took.
    pub(super) left: DateTime<Utc>,
    /// What the run has made and seen so far.
    pub(super) seen: HandedOn,
    pub(super) progress: OnSettled<'a>,
}

/// What one call of [`post`](super::post) is about.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Only what an earlier call left in doubt is settled; nothing fresh leaves.
    pub doubt_only: bool,
    /// Only this document, with the contact it needs.
    pub only: Option<Key>,
    /// The run that posts, which is remembered with what it sends.
    pub run: String,
    /// Nothing in the ledger before this concerns the tenant.
    pub start: Start,
    /// What earlier calls of the same run have made and seen.
    pub handed_on: HandedOn,
    /// Nothing more leaves once the process was asked to end.
    pub ending: Ending,
    /// How people are told of the two books, where these are no source and ledger to them.
    pub names: Option<BookNames>,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            doubt_only: false,
            only: None,
            run: String::new(),
            start: Start::Beginning,
            handed_on: HandedOn::default(),
            ending: Ending::never(),
            names: None,
        }
    }
}

impl Posting<'_> {
    pub(super) fn at_hand(&mut self, rows: &[WriteRow]) {
        self.rows = rows.iter().map(|r| (r.id, r.clone())).collect();
    }

    /// Takes the lease anew: before every request, so that a worker that lost its flow sends nothing more.
    ///
    /// A lease that was another's in between has a new fence: it is worth nothing to this call, which has read
    /// rows and ledger under the old one.
    pub(super) async fn lease(&mut self) -> Result<Lease, PostError> {
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
                if self.seen.fence.is_some_and(|f| f != lease.fence) {
                    self.seen = HandedOn::default();
                }
                self.seen.fence = self.fence;
                Ok(lease)
            }
            _ => Err(StoreError::LeaseLost {
                tenant: tenant.to_string(),
                holder: "another process".into(),
            }
            .into()),
        }
    }

    /// What is in doubt once the clock is seen to have gone back has lost its key for good. Nobody may live to see it
    /// again before the clock comes by the same times a second time.
    async fn in_false_time(&self, mut settled: Vec<Settled>) -> Result<Vec<Settled>, PostError> {
        let keyed = |s: &Settle| {
            matches!(
                s,
                Settle::InDoubt {
                    key_spent: false,
                    ..
                }
            )
        };
        if settled.iter().any(|s| keyed(&s.settle)) {
            let now = self.session.clock.now();
            if self.journal.clock_went_back(now).await? {
                for s in &mut settled {
                    if let Settle::InDoubt { key_spent, .. } = &mut s.settle {
                        *key_spent = true;
                    }
                }
            }
        }
        Ok(settled)
    }

    /// Whether anything may be written. Asked anew before each request: a look, another tenant's run or a person may have
    /// found out meanwhile that the workspace is older than the world.
    pub(super) async fn may_write(&self) -> Result<(), PostError> {
        if !self.target.tried {
            return Err(PostError::Shut(untried(&self.target, &self.session.tenant)));
        }
        let now = self.session.clock.now();
        match gate(&self.journal.epoch(now).await?, now) {
            Gate::Open => Ok(()),
            shut => Err(PostError::Shut(shut)),
        }
    }

    /// Between two requests nothing is half done.
    pub(super) fn goes_on(&self) -> Result<(), PostError> {
        match self.scope.ending.is_asked() {
            true => Err(PostError::Ended),
            false => Ok(()),
        }
    }

    pub(super) fn count(&mut self) -> Result<(), PostError> {
        self.done.requests += 1;
        if self.done.requests > MAX_REQUESTS {
            return Err(PostError::TooMany);
        }
        Ok(())
    }

    pub(super) async fn commit(
        &mut self,
        lease: &Lease,
        settled: Vec<Settled>,
    ) -> Result<(), PostError> {
        let mut settled = self.in_false_time(settled).await?;
        for s in &mut settled {
            // What the ledger says of a payment does not name it.
            if let Some(row) = self.rows.get(&s.write)
                && row.kind == Kind::Payment
            {
                s.settle = s.settle.clone().of_payment(&row.of.id.0);
            }
            if let Some(names) = &self.scope.names {
                names.settle(&mut s.settle);
            }
        }
        let mut papers = Vec::new();
        for s in &settled {
            match &s.settle {
                Settle::Linked { posted, adopted } => {
                    self.done.linked += 1;
                    // What was changed stood there before: people may have put money to it.
                    let row = self.rows.get(&s.write);
                    let made = row.filter(|r| !adopted && r.needs.update_id.is_empty());
                    let made = made.filter(|r| r.kind.is_paper());
                    // An answer may be one that an earlier request was given, and that got lost.
                    let since = |r: &WriteRow| r.first_sent.unwrap_or(self.left);
                    papers.extend(made.map(|r| ((r.kind, posted.id.clone()), since(r))));
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
        self.keep_made(papers);
        let now = self.session.clock.now();
        self.journal.settle(lease, &settled, now).await?;
        for s in &settled {
            let Some(row) = self.rows.get(&s.write) else {
                continue;
            };
            self.done.events.extend(WriteEvent::of(row, &s.settle));
            // The document is there, and a person must look at it all the same.
            if let Some(reason) = protocol::posted_differs(row, &s.settle) {
                self.done.held += 1;
                self.done
                    .events
                    .extend(WriteEvent::of(row, &Settle::Held(reason)));
            }
        }
        (self.progress)(&self.done);
        Ok(())
    }
}

/// A described system is written to once its description has been tried as it stands.
fn untried(target: &TargetSide<'_>, tenant: &TenantId) -> Gate {
    let command = trial_command(&tenant.to_string(), target.facts);
    Gate::Stopped {
        why: format!(
            "the description of {} has not been tried as it stands now ({}): `{command}`",
            target.facts.title,
            codes::CONNECTOR_UNTRIED
        ),
        fix: format!("`{command}`, at a sandbox where the system has one"),
    }
}

/// The command that tries the writing of a system. Where payments alone are written, a person names the document that one is put to.
pub fn trial_command(tenant: &str, facts: TargetFacts<'_>) -> String {
    let on = match facts.does(Kind::Invoice, Op::Create) {
        true => "",
        false => " --on UNPAID",
    };
    format!("crossfoot connector test {tenant} --write{on}")
}

/// The same of several writes.
pub(super) fn each(rows: &[WriteRow], settle: &Settle) -> Vec<Settled> {
    let one = |r: &WriteRow| Settled {
        write: r.id,
        settle: settle.clone(),
    };
    rows.iter().map(one).collect()
}
