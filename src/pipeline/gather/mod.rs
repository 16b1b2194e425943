//! Evidence for a question: what the ledger and our own journal hold that concerns a document. From the mirror and the
//! links, with a call only for a document that is to be changed.

mod contacts;
mod copy;
mod journal;
mod mirror;
mod overpaid;

pub use contacts::{PlannedContacts, linked_contact};
pub use journal::source_hash;
pub use mirror::{may_overpay, overpayments, refresh_mirror};

use super::decide::Decision;
use super::plan::WritePlan;
use super::ports::DocRow;
use super::tenant::{SyncError, Tenant};
use crate::model::codes;
use crate::model::{ContactTarget, DocState, Draft, Invoice, LedgerView, Reason};
use std::collections::BTreeSet;

/// The view of one document.
///
/// # Errors
/// The store's, or the ledger's when a linked document must be read.
pub async fn of(
    t: &Tenant<'_>,
    row: &DocRow,
    invoice: &Invoice,
    planned: &PlannedContacts,
) -> Result<LedgerView, SyncError> {
    let contact = contacts::known(t, invoice, planned).await?;
    let link = t.memory.link(t.tenant(), &row.key).await?;
    let payment_links = journal::payment_links(t, invoice, link.as_ref()).await?;
    // A linked document is seen anew only when a person said retry.
    let retried = link.is_some() && row.state == DocState::Seen;
    // A decision that came before the link was there says nothing of what the ledger's copy looks like.
    let too_early = row.decided.as_ref().is_some_and(|d| d.0.is_empty());
    let mut existing = None;
    if let Some(link) = &link
        && (retried
            || too_early
            || t.mapping.sync.update_invoices.value
                && journal::draft_may_differ(t, invoice).await?)
    {
        existing = copy::existing(t, link).await?;
    }
    let agreed = match (&link, &existing) {
        (Some(_), Some(_)) => match t.memory.agreed(t.tenant(), &row.key).await? {
            Some(Draft::Invoice(agreed)) => Some(agreed),
            _ => None,
        },
        _ => None,
    };
    let (posted, gone) = match &link {
        Some(link) => journal::posted(t, invoice, link).await?,
        None => (None, Vec::new()),
    };
    let overpaid = overpaid::of(t, invoice, &payment_links).await?;
    let taken_out = match retried {
        true => copy::taken_out(t, invoice, &payment_links, &gone, existing.as_ref()).await?,
        false => BTreeSet::new(),
    };
    // Who was told of a conflict has seen the ledger's copy as it is.
    let told = (row.reason.as_ref()).is_some_and(|r| r.is(codes::UPDATE_CONFLICT));
    let shown = match (retried, told) {
        (true, true) => existing.as_ref().map(|e| e.version.clone()),
        (true, false) => journal::shown(t, &row.key).await?,
        (false, _) => None,
    };
    Ok(LedgerView {
        shown,
        contacts: contact.contacts,
        cut: contact.cut,
        contact_link: contact.link,
        link,
        payment_links,
        overpaid,
        existing,
        retried,
        agreed,
        posted,
        gone,
        taken_out,
        contact_posted: contact.posted,
    })
}

/// More of the ledger, once it is known what the rules made of the document: contacts under the name and
/// address that the rules gave, and the ledger's copy of a document that is to be changed. Answers whether
/// there was more, and a second decision may come out otherwise.
///
/// # Errors
/// The store's, or the ledger's.
pub async fn more(
    t: &Tenant<'_>,
    decision: &Decision,
    outcome: &WritePlan,
    invoice: &Invoice,
    planned: &PlannedContacts,
    view: &mut LedgerView,
) -> Result<bool, SyncError> {
    let mut found = false;
    if let Some((ruled, ContactTarget::Create)) = &decision.contact {
        found = contacts::ruled(t, ruled, invoice, planned, view).await?;
    }
    // What the ledger's copy is like now may let these go on.
    let asks = |r: &Reason| r.is_one_of(&[codes::UPDATE_MISSING, codes::PAYMENT_NOT_OPEN]);
    let paid = decision.payments.iter().filter_map(|p| p.verdict.reason());
    let asked = outcome.reason.iter().chain(paid).any(asks);
    if let (Some(link), None, true) = (&view.link, &view.existing, asked) {
        view.existing = copy::existing(t, link).await?;
        found |= view.existing.is_some();
    }
    Ok(found)
}
