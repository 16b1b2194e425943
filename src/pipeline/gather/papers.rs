//! Papers of the ledger that concern a document no link speaks of: those under its stamp, those under its number, and those
//! that may have lost the stamp.

use super::super::papers::{LookError, PaperShelf, look};
use super::super::ports::{ContactKeys, DocRow};
use super::super::protocol::{may_have_lost_its_stamp, original};
use super::super::tenant::{SyncError, Tenant};
use super::super::write::{PLANNED, WriteRow};
use super::ahead::{Near, stamp};
use super::copy::existing;
use super::mirror::wants_credits;
use super::numbers::propose;
use super::vanished::vanished;
use crate::connectors::Ask;
use crate::model::{AskKind, InvoiceDraft, Kind, LedgerInvoice, LedgerView, WordKind, WriteState};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Brings the mirror of the ledger's papers up to date, where the ledger lists them. Answers when it was asked, so that what
/// is posted later in the run need not ask again at once; and how many pages it took to fill what was empty.
///
/// # Errors
/// The store's, or the ledger's.
pub async fn refresh_papers(
    t: &Tenant<'_>,
) -> Result<(BTreeMap<Kind, DateTime<Utc>>, usize), SyncError> {
    let (mut looked, mut filled) = (BTreeMap::new(), 0);
    let documents = t.mapping.ledger_kinds();
    for kind in (documents.into_iter()).chain([Kind::CreditNote, Kind::Overpayment]) {
        // Credits are asked for only where the file wants them: a permission of their own goes with that.
        if kind == Kind::Overpayment && !wants_credits(t) {
            continue;
        }
        let book = &t.books.ledger;
        if !t.target.facts.reads.answers(kind, AskKind::Changed) {
            continue;
        }
        let before = t.memory.papers_looked(t.tenant(), book, kind).await?;
        // Notes and credits are looked at from the first that was made on, which this workspace may not know any more.
        if !kind.is_document() && before.is_none() && !is_older(t).await? {
            continue;
        }
        let start = &t.mapping.sync.start.value;
        let shelf = PaperShelf { book, kind, start };
        let (at, pages) = look(t.memory, &t.target, t.to, shelf)
            .await
            .map_err(|e| match e {
                LookError::Store(e) => SyncError::Store(e),
                LookError::Call(e) => SyncError::Call(e),
            })?;
        looked.insert(kind, at);
        filled += before.map_or(pages, |_| 0);
        read_unclear(t, kind).await?;
    }
    vanished(t).await?;
    Ok((looked, filled))
}

/// Whether this workspace was ever proved to be older than the world.
async fn is_older(t: &Tenant<'_>) -> Result<bool, SyncError> {
    let epoch = t.memory.epoch(t.to.clock.now()).await?;
    Ok(epoch.began.is_some())
}

/// Papers that were read while a write of their document was under way are read once more when none is.
async fn read_unclear(t: &Tenant<'_>, kind: Kind) -> Result<(), SyncError> {
    let ids = t.memory.unclear(t.tenant(), kind).await?;
    if ids.is_empty() || !t.memory.doubtful(t.tenant()).await?.is_empty() {
        return Ok(());
    }
    let book = &t.books.ledger;
    for some in ids.chunks(t.target.facts.reads.values.max(1)) {
        let ids = some.to_vec();
        let page = t.target.reads.read(t.to, &Ask::Ids { kind, ids }).await?;
        let (papers, now) = (page.papers(), t.to.clock.now());
        t.memory
            .put_papers(t.tenant(), book, kind, &papers, now, None)
            .await?;
    }
    Ok(())
}

/// Papers under the stamp of a document. Where it is not linked an older backup was put back, or an answer was lost: whom
/// they are for is whom the document is for, whatever people have made of the contact since. Answers the one that is ours.
pub(super) async fn stamped(
    t: &Near<'_>,
    row: &DocRow,
    view: &mut LedgerView,
) -> Result<Option<LedgerInvoice>, SyncError> {
    let mark = stamp(t, &row.key);
    let found = t.under_stamp(row.key.kind, &mark).await?;
    let all: Vec<&LedgerInvoice> = found.iter().collect();
    let ours = match &view.link {
        Some(link) => found.iter().find(|p| p.id == link.other.id.0),
        None => original(&all, &row.number),
    };
    let other = |paper: &LedgerInvoice| {
        let copy = |p: &&LedgerInvoice| p.id != paper.id && !p.standing.is_over();
        found.iter().find(copy).cloned()
    };
    view.copied = ours.and_then(|paper| Some((paper.clone(), other(paper)?)));
    if let Some(link) = &view.link {
        // No money can be put to what people have cancelled: that it is known here is told before any is sent.
        let over = ours.is_some_and(|paper| paper.standing.is_over());
        if over && view.existing.is_none() {
            view.existing = existing(t, link).await?;
        }
        return Ok(ours.cloned());
    }
    view.mark = mark;
    let Some(paper) = ours else {
        return Ok(None);
    };
    // Where the journal knows nothing of it, this workspace may be older than the world.
    let now = t.to.clock.now();
    (t.memory)
        .ours_seen(t.tenant(), &view.mark, &paper.number, now)
        .await?;
    view.evidence.stamped = Some(paper.contact_id.clone()).filter(|id| !id.is_empty());
    let known = view.contacts.iter().any(|c| c.id == paper.contact_id);
    if !known {
        let keys = ContactKeys {
            id: &paper.contact_id,
            ..ContactKeys::default()
        };
        let found = t.contacts(keys).await?;
        view.contacts.extend(found.contacts);
    }
    view.ours_is_there = true;
    Ok(Some(paper.clone()))
}

