//! What may still be changed of a document whose sums may not: a paid one's text, accounts, due day and reference.

use super::super::compare::{Compare, Field, LineField, differences};
use super::super::write::Needs;
use crate::model::{InvoiceDraft, LedgerInvoice, LedgerView, MayChange, TargetFacts};
use std::collections::BTreeSet;

/// Whether what is left to tell between a draft and the ledger's copy can still be sent, and is nobody's word there.
pub(super) fn goes_still(
    d: &InvoiceDraft,
    existing: &LedgerInvoice,
    view: &LedgerView,
    facts: TargetFacts<'_>,
) -> bool {
    let Some(base) = &view.agreed else {
        return false;
    };
    let theirs = differences(base, existing, Compare::Everything, facts);
    let left = differences(d, existing, Compare::Everything, facts);
    let goes = |field: Field| {
        part(field).is_some_and(|p| existing.may.contains(&p))
            && !theirs.iter().any(|t| t.field == field)
    };
    !left.is_empty() && left.iter().all(|l| goes(l.field))
}

/// The parts of a document in which a draft differs from the ledger's copy, where it lets just these be changed.
pub(super) fn parts(
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
