//! Two documents of one number in one run: the ledger takes a number once, and posting would find that out where a rehearsal ends.
//!
//! Flows in: what was decided of each document. Flows out: the second of a number, held by the first. Of documents of other runs the
//! mirror knows, and the ledger itself. Only where numbers are ours.

use super::super::plan::{WritePlan, hold_whole};
use super::super::ports::DocRow;
use crate::model::codes;
use crate::model::{Draft, Invoice, InvoiceDraft, Kind, Reason, SourceId, TargetFacts, money};
use std::collections::BTreeMap;

/// The numbers that documents of this run take in the ledger, each with whose it is.
#[derive(Debug, Default)]
pub(super) struct NumbersTaken(BTreeMap<(Kind, String), NumberBearer>);

#[derive(Debug)]
struct NumberBearer {
    id: SourceId,
    contact: String,
    comes_to: String,
}

/// The document's own paper among its writes, where the ledger is to know it by our number.
fn paper<'o>(out: &'o WritePlan, facts: TargetFacts<'_>) -> Option<&'o InvoiceDraft> {
    let made = out.writes.iter().find(|w| w.kind.is_document())?;
    match &made.draft {
        Draft::Invoice(d) if facts.numbers_ours(d.kind) => Some(d),
        _ => None,
    }
}

impl NumbersTaken {
    /// Holds a document whose number another one has taken in this run.
    pub(super) fn apart(&self, out: &mut WritePlan, invoice: &Invoice, facts: TargetFacts<'_>) {
        let Some(draft) = paper(out, facts) else {
            return;
        };
        let key = (draft.kind, draft.number.clone());
        let other = self.0.get(&key).filter(|o| o.id != invoice.id);
        let Some(other) = other else { return };
        let why = Reason::new(
            codes::NUMBER_TAKEN,
            format!(
                "the source has another {} that goes as {}: {} for \"{}\" over {}",
                invoice.called().name(),
                draft.number,
                other.id,
                other.contact,
                other.comes_to
            ),
            "renumber one of the two in the source, then `crossfoot retry TENANT NUMBER`; where one is a copy of the other, `crossfoot skip TENANT NUMBER --why \"...\"`",
        );
        hold_whole(out, &why);
    }

    /// Keeps in mind which number a decided document takes.
    pub(super) fn goes(&mut self, row: &DocRow, out: &WritePlan, facts: TargetFacts<'_>) {
        if let Some(draft) = paper(out, facts) {
            let bearer = NumberBearer {
                id: row.key.id.clone(),
                contact: row.contact.clone(),
                comes_to: money::show(draft.total),
            };
            let key = (draft.kind, draft.number.clone());
            self.0.entry(key).or_insert(bearer);
        }
    }
}
