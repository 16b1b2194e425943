//! Posting: the loop that carries the write protocol out.
//!
//! Flows in: what the journal says is ready or in doubt. Flows out: requests, and what became of them,
//! committed before the next one. Refuses to send without the lease, and to send anything whose intent is
//! not committed. Bounded by [`MAX_REQUESTS`] a call; doubtful writes are settled before fresh ones leave.

use super::ports::{Batch, Journal, Lease, Settled, StoreError};
use super::protocol::{self, Next, Seen, Settle, Windows, WriteRow, plant};
use crate::connectors::{
    CallError, Encoded, Find, Found, Outcome, Refusal, Session, Target, UpdateOf, Write,
};
use crate::model::{Draft, Kind, LedgerInvoice, PaymentKind, Reason, SourceId, TargetFacts};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
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

    /// Settles what an earlier run left sent or in doubt, request by request.
    async fn settle_doubt(&mut self) -> Result<(), PostError> {
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
            match self.settle_batch(batch, rows).await {
                // One document that cannot be read must not bar the others: it stays in doubt, and is told.
                Err(PostError::Call(
                    e @ (CallError::Broken { .. } | CallError::Refused { .. }),
                )) => {
                    self.unread(&e);
                }
                result => result?,
            }
        }
        Ok(())
    }

    /// Tells of writes in doubt that could not be looked up now: the next call tries again.
    fn unread(&mut self, e: &CallError) {
        let settle = Settle::InDoubt {
            not_before: None,
            key_spent: false,
            why: e.to_string(),
        };
        let events: Vec<Event> = (self.rows.values())
            .filter_map(|row| Event::of(row, &settle))
            .collect();
        self.done.events.extend(events);
    }

    /// Whether a request that may have left is within the scope. A contact always is: it may be the one needed.
    fn concerns(&self, rows: &[WriteRow]) -> bool {
        let Some(only) = &self.scope.only else {
            return true;
        };
        rows.iter()
            .any(|r| r.document == *only || r.kind == Kind::Contact)
    }

    async fn settle_batch(&mut self, batch: i64, rows: Vec<WriteRow>) -> Result<(), PostError> {
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
            Next::Resend => self.resend(batch, rows).await,
            Next::LookUp => self.look_up(rows, true, &BTreeMap::new()).await,
        }
    }

    /// Only planted bugs come here: nothing is begun anew without a look-up.
    async fn begin_anew(&mut self, rows: &[WriteRow]) -> Result<(), PostError> {
        let lease = self.lease().await?;
        let settle = Settle::Again {
            not_before: None,
            same_key: false,
        };
        self.commit(&lease, each(rows, &settle)).await
    }

    fn wake(&mut self, at: DateTime<Utc>) {
        self.done.wake = Some(self.done.wake.map_or(at, |w| w.min(at)));
    }

    /// Sends a stored request again, byte for byte and under the same key.
    async fn resend(&mut self, batch: i64, rows: Vec<WriteRow>) -> Result<(), PostError> {
        let stored = self.journal.batch(&self.session.tenant, batch).await?;
        let Some(stored) = stored else {
            return self.look_up_later(rows).await;
        };
        let first = rows.first().and_then(|r| r.first_sent);
        let lease = self.lease().await?;
        let now = self.session.clock.now();
        self.journal.again(&lease, stored.id, now).await?;
        if !self.in_time(first.unwrap_or(now), self.windows.resend_s) {
            // Too late for the key by now: the next call waits out the quarantine.
            return Ok(());
        }
        self.send(&lease, rows, &stored, true).await
    }

    async fn look_up_later(&mut self, rows: Vec<WriteRow>) -> Result<(), PostError> {
        self.spend(rows, "the stored request is gone").await
    }

    /// The clock went back: the key counts as spent for good, and the quarantine begins anew. Without that
    /// commit the write would be sent again under a key long forgotten once the clock comes by its first send.
    async fn count_anew(&mut self, rows: Vec<WriteRow>) -> Result<(), PostError> {
        let from = self.session.clock.now();
        self.spend(rows, "the clock went back").await?;
        self.wake(from + chrono::Duration::seconds(self.windows.quarantine_s));
        Ok(())
    }

    async fn spend(&mut self, rows: Vec<WriteRow>, why: &str) -> Result<(), PostError> {
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

    /// Sends what is ready, request by request, until nothing is.
    async fn send_ready(&mut self) -> Result<(), PostError> {
        loop {
            let now = self.session.clock.now();
            let rows = self
                .journal
                .ready(
                    &self.session.tenant,
                    self.scope.only.as_ref(),
                    now,
                    self.facts.batch,
                )
                .await?;
            if rows.is_empty() {
                return Ok(());
            }
            self.send_fresh(rows).await?;
        }
    }

    async fn send_fresh(&mut self, rows: Vec<WriteRow>) -> Result<(), PostError> {
        self.at_hand(&rows);
        if let Some(settle) = self.moved_on(&rows).await? {
            let lease = self.lease().await?;
            return self.commit(&lease, each(&rows, &settle)).await;
        }
        let rows = self.seen_first(rows).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let writes: Vec<Write> = rows.iter().map(write_of).collect();
        let encoded = match self.target.encode(&writes) {
            Ok(encoded) => encoded,
            Err(why) => return self.unwritable(rows, &why).await,
        };
        let lease = self.lease().await?;
        let now = self.session.clock.now();
        let key = request_key(&rows, &encoded);
        if plant::send_before_journal() {
            self.count()?;
            let answer = self.target.post(self.session, &encoded, &key).await;
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
        if !self.in_time(now, LEASE_S) {
            // This process stood still: its lease is old, and its request would come at a time the others do
            // not reckon with. Nothing has left, so it may be begun anew, if the flow is still ours.
            let settle = Settle::Again {
                not_before: None,
                same_key: true,
            };
            return self.commit(&lease, each(&rows, &settle)).await;
        }
        self.send(&lease, rows, &batch, false).await
    }

    /// The last look at the clock before bytes leave: whether it is still within so many seconds of a time.
    fn in_time(&self, since: DateTime<Utc>, seconds: i64) -> bool {
        let now = self.session.clock.now();
        now >= since && now - since <= chrono::Duration::seconds(seconds)
    }

    async fn send(
        &mut self,
        lease: &Lease,
        rows: Vec<WriteRow>,
        batch: &Batch,
        resent: bool,
    ) -> Result<(), PostError> {
        self.count()?;
        let answer = self
            .target
            .post(self.session, &batch.encoded, &batch.key)
            .await;
        self.answered(lease, rows, batch, answer, resent).await
    }

    async fn answered(
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
            match protocol::on_outcome(outcome) {
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
        self.look_up(to_look_up, false, &refusals).await
    }

    /// Why a change need or may not go any more: the document is no longer what the decision saw. It may have
    /// waited for an approval or a day's quota meanwhile, and a person's edit is never overwritten.
    async fn moved_on(&mut self, rows: &[WriteRow]) -> Result<Option<Settle>, PostError> {
        let Some(row) = rows.first().filter(|r| !r.needs.update_id.is_empty()) else {
            return Ok(None);
        };
        if row.kind == Kind::Contact {
            return Ok(None);
        }
        self.count()?;
        let found = self.document(update_kind(row), &row.needs.update_id).await;
        let found = found.map_err(PostError::Call)?;
        match protocol::judge_update(row, found.documents.first()) {
            Seen::Absent => Ok(None),
            seen => Ok(Some(protocol::on_look_up(seen, true, None))),
        }
    }

    /// A payment for a document that this call has not made is looked for on it before it leaves: a person may
    /// have entered it by hand, or a backup of the journal may know nothing of it. Answers what is to be sent.
    async fn seen_first(&mut self, rows: Vec<WriteRow>) -> Result<Vec<WriteRow>, PostError> {
        let looked_for =
            |r: &WriteRow| r.kind == Kind::Payment && !self.made.contains(&r.needs.document_id);
        let (old, mut fresh): (Vec<_>, Vec<_>) = rows.into_iter().partition(looked_for);
        if old.is_empty() || plant::blind() {
            fresh.extend(old);
            return Ok(fresh);
        }
        let (notes, mut invoices): (Vec<_>, Vec<_>) =
            old.into_iter().partition(|r| r.needs.of_credit_note);
        let mut settled = Vec::new();
        while !invoices.is_empty() {
            let rest = invoices.split_off(invoices.len().min(self.facts.find_numbers));
            self.count()?;
            let seen = self.on_invoices(&invoices).await.map_err(PostError::Call)?;
            for (row, seen) in invoices.into_iter().zip(seen) {
                match seen {
                    Seen::Absent => fresh.push(row),
                    seen => settled.push(Settled {
                        write: row.id,
                        settle: protocol::on_look_up(seen, true, None),
                    }),
                }
            }
            invoices = rest;
        }
        // A credit note is made for its one payment, and is read by itself.
        for row in notes {
            self.count()?;
            let seen = self.find_payments(&row, std::slice::from_ref(&row)).await;
            match seen.map_err(PostError::Call)?.pop() {
                None | Some(Seen::Absent) => fresh.push(row),
                Some(seen) => settled.push(Settled {
                    write: row.id,
                    settle: protocol::on_look_up(seen, true, None),
                }),
            }
        }
        if !settled.is_empty() {
            let lease = self.lease().await?;
            self.commit(&lease, settled).await?;
        }
        fresh.sort_by_key(|r| r.id);
        Ok(fresh)
    }

    async fn on_invoices(&self, rows: &[WriteRow]) -> Result<Vec<Seen>, CallError> {
        let mut ids: Vec<String> = rows.iter().map(|r| r.needs.document_id.clone()).collect();
        ids.sort();
        ids.dedup();
        let found = self
            .target
            .find(self.session, &Find::Invoices { ids })
            .await?;
        let judge = |r: &WriteRow| {
            let of = |d: &&LedgerInvoice| d.id == r.needs.document_id;
            match found.documents.iter().find(of) {
                Some(d) => protocol::judge_unsent(r, &d.payments),
                None => Seen::Other(document_missing()),
            }
        };
        Ok(rows.iter().map(judge).collect())
    }

    /// What cannot be written in the vendor's format is held, and nothing waits behind it.
    async fn unwritable(&mut self, rows: Vec<WriteRow>, why: &str) -> Result<(), PostError> {
        if rows.len() > 1 {
            return self.one_by_one(rows).await;
        }
        let lease = self.lease().await?;
        let reason = Reason::new(
            "encode",
            format!("the ledger has no form for it: {why}"),
            "correct it in the source or with a rule, then retry",
        );
        self.commit(&lease, each(&rows, &Settle::Held(reason)))
            .await
    }

    /// Sends writes in requests of their own, so that one cannot spoil the others.
    async fn one_by_one(&mut self, rows: Vec<WriteRow>) -> Result<(), PostError> {
        for row in rows {
            Box::pin(self.send_fresh(vec![row])).await?;
        }
        Ok(())
    }

    async fn failed(
        &mut self,
        lease: &Lease,
        rows: Vec<WriteRow>,
        error: CallError,
        resent: bool,
    ) -> Result<(), PostError> {
        let settle = protocol::on_error(&error, resent);
        if let Settle::LookUp(refusal) = &settle {
            let refusals = rows.iter().map(|r| (r.id, refusal.clone())).collect();
            return self.look_up(rows, false, &refusals).await;
        }
        // A refusal of the whole request may be the fault of one of its documents.
        let whole = matches!(
            &settle,
            Settle::Refused(_) | Settle::Held(_) | Settle::NotMade(_)
        );
        if whole && rows.len() > 1 && !resent {
            let again = Settle::Again {
                not_before: None,
                same_key: false,
            };
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

    /// Looks writes of one request up by their stamps and settles each.
    async fn look_up(
        &mut self,
        rows: Vec<WriteRow>,
        after_quarantine: bool,
        refusals: &BTreeMap<i64, Refusal>,
    ) -> Result<(), PostError> {
        let mut settled = Vec::new();
        let mut trouble = None;
        let groups = self.group(rows);
        'groups: for group in groups {
            self.count()?;
            match self.find_group(&group).await {
                Ok(seen) => {
                    for (row, seen) in group.iter().zip(seen) {
                        let refusal = refusals.get(&row.id).cloned();
                        let settle = protocol::on_look_up(seen, after_quarantine, refusal);
                        settled.push(Settled {
                            write: row.id,
                            settle,
                        });
                    }
                }
                Err(e) => {
                    trouble = Some(e);
                    break 'groups;
                }
            }
        }
        if !settled.is_empty() {
            let lease = self.lease().await?;
            self.commit(&lease, settled).await?;
        }
        trouble.map_or(Ok(()), |e| Err(PostError::Call(e)))
    }

    /// Splits writes into groups that one look-up can answer.
    fn group(&self, rows: Vec<WriteRow>) -> Vec<Vec<WriteRow>> {
        let mut groups: Vec<Vec<WriteRow>> = Vec::new();
        for row in rows {
            let single = !row.needs.update_id.is_empty();
            let fits = groups.last().is_some_and(|g| {
                let same_document = g
                    .first()
                    .is_some_and(|f| f.needs.document_id == row.needs.document_id);
                !single
                    && g.len() < self.facts.find_numbers
                    && (row.kind != Kind::Payment || same_document)
                    && g.first().is_some_and(|f| f.needs.update_id.is_empty())
            });
            match groups.last_mut() {
                Some(g) if fits => g.push(row),
                _ => groups.push(vec![row]),
            }
        }
        groups
    }

    async fn find_group(&self, group: &[WriteRow]) -> Result<Vec<Seen>, CallError> {
        let Some(first) = group.first() else {
            return Ok(Vec::new());
        };
        if !first.needs.update_id.is_empty() {
            // Sending a contact's fields again only sets them again: there is nothing to find out.
            if first.kind == Kind::Contact {
                return Ok(vec![Seen::Absent]);
            }
            let found = self
                .document(update_kind(first), &first.needs.update_id)
                .await?;
            return Ok(vec![protocol::judge_update(first, found.documents.first())]);
        }
        match first.kind {
            Kind::Contact => self.find_contacts(group).await,
            Kind::Payment => self.find_payments(first, group).await,
            _ => self.find_documents(first, group).await,
        }
    }

    async fn document(&self, kind: Kind, id: &str) -> Result<Found, CallError> {
        let find = Find::Document {
            kind,
            id: id.to_owned(),
        };
        self.target.find(self.session, &find).await
    }

    async fn find_contacts(&self, group: &[WriteRow]) -> Result<Vec<Seen>, CallError> {
        let numbers = group
            .iter()
            .map(|r| r.needs.contact_number.clone())
            .collect();
        let find = Find::ContactsBy {
            numbers,
            names: Vec::new(),
        };
        let found = self.target.find(self.session, &find).await?;
        let judge = |r: &WriteRow| match &r.draft {
            Draft::Contact(c) => {
                protocol::judge_contact(&r.needs.contact_number, &c.name, &found.contacts)
            }
            _ => Seen::Absent,
        };
        Ok(group.iter().map(judge).collect())
    }

    async fn find_documents(
        &self,
        first: &WriteRow,
        group: &[WriteRow],
    ) -> Result<Vec<Seen>, CallError> {
        let numbers = group
            .iter()
            .filter_map(|r| match &r.draft {
                Draft::Invoice(d) => Some(d.number.clone()),
                _ => None,
            })
            .collect();
        let find = Find::Documents {
            kind: first.kind,
            numbers,
        };
        let found = self.target.find(self.session, &find).await?;
        let judge =
            |r: &WriteRow| protocol::judge_document(r, &r.needs.contact_id, &found.documents);
        Ok(group.iter().map(judge).collect())
    }

    async fn find_payments(
        &self,
        first: &WriteRow,
        group: &[WriteRow],
    ) -> Result<Vec<Seen>, CallError> {
        let kind = if first.needs.of_credit_note {
            Kind::CreditNote
        } else {
            Kind::Invoice
        };
        let found = self.document(kind, &first.needs.document_id).await?;
        let judge = |r: &WriteRow| judge_on(r, found.documents.first());
        Ok(group.iter().map(judge).collect())
    }
}

/// Judges a payment by the document it belongs to, as the ledger shows it now.
fn judge_on(row: &WriteRow, document: Option<&LedgerInvoice>) -> Seen {
    let Some(document) = document else {
        return Seen::Other(document_missing());
    };
    // What stamped payments took off, of this request or another of ours, is not somebody else's doing.
    let stamped: Decimal = document
        .payments
        .iter()
        .filter(|p| p.reference.contains(protocol::STAMP))
        .map(|p| p.amount)
        .sum();
    let others = document.total - document.amount_due - stamped;
    protocol::judge_payment(row, others, &document.payments)
}

fn document_missing() -> Reason {
    Reason::new(
        "payment.document_missing",
        "the document this payment belongs to is no longer in the ledger",
        "see in the ledger whether it was deleted; retry once that is settled",
    )
}

fn each(rows: &[WriteRow], settle: &Settle) -> Vec<Settled> {
    let one = |r: &WriteRow| Settled {
        write: r.id,
        settle: settle.clone(),
    };
    rows.iter().map(one).collect()
}

fn update_kind(row: &WriteRow) -> Kind {
    if row.kind == Kind::CreditNote {
        Kind::CreditNote
    } else {
        Kind::Invoice
    }
}

/// The vendor's key of a request: from its writes, their attempts and the bytes, so that it needs no chance.
fn request_key(rows: &[WriteRow], encoded: &Encoded) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for r in rows {
        hash.update(r.key.as_bytes());
        hash.update(r.attempt.to_be_bytes());
        hash.update([0]);
    }
    hash.update(encoded.body.as_bytes());
    let text = data_encoding::BASE32_NOPAD.encode(&hash.finalize());
    text.chars().take(40).collect()
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
