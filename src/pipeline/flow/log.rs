//! The run's log: its counts, its lines, and the run as it is kept in the history.

use super::super::plan::WritePlan;
use super::super::ports::{DocRow, RunLine, TenantSwitch};
use super::super::post::PostError;
use super::super::tenant::SyncError;
use super::pass::Pass;
use crate::connectors::{BadRecord, CallError, Session};
use crate::model::codes;
use crate::model::{Became, DocState, Kind, Reason};

impl Pass<'_> {
    pub(super) fn count(&mut self, kind: Kind, became: Became, n: u64) {
        self.done.run.counts.add(kind, became, n);
    }

    /// A line of the log, with what is told and the code of its reason where it has one.
    pub(super) fn line(
        &mut self,
        kind: Option<Kind>,
        number: &str,
        action: Became,
        (detail, code): (&str, &str),
    ) {
        let at = self.t.to.clock.now();
        let of = match (kind, action) {
            (Some(kind), _) => kind.as_str(),
            (None, Became::Renamed) => "connection",
            (None, _) => "record",
        };
        self.done.lines.push(RunLine {
            at,
            object: format!("{of} {number}"),
            action,
            detail: detail.to_owned(),
            kind,
            number: number.to_owned(),
            code: code.to_owned(),
        });
    }

    /// Keeps which books the run is between, and tells of a connection that was renamed.
    pub(super) async fn lead(&mut self) -> Result<(), SyncError> {
        let t = self.t;
        let now = t.to.clock.now();
        for book in t.books.news.iter().filter(|_| !self.ask.dry) {
            t.memory.keep_book(t.tenant(), book, now).await?;
        }
        for (name, was) in &t.books.renamed {
            let detail =
                format!("it was {was} and leads to the same account: all that is linked goes on");
            self.line(None, name, Became::Renamed, (&detail, ""));
        }
        Ok(())
    }

    /// A line of the log about a document and its reason.
    pub(super) fn reason(&mut self, row: &DocRow, action: Became, reason: Option<&Reason>) {
        let detail = reason.map_or(String::new(), Reason::to_string);
        let code = reason.map_or("", |r| r.code.as_str());
        self.line(Some(row.key.kind), &row.number, action, (&detail, code));
    }

    /// What could not be read of a kind, but for what a person has left out as it stands there.
    pub(super) async fn bad(&mut self, kind: Kind, bad: &[BadRecord]) -> Result<(), SyncError> {
        let t = self.t;
        let waits = (t.memory).not_closed(t.tenant(), &t.books.source, kind, bad);
        for b in waits.await? {
            let told = format!("{}; {}", b.what, b.fix);
            self.line(None, &b.at, Became::Unreadable, (&told, ""));
        }
        Ok(())
    }

    /// Which of a decision's warnings are news: that a paper of ours was copied is told once.
    pub(super) async fn news(
        &self,
        row: &DocRow,
        warnings: &[Reason],
    ) -> Result<Vec<Reason>, SyncError> {
        let once = |r: &Reason| r.is(codes::STAMP_COPIED);
        let mut news = warnings.to_vec();
        if news.iter().any(once) {
            let t = self.t;
            let before = t.memory.decision(t.tenant(), &row.key).await?;
            let before = before.map(|n| n.warnings).unwrap_or_default();
            news.retain(|w| !once(w) || !before.contains(w));
        }
        Ok(news)
    }

    pub(super) fn told(&mut self, row: &DocRow, outcome: &WritePlan, warnings: &[Reason]) {
        for warning in warnings {
            self.count(row.key.kind, Became::Warning, 1);
            self.reason(row, Became::Warning, Some(warning));
        }
        self.told_of_money(row, outcome);
        let action = match outcome.state {
            // That it is done with by hand is what a person said of it.
            DocState::Skipped | DocState::Settled => Became::Skipped,
            DocState::Held => Became::Held,
            DocState::Refused => Became::Refused,
            DocState::Checked => Became::Waits,
            _ => {
                if outcome.writes.is_empty() {
                    self.count(row.key.kind, Became::Unchanged, 1);
                }
                return;
            }
        };
        self.kept(row, action, outcome.reason.as_ref());
    }

    /// What keeps a document from going is counted and told once a run.
    pub(super) fn kept(&mut self, row: &DocRow, action: Became, reason: Option<&Reason>) {
        let code = reason.map_or("", |r| r.code.as_str());
        let told = (row.key.clone(), action, code.to_owned());
        if self.kept_back.insert(told) {
            self.count(row.key.kind, action, 1);
            self.reason(row, action, reason);
        }
    }

    /// Each payment that does not go, or not whole, with its own reason. One that is held holds its document, which is
    /// counted; what is told of that is not told again.
    fn told_of_money(&mut self, row: &DocRow, outcome: &WritePlan) {
        for p in &outcome.payments {
            let Some(reason) = &p.reason else { continue };
            if outcome.reason.as_ref() == Some(reason) {
                continue;
            }
            let action = match p.state.as_str() {
                "skipped" => Became::Skipped,
                "held" => Became::Held,
                "waits" => Became::Waits,
                "refused" => Became::Refused,
                _ => Became::Warning,
            };
            // What waits as a group holds no document.
            let grouped = reason.is(codes::PAYMENT_RELEASE);
            if grouped || matches!(action, Became::Skipped | Became::Warning) {
                self.count(Kind::Payment, action, 1);
            }
            let told = reason.to_string();
            self.line(
                Some(Kind::Payment),
                &row.number,
                action,
                (&told, &reason.code),
            );
        }
    }

    pub(super) async fn finish(&mut self, result: &Result<(), SyncError>) -> Result<(), SyncError> {
        let t = self.t;
        let now = t.to.clock.now();
        for w in t.memory.doubtful(t.tenant()).await? {
            let all = self.ask.only.is_none() && self.ask.again.is_empty();
            let ours = all || self.named.as_ref() == Some(&w.document);
            if ours && !self.ask.dry {
                self.count(w.kind, Became::InDoubt, 1);
            }
        }
        let held = t.memory.waiting(t.tenant()).await?;
        let run = &mut self.done.run;
        run.held = Some(held);
        run.ended = Some(now);
        let waits = run.waits.as_ref().map(ToString::to_string);
        run.stopped = result.as_ref().err().map(ToString::to_string).or(waits);
        run.asked_to_end = result.as_ref().is_err_and(SyncError::is_ended);
        let from = calls_of(t.from).saturating_sub(self.calls_before.0);
        let to = calls_of(t.to).saturating_sub(self.calls_before.1);
        run.calls.insert(t.source.facts.system.to_owned(), from);
        run.calls.insert(t.target.facts.system.to_owned(), to);
        if self.ask.dry {
            return Ok(());
        }
        t.memory
            .save_run(t.tenant(), &self.done.run, &self.done.lines)
            .await?;
        let parked_until = match result {
            Err(
                SyncError::Call(CallError::Wait {
                    until, park: true, ..
                })
                | SyncError::Post(PostError::Call(CallError::Wait {
                    until, park: true, ..
                })),
            ) => Some(*until),
            _ => None,
        };
        let ran = TenantSwitch::Ran {
            at: now,
            parked_until,
        };
        t.memory.switch(t.tenant(), &ran, "crossfoot", now).await?;
        Ok(())
    }
}

/// Requests a tenant's connection has made so far.
pub(super) fn calls_of(session: &Session) -> u64 {
    let system = &session.settings.system;
    let all = session.http.calls_of(&session.tenant);
    (all.iter().filter(|((s, _), _)| s == system))
        .map(|(_, n)| n)
        .sum()
}
