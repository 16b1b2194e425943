//! The ledger's copy of a linked document, asked for now.

use super::super::drift::carries;
use super::super::ports::PaperKeys;
use super::super::tenant::SyncError;
use super::ahead::Near;
use super::moved::OnOther;
use crate::connectors::Ask;
use crate::model::{
    AskKind, Begun, Drift, DriftKind, Invoice, Kind, LedgerInvoice, LedgerPayment, LedgerView,
    Link, PaymentKind, PutElsewhere, SourceId, StandsApart,
};
use std::collections::{BTreeMap, BTreeSet};

/// The ledger's copy of a linked document, asked for now.
///
/// # Errors
/// The ledger's.
pub(super) async fn existing(
    t: &Near<'_>,
    link: &Link,
) -> Result<Option<LedgerInvoice>, SyncError> {
    let ask = Ask::id(link.other.kind, &link.other.id.0);
    let found = t.target.reads.read(t.to, &ask).await?;
    let paper = found.papers().into_iter().next();
    let (book, kind) = (&link.other.book, link.other.kind);
    t.read_a_paper();
    match &paper {
        // What was read is news for the mirror too, and what was done to it since is seen.
        Some(paper) => {
            let (one, now) = (std::slice::from_ref(paper), t.to.clock.now());
            let put = (t.memory).put_papers(t.tenant(), book, kind, one, now, None);
            put.await?;
        }
        None => {
            let id = &link.other.id.0;
            t.memory.forget_paper(t.tenant(), book, kind, id).await?;
        }
    }
    Ok(paper)
}

/// What of a document's money is ours in the ledger.
#[derive(Clone, Copy)]
pub(super) struct Ours<'a> {
    links: &'a BTreeMap<String, Link>,
    begun: &'a BTreeMap<String, Begun>,
}

impl<'a> Ours<'a> {
    pub(super) fn new(
        links: &'a BTreeMap<String, Link>,
        begun: &'a BTreeMap<String, Begun>,
    ) -> Self {
        Self { links, begun }
    }
}

/// Which of a document's payments are asked for.
#[derive(Clone, Copy)]
pub(super) enum AskedFor<'a> {
    /// All of them: a person said retry.
    All,
    /// Those of which a person has said that they go, although they were deleted.
    These(&'a BTreeSet<String>),
}

impl AskedFor<'_> {
    fn has(self, id: &str) -> bool {
        match self {
            AskedFor::All => true,
            AskedFor::These(some) => some.contains(id),
        }
    }
}

/// Where in the ledger money of ours is looked for.
#[derive(Clone, Copy)]
enum Upon {
    /// Among the payments of the document.
    Document,
    /// Among those of the credit note that was made for it.
    Note,
    /// It is a paper by itself.
    Itself(Kind),
}

/// What became of a document's money that it no longer has, by ledger id but for the last.
#[derive(Default)]
pub(super) struct TakenOut {
    /// The entries that it no longer has.
    pub(super) out: BTreeSet<String>,
    /// Those of them that it has under another id, with our stamp.
    pub(super) anew: BTreeSet<String>,
    /// The payments that still stand in the ledger all the same, by source id, and what they come to.
    pub(super) off: BTreeMap<String, StandsApart>,
}

/// Which entries of a document's payments the ledger no longer has, and which of these it has under another id, with our stamp.
/// What pays a refund out is on its credit note; that note, and what was beyond what is owed, are papers of their own.
pub(super) async fn taken_out(
    t: &Near<'_>,
    invoice: &Invoice,
    ours: Ours<'_>,
    existing: Option<&LedgerInvoice>,
    asked: AskedFor<'_>,
) -> Result<TakenOut, SyncError> {
    let one_paper = t.target.facts.refunds_by.is_one_paper();
    let upon = |kind, paid| match (kind, paid) {
        (Kind::Payment, PaymentKind::Payment) => Upon::Document,
        (Kind::Payment, PaymentKind::Refund) if one_paper => Upon::Itself(Kind::CreditNote),
        (Kind::Payment, PaymentKind::Refund) => Upon::Note,
        (kind, _) => Upon::Itself(kind),
    };
    let mut all: Vec<(&String, Upon, &String)> = Vec::new();
    for (id, begun) in ours.begun {
        let posted = begun.entries.iter().filter(|e| e.is_posted());
        all.extend(posted.map(|e| (id, upon(e.kind, begun.kind), &e.target_id)));
    }
    // What a person linked was not begun by us.
    for p in &invoice.payments {
        let Some(link) = ours.links.get(&p.id) else {
            continue;
        };
        let (target, known) = (&link.other.id.0, &all);
        if !known
            .iter()
            .any(|(id, _, at)| **id == p.id && *at == target)
        {
            all.push((&p.id, upon(Kind::Payment, p.kind), target));
        }
    }
    let (mut out, mut anew) = (BTreeSet::new(), BTreeSet::new());
    for (id, upon, target) in all.into_iter().filter(|(id, ..)| asked.has(id)) {
        let other = match upon {
            Upon::Document => None,
            Upon::Note => credit_note(t, &SourceId(id.clone())).await?,
            Upon::Itself(kind) => {
                let found = t.target.reads.read(t.to, &Ask::id(kind, target)).await?;
                found.papers().into_iter().next()
            }
        };
        let (document, itself) = match upon {
            Upon::Document => (existing, false),
            Upon::Note => (other.as_ref(), false),
            Upon::Itself(_) => (other.as_ref(), true),
        };
        // A document that is gone has no payments.
        let there = |d: &LedgerInvoice| match itself {
            true => d.id == *target && !d.standing.is_over(),
            // What is on its way there is not gone.
            false => (d.payments.iter().chain(&d.pending)).any(|p| p.id == *target),
        };
        if document.is_some_and(there) {
            continue;
        }
        out.insert(target.clone());
        let payment = t.here(Kind::Payment, &SourceId(id.clone()));
        if document.is_some_and(|d| carries(t.tenant(), &payment, d)) {
            anew.insert(target.clone());
        }
    }
    let off = taken_off(t, invoice, ours.links, (&out, &anew)).await?;
    Ok(TakenOut { out, anew, off })
}

