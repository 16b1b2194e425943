//! The ledger's copy of a linked document, asked for now.

use super::super::ports::PaperKeys;
use super::super::tenant::{SyncError, Tenant};
use crate::connectors::Ask;
use crate::model::{
    GonePayment, Invoice, Kind, LedgerInvoice, Link, PaymentKind, PutElsewhere, SourceId,
};
use std::collections::{BTreeMap, BTreeSet};

/// The ledger's copy of a linked document, asked for now.
///
/// # Errors
/// The ledger's.
pub(super) async fn existing(
    t: &Tenant<'_>,
    link: &Link,
) -> Result<Option<LedgerInvoice>, SyncError> {
    let ask = Ask::id(link.other.kind, &link.other.id.0);
    let found = t.target.reads.read(t.to, &ask).await?;
    Ok(found.papers().into_iter().next())
}

/// Which of a document's posted payments the ledger no longer has. A refund's is on its credit note.
pub(super) async fn taken_out(
    t: &Tenant<'_>,
    invoice: &Invoice,
    links: &BTreeMap<String, Link>,
    gone: &[GonePayment],
    existing: Option<&LedgerInvoice>,
) -> Result<BTreeSet<String>, SyncError> {
    let there = invoice.payments.iter().filter_map(|p| {
        let link = links.get(&p.id)?;
        Some((&p.id, p.kind == PaymentKind::Payment, &link.other.id.0))
    });
    let gone = gone.iter().map(|p| (&p.id, p.paid, &p.target_id));
    let mut out = BTreeSet::new();
    for (id, paid, target) in there.chain(gone) {
        let note;
        let document = if paid {
            existing
        } else {
            note = credit_note(t, &SourceId(id.clone())).await?;
            note.as_ref()
        };
        // A document that is gone has no payments. Where a note pays itself out, it is the payment.
        let itself = !paid && t.target.facts.refunds_by.is_one_paper();
        let there = |d: &LedgerInvoice| match itself {
            true => d.id == *target && !d.standing.is_over(),
            false => d.payments.iter().any(|p| p.id == *target),
        };
        if !document.is_some_and(there) {
            out.insert(target.clone());
        }
    }
    Ok(out)
}

/// Payments that we put to other papers. Whether one still stands there is asked for when a person says retry.
pub(super) async fn elsewhere(
    t: &Tenant<'_>,
    links: BTreeMap<String, Link>,
    retried: bool,
) -> Result<BTreeMap<String, PutElsewhere>, SyncError> {
    let mut out = BTreeMap::new();
    for (id, link) in links {
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
        };
        out.insert(id, put);
    }
    Ok(out)
}

async fn credit_note(
    t: &Tenant<'_>,
    refund: &SourceId,
) -> Result<Option<LedgerInvoice>, SyncError> {
    let note = t.here(Kind::CreditNote, refund);
    let link = t.memory.link(t.tenant(), &note).await?;
    let Some(link) = link else { return Ok(None) };
    existing(t, &link).await
}
