//! A change that waits for a person, and the money that came in meanwhile: whether that would lock the change out.
//!
//! Flows in: what the document is to say, and the ledger's copy. Flows out: whether money on it would leave the ledger
//! unwilling to take the change; then the money waits with it, as one cause with one cure.

use super::super::compare::{Compare, differences};
use super::super::write::Needs;
use super::Planning;
use super::contacts::contact_moved;
use super::parts::part;
use super::update::over_theirs;
use crate::model::{Draft, PartWhy, PaymentKind, Reason, codes};

impl Planning<'_> {
    /// Whether the change that is held could not be made any more once money stands on the document.
    pub(super) fn locks_out(&self, needs: &Needs) -> bool {
        let wanted = self.decision.wanted.as_ref();
        let wanted = wanted.or(self.decision.invoice.as_ref());
        let (Some(existing), Some(wanted)) = (&self.view.existing, wanted) else {
            return true;
        };
        if contact_moved(needs, self.view) || !needs.contact_write.is_empty() {
            return true;
        }
        let sent = over_theirs(wanted, existing, self.view, self.facts);
        let still = &self.facts.paid_may;
        let all = differences(&sent, existing, Compare::Everything, self.facts);
        let locked = |f| part(f).is_none_or(|p| !still.contains(&p));
        all.iter().any(|d| locked(d.field))
    }

    /// Whether nothing goes but payments that a person has let go.
    pub(super) fn is_released(&self) -> bool {
        let own = |id: &str| self.view.released.contains(id);
        !self.out.writes.is_empty() && self.out.writes.iter().all(|w| own(&w.of.id.0))
    }

    /// Nothing of a document in a locked period can be changed, unless its status is one that locks do not bind.
    pub(super) fn in_open_period(&self, draft: &Draft) -> Result<(), Reason> {
        let (Some(lock), Some(existing)) = (self.decision.locked_until, &self.view.existing) else {
            return Ok(());
        };
        let becomes = match draft {
            Draft::Invoice(d) => self.facts.is_bound(d.kind, &d.status),
            _ => true,
        };
        let bound = becomes || self.facts.is_bound(existing.kind, &existing.status);
        if !bound || existing.date.is_none_or(|d| d > lock) {
            return Ok(());
        }
        let number = &existing.number;
        Err(Reason::new(
            codes::PERIOD_LOCKED,
            format!(
                "{number} was changed in the source, and the ledger is locked up to {lock}: nothing of it can be changed there"
            ),
            "have the lock date moved in the ledger, then `crossfoot retry TENANT NUMBER`; or take the change back in the source",
        ))
    }

    /// The money waits with the change: one cause, one cure.
    pub(super) fn wait_with_it(&mut self, why: &Reason) {
        let planned = self.out.payments.iter_mut().filter(|n| n.state == PLANNED);
        for note in planned {
            (note.state, note.reason) = (WAITS.to_owned(), Some(why.clone()));
            let money = |d: &&crate::pipeline::decide::PaymentDecision| d.id == note.id;
            let Some(draft) = self.decision.payments.iter().find(money) else {
                continue;
            };
            let kind = draft.draft.as_ref().map(|d| (d.kind, d.amount));
            if let (Some(balance), Some((PaymentKind::Payment, amount))) =
                (&mut self.out.balance, kind)
            {
                balance.ledger += amount;
                balance.add(&note.id, amount, PartWhy::Waits);
            }
        }
    }
}

/// What a payment is told as that goes, and one that waits.
const PLANNED: &str = "planned";
const WAITS: &str = "waits";
