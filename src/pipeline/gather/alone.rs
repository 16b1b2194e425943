//! What the ledger's contacts say of a document, as its view has it; and the view of a contact that goes by itself, of which there is no
//! paper.

use super::super::ports::DocRow;
use super::super::tenant::SyncError;
use super::ahead::Near;
use super::contacts::{KnownContacts, PlannedContacts, known};
use super::journal;
use crate::model::{DocState, Invoice, LedgerView};
use std::collections::BTreeMap;

/// A view of nothing but the contact, with what a person was told of it.
pub(super) fn of_contact(contact: KnownContacts, told: BTreeMap<String, String>) -> LedgerView {
    LedgerView {
        contacts: contact.contacts,
        others: contact.others,
        cut: contact.cut,
        contact_link: contact.link,
        evidence: contact.evidence,
        contact_posted: contact.posted,
        contact_kept: contact.kept,
        contact_told: told,
        ..LedgerView::default()
    }
}

pub(super) async fn of(
    t: &Near<'_>,
    row: &DocRow,
    invoice: &Invoice,
    planned: &PlannedContacts,
) -> Result<LedgerView, SyncError> {
    let contact = known(t, invoice, planned).await?;
    let told = journal::contact_told(t, row, contact.link.as_ref()).await?;
    let (link, none) = (contact.link.clone(), BTreeMap::new());
    Ok(LedgerView {
        words: journal::words(t, &row.key, (link.as_ref(), &none)).await?,
        retried: link.is_some() && row.state == DocState::Seen,
        link,
        drifts: t.drifts(&row.key).await?,
        ..of_contact(contact, told)
    })
}
