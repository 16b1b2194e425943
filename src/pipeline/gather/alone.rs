//! The view of a contact that goes by itself: what the ledger's contacts say of it, and what persons said. There is no paper of it.

use super::super::ports::DocRow;
use super::super::tenant::SyncError;
use super::ahead::Near;
use super::contacts::{PlannedContacts, known};
use super::journal;
use crate::model::{DocState, Invoice, LedgerView};
use std::collections::BTreeMap;

pub(super) async fn of(
    t: &Near<'_>,
    row: &DocRow,
    invoice: &Invoice,
    planned: &PlannedContacts,
) -> Result<LedgerView, SyncError> {
    let contact = known(t, invoice, planned).await?;
    let none = BTreeMap::new();
    let words = journal::words(t, &row.key, (contact.link.as_ref(), &none)).await?;
    let contact_link = contact.link.as_ref();
    Ok(LedgerView {
        words,
        retried: contact.link.is_some() && row.state == DocState::Seen,
        contacts: contact.contacts,
        others: contact.others,
        cut: contact.cut,
        link: contact.link.clone(),
        contact_link: contact.link.clone(),
        evidence: contact.evidence,
        contact_posted: contact.posted,
        contact_kept: contact.kept,
        contact_shown: journal::contact_shown(t, row, contact_link).await?,
        drifts: t.drifts(&row.key).await?,
        ..LedgerView::default()
    })
}
