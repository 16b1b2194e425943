//! Papers that were deleted in a ledger whose lists of what changed do not tell it.
//!
//! Flows in: what is posted, some at a time. Flows out: the mirror, in which what is there no more is cancelled, so that its document
//! holds; and one that is there after all stands as it is. Bounded by one question an hour.

use super::super::ports::PaperKeys;
use super::super::tenant::{SyncError, Tenant};
use crate::connectors::Ask;
use crate::model::{AskKind, Kind, Standing};
use chrono::Duration;

/// How far apart the questions are, in seconds: each id may be a call.
const APART_S: i64 = 3_600;

/// Asks the ledger for the next papers by their ids, where it is to be asked.
pub(super) async fn vanished(t: &Tenant<'_>) -> Result<(), SyncError> {
    let (reads, kind, book) = (t.target.facts.reads, Kind::Invoice, &t.books.ledger);
    if t.sales.is_some() || !reads.answers(kind, AskKind::Gone) {
        return Ok(());
    }
    let (tenant, now) = (t.tenant(), t.to.clock.now());
    let last = t.memory.last_looked_for(tenant, book).await?;
    // A look that is yet to come is a clock that went back.
    if last.is_some_and(|at| now >= at && now - at < Duration::seconds(APART_S)) {
        return Ok(());
    }
    let of = (&t.books.source, book);
    let links = t
        .memory
        .take_next_there(tenant, of, reads.values, now)
        .await?;
    let own = links
        .iter()
        .filter(|l| l.other.kind == kind && l.other.book == *book);
    let ids: Vec<String> = own.map(|l| l.other.id.0.clone()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let ask = Ask::Gone {
        kind,
        ids: ids.clone(),
    };
    let gone = t.target.reads.read(t.to, &ask).await?.gone;
    let keys = PaperKeys {
        ids: &ids,
        ..PaperKeys::default()
    };
    let (mut over, mut back) = (Vec::new(), Vec::new());
    for mut paper in t.memory.papers(tenant, book, kind, keys).await? {
        let is_gone = gone.iter().any(|(k, id)| *k == kind && id.0 == paper.id);
        match (is_gone, paper.standing == Standing::Gone) {
            (true, false) if !paper.standing.is_over() => {
                paper.standing = Standing::Gone;
                "deleted".clone_into(&mut paper.status);
                over.push(paper);
            }
            (false, true) => back.push(paper.id),
            _ => {}
        }
    }
    if !back.is_empty() {
        let page = t
            .target
            .reads
            .read(t.to, &Ask::Ids { kind, ids: back })
            .await?;
        over.extend(page.papers());
    }
    (t.memory.put_papers(tenant, book, kind, &over, now, None)).await?;
    Ok(())
}
