//! Where a decision leaves its document and its payments: the state and the reason of each.

use super::super::decide::{Decision, PaymentDecision, WAITING, holding};
use super::super::ports::PaymentNote;
use crate::model::codes;
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

/// Where a person's word leaves a posted document of which nothing is to be written. What was left out is not told as
/// verified: the two books may differ.
pub(super) fn by_word(decision: &Decision) -> Option<(DocState, Reason)> {
    let settled = decision.settled.clone().map(|r| (DocState::Settled, r));
    settled.or_else(|| Some((DocState::Skipped, decision.left.clone()?)))
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
            (Verdict::Hold(r), _) if r.is_one_of(&WAITING) => "waits",
            (Verdict::Hold(_), _) => "held",
            (Verdict::Refuse(_), _) => "refused",
        }
        .to_owned(),
        reason: (p.verdict.reason().or(p.told.as_ref())).map(|r| r.clone().of_payment(&p.id)),
    };
    decision.payments.iter().map(note).collect()
}

/// Where a document stands with its payments, where not simply on its way. One that is held keeps it in sight; everything
/// else about it goes on. `done` is one that the ledger has and of which nothing is to be written.
pub(super) fn with_payments(decision: &Decision, done: bool) -> Option<(DocState, Option<Reason>)> {
    let stuck = |word: fn(&Verdict) -> bool| {
        let mut all = decision.payments.iter();
        let first = all.find(|p| word(&p.verdict))?;
        let reason = first.verdict.reason().cloned();
        reason.map(|r| r.of_payment(&first.id))
    };
    // A rest that nothing explains says more than the one payment that is held beside it. What others put to it may be just that
    // payment.
    let (theirs, rest): (Vec<_>, Vec<_>) =
        (decision.mismatch.iter().cloned()).partition(|r| r.is(codes::LEDGER_BALANCE));
    let held = (rest.into_iter().next())
        .or_else(|| holding(&decision.payments))
        .or_else(|| theirs.into_iter().next());
    if let Some(reason) = held {
        return Some((DocState::Held, Some(reason)));
    }
    // What a person can still do something about comes before what cannot go on as it is, and that before what only waits.
    if let Some(reason) = stuck(|v| matches!(v, Verdict::Refuse(_))) {
        return Some((DocState::Refused, Some(reason)));
    }
    // What waits for the word that lets the payments of an edit go is told as one group.
    match stuck(|v| matches!(v, Verdict::Hold(r) if r.is(codes::PAYMENT_WAITS))) {
        Some(reason) => Some((DocState::Held, Some(reason))),
        None => done.then_some((DocState::Verified, None)),
    }
}
