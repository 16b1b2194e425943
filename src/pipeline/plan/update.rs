//! The change of a document that the ledger has: whether it may be sent, and where its link is only put right.

use super::super::ports::Relink;
use super::super::write::{Needs, NewWrite};
use super::keys::{Keys, short};
use crate::model::codes;
use crate::model::{
    Draft, Fingerprint, Invoice, InvoiceDraft, Kind, LedgerInvoice, LedgerLine, LedgerView,
    LineDraft, Link, Reason, SourceId, TargetFacts,
};

/// A link that is put right because the ledger's copy, just read, says what the draft says: a person made the
/// two alike by hand where we no longer can, or corrected what the ledger had made of it.
pub(super) fn relink(
    draft: &Draft,
    hash: &Fingerprint,
    link: &Link,
    view: &LedgerView,
    changed: bool,
) -> Option<Relink> {
    let (Draft::Invoice(d), Some(existing)) = (draft, &view.existing) else {
        return None;
    };
    let by_hand = view.retried && !existing.editable && same_lines(d, existing);
    if !alike(d, existing) || (changed && !by_hand) {
        return None;
    }
    let new = Relink {
        draft: hash.clone(),
        version: existing.version.clone(),
        amount: existing.total,
    };
    let known = link.draft == new.draft && link.amount == new.amount;
    (!known || changed).then_some(new)
}

/// The link of a document that stays as it was posted: what it comes to by now, where people have brought it
/// to what the source says.
pub(super) fn relink_as_posted(
    link: &Link,
    view: &LedgerView,
    invoice: &Invoice,
) -> Option<Relink> {
    let existing = view.existing.as_ref()?;
    let agrees = existing.total == invoice.total && existing.total != link.amount;
    agrees.then(|| Relink {
        draft: link.draft.clone(),
        version: existing.version.clone(),
        amount: existing.total,
    })
}

/// The write of a change, or why a person must look first.
pub(super) fn update(
    keys: &Keys<'_>,
    id: &SourceId,
    draft: Draft,
    purpose: &str,
    needs: Needs,
    view: &LedgerView,
    facts: &TargetFacts,
) -> Result<NewWrite, Reason> {
    let Some(existing) = &view.existing else {
        return Err(Reason::new(
            codes::UPDATE_MISSING,
            "the document is linked, but the ledger no longer has it",
            "see in the ledger whether it was deleted; restore it, or say that the link is void: `crossfoot unlink TENANT NUMBER`",
        ));
    };
    let number = &existing.number;
    if !existing.editable {
        return Err(Reason::new(
            codes::UPDATE_LOCKED,
            format!(
                "{number} was changed in the source, but the ledger lets it be changed no more ({})",
                existing.status
            ),
            "make the same change in the ledger by hand, so that both come to the same, then retry",
        ));
    }
    let link_version = view.link.as_ref().map_or("", |l| l.target_version.as_str());
    // A word is about what was shown: an edit made since is told first. One who took our payment out so that the
    // document can be changed has had a look at it.
    let shown = view.retried
        && (view.shown.as_ref() == Some(&existing.version) || !view.taken_out.is_empty());
    // Our own payments move the version too; then only what people can change is compared.
    if existing.version != link_version && existing.payments.is_empty() && !shown {
        return Err(Reason::new(
            codes::UPDATE_CONFLICT,
            format!("{number} was changed both in the source and in the ledger"),
            "compare the two: retry sends the source's over the ledger's; to keep the ledger's, change the source",
        ));
    }
    let needs = Needs {
        update_id: existing.id.clone(),
        update_version: existing.version.clone(),
        update_lines: existing.line_ids(),
        update_status: further(&draft, existing, facts),
        ..needs
    };
    let purpose = format!("update:{}", short(purpose));
    Ok(keys.write(Kind::Invoice, id, &purpose, draft, needs))
}

/// The status a change is sent with: the draft's, unless a person has taken the document further since.
fn further(draft: &Draft, existing: &LedgerInvoice, facts: &TargetFacts) -> String {
    let Draft::Invoice(d) = draft else {
        return String::new();
    };
    let rank = |word: &str| facts.statuses.iter().position(|s| *s == word);
    match (rank(&d.status), rank(&existing.status)) {
        (Some(ours), Some(is)) if is > ours => existing.status.clone(),
        _ => d.status.clone(),
    }
}

/// Whether the head of the ledger's copy says what the draft says.
fn alike(d: &InvoiceDraft, existing: &LedgerInvoice) -> bool {
    existing.total == d.total
        && existing.number == d.number
        && existing.date == Some(d.date)
        && (d.due.is_none() || existing.due == d.due)
        && existing.currency == d.currency.code()
}

/// Whether the lines come to the same in the books: texts may be a person's own.
fn same_lines(d: &InvoiceDraft, existing: &LedgerInvoice) -> bool {
    let same = |(want, is): (&LineDraft, &LedgerLine)| {
        want.quantity * want.unit_amount == is.quantity * is.unit_amount
            && want.account == is.account
            && (want.tax.is_empty() || want.tax == is.tax)
            && want.tracking == is.tracking
    };
    d.lines.len() == existing.lines.len() && d.lines.iter().zip(&existing.lines).all(same)
}
