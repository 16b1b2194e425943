//! A document that the source calls by another kind than the one it was posted as: a person says what becomes of it.

use super::deciding::{Deciding, Halt, hold};
use crate::model::codes;
use crate::model::cure::quoted;
use crate::model::{Drift, DriftKind, Kind, Reason, money};

impl Deciding<'_, '_> {
    /// What was posted as one kind and is another at the source is neither changed into that nor made a second time. What the ledger
    /// has cancelled is told as that.
    pub(super) fn is_of_its_kind(&self) -> Result<(), Halt> {
        let view = self.q.view;
        let cancelled = view.drifted(DriftKind::Cancelled).is_some();
        match (&view.link, &view.other_kind) {
            (None, Some((kind, number))) => Err(hold(self.posted_as(*kind, number))),
            (Some(_), _) if !cancelled && self.is_taken_back() => Err(hold(self.taken_back())),
            _ => Ok(()),
        }
    }

    /// Whether an invoice that was posted as one is an estimate at the source now: what was posted binds, or the two books were
    /// agreed on the invoice.
    fn is_taken_back(&self) -> bool {
        let (q, view) = (self.q, self.q.view);
        let called = q.invoice.called();
        let was = |i: &crate::model::Invoice| i.called() != called;
        let binds = |status: &str| !status.is_empty() && q.facts.is_bound(q.invoice.kind, status);
        called != q.invoice.kind
            && (view.base.as_deref().is_some_and(was)
                || (view.posted.as_ref()).is_some_and(|p| binds(&p.draft.status)))
    }

    fn taken_back(&self) -> Reason {
        let (is, was) = (self.q.invoice.called().name(), self.q.invoice.kind.name());
        let number = &self.q.invoice.number;
        Reason::new(
            codes::SOURCE_KIND,
            format!(
                "{number} was posted as an {was}, and the source calls it an {is} again: it is no {was} there any more"
            ),
            format!(
                "make the {was} of it again in the source; or take its payments off it in the ledger and void it there; then, or to leave it as it is, `crossfoot skip TENANT NUMBER --why \"...\"`"
            ),
        )
    }

    /// Why what was posted as another kind is not made a second time.
    fn posted_as(&self, kind: Kind, number: &str) -> Reason {
        let (own, posted) = (self.q.invoice.kind, kind.name());
        let (is, name) = (own.name(), &self.q.invoice.number);
        // Both papers may have the same number.
        let mine = quoted(&format!("{}:{name}", own.as_str()));
        let theirs = quoted(&format!("{}:{number}", kind.as_str()));
        Reason::new(
            codes::SOURCE_KIND,
            format!(
                "the source calls {name} the {is} now, and it was posted as the {posted} {number}, which stands in the ledger: nothing is made beside it"
            ),
            format!(
                "where it is the {posted}, set its kind right in the source; where it is the {is}, void the {posted} {number} in the ledger, its payments taken off first, or leave it as it is by `crossfoot skip TENANT {theirs} --why \"...\"`; then `crossfoot retry TENANT {mine}`"
            ),
        )
    }

    /// Of what the source has no more, that it calls it otherwise now, where it does.
    pub(super) fn called_otherwise(&self, gone: &Drift, why: Reason) -> Reason {
        let Some((kind, _)) = &self.q.view.other_kind else {
            return why;
        };
        let what = format!(
            "the source knows {} as the {} now, and the ledger has it as the {}, of {}",
            gone.number,
            kind.name(),
            gone.of.kind.name(),
            money::show(gone.was)
        );
        Reason::new(codes::SOURCE_KIND, what, why.fix)
    }
}
