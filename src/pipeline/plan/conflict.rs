//! Where both sides changed a document since they last agreed, each to something else: what was changed, and what counts.
//!
//! Flows in: the source's draft, the ledger's copy, what was last agreed, and the word of the tenant's file or of a rule. Flows out: what
//! is sent, what is agreed from then on, and what is told of it; or that a person must look. Pure. Nothing that a person entered
//! in the ledger is written over without a word about it.

use super::super::compare::{
    Compare, Conflict, Field, differences, merge, of_money, take, unknown_base,
};
use super::super::ports::Relink;
use super::super::write::{Needs, paper_hash};
use crate::mapping::OnConflict;
use crate::model::codes;
use crate::model::{Draft, InvoiceDraft, LedgerInvoice, LedgerView, Reason, TargetFacts};
use crate::rules::KeptSide;

/// Most fields that a conflict names.
const MOST_FIELDS: usize = 6;

/// Who decides about what both sides changed: the word of the tenant's file, and before it what rules say of each field.
pub(super) struct Deciders<'a> {
    pub(super) word: OnConflict,
    pub(super) ruled: &'a [(Field, KeptSide)],
    /// What is open, for rules to be asked about.
    pub(super) open: &'a mut Vec<Conflict>,
}

/// How a conflict ended.
pub(super) struct ConflictEnd {
    /// What the ledger is to say.
    pub(super) sent: InvoiceDraft,
    /// What both sides agree on from then on, the ledger's own changes aside.
    pub(super) agreed: InvoiceDraft,
    /// What is told of it.
    pub(super) told: Vec<Reason>,
}

impl ConflictEnd {
    /// The link as it is put right, where the file let the ledger's value stand and nothing else is to be sent.
    pub(super) fn needs_no_write(
        &self,
        existing: &LedgerInvoice,
        needs: &Needs,
        facts: TargetFacts<'_>,
    ) -> Option<Relink> {
        let same = !self.told.is_empty()
            && differences(&self.sent, existing, Compare::Everything, facts).is_empty()
            && needs.contact_id == existing.contact_id
            && further(&self.sent, existing, facts) == existing.status;
        same.then(|| Relink {
            draft: paper_hash(&self.agreed),
            agreed: Some(Draft::Invoice(self.agreed.clone())),
            version: existing.version.clone(),
            amount: existing.total,
        })
    }
}

/// Which side counts of a field, and who says so, as people are told it.
struct Decided<'c> {
    conflict: &'c Conflict,
    keeps: OnConflict,
    by: String,
}

/// Ends a conflict by a rule, or by the word of the file: of all that was changed on both sides, what no person has been shown is open.
/// `over` is the source's draft over the ledger's copy.
///
/// # Errors
/// That a person must look: rule or word says so, or neither decides this.
pub(super) fn by_the_file(
    deciders: &mut Deciders<'_>,
    (all, open): (&[Conflict], &[&Conflict]),
    over: ConflictEnd,
    existing: &LedgerInvoice,
) -> Result<ConflictEnd, Reason> {
    let asked = open.iter().filter(|c| is_known(c));
    deciders.open.extend(asked.map(|c| (*c).clone()));
    let number = &existing.number;
    let mut decided = Vec::new();
    for c in open {
        decided.push(deciders.of(number, all, c)?);
    }
    let mut out = over;
    let mut sides = Vec::new();
    for d in &decided {
        if d.keeps == OnConflict::KeepLedger {
            take(&mut out.sent, existing, d.conflict.field);
            take(&mut out.agreed, existing, d.conflict.field);
        }
        if !sides.contains(&(d.keeps, &d.by)) {
            sides.push((d.keeps, &d.by));
        }
    }
    let of = |side: &(OnConflict, &String)| {
        let its = decided.iter().filter(|d| (d.keeps, &d.by) == *side);
        listed(its.map(|d| d.conflict.to_string()).collect())
    };
    let told = |side: &(OnConflict, &String)| kept(number, (side.0, side.1.as_str()), &of(side));
    out.told = sides.iter().map(told).collect();
    Ok(out)
}

