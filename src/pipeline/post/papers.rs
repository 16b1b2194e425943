//! What the ledger's papers are by now: the mirror, brought up to date before it is relied on.
//!
//! A write in doubt is absent only from a list of changes that was asked for after its quarantine ended. Nothing that has
//! never left goes on what is older than [`FRESH_S`], however long the run takes and however often a limit interrupts it: what is
//! to be paid, or made, is looked for in a list of changes that is no older, and what this run has made itself needs no look
//! for just as long; after that, people may have put money to it like to any other. One list covers all of it: a page for
//! each thousand papers that changed since the last. Where a ledger keeps no such list, it is asked for the papers themselves.

use super::super::papers::{LookError, PaperShelf, look};
use super::super::plant;
use super::super::ports::PaperKeys;
use super::super::protocol::{self, Seen};
use super::super::write::WriteRow;
use super::done::{PostError, of_mark};
use super::posting::Posting;
use crate::connectors::{Ask, CallError};
use crate::model::{AskKind, BookId, Draft, Kind, LedgerInvoice};
use chrono::{DateTime, Duration, Utc};

/// For how many seconds a look is good enough for what has never left.
pub(super) const FRESH_S: i64 = 300;

/// The call that failed; what the store says ends the posting.
pub(super) fn failed(e: PostError) -> Result<CallError, PostError> {
    match e {
        PostError::Call(e) => Ok(e),
        other => Err(other),
    }
}

