//! What an earlier run left sent or in doubt: sent again, waited out, or looked up.

use super::super::lease::LEASE_S;
use super::super::plant;
use super::super::ports::Settled;
use super::super::protocol::{self, Next, Seen, Settle};
use super::super::write::WriteRow;
use super::done::{PostError, WriteEvent};
use super::look::judge_on;
use super::posting::{Posting, each};
use crate::clock::Moment;
use crate::connectors::CallError;
use crate::model::{Kind, Promise};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;

impl Posting<'_> {
    /// Settles what an earlier run left sent or in doubt, request by request.
    pub(super) async fn settle_doubt(&mut self) -> Result<(), PostError> {
        let rows = self.journal.doubtful(&self.session.tenant).await?;
        let mut by_batch: BTreeMap<i64, Vec<WriteRow>> = BTreeMap::new();
        for row in rows {
            by_batch
                .entry(row.batch.unwrap_or(-row.id))
                .or_default()
                .push(row);
        }
        for (batch, rows) in by_batch {
            if !self.concerns(&rows) {
                continue;
            }
            self.goes_on()?;
            match self.settle_batch(batch, rows).await {
                // One document that cannot be read must not bar the others: it stays in doubt, and is told.
                Err(PostError::Call(
                    e @ (CallError::Broken { .. }
                    | CallError::Refused { .. }
                    | CallError::Unclear { .. }),
                )) => {
                    self.unread(&e);
                }
                result => result?,
            }
        }
        Ok(())
    }

    /// Tells of writes in doubt that could not be looked up now: the next call tries again.
    pub(super) fn unread(&mut self, e: &CallError) {
        let settle = Settle::InDoubt {
            not_before: None,
            key_spent: false,
            why: e.to_string(),
        };
        let events: Vec<WriteEvent> = (self.rows.values())
            .filter_map(|row| WriteEvent::of(row, &settle))
            .collect();
        self.done.events.extend(events);
    }

    /// Whether a request that may have left is within the scope. A contact always is: it may be the one needed.
    pub(super) fn concerns(&self, rows: &[WriteRow]) -> bool {
        let Some(only) = &self.scope.only else {
            return true;
        };
        rows.iter()
            .any(|r| r.document == *only || r.kind == Kind::Contact)
    }

    pub(super) async fn settle_batch(
        &mut self,
        batch: i64,
        rows: Vec<WriteRow>,
    ) -> Result<(), PostError> {
        self.at_hand(&rows);
        let now = self.session.clock.now();
        let back = self.journal.clock_went_back(now).await?;
        let Some(first) = rows.first() else {
            return Ok(());
        };
        if rows.iter().any(|r| protocol::times_are_false(r, now, back)) {
            return self.count_anew(rows).await;
        }
        // Rows of one request share its times; a row whose own look-up waits is asked for by itself.
        if let Some(until) = rows.iter().filter_map(|r| r.not_before).max()
            && until > now
        {
            self.wake(until);
            return Ok(());
        }
        match protocol::next(first, self.windows, now, back) {
            Next::Wait(until) => {
                self.wake(until);
                Ok(())
            }
            Next::Resend if plant::new_key() => self.begin_anew(&rows).await,
            Next::LookUp if plant::no_look_up() => self.begin_anew(&rows).await,
            // What is not wanted any more goes no second time: it is looked for once that says something. Whether it is, a
            // decision says that has seen what the source says now.
            Next::Resend if self.scope.doubt_only => Ok(()),
            Next::Resend if rows.iter().any(|r| !r.wanted) => {
                let quarantine = Duration::seconds(self.windows.quarantine_s);
                self.wake(first.last_sent.unwrap_or(now) + quarantine);
                Ok(())
            }
            Next::Resend => {
                let rows = self.seen_between(rows, now).await?;
                match rows.is_empty() {
                    true => Ok(()),
                    false => self.resend(batch, rows, None).await,
                }
            }
            Next::LookUp => {
                let looked = Moment::now(self.session.clock.as_ref());
                let absent = self.look_up(rows, true, &BTreeMap::new()).await?;
                match absent.is_empty() || self.scope.doubt_only {
                    true => Ok(()),
                    false => self.resend(batch, absent, Some(looked)).await,
                }
            }
        }
    }

    /// Of payments that a person may have entered since they left, those that may go again: what is there under our stamp is
    /// taken, and beside what carries none nothing goes before it is known what became of ours.
    async fn seen_between(
        &mut self,
        rows: Vec<WriteRow>,
        now: DateTime<Utc>,
    ) -> Result<Vec<WriteRow>, PostError> {
        let since = Duration::seconds(protocol::FRESH_LOOK_S);
        let long = |r: &WriteRow| r.last_sent.is_none_or(|sent| now - sent > since);
        if plant::blind() || !rows.iter().any(|r| r.kind == Kind::Payment && long(r)) {
            return Ok(rows);
        }
        let quarantine = Duration::seconds(self.windows.quarantine_s);
        let (mut absent, mut settled) = (Vec::new(), Vec::new());
        let seen = self.on_their_papers(&rows).await?;
        let all = rows.len();
        for (row, seen) in rows.into_iter().zip(seen) {
            let settle = match seen {
                Seen::Absent => {
                    absent.push(row);
                    continue;
                }
                Seen::Ours(posted) => Settle::Linked {
                    posted,
                    adopted: true,
                },
                Seen::Other(why) => Settle::InDoubt {
                    not_before: row.last_sent.map(|sent| sent + quarantine),
                    key_spent: true,
                    why: why.what,
                },
            };
            settled.push(Settled {
                write: row.id,
                settle,
            });
        }
        if settled.is_empty() {
            return Ok(absent);
        }
        let lease = self.lease().await?;
        self.commit(&lease, settled).await?;
        // A request goes again whole, or not at all.
        if absent.len() < all && !absent.is_empty() {
            self.spend(absent, "a part of its request is there already")
                .await?;
        }
        Ok(Vec::new())
    }

    /// What is seen of payments that may have left on the papers that they are for.
    async fn on_their_papers(&mut self, rows: &[WriteRow]) -> Result<Vec<Seen>, PostError> {
        let mut found = Vec::new();
        let (notes, invoices): (Vec<&WriteRow>, Vec<&WriteRow>) =
            rows.iter().partition(|r| r.needs.of_credit_note);
        for (kind, some) in [(Kind::Invoice, invoices), (Kind::CreditNote, notes)] {
            found.extend(self.paid_papers(&some, kind).await?);
        }
        let on = |r: &WriteRow| found.iter().find(|p| p.id == r.needs.document_id);
        Ok(rows.iter().map(|r| judge_on(r, on(r))).collect())
    }

    /// Only planted bugs come here: nothing is begun anew without a look-up.
    pub(super) async fn begin_anew(&mut self, rows: &[WriteRow]) -> Result<(), PostError> {
        let lease = self.lease().await?;
        let settle = Settle::Again { not_before: None };
        self.commit(&lease, each(rows, &settle)).await
    }

    pub(super) fn wake(&mut self, at: DateTime<Utc>) {
        self.done.wake = Some(self.done.wake.map_or(at, |w| w.min(at)));
    }

    /// Sends a stored request again, byte for byte and under the same key.
    pub(super) async fn resend(
        &mut self,
        batch: i64,
        rows: Vec<WriteRow>,
        looked: Option<Moment>,
    ) -> Result<(), PostError> {
        let stored = self.journal.batch(&self.session.tenant, batch).await?;
        let Some(stored) = stored else {
            return self.look_up_later(rows).await;
        };
        // Where nobody says how long a key is known, a request of which a part is there does not go again whole.
        let whole = rows.len() == stored.encoded.markers.len();
        if !whole && matches!(self.windows.promise, Promise::Unstated { .. }) {
            return self
                .spend(rows, "a part of its request is there already")
                .await;
        }
        let first = rows.first().and_then(|r| r.first_sent);
        let lease = self.lease().await?;
        self.may_write().await?;
        let began = Moment::now(self.session.clock.as_ref());
        let now = began.at;
        self.journal.again(&lease, stored.id, now).await?;
        (self.journal)
            .about_to_send(&lease, &self.scope.run, now)
            .await?;
        let clock = self.session.clock.as_ref();
        let in_time = began.within(clock, LEASE_S)
            && looked.is_none_or(|l| l.within(clock, protocol::FRESH_LOOK_S))
            && self.in_time(first.unwrap_or(now), self.windows.resend_s());
        if !in_time {
            // Too late for the key by now: the next call waits out the quarantine, or looks anew.
            return Ok(());
        }
        self.send(&lease, rows, &stored, true).await
    }

    pub(super) async fn look_up_later(&mut self, rows: Vec<WriteRow>) -> Result<(), PostError> {
        self.spend(rows, "the stored request is gone").await
    }

    /// The clock went back: the key counts as spent for good, and the quarantine begins anew. Without that
    /// commit the write would be sent again under a key long forgotten once the clock comes by its first send.
    pub(super) async fn count_anew(&mut self, rows: Vec<WriteRow>) -> Result<(), PostError> {
        let from = self.session.clock.now();
        self.spend(rows, "the clock went back").await?;
        self.wake(from + chrono::Duration::seconds(self.windows.quarantine_s));
        Ok(())
    }

    pub(super) async fn spend(&mut self, rows: Vec<WriteRow>, why: &str) -> Result<(), PostError> {
        let lease = self.lease().await?;
        let spent = |r: &WriteRow| Settled {
            write: r.id,
            settle: Settle::InDoubt {
                not_before: None,
                key_spent: true,
                why: why.into(),
            },
        };
        let settled = rows.iter().map(spent).collect();
        self.commit(&lease, settled).await
    }
}
