//! The ledger's copy of a linked document, asked for now.

use super::super::tenant::{SyncError, Tenant};
use crate::connectors::Ask;
use crate::model::{
    GonePayment, Invoice, Kind, LedgerInvoice, Link, PaymentKind, SentCredit, SourceId,
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

/// What of a document's money is ours in the ledger.
#[derive(Clone, Copy)]
pub(super) struct Ours<'a> {
    pub(super) links: &'a BTreeMap<String, Link>,
    pub(super) gone: &'a [GonePayment],
    pub(super) overpaid: &'a BTreeMap<String, SentCredit>,
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

/// Which of a document's posted payments the ledger no longer has. A refund's is on its credit note; what was beyond what
/// is owed is a paper of its own.
pub(super) async fn taken_out(
    t: &Tenant<'_>,
    invoice: &Invoice,
    ours: Ours<'_>,
    existing: Option<&LedgerInvoice>,
) -> Result<BTreeSet<String>, SyncError> {
    let one_paper = t.target.facts.refunds_by.is_one_paper();
    let upon = |kind, paid| match (kind, paid) {
        (Kind::Payment, true) => Upon::Document,
        (Kind::Payment, false) if one_paper => Upon::Itself(Kind::CreditNote),
        (Kind::Payment, false) => Upon::Note,
        (kind, _) => Upon::Itself(kind),
    };
    let there = invoice.payments.iter().filter_map(|p| {
        let link = ours.links.get(&p.id)?;
        let upon = upon(Kind::Payment, p.kind == PaymentKind::Payment);
        Some((&p.id, upon, &link.other.id.0))
    });
    let gone = (ours.gone.iter()).map(|p| (&p.id, upon(p.kind, p.paid), &p.target_id));
    let over = ours.overpaid.iter().filter(|(_, s)| s.linked);
    let over = over.map(|(id, s)| (id, Upon::Itself(Kind::Overpayment), &s.target_id));
    let mut out = BTreeSet::new();
    for (id, upon, target) in there.chain(gone).chain(over) {
        let on = |d: &LedgerInvoice| d.payments.iter().any(|p| p.id == *target);
        // A document that is gone has no payments.
        let is_there = match upon {
            Upon::Document => existing.is_some_and(on),
            Upon::Note => {
                let note = credit_note(t, &SourceId(id.clone())).await?;
                note.as_ref().is_some_and(on)
            }
            Upon::Itself(kind) => {
                let found = t.target.reads.read(t.to, &Ask::id(kind, target)).await?;
                let stands = |d: &LedgerInvoice| d.id == *target && !d.standing.is_over();
                found.papers().iter().any(stands)
            }
        };
        if !is_there {
            out.insert(target.clone());
        }
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
