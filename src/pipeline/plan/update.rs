//! The change of a document that the ledger has: whether it may be sent, and where its link is only put right.

use super::super::compare::{
    Compare, Conflict, Difference, Field, differences, merge, unknown_base,
};
use super::super::ports::Relink;
use super::super::write::{Needs, NewWrite, paper_hash};
use super::keys::{Keys, short};
use super::parts::{as_far_as_it_goes, parts, still_goes};
use crate::connectors::stamp::stamp;
use crate::model::codes;
use crate::model::{
    Draft, Fingerprint, Invoice, InvoiceDraft, LedgerInvoice, LedgerView, LineDraft, Link, Reason,
    TargetFacts, bracketed,
};

/// Most fields that a conflict names.
const MOST_FIELDS: usize = 6;

/// A link that is put right because the ledger's copy, just read, comes to what was posted of an unchanged draft: people
/// corrected what the ledger had made of it.
pub(super) fn relink(
    draft: &InvoiceDraft,
    hash: &Fingerprint,
    link: &Link,
    view: &LedgerView,
    facts: TargetFacts<'_>,
) -> Option<Relink> {
    let existing = view.existing.as_ref()?;
    let says = differences(draft, existing, Compare::Head, facts).is_empty();
    let known = link.draft == *hash && link.amount == existing.total;
    (says && !known).then(|| alike(draft, hash, existing))
}

/// The same of a change that a person made in the ledger where we no longer can, and who said retry. Not while any of it
/// can still be sent: what is told to be sent is sent, and a success says that nothing was left.
pub(super) fn relink_by_hand(
    draft: &InvoiceDraft,
    hash: &Fingerprint,
    view: &LedgerView,
    facts: TargetFacts<'_>,
) -> Option<Relink> {
    let existing = view.existing.as_ref()?;
    if !is_by_hand(draft, existing, view, facts) {
        return None;
    }
    let sent = as_far_as_it_goes(over_theirs(draft, existing, view, facts), existing, facts);
    let left = differences(&sent, existing, Compare::Everything, facts);
    left.is_empty().then(|| alike(draft, hash, existing))
}

fn alike(draft: &InvoiceDraft, hash: &Fingerprint, existing: &LedgerInvoice) -> Relink {
    Relink {
        draft: hash.clone(),
        agreed: Some(Draft::Invoice(draft.clone())),
        version: existing.version.clone(),
        amount: existing.total,
    }
}

/// Whether the books say the same of a copy that the ledger lets be changed no more, but for what can still be sent: a
/// person who said retry has made the rest alike by hand.
fn is_by_hand(
    draft: &InvoiceDraft,
    existing: &LedgerInvoice,
    view: &LedgerView,
    facts: TargetFacts<'_>,
) -> bool {
    let goes = |d: &Difference| still_goes(d.field, existing);
    let books = || differences(draft, existing, Compare::Books, facts);
    view.retried && !existing.editable && books().iter().all(goes)
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
        agreed: None,
        version: existing.version.clone(),
        amount: existing.total,
    })
}

/// The write of a change, or why a person must look first.
pub(super) fn update(
    keys: &Keys<'_>,
    invoice: &Invoice,
    draft: Draft,
    purpose: &str,
    needs: Needs,
    view: &LedgerView,
    facts: TargetFacts<'_>,
) -> Result<NewWrite, Reason> {
    let Some(existing) = &view.existing else {
        return Err(Reason::new(
            codes::UPDATE_MISSING,
            "the document is linked, but the ledger no longer has it",
            "see in the ledger whether it was deleted; restore it, or say that the link is void: `crossfoot unlink TENANT NUMBER`",
        ));
    };
    let (id, number) = (&invoice.id, &existing.number);
    // Whom the source wants it to be for, by the name that it has there.
    let wanted = contact_name(&needs, view, invoice);
    let Draft::Invoice(ours) = draft else {
        return Err(not_a_paper(number));
    };
    let stamped = keys.key(invoice.kind, id, "create").marker();
    let contact = || another_contact(existing, &needs, &wanted);
    let locked = || locked(&ours, existing, (stamped.0.as_str(), contact()), facts);
    let by_hand = is_by_hand(&ours, existing, view, facts);
    let as_it_goes = |sent: InvoiceDraft| match by_hand {
        true => as_far_as_it_goes(sent, existing, facts),
        false => sent,
    };
    if !existing.editable {
        let all = as_it_goes(over_theirs(&ours, existing, view, facts));
        parts(&all, existing, &needs, facts).ok_or_else(locked)?;
    }
    // A word is about what was shown: what was told to differ, and says the same there still, is gone over. What else
    // people changed stays as they left it. One who took our payment out so that the document can be changed has had a
    // look at it.
    let told = |c: &Conflict| {
        let moot = by_hand && !still_goes(c.field, existing);
        moot || is_shown(c, &ours, view, facts)
    };
    let sent = match with_theirs(&ours, existing, (&needs, &wanted), view, facts) {
        Ok(_) if goes_over(&ours, view) => over_theirs(&ours, existing, view, facts),
        Ok(sent) => sent,
        Err(conflicts) if !conflicts.iter().all(told) => {
            return Err(conflicting(number, &conflicts));
        }
        Err(_) => over_theirs(&ours, existing, view, facts),
    };
    let sent = as_it_goes(sent);
    let only = match existing.editable {
        true => None,
        false => Some(parts(&sent, existing, &needs, facts).ok_or_else(locked)?),
    };
    let agreed = (sent != ours).then(|| Box::new(Draft::Invoice(ours.clone())));
    let needs = Needs {
        update_id: existing.id.clone(),
        update_version: existing.version.clone(),
        update_saw: Some(existing.content()),
        update_lines: existing.line_ids(),
        update_status: further(&sent, existing, facts),
        update_only: only,
        agreed,
        ..needs
    };
    let purpose = format!("update:{}", short(purpose));
    Ok(keys.write(invoice.kind, id, &purpose, Draft::Invoice(sent), needs))
}