/// A paper that bears the number which a document is to have, and is not ours: as the ledger shows it now. Answers whether
/// there is one that was not known.
pub(super) async fn numbered(
    t: &Near<'_>,
    row: &DocRow,
    draft: &InvoiceDraft,
    view: &mut LedgerView,
) -> Result<bool, SyncError> {
    let facts = t.target.facts;
    // A posted one keeps its number, unless it is to get another.
    let posted = view.posted.as_ref().map(|p| p.draft.number.as_str());
    let keeps = view.link.is_some() && posted.is_none_or(|n| n == draft.number);
    // Under a number of one's own series the next may be tried, and is looked for like the first.
    let known = view.number_taken_by.as_ref();
    let known = known.is_some_and(|p| view.numbering.is_none() || p.number == draft.number);
    let asked = keeps || view.ours_is_there || known;
    if asked || !facts.numbers_ours(draft.kind) {
        return Ok(false);
    }
    let own = view.link.as_ref().map(|l| l.other.id.0.clone());
    let found = t.under_number(draft.kind, &draft.number).await?;
    let ours = |p: &LedgerInvoice| p.is_marked(&view.mark) || own.as_ref() == Some(&p.id);
    let stands = |p: &LedgerInvoice| !p.standing.is_over() && !ours(p);
    let Some(paper) = found.iter().find(|p| stands(p)) else {
        // One that was cancelled may keep its number for itself.
        let over = |p: &LedgerInvoice| p.standing.is_over() && !ours(p);
        let spent = found.into_iter().find(over);
        let news = spent.is_some() && view.number_spent_by.is_none();
        view.number_spent_by = spent;
        return Ok(news);
    };
    // What may have left of ours may be this very paper: its look-up says so, and not its number. Its contact is none.
    let sent = |w: &WriteRow| w.kind.is_document() && w.state != WriteState::Superseded;
    if own.is_none() && has_left(t, row, sent).await? {
        return Ok(false);
    }
    let now = t.as_it_is(draft.kind, &paper.id).await?;
    let still = |p: &LedgerInvoice| stands(p) && p.number == draft.number && p.kind == draft.kind;
    let Some(taken) = now.filter(still) else {
        return Ok(false);
    };
    view.number_taken_by = Some(taken);
    propose(t, row, &draft.number, view).await?;
    Ok(true)
}

/// A paper of ours that lost its stamp, of which this journal knows nothing: our application made it, no link leads to it, it
/// is for the same contact, and of the same sum or day. Answers whether there is one. The ledger is asked only where its
/// mirror shows what it may be.
pub(super) async fn lost_stamp(
    t: &Tenant<'_>,
    row: &DocRow,
    contact: &str,
    draft: &InvoiceDraft,
    view: &mut LedgerView,
) -> Result<bool, SyncError> {
    let reads = t.target.facts.reads;
    let (kind, book) = (draft.kind, &t.books.ledger);
    let found = view.link.is_some() || view.ours_is_there || view.number_taken_by.is_some();
    let asked = found || view.unstamped.is_some() || contact.starts_with(PLANNED);
    if asked || !reads.answers(kind, AskKind::Made) || !reads.answers(kind, AskKind::Changed) {
        return Ok(false);
    }
    let ever = DateTime::UNIX_EPOCH;
    let all = t
        .memory
        .unstamped_papers(t.tenant(), book, kind, contact, ever)
        .await?;
    // Those of which a person has said that they are others.
    let word = view.words.of_document(WordKind::Send);
    let other = |p: &LedgerInvoice| word.is_some_and(|w| w.shown.contains(&p.id));
    let ids: Vec<String> = (all.iter())
        .filter(|p| may_have_lost_its_stamp(draft, p) && !other(p))
        .map(|p| p.id.clone())
        .collect();
    if ids.is_empty() || has_left(t, row, |_| true).await? {
        return Ok(false);
    }
    let ask = Ask::Made {
        kind,
        since: None,
        ids,
    };
    let made = t.target.reads.read(t.to, &ask).await?.papers();
    view.unstamped = (made.into_iter()).find(|p| may_have_lost_its_stamp(draft, p));
    Ok(view.unstamped.is_some())
}

/// Whether anything of a document may have left, of those writes that count.
async fn has_left(
    t: &Tenant<'_>,
    row: &DocRow,
    counts: impl Fn(&WriteRow) -> bool,
) -> Result<bool, SyncError> {
    let writes = t.memory.writes(t.tenant(), &row.key).await?;
    Ok((writes.iter()).any(|w| w.first_sent.is_some() && counts(w)))
}
