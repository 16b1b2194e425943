//! Sums that people gave in the ledger to what is posted of a payment or refund: to the money on its document, to its credit
//! note, to the credit of what was beyond what is owed. What stands there counts, and is told until the two books agree.
//!
//! Flows in: what was done to the entries of a payment. Flows out: what each comes to by now, and why that holds.

use super::deciding::Deciding;
use super::drifted;
use crate::model::codes;
use crate::model::{
    Drift, DriftKind, Kind, Link, Payment, PaymentEntry, PaymentKind, Reason, money,
};
use rust_decimal::Decimal;

/// What ends it where the entry is on the document, and can be settled with.
pub(super) const SEEN: &str = "set it back in the ledger; or, where the ledger's is right, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`";
/// The same of what stands elsewhere.
pub(super) const UNSEEN: &str = "set it back in the ledger; or, where the ledger's is right, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`";

impl<'q> Deciding<'q, '_> {
    /// What was done to the sum of an entry of a payment, by the ledger's id of it.
    fn resummed(&self, id: &str, other: &str) -> Option<&'q Drift> {
        let own = |d: &&Drift| d.kind == DriftKind::Total && d.of.id.0 == id && d.other == other;
        self.q.view.drifts.iter().find(own)
    }

    /// What stands on its document of a payment that is posted.
    pub(super) fn paid_there(&self, id: &str, link: &Link) -> Decimal {
        let other = self.resummed(id, &link.other.id.0);
        other.map_or(link.amount, |d| d.is)
    }

    /// What stands of the credit that a payment became.
    pub(super) fn credit_there(&self, id: &str, credit: &PaymentEntry) -> Decimal {
        let other = self.resummed(id, &credit.target_id);
        other.map_or(credit.amount, |d| d.is)
    }

    /// Why a payment of which people changed the sum in the ledger is held; nothing where nobody did, or a person has called it
    /// right.
    pub(super) fn another_sum(&self, p: &Payment) -> Option<Reason> {
        let view = self.q.view;
        let own = |d: &&Drift| {
            let money = matches!(d.of.kind, Kind::Payment | Kind::Overpayment);
            d.kind == DriftKind::Total && money && d.of.id.0 == p.id && !view.words.end(d)
        };
        let drift = view.drifts.iter().find(own)?;
        Some(self.told_of_sum(p, drift))
    }

    /// The same of a payment that is wholly a credit.
    pub(super) fn whole_credit_resummed(&self, p: &Payment) -> Option<Reason> {
        self.all_of_it_over(p).then(|| self.another_sum(p))?
    }

    /// Whether people changed the sum of something that is posted of a payment, whatever has been said of it.
    pub(super) fn is_resummed(&self, id: &str) -> bool {
        let own = |d: &Drift| d.kind == DriftKind::Total && d.of.id.0 == id;
        let money = |d: &Drift| !d.of.kind.is_document();
        self.q.view.drifts.iter().any(|d| own(d) && money(d))
    }

    fn told_of_sum(&self, p: &Payment, drift: &Drift) -> Reason {
        let begun = self.q.view.begun.get(&p.id).into_iter();
        let mut entries = begun.flat_map(|b| &b.entries);
        let entry = entries.find(|e| e.target_id == drift.other);
        let kind = entry.map_or(Kind::Payment, |e| e.kind);
        if kind == Kind::CreditNote {
            return drifted::reason(drift).of_payment(&p.id);
        }
        let (was, is) = (money::show(drift.was), money::show(drift.is));
        let (told, fix) = match (kind, p.kind) {
            (Kind::Overpayment, _) => (format!("the credit of {was} of payment {}", p.id), UNSEEN),
            (_, PaymentKind::Refund) => (
                format!(
                    "the payment of {was} on {} of refund {}",
                    drift.number, p.id
                ),
                UNSEEN,
            ),
            (_, PaymentKind::Payment) => (
                format!(
                    "payment {} was posted as {was} on {}, and",
                    p.id, drift.number
                ),
                SEEN,
            ),
        };
        Reason::new(
            codes::LEDGER_TOTAL,
            format!("{told} comes to {is} in the ledger now: somebody changed it there"),
            fix,
        )
        .of_payment(&p.id)
    }
}