fn not_a_paper(number: &str) -> Reason {
    Reason::new(
        codes::ENCODE,
        format!("{number} is no document that can be changed"),
        "report this: it is a fault in Crossfoot",
    )
}

/// A change that the ledger does not let us make: what a person must make there by hand, field by field.
fn locked(
    ours: &InvoiceDraft,
    existing: &LedgerInvoice,
    (marker, contact): (&str, Option<String>),
    facts: TargetFacts<'_>,
) -> Reason {
    let number = &existing.number;
    let said = |s: &str| match s {
        "" => "nothing".to_owned(),
        s => s.to_owned(),
    };
    let one = |d: &Difference| {
        let (want, is) = (said(&d.want), said(&d.is));
        format!("{}: the source says {want}, the ledger {is}", d.field)
    };
    let all = differences(ours, existing, Compare::Everything, facts);
    let mut told: Vec<String> = all.iter().map(one).collect();
    told.extend(contact);
    let told = listed(told);
    // Not every ledger has a word for where a paper stands.
    let status = bracketed(&existing.status);
    let what = format!(
        "{number} was changed in the source, but the ledger lets it be changed no more{status}. {told}"
    );
    // What was cancelled is changed by nobody any more, and by hand neither.
    if existing.standing.is_over() {
        let fix = "if it is rightly cancelled, `crossfoot skip TENANT NUMBER --why \"...\"` leaves it so; if the sale stands, give it another number in a `map_invoice` rule, then `crossfoot unlink TENANT NUMBER` has it made anew";
        return Reason::new(codes::LEDGER_CANCELLED, what, fix);
    }
    // Where people can edit it, our stamp stays.
    let leaves = facts.stamp_in.as_ref();
    let leaves = leaves.map(|field| format!(", and leave {} in its {field}", stamp(marker)));
    Reason::new(
        codes::UPDATE_LOCKED,
        what,
        format!(
            "make the same change in the ledger by hand{}; then `crossfoot retry TENANT NUMBER`. To leave the ledger's as it is: `crossfoot skip TENANT NUMBER --why \"...\"`",
            leaves.unwrap_or_default()
        ),
    )
}

/// Some of what differs, and how much more there is.
fn listed(mut told: Vec<String>) -> String {
    let more = told.len().saturating_sub(MOST_FIELDS);
    told.truncate(MOST_FIELDS);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    told.join("; ")
}

/// Whether the person who said retry was shown this very value of the ledger's.
fn is_shown(c: &Conflict, ours: &InvoiceDraft, view: &LedgerView, facts: TargetFacts<'_>) -> bool {
    if !view.retried {
        return false;
    }
    if !view.taken_out.is_empty() {
        return true;
    }
    let Some(shown) = &view.shown else {
        return false;
    };
    match c.field {
        Field::Contact => shown.contact_name == c.theirs,
        Field::Status => shown.status == c.theirs,
        field => differences(ours, shown, Compare::Everything, facts)
            .iter()
            .any(|d| d.field == field && d.is == c.theirs),
    }
}

/// Whether what was agreed is sent over the ledger's copy once more: people gave it another sum while its answer was awaited,
/// and whoever said retry has seen both. What a decision lets go in spite of the sum is meant so.
pub(super) fn goes_over(ours: &InvoiceDraft, view: &LedgerView) -> bool {
    let (Some(link), Some(copy)) = (&view.link, &view.existing) else {
        return false;
    };
    let as_agreed = || paper_hash(ours) == link.draft;
    let told = view.retried && copy.editable && copy.total != ours.total;
    told && link.other_version.is_empty() && as_agreed()
}

