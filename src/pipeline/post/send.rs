//! What is ready, sent: the intent first, then the bytes, then what the answer means.

use super::super::form::{unsayable, write_of};
use super::super::lease::{LEASE_S, Lease};
use super::super::plant;
use super::super::ports::{Batch, Settled};
use super::super::protocol::{self, Settle};
use super::super::taken::unreadable;
use super::super::write::WriteRow;
use super::done::PostError;
use super::posting::{Posting, each};
use crate::clock::Moment;
use crate::connectors::{CallError, Encoded, Outcome, RefusalClass, Write};
use crate::model::Kind;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

impl Posting<'_> {
    /// Sends what is ready, request by request, until nothing is.
    pub(super) async fn send_ready(&mut self) -> Result<(), PostError> {
        loop {
            self.goes_on()?;
            let now = self.session.clock.now();
            let mut rows = self
                .journal
                .ready(
                    &self.session.tenant,
                    self.scope.only.as_ref(),
                    now,
                    self.facts.largest_batch(),
                )
                .await?;
            let Some(first) = rows.first() else {
                return Ok(());
            };
            let book = first.to.clone();
            rows.truncate(self.facts.batch(first.kind));
            // Whatever is written, what changed in the ledger is read before: it may show that the workspace is older than that.
            if self.lists(Kind::Invoice) {
                let fresh = self.fresh();
                self.look_at(&book, Kind::Invoice, fresh).await?;
            }
            self.send_fresh(rows).await?;
        }
    }

    /// Of what some writes are about, one thing cannot be read: each is looked at alone, and the one that it is about is held.
    async fn unclear(
        &mut self,
        rows: Vec<WriteRow>,
        (id, what): (&str, &str),
    ) -> Result<(), PostError> {
        if rows.len() > 1 {
            for row in rows {
                Box::pin(self.send_fresh(vec![row])).await?;
            }
            return Ok(());
        }
        let settle = Settle::Held(unreadable(id, what));
        let lease = self.lease().await?;
        self.commit(&lease, each(&rows, &settle)).await
    }

    pub(super) async fn send_fresh(&mut self, mut rows: Vec<WriteRow>) -> Result<(), PostError> {
        self.at_hand(&rows);
        if let Some(settle) = self.moved_on(&mut rows).await? {
            let lease = self.lease().await?;
            return self.commit(&lease, each(&rows, &settle)).await;
        }
        let rows = match self.seen_first(rows.clone()).await {
            Err(PostError::Call(CallError::Unclear { id, what })) => {
                return self.unclear(rows, (&id, &what)).await;
            }
            seen => seen?,
        };
        if rows.is_empty() {
            return Ok(());
        }
        let at_hand = rows.clone();
        let mut rows = match self.on_its_version(rows).await {
            Err(PostError::Call(CallError::Unclear { id, what })) => {
                return self.unclear(at_hand, (&id, &what)).await;
            }
            Err(e) => return Err(e),
            Ok(Ok(rows)) => rows,
            Ok(Err(settle)) => {
                let lease = self.lease().await?;
                return self.commit(&lease, each(&at_hand, &settle)).await;
            }
        };
        for w in &mut rows {
            w.run.clone_from(&self.scope.run);
        }
        let writes: Vec<Write> = rows.iter().map(write_of).collect();
        let encoded = match self.target.writes.encode(&writes) {
            Ok(encoded) => encoded,
            Err(why) => return self.unwritable(rows, &why).await,
        };
        let lease = self.lease().await?;
        self.may_write().await?;
        let began = Moment::now(self.session.clock.as_ref());
        let now = began.at;
        let key = request_key(&rows, &encoded, self.windows.promise.key_chars());
        if plant::send_before_journal() {
            self.count()?;
            let answer = self.target.writes.post(self.session, &encoded, &key).await;
            let id = self
                .journal
                .intend(&lease, &rows, &encoded, &key, now)
                .await?;
            let batch = Batch { id, key, encoded };
            return self.answered(&lease, rows, &batch, answer, false).await;
        }
        let id = self
            .journal
            .intend(&lease, &rows, &encoded, &key, now)
            .await?;
        let batch = Batch { id, key, encoded };
        (self.journal)
            .about_to_send(&lease, &self.scope.run, now)
            .await?;
        if !began.within(self.session.clock.as_ref(), LEASE_S) {
            // This process stood still: its lease is old, and its request would come at a time the others do
            // not reckon with. Nothing has left, so it may be begun anew, if the flow is still ours.
            let settle = Settle::Again { not_before: None };
            return self.commit(&lease, each(&rows, &settle)).await;
        }
        self.send(&lease, rows, &batch, false).await
    }

    /// The last look at the clock before bytes leave: whether it is still within so many seconds of a time.
    pub(super) fn in_time(&self, since: DateTime<Utc>, seconds: i64) -> bool {
        let now = self.session.clock.now();
        now >= since && now - since <= chrono::Duration::seconds(seconds)
    }

    pub(super) async fn send(
        &mut self,
        lease: &Lease,
        rows: Vec<WriteRow>,
        batch: &Batch,
        resent: bool,
    ) -> Result<(), PostError> {
        self.count()?;
        self.left = self.session.clock.now();
        let answer = self
            .target
            .writes
            .post(self.session, &batch.encoded, &batch.key)
            .await;
        self.answered(lease, rows, batch, answer, resent).await
    }

    pub(super) async fn answered(
        &mut self,
        lease: &Lease,
        rows: Vec<WriteRow>,
        batch: &Batch,
        answer: Result<Vec<Outcome>, CallError>,
        resent: bool,
    ) -> Result<(), PostError> {
        let outcomes = match answer {
            Ok(outcomes) if outcomes.len() == batch.encoded.markers.len() => outcomes,
            Ok(outcomes) => {
                let e = CallError::Uncertain {
                    system: self.facts.system.into(),
                    why: format!(
                        "{} elements were sent and {} answered",
                        batch.encoded.markers.len(),
                        outcomes.len()
                    ),
                    cached: false,
                };
                return self.failed(lease, rows, e, resent).await;
            }
            Err(e) => return self.failed(lease, rows, e, resent).await,
        };
        let mut settled = Vec::new();
        let mut to_look_up = Vec::new();
        let mut refusals = BTreeMap::new();
        // A request that goes again may hold elements that were settled before: their answers say nothing new.
        let mut answers: BTreeMap<&str, Outcome> = batch
            .encoded
            .markers
            .iter()
            .map(String::as_str)
            .zip(outcomes)
            .collect();
        for row in rows {
            let Some(outcome) = answers.remove(row.marker.as_str()) else {
                continue;
            };
            match protocol::on_outcome(&row, outcome) {
                Settle::LookUp(refusal) => {
                    refusals.insert(row.id, refusal);
                    to_look_up.push(row);
                }
                settle => settled.push(Settled {
                    write: row.id,
                    settle,
                }),
            }
        }
        if !settled.is_empty() {
            self.commit(lease, settled).await?;
        }
        if to_look_up.is_empty() {
            return Ok(());
        }
        self.look_up(to_look_up, false, &refusals).await?;
        Ok(())
    }

    /// What cannot be written in the vendor's format is held, and nothing waits behind it.
    pub(super) async fn unwritable(
        &mut self,
        rows: Vec<WriteRow>,
        why: &str,
    ) -> Result<(), PostError> {
        if rows.len() > 1 {
            return self.one_by_one(rows).await;
        }
        let lease = self.lease().await?;
        let reason = unsayable(why);
        self.commit(&lease, each(&rows, &Settle::Held(reason)))
            .await
    }

    /// Sends writes in requests of their own, so that one cannot spoil the others.
    pub(super) async fn one_by_one(&mut self, rows: Vec<WriteRow>) -> Result<(), PostError> {
        for row in rows {
            Box::pin(self.send_fresh(vec![row])).await?;
        }
        Ok(())
    }

    pub(super) async fn failed(
        &mut self,
        lease: &Lease,
        rows: Vec<WriteRow>,
        error: CallError,
        resent: bool,
    ) -> Result<(), PostError> {
        let settle = match (&error, rows.as_slice()) {
            (CallError::Refused { refusal, .. }, [row])
                if refusal.class == RefusalClass::Stale && !resent =>
            {
                let settle = protocol::on_stale(row, refusal.clone());
                return self.commit(lease, each(&rows, &settle)).await;
            }
            _ => protocol::on_error(&error, resent),
        };
        if let Settle::LookUp(refusal) = &settle {
            let refusals = rows.iter().map(|r| (r.id, refusal.clone())).collect();
            self.look_up(rows, false, &refusals).await?;
            return Ok(());
        }
        // A refusal of the whole request may be the fault of one of its documents.
        let whole = matches!(
            &settle,
            Settle::Refused(_) | Settle::Held(_) | Settle::NotMade(_)
        );
        if whole && rows.len() > 1 && !resent {
            let again = Settle::Again { not_before: None };
            self.commit(lease, each(&rows, &again)).await?;
            let again = |r: WriteRow| WriteRow {
                attempt: r.attempt.saturating_add(1),
                ..r
            };
            return self.one_by_one(rows.into_iter().map(again).collect()).await;
        }
        self.commit(lease, each(&rows, &settle)).await?;
        match settle {
            Settle::Refused(_) | Settle::Held(_) | Settle::NotMade(_) => Ok(()),
            // The whole connection is at fault, or the answer was lost: no sense in sending the next request now.
            _ => Err(PostError::Call(error)),
        }
    }
}

/// The vendor's key of a request: from its writes, their attempts and the bytes, so that it needs no chance.
fn request_key(rows: &[WriteRow], encoded: &Encoded, chars: usize) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for r in rows {
        hash.update(r.key.as_bytes());
        hash.update(plant::attempt(r.attempt).to_be_bytes());
        hash.update([0]);
    }
    hash.update(encoded.body.as_bytes());
    let text = data_encoding::BASE32_NOPAD.encode(&hash.finalize());
    text.chars().take(chars).collect()
}
