//! What bears our stamp in the ledger and answers to no payment that the source names: why it holds its document.

use super::deciding::Deciding;
use crate::model::cure::quoted;
use crate::model::{
    Kind, Payment, PaymentEntry, PaymentKind, Reason, WordKind, codes, entries_told,
};

impl Deciding<'_, '_> {
    /// Why what is known by its stamp alone holds its document. The payment of the source that it may stand for is named with the
    /// word that says so.
    pub(super) fn stray(&self, kind: PaymentKind, there: &[&PaymentEntry]) -> Reason {
        let first = there.first().copied();
        let day = first.map_or_else(String::new, |e| format!(", dated {}", e.date));
        let told = entries_told(there.iter().copied());
        let (called, by_hand) = match kind {
            PaymentKind::Payment => ("payment", format!("delete {told}")),
            PaymentKind::Refund => ("refund", "take all of that out".to_owned()),
        };
        // A payment is settled with what is on its document: with a credit beside that it is taken out whole.
        let whole = there.iter().all(|e| e.kind != Kind::Overpayment);
        let first = first.filter(|_| whole);
        let other = first.zip(self.may_be(kind, first)).map_or_else(String::new, |(e, p)| {
            format!(
                "; where it is {} of the source, `crossfoot settle TENANT NUMBER --payment {} --as {} --why \"...\"`",
                p.id,
                quoted(&p.id),
                quoted(&e.target_id)
            )
        });
        Reason::new(
            codes::PAYMENT_REMOVED,
            format!(
                "the ledger has {told}{day}, under our stamp, and no {called} that the source names answers to it"
            ),
            format!(
                "{by_hand} in the ledger by hand, or put it back in the source; then `crossfoot retry TENANT NUMBER`{other}"
            ),
        )
    }

    /// The payment of the source that has no entry, which such an entry may stand for: one of the same sum before another.
    fn may_be(&self, kind: PaymentKind, entry: Option<&PaymentEntry>) -> Option<&Payment> {
        let view = self.q.view;
        let free = |p: &&Payment| {
            let begun = view.begun.get(&p.id).is_some_and(|b| b.is_begun());
            let settled = view.words.of_payment(&p.id, WordKind::Settled).is_some();
            let linked = view.payment_links.contains_key(&p.id);
            p.settled && p.kind == kind && !begun && !settled && !linked
        };
        let same = |p: &&Payment| entry.is_some_and(|e| e.amount == p.amount);
        let all = || self.q.invoice.payments.iter().filter(free);
        all().find(same).or_else(|| all().next())
    }
}
