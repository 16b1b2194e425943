//! Money that people put to a document in the ledger: what of it the source has too, what a person has called right, and what is
//! told because the two books disagree on what is owed.
//!
//! Flows in: what was seen on the ledger's copy, and the two balances without it. Flows out: the balances with it, and why the
//! document is held.

use super::deciding::Deciding;
use super::decision::PaymentDecision;
use crate::model::codes;
use crate::model::{
    Balance, Drift, DriftKind, OthersEntry, PartWhy, PaymentKind, Reason, WordKind, money,
};
use rust_decimal::Decimal;

impl<'q> Deciding<'q, '_> {
    /// Counts what others put to the document. `own`: how much of it was put there of a credit of ours, which paid what the source
    /// asks for of it. A payment that is yet to go and that one of theirs may be is left to the look
    /// before it goes: that holds it, or a person has called the two different ones. What was settled by hand with an entry
    /// that nobody sees is counted already, and may be one of theirs.
    pub(super) fn put_by_others(&self, balance: &mut Balance, own: Decimal) -> Option<&'q Drift> {
        let view = self.q.view;
        let link = view.link.as_ref()?;
        let drift = view.drifted(DriftKind::Balance);
        let drift = drift.filter(|d| d.other == link.other.id.0)?;
        let said = match view.words.end(drift) {
            true => drift.is,
            false => drift.was.min(drift.is),
        };
        let counted: Decimal = (self.out.payments.iter())
            .filter_map(|p| is_looked_for(p, drift).or(self.is_unseen(p)))
            .sum();
        let left = (drift.is - said - own).max(Decimal::ZERO);
        let counted = counted.min(left);
        let back = self.comes_back(drift).min(left - counted);
        balance.ledger -= back;
        balance.add("", -back, PartWhy::ComesBack);
        let left = left - back;
        balance.ledger -= left - counted;
        balance.add("", counted - left, PartWhy::Others);
        balance.ledger -= said;
        balance.add("", -said, PartWhy::Settled);
        Some(drift)
    }

    /// The two balances of what the source asks no money for: only what people put to it there can part them.
    pub(super) fn owes_nothing(&mut self, comes_to: Decimal) {
        let mut balance = Balance {
            source: comes_to,
            ledger: comes_to,
            ..Balance::default()
        };
        if let Some(drift) = self.put_by_others(&mut balance, Decimal::ZERO) {
            self.out.mismatch = self.out.mismatch.take().or(beyond(drift, &balance));
            self.out.balance = Some(balance);
        }
    }

    /// How much of what others put to the document the other half of the tenant brings to the other book.
    fn comes_back(&self, drift: &Drift) -> Decimal {
        let theirs = drift.entries.iter().filter(|e| !e.credit && !e.moved);
        let brought = theirs.filter(|e| self.q.mapping.brings(e.date));
        brought.map(|e| e.amount).sum()
    }

    /// The sum of a payment that was settled by hand with an entry that nobody sees.
    fn is_unseen(&self, p: &PaymentDecision) -> Option<Decimal> {
        let word = self.q.view.words.of_payment(&p.id, WordKind::Settled)?;
        let paid = word.pays != Some(PaymentKind::Refund);
        (paid && word.entry.is_none()).then_some(word.amount)
    }
}

/// The sum of a payment that goes now, where an entry of others is of the same.
fn is_looked_for(p: &PaymentDecision, drift: &Drift) -> Option<Decimal> {
    let draft = p.draft.as_ref();
    let draft = draft.filter(|_| !p.linked && p.verdict.is_keep())?;
    let alike = |e: &OthersEntry| !e.credit && !e.moved && e.amount == draft.amount;
    drift.entries.iter().any(alike).then_some(draft.amount)
}

/// Why what others put to a document holds it: it is more than the source has and the ledger lacks.
pub(super) fn beyond(drift: &Drift, balance: &Balance) -> Option<Reason> {
    if balance.rest().is_zero() {
        return None;
    }
    let entries: Vec<String> = drift.entries.iter().map(|e| e.told()).collect();
    let (show, number) = (money::show, &drift.number);
    Some(Reason::new(
        codes::LEDGER_BALANCE,
        format!(
            "the source says {} is owed on {number}, and the ledger {}: somebody put {} to it there, {} of which the source does not have",
            show(balance.source),
            show(balance.ledger),
            entries.join(" and "),
            show(balance.rest().abs()),
        ),
        format!(
            "take it off {number} in the ledger, and the next look ends it; where the source lacks it, enter it there too, and say that the two are one once it is told; or, to leave the ledger's as it is, `crossfoot skip TENANT NUMBER --why \"...\"`"
        ),
    ))
}
