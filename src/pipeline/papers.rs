//! The mirror of the ledger's papers, brought up to date by a list of what changed.
//!
//! Flows in: how far the mirror of a kind goes. Flows out: the same, further. One list a kind, from a little before the
//! latest change that the ledger itself told of: its clock counts and not ours, which may have gone back. Filled once,
//! from the tenant's start. Bounded by 1,000 pages a list.

use super::ports::{Journal, ListedPaper, Looked, StoreError};
use crate::connectors::{Ask, CallError, Session, TargetSide};
use crate::model::{BookId, Document, Kind, Start};
use chrono::{DateTime, Duration, Utc};

/// Most pages of one list.
const MAX_PAGES: usize = 1_000;

/// A list begins a little before the latest change that was told: changes of one moment may be told one after another.
const OVERLAP_S: i64 = 300;

/// The papers of one kind in one book, and where the tenant starts there.
#[derive(Debug, Clone, Copy)]
pub struct PaperShelf<'a> {
    /// The book.
    pub book: &'a BookId,
    /// The kind.
    pub kind: Kind,
    /// Nothing before this concerns the tenant.
    pub start: &'a Start,
}

/// Why a mirror could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Asks for what changed on a shelf. Answers when it asked, and how many calls that took.
///
/// # Errors
/// [`LookError`]; what was read until then is kept, and the next look begins where this one did.
pub async fn look(
    journal: &dyn Journal,
    target: &TargetSide<'_>,
    session: &Session,
    shelf: PaperShelf<'_>,
) -> Result<(DateTime<Utc>, usize), LookError> {
    let PaperShelf { book, kind, start } = shelf;
    let tenant = &session.tenant;
    let before = journal.papers_looked(tenant, book, kind).await?;
    let at = session.clock.now();
    let since = before.map(|l| l.until.unwrap_or(l.at) - Duration::seconds(OVERLAP_S));
    let mut until = before.and_then(|l| l.until);
    let mut cursor = None;
    for calls in 1..=MAX_PAGES {
        let ask = Ask::Changed {
            kind,
            cursor,
            since,
            start: start.clone(),
        };
        let page = target.reads.read(session, &ask).await?;
        until = page
            .records
            .iter()
            .filter_map(|r| r.modified_at)
            .chain(until)
            .max();
        let done = (!page.more).then_some(Looked { at, until });
        let last = done.is_some();
        cursor = Some(page.cursor.clone());
        let before = before.map(|l| l.at);
        let bad = page.bad;
        let listed: Vec<ListedPaper> = (page.records.into_iter())
            .filter_map(|r| match r.document {
                Document::Paper(paper) => Some(ListedPaper {
                    paper: *paper,
                    written: r.modified_at.or(before),
                }),
                _ => None,
            })
            .collect();
        // What it says of one by now is not known: it is asked for by its id before anything is put to it.
        for bad in &bad {
            for id in [&bad.at, &bad.of].into_iter().filter(|id| !id.is_empty()) {
                journal.forget_paper(tenant, book, kind, id).await?;
            }
        }
        // Before the mirror goes so far: what dies in between sees these papers again.
        journal.strangers(tenant, &listed, at).await?;
        let all: Vec<_> = listed.into_iter().map(|l| l.paper).collect();
        (journal.put_papers(tenant, book, kind, &all, at, done)).await?;
        if last {
            return Ok((at, calls));
        }
    }
    Err(CallError::Broken {
        system: target.facts.system.to_owned(),
        why: format!("its list of {kind}s has more than {MAX_PAGES} pages"),
    }
    .into())
}
