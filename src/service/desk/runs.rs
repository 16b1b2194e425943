//! What runs did: the answer of a sync, and each run of a worker.

use crate::model::{Became, Counts, HeldCount, Kind, TenantId};
use crate::pipeline::ports::{RunLine, RunRow, WritesWait};
use crate::pipeline::tenant::Done;
use crate::service::not_done::NotDone;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunTold {
    /// Its id.
    pub id: String,
    /// What began it: `sync`, `sync --only 1041`, `schedule`.
    pub trigger: String,
    /// When it began.
    pub started: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
    /// How many of what: `created`, `payments_created`, `held`, `warnings`; invoices are those without a kind.
    #[schemars(extend("x-key" = "WORD"))]
    pub counts: Counts,
    /// Calls made, by system.
    #[schemars(extend("x-key" = "SYSTEM"))]
    pub calls: BTreeMap<String, u64>,
    /// Why it stopped early, if it did.
    pub stopped: Option<String>,
    /// Why nothing was written, where nothing may be: the workspace may be older than the world.
    pub waits: Option<WaitTold>,
    /// How much of the tenant's waited for a person when it ended: all of it, and not only what this run held. None of runs of
    /// long ago.
    pub held: Option<HeldCount>,
}

/// Why nothing is written in the whole workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WaitTold {
    /// Until when; none where it takes a person's word.
    pub until: Option<DateTime<Utc>>,
    /// Why.
    pub why: String,
    /// What to do; empty where it goes on by itself.
    pub fix: String,
}

impl From<WritesWait> for WaitTold {
    fn from(waits: WritesWait) -> Self {
        Self {
            fix: waits.fix,
            until: waits.until,
            why: waits.why,
        }
    }
}

/// One line of a run's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LineTold {
    /// When.
    pub at: DateTime<Utc>,
    /// Which document: kind and number.
    pub object: String,
    /// What became of it.
    pub action: Became,
    /// More: the ledger's id, or why not.
    pub detail: String,
    /// What kind of thing; none for a record that could not be read.
    #[serde(skip)]
    pub kind: Option<Kind>,
    /// The number or id people know it by.
    #[serde(skip)]
    pub number: String,
    /// The code of its reason; empty where it has none.
    #[serde(skip)]
    pub code: String,
}

/// What a sync did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SyncAnswer {
    /// Whose.
    pub tenant: TenantId,
    /// The run.
    pub run: RunTold,
    /// Its log.
    pub lines: Vec<LineTold>,
    /// When it is worth running again for what is in doubt.
    pub wake: Option<DateTime<Utc>>,
    /// Why the file `status_out` was not written, where the source's connection asks for one; the one before stays.
    pub not_written: Option<String>,
    /// What its backward half did, where payments come back.
    pub back: Option<Box<SyncAnswer>>,
}

impl SyncAnswer {
    /// Of a run that came to its end.
    pub fn of(tenant: &TenantId, done: Done) -> Self {
        Self {
            tenant: tenant.clone(),
            run: done.run.into(),
            lines: done.lines.into_iter().map(LineTold::from).collect(),
            wake: done.wake,
            not_written: done.not_written,
            back: (done.back).map(|back| Box::new(Self::of(&tenant.back(), *back))),
        }
    }

    /// Whether anything needs a person.
    pub fn stuck(&self) -> bool {
        let waits = [Became::Held, Became::Refused, Became::InDoubt];
        let told = [Became::Unreadable, Became::Fault];
        waits.iter().any(|b| self.run.counts.all(*b) > 0)
            || self.lines.iter().any(|l| told.contains(&l.action))
            || self.run.waits.is_some()
            || self.back.as_ref().is_some_and(|b| b.stuck())
    }
}

/// Why a run did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunFault {
    /// What happened.
    pub what: String,
    /// What to do; may be empty.
    pub fix: String,
}

/// One run of a worker, or why there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunAnswer {
    /// Whose.
    pub tenant: TenantId,
    /// The run.
    pub run: Option<RunTold>,
    /// Why there was none, or why it stopped.
    pub error: Option<RunFault>,
}

impl RunAnswer {
    /// Of a run.
    pub fn ran(done: &SyncAnswer) -> Self {
        Self {
            tenant: done.tenant.clone(),
            run: Some(done.run.clone()),
            error: None,
        }
    }

    /// Of none.
    pub fn failed(tenant: &TenantId, why: &NotDone) -> Self {
        Self {
            tenant: tenant.clone(),
            run: None,
            error: Some(RunFault {
                what: why.what.clone(),
                fix: why.fix.clone(),
            }),
        }
    }
}

impl From<RunRow> for RunTold {
    fn from(run: RunRow) -> Self {
        Self {
            id: run.id,
            trigger: run.trigger,
            started: run.started,
            ended: run.ended,
            counts: run.counts,
            calls: run.calls,
            stopped: run.stopped,
            waits: run.waits.map(WaitTold::from),
            held: run.held,
        }
    }
}

impl From<RunLine> for LineTold {
    fn from(line: RunLine) -> Self {
        Self {
            at: line.at,
            object: line.object,
            action: line.action,
            detail: line.detail,
            kind: line.kind,
            number: line.number,
            code: line.code,
        }
    }
}
