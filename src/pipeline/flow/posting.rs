//! Post: what may go goes; an answer that was lost is waited for a little before the run ends.

use super::super::ports::WritesWait;
use super::super::post::{PostDone, PostError, Scope, WriteEvent, post_of};
use super::super::protocol::Windows;
use super::super::tenant::{Progress, SyncError};
use super::pass::Pass;
use crate::connectors::CallError;
use crate::model::{Became, Gate, Kind};
use chrono::Duration;

/// How often a run tries again after an answer was lost, each time after [`Windows::pause_s`].
const TRIES: usize = 4;

/// A wait that a run sits out; a longer one ends the run, and the next goes on.
const PATIENCE_S: i64 = 90;

impl Pass<'_> {
    /// What a run may post: everything, or with `--only` the one document.
    async fn scope(&mut self, doubt_only: bool) -> Result<Option<Scope>, SyncError> {
        self.handed_on.looked(&self.looked);
        let mut scope = Scope {
            doubt_only,
            only: None,
            start: self.t.mapping.sync.start.value.clone(),
            run: self.ask.run.clone(),
            handed_on: self.handed_on.clone(),
            ending: self.t.ending.clone(),
            names: self.t.names(),
        };
        if let Some(number) = &self.ask.only {
            let row = self.t.memory.document(self.t.tenant(), number).await?;
            let Some(row) = row else { return Ok(None) };
            self.named = Some(row.key.clone());
            scope.only = Some(row.key);
        }
        if !self.ask.again.is_empty() {
            scope.only.clone_from(&self.named);
        }
        Ok(Some(scope))
    }

    pub(super) async fn post(&mut self, doubt_only: bool) -> Result<(), SyncError> {
        let Some(mut scope) = self.scope(doubt_only).await? else {
            return Ok(());
        };
        let t = self.t;
        let pause_s = Windows::of(t.target.facts.writes).pause_s();
        let mut tries = 0;
        loop {
            let watch = self.watch;
            let progress = move |p: &PostDone| watch(Progress::Posted(p.linked));
            let (posted, result) =
                post_of(t.memory, t.target, t.to, t.holder, scope.clone(), &progress).await;
            self.posted(&posted);
            scope.handed_on.clone_from(&posted.handed_on);
            self.handed_on.clone_from(&posted.handed_on);
            let error = match result {
                Ok(()) => return Ok(()),
                // Reading and deciding go on.
                Err(PostError::Shut(gate)) => {
                    self.shut(gate);
                    return Ok(());
                }
                Err(e) => e,
            };
            // Tries are counted from the last progress: a long run may wait for many minutes of quota.
            tries = if posted.linked > 0 { 1 } else { tries + 1 };
            let now = t.to.clock.now();
            let until = match &error {
                PostError::Call(CallError::Wait {
                    until, park: false, ..
                }) => *until,
                PostError::Call(CallError::Uncertain { .. } | CallError::NotSent { .. }) => {
                    now + Duration::seconds(pause_s)
                }
                _ => return Err(error.into()),
            };
            if tries >= TRIES || until - now > Duration::seconds(PATIENCE_S) {
                return Err(error.into());
            }
            let (waits, system) = (t.to.http.waits(), &t.target.facts.system);
            let _waits = waits.again(system, &error.to_string(), now, until);
            tokio::select! {
                biased;
                () = t.ending.asked() => return Err(SyncError::Ended),
                () = t.to.clock.sleep_until(until) => {}
            }
        }
    }

    /// Nothing is written now, and a run that comes when it may be is worth while.
    fn shut(&mut self, gate: Gate) {
        let (until, why, fix) = match gate {
            Gate::Open => return,
            Gate::Waits { until, why } => (Some(until), why, String::new()),
            Gate::Stopped { why, fix } => (None, why, fix),
        };
        self.done.wake = match (self.done.wake, until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.done.run.waits = Some(WritesWait { until, why, fix });
    }

    fn posted(&mut self, posted: &PostDone) {
        self.taken += posted.taken;
        let of_contacts = |e: &&WriteEvent| e.kind == Kind::Contact && e.action == Became::Held;
        self.contact_holds.extend(
            posted
                .events
                .iter()
                .filter(of_contacts)
                .map(|e| e.detail.clone()),
        );
        self.done.wake = match (self.done.wake, posted.wake) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        for e in &posted.events {
            // What is in doubt now may be settled later in the same run: it is counted at its end.
            if e.action != Became::InDoubt {
                self.count(e.kind, e.action, 1);
            }
            self.line(Some(e.kind), &e.label, e.action, (&e.detail, &e.code));
        }
    }
}
