//! Where a decision leaves its document and its payments: the state and the reason of each.

use super::super::decide::{Decision, PaymentDecision};
use super::super::ports::PaymentNote;
use crate::model::{DocState, Reason, Verdict};

/// Where a document ends that does not go.
pub(super) fn exit(decision: &Decision) -> Option<(DocState, Reason)> {
    if let (Verdict::Skip(_), Some(r)) = (&decision.verdict, &decision.settled) {
        return Some((DocState::Settled, r.clone()));
    }
    match &decision.verdict {
        Verdict::Keep => None,
        Verdict::Skip(r) => Some((DocState::Skipped, r.clone())),
        Verdict::Hold(r) => Some((DocState::Held, r.clone())),
        Verdict::Refuse(r) => Some((DocState::Refused, r.clone())),
    }
}

/// Its payments, as they are told.
pub(super) fn notes(decision: &Decision) -> Vec<PaymentNote> {
    let note = |p: &PaymentDecision| PaymentNote {
        id: p.id.clone(),
        date: p.date,
        amount: p.amount,
        state: match (&p.verdict, p.linked) {
            _ if p.by_hand => "settled",
            (_, true) => "posted",
            (Verdict::Keep, _) => "planned",
            (Verdict::Skip(_), _) => "skipped",
            (Verdict::Hold(_), _) => "held",
            (Verdict::Refuse(_), _) => "refused",
        }
        .to_owned(),
        reason: p.verdict.reason().map(|r| r.clone().of_payment(&p.id)),
    };
    decision.payments.iter().map(note).collect()
}
