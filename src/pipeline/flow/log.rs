//! The run's log: its counts, its lines, and the run as it is kept in the history.

use super::super::plan::WritePlan;
use super::super::ports::{DocRow, RunLine};
use super::super::post::PostError;
use super::super::tenant::{SyncError, Tenant};
use super::pass::Pass;
use crate::connectors::{BadRecord, CallError, Session};
use crate::model::{DocState, Kind, Reason};

impl Pass<'_> {
    pub(super) fn count(&mut self, word: &str, n: u64) {
        *self.done.run.counts.entry(word.to_owned()).or_default() += n;
    }

    pub(super) fn line(&mut self, kind: &str, number: &str, action: &str, detail: &str) {
        let at = self.t.to.clock.now();
        self.done.lines.push(RunLine {
            at,
            object: format!("{kind} {number}"),
            action: action.to_owned(),
            detail: detail.to_owned(),
        });
    }

    pub(super) fn bad(&mut self, bad: &[BadRecord]) {
        for b in bad {
            self.line(
                "record",
                &b.at,
                "unreadable",
                &format!("{}; {}", b.what, b.fix),
            );
        }
    }

    pub(super) fn told(&mut self, row: &DocRow, outcome: &WritePlan, warnings: &[Reason]) {
        for warning in warnings {
            self.count("warnings", 1);
            self.line("invoice", &row.number, "warning", &warning.to_string());
        }
        let action = match outcome.state {
            DocState::Skipped => "skipped",
            DocState::Held => "held",
            DocState::Refused => "refused",
            DocState::Checked => "waits",
            _ => {
                if outcome.writes.is_empty() {
                    self.count("unchanged", 1);
                }
                return;
            }
        };
        self.count(action, 1);
        let why = outcome
            .reason
            .as_ref()
            .map_or(String::new(), Reason::to_string);
        self.line("invoice", &row.number, action, &why);
    }

    pub(super) async fn finish(
        &mut self,
        before: (u64, u64),
        result: &Result<(), SyncError>,
    ) -> Result<(), SyncError> {
        let t = self.t;
        let now = t.to.clock.now();
        for w in t.memory.doubtful(t.tenant()).await? {
            let ours = self.ask.only.is_none() || self.named.as_ref() == Some(&w.document);
            if ours && !self.ask.dry {
                match w.kind {
                    Kind::Invoice => self.count("in_doubt", 1),
                    kind => self.count(&format!("{kind}s_in_doubt"), 1),
                }
            }
        }
        let run = &mut self.done.run;
        run.ended = Some(now);
        run.stopped = result.as_ref().err().map(ToString::to_string);
        let from = calls_of(t.from).saturating_sub(before.0);
        let to = calls_of(t.to).saturating_sub(before.1);
        run.calls.insert(t.source.facts().system.to_owned(), from);
        run.calls.insert(t.target.facts().system.to_owned(), to);
        if self.ask.dry {
            return Ok(());
        }
        t.memory
            .save_run(t.tenant(), &self.done.run, &self.done.lines)
            .await?;
        let mut state = t.memory.tenant(t.tenant()).await?;
        state.last_run = Some(now);
        state.ends = ends(t);
        if let Err(
            SyncError::Call(CallError::Wait {
                until, park: true, ..
            })
            | SyncError::Post(PostError::Call(CallError::Wait {
                until, park: true, ..
            })),
        ) = result
        {
            state.parked_until = Some(*until);
        }
        t.memory
            .set_tenant(t.tenant(), &state, "crossfoot", now)
            .await?;
        Ok(())
    }
}

/// Where a tenant's documents come from and go to, as far as it is known: links mean nothing elsewhere.
pub(super) fn ends(t: &Tenant<'_>) -> String {
    let organisation = t.to.settings.get("organisation", "");
    let (from, to) = (&t.from.connection, &t.to.connection);
    format!("{from} to {to} {organisation}").trim().to_owned()
}

/// Requests a tenant's connection has made so far.
pub(super) fn calls_of(session: &Session) -> u64 {
    let system = &session.settings.system;
    let all = session.http.calls_of(&session.tenant);
    (all.iter().filter(|((s, _), _)| s == system))
        .map(|(_, n)| n)
        .sum()
}
