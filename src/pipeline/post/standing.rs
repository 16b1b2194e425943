//! Payments of ours that stand in the ledger by themselves: taken off their paper, put to another, or left over when it was
//! deleted.
//!
//! Where a payment is a thing of its own (`WriteFacts::payments_apart`), its paper alone says nothing of whether it is there. So
//! before one is made anew, or believed never to have arrived, it is looked for by its stamp in the whole ledger. Asked only
//! where it may be: it was begun before, it is in doubt, or this database is older than the world. What is found holds, with
//! the ledger's id of it: nothing is made beside it, and nothing is put where a person did not want it.

use super::super::ports::PaperKeys;
use super::super::protocol::{Seen, judge_deleted, judge_may_be_deleted, standing_apart};
use super::super::write::WriteRow;
use super::done::{PaymentLook, PostError, of_mark};
use super::look::judge_on;
use super::posting::Posting;
use crate::connectors::{Ask, Page};
use crate::model::{
    AskKind, BookId, Draft, Epoch, Key, Kind, LedgerPayment, SourceId, StandsApart,
};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// As many of those that are ready are looked for at once: one list answers for all of them.
const AT_ONCE: usize = 2000;
/// For so many days after a database was put back a payment may have gone from the one that was lost: a source may date money
/// ahead.
const AHEAD_DAYS: i64 = 31;
/// What was done to the ledger while an older database knew the world is no news; its clock is not ours.
const OVERLAP_S: i64 = 86_400;