impl Posting<'_> {
    /// Whether the ledger lists what changed of a kind.
    pub(super) fn lists(&self, kind: Kind) -> bool {
        self.facts.reads.answers(kind, AskKind::Changed)
    }

    /// Brings the mirror of a kind up to date, unless this call has asked for it at or after a time.
    pub(super) async fn look_at(
        &mut self,
        book: &BookId,
        kind: Kind,
        not_before: DateTime<Utc>,
    ) -> Result<(), PostError> {
        if self
            .seen
            .looked
            .get(&kind)
            .is_some_and(|at| *at >= not_before)
        {
            return Ok(());
        }
        let start = self.scope.start.clone();
        let shelf = PaperShelf {
            book,
            kind,
            start: &start,
        };
        let (at, calls) = look(self.journal, &self.target, self.session, shelf)
            .await
            .map_err(|e| match e {
                LookError::Store(e) => PostError::Store(e),
                LookError::Call(e) => PostError::Call(e),
            })?;
        for _ in 0..calls {
            self.count()?;
        }
        self.seen.looked.insert(kind, at);
        Ok(())
    }

    /// Whether this run has made the paper of a payment no longer ago than a look may be.
    pub(super) fn just_made(&self, payment: &WriteRow) -> bool {
        let now = self.session.clock.now();
        let kind = match payment.needs.of_credit_note {
            true => Kind::CreditNote,
            false => Kind::Invoice,
        };
        let paper = (kind, payment.needs.document_id.clone());
        let made = self.seen.made.get(&paper);
        made.is_some_and(|at| (self.fresh()..=now).contains(at))
    }

    /// The run has made some papers, each by a time. What was made too long ago is no longer known as that.
    pub(super) fn keep_made(&mut self, papers: Vec<((Kind, String), DateTime<Utc>)>) {
        let fresh = self.fresh();
        self.seen.made.retain(|_, at| *at >= fresh);
        self.seen.made.extend(papers);
    }

    /// A time no longer ago than a look may be for what has never left.
    pub(super) fn fresh(&self) -> DateTime<Utc> {
        self.session.clock.now() - Duration::seconds(FRESH_S)
    }

    /// Looks some papers of one kind up by their stamps and numbers, in a list of changes asked for at or after a time.
    /// With `direct`, the numbers are asked for as well: something of them is there, and may be older than the mirror.
    pub(super) async fn find_papers(
        &mut self,
        rows: &[WriteRow],
        not_before: DateTime<Utc>,
        direct: bool,
    ) -> Result<Vec<Seen>, PostError> {
        let Some(first) = rows.first() else {
            return Ok(Vec::new());
        };
        let (book, kind) = (first.to.clone(), first.kind);
        let marks: Vec<String> = rows.iter().map(|r| r.marker.clone()).collect();
        let numbers: Vec<String> = (rows.iter())
            .filter_map(|r| match &r.draft {
                Draft::Invoice(d) if self.facts.numbers_ours(kind) => Some(d.number.clone()),
                _ => None,
            })
            .collect();
        let mut found = Vec::new();
        let listed = self.lists(kind);
        if listed {
            self.look_at(&book, kind, not_before).await?;
            let keys = PaperKeys {
                marks: &marks,
                numbers: &numbers,
                ids: &[],
            };
            let tenant = &self.session.tenant;
            found = self.journal.papers(tenant, &book, kind, keys).await?;
        } else if self.facts.reads.answers(kind, AskKind::Marks) {
            self.count()?;
            let ask = by_marks(kind, rows);
            found = self.ask(&ask).await.map_err(PostError::Call)?.papers();
        }
        let by_number = self.facts.reads.answers(kind, AskKind::Numbers) && !numbers.is_empty();
        if by_number && (direct || !listed || plant::any_type() || plant::number_is_enough()) {
            self.count()?;
            let ask = Ask::Numbers { kind, numbers };
            let more = self.ask(&ask).await.map_err(PostError::Call)?.papers();
            let known = |p: &LedgerInvoice| found.iter().any(|f| f.id == p.id && f.kind == p.kind);
            let fresh: Vec<_> = more.into_iter().filter(|p| !known(p)).collect();
            found.extend(fresh);
        }
        let judge =
            |r: &WriteRow| protocol::judge_document(r, &r.needs.contact_id, &found, self.facts);
        Ok(rows.iter().map(judge).collect())
    }

    /// Of those that were looked for in vain, one may be there without its stamp.
    pub(super) async fn without_stamp(
        &mut self,
        row: &WriteRow,
        seen: Seen,
    ) -> Result<Seen, PostError> {
        let (Seen::Absent, Some(since), Draft::Invoice(d)) = (&seen, row.first_sent, &row.draft)
        else {
            return Ok(seen);
        };
        if !self.lists(row.kind) {
            return Ok(seen);
        }
        let contact = row.needs.contact_id.as_str();
        let papers = (self.journal)
            .unstamped_papers(&self.session.tenant, &row.to, row.kind, contact, since)
            .await?;
        if let Some(alike) = protocol::judge_without_stamp(row, d, &papers) {
            return Ok(alike);
        }
        let made = self.made_since(row, since).await?;
        Ok(protocol::judge_made(row, &made).unwrap_or(seen))
    }

    /// Of payments that are on their paper no more, one that had arrived may have been deleted there since, or stand in the ledger
    /// by itself: it is found by its stamp, where the ledger tells.
    pub(super) async fn arrived_since(
        &mut self,
        group: &[WriteRow],
        (seen, after_quarantine): (Vec<Seen>, bool),
    ) -> Result<Vec<Seen>, PostError> {
        let kind = Kind::Payment;
        let (tells, apart) = (
            self.facts.reads.answers(kind, AskKind::Marks),
            self.seeks_payments(),
        );
        let mut out = Vec::with_capacity(seen.len());
        for (row, seen) in group.iter().zip(seen) {
            // That its paper is gone says nothing of a payment that stands by itself.
            let lost = match &seen {
                Seen::Absent => apart || !row.needs.vouched,
                Seen::Other(why) => apart && protocol::is_surely_not_there(row, why),
                Seen::Ours(_) => false,
            };
            if !tells || !after_quarantine || !lost {
                out.push(seen);
                continue;
            }
            self.count()?;
            let ask = by_marks(kind, std::slice::from_ref(row));
            let found = self.ask(&ask).await.map_err(PostError::Call)?;
            let fresh = |id: &str| !row.needs.known.iter().any(|k| k == id);
            let gone = (found.gone.iter()).any(|(k, id)| *k == kind && fresh(&id.0));
            let there = of_mark(&found.payments(), &row.marker);
            let deleted = there.is_empty() && gone && !row.needs.vouched;
            let stands = match apart {
                true => self.stands(row, there).await?,
                false => None,
            };
            out.push(match stands {
                Some(stands) => stands,
                None if seen == Seen::Absent && deleted => protocol::judge_deleted(row),
                None => seen,
            });
        }
        Ok(out)
    }

    /// Papers that our application made since a write was sent, that carry no stamp and that no link leads to; none where
    /// the ledger does not know who made what.
    async fn made_since(
        &mut self,
        row: &WriteRow,
        since: DateTime<Utc>,
    ) -> Result<Vec<LedgerInvoice>, PostError> {
        let mut out = Vec::new();
        if !self.facts.reads.answers(row.kind, AskKind::Made) {
            return Ok(out);
        }
        self.count()?;
        let ask = Ask::Made {
            kind: row.kind,
            // The ledger's clock is not ours.
            since: Some(since - Duration::seconds(FRESH_S)),
            ids: Vec::new(),
        };
        let made = self.ask(&ask).await.map_err(PostError::Call)?.papers();
        for paper in made.into_iter().filter(|p| p.mark.is_none()) {
            let tenant = &self.session.tenant;
            let fresh = (self.journal)
                .unstamped_papers(tenant, &row.to, row.kind, &paper.contact_id, since)
                .await?;
            out.extend(fresh.iter().any(|p| p.id == paper.id).then_some(paper));
        }
        Ok(out)
    }

    /// What was to be sent is there under our stamp already: this workspace may be older than the world.
    pub(super) async fn was_there(&self, row: &WriteRow) -> Result<(), PostError> {
        let label = match &row.draft {
            Draft::Invoice(d) => d.number.clone(),
            _ => format!("{} {}", row.kind, row.of.id),
        };
        let now = self.session.clock.now();
        let tenant = &self.session.tenant;
        (self.journal)
            .ours_seen(tenant, &row.marker, &label, now)
            .await?;
        Ok(())
    }

    /// The papers that some payments are on, by their ids: from the mirror, and from the ledger where it has them not.
    pub(super) async fn paid_papers(
        &mut self,
        rows: &[&WriteRow],
        kind: Kind,
    ) -> Result<Vec<LedgerInvoice>, PostError> {
        let mut ids: Vec<String> = rows.iter().map(|r| r.needs.document_id.clone()).collect();
        ids.sort();
        ids.dedup();
        let Some(book) = rows.first().map(|r| r.to.clone()) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        if self.lists(kind) {
            let fresh = self.fresh();
            self.look_at(&book, kind, fresh).await?;
            let keys = PaperKeys {
                ids: &ids,
                ..PaperKeys::default()
            };
            let tenant = &self.session.tenant;
            found = self.journal.papers(tenant, &book, kind, keys).await?;
        }
        let missing: Vec<String> = (ids.into_iter())
            .filter(|id| !found.iter().any(|f| f.id == *id))
            .collect();
        for some in missing.chunks(self.facts.reads.values.max(1)) {
            self.count()?;
            let ids = some.to_vec();
            let ask = Ask::Ids { kind, ids };
            found.extend(self.ask(&ask).await.map_err(PostError::Call)?.papers());
        }
        Ok(found)
    }
}

/// What carries the marks of some writes. One that was begun anew may have come through earlier than it says now.
pub(super) fn by_marks(kind: Kind, group: &[WriteRow]) -> Ask {
    let first_try = group
        .iter()
        .all(|r| r.attempt <= 1 && r.first_sent.is_some());
    let since = group.iter().filter_map(|r| r.first_sent).min();
    Ask::Marks {
        kind,
        marks: group.iter().map(|r| r.marker.clone()).collect(),
        since: since.filter(|_| first_try),
    }
}
