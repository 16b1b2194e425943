//! The ledger's copy of a linked document, asked for now.

use super::super::tenant::{SyncError, Tenant};
use crate::connectors::Find;
use crate::model::{GonePayment, Invoice, Kind, LedgerInvoice, Link, PaymentKind, SourceId};
use std::collections::{BTreeMap, BTreeSet};

/// The ledger's copy of a linked document, asked for now.
///
/// # Errors
/// The ledger's.
pub(super) async fn existing(
    t: &Tenant<'_>,
    link: &Link,
) -> Result<Option<LedgerInvoice>, SyncError> {
    let find = Find::Document {
        kind: link.kind,
        id: link.target_id.clone(),
    };
    let found = t.target.find(t.to, &find).await?;
    Ok(found.documents.into_iter().next())
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
        Some((&p.id, p.kind == PaymentKind::Payment, &link.target_id))
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
        // A document that is gone has no payments.
        if !document.is_some_and(|d| d.payments.iter().any(|p| p.id == *target)) {
            out.insert(target.clone());
        }
    }
    Ok(out)
}

async fn credit_note(
    t: &Tenant<'_>,
    refund: &SourceId,
) -> Result<Option<LedgerInvoice>, SyncError> {
    let link = t.memory.link(t.tenant(), Kind::CreditNote, refund).await?;
    let Some(link) = link else { return Ok(None) };
    existing(t, &link).await
}