impl Posting<'_> {
    /// Whether the ledger has payments that stand by themselves, and finds them by their stamps.
    pub(super) fn seeks_payments(&self) -> bool {
        let asks = self.facts.reads.answers(Kind::Payment, AskKind::Marks);
        self.facts.payments_apart && asks
    }

    /// Of payments that have not left and were not seen on their papers, what became of those that had gone before.
    pub(super) async fn off_their_papers(
        &mut self,
        rows: &[WriteRow],
        seen: &mut BTreeMap<i64, Seen>,
    ) -> Result<(), PostError> {
        let standing = self.standing(rows, seen).await?;
        seen.extend(standing);
        let deleted = self.deleted_since(rows, seen).await?;
        seen.extend(deleted);
        Ok(())
    }

    /// Of payments that have not left and were not seen on their papers, what stands elsewhere under their stamps.
    async fn standing(
        &mut self,
        rows: &[WriteRow],
        seen: &BTreeMap<i64, Seen>,
    ) -> Result<Vec<(i64, Seen)>, PostError> {
        let mut out = Vec::new();
        let unseen = |r: &&WriteRow| {
            let unseen = matches!(seen.get(&r.id), None | Some(Seen::Absent));
            r.kind == Kind::Payment && !r.needs.of_credit_note && unseen
        };
        let unseen: Vec<&WriteRow> = rows.iter().filter(unseen).collect();
        if !self.seeks_payments() || unseen.is_empty() {
            return Ok(out);
        }
        let now = self.session.clock.now();
        let epoch = self.journal.epoch(now).await?;
        let asked = |r: &&&WriteRow| may_have_gone(r, &epoch);
        let asked: Vec<&WriteRow> = unseen.iter().filter(asked).copied().collect();
        if asked.is_empty() {
            return Ok(out);
        }
        let known = epoch.known.map(|t| t - Duration::seconds(OVERLAP_S));
        let since = known.filter(|_| asked.iter().all(|r| r.attempt <= 1));
        self.seek(&asked, since).await?;
        for row in asked {
            let look = self.seen.payments.as_ref();
            let found = look.map_or_else(Vec::new, |l| of_mark(&l.found, &row.marker));
            if let Some(seen) = self.stands(row, found).await? {
                out.push((row.id, seen));
            }
        }
        Ok(out)
    }

    /// Of payments that have not left and are nowhere, those that stood there under our stamp and were deleted: this database is
    /// older than the world, and knows nothing of what went from the one that was lost. Asked only then, and first for all at once:
    /// which of them it was is asked where any was.
    async fn deleted_since(
        &mut self,
        rows: &[WriteRow],
        seen: &BTreeMap<i64, Seen>,
    ) -> Result<Vec<(i64, Seen)>, PostError> {
        let (kind, mut out) = (Kind::Payment, Vec::new());
        let unseen = |r: &&WriteRow| {
            let unseen = matches!(seen.get(&r.id), None | Some(Seen::Absent));
            // A person has said that it goes all the same.
            r.kind == kind && !r.needs.of_credit_note && !r.needs.vouched && unseen
        };
        let unseen: Vec<&WriteRow> = rows.iter().filter(unseen).collect();
        if unseen.is_empty() || !self.facts.reads.answers(kind, AskKind::Marks) {
            return Ok(out);
        }
        let epoch = self.journal.epoch(self.session.clock.now()).await?;
        let since = epoch.known.map(|t| t - Duration::seconds(OVERLAP_S));
        let asked = |r: &&WriteRow| is_of_the_lost(r, &epoch);
        let asked: Vec<&WriteRow> = unseen.into_iter().filter(asked).collect();
        let all = asked.iter().map(|r| r.marker.clone()).collect();
        if asked.is_empty() {
            return Ok(out);
        }
        let told = self.gone_under(all, since).await?;
        if told.gone.is_empty() {
            return self.may_be_deleted(&asked, told.unsigned, &epoch).await;
        }
        for row in asked {
            let told = self.gone_under(vec![row.marker.clone()], since).await?;
            let is_new = |(_, id): &(Kind, SourceId)| !row.needs.known.contains(&id.0);
            if told.gone.iter().any(is_new) {
                out.push((row.id, judge_deleted(row)));
            }
        }
        Ok(out)
    }

    /// Where the ledger does not tell whose money it was that was deleted, each payment that the lost database may have sent is
    /// held while any was deleted, before this one was put back, that this one does not know: only a person can see in the
    /// ledger's own log which it was.
    async fn may_be_deleted(
        &self,
        asked: &[&WriteRow],
        unsigned: Vec<(SourceId, DateTime<Utc>)>,
        epoch: &Epoch,
    ) -> Result<Vec<(i64, Seen)>, PostError> {
        let (Some((began, _)), Some(first)) = (epoch.began, asked.first()) else {
            return Ok(Vec::new());
        };
        let mut unknown = Vec::new();
        for (id, at) in unsigned.into_iter().filter(|(_, at)| *at <= began) {
            let there = Key::new(&first.to, Kind::Payment, &id);
            if !self
                .journal
                .stood_for_some(&self.session.tenant, &there)
                .await?
            {
                unknown.push((id.0, at));
            }
        }
        if unknown.is_empty() {
            return Ok(Vec::new());
        }
        // What was received since, and what is on a paper that is made only now, the lost database cannot have sent.
        let before =
            |r: &&WriteRow| matches!(&r.draft, Draft::Payment(p) if p.date <= began.date_naive());
        let lost = asked.iter().copied().filter(before);
        let lost = lost.filter(|r| !self.just_made(r));
        let held = lost.filter(|r| unknown.iter().any(|(id, _)| !r.needs.known.contains(id)));
        Ok(held
            .map(|r| (r.id, judge_may_be_deleted(r, &unknown)))
            .collect())
    }

    /// What the ledger tells of payments that bore some stamps, those among it that were deleted.
    async fn gone_under(
        &mut self,
        marks: Vec<String>,
        since: Option<DateTime<Utc>>,
    ) -> Result<Page, PostError> {
        let kind = Kind::Payment;
        self.count()?;
        let ask = Ask::Marks { kind, marks, since };
        let mut told = self.ask(&ask).await.map_err(PostError::Call)?;
        told.gone.retain(|(k, _)| *k == kind);
        Ok(told)
    }

    /// Looks for some payments by their stamps, and for all that are ready with them, unless that was done just now.
    async fn seek(
        &mut self,
        rows: &[&WriteRow],
        since: Option<DateTime<Utc>>,
    ) -> Result<(), PostError> {
        let fresh = self.fresh();
        let has = |l: &PaymentLook| {
            l.at >= fresh
                && l.since.is_none_or(|at| since.is_some_and(|s| s >= at))
                && rows.iter().all(|r| l.marks.contains(&r.marker))
        };
        if self.seen.payments.as_ref().is_some_and(has) {
            return Ok(());
        }
        let at = self.session.clock.now();
        let (tenant, only) = (&self.session.tenant, self.scope.only.as_ref());
        let ready = self.journal.ready(tenant, only, at, AT_ONCE).await?;
        let ready = ready.iter().filter(|r| r.kind == Kind::Payment);
        let marks = ready.chain(rows.iter().copied()).map(|r| r.marker.clone());
        let marks: BTreeSet<String> = marks.collect();
        self.count()?;
        let ask = Ask::Marks {
            kind: Kind::Payment,
            marks: marks.iter().cloned().collect(),
            since,
        };
        let found = self.ask(&ask).await.map_err(PostError::Call)?.payments();
        self.seen.payments = Some(PaymentLook {
            at,
            since,
            marks,
            found,
        });
        Ok(())
    }

    /// What is said of a payment that a list shows under our stamp: it is read once more, since a list may be older.
    pub(super) async fn stands(
        &mut self,
        row: &WriteRow,
        found: Vec<LedgerPayment>,
    ) -> Result<Option<Seen>, PostError> {
        for listed in found {
            if row.needs.known.contains(&listed.id) {
                continue;
            }
            self.count()?;
            let ask = Ask::id(Kind::Payment, &listed.id);
            let there = self.ask(&ask).await.map_err(PostError::Call)?.payments();
            let same = |p: &LedgerPayment| p.id == listed.id && !p.amount.is_zero();
            let Some(there) = there.into_iter().find(same) else {
                continue;
            };
            let on = there.on_document.as_str();
            if on == row.needs.document_id {
                self.count()?;
                let paper = self.document(Kind::Invoice, on).await;
                let paper = paper.map_err(PostError::Call)?;
                match judge_on(row, paper.as_ref()) {
                    Seen::Absent => {}
                    seen => return Ok(Some(seen)),
                }
            }
            let stands = StandsApart {
                on: self.number_of(&row.to, on).await?,
                id: there.id,
                amount: there.amount,
            };
            return Ok(Some(Seen::Other(standing_apart(row, &stands))));
        }
        Ok(None)
    }

    /// The number of an invoice as far as the mirror knows it, else its id; nothing where there is none.
    async fn number_of(&self, book: &BookId, id: &str) -> Result<String, PostError> {
        if id.is_empty() {
            return Ok(String::new());
        }
        let ids = [id.to_owned()];
        let keys = PaperKeys {
            ids: &ids,
            ..PaperKeys::default()
        };
        let tenant = &self.session.tenant;
        let found = self.journal.papers(tenant, book, Kind::Invoice, keys);
        let number = found.await?.into_iter().map(|p| p.number).next();
        Ok(number.filter(|n| !n.is_empty()).unwrap_or(id.to_owned()))
    }
}

/// Whether a payment may have gone before: it was begun before, or the database that knew of it is lost.
fn may_have_gone(row: &WriteRow, epoch: &Epoch) -> bool {
    row.attempt > 1 || is_of_the_lost(row, epoch)
}

/// Whether it may have gone from the database that is lost.
fn is_of_the_lost(row: &WriteRow, epoch: &Epoch) -> bool {
    let Some((began, _)) = epoch.began else {
        return epoch.number > 1;
    };
    let Draft::Payment(draft) = &row.draft else {
        return false;
    };
    let day = row.needs.said_on.map_or(draft.date, |d| d.min(draft.date));
    day <= (began + Duration::days(AHEAD_DAYS)).date_naive()
}
