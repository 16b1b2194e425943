//! What a decision advises is what its route has: a way that names a word of the tenant's file which the ledger lacks is left out.

use super::Decision;
use crate::model::cure::without;
use crate::model::{Reason, TargetFacts, Verdict};

/// A cure without the words that the tenant's file would not take for this ledger.
pub fn advised(fix: &str, facts: TargetFacts<'_>) -> String {
    let words = [
        ("overpayment: as_overpayment", facts.takes_credits()),
        ("refunds: credit_note", facts.takes_notes()),
    ];
    let lacks = words.iter().filter(|(_, has)| !has);
    lacks.fold(fix.to_owned(), |fix, (word, _)| without(&fix, word))
}

/// All that a decision advises.
pub(super) fn of(decision: &mut Decision, facts: TargetFacts<'_>) {
    if facts.takes_credits() && facts.takes_notes() {
        return;
    }
    let payments = decision.payments.iter_mut();
    let (verdicts, told): (Vec<&mut Verdict>, Vec<&mut Option<Reason>>) =
        payments.map(|p| (&mut p.verdict, &mut p.told)).unzip();
    let verdicts = verdicts.into_iter().chain([&mut decision.verdict]);
    let reasons = verdicts.filter_map(|v| match v {
        Verdict::Keep => None,
        Verdict::Skip(r) | Verdict::Hold(r) | Verdict::Refuse(r) => Some(r),
    });
    let told = told.into_iter().filter_map(Option::as_mut);
    let rest = decision.mismatch.iter_mut().chain(&mut decision.blocked);
    let all = reasons
        .chain(told)
        .chain(rest)
        .chain(&mut decision.warnings);
    for reason in all {
        reason.fix = advised(&reason.fix, facts);
    }
}
