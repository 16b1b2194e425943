//! Payments that people entered on the paper of a document, from the mirror: what its own money may be already.

use super::super::ports::{PaperKeys, StoreError};
use super::super::tenant::Tenant;
use crate::model::{Invoice, LedgerInvoice, LedgerView, PaymentKind};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// The sums of those that stand for none of ours. Asked only where money was paid back: what gives each other back need not
/// go, unless a person has entered one side of it.
pub(super) async fn sums(
    t: &Tenant<'_>,
    invoice: &Invoice,
    view: &LedgerView,
) -> Result<Vec<Decimal>, StoreError> {
    let back = |kind| kind == PaymentKind::Refund;
    let (Some(link), true) = (&view.link, invoice.payments.iter().any(|p| back(p.kind))) else {
        return Ok(Vec::new());
    };
    let paper: Option<LedgerInvoice> = match &view.existing {
        Some(paper) => Some(paper.clone()),
        None => {
            let ids = [link.other.id.0.clone()];
            let keys = PaperKeys {
                ids: &ids,
                ..PaperKeys::default()
            };
            let known = t
                .memory
                .papers(t.tenant(), &link.other.book, link.other.kind, keys);
            known.await?.into_iter().next()
        }
    };
    let ours = view.payment_links.values().map(|l| l.other.id.0.as_str());
    let begun = view.begun.values().flat_map(|b| &b.entries);
    let begun = begun.map(|e| e.target_id.as_str());
    let settled = view.words.settled().filter_map(|(_, w)| w.entry.as_ref());
    let settled = settled.map(|e| e.id.as_str());
    let known: BTreeSet<&str> = ours.chain(begun).chain(settled).collect();
    let payments = paper.into_iter().flat_map(|p| p.payments);
    let theirs = payments.filter(|p| p.mark.is_none() && !known.contains(p.id.as_str()));
    Ok(theirs.map(|p| p.amount).collect())
}
