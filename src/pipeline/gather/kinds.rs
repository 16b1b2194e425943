//! A document that the source calls by another kind than the one it was posted as.
//!
//! Flows in: a document, and what is known of one of another kind with the same id. Flows out: which one it is. A quote stays one
//! once an invoice is made of it, so that it is none of these. What a person ended, or the ledger has cancelled, is done with.

use super::super::ports::DocRow;
use super::super::tenant::SyncError;
use super::ahead::Near;
use crate::model::{Document, Drift, DriftKind, Invoice, Key, Kind, LedgerView, WordKind};

/// As what other kind a document was posted; or, where it is posted and the source has it no more, is known there now.
pub(super) async fn other(
    t: &Near<'_>,
    row: &DocRow,
    invoice: &Invoice,
    view: &LedgerView,
) -> Result<Option<(Kind, String)>, SyncError> {
    let own = row.key.kind;
    let gone = view.drifted(DriftKind::SourceDeleted).is_some();
    for kind in t.mapping.kinds() {
        let of = Key::new(&row.key.book, kind, &row.key.id);
        let is_other = match view.link.is_some() {
            _ if kind == own => false,
            true => gone && drift(&t.drifts(&of).await?, DriftKind::SourceDeleted).is_none(),
            false => kind.becomes() != Some(own) && stands(t, &of, invoice).await?,
        };
        if !is_other {
            continue;
        }
        if let Some(record) = t.memory.record(t.tenant(), &of).await? {
            return Ok(Some((kind, record.number)));
        }
    }
    Ok(None)
}

fn drift(all: &[Drift], kind: DriftKind) -> Option<&Drift> {
    all.iter()
        .find(|d| d.kind == kind && d.of.kind.is_document())
}

/// Whether a document of another kind is posted and what the source calls otherwise now: it has it no more as that, or both say
/// the same thing, where an order and an invoice are known by nothing but a number.
async fn stands(t: &Near<'_>, of: &Key, invoice: &Invoice) -> Result<bool, SyncError> {
    if t.link(of).await?.is_none() {
        return Ok(false);
    }
    let drifts = t.drifts(of).await?;
    if drift(&drifts, DriftKind::Cancelled).is_some() {
        return Ok(false);
    }
    let words = t.memory.words(t.tenant(), of).await?;
    if let Some(gone) = drift(&drifts, DriftKind::SourceDeleted) {
        return Ok(!words.end(gone));
    }
    let left = words.document.as_ref();
    let orders = [of.kind, invoice.kind].contains(&Kind::PurchaseOrder);
    if !orders || left.is_some_and(|w| w.kind == WordKind::Skip) {
        return Ok(false);
    }
    let record = t.memory.record(t.tenant(), of).await?;
    Ok(record.is_some_and(|r| match &r.document {
        Document::Invoice(was) => is_same(was, invoice),
        _ => false,
    }))
}

fn is_same(was: &Invoice, is: &Invoice) -> bool {
    was.number == is.number
        && (was.date, was.reckoned) == (is.date, is.reckoned)
        && was.contact.name == is.contact.name
}