/// What is told of the fields, of a document or of a contact, of which one side's value counts.
pub(super) fn kept(name: &str, (keeps, by): (OnConflict, &str), values: &str) -> Reason {
    let (code, what, fix) = match keeps {
        OnConflict::KeepLedger => (
            codes::UPDATE_KEPT_LEDGER,
            "the ledger's value stays",
            "nothing; if the source's is right, enter it in the ledger by hand",
        ),
        _ => (
            codes::UPDATE_KEPT_SOURCE,
            "the source's value goes over the ledger's",
            "nothing; if the ledger's was right, enter it in the source",
        ),
    };
    let what = format!(
        "{name} was changed both in the source and in the ledger, and by {by} {what}. {values}"
    );
    Reason::new(code, what, fix)
}

impl Deciders<'_> {
    /// Which side counts of a field: a rule goes before the word.
    fn of<'c>(
        &self,
        number: &str,
        all: &[Conflict],
        c: &'c Conflict,
    ) -> Result<Decided<'c>, Reason> {
        let ruled = self.ruled.iter().find(|(field, _)| *field == c.field);
        let (keeps, by) = match ruled.map_or(&KeptSide::Unsaid, |(_, kept)| kept) {
            KeptSide::Broke(why) => return Err(why.clone()),
            KeptSide::Held(why, at) => {
                let besides = format!(". Of the {} the rule at {at} says: {why}", c.field);
                return Err(conflicting(number, all, &besides).at(at.clone()));
            }
            KeptSide::Source(at) => (
                OnConflict::KeepSource,
                format!("`keep_source()` of the rule at {at}"),
            ),
            KeptSide::Ledger(at) => (
                OnConflict::KeepLedger,
                format!("`keep_ledger()` of the rule at {at}"),
            ),
            KeptSide::Unsaid => (self.word, format!("`sync.conflict: {}`", self.word)),
        };
        if keeps == OnConflict::Hold {
            return Err(conflicting(number, all, ""));
        }
        if !decides(keeps, c) {
            let besides = format!(". {by} does not decide about the {}", c.field);
            return Err(conflicting(number, all, &besides));
        }
        Ok(Decided {
            conflict: c,
            keeps,
            by,
        })
    }
}

/// Of what nobody knows how it was agreed, and of how far people have taken a document, no word and no rule decides.
fn is_known(c: &Conflict) -> bool {
    c.base.is_some() && c.field != Field::Status
}

/// Whether a side may be let count of a field. What is left to the ledger changes neither what the document comes to nor whom it is for:
/// both books would say another thing then.
fn decides(keeps: OnConflict, c: &Conflict) -> bool {
    let ledgers = || !of_money(c.field) && c.field != Field::Contact;
    is_known(c) && (keeps == OnConflict::KeepSource || ledgers())
}

/// The source's draft with what people have changed in the ledger's copy since it was last agreed.
///
/// # Errors
/// Every field that both sides changed.
pub(super) fn with_theirs(
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

pub(super) fn name_of(id: &str, view: &LedgerView) -> String {
    let known = view.contacts.iter().find(|c| c.id == id);
    known.map_or_else(|| id.to_owned(), |c| c.name.clone())
}

fn conflicting(number: &str, conflicts: &[Conflict], besides: &str) -> Reason {
    let told = listed(conflicts.iter().map(ToString::to_string).collect());
    Reason::new(
        codes::UPDATE_CONFLICT,
        format!("{number} was changed both in the source and in the ledger. {told}{besides}"),
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

/// Some of what differs, and how much more there is.
pub(super) fn listed(mut told: Vec<String>) -> String {
    let more = told.len().saturating_sub(MOST_FIELDS);
    told.truncate(MOST_FIELDS);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    told.join("; ")
}

/// The status a change is sent with: the draft's, unless a person has taken the document further since.
pub(super) fn further(
    d: &InvoiceDraft,
    existing: &LedgerInvoice,
    facts: TargetFacts<'_>,
) -> String {
    let rank = |word: &str| facts.status(d.kind, word).map(|s| s.rank);
    if !existing.editable {
        return existing.status.clone();
    }
    match (rank(&d.status), rank(&existing.status)) {
        (Some(ours), Some(is)) if is > ours => existing.status.clone(),
        _ => d.status.clone(),
    }
}
