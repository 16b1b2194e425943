//! The change of a document that the ledger has: whether it may be sent, and where its link is only put right.

use super::super::compare::{Compare, Conflict, Difference, Field, differences, merge};
use super::super::ports::Relink;
use super::super::write::{Needs, NewWrite, paper_hash};
use super::conflict::{ConflictEnd, Deciders, by_the_file, further, listed, name_of, with_theirs};
use super::keys::{Keys, short};
use super::money_on_it::locked_by;
use super::parts::{as_far_as_it_goes, parts, still_goes};
use crate::connectors::stamp::stamp;
use crate::model::codes;
use crate::model::{
    Draft, Fingerprint, Invoice, InvoiceDraft, LedgerInvoice, LedgerView, LineDraft, Link, Reason,
    TargetFacts, bracketed,
};

/// What becomes of a change.
pub(super) enum Becomes {
    /// It is sent.
    Sent(Box<NewWrite>),
    /// Nothing of it is left to send: the ledger says what counts, and the link is put right.
    Agreed(Relink),
}

/// A change, and what is told of it.
pub(super) struct Change {
    pub(super) becomes: Becomes,
    pub(super) told: Vec<Reason>,
}

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
    let existing = view.existing.as_ref().filter(|e| !e.no_total)?;
    let agrees = invoice.comes_to() == Some(existing.total) && existing.total != link.amount;
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
    (draft, deciders): (Draft, &mut Deciders<'_>),
    purpose: &str,
    needs: Needs,
    view: &LedgerView,
    facts: TargetFacts<'_>,
) -> Result<Change, Reason> {
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
    let sides = (&ours, existing, by_hand);
    let ended = brought_together(sides, (&needs, &wanted), deciders, view, facts)?;
    if let Some(relink) = ended.needs_no_write(existing, &needs, facts) {
        return Ok(Change {
            becomes: Becomes::Agreed(relink),
            told: ended.told,
        });
    }
    let (sent, ours, told) = (as_it_goes(ended.sent), ended.agreed, ended.told);
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
    let write = keys.write(invoice.kind, id, &purpose, Draft::Invoice(sent), needs);
    Ok(Change {
        becomes: Becomes::Sent(Box::new(write)),
        told,
    })
}

/// What becomes of both sides' changes. A word is about what was shown: what was told to differ, and says the same there still, is gone
/// over. What else people changed stays as they left it. One who took our payment out so that the document can be changed has had
/// a look at it.
fn brought_together(
    (ours, existing, by_hand): (&InvoiceDraft, &LedgerInvoice, bool),
    whose: (&Needs, &str),
    deciders: &mut Deciders<'_>,
    view: &LedgerView,
    facts: TargetFacts<'_>,
) -> Result<ConflictEnd, Reason> {
    let told = |c: &Conflict| {
        let moot = by_hand && !still_goes(c.field, existing);
        moot || is_shown(c, ours, view, facts)
    };
    let over = || over_theirs(ours, existing, view, facts);
    let plainly = |sent| ConflictEnd {
        sent,
        agreed: ours.clone(),
        told: Vec::new(),
    };
    match with_theirs(ours, existing, whose, view, facts) {
        Ok(_) if goes_over(ours, view) => Ok(plainly(over())),
        Ok(sent) => Ok(plainly(sent)),
        Err(conflicts) if conflicts.iter().all(told) => Ok(plainly(over())),
        Err(conflicts) => {
            let open: Vec<&Conflict> = conflicts.iter().filter(|c| !told(c)).collect();
            by_the_file(deciders, (&conflicts, &open), plainly(over()), existing)
        }
    }
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
        "{number} was changed in the source, but the ledger lets it be changed no more{status}{}. {told}",
        locked_by(existing)
    );
    // What was cancelled is changed by nobody any more, and by hand neither.
    if existing.standing.is_over() {
        let fix = format!(
            "if it is rightly cancelled, `crossfoot skip TENANT NUMBER --why \"...\"` leaves it so; if it stands, give it another number in a `{}` rule, then `crossfoot unlink TENANT NUMBER` has it made anew",
            existing.kind.mapped_by()
        );
        return Reason::new(codes::LEDGER_CANCELLED, what, fix);
    }
    // Where people can edit it, our stamp stays.
    let leaves = facts.stamp_in.as_ref();
    let leaves = leaves.map(|field| format!(", and leave {} in its {field}", stamp(marker)));
    Reason::new(
        codes::UPDATE_LOCKED,
        what,
        format!(
            "{}make the same change in the ledger by hand{}; then `crossfoot retry TENANT NUMBER`. To leave the ledger's as it is: `crossfoot skip TENANT NUMBER --why \"...\"`",
            match existing.payments.is_empty() {
                true => "",
                false => "take its payments off it there and ",
            },
            leaves.unwrap_or_default()
        ),
    )
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
