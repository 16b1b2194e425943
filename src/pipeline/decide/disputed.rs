//! What rules say of the fields of a posted document that both sides changed.
//!
//! Flows in: the decision, and the fields that its plan found disputed. Flows out: which side counts of each, for the plan to be made once
//! more. Pure.

use super::super::compare::{Conflict, as_drafted};
use super::decision::{Decision, Question};
use crate::model::{Currency, InvoiceDraft, LedgerInvoice};
use crate::rules::{DisputedField, Hook, MachineFault, Runner, SideView};

/// Asks the rules about each of the fields; whether any rule was asked.
///
/// # Errors
/// As [`super::decide`].
pub fn ask_rules(
    q: &Question<'_>,
    runner: &mut Runner,
    decision: &mut Decision,
    disputed: &[Conflict],
) -> Result<bool, MachineFault> {
    if disputed.is_empty() || !q.rules.has(Hook::OnConflict) {
        return Ok(false);
    }
    let (Some(ours), Some(theirs), Some(agreed)) =
        (&decision.invoice, &q.view.existing, &q.view.agreed)
    else {
        return Ok(false);
    };
    let theirs = as_said(theirs, ours);
    let mut ruled = Vec::with_capacity(disputed.len());
    for c in disputed {
        let (field, line) = c.field.word();
        let side = |value: &str, document: &InvoiceDraft| SideView {
            value: value.to_owned(),
            document: document.clone(),
        };
        let base = c.base.as_deref().unwrap_or_default();
        let asked = DisputedField {
            field,
            line,
            sides: [
                side(&c.ours, ours),
                side(&c.theirs, &theirs),
                side(base, agreed),
            ],
        };
        let ruling = runner.on_conflict(q.rules, q.context, &asked, q.invoice)?;
        decision.printed.extend(ruling.printed);
        ruled.push((c.field, ruling.kept));
    }
    decision.ruled = ruled;
    Ok(true)
}

/// The ledger's copy as a draft would say it; what of it cannot be read is as the source has it.
fn as_said(theirs: &LedgerInvoice, ours: &InvoiceDraft) -> InvoiceDraft {
    let mut read = theirs.clone();
    read.date = read.date.or(Some(ours.date));
    if Currency::new(&read.currency).is_err() {
        read.currency = ours.currency.code().to_owned();
    }
    as_drafted(&read).unwrap_or_else(|| ours.clone())
}