/// Which of a document's payments that are taken out of it still stand in the ledger, and what they come to: people may take a
/// payment off its document, or put it to another, without deleting it. What was entered anew on the document is not asked for.
async fn taken_off(
    t: &Near<'_>,
    invoice: &Invoice,
    links: &BTreeMap<String, Link>,
    (out, anew): (&BTreeSet<String>, &BTreeSet<String>),
) -> Result<BTreeMap<String, StandsApart>, SyncError> {
    let mut all = BTreeMap::new();
    if out.is_empty() || !t.target.facts.reads.answers(Kind::Payment, AskKind::Ids) {
        return Ok(all);
    }
    for p in invoice
        .payments
        .iter()
        .filter(|p| p.kind == PaymentKind::Payment)
    {
        let Some(link) = links.get(&p.id).filter(|l| l.other.kind == Kind::Payment) else {
            continue;
        };
        let target = &link.other.id.0;
        if !out.contains(target) || anew.contains(target) {
            continue;
        }
        let there = apart(t, target).await?;
        all.extend(there.map(|there| (p.id.clone(), there)));
    }
    Ok(all)
}

/// Which of a document's payments its paper was seen to lack, and the ledger has all the same: that they are off their document
/// is no deletion. Asked where a payment is a thing of its own, for those that the source no longer names as well.
pub(super) async fn left_standing(t: &Near<'_>, view: &mut LedgerView) -> Result<(), SyncError> {
    let facts = t.target.facts;
    if !facts.payments_apart || !facts.reads.answers(Kind::Payment, AskKind::Ids) {
        return Ok(());
    }
    let known = &view.taken_off;
    let lacks = |d: &&Drift| {
        let payment = d.kind == DriftKind::PaymentDeleted && d.of.kind == Kind::Payment;
        payment && !known.contains_key(&d.of.id.0)
    };
    let lacks = view.drifts.iter().filter(lacks);
    let lacks: Vec<(String, String)> = lacks
        .map(|d| (d.of.id.0.clone(), d.other.clone()))
        .collect();
    for (id, target) in lacks {
        let there = apart(t, &target).await?;
        view.taken_off.extend(there.map(|there| (id, there)));
    }
    Ok(())
}

/// A payment as the ledger has it by itself, by its id there; nothing where it is gone, or comes to nothing.
async fn apart(t: &Near<'_>, target: &str) -> Result<Option<StandsApart>, SyncError> {
    let ask = Ask::id(Kind::Payment, target);
    let found = t.target.reads.read(t.to, &ask).await?.payments();
    let same = |p: &LedgerPayment| p.id == *target && !p.amount.is_zero();
    let Some(there) = found.into_iter().find(same) else {
        return Ok(None);
    };
    let mut on = there.on_document;
    if !on.is_empty() {
        let ids = [on.clone()];
        let keys = PaperKeys {
            ids: &ids,
            ..PaperKeys::default()
        };
        let (book, kind) = (&t.books.ledger, Kind::Invoice);
        let papers = t.memory.papers(t.tenant(), book, kind, keys).await?;
        let number = papers.into_iter().map(|p| p.number).next();
        on = number.filter(|n| !n.is_empty()).unwrap_or(on);
    }
    Ok(Some(StandsApart {
        id: there.id,
        amount: there.amount,
        on,
    }))
}

/// Payments that we put to other papers. Whether one still stands there is asked for when a person says retry.
pub(super) async fn elsewhere(
    t: &Near<'_>,
    all: BTreeMap<String, OnOther>,
    retried: bool,
) -> Result<BTreeMap<String, PutElsewhere>, SyncError> {
    let mut out = BTreeMap::new();
    for (id, other) in all {
        let Some(link) = other.link else {
            let put = PutElsewhere {
                on: other.document.clone(),
                amount: other.amount,
                taken_out: false,
                document: other.document,
                under_way: true,
            };
            out.insert(id, put);
            continue;
        };
        let Some(upon) = &link.upon else { continue };
        let ids = [upon.id.0.clone()];
        let keys = PaperKeys {
            ids: &ids,
            ..PaperKeys::default()
        };
        let known = t.memory.papers(t.tenant(), &upon.book, upon.kind, keys);
        let mut paper = known.await?.into_iter().next();
        if retried {
            let ask = Ask::id(upon.kind, &upon.id.0);
            paper = t
                .target
                .reads
                .read(t.to, &ask)
                .await?
                .papers()
                .into_iter()
                .next();
        }
        let there = |p: &LedgerInvoice| p.payments.iter().any(|on| on.id == link.other.id.0);
        let number = paper
            .as_ref()
            .map(|p| p.number.clone())
            .filter(|n| !n.is_empty());
        let put = PutElsewhere {
            on: number.unwrap_or_else(|| upon.id.0.clone()),
            amount: link.amount,
            taken_out: retried && !paper.as_ref().is_some_and(there),
            document: other.document,
            under_way: false,
        };
        out.insert(id, put);
    }
    Ok(out)
}

async fn credit_note(t: &Near<'_>, refund: &SourceId) -> Result<Option<LedgerInvoice>, SyncError> {
    let note = t.here(Kind::CreditNote, refund);
    let link = t.link(&note).await?;
    let Some(link) = link else { return Ok(None) };
    existing(t, &link).await
}
