//! What may still be changed of a document whose sums may not: a paid one's text, accounts, due day and reference.

use super::super::compare::{Compare, Field, LineField, differences, take};
use super::super::write::Needs;
use crate::model::{InvoiceDraft, LedgerInvoice, MayChange, TargetFacts};
use std::collections::BTreeSet;

/// A draft as far as the ledger still takes it: where it takes a change no more, the draft is as the copy is.
pub(super) fn as_far_as_it_goes(
    mut sent: InvoiceDraft,
    existing: &LedgerInvoice,
    facts: TargetFacts<'_>,
) -> InvoiceDraft {
    for d in differences(&sent, existing, Compare::Everything, facts) {
        if !still_goes(d.field, existing) {
            take(&mut sent, existing, d.field);
        }
    }
    sent
}

/// Whether the ledger still lets a field of its copy be changed.
pub(in super::super) fn still_goes(field: Field, existing: &LedgerInvoice) -> bool {
    part(field).is_some_and(|p| existing.may.contains(&p))
}

/// The parts of a document in which a draft differs from the ledger's copy, where it lets just these be changed.
pub(in super::super) fn parts(
    sent: &InvoiceDraft,
    existing: &LedgerInvoice,
    needs: &Needs,
    facts: TargetFacts<'_>,
) -> Option<BTreeSet<MayChange>> {
    let same = existing.contact_id == needs.contact_id || needs.contact_id.is_empty();
    if existing.may.is_empty() || !same || !needs.contact_write.is_empty() {
        return None;
    }
    let all = differences(sent, existing, Compare::Everything, facts);
    all.iter()
        .map(|d| part(d.field).filter(|p| existing.may.contains(p)))
        .collect()
}

/// What a ledger may let be changed when it lets no sum be changed any more.
pub(super) fn part(field: Field) -> Option<MayChange> {
    Some(match field {
        Field::Number => MayChange::Number,
        Field::Reference => MayChange::Reference,
        Field::Due => MayChange::Due,
        Field::Line(_, LineField::Description) => MayChange::Text,
        Field::Line(_, LineField::Account) => MayChange::Account,
        Field::Line(_, LineField::Tracking) => MayChange::Tracking,
        _ => return None,
    })
}