/// The source's draft over the ledger's copy, with what people have changed there of other fields.
pub(super) fn over_theirs(
    ours: &InvoiceDraft,
    existing: &LedgerInvoice,
    view: &LedgerView,
    facts: TargetFacts<'_>,
) -> InvoiceDraft {
    let Some(base) = &view.agreed else {
        return ours.clone();
    };
    let merged = merge(base, ours, existing, facts).agreed;
    if existing.total == ours.total {
        return merged;
    }
    // What was told to differ is what it comes to.
    let same = merged.lines.len() == ours.lines.len();
    let lines = match same {
        true => (merged.lines.into_iter().zip(&ours.lines))
            .map(|(theirs, ours)| LineDraft {
                quantity: ours.quantity,
                unit_amount: ours.unit_amount,
                tax: ours.tax.clone(),
                ..theirs
            })
            .collect(),
        false => ours.lines.clone(),
    };
    InvoiceDraft {
        lines,
        tax_mode: ours.tax_mode,
        ..merged
    }
}

/// The source's draft with what people have changed in the ledger's copy since it was last agreed.
///
/// # Errors
/// Every field that both sides changed.
fn with_theirs(
    ours: &InvoiceDraft,
    existing: &LedgerInvoice,
    (needs, wanted): (&Needs, &str),
    view: &LedgerView,
    facts: TargetFacts<'_>,
) -> Result<InvoiceDraft, Vec<Conflict>> {
    let link_version = view.link.as_ref().map_or("", |l| l.other_version.as_str());
    // What we made is as we made it, whatever the ledger's own forms have done to it.
    if existing.version == link_version {
        return Ok(ours.clone());
    }
    let (sent, mut conflicts) = match &view.agreed {
        Some(base) => {
            let merged = merge(base, ours, existing, facts);
            (merged.agreed, merged.conflicts)
        }
        None => (ours.clone(), unknown_base(ours, existing, facts)),
    };
    conflicts.extend(other_contact(existing, (needs, wanted), view));
    conflicts.extend(taken_further(ours, existing, view, facts));
    match conflicts.is_empty() {
        true => Ok(sent),
        false => Err(conflicts),
    }
}

/// How the contact differs that the source wants a document to be for.
fn another_contact(existing: &LedgerInvoice, needs: &Needs, wanted: &str) -> Option<String> {
    let is = &existing.contact_name;
    let moved = needs.contact_id != existing.contact_id;
    moved.then(|| format!("contact: the source says {wanted}, the ledger {is}"))
}

/// Whom a document is to be for, as people know them.
fn contact_name(needs: &Needs, view: &LedgerView, invoice: &Invoice) -> String {
    match needs.contact_id.as_str() {
        "" => format!("{} (a new contact)", invoice.contact.shown().0),
        id => name_of(id, view),
    }
}

fn name_of(id: &str, view: &LedgerView) -> String {
    let known = view.contacts.iter().find(|c| c.id == id);
    known.map_or_else(|| id.to_owned(), |c| c.name.clone())
}

fn conflicting(number: &str, conflicts: &[Conflict]) -> Reason {
    let told = listed(conflicts.iter().map(ToString::to_string).collect());
    Reason::new(
        codes::UPDATE_CONFLICT,
        format!("{number} was changed both in the source and in the ledger. {told}"),
        "compare the two: `crossfoot retry TENANT NUMBER` sends the source's over what is named here; `crossfoot skip TENANT NUMBER --why \"...\"` leaves the ledger's as it is",
    )
}

/// One that a person has taken further, such as from a draft to one that is approved, was approved as it stood: what it
/// comes to is not changed under their hands. What payments make of its status is nobody's word.
fn taken_further(
    ours: &InvoiceDraft,
    existing: &LedgerInvoice,
    view: &LedgerView,
    facts: TargetFacts<'_>,
) -> Option<Conflict> {
    let base = view.agreed.as_ref()?;
    let words = [&base.status, &existing.status];
    let known = words
        .iter()
        .all(|word| facts.status(existing.kind, word).is_some());
    (known && base.status != existing.status && existing.status != ours.status).then(|| Conflict {
        field: Field::Status,
        base: Some(base.status.clone()),
        ours: ours.status.clone(),
        theirs: existing.status.clone(),
    })
}

/// A change names the contact too: one that a person has given the ledger's copy is not taken back unasked.
fn other_contact(
    existing: &LedgerInvoice,
    (needs, wanted): (&Needs, &str),
    view: &LedgerView,
) -> Option<Conflict> {
    let posted = (view.posted.as_ref()).filter(|p| !p.contact_id.is_empty())?;
    let kept = existing.contact_id == posted.contact_id || existing.contact_id == needs.contact_id;
    (!kept).then(|| Conflict {
        field: Field::Contact,
        base: Some(name_of(&posted.contact_id, view)),
        ours: wanted.to_owned(),
        theirs: existing.contact_name.clone(),
    })
}

/// The status a change is sent with: the draft's, unless a person has taken the document further since.
fn further(d: &InvoiceDraft, existing: &LedgerInvoice, facts: TargetFacts<'_>) -> String {
    let rank = |word: &str| facts.status(d.kind, word).map(|s| s.rank);
    if !existing.editable {
        return existing.status.clone();
    }
    match (rank(&d.status), rank(&existing.status)) {
        (Some(ours), Some(is)) if is > ours => existing.status.clone(),
        _ => d.status.clone(),
    }
}
